"""A drawn specimen portrait: a face that belongs to nobody, for examples, vectors and trial documents.

It keeps the geometry that Doc 9303-3, 3.9.1 and ISO/IEC 19794-5 (full frontal; token after cropping) ask of a
photograph, so that every later step can be tried on it, and carries the word SPECIMEN.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from tjdocs.errors import UsageError
from tjdocs.fonts import font

__all__ = ["SpecimenPortrait", "draw_specimen"]

_Point = tuple[float, float]

# All shapes are drawn on a canvas of 413 x 531 units (35 x 45 mm at 300 dpi) whose middle is the face's.
_WIDTH, _HEIGHT = 413, 531
_MIDDLE = 206.5
_CROWN, _CHIN = 50.0, 436.0
_EYE_Y, _EYE_APART = 238.0, 98.0
_OVERSAMPLING = 3
_NARROWEST, _WIDEST = 207, 1240

_SKIN, _SKIN_SHADE, _SKIN_LIGHT = "#dcb093", "#a26f54", "#f3d3bb"
_HAIR, _HAIR_LIGHT = "#2f241f", "#6d5546"
_JACKET, _JACKET_SHADE, _JACKET_LIGHT = "#33415a", "#1d273a", "#4d5f7d"
_SHIRT, _SHIRT_SHADE = "#f4f6f8", "#b9c3cf"

# fmt: off
# Right halves of symmetrical outlines as (distance from the middle, y), from the top downwards.
_FACE = [(0, 62), (52, 72), (92, 116), (108, 180), (110, 238), (107, 290), (99, 338), (82, 384), (54, 420),
         (26, 434), (0, 436)]
_HAIR_BACK = [(0, 46), (56, 54), (98, 88), (119, 146), (119, 204), (108, 236), (0, 240)]
_NECK = [(0, 370), (71, 370), (69, 400), (68, 430), (70, 456), (84, 480), (84, 520), (0, 520)]
_BODY = [(0, 470), (66, 462), (108, 474), (156, 489), (184, 508), (198, 540), (200, 570), (0, 570)]
_SHIRT_FRONT = [(0, 512), (34, 484), (62, 456), (74, 462), (66, 500), (44, 570), (0, 570)]
_UPPER_LIP = [(0, 363), (10, 359), (26, 364), (42, 372), (24, 374), (0, 374)]
_LOWER_LIP = [(0, 373), (24, 373), (41, 372), (24, 386), (0, 390)]
# Complete outlines and lines of the picture's right side, in the same form. The left side is their mirror image.
_COLLAR = [(69, 446), (75, 466), (60, 496), (42, 520), (8, 513), (34, 486), (60, 458)]
_LAPEL = [(76, 464), (66, 496), (46, 536), (40, 560), (78, 560), (96, 512), (88, 490)]
_EAR = [(104, 228), (118, 220), (127, 232), (125, 262), (117, 292), (107, 303), (98, 292)]
_EAR_FOLD = [(115, 234), (120, 246), (115, 278)]
_NOSE_SIDE = [(13, 226), (10, 252), (13, 286), (22, 306)]
_NOSE_WING = [(19, 300), (25, 310), (20, 321)]
_NOSTRIL = [(7, 322), (12, 319.5), (17, 321.5)]
# About the centre of an eye, on the picture's right, x growing outwards.
_EYE_OPENING = [(-21, 2.5), (-13, -6), (0, -9.5), (12, -7), (22, 1), (12, 7), (0, 8.5), (-13, 7)]
_EYE_LID = [(-22, 3), (-13, -6.5), (0, -10), (12, -7.5), (24, 1)]
_EYE_CREASE = [(-19, -8), (-6, -16), (8, -16), (22, -8)]
_EYE_LOWER_LID = [(-19, 5), (-6, 9.5), (8, 9), (20, 3)]
_EYE_BAG = [(-20, 14), (0, 19), (20, 14)]
_BROW = [(-30, -27), (-14, -34), (8, -37.5), (24, -34), (36, -25), (22, -29), (6, -31), (-14, -27), (-29, -20)]
# Parted on one side, so that the face is not a mirror image of itself; in the picture's own units.
_HAIR_FRONT = [(94, 246), (87, 236), (83, 190), (88, 130), (110, 80), (152, 52), (206, 44), (262, 52), (304, 82),
               (325, 130), (330, 190), (326, 236), (319, 246), (313, 234), (311, 190), (300, 150), (268, 130),
               (214, 120), (164, 108), (140, 119), (112, 152), (102, 192), (100, 234)]
# fmt: on


@dataclass(frozen=True, slots=True)
class SpecimenPortrait:
    """The drawn portrait.

    :param image: a PNG file, RGB, 300 dpi at 413 x 531 pixels and in proportion above
    :param size: width and height in pixels
    :param eyes: centres of the pupils in pixels, the one on the picture's left (the right eye) first
    :param crown: y of the top of the head
    :param chin: y of the lower edge of the chin
    """

    image: bytes = field(repr=False)
    size: tuple[int, int]
    eyes: tuple[tuple[int, int], tuple[int, int]]
    crown: int
    chin: int


def draw_specimen(*, size: tuple[int, int] = (_WIDTH, _HEIGHT)) -> SpecimenPortrait:
    """Draw the specimen portrait; the same size gives the same pixels.

    Crown to chin is 73 % of the height (Doc 9303-3, 3.9.1.2 wants 70 to 80 %), and a token image of ISO/IEC
    19794-5 (eyes a quarter of its width apart, 0.6 of its width below its top) can be cut from it whole.

    :param size: width and height in pixels, 7:9 as 413 x 531 is, 207 to 1240 wide
    :raises UsageError: another shape or size
    """
    width, height = size
    if not _NARROWEST <= width <= _WIDEST or abs(width * _HEIGHT / _WIDTH - height) > max(1.0, width / 400):
        raise UsageError(
            "not a portrait's size",
            where=f"size {width} x {height}",
            hint=f"7:9, {_NARROWEST} to {_WIDEST} wide, for example 413 x 531 or 827 x 1063",
        )
    canvas = _Canvas(width * _OVERSAMPLING, height * _OVERSAMPLING)
    for paint in (_backdrop, _hair_behind, _neck_and_clothes, _ears, _face, _nose, _mouth, _eyes, _hair, _word):
        paint(canvas)
    picture = canvas.image.resize(size, Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    dpi = 300 * width / _WIDTH
    picture.save(stream, "PNG", dpi=(dpi, dpi), optimize=True)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(x * width / _WIDTH), round(y * height / _HEIGHT)

    left, right = at(_MIDDLE - _EYE_APART / 2, _EYE_Y), at(_MIDDLE + _EYE_APART / 2, _EYE_Y)
    return SpecimenPortrait(stream.getvalue(), size, (left, right), at(0, _CROWN)[1], at(0, _CHIN)[1])


@dataclass(frozen=True, slots=True)
class _Mask:
    """A grey picture that tells where paint goes; nothing outside its box (left, top, right, bottom)."""

    box: tuple[int, int, int, int]
    levels: Image.Image

    def on(self, box: tuple[int, int, int, int]) -> Image.Image:
        """Return the same mask cut or widened to another box."""
        levels = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        levels.paste(self.levels, (self.box[0] - box[0], self.box[1] - box[1]))
        return levels

    def without(self, other: "_Mask") -> "_Mask":
        return _Mask(self.box, ImageChops.subtract(self.levels, other.on(self.box)))

    def within(self, other: "_Mask") -> "_Mask":
        return _Mask(self.box, ImageChops.multiply(self.levels, other.on(self.box)))


class _Canvas:
    """An oversized picture that is painted in units, through soft masks in place of brushes."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height))
        self.scale_x, self.scale_y = width / _WIDTH, height / _HEIGHT

    def shape(self, outline: Sequence[_Point], *, soft: float = 0) -> _Mask:
        """Return the mask of an outline, its edge blurred over ``soft`` units."""
        mask = self._empty(outline, 3 * soft)
        ImageDraw.Draw(mask.levels).polygon(self._pixels(outline, mask), fill=255)
        return self._blurred(mask, soft)

    def ellipse(self, x: float, y: float, half_width: float, half_height: float, *, soft: float = 0) -> _Mask:
        """Return the mask of an ellipse about ``(x, y)``."""
        corners = [(x - half_width, y - half_height), (x + half_width, y + half_height)]
        mask = self._empty(corners, 3 * soft)
        first, last = self._pixels(corners, mask)
        ImageDraw.Draw(mask.levels).ellipse([*first, *last], fill=255)
        return self._blurred(mask, soft)

    def stroke(self, line: Sequence[_Point], width: float, *, soft: float = 0) -> _Mask:
        """Return the mask of a curve through the points, with round ends."""
        line = _curve(line, closed=False, steps=40)
        mask = self._empty(line, width + 3 * soft)
        draw = ImageDraw.Draw(mask.levels)
        radius = width * self.scale_x / 2
        for x, y in self._pixels(line, mask):
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
        return self._blurred(mask, soft)

    def paint(self, colour: str, mask: _Mask, *, strength: float = 1.0, within: _Mask | None = None) -> None:
        """Put a colour over the picture through a mask, weakened by ``strength``, kept ``within`` another."""
        levels = (mask.within(within) if within else mask).levels
        if strength < 1.0:
            levels = levels.point([round(level * strength) for level in range(256)])
        self.image.paste(ImageColor.getrgb(colour), mask.box, levels)

    def _empty(self, outline: Sequence[_Point], margin: float) -> _Mask:
        xs, ys = [x * self.scale_x for x, _ in outline], [y * self.scale_y for _, y in outline]
        rim = margin * self.scale_x + 2
        box = (int(min(xs) - rim), int(min(ys) - rim), int(max(xs) + rim) + 1, int(max(ys) + rim) + 1)
        return _Mask(box, Image.new("L", (box[2] - box[0], box[3] - box[1])))

    def _pixels(self, outline: Sequence[_Point], mask: _Mask) -> list[_Point]:
        return [(x * self.scale_x - mask.box[0], y * self.scale_y - mask.box[1]) for x, y in outline]

    def _blurred(self, mask: _Mask, soft: float) -> _Mask:
        if not soft:
            return mask
        radius, levels, size = soft * self.scale_x, mask.levels, mask.levels.size
        if radius > 12:  # a wide blur has no detail to lose, and is costly at full size
            levels = levels.reduce(4).filter(ImageFilter.GaussianBlur(radius / 4))
            return _Mask(mask.box, levels.resize(size, Image.Resampling.BILINEAR))
        return _Mask(mask.box, levels.filter(ImageFilter.GaussianBlur(radius)))


