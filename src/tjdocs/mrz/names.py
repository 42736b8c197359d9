"""Names read from a zone or an application, and whether two of them are one (Doc 9303-3, 4.6).

Whoever compares names calls :func:`agree`. Names are compared as they stand in a zone: A to Z, components
parted, punctuation gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tjdocs.mrz.layout import formats
from tjdocs.mrz.transliteration import components, tables

__all__ = ["Agreement", "Name", "Relation", "agree"]


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


class Relation(StrEnum):
    """How two names stand to each other."""

    EXACT = "exact"
    TRUNCATED = "truncated"  # one is the other, cut as Doc 9303-4 to -7, 4.2.3 allow
    VARIANT = "variant"  # one is the other, transliterated otherwise
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What :func:`agree` found.

    :param where: which identifier differs, is cut or is spelt otherwise: ``primary_identifier``,
        ``secondary_identifier``, or ``""``
    """

    relation: Relation
    where: str = ""

    @property
    def holds(self) -> bool:
        """Whether both may be one person's name."""
        return self.relation is not Relation.DIFFERS


def agree(a: Name | tuple[str, str], b: Name | tuple[str, str]) -> Agreement:
    """Compare two names; a pair is a primary and a secondary identifier, in any letters that a table has.

    :raises tjdocs.errors.UsageError: a character for which no table has a rule
    """
    ours, theirs = _readings(a), _readings(b)
    if ours[0] == theirs[0]:
        return Agreement(Relation.EXACT)
    for relation, holds in ((Relation.TRUNCATED, _cut), (Relation.VARIANT, _variant)):
        for one in ours:
            for other in theirs:
                if holds(one, other):
                    return Agreement(relation, _where(one, other))
    return Agreement(Relation.DIFFERS, _where(ours[0], theirs[0]))


def _readings(name: Name | tuple[str, str]) -> list[Name]:
    """Return the name as each table spells it, the default first."""
    if isinstance(name, Name):
        return [name]
    return list(dict.fromkeys(Name.of(*name, table=table) for table in tables()))


def _where(a: Name, b: Name) -> str:
    return "primary_identifier" if a.primary != b.primary else "secondary_identifier"


_WIDTHS = frozenset(layout.by_name["names"].width for layout in formats().values())


def _cut(a: Name, b: Name) -> bool:
    """Whether the shorter name fills a field and every component of it begins one of the longer."""
    short, long = sorted((a, b), key=lambda name: len(name.text))
    if len(short.text) not in _WIDTHS or len(long.text) <= len(short.text):
        return False
    if bool(short.secondary) != bool(long.secondary):
        return False
    return _begins(short.primary, long.primary) and _begins(short.secondary, long.secondary)


def _begins(short: Iterable[str], long: tuple[str, ...]) -> bool:
    parts = tuple(short)
    return len(parts) <= len(long) and all(w.startswith(p) for p, w in zip(parts, long, strict=False))


def _variant(a: Name, b: Name) -> bool:
    return a == b
