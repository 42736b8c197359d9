"""Layouts are data: what is misspelt, missing or in the way is an error when the file is read."""

import copy
import tomllib
from pathlib import Path

import pytest

from tests.support.page_helpers import LINES, NAMES, SIZES, VALUES
from tjdocs import fonts, page, specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.fonts import FONTS
from tjdocs.page import layout_files
from tjdocs.page.layout_files import parse
from tjdocs.page.text import fit, printable, size_for_pitch
from tjdocs.page.typesetting import _caption, text_box

TD3 = tomllib.loads(specs.read_bytes("page/td3.toml").decode())
MILLIMETRE = 300 / 25.4


def changed(*path, to, of=TD3):
    """Return a layout's table with one entry other; of its only face unless the path begins at the top."""
    table = copy.deepcopy(of)
    place = table if path[0] in table else table["face"][0]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return table


def without(key):
    table = copy.deepcopy(TD3)
    del table["face"][0][key]
    return table


def with_second_face(*, same_fields):
    """Return a layout whose back shows the front's fields, or takes them again but has no other place twice."""
    table = copy.deepcopy(TD3)
    back = {**copy.deepcopy(table["face"][0]), "id": "back"}
    if same_fields:
        for key in ("portrait", "ghost", "signature", "mrz"):
            del back[key]
    else:
        back["field"] = [field | {"shows": field["id"]} for field in back["field"] if "caption_only" not in field]
    table["face"].append(back)
    return table


def test_every_bundled_layout_reads():
    assert page.layouts() == tuple(sorted(NAMES))
    assert all(layout_files.load(name).format for name in page.layouts())


@pytest.mark.parametrize("name", NAMES)
def test_sizes_margins_and_type_are_the_standard_s(name):
    # Doc 9303-3, 3.2 and 3.3; -4, 2.2 and 2.4; -5 and -6, 2.1 to 2.3
    plan = layout_files.load(name)
    assert plan.dpi == 300
    assert [face.page.size for face in plan.face] == [
        (round(width * MILLIMETRE), round(height * MILLIMETRE)) for width, height in SIZES[name]
    ]
    assert 11.81 <= plan.type.caption * 0.714 <= 21.26  # 1.0 to 1.8 mm; Noto's capitals are 0.714 of the size
    for face in plan.face:
        # 2.0 mm, and on the sheet for office printers the 1/6 inch that they leave free
        assert face.page.margin == round((25.4 / 6 if name == "return" else 2) * MILLIMETRE)
        assert set(face.page.margin_sides) >= {"left", "top", "right"}
        for part in face.field:
            assert not part.caption_size or part.caption_size * 0.714 <= 21.26
            # 10 characters to 25.4 mm; what is larger is the sheets' own, outside of the standard's panel
            assert plan.type.smallest_pitch == 300 / 15
            # a line of narrower letters is spaced to that, the few of a sex or a State's code apart
            assert part.largest_pitch >= 20 or part.longest not in (2, 3)
            assert part.largest_pitch <= 300 / 10 or part.zone == "VI"


