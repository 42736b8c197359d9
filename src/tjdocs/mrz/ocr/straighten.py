"""From a row of marks to a grid: the place of each character, along lines that may be bent.

A band about the row is turned level and brought to one scale. Everywhere in it the templates are laid on; a zone is
where lines of 30, 36 or 44 places at a fixed pitch fit best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from tjdocs.mrz.ocr.find_lines import Grey, Row, strokes
from tjdocs.mrz.ocr.ocr_b import HEIGHT, WIDTH, normalised, templates

__all__ = ["Effort", "Grid", "straighten"]

Floats = NDArray[np.float64]
_Point = tuple[float, float]

_COLUMNS = (30, 36, 44)
# Lines, columns, and pitches from line to line: 1.67 of TD1 and 2.5 of all others, very loosely. Figures are set
# otherwise, and a page that is seen from below looks low.
_SHAPES = ((3, 30, 1.35, 3.4), (2, 36, 1.35, 3.4), (2, 44, 1.35, 3.4))
_SAMPLE = 5  # pitches to both sides of a row's middle that tell which way up it is
_P = 16  # pixels of a pitch in a band
_TALL = round(_P * HEIGHT / WIDTH)
_SKIPPED, _KEPT = 1.5, 1.2  # pixels of a picture to one of a band, from which on it is averaged, and down to which
_PLAY = 3  # pixels by which a line may wander up and down
_AROUND = 7.5  # pitches above and below a row in which the zone's other lines are
_MISS = 0.55  # likeness between a character and an empty place
_FAINT = 0.6  # of the usual contrast; a mark with less of it is less likely a character
_PLAIN = 1.0  # of a place, all differences from its brightness squared, summed, rooted: with less it is plain paper
_STRETCH = 0.012  # cost of a step by a pixel longer or shorter than the pitch, squared
_NOWHERE = np.float32(-1e9)
_NO_WAY = np.empty((0, 0, 0), np.float32)
_STEPS = tuple(
    (dx, dy, np.float32(_STRETCH * dx * dx + 0.004 * abs(dy)))
    for dx in range(-2, 3)
    for dy in (-1, 0, 1)
    if abs(dx) < 2 or not dy
)
_WORTH = 5.0  # of a line, above which it is one
_ROUNDS = 3  # of levelling a zone that was seen askew
_ASKEW, _UNSURE = 0.04, 0.8  # share by which the pitch changes along a zone; likeness below which one is askew anyway
_BESIDE = 15  # pitches next to a zone's ends in which more of it may be
_OUTSIDE = 0.6  # of a picture's size, from its middle: no character is farther away
_FINEST = 48  # pixels of a pitch when a zone is levelled, at most
_UNEVEN = 0.15  # share by which the distances between three lines may differ
_EQUAL = 0.6  # of the best line's worth, that of a line of the same zone at least


@dataclass(frozen=True, slots=True)
class Grid:
    """The places of a zone's characters.

    :param centres: lines, columns, (x, y) in pixels of the picture
    :param likeness: mean likeness of the cells to characters, 1 at best
    """

    centres: Floats
    likeness: float

    @property
    def worth(self) -> float:
        """By how much all its cells together are more like characters than like none."""
        return (self.likeness - _MISS) * self.centres[..., 0].size


@dataclass(frozen=True, slots=True)
class _Band:
    """A part of the picture turned level, the pitch brought to ``_P`` pixels.

    :param back: affine matrix from the band to the picture
    """

    grey: Grey
    back: Floats

    def points(self, x: Floats, y: Floats) -> Floats:
        return np.stack([x, y, np.ones_like(x)], axis=-1) @ self.back.T


@dataclass(frozen=True, slots=True)
class _Line:
    """How well lines of 30, 36 and 44 places fit about one height of a band.

    :param worth: best total by number of places
    :param ends: for each the last place, in pixels of the strip
    :param before: costs before each place, by which the way back is found
    :param top: height of the strip's upper edge
    """

    y: float
    worth: dict[int, float]
    ends: dict[int, tuple[int, int]]
    before: NDArray[np.float32]
    top: int

    def path(self, columns: int) -> tuple[Floats, Floats]:
        """Return the places of one length: x and y of the cells' centres."""
        xs, ys = _back(self.before[: columns - 1], *self.ends[columns])
        return xs + (_P - 1) / 2, ys + self.top + (_TALL - 1) / 2


