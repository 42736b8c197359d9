"""A zone as read: its lines as they stand, its fields decoded when asked for, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tjdocs.mrz import dates
from tjdocs.mrz.layout import Format, formats
from tjdocs.mrz.problems import Problem

__all__ = ["Zone"]


@dataclass(frozen=True, slots=True)
class Zone:
    """A machine-readable zone, valid or not. Everything but its format is personal data and not in ``repr``.

    Fields of an unknown format are ``""`` or ``None``. Codes, numbers and optional data are without the
    fillers at their end, the components of an identifier are parted by one space, and the sex is ``M``,
    ``F`` or ``<`` (unspecified).

    :param format: ``TD1``, ``TD2``, ``TD3``, ``MRV-A``, ``MRV-B``, or ``None``
    :param lines: as read, after putting right what ``normalised`` stands for
    :param at: the day against which centuries and expiry were judged
    :param problems: everything wrong or worth a word, in the order of the standard's checks
    """

    format: str | None
    lines: tuple[str, ...] = field(repr=False)
    at: date = field(repr=False)
    problems: tuple[Problem, ...] = field(repr=False)

    @property
    def valid(self) -> bool:
        """Whether no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

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
        """Last day of validity, or ``None`` when it is unreadable."""
        return dates.expiry(self.date_of_expiry_raw, self.at)[0] if self.format else None

    @property
    def date_of_expiry_raw(self) -> str:
        """The six characters of the date of expiry."""
        return self.raw("date_of_expiry")

    @property
    def sex(self) -> str:
        """``M``, ``F`` or ``<``, or what stands in its place."""
        return self.raw("sex")

    @property
    def primary_identifier(self) -> str:
        """Components of the primary identifier, parted by one space."""
        return _components(self.raw("names").rstrip("<").partition("<<")[0])

    @property
    def secondary_identifier(self) -> str:
        """Components of the secondary identifier, parted by one space; ``""`` where there is none."""
        return _components(self.raw("names").rstrip("<").partition("<<")[2])

    def raw(self, name: str) -> str:
        """Return a field's characters as they stand, fillers included; ``""`` where the format lacks it.

        Besides the fields above there are ``names`` (both identifiers) and ``composite_check_digit``, and
        with ``_check_digit`` behind its name the check digit of each field that has one.
        """
        if self.format is None:
            return ""
        layout = formats()[self.format]
        joined = fitted(layout, self.lines)
        item = layout.by_name.get(name)
        if item:
            return joined[item.slice]
        if name == "composite_check_digit" and layout.composite:
            return joined[layout.composite.digit]
        return next((joined[item.digit] for item in layout.checked if item.digit_name == name), "")

    def fields(self) -> dict[str, str]:
        """Return the keyword arguments with which :func:`tjdocs.mrz.make` makes this zone again.

        Dates are given as the six characters. ``optional_data_check_digit`` is there where the standard
        leaves a choice, above an empty field.
        """
        made = {name: getattr(self, name) for name in _MADE_OF}
        made["date_of_birth"] = self.date_of_birth_raw
        made["date_of_expiry"] = self.date_of_expiry_raw
        if self.raw("optional_data_check_digit") and not self.optional_data:
            made["optional_data_check_digit"] = self.raw("optional_data_check_digit")
        return made

    def as_json(self) -> dict[str, Any]:
        """Return the zone with the keys that the command line prints.

        Dates are ISO 8601, or null; then ``date_of_birth_raw`` or ``date_of_expiry_raw`` holds the six
        characters.
        """
        result: dict[str, Any] = {"format": self.format, "valid": self.valid}
        for name in _MADE_OF:
            value = getattr(self, name)
            if name.startswith("date_"):
                result[name] = value.isoformat() if value else None
                if value is None and self.format:
                    result[f"{name}_raw"] = self.raw(name)
            else:
                result[name] = value
        result["problems"] = [problem.as_json() for problem in self.problems]
        return result

    def _number_and_optional(self) -> tuple[str, str]:
        if self.format is None:
            return "", ""
        layout = formats()[self.format]
        joined = fitted(layout, self.lines)
        number, optional = joined[layout.number], joined[layout.optional]
        rest = overflow(layout, joined)
        if rest is None:
            return number.rstrip("<"), optional.rstrip("<")
        return number + rest[:-1], optional[len(rest) + 1 :].rstrip("<")


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
    joined = "".join(lines)
    if len(joined) == layout.lines * layout.columns:
        widths = {len(line) for line in lines}
        if widths == {layout.columns}:
            return joined
    return "".join(line[: layout.columns].ljust(layout.columns, "<") for line in lines)


def overflow(layout: Format, joined: str) -> str | None:
    """Return what of a long document number stands in the optional data, its check digit included.

    ``None`` when the number is not long. A long one has a filler in its check digit's place, and at least
    one character and the check digit at the start of the optional data (Doc 9303-5 and -6, note j).
    """
    if not layout.overflows or joined[layout.number_digit] != "<":
        return None
    rest = joined[layout.optional].partition("<")[0]
    return rest if len(rest) > 1 else None


def _components(text: str) -> str:
    return " ".join(text.replace("<", " ").split())
