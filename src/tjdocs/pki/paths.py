"""From a document signer to a trusted CSCA, through link certificates, with the reason where it fails.

A chain fails in three ways, and only the last accuses: nobody of that name is known; the name is known, but no
certificate has that key (another generation is missing); the key is known and the signature is wrong.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Protocol

from tjdocs.pki import names
from tjdocs.pki.certificate import (
    ICAO_PURPOSES,
    OID_BASIC_CONSTRAINTS,
    OID_EXTENDED_KEY_USAGE,
    OID_KEY_USAGE,
    Certificate,
)

__all__ = ["Attempt", "CertificateSource", "Path", "build", "may_certify", "untimely"]

MAX_CANDIDATES = 64
MAX_DEPTH = 8
_CLOCK_SKEW = timedelta(days=1)
MAX_TRIED = 512
"""Signatures verified in one search, whatever the certificates make of it."""


class CertificateSource(Protocol):
    """What path building needs of a trust store."""

    def issuers(self, certificate: Certificate) -> list[Certificate]:
        """Return the known certificates that may have issued ``certificate``, the likeliest first."""
        ...

    def doubt(self, certificate: Certificate) -> str:
        """Return why ``certificate`` is not trusted in itself (``untrusted``, ``not-believed``, ``denied``), or ""."""
        ...

    def why(self, certificate: Certificate) -> str:
        """Return the same in words."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One candidate issuer and what came of it.

    :param detail: more of the reason, in words
    """

    issuer: Certificate
    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.issuer.subject_text}: {self.reason}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Path:
    """The result of path building.

    :param valid: None when it could not be decided
    :param reason: ``no-issuer``, ``other-generation``, ``wrong-signature``, ``untrusted``, ``not-believed``,
        ``denied``, ``curve-unsupported``, ``algorithm-unknown``, ``algorithm-forbidden``, ``limit``; empty when valid
    :param chain: signer first, trusted certificate last; the signer alone when there is no path
    :param warnings: named tolerances on the way
    :param attempts: every candidate tried in vain
    """

    valid: bool | None
    reason: str
    chain: tuple[Certificate, ...]
    warnings: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()


def build(signer: Certificate, store: CertificateSource) -> Path:
    """Find the shortest path from ``signer`` to a certificate that ``store`` trusts; the likeliest of equal ones.

    Whatever was tried in vain is told. Validity times only choose between paths: a path each of whose certificates was
    issued while its issuer's was valid comes before any other, since one key stands in several certificates, of which
    the newer is younger than what the key signed before. What such a path is worth is not judged here.
    """
    if store.doubt(signer) == "denied":
        return Path(False, "denied", (signer,), (), (Attempt(signer, "denied", store.why(signer)),))
    search = _Search(store)
    second: _Step | None = None
    waiting = deque([_Step((signer,), ())])
    while waiting:
        step = waiting.popleft()
        for above in search.issuers(step):
            doubt = store.doubt(above.chain[-1])
            if not doubt and untimely(above.chain) is None:
                return search.found(above)
            if not doubt:
                second = second or above
                search.attempts.append(Attempt(above.chain[-1], "issuer-validity"))
                continue
            search.attempts.append(Attempt(above.chain[-1], doubt, store.why(above.chain[-1])))
            if doubt == "denied":
                continue
            if len(above.chain) <= MAX_DEPTH:
                waiting.append(above)
            else:
                search.attempts.append(Attempt(above.chain[-1], "limit"))
    if second is not None:
        return search.found(second)
    valid, reason = _explain(signer, search.attempts)
    return Path(valid, reason, (signer,), (), tuple(search.attempts))


def untimely(chain: tuple[Certificate, ...]) -> Certificate | None:
    """Return the first certificate that was issued outside its issuer's validity, None when there is none."""
    for certificate, issuer in pairwise(chain):
        # compared as a difference, since a sum could leave the calendar
        if certificate.not_before - issuer.not_before < -_CLOCK_SKEW or certificate.not_before > issuer.not_after:
            return certificate
    return None


