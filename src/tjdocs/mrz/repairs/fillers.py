"""Fillers that were read as letters in the names, where no check digit tells (the field's commonest misreading)."""

import re
from collections.abc import Iterator

from tjdocs.mrz.repairs.ocr_confusions import confusions

__all__ = ["name_solutions", "suspicious"]

# No name has a letter three times running; a run of fillers read as one letter looks like this.
_RUN = re.compile(r"([A-Z])\1\1+")
# The beginning of names, followed only by fillers or their misreadings.
_NAMES = re.compile("[A-Z]+(?:<[A-Z]+)*(?:<<[A-Z]+(?:<[A-Z]+)*)?")


def suspicious(text: str) -> bool:
    """Whether a names' field that looks right holds a run of fillers read as letters."""
    run = _RUN.search(text)
    return run is not None and _cost(run.group(1)) is not None


def name_solutions(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[float, frozenset[int]]]:
    """Yield costs and the places that were fillers, for a names' field of letters and fillers.

    Nothing is yielded for one that cannot be put right like this.
    """
    if pattern.fullmatch(text) and not suspicious(text):
        yield 0.0, frozenset()
        return
    for end, cost in _ends(text):
        places = [place for place in range(end, len(text)) if text[place] != "<"]
        costs = [_cost(text[place]) for place in places]
        if pattern.fullmatch(text[:end].ljust(len(text), "<")) and None not in costs:
            total = max((c for c in costs if c is not None), default=0.0)
            yield cost + total + confusions().costs.run * max(len(costs) - 1, 0), frozenset(places)


def _ends(text: str) -> Iterator[tuple[int, float]]:
    """Yield where the names may end, and what that costs."""
    run = _RUN.search(text)
    if run is not None:
        yield run.start(), 0.0
        yield run.start() + 1, 0.5  # the first letter of the run may be the name's last
        return
    head = _NAMES.match(text)
    if head is not None:
        yield head.end(), 0.0


def _cost(letter: str) -> float | None:
    """Return what it costs that a letter was a filler, or ``None`` where that is not known to happen."""
    return dict(confusions().of.get(letter, ())).get("<")
