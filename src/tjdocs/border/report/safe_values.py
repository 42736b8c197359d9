"""Values of a document that need not be genuine, made harmless for a page: text that is what it looks like, a face."""

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

from markupsafe import Markup

from tjdocs.escaping import is_visible, unseen
from tjdocs.inspection.lds_checks import ChipContent
from tjdocs.lds.biometrics.iso19794_face import LdsProblem
from tjdocs.lds.dg2 import Dg2

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["MAX_PICTURE", "MAX_TEXT", "face", "neutral", "portrait"]

MAX_TEXT = 1000
MAX_PICTURE = (480, 640)


def neutral(value: object) -> str:
    """Return a value as text that is what it looks like; Jinja puts every value through this, then escapes it.

    A character that is not seen, or changes the order in which others are seen (controls, overrides of direction,
    unusual blanks, letters without a form), is named instead: ``⟨U+202E⟩``. So is the fourth and every
    further mark upon one letter, which would paint over the lines above. Longer texts than ``MAX_TEXT`` are cut.
    """
    if isinstance(value, Markup):  # made by the template, or by this module out of nothing foreign
        return value
    text = str(value)
    excess = len(text) - MAX_TEXT
    if excess > 0:
        text = text[:MAX_TEXT]
    if not is_visible(text):
        text = "".join(f"⟨U+{ord(c):04X}⟩" if hidden else c for c, hidden in zip(text, unseen(text), strict=True))
    return f"{text} … ({excess} more characters)" if excess > 0 else text


def face(chip: ChipContent | None) -> tuple[Markup | None, str]:
    """Return the portrait as a data URI, None where it cannot be shown, with a text on it or on the reason."""
    data, text = portrait(chip)
    return (Markup("data:image/jpeg;base64,") + b64encode(data).decode() if data is not None else None), text


def portrait(chip: ChipContent | None) -> tuple[bytes | None, str]:
    """Return the first image of DG2 as a JPEG of its pixels alone, None without one, and a text as of :func:`face`."""
    if chip is None:
        return None, "No chip was read."
    if "DG2" not in chip.files:
        return None, "DG2 was not handed over."
    dg2 = chip.parsed.get("DG2")
    if not isinstance(dg2, Dg2):
        return None, f"DG2 cannot be read: {chip.errors.get('DG2', ('', ''))[1]}."
    if not dg2.images:
        return None, "DG2 holds no image that is read."
    from tjdocs.portrait.face_image import open_image  # when called: most verdicts are shown to nobody

    try:
        opened = open_image(dg2.images[0])
        if isinstance(opened, LdsProblem):
            return None, f"The image in DG2 cannot be shown. {opened.text}"
        data = _encoded_again(opened)
    except Exception:  # noqa: BLE001 - whatever a hostile picture does to Pillow, there is a report
        return None, "The image in DG2 cannot be shown. It cannot be decoded."
    which = "Image" if len(dg2.images) == 1 else f"First of {len(dg2.images)} images"
    text = f"{which} in DG2, {opened.width} × {opened.height} pixels; encoded again for this report"
    return data, text


def _encoded_again(picture: "Image.Image") -> bytes:
    """Return a JPEG of nothing but the pixels, at most ``MAX_PICTURE`` large."""
    from PIL import Image

    if picture.mode.startswith(("I", "F")):  # sixteen bits of grey
        picture = picture.point(lambda value: value / 256)
    picture = picture.convert("RGB")
    picture.thumbnail(MAX_PICTURE)
    fresh = Image.new("RGB", picture.size)  # a copy would carry comments and profiles along
    fresh.paste(picture)
    stream = BytesIO()
    fresh.save(stream, "JPEG", quality=90, subsampling=0)
    return stream.getvalue()
