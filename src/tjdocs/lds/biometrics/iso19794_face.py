"""The facial record of ISO/IEC 19794-5:2005, which DG2 carries (Doc 9303-10, 4.7.2): header, faces, images.

Codes are kept as the numbers in the record; ``specs/lds/face.toml`` names them. The image itself is checked and made in
:mod:`tjdocs.portrait`.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from struct import Struct
from struct import error as struct_error
from typing import NamedTuple

from tjdocs import image_header
from tjdocs.errors import UsageError
from tjdocs.lds.biometrics.iso19794_codes import code_name, unusual
from tjdocs.lds.lds_problems import LdsError, LdsProblem
from tjdocs.spans import Span

__all__ = [
    "Eyes",
    "FaceImage",
    "FacialRecord",
    "FeaturePoint",
    "ImageDataType",
    "ImageType",
    "LdsProblem",
    "code_name",
    "spans",
]

Eyes = tuple[tuple[float, float], tuple[float, float]]
"""Centres of the pupils in pixels from the upper left, in either order."""

_CLAUSE = "ISO/IEC 19794-5:2005, 5"
_FORMAT, _VERSION = b"FAC\x00", b"010\x00"
_HEADER = Struct(">4s4sIH")
_INFORMATION = Struct(">IHBBB3sHBBBBBB")
_POINT = Struct(">BBHHH")
_IMAGE = Struct(">BBHHBBHH")
_FIXED = _INFORMATION.size + _IMAGE.size
_MAX_FACES, _MAX_POINTS = 64, 1024
# the fields of `_codes`
_CODED = (
    *("gender", "eye_colour", "hair_colour", "expression", "pose", "pose", "pose"),
    *("pose_uncertainty", "pose_uncertainty", "pose_uncertainty"),
    *("image_type", "image_data_type", "colour_space", "source_type"),
)
_CODINGS = {0: image_header.JPEG, 1: image_header.JPEG2000}


class ImageType(IntEnum):
    """Kind of face image (5.7). Doc 9303 wants full or token frontal."""

    BASIC = 0
    FULL_FRONTAL = 1
    TOKEN_FRONTAL = 2


class ImageDataType(IntEnum):
    """Coding of the image (5.7)."""

    JPEG = 0
    JPEG2000 = 1


class FeaturePoint(NamedTuple):
    """A point of the face (5.6). A tuple, since readers make many of them.

    :param major, minor: MPEG-4 number: 12.1 is the centre of the person's left eye, 12.2 of the right one
    :param x, y: in pixels from the upper left
    :param kind: 1 for a two-dimensional MPEG-4 point
    """

    major: int
    minor: int
    x: int
    y: int
    kind: int = 1
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class FaceImage:
    """One face with its image (5.5 to 5.8). Numbers are codes as in the record; 0 is unspecified.

    :param image: the JPEG or JPEG 2000 file
    :param width, height: in pixels, as the record claims
    :param pose: yaw, pitch, roll as coded: half the angle plus one; 0 unspecified
    :param pose_uncertainty: the same three
    :param property_mask: 24 bits, bit 0 set when the others mean something
    """

    image: bytes = field(repr=False)
    width: int
    height: int
    image_type: int = ImageType.FULL_FRONTAL
    image_data_type: int = ImageDataType.JPEG
    colour_space: int = 1
    source_type: int = 0
    device_type: int = 0
    quality: int = 0
    gender: int = field(default=0, repr=False)
    eye_colour: int = field(default=0, repr=False)
    hair_colour: int = field(default=0, repr=False)
    property_mask: int = field(default=0, repr=False)
    expression: int = field(default=0, repr=False)
    pose: tuple[int, int, int] = field(default=(0, 0, 0), repr=False)
    pose_uncertainty: tuple[int, int, int] = field(default=(0, 0, 0), repr=False)
    feature_points: tuple[FeaturePoint, ...] = field(default=(), repr=False)

    @property
    def eyes(self) -> Eyes | None:
        """Centres of both eyes, the one on the picture's left first, when the record names them."""
        points = {(p.major, p.minor): (float(p.x), float(p.y)) for p in self.feature_points}
        right, left = points.get((12, 2)), points.get((12, 1))
        return (right, left) if right and left else None

    @property
    def format(self) -> str:
        """``JPEG``, ``JPEG2000`` or empty, by the image's own first bytes."""
        return image_header.kind(self.image)

    def encode(self) -> bytes:
        """Return the face's block of the record.

        :raises UsageError: a number that does not fit its place, an empty image
        """
        if not self.image:
            raise UsageError("missing image", where="image", hint="a JPEG or JPEG 2000 file")
        try:
            size = _FIXED + _POINT.size * len(self.feature_points) + len(self.image)
            mask = self.property_mask.to_bytes(3, "big")
            codes = (self.gender, self.eye_colour, self.hair_colour, mask, self.expression)
            block = [_INFORMATION.pack(size, len(self.feature_points), *codes, *self.pose, *self.pose_uncertainty)]
            for p in self.feature_points:
                if not (0 <= p.major < 16 and 0 <= p.minor < 16):
                    raise UsageError("feature point of another form", where="feature_points", hint="0.0 to 15.15")
                block.append(_POINT.pack(p.kind, p.major << 4 | p.minor, p.x, p.y, p.reserved))
            size_and_colour = (self.width, self.height, self.colour_space, self.source_type)
            kinds = (self.image_type, self.image_data_type)
            block.append(_IMAGE.pack(*kinds, *size_and_colour, self.device_type, self.quality))
        except (struct_error, OverflowError):
            raise UsageError("number that does not fit its place", where="face", hint=_CLAUSE) from None
        return b"".join((*block, self.image))


