"""Entries of lists, read from CSV or JSON lines (``specs/schemas/list-entry.json``)."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Literal, TypeAlias

from tjdocs import inputs, limits, specs
from tjdocs.errors import InputError, UsageError
from tjdocs.mrz.codes import standard, state_codes
from tjdocs.mrz.names import legible

__all__ = ["Category", "Entry", "appeals", "categories", "document_key", "entries", "is_birth", "unfit"]

_BORN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_CODE = re.compile(r"[A-Z]{0,3}")
_NUMBER = re.compile(r"([< -]*[A-Z0-9][A-Z0-9< -]*)?")
_PARTING = str.maketrans("", "", "< -")
_LISTS = ("aliases", "places", "routes")
Consequence: TypeAlias = Literal["", "refuse", "refer", "tell"]
_WORDS = {"sex": ("M", "F", "X", ""), "direction": ("entry", "exit", "both", "")}


class Category(specs.Row, frozen=True):
    """A category of entries, from ``specs/border/lists.toml``.

    :param kind: ``watch`` or ``grant``
    :param exact, possible: ``refuse``, ``refer`` or ``tell``; empty for a grant
    :param needs: what an entry of it must have
    """

    id: str
    kind: Literal["watch", "grant"]
    check: str
    directions: tuple[str, ...]
    needs: tuple[str, ...]
    requirement: str
    exact: Consequence = ""
    possible: Consequence = ""

    def __post_init__(self) -> None:
        if self.kind == "watch" and not (self.exact and self.possible):
            raise ValueError("missing exact or possible; a watch has both")
        if self.kind == "grant" and (self.exact or self.possible):
            raise ValueError("unknown exact or possible; a grant has neither")


class ListFile(specs.Spec, frozen=True):
    """The form of ``specs/border/lists.toml``: categories, and what a state of an appeal does."""

    category: tuple[Category, ...]
    appeal: Mapping[str, Literal["stands", "refer", "lifted"]]


@cache
def categories() -> Mapping[str, Category]:
    """Return the categories by id.

    :raises SpecError: the table is malformed
    """
    return MappingProxyType({row.id: row for row in specs.load("border/lists.toml", ListFile).category})


@cache
def appeals() -> Mapping[str, str]:
    """Return what each state of an appeal does to an entry: ``stands``, ``refer`` or ``lifted``."""
    return specs.load("border/lists.toml", ListFile).appeal


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Personal data: only id and category are in ``repr``."""

    id: str
    category: str
    primary_identifier: str = field(default="", repr=False)
    secondary_identifier: str = field(default="", repr=False)
    aliases: tuple[str, ...] = field(default=(), repr=False)
    date_of_birth: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    nationality: str = field(default="", repr=False)
    document_number: str = field(default="", repr=False)
    issuing_state: str = field(default="", repr=False)
    direction: str = field(default="", repr=False)
    valid_from: str = field(default="", repr=False)
    valid_until: str = field(default="", repr=False)
    reason: str = field(default="", repr=False)
    authority: str = field(default="", repr=False)
    appeal: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    places: tuple[str, ...] = field(default=(), repr=False)
    routes: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, row: Mapping[str, Any], *, where: str) -> "Entry":
        """Return the entry of a row.

        :raises UsageError: it is malformed; names the row's place and the field, never the value
        """
        problem = _problem(row)
        if problem:
            raise UsageError("malformed entry", where=f"{where}: {problem}", hint="see specs/schemas/list-entry.json")
        return _entry(row)

    @classmethod
    def from_text(cls, text: str) -> "Entry":
        """Return the entry that :meth:`text` wrote.

        :raises ValueError: it did not
        """
        try:
            row = inputs.json_object(text, where="entry")
        except (InputError, TypeError):
            raise ValueError("not an entry") from None
        if _problem(row):
            raise ValueError("not an entry")
        return _entry(row)

    def text(self) -> str:
        """Return the entry as one line of JSON, empty fields left out."""
        return json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))

    def as_json(self) -> dict[str, Any]:
        """Return the entry with the keys of the schema, empty fields left out."""
        values = {name: getattr(self, name) for name in _NAMES}
        return {key: list(value) if key in _LISTS else value for key, value in values.items() if value}

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The names that are looked for, each a primary and a secondary identifier; none for a document alone."""
        own = ((self.primary_identifier, self.secondary_identifier),) if self.primary_identifier else ()
        return own + tuple(_identifiers(alias) for alias in self.aliases[: limits.ENTRY_NAMES - len(own)])

    @property
    def length(self) -> int:
        """The bytes of all its values: about those of its row in a file, whatever the form of the file."""
        values = (getattr(self, name) for name in _NAMES)
        return sum(len("".join(value).encode("utf-8", "surrogatepass")) for value in values)

    @property
    def has_more_names(self) -> bool:
        """Whether it has more names than are looked for."""
        return bool(self.primary_identifier) + len(self.aliases) > limits.ENTRY_NAMES


def _entry(row: Mapping[str, Any]) -> Entry:
    values: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in row.items()}
    return Entry(**values)


def _identifiers(text: str) -> tuple[str, str]:
    primary, _, secondary = text.partition("<<")
    return primary.replace("<", " ").strip(), secondary.replace("<", " ").strip()


_NAMES = tuple(item.name for item in fields(Entry))
_KNOWN = frozenset(_NAMES)


def _problem(row: Any) -> str:
    """Return which field of a row is wrong, or an empty text."""
    if not isinstance(row, Mapping):
        return "not an object"
    if unknown := sorted(str(key)[:40] for key in row.keys() - _KNOWN):
        return f"unknown {unknown[0] if unknown[0].isprintable() else 'key'}"
    for key, value in row.items():
        if key in _LISTS:
            if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
                return str(key)
        elif not isinstance(value, str) or not value.isprintable() or value not in _WORDS.get(key, (value,)):
            return str(key)
    if not row.get("id"):
        return "id"
    category = categories().get(row.get("category", ""))
    if category is None:
        return "category"
    if "" in (_identifiers(alias)[0] for alias in row.get("aliases", ())):
        return "aliases"
    if not row.get("primary_identifier") and not (row.get("document_number") and row.get("issuing_state")):
        return "primary_identifier"
    if row.get("appeal") and row["appeal"] not in appeals():
        return "appeal"
    for key, form in (
        ("document_number", _NUMBER),
        ("issuing_state", _CODE),
        ("nationality", _CODE),
        ("state", _CODE),
    ):
        if not form.fullmatch(row.get(key, "")):
            return key
    if row.get("date_of_birth") and not is_birth(row["date_of_birth"]):
        return "date_of_birth"
    for key in ("valid_from", "valid_until"):
        if row.get(key) and not _day(row[key]):
            return key
    if row.get("valid_from") and row.get("valid_until") and row["valid_from"] > row["valid_until"]:
        return "valid_until"
    return next((key for key in category.needs if not row.get(key)), "")


def document_key(issuing_state: str, number: str) -> tuple[str, str]:
    """Return a document's State and number, which two spellings of it share; empty without a number.

    A zone has fillers for the blanks and hyphens of a number, and a list may have another code of the State.
    """
    number = number.translate(_PARTING)
    return (standard(issuing_state), number) if number else ("", "")


def unfit(entry: Entry) -> str:
    """Return why nobody can be found by the entry's names or number, or an empty text.

    ``script``: no table has the names' letters. ``no-letters``: there are none. ``code``: no MRZ has the code of the
    issuing State or nationality, or a number has none. ``names``: it has more than are
    looked for. ``too-little``: an entry of a watch list has a single name and no whole date of birth; only a holder
    without another name is found.
    """
    parts, letters = 0, False
    for pair in entry.names:
        count, some = legible(pair)
        parts, letters = max(parts, count), letters or some
        if parts > 1:  # two are enough to know
            break
    if entry.names and not parts:
        return "script" if letters else "no-letters"
    if not _has_codes(entry):
        return "code"
    partly = len(entry.date_of_birth) < len("YYYY-MM-DD") and not entry.document_number
    if entry.has_more_names:
        return "names"
    return "too-little" if parts == 1 and partly and categories()[entry.category].kind == "watch" else ""


def _has_codes(entry: Entry) -> bool:
    """Whether MRZs have the codes of the entry, and its number has one."""
    known = state_codes()
    issuer, nationality = known.get(entry.issuing_state), known.get(entry.nationality)
    if (entry.issuing_state or entry.document_number) and (issuer is None or not issuer.met_as_issuer):
        return False
    return not entry.nationality or (nationality is not None and nationality.is_nationality)


def is_birth(text: str) -> bool:
    """Whether a text is a date of birth or its known part: ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``."""
    return bool(_BORN.fullmatch(text)) and _day(text + "-01-01"[len(text) - len("YYYY") :])


def _day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def entries(path: str | Path) -> Iterator[Entry]:
    """Yield the entries of a file: CSV with a head of column names where it is called so, else JSON lines.

    :raises InputError: it cannot be read, or a row is malformed; names the line, never a value
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = _Lines(file)
            for line, row in _rows(lines, str(path)):
                problem = row if isinstance(row, str) else _problem(row)
                if problem:
                    raise InputError(
                        "malformed entry",
                        where=f"{path}: line {line}: {problem}",
                        hint="see specs/schemas/list-entry.json",
                    )
                assert not isinstance(row, str)  # noqa: S101
                yield _entry(row)
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8", where=str(path)) from None