def _curve(points: Sequence[_Point], *, closed: bool, steps: int = 12) -> list[_Point]:
    """Return a Catmull-Rom curve through the points."""
    count = len(points)
    result = []
    for index in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(index + shift) % count] for shift in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(index + shift, 0), count - 1)] for shift in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            result.append(
                (
                    _spline(a[0], b[0], c[0], d[0], t),
                    _spline(a[1], b[1], c[1], d[1], t),
                )
            )
    if not closed:
        result.append(points[-1])
    return result


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t)


def _both(half: Sequence[_Point]) -> list[_Point]:
    """Return the whole outline of which the right half is given, as a curve."""
    mirrored = [(-x, y) for x, y in reversed(half) if x]
    return _curve([(_MIDDLE + x, y) for x, y in (*half, *mirrored)], closed=True)


def _sides(points: Sequence[_Point]) -> tuple[list[_Point], list[_Point]]:
    """Return the points on the picture's right and their mirror image."""
    return [(_MIDDLE + x, y) for x, y in points], [(_MIDDLE - x, y) for x, y in points]


def _backdrop(canvas: _Canvas) -> None:
    canvas.paint("#d9e1e8", canvas.shape([(0, 0), (_WIDTH, 0), (_WIDTH, _HEIGHT), (0, _HEIGHT)]))
    canvas.paint("#f3f6f8", canvas.ellipse(_MIDDLE, 200, 170, 210, soft=60))


