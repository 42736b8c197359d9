"""The five formats as data: the places of fields and check digits (Doc 9303-4 to -7, 4.2.2).

``specs/mrz/*.toml`` count lines and columns from 1, as the standard does. In here a zone is also one text,
its lines joined without anything between them, and a field is a slice of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from tjdocs import specs
from tjdocs.errors import SpecError

__all__ = ["Composite", "Field", "Format", "National", "format_named", "formats", "national_formats", "overflow"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FILES = ("td1", "td2", "td3", "mrv-a", "mrv-b")
_NATIONAL = ("fra-id",)

_NOWHERE = slice(0, 0)
_REQUIRED = frozenset({"nationality", "date_of_expiry", "names", "optional_data"})

# What each kind of field may look like, {} standing for its width.
_PATTERNS = {
    "state": "[A-Z<]{{{}}}",
    "number": "(?!<)[A-Z0-9<]{{{}}}",
    "optional": "[A-Z0-9<]{{{}}}",
    "birth": "(?:[0-9][0-9]|<<){{3}}",
    "expiry": "[0-9]{{{}}}",
    "sex": "[MF<]",
    "name": "(?=[A-Z<]{{{}}})[A-Z]+(?:<{{1,2}}[A-Z]+)*<*",
    "digits": "[0-9<]{{{}}}",
    "names": "(?=[A-Z<]{{{}}})[A-Z]+(?:<[A-Z]+)*(?:<<[A-Z]+(?:<[A-Z]+)*)?<*",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a format.

    :param at: line, first and last column, from 1, ends included
    :param slice: the same in the joined zone
    :param digit: index of its check digit in the joined zone, or -1
    :param digit_name: what the check digit is called, or ``""``
    :param overflow: the field in which a number of more than nine characters runs on, or ``""``
    """

    name: str
    kind: str
    at: tuple[int, int, int]
    slice: slice
    digit: int
    digit_name: str
    overflow: str
    width: int
    pattern: re.Pattern[str] = field(repr=False)


class Composite(Struct, frozen=True):
    """The composite check digit: its index in the joined zone, and the slices over which it is computed."""

    digit: int
    over: tuple[slice, ...]


class ValidityRow(specs.Row, frozen=True):
    """How long documents are valid that were issued in a period, to holders of an age.

    :param age: years at issue from which it holds
    """

    years: int
    issued_from: date = date.min
    issued_to: date = date.max
    age: int = 0