@dataclass(frozen=True, slots=True)
class FacialRecord:
    """A facial record.

    :param faces: one for each image, at least one
    :param claimed_length: length that the header claims, None when it is the right one
    :param rest: bytes after the last face
    """

    faces: tuple[FaceImage, ...]
    claimed_length: int | None = None
    rest: bytes = field(default=b"", repr=False)

    @classmethod
    def parse(cls, data: bytes, *, start: int = 0, end: int | None = None) -> "FacialRecord":
        """Read a record; the image is not looked at.

        :param start, end: place of the record in its file (default: all of ``data``)
        :raises LdsError: it is malformed
        """
        end = len(data) if end is None else end
        if end - start < _HEADER.size:
            raise LdsError("cut", "facial record ends in its header", start)
        identifier, version, length, count = _HEADER.unpack_from(data, start)
        if identifier != _FORMAT:
            raise LdsError("form", "not a facial record: format identifier", start)
        if version != _VERSION:
            raise LdsError("version", "facial record of a version that is not read", start + 4)
        if not count:
            raise LdsError("missing", "facial record without a face", start + 12)
        if count > _MAX_FACES:
            raise LdsError("limit", f"more than {_MAX_FACES} faces", start + 12)
        faces: list[FaceImage] = []
        position = start + _HEADER.size
        for _ in range(count):
            face, position = _face(data, position, end)
            faces.append(face)
        return cls(tuple(faces), None if length == end - start else length, data[position:end])

    def encode(self) -> bytes:
        """Return the record; one that was read has the same bytes.

        :raises UsageError: no face, too many, or a number that does not fit its place
        """
        if not 0 < len(self.faces) <= _MAX_FACES:
            raise UsageError("number of faces", where="faces", hint=f"1 to {_MAX_FACES}")
        body = b"".join(face.encode() for face in self.faces) + self.rest
        length = _HEADER.size + len(body) if self.claimed_length is None else self.claimed_length
        return _HEADER.pack(_FORMAT, _VERSION, length, len(self.faces)) + body

    @property
    def problems(self) -> tuple[LdsProblem, ...]:
        """Faults that do not stop reading: lengths, undefined codes, an image of another coding than claimed."""
        problems: list[LdsProblem] = []
        if self.claimed_length is not None or self.rest:
            problems.append(LdsProblem("record-length"))
        for number, face in enumerate(self.faces, 1):
            subject = f"face {number}"
            for name, value, later in _unusual(_codes(face)):
                detail = f"{name} {value}"
                if later:
                    problems.append(LdsProblem("record-code-later", subject, detail))
                else:
                    problems.append(LdsProblem("record-code", subject, detail))
            if face.image_type == ImageType.BASIC:
                problems.append(LdsProblem("record-image-type", subject))
            claimed, actual = _CODINGS.get(face.image_data_type), face.format
            if not actual:
                problems.append(LdsProblem("image-format", subject))
            elif claimed and claimed != actual:
                problems.append(LdsProblem("record-image-data", subject, f"claimed {claimed}, found {actual}"))
        return tuple(problems)


