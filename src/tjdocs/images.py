"""Images of all kinds made plain: upright, and on white."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["on_white", "upright_on_white"]


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
