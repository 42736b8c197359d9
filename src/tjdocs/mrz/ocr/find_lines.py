"""Where a zone may lie in a picture: rows of dark marks that follow one another at a fixed pitch.

Nothing is read here. A row is only a guess, and many are wrong: the matching tells which.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["ASLANT", "STRAIGHT", "Grey", "Levels", "Row"]

Grey = NDArray[np.uint8]
Marks = NDArray[np.float64]  # one a line: x, y, width, height

_SIDE = 1100  # pixels of the longer side at which rows are looked for first; then twice and four times as many
_LEVELS = 3
_KERNEL = 11  # wider than a stroke: a wider mark is not a character
_REACH = 41  # about two characters: how far the darkest stroke decides what counts as one
_DARK, _CONTRAST = 0.42, 10  # of the darkest stroke nearby; levels at least
_SMALLEST, _LARGEST = 6, 48  # height of a mark
_MARKS = 10_000  # marks of a level, at most; a page of a passport has some 4,000
STRAIGHT, ASLANT = (0, 90), (45, 135)  # degrees: the ways in which rows are looked for, each with its slopes around it
_SLOPES = {STRAIGHT: 0.4, ASLANT: 0.5}  # of a row about its way, at most: together they are all slopes
_SLAB = 48  # pixels of height: a mark's next one is in its own slab or a neighbour (0.5 x 2.0 x the largest height)
_AT_ONCE = 256  # marks compared with their neighbours at once
_SHORTEST = 8  # marks of a chain
_LEAST, _SPAN = 11, 14  # marks of a row, pitches that it spans
_MOST = 44  # marks above which more of them add nothing
_SHOWN = 12  # rows looked into on one level


@dataclass(frozen=True, slots=True)
class Row:
    """Marks in a row, in pixels of the whole picture.

    :param start: centre of the first mark (x, y)
    :param end: centre of the last
    :param pitch: distance from mark to mark
    :param count: number of marks
    :param even: share of the steps from mark to mark that are one pitch
    """

    start: tuple[float, float]
    end: tuple[float, float]
    pitch: float
    count: int
    even: float


class Levels:
    """The marks of a picture on coarser and finer levels, each found when it is asked for."""

    def __init__(self, grey: Grey) -> None:
        self._grey = grey
        self._marks: dict[int, Marks] = {}

    def rows(self, ways: tuple[int, int]) -> Iterator[list[Row]]:
        """Yield the rows that run in some ways, the likeliest first, on coarser levels before finer ones.

        :param ways: ``STRAIGHT`` or ``ASLANT``
        """
        longer = max(self._grey.shape)
        for level in range(_LEVELS):
            scale = _SIDE * 2**level / longer
            if level and scale > 1:
                return
            if level not in self._marks:
                self._marks[level] = self._marks_at(scale)
            rows = [row for way in ways for row in _rows(self._marks[level], way, _SLOPES[ways])]
            rows.sort(key=lambda row: -min(row.count, _MOST) * row.even**2)
            yield [_scaled(row, 1 / scale) for row in rows[:_SHOWN]]

    def _marks_at(self, scale: float) -> Marks:
        grey = self._grey
        size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        return _marks(small.astype(np.uint8))


def strokes(grey: Grey, kernel: int = _KERNEL, reach: int = _REACH) -> Grey:
    """Return thin dark strokes as 255, and all paler or wider parts as 0."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    hat = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, np.ones((kernel, kernel), np.uint8))
    darkest = cv2.dilate(hat, np.ones((reach, reach), np.uint8))
    return (((hat > darkest * _DARK) & (hat > _CONTRAST)) * 255).astype(np.uint8)