def _face(data: bytes, start: int, limit: int) -> tuple[FaceImage, int]:
    """Return the face whose block begins at ``start`` of a record that ends at ``limit``, and the block's end."""
    if start + _FIXED > limit:
        raise LdsError("cut", "facial record ends in a face's block", start)
    size, count, gender, eye_colour, hair_colour, mask, expression, *angles = _INFORMATION.unpack_from(data, start)
    points = start + _INFORMATION.size
    information = points + count * _POINT.size
    end = start + size
    if size < _FIXED + count * _POINT.size:
        raise LdsError("value", "face's block is shorter than its content", start)
    if end > limit:
        raise LdsError("cut", f"face's block of {size} bytes, {limit - start} there", start)
    if count > _MAX_POINTS:
        raise LdsError("limit", f"more than {_MAX_POINTS} feature points", start)
    features: tuple[FeaturePoint, ...] = ()
    if count:
        features = tuple(
            [
                FeaturePoint(code >> 4, code & 15, x, y, kind, reserved)
                for kind, code, x, y, reserved in _POINT.iter_unpack(data[points:information])
            ]
        )
    image_type, data_type, width, height, colour, source, device, quality = _IMAGE.unpack_from(data, information)
    image = data[information + _IMAGE.size : end]
    if not image:
        raise LdsError("missing", "face without an image", information)
    face = FaceImage(
        image,
        width,
        height,
        image_type,
        data_type,
        colour,
        source,
        device,
        quality,
        gender,
        eye_colour,
        hair_colour,
        int.from_bytes(mask, "big"),
        expression,
        tuple(angles[:3]),
        tuple(angles[3:]),
        features,
    )
    return face, end


def _codes(face: FaceImage) -> tuple[int, ...]:
    return (
        face.gender,
        face.eye_colour,
        face.hair_colour,
        face.expression,
        *face.pose,
        *face.pose_uncertainty,
        face.image_type,
        face.image_data_type,
        face.colour_space,
        face.source_type,
    )


@lru_cache(maxsize=256)
def _unusual(codes: tuple[int, ...]) -> tuple[tuple[str, int, bool], ...]:
    """Return the fields with an unusual code; an issuer writes the same codes into most documents."""
    return tuple(unusual(zip(_CODED, codes, strict=True)))


def spans(data: bytes, *, base: int = 0, depth: int = 0) -> tuple[Span, ...]:
    """Return a facial record as labelled spans; never raises.

    :param base: offset of the record in its file
    :param depth: nesting of the first span
    """
    try:
        record = FacialRecord.parse(data)
    except LdsError as error:
        return (Span(base, data, f"facial record that cannot be read: {error.message}", _CLAUSE, depth),)
    labelled: list[Span] = []

    def add(start: int, size: int, meaning: str, value: str = "", *, level: int = 1) -> None:
        labelled.append(Span(base + start, data[start : start + size], meaning, _CLAUSE, depth + level, value))

    add(0, 14, "facial record header", level=0)
    add(0, 4, "format identifier", "FAC")
    add(4, 4, "version number", "010")
    add(8, 4, "length of record", str(int.from_bytes(data[8:12], "big")))
    add(12, 2, "number of faces", str(len(record.faces)))
    position = 14
    for face in record.faces:
        size = int.from_bytes(data[position : position + 4], "big")
        add(position, size, "facial record data", level=0)
        add(position, 20, "facial information")
        for start, width, name, value in (
            (6, 1, "gender", face.gender),
            (7, 1, "eye_colour", face.eye_colour),
            (8, 1, "hair_colour", face.hair_colour),
            (12, 2, "expression", face.expression),
        ):
            add(position + start, width, name.replace("_", " "), code_name(name, value), level=2)
        image = position + 20
        for point in face.feature_points:
            add(image, 8, f"feature point {point.major}.{point.minor}", f"{point.x}, {point.y}")
            image += 8
        add(image, 12, "image information")
        add(image, 1, "face image type", code_name("image_type", face.image_type), level=2)
        add(image + 1, 1, "image data type", code_name("image_data_type", face.image_data_type), level=2)
        add(image + 2, 4, "width and height", f"{face.width} x {face.height}", level=2)
        add(image + 6, 1, "colour space", code_name("colour_space", face.colour_space), level=2)
        add(image + 7, 1, "source type", code_name("source_type", face.source_type), level=2)
        add(image + 8, 2, "device type", str(face.device_type), level=2)
        add(image + 10, 2, "quality", str(face.quality), level=2)
        add(image + 12, len(face.image), "image", face.format)
        position += size
    if record.rest:
        add(position, len(record.rest), "bytes after the last face", level=0)
    return tuple(labelled)
