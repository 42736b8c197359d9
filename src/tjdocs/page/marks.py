"""What every document of a layout carries alike: grounds and frames, emblem, "chip inside" symbol, overprint."""

import math
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from tjdocs.fonts import font
from tjdocs.page.page_layout import Box, Chip, Emblem, Overprint, Panel, Scale

__all__ = ["Slanted", "draw_chip", "draw_emblem", "draw_overprint", "draw_panel", "draw_scale", "slanted"]

_ZOOM = 4
# Units of Doc 9303-9, figure 2: the symbol, the height of a bar, the diameters of the ring and of the disc.
_CHIP_SIZE, _CHIP_BAR, _CHIP_RING, _CHIP_DISC = (9.0, 5.25), 2.25, 3.75, 2.25
_CHIP_ZOOM = 8
_STROKE = 3  # pixels of a scale's line


def draw_panel(page: Image.Image, panel: Panel, fill: str, edge: str) -> None:
    """Print a ground, a frame, or both.

    :param fill: colour of the ground, empty for none
    :param edge: colour of the frame, empty for none
    """
    if fill and not panel.radius:
        ground = page.crop(panel.box)
        page.paste(Image.blend(ground, Image.new("RGB", ground.size, fill), panel.strength), panel.box)
        fill = ""
    if not (fill or edge):
        return
    size = (panel.box.width * _ZOOM, panel.box.height * _ZOOM)
    outer, inner = Image.new("L", size), None
    place = (0, 0, size[0] - 1, size[1] - 1)
    ImageDraw.Draw(outer).rounded_rectangle(place, panel.radius * _ZOOM, fill=255)
    if edge:
        rim = panel.thickness * _ZOOM
        inner = Image.new("L", size)
        radius = max(0, panel.radius * _ZOOM - rim)
        ImageDraw.Draw(inner).rounded_rectangle((rim, rim, size[0] - 1 - rim, size[1] - 1 - rim), radius, fill=255)
    shape = outer.reduce(_ZOOM)
    if fill:
        page.paste(fill, panel.box, shape.point([round(level * panel.strength) for level in range(256)]))
    if inner:
        page.paste(edge, panel.box, ImageChops.subtract(shape, inner.reduce(_ZOOM)))


def draw_emblem(page: Image.Image, place: Emblem, colour: str) -> None:
    """Draw a scalloped ring with the words of a placeholder in it."""
    mask = _emblem(place.box.width, place.box.height, place.words)
    page.paste(colour, place.box, mask.point([round(level * place.strength) for level in range(256)]))


@lru_cache(maxsize=8)
def _emblem(width: int, height: int, words: tuple[str, ...]) -> Image.Image:
    mask = Image.new("L", (width * _ZOOM, height * _ZOOM))
    draw = ImageDraw.Draw(mask)
    centre, outer = (width * _ZOOM / 2, height * _ZOOM / 2), min(width, height) * _ZOOM / 2 - 1
    corners = []
    for step in range(32):
        radius = outer * (0.93 if step % 2 else 1.0)
        angle = step * math.pi / 16
        corners.append((centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle)))
    draw.polygon(corners, fill=255)
    inner = outer * 0.88
    draw.ellipse((centre[0] - inner, centre[1] - inner, centre[0] + inner, centre[1] + inner), fill=0)
    size = 2 * inner * 0.86 / max(1, *(font("condensed", 100).getlength(word) / 100 for word in words))
    face = font("condensed", min(size, inner * 1.2 / len(words)))
    for row, word in enumerate(words):
        y = centre[1] + (row - (len(words) - 1) / 2) * face.size * 1.05
        draw.text((centre[0], y), word, font=face, anchor="mm", fill=255)
    return mask.reduce(_ZOOM)


def draw_chip(page: Image.Image, place: Chip, colour: str) -> None:
    """Draw the "chip inside" symbol (Doc 9303-9, 2.3, figure 2): two solid bars, and a disc in a ring between them."""
    page.paste(colour, place.box, _chip(place.box.width, place.box.height))


