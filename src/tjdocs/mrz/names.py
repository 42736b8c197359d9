"""Names read from a zone or an application, and whether two of them are one (Doc 9303-3, 4.6).

Whoever compares names calls :func:`agree`, and whoever looks one up in a list takes :func:`keys` first. Names
are compared as they stand in a zone: A to Z, components parted, punctuation gone.
"""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from tjdocs.errors import UsageError
from tjdocs.mrz.layout import formats
from tjdocs.mrz.transliteration import components, tables
from tjdocs.mrz.variants import alike, skeletons, sounds

__all__ = ["Agreement", "Name", "Relation", "agree", "keys", "readings"]

_WIDTHS = frozenset(layout.by_name["names"].width for layout in formats().values())
_KEY = 2  # consonants of a key; what a truncated component still has


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


def readings(name: Name | tuple[str, str]) -> list[Name]:
    """Return the name as each table spells it, the default first."""
    if isinstance(name, Name):
        return [name]
    found = []
    for table in tables():
        try:
            found.append(Name.of(*name, table=table))
        except UsageError:
            continue  # a letter without a rule: another table may have one
    if not found:
        found = [Name(*(tuple(unicodedata.normalize("NFC", part).upper().split()) for part in name))]
    return list(dict.fromkeys(found))


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
