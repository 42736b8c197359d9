"""The page as a PDF: pictures beneath, text as text, at the places of the picture."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from xml.sax.saxutils import escape

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.prefs import ViewerPreferences
from fpdf.svg import svg_path_converter
from PIL import Image, ImageColor

from tjdocs.fonts import font_file
from tjdocs.page.marks import slanted
from tjdocs.page.page_layout import Overprint
from tjdocs.page.printed_page import DrawnFace
from tjdocs.page.typesetting import Run

__all__ = ["make_pdf"]

_GROUND_QUALITY, _PORTRAIT_QUALITY = 90, 95
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # the file's identifier is made from it; the file itself tells no date
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""


def make_pdf(title: str, language: str, dpi: int, faces: Sequence[DrawnFace]) -> bytes:
    """Return a PDF with one page a face; its unit is the face's pixel."""
    point = 72 / dpi
    pdf = FPDF(unit=point, format=faces[0].size, enforce_compliance="PDF/A-2B")
    pdf.set_creation_date(_NEVER)
    pdf.set_title(title)
    pdf.set_lang(language)
    pdf.set_xmp_metadata(_XMP.format(title=escape(title), language=escape(language)))
    pdf.set_auto_page_break(False)
    pdf.viewer_preferences = ViewerPreferences(print_scaling="None")  # a print at another size cannot be read
    letters: dict[str, set[int]] = {}
    for face in faces:
        for run in face.runs:
            letters.setdefault(run.font, set()).update(map(ord, run.text))
    for name in sorted(letters):
        pdf.add_font(name, "", font_file(name), unicode_range=sorted(letters[name]))
    for face in faces:
        width, height = face.size
        pdf.add_page(format=face.size)
        pdf.image(_jpeg(face.ground, _GROUND_QUALITY), 0, 0, width, height)
        for picture, box in face.pictures:
            source = picture if picture.mode == "1" else _jpeg(picture, _PORTRAIT_QUALITY)
            pdf.image(source, box.left, box.top, box.width, box.height)
        for place, colour in face.overprints:
            _overprint(pdf, place, colour)
        for run in face.runs:
            _text(pdf, run, point)
    return bytes(pdf.output())


def _jpeg(picture: Image.Image, quality: int) -> io.BytesIO:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, subsampling=0)
    return stream


def _text(pdf: FPDF, run: Run, point: float) -> None:
    pdf.set_font(run.font, size=run.size * point)
    pdf.set_char_spacing(run.spacing * point)  # in points, against its documentation
    pdf.set_text_color(*ImageColor.getrgb(run.colour)[:3])
    pdf.text(run.x, run.baseline, run.text)


def _overprint(pdf: FPDF, place: Overprint, colour: str) -> None:
    """Print the word as on the picture: multiplied onto the print beneath, turned about its middle.

    Its letters are outlines: as text they would be among the data in PDF readers.
    """
    word = slanted(place)
    x, y = word.centre
    left, top, right, bottom = word.ink
    with pdf.rotation(place.angle, x, y), pdf.new_path() as path:
        svg_path_converter(path, _outlines(place.text, word.size, x - (left + right) / 2, y - (top + bottom) / 2))
        path.style.fill_color = colour
        path.style.fill_opacity = place.strength
        path.style.stroke_color = None
        path.style.blend_mode = "Multiply"
        path.style.intersection_rule = "nonzero"


@lru_cache(maxsize=16)
def _outlines(text: str, size: float, x: float, baseline: float) -> str:
    """Return a word's outlines as an SVG path."""
    face = TTFont(font_file("bold"))
    glyphs, names = face.getGlyphSet(), face.getBestCmap()
    scale = size / face["head"].unitsPerEm
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.2f}")
    for letter in text:
        glyph = glyphs[names[ord(letter)]]
        glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, baseline)))
        x += glyph.width * scale
    return str(pen.getCommands())
