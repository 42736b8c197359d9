"""What the authority issues, from ``specs/pki/profiles.toml``: names, periods, document types."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from tjdocs import specs
from tjdocs.asn1 import x509
from tjdocs.errors import SpecError, UsageError

__all__ = ["Period", "Profile", "Role", "load"]

_FILE = "pki/profiles.toml"
_C, _O, _OU, _CN = "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.3"
_PRINTABLE, _UTF8 = 0x13, 0x0C
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of calendar years and months."""

    years: int = 0
    months: int = 0

    def after(self, moment: datetime) -> datetime:
        """Return the moment that lies this long after ``moment``; the last day of a shorter month."""
        index = moment.year * 12 + moment.month - 1 + self.years * 12 + self.months
        year, month = divmod(index, 12)
        for day in (moment.day, 30, 29, 28):
            try:
                return moment.replace(year=year, month=month + 1, day=day)
            except ValueError:
                continue
        raise UsageError("beyond the calendar", where=moment.date().isoformat(), hint="an earlier moment")


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
    """The whole of ``specs/pki/profiles.toml``."""

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
    crl_days: int
    crl_longest_days: int

    def csca_name(self, *, trial: bool) -> bytes:
        """Return the CSCA's ``Name``, DER."""
        return self._name(self.csca.common_name, trial)

    def signer_name(self, number: int, *, trial: bool) -> bytes:
        """Return the ``Name`` of the document signer of that number, DER."""
        return self._name(self.ds.common_name, trial, f" {number:04d}")

    def seal_name(self, number: int) -> bytes:
        """Return the ``Name`` of the seal signer of that number, DER: two characters (Doc 9303-12, 7.1.1)."""
        letters = _BASE36[number // 36 % 36] + _BASE36[number % 36]
        return x509.encode_name([(_C, self.country, _PRINTABLE), (_CN, letters, _PRINTABLE)])

    def _name(self, common_name: str, trial: bool, suffix: str = "") -> bytes:
        mark = f" {self.trial_mark}" if trial else ""
        return x509.encode_name(
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
    specs.require_keys(table["crl"], ["next_update_days", "longest_days"], where=f"specs/{_FILE} crl")
    days, longest = table["crl"]["next_update_days"], table["crl"]["longest_days"]
    if type(days) is not int or type(longest) is not int or not 0 < days <= longest:
        hint = f"at least every {longest} days"
        raise SpecError("a list that comes too seldom", where=f"specs/{_FILE} crl", hint=hint)
    csca, ds, seal = (_role(table[name], name) for name in ("csca", "ds", "seal"))
    return Profile(**state, csca=csca, ds=ds, seal=seal, crl_days=days, crl_longest_days=longest)


def _role(row: dict[str, Any], name: str) -> Role:
    where = f"specs/{_FILE} {name}"
    specs.require_keys(row, ["common_name", "key", "private_key", "certificate"], ["document_types"], where=where)
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
