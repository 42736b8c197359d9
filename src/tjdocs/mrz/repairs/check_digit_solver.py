"""One field of a misread zone: which other readings of it make its check digit agree.

The work is in remainders: reading a character otherwise moves the field's check digit, and the composite one,
by a fixed amount modulo 10. All loops are bounded by the width of a field.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from tjdocs.mrz.repairs.ocr_confusions import confusions

__all__ = ["Cell", "Solution", "Step", "readings", "thinned"]

Changes = tuple[tuple[int, str], ...]

_FORCED = 64  # ways to settle the misplaced characters of one field
_TRIPLED = 2.0  # three at once are tried of those only that cost no more
_KEPT = 3  # solutions kept for one remainder of the composite


class Solution(NamedTuple):
    """One way to read a field, or all of them.

    :param cost: minus the decimal logarithm of its likelihood
    :param changes: indexes in the joined zone with their new characters
    :param moved: by how much the composite check digit moves
    """

    cost: float
    changes: Changes
    moved: int


class Step(NamedTuple):
    """One other reading of one character.

    :param delta: by how much it moves the field's check digit
    :param moved: by how much it moves the composite one
    """

    cost: float
    at: int
    character: str
    delta: int
    moved: int


class Cell(NamedTuple):
    """One character of a field.

    :param fits: whether it is allowed there as it was read
    :param others: what else it may be
    """

    at: int
    fits: bool
    others: tuple[Step, ...]


_Way = tuple[float, tuple[Step, ...], int]  # cost, steps, by how much the composite check digit moves
_T = TypeVar("_T", bound="tuple[Any, ...]")


def readings(
    cells: Sequence[Cell], need: int | None, lawful: Callable[[Changes], bool], *, further: bool
) -> list[Solution]:
    """Return the readings of a field, the likeliest first and a few for each remainder of the composite.

    :param need: by how much its check digit has to move, or ``None`` for a field without one
    :param lawful: whether the field may hold what a reading makes of it
    :param further: also readings that change what agrees already
    """
    forced = [cell.others for cell in cells if not cell.fits]
    count = 1
    for ways in forced:
        count *= len(ways)
    if count > _FORCED:
        return []
    free = sorted([step for cell in cells if cell.fits for step in cell.others], key=itemgetter(0))
    combined: list[_Way] = []
    for settled in product(*forced):
        cost, delta, moved = 0.0, 0, 0
        for step in settled:
            cost, delta, moved = cost + step.cost, delta + step.delta, moved + step.moved
        for more, chosen, by in _choices(free, need, delta, further=further):
            combined.append((cost + more, settled + chosen, (moved + by) % 10))
    combined.sort(key=itemgetter(0))
    best = thinned(combined, lambda way: not way[1] or lawful(_changes(way[1])))
    return [Solution(cost, _changes(steps), moved) for cost, steps, moved in best]


def thinned(solutions: Iterable[_T], fit: Callable[[_T], bool] | None = None, *, most: int = _KEPT) -> list[_T]:
    """Return the first few of ordered solutions for each remainder of the composite, which is their last item.

    :param fit: asked only of those that would be kept
    """
    room, places = [most] * 10, 10 * most
    result = []
    for solution in solutions:
        moved = solution[-1]
        if room[moved] and (fit is None or fit(solution)):
            result.append(solution)
            room[moved] -= 1
            places -= 1
            if not places:
                break
    return result


def _changes(steps: tuple[Step, ...]) -> Changes:
    return tuple([(step.at, step.character) for step in steps])


def _choices(free: list[Step], need: int | None, settled: int, *, further: bool) -> Iterator[_Way]:
    """Yield the fewest further changes that make a check digit agree."""
    if need is None:
        yield 0.0, (), 0
        if further:
            yield from [(step.cost, (step,), step.moved) for step in thinned(free)]
            few = [step for step in free if step.cost <= _TRIPLED]
            for one in few:
                yield from [
                    (one.cost + other.cost, (one, other), one.moved + other.moved) for other in few if one.at < other.at
                ]
        return
    need = (need - settled) % 10
    if need == 0:
        yield 0.0, (), 0
        if not further:
            return
    limit = confusions().costs.limit
    by_delta = _by_delta(free)
    solved = bool(by_delta[need])
    yield from [(step.cost, (step,), step.moved) for step in by_delta[need]]
    for one in free:
        for other in by_delta[(need - one.delta) % 10]:
            cost = one.cost + other.cost
            if cost > limit:
                break
            if one.at < other.at:
                solved = True
                yield cost, (one, other), one.moved + other.moved
    if not solved and need:
        yield from _triples([step for step in free if step.cost <= _TRIPLED], need)


def _triples(free: list[Step], need: int) -> Iterator[_Way]:
    by_delta = _by_delta(free)
    for one in free:
        for other in free:
            if one.at < other.at:
                for third in by_delta[(need - one.delta - other.delta) % 10]:
                    if other.at < third.at:
                        steps = one, other, third
                        yield one.cost + other.cost + third.cost, steps, one.moved + other.moved + third.moved


def _by_delta(free: list[Step]) -> list[list[Step]]:
    """Sort steps, already in the order of their cost, by how they move the check digit."""
    sorted_: list[list[Step]] = [[] for _ in range(10)]
    for step in free:
        sorted_[step.delta].append(step)
    return sorted_
