"""Images of all kinds: opened within limits, and made plain: upright, and on white."""

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tjdocs import image_header, limits

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "ArithmeticCodingError",
    "check_coding",
    "is_parted",
    "most_pixels",
    "on_white",
    "open_file",
    "upright_on_white",
]

_TIFF = b"II*\0", b"MM\0*"
# A whole frame header of arithmetic coding (10918-1, B.2.2), of 8 or 12 bits and up to ten components, as many as
# libjpeg reads. A strip of a TIFF file begins anywhere; by chance, this is in no file.
_FRAMES = b"|".join(b"\\x%02x[\x08\x0c].{4}\\x%02x" % (8 + 3 * count, count) for count in range(1, 11))
_ARITHMETIC_FRAME = re.compile(rb"\xff[\xc9-\xcb\xcd-\xcf]\0(?:" + _FRAMES + rb")", re.DOTALL)


class ArithmeticCodingError(ValueError):
    """A JPEG image that is arithmetic-coded: a scan of some bytes costs as much as one of megabytes."""


def check_coding(data: bytes) -> None:
    """Refuse an image file that is not decoded, whatever its size, before anything of it is.

    :raises ArithmeticCodingError: JPEG, also in TIFF, is arithmetic-coded, which no standard of travel documents allows
    :raises ValueError: no frame is found in a JPEG file, or no codestream in a JPEG 2000 file, or it has more parts
        than are decoded
    """
    if data.startswith(_TIFF) and _ARITHMETIC_FRAME.search(data):
        raise ArithmeticCodingError
    if image_header.kind(data):
        claims = image_header.head(data)
        if claims is None:
            raise ValueError("a header without a size")
        if claims.arithmetic:
            raise ArithmeticCodingError
        if is_parted(claims):
            raise ValueError("too many tiles, components, precincts or layers")


def is_parted(claims: image_header.ImageHead) -> bool:
    """Whether a JPEG 2000 image has more parts than are decoded: each costs memory and time, and none needs a byte."""
    return (
        claims.tiles > limits.TILES
        or claims.components > limits.COMPONENTS
        or claims.precincts > limits.PRECINCTS
        or claims.packets > limits.PACKETS
    )


def open_file(data: bytes, formats: Sequence[str]) -> "Image.Image":
    """Return an image file's picture, not yet decoded; the one place in which Pillow looks for a reader of a file.

    :raises ValueError: it is of a coding that is not decoded, or what Pillow raises of a damaged file
    """
    from PIL import Image

    check_coding(data)
    return Image.open(io.BytesIO(data), formats=tuple(formats))


def most_pixels(data: bytes) -> int:
    """Return how many pixels are decoded of an image file: fewer where each costs more.

    JPEG may ask for each in many scans, JPEG 2000 has a price for each bit plane of each component.
    """
    most = limits.pixels(len(data))
    claims = image_header.head(data)
    if claims is None:
        return most
    if claims.kind == image_header.JPEG2000:
        return min(most, limits.bit_planes(len(data)) // max(1, claims.components * (claims.planes + 8)))
    return min(most, limits.SCANNED_PIXELS // max(1, claims.scans))


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
