"""Read layouts from ``specs/page`` and check them once, so that a page drawn from one cannot go wrong by it.

Boxes never overlap: text that keeps to its box cannot touch other text.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import Any

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.fonts import FONTS
from tjdocs.page.page_layout import Box, Face, Layout

__all__ = ["layouts", "load", "parse"]

_PLACES = ("emblem", "portrait", "ghost", "chip", "scale", "signature", "code")
_ONCE = ("portrait", "ghost", "signature", "code", "mrz")


def layouts() -> tuple[str, ...]:
    """Return the names of the bundled layouts."""
    paths = (specs.folder("specs") / "page").glob("*.toml")
    return tuple(sorted(path.stem for path in paths if path.stem != "words"))


@cache
def load(name: str) -> Layout:
    """Return a bundled layout.

    :raises UsageError: there is none of that name
    :raises SpecError: its file is malformed
    """
    if name not in layouts():
        raise UsageError("unknown page layout", where=name, hint=f"there are {', '.join(layouts())}")
    return parse(specs.read_toml(f"page/{name}.toml"), where=f"specs/page/{name}.toml")


def parse(table: Mapping[str, Any], *, where: str) -> Layout:
    """Read a layout from its parsed TOML.

    :param where: the file, for the errors
    :raises SpecError: an entry is unknown, missing or of another kind; boxes overlap, or leave the page or zone
    """
    layout = specs.convert(table, Layout, where=where)
    for name in _ONCE:
        if sum(getattr(face, name) is not None for face in layout.face) > 1:
            raise SpecError("repeated on two faces", where=f"{where} {name}")
    for colour in layout.ink.values():
        _check_colour(colour, where)
    for face in layout.face:
        _check_words(layout, face, f"{where} {face.id}")
        _check_boxes(face, f"{where} {face.id}")
        if face.scale and abs(face.scale.box.width * 25.4 / layout.dpi - face.scale.millimetres) > 25.4 / layout.dpi:
            raise SpecError("not as long as it says", where=f"{where} {face.id} scale")
    return layout


def _check_words(layout: Layout, face: Face, where: str) -> None:
    """Check that all names exist (zones, inks, fonts, values) and ids are unique."""
    ids = [part.id for part in face.field]
    if len(set(ids)) < len(ids):
        raise SpecError("repeated id of a field", where=where)
    taken = [part for other in layout.face for part in other.field if not part.shows and not part.caption_only]
    shown = [part.id for part in taken]
    if len(set(shown)) < len(shown):
        raise SpecError("a value is taken by two fields", where=where, hint="the second one shows the first's")
    if face.background.seed not in [part.id for part in taken if not part.optional and not part.may_be_empty]:
        raise SpecError("unknown mandatory field", where=f"{where} background seed")
    if face.ghost and not face.portrait:
        raise SpecError("missing portrait on the same face", where=f"{where} ghost")
    for field in face.field:
        name = f"{where} field {field.id}"
        if not 1 <= field.lines <= 3 or len(field.caption) > 2:
            raise SpecError("too many lines or wordings", where=name, hint="3 and 2 at most")
        if field.shows and field.shows not in shown:
            raise SpecError("unknown field", where=f"{name} shows")
        if field.zone not in face.zones:
            raise SpecError("unknown zone", where=name)
    if face.mrz and face.mrz.zone not in face.zones:
        raise SpecError("unknown zone", where=f"{where} mrz")
    for name, part in _lettered(face):
        if part.font not in FONTS:
            raise SpecError("unknown font", where=f"{where} {name}", hint=f"there are {', '.join(FONTS)}")
    for name, ink in _inks(layout, face):
        if ink not in layout.ink:
            raise SpecError("unknown ink", where=f"{where} {name}")
    for colour in (*face.background.paper, *face.background.lines):
        _check_colour(colour, where)


def _lettered(face: Face) -> Iterator[tuple[str, Any]]:
    yield from ((f"field {part.id}", part) for part in face.field)
    yield from ((f"note {part.id}", part) for part in face.note)


def _inks(layout: Layout, face: Face) -> Iterator[tuple[str, str]]:
    yield "type", layout.type.caption_ink
    yield from (("overprint", part.ink) for part in face.overprint)
    yield from ((name, part.ink) for name, part in _lettered(face))
    yield from ((name, part.ink) for name in ("chip", "emblem", "mrz", "scale") if (part := getattr(face, name)))
    yield from (("panel", ink) for part in face.panel for ink in (part.fill, part.edge) if ink)


def _check_colour(colour: str, where: str) -> None:
    if not re.fullmatch("#[0-9a-f]{6}", colour):
        raise SpecError("not a colour", where=f"{where} {colour}", hint="#rrggbb")


def _check_boxes(face: Face, where: str) -> None:
    """Check that every printed part is on the page and in its zone, and overlaps no other."""
    placed = [(name, part.box) for name, part in _lettered(face)]
    placed += [(name, part.box) for name in _PLACES if (part := getattr(face, name))]
    for name, box in placed:
        if not face.page.area.holds(box):
            raise SpecError("not within the margins of the page", where=f"{where} {name}")
    for part in face.field:
        if not face.zones[part.zone].holds(part.box):
            raise SpecError(f"not within zone {part.zone}", where=f"{where} field {part.id}")
    if face.mrz:
        zone = face.zones[face.mrz.zone]
        for name, box in placed:
            if box.overlaps(zone):
                raise SpecError("within the machine-readable zone", where=f"{where} {name}")
        for line in range(len(face.mrz.centres)):
            placed.append((f"mrz line {line + 1}", face.mrz.printing_zone(line)))
            if not zone.holds(placed[-1][1]):
                raise SpecError(f"not within zone {face.mrz.zone}", where=f"{where} mrz line {line + 1}")
    for (one, box), (other, other_box) in combinations(placed, 2):
        if box.overlaps(other_box):
            raise SpecError("boxes overlap", where=f"{where} {one}, {other}")
    sheet = Box(0, 0, *face.page.size)
    for number, panel in enumerate(face.panel, 1):
        if not sheet.holds(panel.box):
            raise SpecError("not within the page", where=f"{where} panel {number}")
        if not (face.page.header_to_edge or face.page.area.holds(panel.box)):
            raise SpecError("reaches the margin", where=f"{where} panel {number}")
        for name, box in placed:
            if box.overlaps(panel.box) and not panel.box.shrunk(panel.thickness).holds(box):
                raise SpecError("on a panel's edge", where=f"{where} {name}, panel {number}")
