"""Reading of data objects within limits, shared by the data groups."""

from functools import lru_cache

from tjdocs import limits
from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import Place
from tjdocs.errors import UsageError
from tjdocs.lds.lds_problems import LdsError

__all__ = ["MAX_FILE", "MAX_OBJECTS", "UnknownObject", "encode_unknown", "objects", "outer", "tag_list"]

MAX_FILE = limits.CHIP_FILE
MAX_OBJECTS = limits.DATA_OBJECTS

UnknownObject = tuple[int, bytes]
"""Tag and content of an object that the standard does not place there; kept as it is."""


def outer(data: bytes, tag: int, name: str) -> tuple[int, int, bytes, int]:
    """Return start and end of the content of the file ``name``, the file's bytes, and the number of bytes after them.

    :raises LdsError: it is of another file or too large
    :raises TlvError: it cannot be read
    """
    if len(data) > MAX_FILE:
        raise LdsError("limit", f"more than {MAX_FILE} bytes")
    actual, _, start, end = tlv.place(data)
    if actual != tag:
        raise LdsError("tag", f"{name} begins with tag {tag:02X}, this with {actual:02X}")
    trailing = len(data) - end
    return start, end, bytes(data[:end]) if trailing else bytes(data), trailing


def objects(data: bytes, start: int, end: int, limit: int = MAX_OBJECTS) -> list[Place]:
    """Return the places of the data objects that fill ``data[start:end]``.

    :raises LdsError: more than ``limit``
    :raises TlvError: they cannot be read
    """
    places, stopped = tlv.places(data, start, end, limit)
    if stopped < end:
        raise LdsError("limit", f"more than {limit} data objects", stopped)
    return places


@lru_cache(maxsize=256)
def tag_list(value: bytes, offset: int) -> tuple[int, ...]:
    """Return the tags in a tag list (5C); an issuer writes the same into every document, hence the memory.

    :raises LdsError: the last one is cut, one is longer than three bytes, or there are too many
    """
    tags: list[int] = []
    position = 0
    while position < len(value):
        if len(tags) == MAX_OBJECTS:
            raise LdsError("limit", f"more than {MAX_OBJECTS} tags", offset + position)
        start = position
        tag = value[position]
        position += 1
        more = tag & 0x1F == 0x1F
        while more:
            if position == len(value):
                raise LdsError("cut", "tag list ends within a tag", offset + start)
            if position - start == 3:
                raise LdsError("form", "tag is longer than three bytes", offset + start)
            more = bool(value[position] & 0x80)
            tag = tag << 8 | value[position]
            position += 1
        tags.append(tag)
    return tuple(tags)


def tag_bytes(tag: int) -> bytes:
    """Return a tag as a file has it."""
    return tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big")


def encode_unknown(unknown: tuple[UnknownObject, ...]) -> bytes:
    """Return unknown objects one after the other."""
    return b"".join(tlv.encode(tag, value) for tag, value in unknown)


def usable(condition: bool, message: str, *, where: str, hint: str = "") -> None:
    """Refuse to encode what no reader could read back.

    :raises UsageError: ``condition`` is false
    """
    if not condition:
        raise UsageError(message, where=where, hint=hint)
