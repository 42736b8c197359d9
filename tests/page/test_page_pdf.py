"""The PDF, read by poppler's tools: text as text, everything where it stands on the picture."""

import io
import re
import subprocess
import time
from datetime import date
from functools import cache

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageOps, ImageStat

from tests.page.test_page_documents import HOSTILE
from tests.page.test_page_drawing import reference_glyph
from tests.support.page_helpers import DOCUMENTS, NAMES, SIZES, WITH_CODE, ZONES, payload, specimen
from tjdocs import mrz
from tjdocs.errors import UsageError
from tjdocs.page import layout_files


def poppler(tool, *arguments, data):
    """Return what one of poppler's tools says of a PDF; it must have nothing to complain of."""
    done = subprocess.run([tool, *arguments], input=data, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


def text_of(data):
    return " ".join(poppler("pdftotext", "-raw", "-", "-", data=data).split())


def bare(text):
    """Return a text without blanks: some tools see them between narrow letters, which are spaced."""
    return text.replace(" ", "")


@pytest.fixture(scope="module")
def drawn():
    return {name: specimen(name) for name in NAMES}


@pytest.fixture(scope="module")
def files(drawn):
    return {name: pages.pdf() for name, pages in drawn.items()}


@pytest.fixture(scope="module")
def rendered(files):
    """How to get the face with the machine-readable zone as it is rendered."""

    @cache
    def render(name):
        face = str(len(layout_files.load(name).face))
        done = subprocess.run(
            ["pdftoppm", "-r", "300", "-f", face, "-"], input=files[name], capture_output=True, check=True
        )
        return Image.open(io.BytesIO(done.stdout)).convert("RGB")

    return render


# --- text


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_to_be_read(files, name):
    text = text_of(files[name])
    plan = layout_files.load(name)
    for line in ZONES[name]:
        assert line in text
    for face in plan.face:
        for part in face.field:
            assert " / ".join(part.caption) in text
            value = "" if part.caption_only else DOCUMENTS[name].get(part.key, part.default)
            assert value in text or bare(value) in bare(text), part.id
        for note in face.note:
            assert all(line in text for line in note.lines)


def test_emergency_document_says_so_in_the_pdf(files):
    # Doc 9303-8, 4.4.2 and 4.5
    text = text_of(files["return"])
    assert "EMERGENCY TRAVEL DOCUMENT" in text
    assert "SINGLE JOURNEY" in text


@pytest.mark.parametrize("name", NAMES)
def test_fonts_are_embedded_in_part_with_their_letters_told(files, name):
    fonts = [row.split() for row in poppler("pdffonts", "-", data=files[name]).splitlines()[2:]]
    assert {re.sub(r"^[A-Z]{6}\+", "", row[0]) for row in fonts} >= {"NotoSansBold", "NotoSansSemiCondensed", "OCRB"}
    for row in fonts:
        assert row[1:7] == ["CID", "TrueType", "Identity-H", "yes", "yes", "yes"]


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 3))
def test_hostile_text_is_only_text(first):
    keys = ("primary_identifier", "secondary_identifier", "authority")
    values = dict(zip(keys, (HOSTILE * 2)[first:], strict=False))
    data = specimen("td3", values).pdf()
    text = bare(text_of(data))
    assert all(bare(value) in text for value in values.values())
    told = poppler("pdfinfo", "-", data=data)
    assert re.search(r"JavaScript: +no", told)
    assert re.search(r"Pages: +1\b", told)
    assert not any(word in data for word in (b"/JS", b"/URI", b"/Launch", b"/Annots"))


@pytest.mark.parametrize("name", NAMES)
def test_file_asks_to_be_printed_at_its_own_size(files, name):
    assert b"/PrintScaling /None" in files[name]


# --- places


@pytest.mark.parametrize("name", NAMES)
def test_pages_have_the_faces_sizes(files, name):
    told = poppler("pdfinfo", "-l", "9", "-", data=files[name])
    sizes = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+) pts", told)
    assert len(sizes) == len(SIZES[name])
    for found, (width, height) in zip(sizes, SIZES[name], strict=True):
        assert float(found[0]) == pytest.approx(width / 25.4 * 72, abs=0.15)  # half a pixel
        assert float(found[1]) == pytest.approx(height / 25.4 * 72, abs=0.15)


