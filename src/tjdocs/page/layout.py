"""A page's layout as data: ``specs/page/<layout>.toml`` read into frozen types.

A new format is a new file; nothing here knows TD3. Boxes never overlap, so that text that keeps to its box cannot
touch other text; that is checked once, when the file is read. The types below are the file's schema.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from itertools import combinations
from types import MappingProxyType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.page.typeface import FONTS

__all__ = ["Box", "Field", "Layout", "layouts", "load", "parse"]


class Box(NamedTuple):
    """A rectangle in pixels from the page's top left corner; right and bottom lie outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.bottom - self.top

    def overlaps(self, other: "Box") -> bool:
        """Tell whether the two share a pixel."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)

    def holds(self, other: "Box") -> bool:
        """Tell whether the other lies wholly inside."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page itself.

    :param size: width and height in pixels
    :param margin: clear of data, on the sides named (``left``, ``top``, ``right``, ``bottom``)
    """

    size: tuple[int, int]
    dpi: int
    margin: int
    margin_sides: tuple[str, ...]

    @property
    def area(self) -> Box:
        """What lies within the margins."""
        left, top, right, bottom = (
            self.margin if side in self.margin_sides else 0 for side in ("left", "top", "right", "bottom")
        )
        return Box(left, top, self.size[0] - right, self.size[1] - bottom)


@dataclass(frozen=True, slots=True)
class TypeSize:
    """Sizes that hold for the whole page, in pixels.

    :param smallest_pitch: width of a character that no value's type falls below
    :param caption: size of the captions' font
    :param caption_ink: their ink
    """

    smallest_pitch: float
    caption: float
    caption_ink: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the visual zone.

    :param id: the key of its value
    :param number: its number in the data element directory (Doc 9303-4 to -7, clause 4.1.1)
    :param caption: national wording and English; empty: none is printed
    :param lines: on how many lines the value may stand
    :param largest_pitch: mean width of a character when nothing has to shrink
    :param longest: characters that it may have, 0 for any number
    :param optional: it may lack, and then its caption is not printed either
    :param may_be_empty: an empty value is lawful, and the caption stands
    :param caption_only: it takes no text
    :param default: what is printed when no value is given
    """

    id: str
    number: str
    zone: str
    box: Box
    caption: tuple[str, ...] = ()
    lines: int = 1
    font: str = "bold"
    ink: str = "data"
    largest_pitch: float = 24
    longest: int = 0
    optional: bool = False
    may_be_empty: bool = False
    caption_only: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Mrz:
    """Where the machine-readable zone's characters stand (Doc 9303-4, figure 3).

    :param first: x of the first character's cell
    :param pitch: width of a cell
    :param centres: y of each line's centre
    :param printing_height: of the zone about a centre that ink keeps to
    :param baseline: how far the baseline lies below the centre
    :param size: of the font
    """

    zone: str
    characters: int
    first: int
    pitch: int
    centres: tuple[int, ...]
    printing_height: int
    baseline: int
    size: float
    ink: str

    def cell(self, line: int, character: int) -> Box:
        """Return the cell of a character, both counted from 0."""
        left = self.first + self.pitch * character
        top = self.centres[line] - self.printing_height // 2
        return Box(left, top, left + self.pitch, top + self.printing_height)

    def printing_zone(self, line: int) -> Box:
        """Return the zone that a line's ink keeps to."""
        first, last = self.cell(line, 0), self.cell(line, self.characters - 1)
        return Box(first.left, first.top, last.right, last.bottom)


@dataclass(frozen=True, slots=True)
class Portrait:
    """The portrait's place, and the fewest pixels across and down that a picture must bring."""

    box: Box
    smallest: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ghost:
    """The second, weaker portrait; ``strength`` is its darkest share of black."""

    box: Box
    strength: float


@dataclass(frozen=True, slots=True)
class Chip:
    """The "chip inside" symbol (Doc 9303-9, 2.3)."""

    box: Box
    ink: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The place of the holder's signature."""

    box: Box


@dataclass(frozen=True, slots=True)
class Overprint:
    """The word across a specimen: turned by ``angle`` degrees, ``strength`` of its ink."""

    text: str
    box: Box
    angle: float
    ink: str
    strength: float


