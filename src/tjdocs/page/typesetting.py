"""The places of text: fields, captions, fixed words and the MRZ as runs of letters.

A run is printed the same way on the picture and in the PDF; nothing here draws.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tjdocs.errors import SpecError, UsageError
from tjdocs.page.page_layout import Box, Face, Field, Layout, Mrz, Note
from tjdocs.page.text import Fitted, aligned, fit, measure, tidy

__all__ = ["Placed", "Run", "check_fields", "check_lines", "field_texts", "set_face", "text_box"]

# In sizes of the caption's font: from its box's top to its baseline, and to the data's topmost ink.
_CAPTION_RISE, _CAPTION_HEIGHT = 0.82, 1.1


@dataclass(frozen=True, slots=True)
class Placed:
    """Something that was printed, and what it covers.

    :param kind: ``caption``, ``data``, ``note``, ``mrz``, ``portrait``, ``ghost``, ``emblem``, ``chip``, ``scale``,
        ``signature``, ``code`` or ``overprint``
    :param id: the field's or note's id, or the number of the MRZ's line, from 1; else empty
    :param box: the pixels of its face that its ink keeps to
    :param face: the face's name
    """

    kind: str
    id: str
    box: Box
    face: str


@dataclass(frozen=True, slots=True)
class Run:
    """Letters in one font from a starting point on the baseline, in pixels of the face.

    :param fixed: the same on every document of the layout
    :param spacing: pixels added after each character
    """

    text: str = field(repr=False)
    x: int
    baseline: int
    font: str
    size: float
    colour: str
    fixed: bool = False
    spacing: float = 0


def field_texts(plan: Layout, values: Mapping[str, str]) -> dict[str, str]:
    """Return the text of each value that is printed, by its key.

    :raises UsageError: a value is unknown, lacks, is too long or no text; the field is named, its value is not
    """
    for key in values:
        if key not in plan.keys:
            raise UsageError("the page has no such field", where=str(key), hint=f"it has {', '.join(plan.keys)}")
    texts = {}
    for part in (part for face in plan.face for part in face.field if not part.shows and not part.caption_only):
        text = values.get(part.id, part.default)
        if not isinstance(text, str):
            raise UsageError("not a text", where=part.id)
        text = tidy(text)
        if part.longest and len(text) > part.longest:
            raise UsageError("too many characters", where=part.id, hint=f"at most {part.longest}")
        if text or (part.may_be_empty and part.id in values):
            texts[part.id] = text
        elif not part.optional:
            raise UsageError("a mandatory field lacks its value", where=part.id)
    return texts


def check_lines(place: Mrz | None, lines: Sequence[str]) -> None:
    """Find out whether lines fit a machine-readable zone, ``None`` for a document without one.

    :raises UsageError: they do not; the line is named
    """
    if place is None:
        if lines:
            raise UsageError("the page has no machine-readable zone", where="lines", hint="none")
        return
    if len(lines) != len(place.centres) or isinstance(lines, str):
        raise UsageError("not as many lines as the zone has", where="lines", hint=str(len(place.centres)))
    for number, line in enumerate(lines, 1):
        if not isinstance(line, str) or len(line) != place.characters:
            hint = f"{place.characters} characters"
            raise UsageError("not of the zone's length", where=f"line {number}", hint=hint)
        if not re.fullmatch("[A-Z0-9<]+", line):
            raise UsageError("a character foreign to the zone", where=f"line {number}", hint="A-Z, 0-9 and <")


def check_fields(plan: Layout, texts: Mapping[str, str]) -> None:
    """Find out whether each text fits its place.

    :raises UsageError: one does not
    """
    for face in plan.face:
        for part in face.field:
            if texts.get(part.key):
                _fitted(plan, part, texts[part.key])


def set_face(
    plan: Layout, face: Face, texts: Mapping[str, str], lines: Sequence[str]
) -> tuple[list[Run], list[Placed]]:
    """Return all text of a face, and what it covers, in the order of printing.

    :param texts: by the values' keys, tidy
    :param lines: of the machine-readable zone; those of another face's are left out
    :raises UsageError: a text does not fit
    :raises SpecError: a caption or fixed words do not
    """
    runs: list[Run] = []
    placed: list[Placed] = []

    def add(kind: str, id_: str, more: list[Run], box: Box) -> None:
        runs.extend(more)
        placed.append(Placed(kind, id_, box, face.id))

    for note in face.note:
        add("note", note.id, *_note(plan, note))
    for part in face.field:
        if part.caption_only or part.key in texts:
            if part.caption:
                add("caption", part.id, *_caption(plan, part))
            if text := texts.get(part.key, ""):
                fitted = _fitted(plan, part, text)
                colour = plan.ink[part.ink]
                more = [
                    Run(line, x, y, part.font, fitted.size, colour, spacing=spacing)
                    for (line, x, y), spacing in zip(fitted.lines, fitted.spacings, strict=True)
                ]
                add("data", part.id, more, fitted.box)
    if face.mrz:
        for row in range(len(lines)):
            add("mrz", str(row + 1), _zone_line(face.mrz, row, lines[row], plan.ink), face.mrz.printing_zone(row))
    return runs, placed


def text_box(plan: Layout, part: Field) -> Box:
    """Return the box of a field's text, below its caption."""
    if not part.caption:
        return part.box
    size = part.caption_size or plan.type.caption
    return part.box._replace(top=part.box.top + round(size * _CAPTION_HEIGHT))


