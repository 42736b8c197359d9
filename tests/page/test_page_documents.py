"""The five documents: told apart at a glance, nothing on anything else, zone and bar code read back from the pixels."""

import datetime
import io
from itertools import combinations

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageOps, ImageStat

from tests.support.page_helpers import DOCUMENTS, NAMES, SIZES, WITH_CODE, ZONES, bar_code, payload, specimen
from tjdocs import mrz, page
from tjdocs.errors import UsageError
from tjdocs.page import layout_files, printed_words
from tjdocs.page.page_layout import Box
from tjdocs.page.typesetting import field_texts, set_face

DAY = datetime.date(2010, 1, 1)


@pytest.fixture(scope="module")
def drawn():
    return {name: specimen(name) for name in NAMES}


def face_boxes(name):
    return {face.id: face for face in layout_files.load(name).face}


def ink_of(picture, darker_than=110):
    return picture.convert("L").point([255 if level < darker_than else 0 for level in range(256)])


# --- the picture


@pytest.mark.parametrize("name", NAMES)
def test_picture_has_the_document_s_size(drawn, name):
    sizes = [(round(width * 300 / 25.4), round(height * 300 / 25.4)) for width, height in SIZES[name]]
    assert [face.size for face in drawn[name].faces] == sizes
    assert drawn[name].image().size == drawn[name].size
    assert drawn[name].size[0] == sizes[0][0]


def test_card_shows_front_above_back(drawn):
    front, back = drawn["td1"].faces
    whole = drawn["td1"].image()
    assert whole.crop((0, 0, 1011, 638)).tobytes() == front.tobytes()
    assert whole.crop((0, whole.height - 638, 1011, whole.height)).tobytes() == back.tobytes()
    assert whole.crop((0, 638, 1011, whole.height - 638)).getextrema() == ((255, 255),) * 3
    assert whole.height > 2 * 638


@pytest.mark.parametrize("name", NAMES)
def test_same_document_gives_the_same_picture(drawn, name):
    assert specimen(name) == drawn[name]
    assert specimen(name).png() == drawn[name].png()


# --- the symbol of a chip (Doc 9303-9, 2.3)


def test_scale_of_the_a4_sheet_is_fifty_millimetres(drawn):
    box = next(placed.box for placed in drawn["return"].placed if placed.kind == "scale")
    face = drawn["return"].faces[0].convert("L")
    line = [face.getpixel((x, box.bottom - 1)) < 60 for x in range(box.left - 20, box.right + 20)]
    dark = [x for x, is_dark in enumerate(line) if is_dark]
    assert (dark[-1] + 1 - dark[0]) / 300 * 25.4 == pytest.approx(50, abs=0.1)
    ticks = [face.getpixel((x, box.bottom - 8)) < 60 for x in range(box.left, box.right)]
    assert sum(after and not before for before, after in zip([False, *ticks], ticks, strict=False)) == 6


def test_nothing_dark_is_printed_where_office_printers_print_nothing(drawn):
    face = drawn["return"].faces[0].convert("L").point([255 if level < 140 else 0 for level in range(256)])
    assert Box(50, 50, 2430, 3458).holds(Box(*face.getbbox()))


def test_each_face_of_the_card_is_a_picture_of_its_own(drawn):
    files = drawn["td1"].files()
    assert list(files) == ["page-front.png", "page-back.png", "page.pdf"]
    for name, face in zip(files, drawn["td1"].faces, strict=False):
        picture = Image.open(io.BytesIO(files[name]))
        assert picture.size == (1011, 638)
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert picture.convert("RGB").tobytes() == face.tobytes()
    assert list(drawn["td3"].files()) == ["page.png", "page.pdf"]


@pytest.mark.parametrize(("name", "size"), [("td3", (106, 62)), ("stateless", (106, 62)), ("td1", (85, 50))])
def test_chip_symbol_stands_in_zone_one_of_the_front(name, size):
    face, box = next((placed.face, placed.box) for placed in specimen(name).placed if placed.kind == "chip")
    first = layout_files.load(name).face[0]
    assert (face, (box.width, box.height)) == (first.id, size)
    assert first.zones["I"].holds(box)


