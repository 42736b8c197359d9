"""A face image made from a photograph: cropped, scaled, coded under a size limit, without metadata."""

import math
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from tjdocs import image_header
from tjdocs.errors import UsageError
from tjdocs.images import most_pixels, open_file, upright_on_white
from tjdocs.lds.biometrics.iso19794_face import Eyes, FaceImage, FeaturePoint, ImageDataType, ImageType
from tjdocs.portrait.face_image import image_numbers

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["crop", "prepare"]

_BEST, _WORST = 95, 30
_RATES = tuple(range(5, 101))
_MOST_MISSING = 0.08  # share of the width or height that may be filled in
_READ = ("JPEG", "JPEG2000", "PNG")


class _Prepared(NamedTuple):
    """An image as coded, its size, whether it is in colour, and where the eyes now lie (the picture's left first)."""

    data: bytes
    size: tuple[int, int]
    colour: bool
    eyes: Eyes | None


def crop(
    image: "Image.Image", *, eyes: Eyes, size: tuple[int, int], smallest: tuple[int, int] = (0, 0)
) -> "Image.Image":
    """Return an upright picture cropped about its eyes and scaled: with DG2's geometry, in any size and shape.

    The eyes are at 0.6 of the width below the upper edge, a quarter of the width apart (ISO/IEC 19794-5, 9).

    :param smallest: pixels across and down that there must be before scaling
    :raises UsageError: unusable eyes, a head too near to the edge, or too few pixels
    """
    return _crop(image, eyes, size, smallest)[0]


def prepare(
    image: "Image.Image | bytes",
    *,
    eyes: Eyes | None = None,
    image_format: str = "JPEG",
    width: int = 360,
    height: int | None = None,
    max_bytes: int = 20_000,
    smallest: tuple[int, int] = (0, 0),
    image_type: ImageType | None = None,
    gender: int = 0,
    source_type: int = 0,
    device_type: int = 0,
) -> FaceImage:
    """Make a face image from a photograph: cropped and scaled, never stretched, coded without metadata.

    The same picture and the same Pillow give the same bytes.

    :param image: a Pillow image, or a JPEG, JPEG 2000 or PNG file; a camera's orientation mark is obeyed
    :param eyes: centres of the pupils in the upright picture. With them the result is token frontal (ISO/IEC 19794-5,
        9): the head is levelled, 3:4, eyes at 0.6 of the width below the edge; without them the middle of the picture
        is taken, and the image is of the basic type, since nothing was measured
    :param image_format: ``JPEG`` or ``JPEG2000``
    :param width: in pixels; the 360 put 90 between the eyes
    :param height: in pixels; width / 0.75 unless given (token frontal has no other)
    :param max_bytes: most bytes of the coded image; the best quality that fits is taken
    :param smallest: width and height in pixels that must be left of the picture before it is scaled
    :param image_type: another type, for which the caller answers
    :param gender, source_type, device_type: codes of the record, 0 where they are not known
    :raises UsageError: the picture cannot be read or has too few pixels, the head is turned more than 30 degrees or
        too near to the edge, or no quality is small enough
    """
    token_height = round(width / 0.75)
    if eyes is not None and height not in (None, token_height):
        raise UsageError("height of a token frontal image", where="height", hint=f"{token_height} for width {width}")
    size = (width, height or token_height)
    prepared = _make(image, eyes, image_format, size, max_bytes, smallest)
    if image_type is None:
        image_type = ImageType.BASIC if eyes is None else ImageType.TOKEN_FRONTAL
    points: tuple[FeaturePoint, ...] = ()
    if prepared.eyes is not None:
        (right, right_y), (left, left_y) = prepared.eyes
        points = (
            FeaturePoint(12, 1, round(left), round(left_y)),
            FeaturePoint(12, 2, round(right), round(right_y)),
        )
    return FaceImage(
        prepared.data,
        *prepared.size,
        image_type=image_type,
        image_data_type=ImageDataType.JPEG if image_format == image_header.JPEG else ImageDataType.JPEG2000,
        colour_space=1 if prepared.colour else 3,
        source_type=source_type,
        device_type=device_type,
        gender=gender,
        feature_points=points,
    )


