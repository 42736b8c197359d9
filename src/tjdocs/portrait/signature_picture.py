"""The holder's signature as a picture: its faults by name, and the image that DG7 and the page have of it.

Its limits are in ``specs/portrait/handed_in.toml`` (Doc 9303-3, 3.9.2; Doc 9303-10, 4.7.7).
"""

import struct
from io import BytesIO

from PIL import Image

from tjdocs.errors import FieldError
from tjdocs.images import most_pixels, open_file, upright_on_white
from tjdocs.portrait.picture_limits import signature_rules

__all__ = ["prepare"]

_FORMATS = ("JPEG", "JPEG2000", "PNG")
_UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError, struct.error)


def prepare(signature: bytes) -> tuple[bytes, list[FieldError]]:
    """Return a signature as a grey JPEG image, upright and without metadata, or its faults.

    :param signature: a PNG, JPEG or JPEG 2000 file, dark on light
    """
    rules = signature_rules()
    most = min(rules.max_pixels, most_pixels(signature))
    hint = f"a PNG, JPEG or JPEG 2000 file of at most {rules.max_bytes} bytes and {most} pixels"
    if len(signature) > rules.max_bytes:
        return b"", [_fault("image-limit", "too many bytes", hint)]
    try:
        picture: Image.Image = open_file(signature, _FORMATS)
        if picture.width * picture.height > most:
            return b"", [_fault("image-limit", "too many pixels", hint)]
        grey = upright_on_white(picture).convert("L")
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return b"", [_fault("image-damaged", "the picture cannot be decoded", hint)]
    if errors := _faults(grey):
        return b"", errors
    grey.thumbnail(rules.largest, Image.Resampling.LANCZOS)
    stream = BytesIO()
    grey.save(stream, "JPEG", quality=90, optimize=True)
    return stream.getvalue(), []


def _faults(grey: Image.Image) -> list[FieldError]:
    rules = signature_rules()
    (width, height), smallest = grey.size, rules.smallest
    errors = []
    if width < smallest[0] or height < smallest[1]:
        message = f"{width} x {height} pixels"
        errors.append(_fault("image-size", message, f"at least {smallest[0]} x {smallest[1]}"))
    if height > width:
        errors.append(_fault("image-narrow", f"{width} x {height} pixels are higher than wide", "the long side across"))
    ink = sum(grey.histogram()[: rules.darkest_ink]) / (width * height)
    if not rules.least_ink <= ink <= rules.most_ink:
        least, most = rules.least_ink, rules.most_ink
        hint = f"dark on white: {least:.1%} to {most:.0%} of the picture"
        errors.append(_fault("image-contrast", f"{ink:.1%} of the picture is dark", hint))
    return errors


def _fault(reason: str, message: str, hint: str) -> FieldError:
    return FieldError("signature", message, hint, reason)
