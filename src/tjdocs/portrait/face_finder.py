"""The face on a portrait: is there one, upright, and where are its eyes (Doc 9303-3, 3.9.1).

Faces and eyes are found by the cascades of OpenCV, in the extra ``vision``. Without it only the eyes that the
application states are known. Crown and chin are never measured.
"""

import math
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from tjdocs.images import most_pixels, open_file
from tjdocs.lds.biometrics.iso19794_face import Eyes
from tjdocs.portrait.picture_limits import photograph_rules

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["Face", "find", "measure"]

_UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError)
_NEVER = ("crown", "chin")
_FORMATS = ("JPEG", "JPEG2000", "PNG")
_SIDE = 480  # pixels of the longer side in which faces are looked for


@dataclass(frozen=True, slots=True)
class Face:
    """The known facts about the face on a portrait.

    :param problem: ``none``, ``several`` or ``upside-down`` where it is not one upright face; empty also where nobody
        looked
    :param looked: whether a program looked for faces
    :param eyes: centres of the eyes in pixels, as stated, else as found
    :param stated: whether the application states them
    """

    problem: str = ""
    looked: bool = False
    eyes: Eyes | None = field(default=None, repr=False)
    stated: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The measurements that there are not: ``face``, ``eyes``, ``crown``, ``chin``."""
        face = () if self.looked and not self.problem else ("face",)
        return (*face, *(() if self.eyes else ("eyes",)), *_NEVER)

    def as_json(self) -> dict[str, Any]:
        """Return it as a record has it, without places."""
        source = ("stated" if self.stated else "found") if self.eyes else ""
        return {"eyes": source, "problem": self.problem, "missing": list(self.missing)}


def measure(portrait: bytes, stated: Eyes | None) -> Face:
    """Return the face of a portrait, as far as it is known.

    :param stated: centres of the eyes in pixels, as the application states them
    """
    face = find(portrait)
    if face is None:
        return Face(eyes=stated, stated=stated is not None)
    return Face(face.problem, True, stated or face.eyes, stated is not None)


@lru_cache(maxsize=2)  # eligibility and draft look at the same one
def find(portrait: bytes) -> Face | None:
    """Look for faces in a picture: None without the extra ``vision``, or where it cannot be read."""
    if not _cascades():
        return None
    picture = _grey(portrait)
    if picture is None:
        return None
    faces = _faces(picture)
    if not faces:
        from PIL import Image

        turned = bool(_faces(picture.transpose(Image.Transpose.ROTATE_180)))
        return Face("upside-down" if turned else "none", True)
    if len(faces) > 1:
        return Face("several", True)
    return Face("", True, _eyes(picture, faces[0], portrait))


def _grey(portrait: bytes) -> "Image.Image | None":
    from PIL import Image, ImageOps

    rules = photograph_rules()
    try:
        picture = open_file(portrait, _FORMATS)
        most = min(rules.max_pixels, most_pixels(portrait))
        if len(portrait) > rules.max_bytes or picture.width * picture.height > most:
            return None
        grey = ImageOps.exif_transpose(picture).convert("L")
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    grey.thumbnail((_SIDE, _SIDE))
    return grey


@cache
def _cascades() -> tuple[Any, ...]:
    """Return the finders of faces and of eyes, nothing without the extra."""
    try:
        import cv2
    except ImportError:
        return ()
    if not hasattr(cv2, "CascadeClassifier"):  # OpenCV 5
        return ()
    data: Any = cv2
    folder, names = data.data.haarcascades, ("haarcascade_frontalface_alt2", "haarcascade_eye")
    return tuple(cv2.CascadeClassifier(f"{folder}{name}.xml") for name in names)


def _faces(picture: "Image.Image") -> list[tuple[int, int, int, int]]:
    """Return the faces, the largest first, without those below a third of it."""
    import numpy as np

    least = min(picture.size) // 5
    detections = _cascades()[0].detectMultiScale(np.asarray(picture), 1.1, 4, minSize=(least, least))
    boxes = [(int(left), int(top), int(width), int(height)) for left, top, width, height in detections]
    boxes.sort(key=lambda box: -box[2])
    return [box for box in boxes if box[2] * 3 > boxes[0][2]]


def _eyes(picture: "Image.Image", face: tuple[int, int, int, int], portrait: bytes) -> Eyes | None:
    """Return the two eyes of a face in the pixels of the portrait, or None where they are not found."""
    import numpy as np

    left, top, width, height = face
    upper = np.asarray(picture.crop((left, top, left + width, top + height * 6 // 10)))
    boxes = _cascades()[1].detectMultiScale(upper, 1.05, 4, minSize=(width // 8, width // 8))
    centres = [(left + x + w / 2, top + y + h / 2) for x, y, w, h in boxes.tolist()] if len(boxes) else []
    pairs = [
        (one, other)
        for one in centres
        for other in centres
        if 0.3 * width < other[0] - one[0] < 0.6 * width
        and abs(math.degrees(math.atan2(other[1] - one[1], other[0] - one[0]))) < 15
        and abs((one[0] + other[0]) / 2 - left - width / 2) < 0.1 * width
    ]
    if not pairs:
        return None
    one, other = min(pairs, key=lambda pair: abs((pair[0][0] + pair[1][0]) / 2 - left - width / 2))
    with open_file(portrait, _FORMATS) as source:
        scale = max(source.size) / max(picture.size)
    return ((one[0] * scale, one[1] * scale), (other[0] * scale, other[1] * scale))