@pytest.mark.parametrize("name", NAMES)
def test_rendered_page_is_the_picture(drawn, rendered, name):
    picture = drawn[name].faces[-1]
    assert rendered(name).size == picture.size
    difference = ImageChops.difference(rendered(name), picture).convert("L")
    assert ImageStat.Stat(difference).mean[0] < 6  # at the edges of letters: the more text, the more
    for placed in drawn[name].placed:
        if placed.face == layout_files.load(name).face[-1].id and placed.kind in ("data", "caption", "note"):
            # the letters' dark shares agree, left half and right half: nothing is shifted, nothing lacks
            middle = (placed.box.left + placed.box.right) // 2
            for left, right in ((placed.box.left, middle), (middle, placed.box.right)):
                box = (left, placed.box.top, right, placed.box.bottom)
                shares = [ImageStat.Stat(face.crop(box).convert("L")).mean[0] for face in (picture, rendered(name))]
                assert shares[0] == pytest.approx(shares[1], rel=0.09), placed


@pytest.mark.parametrize("name", NAMES)
def test_every_character_of_the_zone_is_rendered_in_its_cell(rendered, name):
    place = layout_files.load(name).face[-1].mrz
    grey, half = rendered(name).convert("L"), place.printing_height // 2
    for row, line in enumerate(ZONES[name]):
        for column, character in enumerate(line):
            centre, left = place.centres[row], place.first + 30 * column
            cell = ImageOps.autocontrast(grey.crop((left, centre - half, left + 30, centre + half + 1)))
            expected = reference_glyph(character).crop((0, 25 - half, 30, 26 + half))
            assert ImageStat.Stat(ImageChops.difference(cell, expected)).mean[0] < 15, (row, column)


@pytest.mark.parametrize("name", NAMES)
def test_zone_is_read_from_the_rendered_page(rendered, name):
    assert tuple(mrz.read(rendered(name), at=date(2010, 1, 1)).lines) == ZONES[name]


@pytest.mark.parametrize("name", WITH_CODE)
def test_bar_code_is_read_from_the_rendered_page(rendered, name):
    assert [found.bytes for found in zxingcpp.read_barcodes(rendered(name).convert("L"))] == [payload(134)]


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_baked_into_the_background(name, tmp_path):
    real = specimen(name, specimen=False, code=None)
    (tmp_path / "page.pdf").write_bytes(real.pdf())
    subprocess.run(["pdfimages", "-all", str(tmp_path / "page.pdf"), str(tmp_path / "image")], check=True)
    grounds = [Image.open(io.BytesIO(path.read_bytes())) for path in sorted(tmp_path.glob("image-*.jpg"))]
    grounds = [picture for picture in grounds if picture.size in {face.size for face in real.faces}]
    assert len(grounds) == len(real.faces)
    for face, ground, printed in zip(layout_files.load(name).face, grounds, real.faces, strict=True):
        for placed in real.placed:
            if placed.face == face.id and placed.kind in ("data", "caption", "note", "mrz"):
                low, high = ground.convert("L").crop(placed.box).getextrema()
                assert high - low < 90, placed
                low, high = printed.convert("L").crop(placed.box).getextrema()
                assert high - low > 90, placed


# --- the file


def test_same_document_gives_the_same_file(drawn, files):
    time.sleep(1.1)
    assert drawn["td1"].pdf() == files["td1"]
    assert specimen("td1").pdf() == files["td1"]


@pytest.mark.parametrize("name", NAMES)
def test_file_tells_what_it_is_and_nobody_s_data(files, name):
    told = poppler("pdfinfo", "-meta", "-", data=files[name])
    assert f"{layout_files.load(name).title} (SPECIMEN)" in told
    assert "<pdfaid:part>2</pdfaid:part>" in told
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in told
    assert "Date" not in told
    assert b"/Lang (tg)" in files[name]
    assert b"/GTS_PDFA" in files[name]
    for data in ("ERIKSSON", "ЭРИКССОН", "L898902C3"):
        assert data not in told
        assert data.encode() not in files[name]
        assert data.encode("utf-16-be") not in files[name]


def test_real_document_is_called_no_specimen():
    assert "SPECIMEN" not in poppler("pdfinfo", "-meta", "-", data=specimen("td3", specimen=False).pdf())


def test_saved_by_its_ending(drawn, files, tmp_path):
    drawn["td3"].save(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes() == files["td3"]
    drawn["td3"].save(str(tmp_path / "page.PNG"))
    assert (tmp_path / "page.PNG").read_bytes() == drawn["td3"].png()
    with pytest.raises(UsageError, match="kind of file"):
        drawn["td3"].save(tmp_path / "page.gif")
    assert not (tmp_path / "page.gif").exists()