@dataclass(frozen=True, slots=True)
class _Step:
    chain: tuple[Certificate, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Search:
    """One search: what was tried, who was met, and how much of the bound is left."""

    store: CertificateSource
    attempts: list[Attempt] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    left: int = MAX_TRIED

    def found(self, step: _Step) -> Path:
        """Return the path, without what was only met on it."""
        vain = tuple(attempt for attempt in self.attempts if attempt.issuer not in step.chain)
        return Path(True, "", step.chain, step.warnings, vain)

    def issuers(self, step: _Step) -> Iterator[_Step]:
        """Yield a step up for each issuer whose key verifies the last certificate of ``step``, and that may certify."""
        certificate = step.chain[-1]
        for count, issuer in enumerate(self.store.issuers(certificate)):
            if count >= MAX_CANDIDATES or not self.left:
                self.attempts.append(Attempt(issuer, "limit"))
                break
            if issuer == certificate or issuer.sha256 in self.seen:
                continue
            self.left -= 1
            result = certificate.verify(issuer)
            if not result.valid:
                self.attempts.append(Attempt(issuer, result.reason))
                continue
            role = may_certify(issuer)
            if role is None:
                self.attempts.append(Attempt(issuer, "not-a-ca"))
                continue
            self.seen.add(issuer.sha256)
            warnings = [*result.warnings, *role, *issuer.warnings]
            if certificate.issuer != issuer.subject:
                same = names.canonical(certificate.issuer) == names.canonical(issuer.subject)
                warnings.append("issuer-name-form" if same else "issuer-by-key-identifier")
            yield _Step((*step.chain, issuer), (*step.warnings, *warnings))


def may_certify(issuer: Certificate) -> tuple[str, ...] | None:
    """Return the tolerances under which ``issuer`` may sign certificates, or None when it may not."""
    usage, role, purposes = issuer.key_usage, issuer.is_ca, issuer.extended_key_usage
    in_ber = role is None and OID_BASIC_CONSTRAINTS in issuer.extensions
    if role is False or (in_ber and not issuer.is_ca_in_ber):
        return None
    if usage is None and OID_KEY_USAGE in issuer.extensions:  # there, and unreadable
        return None
    if usage is not None and "keyCertSign" not in usage:
        return None
    warnings = ["ber-encoded"] if in_ber else []
    if purposes is not None:
        critical, _ = issuer.extensions[OID_EXTENDED_KEY_USAGE]
        if critical or not purposes or any(purpose.startswith(ICAO_PURPOSES) for purpose in purposes):
            return None
        warnings.append("extended-key-usage-present")
    if role is None and not in_ber:
        # five published CSCA certificates lack basic constraints; without key usage either it is anybody's
        if usage is None and not issuer.self_named:
            return None
        warnings.append("basic-constraints-absent")
    if usage is None:
        warnings.append("key-usage-absent")
    return tuple(warnings)


_UNDECIDED = ("limit", "curve-unsupported", "algorithm-unknown", "key-unusable")
_WRONG = ("wrong-signature", "algorithms-differ", "algorithm-key-mismatch")


def _explain(signer: Certificate, attempts: list[Attempt]) -> tuple[bool | None, str]:
    """Return the verdict on a signer without a path, from what was tried."""
    identifier = signer.authority_key_identifier
    reasons = {attempt.reason for attempt in attempts}
    meant = {
        attempt.reason
        for attempt in attempts
        if identifier is not None and attempt.issuer.subject_key_identifier == identifier
    }
    # whoever was met on the way did sign: denied, that accuses; not trusted, it decides nothing
    if "denied" in reasons:
        return False, "denied"
    for reason in ("not-believed", "untrusted"):
        if reason in reasons:
            return None, reason
    # a key that fits and may not certify did sign: that accuses, as a forbidden algorithm does
    for reason in ("not-a-ca", "algorithm-forbidden"):
        if reason in reasons:
            return False, reason
    # several keys may share an identifier: as long as one of them is undecided nothing accuses
    for reason in _UNDECIDED:
        if reason in meant:
            return None, reason
    if meant.intersection(_WRONG):
        return False, "wrong-signature"
    for reason in _UNDECIDED:
        if reason in reasons:
            return None, reason
    return None, "other-generation" if reasons else "no-issuer"
