"""A bar code as a picture of its modules, at any size."""

from itertools import groupby
from math import gcd

from PIL import Image, ImageOps

from tjdocs.errors import UsageError
from tjdocs.page.page_layout import Box, CodePlace

__all__ = ["fit_code", "modules_of"]

_LARGEST = 4_000_000  # pixels of the picture handed over
_FEWEST = 8  # modules across the smallest Data Matrix


def modules_of(picture: Image.Image) -> Image.Image:
    """Return a bar code's modules, a pixel each, mode 1, without quiet zone.

    :param picture: mode 1 or L, dark on light, every module the same whole number of pixels across, with or without
        quiet zone
    :raises UsageError: it is another kind of picture
    """
    hint = "a picture of mode 1 or L, dark modules on light, each the same whole number of pixels across"
    if not isinstance(picture, Image.Image) or picture.mode not in ("1", "L") or not 0 < _area(picture) <= _LARGEST:
        raise UsageError("not a bar code", where="code", hint=hint)
    dark = picture.convert("L").point([255] * 128 + [0] * 128)
    box = dark.getbbox()
    if box is None:
        raise UsageError("not a bar code", where="code", hint=hint)
    dark = dark.crop(box)
    module = gcd(_step(dark), _step(dark.transpose(Image.Transpose.TRANSPOSE)))
    small = dark.resize((dark.width // module, dark.height // module), Image.Resampling.NEAREST)
    if min(small.size) < _FEWEST:
        raise UsageError("not a bar code", where="code", hint=hint)
    return ImageOps.invert(small).convert("1", dither=Image.Dither.NONE)


def _area(picture: Image.Image) -> int:
    return picture.width * picture.height


def _step(dark: Image.Image) -> int:
    """Return the greatest common divisor of the lengths of all runs of one colour in the rows."""
    pixels, width, step = dark.tobytes(), dark.width, 0
    for start in range(0, len(pixels), width):
        for _, run in groupby(pixels[start : start + width]):
            step = gcd(step, sum(1 for _ in run))
            if step == 1:
                return 1
    return step


def fit_code(picture: Image.Image, place: CodePlace) -> tuple[Image.Image, Box]:
    """Return a printed bar code with quiet zone, mode 1, and its box in the lower right corner of its place.

    :raises UsageError: it is not a bar code, or too large for its place
    """
    modules = modules_of(picture)
    width, height = ((side + 2 * place.quiet) * place.module for side in modules.size)
    if width > place.box.width or height > place.box.height:
        most = min(place.box.width, place.box.height) // place.module - 2 * place.quiet
        raise UsageError("too large a bar code for its place on the page", where="code", hint=f"{most} modules at most")
    printed = Image.new("1", (width, height), 1)
    rim = place.quiet * place.module
    large = modules.resize((width - 2 * rim, height - 2 * rim), Image.Resampling.NEAREST)
    printed.paste(large, (rim, rim))
    return printed, Box(place.box.right - width, place.box.bottom - height, place.box.right, place.box.bottom)
