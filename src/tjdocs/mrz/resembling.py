"""Names and dates that may be one person's although no table of spellings joins them (``specs/mrz/resemblance.toml``).

For bans and watch lists alone. :func:`tjdocs.mrz.names.resemble` asks here; whatever is found here is at most possible.
"""

import unicodedata
from calendar import isleap
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cache, lru_cache
from itertools import islice, product

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.mrz import variants
from tjdocs.mrz.dates import OLDEST
from tjdocs.mrz.transliteration import components, tables

__all__ = ["MOST", "Parts", "Reach", "century", "cores", "jumble", "likeness", "near", "plain", "readings"]

_WHERE = "specs/mrz/resemblance.toml"
MOST = 24  # components of an identifier that are looked at; a zone has room for 20
_DAY = len("YYYY-MM-DD")


class Reach(IntEnum):
    """How far names are compared: the less is known of the date of birth, the less."""

    PARTLY = 1  # of the date a part is unknown: other letters, fewer given names
    NEAR = 2  # it is whole and may be the same: also given names in another order, cut or lacking
    WHOLE = 3  # it is whole and the same: also in other fields


@dataclass(frozen=True, slots=True)
class Parts:
    """A name's components in A to Z.

    :param bare: its short vowels are not written
    """

    primary: tuple[str, ...]
    secondary: tuple[str, ...] = ()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    rest: int
    endings: tuple[str, ...]
    sounds: Mapping[int, str]
    consonants: int
    letters: int
    particles: frozenset[str]
    unvowelled: Mapping[str, tuple[str, ...]]
    ways: int
    cyrillic: Mapping[int, str]
    latin: Mapping[int, str]
    births: Mapping[str, int]


# ---------------------------------------------------------------------------------------------------------- components


@lru_cache(maxsize=65536)
def cores(component: str) -> frozenset[str]:
    """Return the consonants of a component with and without its endings; what may be one name shares one of them."""
    return frozenset(map(variants.consonants, _forms(component)))


def jumble(component: str) -> str:
    """Return the letters in the order of the alphabet, where two of them may have been exchanged; else nothing."""
    return "".join(sorted(component)) if len(component) >= _rules().letters else ""


