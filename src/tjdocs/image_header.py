"""An image's format, size and kind, read from its first segments without decoding (ISO/IEC 10918-1, 15444-1)."""

import re
import struct
from struct import unpack_from

from msgspec import Struct

__all__ = ["JPEG", "JPEG2000", "TIFF", "ImageHead", "TiffHead", "head", "kind", "tiff_head"]

JPEG, JPEG2000 = "JPEG", "JPEG2000"
TIFF = b"II*\0", b"MM\0*"
_JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_CODESTREAM = b"\xff\x4f\xff\x51"
_MAX_SEGMENTS = 256
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ARITHMETIC = frozenset(range(0xC9, 0xD0))  # its frames, and DAC
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_MARKER = re.compile(rb"\xff+([^\0\xff])", re.DOTALL)  # of coded data FF is always stuffed with 00
_EOI, _SOS = 0xD9, 0xDA


class ImageHead(Struct, frozen=True):
    """Claims of an image's header.

    :param kind: ``JPEG`` or ``JPEG2000``
    :param sizes: every width and height announced: a JPEG 2000 file announces two, that of the box and that of the
        codestream, and a decoder may believe either
    :param tiles: number of JPEG 2000 tiles announced
    :param scans: upper bound of the number of JPEG scans, of the picture alone: a camera may write a video behind it
    :param metadata: whether an Exif or similar segment is there, or bytes other than zeros behind the picture
    :param arithmetic: whether a JPEG image is arithmetic-coded, which no standard of travel documents allows
    :param components: number of JPEG 2000 components
    :param planes: upper bound of the bit planes that a JPEG 2000 decoder goes through for a sample
    :param precincts: upper bound of the precincts of a JPEG 2000 image; ``packets``, of those times its layers
    """

    kind: str
    sizes: tuple[tuple[int, int], ...]
    tiles: int = 1
    scans: int = 1
    metadata: bool = False
    arithmetic: bool = False
    components: int = 1
    planes: int = 0
    precincts: int = 0
    packets: int = 0


def kind(data: bytes) -> str:
    """Return ``JPEG``, ``JPEG2000`` (file or bare codestream) or an empty text, by the first bytes."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith((_JP2, _CODESTREAM)):
        return JPEG2000
    return ""


def head(data: bytes) -> ImageHead | None:
    """Return what the header claims, None when it is neither JPEG nor JPEG 2000, is cut, or has no size."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(_CODESTREAM):
        return _codestream(data, 0, ())
    return _jp2(data) if data.startswith(_JP2) else None


def _jpeg(data: bytes) -> ImageHead | None:
    sizes: list[tuple[int, int]] = []
    metadata = arithmetic = False
    position, scans = 2, 0
    for _ in range(_MAX_SEGMENTS):
        # decoders pass over bytes between two segments, and a scan's data end where a marker is
        found = _MARKER.search(data, position)
        if found is None:
            break
        marker, position = found[1][0], found.end()
        if marker == _EOI:
            metadata, position = metadata or bool(data[position:].strip(b"\0")), len(data)
            break
        if marker in _NO_LENGTH:
            continue
        if position + 2 > len(data):
            break
        scans += marker == _SOS
        if marker in _START_OF_FRAME and position + 7 <= len(data):
            height, width = data[position + 3 : position + 5], data[position + 5 : position + 7]
            sizes.append((int.from_bytes(width, "big"), int.from_bytes(height, "big")))
        metadata = metadata or (0xE1 <= marker <= 0xED and marker != 0xE2)
        arithmetic = arithmetic or marker in _ARITHMETIC
        position += max(2, int.from_bytes(data[position : position + 2], "big"))
    scans += data.count(b"\xff\xda", position)  # where more segments are left than were looked at
    return ImageHead(JPEG, tuple(sizes), 1, scans, metadata, arithmetic) if sizes else None