@dataclass(slots=True)
class Effort:
    """A picture's budget.

    :param rows: rows that may still be made straight
    :param lines: lines that may still be fitted
    """

    rows: int
    lines: int

    @property
    def spent(self) -> bool:
        """Whether no further row is begun."""
        return self.rows <= 0 or self.lines <= 0


def straighten(grey: Grey, row: Row, effort: Effort) -> Grid | None:
    """Return the grid of the zone to which a row belongs, whichever way up, or nothing.

    :param effort: reduced by the row and the lines fitted; a row that was begun is ended
    """
    effort.rows -= 1
    start, end = _upright(grey, row)
    band = _band(grey, start, end, row.pitch, 1.0)
    line = _line(effort, band, band.grey.shape[0] / 2)
    columns = max(line.worth, key=line.worth.__getitem__)
    if line.worth[columns] < _WORTH:
        return None
    places = band.points(*line.path(columns))
    pitch = float(np.hypot(*(places[-1] - places[0]))) / (columns - 1)
    grid = _grid(_band(grey, _point(places[0]), _point(places[-1]), pitch, _AROUND, columns), effort)
    for _ in range(_ROUNDS):
        if grid is None or not _askew(grid):
            break
        better = _levelled(grey, grid, effort)
        if better is None or better.worth <= grid.worth:
            break
        grid = better
    return grid


