"""The bundled fonts, with their licences next to them: for pages, the specimen portrait, and OCR."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from tjdocs.errors import UsageError

if TYPE_CHECKING:
    from PIL import ImageFont

__all__ = ["FONTS", "font", "font_file"]

FONTS = {
    "bold": "NotoSans-Bold.ttf",
    "condensed": "NotoSans-SemiCondensed.ttf",
    "condensed-oblique": "NotoSans-SemiCondensedItalic.ttf",
    "specimen": "DejaVuSans-Bold.ttf",
    "ocr-b": "OCRB.ttf",
    "ocr-b-outlines": "OCRB.otf",
}


def font_file(name: str) -> Path:
    """Return the path of a bundled font.

    :raises UsageError: there is no such font
    """
    if name not in FONTS:
        raise UsageError("unknown font", where=name, hint=f"there are {', '.join(FONTS)}")
    return Path(str(files("tjdocs.fonts").joinpath(FONTS[name])))


@lru_cache(maxsize=256)
def font(name: str, size: float) -> "ImageFont.FreeTypeFont":
    """Return a bundled font.

    :param name: ``bold``, ``condensed``, ``condensed-oblique`` (Noto Sans), ``ocr-b``, or ``specimen`` of the drawn
        portrait (DejaVu Sans)
    :param size: in pixels
    :raises UsageError: there is no such font
    """
    from PIL import ImageFont

    # The basic engine is part of every Pillow, so that the same text gives the same pixels everywhere.
    return ImageFont.truetype(str(font_file(name)), size, layout_engine=ImageFont.Layout.BASIC)
