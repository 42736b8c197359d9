"""The trust policy, ``[trust]`` of a policy: which certificates of a store are believed (Doc 9303-12, 8.1 and 9).

The store has the grounds and the sources of each certificate. The receiving State decides which grounds are enough, and
writes that as data.
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
"""Grounds on which a certificate may be believed; of several the first is shown."""

WORDS = {
    "anchor": "given as an anchor",
    "bilateral": "received bilaterally",
    "list": "on a list whose signature leads to an anchor",
    "candidates-trusted": "by the explicit word --trust-candidates",
}
"""The grounds, as text to show."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of certificates: a file, or a master list in it.

    :param name: the file's name
    :param sha256: of the file, or of the master list in it
    :param signature: the outcome of verifying the master list's signature; empty where unknown
    :param kind: ``list``, ``bilateral``, ``anchor`` or ``file``; empty where unknown
    :param signer: the subject of the master list's signer
    :param anchor: SHA-256 of the anchor at the end of the signer's path; ``state``, the anchor's country
    :param signed: the signing time that the signer claims, ISO 8601
    :param imported: the time of import, ISO 8601
    :param path: the certificates from the master list's signers to their anchors, separated by blanks: the SHA-256 of
        each, a colon, and the SHA-256 of its key
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
        """SHA-256 of the certificates from the master list's signers to their anchors, each with that of its key."""
        return {digest: key for digest, _, key in (pair.partition(":") for pair in self.path.split())}

    @property
    def rests_on(self) -> frozenset[str]:
        """SHA-256 of all certificates and keys on which belief in the master list rests."""
        signers = self.signers
        return frozenset((self.anchor, *signers, *signers.values()))

    @property
    def vouches(self) -> bool:
        """Whether it is a master list whose signature leads to an anchor."""
        return self.kind == "list" and bool(self.anchor) and self.signature in ("passed", "warning")


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate in the store.

    :param kind: ``self-signed``, ``link`` or ``unresolved``
    :param origins: all its sources
    :param grounds: of :data:`GROUNDS`; empty: it is known, and not believed
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
    """The conditions on which a certificate is believed.

    :param believe: the grounds that count
    :param anchors: SHA-256 of the anchors that count, in themselves and for the master lists that lead to them; None:
        all anchors given at import
    :param lists: number of independent States whose master lists must contain a certificate for the ground ``list``.
        Two States are independent if the tables of codes have them, and no common key signed their master lists
    :param denied: SHA-256 of certificates that are never believed, with all certificates of their keys, and all master
        lists that rest on them
    :param states: (SHA-256, country code) of certificates without one code for a State, with the State for which they
        sign
    """

    believe: frozenset[str] = frozenset(GROUNDS)
    anchors: frozenset[str] | None = None
    lists: int = 1
    denied: frozenset[str] = field(default=frozenset())
    states: frozenset[tuple[str, str]] = field(default=frozenset())

    @classmethod
    def parse(cls, table: object, *, where: str = "trust") -> "TrustPolicy":
        """Read the ``[trust]`` table of a policy.

        :raises SpecError: it is malformed, or has an unknown key
        """
        if not isinstance(table, Mapping):
            raise SpecError("trust is not a table", where=where)
        specs.require_keys(table, ["believe"], ["anchors", "lists", "denied", "states"], where=f"{where} trust")
        believe = _texts(table, "believe", where)
        if not believe or (unknown := sorted(believe.difference(GROUNDS))):
            value = f": {unknown[0]}" if believe else ""
            raise SpecError("unknown ground", where=f"{where} trust.believe{value}", hint=f"of {', '.join(GROUNDS)}")
        lists = table.get("lists", 1)
        if type(lists) is not int or not 1 <= lists <= limits.POLICY_LISTS:
            raise SpecError("not a number of lists", where=f"{where} trust.lists", hint=f"1 to {limits.POLICY_LISTS}")
        if "lists" in table and "list" not in believe:
            raise SpecError("lists that do not count", where=f"{where} trust.lists", hint='add "list" to believe')
        anchors = _digests(table, "anchors", where) if "anchors" in table else None
        if anchors is not None and not {"anchor", "list"} & believe:
            hint = 'add "anchor" or "list" to believe'
            raise SpecError("anchors that do not count", where=f"{where} trust.anchors", hint=hint)
        return cls(believe, anchors, lists, _digests(table, "denied", where), _states(table, where))

    def denies(self, certificate: Certificate) -> bool:
        """Whether it denies ``certificate``, in any form in which the certificate is valid."""
        return bool(self.denied) and not self.denied.isdisjoint(certificate.digests)

    def counts(self, anchor: str) -> bool:
        """Whether an anchor of that SHA-256 is one of this policy's."""
        return self.anchors is None or anchor in self.anchors

    def standing(self, entry: Entry, denied: frozenset[str] = frozenset()) -> tuple[bool, str]:
        """Return whether the grounds of ``entry`` are enough, and the reason in words; its own denial apart.

        :param denied: SHA-256 of denied keys, of the certificates of these keys, and of revoked certificates: no master
            list that rests on them counts
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
        """Return why the master lists with ``entry`` are not enough, empty when they are."""
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
        """Return the independent States of master lists, each by its code.

        Two editions of one State's master list count once, as do two States' master lists with one key. An anchor
        without a State of the tables may be any State's, and does not count.
        """
        named_so = dict(self.states)
        groups: dict[str, set[str]] = {}
        for source in holding:
            code = country_of_certificates(named_so.get(source.anchor, source.state))
            if code:
                groups.setdefault(code, set()).update(source.signers.values() or (source.anchor,))
        independent: dict[str, set[str]] = {}
        for code in sorted(groups):
            keys = groups[code]
            for other in [other for other in independent if independent[other] & keys]:
                keys = keys | independent.pop(other)
                code = min(code, other)
            independent[code] = keys
        return sorted(independent)


def _states(table: Mapping[str, Any], where: str) -> frozenset[tuple[str, str]]:
    value = table.get("states", {})
    if not isinstance(value, Mapping):
        raise SpecError("states is not a table", where=f"{where} trust.states", hint='SHA-256 = "XX"')
    for digest, code in value.items():
        if not _SHA256.fullmatch(digest.lower()):
            raise SpecError("not a SHA-256", where=f"{where} trust.states: {digest}", hint="64 hexadecimal digits")
        if not isinstance(code, str) or not _COUNTRY.fullmatch(code):
            raise SpecError("not a country code", where=f"{where} trust.states: {digest}", hint="two capital letters")
    return frozenset((digest.lower(), code) for digest, code in value.items())


def _texts(table: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpecError(f"{key} is not a list of texts", where=f"{where} trust.{key}")
    return frozenset(value)


def _digests(table: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
    digests = frozenset(text.lower() for text in _texts(table, key, where))
    for text in sorted(digests):
        if not _SHA256.fullmatch(text):
            hint = "64 hexadecimal digits, as `tjdocs trust list --json` shows them"
            raise SpecError("not a SHA-256", where=f"{where} trust.{key}: {text}", hint=hint)
    return digests