def _upright(grey: Grey, row: Row) -> tuple[_Point, _Point]:
    """Return the ends of a row so that its characters are upright, judged by its middle part."""
    start, end = np.array(row.start), np.array(row.end)
    middle, half = (start + end) / 2, (end - start) / 2
    half *= min(1.0, _SAMPLE * row.pitch / float(np.hypot(*half)))
    worth = []
    for sign in (1, -1):
        band = _band(grey, _point(middle - sign * half), _point(middle + sign * half), row.pitch, 1.0, 44)
        likeness = _likeness(band.grey[round(band.grey.shape[0] / 2 - _TALL / 2) - _PLAY :][: _TALL + 2 * _PLAY])
        worth.append(np.sort(likeness.max(axis=0))[-likeness.shape[1] // 3 :].mean())
    return (row.start, row.end) if worth[0] >= worth[1] else (row.end, row.start)


def _point(place: Floats) -> _Point:
    return float(place[0]), float(place[1])


def _band(
    grey: Grey, start: tuple[float, float], end: tuple[float, float], pitch: float, around: float, columns: int = 0
) -> _Band:
    """Turn the surroundings of a row level, as far to both sides as 44 characters may reach."""
    scale = pitch / _P
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    across = np.array([end[0] - start[0], end[1] - start[1]]) / length
    down = np.array([-across[1], across[0]])
    more = max(2.0, 46 - (columns or length / pitch))
    size = round((length / pitch + 2 * more) * _P), round((2 * around + 1) * _P)
    corner = np.array(start) - across * more * pitch - down * size[1] / 2 * scale
    back = np.column_stack([across * scale, down * scale, corner + (across + down) * scale / 2])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part, moved = _averaged(grey, back, size, scale)
    level = cv2.warpAffine(part, moved, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return _Band(level.astype(np.uint8, copy=False), back)


def _averaged(grey: Grey, back: Floats, size: tuple[int, int], scale: float) -> tuple[Grey, Floats]:
    """Return the part of a picture about a band, made smaller where pixels would else be skipped, and the way back."""
    width, height = size
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ back.T
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int), np.array(grey.shape[::-1]))
    if scale <= _SKIPPED or (high - low).min() < _P:
        return grey, back
    part = grey[low[1] : high[1], low[0] : high[0]]
    across, down = np.round((high - low) * _KEPT / scale).astype(int).tolist()
    small = cv2.resize(part, (max(1, across), max(1, down)), interpolation=cv2.INTER_AREA)
    ratio = np.array(small.shape[::-1]) / (high - low)
    moved = back.copy()
    moved[:, 2] -= low
    moved *= ratio[:, None]
    moved[:, 2] += 0.5 * (ratio - 1)
    return small.astype(np.uint8, copy=False), moved


def _line(
    effort: Effort, band: _Band, y: float, lengths: Sequence[int] = _COLUMNS, start: float | None = None
) -> _Line:
    """Fit lines of every length about one height.

    :param start: where the first place has to be, to half a pitch
    """
    effort.lines -= 1
    top = round(y - _TALL / 2) - _PLAY
    strip = band.grey[max(top, 0) : top + _TALL + 2 * _PLAY]
    if len(strip) < _TALL:
        return _Line(y, dict.fromkeys(lengths, -np.inf), {}, _NO_WAY, 0)
    first = None if start is None else round(start - (_P - 1) / 2)
    return _Line(y, *_fitted(_likeness(strip), lengths, first), max(top, 0))


def _likeness(strip: Grey) -> NDArray[np.float32]:
    """Return for every place of a cell how much it is like the likeliest character there (correlation)."""
    dark = (255 - strip).astype(np.float32)
    places = np.lib.stride_tricks.sliding_window_view(dark, (_TALL, _P))
    shape = places.shape[:2]
    # one product of matrices for all places and characters: the library's search by template takes four times as long
    products: NDArray[np.float32] = (places.reshape(-1, _TALL * _P) @ _characters()).max(axis=1).reshape(shape)
    mean, square = (cv2.boxFilter(a, -1, (_P, _TALL))[_TALL // 2 :, _P // 2 :] for a in (dark, dark * dark))
    contrast = np.sqrt(np.maximum(square - mean * mean, 0))[: shape[0], : shape[1]]
    weight = np.minimum(1, contrast / max(1.0, _FAINT * float(np.percentile(contrast, 75))))
    likeness: NDArray[np.float32] = products / np.maximum(contrast * (_TALL * _P) ** 0.5, _PLAIN) * weight
    return likeness.astype(np.float32, copy=False)


@cache
def _characters() -> NDArray[np.float32]:
    """Return each character as a column, without brightness and contrast."""
    return np.ascontiguousarray(normalised(templates(_P))[0].T)


def _fitted(
    likeness: NDArray[np.float32], lengths: Sequence[int], first: int | None
) -> tuple[dict[int, float], dict[int, tuple[int, int]], NDArray[np.float32]]:
    """Return the worth and the end of the best line of each number of places, and the costs before each place.

    All lengths are fitted in one run (dynamic programming).

    From place to place a line goes one pitch, a little more or less, and at most one pixel up or down.
    """
    gain = likeness - _MISS
    rows, width = gain.shape
    total = gain.copy()
    if first is not None:
        total[:, : max(0, first - _P // 2)] = total[:, max(0, first + _P // 2 + 1) :] = _NOWHERE
    # The costs before a place, with room for every step around it.
    before = np.full((max(lengths) - 1, rows + 2, width + _P + 2), _NOWHERE, np.float32)
    worth, ends = {}, {}
    for place in range(max(lengths) - 1):
        wide = before[place]
        wide[1:-1, _P + 2 :] = total
        total = np.full_like(gain, _NOWHERE)
        for dx, dy, cost in _STEPS:
            from_there = wide[1 + dy : 1 + dy + rows, 2 - dx : 2 - dx + width] - cost
            np.maximum(total, from_there, out=total)
        total += gain
        if place + 2 in lengths:
            y, x = np.unravel_index(int(np.argmax(total)), total.shape)
            worth[place + 2], ends[place + 2] = float(total[y, x]), (int(x), int(y))
    return worth, ends, before


def _back(before: NDArray[np.float32], x: int, y: int) -> tuple[Floats, Floats]:
    """Follow the best line back from its last place."""
    xs, ys = [x], [y]
    for wide in before[::-1]:
        ways = [wide[1 + y + dy, 2 - dx + x] - cost for dx, dy, cost in _STEPS]
        dx, dy, _ = _STEPS[int(np.argmax(ways))]
        x, y = x - _P - dx, y + dy
        xs.append(x)
        ys.append(y)
    return np.array(xs[::-1], float), np.array(ys[::-1], float)


def _grid(band: _Band, effort: Effort) -> Grid | None:
    """Find the lines of a zone in a band and choose its shape."""
    lines = [line for y in _heights(band) if max((line := _line(effort, band, y)).worth.values()) > _WORTH]
    best: tuple[float, int, tuple[_Line, ...]] | None = None
    for count, columns, nearest, farthest in _SHAPES:
        for chosen in combinations(lines, count):
            gaps = np.diff([line.y for line in chosen]) / _P
            if gaps.min() < nearest or gaps.max() > farthest or np.ptp(gaps) > _UNEVEN * gaps.mean():
                continue
            worths = [line.worth[columns] for line in chosen]
            if min(worths) < _EQUAL * max(worths):
                continue
            if best is None or sum(worths) > best[0]:
                best = sum(worths), columns, chosen
    if best is None:
        return None
    worth, columns, chosen = best
    worth, chosen = _flush(band, columns, chosen, effort)
    centres = np.stack([band.points(*line.path(columns)) for line in chosen])
    return Grid(centres, worth / (columns * len(chosen)) + _MISS)


def _askew(grid: Grid) -> bool:
    """Whether characters grow smaller along a zone, as they do when the camera was not held above the page."""
    steps = np.hypot(*np.diff(grid.centres, axis=1).mean(axis=0).T)
    third = len(steps) // 3
    return grid.likeness < _UNSURE or abs(steps[:third].mean() / steps[-third:].mean() - 1) > _ASKEW


def _levelled(grey: Grey, grid: Grid, effort: Effort) -> Grid | None:
    """Look again in a picture in which the perspective that a grid shows is undone: more of the zone may fit there."""
    lines, columns = grid.centres.shape[:2]
    pitch = float(np.hypot(*(grid.centres[:, -1] - grid.centres[:, 0]).mean(axis=0))) / (columns - 1)
    gap = float(np.hypot(*(grid.centres[-1] - grid.centres[0]).mean(axis=0))) / (lines - 1) / pitch
    fine = min(max(pitch, _P), _FINEST)
    x, y = np.meshgrid(_BESIDE + np.arange(columns), _AROUND + 1 + gap * np.arange(lines))
    level = np.stack([x, y], axis=-1) * fine
    back = _perspective(level, grid.centres)
    if back is None:
        return None
    size = round((columns + 2 * _BESIDE) * fine), round((2 * _AROUND + 2 + gap * (lines - 1)) * fine)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(grey, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    middle = level.mean(axis=0)
    refined = _grid(
        _band(flat.astype(np.uint8, copy=False), _point(middle[0]), _point(middle[-1]), fine, _AROUND, columns),
        effort,
    )
    if refined is None:
        return None
    centres = cv2.perspectiveTransform(refined.centres.reshape(1, -1, 2), back).reshape(refined.centres.shape)
    away = np.abs(centres / grey.shape[::-1] - 0.5).max()
    return Grid(centres.astype(np.float64), refined.likeness) if away < _OUTSIDE else None  # never beyond the horizon


def _perspective(level: Floats, seen: Floats) -> Floats | None:
    """Return the matrix that brings points to where they are seen; there is none for points all on one line."""
    matrix, _ = cv2.findHomography(level.reshape(-1, 1, 2), seen.reshape(-1, 1, 2))
    return cast("Floats | None", matrix)


def _flush(band: _Band, columns: int, lines: tuple[_Line, ...], effort: Effort) -> tuple[float, tuple[_Line, ...]]:
    """Let all lines of a zone begin below one another, as the one does with which they fit best.

    A line whose first or last character is covered fits as well one place off.
    """
    starts = [float(line.path(columns)[0][0]) for line in lines]
    ways = [
        tuple(
            line if abs(own - start) <= _P / 2 else _line(effort, band, line.y, (columns,), start)
            for line, own in zip(lines, starts, strict=True)
        )
        for start in starts
    ]
    return max(((sum(line.worth[columns] for line in way), way) for way in ways), key=lambda pair: pair[0])


def _heights(band: _Band) -> list[float]:
    """Return the heights at which there may be lines: where many strokes are, a line's height apart."""
    ink = strokes(band.grey, 9, 33)
    middle = band.grey.shape[1] // 2
    reach = 16 * _P
    share = ink[:, max(0, middle - reach) : middle + reach].mean(axis=1)
    smooth = np.convolve(share, np.ones(_P) / _P, mode="same")
    heights: list[float] = []
    order = np.argsort(-smooth)
    floor = 0.3 * smooth[len(smooth) // 2 - _P : len(smooth) // 2 + _P].max()
    for y in order:
        if smooth[y] < floor or len(heights) >= 8:
            break
        if all(abs(y - other) > 1.2 * _P for other in heights):
            heights.append(float(y))
    return sorted(heights)
