"""Certification paths from a signer to a trusted CSCA, through link certificates, or the reason why there is none.

A path fails in three ways, and only the last one accuses:

- No certificate has the issuer's name.
- The name is known, but no certificate has the key (another generation is missing).
- The key is known, and the signature is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple, Protocol

from msgspec import Struct

from tjdocs import limits
from tjdocs.asn1 import der
from tjdocs.messages import Message, Param
from tjdocs.pki import distinguished_name, public_key
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import (
    ICAO_PURPOSES,
    OID_BASIC_CONSTRAINTS,
    OID_EXTENDED_KEY_USAGE,
    OID_KEY_USAGE,
    OID_NAME_CHANGE,
    Certificate,
)

__all__ = ["CLOCK_SKEW", "Attempt", "CertificateSource", "Path", "build", "role_of", "untimely"]

MAX_CANDIDATES = limits.CANDIDATE_ISSUERS
MAX_DEPTH = limits.PATH_LINKS
CLOCK_SKEW = timedelta(days=1)
"""The most by which the clocks of signers and inspection systems may differ."""
MAX_TRIED = 512
"""The most signatures verified in one search."""


class CertificateSource(Protocol):
    """The part of a trust store that path building uses."""

    def issuers(self, certificate: Certificate) -> list[Certificate]:
        """Return the known certificates that may have issued ``certificate``, the likeliest first."""
        ...

    def distrust_reason(self, certificate: Certificate) -> str:
        """Return why ``certificate`` is not trusted in itself (``untrusted``, ``not-believed``, ``denied``), or ""."""
        ...

    def explain(self, certificate: Certificate) -> str:
        """Return the same in words."""
        ...


class Attempt(Struct, frozen=True):
    """A candidate issuer that is not on the path, and the reason.

    :param detail: the reason in words
    """

    issuer: Certificate
    reason: str
    detail: str = ""

    @property
    def message(self) -> Message:
        """The issuer's name and the reason, with its words."""
        reason: Param = self.reason
        if self.detail:
            words = Message("all", (("parts", tuple(self.detail.split("; "))),))
            reason = Message.of("problem-detail", problem=self.reason, detail=words)
        return Message.of("named", reason=self.issuer.subject_text, detail=reason)

    def __str__(self) -> str:
        return str(self.message)


class Path(Struct, frozen=True):
    """The result of path building.

    :param valid: None when it could not be decided
    :param reason: ``no-issuer``, ``other-generation``, ``wrong-signature``, ``untrusted``, ``not-believed``,
        ``denied``, ``not-a-ca``, ``role-contradictory``, ``critical-extension``, ``name-constraints``,
        ``curve-unsupported``, ``algorithm-unknown``, ``algorithm-forbidden``, ``limit``; empty when valid
    :param chain: signer first, trusted certificate last; the signer alone when there is no path
    :param warnings: names of the defects on the path
    :param attempts: every other candidate, with the reason against it
    """

    valid: bool | None
    reason: str
    chain: tuple[Certificate, ...]
    warnings: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()


def build(
    signer: Certificate,
    store: CertificateSource,
    *,
    barred: frozenset[str] = frozenset(),
    attempts: Attempts | None = None,
) -> Path:
    """Find a path from ``signer`` to a certificate that ``store`` trusts, through the likeliest issuers first.

    The result has every candidate that was tried in vain. Validity times only choose between paths, and do not make a
    path invalid. A path on which each certificate was issued while its issuer's was valid comes before any other. One
    key may be in several certificates, and the newer ones begin after the key's earlier signatures.

    :param barred: SHA-256 of certificates that no path may contain
    :param attempts: the bound on the cost, shared with other searches; its own unless given
    """
    if store.distrust_reason(signer) == "denied":
        return Path(False, "denied", (signer,), (), (Attempt(signer, "denied", store.explain(signer)),))
    bound = attempts or Attempts(MAX_TRIED)
    search = _Search(store, barred, bound)
    top = search.climb(_Step((signer,), ()))
    if top is None and search.late:
        search = _Search(store, barred, bound, timely=False)
        top = search.climb(_Step((signer,), ()))
    if top is not None:
        vain = tuple(attempt for attempt in search.attempts if attempt.issuer not in top.chain)
        return Path(True, "", top.chain, (*top.warnings, *_deviations(top.chain)), vain)
    vouched = [a for a in search.attempts if a.reason not in _OF_THE_ISSUER or search.vouches(a.issuer)]
    valid, reason = _explain(signer, vouched, known=bool(search.attempts))
    return Path(valid, reason, (signer,), (), tuple(search.attempts))


