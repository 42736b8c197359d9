"""Names and dates that may belong to one person although no table of spellings joins them.

For bans and watch lists alone, through :func:`tjdocs.mrz.names.resemble`: such a match is never more than possible. The
rules are in ``specs/mrz/resemblance.toml``.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum
from functools import cache, lru_cache
from itertools import chain, islice, product, zip_longest

from msgspec import Struct

from tjdocs import specs
from tjdocs.errors import UsageError
from tjdocs.mrz import name_variants
from tjdocs.mrz.dates import OLDEST
from tjdocs.mrz.resemblance_file import ResemblanceFile
from tjdocs.mrz.transliteration import components, tables

__all__ = [
    "MOST",
    "Parts",
    "Reach",
    "century",
    "cores",
    "first_core",
    "jumble",
    "likeness",
    "near",
    "plain",
    "readings",
]

MOST = 24  # components of an identifier that are compared; an MRZ has room for 20
_DAY = len("YYYY-MM-DD")


class Reach(IntEnum):
    """How far names are compared, by the dates of birth."""

    PARTLY = 1  # a part of the date is unknown: other letters, fewer given names
    NEAR = 2  # two whole dates that may be one: also given names cut, missing or in another order
    WHOLE = 3  # the same whole date: also names in other fields, and a surname with two letters exchanged


@dataclass(frozen=True, slots=True)
class Parts:
    """A name's components in A to Z. Personal data: nothing of it is in ``repr``.

    :param bare: its short vowels are not written
    """

    primary: tuple[str, ...] = field(repr=False)
    secondary: tuple[str, ...] = field(default=(), repr=False)
    bare: bool = False


class _Rules(Struct, frozen=True):
    file: ResemblanceFile
    endings: tuple[str, ...]
    sounds: Mapping[int, str]
    cyrillic: Mapping[int, str]
    latin: Mapping[int, str]
    births: Mapping[str, int]
    between: Mapping[int, str]


# ---------------------------------------------------------------------------------------------------------- components


@lru_cache(maxsize=65536)
def cores(component: str) -> frozenset[str]:
    """Return the consonants of a component with and without its endings; two spellings of one name share one."""
    return name_variants.all_consonants(_forms(component))


@lru_cache(maxsize=8192)
def first_core(component: str) -> frozenset[str]:
    """Return the consonants of a component as it is read first: one of :func:`cores`."""
    spelling = name_variants.single(name_variants.read_first(component).translate(_rules().sounds))
    return frozenset([name_variants.consonants(spelling)])


def jumble(component: str) -> str:
    """Return the letters in alphabetical order, or an empty text if the component is too short for a slip."""
    return "".join(sorted(component)) if len(component) >= _rules().file.neighbours.letters else ""


def plain(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the components without particles, or all if there are only particles."""
    return tuple(part for part in parts[:MOST] if part not in _rules().file.particles.parts) or tuple(parts[:MOST])


@lru_cache(maxsize=8192)
def _forms(component: str) -> frozenset[str]:
    """Return the component in each way that it may be read, with its endings and without them."""
    rules = _rules()
    stems = {component}
    for ending in rules.endings:
        if component.endswith(ending) and len(component) - len(ending) >= rules.file.endings.stem:
            stems.add(component.removesuffix(ending))
    forms = "\n".join(form for stem in stems for form in name_variants.read_as(stem))
    return frozenset(name_variants.single(forms.translate(rules.sounds)).split("\n"))


@lru_cache(maxsize=8192)
def _ended(one: str, other: str) -> bool:
    """Whether only an ending or a sound differs."""
    forms, others = _forms(one), _forms(other)
    return not forms.isdisjoint(others) or any(name_variants.fit(a, b) for a in forms for b in others)


@lru_cache(maxsize=8192)
def _altered(one: str, other: str) -> bool:
    """Whether only an ending, a sound or vowels differ."""
    if _ended(one, other):
        return True
    # the consonants of an ending do not count
    enough = all(min(map(len, cores(name))) >= _rules().file.vowels.consonants for name in (one, other))
    return enough and _share_consonants(one, other)


def _share_consonants(one: str, other: str) -> bool:
    return not cores(one).isdisjoint(cores(other))


def _exchanged(one: str, other: str) -> bool:
    """Whether only two neighbouring letters are exchanged."""
    if len(one) != len(other) or len(one) < _rules().file.neighbours.letters:
        return False
    places = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return len(places) == 2 and places[1] - places[0] == 1 and one[places[0]] == other[places[1]]


def _begins(one: str, other: str) -> bool:
    """Whether the shorter one is the longer one, cut."""
    short, long = sorted((one, other), key=len)
    if not short or long.startswith(short):
        return bool(short)
    return any(a.startswith(b) for a in name_variants.read_as(long) for b in name_variants.read_as(short))


_Test = Callable[[str, str], bool]


class _Tests(Struct, frozen=True):
    """How components are compared.

    :param joined: of several components written together: their vowels count, since together there are always
        consonants enough
    """

    joined: _Test
    same: _Test
    cut: _Test
    altered: _Test
    exchanged: _Test
    exchanged_or_cut: _Test


