"""BER-TLV as the LDS uses it (ISO/IEC 7816-4, 5.2.2; Doc 9303-10, 4.6): definite lengths, tags up to three bytes.

A reader of hostile files: no recursion on input, no copying of unused bytes, lengths checked first.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tjdocs import limits

__all__ = [
    "MAX_DEPTH",
    "Place",
    "Tlv",
    "TlvError",
    "announced",
    "children",
    "encode",
    "encode_header",
    "encode_length",
    "place",
    "places",
    "read",
    "walk",
]

MAX_DEPTH = limits.DEPTH
_MAX_LENGTH_BYTES = 4


class TlvError(ValueError):
    """Bytes that are not BER-TLV, with the ``offset`` of the error."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(f"{message} at offset {offset}")
        self.message = message
        self.offset = offset


class Tlv(NamedTuple):
    """One data object. A tuple, since readers make many of them.

    :param tag: the tag's bytes as a number, for example ``0x5F1F``
    :param offset: of its first byte in the file
    :param header: number of tag and length bytes
    :param value: content bytes, as read
    """

    tag: int
    offset: int
    header: int
    value: bytes

    def __repr__(self) -> str:
        return f"Tlv(tag={self.tag:#x}, offset={self.offset}, header={self.header})"

    @property
    def end(self) -> int:
        """Offset of the first byte after it."""
        return self.offset + self.header + len(self.value)

    @property
    def constructed(self) -> bool:
        """Whether the tag says that it holds data objects."""
        first = self.tag
        while first > 0xFF:
            first >>= 8
        return bool(first & 0x20)


Place = tuple[int, int, int, int]
"""Where a data object stands: its tag, the offset of its first byte, of its content, and just behind it."""


def read(data: bytes, offset: int = 0, *, end: int | None = None, base: int = 0) -> Tlv:
    """Read the data object at ``offset``.

    :param end: where the enclosing object ends (default: the end of ``data``)
    :param base: added to offsets reported, where ``data`` is itself part of a file
    :raises TlvError: it is cut, of indefinite length, or its tag or length has an unusable form
    """
    tag, offset, start, stop = _place(data, offset, len(data) if end is None else end, base)
    return Tlv(tag, base + offset, start - offset, bytes(data[start:stop]))


def places(data: bytes, start: int, end: int, most: int) -> tuple[list[Place], int]:
    """Return the places of the data objects that fill ``data[start:end]``, and the offset where reading stopped.

    That is ``end``, unless there are more than ``most``. Nothing is copied.

    :raises TlvError: as :func:`read`
    """
    objects: list[Place] = []
    while start < end and len(objects) < most:
        # the usual ones here, a tag of one byte or two and a short length; the rest in `_place`
        tag, content = data[start], start + 2
        usual = tag & 0x1F != 0x1F
        if not usual and content < end and data[start + 1] < 0x80:
            tag, content, usual = tag << 8 | data[start + 1], content + 1, True
        if usual and content <= end and (length := data[content - 1]) < 0x80 and length <= end - content:
            item = (tag, start, content, content + length)
        else:
            item = _place(data, start, end, 0)
        objects.append(item)
        start = item[3]
    return objects, start


def place(data: bytes, start: int = 0, *, end: int | None = None) -> Place:
    """Return the place of the data object at ``start``. Nothing is copied.

    :param end: where the enclosing object ends (default: the end of ``data``)
    :raises TlvError: as :func:`read`
    """
    return _place(data, start, len(data) if end is None else end, 0)


def announced(data: bytes) -> int:
    """Return where the first data object ends by its own length, of which ``data`` may have the beginning alone.

    :raises TlvError: tag or length is cut or has an unusable form
    """
    try:
        return _place(data, 0, 1 << 40, 0)[3]
    except IndexError:
        raise TlvError("header is cut", 0) from None


def _place(data: bytes, start: int, end: int, base: int) -> Place:
    content = start + 2
    if content <= end and data[start] & 0x1F != 0x1F and (length := data[start + 1]) < 0x80 and content + length <= end:
        return data[start], start, content, content + length  # the usual: one byte each for tag and length
    if start >= end:
        raise TlvError("missing data object", base + start)
    tag, offset = data[start], start + 1
    if tag & 0x1F == 0x1F:
        for _ in range(2):
            if offset >= end:
                raise TlvError("tag is cut", base + start)
            byte = data[offset]
            tag = tag << 8 | byte
            offset += 1
            if not byte & 0x80:
                break
        else:
            raise TlvError("tag is longer than three bytes", base + start)
    if offset >= end:
        raise TlvError("length is cut", base + start)
    length = data[offset]
    offset += 1
    if length == 0x80:
        raise TlvError("indefinite length", base + start)
    if length > 0x80:
        count = length & 0x7F
        if count > _MAX_LENGTH_BYTES:
            raise TlvError("length has too many bytes", base + start)
        if offset + count > end:
            raise TlvError("length is cut", base + start)
        length = int.from_bytes(data[offset : offset + count], "big")
        offset += count
    if length > end - offset:
        raise TlvError(f"content is cut: {length} bytes announced, {end - offset} there", base + start)
    return tag, start, offset, offset + length


def children(tlv: Tlv) -> Iterator[Tlv]:
    """Yield the data objects inside ``tlv``, with offsets in the file.

    :raises TlvError: as :func:`read`, when the iteration reaches the defect
    """
    return _sequence(tlv.value, tlv.offset + tlv.header)


def _sequence(data: bytes, base: int) -> Iterator[Tlv]:
    position = 0
    while position < len(data):
        child = read(data, position, base=base)
        yield child
        position = child.end - base


def walk(data: bytes, *, base: int = 0) -> Iterator[tuple[int, Tlv]]:
    """Yield every data object in ``data`` with its depth, outermost first, in the order of the file.

    :raises TlvError: as :func:`read`, or more than ``MAX_DEPTH`` levels
    """
    stack = [_sequence(data, base)]
    while stack:
        tlv = next(stack[-1], None)
        if tlv is None:
            stack.pop()
            continue
        yield len(stack) - 1, tlv
        if tlv.constructed:
            if len(stack) >= MAX_DEPTH:
                raise TlvError(f"more than {MAX_DEPTH} levels", tlv.offset)
            stack.append(children(tlv))


def encode(tag: int, value: bytes) -> bytes:
    """Return a data object with the shortest length form."""
    size = len(value)
    if tag < 0x100 and size < 0x80:
        return bytes((tag, size)) + value
    return encode_header(tag, size) + value


def encode_header(tag: int, size: int) -> bytes:
    """Return a tag and the shortest length of ``size`` bytes."""
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + encode_length(size)


def encode_length(size: int) -> bytes:
    """Return the shortest form of a length."""
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets
