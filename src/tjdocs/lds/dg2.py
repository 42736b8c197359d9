"""DG2: the encoded face (Doc 9303-10, 4.7.2): one or more biometric templates with a header and a record each.

Reading looks at the structure only; :func:`tjdocs.portrait.face_image.check_face` decodes the image.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from msgspec import Struct

from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import Place, TlvError
from tjdocs.errors import UsageError
from tjdocs.lds import ef_catalogue
from tjdocs.lds.biometrics.iso19794_face import FaceImage, FacialRecord
from tjdocs.lds.biometrics.iso39794 import Iso39794Face
from tjdocs.lds.data_objects import UnknownObject, encode_unknown, objects, outer
from tjdocs.lds.lds_problems import LdsError, LdsProblem, guarded
from tjdocs.spans import Span

__all__ = ["BiometricHeader", "BiometricTemplate", "Dg2", "Iso39794Face", "spans"]

_TAG, _GROUP, _TEMPLATE, _INSTANCES, _HEADER = 0x75, 0x7F61, 0x7F60, 0x02, 0xA1
_RECORD_19794, _RECORD_39794 = 0x5F2E, 0x7F2E
_MAX_TEMPLATES, _MAX_HEADER = 16, 1024
_HEADER_FIELDS = {
    0x80: "version",
    0x81: "biometric_type",
    0x82: "subtype",
    0x83: "created",
    0x85: "validity",
    0x86: "creator",
    0x87: "format_owner",
    0x88: "format_type",
}


class BiometricHeader(Struct, frozen=True):
    """Header of a biometric template (Doc 9303-10, 4.5.6): each value as its bytes, None where it is not there.

    The defaults are what a face of ISO/IEC 19794-5 has.

    :param version: of the header (80)
    :param biometric_type: 02 for a face (81)
    :param subtype: 00 for none (82)
    :param created: date and time (83)
    :param validity: from and to (85)
    :param creator: of the record (86)
    :param format_owner: 0101 for ISO/IEC JTC 1/SC 37 (87)
    :param format_type: 0008 for a facial record (88)
    """

    version: bytes | None = None
    biometric_type: bytes | None = b"\x02"
    subtype: bytes | None = b"\x00"
    created: bytes | None = None
    validity: bytes | None = None
    creator: bytes | None = None
    format_owner: bytes | None = b"\x01\x01"
    format_type: bytes | None = b"\x00\x08"
    unknown: tuple[UnknownObject, ...] = ()

    def encode(self) -> bytes:
        """Return the header's content."""
        content = b""
        for tag, name in _HEADER_FIELDS.items():
            value: bytes | None = getattr(self, name)
            if value is not None:
                content += tlv.encode(tag, value)
        return content + encode_unknown(self.unknown)


_FACE = BiometricHeader()


@dataclass(frozen=True, slots=True)
class BiometricTemplate:
    """A biometric template: the record and its description."""

    record: FacialRecord | Iso39794Face
    header: BiometricHeader = _FACE
    unknown: tuple[UnknownObject, ...] = field(default=(), repr=False)

    @property
    def problems(self) -> tuple[LdsProblem, ...]:
        """Faults in header and record; the image is not decoded."""
        problems: list[LdsProblem] = []
        if self.header.biometric_type not in (b"\x02", None):
            problems.append(LdsProblem("header-type", detail=self.header.biometric_type.hex()))
        if self.header.format_owner != b"\x01\x01":
            problems.append(LdsProblem("header-format-owner", detail=(self.header.format_owner or b"").hex()))
        if isinstance(self.record, Iso39794Face):
            if self.header.format_type is None:
                problems.append(LdsProblem("header-format-type"))
            if not self.record.image:
                problems.append(LdsProblem("iso39794-unread"))
            elif not self.record.format:
                problems.append(LdsProblem("image-format"))
            elif self.record.claimed_format not in ("", self.record.format):
                problems.append(LdsProblem("record-image-data"))
        else:
            if self.header.format_type != b"\x00\x08":
                problems.append(LdsProblem("header-format-type", detail=(self.header.format_type or b"").hex()))
            problems.extend(self.record.problems)
        if self.unknown or self.header.unknown:
            problems.append(LdsProblem("object-unknown"))
        return tuple(problems)

    def encode(self) -> bytes:
        """Return the content of 7F60.

        :raises UsageError: a record that cannot be coded
        """
        tag = _RECORD_39794 if isinstance(self.record, Iso39794Face) else _RECORD_19794
        content = tlv.encode(_HEADER, self.header.encode()) + tlv.encode(tag, self.record.encode())
        return content + encode_unknown(self.unknown)


