"""Guilloche: the fine lines beneath a page, shaped by the document's number so that no two pages share them."""

import hashlib
import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageColor, ImageDraw

from tjdocs.page.layout import Background, Box

__all__ = ["draw_background"]

_OVERSAMPLING = 3
_LINE = 3  # oversampled pixels: a hairline of one printed pixel, 0.085 mm
_STEP = 6  # printed pixels from point to point
_FADE = 70
_WAVES = 34
_COPIES = 9

_Point = tuple[float, float]


def draw_background(background: Background, size: tuple[int, int], seed: str) -> Image.Image:
    """Return the paper's tint with the lines on it, RGB.

    :param seed: what shapes the lines; the same gives the same
    """
    shape = _Shape(seed)
    mask = Image.new("L", (size[0] * _OVERSAMPLING, size[1] * _OVERSAMPLING))
    draw = ImageDraw.Draw(mask)
    for curve, level in (
        *_waves(background.waves, size[0], shape),
        *_rosette(background.rosette, shape),
        *(line for y in background.bands for line in _band(y, size[0], shape)),
    ):
        draw.line([(x * _OVERSAMPLING, y * _OVERSAMPLING) for x, y in curve], fill=level, width=_LINE)
    mask = ImageChops.multiply(mask.reduce(_OVERSAMPLING), _fade(background.calm, size))
    # The colours run into one another across the page (split-duct printing), for paper and lines alike.
    page = _blend(background.paper, size)
    page.paste(_blend(background.lines, size), (0, 0), mask)
    return page


def _fade(calm: Box, size: tuple[int, int]) -> Image.Image:
    """Return a mask that is clear but for the calm box, above which it runs out softly."""
    mask = Image.new("L", size, 255)
    mask.paste(0, calm)
    for y in range(max(0, calm.top - _FADE), calm.top):
        mask.paste(round(255 * (calm.top - y) / _FADE), (calm.left, y, calm.right, y + 1))
    return mask


class _Shape:
    """Numbers drawn from the seed, one after another."""

    def __init__(self, seed: str) -> None:
        self._bytes = iter(hashlib.shake_256(seed.encode()).digest(256))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * next(self._bytes) / 255

    def whole(self, low: int, high: int) -> int:
        return low + next(self._bytes) % (high - low + 1)


def _waves(span: tuple[int, int], width: int, shape: _Shape) -> list[tuple[list[_Point], int]]:
    """Return two families of lines that swell and cross, over the whole width."""
    curves = []
    top, bottom = span
    for _ in range(2):
        periods, swell = shape.between(1.1, 2.4), shape.between(0.4, 0.9)
        phase, turn = shape.between(0, math.tau), shape.between(0, math.tau)
        for index in range(_WAVES):
            share = index / (_WAVES - 1)
            curve = []
            for x in range(0, width + _STEP, _STEP):
                t = x / width * math.tau
                sway = math.sin(periods * t + phase + share * 2.2) * (1 + 0.5 * math.sin(swell * t + turn))
                curve.append((float(x), top + share * (bottom - top) + 46 * sway))
            curves.append((curve, 120))
    return curves


def _rosette(place: tuple[int, int, int], shape: _Shape) -> list[tuple[list[_Point], int]]:
    """Return three rings, one in the other, each a petalled curve turned many times about the centre."""
    x0, y0, radius = place
    curves = []
    for size, depth in ((radius, 0.13), (radius * 0.74, 0.2), (radius * 0.44, 0.34)):
        petals = shape.whole(8, 15)
        ripple, lean = shape.whole(2, 3), shape.between(0.1, 0.4)
        for copy in range(_COPIES):
            turn = copy / _COPIES * math.tau / petals
            points = []
            for step in range(721):
                angle = step * math.tau / 720
                wave = math.cos(petals * (angle + turn)) + lean * math.cos(ripple * petals * (angle - turn))
                reach = size * (1 - depth + depth * wave / (1 + lean))
                points.append((x0 + reach * math.cos(angle), y0 + reach * math.sin(angle)))
            curves.append((points, 150))
    return curves


def _band(y0: int, width: int, shape: _Shape) -> list[tuple[list[_Point], int]]:
    """Return a narrow plait across the page."""
    periods = shape.whole(26, 34)
    curves = []
    for strand in range(6):
        curve = [
            (
                float(x),
                y0 + 7 * math.sin(periods * x / width * math.tau + strand * math.tau / 6) * math.cos(x / width * 9),
            )
            for x in range(0, width + 2, 2)
        ]
        curves.append((curve, 235))
    return curves


def _blend(colours: Sequence[str], size: tuple[int, int]) -> Image.Image:
    """Return colours that run into one another from left to right."""
    row = Image.new("RGB", (len(colours), 1))
    for x, colour in enumerate(colours):
        row.putpixel((x, 0), ImageColor.getrgb(colour))
    return row.resize(size, Image.Resampling.BICUBIC)