def _fitted(plan: Layout, part: Field, text: str) -> Fitted:
    """Return a field's text in the size and lines in which it fits."""
    small = (part.most_lines, plan.type.smallest) if part.most_lines else None
    return fit(
        text,
        text_box(plan, part),
        name=part.font,
        largest_pitch=part.largest_pitch,
        smallest_pitch=plan.type.smallest_pitch,
        lines=part.lines,
        where=part.id,
        align=part.align,
        stacked=part.stacked,
        baseline_pitch=part.baseline_pitch,
        small=small,
    )


def _caption(plan: Layout, part: Field) -> tuple[list[Run], Box]:
    """Return the national wording upright, a slash, the other language in italics (Doc 9303-3, 3.3)."""
    size, colour = part.caption_size or plan.type.caption, plan.ink[plan.type.caption_ink]
    baseline = part.box.top + round(size * _CAPTION_RISE)
    pieces, boxes, x = [], [], 0
    for index, words in enumerate(part.caption):
        name = "condensed-oblique" if index else "condensed"
        words += " / " if index + 1 < len(part.caption) else ""
        advance, ink = measure(name, size, words)
        pieces.append((words, x, name))
        boxes.append(Box(x + ink.left, ink.top, x + ink.right, ink.bottom))
        x += round(advance)
    cover = Box.around(boxes)
    start = aligned(part.box, cover, part.align)
    runs = [Run(words, start + x, baseline, name, size, colour, fixed=True) for words, x, name in pieces]
    box = Box(start + cover.left, baseline + cover.top, start + cover.right, baseline + cover.bottom)
    if not part.box.holds(box):
        raise SpecError("the caption does not fit", where=f"specs/page field {part.id}")
    return runs, box


def _note(plan: Layout, note: Note) -> tuple[list[Run], Box]:
    """Return fixed words, the first line's capitals at the top of their box."""
    baseline = note.box.top - measure(note.font, note.size, "Ӣ")[1].top
    runs, boxes = [], []
    for row, words in enumerate(note.lines):
        ink = measure(note.font, note.size, words)[1]
        x, y = aligned(note.box, ink, note.align), baseline + row * note.leading
        runs.append(Run(words, x, y, note.font, note.size, plan.ink[note.ink], fixed=True))
        boxes.append(Box(x + ink.left, y + ink.top, x + ink.right, y + ink.bottom))
    box = Box.around(boxes)
    if not note.box.holds(box):
        raise SpecError("the words do not fit", where=f"specs/page note {note.id}")
    return runs, box


def _zone_line(place: Mrz, row: int, line: str, inks: Mapping[str, str]) -> list[Run]:
    """Return a line's characters each in its cell, so that no rounding of widths adds up along it."""
    baseline = place.centres[row] + place.baseline
    return [
        Run(character, place.cell(row, column).left, baseline, "ocr-b", place.size, inks[place.ink], fixed=True)
        for column, character in enumerate(line)
    ]
