"""From a grid to characters: each cell is cut out and compared with what OCR-B characters look like.

The grid is first brought to lie exactly: where, how large and how slanted the print is, is one thing for the whole
zone. Then each cell has a distance to each character, in units of what cells of one character differ by anyway.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tjdocs.mrz.ocr.find_lines import Grey
from tjdocs.mrz.ocr.ocr_b import BLURS, HEIGHT, WIDTH, Model, model, normalised, templates, times
from tjdocs.mrz.ocr.straighten import Grid

__all__ = ["Match", "match"]

Floats = NDArray[np.float64]
Cells = NDArray[np.float32]

_FINEST = 1.3  # pixels of the picture to one of a cell, above which it is averaged first
_NOISES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)  # variances of noise in a pixel of a cell, of its contrast
_EVERY = 2  # of the cells, the share that shows the place of the print
_REACH = 2  # pixels of a cell by which a character may be off its place


@dataclass(frozen=True, slots=True)
class Match:
    """How the cells of a zone compare with the characters.

    :param distances: lines, columns, characters in the order of ``CHARACTERS``; squared, the smallest is the likeliest
    :param usual: the smallest distance that is usual in this zone
    :param contrast: of each cell, 1 where it is as usual in this zone
    :param apart: of each cell, how clearly it is its likeliest character and not another one: 1 where it is as that
        character should be, 0 half-way to the other; infinite of the likeliest itself
    :param spot: of each cell, the strongest difference from its likeliest character in any one place; 1 is usual
    """

    distances: Floats
    usual: float
    contrast: Floats
    apart: Floats
    spot: Floats


@dataclass(frozen=True, slots=True)
class _Lay:
    """How cells lie in the picture.

    :param centres: lines, columns, (x, y)
    :param across: from cell to cell
    :param down: as long as a pitch, along the characters' stems
    """

    centres: Floats
    across: Floats
    down: Floats


@dataclass(frozen=True, slots=True)
class _Source:
    grey: Grey
    scale: float
    offset: Floats


def match(grey: Grey, grid: Grid) -> Match:
    """Compare the cells of a grid with every character."""
    lay = _laid(grid.centres)
    source = _source(grey, lay)
    lay = _styled(source, lay, (1.0, 0.5))
    for fine in (0.5, 0.25):
        lay = _styled(source, _settled(source, lay), (fine,))
    cells = _cells(source, lay)
    flat, norms = normalised(cells.reshape(-1, HEIGHT, WIDTH))
    usual_contrast = float(np.median(norms))
    flat *= np.minimum(1, norms / (0.4 * usual_contrast))[:, None]
    sharp, noise = _suiting(flat)
    distances, _ = _under(sharp, _parted(sharp, flat), noise)
    between, _ = _under(sharp, _parted(sharp, sharp.whole), noise)
    spots = _spots(sharp, flat, noise, distances.argmin(axis=1))
    shape = lay.centres.shape[:2]
    return Match(
        distances.reshape(*shape, -1),
        float(np.median(distances.min(axis=1))),
        (norms / usual_contrast).reshape(shape).astype(np.float64),
        _apart(distances, between).reshape(*shape, -1),
        (spots / np.median(spots)).reshape(shape),
    )


def _laid(centres: Floats) -> _Lay:
    """Smooth the places along each line, and tell which way is across and down at each."""
    place = np.linspace(-1, 1, centres.shape[1])
    smooth = np.stack([_smooth(place, line, 2) for line in centres])
    across = np.gradient(smooth, axis=1)
    step = smooth[-1] - smooth[0]
    step /= np.linalg.norm(step, axis=1, keepdims=True)
    step = _smooth(place, step, 1)
    pitch = np.linalg.norm(across, axis=2, keepdims=True)
    return _Lay(smooth, across, np.broadcast_to(step, smooth.shape) * pitch)


def _smooth(place: Floats, values: Floats, degree: int) -> Floats:
    """Fit a polynomial to each column, twice: outliers count for nothing the second time."""
    weight = np.ones(len(place))
    fitted = values
    for _ in range(3):
        fitted = np.stack(
            [np.polyval(np.polyfit(place, column, degree, w=weight), place) for column in values.T], axis=1
        )
        off = np.linalg.norm(values - fitted, axis=1)
        weight = 1 / (1 + (off / max(1e-6, 2.5 * float(np.median(off)))) ** 2)
    return fitted


def _source(grey: Grey, lay: _Lay) -> _Source:
    """Cut the zone out of the picture, averaged to about the resolution of the cells."""
    reach = 1.5 * float(np.linalg.norm(lay.down, axis=2).max())
    low = np.maximum(np.floor(lay.centres.min(axis=(0, 1)) - reach).astype(int), 0)
    high = np.minimum(np.ceil(lay.centres.max(axis=(0, 1)) + reach).astype(int), np.array(grey.shape[::-1]))
    high = np.maximum(high, low + 1)
    part = grey[low[1] : high[1], low[0] : high[0]]
    pitch = float(np.linalg.norm(lay.across, axis=2).mean())
    scale = min(1.0, _FINEST * WIDTH / pitch)
    if scale < 1:
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return _Source(part, scale, low.astype(np.float64))


def _cells(source: _Source, lay: _Lay, more: int = 0, way: int = cv2.INTER_CUBIC) -> Cells:
    """Cut the cells out: lines, columns, height, width; 0 to 255, dark is high.

    :param more: pixels to every side beyond a cell
    :param way: how pixels are interpolated
    """
    u = ((np.arange(-more, WIDTH + more) - (WIDTH - 1) / 2) / WIDTH).astype(np.float32)
    v = ((np.arange(-more, HEIGHT + more) - (HEIGHT - 1) / 2) / WIDTH).astype(np.float32)
    centres = ((lay.centres - source.offset + 0.5) * source.scale - 0.5).astype(np.float32)
    across, down = ((a * source.scale).astype(np.float32) for a in (lay.across, lay.down))
    x, y = (
        (centres[..., i, None, None] + across[..., i, None, None] * u + down[..., i, None, None] * v[:, None])
        for i in (0, 1)
    )
    shape = x.shape
    x, y = (a.reshape(-1, shape[-1]) for a in (x, y))
    pieces = []
    for start in range(0, len(x), 32_000):  # the limit of what can be remapped at once
        part = slice(start, start + 32_000)
        pieces.append(cv2.remap(source.grey, x[part], y[part], way, borderMode=cv2.BORDER_REPLICATE))
    return 255 - np.concatenate(pieces).reshape(shape).astype(np.float32)


@cache
def _plain_templates() -> Cells:
    return normalised(templates(WIDTH))[0]


def _likeness(source: _Source, lay: _Lay) -> float:
    """Return how much all cells together are like characters; a few that are not count little."""
    flat, _ = normalised(_cells(source, lay, way=cv2.INTER_LINEAR).reshape(-1, HEIGHT, WIDTH))
    best = times(flat, _plain_templates()).max(axis=1)
    return float(np.sort(best)[len(best) // 5 :].mean())


_Change = Callable[[_Lay, float], _Lay]

_CHANGES: tuple[tuple[_Change, float], ...] = (
    (lambda lay, by: _Lay(lay.centres, lay.across, lay.down * (1 + by)), 0.04),
    (lambda lay, by: _Lay(lay.centres, lay.across * (1 + by), lay.down), 0.03),
    (lambda lay, by: _Lay(lay.centres, lay.across, lay.down + lay.across * by), 0.04),
    (lambda lay, by: _Lay(lay.centres + lay.down * by, lay.across, lay.down), 0.04),
    (lambda lay, by: _Lay(lay.centres + lay.across * by, lay.across, lay.down), 0.04),
)


def _styled(source: _Source, lay: _Lay, steps: Sequence[float]) -> _Lay:
    """Find size, slant and place of the print: what changes all cells alike is tried until nothing helps."""
    part = _Lay(lay.centres[:, ::_EVERY], lay.across[:, ::_EVERY], lay.down[:, ::_EVERY])
    best = _likeness(source, part)
    for fine in steps:
        for change, step in _CHANGES:
            for by in (step * fine, -step * fine):
                while (likeness := _likeness(source, tried := change(part, by))) > best + 1e-5:
                    part, best, lay = tried, likeness, change(lay, by)
    return lay


def _settled(source: _Source, lay: _Lay) -> _Lay:
    """Move each cell to its likeliest character, then smooth the lines again."""
    wide = _cells(source, lay, _REACH)
    shape = wide.shape[:2]
    wide = wide.reshape(-1, *wide.shape[2:])
    size = 2 * _REACH + 1
    scores = np.empty((len(wide), size, size), np.float32)
    middle, _ = normalised(wide[:, _REACH:-_REACH, _REACH:-_REACH])
    likeliest = _plain_templates()[np.argmax(times(middle, _plain_templates()), axis=1)]
    for dy in range(size):
        for dx in range(size):
            flat, _ = normalised(wide[:, dy : dy + HEIGHT, dx : dx + WIDTH])
            scores[:, dy, dx] = (flat * likeliest).sum(axis=1)
    peak = scores.reshape(len(wide), -1).argmax(axis=1)
    y, x = np.divmod(peak, size)
    index = np.arange(len(wide))
    by = np.stack([_vertex(scores[index, y], x), _vertex(scores[index, :, x], y)], axis=1).reshape(*shape, 2) - _REACH
    place = np.linspace(-1, 1, shape[1])
    by = np.stack([_smooth(place, line, 3) for line in by]) / WIDTH
    centres = lay.centres + lay.across * by[..., :1] + lay.down * by[..., 1:]
    return _Lay(centres, np.gradient(centres, axis=1), lay.down)


def _vertex(scores: Cells, at: NDArray[np.intp]) -> Floats:
    """Return where a parabola through a peak and its neighbours is highest."""
    index = np.arange(len(scores))
    inside = np.clip(at, 1, scores.shape[1] - 2)
    low, mid, high = scores[index, inside - 1], scores[index, inside], scores[index, inside + 1]
    bend = low - 2 * mid + high
    shift = np.where(np.abs(bend) > 1e-6, 0.5 * (low - high) / np.where(np.abs(bend) > 1e-6, bend, 1), 0)
    return np.where(at == inside, at + np.clip(shift, -0.5, 0.5), at).astype(np.float64)


def _suiting(flat: Cells) -> tuple[Model, float]:
    """Return the sharpness and the noise that suit the zone best."""
    ways = []
    for blur in BLURS:
        parted = _parted(model(blur), flat)
        for noise in _NOISES:
            distances, volume = _under(model(blur), parted, noise)
            ways.append((float(np.median(distances.min(axis=1))) + volume, blur, noise))
    _, blur, noise = min(ways)
    return model(blur), noise


def _apart(distances: Floats, between: Floats) -> Floats:
    """Return how far each cell is on its own character's side, seen from each other character."""
    likeliest = distances.argmin(axis=1)
    least = distances.min(axis=1)
    own = between[likeliest]
    ratio = (distances - least[:, None]) / np.maximum(own, 1e-9)
    ratio[np.arange(len(ratio)), likeliest] = np.inf
    return np.asarray(ratio)


