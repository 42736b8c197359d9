"""The face of ISO/IEC 39794-5 as Doc 9303-10, 4.7.2 uses it: found by its path, never decoded further than that.

Readers must take it since 1 January 2026, issuers use nothing else from 1 January 2030.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tjdocs import image_header
from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import Place
from tjdocs.errors import UsageError
from tjdocs.lds.data_objects import objects
from tjdocs.lds.lds_problems import LdsError, guarded

__all__ = ["Iso39794Face"]

_FORMATS: Mapping[int, str] = MappingProxyType(
    {2: image_header.JPEG, 3: image_header.JPEG2000, 4: image_header.JPEG2000}
)
_DATA_FORMAT: Mapping[str, int] = MappingProxyType({image_header.JPEG: 2, image_header.JPEG2000: 3})
# standard record, face, representations, representation, image representation, base, 2D block
_TO_IMAGE = (0xA1, 0x65, 0xA1, 0x30, 0xA1, 0xA0, 0xA0)


@dataclass(frozen=True, slots=True)
class Iso39794Face:
    """What tjdocs takes from a record of ISO/IEC 39794-5.

    :param image: the JPEG or JPEG 2000 file; empty when it is not where the profile puts it
    :param data_format: code of the image's format: 2 JPEG, 3 JPEG 2000 with losses, 4 without; None if not given
    :param width, height: in pixels, as the record claims; None if not given
    :param generation, year: of the standard, 3 and 2019
    """

    image: bytes = field(repr=False)
    data_format: int | None = None
    width: int | None = None
    height: int | None = None
    generation: int = 3
    year: int = 2019
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """Content of 7F2E as read; empty when it was not read."""

    @classmethod
    def parse(cls, data: bytes, *, base: int = 0) -> "Iso39794Face":
        """Read the content of a 7F2E object; alternatives of the wider standard are kept in ``raw`` alone.

        :param base: offset of the content in its file, for errors
        :raises LdsError: it is not TLV
        """
        try:
            return cls._parse(data)
        except LdsError as error:
            raise LdsError(error.reason, error.message, base + error.offset) from None

    @classmethod
    @guarded
    def _parse(cls, data: bytes) -> "Iso39794Face":
        version = _numbers(data, _find(data, (0xA1, 0x65, 0xA0)))
        block = _find(data, _TO_IMAGE)
        image = _find(data, (0x80,), block)
        information = _find(data, (0xA1,), block)
        data_format = _numbers(data, _find(data, (0xA0,), information)).get(0x80)
        size = _numbers(data, _find(data, (0xA7,), information))
        face = cls(
            data[image[2] : image[3]] if image else b"",
            data_format,
            size.get(0x80),
            size.get(0x81),
            version.get(0x80, 3),
            version.get(0x81, 2019),
        )
        object.__setattr__(face, "raw", data)
        return face

    @property
    def format(self) -> str:
        """``JPEG``, ``JPEG2000`` or empty, by the image's own first bytes."""
        return image_header.kind(self.image)

    @property
    def claimed_format(self) -> str:
        """``JPEG``, ``JPEG2000`` or empty, by the record."""
        return _FORMATS.get(-1 if self.data_format is None else self.data_format, "")

    def encode(self) -> bytes:
        """Return the content of 7F2E: as read, or with the profile's mandatory fields (and the size, if given).

        :raises UsageError: no JPEG or JPEG 2000 image, a number that is negative
        """
        if self.raw:
            return self.raw
        data_format = _DATA_FORMAT.get(self.format) if self.data_format is None else self.data_format
        if data_format is None:
            raise UsageError("not an image of DG2", where="image", hint="a JPEG or JPEG 2000 file")
        information = tlv.encode(0xA0, _number(0x80, data_format))
        if self.width is not None and self.height is not None:
            information += tlv.encode(0xA7, _number(0x80, self.width) + _number(0x81, self.height))
        content = tlv.encode(0x80, self.image) + tlv.encode(0xA1, information)
        content = tlv.encode(0xA1, tlv.encode(0xA0, tlv.encode(0xA0, content)))
        content = tlv.encode(0xA1, tlv.encode(0x30, _number(0x80, 0) + content))
        version = tlv.encode(0xA0, _number(0x80, self.generation) + _number(0x81, self.year))
        return tlv.encode(0xA1, tlv.encode(0x65, version + content))


def _find(data: bytes, path: tuple[int, ...], inside: Place | bool | None = True) -> Place | None:
    """Return the first object at ``path`` below ``inside`` (True: the whole of ``data``)."""
    if isinstance(inside, bool):
        start, end = 0, len(data)
    elif inside is None:
        return None
    else:
        _, _, start, end = inside
    item_place: Place | None = None
    for tag in path:
        item_place = next((item for item in objects(data, start, end) if item[0] == tag), None)
        if item_place is None:
            return None
        _, _, start, end = item_place
    return item_place


def _numbers(data: bytes, inside: Place | None) -> dict[int, int]:
    """Return the small numbers directly inside an object, by tag."""
    if inside is None:
        return {}
    _, _, start, end = inside
    return {
        tag: int.from_bytes(data[begin:stop], "big", signed=True)
        for tag, _, begin, stop in objects(data, start, end)
        if 0 < stop - begin <= 4
    }


def _number(tag: int, value: int) -> bytes:
    if value < 0:
        raise UsageError("negative number", where="face", hint="0 or more")
    return tlv.encode(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))
