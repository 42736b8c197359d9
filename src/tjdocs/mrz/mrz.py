"""A zone as read: its lines unchanged, its fields decoded on access, and its problems."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from tjdocs.mrz import dates, national_dates, practices
from tjdocs.mrz.formats import Format, format_named, overflow
from tjdocs.mrz.mrz_problems import MrzProblem
from tjdocs.times import PartialDate

__all__ = ["Candidate", "Change", "Mrz", "Repair"]


@dataclass(frozen=True, slots=True)
class Change:
    """One character, or in the case of a line's length one line, that a repair took for another.

    :param position: line and column, from 1, in the repaired zone
    :param read: the character as read
    :param repaired: the character in its place
    """

    field: str
    position: tuple[int, int]
    read: str = dataclasses.field(repr=False)
    repaired: str = dataclasses.field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the change with the keys that the command line prints."""
        return {
            "field": self.field,
            "position": list(self.position),
            "read": self.read,
            "repaired": self.repaired,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """One zone that may have been misread.

    :param likelihood: against that of the likeliest candidate, which has 1
    """

    lines: tuple[str, ...] = dataclasses.field(repr=False)
    likelihood: float
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the candidate with the keys that the command line prints."""
        changes = [change.as_json() for change in self.changes]
        return {"lines": list(self.lines), "likelihood": self.likelihood, "changes": changes}


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair did.

    :param read: the lines as they were read
    :param changes: the changes, empty without any
    :param candidates: where several zones are possible, all of them, the likeliest first; what they have in
        common is in ``changes``, and nothing else was chosen
    """

    read: tuple[str, ...] = dataclasses.field(repr=False)
    changes: tuple[Change, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Mrz:
    """A machine-readable zone, valid or not. Everything but its format is personal data and not in ``repr``.

    Fields of an unknown format are ``""`` or ``None``. Codes, numbers and optional data are without the
    fillers at their end, the components of an identifier are parted by one space, and the sex is ``M``,
    ``F`` or ``<`` (unspecified).

    :param format: ``TD1``, ``TD2``, ``TD3``, ``MRV-A``, ``MRV-B``, a State's own (``FRA-ID``), or ``None``
    :param lines: as read, with the corrections of ``normalised``
    :param at: the day against which centuries and expiry were judged
    :param problems: everything wrong or worth a word
    :param repair: what a repair did, where one was asked for
    """

    format: str | None
    lines: tuple[str, ...] = dataclasses.field(repr=False)
    at: date = dataclasses.field(repr=False)
    problems: tuple[MrzProblem, ...] = dataclasses.field(repr=False)
    repair: Repair | None = None
    # values that are read often, kept after the first time
    _joined: str = dataclasses.field(default="", init=False, repr=False, compare=False)
    _expires: date | None = dataclasses.field(default=None, init=False, repr=False, compare=False)

    @property
    def valid(self) -> bool:
        """Whether no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def repaired(self) -> bool:
        """Whether anything in it was not read but repaired."""
        return self.repair is not None and bool(self.repair.changes)

    @property
    def text(self) -> str:
        """The lines joined by line feeds."""
        return "\n".join(self.lines)

    @property
    def document_code(self) -> str:
        """Document code, for example ``PP``."""
        return self.raw("document_code").rstrip("<")

    @property
    def issuing_state(self) -> str:
        """Code of the issuing State or organization, for example ``TJK`` or ``D``."""
        return self.raw("issuing_state").rstrip("<")

    @property
    def nationality(self) -> str:
        """Code of the holder's nationality or status."""
        return self.raw("nationality").rstrip("<")

    @property
    def document_number(self) -> str:
        """Document number, whole also where it runs on in the optional data; fillers inside it are kept."""
        return self._number_and_optional()[0]

    @property
    def optional_data(self) -> str:
        """Optional data, without what belongs to a long document number; fillers inside it are kept."""
        return self._number_and_optional()[1]

    @property
    def optional_data_2(self) -> str:
        """Optional data of TD1's second line."""
        return self.raw("optional_data_2").rstrip("<")

    @property
    def date_of_birth(self) -> date | None:
        """Date of birth, or ``None`` when it is unknown in part or unreadable."""
        return dates.birth(self.date_of_birth_raw, self.at)[0] if self.format else None

    @property
    def date_of_birth_raw(self) -> str:
        """The six characters of the date of birth."""
        return self.raw("date_of_birth")

    @property
    def date_of_expiry(self) -> date | None:
        """Last day of validity, or ``None`` when it is unreadable; in the year 9999 by a practice without an end."""
        expires = self._expires
        if expires is None and self.format:
            expires = practices.expiry(*self._layout(self.format), self.at)[0]
            object.__setattr__(self, "_expires", expires)
        return expires

    @property
    def date_of_expiry_raw(self) -> str:
        """The six characters of the date of expiry."""
        return self.raw("date_of_expiry")

    @property
    def sex(self) -> str:
        """``M``, ``F`` or ``<``, or the character in its place."""
        return self.raw("sex")

    @property
    def primary_identifier(self) -> str:
        """Components of the primary identifier, parted by one space."""
        return _components(self.raw("primary_identifier") or self.raw("names").rstrip("<").partition("<<")[0])

    @property
    def secondary_identifier(self) -> str:
        """Components of the secondary identifier, parted by one space; ``""`` where there is none."""
        return _components(self.raw("secondary_identifier") or self.raw("names").rstrip("<").partition("<<")[2])

    @property
    def national(self) -> bool:
        """Whether its format is a State's own and none of Doc 9303."""
        return self.format is not None and format_named(self.format).national is not None

    @property
    def month_of_issue(self) -> PartialDate | None:
        """Year and month of issue, where a State's own format has them."""
        return national_dates.issued(*self._layout(self.format)) if self.format else None

    @property
    def latest_expiry(self) -> date | None:
        """The day after which no document of a State's own format is valid; it may have expired before."""
        return national_dates.latest_expiry(*self._layout(self.format), self.at) if self.format else None

    def raw(self, name: str) -> str:
        """Return a field's characters, fillers included; ``""`` where the format lacks it.

        Besides the fields above there are ``names`` (both identifiers) and ``composite_check_digit``, and
        with ``_check_digit`` after its name the check digit of each field that has one.
        """
        if self.format is None:
            return ""
        layout, joined = self._layout(self.format)
        item = layout.by_name.get(name)
        if item:
            return joined[item.slice]
        if name == "composite_check_digit" and layout.composite:
            return joined[layout.composite.digit]
        return next((joined[item.digit] for item in layout.checked if item.digit_name == name), "")

    def fields(self) -> dict[str, str]:
        """Return the keyword arguments with which :func:`tjdocs.mrz.make` makes this zone again, if it is valid.

        A zone with a State's practice (``specs/mrz/practices.toml``) is the exception: :func:`tjdocs.mrz.make` has the
        standard alone. It makes the standard's zone of a second double filler and of a counted filler, and refuses the
        fields of every practice but ``practice-no-end``.

        Dates are given as the six characters. ``optional_data_check_digit`` is there where the standard
        leaves a choice, above an empty field.
        """
        values = {name: getattr(self, name) for name in _MADE_OF}
        values["date_of_birth"] = self.date_of_birth_raw
        values["date_of_expiry"] = self.date_of_expiry_raw
        if self.raw("optional_data_check_digit") and not self.optional_data:
            values["optional_data_check_digit"] = self.raw("optional_data_check_digit")
        return values

    def as_json(self) -> dict[str, Any]:
        """Return the zone with the keys that the command line prints.

        Dates are ISO 8601, or null; then ``date_of_birth_raw`` or ``date_of_expiry_raw`` holds the six
        characters. Where a repair was asked for, also ``repaired``, ``read`` (the lines), ``changes`` and
        ``candidates``.
        """
        result: dict[str, Any] = {"format": self.format, "valid": self.valid}
        for name in _MADE_OF:
            value = getattr(self, name)
            if name.startswith("date_"):
                result[name] = value.isoformat() if value else None
                if value is None and self.raw(name):
                    result[f"{name}_raw"] = self.raw(name)
            else:
                result[name] = value
        if self.national:
            issued, latest = self.month_of_issue, self.latest_expiry
            result["department"] = self.raw("department").rstrip("<")
            result["office"] = self.raw("office").rstrip("<")
            result["month_of_issue"] = issued.isoformat() if issued else None
            result["latest_expiry"] = latest.isoformat() if latest else None
        result["problems"] = [problem.as_json() for problem in self.problems]
        if self.repair is not None:
            result["repaired"] = self.repaired
            result["read"] = list(self.repair.read)
            result["changes"] = [change.as_json() for change in self.repair.changes]
            result["candidates"] = [candidate.as_json() for candidate in self.repair.candidates]
        return result

    def _layout(self, name: str) -> tuple[Format, str]:
        """Return the format, and the lines joined as it has them."""
        layout, joined = format_named(name), self._joined
        if not joined:
            joined = fitted(layout, self.lines)
            object.__setattr__(self, "_joined", joined)
        return layout, joined

    def _number_and_optional(self) -> tuple[str, str]:
        if self.format is None:
            return "", ""
        layout, joined = self._layout(self.format)
        number, optional = joined[layout.number], joined[layout.optional]
        excess = overflow(layout, joined)
        if excess is None:
            return number.rstrip("<"), optional.rstrip("<")
        return number + excess[:-1], optional[len(excess) + 1 :].rstrip("<")


_MADE_OF = (
    "document_code",
    "issuing_state",
    "document_number",
    "nationality",
    "date_of_birth",
    "sex",
    "date_of_expiry",
    "primary_identifier",
    "secondary_identifier",
    "optional_data",
    "optional_data_2",
)


def fitted(layout: Format, lines: tuple[str, ...]) -> str:
    """Return the joined zone, each line cut or filled to the format's width."""
    columns = layout.columns
    for line in lines:
        if len(line) != columns:
            break
    else:
        return "".join(lines)
    return "".join(line[: layout.columns].ljust(layout.columns, "<") for line in lines)


def _components(text: str) -> str:
    return " ".join(text.replace("<", " ").split())
