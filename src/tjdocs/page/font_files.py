"""The bundled fonts; their licences lie beside them in ``fonts/``."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

from tjdocs.errors import UsageError

__all__ = ["FONTS", "font", "font_file"]

FONTS = {
    "bold": "NotoSans-Bold.ttf",
    "condensed": "NotoSans-SemiCondensed.ttf",
    "condensed-oblique": "NotoSans-SemiCondensedItalic.ttf",
    "specimen": "DejaVuSans-Bold.ttf",
    "ocr-b": "OCRB.ttf",
}


def font_file(name: str) -> Path:
    """Return where a bundled font lies.

    :raises UsageError: there is no such font
    """
    if name not in FONTS:
        raise UsageError("no such font", where=name, hint=f"there are {', '.join(FONTS)}")
    return Path(str(files("tjdocs.page").joinpath("fonts", FONTS[name])))


@lru_cache(maxsize=256)
def font(name: str, size: float) -> ImageFont.FreeTypeFont:
    """Return a bundled font.

    :param name: ``bold``, ``condensed``, ``condensed-oblique`` (Noto Sans), ``ocr-b``, or ``specimen`` of the drawn
        portrait (DejaVu Sans)
    :param size: in pixels
    :raises UsageError: there is no such font
    """
    # The basic engine is part of every Pillow, so that the same text gives the same pixels everywhere.
    return ImageFont.truetype(str(font_file(name)), size, layout_engine=ImageFont.Layout.BASIC)
