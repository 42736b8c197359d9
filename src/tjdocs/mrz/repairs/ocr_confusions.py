"""What a reader takes for what, from ``specs/mrz/confusions.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Annotated

import msgspec

from tjdocs import specs
from tjdocs.mrz.check_digits import ALPHABET

__all__ = ["Confusions", "confusions"]

_FOREIGN = 1.0  # a character outside of the alphabet is certainly misread


class Twins(specs.Row, frozen=True):
    """Characters that are read one for the other, in pairs."""

    cost: float
    pairs: tuple[Annotated[str, msgspec.Meta(min_length=2, max_length=2)], ...]


class Fillers(specs.Row, frozen=True):
    """Letters and digits as which a filler is read."""

    cost: float
    read: str


class Alike(specs.Row, frozen=True):
    """Letters of other scripts, in the order of the Latin ones that look the same."""

    latin: str
    other: str

    def __post_init__(self) -> None:
        if len(self.latin) != len(self.other):
            raise ValueError("one letter for each")


class ConfusionFile(specs.Spec, frozen=True):
    """The form of ``specs/mrz/confusions.toml``. Costs are minus decimal logarithms of likelihoods.

    :param typed: cost of any other character in the place of one, by a typist or a forger
    :param forged: the same where a reader saw the characters, so that no typist was there
    :param mixed: cost of a typist's mistake in addition, where the MRZ has another mistake
    :param ahead: share that a reading has of all, as a likelihood of the rest, before it is chosen
    :param shown: candidates that cost so much more than the best one are not shown
    :param margin: the same of the readings of one field
    :param wildcard: cost of a character that may be anything
    :param run: cost of each further filler of a run that was read as letters
    :param context: cost of each turn from letters to digits or back in a number
    :param context_seen: the same with a reader's own likelihoods
    :param limit: highest cost tried to make one check digit agree
    """

    twins: tuple[Twins, ...]
    fillers: tuple[Fillers, ...]
    foreign: Mapping[str, str]
    alike: Alike
    typed: float
    forged: float
    mixed: float
    ahead: float
    shown: float
    margin: float
    wildcard: float
    run: float
    rare: float
    context: float
    context_seen: float
    limit: float


@dataclass(frozen=True, slots=True)
class Confusions:
    """The table.

    :param of: for each character as read, what it may have been and at what cost, the likeliest first
    :param longer: characters that were two
    """

    costs: ConfusionFile
    of: Mapping[str, tuple[tuple[str, float], ...]] = field(repr=False)
    longer: Mapping[str, str] = field(repr=False)


@cache
def confusions() -> Confusions:
    """Return the table.

    :raises tjdocs.errors.SpecError: it is malformed
    """
    table = specs.load("mrz/confusions.toml", ConfusionFile)
    of: dict[str, dict[str, float]] = {character: {} for character in ALPHABET.decode()}
    for twins in table.twins:
        for one, other in map(tuple, twins.pairs):
            of[one].setdefault(other, twins.cost)
            of[other].setdefault(one, twins.cost)
    for filler in table.fillers:
        for read in filler.read:
            of[read]["<"] = filler.cost
            of["<"][read] = filler.cost + table.rare
    longer = {}
    for read, meant in table.foreign.items():
        if meant == "<<":
            longer[read] = meant
        else:
            of[read] = {character: _FOREIGN + index / 2 for index, character in enumerate(meant)}
    for latin, other in zip(table.alike.latin, table.alike.other, strict=True):
        of[other] = {latin: _FOREIGN, **{c: _FOREIGN + cost for c, cost in of[latin].items()}}
    ranked = {read: tuple(sorted(meant.items(), key=lambda item: item[1])) for read, meant in of.items()}
    return Confusions(table, MappingProxyType(ranked), MappingProxyType(longer))
