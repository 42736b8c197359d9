"""Make the bundled fonts from their originals: Debian's fonts-dejavu-core, fonts-dejavu-extra, fonts-ocr-b.

Usage: python tests/page/make_fonts.py

DejaVu is reduced to Latin, Cyrillic and punctuation; outlines and widths stay. No kerning: a text is as wide in the
PDF as in the picture. OCR-B's outlines are turned from cubic into quadratic curves, to within a thousandth of the
type size, since a PDF takes no OpenType font with cubic ones as a TrueType font.
"""

from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

SOURCES = Path("/usr/share/fonts")
TARGET = Path(__file__).parents[2] / "src/tjdocs/page/fonts"
DEJAVU = ("DejaVuSans-Bold", "DejaVuSansCondensed", "DejaVuSansCondensed-Oblique")
RANGES = ((0x20, 0x24F), (0x400, 0x52F), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x203A), (0x2116, 0x2116))


def reduce(name: str) -> None:
    options = subset.Options(layout_features=[], hinting=False, glyph_names=True, notdef_outline=True, name_IDs=["*"])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "FFTM", "kern"]
    font = subset.load_font(SOURCES / f"truetype/dejavu/{name}.ttf", options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    subset.save_font(font, TARGET / f"{name}.ttf", options)


def with_quadratic_curves() -> None:
    source = TTFont(TARGET / "OCRB.otf")
    order, cmap, outlines = source.getGlyphOrder(), source.getBestCmap(), source.getGlyphSet()
    glyphs, metrics = {}, {}
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, max_err=source["head"].unitsPerEm / 1000, reverse_direction=True))
        glyphs[name] = pen.glyph()
        metrics[name] = (source["hmtx"][name][0], 0)
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (width, glyphs[name].xMin if glyphs[name].numberOfContours else 0)
                                    for name, (width, _) in metrics.items()})  # fmt: skip
    ascent, descent = source["hhea"].ascent, source["hhea"].descent
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupNameTable({"familyName": "OCR B", "styleName": "Regular", "fullName": "OCR B",
                            "copyright": source["name"].getDebugName(0) or ""})  # fmt: skip
    builder.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, usWinAscent=ascent, usWinDescent=-descent)
    builder.setupPost(isFixedPitch=1)
    builder.font.recalcTimestamp = False
    builder.font["head"].created = builder.font["head"].modified = source["head"].modified
    builder.save(TARGET / "OCRB.ttf")


if __name__ == "__main__":
    for name in DEJAVU:
        reduce(name)
    with_quadratic_curves()
