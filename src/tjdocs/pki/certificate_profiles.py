"""What the authority issues, from ``specs/pki/profiles.toml``: names, periods, document types."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.asn1 import x509_schema
from tjdocs.errors import SpecError, UsageError
from tjdocs.times import Period

__all__ = ["Profile", "Role", "load"]

_FILE = "pki/profiles.toml"
_C, _O, _OU, _CN = "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.3"
_PRINTABLE, _UTF8 = 0x13, 0x0C
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of certificate: its key, and how long key and certificate last."""

    common_name: str
    key: str
    private_key: Period
    certificate: Period
    document_types: tuple[str, ...] = ()


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
    seal: Role
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
        return replace(self.seal, document_types=self.seal_categories[category])

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
    table = specs.read_toml(_FILE)
    specs.require_keys(table, ["schema", "state", "csca", "ds", "seal", "crl"], where=f"specs/{_FILE}")
    state = table["state"]
    keys = ["country", "code", "organization", "unit", "trial_mark", "contact", "crl"]
    specs.require_keys(state, keys, where=f"specs/{_FILE} state")
    keys = ["next_update_days", "longest_days", "shortest_hours"]
    specs.require_keys(table["crl"], keys, where=f"specs/{_FILE} crl")
    days, longest, shortest = (table["crl"][key] for key in keys)
    if type(days) is not int or type(longest) is not int or not 0 < days <= longest:
        hint = f"at least every {longest} days"
        raise SpecError("a list that comes too seldom", where=f"specs/{_FILE} crl", hint=hint)
    if type(shortest) is not int or not 0 <= shortest < 24 * days:
        raise SpecError(
            "not a number of hours", where=f"specs/{_FILE} crl.shortest_hours", hint="less than next_update_days"
        )
    csca, ds, seal = (_role(table[name], name) for name in ("csca", "ds", "seal"))
    return Profile(
        **state,
        csca=csca,
        ds=ds,
        seal=seal,
        **_seals(table["seal"]),
        crl_days=days,
        crl_longest_days=longest,
        crl_shortest_hours=shortest,
    )


_SEALS = ["category", "at_creation", "keys_a_year"]


def _seals(row: dict[str, Any]) -> dict[str, Any]:
    where = f"specs/{_FILE} seal"
    specs.require_keys(row, _SEALS, row, where=where)
    categories, first, keys = (row[key] for key in _SEALS)
    codes = [code for types in categories.values() for code in types]
    if len(codes) != len(set(codes)) or not all(categories.values()):
        raise SpecError("document types of no or of two categories", where=f"{where}.category", hint="each type once")
    if not set(first) <= set(categories):
        raise SpecError("unknown category", where=f"{where}.at_creation", hint="one of seal.category")
    if type(keys) is not int or not len(first) <= keys:
        raise SpecError("not a number of keys", where=f"{where}.keys_a_year", hint="at least those made at creation")
    return {
        "seal_categories": MappingProxyType({name: tuple(types) for name, types in categories.items()}),
        "seals_at_creation": tuple(first),
        "seal_keys": keys,
    }


def _role(row: dict[str, Any], name: str) -> Role:
    where = f"specs/{_FILE} {name}"
    more = _SEALS if name == "seal" else ["document_types"]
    specs.require_keys(row, ["common_name", "key", "private_key", "certificate"], more, where=where)
    for name_ in ("private_key", "certificate"):
        if not isinstance(row[name_], dict):
            raise SpecError("no period", where=f"{where}.{name_}", hint="a table of years and months")
        specs.require_keys(row[name_], (), ["years", "months"], where=f"{where}.{name_}")
    return Role(
        row["common_name"],
        row["key"],
        Period(**row["private_key"]),
        Period(**row["certificate"]),
        tuple(row.get("document_types", ())),
    )
