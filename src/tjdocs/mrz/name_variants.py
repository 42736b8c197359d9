"""Spellings of one name: rules that bring them together, from ``specs/mrz/variants.toml``."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from operator import itemgetter

import msgspec
from msgspec import Struct

from tjdocs import specs

__all__ = ["alike", "all_consonants", "consonants", "fit", "read_as", "read_first", "single", "skeletons", "sounds"]

_VOWELS = "AEIOU"
_CONSONANTS = str.maketrans("", "", _VOWELS)
_LONGEST = 80  # letters of a component, or of components written together, that are looked at; a zone has 39

_REPEATED = re.compile(r"([^\n])\1+")
_FIRST = itemgetter(1)  # a text such as r"\1" is parsed again for each name

_Replacements = tuple[tuple[str, str], ...]


class Readings(specs.Row, frozen=True):
    """Letters that are read in several ways."""

    from_: specs.Word = msgspec.field(name="from")
    to: tuple[str, ...]


class Replacement(specs.Row, frozen=True):
    """Letters in whose place others are written."""

    from_: tuple[specs.Word, ...] = msgspec.field(name="from")
    to: str


class VariantFile(specs.Spec, frozen=True):
    """The form of ``specs/mrz/variants.toml``, which explains each entry."""

    ways: int
    several: tuple[Readings, ...]
    everywhere: tuple[Replacement, ...]
    after: tuple[Replacement, ...]
    start: tuple[Replacement, ...]
    end: tuple[Replacement, ...]
    vowels: frozenset[str]
    names: tuple[frozenset[str], ...]


class _Rules(Struct, frozen=True):
    ways: int
    several: Mapping[str, tuple[str, ...]]
    found: re.Pattern[str]  # the letters that are read in several ways
    everywhere: _Replacements
    after: _Replacements
    start: _Replacements  # of lines, as those of the end
    end: _Replacements
    vowels: frozenset[frozenset[str]]
    names: tuple[frozenset[str], ...]


def alike(one: str, other: str) -> bool:
    """Whether two components in A to Z may be one, spelt differently."""
    if one == other:
        return True
    if skeletons(one).isdisjoint(skeletons(other)):  # spellings of one name share one
        return False
    if any(one in names and other in names for names in _rules().names):
        return True
    return any(fit(a, b) for a in _spellings(one) for b in _spellings(other))


@lru_cache(maxsize=8192)
def skeletons(component: str) -> frozenset[str]:
    """Return the consonants of a component in each way that it may be read; spellings of one name share one."""
    return all_consonants(read_as(component))


def consonants(spelling: str) -> str:
    """Return a spelling, or lines of them, without its vowels."""
    return spelling.translate(_CONSONANTS)


def all_consonants(spellings: Iterable[str]) -> frozenset[str]:
    """Return the spellings without their vowels."""
    return frozenset(consonants("\n".join(spellings)).split("\n"))


@lru_cache(maxsize=8192)
def sounds(component: str) -> frozenset[str]:
    """Return the consonants with which a component may begin; ``""`` stands for a vowel, or for nothing."""
    return frozenset(spelling[:1] if spelling[:1] not in _VOWELS else "" for spelling in read_as(component))


@lru_cache(maxsize=8192)
def read_as(component: str) -> frozenset[str]:
    """Return the component, and those that are the same by the table of names, each brought to one spelling."""
    members = next((names for names in _rules().names if component in names), (component,))
    return frozenset(spelling for member in members for spelling in _spellings(member))


def fit(one: str, other: str) -> bool:
    """Whether two components brought to one spelling are the same but for vowels that stand for one another."""
    vowels = _rules().vowels
    return len(one) == len(other) and all(
        a == b or frozenset((a, b)) in vowels for a, b in zip(one, other, strict=True)
    )


@lru_cache(maxsize=4096)
def read_first(component: str) -> str:
    """Return the component brought to one spelling, as it is read first: one of :func:`read_as`."""
    return _settled(_ways(component, 1))[0]


@lru_cache(maxsize=4096)
def _spellings(component: str) -> frozenset[str]:
    """Return the component brought to one spelling, in each way that it may be read."""
    return frozenset(_settled(_ways(component, _rules().ways)))


def _ways(component: str, most: int) -> list[str]:
    """Return the ways to read a component, at most so many."""
    rules, text = _rules(), component[:_LONGEST]
    ways, place = [""], 0
    for found in rules.found.finditer(text):
        plain, place = text[place : found.start()], found.end()
        readings = [plain + reading for reading in rules.several[found[0]]]
        ways = [way + reading for way in ways for reading in readings][:most]
    return [way + text[place:] for way in ways]


def _settled(ways: list[str]) -> list[str]:
    """Return the ways to read a component, each brought to one spelling.

    All are one text, a line each: a rule is then tried once, not once for each of them.
    """
    rules = _rules()
    text = "\n".join(("", *ways, ""))
    text = _replaced(single(_replaced(_replaced(text, rules.end), rules.everywhere)), rules.start)
    return single(_replaced(text, rules.after))[1:-1].split("\n")


def _replaced(text: str, replacements: _Replacements) -> str:
    for spelling, meant in replacements:
        text = text.replace(spelling, meant)
    return text


def single(text: str) -> str:
    """Return the text, of one or more lines, with one letter of those that follow one another twice."""
    return _REPEATED.sub(_FIRST, text)


@cache
def _rules() -> _Rules:
    table = specs.load("mrz/variants.toml", VariantFile)
    several = {row.from_: row.to for row in table.several}
    return _Rules(
        ways=table.ways,
        several=several,
        found=re.compile("|".join(map(re.escape, sorted(several, key=len, reverse=True)))),
        everywhere=_pairs(table.everywhere),
        after=_pairs(table.after),
        start=tuple((f"\n{spelling}", f"\n{meant}") for spelling, meant in _pairs(table.start)),
        end=tuple((f"{spelling}\n", f"{meant}\n") for spelling, meant in _pairs(table.end)),
        vowels=frozenset(map(frozenset, table.vowels)),
        names=table.names,
    )


def _pairs(rows: Iterable[Replacement]) -> _Replacements:
    return tuple((found, row.to) for row in rows for found in row.from_)
