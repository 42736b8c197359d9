"""Check the image of a facial record (ISO/IEC 19794-5:2005, 7 to 9; Doc 9303-3, 3.9.1).

Pillow is imported on the first call, so that reading data groups does not pay for it.
"""

import math
from functools import cache
from io import BytesIO
from struct import error as struct_error
from typing import TYPE_CHECKING

from tjdocs import image_header, specs
from tjdocs.errors import UsageError
from tjdocs.images import check_coding, is_parted, most_pixels
from tjdocs.lds.biometrics.iso19794_face import Eyes, FaceImage
from tjdocs.lds.lds_problems import LdsProblem

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["check", "check_face", "open_image"]


class ImageNumbers(specs.Spec, frozen=True):
    """``specs/lds/portrait.toml``, which explains each number."""

    max_bytes: int
    max_scans: int
    min_width: int
    min_height: int
    min_aspect: float
    max_aspect: float
    eye_line: float
    eye_distance: float
    eye_tolerance: float
    aspect_tolerance: float


@cache
def image_numbers() -> ImageNumbers:
    """Return the numbers of every portrait."""
    return specs.load("lds/portrait.toml", ImageNumbers)


def open_image(data: bytes) -> "Image.Image | LdsProblem":
    """Decode a JPEG or JPEG 2000 image wholly, or say why not. Nothing is allocated before the limits are checked."""
    numbers = image_numbers()
    if len(data) > numbers.max_bytes:
        return LdsProblem("image-limit", detail=f"{len(data)} bytes")
    if not image_header.kind(data):
        return LdsProblem("image-format")
    claims = image_header.head(data)
    if claims is None:
        return LdsProblem("image-damaged", detail="no size: its header is cut, or has none")
    most = most_pixels(data)
    if any(width * height > most for width, height in claims.sizes):
        return LdsProblem("image-limit", detail="too many pixels")
    if claims.scans > numbers.max_scans or is_parted(claims):
        return LdsProblem("image-limit", detail="too many scans, tiles, components, precincts or layers")
    return _decode(data, claims.kind, most)


def _decode(data: bytes, kind: str, most: int) -> "Image.Image | LdsProblem":
    from PIL import Image
    from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
    from PIL.JpegImagePlugin import JpegImageFile

    # The plug-ins are called directly: Image.open tries others, and warns of large images process-wide.
    reader: type[JpegImageFile] | type[Jpeg2KImageFile] = (
        JpegImageFile if kind == image_header.JPEG else Jpeg2KImageFile
    )
    try:
        check_coding(data)
        image = reader(BytesIO(data))
        if image.width * image.height > most:
            return LdsProblem("image-limit", detail="too many pixels")
        image.load()
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct_error) as error:
        return LdsProblem("image-damaged", detail=type(error).__name__)
    except (MemoryError, Image.DecompressionBombError):
        return LdsProblem("image-limit", detail="too large to decode")
    return image


def check(image: bytes, *, eyes: Eyes | None = None) -> tuple[LdsProblem, ...]:
    """Decode a portrait and return every fault in it, worst first; nothing when it is usable.

    :param image: a JPEG or JPEG 2000 file, or a bare JPEG 2000 codestream
    :param eyes: centres of the pupils; when given, the token-frontal geometry is measured too: height = width / 0.75,
        eyes level at 0.6 of the width below the upper edge, at 0.375 and 0.625 of the width, each within
        ``eye_tolerance`` (``specs/lds/portrait.toml``) of the eye distance
    """
    opened = open_image(image)
    return (opened,) if isinstance(opened, LdsProblem) else tuple(_checks(opened, image, eyes))


def _checks(opened: "Image.Image", data: bytes, eyes: Eyes | None) -> list[LdsProblem]:
    numbers = image_numbers()
    width, height = opened.size
    problems: list[LdsProblem] = []
    if width < numbers.min_width or height < numbers.min_height:
        problems.append(LdsProblem("image-size", detail=f"{width} x {height}"))
    if opened.mode not in ("RGB", "L"):
        problems.append(LdsProblem("image-colour", detail=opened.mode))
    if not numbers.min_aspect <= width / height <= numbers.max_aspect:
        problems.append(LdsProblem("image-aspect", detail=f"{width} x {height}"))
    claims = image_header.head(data)
    if claims is not None and any(size != opened.size for size in claims.sizes):
        problems.append(LdsProblem("image-sizes-differ"))
    if eyes is not None:
        problems.extend(_token_geometry(width, height, eyes))
    if claims is not None and claims.metadata:
        problems.append(LdsProblem("image-metadata"))
    return problems


def _token_geometry(width: int, height: int, eyes: Eyes) -> list[LdsProblem]:
    numbers = image_numbers()
    problems: list[LdsProblem] = []
    if not all(math.isfinite(value) for point in eyes for value in point):
        raise UsageError("eye that is nowhere", where="eyes", hint="two points in pixels")
    if abs(width / height - 0.75) > numbers.aspect_tolerance:
        problems.append(LdsProblem("token-aspect", detail=f"{width} x {height}"))
    (first, first_y), (second, second_y) = eyes
    wanted = numbers.eye_distance * width
    tolerance = numbers.eye_tolerance * wanted
    if abs(math.dist(*eyes) - wanted) > tolerance:
        problems.append(LdsProblem("token-eye-distance", detail=f"{math.dist(*eyes):.1f}, not {wanted:.1f}"))
    centre = (first + second) / 2
    if abs(centre - width / 2) > tolerance:
        problems.append(LdsProblem("token-centre", detail=f"{centre:.1f}, not {width / 2:.1f}"))
    line = numbers.eye_line * width
    if max(abs(first_y - line), abs(second_y - line)) > tolerance:
        problems.append(LdsProblem("token-eye-line", detail=f"{first_y:.1f} and {second_y:.1f}, not {line:.1f}"))
    return problems


def check_face(face: FaceImage) -> tuple[LdsProblem, ...]:
    """Check a face's image, and the record's claims about it against it.

    The token geometry is measured where the record says token frontal and names both eyes.
    """
    opened = open_image(face.image)
    if isinstance(opened, LdsProblem):
        return (opened,)
    token = face.image_type == 2
    problems = _checks(opened, face.image, face.eyes if token else None)
    if (face.width, face.height) != opened.size:
        detail = f"record {face.width} x {face.height}, image {opened.width} x {opened.height}"
        problems.append(LdsProblem("record-image-size", detail=detail))
    mode = {1: "RGB", 3: "L"}.get(face.colour_space, opened.mode)
    if mode != opened.mode:
        problems.append(LdsProblem("record-colour", detail=f"record {mode}, image {opened.mode}"))
    return tuple(problems)
