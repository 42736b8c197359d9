"""Names read from a zone or an application, and whether two of them are one (Doc 9303-3, 4.6).

Whoever compares names calls :func:`agree`, or :func:`resemble` for an entry of a list, and whoever looks one up in a
list takes keys first. Names are compared as they stand in a zone: A to Z, components parted, punctuation gone.
"""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from tjdocs.errors import UsageError
from tjdocs.mrz import resembling
from tjdocs.mrz.layout import formats
from tjdocs.mrz.resembling import MOST, Parts, Reach, century, near
from tjdocs.mrz.transliteration import components, tables
from tjdocs.mrz.variants import alike, skeletons, sounds

__all__ = [
    "MOST",
    "SHORTEST_FIELD",
    "Agreement",
    "Keys",
    "Name",
    "Reach",
    "Relation",
    "agree",
    "century",
    "keys",
    "legible",
    "list_keys",
    "near",
    "readings",
    "resemble",
]

_WIDTHS = frozenset(layout.by_name["names"].width for layout in formats().values())
_KEY = 2  # consonants of a key; what a truncated component still has
SHORTEST_FIELD = min(_WIDTHS)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in A to Z. Personal data: nothing of it is in ``repr``.

    :param primary: components of the primary identifier
    :param secondary: components of the secondary identifier, the patronymic included
    """

    primary: tuple[str, ...] = field(repr=False)
    secondary: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, primary: str, secondary: str = "", *, table: str = "tj") -> "Name":
        """Return the name for identifiers in any letters that the table has.

        :raises tjdocs.errors.UsageError: no such table, or a character without a rule
        """
        return cls(
            components(primary, table=table, where="primary_identifier"),
            components(secondary, table=table, where="secondary_identifier"),
        )

    @property
    def text(self) -> str:
        """The name as it stands in a zone, without fillers at its end."""
        text = "<".join(self.primary)
        return f"{text}<<{'<'.join(self.secondary)}" if self.secondary else text

    @property
    def fills_a_field(self) -> bool:
        """Whether it is as long as some format's field, as every lawfully truncated one is."""
        return len(self.text) in _WIDTHS


class Relation(StrEnum):
    """How two names stand to each other."""

    EXACT = "exact"
    TRUNCATED = "truncated"  # one is the other, cut as Doc 9303-4 to -7, 4.2.3 allow
    VARIANT = "variant"  # one is the other, transliterated or spelt otherwise
    SHORTENED = "shortened"  # one lacks given names, or a part of the surname
    REARRANGED = "rearranged"  # one has them in another order or field
    ALTERED = "altered"  # one has another ending, sound or letter
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What :func:`agree` found.

    :param where: the first identifier that differs, is cut or is spelt otherwise: ``primary_identifier``,
        ``secondary_identifier``, or ``""``
    :param component: which component of it, from 1, or 0
    """

    relation: Relation
    where: str = ""
    component: int = 0

    @property
    def holds(self) -> bool:
        """Whether both may be one person's name."""
        return self.relation is not Relation.DIFFERS


def agree(a: Name | tuple[str, str], b: Name | tuple[str, str]) -> Agreement:
    """Compare two names; a pair is a primary and a secondary identifier, in any letters.

    Letters of a script for which there is no table are compared as they are. A name counts as truncated when
    it fills the field of some format, as every lawfully truncated one does. Variants are found by the rules of
    ``specs/mrz/variants.toml``; they may bring together what two persons are called, so whoever decides on
    them looks at the date of birth too.
    """
    ours, theirs = readings(a), readings(b)
    if ours[0] == theirs[0]:
        return Agreement(Relation.EXACT)
    for relation, holds in ((Relation.TRUNCATED, _cut), (Relation.VARIANT, _variant)):
        for one in ours:
            for other in theirs:
                if holds(one, other):
                    # where another table spells both alike, the default one tells what differs
                    return Agreement(relation, *(_where(*((one, other) if one != other else (ours[0], theirs[0])))))
    return Agreement(Relation.DIFFERS, *_where(ours[0], theirs[0]))


