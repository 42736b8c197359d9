"""The authority's next CRL (RFC 5280, 5; Doc 9303-12, 7.1.4)."""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tjdocs.asn1 import extensions, x509_writing
from tjdocs.errors import InputError, UsageError
from tjdocs.pki import certificate_profiles, signer
from tjdocs.pki.algorithms import Combination
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl, CrlError
from tjdocs.pki.signer import PrivateKey

__all__ = ["is_early", "last_list", "newly_revoked", "next_list"]


def last_list(path: Path, csca: Certificate, known: Crl | None = None) -> Crl:
    """Return an authority's last CRL.

    :param known: the CRL read before; returned if the file is still the same
    :raises InputError: the CRL is missing, or ``csca`` did not sign it
    """
    try:
        data = path.read_bytes()
        if known is not None and known.raw == data:
            return known
        last = Crl.parse(data)
        last.revocations()  # raises if a time of revocation cannot be read
    except (OSError, CrlError):
        last = None
    if last is None or not last.verify(csca).valid:
        hint = "put back the last one that was published, so that its certificates stay revoked"
        raise InputError("the last CRL is missing, or not of this authority", where=str(path), hint=hint)
    return last


def is_early(last: Crl, at: datetime) -> bool:
    """Whether a CRL at that moment is sooner after the last one than Doc 9303-12, 4.1.5 allows."""
    return at - last.this_update < timedelta(hours=certificate_profiles.load().crl.shortest_hours)


def newly_revoked(
    revoked: Iterable[tuple[int | Certificate, datetime]], issued: Container[int], csca: Certificate, at: datetime
) -> dict[int, datetime]:
    """Return the serial numbers to revoke, with their times of revocation.

    :param revoked: serial numbers that the authority has issued, or certificates that its CSCA signed
    :raises UsageError: the CSCA has no such certificate, or the time is after the CRL's
    """
    moments: dict[int, datetime] = {}
    for one, moment in revoked:
        serial = one.serial if isinstance(one, Certificate) else one
        exists = one.verify(csca).valid if isinstance(one, Certificate) else serial in issued
        if not exists:
            hint = "a serial number that it issued, or the certificate itself"
            raise UsageError("not a certificate of this authority", where=f"serial number {serial:X}", hint=hint)
        if moment > at:
            hint = "no later than the list (Doc 9303-12, 7.1.4)"
            raise UsageError("revoked after the list", where=moment.isoformat(), hint=hint)
        moments[serial] = min(moment, moments.get(serial, moment))
    return moments


def next_list(
    csca: Certificate, key: PrivateKey, row: Combination, *, number: int, revoked: Mapping[int, datetime], at: datetime
) -> bytes:
    """Return a CRL, DER, with the period until its next update from the profile.

    :raises UsageError: the next update is beyond the calendar
    """
    try:
        until = at + timedelta(days=certificate_profiles.load().crl.next_update_days)
    except OverflowError:
        raise UsageError("beyond the calendar", where="at", hint="an earlier moment") from None
    algorithm = signer.signature_algorithm(row)
    tbs = x509_writing.encode_tbs_crl(
        algorithm=algorithm,
        issuer=csca.subject,
        this_update=at,
        next_update=until,
        revoked=list(revoked.items()),
        extensions=[
            ("2.5.29.35", False, extensions.authority_key_identifier(csca.subject_key_identifier or b"")),
            ("2.5.29.20", False, extensions.crl_number(number)),
        ],
    )
    return x509_writing.encode_signed(tbs, algorithm, signer.sign(key, row, tbs))
