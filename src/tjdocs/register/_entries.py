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
from typing import Any

from tjdocs import specs
from tjdocs.errors import InputError, SpecError, UsageError

__all__ = ["Category", "Entry", "appeals", "categories", "entries"]

MAX_LINE = 100_000
_BORN = re.compile(r"(\d{4}(-\d{2}(-\d{2})?)?)?", re.ASCII)
_CODE = re.compile(r"[A-Z]{0,3}")
_NUMBER = re.compile(r"[A-Z0-9]*")
_LISTS = ("aliases", "places", "routes")
_CONSEQUENCES = {"refuse", "refer", "tell"}
_WORDS = {"sex": ("M", "F", "X", ""), "direction": ("entry", "exit", "both", "")}


@dataclass(frozen=True, slots=True)
class Category:
    """A category of entries, from ``specs/border/lists.toml``.

    :param kind: ``watch`` or ``grant``
    :param exact, possible: ``refuse``, ``refer`` or ``tell``; empty for a grant
    :param needs: what an entry of it must have
    """

    id: str
    kind: str
    check: str
    directions: tuple[str, ...]
    needs: tuple[str, ...]
    requirement: str
    exact: str = ""
    possible: str = ""


@cache
def categories() -> Mapping[str, Category]:
    """Return the categories by id.

    :raises SpecError: the table is malformed
    """
    where = "specs/border/lists.toml"
    table = specs.read_toml("border/lists.toml")
    specs.require_keys(table, ["schema", "category", "appeal"], where=where)
    found = {}
    for row in table["category"]:
        watch = ["exact", "possible"] if row.get("kind") == "watch" else []
        needed = ["id", "kind", "check", "directions", "needs", "requirement", *watch]
        specs.require_keys(row, needed, where=f"{where} {row.get('id')}")
        if row["kind"] not in ("watch", "grant") or not {row[word] for word in watch} <= _CONSEQUENCES:
            raise SpecError("unknown kind or consequence", where=f"{where} {row['id']}")
        found[row["id"]] = Category(**{**row, "directions": tuple(row["directions"]), "needs": tuple(row["needs"])})
    return MappingProxyType(found)


@cache
def appeals() -> Mapping[str, str]:
    """Return what each state of an appeal does to an entry: ``stands``, ``refer`` or ``lifted``."""
    return MappingProxyType(dict(specs.read_toml("border/lists.toml")["appeal"]))


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

        :raises UsageError: it is malformed; names the row's place and the field, never what stands there
        """
        problem = _problem(row)
        if problem:
            raise UsageError("malformed entry", where=f"{where}: {problem}", hint="see specs/schemas/list-entry.json")
        return _entry(row)

    @classmethod
    def from_text(cls, text: str) -> "Entry":
        """Return the entry that :meth:`text` wrote."""
        return _entry(json.loads(text))

    def text(self) -> str:
        """Return the entry as one line of JSON, empty fields left out."""
        return json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))

    def as_json(self) -> dict[str, Any]:
        """Return the entry with the keys of the schema, empty fields left out."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {key: list(value) if key in _LISTS else value for key, value in values.items() if value}

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """All names, each a primary and a secondary identifier; none for an entry of a document alone."""
        own = ((self.primary_identifier, self.secondary_identifier),) if self.primary_identifier else ()
        return own + tuple(_identifiers(alias) for alias in self.aliases)


def _entry(row: Mapping[str, Any]) -> Entry:
    values: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in row.items()}
    return Entry(**values)


def _identifiers(text: str) -> tuple[str, str]:
    primary, _, secondary = text.partition("<<")
    return primary.replace("<", " ").strip(), secondary.replace("<", " ").strip()


_KNOWN = frozenset(item.name for item in fields(Entry))


def _problem(row: Any) -> str:
    """Return which field of a row is wrong, or an empty text."""
    if not isinstance(row, Mapping):
        return "no object"
    if unknown := sorted(str(key)[:40] for key in row.keys() - _KNOWN):
        return f"unknown {unknown[0]}"
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
        ("date_of_birth", _BORN),
        ("document_number", _NUMBER),
        ("issuing_state", _CODE),
        ("nationality", _CODE),
        ("state", _CODE),
    ):
        if not form.fullmatch(row.get(key, "")):
            return key
    born = row.get("date_of_birth", "")
    if born and not _day(born + "-01-01"[len(born) - len("YYYY") :]):
        return "date_of_birth"
    for key in ("valid_from", "valid_until"):
        if row.get(key) and not _day(row[key]):
            return key
    if row.get("valid_from") and row.get("valid_until") and row["valid_from"] > row["valid_until"]:
        return "valid_until"
    return next((key for key in category.needs if not row.get(key)), "")


def _day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def entries(path: str | Path) -> Iterator[Entry]:
    """Yield the entries of a file: CSV with a head of column names where it is called so, else JSON lines.

    :raises InputError: it cannot be read, or a row is malformed; names the line, never what stands there
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = _csv(file) if str(path).lower().endswith(".csv") else _json(file)
            for line, row in rows:
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
        raise InputError("no UTF-8", where=str(path)) from None


def _json(file: Any) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in enumerate(file, 1):
        if len(line) > MAX_LINE:
            yield number, f"more than {MAX_LINE} characters"
        elif line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                yield number, "no JSON"
                continue
            yield number, row if isinstance(row, dict) else "no object"


def _csv(file: Any) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    reader = csv.DictReader(file, strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                yield reader.line_num, "another number of columns than the head"
                continue
            values: dict[str, Any] = {key: value for key, value in row.items() if value}
            for key in _LISTS:
                if key in values:
                    values[key] = [item.strip() for item in values[key].split(";") if item.strip()]
            yield reader.line_num, values
    except csv.Error:
        yield reader.line_num + 1, "no CSV"
