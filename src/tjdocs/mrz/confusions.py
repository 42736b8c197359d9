"""What a reader takes for what, from ``specs/mrz/confusions.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.mrz.checkdigit import ALPHABET

__all__ = ["Confusions", "confusions"]

_WHERE = "specs/mrz/confusions.toml"
_FOREIGN = 1.0  # a character that stands in no zone is certainly misread


@dataclass(frozen=True, slots=True)
class Confusions:
    """The table. Costs are minus decimal logarithms of likelihoods.

    :param of: for each character as read, what it may have been and at what cost, the likeliest first
    :param longer: characters that were two
    """

    margin: float
    wildcard: float
    run: float
    of: Mapping[str, tuple[tuple[str, float], ...]] = field(repr=False)
    longer: Mapping[str, str] = field(repr=False)


@cache
def confusions() -> Confusions:
    """Return the table.

    :raises tjdocs.errors.SpecError: it is malformed
    """
    table: dict[str, Any] = specs.read_toml("mrz/confusions.toml")
    keys = ["schema", "margin", "wildcard", "run", "twins", "foreign", "alike"]
    specs.require_keys(table, keys, where=_WHERE)
    of: dict[str, dict[str, float]] = {character: {} for character in ALPHABET.decode()}
    for row in table["twins"]:
        specs.require_keys(row, ["cost", "pairs"], where=f"{_WHERE} twins")
        for one, other in row["pairs"]:
            of[one].setdefault(other, row["cost"])
            of[other].setdefault(one, row["cost"])
    longer = {}
    for read, meant in table["foreign"].items():
        if meant == "<<":
            longer[read] = meant
        else:
            of[read] = {character: _FOREIGN + index / 2 for index, character in enumerate(meant)}
    specs.require_keys(table["alike"], ["latin", "other"], where=f"{_WHERE} alike")
    for latin, other in zip(table["alike"]["latin"], table["alike"]["other"], strict=True):
        of[other] = {latin: _FOREIGN}
    ranked = {read: tuple(sorted(meant.items(), key=lambda item: item[1])) for read, meant in of.items()}
    return Confusions(
        table["margin"], table["wildcard"], table["run"], MappingProxyType(ranked), MappingProxyType(longer)
    )
