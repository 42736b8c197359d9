"""Draw a page from values: the one way in is :func:`draw`, the way out :class:`Page`."""

import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from tjdocs.errors import OutputError, SpecError, UsageError
from tjdocs.page.background import draw_background
from tjdocs.page.layout import Box, Field, Layout, Mrz, load
from tjdocs.page.pictures import (
    draw_chip,
    draw_overprint,
    fit_portrait,
    fit_signature,
    open_picture,
    paste_ghost,
)
from tjdocs.page.text import Fitted, fit, measure, print_text, tidy
from tjdocs.page.typeface import font

__all__ = ["Page", "Placed", "draw"]

# In sizes of the caption's font: from its box's top to its baseline, and to the data's topmost ink.
_CAPTION_RISE, _CAPTION_HEIGHT = 0.82, 1.3


@dataclass(frozen=True, slots=True)
class Placed:
    """Something that was printed, and what it covers.

    :param kind: ``caption``, ``data``, ``mrz``, ``portrait``, ``ghost``, ``chip``, ``signature`` or ``overprint``
    :param id: the field's id; of the machine-readable zone the line's number, from 1; else empty
    :param box: the pixels that its ink keeps to
    """

    kind: str
    id: str
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """A printed page.

    :param layout: the layout's name
    :param size: width and height in pixels
    :param dpi: pixels per 25.4 mm
    :param specimen: whether it is overprinted as one
    :param placed: what stands where, in the order of printing
    :param pixels: RGB, row by row
    """

    layout: str
    size: tuple[int, int]
    dpi: int
    specimen: bool
    placed: tuple[Placed, ...] = field(repr=False)
    pixels: bytes = field(repr=False)

    def image(self) -> Image.Image:
        """Return the page as a picture of its own, RGB."""
        return Image.frombytes("RGB", self.size, self.pixels)

    def png(self) -> bytes:
        """Return the page as a PNG file that tells its resolution."""
        stream = io.BytesIO()
        self.image().save(stream, "PNG", dpi=(self.dpi, self.dpi))
        return stream.getvalue()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page as a PNG file.

        :raises OutputError: it cannot be written there
        """
        try:
            with open(path, "wb") as file:
                file.write(self.png())
        except OSError as error:
            raise OutputError("the page cannot be written", where=os.fspath(path), hint=error.strerror or "") from None


def draw(
    layout: str,
    values: Mapping[str, str],
    *,
    portrait: bytes | Image.Image | None = None,
    signature: bytes | Image.Image | None = None,
    lines: Sequence[str] = (),
    specimen: bool,
) -> Page:
    """Draw a page. The same input gives the same pixels.

    :param layout: name of a layout, for example ``td3``
    :param values: text by field id, as it is to be read; a slash parts the national from the Latin form
    :param portrait: a PNG, JPEG or JPEG 2000 file, or a picture; required where the layout has a place for it
    :param signature: likewise, dark on white; its place stays free without one
    :param lines: the machine-readable zone, line by line
    :param specimen: print SPECIMEN across the page
    :raises UsageError: a value is unknown, lacks, or does not fit; the message names the field, never the value
    :raises tjdocs.errors.SpecError: the layout's file is malformed
    """
    plan = load(layout)
    texts = _texts(plan, values)
    if plan.mrz:
        _check_lines(plan.mrz, lines)
    elif lines:
        raise UsageError("the page has no machine-readable zone", where="lines", hint="none")
    face = _picture(portrait, "portrait", plan.portrait is not None, required=True)
    written = _picture(signature, "signature", plan.signature is not None, required=False)

    page = draw_background(plan.background, plan.page.size, texts[plan.background.seed])
    placed = []
    if plan.portrait and face:
        printed = fit_portrait(face, plan.portrait)
        page.paste(printed, plan.portrait.box)
        placed.append(Placed("portrait", "", plan.portrait.box))
        if plan.ghost:
            placed.append(Placed("ghost", "", paste_ghost(page, printed, plan.ghost)))
    if plan.chip:
        draw_chip(page, plan.chip, plan.ink[plan.chip.ink])
        placed.append(Placed("chip", "", plan.chip.box))
    if plan.signature and written:
        placed.append(Placed("signature", "", fit_signature(page, written, plan.signature.box)))
    if specimen:
        box = draw_overprint(page, plan.overprint, plan.ink[plan.overprint.ink])
        placed.append(Placed("overprint", "", box))
    for part in plan.field:
        if part.id in texts or part.caption_only:
            placed += _print_field(page, plan, part, texts.get(part.id, ""))
    if plan.mrz:
        placed += _print_lines(page, plan.mrz, lines, plan.ink[plan.mrz.ink])
    return Page(layout, plan.page.size, plan.page.dpi, specimen, tuple(placed), page.tobytes())


def check(layout: str, values: Mapping[str, str], *, portrait: bytes | Image.Image | None = None) -> None:
    """Find out whether :func:`draw` would take these values, without drawing.

    :raises UsageError: as :func:`draw`
    """
    plan = load(layout)
    texts = _texts(plan, values)
    face = _picture(portrait, "portrait", plan.portrait is not None, required=True)
    if plan.portrait and face:
        fit_portrait(face, plan.portrait)
    for part in plan.field:
        if texts.get(part.id):
            _fitted(plan, part, texts[part.id])


def _texts(plan: Layout, values: Mapping[str, str]) -> dict[str, str]:
    """Return the text of each field that is printed."""
    known = [part.id for part in plan.field if not part.caption_only]
    for key in values:
        if key not in known:
            raise UsageError("the page has no such field", where=str(key), hint=f"it has {', '.join(known)}")
    texts = {}
    for part in plan.field:
        text = values.get(part.id, part.default)
        if not isinstance(text, str):
            raise UsageError("not a text", where=part.id)
        text = tidy(text)
        if part.longest and len(text) > part.longest:
            raise UsageError("too many characters", where=part.id, hint=f"at most {part.longest}")
        if text or (part.may_be_empty and part.id in values):
            texts[part.id] = text
        elif not part.optional and not part.caption_only:
            raise UsageError("a mandatory field lacks its value", where=part.id)
    return texts


def _check_lines(place: Mrz, lines: Sequence[str]) -> None:
    if len(lines) != len(place.centres) or isinstance(lines, str):
        raise UsageError("not as many lines as the zone has", where="lines", hint=str(len(place.centres)))
    for number, line in enumerate(lines, 1):
        if not isinstance(line, str) or len(line) != place.characters:
            hint = f"{place.characters} characters"
            raise UsageError("not of the zone's length", where=f"line {number}", hint=hint)
        if not re.fullmatch("[A-Z0-9<]+", line):
            raise UsageError("a character foreign to the zone", where=f"line {number}", hint="A-Z, 0-9 and <")


def _picture(source: bytes | Image.Image | None, where: str, has_place: bool, *, required: bool) -> Image.Image | None:
    if source is None:
        if has_place and required:
            raise UsageError("the page needs one", where=where)
        return None
    if not has_place:
        raise UsageError("the page has no place for it", where=where)
    return open_picture(source, where=where)


def _print_field(page: Image.Image, plan: Layout, part: Field, text: str) -> list[Placed]:
    placed = []
    if part.caption:
        placed.append(Placed("caption", part.id, _print_caption(page, plan, part)))
    if text:
        fitted = _fitted(plan, part, text)
        for line, x, y in fitted.lines:
            print_text(page, line, x, y, name=part.font, size=fitted.size, colour=plan.ink[part.ink])
        placed.append(Placed("data", part.id, fitted.box))
    return placed


def _fitted(plan: Layout, part: Field, text: str) -> Fitted:
    """Return a field's text in the size and lines in which it fits below its caption."""
    box = part.box
    if part.caption:
        box = Box(box.left, box.top + round(plan.type.caption * _CAPTION_HEIGHT), box.right, box.bottom)
    return fit(
        text,
        box,
        name=part.font,
        largest_pitch=part.largest_pitch,
        smallest_pitch=plan.type.smallest_pitch,
        lines=part.lines,
        where=part.id,
    )