_USUAL = _Tests(
    lambda a, b: name_variants.alike(a, b) or _ended(a, b),
    name_variants.alike,
    lambda a, b: name_variants.alike(a, b) or _begins(a, b),
    lambda a, b: name_variants.alike(a, b) or _altered(a, b),
    lambda a, b: name_variants.alike(a, b) or _altered(a, b) or _exchanged(a, b),
    lambda a, b: name_variants.alike(a, b) or _begins(a, b) or _altered(a, b) or _exchanged(a, b),
)
_BARE = _Tests(*[_share_consonants] * 6)  # without vowels the beginning of a name is too little


def _covered(few: Sequence[str], many: Sequence[str], test: _Test) -> bool:
    """Whether each of a few components matches another one of many."""
    partners: dict[int, int] = {}

    def place(number: int, seen: set[int]) -> bool:
        for index, other in enumerate(many):
            if index not in seen and test(few[number], other):
                seen.add(index)
                if index not in partners or place(partners[index], seen):
                    partners[index] = number
                    return True
        return False

    return len(few) <= len(many) and all(place(number, set()) for number in range(len(few)))


# --------------------------------------------------------------------------------------------------------------- names


def likeness(holder: Parts, entry: Parts, reach: Reach) -> str:
    """Return how two names may be one: ``shortened``, ``rearranged`` or ``altered``; empty: they differ.

    :param entry: the name in the list; its surname, or a part of it, must occur in the holder's name
    """
    tests = _BARE if holder.bare or entry.bare else _USUAL
    a, b = (Parts(plain(name.primary), plain(name.secondary)) for name in (holder, entry))
    if reach is Reach.PARTLY:
        return "altered" if _in_order(a, b, tests) else ""
    relation = _by_surname(a, b, tests, tests.exchanged if reach is Reach.WHOLE else tests.altered)
    if not relation and reach is Reach.WHOLE and _anchored(a, b, tests):
        few, many = sorted((a.primary + a.secondary, b.primary + b.secondary), key=len)
        if _covered(few, many, tests.cut):
            relation = "rearranged" if len(few) > 1 else "shortened"
        elif _covered(few, many, tests.exchanged_or_cut):
            relation = "altered"
    return "altered" if relation and tests is _BARE else relation


def _in_order(a: Parts, b: Parts, tests: _Tests) -> bool:
    """Whether surname and first given names match, whatever their endings."""

    def match(one: Sequence[str], other: Sequence[str]) -> bool:
        if len(one) == len(other) and all(map(tests.altered, one, other)):
            return True
        return bool(one) == bool(other) and tests.joined("".join(one), "".join(other))

    a, b = _split_field(a), _split_field(b)
    count = min(len(a.secondary), len(b.secondary))
    begin = count > 0 and all(map(tests.altered, a.secondary[:count], b.secondary[:count]))
    return (begin or match(a.secondary, b.secondary)) and match(a.primary, b.primary)


def _split_field(name: Parts) -> Parts:
    """Return a name of one field as surname and given names."""
    if name.secondary or len(name.primary) < 2:
        return name
    return Parts(name.primary[:1], name.primary[1:], name.bare)


def _by_surname(a: Parts, b: Parts, tests: _Tests, surname: _Test) -> str:
    """Compare two names that have their surnames in the primary identifier."""
    few, many = sorted((a.primary, b.primary), key=len)
    one, other = "".join(a.primary), "".join(b.primary)
    same = tests.same(one, other) or _covered(few, many, tests.same)
    if not same and not tests.joined(one, other) and not _covered(few, many, surname):
        return ""
    few, many = sorted((a.secondary, b.secondary), key=len)
    one, other = "".join(a.secondary), "".join(b.secondary)
    if not few or tests.same(one, other) or _covered(few, many, tests.cut):
        if not same:
            return "altered"
        moved = len(few) == len(many) and not all(map(tests.cut, a.secondary, b.secondary))
        return "rearranged" if moved else "shortened"
    return "altered" if tests.joined(one, other) or _covered(few, many, tests.exchanged_or_cut) else ""


def _anchored(a: Parts, b: Parts, tests: _Tests) -> bool:
    """Whether a part of the entry's surname is in the holder's name; a holder's only name may be its given name."""
    parts = a.primary + a.secondary
    surnames = b.primary + b.secondary[:1] if len(parts) == 1 else b.primary
    return any(tests.altered(part, surname) for part in parts for surname in surnames)


# ------------------------------------------------------------------------------------------------------------ readings


@lru_cache(maxsize=64)
def readings(primary: str, secondary: str) -> tuple[Parts, ...]:
    """Return how a name may be read that no table has completely.

    Each component is read by the first table that has its letters, one of mixed scripts as either of them, one in
    Arabic letters by its consonants. Others are left out; without a primary identifier there is no reading.
    """
    first, second = _split(primary), _split(secondary)
    result = []
    for letters in ({}, _rules().cyrillic, _rules().latin):
        if letters and not _is_mixed(primary + secondary):
            break
        names = [tuple(part for text in texts for part in _read_as(text, letters)) for texts in (first, second)]
        if names[0]:
            result.append(Parts(names[0], names[1]))
    if any(map(_is_bare, first)):
        # the ways to read the surname come first: a name is looked up by it
        most = _rules().file.unvowelled.ways
        for way in islice(product(*(_bare(text) for text in reversed([*first, *second]))), most):
            parts = [*reversed(way)]
            names = [tuple(filter(None, half)) for half in (parts[: len(first)], parts[len(first) :])]
            if names[0]:
                result.append(Parts(names[0], names[1], bare=True))
    return tuple(dict.fromkeys(result))


