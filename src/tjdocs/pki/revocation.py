"""Whether a signer is revoked, by the lists in a trust store (Doc 9303-12, 5.5; BSI TR-03135-1, 5.6.4.3.5)."""

from datetime import datetime

from tjdocs.findings import Finding, Outcome
from tjdocs.pki import keys, paths
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl
from tjdocs.pki.paths import Path
from tjdocs.pki.trust import TrustStore

__all__ = ["judge"]


def judge(check: str, signer: Certificate, path: Path, trust: TrustStore, *, at: datetime) -> Finding:
    """Return the finding ``check`` on a signer: ``revoked``, or why that cannot be told.

    :param path: how far the signer's chain led
    """
    if not path.valid:
        return Finding(check, Outcome.UNDETERMINED, "premise")
    if not trust.crls:
        return Finding(check, Outcome.UNDETERMINED, "no-crl")
    # a signer that was found by key identifier names somebody else: its issuer's name counts then
    covering = trust.crls_of(signer.issuer, path.chain[1].subject)
    if not covering:
        return Finding(check, Outcome.UNDETERMINED, "other-issuer")
    sound = []
    warnings: list[str] = []
    for crl in covering:
        result = _verified(crl, path, trust)
        if result is not None:
            sound.append(crl)
            warnings += [*crl.warnings, *result.warnings]
    if not sound:
        return Finding(check, Outcome.UNDETERMINED, "crl-signature")
    if any(signer.serial in crl.serials for crl in sound):
        return Finding(check, Outcome.FAILED, "revoked")
    sound = [crl for crl in sound if crl.this_update - at <= paths.CLOCK_SKEW]
    if not sound:
        return Finding(check, Outcome.UNDETERMINED, "not-yet-issued")
    if all(crl.stale(at) for crl in sound):
        return Finding(check, Outcome.UNDETERMINED, "stale")
    if warnings:
        return Finding(check, Outcome.WARNING, warnings[0], ", ".join(dict.fromkeys(warnings)))
    return Finding(check, Outcome.PASSED)


def _verified(crl: Crl, path: Path, trust: TrustStore) -> keys.SignatureResult | None:
    """Return the result under a certificate of the list's issuer that is trusted, itself or by a path of its own.

    The newest key signs for all keys of a CSCA (Doc 9303-12, 4.1 and 7.1.4), so that the signer's own chain may not
    hold it. None where there is no such certificate.
    """
    known = (*(c for c in path.chain[1:] if crl.covers_issuer(c)), *trust.crl_signers(crl))
    for candidate in dict.fromkeys(known[: paths.MAX_CANDIDATES]):
        result = crl.verify(candidate)
        if not result.valid:
            continue
        if candidate in path.chain or not (doubt := trust.doubt(candidate)):
            return result
        if doubt != "denied" and paths.may_certify(candidate) is not None and _of_one_state(candidate, trust):
            return result
    return None


def _of_one_state(candidate: Certificate, trust: TrustStore) -> bool:
    """Whether a path leads to a trusted certificate and never abroad: who lists is nobody else's to say."""
    found = paths.build(candidate, trust)
    return bool(found.valid) and len({certificate.country for certificate in found.chain}) == 1
