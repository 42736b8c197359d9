"""A drawn page: pixels for the eye and the reader, and the parts of the PDF."""

import io
import os
from dataclasses import dataclass, field

from PIL import Image

from tjdocs.errors import OutputError, UsageError
from tjdocs.page.page_layout import Box, Overprint
from tjdocs.page.typesetting import Placed, Run

__all__ = ["DrawnFace", "Page"]


@dataclass(frozen=True, slots=True)
class DrawnFace:
    """One printed face.

    :param pixels: RGB, row by row
    :param ground: all beneath text and pictures
    :param pictures: portrait and bar code, each with its place
    :param overprints: the specimen's word, and its colour
    """

    name: str
    size: tuple[int, int]
    placed: tuple[Placed, ...] = field(repr=False)
    pixels: bytes = field(repr=False)
    ground: Image.Image = field(repr=False, compare=False)
    pictures: tuple[tuple[Image.Image, Box], ...] = field(repr=False, compare=False)
    overprints: tuple[tuple[Overprint, str], ...] = field(repr=False)
    runs: tuple[Run, ...] = field(repr=False)

    def image(self) -> Image.Image:
        """Return the face as a picture of its own, RGB."""
        return Image.frombytes("RGB", self.size, self.pixels)


@dataclass(frozen=True, slots=True)
class Page:
    """A printed document of one face or more.

    :param layout: the layout's name
    :param dpi: pixels per 25.4 mm
    :param specimen: whether it is overprinted as one
    :param title: the document's name
    :param language: of its national wording
    :param gap: pixels between two faces in one picture
    """

    layout: str
    dpi: int
    specimen: bool
    title: str
    language: str
    gap: int
    _faces: tuple[DrawnFace, ...] = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of :meth:`image` in pixels."""
        widths, heights = zip(*(face.size for face in self._faces), strict=True)
        return max(widths), sum(heights) + self.gap * (len(self._faces) - 1)

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The printed parts in the order of printing; each box in the pixels of its own face."""
        return tuple(placed for face in self._faces for placed in face.placed)

    @property
    def faces(self) -> tuple[Image.Image, ...]:
        """Each face as a picture of its own, RGB."""
        return tuple(face.image() for face in self._faces)

    def image(self) -> Image.Image:
        """Return the page as a picture of its own, RGB: its faces one below the other."""
        if len(self._faces) == 1:
            return self._faces[0].image()
        sheet, top = Image.new("RGB", self.size, "white"), 0
        for face in self.faces:
            sheet.paste(face, (0, top))
            top += face.height + self.gap
        return sheet

    def png(self) -> bytes:
        """Return the page as a PNG file that tells its resolution."""
        return self._png(self.image())

    def files(self) -> dict[str, bytes]:
        """Return the page's files by name: a PNG file a face, each of the document's size, and the PDF file."""
        if len(self._faces) == 1:
            return {"page.png": self.png(), "page.pdf": self.pdf()}
        return {f"page-{face.name}.png": self._png(face.image()) for face in self._faces} | {"page.pdf": self.pdf()}

    def _png(self, picture: Image.Image) -> bytes:
        stream = io.BytesIO()
        # a twentieth larger than at Pillow's own level, in half the time
        picture.save(stream, "PNG", dpi=(self.dpi, self.dpi), compress_level=3)
        return stream.getvalue()

    def pdf(self) -> bytes:
        """Return the page as a PDF file, a page a face, its text as text; the same page gives the same bytes.

        It is made in the PDF/A-2B mode of fpdf2, and has no data of its holder except the print.
        """
        from tjdocs.page.pdf import make_pdf  # fpdf2 is slow to import, and not every caller wants a PDF

        title = f"{self.title} (SPECIMEN)" if self.specimen else self.title
        return make_pdf(title, self.language, self.dpi, self._faces)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page as a PNG or PDF file, by the ending of its name.

        :raises UsageError: the name ends otherwise
        :raises OutputError: it cannot be written there
        """
        makers = {".png": self.png, ".pdf": self.pdf}
        ending = os.path.splitext(os.fspath(path))[1].lower()
        if ending not in makers:
            raise UsageError("unknown kind of file", where=os.fspath(path), hint=" or ".join(makers))
        data = makers[ending]()
        try:
            with open(path, "wb") as file:
                file.write(data)
        except OSError as error:
            raise OutputError("the page cannot be written", where=os.fspath(path), hint=error.strerror or "") from None