@dataclass(frozen=True, slots=True)
class Dg2:
    """DG2.

    :param templates: at least one
    :param instances: number of templates that the file announces, None when it is the right one
    :param unknown: objects that the standard does not place there
    """

    templates: tuple[BiometricTemplate, ...]
    instances: int | None = None
    unknown: tuple[UnknownObject, ...] = field(default=(), repr=False)
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The file as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes after the file's object when it was read."""

    @classmethod
    def of(cls, *faces: FaceImage) -> "Dg2":
        """Return DG2 with one template for each face, as ISO/IEC 19794-5 records."""
        return cls(tuple(BiometricTemplate(FacialRecord((face,))) for face in faces))

    @property
    def images(self) -> tuple[bytes, ...]:
        """All face images, in the order of the file."""
        images: list[bytes] = []
        for template in self.templates:
            if isinstance(template.record, FacialRecord):
                images.extend(face.image for face in template.record.faces)
            elif template.record.image:
                images.append(template.record.image)
        return tuple(images)

    @property
    def problems(self) -> tuple[LdsProblem, ...]:
        """Faults that do not stop reading; images are not decoded."""
        problems = [problem for template in self.templates for problem in template.problems]
        if self.instances is not None:
            problems.append(LdsProblem("instances-count", detail=f"{self.instances}, not {len(self.templates)}"))
        if self.unknown:
            problems.append(LdsProblem("object-unknown"))
        return tuple(problems)

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "Dg2":
        """Read DG2.

        :raises LdsError: it is malformed
        """
        begin, end, raw, trailing = outer(data, _TAG, "DG2")
        unknown: list[UnknownObject] = []
        group: Place | None = None
        for item in objects(raw, begin, end):
            tag, offset, start, stop = item
            if tag != _GROUP:
                unknown.append((tag, raw[start:stop]))
            elif group is not None:
                raise LdsError("duplicate", "group 7F61 occurs twice", offset)
            else:
                group = item
        if group is None:
            raise LdsError("missing", "group 7F61 is not there", end)
        _, _, begin, end = group
        instances: int | None = None
        templates: list[BiometricTemplate] = []
        for item in objects(raw, begin, end):
            tag, offset, start, stop = item
            if tag == _TEMPLATE:
                if len(templates) == _MAX_TEMPLATES:
                    raise LdsError("limit", f"more than {_MAX_TEMPLATES} templates", offset)
                templates.append(_template(raw, item))
            elif tag == _INSTANCES and instances is None:
                if not 0 < stop - start <= 2:
                    raise LdsError("value", "number of instances has another size", offset)
                instances = int.from_bytes(raw[start:stop], "big")
            else:
                unknown.append((tag, raw[start:stop]))
        if instances is None:
            raise LdsError("missing", "number of instances (02) is not there", end)
        if not templates:
            raise LdsError("missing", "biometric template 7F60 is not there", end)
        announced = None if instances == len(templates) else instances
        return cls._read(tuple(templates), announced, tuple(unknown), raw, trailing)

    @classmethod
    def _read(
        cls,
        templates: tuple[BiometricTemplate, ...],
        instances: int | None,
        unknown: tuple[UnknownObject, ...],
        raw: bytes,
        trailing: int,
    ) -> "Dg2":
        """Return the content of ``raw``."""
        parsed = cls(templates, instances, unknown)
        object.__setattr__(parsed, "raw", raw)
        object.__setattr__(parsed, "trailing", trailing)
        return parsed

    def encode(self) -> bytes:
        """Return the file: as read, or made from the fields.

        :raises UsageError: no template, too many, or a record that cannot be coded
        """
        if self.raw:
            return self.raw
        if not 0 < len(self.templates) <= _MAX_TEMPLATES:
            raise UsageError("number of templates", where="templates", hint=f"1 to {_MAX_TEMPLATES}")
        instances = len(self.templates) if self.instances is None else self.instances
        if not 0 <= instances <= 0xFF:
            raise UsageError("number of instances", where="instances", hint="0 to 255, or None")
        content = tlv.encode(_INSTANCES, bytes((instances,)))
        content += b"".join(tlv.encode(_TEMPLATE, template.encode()) for template in self.templates)
        return tlv.encode(_TAG, tlv.encode(_GROUP, content) + encode_unknown(self.unknown))


def _template(data: bytes, template: Place) -> BiometricTemplate:
    _, place, begin, end = template
    header: BiometricHeader | None = None
    record: FacialRecord | Iso39794Face | None = None
    unknown: list[UnknownObject] = []
    for tag, offset, start, stop in objects(data, begin, end):
        if tag == _HEADER and header is None:
            if stop - start > _MAX_HEADER:
                raise LdsError("limit", f"biometric header of more than {_MAX_HEADER} bytes", offset)
            try:
                header = _header(data[start:stop])
            except TlvError as error:
                raise TlvError(error.message, start + error.offset) from None
        elif tag in (_RECORD_19794, _RECORD_39794) and record is None:
            if tag == _RECORD_19794:
                record = FacialRecord.parse(data, start=start, end=stop)
            else:
                record = Iso39794Face.parse(data[start:stop], base=start)
        else:
            unknown.append((tag, data[start:stop]))
    if header is None:
        raise LdsError("missing", "biometric header A1 is not there", place)
    if record is None:
        raise LdsError("missing", "biometric record 5F2E or 7F2E is not there", place)
    return BiometricTemplate(record, header, tuple(unknown))


@lru_cache(maxsize=64)
def _header(content: bytes) -> BiometricHeader:
    """Read a header; an issuer writes the same bytes into every document, hence the memory of some."""
    values: dict[int, bytes] = {}
    unknown: list[UnknownObject] = []
    for tag, _, start, stop in objects(content, 0, len(content)):
        if tag in _HEADER_FIELDS and tag not in values:
            values[tag] = content[start:stop]
        else:
            unknown.append((tag, content[start:stop]))
    get = values.get
    dates = (get(0x83), get(0x85), get(0x86))
    return BiometricHeader(get(0x80), get(0x81), get(0x82), *dates, get(0x87), get(0x88), tuple(unknown))


def spans(data: bytes) -> tuple[Span, ...]:
    """Return DG2 as labelled spans; never raises."""
    return ef_catalogue.spans(data)
