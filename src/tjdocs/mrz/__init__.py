"""The machine-readable zone of travel documents (Doc 9303-3 to -7), read and made.

:func:`parse` reads any text and names its problems; :func:`make` makes a zone from its fields. Both
are exact inverses for every zone that is valid. What belongs to a part of it is in its module:
``tjdocs.mrz.names``, ``codes``, ``transliteration``, ``truncation``.
"""

import os
from datetime import date, datetime
from typing import TYPE_CHECKING

from tjdocs.errors import UsageError
from tjdocs.mrz import codes, names
from tjdocs.mrz.check_digits import check_digit
from tjdocs.mrz.make_mrz import Made, make
from tjdocs.mrz.mrz import Mrz, Repair
from tjdocs.mrz.mrz_spans import spans
from tjdocs.mrz.parse_mrz import parse
from tjdocs.mrz.repairs.repair_mrz import repair
from tjdocs.mrz.transliteration import transliterate

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "Made",
    "Mrz",
    "Repair",
    "check_digit",
    "codes",
    "make",
    "names",
    "parse",
    "read",
    "repair",
    "spans",
    "transliterate",
]


def read(image: "str | os.PathLike[str] | bytes | Image.Image", *, at: date | datetime) -> Mrz:
    """Find and read the zone on a picture: a scan or photograph of a page, any way up.

    ``repair.read`` has the lines as read. If their check digits do not agree, the zone is repaired with the likelihoods
    of each character, and ``repaired`` and ``repair.changes`` show it. A character that the picture does
    not show clearly has the warning ``uncertain-character`` or the error ``unreadable-character``, under a check
    digit or not. A picture without a zone gives one that is not valid, with the problem ``no-zone``.

    :param image: a path, the bytes of a picture file, or a Pillow image; of several pictures the first is taken
    :param at: the day of judgement: it decides centuries and expiry
    :raises tjdocs.errors.InputError: no picture, damaged, or over 40 million pixels
    :raises UsageError: ``image`` or ``at`` is of an unusable type, or the extra ``vision`` is not installed
    """
    try:
        from tjdocs.mrz.ocr import read_image
    except ImportError:
        hint = "pip install tjdocs[vision]"
        raise UsageError("a picture cannot be read without numpy and OpenCV", where="mrz.read", hint=hint) from None
    return read_image.read(image, at=at)