# --- told apart


@pytest.mark.parametrize(("one", "other"), list(combinations(NAMES, 2)))
def test_documents_differ_in_colour_and_title(drawn, one, other):
    def heading(name):
        return ImageStat.Stat(drawn[name].faces[0].crop((130, 24, 600, 34))).mean

    # in no colour channel alone, by the eye's distance: at least a fifth of the range
    assert sum(abs(a - b) for a, b in zip(heading(one), heading(other), strict=True)) > 51
    titles = [
        next(part.default for part in layout_files.load(name).face[0].field if part.id == "title") for name in (one, other)
    ]
    assert len(set(titles)) == 2
    assert layout_files.load(one).title != layout_files.load(other).title


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("td3", ["ШИНОСНОМА / PASSPORT"]),
        ("td1", ["ШИНОСНОМА / IDENTITY CARD", "ТАНҲО ДАР ДОХИЛИ КИШВАР / INSIDE THE COUNTRY ONLY"]),  # INT-2
        ("stateless", ["ШАҲОДАТНОМАИ ШАХСИ БЕШАҲРВАНД / STATELESS PERSON’S IDENTITY DOCUMENT"]),
        ("registration", ["ШАҲОДАТНОМАИ БАҚАЙДГИРӢ / CERTIFICATE OF REGISTRATION"]),
        # Doc 9303-8, 4.4.2 and 4.5
        ("return", ["ШАҲОДАТНОМАИ БОЗГАШТ / EMERGENCY TRAVEL DOCUMENT", "БАРОИ ЯК САФАР / SINGLE JOURNEY"]),
    ],
)
def test_document_bears_the_words_of_its_kind(name, words):
    plan = layout_files.load(name)
    assert set(words) <= {part.default for face in plan.face for part in face.field}
    assert any(part.default == "ҶУМҲУРИИ ТОҶИКИСТОН / REPUBLIC OF TAJIKISTAN" for part in plan.face[0].field)


def test_registration_is_no_travel_document():
    words = " ".join(line for note in layout_files.load("registration").face[0].note for line in note.lines)
    assert "Neither a travel document nor a residence permit" in words  # REG-5


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("stateless", {"residence_permit", "residence_permit_expires"}),  # STL-1
        (
            "registration",
            {"category", "place_of_registration", "exemption", "date_of_issue", "status"},
        ),  # REG-1, 3 to 5
        ("return", {"destination", "transit_points", "validity", "date_of_issue", "authority"}),  # Doc 9303-8, 4.4.2
    ],
)
def test_document_has_the_fields_that_law_and_standard_ask_for(drawn, name, keys):
    assert keys <= set(layout_files.load(name).keys)
    assert keys <= {placed.id for placed in drawn[name].placed if placed.kind == "data"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["portrait", "ghost", "overprint"])
def test_every_document_has_portrait_ghost_and_overprint(drawn, name, kind):
    assert kind in {placed.kind for placed in drawn[name].placed}
    real = specimen(name, specimen=False)
    assert (kind in {placed.kind for placed in real.placed}) == (kind != "overprint")


@pytest.mark.parametrize("name", NAMES)
def test_overprint_is_on_every_face_and_keeps_off_portrait_code_and_zone(drawn, name):
    real = specimen(name, specimen=False)
    for plan, plain, marked in zip(layout_files.load(name).face, real.faces, drawn[name].faces, strict=True):
        changed = ImageChops.difference(plain, marked).convert("L")
        assert changed.getbbox()
        kept = [part.box for part in (plan.portrait, plan.code, plan.ghost) if part]
        kept += [plan.zones["VII"]] if plan.mrz else []
        assert not any(changed.crop(box).getbbox() for box in kept)


@pytest.mark.parametrize("name", NAMES)
def test_the_number_alone_makes_other_lines(drawn, name):
    other = specimen(name, {"document_number": "L898902C4"})
    for plan, one, two in zip(layout_files.load(name).face, drawn[name].faces, other.faces, strict=True):
        covered = ImageChops.difference(one, two).getbbox()
        assert covered[2] - covered[0] > 0.9 * plan.page.size[0]  # not only where the number stands
        if plan.mrz:
            zone = plan.zones["VII"]
            calm = zone._replace(top=zone.top + 30)
            assert not ImageChops.difference(one.crop(calm), two.crop(calm)).getbbox()


