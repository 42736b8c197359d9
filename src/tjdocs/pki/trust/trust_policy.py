"""Whom to believe, of all that a trust store holds: the ``[trust]`` table of a policy (Doc 9303-12, 8.1 and 9).

The store says what is known of each certificate, and why: its grounds and its sources. Which of that suffices is the
receiving State's decision, and data.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tjdocs import limits, specs
from tjdocs.errors import SpecError
from tjdocs.mrz.codes import country_of_certificates
from tjdocs.pki.certificate import Certificate

__all__ = ["GROUNDS", "WORDS", "Entry", "Source", "TrustPolicy"]

GROUNDS = ("anchor", "bilateral", "list", "candidates-trusted")
"""Why a certificate may be believed; of several the first is named."""

WORDS = {
    "anchor": "given as an anchor",
    "bilateral": "received bilaterally",
    "list": "on a list whose signature leads to an anchor",
    "candidates-trusted": "by the explicit word --trust-candidates",
}
"""The same, for a person."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Source:
    """Where certificates came from.

    :param name: the file's name
    :param sha256: of the file, or of the list in it
    :param signature: what came of the list's own signature, an outcome word; empty where it is not known
    :param kind: ``list``, ``bilateral``, ``anchor`` or ``file``; empty where it is not known
    :param signer: the list's signer, its subject
    :param anchor: SHA-256 of the anchor to which the signer led; ``state`` its country
    :param signed: when the list was signed, by its own word, ISO 8601
    :param imported: when it was imported, ISO 8601
    :param path: the certificates from the list's signers to their anchors, parted by blanks: of each the SHA-256 and,
        behind a colon, its key's
    """

    name: str
    sha256: str
    signature: str = ""
    kind: str = ""
    signer: str = ""
    anchor: str = ""
    state: str = ""
    signed: str = ""
    imported: str = ""
    path: str = ""

    @property
    def signers(self) -> dict[str, str]:
        """SHA-256 of the certificates from the list's signers to their anchors, each with its key's."""
        return {digest: key for digest, _, key in (pair.partition(":") for pair in self.path.split())}

    @property
    def rests_on(self) -> frozenset[str]:
        """SHA-256 of all certificates and keys without which nobody would believe the list."""
        signers = self.signers
        return frozenset((self.anchor, *signers, *signers.values()))

    @property
    def vouches(self) -> bool:
        """Whether it is a list whose signature led to an anchor."""
        return self.kind == "list" and bool(self.anchor) and self.signature in ("passed", "warning")


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate in the store.

    :param kind: ``self-signed``, ``link`` or ``unresolved``
    :param origins: every source that held it
    :param grounds: why it may be believed, of :data:`GROUNDS`; empty: it is merely known
    """

    certificate: Certificate
    kind: str = ""
    origins: tuple[Source, ...] = ()
    grounds: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources."""
        return tuple(source.name for source in self.origins)

    @property
    def ground(self) -> str:
        """The first of its grounds, empty without one."""
        return next((ground for ground in GROUNDS if ground in self.grounds), "")


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """What a certificate must have for it to be believed.

    :param believe: the grounds that count
    :param anchors: SHA-256 of the anchors that count, in themselves and for the lists that lead to them; None: all that
        were given at import
    :param lists: lists of how many independent States must hold a certificate for the ground ``list``: States of the
        tables of codes, whose lists no common key signed
    :param denied: SHA-256 of certificates that are never believed, nor any other certificate of their keys, nor a list
        that rests on them
    :param states: (SHA-256, country code) of certificates that name no State, or several, with the one they sign for
    """

    believe: frozenset[str] = frozenset(GROUNDS)
    anchors: frozenset[str] | None = None
    lists: int = 1
    denied: frozenset[str] = field(default=frozenset())
    states: frozenset[tuple[str, str]] = field(default=frozenset())

    @classmethod
    def parse(cls, table: object, *, where: str = "trust") -> "TrustPolicy":
        """Read the ``[trust]`` table of a policy.

        :raises SpecError: it is malformed, or has a key that nobody knows
        """
        if not isinstance(table, Mapping):
            raise SpecError("trust is no table", where=where)
        specs.require_keys(table, ["believe"], ["anchors", "lists", "denied", "states"], where=f"{where} trust")
        believe = _texts(table, "believe", where)
        if not believe or (unknown := sorted(believe.difference(GROUNDS))):
            said = f": {unknown[0]}" if believe else ""
            raise SpecError("no such ground", where=f"{where} trust.believe{said}", hint=f"of {', '.join(GROUNDS)}")
        lists = table.get("lists", 1)
        if type(lists) is not int or not 1 <= lists <= limits.POLICY_LISTS:
            raise SpecError("no number of lists", where=f"{where} trust.lists", hint=f"1 to {limits.POLICY_LISTS}")
        if "lists" in table and "list" not in believe:
            raise SpecError("lists that do not count", where=f"{where} trust.lists", hint='add "list" to believe')
        anchors = _digests(table, "anchors", where) if "anchors" in table else None
        if anchors is not None and not {"anchor", "list"} & believe:
            hint = 'add "anchor" or "list" to believe'
            raise SpecError("anchors that do not count", where=f"{where} trust.anchors", hint=hint)
        return cls(believe, anchors, lists, _digests(table, "denied", where), _states(table, where))

    def denies(self, certificate: Certificate) -> bool:
        """Whether it names ``certificate``, in any of the forms in which that one is valid."""
        return bool(self.denied) and not self.denied.isdisjoint(certificate.digests)

    def counts(self, anchor: str) -> bool:
        """Whether an anchor of that SHA-256 is one of this policy's."""
        return self.anchors is None or anchor in self.anchors

    def standing(self, entry: Entry, denied: frozenset[str] = frozenset()) -> tuple[bool, str]:
        """Return whether what speaks for ``entry`` suffices, and why or why not, in words.

        Whether it is denied itself is not looked at.

        :param denied: SHA-256 of keys that are denied, of the certificates of these keys, and of revoked certificates:
            no list that rests on them counts
        """
        certificate, because = entry.certificate, []
        if not entry.grounds:
            return False, "a candidate: no ground to believe it was given at import"
        for ground in (ground for ground in GROUNDS if ground in entry.grounds):
            if ground not in self.believe:
                because.append(f"the ground {ground} does not count")
            elif ground == "anchor" and not self.counts(certificate.sha256):
                because.append("an anchor that the policy does not name")
            elif ground == "list" and (missing := self._lists(entry, denied)):
                because.append(missing)
            else:
                return True, WORDS[ground]
        return False, "; ".join(because)

    def _lists(self, entry: Entry, denied: frozenset[str]) -> str:
        """Return what lacks for the lists that hold ``entry`` to suffice, empty when they do."""
        if self.anchors is None and self.lists == 1 and not self.denied | denied:
            return ""
        holding = [source for source in entry.origins if source.vouches and self.counts(source.anchor)]
        barred = self.denied | denied
        holding = [source for source in holding if not source.rests_on & barred]
        states = self._voices(holding)
        if len(states) >= self.lists or (holding and self.lists == 1):
            return ""
        named = f" ({', '.join(states)})" if states else ""
        under = " under anchors that count" if self.anchors is not None else ""
        under = " under anchors and signers that count" if barred else under
        count = "a list of 1 State" if len(states) == 1 else f"lists of {len(states)} States"
        return f"on {count}{named}{under}, {self.lists} needed"

    def _voices(self, holding: Iterable[Source]) -> list[str]:
        """Return the independent States of lists, each by its code.

        Two editions of one State's list are one State's word, as are two States' lists under one key. An anchor of no
        State that the tables know may be any State's.
        """
        named_so = dict(self.states)
        groups: dict[str, set[str]] = {}
        for source in holding:
            code = country_of_certificates(named_so.get(source.anchor, source.state))
            if code:
                groups.setdefault(code, set()).update(source.signers.values() or (source.anchor,))
        found: dict[str, set[str]] = {}
        for code in sorted(groups):
            keys = groups[code]
            for other in [other for other in found if found[other] & keys]:
                keys = keys | found.pop(other)
                code = min(code, other)
            found[code] = keys
        return sorted(found)


def _states(table: Mapping[str, Any], where: str) -> frozenset[tuple[str, str]]:
    value = table.get("states", {})
    if not isinstance(value, Mapping):
        raise SpecError("states is no table", where=f"{where} trust.states", hint='SHA-256 = "XX"')
    for digest, code in value.items():
        if not _SHA256.fullmatch(digest.lower()):
            raise SpecError("no SHA-256", where=f"{where} trust.states: {digest}", hint="64 hexadecimal digits")
        if not isinstance(code, str) or not _COUNTRY.fullmatch(code):
            raise SpecError("no country code", where=f"{where} trust.states: {digest}", hint="two capital letters")
    return frozenset((digest.lower(), code) for digest, code in value.items())


def _texts(table: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpecError(f"{key} is no list of texts", where=f"{where} trust.{key}")
    return frozenset(value)


def _digests(table: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
    found = frozenset(text.lower() for text in _texts(table, key, where))
    for text in sorted(found):
        if not _SHA256.fullmatch(text):
            hint = "64 hexadecimal digits, as `tjdocs trust list --json` shows them"
            raise SpecError("no SHA-256", where=f"{where} trust.{key}: {text}", hint=hint)
    return found
