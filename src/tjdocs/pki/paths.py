"""From a document signer to a trusted CSCA, through link certificates, with the reason where it fails.

A chain fails in three ways, and only the last accuses: nobody of that name is known; the name is known, but no
certificate has that key (another generation is missing); the key is known and the signature is wrong.
"""

from dataclasses import dataclass
from typing import Protocol

from tjdocs.pki import names
from tjdocs.pki.certificate import (
    ICAO_PURPOSES,
    OID_BASIC_CONSTRAINTS,
    OID_EXTENDED_KEY_USAGE,
    OID_KEY_USAGE,
    Certificate,
)

__all__ = ["Attempt", "CertificateSource", "Path", "build"]

MAX_CANDIDATES = 64
MAX_DEPTH = 8


class CertificateSource(Protocol):
    """What path building needs of a trust store."""

    def issuers(self, certificate: Certificate) -> list[Certificate]:
        """Return the known certificates that may have issued ``certificate``, the likeliest first."""
        ...

    def trusted(self, certificate: Certificate) -> bool:
        """Whether ``certificate`` is trusted in itself."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One candidate issuer and what came of it."""

    issuer: Certificate
    reason: str


@dataclass(frozen=True, slots=True)
class Path:
    """The result of path building.

    :param valid: None when it could not be decided
    :param reason: ``no-issuer``, ``other-generation``, ``wrong-signature``, ``untrusted``, ``curve-unsupported``,
        ``algorithm-unknown``, ``algorithm-forbidden``, ``limit``; empty when valid
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
    """Find a path from ``signer`` to a certificate that ``store`` trusts. Validity times are not looked at."""
    attempts: list[Attempt] = []
    found = _climb(signer, store, (signer,), attempts, set())
    if found is not None:
        chain, warnings = found
        return Path(True, "", chain, warnings, tuple(attempts))
    valid, reason = _explain(signer, attempts)
    return Path(valid, reason, (signer,), (), tuple(attempts))


def _climb(
    certificate: Certificate,
    store: CertificateSource,
    chain: tuple[Certificate, ...],
    attempts: list[Attempt],
    seen: set[str],
) -> tuple[tuple[Certificate, ...], tuple[str, ...]] | None:
    candidates = store.issuers(certificate)
    for count, issuer in enumerate(candidates):
        if count >= MAX_CANDIDATES:
            attempts.append(Attempt(issuer, "limit"))
            break
        if issuer == certificate or issuer.sha256 in seen:
            continue
        result = certificate.verify(issuer)
        if not result.valid:
            attempts.append(Attempt(issuer, result.reason))
            continue
        role = _may_certify(issuer)
        if role is None:
            attempts.append(Attempt(issuer, "not-a-ca"))
            continue
        warnings = [*result.warnings, *role, *issuer.warnings]
        if certificate.issuer != issuer.subject:
            same = names.canonical(certificate.issuer) == names.canonical(issuer.subject)
            warnings.append("issuer-name-form" if same else "issuer-by-key-identifier")
        path = (*chain, issuer)
        if store.trusted(issuer):
            return path, tuple(warnings)
        seen.add(issuer.sha256)
        if len(path) <= MAX_DEPTH:
            above = _climb(issuer, store, path, attempts, seen)
            if above is not None:
                return above[0], (*warnings, *above[1])
        else:
            attempts.append(Attempt(issuer, "limit"))
        attempts.append(Attempt(issuer, "untrusted"))
    return None


def _may_certify(issuer: Certificate) -> tuple[str, ...] | None:
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
    if "untrusted" in reasons:
        return None, "untrusted"
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