@dataclass(frozen=True, slots=True)
class Background:
    """The fine lines beneath a page.

    :param seed: the field whose value shapes them
    :param paper: colours from the left edge to the right, and ``lines`` likewise
    :param calm: where no line runs
    :param waves: from which y to which the wave lines run
    :param rosette: x, y and radius
    :param bands: y of each ornamental band
    """

    seed: str
    paper: tuple[str, ...]
    lines: tuple[str, ...]
    calm: Box
    waves: tuple[int, int]
    rosette: tuple[int, int, int]
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole page; a place that is ``None`` is not on it."""

    schema: int
    format: str
    clause: str
    page: Sheet
    type: TypeSize
    ink: Mapping[str, str]
    zones: Mapping[str, Box]
    background: Background
    overprint: Overprint
    field: tuple[Field, ...]
    portrait: Portrait | None = None
    ghost: Ghost | None = None
    chip: Chip | None = None
    signature: Signature | None = None
    mrz: Mrz | None = None


def layouts() -> tuple[str, ...]:
    """Return the names of the bundled layouts."""
    found = (specs.folder("specs") / "page").glob("*.toml")
    return tuple(sorted(path.stem for path in found if path.stem != "words"))


@cache
def load(name: str) -> Layout:
    """Return a bundled layout.

    :raises UsageError: there is none of that name
    :raises SpecError: its file is malformed
    """
    if name not in layouts():
        raise UsageError("no such page layout", where=name, hint=f"there are {', '.join(layouts())}")
    return parse(specs.read_toml(f"page/{name}.toml"), where=f"specs/page/{name}.toml")


def parse(table: Mapping[str, Any], *, where: str) -> Layout:
    """Read a layout from its parsed TOML.

    :param where: the file, for the errors
    :raises SpecError: an entry is unknown, missing or of another kind; boxes overlap, or leave the page or zone
    """
    layout: Layout = _read(Layout, table, where)
    if layout.schema != 1:
        raise SpecError("unknown schema", where=where, hint="1 is known")
    _check_words(layout, where)
    _check_boxes(layout, where)
    return layout


def _read(kind: Any, value: Any, where: str) -> Any:
    """Return a TOML value as the annotated kind: a dataclass, ``Box``, mapping, tuple or plain value."""
    if isinstance(kind, UnionType):  # X | None: absent is None, present is X
        kind = get_args(kind)[0]
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise SpecError("not a table", where=where)
        hints = get_type_hints(kind)
        required = [part.name for part in fields(kind) if part.default is MISSING]
        specs.require_keys(value, required, hints, where=where)
        return kind(**{key: _read(hints[key], entry, f"{where} {key}") for key, entry in value.items()})  # type: ignore[operator]
    if kind is Box:
        box = Box(*_read(tuple[int, int, int, int], value, where))
        if box.width <= 0 or box.height <= 0:
            raise SpecError("not a box", where=where, hint="left, top, right, bottom")
        return box
    if origin is Mapping:
        if not isinstance(value, Mapping):
            raise SpecError("not a table", where=where)
        return MappingProxyType({key: _read(arguments[1], entry, f"{where} {key}") for key, entry in value.items()})
    if origin is tuple:
        kinds = arguments
        if isinstance(value, list) and arguments[-1] is Ellipsis:
            kinds = arguments[:1] * len(value)
        if not isinstance(value, list) or len(value) != len(kinds):
            raise SpecError("not a list of the right length", where=where)
        return tuple(
            _read(part, entry, f"{where} {index}")
            for index, (part, entry) in enumerate(zip(kinds, value, strict=True), 1)
        )
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise SpecError(f"not of type {kind.__name__}", where=where)
    return value


def _check_words(layout: Layout, where: str) -> None:
    """Check that what is named exists: zones, inks, the seed; ids are unique."""
    ids = [part.id for part in layout.field]
    if len(set(ids)) < len(ids):
        raise SpecError("a field's id stands twice", where=where)
    if layout.background.seed not in ids:
        raise SpecError("no such field", where=f"{where} background seed")
    for field in layout.field:
        if not 1 <= field.lines <= 3 or len(field.caption) > 2:
            raise SpecError("too many lines or wordings", where=f"{where} field {field.id}", hint="3 and 2 at most")
        if field.font not in FONTS:
            raise SpecError("no such font", where=f"{where} field {field.id}", hint=f"there are {', '.join(FONTS)}")
    named = [(f"field {part.id}", part.ink, part.zone) for part in layout.field]
    named.append(("type", layout.type.caption_ink, ""))
    named += [("chip", layout.chip.ink, "")] if layout.chip else []
    named += [("mrz", layout.mrz.ink, layout.mrz.zone)] if layout.mrz else []
    named.append(("overprint", layout.overprint.ink, ""))
    for part, ink, zone in named:
        if ink not in layout.ink:
            raise SpecError("no such ink", where=f"{where} {part}")
        if zone and zone not in layout.zones:
            raise SpecError("no such zone", where=f"{where} {part}")
    for colour in (*layout.ink.values(), *layout.background.paper, *layout.background.lines):
        if not re.fullmatch("#[0-9a-f]{6}", colour):
            raise SpecError("not a colour", where=f"{where} {colour}", hint="#rrggbb")


def _check_boxes(layout: Layout, where: str) -> None:
    """Check that all that is printed lies on the page, in its zone, and nothing on anything else."""
    placed = [(f"field {part.id}", part.box) for part in layout.field]
    for name in ("portrait", "ghost", "chip", "signature"):
        if part := getattr(layout, name):
            placed.append((name, part.box))
    for name, box in placed:
        if not layout.page.area.holds(box):
            raise SpecError("lies in the margin or outside the page", where=f"{where} {name}")
    for part in layout.field:
        if not layout.zones[part.zone].holds(part.box):
            raise SpecError(f"lies outside zone {part.zone}", where=f"{where} field {part.id}")
    if layout.mrz:
        for line in range(len(layout.mrz.centres)):
            placed.append((f"mrz line {line + 1}", layout.mrz.printing_zone(line)))
            if not layout.zones[layout.mrz.zone].holds(placed[-1][1]):
                raise SpecError(f"lies outside zone {layout.mrz.zone}", where=f"{where} mrz line {line + 1}")
    for (one, box), (other, other_box) in combinations(placed, 2):
        if box.overlaps(other_box):
            raise SpecError("boxes overlap", where=f"{where} {one}, {other}")
