"""Spellings of one name: rules that bring them together, from ``specs/mrz/variants.toml``."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from operator import itemgetter

import msgspec
from msgspec import Struct

from tjdocs import specs

__all__ = ["alike", "consonants", "fit", "read_as", "read_first", "single", "skeletons", "sounds"]

_VOWELS = frozenset("AEIOU")
_LONGEST = 80  # letters of a component, or of components written together, that are looked at; a zone has 39

_REPEATED = re.compile(r"(.)\1+", re.DOTALL)
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
    several: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]  # by their first letter
    everywhere: _Replacements
    after: _Replacements
    start: _Replacements
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
    return frozenset(map(consonants, read_as(component)))


def consonants(spelling: str) -> str:
    """Return a spelling without its vowels."""
    return "".join(letter for letter in spelling if letter not in _VOWELS)


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
    return _settled(_ways(component, 1)[0], _rules())


@lru_cache(maxsize=4096)
def _spellings(component: str) -> frozenset[str]:
    """Return the component brought to one spelling, in each way that it may be read."""
    rules = _rules()
    return frozenset(_settled(way, rules) for way in _ways(component, rules.ways))


def _ways(component: str, most: int) -> list[str]:
    rules = _rules()
    ways = [""]
    tail = component[:_LONGEST]
    while tail:
        for spelling, readings in rules.several.get(tail[0], ()):
            if tail.startswith(spelling):
                ways = [way + reading for way in ways for reading in readings][:most]
                tail = tail[len(spelling) :]
                break
        else:
            ways = [way + tail[0] for way in ways]
            tail = tail[1:]
    return ways


def _settled(text: str, rules: _Rules) -> str:
    for spelling, meant in rules.end:
        if text.endswith(spelling):
            text = text.removesuffix(spelling) + meant
    text = single(_replaced(text, rules.everywhere))
    for spelling, meant in rules.start:
        if text.startswith(spelling):
            text = meant + text.removeprefix(spelling)
    return single(_replaced(text, rules.after))


def _replaced(text: str, replacements: _Replacements) -> str:
    for spelling, meant in replacements:
        text = text.replace(spelling, meant)
    return text


def single(text: str) -> str:
    """Return the text with one letter of those that follow one another twice."""
    return _REPEATED.sub(_FIRST, text)


@cache
def _rules() -> _Rules:
    table = specs.load("mrz/variants.toml", VariantFile)
    several: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    for row in sorted(table.several, key=lambda row: -len(row.from_)):
        several[row.from_[0]] = (*several.get(row.from_[0], ()), (row.from_, row.to))
    return _Rules(
        ways=table.ways,
        several=several,
        everywhere=_pairs(table.everywhere),
        after=_pairs(table.after),
        start=_pairs(table.start),
        end=_pairs(table.end),
        vowels=frozenset(map(frozenset, table.vowels)),
        names=table.names,
    )


def _pairs(rows: Iterable[Replacement]) -> _Replacements:
    return tuple((found, row.to) for row in rows for found in row.from_)
