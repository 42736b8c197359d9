"""Lines of text made to fit a box without falling below the smallest type."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise

from PIL import Image, ImageDraw

from tjdocs.errors import UsageError
from tjdocs.page.layout import Box
from tjdocs.page.typeface import font

__all__ = ["Fitted", "aligned", "fit", "measure", "printable", "text_mask", "tidy"]

# Capitals and digits whose mean width is a proportional font's pitch.
_PITCH_SAMPLE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789АБВГҒДЕЁЖЗИӢЙКҚЛМНОПРСТУӮФХҲЧҶШЪЭЮЯ"
_LEADING = 1.1  # from baseline to baseline in sizes: clears a macron below a descender
_STEP = 0.1
_OVERSAMPLING = 4  # text is drawn larger and reduced: no hinting, so that any size has its true width


def measure(name: str, size: float, text: str) -> tuple[float, Box]:
    """Return a text's advance and what its ink covers about its starting point on the baseline, in pixels."""
    face = font(name, size * _OVERSAMPLING)
    left, top, right, bottom = (edge / _OVERSAMPLING for edge in face.getbbox(text, anchor="ls"))
    ink = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
    return face.getlength(text) / _OVERSAMPLING, ink


def text_mask(name: str, size: float, text: str) -> tuple[Image.Image, Box]:
    """Return a text's ink (mode L) and where it lies about the starting point on the baseline."""
    ink = measure(name, size, text)[1]
    mask = Image.new("L", (ink.width * _OVERSAMPLING, ink.height * _OVERSAMPLING))
    origin = (-ink.left * _OVERSAMPLING, -ink.top * _OVERSAMPLING)
    ImageDraw.Draw(mask).text(origin, text, font=font(name, size * _OVERSAMPLING), anchor="ls", fill=255)
    return mask.reduce(_OVERSAMPLING), ink


@lru_cache
def size_for_pitch(name: str, pitch: float) -> float:
    """Return the size at which a capital or digit of the font is ``pitch`` pixels wide on average."""
    return round(pitch / (font(name, 1000).getlength(_PITCH_SAMPLE) / len(_PITCH_SAMPLE) / 1000), 1)


def tidy(text: str) -> str:
    """Return a text with composed letters (NFC) and single blanks."""
    return re.sub(" +", " ", unicodedata.normalize("NFC", text)).strip(" ")


@lru_cache(maxsize=1024)
def _glyph(name: str, character: str) -> bytes:
    picture = Image.new("L", (96, 64))
    ImageDraw.Draw(picture).text((24, 48), character, font=font(name, 32), anchor="ls", fill=255)
    return picture.tobytes()


def printable(name: str, text: str) -> bool:
    """Tell whether a font can print a text: it has every letter, none joins or combines, none runs leftwards."""
    # Pillow does not tell which characters a font has; one that it lacks is drawn as an unassigned one is.
    lacking = _glyph(name, "\U000f0000")
    return all(
        unicodedata.category(character)[0] not in "CM"
        and unicodedata.bidirectional(character) not in ("R", "AL")
        and (character == " " or _glyph(name, character) != lacking)
        for character in text
    )


def aligned(box: Box, ink: Box, align: str) -> int:
    """Return the x from which a text runs in a box; ``ink`` is what it covers about its starting point."""
    if align == "centre":
        return box.left + (box.width - ink.width) // 2 - ink.left
    if align == "right":
        return box.right - ink.right
    return box.left - min(0, ink.left)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text with the size and the lines at which it fits.

    :param lines: each line with the place of its first character on the baseline
    :param box: what the ink covers
    """

    size: float
    lines: tuple[tuple[str, int, int], ...] = field(repr=False)
    box: Box


def fit(
    text: str,
    box: Box,
    *,
    name: str,
    largest_pitch: float,
    smallest_pitch: float,
    lines: int,
    where: str,
    align: str = "left",
    stacked: bool = False,
    baseline_pitch: float = 0,
) -> Fitted:
    """Set a text in a box as large as it goes, in as few lines as it goes at that size.

    The size falls from the one whose mean pitch is ``largest_pitch`` for as long as the text as drawn keeps
    ``smallest_pitch`` pixels to the character (Doc 9303-3, 3.2). Lines break after a slash first, then at the blank
    that leaves them most equal.

    :param text: tidy
    :param stacked: what stands on either side of a slash takes a line of its own, without it; where that does not
        fit, the text is set as any other
    :param baseline_pitch: pitch of the largest type beside it, on whose baseline a single line stands
    :param where: the field, for the error
    :raises UsageError: it does not fit, or the font lacks a character
    """
    if not printable(name, text):
        hint = "letters of Cyrillic or Latin script, digits and punctuation"
        raise UsageError("a character that the page's font lacks", where=where, hint=hint)
    largest = size_for_pitch(name, largest_pitch)
    beside = size_for_pitch(name, max(largest_pitch, baseline_pitch))
    parts = tuple(text.split(" / "))
    if stacked and 1 < len(parts) <= lines:
        for size in _sizes(name, largest, smallest_pitch, text):
            if (fitted := _place(parts, box, name, size, beside, align)) is not None:
                return fitted
    # A text that cannot fit however it breaks is not tried: breaking has many ways.
    if len(text) * smallest_pitch <= lines * box.width + lines * smallest_pitch:
        for size in _sizes(name, largest, smallest_pitch, text):
            for parts in _breaks(text, lines):
                if (fitted := _place(parts, box, name, size, beside, align)) is not None:
                    return fitted
    raise UsageError(
        "too long for its place on the page",
        where=where,
        hint=f"at most {lines} line(s) of {int(box.width // smallest_pitch)} characters",
    )


def _sizes(name: str, largest: float, smallest_pitch: float, text: str) -> Iterator[float]:
    """Yield sizes from the largest down to the last at which a text keeps to the smallest pitch."""
    yield (size := largest)
    while measure(name, size := round(size - _STEP, 1), text)[0] >= smallest_pitch * len(text):
        yield size


def _breaks(text: str, lines: int) -> Iterator[tuple[str, ...]]:
    """Yield the ways to set a text in one line, in two, and so on, each count's best way first.

    A slash is never parted from what stands before it.
    """
    blanks = [place for place, character in enumerate(text) if character == " " and text[place + 1] != "/"]
    for count in range(1, lines + 1):
        ways = []
        for places in combinations(blanks, count - 1):
            edges = [-1, *places, len(text)]
            parts = tuple(text[start + 1 : end] for start, end in pairwise(edges))
            slashes = sum(part.endswith("/") for part in parts)
            ways.append((-slashes, max(map(len, parts)), parts))
        yield from (way[-1] for way in sorted(ways))


def _place(parts: tuple[str, ...], box: Box, name: str, size: float, beside: float, align: str) -> Fitted | None:
    """Return the parts set one below the other from the box's top, or nothing if ink would leave it."""
    leading = round(size * _LEADING)
    inks = [measure(name, size, part)[1] for part in parts]
    # One line stands on the baseline of the full size, so that neighbours stay level when one is smaller; and every
    # text leaves room above its capitals as if one bore a macron.
    rise = -measure(name, beside if len(parts) == 1 else size, "Ӣ")[1].top
    first = box.top + max(rise, -inks[0].top)
    lines, covered = [], []
    for row, (part, ink) in enumerate(zip(parts, inks, strict=True)):
        x, y = aligned(box, ink, align), first + row * leading
        lines.append((part, x, y))
        covered.append(Box(x + ink.left, y + ink.top, x + ink.right, y + ink.bottom))
    whole = Box.around(covered)
    return Fitted(size, tuple(lines), whole) if box.holds(whole) else None
