"""How a facial record of ISO/IEC 19794-5:2005 is laid out, and whether one is without a fault."""

from functools import cache
from struct import Struct

from tjdocs.lds import _image
from tjdocs.lds._codes import undefined

FORMAT, VERSION = b"FAC\x00", b"010\x00"
HEADER = Struct(">4s4sIH")
INFORMATION = Struct(">IHBBB3sHBBBBBB")
POINT = Struct(">BBHHH")
IMAGE = Struct(">BBHHBBHH")
FIXED = INFORMATION.size + IMAGE.size
MAX_FACES, MAX_POINTS = 64, 1024
CODINGS = {0: _image.JPEG, 1: _image.JPEG2000}
_BASIC = 0  # image type
_CODES: tuple[str, ...] = (
    *("gender", "eye_colour", "hair_colour", "expression", *["pose"] * 3, *["pose_uncertainty"] * 3),
    *("image_type", "image_data_type", "colour_space", "source_type"),
)  # in the order of the record


def sound(data: bytes, start: int) -> bool:
    """Whether the record that fills ``data[start:]`` is of one face, and would be read without a fault.

    False says nothing: :meth:`tjdocs.lds.face.FacialRecord.parse` tells.
    """
    block = start + HEADER.size
    if len(data) <= block + FIXED:
        return False
    *kind, length, faces = HEADER.unpack_from(data, start)
    size, points, *codes = INFORMATION.unpack_from(data, block)
    image = block + FIXED + points * POINT.size
    if kind != [FORMAT, VERSION] or faces != 1 or length != len(data) - start:
        return False
    if size != len(data) - block or points > MAX_POINTS or image >= len(data):
        return False
    gender, eye_colour, hair_colour, _, expression, *angles = codes
    image_type, data_type, _, _, colour, source, _, _ = IMAGE.unpack_from(data, image - IMAGE.size)
    values = (gender, eye_colour, hair_colour, expression, *angles, image_type, data_type, colour, source)
    if image_type == _BASIC or not all(map(frozenset.__contains__, _defined(), values)):
        return False
    found = _image.kind(data[image : image + 16])
    return bool(found) and found == CODINGS.get(data_type)


@cache
def _defined() -> tuple[frozenset[int], ...]:
    """Return which bytes have a meaning, for each code in the order of the record."""
    meant = [set(range(256)) - {value for _, value in undefined((name, v) for v in range(256))} for name in _CODES]
    return tuple(map(frozenset, meant))
