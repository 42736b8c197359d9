"""Lines of text made to fit a box without falling below the smallest type."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from heapq import heapify, heappop, heappush
from itertools import accumulate, combinations, pairwise
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from tjdocs.errors import UsageError
from tjdocs.fonts import font
from tjdocs.page.page_layout import Box

__all__ = ["Fitted", "aligned", "fit", "measure", "printable", "text_mask", "tidy"]

# Capitals and digits whose mean width is a proportional font's pitch.
_PITCH_SAMPLE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789АБВГҒДЕЁЖЗИӢЙКҚЛМНОПРСТУӮФХҲЧҶШЪЭЮЯ"
_LEADING = 1.1  # from baseline to baseline in sizes: clears a macron below a descender
_SPACED = 0.875  # share of the least pitch that the letters have at least where a line's height asks for small type
_STEP = 0.1
_TRIES = 100
_MEASURED = 4  # characters of the shortest line whose pitch is measured
_OVERSAMPLING = 4  # text is drawn larger and reduced: no hinting, so that any size has its true width


def measure(name: str, size: float, text: str, spacing: float = 0) -> tuple[float, Box]:
    """Return a text's advance and what its ink covers about its starting point on the baseline, in pixels.

    :param spacing: pixels added after each character
    """
    face = font(name, size * _OVERSAMPLING)
    pieces = _pieces(face, text, spacing)
    lefts, tops, rights, bottoms = zip(*(_ink(face, piece, x) for piece, x in pieces), strict=True)
    left, top, right, bottom = (e / _OVERSAMPLING for e in (min(lefts), min(tops), max(rights), max(bottoms)))
    ink = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
    last, x = pieces[-1]
    return (x + face.getlength(last)) / _OVERSAMPLING + (spacing if len(pieces) > 1 else 0), ink


def text_mask(name: str, size: float, text: str, spacing: float = 0) -> tuple[Image.Image, Box]:
    """Return a text's ink (mode L) and its box about the starting point on the baseline."""
    ink = measure(name, size, text, spacing)[1]
    mask = Image.new("L", (ink.width * _OVERSAMPLING, ink.height * _OVERSAMPLING))
    draw, face = ImageDraw.Draw(mask), font(name, size * _OVERSAMPLING)
    for piece, x in _pieces(face, text, spacing):
        origin = (x - ink.left * _OVERSAMPLING, -ink.top * _OVERSAMPLING)
        draw.text(origin, piece, font=face, anchor="ls", fill=255)
    return mask.reduce(_OVERSAMPLING), ink


def _pieces(face: ImageFont.FreeTypeFont, text: str, spacing: float) -> list[tuple[str, float]]:
    """Return the text whole, or character by character where they are spaced, each with its x."""
    if not spacing or len(text) < 2:
        return [(text, 0.0)]
    steps = (face.getlength(character) + spacing * _OVERSAMPLING for character in text)
    return list(zip(text, accumulate(steps, initial=0.0), strict=False))


