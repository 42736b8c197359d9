"""The schema of a page's layout, ``specs/page/<layout>.toml``, as frozen types.

A new document is a new file; nothing here knows a format. :mod:`tjdocs.page.layouts` reads the files.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from tjdocs import specs

__all__ = [
    "Background",
    "Box",
    "Chip",
    "CodePlace",
    "Emblem",
    "Face",
    "Field",
    "Ghost",
    "Layout",
    "Mrz",
    "Note",
    "Overprint",
    "Panel",
    "Portrait",
    "Scale",
    "Sheet",
    "Signature",
    "TypeSize",
]


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
        """Return whether the other is completely inside."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom

    def shrunk(self, by: int) -> "Box":
        """Return the box without a rim of so many pixels."""
        return Box(self.left + by, self.top + by, self.right - by, self.bottom - by)

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> "Box":
        """Return the smallest box that holds some others."""
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return cls(min(lefts), min(tops), max(rights), max(bottoms))


def _is_box(value: Any) -> bool:
    """Whether every box in a value has an area."""
    if isinstance(value, Box):
        return value.width > 0 and value.height > 0
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return all(map(_is_box, parts))


class _Part(specs.Row, frozen=True):
    """A part of a layout; its boxes have an area."""

    def __post_init__(self) -> None:
        if not all(_is_box(getattr(self, name)) for name in self.__struct_fields__):
            raise ValueError("not a box; left, top, right, bottom")


class Sheet(_Part, frozen=True):
    """One face of the document.

    :param size: width and height in pixels
    :param margin: clear of data, on the sides named (``left``, ``top``, ``right``, ``bottom``)
    :param header_to_edge: whether the ground of the header may reach the edges, as on cards (Doc 9303-5, 2.3)
    """

    size: tuple[specs.Positive, specs.Positive]
    margin: int
    margin_sides: tuple[str, ...]
    header_to_edge: bool = False

    @property
    def area(self) -> Box:
        """The area within the margins."""
        left, top, right, bottom = (
            self.margin if side in self.margin_sides else 0 for side in ("left", "top", "right", "bottom")
        )
        return Box(left, top, self.size[0] - right, self.size[1] - bottom)


class TypeSize(_Part, frozen=True):
    """Sizes that hold for the whole document, in pixels.

    :param smallest_pitch: width of a character that no value's type falls below
    :param smallest: size of the font that no name's type falls below on more lines
    :param caption: size of the captions' font
    :param caption_ink: their ink
    """

    smallest_pitch: float
    smallest: float
    caption: float
    caption_ink: str


class Field(_Part, frozen=True):
    """One field of the visual zone.

    :param id: of the field on its face, and the key of its value unless ``shows`` names another
    :param number: its number in the data element directory (Doc 9303-4 to -7, clause 4.1.1), if it has one
    :param caption: national wording and English; empty: none is printed
    :param caption_size: of the caption's font, 0 for the document's
    :param shows: the value that it shows once more
    :param lines: the most lines of the value
    :param most_lines: the most lines in smaller type where it fits in no other way, 0 for the same number
    :param stacked: national and Latin form have lines of their own where there is room
    :param align: ``left``, ``centre`` or ``right``
    :param largest_pitch: mean width of a character when nothing has to shrink
    :param baseline_pitch: pitch of the largest neighbouring type, whose baseline a single line has
    :param longest: characters that it may have, 0 for any number
    :param optional: it may be missing, and then its caption is not printed either
    :param may_be_empty: an empty value is lawful, and the caption is printed
    :param caption_only: it takes no text
    :param default: the printed text without a value
    """

    id: str
    zone: str
    box: Box
    number: str = ""
    caption: tuple[str, ...] = ()
    caption_size: float = 0
    shows: str = ""
    lines: int = 1
    most_lines: int = 0
    stacked: bool = False
    align: Literal["left", "centre", "right"] = "left"
    font: str = "bold"
    ink: str = "data"
    largest_pitch: float = 21
    baseline_pitch: float = 0
    longest: int = 0
    optional: bool = False
    may_be_empty: bool = False
    caption_only: bool = False
    default: str = ""

    @property
    def key(self) -> str:
        """The key of its value."""
        return self.shows or self.id


class Note(_Part, frozen=True):
    """Fixed words, line by line; ``leading`` from baseline to baseline, ``size`` of the font."""

    id: str
    box: Box
    lines: tuple[str, ...]
    size: float
    leading: int
    ink: str
    font: str = "condensed"
    align: Literal["left", "centre", "right"] = "left"