def _spots(sharp: Model, flat: Cells, noise: float, likeliest: NDArray[np.intp]) -> Floats:
    """Return the strongest difference of each cell from its likeliest character that spans a stroke's width.

    What print and camera vary anyway is taken away first.
    """
    along = times(flat, sharp.axes)
    beside = flat - times(along, sharp.axes.T) - sharp.rest[likeliest]
    along -= sharp.means[likeliest]
    residue = times(along * (noise / (sharp.spread + noise)), sharp.axes.T) + beside
    return np.array([np.abs(cv2.blur(cell, (4, 4))).max() for cell in residue.reshape(-1, HEIGHT, WIDTH)], np.float64)


@dataclass(frozen=True, slots=True)
class _Parted:
    """Cells in the axes of a model, and the squared distances outside of these axes from every character."""

    along: Cells
    far: Floats
    size: int


def _parted(sharp: Model, flat: Cells) -> _Parted:
    along = times(flat, sharp.axes)
    beside = flat - times(along, sharp.axes.T)
    return _Parted(along, _squared(beside, sharp.rest), flat.shape[1])


def _under(sharp: Model, parted: _Parted, noise: float) -> tuple[Floats, float]:
    """Return the squared distances of all cells to all characters, and the log-volume of their spread."""
    variance = sharp.spread + noise
    scale = 1 / np.sqrt(variance)
    near = _squared(parted.along * scale, sharp.means * scale)
    others = parted.size - len(variance)
    return near + parted.far / noise, float(np.log(variance).sum() + others * np.log(noise))


def _squared(ones: Cells, others: Cells) -> Floats:
    one, other = ones.astype(np.float64), others.astype(np.float64)
    total = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * times(one, other)
    return np.asarray(np.maximum(total, 0))
