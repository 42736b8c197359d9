"""From national letters to A to Z (Doc 9303-3, 4.6 and 6), by named tables.

The tables are in ``specs/transliteration/``. A letter without a rule is refused by name and never dropped.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Literal

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError

__all__ = ["Table", "components", "tables", "transliterate", "visual_form"]

_FOLDER = "transliteration"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER_SET = frozenset(_LETTERS)


@dataclass(frozen=True, slots=True)
class Table:
    """One named table; letters are upper case and composed.

    :param status: ``chosen`` where no rule of a State or of the standard is published; else ``""``
    :param letters: what each letter becomes; ``""`` where it is left out
    :param initial: what a letter becomes as the first of a component, where that differs
    :param final: what it becomes as the last of a component
    :param doubling: signs that double the value of the letter before them
    :param simple: for ``str.translate``: every character whose value does not depend on its neighbours
    """

    name: str
    title: str
    source: str
    status: str
    letters: Mapping[str, str] = field(repr=False)
    initial: Mapping[str, str] = field(repr=False)
    final: Mapping[str, str] = field(repr=False)
    doubling: frozenset[str] = field(repr=False)
    simple: Mapping[int, str] = field(repr=False)

    def has(self, letter: str) -> bool:
        """Whether it has a value for an upper-case letter."""
        return letter in self.letters or letter in self.initial


class TableRow(specs.Row, frozen=True):
    """A named table: what it changes of its base, or of the standard's rows."""

    title: str
    source: str
    status: Literal["", "chosen"] = ""
    base: str | None = None
    letters: Mapping[str, str] = {}
    exceptions: str = ""


class Punctuation(specs.Row, frozen=True):
    """Signs that join the parts of a name, and signs that separate them."""

    joins: str
    separates: str


class TableFile(specs.Spec, frozen=True):
    """The form of ``specs/transliteration/tables.toml``."""

    default: str
    files: tuple[str, ...]
    punctuation: Punctuation
    table: Mapping[str, TableRow]


@cache
def tables() -> Mapping[str, Table]:
    """Return every table by name; the first is the default.

    :raises tjdocs.errors.SpecError: a table is malformed
    """
    spec = _spec()
    rows = [row for name in spec.files for row in _rows(name)]
    read: dict[str, Table] = {}
    for name, entry in spec.table.items():
        where = f"specs/{_FOLDER}/tables.toml {name}"
        base = entry.base
        if base is not None and base not in read:
            raise SpecError("unknown table, or one below it", where=f"{where} base {base}")
        start = read[base] if base else _standard(rows)
        initial, letters = dict(start.initial), dict(start.letters)
        if entry.exceptions:
            _except(rows, entry.exceptions, letters, initial)
        letters.update(entry.letters)
        read[name] = Table(
            name,
            entry.title,
            entry.source,
            entry.status,
            MappingProxyType(letters),
            MappingProxyType(initial),
            start.final,
            start.doubling,
            _simple(letters, {*initial, *start.final}),
        )
    default = spec.default
    return MappingProxyType({default: read[default], **read})


def transliterate(text: str, *, table: str = "tj") -> str:
    """Return a name in A to Z, its components parted by one space.

    >>> transliterate("Раҳмон")
    'RAHMON'

    :raises UsageError: no such table, or a character without a rule
    """
    return " ".join(components(text, table=table))


def components(text: str, *, table: str = "tj", where: str = "name") -> tuple[str, ...]:
    """Return the components of a name in A to Z.

    Apostrophes are left out and join, hyphens, commas and blanks part, other punctuation is left out
    (Doc 9303-3, 4.6).

    :raises UsageError: no such table, or a character without a rule
    """
    rules = tables().get(table)
    if rules is None:
        raise UsageError("unknown table", where="transliteration", hint=f"there are {', '.join(tables())}")
    if text.isascii() and text.isupper() and text.replace(" ", "").isalpha():
        return tuple(text.split())
    simple = text.translate(rules.simple)
    if simple.isascii() and simple.replace(" ", "").isalpha():
        return tuple(simple.split())
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).upper())
    components = (_component(part, rules, where) for part in _parts(composed))
    return tuple(component for component in components if component)


def visual_form(text: str, *, table: str = "tj", where: str = "name") -> str:
    """Return a name in A to Z with its hyphens and apostrophes as they are, for the visual zone (Doc 9303-3, 3.4).

    Without them it is the name of the machine-readable zone.

    >>> visual_form("Нур-Алӣ")
    'NUR-ALI'

    :raises UsageError: as :func:`components`
    """
    joins, separates = _punctuation()
    hyphens = separates - {",", "<"}
    rules = tables().get(table)
    if rules is None or (joins | hyphens).isdisjoint(text):
        return " ".join(components(text, table=table, where=where))
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).upper())
    words = composed.translate({ord(sign): " " for sign in separates - hyphens}).split()
    parting = re.compile(f"([{re.escape(''.join(hyphens))}])")
    parts = ("".join(_kept(part, rules, where, joins) for part in parting.split(word)) for word in words)
    return " ".join(word for word in parts if not _LETTER_SET.isdisjoint(word))


def _kept(part: str, rules: Table, where: str, signs: frozenset[str]) -> str:
    """Return a component with its apostrophes as they are; a hyphen too, which has no letter."""
    if not any(map(str.isalnum, part)):
        return part
    values = iter(_spelt("".join(letter for letter in part if letter not in signs), rules, where))
    return "".join(letter if letter in signs else next(values) for letter in part)


