"""What the authority issues, from ``specs/pki/profiles.toml``: names, periods, document types."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from tjdocs import specs
from tjdocs.asn1 import x509_schema
from tjdocs.errors import UsageError
from tjdocs.times import Period

__all__ = ["Profile", "Role", "load"]

_C, _O, _OU, _CN = "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.3"
_PRINTABLE, _UTF8 = 0x13, 0x0C
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Lifetimes(specs.Row, frozen=True, kw_only=True):
    """A kind of certificate: its key, and how long key and certificate last."""

    common_name: str
    key: str
    private_key: Period
    certificate: Period


class Role(Lifetimes, frozen=True, kw_only=True):
    """A kind of certificate, with the types of the documents that its key signs."""

    document_types: tuple[str, ...] = ()


class SealRole(Lifetimes, frozen=True, kw_only=True):
    """The seal signers: their certificates, and the document types of each category by the name of its seal profile.

    :param keys_a_year: how many keys of seal signers may be published in a year (Doc 9303-12, 4.1.3)
    :param at_creation: categories whose seal signers a new authority has
    """

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
    """The State in names and certificates.

    :param trial_mark: in every name of a trial authority
    :param contact: in the alternative names, next to the code of three letters
    :param crl: where the CRL is published
    """

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


class Profile(specs.Spec, frozen=True):
    """The whole of ``specs/pki/profiles.toml``."""

    issuing_state: IssuingState
    csca: Role
    ds: Role
    seal: SealRole
    crl: CrlTimes

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
        seal, known = self.seal, self.seal.category
        if category not in known:
            raise UsageError("unknown category of seals", where=category, hint=f"one of {', '.join(known)}")
        lifetimes = {name: getattr(seal, name) for name in Lifetimes.__struct_fields__}
        return Role(**lifetimes, document_types=known[category])

    def csca_name(self, *, trial: bool) -> bytes:
        """Return the CSCA's ``Name``, DER."""
        return self._name(self.csca.common_name, trial)

    def signer_name(self, number: int, *, trial: bool) -> bytes:
        """Return the ``Name`` of the document signer of that number, DER."""
        return self._name(self.ds.common_name, trial, f" {number:04d}")

    def seal_name(self, number: int) -> bytes:
        """Return the ``Name`` of the seal signer of that number, DER: two characters (Doc 9303-12, 7.1.3).

        :raises UsageError: all names are used: within a country each signer has its own
        """
        if not 0 < number < len(_BASE36) ** 2:
            raise UsageError("all names of seal signers are used", where=str(number), hint="Doc 9303-12, 7.1.3")
        letters = _BASE36[number // 36] + _BASE36[number % 36]
        return x509_schema.encode_name([(_C, self.issuing_state.country, _PRINTABLE), (_CN, letters, _PRINTABLE)])

    def _name(self, common_name: str, trial: bool, suffix: str = "") -> bytes:
        mark = f" {self.issuing_state.trial_mark}" if trial else ""
        return x509_schema.encode_name(
            [
                (_C, self.issuing_state.country, _PRINTABLE),
                (_O, self.issuing_state.organization, _UTF8),
                (_OU, self.issuing_state.unit, _UTF8),
                (_CN, common_name + mark + suffix, _UTF8),
            ]
        )


@cache
def load() -> Profile:
    """Return the profile.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    return specs.load("pki/profiles.toml", Profile)
