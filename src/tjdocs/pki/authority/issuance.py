"""Certificates that an authority has issued: no number is used twice, even if files are removed.

A seal names its signer by State, two characters and serial number, not by the CSCA. So the serial numbers of a trial
authority's seal signers are derived from the CSCA's key, and the numbers of its CRLs too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from tjdocs.errors import UsageError
from tjdocs.pki import certificate_profiles
from tjdocs.pki.certificate import Certificate
from tjdocs.times import Period

__all__ = ["Issuance", "check_year", "count_year", "crl_number", "next_number", "read", "seal_serial", "write"]

_NUMBER_BITS = 12  # enough for all names of seal signers
_CRL_BITS = 32
_YEAR = Period(years=1)


@dataclass(frozen=True, slots=True)
class Issuance:
    """An issued certificate.

    :param role: ``ds`` or ``seal``
    :param number: running number within the role
    """

    role: str
    number: int
    serial: int
    begin: datetime

    @property
    def name(self) -> str:
        """Name of its files without suffix."""
        return f"{self.role}-{self.number:04d}"


def read(rows: Mapping[str, Any]) -> set[Issuance]:
    """Return the issuances of an authority's state.

    :raises ValueError, KeyError, TypeError, AttributeError: a row is malformed
    """
    issuances = set()
    for name, row in rows.items():
        role, _, number = name.partition("-")
        begin = datetime.fromisoformat(row["not_before"])
        if role not in ("ds", "seal") or begin.tzinfo is None:
            raise ValueError
        issuances.add(Issuance(role, int(number), int(row["serial"], 16), begin))
    return issuances


def write(issuances: Iterable[Issuance]) -> dict[str, dict[str, str]]:
    """Return the rows of an authority's state."""
    return {
        one.name: {"serial": f"{one.serial:X}", "not_before": one.begin.isoformat()}
        for one in sorted(issuances, key=lambda one: (one.role, one.number))
    }


def next_number(issuances: Iterable[Issuance], role: str) -> int:
    """Return the number after the highest of a role."""
    return 1 + max((one.number for one in issuances if one.role == role), default=0)


def count_year(issuances: Iterable[Issuance], at: datetime) -> int:
    """Return the number of seal signers made within a year of a moment."""
    return len(_of_year(issuances, at))


def check_year(issuances: Iterable[Issuance], at: datetime) -> None:
    """Refuse one more seal signer than the standard allows in a year (Doc 9303-12, 4.1.3).

    :raises UsageError: the highest number is reached
    """
    begins, most = _of_year(issuances, at), certificate_profiles.load().seal.keys_a_year
    if len(begins) >= most:
        free = _YEAR.after_moment(begins[-most]).date().isoformat()
        hint = f"at most {most} keys are published in a year (Doc 9303-12, 4.1.3); the next one from {free} on"
        raise UsageError("too many seal signers in a year", where=at.date().isoformat(), hint=hint)


def _of_year(issuances: Iterable[Issuance], at: datetime) -> list[datetime]:
    begins = sorted(one.begin for one in issuances if one.role == "seal")
    return [begin for begin in begins if _YEAR.after_moment(min(begin, at)) > max(begin, at)]


def seal_serial(csca: Certificate, number: int, *, trial: bool) -> int:
    """Return the serial number of a seal signer; each seal contains it (Doc 9303-13, 2.2.1).

    It is the running number. In a trial it has 12 hexadecimal digits: 9 of the CSCA's key, then the number.
    """
    return _range(csca) << _NUMBER_BITS | number if trial else number


def crl_number(csca: Certificate, count: int, *, trial: bool) -> int:
    """Return the number of an authority's ``count``-th CRL."""
    return _range(csca) << _CRL_BITS | count if trial else count


def _range(csca: Certificate) -> int:
    """Return 36 bits of a key's digest, with the first bit set."""
    return int(sha256(csca.spki).hexdigest()[:9], 16) | 1 << 35