def _make(
    picture: "Image.Image | bytes",
    eyes: Eyes | None,
    image_format: str,
    size: tuple[int, int],
    max_bytes: int,
    smallest: tuple[int, int] = (0, 0),
) -> _Prepared:
    """Crop, scale and code; see :func:`prepare`."""
    if image_format not in (image_header.JPEG, image_header.JPEG2000):
        raise UsageError("image format", where="image_format", hint="JPEG or JPEG2000")
    if not (16 <= size[0] <= 0xFFFF and 16 <= size[1] <= 0xFFFF):
        raise UsageError("image size", where="width, height", hint="16 to 65535 pixels")
    image = _upright(picture)
    now: Eyes | None = None
    if eyes is None:
        box = _middle(image.size, size)
        _check_pixels(box, smallest)
        image = _cut(image, box, size)
    else:
        image, now = _crop(image, eyes, size, smallest)
    data = _jpeg(image, max_bytes) if image_format == image_header.JPEG else _jpeg2000(image, max_bytes)
    return _Prepared(data, size, image.mode == "RGB", now)


def _crop(
    image: "Image.Image", eyes: Eyes, size: tuple[int, int], smallest: tuple[int, int] = (0, 0)
) -> "tuple[Image.Image, Eyes]":
    """Crop and scale an upright picture about its eyes; return it with the places of the eyes in it."""
    image, (left, right) = _level(image, eyes)
    box = _token_box(left, right, size)
    _check_pixels(box, smallest)
    scale = size[0] / (box[2] - box[0])
    (x, y), (other_x, other_y) = (((eye[0] - box[0]) * scale, (eye[1] - box[1]) * scale) for eye in (left, right))
    return _cut(image, box, size), ((x, y), (other_x, other_y))


def _check_pixels(box: tuple[float, float, float, float], smallest: tuple[int, int]) -> None:
    if box[2] - box[0] < smallest[0] or box[3] - box[1] < smallest[1]:
        hint = f"at least {smallest[0]} x {smallest[1]} after cropping"
        raise UsageError("too few pixels", where="image", hint=hint)


def _upright(picture: "Image.Image | bytes") -> "Image.Image":
    from PIL import Image

    if isinstance(picture, bytes):
        claims = image_header.head(picture)
        sizes = claims.sizes if claims else (_png_size(picture),)
        most = most_pixels(picture)
        hint = f"10 MB, and of this file {most} pixels"
        if len(picture) > image_numbers().max_bytes or any(w * h > most for w, h in sizes):
            raise UsageError("picture is over the limits", where="image", hint=hint)
        try:
            image: Image.Image = open_file(picture, _READ)
            if image.width * image.height > most:
                raise UsageError("picture is over the limits", where="image", hint=hint)
            image.load()
        except (
            OSError,
            SyntaxError,
            ValueError,
            TypeError,
            LookupError,
            ArithmeticError,
            Image.DecompressionBombError,
        ):
            raise UsageError("picture cannot be read", where="image", hint="a JPEG, JPEG 2000 or PNG file") from None
    else:
        image = picture
    image = upright_on_white(image)
    return image if image.mode in ("RGB", "L") else image.convert("L" if image.mode in ("1", "I;16", "I") else "RGB")


