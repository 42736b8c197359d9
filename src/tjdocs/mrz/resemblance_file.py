"""The form of ``specs/mrz/resemblance.toml``: which names and dates may belong to one person."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from tjdocs import specs

__all__ = ["ResemblanceFile"]


class Sourced(specs.Row, frozen=True, kw_only=True):
    """A rule and where it comes from."""

    source: str


class Ending(Sourced, frozen=True):
    """Endings that are dropped or changed."""

    endings: tuple[str, ...]


class Endings(specs.Row, frozen=True):
    """All endings, and how many letters remain without one."""

    stem: int
    row: tuple[Ending, ...]


class Sound(Sourced, frozen=True):
    """A letter that is written for another."""

    from_: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = msgspec.field(name="from")
    to: str


class Vowels(Sourced, frozen=True):
    """With how many consonants names match by these alone."""

    consonants: int


class Neighbours(Sourced, frozen=True):
    """In a name of how many letters two neighbouring ones may be exchanged."""

    letters: int


class Particles(Sourced, frozen=True):
    """Components that one document has and another leaves out."""

    parts: frozenset[str]


class Unvowelled(Sourced, frozen=True):
    """Arabic letters and endings, without the short vowels."""

    ways: int
    letters: Mapping[str, tuple[str, ...]]
    endings: Mapping[str, str]


class Lookalikes(Sourced, frozen=True):
    """Latin and Cyrillic letters that look alike, in the same order."""

    latin: str
    cyrillic: str

    def __post_init__(self) -> None:
        if len(self.latin) != len(self.cyrillic):
            raise ValueError("one letter for each")


class Between(Sourced, frozen=True):
    """Signs between two names."""

    signs: str


class BirthRule(Sourced, frozen=True):
    """Whole dates of birth that may be one."""

    id: Literal["day-and-month", "one-day", "century"]
    days: int = 0
    years: int = 0


class ResemblanceFile(specs.Spec, frozen=True):
    """The form of ``specs/mrz/resemblance.toml``, which explains each entry."""

    endings: Endings
    sound: tuple[Sound, ...]
    vowels: Vowels
    neighbours: Neighbours
    particles: Particles
    unvowelled: Unvowelled
    lookalikes: Lookalikes
    between: Between
    birth: tuple[BirthRule, ...]
