"""DG1: the machine-readable zone on the chip (Doc 9303-10, 4.7.1); its characters, not their meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tjdocs.asn1 import tlv
from tjdocs.lds import ef_catalogue
from tjdocs.lds.data_objects import UnknownObject, encode_unknown, objects, outer, usable
from tjdocs.lds.lds_problems import LdsError, guarded
from tjdocs.spans import Span

__all__ = ["Dg1", "spans"]

_TAG, _ZONE = 0x61, 0x5F1F
_FORMATS: Mapping[int, tuple[str, int]] = MappingProxyType({90: ("TD1", 30), 72: ("TD2", 36), 88: ("TD3", 44)})


@dataclass(frozen=True, slots=True)
class Dg1:
    """DG1.

    :param zone: the zone's lines joined, 90, 72 or 88 characters. Every byte becomes one character (ISO 8859-1), so
        that a character which no zone may hold is seen by whoever reads the zone
    :param unknown: objects that the standard does not place there
    """

    zone: str = field(repr=False)
    unknown: tuple[UnknownObject, ...] = field(default=(), repr=False)
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The file as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes after the file's object when it was read."""

    @classmethod
    def from_lines(cls, lines: Sequence[str]) -> "Dg1":
        """Return DG1 for the lines of a zone.

        :raises UsageError: lines that are of no format, or characters that no zone may hold
        """
        group = cls("".join(lines))
        group.encode()
        usable(tuple(lines) == group.lines, "lines of unequal length", where="lines", hint="3 x 30, 2 x 36 or 2 x 44")
        return group

    @property
    def format(self) -> str:
        """``TD1``, ``TD2`` or ``TD3``, by the number of characters; empty for another number."""
        return _FORMATS.get(len(self.zone), ("", 0))[0]

    @property
    def lines(self) -> tuple[str, ...]:
        """The zone's lines."""
        width = _FORMATS.get(len(self.zone), ("", len(self.zone) or 1))[1]
        return tuple(self.zone[i : i + width] for i in range(0, len(self.zone), width))

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "Dg1":
        """Read DG1.

        :raises LdsError: it is malformed, or the zone's length is of no format
        """
        begin, end, raw, trailing = outer(data, _TAG, "DG1")
        zone: bytes | None = None
        unknown: list[UnknownObject] = []
        for tag, offset, start, stop in objects(raw, begin, end):
            if tag != _ZONE:
                unknown.append((tag, raw[start:stop]))
            elif zone is not None:
                raise LdsError("duplicate", "zone 5F1F occurs twice", offset)
            elif stop - start not in _FORMATS:
                raise LdsError("value", f"zone of {stop - start} characters, not 90, 72 or 88", offset)
            else:
                zone = raw[start:stop]
        if zone is None:
            raise LdsError("missing", "zone 5F1F is not there", end)
        parsed = cls(zone.decode("latin-1"), tuple(unknown))
        object.__setattr__(parsed, "raw", raw)
        object.__setattr__(parsed, "trailing", trailing)
        return parsed

    def encode(self) -> bytes:
        """Return the file: as read, or made from the zone.

        :raises UsageError: a zone of another length, or characters that no zone may hold
        """
        if self.raw:
            return self.raw
        hint = "the lines joined: 90 (TD1), 72 (TD2) or 88 (TD3) of A-Z, 0-9 and <"
        usable(len(self.zone) in _FORMATS, f"zone of {len(self.zone)} characters", where="zone", hint=hint)
        usable(
            not set(self.zone) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"),
            "character that no zone may hold",
            where="zone",
            hint=hint,
        )
        return tlv.encode(_TAG, tlv.encode(_ZONE, self.zone.encode()) + encode_unknown(self.unknown))


def spans(data: bytes) -> tuple[Span, ...]:
    """Return DG1 as labelled spans; never raises."""
    return ef_catalogue.spans(data)
