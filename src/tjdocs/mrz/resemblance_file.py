"""The form of ``specs/mrz/resemblance.toml``: which names and dates may belong to one person."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from tjdocs import specs

__all__ = ["ResemblanceFile"]


class Ending(specs.Row, frozen=True):
    """Endings that are dropped or changed."""

    source: str
    endings: tuple[str, ...]


class Endings(specs.Row, frozen=True):
    """All endings, and how many letters remain without one."""

    stem: int
    row: tuple[Ending, ...]


class Sound(specs.Row, frozen=True):
    """A letter that is written for another."""

    source: str
    found: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = msgspec.field(name="from")
    to: str


class Vowels(specs.Row, frozen=True):
    """With how many consonants names match by these alone."""

    source: str
    consonants: int


class Neighbours(specs.Row, frozen=True):
    """In a name of how many letters two neighbouring ones may be exchanged."""

    source: str
    letters: int


class Particles(specs.Row, frozen=True):
    """Components that one document has and another leaves out."""

    source: str
    parts: frozenset[str]


class Unvowelled(specs.Row, frozen=True):
    """Arabic letters and endings, without the short vowels."""

    source: str
    ways: int
    letters: Mapping[str, tuple[str, ...]]
    endings: Mapping[str, str]


class Lookalikes(specs.Row, frozen=True):
    """Latin and Cyrillic letters that look alike, in the same order."""

    source: str
    latin: str
    cyrillic: str

    def __post_init__(self) -> None:
        if len(self.latin) != len(self.cyrillic):
            raise ValueError("one letter for each")


class Between(specs.Row, frozen=True):
    """Signs between two names."""

    source: str
    signs: str


class BirthRule(specs.Row, frozen=True):
    """Whole dates of birth that may be one."""

    id: Literal["day-and-month", "one-day", "century"]
    source: str
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