def national_components(text: str) -> tuple[str, ...]:
    """Return the components of a name in its own letters, parted where :func:`components` parts them.

    DG11 has names so (Doc 9303-10, 4.7.11).
    """
    parts = _parts(unicodedata.normalize("NFC", text))
    bare = ("".join(letter for letter in part if not unicodedata.category(letter).startswith("P")) for part in parts)
    return tuple(part for part in bare if part)


def _parts(text: str) -> list[str]:
    joins, separates = _punctuation()
    for sign in separates:
        text = text.replace(sign, " ")
    for sign in joins:
        text = text.replace(sign, "")
    return text.split()


def _component(part: str, rules: Table, where: str) -> str:
    """Return one component."""
    return "".join(_spelt(part, rules, where))


def _spelt(part: str, rules: Table, where: str) -> list[str]:
    """Return the value of each of a component's characters, empty where it is left out."""
    values: list[str] = []
    last = max((index for index, letter in enumerate(part) if rules.letters.get(letter)), default=-1)
    before = -1  # index of the last value that is not empty
    doubled = False
    for index, letter in enumerate(part):
        value = letter if "A" <= letter <= "Z" else rules.letters.get(letter)
        values.append("")
        if letter in rules.doubling and before >= 0 and not doubled:
            values[before] *= 2
            doubled = True  # a second sign would double the value again, and so on without end
        elif value is None and unicodedata.category(letter).startswith("P"):
            continue  # punctuation is left out
        elif value is None:
            raise _no_rule(letter, rules, where)
        elif letter in rules.initial and index == 0:
            values[index] = rules.initial[letter]
        elif letter in rules.final and index == last:
            values[index] = rules.final[letter]
            doubled = False
        elif value:
            values[index] = value
            doubled = False
        before = index if values[index] else before
    return values


def _no_rule(letter: str, rules: Table, where: str) -> UsageError:
    """Return the error for a letter; its hint names the tables that have the letter, and no others."""
    name = unicodedata.name(letter, "without name")
    having = ", ".join(table.name for table in tables().values() if table.has(letter))
    hint = f"spell it otherwise, or choose a table that has one: {having}"
    hint = hint if having else "no table has one: spell it otherwise"
    return UsageError(f"missing rule for {letter!r} (U+{ord(letter):04X}, {name})", where=where, hint=hint)


def _standard(rows: list[dict[str, str]]) -> Table:
    """Return the standard's own values, and chosen ones for letters that it lacks."""
    letters, final, doubling = {}, {}, set()
    for row in rows:
        letter = chr(int(row["code_point"], 16))
        rule = row.get("rule", "")
        if row.get("status", "") not in ("", "chosen") or (row.get("status") and not row.get("source")):
            raise SpecError("not chosen, or without a source", where=f"specs/{_FOLDER} {row['code_point']}")
        if letter in letters:  # nothing chosen replaces a value of the standard
            raise SpecError("a second row of one letter", where=f"specs/{_FOLDER} {row['code_point']}")
        if rule == "double":
            doubling.add(letter)
            continue
        if rule.startswith("final="):
            final[letter] = rule.removeprefix("final=")
        elif rule not in ("", "omit"):
            raise SpecError("unknown rule", where=f"specs/{_FOLDER} {row['code_point']}: {rule}")
        letters[letter] = row["value"]
    empty: Mapping[str, str] = MappingProxyType({})
    return Table("", "", "", "", letters, empty, MappingProxyType(final), frozenset(doubling), {})


def _simple(letters: Mapping[str, str], depending: Iterable[str]) -> Mapping[int, str]:
    """Return the table for ``str.translate``: upper and lower case, blanks and the punctuation that parts or joins."""
    joins, separates = _punctuation()
    simple = {ord(letter): letter for letter in _LETTERS}
    simple |= {ord(letter): value for letter, value in letters.items()}
    for letter in depending:
        simple.pop(ord(letter), None)
    simple |= {ord(chr(c).lower()): v for c, v in simple.items() if len(chr(c).lower()) == 1}
    return {**simple, **dict.fromkeys(map(ord, joins), ""), **dict.fromkeys(map(ord, separates), " ")}


def _except(rows: list[dict[str, str]], language: str, letters: dict[str, str], initial: dict[str, str]) -> None:
    """Put the standard's exceptions for one language over its values."""
    for row in rows:
        for exception in row.get("exceptions", "").split():
            condition, _, value = exception.partition("=")
            if condition == language:
                letters[row["letter"]] = value
            elif condition == f"{language}-initial":
                initial[row["letter"]] = value


@cache
def _spec() -> TableFile:
    return specs.load(f"{_FOLDER}/tables.toml", TableFile)


@cache
def _punctuation() -> tuple[frozenset[str], frozenset[str]]:
    table = _spec().punctuation
    return frozenset(table.joins), frozenset(table.separates)


def _rows(name: str) -> list[dict[str, str]]:
    known = {"code_point", "letter", "name", "value", "alternates", "exceptions", "rule", "source", "status"}
    reader = csv.DictReader(io.StringIO(specs.read_bytes(f"{_FOLDER}/{name}").decode()))
    if unknown := set(reader.fieldnames or ()) - known:
        raise SpecError(f"unknown {', '.join(sorted(unknown))}", where=f"specs/{_FOLDER}/{name}")
    return list(reader)
