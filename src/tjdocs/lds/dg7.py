"""DG7: displayed signature or usual mark (Doc 9303-10, 4.7.7): image files as they are, JPEG or JPEG 2000."""

from dataclasses import dataclass, field

from tjdocs import image_header
from tjdocs.asn1 import tlv
from tjdocs.lds.data_objects import objects, outer, usable
from tjdocs.lds.lds_problems import LdsError, guarded

__all__ = ["Dg7"]

_TAG, _NUMBER, _IMAGE = 0x67, 0x02, 0x5F43
_MOST = 9


@dataclass(frozen=True, slots=True)
class Dg7:
    """DG7.

    :param images: each image file's bytes
    """

    images: tuple[bytes, ...] = field(repr=False)

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "Dg7":
        """Read DG7.

        :raises LdsError: it is malformed, or the number of images is not theirs
        """
        start, end, _, _ = outer(data, _TAG, "DG7")
        members = [(tag, data[first:last]) for tag, _, first, last in objects(data, start, end)]
        if not members or members[0][0] != _NUMBER or any(tag != _IMAGE for tag, _ in members[1:]):
            raise LdsError("form", "DG7 has a number, then images")
        if int.from_bytes(members[0][1], "big") != len(members) - 1:
            raise LdsError("form", "the number of images is not theirs")
        return cls(tuple(bytes(image) for _, image in members[1:]))

    def encode(self) -> bytes:
        """Return the file.

        :raises UsageError: no image or more than nine, or one that is neither JPEG nor JPEG 2000
        """
        usable(0 < len(self.images) <= _MOST, "no images of DG7", where="images", hint=f"1 to {_MOST}")
        for image in self.images:
            usable(
                bool(image_header.kind(image)), "no picture of a known format", where="images", hint="JPEG, JPEG 2000"
            )
        body = tlv.encode(_NUMBER, bytes([len(self.images)]))
        return tlv.encode(_TAG, body + b"".join(tlv.encode(_IMAGE, image) for image in self.images))
