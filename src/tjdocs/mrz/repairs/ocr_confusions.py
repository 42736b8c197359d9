"""What a reader takes for what, from ``specs/mrz/confusions.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.mrz.check_digits import ALPHABET

__all__ = ["Confusions", "confusions"]

_WHERE = "specs/mrz/confusions.toml"
_FOREIGN = 1.0  # a character outside of the alphabet is certainly misread


@dataclass(frozen=True, slots=True)
class Confusions:
    """The table. Costs are minus decimal logarithms of likelihoods.

    :param margin: candidates that cost so much more than the best one are not shown
    :param wildcard: cost of a character that may be anything
    :param run: cost of each further filler of a run that was read as letters
    :param context: what reading a character like its neighbours costs less, and unlike them more
    :param limit: highest cost tried to make one check digit agree
    :param of: for each character as read, what it may have been and at what cost, the likeliest first
    :param longer: characters that were two
    """

    margin: float
    wildcard: float
    run: float
    context: float
    limit: float
    of: Mapping[str, tuple[tuple[str, float], ...]] = field(repr=False)
    longer: Mapping[str, str] = field(repr=False)


@cache
def confusions() -> Confusions:
    """Return the table.

    :raises tjdocs.errors.SpecError: it is malformed
    """
    table: dict[str, Any] = specs.read_toml("mrz/confusions.toml")
    keys = ["schema", "margin", "wildcard", "run", "rare", "context", "limit", "fillers", "twins", "foreign", "alike"]
    specs.require_keys(table, keys, where=_WHERE)
    of: dict[str, dict[str, float]] = {character: {} for character in ALPHABET.decode()}
    for row in table["twins"]:
        specs.require_keys(row, ["cost", "pairs"], where=f"{_WHERE} twins")
        for one, other in row["pairs"]:
            of[one].setdefault(other, row["cost"])
            of[other].setdefault(one, row["cost"])
    for row in table["fillers"]:
        specs.require_keys(row, ["cost", "read"], where=f"{_WHERE} fillers")
        for read in row["read"]:
            of[read]["<"] = row["cost"]
            of["<"][read] = row["cost"] + table["rare"]
    longer = {}
    for read, meant in table["foreign"].items():
        if meant == "<<":
            longer[read] = meant
        else:
            of[read] = {character: _FOREIGN + index / 2 for index, character in enumerate(meant)}
    specs.require_keys(table["alike"], ["latin", "other"], where=f"{_WHERE} alike")
    for latin, other in zip(table["alike"]["latin"], table["alike"]["other"], strict=True):
        of[other] = {latin: _FOREIGN, **{c: _FOREIGN + cost for c, cost in of[latin].items()}}
    ranked = {read: tuple(sorted(meant.items(), key=lambda item: item[1])) for read, meant in of.items()}
    return Confusions(
        margin=table["margin"],
        wildcard=table["wildcard"],
        run=table["run"],
        context=table["context"],
        limit=table["limit"],
        of=MappingProxyType(ranked),
        longer=MappingProxyType(longer),
    )
