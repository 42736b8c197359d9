"""Codes of States, organizations and statuses (Doc 9303-3, 5), and of passports (Doc 9303-4, 4.4).

ISO 3166-1 alpha-3 with the standard's own additions, and codes withdrawn by ISO 3166. All data is in
``specs/codes/``. Codes are given without fillers: ``"D"``, not ``"D<<"``.
"""

import csv
import io
from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.mrz import practices

__all__ = [
    "StateCode",
    "alpha2",
    "alpha3",
    "country_of_certificates",
    "passport_codes",
    "signing_country",
    "standard",
    "state_codes",
]

# Kinds of issuers. Every code except a signer's may be a nationality.
_ISSUERS = frozenset({"state", "organization", "specimen", "withdrawn"})
_SPECIAL_KINDS = frozenset(
    {"state", "organization", "nationality", "nationality-as-issuer", "status", "specimen", "signer"}
)


class StateCode(Struct, frozen=True):
    """One code.

    :param alpha2: two letters as in certificates and seals, or ``""``
    :param kind: ``state``, ``organization``, ``nationality`` (British particulars; ``nationality-as-issuer``
        where documents also have it in the issuing State's place), ``status`` (stateless,
        refugee, unspecified), ``specimen``, ``withdrawn``, or ``signer`` (in no document)
    :param withdrawn: the day on which ISO withdrew it, for ``withdrawn``
    :param replaced_by: the code that the standard has in its place (Germany's ``DEU``: ``D``), or ``""``
    :param now: the code that the same State has since, for ``withdrawn`` (``ROM``: ``ROU``), or ``""``
    :param signed_as: the country of the certificates under which its documents are signed, where that is another's
        (``GBD``: ``GB``), or ``""``
    """

    code: str
    alpha2: str
    kind: str
    name: str
    withdrawn: date | None = None
    replaced_by: str = ""
    signed_as: str = ""
    now: str = ""

    @property
    def issues(self) -> bool:
        """Whether it may be an issuing State or organization."""
        return self.kind in _ISSUERS

    @property
    def met_as_issuer(self) -> bool:
        """Whether documents have it as issuing State, be it against the standard."""
        return self.issues or self.kind == "nationality-as-issuer"

    @property
    def is_nationality(self) -> bool:
        """Whether it may be a nationality."""
        return self.kind != "signer"

    @property
    def plain(self) -> bool:
        """Whether there is nothing to say about it: a current code, neither withdrawn, replaced nor a specimen's."""
        return self.kind not in ("specimen", "withdrawn") and not self.replaced_by


@cache
def state_codes() -> Mapping[str, StateCode]:
    """Return every code of the MRZ, and the one that only signs.

    :raises tjdocs.errors.SpecError: a table is malformed
    """
    codes: dict[str, StateCode] = {}
    special = _rows("special.csv", ["code", "alpha2", "signed_as", "kind", "name", "source"])
    # Where the standard has a State under another code than ISO 3166-1 has, both share the two letters.
    own = {row["alpha2"]: row["code"] for row in special if row["kind"] == "state"}
    for row in _rows("iso3166.csv", ["code", "alpha2", "name"]):
        replaced = own.get(row["alpha2"], "")
        _add(codes, StateCode(row["code"], row["alpha2"], "state", row["name"], replaced_by=replaced))
    two_letters = {*own, *(row["alpha2"] for row in special), *(code.alpha2 for code in codes.values())}
    for row in special:
        if row["kind"] not in _SPECIAL_KINDS:
            raise SpecError("unknown kind", where=f"specs/codes/special.csv {row['code']}")
        if row["signed_as"] and (row["alpha2"] or row["signed_as"] not in two_letters):
            raise SpecError("signed as nobody", where=f"specs/codes/special.csv {row['code']}")
        _add(codes, StateCode(row["code"], row["alpha2"], row["kind"], row["name"], signed_as=row["signed_as"]))
    for row in _rows("withdrawn.csv", ["code", "alpha2", "withdrawn", "now", "name", "source"]):
        day = date.fromisoformat(row["withdrawn"])
        if row["now"] and row["now"] not in codes:
            raise SpecError("unknown code", where=f"specs/codes/withdrawn.csv {row['code']}", hint="the column now")
        _add(codes, StateCode(row["code"], row["alpha2"], "withdrawn", row["name"], day, now=row["now"]))
    return MappingProxyType(codes)


def standard(code: str) -> str:
    """Return the code that the standard has today for a State in the place of this one, else the code itself.

    >>> standard("DEU"), standard("D"), standard("ROM"), standard("INP"), standard("GER")
    ('D', 'D', 'ROU', 'XPO', 'GER')
    """
    known = state_codes().get(code)
    return known.replaced_by or known.now or code if known else practices.means().get(code, code)


def alpha2(code: str) -> str | None:
    """Return the two letters for a code of the zone, or ``None``.

    >>> alpha2("TJK"), alpha2("D"), alpha2("XXA")
    ('TJ', 'DE', None)
    """
    known = _known(code)
    return known.alpha2 or None if known else None


def signing_country(code: str) -> str | None:
    """Return the country in the certificates of whoever issues documents with a code, or ``None`` (Doc 9303-12, 7.1.1).

    >>> signing_country("TJK"), signing_country("XOM"), signing_country("XPO")
    ('TJ', 'XO', None)
    """
    known = _known(code)
    return known.alpha2 or known.signed_as or None if known else None


def _known(code: str) -> StateCode | None:
    """Return a code, or the one that the standard has in the place of a practice's."""
    code = code.rstrip("<")
    return state_codes().get(code) or state_codes().get(standard(code))


def alpha3(code: str) -> str | None:
    """Return the zone's code for two letters, or ``None``; a State that still exists goes first.

    >>> alpha3("TJ"), alpha3("DE")
    ('TJK', 'D')
    """
    return _by_alpha2().get(code)


def country_of_certificates(code: str) -> str:
    """Return the two letters under which a State, an organization or the ICAO signs, empty for any other code.

    Letters that only resemble a State's (``UK``), or that ISO 3166 withdrew, belong to no State.

    >>> country_of_certificates("gb"), country_of_certificates("UK"), country_of_certificates("D")
    ('GB', '', '')
    """
    return code.upper() if code.upper() in _signing() else ""


@cache
def _signing() -> frozenset[str]:
    return frozenset(row.alpha2 for row in state_codes().values() if row.alpha2 and row.kind != "withdrawn")


class PassportCodeFile(specs.Spec, frozen=True):
    """The form of ``specs/codes/documents.toml``."""

    passport: Mapping[str, str]


@cache
def passport_codes() -> Mapping[str, str]:
    """Return the passport codes of two letters with the use of each."""
    return specs.load("codes/documents.toml", PassportCodeFile).passport


@cache
def _by_alpha2() -> Mapping[str, str]:
    order = ("state", "organization", "specimen")
    known = [c for c in state_codes().values() if c.alpha2 and not c.replaced_by and c.kind in order]
    # UNO and UNA share UN: the organization itself is first in the table.
    return {c.alpha2: c.code for c in reversed(known)}


def _add(codes: dict[str, StateCode], code: StateCode) -> None:
    if code.code in codes:
        raise SpecError("repeated code in two tables", where=f"specs/codes {code.code}")
    codes[code.code] = code


def _rows(name: str, columns: list[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(specs.read_bytes(f"codes/{name}").decode()))
    if reader.fieldnames != columns:
        raise SpecError("unknown columns", where=f"specs/codes/{name}", hint=f"known are {', '.join(columns)}")
    return list(reader)