class Untimely(NamedTuple):
    """A certificate that was issued outside its issuer's validity.

    :param reason: ``issuer-validity``, after its end, which accuses; or ``issuer-younger``, before its beginning. The
        latter may be right: the issuer's key may be in an older certificate too
    """

    certificate: Certificate
    reason: str


def untimely(chain: tuple[Certificate, ...]) -> Untimely | None:
    """Return the gravest case of a certificate issued outside its issuer's validity, None without one."""
    younger = None
    for certificate, issuer in pairwise(chain):
        if certificate.not_before > issuer.not_after:
            return Untimely(certificate, "issuer-validity")
        # compared as a difference, since a sum could leave the calendar
        if certificate.not_before - issuer.not_before < -CLOCK_SKEW:
            younger = younger or Untimely(certificate, "issuer-younger")
    return younger


class _Step(Struct, frozen=True):
    chain: tuple[Certificate, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Search:
    """One search for a path.

    :param bound: on the signatures that it verifies
    :param timely: use only issuers whose certificates were valid when they issued
    :param late: there were other issuers
    :param noted: digest and reason of each attempt
    :param seen: the height at which each issuer was used, by digest
    """

    store: CertificateSource
    barred: frozenset[str]
    bound: Attempts
    timely: bool = True
    late: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    noted: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)

    def note(self, issuer: Certificate, reason: str, detail: str = "") -> None:
        """Add an attempt, once for each candidate and reason."""
        if (issuer.sha256, reason) not in self.noted:
            self.noted.add((issuer.sha256, reason))
            self.attempts.append(Attempt(issuer, reason, detail))

    def vouches(self, issuer: Certificate) -> bool:
        """Whether ``issuer`` is trusted, or has a path to a trusted one: else its attempt accuses nobody."""
        doubt = self.store.distrust_reason(issuer)
        above = _Search(self.store, self.barred, self.bound)
        return not doubt or (doubt != "denied" and above.climb(_Step((issuer,), ())) is not None)

    def climb(self, step: _Step) -> _Step | None:
        """Return the first path from ``step`` to a trusted certificate."""
        for above in self.issuers(step):
            issuer = above.chain[-1]
            doubt = self.store.distrust_reason(issuer)
            if not doubt:
                return above
            self.note(issuer, doubt, self.store.explain(issuer))
            if doubt == "denied":
                continue
            if len(above.chain) > MAX_DEPTH:
                self.note(issuer, "limit")
            elif (top := self.climb(above)) is not None:
                return top
        return None

    def issuers(self, step: _Step) -> Iterator[_Step]:
        """Yield a step for each issuer whose key verifies the last certificate of ``step``, and which may certify."""
        certificate = step.chain[-1]
        for count, issuer in enumerate(self.store.issuers(certificate)):
            if issuer.sha256 in self.barred:
                continue
            # an issuer may be used again at a lower height, where more of the depth remains
            if issuer == certificate or self.seen.get(issuer.sha256, MAX_DEPTH + 2) <= len(step.chain):
                continue
            if count >= MAX_CANDIDATES or not self.bound.take(issuer.key):
                self.note(issuer, "limit")
                break
            result = certificate.verify(issuer)
            if not result.valid:
                self.note(issuer, result.reason)
                continue
            fault, role = role_of(issuer)
            fault = fault or _unfit(issuer, step.chain)
            if fault:
                self.note(issuer, fault)
                continue
            if self.timely and (late := untimely((certificate, issuer))) is not None:
                self.late = True
                self.note(issuer, late.reason)
                continue
            self.seen[issuer.sha256] = len(step.chain)
            warnings = [*result.warnings, *role, *issuer.warnings]
            if certificate.issuer != issuer.subject:
                same = distinguished_name.canonical(certificate.issuer) == distinguished_name.canonical(issuer.subject)
                warnings.append("issuer-name-form" if same else "issuer-by-key-identifier")
            yield _Step((*step.chain, issuer), (*step.warnings, *warnings))


def _unfit(issuer: Certificate, below: tuple[Certificate, ...]) -> str:
    """Return why no path may contain ``issuer``, its role apart; empty when it may."""
    if issuer.not_understood:
        return "critical-extension"
    try:
        constraints = issuer.name_constraints
    except der.DerError:
        return "critical-extension"
    if constraints is None:
        return ""
    for certificate in below:
        inside = [
            subtree
            for subtree in constraints.permitted or ()
            if distinguished_name.within(certificate.subject, subtree)
        ]
        outside = [
            subtree for subtree in constraints.excluded if distinguished_name.within(certificate.subject, subtree)
        ]
        if outside or (constraints.permitted is not None and not inside):
            return "name-constraints"
    return ""