class _Lines:
    """The lines of a text, none read beyond the limit.

    :ivar over: a line, or a row of several lines, is longer
    """

    def __init__(self, file: IO[str]) -> None:
        self._file, self.number, self.over = file, 0, False
        self._row = 0

    def __iter__(self) -> Iterator[str]:
        while not self.over and (line := self._file.readline(limits.LIST_ROW + 1)):
            self.number += 1
            self._row += len(line)
            self.over = self._row > limits.LIST_ROW
            if not self.over:
                yield line

    def end_row(self) -> None:
        self._row = 0


_Rows = Iterator[tuple[int, Mapping[str, Any] | str]]


def _rows(lines: _Lines, path: str) -> _Rows:
    """Yield the line and the content of each row, or the fault that makes it unreadable."""
    yield from _csv(lines) if path.lower().endswith(".csv") else _json(lines)
    if lines.over:
        yield lines.number, f"more than {limits.LIST_ROW} characters"


def _json(lines: _Lines) -> _Rows:
    for line in lines:
        lines.end_row()
        if line.strip():
            try:
                row = inputs.json_value(line, where="entry", values=limits.LIST_ROW)
            except InputError:
                yield lines.number, "not JSON"
                continue
            yield lines.number, row if isinstance(row, dict) else "not an object"


def _csv(lines: _Lines) -> _Rows:
    reader = csv.DictReader(lines, strict=True)
    try:
        head = reader.fieldnames or ()
        if len(set(head)) != len(head):
            yield 1, "a column twice"
        for row in reader:
            lines.end_row()
            if None in row or None in row.values():
                yield reader.line_num, "another number of columns than the head"
                continue
            values: dict[str, Any] = {key: value for key, value in row.items() if value}
            for key in _LISTS:
                if key in values:
                    values[key] = [item.strip() for item in values[key].split(";") if item.strip()]
            yield reader.line_num, values
    except csv.Error:
        if not lines.over:  # which ends a row in its middle
            yield reader.line_num + 1, "not CSV"
