"""Names read from a zone or an application, and whether two of them are one (Doc 9303-3, 4.6).

Names are compared by :func:`agree`, those of a list's entry by :func:`resemble`; a look-up in a list starts with keys.
Names are compared as an MRZ has them: A to Z, components parted, without punctuation.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain

from msgspec import Struct

from tjdocs.errors import UsageError
from tjdocs.mrz import similar_names
from tjdocs.mrz.formats import formats
from tjdocs.mrz.name_variants import alike, consonants, read_first, skeletons, sounds
from tjdocs.mrz.similar_names import MOST, Parts, Reach, century, near
from tjdocs.mrz.transliteration import components, tables

__all__ = [
    "MOST",
    "Agreement",
    "Keys",
    "Name",
    "Reach",
    "Relation",
    "agree",
    "century",
    "entry_keys",
    "field_widths",
    "first_keys",
    "keys",
    "legible",
    "list_keys",
    "near",
    "readings",
    "resemble",
    "ways",
]

_KEY = 2  # consonants of a key; what a truncated component still has


@cache
def field_widths() -> frozenset[int]:
    """Return the widths of the name field, of all formats."""
    return frozenset(layout.by_name["names"].width for layout in formats().values())


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
        """The name as in the MRZ, without fillers at its end."""
        text = "<".join(self.primary)
        return f"{text}<<{'<'.join(self.secondary)}" if self.secondary else text

    @property
    def fills_a_field(self) -> bool:
        """Whether it is as long as some format's field, as every lawfully truncated one is."""
        return len(self.text) in field_widths()


class Relation(StrEnum):
    """The relation of two names."""

    EXACT = "exact"
    TRUNCATED = "truncated"  # one is the other, cut as Doc 9303-4 to -7, 4.2.3 allow
    VARIANT = "variant"  # one is the other, transliterated or spelt otherwise
    SHORTENED = "shortened"  # one lacks given names, or a part of the surname
    REARRANGED = "rearranged"  # one has them in another order or field
    ALTERED = "altered"  # one has another ending, sound or letter
    DIFFERS = "differs"


class Agreement(Struct, frozen=True):
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
    ``specs/mrz/variants.toml``; two persons may have variants in common, so a decision needs the date of
    birth too.
    """
    firsts, seconds = readings(a), readings(b)
    relation, one, other = _related(firsts, seconds)
    if relation is Relation.EXACT:
        return Agreement(relation)
    # where another table spells both alike, the default one tells what differs
    return Agreement(relation, *_where(*((one, other) if one != other else (firsts[0], seconds[0]))))


def _related(firsts: tuple[Name, ...], seconds: tuple[Name, ...]) -> tuple[Relation, Name, Name]:
    """Return how two names are related, and the spellings of both that show it first."""
    if firsts[0] == seconds[0]:
        return Relation.EXACT, firsts[0], seconds[0]
    for relation, holds in ((Relation.TRUNCATED, _cut), (Relation.VARIANT, _variant)):
        for one in firsts:
            for other in seconds:
                if holds(one, other):
                    return relation, one, other
    return Relation.DIFFERS, firsts[0], seconds[0]


def resemble(holder: Name, entry: tuple[str, str], reach: Reach | None) -> Relation:
    """Compare a holder's name with that of an entry of a list; return the best relation that any spelling has.

    :param entry: primary and secondary identifier, in any letters
    :param reach: how far; None for rights, which depend on the name as it is spelt
    """
    relation, *_ = _related((holder,), readings(entry))
    if relation is Relation.DIFFERS and _shortened(holder, entry):
        return Relation.SHORTENED
    if relation is not Relation.DIFFERS or reach is None:
        return relation
    parts = Parts(holder.primary, holder.secondary)
    relations = {similar_names.likeness(parts, other, reach) for other in _parts(entry)}
    return next((each for each in Relation if each.value in relations), Relation.DIFFERS)


def _shortened(holder: Name, entry: tuple[str, str]) -> bool:
    """Whether the names agree without the patronymic, or further given names, of one of them."""
    parts = entry[1].split()
    count = min(len(parts), len(holder.secondary))
    if not count or len(parts) == len(holder.secondary):
        return False
    shorter = (Name(holder.primary, holder.secondary[:count]),), readings((entry[0], " ".join(parts[:count])))
    return _related(*shorter)[0] is not Relation.DIFFERS


@lru_cache(maxsize=256)  # an entry has so many names, each of which is asked for more than once
def _parts(pair: tuple[str, str]) -> tuple[Parts, ...]:
    """Return an entry's name in every way that it may be read."""
    if _is_plain(*pair):
        return (Parts(tuple(pair[0].split()), tuple(pair[1].split())),)
    spellings = (Parts(name.primary, name.secondary) for name in readings(pair))
    return tuple(dict.fromkeys((*spellings, *similar_names.readings(*pair))))


