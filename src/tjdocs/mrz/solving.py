"""One field of a misread zone: which other readings of it make its check digit agree.

The work is in remainders: reading a character otherwise moves the field's check digit, and the composite one,
by a fixed amount modulo 10. All loops are bounded by the width of a field, whatever it holds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from tjdocs.mrz.confusions import confusions

__all__ = ["Cell", "Solution", "readings", "thinned"]

Changes = tuple[tuple[int, str], ...]

_FORCED = 64  # ways to settle the characters of one field that may not stand there
_TRIPLED = 2.0  # three at once are tried of those only that cost no more
_KEPT = 3  # solutions kept for one remainder of the composite


class Solution(NamedTuple):
    """One way to read a field, or all of them.

    :param cost: minus the decimal logarithm of its likelihood
    :param changes: indexes in the joined zone with the characters that stand there now
    :param moved: by how much the composite check digit moves
    """

    cost: float
    changes: Changes
    moved: int


class Cell(NamedTuple):
    """One character of a field.

    :param fits: whether it may stand there as it was read
    :param others: what else it may be, with cost, and how that moves the check digit and the composite one
    """

    at: int
    fits: bool
    others: tuple[tuple[str, float, int, int], ...]


class _Step(NamedTuple):
    cost: float
    at: int
    character: str
    delta: int
    moved: int


def readings(
    cells: Sequence[Cell], need: int | None, lawful: Callable[[Changes], bool], *, further: bool
) -> list[Solution]:
    """Return the readings of a field, the likeliest first and a few for each remainder of the composite.

    :param need: by how much its check digit has to move, or ``None`` for a field without one
    :param lawful: whether the field may hold what a reading makes of it
    :param further: also readings that change what agrees already
    """
    forced = [_steps(cell) for cell in cells if not cell.fits]
    count = 1
    for ways in forced:
        count *= len(ways)
    if count > _FORCED:
        return []
    free = sorted(step for cell in cells if cell.fits for step in _steps(cell))
    found: list[tuple[float, tuple[_Step, ...], int]] = []
    for settled in product(*forced):
        cost = sum(step.cost for step in settled)
        for chosen in _choices(free, need, sum(step.delta for step in settled), further=further):
            steps = (*settled, *chosen)
            moved = sum(step.moved for step in steps) % 10
            found.append((cost + sum(step.cost for step in chosen), steps, moved))
    found.sort(key=lambda item: item[0])
    return thinned(_lawful(found, lawful))


def thinned(solutions: Iterable[Solution]) -> list[Solution]:
    """Return the first few of ordered solutions for each remainder of the composite."""
    kept: dict[int, int] = {}
    result = []
    for solution in solutions:
        number = kept.get(solution.moved, 0)
        if number < _KEPT:
            kept[solution.moved] = number + 1
            result.append(solution)
    return result


def _steps(cell: Cell) -> list[_Step]:
    return [_Step(cost, cell.at, character, delta, moved) for character, cost, delta, moved in cell.others]


def _lawful(found: list[tuple[float, tuple[_Step, ...], int]], lawful: Callable[[Changes], bool]) -> Iterator[Solution]:
    for cost, steps, moved in found:
        changes = tuple((step.at, step.character) for step in steps)
        if not changes or lawful(changes):
            yield Solution(cost, changes, moved)


def _choices(free: list[_Step], need: int | None, settled: int, *, further: bool) -> Iterator[tuple[_Step, ...]]:
    """Yield the fewest further changes that make a check digit agree."""
    if need is None:
        yield ()
        if further:
            yield from ((step,) for step in free)
            few = [step for step in free if step.cost <= _TRIPLED]
            yield from ((one, other) for one in few for other in few if one.at < other.at)
        return
    need = (need - settled) % 10
    if need == 0:
        yield ()
        if not further:
            return
    limit = confusions().limit
    by_delta: list[list[_Step]] = [[] for _ in range(10)]
    for step in free:
        by_delta[step.delta].append(step)
    found = bool(by_delta[need])
    yield from ((step,) for step in by_delta[need])
    for one in free:
        for other in by_delta[(need - one.delta) % 10]:
            if one.cost + other.cost > limit:
                break
            if one.at < other.at:
                found = True
                yield one, other
    if not found and need:
        yield from _triples([step for step in free if step.cost <= _TRIPLED], need)


def _triples(free: list[_Step], need: int) -> Iterator[tuple[_Step, ...]]:
    by_delta: list[list[_Step]] = [[] for _ in range(10)]
    for step in free:
        by_delta[step.delta].append(step)
    for one in free:
        for other in free:
            if one.at < other.at:
                for third in by_delta[(need - one.delta - other.delta) % 10]:
                    if other.at < third.at:
                        yield one, other, third
