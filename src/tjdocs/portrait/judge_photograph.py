"""The photograph that an applicant hands in: every field error of it, before anything is made of it.

Its rules are in ``specs/portrait/handed_in.toml``.
"""

import math

from tjdocs.errors import FieldError, UsageError
from tjdocs.images import most_pixels, open_file
from tjdocs.lds.biometrics.iso19794_face import Eyes, ImageType
from tjdocs.lds.dg2 import Dg2
from tjdocs.portrait import prepare_portrait
from tjdocs.portrait.face_image import check, check_face
from tjdocs.portrait.picture_limits import photograph_rules

__all__ = ["faults", "prepare"]

_FIELD, _EYES = "portrait", "portrait_eyes"
_FORMATS = ("JPEG", "JPEG2000", "PNG")
_PNG = b"\x89PNG\r\n\x1a\n"
_UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError)
_TEXTS = {"image-format": "no picture of a known format"}  # here PNG is known too
# these do not concern the submitted file: it is cropped, scaled and encoded again
_GENDERS = {"M": 1, "F": 2}  # ISO/IEC 19794-5:2005, 5.5; X is unspecified
_EXIF, _FILE_SOURCE = 0x8769, 0xA300
_SOURCES = {1: 3, 2: 3, 3: 2}  # scanners of film and of paper; a digital camera (ISO/IEC 19794-5:2005, 5.7)
_HARMLESS = ("image-aspect", "image-size", "image-metadata", "image-sizes-differ", "image-colour")


def faults(portrait: bytes, eyes: Eyes | None) -> list[FieldError]:
    """Return every fault of a portrait, nothing when it can be used; nothing is decoded before the limits are checked.

    :param eyes: centres of the eyes in pixels, where they are given
    """
    rules = photograph_rules()
    errors: list[FieldError] = []
    size = _size(portrait, errors)
    if size is None:
        return errors
    width, height = size
    smallest, shape = rules.smallest, rules.shape[0] / rules.shape[1]
    if width < smallest[0] or height < smallest[1]:
        errors.append(_fault("image-size", f"{width} x {height} pixels", f"at least {smallest[0]} x {smallest[1]}"))
    hint = f"about {rules.shape[0]}:{rules.shape[1]}"
    if width / height * (1 - rules.most_cut) > shape:
        errors.append(_fault("image-wide", f"{width} x {height} pixels are too wide", hint))
    if width / height < shape * (1 - rules.most_cut):
        errors.append(_fault("image-narrow", f"{width} x {height} pixels are too narrow", hint))
    return errors + (_eye_faults(size, eyes) if eyes is not None else [])


def prepare(
    portrait: bytes, eyes: Eyes | None, *, by_program: bool = False, sex: str = ""
) -> tuple[bytes, list[FieldError]]:
    """Return DG2 with the image cut from a portrait, or every fault of it.

    DG2 has the sex, and the source where the picture's file states it. The image is of the basic type without the eyes.

    :param eyes: centres of the eyes in pixels; with them the image is token frontal
    :param by_program: whether a program errors them: the image is full frontal then
    :param sex: of the holder, ``M``, ``F`` or ``X``
    """
    errors = faults(portrait, eyes)
    if errors:
        return b"", errors
    try:
        image = prepare_portrait.prepare(
            portrait,
            eyes=eyes,
            smallest=photograph_rules().smallest,
            image_type=ImageType.FULL_FRONTAL if eyes and by_program else None,
            gender=_GENDERS.get(sex, 0),
            source_type=_source(portrait),
        )
    except UsageError as error:
        where = _EYES if error.where == "eyes" else _FIELD
        return b"", [FieldError(where, error.message, error.hint, "image-unusable")]
    problems = [problem for problem in check_face(image) if problem.severity != "warning"]
    errors = [_fault(problem.code, problem.text, problem.detail) for problem in problems]
    return (b"", errors) if errors else (Dg2.of(image).encode(), [])


def _source(portrait: bytes) -> int:
    """Return the code of the source that the file states (Exif, FileSource), 0 where it states none."""
    with open_file(portrait, _FORMATS) as picture:
        stated = picture.getexif().get_ifd(_EXIF).get(_FILE_SOURCE)
    return _SOURCES.get(stated[0], 0) if isinstance(stated, bytes) and stated else 0


def _fault(reason: str, message: str, hint: str) -> FieldError:
    return FieldError(_FIELD, message, hint, reason)


def _size(portrait: bytes, errors: list[FieldError]) -> tuple[int, int] | None:
    """Return width and height of an upright picture that decodes, or None after noting why it does not."""
    from PIL import Image

    rules = photograph_rules()
    most = min(rules.max_pixels, most_pixels(portrait))
    formats = f"a {', '.join(rules.formats)} file of at most {most} pixels"
    if len(portrait) > rules.max_bytes:
        errors.append(_fault("image-limit", "too many bytes", f"at most {rules.max_bytes}"))
        return None
    if portrait.startswith(_PNG):
        width, height = (int.from_bytes(portrait[at : at + 4], "big") for at in (16, 20))
        if width * height > most:
            errors.append(_fault("image-limit", "too many pixels", formats))
            return None
    else:
        problems = [problem for problem in check(portrait) if problem.code not in _HARMLESS]
        if problems:
            errors += [_fault(problem.code, _TEXTS.get(problem.code, problem.text), formats) for problem in problems]
            return None
    try:
        image = open_file(portrait, _FORMATS)
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)  # a camera held upright
        size = image.size[::-1] if turned else image.size
        if portrait.startswith(_PNG):
            image.load()
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning):
        errors.append(_fault("image-damaged", "the picture cannot be decoded", formats))
        return None
    return size


def _eye_faults(size: tuple[int, int], eyes: Eyes) -> list[FieldError]:
    """Return the errors of the stated places of the eyes."""
    rules = photograph_rules()
    (left, left_y), (right, right_y) = sorted(eyes)
    numbers = (left, left_y, right, right_y)
    if not all(math.isfinite(n) for n in numbers) or not all(
        0 <= x < size[0] and 0 <= y < size[1] for x, y in ((left, left_y), (right, right_y))
    ):
        return [FieldError(_EYES, "outside of the picture", "two points in its pixels", "eyes-outside")]
    errors = []
    turn = math.degrees(math.atan2(right_y - left_y, right - left))
    if abs(turn) > rules.max_turn:
        errors.append(
            FieldError(_EYES, "the head is turned too far", f"at most {rules.max_turn} degrees", "head-turned")
        )
    least = rules.smallest[0] / 4  # the eyes of a token image are a quarter of its width apart
    if math.dist(*eyes) < least:
        errors.append(
            FieldError(_EYES, "the eyes are too near to each other", f"at least {least:.0f} pixels", "eyes-near")
        )
    return errors
