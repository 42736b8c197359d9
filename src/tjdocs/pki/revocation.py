"""Whether a signer is revoked, by the lists in a trust store (Doc 9303-12, 5.5; BSI TR-03135-1, 5.6.4.3.5)."""

from datetime import datetime, timedelta

from tjdocs.findings import Finding, Outcome
from tjdocs.pki import names
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.paths import Path
from tjdocs.pki.trust import TrustStore

__all__ = ["judge"]

_CLOCK_SKEW = timedelta(days=1)


def judge(check: str, signer: Certificate, path: Path, trust: TrustStore, *, at: datetime) -> Finding:
    """Return the finding ``check`` on a signer: ``revoked``, or why that cannot be told.

    :param path: how far the signer's chain led
    """
    if not path.valid:
        return Finding(check, Outcome.UNDETERMINED, "premise")
    if not trust.crls:
        return Finding(check, Outcome.UNDETERMINED, "no-crl")
    # a signer that was found by key identifier names somebody else: its issuer's name counts then
    issuer = names.canonical(path.chain[1].subject)
    covering = [crl for crl in trust.crls if crl.covers(signer) or names.canonical(crl.issuer) == issuer]
    if not covering:
        return Finding(check, Outcome.UNDETERMINED, "other-issuer")
    issuers = [entry.certificate for entry in trust.entries if entry.ground]
    sound = []
    warnings: list[str] = []
    for crl in covering:
        candidates = [
            c for c in (*path.chain[1:], *issuers) if names.canonical(c.subject) == names.canonical(crl.issuer)
        ]
        result = next((result for result in map(crl.verify, candidates) if result.valid), None)
        if result is not None:
            sound.append(crl)
            warnings += [*crl.warnings, *result.warnings]
    if not sound:
        return Finding(check, Outcome.UNDETERMINED, "crl-signature")
    if any(signer.serial in crl.serials for crl in sound):
        return Finding(check, Outcome.FAILED, "revoked")
    sound = [crl for crl in sound if crl.this_update - at <= _CLOCK_SKEW]
    if not sound:
        return Finding(check, Outcome.UNDETERMINED, "not-yet-issued")
    if all(crl.next_update is not None and crl.next_update < at for crl in sound):
        return Finding(check, Outcome.UNDETERMINED, "stale")
    if warnings:
        return Finding(check, Outcome.WARNING, warnings[0], ", ".join(dict.fromkeys(warnings)))
    return Finding(check, Outcome.PASSED)
