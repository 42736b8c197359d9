"""The authority's next revocation list (RFC 5280, 5; Doc 9303-12, 7.1.4)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tjdocs.asn1 import extensions, writing
from tjdocs.errors import InputError, UsageError
from tjdocs.pki import profiles, signer
from tjdocs.pki.algorithms import Combination
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl, CrlError
from tjdocs.pki.signer import PrivateKey

__all__ = ["last_revoked", "next_list"]


def last_revoked(path: Path, csca: Certificate) -> dict[int, datetime]:
    """Return the serial numbers on the last list with their moments: whoever is revoked stays so (RFC 5280, 3.3).

    :raises InputError: the list is not there, or not signed by ``csca``
    """
    try:
        last = Crl.parse(path.read_bytes())
        moments = last.revocations()
    except (OSError, CrlError):
        last = None
    if last is None or not last.verify(csca).valid:
        hint = "put back the last one that was published: whoever is on it must stay revoked"
        raise InputError("the last revocation list is missing or not ours", where=str(path), hint=hint)
    return moments


def next_list(
    csca: Certificate, key: PrivateKey, row: Combination, *, number: int, revoked: Mapping[int, datetime], at: datetime
) -> bytes:
    """Return a list, DER, whose next update is as far off as the profile says.

    :raises UsageError: that is beyond the calendar
    """
    try:
        until = at + timedelta(days=profiles.load().crl_days)
    except OverflowError:
        raise UsageError("beyond the calendar", where="at", hint="an earlier moment") from None
    algorithm = signer.signature_algorithm(row)
    tbs = writing.encode_tbs_crl(
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
    return writing.encode_signed(tbs, algorithm, signer.sign(key, row, tbs))