@pytest.mark.parametrize("name", NAMES)
def test_machine_readable_zone_stands_where_a_reader_looks(name):
    # Doc 9303-4, figure 3; -5 and -6, figure 6: above the lower edge, from the left edge, in mm
    characters, above, first = {
        "TD3": (44, [15.75, 9.40], (5.0, 7.0)),
        "TD1": (30, [11.5 + 4.23, 11.5, 11.5 - 4.23], (4.0, 6.0)),
        "TD2": (36, [15.75, 9.40], (3.0, 5.0)),
    }[layout_files.load(name).format]
    face = layout_files.load(name).face[-1]
    assert [other.mrz for other in layout_files.load(name).face[:-1]] == [None] * (len(layout_files.load(name).face) - 1)
    assert face.mrz.characters == characters
    assert face.mrz.pitch == 300 / 10
    assert [round(face.page.size[1] - line * MILLIMETRE) for line in above] == list(face.mrz.centres)
    assert first[0] <= face.mrz.first / MILLIMETRE + 0.4 <= first[1]
    zone = face.zones["VII"]
    assert zone.bottom == face.page.size[1]
    assert zone.left == 0
    assert zone.height == pytest.approx((23.3 if characters == 30 else 23.2) * MILLIMETRE, abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_portrait_is_of_a_size_that_the_standard_knows(name):
    # Doc 9303-4, DED 19; -5 and -6, DED 13: 26.0 x 32.0 to 35.0 x 45.0 mm
    portraits = [face.portrait for face in layout_files.load(name).face if face.portrait]
    assert len(portraits) == 1
    width, height = (side / MILLIMETRE for side in (portraits[0].box.width, portraits[0].box.height))
    assert 26.0 <= width <= 35.0
    assert 32.0 <= height <= 45.0
    assert width / height == pytest.approx(7 / 9, abs=0.005)
    # half the printed ones are enough pixels
    assert portraits[0].smallest == pytest.approx((portraits[0].box.width / 2, portraits[0].box.height / 2), abs=1)


def test_the_a4_sheet_is_clear_where_office_printers_print_nothing():
    # chosen: 1/6 inch, 4.23 mm; the first character's ink is 0.4 mm inside of its cell, at most 5.0 mm from the edge
    # (Doc 9303-6, 4.2.1.3)
    face = layout_files.load("return").face[0]
    assert set(face.page.margin_sides) == {"left", "top", "right", "bottom"}
    for line in range(2):
        zone = face.mrz.printing_zone(line)
        assert zone.left / MILLIMETRE >= 25.4 / 6
        assert zone.left / MILLIMETRE + 0.4 <= 5.0
        assert (face.page.size[1] - zone.bottom) / MILLIMETRE >= 25.4 / 6
    assert all(face.page.area.holds(panel.box) for panel in face.panel)


def test_the_a4_sheet_says_at_what_size_it_is_printed():
    words = " ".join(line for note in layout_files.load("return").face[0].note for line in note.lines)
    assert "Print at 100 %" in words
    assert "100 % чоп кунед" in words


def test_grounds_keep_clear_of_the_margins_of_a_booklet_s_page():
    # Doc 9303-4, 2.4; on cards the header is excepted (-5 and -6, 2.3)
    for name in NAMES:
        for face in layout_files.load(name).face:
            assert face.page.header_to_edge is (name in ("td1", "registration"))
            assert face.page.header_to_edge or all(face.page.area.holds(panel.box) for panel in face.panel)


def test_the_heading_has_the_data_elements_of_zone_one_alone():
    # Doc 9303-4, figure 4: 01 to 05; -5 and -6, figure 5: 01 and 02. What is optional is in other zones
    for name in NAMES:
        numbers = {part.number for face in layout_files.load(name).face for part in face.field if part.zone == "I"}
        assert numbers == {"01", "02", "03", "04", "05"} if layout_files.load(name).format == "TD3" else {"01", "02"}


def test_heading_keeps_to_its_height():
    # Doc 9303-4, 3.3: 17.9 mm; -5 and -6: 11.0 mm
    for name in NAMES:
        most = 17.9 if layout_files.load(name).format == "TD3" else 11.0
        headings = [face.zones["I"] for face in layout_files.load(name).face if "I" in face.zones]
        assert len(headings) == 1
        assert headings[0].height <= most * MILLIMETRE + 0.5


@pytest.mark.parametrize(
    ("name", "mandatory"),
    [
        # Doc 9303-4, figure 4; -5 and -6, figure 5; no caption for State and title
        ("td3", {"01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "14", "15", "16", "18"}),
        ("stateless", {"01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "14", "15", "16", "18"}),
        *((name, {"01", "02", "03", "04", "05", "06", "07", "09", "10", "12"}) for name in ("registration", "return")),
        ("td1", {"01", "02", "03", "04", "05", "06", "07", "09", "10"}),  # -5, note e: no caption, hence no field
    ],
)
def test_fields_stand_in_the_standard_s_order(name, mandatory):
    fields = [part for face in layout_files.load(name).face for part in face.field if part.number and part.zone != "VI"]
    numbers = [part.number for part in fields]
    assert numbers == sorted(numbers)
    assert mandatory <= set(numbers)
    assert all(bool(part.caption) == (part.number > "02") for part in fields)


@pytest.mark.parametrize("name", NAMES)
def test_every_field_holds_its_lines_at_their_largest(name):
    # narrow letters may not shrink: 15 characters to 25.4 mm are counted as they are drawn (Doc 9303-3, 3.2)
    plan = layout_files.load(name)
    for part in (part for face in plan.face for part in face.field if not part.caption_only):
        fitted = fit(
            " / ".join(["ӢҶQJ"] * part.lines), text_box(plan, part), name=part.font, largest_pitch=part.largest_pitch,
            smallest_pitch=1, lines=part.lines, stacked=True, baseline_pitch=part.baseline_pitch, where=part.id,
        )  # fmt: skip
        assert len(fitted.lines) == part.lines
        assert fitted.size == size_for_pitch(part.font, part.largest_pitch), part.id


@pytest.mark.parametrize("name", NAMES)
def test_a_value_of_several_lines_is_clear_of_the_next_caption(name):
    # chosen: half a millimetre, more than between a caption and its own value
    plan = layout_files.load(name)
    for face in plan.face:
        captions = [_caption(plan, part)[1] for part in face.field if part.caption]
        for part in (part for part in face.field if not part.caption_only):
            fitted = fit(
                " / ".join(["ҲҚҒӮQJ"] * part.lines), text_box(plan, part), name=part.font, largest_pitch=part.largest_pitch,
                smallest_pitch=1, lines=part.lines, stacked=True, baseline_pitch=part.baseline_pitch, where=part.id,
            )  # fmt: skip
            for caption in captions:
                beside = caption.left < part.box.right and part.box.left < caption.right
                if beside and caption.top > part.box.top + 20:
                    assert caption.top - fitted.box.bottom >= 6, (part.id, caption)


def test_td3_has_the_largest_portrait():
    box = layout_files.load("td3").face[0].portrait.box
    assert (box.width, box.height) == (round(35 * MILLIMETRE), round(45 * MILLIMETRE))


@pytest.mark.parametrize("name", ["td1", "stateless", "registration", "return"])
def test_a_seal_of_two_hundred_bytes_has_room(name):
    # 64 modules of Data Matrix, as zxing-cpp makes of 200 bytes; four modules of quiet zone; 4 pixels a module and more
    places = [face.code for face in layout_files.load(name).face if face.code]
    assert len(places) == 1
    assert places[0].module >= 4
    assert places[0].quiet == 4
    assert min(places[0].box.width, places[0].box.height) >= (64 + 8) * places[0].module


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({**TD3, "colours": {}}, "unknown colours"),
        ({key: value for key, value in TD3.items() if key != "ink"}, "missing ink"),
        (without("page"), "missing page"),
        (changed("face", to=[]), "length >= 1"),
        (changed("dates", to="roman"), "unknown value"),
        (changed("schema", to=2), "unknown schema"),
        (changed("page", "bleed", to=3), "unknown bleed"),
        (changed("dpi", to="300"), "not a whole number"),
        (changed("page", "size", to=[1476]), "of length 2"),
        (changed("field", 5, "captoin", to=["Насаб", "Surname"]), "unknown captoin"),
        (changed("field", 5, "ink", to="purple"), "unknown ink"),
        (changed("field", 5, "zone", to="XI"), "unknown zone"),
        (changed("field", 5, "font", to="comic"), "unknown font"),
        (changed("field", 5, "lines", to=9), "too many lines"),
        (changed("field", 5, "id", to="authority"), "repeated id"),
        (changed("field", 5, "box", to=[461, 300, 1452, 213]), "not a box"),
        (changed("field", 5, "box", to=[461, 213, 1452, 500]), "overlap"),
        (changed("field", 5, "box", to=[461, 213, 1470, 299]), "margin"),
        (changed("field", 5, "box", to=[430, 100, 1452, 299]), "not within zone II"),
        (changed("field", 5, "shows", to="surname"), "unknown field"),
        (changed("field", 5, "align", to="middle"), "unknown value"),
        (changed("signature", "box", to=[882, 706, 1230, 800]), "in the machine-readable zone"),
        (changed("panel", 0, "box", to=[0, 0, 1477, 106]), "not within the page"),
        (changed("panel", 0, "box", to=[24, 24, 1322, 80]), "panel's edge"),
        (changed("panel", 0, "box", to=[20, 24, 1322, 106]), "reaches the margin"),
        (changed("panel", 0, "edge", to="purple"), "unknown ink"),
        (changed("scale", to={"box": [24, 213, 130, 230], "millimetres": 10, "ink": "data"}), "as long as it says"),
        (without("portrait"), "missing portrait"),
        (with_second_face(same_fields=True), "taken by two fields"),
        (with_second_face(same_fields=False), "on two faces"),
        (changed("ghost", "box", to=[900, 490, 1106, 755]), "overlap"),
        (changed("mrz", "centres", to=[780, 928]), "not within zone VII"),
        (changed("mrz", "zone", to="XI"), "unknown zone"),
        (changed("mrz", "centres", to=[853, 880]), "overlap"),
        (changed("mrz", "ink", to="purple"), "unknown ink"),
        (changed("ink", "data", to="black"), "not a colour"),
        (changed("background", "seed", to="nothing"), "unknown mandatory field"),
        (changed("background", "seed", to="place_of_birth"), "unknown mandatory field"),
        (changed("background", "paper", to=["white"]), "not a colour"),
        (changed("chip", to=[1, 2]), "not a table"),
        (changed("zones", to=[1, 2]), "not a table"),
    ],
)
def test_malformed_layout_is_refused(table, message):
    with pytest.raises(SpecError, match=message) as caught:
        parse(table, where="specs/page/x.toml")
    assert caught.value.where.startswith("specs/page/x.toml")


def test_sheet_without_a_zone_takes_no_lines(monkeypatch, portrait):
    monkeypatch.setattr("tjdocs.page.draw_page.load", lambda name: parse(without("mrz"), where="specs/page/sheet.toml"))
    assert not [p for p in page.draw("sheet", VALUES, portrait=portrait, specimen=True).placed if p.kind == "mrz"]
    with pytest.raises(UsageError) as caught:
        page.draw("sheet", VALUES, portrait=portrait, lines=LINES, specimen=True)
    assert caught.value.where == "lines"


def test_caption_too_wide_for_its_box_is_refused(monkeypatch, portrait):
    wide = parse(changed("field", 10, "caption", to=["Ҷинс", "Sex or gender"]), where="specs/page/td3.toml")
    monkeypatch.setattr("tjdocs.page.draw_page.load", lambda name: wide)
    with pytest.raises(SpecError, match="caption"):
        page.draw("td3", VALUES, portrait=portrait, lines=LINES, specimen=True)


def test_words_too_many_for_their_place_are_refused(monkeypatch, portrait):
    note = {"id": "x", "box": [461, 700, 700, 712], "lines": ["Ӣ", "two"], "size": 14, "leading": 16, "ink": "data"}
    table = changed("note", to=[note])
    table["face"][0]["field"] = table["face"][0]["field"][:14]
    monkeypatch.setattr("tjdocs.page.draw_page.load", lambda name: parse(table, where="specs/page/td3.toml"))
    with pytest.raises(SpecError, match="words"):
        page.draw("td3", {key: VALUES[key] for key in layout_files.load("td3").keys if key in VALUES and key != "date_of_expiry"},
                  portrait=portrait, lines=LINES, specimen=True)  # fmt: skip


def test_fonts_have_every_letter_that_is_needed_and_their_licences():
    place = Path(fonts.__file__).parent
    assert {path.name for path in place.iterdir() if path.suffix in (".ttf", ".otf")} == set(FONTS.values())
    assert "public domain" in (place / "OCR-B-LICENSE.txt").read_text().lower()
    assert "SIL Open Font License, Version 1.1" in (place / "NotoSans-LICENSE.txt").read_text()
    assert "Bitstream" in (place / "DejaVu-LICENSE.txt").read_text()
    letters = "АБВГҒДЕЁЖЗИӢЙКҚЛМНОПРСТУӮФХҲЧҶШЩЪЫЬЭЮЯабвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя"
    for name in ("bold", "condensed", "condensed-oblique"):
        assert printable(name, letters + "ÄÅÇÉÑÖØÜŁŞ’-/., 0123456789")
    assert printable("ocr-b", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
    assert not printable("ocr-b", "Қ")
    with pytest.raises(UsageError, match="condensed"):
        fonts.font("comic", 12)