@lru_cache(maxsize=4)
def _chip(width: int, height: int) -> Image.Image:
    mask = Image.new("L", (width * _CHIP_ZOOM, height * _CHIP_ZOOM), 255)
    draw = ImageDraw.Draw(mask)
    across, down = (side * _CHIP_ZOOM / units for side, units in zip((width, height), _CHIP_SIZE, strict=True))
    centre = (_CHIP_SIZE[0] / 2, _CHIP_SIZE[1] / 2)

    def clear(left: float, top: float, right: float, bottom: float) -> None:
        draw.rectangle((left * across, top * down, right * across - 1, bottom * down - 1), fill=0)

    def disc(diameter: float, level: int) -> None:
        left, top = ((middle - diameter / 2) * scale for middle, scale in zip(centre, (across, down), strict=True))
        draw.ellipse((left, top, left + diameter * across - 1, top + diameter * down - 1), fill=level)

    clear(0, _CHIP_BAR, _CHIP_SIZE[0], _CHIP_SIZE[1] - _CHIP_BAR)
    disc(_CHIP_RING, 0)
    disc(_CHIP_DISC, 255)
    return mask.reduce(_CHIP_ZOOM)


def draw_scale(page: Image.Image, place: Scale, colour: str) -> None:
    """Draw a line with a tick each ten millimetres, the outer ones as high as its box."""
    draw, box, steps = ImageDraw.Draw(page), place.box, place.millimetres // 10
    draw.rectangle((box.left, box.bottom - _STROKE, box.right - 1, box.bottom - 1), fill=colour)
    for step in range(steps + 1):
        x = box.left + round((box.width - _STROKE) * step / steps)
        top = box.top if step in (0, steps) else box.top + box.height // 2
        draw.rectangle((x, top, x + _STROKE - 1, box.bottom - 1), fill=colour)


@dataclass(frozen=True, slots=True)
class Slanted:
    """A word set slantwise into its box.

    :param size: of the font
    :param centre: of the word's ink, about which it is turned
    :param ink: what the unturned word covers about its starting point: left, top, right, bottom
    :param box: what the turned word covers
    :param mask: its ink there
    """

    size: float
    centre: tuple[float, float]
    ink: tuple[float, float, float, float]
    box: Box
    mask: Image.Image = field(repr=False)


@lru_cache(maxsize=16)
def slanted(place: Overprint) -> Slanted:
    """Set the word as large as its box allows."""
    size = 200
    face = font("bold", size)
    ink = face.getbbox(place.text, anchor="ls")
    word = Image.new("L", (int(ink[2] - ink[0]), int(ink[3] - ink[1])))
    ImageDraw.Draw(word).text((-ink[0], -ink[1]), place.text, font=face, anchor="ls", fill=255)
    turned = word.rotate(place.angle, Image.Resampling.BICUBIC, expand=True)
    crop = Box(*(turned.getbbox() or (0, 0, *turned.size)))
    scale = min(place.box.width / crop.width, place.box.height / crop.height)
    width, height = int(crop.width * scale), int(crop.height * scale)
    left = place.box.left + (place.box.width - width) // 2
    top = place.box.top + (place.box.height - height) // 2
    return Slanted(
        size * scale,
        (left + (turned.width / 2 - crop.left) * scale, top + (turned.height / 2 - crop.top) * scale),
        (ink[0] * scale, ink[1] * scale, ink[2] * scale, ink[3] * scale),
        Box(left, top, left + width, top + height),
        turned.crop(crop).resize((width, height), Image.Resampling.LANCZOS),
    )


def draw_overprint(page: Image.Image, place: Overprint, colour: str) -> Box:
    """Print the specimen's word slantwise, with the text beneath it legible."""
    word = slanted(place)
    sheet = page.crop(word.box)
    inked = ImageChops.multiply(sheet, Image.new("RGB", sheet.size, colour))
    mask = word.mask.point([round(level * place.strength) for level in range(256)])
    page.paste(Image.composite(inked, sheet, mask), word.box)
    return word.box
