"""Guilloche: the fine lines beneath a page, shaped by the document's number so that no two pages share them."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from PIL import Image, ImageChops, ImageColor, ImageDraw

from tjdocs.page.page_layout import Background, Box

__all__ = ["draw_background"]

_OVERSAMPLING = 2
_LINE = 2  # oversampled pixels: a hairline of one printed pixel, 0.085 mm
_STEP = 6  # printed pixels from point to point
_FADE = 70
_SPACING = 23.5  # printed pixels from wave to wave
_COPIES = 9
_TURN = 720  # steps of a full circle
_QUARTER = _TURN * 3 // 4  # a sine is the cosine three quarters of a circle on

_Curve = tuple[list[float], int]  # x and y in turn, and the lightness of the line


def draw_background(background: Background, size: tuple[int, int], seed: str) -> Image.Image:
    """Return the paper's tint with the lines on it, RGB.

    :param seed: what shapes the lines; the same gives the same
    """
    shape = _Shape(seed)
    mask = Image.new("L", (size[0] * _OVERSAMPLING, size[1] * _OVERSAMPLING))
    draw = ImageDraw.Draw(mask)
    for curve, level in (
        *_waves(background.waves, size[0], shape),
        *(line for place in background.rosettes for line in _rosette(place, shape)),
        *(line for y in background.bands for line in _band(y, size[0], shape)),
    ):
        draw.line(curve, fill=level, width=_LINE)
    mask = ImageChops.multiply(mask.reduce(_OVERSAMPLING), _fade(background.calm, size))
    # The colours run into one another across the page (split-duct printing), for paper and lines alike.
    page = _blend(background.paper, size)
    page.paste(_blend(background.lines, size), (0, 0), mask)
    return page


@lru_cache(maxsize=8)
def _fade(calm: tuple[Box, ...], size: tuple[int, int]) -> Image.Image:
    """Return a mask that is clear but for the calm boxes, round which it runs out softly."""
    mask = Image.new("L", size, 255)
    for distance in range(_FADE, -1, -1):
        level = round(255 * distance / _FADE)
        for box in calm:
            mask.paste(level, box.shrunk(-distance))
    return mask


class _Shape:
    """Numbers drawn from the seed, one after another."""

    def __init__(self, seed: str) -> None:
        self._bytes = iter(hashlib.shake_256(seed.encode()).digest(256))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * next(self._bytes) / 255

    def whole(self, low: int, high: int) -> int:
        return low + next(self._bytes) % (high - low + 1)


@cache
def _cosines() -> list[float]:
    """Return the cosines of a full circle, twice over."""
    return [math.cos(step * math.tau / _TURN) for step in range(2 * _TURN)]


def _joined(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """Return x and y in turn."""
    curve = [0.0] * (2 * len(xs))
    curve[::2], curve[1::2] = xs, ys
    return curve


def _waves(span: tuple[int, int], width: int, shape: _Shape) -> Iterator[_Curve]:
    """Yield two families of lines that swell and cross, over the whole width."""
    top, bottom = span
    count = max(2, round((bottom - top) / _SPACING))
    places = range(0, width + _STEP, _STEP)
    xs = [float(x * _OVERSAMPLING) for x in places]
    for _ in range(2):
        periods, swell = shape.between(1.1, 2.4), shape.between(0.4, 0.9)
        phase, turn = shape.between(0, math.tau), shape.between(0, math.tau)
        # sin(a + b) = sin a cos b + cos a sin b: the lines of a family share their sines
        high = 46 * _OVERSAMPLING
        angles = [x / width * math.tau for x in places]
        heights = [high * (1 + 0.5 * math.sin(swell * t + turn)) for t in angles]
        rise = [h * math.sin(periods * t + phase) for h, t in zip(heights, angles, strict=True)]
        fall = [h * math.cos(periods * t + phase) for h, t in zip(heights, angles, strict=True)]
        for index in range(count):
            share = index / (count - 1)
            middle = (top + share * (bottom - top)) * _OVERSAMPLING
            sine, cosine = math.sin(share * 2.2), math.cos(share * 2.2)
            yield _joined(xs, [middle + r * cosine + f * sine for r, f in zip(rise, fall, strict=True)]), 120


def _rosette(place: tuple[int, int, int], shape: _Shape) -> Iterator[_Curve]:
    """Yield three rings, one in the other, each a petalled curve turned many times about the centre."""
    x0, y0, radius = (part * _OVERSAMPLING for part in place)
    table = _cosines()
    cosines, sines = table[: _TURN + 1], table[_QUARTER : _QUARTER + _TURN + 1]
    for size, depth in ((radius, 0.13), (radius * 0.74, 0.2), (radius * 0.44, 0.34)):
        petals = shape.whole(8, 15)
        ripple, lean = shape.whole(2, 3), shape.between(0.1, 0.4)
        base, swing = size * (1 - depth), size * depth / (1 + lean)
        # cos(a + b) = cos a cos b - sin a sin b: the copies of a ring share their cosines
        waves = [table[petals * step % _TURN] for step in range(_TURN + 1)]
        waves_sine = [table[(petals * step + _QUARTER) % _TURN] for step in range(_TURN + 1)]
        ripples = [table[ripple * petals * step % _TURN] for step in range(_TURN + 1)]
        ripples_sine = [table[(ripple * petals * step + _QUARTER) % _TURN] for step in range(_TURN + 1)]
        for copy in range(_COPIES):
            turn = copy / _COPIES * math.tau  # of the petals' angle
            a, b = swing * math.cos(turn), swing * math.sin(turn)
            c, d = swing * lean * math.cos(ripple * turn), swing * lean * math.sin(ripple * turn)
            reach = [
                base + a * w - b * v + c * r + d * s
                for w, v, r, s in zip(waves, waves_sine, ripples, ripples_sine, strict=True)
            ]
            xs = [x0 + r * c for r, c in zip(reach, cosines, strict=True)]
            ys = [y0 + r * s for r, s in zip(reach, sines, strict=True)]
            yield _joined(xs, ys), 150


def _band(y0: int, width: int, shape: _Shape) -> Iterator[_Curve]:
    """Yield a narrow plait across the page."""
    periods = shape.whole(26, 34)
    places = range(0, width + 2, 2)
    xs = [float(x * _OVERSAMPLING) for x in places]
    heights = [7 * _OVERSAMPLING * math.cos(x / width * 9) for x in places]
    angles = [periods * x / width * math.tau for x in places]
    for strand in range(6):
        turn = strand * math.tau / 6
        yield (
            _joined(xs, [y0 * _OVERSAMPLING + h * math.sin(a + turn) for h, a in zip(heights, angles, strict=True)]),
            235,
        )


def _blend(colours: Sequence[str], size: tuple[int, int]) -> Image.Image:
    """Return colours that run into one another from left to right."""
    row = Image.new("RGB", (len(colours), 1))
    for x, colour in enumerate(colours):
        row.putpixel((x, 0), ImageColor.getrgb(colour))
    return row.resize((size[0], 1), Image.Resampling.BICUBIC).resize(size, Image.Resampling.NEAREST)