# --- nothing on anything else


def assert_in_order(drawn, name):
    """Check that all that was printed lies within margins and zone, and that no two things touch."""
    faces = face_boxes(name)
    printed = [placed for placed in drawn.placed if placed.kind != "overprint"]
    for placed in printed:
        face = faces[placed.face]
        if placed.kind != "mrz":
            assert face.page.area.holds(placed.box), placed
            assert not face.mrz or not face.zones["VII"].overlaps(placed.box), placed
    for one, other in combinations(printed, 2):
        assert one.face != other.face or not one.box.overlaps(other.box), (one, other)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_overlaps(drawn, name):
    assert_in_order(drawn[name], name)
    assert {placed.id for placed in drawn[name].placed if placed.kind == "data"} >= set(DOCUMENTS[name])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_be_covered_is_where_the_ink_is(drawn, name):
    # another value in every field at once, two documents of one number: what differs lies in the boxes told
    other = {key: value.translate(str.maketrans("ОЗ/АE1PTНС", "ЦЖ.ШM8QGИО")) for key, value in DOCUMENTS[name].items()}
    other["document_number"] = DOCUMENTS[name]["document_number"]
    redrawn = specimen(name, other)
    for face, one, two in zip(layout_files.load(name).face, drawn[name].faces, redrawn.faces, strict=True):
        changed = ImageChops.difference(one, two).convert("L")
        for placed in (*drawn[name].placed, *redrawn.placed):
            if placed.kind == "data" and placed.face == face.id:
                changed.paste(0, placed.box)
        assert changed.getbbox() is None


LONG = {
    "primary_identifier": "АБДУРАҲМОНЗОДА-МУҲАММАДСОЛЕҲЗОД / ABDURAHMONZODA-MUHAMMADSOLEHZOD",
    "secondary_identifier": "ЭРИК ҶАҲОНГИР ШАМСИДДИНЗОДАГӢ / ERIK JAHONGIR SHAMSIDDINZODAGI",
    "authority": "РАЁСАТИ ХИЗМАТИ ШИНОСНОМАВИЮ / PASSPORT AND REGISTRATION SERVICE",
    "place_of_birth": "НОҲИЯИ ШАМСИДДИН / SHAMSIDDIN",
    "document_number": "WWWWWWWWW",
    "nationality": "WWW / WWW",
    "personal_number": "88888888888888",
    "residence_permit": "WW 88888888, 88.88.8888",
    "category": "G. ШАҲРВАНДИ ХОРИҶӢ ДАР НОҲИЯИ НАЗДИСАРҲАДӢ БО ШИНОСНОМАИ МИЛЛӢ / "
    "FOREIGN CITIZEN IN A BORDER AREA, FOREIGN PASSPORT",
    "place_of_registration": "НОҲИЯИ " * 8 + "/ " + "DISTRICT " * 5,
    "exemption": "498(2), " * 15,
    "destination": "ДУШАНБЕ / DUSHANBE " * 5,
    "transit_points": "ИСТАНБУЛ, " * 17 + "ISTANBUL",
}
HOSTILE = [
    "%PDF-1.7 (endobj)",
    "\\)Tj ET /Im1 Do",
    "<</S/JavaScript>>",
    "<b>BOLD</b>&amp;",
    "{{7*7}} $(ID)",
    "' OR 1=1 --",
    "ЪЪЪЪ ӢӢӢӢ ҶҶҶҶ ҚҚҚҚ",
    "Å Ű Ṽ Ḩ Ș",
    "/ / / /",
    "A / / B",
]