def _split(text: str) -> list[str]:
    return part_initials(unicodedata.normalize("NFC", text).upper()).split()[:MOST]


def part_initials(text: str) -> str:
    """Return a name with its joined initials apart.

    Lists have initials without a blank between, as ``А.К.``, and two spellings of a name with a sign between, as
    ``САФАРОВ/SAFAROV``. An MRZ leaves such a sign out, which would make one name of two, and nobody's.
    """
    return _INITIAL.sub(r"\1 ", text.translate(_rules().between))


_INITIAL = re.compile(r"(?<![^\W\d_])([^\W\d_])\.")


def _is_mixed(text: str) -> bool:
    """Whether a name has letters of Latin and of Cyrillic script."""
    latin = any(letter.isascii() and letter.isalpha() for letter in text)
    return latin and any("\u0400" <= letter <= "\u04ff" for letter in text)


def lookalikes() -> frozenset[str]:
    """Return the upper-case letters of Latin and of Cyrillic script that look like one of the other script."""
    return frozenset(chr(code) for letters in (_rules().cyrillic, _rules().latin) for code in letters)


def _read_as(text: str, letters: Mapping[int, str]) -> tuple[str, ...]:
    """Return a component of a mixed name with look-alikes replaced; as it is if no table has the result."""
    return _legible(text.translate(letters)) or _legible(text)


@lru_cache(maxsize=8192)
def _legible(text: str) -> tuple[str, ...]:
    """Return a component in A to Z by the first table that has all its letters, or nothing."""
    for table in tables():
        try:
            return components(text, table=table)
        except UsageError:
            continue
    return ()


def _is_bare(text: str) -> bool:
    return any(letter in _rules().file.unvowelled.letters for letter in text)


def _bare(text: str) -> tuple[str, ...]:
    """Return the ways to read a component by its consonants, or as a table spells it."""
    rules = _rules().file.unvowelled
    if not _is_bare(text):
        return ("".join(_legible(text)),)
    ends = [(text, "")]
    ends += [(text.removesuffix(end), to) for end, to in rules.endings.items() if text.endswith(end)][:1]
    ways = [
        [
            "".join(way) + end
            for way in islice(product(*(rules.letters.get(letter, ("",)) for letter in stem)), rules.ways)
        ]
        for stem, end in ends
    ]
    # in turn, so that each ending has its part of the ways
    mixed = chain.from_iterable(zip_longest(*ways))
    return tuple(islice(dict.fromkeys(way for way in mixed if way is not None), rules.ways))


# --------------------------------------------------------------------------------------------------------------- dates


def near(born: str) -> dict[str, str]:
    """Return the whole dates that may be meant by this one, each with its rule; empty if a part is unknown.

    Another century is not among them: whether the holder may be so old depends on the time of inspection.
    """
    if len(born) != _DAY:
        return {}
    day, result = date.fromisoformat(born), dict[str, str]()
    rules = _rules().births
    if "day-and-month" in rules and day.day <= 12 and day.day != day.month:
        result[day.replace(month=day.day, day=day.month).isoformat()] = "day-and-month"
    for days in (-rules.get("one-day", 0), rules.get("one-day", 0)):
        with suppress(OverflowError):
            result.setdefault((day + timedelta(days)).isoformat(), "one-day")
    result.pop(born, None)
    return result


def century(born: str, years: int) -> str:
    """Return a date of birth, or its known part, a hundred years earlier; empty if nobody is so old.

    :param years: the holder's age by that date
    """
    span = _rules().births.get("century", 0)
    if not span or len(born) < len("YYYY") or years > OLDEST or int(born[:4]) <= span:
        return ""
    from calendar import isleap

    text = f"{int(born[:4]) - span:04d}{born[4:]}"
    return text if not text.endswith("-02-29") or isleap(int(text[:4])) else ""


# --------------------------------------------------------------------------------------------------------------- rules


@cache
def _rules() -> _Rules:
    table = specs.load("mrz/resemblance.toml", ResemblanceFile)
    alike = table.lookalikes
    return _Rules(
        table,
        endings=tuple(ending for row in table.endings.row for ending in row.endings),
        sounds=str.maketrans({row.from_: row.to for row in table.sound}),
        cyrillic=dict(zip(map(ord, alike.latin), alike.cyrillic, strict=True)),
        latin=dict(zip(map(ord, alike.cyrillic), alike.latin, strict=True)),
        births={row.id: row.days or row.years for row in table.birth},
        between=dict.fromkeys(map(ord, table.between.signs), " "),
    )