def _hair_behind(canvas: _Canvas) -> None:
    canvas.paint(_HAIR, canvas.shape(_both(_HAIR_BACK), soft=0.8))


def _neck_and_clothes(canvas: _Canvas) -> None:
    neck = canvas.shape(_both(_NECK))
    canvas.paint(_SKIN, neck)
    canvas.paint(_SKIN_SHADE, canvas.ellipse(_MIDDLE, 418, 96, 36, soft=10), strength=0.7, within=neck)
    for side in (-80, 80):
        canvas.paint(_SKIN_SHADE, canvas.ellipse(_MIDDLE + side, 440, 20, 70, soft=9), strength=0.5, within=neck)
    opening = canvas.shape([(_MIDDLE - 74, 448), (_MIDDLE + 74, 448), (_MIDDLE, 518)])
    body = canvas.shape(_both(_BODY), soft=0.6).without(opening)
    canvas.paint(_JACKET, body)
    for side, strength in ((-118, 0.6), (118, 0.35)):
        shoulder = canvas.ellipse(_MIDDLE + side, 492, 66, 14, soft=12)
        canvas.paint(_JACKET_LIGHT, shoulder, strength=strength, within=body)
    shirt = canvas.shape(_both(_SHIRT_FRONT), soft=0.5)
    canvas.paint(_SHIRT, shirt)
    for lapel, collar in zip(_sides(_LAPEL), _sides(_COLLAR), strict=True):
        canvas.paint(_JACKET_SHADE, canvas.shape(lapel, soft=0.5), strength=0.5)
        canvas.paint(_SHIRT_SHADE, canvas.stroke(collar, 4, soft=2.5), strength=0.8, within=shirt)
        canvas.paint(_SKIN_SHADE, canvas.stroke(collar, 6, soft=3), strength=0.5, within=neck.without(shirt))
        canvas.paint(_SHIRT, canvas.shape(collar, soft=0.5))