def _print_caption(page: Image.Image, plan: Layout, part: Field) -> Box:
    """Print the national wording upright, a slash, the other language in italics (Doc 9303-3, 3.3)."""
    size, colour = plan.type.caption, plan.ink[plan.type.caption_ink]
    x, baseline = part.box.left, part.box.top + round(size * _CAPTION_RISE)
    boxes = []
    for index, words in enumerate(part.caption):
        name = "condensed-oblique" if index else "condensed"
        words += " / " if index + 1 < len(part.caption) else ""
        boxes.append(print_text(page, words, x, baseline, name=name, size=size, colour=colour))
        x += round(measure(name, size, words)[0])
    box = Box(boxes[0].left, min(box.top for box in boxes), boxes[-1].right, max(box.bottom for box in boxes))
    if not part.box.holds(box):
        raise SpecError("the caption does not fit", where=f"specs/page field {part.id}")
    return box


def _print_lines(page: Image.Image, place: Mrz, lines: Sequence[str], colour: str) -> list[Placed]:
    """Print each character in its cell, so that no rounding of widths adds up along a line."""
    face, pen = font("ocr-b", place.size), ImageDraw.Draw(page)
    placed = []
    for row, line in enumerate(lines):
        baseline = place.centres[row] + place.baseline
        for column, character in enumerate(line):
            cell = place.cell(row, column)
            pen.text((cell.left, baseline), character, font=face, anchor="ls", fill=colour)
        placed.append(Placed("mrz", str(row + 1), place.printing_zone(row)))
    return placed