class Panel(_Part, frozen=True):
    """A part of the face in a colour of its own, or in a frame, or both. Print keeps off its edge.

    :param fill: ink of its ground, printed in ``strength``
    :param edge: ink of its frame, ``thickness`` pixels wide
    :param radius: of its corners
    """

    box: Box
    fill: str = ""
    strength: float = 1
    edge: str = ""
    thickness: int = 0
    radius: int = 0


class Emblem(_Part, frozen=True):
    """A ring in the place of the State's emblem, which is not bundled, as its ``words`` state.

    :param strength: of its ink
    """

    box: Box
    ink: str
    words: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    strength: float = 1


class Mrz(_Part, frozen=True):
    """The places of the MRZ's characters (Doc 9303-4, figure 3; -5 and -6, figure 6).

    :param first: x of the first character's cell
    :param pitch: width of a cell
    :param centres: y of each line's centre
    :param printing_height: of the zone about a centre that ink keeps to
    :param baseline: distance of the baseline below the centre
    :param size: of the font
    """

    zone: str
    characters: specs.Positive
    first: int
    pitch: specs.Positive
    centres: tuple[int, ...]
    printing_height: specs.Positive
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


class Portrait(_Part, frozen=True):
    """The portrait's place, and the fewest pixels across and down that a picture must bring."""

    box: Box
    smallest: tuple[int, int]


class Ghost(_Part, frozen=True):
    """The second, weaker portrait; ``strength`` is its darkest share of black."""

    box: Box
    strength: float


class Chip(_Part, frozen=True):
    """The "chip inside" symbol (Doc 9303-9, 2.3)."""

    box: Box
    ink: str


class Scale(_Part, frozen=True):
    """A line of so many millimetres with a tick each ten, by which a print is measured; its ends are its box's."""

    box: Box
    millimetres: Annotated[int, msgspec.Meta(ge=10)]
    ink: str


class Signature(_Part, frozen=True):
    """The place of the holder's signature."""

    box: Box


class CodePlace(_Part, frozen=True):
    """The place of a bar code, quiet zone included; the code is in its lower right corner.

    :param module: pixels across a module (Doc 9303-13, 2.1: at least 0.3386 mm for ink-jet, 4 at 300 dpi)
    :param quiet: modules on each side that stay white
    """

    box: Box
    module: specs.Positive
    quiet: Annotated[int, msgspec.Meta(ge=0)]


class Overprint(_Part, frozen=True):
    """The word across a specimen: turned by ``angle`` degrees, ``strength`` of its ink."""

    text: str
    box: Box
    angle: float
    ink: str
    strength: float


class Background(_Part, frozen=True):
    """The fine lines beneath a face.

    :param seed: the field whose value shapes them
    :param paper: colours from the left edge to the right, and ``lines`` too
    :param calm: where no line runs
    :param waves: from which y to which the wave lines run
    :param rosettes: x, y and radius of each
    :param bands: y of each ornamental band
    """

    seed: str
    paper: tuple[str, ...]
    lines: tuple[str, ...]
    calm: tuple[Box, ...]
    waves: tuple[int, int]
    rosettes: tuple[tuple[int, int, int], ...]
    bands: tuple[int, ...]


class Face(_Part, frozen=True):
    """One side of the document; a place that is ``None`` is not on it."""

    id: str
    page: Sheet
    zones: Mapping[str, Box]
    background: Background
    overprint: tuple[Overprint, ...]
    field: tuple[Field, ...]
    note: tuple[Note, ...] = ()
    panel: tuple[Panel, ...] = ()
    emblem: Emblem | None = None
    portrait: Portrait | None = None
    ghost: Ghost | None = None
    chip: Chip | None = None
    scale: Scale | None = None
    signature: Signature | None = None
    code: CodePlace | None = None
    mrz: Mrz | None = None


class Layout(specs.Spec, frozen=True):
    """A whole document.

    :param format: of its machine-readable zone
    :param title: the document's name, without its holder; the PDF's title
    :param language: BCP 47 tag of the national wording
    :param dates: how dates are written on it, ``month`` or ``numeric``: the ``style`` of ``date_text``
    :param gap: pixels between two faces in one picture
    :param reviewed: whether a native reader has signed its national wording
    """

    format: str
    clause: str
    title: str
    language: str
    dates: Literal["month", "numeric"]
    dpi: specs.Positive
    type: TypeSize
    ink: Mapping[str, str]
    face: Annotated[tuple[Face, ...], msgspec.Meta(min_length=1)]
    gap: int = 0
    reviewed: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the values that it takes, in the order of printing."""
        return tuple(dict.fromkeys(part.key for face in self.face for part in face.field if not part.caption_only))
