"""Limits are in one place, the page that tells people of them says the same, and a short file costs little."""

import ast
import io
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.support import builders as b
from tests.support import seals_made as seals
from tjdocs import images, limits, seal
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection import Evidence, examine
from tjdocs.page import pictures
from tjdocs.pki import TrustStore
from tjdocs.portrait import face_finder, judge_photograph, prepare, signature_picture
from tjdocs.portrait.face_image import open_image
from tjdocs.seal import bar_code

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
TABLE = [line for line in PAGE.partition("## Limits")[2].partition("\n## ")[0].splitlines() if line.startswith("|")]
WORDS = {name: value for name, value in vars(limits).items() if isinstance(value, int)}
# how a number is said to people: in each of these forms it may be
UNITS = [(1, ""), (1000, " kB"), (10**6, " MB"), (10**9, " GB"), (1024, " KiB"), (1024**2, " MiB"), (10**6, " million")]


def said(value: int) -> list[str]:
    return [f"{value // size:,}{unit}" for size, unit in UNITS if value % size == 0]


@pytest.mark.parametrize("name", WORDS)
def test_every_limit_is_in_the_table_for_people(name):
    table = "\n".join(TABLE)
    assert any(re.search(rf"(?<![\d,]){re.escape(text)}(?![\d,]\d)", table) for text in said(WORDS[name])), said(WORDS[name])


def test_no_module_has_limits_of_its_own():
    """A number of the readers' that bounds input is a name of tjdocs.limits."""
    own = {}
    for path in sorted((ROOT / "src/tjdocs").rglob("*.py")):
        if path.name == "limits.py":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.BinOp) and "limits." not in ast.unparse(node.value):
                for target in node.targets:
                    if isinstance(target, ast.Name) and re.match(r"_?MAX_|_?LIMIT", target.id):
                        own[f"{path.relative_to(ROOT / 'src/tjdocs')}: {target.id}"] = ast.unparse(node.value)
    # what bounds our own output, or a search, and no file that is read
    assert own.keys() <= OWN, sorted(own.keys() - OWN)


OWN = {
    "border/report/details.py: _MAX_DETAIL", "border/naming.py: MAX_ID", "border/report/html_report.py: MAX_ATTEMPTS", "border/report/html_report.py: MAX_LINES", "border/report/explanations.py: _MAX_WORD",
    "border/report/safe_values.py: MAX_TEXT", "cli/_batch_output.py: _MAX_STATE", "cli/mrz.py: _MAX_ZONE", "documents/assess.py: _MAX_REASON",
    "escaping.py: MAX_MARKS", "image_header.py: _MAX_SEGMENTS", "lds/_oid.py: _MAX_BYTES", "lds/dg14.py: _MAX_INFOS",
    "asn1/tlv.py: _MAX_LENGTH_BYTES", "office/output_folder.py: _MAX_FILE", "pki/authority/authority.py: _MAX_PASSPHRASE", "pki/certification_path.py: MAX_TRIED",
    "databases.py: _MAX_SCHEMA", "auditlog/entry.py: _MAX_NUMBER", "auditlog/checkpoint.py: _MAX_NOTE", "auditlog/checkpoint.py: _MAX_SIGNATURES",
    "register/records.py: MAX_TEXT", "seal/bar_code.py: MAX_MODULE", "seal/bar_code.py: MAX_QUIET",
    "seal/vds_features.py: _MAX_LENGTH_BYTES", "seal/verify_seal.py: MAX_SIGNERS",
}  # fmt: skip


def test_pixels_by_the_length_of_a_file():
    assert limits.pixels(0) == 9_000_000
    assert limits.pixels(100_000) == 10_000_000
    assert limits.pixels(10_000_000) == limits.PIXELS == 40_000_000
    # a sheet in 300 dpi and two levels, a page of a passport in 600, a photograph of 12 million pixels in a megabyte
    assert limits.pixels(20_000) >= 2480 * 3508
    assert limits.pixels(20_000) >= 2953 * 2079
    assert limits.pixels(1_000_000) >= 12_000_000


def blank(side: int, form: str, mode: str = "L") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (side, side), 255).save(stream, form)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG2000"])
def test_a_short_file_of_many_pixels_is_not_decoded_anywhere(form, monkeypatch):
    """Of one colour forty million pixels take less than 60 kB: as a seal, a page, a portrait, a photograph."""
    monkeypatch.setattr(limits, "_PIXELS_ANYWAY", 1_000_000)
    monkeypatch.setattr(limits, "_PIXELS_PER_BYTE", 0)
    large, small = blank(1100, form), blank(900, form)
    if form == "PNG":
        with pytest.raises(seal.BarCodeError, match="too large a picture"):
            seal.read_bar_codes(large)
        assert seal.read_bar_codes(small) == []
        examined = examine(Evidence(seal=large), TrustStore.of(()), at=b.AT)
        assert ("seal.structure", "limit") in [(f.check, f.reason) for f in examined.findings]
    else:
        assert open_image(large).code == "image-limit"
        assert open_image(small).size == (900, 900)
    assert [fault.reason for fault in judge_photograph.faults(large, None)][:1] == ["image-limit"]
    assert "image-limit" not in [fault.reason for fault in judge_photograph.faults(small, None)]


