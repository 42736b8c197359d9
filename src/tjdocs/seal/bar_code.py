"""The bar code around a seal: drawn, and read from a picture (Doc 9303-13, 2.1).

The symbologies are ``zxing-cpp``'s. Pictures come from anywhere: their size is looked at before they are decoded.
"""

import struct
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tjdocs import limits
from tjdocs.errors import InputError, UsageError
from tjdocs.images import most_pixels, on_white, open_file
from tjdocs.seal import coding_file
from tjdocs.seal.coding_file import Symbology
from tjdocs.seal.vds_header import MAGIC

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["BarCodeError", "draw_bar_code", "is_picture", "read_bar_code", "read_bar_codes", "symbologies"]

MAX_MODULE = 64
MAX_QUIET = 64
_FORMATS = ("PNG", "JPEG")
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
# known so that they are called pictures that are not read, and not forged seals: JPEG 2000, TIFF, BMP, GIF, WebP, PDF
_OTHERS = (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51", b"II*\0", b"MM\0*", b"BM", b"GIF8", b"RIFF", b"%PDF")
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error)


class BarCodeError(InputError):
    """A picture from which no one seal can be taken.

    :param reason: ``no-picture``, ``limit``, ``no-code`` or ``several``
    """

    def __init__(self, reason: str, message: str, hint: str) -> None:
        super().__init__(message, where="picture", hint=hint)
        self.reason = reason


@cache
def _symbologies() -> Mapping[str, Symbology]:
    return MappingProxyType({row.id: row for row in coding_file.tables().symbology})


def symbologies() -> tuple[str, ...]:
    """Return the names of the symbologies in which seals are drawn and read, the default first."""
    return tuple(_symbologies())


def draw_bar_code(
    data: bytes, symbology: str = "data-matrix", module: int = 4, *, quiet: int | None = None
) -> "Image.Image":
    """Return the bar code that holds ``data``, black on white, mode ``L``.

    :param symbology: ``data-matrix``, ``qr`` or ``aztec``
    :param module: pixels a side of one module; at 300 dpi at least 4 for ink-jet printers
    :param quiet: modules of quiet zone around it; that of ``specs/seals/coding.toml`` unless given
    :raises UsageError: an unknown symbology, an unusable size, or more data than it holds
    """
    import zxingcpp
    from PIL import Image

    row = _symbologies().get(symbology)
    if row is None:
        raise UsageError("unknown symbology", where=str(symbology), hint=f"one of {', '.join(symbologies())}")
    quiet = row.quiet if quiet is None else quiet
    for value, low, high, where in ((module, 1, MAX_MODULE, "module"), (quiet, 0, MAX_QUIET, "quiet")):
        if not isinstance(value, int) or not low <= value <= high:
            raise UsageError("unusable size", where=where, hint=f"{low} to {high}")
    if not isinstance(data, bytes) or not data:
        raise UsageError("missing bytes to draw", where="data", hint="Seal.encode()")
    # by default the library writes ECI 899 before bytes, and hides it when it reads them
    options: dict[str, Any] = {"eci": row.eci}
    if row.level:
        options["ec_level"] = row.level
    if row.square:
        options["force_square"] = True
    try:
        format_ = zxingcpp.barcode_format_from_str(row.format)
        code = zxingcpp.create_barcode(data, format_, **options).to_image(scale=1, add_quiet_zones=False)
    except ValueError:
        raise UsageError("more data than the bar code holds", where=symbology, hint="another symbology") from None
    height, width = code.shape
    buffer: Any = code  # its types do not tell that it is one
    modules = Image.frombytes("L", (width, height), bytes(memoryview(buffer)))
    picture = Image.new("L", ((width + 2 * quiet) * module, (height + 2 * quiet) * module), 255)
    picture.paste(modules.resize((width * module, height * module), Image.Resampling.NEAREST), (quiet * module,) * 2)
    return picture


def is_picture(data: bytes) -> bool:
    """Whether bytes begin as a picture of a usual kind; of these PNG and JPEG are read."""
    return data.startswith((*_STARTS, *_OTHERS))


def read_bar_codes(image: bytes) -> list[bytes]:
    """Return the content of every seal in a picture, each once, whichever way it is turned; other codes are left out.

    Where none is found, a small picture is also read enlarged, and any picture light on dark, at most a million of
    its pixels.

    :raises CodeError: ``no-picture`` or ``limit``
    """
    picture = _grey(image)
    for tried in _tries(picture):
        codes = _read(_calmed(tried))
        if codes:
            return codes
    return []


def _tries(picture: "Image.Image") -> Iterator["Image.Image"]:
    from PIL import Image, ImageOps

    yield picture
    if picture.width * picture.height <= limits.SMALL_PICTURE:
        # modules of one or two pixels
        yield picture.resize((picture.width * 3, picture.height * 3), Image.Resampling.BICUBIC)
    while picture.width * picture.height > limits.SMALL_PICTURE:
        picture = picture.reduce(2)
    # few print a seal light on dark, and looking for it takes as long as all the rest
    yield ImageOps.invert(picture)


def read_bar_code(image: bytes) -> bytes:
    """Return the content of the one seal in a PNG or JPEG picture.

    :raises CodeError: it is not a picture, has too many pixels, or has no seal or several
    """
    codes = read_bar_codes(image)
    if not codes:
        raise BarCodeError("no-code", "the picture has no seal", "a sharp picture with white around the bar code")
    if len(codes) > 1:
        raise BarCodeError("several", f"{len(codes)} seals in the picture", "one seal at a time")
    return codes[0]


def _grey(image: bytes) -> "Image.Image":
    from PIL import Image

    most = most_pixels(image)
    hint = f"a PNG or JPEG picture; of this one at most {most} pixels are read"
    try:
        picture: Image.Image = open_file(image, _FORMATS)
        if picture.width * picture.height > most or max(picture.size) > limits.SEAL_SIDE:
            raise BarCodeError("limit", "too large a picture", hint)
        return on_white(picture).convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BarCodeError("limit", "too large a picture", hint) from None
    except _UNREADABLE:
        raise BarCodeError("no-picture", "not a readable picture", hint) from None


def _calmed(picture: "Image.Image") -> "Image.Image":
    """Return a picture halved until it has no more edges than are looked at.

    Symbols are looked for at each edge. A sheet has few of them, a picture full of dots has millions.
    """
    while max(_edges(picture)) > limits.EDGES:
        picture = picture.reduce(2)
    return picture


_CONTRAST = 12  # of pixels next to each other; the library takes less than 24 in an area for plain


def _edges(picture: "Image.Image") -> tuple[int, int]:
    """Return how many pixels differ from the next one in their row, and in their column."""
    from PIL import ImageChops

    width, height = picture.size
    shifted = (
        (picture.crop((1, 0, width, height)), picture.crop((0, 0, width - 1, height))),
        (picture.crop((0, 1, width, height)), picture.crop((0, 0, width, height - 1))),
    )
    rows, columns = (sum(ImageChops.difference(*pair).histogram()[_CONTRAST:]) for pair in shifted)
    return rows, columns


def _read(picture: "Image.Image") -> list[bytes]:
    import zxingcpp

    view = memoryview(picture.tobytes()).cast("B", (picture.height, picture.width))
    formats = zxingcpp.BarcodeFormats([zxingcpp.barcode_format_from_str(row.format) for row in _symbologies().values()])
    codes = zxingcpp.read_barcodes(view, formats=formats, try_invert=False)
    return list(dict.fromkeys(code.bytes for code in codes if code.bytes[:1] == bytes((MAGIC,))))
