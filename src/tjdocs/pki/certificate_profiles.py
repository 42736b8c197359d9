"""What the authority issues, from ``specs/pki/profiles.toml``: names, periods, document types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from msgspec.structs import asdict

from tjdocs import specs
from tjdocs.asn1 import x509_schema
from tjdocs.errors import UsageError
from tjdocs.times import Period

__all__ = ["Profile", "Role", "load"]

_C, _O, _OU, _CN = "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.3"
_PRINTABLE, _UTF8 = 0x13, 0x0C
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Role(specs.Row, frozen=True):
    """A kind of certificate: its key, and how long key and certificate last."""

    common_name: str
    key: str
    private_key: Period
    certificate: Period
    document_types: tuple[str, ...] = ()


class SealRole(specs.Row, frozen=True):
    """The seal signers: their certificates, and the document types of each category.

    :param keys_a_year: how many keys of seal signers may be published in a year (Doc 9303-12, 4.1.3)
    :param at_creation: categories whose seal signers a new authority has
    """

    common_name: str
    key: str
    private_key: Period
    certificate: Period
    keys_a_year: int
    at_creation: tuple[str, ...]
    category: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        codes = [code for types in self.category.values() for code in types]
        if len(codes) != len(set(codes)) or not all(self.category.values()):
            raise ValueError("document types of no or of two categories; each type once")
        if not set(self.at_creation) <= set(self.category):
            raise ValueError("unknown category in at_creation; one of seal.category")
        if self.keys_a_year < len(self.at_creation):
            raise ValueError("not a number of keys a year; at least those made at creation")


class IssuingState(specs.Row, frozen=True):
    """The State in names and certificates."""

    country: str
    code: str
    organization: str
    unit: str
    trial_mark: str
    contact: str
    crl: str


class CrlTimes(specs.Row, frozen=True):
    """When a CRL is issued, and when it is stale.

    :param shortest_hours: how long a CRL is the last one at least (Doc 9303-12, 4.1.5)
    """

    next_update_days: int
    longest_days: int
    shortest_hours: int

    def __post_init__(self) -> None:
        if not 0 < self.next_update_days <= self.longest_days:
            raise ValueError(f"a list that comes too seldom; at least every {self.longest_days} days")
        if not 0 <= self.shortest_hours < 24 * self.next_update_days:
            raise ValueError("not a number of hours in shortest_hours; less than next_update_days")


class ProfileFile(specs.Spec, frozen=True):
    """The form of ``specs/pki/profiles.toml``."""

    state: IssuingState
    csca: Role
    ds: Role
    seal: SealRole
    crl: CrlTimes


@dataclass(frozen=True, slots=True)
class Profile:
    """The whole of ``specs/pki/profiles.toml``.

    :param seal_categories: the document types of each category of sealed documents, by the name of its seal profile
    :param seals_at_creation: categories whose seal signers a new authority has
    :param seal_keys: how many keys of seal signers may be published in a year (Doc 9303-12, 4.1.3)
    :param crl_shortest_hours: how long a list is the last one at least (Doc 9303-12, 4.1.5)
    """

    country: str
    code: str
    organization: str
    unit: str
    trial_mark: str
    contact: str
    crl: str
    csca: Role
    ds: Role
    seal: SealRole
    seal_categories: Mapping[str, tuple[str, ...]]
    seals_at_creation: tuple[str, ...]
    seal_keys: int
    crl_days: int
    crl_longest_days: int
    crl_shortest_hours: int

    def csca_end(self, begin: datetime) -> datetime:
        """Return the end of a CSCA's certificate: the last second of its day.

        Several days of a long month lead to the last day of a short one. A signer made on the last days of the CSCA's
        key ends on the same day as the CSCA, at a later hour.
        """
        return self.csca.certificate.after_moment(begin).replace(hour=23, minute=59, second=59)

    def seal_signer(self, category: str) -> Role:
        """Return the seal signer of a category of documents.

        :raises UsageError: an unknown category
        """
        if category not in self.seal_categories:
            raise UsageError(
                "unknown category of seals", where=category, hint=f"one of {', '.join(self.seal_categories)}"
            )
        seal = self.seal
        types = self.seal_categories[category]
        return Role(seal.common_name, seal.key, seal.private_key, seal.certificate, types)

    def csca_name(self, *, trial: bool) -> bytes:
        """Return the CSCA's ``Name``, DER."""
        return self._name(self.csca.common_name, trial)

    def signer_name(self, number: int, *, trial: bool) -> bytes:
        """Return the ``Name`` of the document signer of that number, DER."""
        return self._name(self.ds.common_name, trial, f" {number:04d}")

    def seal_name(self, number: int) -> bytes:
        """Return the ``Name`` of the seal signer of that number, DER: two characters (Doc 9303-12, 7.1.3).

        :raises UsageError: all names are used up: each is one signer's within a country
        """
        if not 0 < number < len(_BASE36) ** 2:
            raise UsageError("no name is left for a seal signer", where=str(number), hint="Doc 9303-12, 7.1.3")
        letters = _BASE36[number // 36] + _BASE36[number % 36]
        return x509_schema.encode_name([(_C, self.country, _PRINTABLE), (_CN, letters, _PRINTABLE)])

    def _name(self, common_name: str, trial: bool, suffix: str = "") -> bytes:
        mark = f" {self.trial_mark}" if trial else ""
        return x509_schema.encode_name(
            [
                (_C, self.country, _PRINTABLE),
                (_O, self.organization, _UTF8),
                (_OU, self.unit, _UTF8),
                (_CN, common_name + mark + suffix, _UTF8),
            ]
        )


@cache
def load() -> Profile:
    """Return the profile.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    table = specs.load("pki/profiles.toml", ProfileFile)
    return Profile(
        **asdict(table.state),
        csca=table.csca,
        ds=table.ds,
        seal=table.seal,
        seal_categories=table.seal.category,
        seals_at_creation=table.seal.at_creation,
        seal_keys=table.seal.keys_a_year,
        crl_days=table.crl.next_update_days,
        crl_longest_days=table.crl.longest_days,
        crl_shortest_hours=table.crl.shortest_hours,
    )