def ways(pair: tuple[str, str]) -> int:
    """Return in how many ways an entry's name is read: what :func:`resemble` costs with it."""
    return len(_parts(pair))


def legible(pair: tuple[str, str]) -> tuple[int, bool]:
    """Return how many components of an entry's name an MRZ could have, and whether the name has any letter.

    Without one in the primary identifier there are none.
    """
    counts = [
        len(parts.primary) + sum(map(_in_mrz, parts.secondary))
        for parts in _parts(pair)
        if parts.primary and all(map(_in_mrz, parts.primary))
    ]
    return max(counts, default=0), any(map(str.isalpha, "".join(pair)))


def _in_mrz(component: str) -> bool:
    return component.isascii() and component.isalpha()


class Keys:
    """The look-up keys of a name in a list, in addition to :func:`keys` for truncated names.

    Each kind is made when it is asked for: which kinds an entry is kept under depends on its date of birth.
    """

    __slots__ = ("_first", "_spellings")

    def __init__(self, spellings: tuple[Parts, ...], *, first: bool = False) -> None:
        self._spellings, self._first = spellings, first

    @property
    def surname(self) -> frozenset[str]:
        """Keys of the surname and its parts."""
        return self._of(lambda parts: _of_surname(parts.primary, self._first))

    @property
    def jumble(self) -> frozenset[str]:
        """The same, if two letters of it are exchanged."""
        return self._of(lambda parts: filter(None, map(similar_names.jumble, similar_names.plain(parts.primary))))

    @property
    def given(self) -> frozenset[str]:
        """Keys of the given names."""
        return self._of(lambda parts: _of_given(parts.secondary, self._first))

    @property
    def first(self) -> frozenset[str]:
        """Keys of the first given name."""
        return self._of(lambda parts: _of_given(similar_names.plain(parts.secondary)[:1], self._first))

    @property
    def both(self) -> frozenset[str]:
        """Keys of surname and given name together, for a date of birth that is not whole."""
        return self._of(self._of_both)

    def _of(self, one: Callable[[Parts], Iterable[str]]) -> frozenset[str]:
        return frozenset(chain.from_iterable(map(one, self._spellings)))

    def _of_both(self, parts: Parts) -> Iterator[str]:
        fields = [(parts.primary, parts.secondary)]
        if not parts.secondary and len(parts.primary) > 1:
            components_ = similar_names.plain(parts.primary)
            fields.append((components_[:1], components_[1:]))
        for one, other in fields:
            ends = _of_field(other, self._first)
            yield from (f"{a}<{b}" for a in _of_field(one, self._first) for b in ends)


def list_keys(name: Name | tuple[str, str]) -> Keys:
    """Return the look-up keys of a holder's name, or of an entry's in every way that it may be read."""
    return Keys((Parts(name.primary, name.secondary),) if isinstance(name, Name) else _parts(name))


def entry_keys(pair: tuple[str, str]) -> Iterator[Keys]:
    """Yield the look-up keys of an entry's name for each way that it may be read."""
    return (Keys((parts,)) for parts in _parts(pair))


def first_keys(pair: tuple[str, str]) -> Keys:
    """Return look-up keys of an entry's name as it is read first, by a table and by its consonants: a few of all."""
    return Keys(_parts(pair)[:2], first=True)


# in a list the same surnames and given names recur
@lru_cache(maxsize=16384)
def _of_surname(parts: tuple[str, ...], first: bool) -> frozenset[str]:
    surnames = similar_names.plain(parts)
    return _of_components({*surnames, "".join(surnames), "".join(parts[:MOST])}, first)


@lru_cache(maxsize=16384)
def _of_given(parts: tuple[str, ...], first: bool) -> frozenset[str]:
    return _of_components(set(similar_names.plain(parts)), first)