def _png_size(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _middle(size: tuple[int, int], wanted: tuple[int, int]) -> tuple[float, float, float, float]:
    width, height = size
    scale = min(width / wanted[0], height / wanted[1])
    cut_width, cut_height = wanted[0] * scale, wanted[1] * scale
    left, top = (width - cut_width) / 2, (height - cut_height) / 2
    return left, top, left + cut_width, top + cut_height


def _level(image: "Image.Image", eyes: Eyes) -> tuple["Image.Image", Eyes]:
    from PIL import Image

    left, right = sorted(eyes)
    if not all(math.isfinite(v) for v in (*left, *right)):
        raise UsageError("eye that is nowhere", where="eyes", hint="two points in pixels")
    distance = math.dist(left, right)
    if distance < 1 or not all(0 <= x < image.width and 0 <= y < image.height for x, y in (left, right)):
        raise UsageError("eyes outside of the picture or in one place", where="eyes", hint="two points in pixels")
    angle = math.degrees(math.atan2(right[1] - left[1], right[0] - left[0]))
    if abs(angle) > 30:
        raise UsageError("head is turned too far", where="eyes", hint="at most 30 degrees")
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    if abs(right[1] - left[1]) >= 1:
        fill = _edge_colour(image)
        image = image.rotate(angle, Image.Resampling.BICUBIC, center=middle, fillcolor=fill)
    half = distance / 2
    return image, ((middle[0] - half, middle[1]), (middle[0] + half, middle[1]))


def _token_box(
    left: tuple[float, float], right: tuple[float, float], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    numbers = image_numbers()
    width = (right[0] - left[0]) / numbers.eye_distance
    height = width * size[1] / size[0]
    x = (left[0] + right[0]) / 2 - width / 2
    y = left[1] - numbers.eye_line * width
    return x, y, x + width, y + height


def _edge_colour(image: "Image.Image") -> int | tuple[int, int, int]:
    from PIL import Image

    row = image.crop((0, 0, image.width, max(1, image.height // 50)))
    colour = row.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    return (colour[0], colour[1], colour[2]) if isinstance(colour, tuple) else int(colour or 0)


def _cut(image: "Image.Image", box: tuple[float, float, float, float], size: tuple[int, int]) -> "Image.Image":
    from PIL import Image

    x, y, right, bottom = box
    missing = (max(0.0, -x), max(0.0, -y), max(0.0, right - image.width), max(0.0, bottom - image.height))
    if any(missing):
        if max(missing[0] + missing[2], missing[1] + missing[3]) > _MOST_MISSING * (right - x):
            raise UsageError("head is too near to the picture's edge", where="image", hint="more room around the head")
        pad_x, pad_y = math.ceil(missing[0]), math.ceil(missing[1])
        canvas_size = (image.width + pad_x + math.ceil(missing[2]), image.height + pad_y + math.ceil(missing[3]))
        canvas = Image.new(image.mode, canvas_size, _edge_colour(image))
        canvas.paste(image, (pad_x, pad_y))
        image, box = canvas, (x + pad_x, y + pad_y, right + pad_x, bottom + pad_y)
    result = image.resize(size, Image.Resampling.LANCZOS, box=box)
    result.info = {}  # Pillow would write comments and the like from here
    return result


def _jpeg(image: "Image.Image", max_bytes: int) -> bytes:
    def coded(quality: int) -> bytes:
        out = BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, subsampling="4:2:0", exif=b"", icc_profile=None)
        return out.getvalue()

    return _best(coded, [*range(_BEST, _WORST - 1, -1)], max_bytes)


def _jpeg2000(image: "Image.Image", max_bytes: int) -> bytes:
    def coded(rate: int) -> bytes:
        out = BytesIO()
        image.save(out, "JPEG2000", irreversible=True, quality_mode="rates", quality_layers=[rate])
        return out.getvalue()

    return _best(coded, list(_RATES), max_bytes)


def _best(coded: Callable[[int], bytes], settings: list[int], max_bytes: int) -> bytes:
    """Return the first result, from the best setting to the worst, that is small enough; found by halving."""
    low, high = 0, len(settings)
    best = b""
    while low < high:
        middle = (low + high) // 2
        data = coded(settings[middle])
        if len(data) <= max_bytes:
            best, high = data, middle
        else:
            low = middle + 1
    if not best:
        raise UsageError(
            f"picture does not fit {max_bytes} bytes", where="max_bytes", hint="more bytes or fewer pixels"
        )
    return best