def _ears(canvas: _Canvas) -> None:
    for outline, fold in zip(_sides(_EAR), _sides(_EAR_FOLD), strict=True):
        ear = canvas.shape(_curve(outline, closed=True), soft=0.6)
        canvas.paint(_SKIN, ear)
        canvas.paint(_SKIN_SHADE, canvas.stroke(fold, 5, soft=2.2), strength=0.7, within=ear)


def _face(canvas: _Canvas) -> None:
    face = canvas.shape(_both(_FACE), soft=0.7)
    canvas.paint(_SKIN, face)
    rim = face.without(canvas.shape(_both([(x * 0.93, y) for x, y in _FACE]), soft=11))
    canvas.paint(_SKIN_SHADE, rim, strength=0.6, within=face)
    canvas.paint(_SKIN_LIGHT, canvas.ellipse(_MIDDLE - 6, 172, 62, 34, soft=18), strength=0.55, within=face)
    canvas.paint(_SKIN_LIGHT, canvas.ellipse(_MIDDLE, 414, 24, 11, soft=7), strength=0.45, within=face)
    for sign in (-1, 1):
        cheek = canvas.ellipse(_MIDDLE + sign * 66, 304, 26, 18, soft=12)
        canvas.paint("#d88f78", cheek, strength=0.35, within=face)
        cheekbone = canvas.ellipse(_MIDDLE + sign * 62, 278, 26, 9, soft=8)
        canvas.paint(_SKIN_LIGHT, cheekbone, strength=0.5, within=face)


def _nose(canvas: _Canvas) -> None:
    for side, strength in zip(_sides(_NOSE_SIDE), (0.5, 0.28), strict=True):  # the light comes from the left
        canvas.paint(_SKIN_SHADE, canvas.stroke(side, 9, soft=5.5), strength=strength)
    for wing, nostril in zip(_sides(_NOSE_WING), _sides(_NOSTRIL), strict=True):
        canvas.paint(_SKIN_SHADE, canvas.stroke(wing, 2.6, soft=1.3), strength=0.75)
        canvas.paint("#5d3527", canvas.stroke(nostril, 4.6, soft=1.0), strength=0.85)
    canvas.paint(_SKIN_SHADE, canvas.ellipse(_MIDDLE, 330, 22, 4, soft=4), strength=0.45)
    canvas.paint(_SKIN_LIGHT, canvas.ellipse(_MIDDLE - 2, 268, 5, 36, soft=4), strength=0.75)
    canvas.paint(_SKIN_LIGHT, canvas.ellipse(_MIDDLE - 2, 304, 8, 7, soft=3.5), strength=0.8)


