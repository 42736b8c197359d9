"""Features: tag, length and value, one after the other, closed by the signature (Doc 9303-13, 2.3 and 2.4)."""

from dataclasses import dataclass, field

from tjdocs.errors import UsageError
from tjdocs.seal.seal_problems import SealProblem

__all__ = ["SIGNATURE", "Feature", "encode", "read"]

SIGNATURE = 0xFF
_MAX_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a seal.

    :param value: its bytes (personal data: not in ``repr``)
    :param offset: of its tag in the seal
    :param head: number of bytes of tag and length
    """

    tag: int
    value: bytes = field(repr=False)
    offset: int = field(default=0, compare=False)
    head: int = field(default=2, compare=False)

    @property
    def end(self) -> int:
        """Offset of the first byte after it."""
        return self.offset + self.head + len(self.value)


def encode(tag: int, value: bytes, *, der: bool) -> bytes:
    """Return a feature, or with the tag :data:`SIGNATURE` the signature zone.

    :param der: the length as DER has it (header version 4), else in one byte (version 3)
    :raises UsageError: a length that one byte cannot hold
    """
    size = len(value)
    if not der or size < 0x80:
        if size > 0xFF:
            raise UsageError("too long a value", where=f"feature {tag:02X}", hint="at most 255 bytes in version 3")
        return bytes((tag, size)) + value
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + value


def read(data: bytes, offset: int, *, der: bool) -> tuple[tuple[Feature, ...], Feature | None, tuple[SealProblem, ...]]:
    """Return the features from ``offset`` on, the signature zone, and the problems. Never raises an error.

    The signature zone's length is DER in both versions.
    """
    features: list[Feature] = []
    problems: list[SealProblem] = []
    seen = set()
    while offset < len(data):
        tag = data[offset]
        name = "signature" if tag == SIGNATURE else f"feature {tag:02X}"
        item, minimal = _one(data, offset, der=der or tag == SIGNATURE)
        if not minimal:
            problems.append(SealProblem("length-form", name, offset=offset + 1))
        if item is None:
            # an unusable length has been named; a value that is cut has not
            return tuple(features), None, (*problems, *((SealProblem("cut", name, offset=offset),) if minimal else ()))
        if tag == SIGNATURE:
            if item.end < len(data):
                problems.append(SealProblem("trailing", "", offset=item.end))
            if not item.value or len(item.value) % 2:
                problems.append(SealProblem("signature-length", "", offset=offset))
            return tuple(features), item, tuple(problems)
        if tag in seen:
            problems.append(SealProblem("feature-duplicate", name, offset=offset))
        seen.add(tag)
        features.append(item)
        offset = item.end
    return tuple(features), None, (*problems, SealProblem("signature-missing", "", offset=offset))


def _one(data: bytes, offset: int, *, der: bool) -> tuple[Feature | None, bool]:
    """Return the feature at ``offset``, None where it is unreadable or cut, and whether its length is minimal."""
    start = offset + 2
    if start > len(data):
        return None, True
    size, minimal = data[offset + 1], True
    if der and size >= 0x80:
        count = size & 0x7F
        if not 1 <= count <= _MAX_LENGTH_BYTES:
            return None, False
        octets = data[start : start + count]
        start += count
        if start > len(data):
            return None, True
        size = int.from_bytes(octets, "big")
        minimal = size >= 0x80 and octets[0] != 0
    if start + size > len(data):
        return None, minimal
    return Feature(data[offset], data[start : start + size], offset, start - offset), minimal
