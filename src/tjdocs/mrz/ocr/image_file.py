"""A given picture as brightness: every file gives pixels or an :class:`InputError`."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from struct import error as struct_error

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from tjdocs import inputs
from tjdocs.errors import InputError, UsageError
from tjdocs.images import NotDecodedError, check_coding, most_pixels, on_white

__all__ = ["open_picture"]

_HINT = "a JPEG, PNG, TIFF, BMP, GIF, WebP, JPEG 2000 or PPM picture"
# The first bytes tell the reader. Image.open would try others, and warn of large pictures process-wide.
_READERS: tuple[tuple[type[ImageFile], int, tuple[bytes, ...]], ...] = (
    (JpegImageFile, 0, (b"\xff\xd8\xff",)),
    (PngImageFile, 0, (b"\x89PNG\r\n\x1a\n",)),
    (TiffImageFile, 0, (b"II*\0", b"MM\0*")),
    (BmpImageFile, 0, (b"BM",)),
    (GifImageFile, 0, (b"GIF8",)),
    (WebPImageFile, 8, (b"WEBP",)),
    (Jpeg2KImageFile, 4, (b"jP  \r\n\x87\n",)),
    (Jpeg2KImageFile, 0, (b"\xff\x4f\xff\x51",)),
    (PpmImageFile, 0, (b"P4", b"P5", b"P6")),
)
# What Pillow's readers raise on damaged files.
_DAMAGED = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError, RuntimeError,
    MemoryError, struct_error, Image.DecompressionBombError,
)  # fmt: skip
_ORIENTATION = 0x0112
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_picture(
    image: str | os.PathLike[str] | bytes | Image.Image, *, max_bytes: int, max_pixels: int
) -> NDArray[np.uint8]:
    """Return a picture's pixels: height, width, RGB; turned as its EXIF data say, transparent parts white.

    Of an animation or a file of several pages the first picture is taken.

    :raises InputError: no picture, damaged or cut, of a coding that is not decoded, or over the limits
    :raises UsageError: ``image`` is neither a path, nor bytes, nor a picture
    """
    where = "image"
    if isinstance(image, (str, os.PathLike)):
        where = os.fspath(image)
        image = inputs.read_file(where, max_bytes)
    if isinstance(image, (bytes, bytearray, memoryview)):
        if len(image) > max_bytes:
            raise InputError("over the limit", where=where, hint=f"at most {max_bytes} bytes are read")
        data = bytes(image)
        max_pixels = min(max_pixels, most_pixels(data))
        image = _reader(data, where)
    if not isinstance(image, Image.Image):
        raise UsageError("not a picture", where="image", hint="give a path, the bytes of a file, or a Pillow image")
    if image.width * image.height > max_pixels:
        raise InputError("too large a picture", where=where, hint=f"at most {max_pixels} pixels are decoded")
    if not image.width or not image.height:
        raise InputError("a picture without pixels", where=where, hint=_HINT)
    try:
        with _quiet():
            return np.asarray(_turned(_plain(image), image))
    except _DAMAGED:
        raise InputError("a damaged picture", where=where, hint=_HINT) from None


def _reader(data: bytes, where: str) -> Image.Image:
    """Return a file's picture, not yet decoded."""
    for reader, at, marks in _READERS:
        if data.startswith(marks, at):
            try:
                with _quiet():
                    check_coding(data)
                    return reader(BytesIO(data))
            except NotDecodedError as error:
                raise InputError("a picture that is not decoded", where=where, hint=str(error)) from None
            except _DAMAGED:
                raise InputError("a damaged picture", where=where, hint=_HINT) from None
    raise InputError("not a picture" if data else "empty", where=where, hint=_HINT)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Pillow's warnings about a file's side issues to ourselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _plain(image: Image.Image) -> Image.Image:
    """Return any kind of picture as RGB of 8 bits."""
    image.load()
    if image.mode.startswith(("I", "F")):
        values = np.nan_to_num(np.asarray(image, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        if not image.mode.startswith("I;16"):  # of 32 bits the range that is used
            values = (values - values.min()) * (65535 / max(1e-9, float(np.ptp(values))))
        return Image.fromarray((values / 257).clip(0, 255).astype(np.uint8)).convert("RGB")
    return on_white(image).convert("RGB")


def _turned(plain: Image.Image, image: Image.Image) -> Image.Image:
    """Turn a picture as the file's EXIF data say; where they are damaged it stays as it is."""
    way = None
    with suppress(*_DAMAGED):
        way = _TURNED.get(image.getexif().get(_ORIENTATION, 1))
    return plain if way is None else plain.transpose(way)