def _mouth(canvas: _Canvas) -> None:
    canvas.paint("#b0665a", canvas.shape(_both(_UPPER_LIP), soft=1.0))
    canvas.paint("#c37b6e", canvas.shape(_both(_LOWER_LIP), soft=1.0))
    canvas.paint("#e3a598", canvas.ellipse(_MIDDLE - 3, 381, 15, 3.4, soft=2.6), strength=0.75)
    line = [(_MIDDLE + x, y) for x, y in ((-43, 372), (-18, 373.5), (0, 374.5), (18, 373.5), (43, 372))]
    canvas.paint("#6a342f", canvas.stroke(line, 2.3, soft=0.7), strength=0.9)
    canvas.paint(_SKIN_SHADE, canvas.ellipse(_MIDDLE, 398, 24, 4, soft=4.5), strength=0.55)
    canvas.paint(_SKIN_SHADE, canvas.ellipse(_MIDDLE, 346, 4, 9, soft=3), strength=0.3)


def _eyes(canvas: _Canvas) -> None:
    for sign in (-1, 1):
        _eye(canvas, _MIDDLE + sign * _EYE_APART / 2, sign)


def _eye(canvas: _Canvas, middle: float, sign: int) -> None:
    def place(points: Sequence[_Point]) -> list[_Point]:
        return [(middle + sign * x, _EYE_Y + y) for x, y in points]

    canvas.paint(_SKIN_SHADE, canvas.ellipse(middle, _EYE_Y - 9, 27, 14, soft=7), strength=0.5)
    canvas.paint(_SKIN_SHADE, canvas.stroke(place(_EYE_BAG), 3, soft=3), strength=0.35)
    white = canvas.shape(_curve(place(_EYE_OPENING), closed=True), soft=0.5)
    canvas.paint("#f4f1ec", white)
    canvas.paint("#4b3122", canvas.ellipse(middle, _EYE_Y, 10.4, 10.4, soft=0.5), within=white)
    canvas.paint("#7d5636", canvas.ellipse(middle, _EYE_Y + 2, 7.6, 7.0, soft=1.6), within=white)
    canvas.paint("#140d0a", canvas.ellipse(middle, _EYE_Y, 4.5, 4.5, soft=0.4), within=white)
    canvas.paint("#3c2a22", canvas.ellipse(middle, _EYE_Y - 11, 24, 7, soft=2.5), strength=0.6, within=white)
    canvas.paint("#ffffff", canvas.ellipse(middle - 3.2, _EYE_Y - 3.6, 2.1, 2.1, soft=0.4), strength=0.95)
    canvas.paint("#2a1b15", canvas.stroke(place(_EYE_LID), 3.1, soft=0.6))
    canvas.paint("#7b4f3d", canvas.stroke(place(_EYE_LOWER_LID), 1.4, soft=0.7), strength=0.7)
    canvas.paint("#7b4f3d", canvas.stroke(place(_EYE_CREASE), 1.8, soft=0.9), strength=0.65)
    canvas.paint(_HAIR, canvas.shape(_curve(place(_BROW), closed=True), soft=1.5), strength=0.9)


def _hair(canvas: _Canvas) -> None:
    outline = _curve(_HAIR_FRONT, closed=True)
    shadow = canvas.shape([(x, y + 7) for x, y in outline], soft=6)
    canvas.paint(_SKIN_SHADE, shadow, strength=0.3, within=canvas.shape(_both(_FACE)))
    hair = canvas.shape(outline, soft=0.9)
    canvas.paint(_HAIR, hair)
    for step in range(9):  # combed from the parting to both sides
        x = 158 + step * 9
        lock = [(x, 106 - step), (x + 30 + step * 3, 68 + step * 2), (x + 78 + step * 6, 92 + step * 7)]
        canvas.paint(_HAIR_LIGHT, canvas.stroke(lock, 2.6, soft=2.2), strength=0.28, within=hair)
    for step in range(5):
        lock = [(150 - step * 7, 104 + step), (126 - step * 5, 104 + step * 6), (110 - step * 3, 140 + step * 9)]
        canvas.paint(_HAIR_LIGHT, canvas.stroke(lock, 2.4, soft=2.2), strength=0.25, within=hair)
    canvas.paint("#8a715f", canvas.ellipse(226, 74, 62, 8, soft=9), strength=0.4, within=hair)


def _word(canvas: _Canvas) -> None:
    ImageDraw.Draw(canvas.image).text(
        (_MIDDLE * canvas.scale_x, 467 * canvas.scale_y),
        "SPECIMEN",
        font=font("specimen", 46 * canvas.scale_x),
        anchor="mm",
        fill="#ffffff",
        stroke_width=round(1.3 * canvas.scale_x),
        stroke_fill="#8f1029",
    )