def resemble(ours: Name, theirs: tuple[str, str], reach: Reach | None) -> Relation:
    """Compare a person's name with that of an entry of a list; the best relation that any spelling of it gives.

    :param theirs: primary and secondary identifier, in any letters
    :param reach: how far; None for what gives a right, where no ending, order or field is overlooked
    """
    relation = agree(ours, theirs).relation
    if relation is Relation.DIFFERS and _shortened(ours, theirs):
        return Relation.SHORTENED
    if relation is not Relation.DIFFERS or reach is None:
        return relation
    own = Parts(ours.primary, ours.secondary)
    found = {resembling.likeness(own, other, reach) for other in _parts(theirs)}
    return next((r for r in Relation if r.value in found), Relation.DIFFERS)


def _shortened(ours: Name, theirs: tuple[str, str]) -> bool:
    """Whether the names agree once the patronymic, or further given names, of one of them are left away."""
    parts = theirs[1].split()
    count = min(len(parts), len(ours.secondary))
    if not count or len(parts) == len(ours.secondary):
        return False
    return agree(Name(ours.primary, ours.secondary[:count]), (theirs[0], " ".join(parts[:count]))).holds


@lru_cache(maxsize=64)
def _parts(pair: tuple[str, str]) -> tuple[Parts, ...]:
    """Return every way in which an entry's name may be read."""
    if _is_plain(*pair):
        return (Parts(tuple(pair[0].split()), tuple(pair[1].split())),)
    read = (Parts(name.primary, name.secondary) for name in readings(pair))
    return tuple(dict.fromkeys((*read, *resembling.readings(*pair))))


def legible(pair: tuple[str, str]) -> tuple[int, bool]:
    """Return how many components of an entry's name can be compared with a zone's, and whether any is a letter at all.

    No component: no zone has such a name.
    """
    counts = [
        len(parts.primary) + sum(map(_in_zone, parts.secondary))
        for parts in _parts(pair)
        if parts.primary and all(map(_in_zone, parts.primary))
    ]
    return max(counts, default=0), any(map(str.isalpha, "".join(pair)))


def _in_zone(component: str) -> bool:
    return component.isascii() and component.isalpha()


@dataclass(frozen=True, slots=True)
class Keys:
    """What a name is looked up by in a list, next to :func:`keys` for those that are truncated.

    :param surname: of the surname and its parts
    :param given: of the given names, which may lie in the field of the surname
    :param first: of the first given name
    :param whole: of surname and given name together, for where the date of birth does not part a list
    """

    surname: frozenset[str] = field(repr=False)
    given: frozenset[str] = field(repr=False)
    first: frozenset[str] = field(repr=False)
    whole: frozenset[str] = field(repr=False)


def list_keys(name: Name | tuple[str, str]) -> Keys:
    """Return the keys of a person's name, or of an entry's."""
    spelt = (Parts(name.primary, name.secondary),) if isinstance(name, Name) else _parts(name)
    surname, given, first, whole = set[str](), set[str](), set[str](), set[str]()
    for parts in spelt:
        surname |= _of_surname(parts.primary)
        given |= _of_given(parts.secondary)
        first |= _of_given(resembling.plain(parts.secondary)[:1])
        fields = [(parts.primary, parts.secondary)]
        if not parts.secondary and len(parts.primary) > 1:
            named = resembling.plain(parts.primary)
            fields.append((named[:1], named[1:]))
        whole |= {f"{a}<{b}" for one, other in fields for a in _of_field(one) for b in _of_field(other)}
    return Keys(*map(frozenset, (surname, given, first, whole)))


# the same surnames and given names come again and again
@lru_cache(maxsize=16384)
def _of_surname(parts: tuple[str, ...]) -> frozenset[str]:
    named = resembling.plain(parts)
    return _look_ups({*named, "".join(named), "".join(parts[:MOST])})