class National(specs.Row, frozen=True):
    """What a State's own format has otherwise than Doc 9303.

    :param title: the document
    :param state: its issuing State
    :param issue: line, first and last column of year and month of issue, each of two digits
    :param first_year, last_year: in which such documents were issued
    :param validity: the longest of the rows that fit is the latest expiry
    """

    title: specs.Word
    state: specs.Word
    issue: tuple[int, int, int]
    first_year: int
    last_year: int
    validity: tuple[ValidityRow, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """One of TD1, TD2, TD3, MRV-A, MRV-B, or a State's own format, whose missing fields are empty slices.

    :param fields: in the order of their positions
    :param codes: every document code of the format, fillers included
    :param pattern: what the whole joined zone looks like when every character is in its place
    """

    name: str
    clause: str
    lines: int
    columns: int
    fields: tuple[Field, ...]
    composite: Composite | None
    codes: frozenset[str] = field(repr=False)
    code_characters: frozenset[str] = field(repr=False)
    pattern: re.Pattern[str] = field(repr=False)
    by_name: Mapping[str, Field] = field(repr=False)
    # What the reader asks of every zone, looked up once.
    code: slice
    state: slice
    number: slice
    number_digit: int
    nationality: slice
    birth: slice
    sex: slice
    expiry: slice
    names: slice
    optional: slice
    optional_digit: int
    optional_2: slice
    overflows: bool
    checked: tuple[Field, ...]
    digits: tuple[tuple[slice, int], ...]
    composite_over: tuple[slice, ...]
    composite_digit: int
    order: tuple[str, ...]
    starts: tuple[int, ...]
    template: str
    lines_at: tuple[slice, ...]
    national: National | None = None

    def position(self, index: int) -> tuple[int, int]:
        """Return line and column, from 1, of an index in the joined zone."""
        line, column = divmod(index, self.columns)
        return line + 1, column + 1

    def name_at(self, index: int) -> str:
        """Return the name of the field or check digit at an index in the joined zone."""
        return self.order[sum(start <= index for start in self.starts) - 1]

    def split(self, joined: str) -> tuple[str, ...]:
        """Return the lines of a joined zone."""
        return tuple([joined[line] for line in self.lines_at])


class DocumentCodes(specs.Row, frozen=True):
    """The document codes of a format: first letters, with exceptions.

    :param digits: whether the second character may be a digit
    """

    first: str
    digits: bool = False
    never: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()


class FieldRow(specs.Row, frozen=True):
    """A field: line, first and last column, from 1, ends included.

    :param form: regular expression of its characters, where it is narrower than that of its kind
    """

    id: str
    kind: Literal["document-code", "state", "number", "optional", "birth", "expiry", "sex", "names", "name", "digits"]
    at: tuple[int, int, int]
    form: str = ""
    check_digit: tuple[int, int] | None = None
    overflow: str = ""


class CompositeRow(specs.Row, frozen=True):
    """The composite check digit, and the characters that it is computed over."""

    check_digit: tuple[int, int]
    over: tuple[tuple[int, int, int], ...]


class FormatFile(specs.Spec, frozen=True):
    """The form of ``specs/mrz/td1.toml`` and the like.

    :param national: for a State's own format
    """

    id: str
    clause: str
    lines: int
    columns: int
    document_codes: DocumentCodes
    field: tuple[FieldRow, ...]
    composite: CompositeRow | None = None
    national: National | None = None


@cache
def formats() -> Mapping[str, Format]:
    """Return the formats by name.

    :raises tjdocs.errors.SpecError: a layout is malformed
    """
    read = (_format(f"mrz/{name}.toml") for name in _FILES)
    return MappingProxyType({layout.name: layout for layout in read})


@cache
def national_formats() -> Mapping[str, Format]:
    """Return the States' own formats by name.

    :raises tjdocs.errors.SpecError: a layout is malformed
    """
    read = (_format(f"mrz/{name}.toml") for name in _NATIONAL)
    return MappingProxyType({layout.name: layout for layout in read})


def format_named(name: str) -> Format:
    """Return a format of any kind."""
    return formats().get(name) or national_formats()[name]


def overflow(layout: Format, joined: str) -> str | None:
    """Return the part of a long document number in the optional data, with its check digit.

    ``None`` when the number is not long. A long one has a filler in its check digit's place, and at least
    one character and the check digit at the start of the optional data (Doc 9303-5 and -6, note j).
    """
    if not layout.overflows or joined[layout.number_digit] != "<":
        return None
    excess = joined[layout.optional].partition("<")[0]
    return excess if len(excess) > 1 else None


def _format(path: str) -> Format:
    table = specs.load(path, FormatFile)
    columns, size = table.columns, table.lines * table.columns
    codes = _codes(table.document_codes)
    fields = tuple(_field(row, columns, codes) for row in table.field)
    composite = None
    taken = [index for item in fields for index in _indexes(item)]
    if table.composite is not None:
        over = tuple(_slice(at, columns) for at in table.composite.over)
        composite = Composite(_index(table.composite.check_digit, columns), over)
        taken.append(composite.digit)
    if sorted(taken) != list(range(size)):
        raise SpecError("fields overlap or leave a gap", where=f"specs/{path}")
    by_name = {item.name: item for item in fields}
    order = _order(fields, composite)
    checked = tuple(item for item in fields if item.digit >= 0)
    number = by_name["document_number"]
    places = {name: item.slice for name, item in by_name.items()}
    if table.national is None and (missing := _REQUIRED - by_name.keys()):
        raise SpecError(f"missing field {min(missing)}", where=f"specs/{path}")
    return Format(
        name=table.id,
        clause=table.clause,
        lines=table.lines,
        columns=columns,
        fields=fields,
        composite=composite,
        codes=codes,
        code_characters=frozenset("".join(codes)),
        pattern=re.compile(_pattern(fields, composite)),
        by_name=MappingProxyType(by_name),
        code=by_name["document_code"].slice,
        state=by_name["issuing_state"].slice,
        number=number.slice,
        number_digit=number.digit,
        nationality=places.get("nationality", _NOWHERE),
        birth=by_name["date_of_birth"].slice,
        sex=by_name["sex"].slice,
        expiry=places.get("date_of_expiry", _NOWHERE),
        names=places.get("names", _NOWHERE),
        optional=places.get("optional_data", _NOWHERE),
        optional_digit=by_name["optional_data"].digit if "optional_data" in by_name else -1,
        optional_2=places.get("optional_data_2", _NOWHERE),
        overflows=bool(number.overflow),
        checked=checked,
        digits=tuple((item.slice, item.digit) for item in checked),
        composite_over=composite.over if composite else (),
        composite_digit=composite.digit if composite else -1,
        order=tuple(order[start] for start in sorted(order)),
        starts=tuple(sorted(order)),
        template=_template(order),
        lines_at=tuple(slice(start, start + columns) for start in range(0, size, columns)),
        national=table.national,
    )


def _field(row: FieldRow, columns: int, codes: frozenset[str]) -> Field:
    _, first, last = row.at
    width = last - first + 1
    digit = _index(row.check_digit, columns) if row.check_digit is not None else -1
    return Field(
        row.id,
        row.kind,
        row.at,
        _slice(row.at, columns),
        digit,
        f"{row.id}_check_digit" if digit >= 0 else "",
        row.overflow,
        width,
        re.compile(row.form or _pattern_of(row.kind, width, codes)),
    )


def _pattern_of(kind: str, width: int, codes: frozenset[str]) -> str:
    return _code_pattern(codes) if kind == "document-code" else _PATTERNS[kind].format(width)


def _order(fields: tuple[Field, ...], composite: Composite | None) -> dict[int, str]:
    """Return the names of everything in a joined zone, by where it starts."""
    starts = {item.slice.start: item.name for item in fields}
    starts |= {item.digit: item.digit_name for item in fields if item.digit >= 0}
    if composite:
        starts[composite.digit] = "composite_check_digit"
    return starts


def _template(order: dict[int, str]) -> str:
    """Return the joined zone for ``%``, with a filler in the place of each check digit."""
    names = (order[start] for start in sorted(order))
    return "".join("<" if name.endswith("_check_digit") else f"%({name})s" for name in names)


def _index(position: tuple[int, int], columns: int) -> int:
    line, column = position
    return (line - 1) * columns + column - 1


def _slice(at: tuple[int, int, int], columns: int) -> slice:
    start = (at[0] - 1) * columns
    return slice(start + at[1] - 1, start + at[2])


def _indexes(item: Field) -> Iterator[int]:
    yield from range(item.slice.start, item.slice.stop)
    if item.digit >= 0:
        yield item.digit


def _codes(table: DocumentCodes) -> frozenset[str]:
    seconds = _LETTERS + "<" + "0123456789" * table.digits
    free = {first + second for first in table.first for second in seconds}
    return frozenset(free - table.never | table.also)


def _code_pattern(codes: frozenset[str]) -> str:
    """Return one expression for characters in their place, whether or not they are a code of the format."""
    return f"[A-Z][{''.join(sorted({code[1] for code in codes} | set(_LETTERS)))}]"


def _pattern(fields: tuple[Field, ...], composite: Composite | None) -> str:
    """Return one expression for the whole zone; every part but the names has a fixed width."""
    parts = {}
    for item in fields:
        parts[item.slice.start] = f"(?:{item.pattern.pattern})"
        if item.digit >= 0:
            # It is a filler over an empty optional field, or when the number runs on elsewhere.
            parts[item.digit] = "[0-9<]" if item.overflow or item.kind == "optional" else "[0-9]"
    if composite:
        parts[composite.digit] = "[0-9]"
    return "".join(parts[start] for start in sorted(parts))
