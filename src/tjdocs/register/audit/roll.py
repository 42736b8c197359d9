"""Follow officers, roles and keys through the log, and verify the signatures of each entry."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tjdocs.auditlog.entry import decode_base64, encode_base64, signed_part
from tjdocs.errors import InputError, UsageError
from tjdocs.register import lifecycle, records, roles
from tjdocs.register.officer_keys import KeyRequest, fingerprint, verify

__all__ = ["ABOUT_OFFICERS", "NAMED", "Fault", "Known", "Roll"]

ABOUT_OFFICERS = ("init", "migrate", "enrol", "dismiss", "new-key")
NAMED = 1000  # entries named for wrong officers or signatures: one changed entry may cause them all
# the roles that an entry requires, where its own act is not one of theirs
_UNDER = {"belong": ("issue",), "replace": ("issue",), "spoil": ("spoil", "issue", "resume")}


class Fault(NamedTuple):
    """Name the fault of an entry.

    :param code: ``unlawful``, ``unsigned`` or ``forged``
    """

    code: str
    detail: str


class Known(NamedTuple):
    """Hold an enrolled key, current or ended.

    :param until: moment of its end, ``""`` for the officer's current key
    """

    officer: str
    since: str
    until: str


class Roll:
    """Hold the officers, roles and keys after the entries played so far.

    :param register: the register's id in signed entries; ``""``: taken from the first signed entry
    :param whole: from the log's first entry on
    """

    def __init__(self, register: str = "", *, whole: bool = True) -> None:
        self._register = register
        self.trial = False
        self.signed_from: int | None = None  # the first signed entry
        self.first_key = ""  # the root of all others
        self.offices: dict[tuple[str, str], str] = {}  # by officer and role
        self.keys: dict[str, str] = {}  # each officer's own
        self.known: dict[str, Known] = {}  # every key
        self.lost = not whole  # an entry about officers is missing or unreadable: roles and keys may be too
        self.unverified = False  # the first key is unknown: no signature can be verified
        self._begun = False
        self._wrong_count = 0
        self._dismissed: set[str] = set()
        self._passed: dict[tuple[str, str], bytes] = {}  # officer and act: the current key
        self._at: set[tuple[str, str, str]] = set()  # officer, act and office

    @property
    def officers(self) -> set[tuple[str, str, str]]:
        """Every officer's id, role and office."""
        return {(id_, role, office) for (id_, role), office in self.offices.items()}

    def may(self, officer: str, *acts: str) -> bool:
        """Whether an officer has a role for one of some acts now."""
        current = [
            lifecycle.roles()[role] for one, role in self.offices if one == officer and role in lifecycle.roles()
        ]
        return any(act in role.actions for role in current for act in acts)

    def seconds(self, officer: str, act: str) -> bool:
        """Whether an officer has a role that is the second to sign an action about an officer now."""
        return any(one == officer and role in roles.seconding(act) for one, role in self.offices)

    def lose(self) -> None:
        """Note that an entry about officers is unreadable or missing."""
        self.lost = True
        self._forget()

    def _forget(self) -> None:
        self._passed.clear()
        self._at.clear()

    def add(self, entry: Mapping[str, Any], body: bytes, signatures: Mapping[str, bytes], place: int) -> Fault | None:
        """Play an entry about officers, or return its fault and ignore it.

        :param entry: from :func:`tjdocs.auditlog.entry.read_leaf`
        :param body: its bytes without signatures
        """
        act, id_ = entry["act"], entry["subject"]
        if act == "init" and self._begun:
            return Fault("unlawful", "the register was made before")
        if act == "init":
            self._begun, self.trial = True, entry["trial"]
        if act in ("init", "migrate") and "key" in entry and self.signed_from is None and not self.trial:
            return self._begin(entry, body, signatures, place)
        fault = self.judge(act, entry["officers"], body, signatures) or self._too_few(entry)
        if fault is None and act not in ("init", "migrate"):
            play = {"enrol": self._enrol, "dismiss": self._dismiss, "new-key": self._new_key}[act]
            fault = play(id_, entry)
        if fault is None:
            self._forget()
        return fault

    def judge(
        self, act: str, officers: Sequence[str], body: bytes, signatures: Mapping[str, bytes], office: str = ""
    ) -> Fault | None:
        """Return the fault of an entry's signatures; None before the first signed entry.

        :param office: where the act was done, if only some officers do it there
        """
        if self.signed_from is None or self.unverified:
            return None
        if not officers or list(signatures) != list(officers):
            return _lacking(officers, signatures)
        message = signed_part(self._register, body)
        for officer, signature in signatures.items():
            key = self._passed.get((officer, act))
            if key is None:
                if (fault := self._may_not(officer, act)) is not None:
                    return fault
                if officer not in self.keys:  # the enrolment is unreadable
                    continue
                key = self._passed[officer, act] = decode_base64(self.keys[officer], 32)
            if not verify(key, signature, message):
                return self._wrong(officer, signature, message)
            if office and (officer, act, office) not in self._at:
                own = [(role, where) for (one, role), where in self.offices.items() if one == officer]
                if not self.lost and not any(roles.done_at(role, act, where, office) for role, where in own):
                    return Fault("unlawful", f"{officer} is of another office")
                self._at.add((officer, act, office))
        return None

    # ------------------------------------------------------------------------------------------------------ signatures

    def _begin(
        self, entry: Mapping[str, Any], body: bytes, signatures: Mapping[str, bytes], place: int
    ) -> Fault | None:
        """Enrol the first key, which signs its own entry."""
        officers = entry["officers"]
        request = _request(officers[0] if len(officers) == 1 else "", entry)
        named = entry.get("keys", {}).get("mac", "") if entry["act"] == "init" else entry.get("register", "")
        register = self._register or named
        if request is None or list(signatures) != officers:
            fault = Fault("forged", "the key is not proved")
        elif not verify(request.public, signatures[request.officer], signed_part(register, body)):
            fault = Fault("forged", f"not signed by the key of {request.officer} in it")
        else:
            self._register, self.signed_from = register, place
            self.first_key = f"{request.fingerprint} of {request.officer}"
            return self._take(request, entry["at"])
        self.unverified = True
        return fault

    def _too_few(self, entry: Mapping[str, Any]) -> Fault | None:
        """Return the fault of an action about an officer with too few signatures."""
        act, id_ = entry["act"], entry["subject"]
        if self.signed_from is None or self.lost or act in ("init", "migrate"):
            return None
        supervisors = {one for one, _ in self.offices if one in self.keys and self.may(one, act)}
        concerned = [role for one, role in self.offices if one == id_] if act == "new-key" else [entry["role"]]
        count, officers = roles.needed(concerned, len(supervisors)), set(entry["officers"])
        if len(officers) < count:
            return Fault("unlawful", f"{act} is signed by {count} here")
        seconding = sorted(one for one in officers if self.seconds(one, act) and not self.may(one, act))
        if seconding and (len(supervisors - {id_}) >= count or not officers & supervisors):
            return Fault("unlawful", f"{seconding[0]} had no role for {act} here")
        return None

    def _may_not(self, officer: str, act: str) -> Fault | None:
        first = act == "enrol" and not self.offices  # the maker of the register
        if self.lost or (first and officer in self.keys):
            return None
        if not self.may(officer, *_UNDER.get(act, (act,))) and not self.seconds(officer, act):
            if any(one == officer for one, _ in self.offices):
                return Fault("unlawful", f"{officer} had no role for {act} here")
            past = "was dismissed before" if officer in self._dismissed else "was not an officer here"
            return Fault("unlawful", f"{officer} {past}")
        return None if officer in self.keys else Fault("unlawful", f"{officer} had no key here")

    def _wrong(self, officer: str, signature: bytes, message: bytes) -> Fault:
        """Name the key that made a signature, where one did; of so many entries only."""
        self._wrong_count += 1
        for public, known in self.known.items() if self._wrong_count <= NAMED else ():
            if verify(decode_base64(public, 32), signature, message):
                whose = "a key that had ended" if known.officer == officer else f"a key of {known.officer}"
                return Fault("forged", f"{officer}'s signature is by {whose}")
        return Fault("forged", f"not signed by the key that {officer} had here")

    # ------------------------------------------------------------------------------------------------- entries played

    def _enrol(self, id_: str, entry: Mapping[str, Any]) -> Fault | None:
        role, office = entry["role"], records.word(entry["office"], "office")
        if role not in lifecycle.roles():
            return Fault("unlawful", "unknown role")
        if (id_, role) in self.offices:
            return Fault("unlawful", "the officer has that role")
        # who had two offices would do at both what each officer does at one
        if not self.lost and any(one == id_ and own != office for (one, _), own in self.offices.items()):
            return Fault("unlawful", "the officer has another office")
        if "key" in entry:
            request = _request(id_, entry)
            if request is None:
                return Fault("forged", "the key is not proved")
            if id_ in self.keys:
                return Fault("unlawful", "the officer has a key")
            if (fault := self._take(request, entry["at"])) is not None:
                return fault
        elif self.signed_from is not None and id_ not in self.keys and not self.lost:
            return Fault("unlawful", "officer without a key")
        # an earlier entry does not say for which key its officers signed
        elif "fingerprint" in entry and entry["fingerprint"] != self._fingerprint(id_) and not self.lost:
            return Fault("unlawful", "signed for another key than the officer has")
        self.offices[id_, role] = office
        self._dismissed.discard(id_)
        return None

    def _fingerprint(self, id_: str) -> str:
        return fingerprint(decode_base64(self.keys[id_], 32)) if id_ in self.keys else ""

    def _dismiss(self, id_: str, entry: Mapping[str, Any]) -> Fault | None:
        if self.offices.pop((id_, entry["role"]), None) is None and not self.lost:
            return Fault("unlawful", "the officer has no such role")
        if not any(one == id_ for one, _ in self.offices):
            self._end(id_, entry["at"])
            self._dismissed.add(id_)
        return None

    def _new_key(self, id_: str, entry: Mapping[str, Any]) -> Fault | None:
        if not any(one == id_ for one, _ in self.offices) and not self.lost:
            return Fault("unlawful", "unknown officer")
        request = _request(id_, entry)
        if request is None:
            return Fault("forged", "the key is not proved")
        before = self.keys.get(id_)
        fault = self._take(request, entry["at"])
        if fault is None and before is not None:
            self.known[before] = self.known[before]._replace(until=entry["at"])
        return fault

    def _take(self, request: KeyRequest, at: str) -> Fault | None:
        public = encode_base64(request.public)
        if public in self.known:
            owner = self.known[public].officer
            again = "" if owner == request.officer else f", as {owner}'s"
            return Fault("unlawful", f"key already enrolled{again}")
        self.known[public] = Known(request.officer, at, "")
        self.keys[request.officer] = public
        return None

    def _end(self, id_: str, at: str) -> None:
        public = self.keys.pop(id_, None)
        if public is not None:
            self.known[public] = self.known[public]._replace(until=at)


def _request(officer: str, entry: Mapping[str, Any]) -> KeyRequest | None:
    """Return the key request in an entry; None where it is not proved."""
    try:
        return KeyRequest.read(officer, entry)
    except (InputError, UsageError, ValueError, LookupError):
        return None


def _lacking(officers: Sequence[str], signatures: Mapping[str, bytes]) -> Fault:
    lacking = [officer for officer in officers if officer not in signatures]
    if not signatures or not officers:
        return Fault("unsigned", "without a signature")
    if lacking:
        return Fault("unsigned", f"without the signature of {lacking[0]}")
    return Fault("forged", "signed by others than its officers")