@pytest.mark.parametrize("name", NAMES)
def test_long_values_fit(name):
    values = {key: value for key, value in LONG.items() if key in layout_files.load(name).keys}
    assert_in_order(specimen(name, values), name)


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize("name", NAMES)
def test_values_side_by_side_are_a_millimetre_apart(drawn, name):
    plan = layout_files.load(name)
    for face in plan.face:
        data = sorted((p.box for p in drawn[name].placed if p.kind == "data" and p.face == face.id), key=lambda box: box.left)
        beside = [(a, b) for a, b in combinations(data, 2) if a.top < b.bottom and b.top < a.bottom]
        assert [(a, b) for a, b in beside if b.left - a.right < plan.dpi / 25.4] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("style", ["month", "numeric"])
def test_every_month_fits(name, style):
    for month in range(1, 13):
        date = printed_words.date_text(2028, month, 28, style=style)
        values = dict.fromkeys(("date_of_birth", "date_of_issue", "date_of_expiry"), date)
        page.check(name, DOCUMENTS[name] | values, portrait=Image.new("RGB", (413, 531)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("first", range(0, len(HOSTILE), 3))
def test_hostile_values_are_printed_like_any_other(name, first):
    keys = ("primary_identifier", "secondary_identifier", "authority")
    values = dict(zip(keys, (HOSTILE * 2)[first:], strict=False))
    drawn = specimen(name, values)
    assert_in_order(drawn, name)
    assert set(keys) <= {placed.id for placed in drawn.placed if placed.kind == "data"}


def set_or_refused(name, values):
    """Return what covers what as the text is set, or the field that refused its value."""
    plan = layout_files.load(name)
    try:
        texts = field_texts(plan, values)
        return [
            placed for face in plan.face for placed in set_face(plan, face, texts, ZONES[name] if face.mrz else ())[1]
        ]
    except UsageError as error:
        return error


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [1, 9, 15, 22, 33, 48, 70, 110, 200])
@pytest.mark.parametrize("word", ["Ш", "W", "I", "ӢҶ ", "ABCDEFG ", "АБВГДЕЖЗ / "])
def test_any_value_stands_in_order_or_is_refused_by_its_field(name, length, word):
    text = (word * length)[:length].strip()
    plan = layout_files.load(name)
    taken = 0
    for key in plan.keys:  # each alone, so that one that refuses does not hide another
        placed = set_or_refused(name, DOCUMENTS[name] | {key: text})
        if isinstance(placed, UsageError):
            fields = {part.id for face in plan.face for part in face.field if part.key == key}
            assert placed.where in fields
            assert length < 3 or text not in str(placed)
            continue
        taken += 1
        for one, other in combinations(placed, 2):
            assert one.face != other.face or not one.box.overlaps(other.box), (one, other)
        for one in placed:
            face = face_boxes(name)[one.face]
            assert one.kind == "mrz" or face.page.area.holds(one.box)
    assert taken or length > 33
    assert taken < len(plan.keys) or length < 3  # codes, sex and dates are short


# --- read back


@pytest.mark.parametrize("name", NAMES)
def test_zone_s_lines_are_lawful(name):
    zone = mrz.parse(ZONES[name], at=DAY)
    assert zone.valid
    assert zone.format == layout_files.load(name).format


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("specimen_", [True, False])
def test_zone_is_read_from_the_picture(name, specimen_):
    read = mrz.read(specimen(name, specimen=specimen_).image(), at=DAY)
    assert tuple(read.lines) == ZONES[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_character_of_the_zone_stands_in_its_cell(drawn, name):
    from tests.page.test_page_drawing import reference_glyph

    face = layout_files.load(name).face[-1]
    grey = drawn[name].faces[-1].convert("L")
    for row, line in enumerate(ZONES[name]):
        for column, character in enumerate(line):
            centre, left = face.mrz.centres[row], face.mrz.first + 30 * column
            half = face.mrz.printing_height // 2
            cell = ImageOps.autocontrast(grey.crop((left, centre - half, left + 30, centre + half + 1)))
            expected = reference_glyph(character).crop((0, 25 - half, 30, 26 + half))
            assert ImageStat.Stat(ImageChops.difference(cell, expected)).mean[0] < 12, (row, column)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_dark_lies_beneath_the_zone(drawn, name):
    face = layout_files.load(name).face[-1]
    zone = face.zones["VII"]
    sheet = drawn[name].faces[-1].convert("L")
    for row in range(len(face.mrz.centres)):
        sheet.paste(255, face.mrz.printing_zone(row))
    assert sheet.crop((zone.left, zone.top + 25, zone.right, zone.bottom)).getextrema()[0] >= 225


@pytest.mark.parametrize("name", WITH_CODE)
@pytest.mark.parametrize("length", [134, 170, 200])
def test_bar_code_is_read_from_the_picture(name, length):
    drawn = specimen(name, code=bar_code(payload(length)))
    found = zxingcpp.read_barcodes(drawn.image().convert("L"))
    assert [symbol.bytes for symbol in found] == [payload(length)]


@pytest.mark.parametrize("name", WITH_CODE)
def test_bar_code_stands_with_its_quiet_zone_in_its_corner(drawn, name):
    plan = next(face for face in layout_files.load(name).face if face.code)
    box = next(placed.box for placed in drawn[name].placed if placed.kind == "code")
    assert plan.code.box.holds(box)
    assert (box.right, box.bottom) == (plan.code.box.right, plan.code.box.bottom)
    sheet = drawn[name].faces[[face.id for face in layout_files.load(name).face].index(plan.id)]
    code = sheet.crop(box).convert("L")
    quiet = plan.code.quiet * plan.code.module
    assert ink_of(code).getbbox() == (quiet, quiet, box.width - quiet, box.height - quiet)
    ImageDraw.Draw(code).rectangle((quiet, quiet, box.width - quiet - 1, box.height - quiet - 1), fill=255)
    assert code.getextrema() == (255, 255)


@pytest.mark.parametrize("name", ["td1", "stateless"])
def test_bar_code_keeps_two_millimetres_from_zone_and_edge(name):
    face = next(face for face in layout_files.load(name).face if face.code)
    assert face.code.box.right == face.page.size[0] - 24
    assert face.code.box.bottom == face.zones["VII"].top - 24


@pytest.mark.parametrize("name", WITH_CODE)
def test_place_of_a_code_stays_free_without_one(drawn, name):
    bare = specimen(name, code=None)
    assert "code" not in {placed.kind for placed in bare.placed}
    box = next(placed.box for placed in drawn[name].placed if placed.kind == "code")
    index = next(i for i, face in enumerate(layout_files.load(name).face) if face.code)
    changed = ImageChops.difference(bare.faces[index], drawn[name].faces[index]).getbbox()
    assert box.holds(Box(*changed))


def test_document_without_a_place_takes_no_code():
    with pytest.raises(UsageError) as caught:
        specimen("td3", code=bar_code(payload(134)))
    assert caught.value.where == "code"


@pytest.mark.parametrize("name", NAMES)
def test_a_foreign_field_is_named(name):
    with pytest.raises(UsageError) as caught:
        specimen(name, {"maiden_name": "ERIKSSON"})
    assert caught.value.where == "maiden_name"
    assert "primary_identifier" in caught.value.hint


@pytest.mark.parametrize("name", NAMES)
def test_signature_has_a_place(drawn, name):
    pen = Image.new("L", (1200, 200), 255)
    ImageDraw.Draw(pen).line([(10, 190), (400, 10), (800, 190), (1190, 10)], fill=0, width=20)
    signed = specimen(name, signature=pen)
    box = next(placed.box for placed in signed.placed if placed.kind == "signature")
    assert box.width / box.height == pytest.approx(6, rel=0.05)
    assert_in_order(signed, name)
    covered = ImageChops.difference(signed.faces[0], drawn[name].faces[0]).getbbox()
    assert box.holds(Box(*covered))


@pytest.mark.parametrize("name", NAMES)
def test_the_specimen_portraits_word_is_whole_on_the_page(name):
    drawn = specimen(name, specimen=False)
    (placed,) = (one for one in drawn.placed if one.kind == "portrait")
    faces = [face.id for face in layout_files.load(name).face]
    portrait = drawn.faces[faces.index(placed.face)].convert("L").crop(placed.box)
    last = portrait.crop((0, portrait.height - 3, portrait.width, portrait.height))
    assert not any(level > 252 for level in last.tobytes())
