"""An image's format, size and kind, read from its first segments without decoding (ISO/IEC 10918-1, 15444-1)."""

from msgspec import Struct

__all__ = ["JPEG", "JPEG2000", "ImageHead", "head", "kind"]

JPEG, JPEG2000 = "JPEG", "JPEG2000"
_JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_CODESTREAM = b"\xff\x4f\xff\x51"
_MAX_SEGMENTS = 256
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


class ImageHead(Struct, frozen=True):
    """Claims of an image's header.

    :param kind: ``JPEG`` or ``JPEG2000``
    :param sizes: every width and height announced: a JPEG 2000 file announces two, that of the box and that of the
        codestream, and a decoder may believe either
    :param tiles: number of JPEG 2000 tiles announced
    :param scans: upper bound of the number of JPEG scans
    :param metadata: whether an Exif or similar segment is there
    """

    kind: str
    sizes: tuple[tuple[int, int], ...]
    tiles: int = 1
    scans: int = 1
    metadata: bool = False


def kind(data: bytes) -> str:
    """Return ``JPEG``, ``JPEG2000`` (file or bare codestream) or an empty text, by the first bytes."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith((_JP2, _CODESTREAM)):
        return JPEG2000
    return ""


def head(data: bytes) -> ImageHead | None:
    """Return what the header claims, None when it is neither JPEG nor JPEG 2000 or has no size."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(_CODESTREAM):
        siz = _siz(data, 0)
        return ImageHead(JPEG2000, (siz[0],), siz[1]) if siz else None
    return _jp2(data) if data.startswith(_JP2) else None


def _jpeg(data: bytes) -> ImageHead | None:
    sizes: list[tuple[int, int]] = []
    metadata = False
    position = 2
    for _ in range(_MAX_SEGMENTS):
        while data[position : position + 2] == b"\xff\xff":
            position += 1
        if position + 4 > len(data) or data[position] != 0xFF:
            break
        marker = data[position + 1]
        if marker in _NO_LENGTH:
            position += 2
            continue
        if marker in (0xD9, 0xDA):
            break
        if marker in _START_OF_FRAME and position + 9 <= len(data):
            height, width = data[position + 5 : position + 7], data[position + 7 : position + 9]
            sizes.append((int.from_bytes(width, "big"), int.from_bytes(height, "big")))
        metadata = metadata or (0xE1 <= marker <= 0xED and marker != 0xE2)
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    # Within compressed data FF is always stuffed, so this never counts too few scans.
    return ImageHead(JPEG, tuple(sizes), 1, data.count(b"\xff\xda"), metadata) if sizes else None


def _jp2(data: bytes) -> ImageHead | None:
    sizes: list[tuple[int, int]] = []
    tiles = 1
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
            siz = _siz(data, start)
            if siz is None:
                return None
            sizes.append(siz[0])
            tiles = siz[1]
            break
        if length < 8:
            break
        position += length
    return ImageHead(JPEG2000, tuple(sizes), tiles) if sizes else None


def _siz(data: bytes, start: int) -> tuple[tuple[int, int], int] | None:
    if data[start : start + 4] != _CODESTREAM or start + 40 > len(data):
        return None
    values = [int.from_bytes(data[i : i + 4], "big") for i in range(start + 8, start + 40, 4)]
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top = values
    if not (left < right and top < bottom and tile_width and tile_height):
        return None
    across = -(-(right - tile_left) // tile_width)
    down = -(-(bottom - tile_top) // tile_height)
    return (right - left, bottom - top), max(1, across) * max(1, down)