@lru_cache(maxsize=16384)
def _of_field(parts: tuple[str, ...], first: bool) -> frozenset[str]:
    """Return the consonants of a field, and of its first component."""
    variants_ = (parts[:MOST], similar_names.plain(parts))
    texts = {text for each in variants_ for text in ("".join(each), *each[:1])}
    return _of_components(texts, first)


def _of_components(parts: set[str], first: bool) -> frozenset[str]:
    cores = similar_names.first_core if first else similar_names.cores
    return frozenset(core for part in parts for core in cores(part))


def keys(name: Name | tuple[str, str], *, first: bool = False) -> frozenset[str]:
    """Return look-up keys: names that :func:`agree` joins share at least one.

    A key holds the first consonants of the primary identifier and the sound with which the secondary begins.
    Many persons share a key, so :func:`agree` compares the names under it.

    :param first: only those of the name as it is read first
    """
    result = set()
    for reading in readings(name)[: 1 if first else None]:
        given = reading.secondary[0] if reading.secondary else ""
        # Of a truncated name perhaps only the first letter of a component is left.
        begins = _first_sound(given) if first else sounds(given) | sounds(given[:1])
        for primary in {"".join(reading.primary), *reading.primary[:1]}:
            forms = {consonants(read_first(primary))} if first else skeletons(primary)
            result |= {f"{skeleton[:_KEY]}<{sound}" for skeleton in forms for sound in begins}
    return frozenset(result)


def _first_sound(given: str) -> set[str]:
    return {consonants(read_first(text)[:1]) for text in (given, given[:1])}


def readings(name: Name | tuple[str, str]) -> tuple[Name, ...]:
    """Return the name as each table spells it, the default first."""
    return (name,) if isinstance(name, Name) else _readings(name)


@lru_cache(maxsize=256)
def _readings(pair: tuple[str, str]) -> tuple[Name, ...]:
    if _is_plain(*pair):
        return (Name(tuple(pair[0].split()), tuple(pair[1].split())),)
    pair = (similar_names.part_initials(pair[0]), similar_names.part_initials(pair[1]))
    names = []
    for table in tables():
        try:
            names.append(Name.of(*pair, table=table))
        except UsageError:
            continue  # a letter without a rule: another table may have one
    if not names:
        names = [Name(*(tuple(unicodedata.normalize("NFC", part).upper().split()) for part in pair))]
    return tuple(dict.fromkeys(names))


def _is_plain(*texts: str) -> bool:
    """Whether every table leaves the texts as they are."""
    text = "".join(texts).replace(" ", "")
    return text.isascii() and text.isupper() and text.isalpha()


def _where(a: Name, b: Name) -> tuple[str, int]:
    for where, parts_a, parts_b in (
        ("primary_identifier", a.primary, b.primary),
        ("secondary_identifier", a.secondary, b.secondary),
    ):
        if parts_a != parts_b:
            same = (place for place, pair in enumerate(zip(parts_a, parts_b, strict=False), 1) if pair[0] != pair[1])
            return where, next(same, min(len(parts_a), len(parts_b)) + 1)
    return "", 0


def _cut(a: Name, b: Name) -> bool:
    """Whether the shorter name fills a field and every component of it begins one of the longer."""
    if bool(a.secondary) != bool(b.secondary) or (a.primary and b.primary and a.primary[0][:1] != b.primary[0][:1]):
        return False
    short, long = (a, b) if len(a.text) < len(b.text) else (b, a)
    if not short.fills_a_field or len(long.text) == len(short.text):
        return False
    return _begins(short.primary, long.primary) and _begins(short.secondary, long.secondary)


def _begins(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return len(short) <= len(long) and all(w.startswith(p) for p, w in zip(short, long, strict=False))


def _variant(a: Name, b: Name) -> bool:
    """Whether each identifier is spelt otherwise, its components put together or parted."""
    return all(_alike(parts_a, parts_b) for parts_a, parts_b in ((a.primary, b.primary), (a.secondary, b.secondary)))


def _alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if len(ours) == len(theirs) and all(map(alike, ours, theirs)):
        return True
    return bool(ours) == bool(theirs) and alike("".join(ours), "".join(theirs))