def plain(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the components that name somebody, particles left out where anything is left."""
    return tuple(part for part in parts[:MOST] if part not in _rules().particles) or tuple(parts[:MOST])


@lru_cache(maxsize=8192)
def _forms(component: str) -> frozenset[str]:
    """Return the component brought to one spelling in each way, with its endings and without them."""
    rules = _rules()
    found = {component}
    for ending in rules.endings:
        if component.endswith(ending) and len(component) - len(ending) >= rules.rest:
            found.add(component.removesuffix(ending))
    return frozenset(variants.single(form.translate(rules.sounds)) for part in found for form in variants.read_as(part))


@lru_cache(maxsize=8192)
def _ended(one: str, other: str) -> bool:
    """Whether they are one with another ending or sound."""
    ours, theirs = _forms(one), _forms(other)
    return not ours.isdisjoint(theirs) or any(variants.fit(a, b) for a in ours for b in theirs)


@lru_cache(maxsize=8192)
def _altered(one: str, other: str) -> bool:
    """Whether they are one with another ending, sound or vowel."""
    if _ended(one, other):
        return True
    # an ending's consonants say nothing of the name
    enough = all(min(map(len, cores(name))) >= _rules().consonants for name in (one, other))
    return enough and not cores(one).isdisjoint(cores(other))


def _exchanged(one: str, other: str) -> bool:
    """Whether two letters that follow one another are exchanged."""
    if len(one) != len(other) or len(one) < _rules().letters:
        return False
    differ = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return len(differ) == 2 and differ[1] - differ[0] == 1 and one[differ[0]] == other[differ[1]]


def _begins(one: str, other: str) -> bool:
    """Whether one is the other, cut."""
    short, long = sorted((one, other), key=len)
    if not short or long.startswith(short):
        return bool(short)
    return any(a.startswith(b) for a in variants.read_as(long) for b in variants.read_as(short))


_Test = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class _Tests:
    """How components are compared: each test lets more pass than the one before.

    :param joined: of components put together, where the vowels of one say what the other does not
    """

    joined: _Test
    same: _Test
    cut: _Test
    other: _Test
    other_or_cut: _Test


def _shared(one: str, other: str) -> bool:
    return not cores(one).isdisjoint(cores(other))


_USUAL = _Tests(
    lambda a, b: variants.alike(a, b) or _ended(a, b),
    variants.alike,
    lambda a, b: variants.alike(a, b) or _begins(a, b),
    lambda a, b: variants.alike(a, b) or _altered(a, b) or _exchanged(a, b),
    lambda a, b: variants.alike(a, b) or _begins(a, b) or _altered(a, b) or _exchanged(a, b),
)
_BARE = _Tests(_shared, _shared, _shared, _shared, _shared)  # what begins alike says little without vowels


def _covered(few: Sequence[str], many: Sequence[str], test: _Test) -> bool:
    """Whether each of a few is one of many, each of these taken once."""
    taken: dict[int, int] = {}

    def place(number: int, seen: set[int]) -> bool:
        for index, other in enumerate(many):
            if index not in seen and test(few[number], other):
                seen.add(index)
                if index not in taken or place(taken[index], seen):
                    taken[index] = number
                    return True
        return False

    return len(few) <= len(many) and all(place(number, set()) for number in range(len(few)))


# --------------------------------------------------------------------------------------------------------------- names


def likeness(ours: Parts, theirs: Parts, reach: Reach) -> str:
    """Return how two names may be one: ``shortened``, ``rearranged`` or ``altered``; empty: they are two.

    :param theirs: the list's; its surname, or a part of it, must be in ours
    """
    tests = _BARE if ours.bare or theirs.bare else _USUAL
    a, b = (Parts(plain(name.primary), plain(name.secondary)) for name in (ours, theirs))
    if reach is Reach.PARTLY:
        return "altered" if _in_order(a, b, tests) else ""
    found = _by_surname(a, b, tests)
    if not found and reach is Reach.WHOLE and _anchored(a, b, tests):
        few, many = sorted((a.primary + a.secondary, b.primary + b.secondary), key=len)
        if _covered(few, many, tests.cut):
            found = "rearranged" if len(few) > 1 else "shortened"
        elif _covered(few, many, tests.other_or_cut):
            found = "altered"
    return "altered" if found and tests is _BARE else found


def _in_order(a: Parts, b: Parts, tests: _Tests) -> bool:
    """Whether surname and first given names are one, whatever their endings."""
    test = tests.same if tests is _BARE else _other_letters

    def one(ours: Sequence[str], theirs: Sequence[str]) -> bool:
        if len(ours) == len(theirs) and all(map(test, ours, theirs)):
            return True
        return bool(ours) == bool(theirs) and tests.joined("".join(ours), "".join(theirs))

    a, b = _parted(a), _parted(b)
    count = min(len(a.secondary), len(b.secondary))
    first = count > 0 and all(map(test, a.secondary[:count], b.secondary[:count]))
    return (first or one(a.secondary, b.secondary)) and one(a.primary, b.primary)


def _other_letters(one: str, other: str) -> bool:
    return variants.alike(one, other) or _altered(one, other)


def _parted(name: Parts) -> Parts:
    """Return a name that lies in one field as surname and given names."""
    if name.secondary or len(name.primary) < 2:
        return name
    return Parts(name.primary[:1], name.primary[1:], name.bare)


def _by_surname(a: Parts, b: Parts, tests: _Tests) -> str:
    """Compare where both surnames are in their field."""
    few, many = sorted((a.primary, b.primary), key=len)
    ours, theirs = "".join(a.primary), "".join(b.primary)
    surname = tests.same(ours, theirs) or _covered(few, many, tests.same)
    if not surname and not tests.joined(ours, theirs) and not _covered(few, many, tests.other):
        return ""
    few, many = sorted((a.secondary, b.secondary), key=len)
    ours, theirs = "".join(a.secondary), "".join(b.secondary)
    if not few or tests.same(ours, theirs) or _covered(few, many, tests.cut):
        if not surname:
            return "altered"
        moved = len(few) == len(many) and not all(map(tests.cut, a.secondary, b.secondary))
        return "rearranged" if moved else "shortened"
    return "altered" if tests.joined(ours, theirs) or _covered(few, many, tests.other_or_cut) else ""


def _anchored(a: Parts, b: Parts, tests: _Tests) -> bool:
    """Whether a part of their surname is in our name; ours of one part may also be their given name."""
    ours = a.primary + a.secondary
    theirs = b.primary + b.secondary[:1] if len(ours) == 1 else b.primary
    return any(tests.other(one, other) for one in ours for other in theirs)


# ------------------------------------------------------------------------------------------------------------ readings


@lru_cache(maxsize=64)
def readings(primary: str, secondary: str) -> tuple[Parts, ...]:
    """Return how a name may be read that no table has as a whole.

    Each component is read by the first table that has its letters, one of mixed scripts as either of them, one in
    Arabic letters by its consonants. Others are left out; without a primary identifier there is no reading.
    """
    first, second = _split(primary), _split(secondary)
    found = []
    for letters in ({}, _rules().cyrillic, _rules().latin):
        read = [[part for text in texts for part in _legible(text, letters)] for texts in (first, second)]
        if read[0]:
            found.append(Parts(tuple(read[0]), tuple(read[1])))
    if any(map(_is_bare, first)):
        # the surname's ways come first: by it a name is looked up
        for way in islice(product(*(_bare(text) for text in reversed([*first, *second]))), _rules().ways):
            parts = [*reversed(way)]
            names = [tuple(filter(None, half)) for half in (parts[: len(first)], parts[len(first) :])]
            if names[0]:
                found.append(Parts(names[0], names[1], bare=True))
    return tuple(dict.fromkeys(found))


def _split(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).upper().split()[:MOST]


def _legible(text: str, letters: Mapping[int, str]) -> tuple[str, ...]:
    """Return a component in A to Z by the first table that has all its letters; else nothing.

    :param letters: replaced where Latin and Cyrillic letters are mixed
    """
    if letters and any(map(str.isascii, text)) and any(ord(letter) in _rules().latin for letter in text):
        text = text.translate(letters)
    for table in tables():
        try:
            return components(text, table=table)
        except UsageError:
            continue
    return ()


def _is_bare(text: str) -> bool:
    return any(letter in _rules().unvowelled for letter in text)


def _bare(text: str) -> tuple[str, ...]:
    """Return a component by its consonants in each way, or as a table spells it."""
    rules = _rules()
    if not _is_bare(text):
        return ("".join(_legible(text, {})),)
    ways = product(*(rules.unvowelled.get(letter, ("",)) for letter in text))
    return tuple(dict.fromkeys("".join(way) for way in islice(ways, rules.ways)))


# --------------------------------------------------------------------------------------------------------------- dates


def near(born: str) -> dict[str, str]:
    """Return the whole dates that may be the same as this one, each with its rule; empty where a part is unknown.

    The century is no such date: whether the holder may be so old depends on the day of inspection.
    """
    if len(born) != _DAY:
        return {}
    day, found = date.fromisoformat(born), {}
    rules = _rules().births
    if "day-and-month" in rules and day.day <= 12 and day.day != day.month:
        found[day.replace(month=day.day, day=day.month).isoformat()] = "day-and-month"
    for days in (-rules.get("one-day", 0), rules.get("one-day", 0)):
        with suppress(OverflowError):
            found.setdefault((day + timedelta(days)).isoformat(), "one-day")
    found.pop(born, None)
    return found


def century(born: str, years: int) -> str:
    """Return what is known of a date of birth a hundred years earlier; empty where nobody is as old as ``years``.

    :param years: how old the holder would be then
    """
    span = _rules().births.get("century", 0)
    if not span or len(born) < len("YYYY") or years > OLDEST or int(born[:4]) <= span:
        return ""
    text = f"{int(born[:4]) - span:04d}{born[4:]}"
    return text if not text.endswith("-02-29") or isleap(int(text[:4])) else ""


# --------------------------------------------------------------------------------------------------------------- rules


@cache
def _rules() -> _Rules:
    table = specs.read_toml("mrz/resemblance.toml")
    keys = ["schema", "endings", "sound", "vowels", "neighbours", "particles", "unvowelled", "lookalikes", "birth"]
    specs.require_keys(table, keys, where=_WHERE)
    for name, known in (
        ("vowels", ["source", "consonants"]),
        ("neighbours", ["source", "letters"]),
        ("particles", ["source", "parts"]),
        ("unvowelled", ["source", "ways", "letters"]),
        ("lookalikes", ["source", "latin", "cyrillic"]),
        ("endings", ["rest", "row"]),
    ):
        specs.require_keys(table[name], known, where=f"{_WHERE} {name}")
    for row in table["endings"]["row"]:
        specs.require_keys(row, ["source", "endings"], where=f"{_WHERE} endings")
    for row in table["sound"]:
        specs.require_keys(row, ["source", "from", "to"], where=f"{_WHERE} sound")
    births = {}
    for row in table["birth"]:
        specs.require_keys(row, ["id", "source"], ["days", "years"], where=f"{_WHERE} birth")
        if row["id"] not in ("day-and-month", "one-day", "century"):
            raise SpecError("unknown rule", where=f"{_WHERE} birth {row['id']}")
        births[row["id"]] = row.get("days", row.get("years", 0))
    looks = table["lookalikes"]
    return _Rules(
        rest=table["endings"]["rest"],
        endings=tuple(ending for row in table["endings"]["row"] for ending in row["endings"]),
        sounds=str.maketrans({row["from"]: row["to"] for row in table["sound"]}),
        consonants=table["vowels"]["consonants"],
        letters=table["neighbours"]["letters"],
        particles=frozenset(table["particles"]["parts"]),
        unvowelled={letter: tuple(ways) for letter, ways in table["unvowelled"]["letters"].items()},
        ways=table["unvowelled"]["ways"],
        cyrillic=_swapped(looks["latin"], looks["cyrillic"]),
        latin=_swapped(looks["cyrillic"], looks["latin"]),
        births=births,
    )


def _swapped(letters: str, others: str) -> Mapping[int, str]:
    if len(letters) != len(others):
        raise SpecError("not a letter for each", where=f"{_WHERE} lookalikes")
    return dict(zip(map(ord, letters), others, strict=True))