def _marks(grey: Grey) -> Marks:
    """Return what may be characters by its size; nothing where there is so much of it that it is a texture."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(strokes(grey), connectivity=8)
    left, top, width, height, area = stats[1:].T.astype(np.float64)
    longer = np.maximum(width, height)
    sized = (longer >= _SMALLEST) & (longer <= _LARGEST) & (area >= 8)
    marks: Marks = np.stack([left + width / 2, top + height / 2, width, height], axis=1)[sized]
    return marks if len(marks) <= _MARKS else marks[:0]


def _rows(marks: Marks, way: int, slope: float) -> list[Row]:
    """Return the rows that run in one way across the picture.

    :param way: degrees
    :param slope: of a row against it, at most
    """
    along, across = np.cos(np.radians(way)), np.sin(np.radians(way))
    turn = np.array([[along, across], [-across, along]])
    width, height = marks[:, 2], marks[:, 3]
    size = {0: height, 90: width}.get(way, np.maximum(width, height))
    marks = np.column_stack([marks[:, :2] @ turn.T, size])
    chains = [chain for chain in _chains(marks, slope) if len(chain) >= _SHORTEST]
    rows = []
    for chain in chains:
        line = marks[chain][:, :2]
        line = line[np.argsort(line[:, 0])]
        pitch, even = _pitch(line)
        span = line[-1, 0] - line[0, 0]
        if len(line) < _LEAST or span < _SPAN * pitch:
            continue
        rise, middle = np.polyfit(line[:, 0], line[:, 1], 1)
        ends = np.array([(x, rise * x + middle) for x in (line[0, 0], line[-1, 0])]) @ turn
        start, end = ((float(x), float(y)) for x, y in ends)
        rows.append(Row(start, end, pitch, len(line), even))
    return rows


def _pitch(line: Marks) -> tuple[float, float]:
    """Return the distance from mark to mark, and the share of the marks that keep it."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    middle = float(np.median(steps))
    near = steps[np.abs(steps - middle) < 0.25 * middle]
    pitch = float(near.mean()) if len(near) else middle
    return pitch, float((np.abs(steps - pitch) < 0.15 * pitch).mean())


def _chains(marks: Marks, slope: float) -> list[list[int]]:
    """Return marks that are one another's nearest, from left to right; a mark is x, y and its size here."""
    after = _nearest(marks, slope)
    before = _nearest(marks * [-1, 1, 1], slope)
    follows = {i: j for i, j in enumerate(after) if j >= 0 and before[j] == i}
    chains = []
    for first in set(follows) - set(follows.values()):
        chain = [first]
        while chain[-1] in follows:
            chain.append(follows[chain[-1]])
        chains.append(chain)
    return chains


def _nearest(marks: Marks, slope: float) -> list[int]:
    """Return for each mark the next one of about its height to its right, or -1."""
    order = np.argsort(marks[:, 0], kind="stable")
    x, y, height = marks[order].T
    slabs = (y // _SLAB).astype(int)
    nearest = np.full(len(marks), -1)
    for slab in np.unique(slabs):
        around = np.flatnonzero(np.abs(slabs - slab) <= 1)
        inside = np.flatnonzero(slabs == slab)
        for some in np.array_split(inside, 1 + len(inside) // _AT_ONCE):
            first = np.searchsorted(x[around], x[some])
            last = np.searchsorted(x[around], x[some] + 2.4 * np.maximum(height[some], 8))
            places = first[:, None] + np.arange(int((last - first).max(initial=0)))
            others = around[np.minimum(places, len(around) - 1)]
            across, down = x[others] - x[some, None], np.abs(y[others] - y[some, None])
            one_height, other_heights = height[some, None], height[others]
            size = np.maximum(other_heights, one_height)
            fits = (places < last[:, None]) & (across > 0.3 * size) & (across < 2.0 * size) & (down < slope * across)
            fits &= (other_heights < 2.4 * one_height) & (other_heights * 2.4 > one_height)
            rows = np.flatnonzero(fits.any(axis=1))
            if len(rows):
                best = np.where(fits[rows], across[rows] + 2 * down[rows], np.inf).argmin(axis=1)
                nearest[order[some[rows]]] = order[others[rows, best]]
    return nearest.tolist()


def _scaled(row: Row, scale: float) -> Row:
    (a, b), (c, d) = row.start, row.end
    return Row((a * scale, b * scale), (c * scale, d * scale), row.pitch * scale, row.count, row.even)
