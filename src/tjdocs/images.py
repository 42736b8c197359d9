"""Images of all kinds made plain: upright, and on white."""

from typing import TYPE_CHECKING

from tjdocs import limits

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["most_pixels", "on_white", "upright_on_white"]

_JPEG, _SCAN = b"\xff\xd8\xff", b"\xff\xda"


def most_pixels(data: bytes) -> int:
    """Return how many pixels are decoded of an image file: fewer where each is asked for in many scans (JPEG)."""
    # within compressed data FF is always stuffed: this never counts too few scans
    scans = data.count(_SCAN) if data.startswith(_JPEG) else 1
    return min(limits.pixels(len(data)), limits.SCANNED_PIXELS // max(1, scans))


def on_white(image: "Image.Image") -> "Image.Image":
    """Return an image whose transparent parts are white; another is returned as it is."""
    from PIL import Image

    if not image.has_transparency_data:
        return image
    clear = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", clear.size, "#ffffff"), clear)


def upright_on_white(image: "Image.Image") -> "Image.Image":
    """Return an image upright as its camera says (Exif, Orientation), transparent parts white."""
    from PIL import ImageOps

    return on_white(ImageOps.exif_transpose(image))