def _jp2(data: bytes) -> ImageHead | None:
    sizes: list[tuple[int, int]] = []
    position = 0
    for _ in range(_MAX_SEGMENTS):
        if position + 8 > len(data):
            break
        length = int.from_bytes(data[position : position + 4], "big")
        box = data[position + 4 : position + 8]
        start = position + 8
        if length == 1:
            length = int.from_bytes(data[position + 8 : position + 16], "big")
            start = position + 16
        if box == b"jp2h" and data[start + 4 : start + 8] == b"ihdr" and start + 16 <= len(data):
            height, width = data[start + 8 : start + 12], data[start + 12 : start + 16]
            sizes.append((int.from_bytes(width, "big"), int.from_bytes(height, "big")))
        if box == b"jp2c":
            return _codestream(data, start, tuple(sizes))
        if length < 8:
            break
        position += length
    return None


def _codestream(data: bytes, start: int, sizes: tuple[tuple[int, int], ...]) -> ImageHead | None:
    if data[start : start + 4] != _CODESTREAM or start + 42 > len(data):
        return None
    values = [int.from_bytes(data[i : i + 4], "big") for i in range(start + 8, start + 40, 4)]
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top = values
    if not (left < right and top < bottom and tile_width and tile_height):
        return None
    across = max(1, -(-(right - tile_left) // tile_width))
    down = max(1, -(-(bottom - tile_top) // tile_height))
    components = int.from_bytes(data[start + 40 : start + 42], "big")
    size = (right - left, bottom - top)
    coding = _coding(data, start, components, (min(tile_width, size[0]), min(tile_height, size[1])))
    if coding is None:
        return None
    precincts = across * down * components * coding.precincts
    return ImageHead(
        JPEG2000,
        (*sizes, size),
        across * down,
        components=components,
        planes=coding.planes,
        precincts=precincts,
        packets=precincts * coding.layers * coding.orders,
    )


_SOT, _SOD, _EOC = 0xFF90, 0xFF93, 0xFFD9
_COD, _COC, _POC = 0xFF52, 0xFF53, 0xFF5F
_QCD, _QCC = 0xFF5C, 0xFF5D
# SIZ, COD, COC, TLM, PLM, PLT, QCD, QCC, POC, CRG, COM: none of them adds planes but QCD and QCC
_PLAIN = frozenset({0xFF51, _COD, _COC, 0xFF55, 0xFF57, 0xFF58, _QCD, _QCC, _POC, 0xFF63, 0xFF64})
# These, RGN, PPM and PPT. A decoder that does not know a marker looks for the next one wherever it is, whatever length
# the segment has; FF30 to FF3F have none.
_SEGMENTS = _PLAIN | {0xFF5E, 0xFF60, 0xFF61}
_MOST_SEGMENTS = 4096  # a tile may have six, and no image of the field has more than some tiles
_MOST_LEVELS = 32  # of decomposition (15444-1, A.6.1)
_ALL_PLANES = 30  # more than any decoder goes through
_ORDERS = 33  # of packets, as POC may change it so often
_WITHOUT_END = 1 << 40


class _Coding(Struct):
    """The worst that the segments of a codestream say.

    :param precincts: of one component in one tile
    """

    tile: tuple[int, int]
    planes: int = 0
    layers: int = 1
    precincts: int = 1
    orders: int = 1

    def unusual(self) -> "_Coding":
        """Return the worst of all: a header that goes on elsewhere than it says."""
        return _Coding(self.tile, _ALL_PLANES, _WITHOUT_END)

    def take(self, marker: int, segment: bytes, components: int) -> None:
        """Take up a segment (15444-1, A.6)."""
        if marker not in _PLAIN:  # as a region of interest, which adds planes
            self.planes = _ALL_PLANES
        skipped = 0 if marker in (_QCD, _COD) else 1 if components < 257 else 2
        if marker in (_QCD, _QCC):
            self.planes = max(self.planes, _quantized(segment[skipped:]))
        elif marker == _POC:
            self.orders = _ORDERS
        elif marker in (_COD, _COC):
            style = segment[skipped] if len(segment) > skipped else 1
            values = segment[skipped + 1 :]
            if marker == _COD:
                self.layers = max(self.layers, int.from_bytes(values[1:3], "big"))
                values = values[4:]
            levels = values[0] if values else 255
            if levels > _MOST_LEVELS:
                self.layers = _WITHOUT_END
                return
            sides = values[5 : 6 + levels] if style & 1 else b"\xff" * (levels + 1)
            self.precincts = max(self.precincts, self._precincts(levels, sides))

    def _precincts(self, levels: int, sides: bytes) -> int:
        """Return how many precincts all resolutions have; a side that is missing is one sample."""
        count = 0
        for resolution in range(levels + 1):
            side = sides[resolution] if resolution < len(sides) else 0
            across, down = (-(-edge >> (levels - resolution)) for edge in self.tile)
            count += ((across >> (side & 15)) + 1) * ((down >> (side >> 4)) + 1)
        return count


def _coding(data: bytes, start: int, components: int, tile: tuple[int, int]) -> _Coding | None:
    """Return what all segments of a codestream ask for: bit planes of the largest coefficient, layers and precincts.

    A header that goes on elsewhere than it says is counted as the worst. None: it is cut.
    """
    coding = _Coding(tile)
    position, until = start + 2, len(data)
    for _ in range(_MOST_SEGMENTS):
        if position + 4 > len(data):
            return coding if position >= len(data) - 2 else coding.unusual()
        marker, length = (int.from_bytes(data[at : at + 2], "big") for at in (position, position + 2))
        if marker == _EOC:
            return coding
        if marker == _SOD:
            if until < position + 2:
                return coding.unusual()
            position, until = until, len(data)
            continue
        if marker == _SOT:
            size = int.from_bytes(data[position + 6 : position + 10], "big")
            until = position + size if size else len(data)
        elif marker not in _SEGMENTS or length < 2:
            return coding.unusual()
        elif position + 2 + length > len(data):
            return None
        else:
            coding.take(marker, data[position + 4 : position + 2 + length], components)
        position += 2 + length
    return coding.unusual()


def _quantized(segment: bytes) -> int:
    style = segment[0] if segment else 0x22
    if style & 0x1F > 2:
        return _ALL_PLANES
    exponents = [value >> 3 for value in (segment[1::2] if style & 0x1F else segment[1:])]
    return min(_ALL_PLANES, max(exponents, default=_ALL_PLANES) + (style >> 5) - 1)


class TiffHead(Struct, frozen=True):
    """Claims of the first directory of a TIFF file.

    :param compression: its number (TIFF 6.0, section 7, and later registrations)
    :param decoded: pixels of all tiles, those outside of the picture too; of the picture where there are none
    """

    size: tuple[int, int]
    compression: int
    decoded: int


_WIDTH, _LENGTH, _COMPRESSION, _TILE_WIDTH, _TILE_LENGTH = 256, 257, 259, 322, 323
_NUMBERS = {3: "H", 4: "I"}  # types of fields: SHORT, LONG


def tiff_head(data: bytes) -> TiffHead | None:
    """Return the claims of a TIFF file, None where a decoder may find others: a field twice, or of another type."""
    order = "<" if data[:2] == b"II" else ">"
    fields: dict[int, int] = {}
    try:
        (start,) = unpack_from(order + "I", data, 4)
        (count,) = unpack_from(order + "H", data, start)
        for place in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind_, many = unpack_from(order + "HHI", data, place)
            if tag not in (_WIDTH, _LENGTH, _COMPRESSION, _TILE_WIDTH, _TILE_LENGTH):
                continue
            if tag in fields or many != 1 or kind_ not in _NUMBERS:
                return None
            (fields[tag],) = unpack_from(order + _NUMBERS[kind_], data, place + 8)
    except struct.error:
        return None
    width, length = fields.get(_WIDTH, 0), fields.get(_LENGTH, 0)
    across, down = fields.get(_TILE_WIDTH, 0), fields.get(_TILE_LENGTH, 0)
    if not (width and length) or (_TILE_WIDTH in fields) != (_TILE_LENGTH in fields):
        return None
    if _TILE_WIDTH in fields and not (across and down):
        return None
    decoded = -(-width // across) * -(-length // down) * across * down if across else width * length
    return TiffHead((width, length), fields.get(_COMPRESSION, 1), decoded)
