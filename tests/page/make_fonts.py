"""Make the bundled fonts from their originals: fontpkg-noto-sans of PyPI, Debian's fonts-dejavu-core and fonts-ocr-b.

Usage: python -m tests.page.make_fonts

Noto Sans is fixed at a weight and a width. It and DejaVu Sans Bold, which the drawn portrait has, are reduced to Latin,
Cyrillic and punctuation; outlines and widths stay. No kerning: a text is as wide in the PDF as in the picture. OCR-B's outlines are turned from cubic into quadratic curves, to within a thousandth of the
type size, since a PDF takes no OpenType font with cubic ones as a TrueType font.
"""

from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SOURCES = Path("/usr/share/fonts")
TARGET = Path(__file__).parents[2] / "src/tjdocs/fonts"
NOTO = {  # name of the file: of its original, weight, width
    "NotoSans-Bold": ("NotoSans", "Bold", 700, 100),
    "NotoSans-SemiCondensed": ("NotoSans", "SemiCondensed", 400, 87.5),
    "NotoSans-SemiCondensedItalic": ("NotoSans-Italic", "SemiCondensed Italic", 400, 87.5),
}
RANGES = ((0x20, 0x24F), (0x400, 0x52F), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x203A), (0x2116, 0x2116))


def reduce(font: TTFont, target: str, codes: Iterable[int]) -> None:
    options = subset.Options(layout_features=[], hinting=False, glyph_names=True, notdef_outline=True, name_IDs=["*"])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "FFTM", "kern"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    subset.save_font(font, TARGET / f"{target}.ttf", options)


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
    codes = [code for first, last in RANGES for code in range(first, last + 1)]
    originals = Path(distribution("fontpkg-noto-sans").locate_file("fontpkg_noto_sans/files"))
    for name, (original, style, weight, width) in NOTO.items():
        fixed = instantiateVariableFont(TTFont(originals / f"{original}[wdth,wght].ttf"), {"wght": weight, "wdth": width})
        for record, text in ((1, f"Noto Sans {style}"), (2, "Regular"), (4, f"Noto Sans {style}"), (6, name)):
            fixed["name"].setName(text, record, 3, 1, 0x409)
        for record in (16, 17, 25):
            fixed["name"].removeNames(nameID=record)
        fixed.recalcTimestamp = False
        reduce(fixed, name, codes)
    reduce(TTFont(SOURCES / "truetype/dejavu/DejaVuSans-Bold.ttf"), "DejaVuSans-Bold", codes)
    with_quadratic_curves()