def _deviations(chain: tuple[Certificate, ...]) -> tuple[str, ...]:
    """Return the names of the defects that the certificates of a path have by the profile (Doc 9303-12, 7.1.1)."""
    names: dict[str, None] = {}
    for certificate, issuer in pairwise(chain):
        if certificate.authority_key_identifier is None:
            names["authority-key-identifier-absent"] = None
        elif issuer.subject_key_identifier is None:
            names["subject-key-identifier-absent"] = None
        elif certificate.authority_key_identifier != issuer.subject_key_identifier:
            names["authority-key-identifier-differs"] = None
    for height, issuer in enumerate(chain[1:], 1):
        # links that keep the name are not counted (RFC 5280, 4.2.1.9); a change of name has its own extension (7.1.1.5)
        others = [c for c in chain[1:height] if not (c.self_named or OID_NAME_CHANGE in c.extensions)]
        if issuer.path_length is not None and len(others) > issuer.path_length:
            names["path-length"] = None
    return tuple(names)


def role_of(issuer: Certificate, usage_bit: str = "keyCertSign") -> tuple[str, tuple[str, ...]]:
    """Return why ``issuer`` may not sign certificates, empty when it may, and the names of accepted defects.

    ``role-contradictory``: one extension allows it, and another denies it or is unreadable. Seven link certificates
    of a published master list are so: the State's mistake, which accuses nobody. In any other case: ``not-a-ca``.

    :param usage_bit: ``cRLSign`` asks whether it may sign CRLs
    """
    usage, role, purposes = issuer.key_usage, issuer.is_ca, issuer.extended_key_usage
    in_ber = role is None and OID_BASIC_CONSTRAINTS in issuer.extensions
    warnings = ["ber-encoded"] if in_ber else []
    if usage is not None and usage_bit not in usage:
        return "not-a-ca", ()
    if purposes:
        critical, _ = issuer.extensions[OID_EXTENDED_KEY_USAGE]
        if critical or any(purpose.startswith(ICAO_PURPOSES) for purpose in purposes):
            return "not-a-ca", ()
        warnings.append("extended-key-usage-present")
    authority = issuer.is_ca_in_ber if in_ber else role
    unreadable = (usage is None and OID_KEY_USAGE in issuer.extensions) or purposes == ()
    if unreadable or authority is False:
        return ("role-contradictory" if usage is not None or authority else "not-a-ca"), ()
    if authority is None:
        # five published CSCA certificates lack basic constraints; without key usage too, any certificate would do
        if usage is None and not issuer.self_signed:
            return "not-a-ca", ()
        warnings.append("basic-constraints-absent")
    if usage is None:
        warnings.append("key-usage-absent")
    return "", tuple(warnings)


_UNDECIDED = ("limit", "curve-unsupported", "algorithm-unknown", "key-unusable")
_WRONG = ("wrong-signature", "algorithms-differ", "algorithm-key-mismatch")


# faults of a candidate that accuse only where it is the issuer: anybody can make a certificate with any name and key
_OF_THE_ISSUER = (*public_key.OF_THE_KEY, "not-a-ca", "critical-extension", "name-constraints")


def _explain(signer: Certificate, attempts: list[Attempt], *, known: bool) -> tuple[bool | None, str]:
    """Return the result for a signer without a path, and its reason.

    :param attempts: the attempts that may accuse
    :param known: whether there was any attempt
    """
    identifier = signer.authority_key_identifier
    reasons = {attempt.reason for attempt in attempts}
    meant = {
        attempt.reason
        for attempt in attempts
        if identifier is not None and attempt.issuer.subject_key_identifier == identifier
    }
    # these candidates did sign: a denied one accuses, one without trust leaves the result undecided
    if "denied" in reasons:
        return False, "denied"
    for reason in ("not-believed", "untrusted"):
        if reason in reasons:
            return None, reason
    # a key that did sign and may not certify accuses, as a forbidden algorithm does
    for reason in ("not-a-ca", "critical-extension", "name-constraints", "algorithm-forbidden", "pss-trailer"):
        if reason in reasons:
            return False, reason
    if "role-contradictory" in reasons:
        return None, "role-contradictory"
    # several keys may have one identifier: while one of them is undecided, none accuses
    for reason in _UNDECIDED:
        if reason in meant:
            return None, reason
    if meant.intersection(_WRONG):
        return False, "wrong-signature"
    for reason in _UNDECIDED:
        if reason in reasons:
            return None, reason
    return None, "other-generation" if known else "no-issuer"
