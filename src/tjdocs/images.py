"""Images of all kinds: opened within limits, and made plain: upright, and on white."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tjdocs import image_header, limits

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "ArithmeticCodingError",
    "NotDecodedError",
    "check_coding",
    "is_parted",
    "most_pixels",
    "on_white",
    "open_file",
    "upright_on_white",
]

# Codings of a TIFF file that are decoded: none, Huffman, G3, G4, LZW, deflate by two numbers, PackBits. A file in JPEG
# has tables, frames and scans in many places, which may be the same bytes; later codings have no bound of ours.
_TIFF_CODINGS = frozenset({1, 2, 3, 4, 5, 8, 32946, 32773})
_NO_HEADER = {
    image_header.JPEG: "no frame header: the file is cut before it, or has none",
    image_header.JPEG2000: "no whole header of a codestream: the file is cut in it, or has none",
}
_BLOCK = 16  # pixels of the side of the largest block that JPEG codes as a whole, in usual sampling


class NotDecodedError(ValueError):
    """An image file, damaged or not, of a coding or with parts that are not decoded."""


class ArithmeticCodingError(NotDecodedError):
    """A JPEG image that is arithmetic-coded: a scan of some bytes costs as much as one of megabytes."""


def check_coding(data: bytes) -> None:
    """Refuse an image file that is not decoded, whatever its size, before anything of it is.

    :raises ArithmeticCodingError: JPEG is arithmetic-coded, which no standard of travel documents allows
    :raises NotDecodedError: a JPEG 2000 file has more parts than are decoded; a TIFF file has another coding, or tiles
        much larger than its picture
    :raises ValueError: no frame is found in a JPEG file, or no whole header of a codestream in a JPEG 2000 file
    """
    if data.startswith(image_header.TIFF):
        _check_tiff(data)
    if kind := image_header.kind(data):
        claims = image_header.head(data)
        if claims is None:
            raise ValueError(_NO_HEADER[kind])
        if claims.arithmetic:
            raise ArithmeticCodingError("arithmetic-coded JPEG")
        if is_parted(claims):
            raise NotDecodedError("too many tiles, components, precincts or layers")


def _check_tiff(data: bytes) -> None:
    claims = image_header.tiff_head(data)
    if claims is None:
        raise ValueError("a directory that may be read in two ways")
    if claims.compression not in _TIFF_CODINGS:
        raise NotDecodedError("a coding that is not decoded in TIFF")
    width, length = claims.size
    if claims.decoded > limits.TILED * (width * length + limits.SMALL_PICTURE):
        raise NotDecodedError("tiles larger than the picture")


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
    return min(most, int(limits.SCANNED_PIXELS / max(1, claims.scans) / max(map(_padded, claims.sizes))))


def _padded(size: tuple[int, int]) -> float:
    """Return how many pixels JPEG codes for one of a picture: it codes whole blocks, also of a picture a pixel wide."""
    whole = 1
    for side in size:
        whole *= -(-max(1, side) // _BLOCK) * _BLOCK
    return whole / max(1, size[0] * size[1])


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