@lru_cache(maxsize=16384)
def _of_given(parts: tuple[str, ...]) -> frozenset[str]:
    return _look_ups(set(resembling.plain(parts)))


@lru_cache(maxsize=16384)
def _of_field(parts: tuple[str, ...]) -> frozenset[str]:
    """Return the consonants of a field as a whole, and of its first component."""
    both = (parts[:MOST], resembling.plain(parts))
    return frozenset(core for some in both for part in {"".join(some), *some[:1]} for core in resembling.cores(part))


def _look_ups(parts: set[str]) -> frozenset[str]:
    found = {core for part in parts for core in resembling.cores(part)}
    return frozenset(found | {f"{letters}*" for letters in map(resembling.jumble, parts) if letters})


def keys(name: Name | tuple[str, str]) -> frozenset[str]:
    """Return look-up keys: names that :func:`agree` joins share at least one.

    A key holds the first consonants of the primary identifier and the sound with which the secondary begins.
    Many persons share a key: what is found under it is compared with :func:`agree`.
    """
    found = set()
    for reading in readings(name):
        first = reading.secondary[0] if reading.secondary else ""
        # Of a truncated name perhaps only the first letter of a component is left.
        begins = sounds(first) | sounds(first[:1])
        for primary in {"".join(reading.primary), *reading.primary[:1]}:
            found |= {f"{skeleton[:_KEY]}<{sound}" for skeleton in skeletons(primary) for sound in begins}
    return frozenset(found)


def readings(name: Name | tuple[str, str]) -> tuple[Name, ...]:
    """Return the name as each table spells it, the default first."""
    return (name,) if isinstance(name, Name) else _readings(name)


@lru_cache(maxsize=64)
def _readings(pair: tuple[str, str]) -> tuple[Name, ...]:
    if _is_plain(*pair):
        return (Name(tuple(pair[0].split()), tuple(pair[1].split())),)
    found = []
    for table in tables():
        try:
            found.append(Name.of(*pair, table=table))
        except UsageError:
            continue  # a letter without a rule: another table may have one
    if not found:
        found = [Name(*(tuple(unicodedata.normalize("NFC", part).upper().split()) for part in pair))]
    return tuple(dict.fromkeys(found))


def _is_plain(*texts: str) -> bool:
    """Whether every table leaves the texts as they are."""
    text = "".join(texts).replace(" ", "")
    return text.isascii() and text.isupper() and text.isalpha()


def _where(a: Name, b: Name) -> tuple[str, int]:
    for where, ours, theirs in (
        ("primary_identifier", a.primary, b.primary),
        ("secondary_identifier", a.secondary, b.secondary),
    ):
        if ours != theirs:
            same = (place for place, pair in enumerate(zip(ours, theirs, strict=False), 1) if pair[0] != pair[1])
            return where, next(same, min(len(ours), len(theirs)) + 1)
    return "", 0


def _cut(a: Name, b: Name) -> bool:
    """Whether the shorter name fills a field and every component of it begins one of the longer."""
    short, long = (a, b) if len(a.text) < len(b.text) else (b, a)
    if not short.fills_a_field or len(long.text) == len(short.text):
        return False
    if bool(short.secondary) != bool(long.secondary):
        return False
    return _begins(short.primary, long.primary) and _begins(short.secondary, long.secondary)


def _begins(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return len(short) <= len(long) and all(w.startswith(p) for p, w in zip(short, long, strict=False))


def _variant(a: Name, b: Name) -> bool:
    """Whether each identifier is spelt otherwise, its components put together or parted."""
    return all(_alike(ours, theirs) for ours, theirs in ((a.primary, b.primary), (a.secondary, b.secondary)))


def _alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if len(ours) == len(theirs) and all(map(alike, ours, theirs)):
        return True
    return bool(ours) == bool(theirs) and alike("".join(ours), "".join(theirs))