def test_a_page_of_many_pixels_is_not_decoded(monkeypatch):
    mrz = pytest.importorskip("tjdocs.mrz.ocr.read_image")
    monkeypatch.setattr(limits, "_PIXELS_ANYWAY", 1_000_000)
    monkeypatch.setattr(limits, "_PIXELS_PER_BYTE", 0)
    with pytest.raises(InputError, match="at most 1000000 pixels are decoded"):
        mrz.read(blank(1100, "PNG"), at=b.AT)
    assert mrz.read(blank(900, "PNG"), at=b.AT).format is None


def scanned(side: int, scans: int) -> bytes:
    """A progressive JPEG with its last scan many times over."""
    stream = io.BytesIO()
    Image.new("L", (side, side), 255).save(stream, "JPEG", progressive=True)
    data = stream.getvalue()
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * scans + b"\xff\xd9"


def test_an_image_of_many_scans_is_not_decoded_anywhere():
    """A hundred kilobytes may ask for nine million pixels three thousand times."""
    large, small = scanned(2000, 200), scanned(2000, 20)
    assert images.most_pixels(large) < 4_000_000 < images.most_pixels(small)
    with pytest.raises(seal.BarCodeError, match="too large a picture"):
        seal.read_bar_codes(large)
    assert [fault.reason for fault in judge_photograph.faults(large, None)][:1] == ["image-limit"]
    assert face_finder._grey(large) is None
    assert [fault.reason for fault in signature_picture.prepare(large)[1]] == ["image-limit"]
    for act in (lambda: prepare(large), lambda: pictures.open_picture(large, where="portrait")):
        with pytest.raises(UsageError, match=r"limits|too large"):
            act()
    reader = pytest.importorskip("tjdocs.mrz.ocr.read_image")
    with pytest.raises(InputError, match="pixels are decoded"):
        reader.read(large, at=b.AT)
    assert seal.read_bar_codes(small) == []


def test_only_a_small_picture_is_read_enlarged(monkeypatch):
    sizes = []
    monkeypatch.setattr("tjdocs.seal.bar_code._read", lambda picture: sizes.append(picture.size) or [])
    seal.read_bar_codes(blank(1000, "PNG"))
    seal.read_bar_codes(blank(1001, "PNG"))
    assert sizes == [(1000, 1000), (3000, 3000), (1000, 1000), (1001, 1001), (501, 501)]


def dotted(side: int, step: int) -> Image.Image:
    tile = Image.new("L", (step, step), 255)
    tile.paste(0, (0, 0, step // 2, step // 2))
    row = Image.new("L", (side, step), 255)
    for left in range(0, side, step):
        row.paste(tile, (left, 0))
    picture = Image.new("L", (side, side), 255)
    for top in range(0, side, step):
        picture.paste(row, (0, top))
    return picture


def as_file(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("step", [2, 4, 6])
def test_a_picture_full_of_dots_is_halved_before_codes_are_looked_for(step, monkeypatch):
    """A file of 16 kB: at each dot a symbol might begin."""
    seen = []
    monkeypatch.setattr("tjdocs.seal.bar_code._read", lambda picture: seen.append(picture) or [])
    for side in (3000, 1000):
        seal.read_bar_codes(as_file(dotted(side, step)))
    assert all(max(bar_code._edges(picture)) <= limits.EDGES for picture in seen)
    assert len(seen) == 5
    assert seen[0].width < 3000
    seen.clear()
    seal.read_bar_codes(blank(3000, "PNG"))
    assert seen[0].size == (3000, 3000)


@pytest.mark.parametrize("symbology", bar_code.symbologies())
def test_a_seal_on_a_sheet_full_of_dots_is_read(symbology):
    """300 dpi, modules of 4 pixels as ink-jet printers need them: halved, they have two."""
    sheet = dotted(3000, 4)
    sheet.paste(seal.draw_bar_code(seals.made(), symbology), (1000, 1001))
    assert max(bar_code._edges(sheet)) > limits.EDGES
    assert seal.read_bar_codes(as_file(sheet)) == [seals.made()]


def test_a_page_full_of_zones_is_not_read_to_its_end(monkeypatch):
    """A picture of 9 kB in which every line looks like one of an MRZ, each wrong."""
    reader = pytest.importorskip("tjdocs.mrz.ocr.read_image")
    made = []
    for name in ("straighten", "match"):
        real = getattr(reader, name)
        monkeypatch.setattr(reader, name, lambda *given, name=name, real=real: made.append(name) or real(*given))
    font = ImageFont.truetype(str(ROOT / "src/tjdocs/fonts/OCRB.ttf"), 20)
    page = Image.new("L", (700, 1400), 255)
    pen = ImageDraw.Draw(page)
    for top in range(4, 1370, 33):
        pen.text((8, top), "P7UTOERIKSSON<<ANNA<MARIA<<K9QX4ZRTW5L1B88M", font=font, fill=0)
    assert not reader.read(page, at=b.AT).valid
    assert 0 < made.count("straighten") <= 12
    assert 0 < made.count("match") <= 4