def _ink(face: ImageFont.FreeTypeFont, text: str, x: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = face.getbbox(text, anchor="ls")
    return x + left, top, x + right, bottom


def spacing_for_pitch(name: str, size: float, text: str, pitch: float) -> float:
    """Return the pixels to add after each character so that a line has ``pitch`` pixels from one to the next.

    On the few characters of a sex or a State's code nothing is measured.
    """
    gaps = len(text) - 1
    face = font(name, size * _OVERSAMPLING)
    if len(text) < _MEASURED or face.getlength(text) - face.getlength(text[-1]) >= gaps * pitch * _OVERSAMPLING:
        return 0
    span = sum(map(face.getlength, text[:-1])) / _OVERSAMPLING
    return max(0.01, math.ceil((pitch - span / gaps) * 100) / 100)


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
    :param spacings: pixels added after each character, by line
    :param box: what the ink covers
    """

    size: float
    lines: tuple[tuple[str, int, int], ...] = field(repr=False)
    spacings: tuple[float, ...] = field(repr=False)
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
    small: tuple[int, float] | None = None,
) -> Fitted:
    """Set a text in a box as large as it goes, in as few lines as it goes at that size.

    The size falls from the one whose mean pitch is ``largest_pitch`` to the one of ``smallest_pitch`` pixels to the
    character (Doc 9303-3, 3.2), or a little below where a line's height asks for it: a set line of narrower letters is
    spaced to that pitch. Lines break after a slash first, then at the blank that leaves them most equal, and after a
    hyphen only where the text fits in no other way.

    :param text: tidy
    :param stacked: a line ends with each slash (Doc 9303-3, 3.1); where that does not fit, the text is set as any other
    :param baseline_pitch: pitch of the largest neighbouring type, whose baseline a single line has
    :param small: lines and least size of the type in which it is set, spaced, where it fits in no other way
    :raises UsageError: it does not fit, or the font lacks a character
    """
    if not printable(name, text):
        hint = "letters of Cyrillic or Latin script, digits and punctuation"
        raise UsageError("a character that the page's font lacks", where=where, hint=hint)
    largest = size_for_pitch(name, largest_pitch)
    single_size = size_for_pitch(name, max(largest_pitch, baseline_pitch))
    setter = _Setter(text, box, name, align, largest, single_size, smallest_pitch)
    spaced = size_for_pitch(name, smallest_pitch * _SPACED)
    smallest = min(spaced, smallest_pitch * len(text) / setter.advance * largest)
    parts = tuple(text.replace(" / ", " /\n").split("\n"))
    if stacked and 1 < len(parts) <= lines:
        way = _Way(max(measure(name, largest, part)[0] for part in parts), (len(parts),), parts)
        if fitted := setter.best([way], smallest):
            return fitted
    for most, least in ((lines, smallest), small) if small else ((lines, smallest),):
        # A text that cannot fit however it breaks is not tried: breaking has many ways.
        if len(text) * smallest_pitch <= most * box.width + most * smallest_pitch:
            for breaks in (" ", " -") if "-" in text else (" ",):
                if fitted := setter.best(_ways(text, most, partial(_advance, name, largest), breaks), least):
                    return fitted
    most, room = small[0] if small else lines, int(box.width // smallest_pitch)
    hint = f"{len(text)} characters, the longest word {max(map(len, text.split()))}; at most {most} line(s) of {room}"
    raise UsageError("too long for its place on the page", where=where, hint=hint)


class _Way(NamedTuple):
    """A text parted into lines.

    :param width: of the widest, at the largest size
    :param rank: the lower, the better among ways of one size; first the number of lines
    """

    width: float
    rank: tuple[int, ...]
    parts: tuple[str, ...]


def _advance(name: str, size: float, text: str) -> float:
    return measure(name, size, text)[0]


def _ways(text: str, lines: int, advance: Callable[[str], float], breaks: str) -> Iterator[_Way]:
    """Yield the ways to set a text in one line, in two, and so on. A slash is never parted from what it follows.

    :param breaks: characters after which a line may end
    """
    words = re.split(f"(?<=[{breaks}])(?!$)", text)
    blank = advance(" ")
    ends = list(accumulate((advance(word.rstrip(" ")) + blank * word.endswith(" ") for word in words), initial=0.0))
    starts = [index for index in range(1, len(words)) if not words[index].startswith("/")]
    for count in range(1, lines + 1):
        for places in combinations(starts, count - 1):
            edges = list(pairwise((0, *places, len(words))))
            slashes = sum(words[end - 1].endswith(("/", "/ ")) for _, end in edges)
            parts = tuple("".join(words[start:end]).rstrip(" ") for start, end in edges)
            width = max(ends[end] - ends[start] - blank * words[end - 1].endswith(" ") for start, end in edges)
            yield _Way(width, (count, -slashes, max(map(len, parts))), parts)


@dataclass(frozen=True, slots=True)
class _Setter:
    """Sets the lines of one text in its box.

    :param largest: size from which it falls
    :param single_size: size whose baseline a single line has
    :param pitch: pixels from character to character that each line has at least
    """

    text: str
    box: Box
    name: str
    align: str
    largest: float
    single_size: float
    pitch: float

    @property
    def advance(self) -> float:
        """The whole text's width on one line, at the largest size."""
        return _advance(self.name, self.largest, self.text)

    def best(self, ways: Iterable[_Way], smallest: float) -> Fitted | None:
        """Return the way that goes largest, the one of the lowest rank among equals, or nothing.

        How large a way goes is reckoned from its width at the largest size, then tried as it is drawn: by its ink.
        """
        high = cache(self._highest)
        sizes = []
        for way in ways:
            if (max(map(len, way.parts)) - 1) * self.pitch >= self.box.width:
                continue
            # rounded down; a pixel is left for the rounding of the ink's edges
            width = math.floor((self.box.width - 1) / way.width / _STEP * self.largest) * _STEP
            sizes.append((-round(min(width, high(way.rank[0]), self.largest), 1), way.rank, way.parts))
        heapify(sizes)
        for _ in range(_TRIES):
            if not sizes or -sizes[0][0] < min(smallest, self.largest):
                break
            size, rank, parts = heappop(sizes)
            if fitted := self._place(parts, -size):
                return fitted
            heappush(sizes, (round(size + _STEP, 1), rank, parts))
        return None

    def _highest(self, count: int) -> float:
        """Return the largest size at which so many lines fit the height of the box."""
        size = self.largest
        below = measure(self.name, size, self.text)[1].bottom / size
        while size > 0:
            rise = self._rise(size, count)
            if rise + (count - 1) * round(size * _LEADING) + math.ceil(below * size) <= self.box.height:
                break
            size = round(size - _STEP, 1)
        return size

    def _rise(self, size: float, count: int) -> int:
        """Return the distance of the first baseline below the box's top.

        One line has the baseline of the full size, so that neighbours stay level when one is smaller. Every text leaves
        room above its capitals for a macron.
        """
        return -measure(self.name, self.single_size if count == 1 else size, "Ӣ")[1].top

    def _place(self, parts: tuple[str, ...], size: float) -> Fitted | None:
        """Return the parts set one below the other from the box's top, or nothing if ink would leave it."""
        leading = round(size * _LEADING)
        spacings = tuple(spacing_for_pitch(self.name, size, part, self.pitch) for part in parts)
        inks = [measure(self.name, size, part, more)[1] for part, more in zip(parts, spacings, strict=True)]
        first = self.box.top + max(self._rise(size, len(parts)), -inks[0].top)
        lines, covered = [], []
        for row, (part, ink) in enumerate(zip(parts, inks, strict=True)):
            x, y = aligned(self.box, ink, self.align), first + row * leading
            lines.append((part, x, y))
            covered.append(Box(x + ink.left, y + ink.top, x + ink.right, y + ink.bottom))
        cover = Box.around(covered)
        return Fitted(size, tuple(lines), spacings, cover) if self.box.holds(cover) else None
