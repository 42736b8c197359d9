"""EF.ATR/INFO: the lengths of commands and answers that a chip can take (Doc 9303-10, 3.11, table 29)."""

from dataclasses import dataclass, field

from tjdocs.asn1 import der, tlv
from tjdocs.lds.lds_problems import LdsError, guarded

__all__ = ["EfAtrInfo"]

_CAPABILITIES, _LENGTHS, _INTEGER = 0x47, 0x7F66, 0x02
_CHAINING, _EXTENDED, _LENGTHS_HERE = 0x80, 0x40, 0x20
_MOST_OBJECTS = 16
_MOST = 4  # octets of a length; one of them is for the sign


@dataclass(frozen=True, slots=True)
class EfAtrInfo:
    """EF.ATR/INFO.

    :param most_command: bytes of the longest command, header and lengths included; None where the file has no lengths
    :param most_answer: bytes of the longest answer, status word included
    :param capabilities: the three bytes of the card's capabilities; empty where the file has none
    """

    most_command: int | None
    most_answer: int | None
    capabilities: bytes = field(default=bytes((0x84, 0x01, _EXTENDED | _LENGTHS_HERE)))

    @property
    def chaining(self) -> bool:
        """Whether the card takes one command in several parts."""
        return len(self.capabilities) == 3 and bool(self.capabilities[2] & _CHAINING)

    @property
    def extended(self) -> bool:
        """Whether the card takes commands of extended length."""
        return len(self.capabilities) == 3 and bool(self.capabilities[2] & _EXTENDED)

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "EfAtrInfo":
        """Read EF.ATR/INFO. Objects that are not of interest here are passed over, and so are zeros at the end.

        :raises LdsError: it is malformed
        """
        content = data.rstrip(b"\x00")
        entries, end = tlv.places(data, 0, len(content), _MOST_OBJECTS)
        if end < len(content):
            raise LdsError("limit", f"more than {_MOST_OBJECTS} objects", end)
        objects = {tag: (begin, stop) for tag, _, begin, stop in entries}
        if len(objects) != len(entries):
            raise LdsError("duplicate", "an object twice")
        begin, stop = objects.get(_CAPABILITIES, (0, 0))
        if _LENGTHS not in objects:
            return cls(None, None, data[begin:stop])
        numbers, _ = tlv.places(data, *objects[_LENGTHS], 2)
        sizes = [_size(data[first:last], first) for tag, _, first, last in numbers if tag == _INTEGER]
        if len(sizes) != 2:
            raise LdsError("value", "not two lengths", objects[_LENGTHS][0])
        return cls(sizes[0], sizes[1], data[begin:stop])

    def encode(self) -> bytes:
        """Return the file."""
        lengths = b"".join(der.integer(number) for number in (self.most_command, self.most_answer) if number)
        return tlv.encode(_CAPABILITIES, self.capabilities) + (tlv.encode(_LENGTHS, lengths) if lengths else b"")


def _size(octets: bytes, offset: int) -> int:
    number = int.from_bytes(octets, "big", signed=True)
    if not 0 < len(octets) <= _MOST or number <= 0:
        raise LdsError("value", "a length that is not a positive number", offset)
    return number
