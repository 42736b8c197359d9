"""Layouts are data: what is misspelt, missing or in the way is an error when the file is read."""

import copy
import tomllib
from pathlib import Path

import pytest
from page_helpers import LINES, VALUES

from tjdocs import page, specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.page.layout import parse
from tjdocs.page.text import printable
from tjdocs.page.typeface import FONTS

TD3 = tomllib.loads(specs.read_bytes("page/td3.toml").decode())


def changed(*path, to):
    table = copy.deepcopy(TD3)
    place = table
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return table


def test_every_bundled_layout_reads():
    assert "td3" in page.layouts()
    assert all(page.load(name).format for name in page.layouts())


def test_td3_keeps_the_standard_s_geometry():
    # Doc 9303-4, 2.2 to 2.4, figures 3 and 7; millimetres to pixels by hand
    td3 = page.load("td3")
    millimetre = 300 / 25.4
    assert td3.page.size == (round(125 * millimetre), round(88 * millimetre))
    assert td3.page.margin == round(2 * millimetre)
    assert td3.zones["VII"].top == round((88 - 23.2) * millimetre)
    assert td3.zones["I"].bottom <= 17.9 * millimetre
    assert [round(1039 - 15.75 * millimetre), round(1039 - 9.40 * millimetre)] == list(td3.mrz.centres)
    assert td3.mrz.pitch == 300 / 10
    assert 5.0 <= td3.mrz.first / millimetre + 0.4 <= 7.0
    assert (td3.portrait.box.width, td3.portrait.box.height) == (round(35 * millimetre), round(45 * millimetre))
    assert 12 <= td3.type.caption * 0.729 <= 21  # 1.0 to 1.8 mm; DejaVu's capitals are 0.729 of the size
    assert all(td3.type.smallest_pitch == 300 / 15 < part.largest_pitch <= 300 / 10 for part in td3.field)


def test_td3_has_the_standard_s_fields_in_order():
    # Doc 9303-4, figure 4: those that are mandatory, and no caption for State and title
    numbers = [part.number for part in page.load("td3").field]
    assert numbers == sorted(numbers)
    assert {"01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "14", "15", "16", "18"} <= set(numbers)
    assert all(bool(part.caption) == (part.number > "02") for part in page.load("td3").field)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({**TD3, "colours": {}}, "unknown colours"),
        ({key: value for key, value in TD3.items() if key != "page"}, "missing page"),
        (changed("schema", to=2), "unknown schema"),
        (changed("page", "bleed", to=3), "unknown bleed"),
        (changed("page", "dpi", to="300"), "not of type int"),
        (changed("page", "size", to=[1476]), "right length"),
        (changed("field", 5, "captoin", to=["Насаб", "Surname"]), "unknown captoin"),
        (changed("field", 5, "ink", to="purple"), "no such ink"),
        (changed("field", 5, "zone", to="XI"), "no such zone"),
        (changed("field", 5, "font", to="comic"), "no such font"),
        (changed("field", 5, "lines", to=9), "too many lines"),
        (changed("field", 5, "id", to="authority"), "stands twice"),
        (changed("field", 5, "box", to=[461, 300, 1452, 213]), "not a box"),
        (changed("field", 5, "box", to=[461, 213, 1452, 500]), "overlap"),
        (changed("field", 5, "box", to=[461, 213, 1470, 299]), "margin"),
        (changed("field", 5, "box", to=[430, 100, 1452, 299]), "outside zone II"),
        (changed("ghost", "box", to=[900, 490, 1106, 755]), "overlap"),
        (changed("mrz", "centres", to=[780, 928]), "outside zone VII"),
        (changed("mrz", "centres", to=[853, 880]), "overlap"),
        (changed("mrz", "ink", to="purple"), "no such ink"),
        (changed("ink", "data", to="black"), "not a colour"),
        (changed("background", "seed", to="nothing"), "no such field"),
        (changed("chip", to=[1, 2]), "not a table"),
        (changed("zones", to=[1, 2]), "not a table"),
    ],
)
def test_malformed_layout_is_refused(table, message):
    with pytest.raises(SpecError, match=message) as caught:
        parse(table, where="specs/page/x.toml")
    assert caught.value.where.startswith("specs/page/x.toml")


def test_another_format_is_another_file(monkeypatch, portrait):
    # a TD2-sized sheet without ghost, symbol or signature, three fields, and a zone of 36 characters
    table = copy.deepcopy(TD3)
    for key in ("ghost", "chip", "signature"):
        del table[key]
    table["format"] = "TD2"
    table["page"]["size"] = [1240, 874]
    table["zones"] = {"I": [0, 0, 1240, 130], "II": [437, 130, 1240, 600], "VII": [0, 600, 1240, 874]}
    table["portrait"]["box"] = [24, 69, 437, 600]
    table["mrz"] |= {"first": 47, "characters": 36, "centres": [688, 763]}
    table["overprint"]["box"] = [461, 140, 1216, 590]
    table["background"] |= {"calm": [0, 620, 1240, 874], "waves": [0, 630]}
    fields = {field["id"]: field for field in table["field"]}
    fields["document_number"]["box"] = [800, 40, 1216, 128]
    fields["primary_identifier"]["box"] = [461, 140, 1216, 226]
    fields["date_of_expiry"]["box"] = [461, 240, 1000, 326]
    fields["date_of_expiry"]["zone"] = "II"
    table["field"] = [fields[id] for id in ("document_number", "primary_identifier", "date_of_expiry")]
    small = parse(table, where="specs/page/small.toml")
    monkeypatch.setattr("tjdocs.page.drawing.load", lambda name: small)
    values = {
        "document_number": "D23145890",
        "primary_identifier": "ERIKSSON",
        "date_of_expiry": "15 АПР/APR 2012",
    }
    lines = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]
    drawn = page.draw("small", values, portrait=portrait, lines=lines, specimen=True)
    assert drawn.size == (1240, 874)
    ink = drawn.image().convert("L").crop((0, 610, 1240, 874)).point([255 if x < 128 else 0 for x in range(256)])
    left, top, right, bottom = ink.getbbox()
    assert left >= 47
    assert right <= 47 + 36 * 30
    assert top + 610 >= 663
    assert bottom + 610 <= 788
    with pytest.raises(UsageError) as caught:
        page.draw("small", values, portrait=portrait, signature=portrait, lines=lines, specimen=True)
    assert caught.value.where == "signature"


def test_sheet_without_a_zone_takes_no_lines(monkeypatch, portrait):
    table = copy.deepcopy(TD3)
    del table["mrz"]
    monkeypatch.setattr("tjdocs.page.drawing.load", lambda name: parse(table, where="specs/page/sheet.toml"))
    assert not [p for p in page.draw("sheet", VALUES, portrait=portrait, specimen=True).placed if p.kind == "mrz"]
    with pytest.raises(UsageError) as caught:
        page.draw("sheet", VALUES, portrait=portrait, lines=LINES, specimen=True)
    assert caught.value.where == "lines"


def test_caption_too_wide_for_its_box_is_refused(monkeypatch, portrait):
    wide = parse(changed("field", 10, "caption", to=["Ҷинс", "Sex or gender"]), where="specs/page/td3.toml")
    monkeypatch.setattr("tjdocs.page.drawing.load", lambda name: wide)
    with pytest.raises(SpecError, match="caption"):
        page.draw("td3", VALUES, portrait=portrait, lines=LINES, specimen=True)


def test_fonts_have_every_letter_that_is_needed_and_their_licences():
    place = Path(page.__file__).parent / "fonts"
    assert {path.name for path in place.iterdir() if path.suffix in (".ttf", ".otf")} == set(FONTS.values())
    assert "public domain" in (place / "OCR-B-LICENSE.txt").read_text().lower()
    assert "Bitstream" in (place / "DejaVu-LICENSE.txt").read_text()
    letters = "АБВГҒДЕЁЖЗИӢЙКҚЛМНОПРСТУӮФХҲЧҶШЩЪЫЬЭЮЯабвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя"
    for name in ("bold", "condensed", "condensed-oblique"):
        assert printable(name, letters + "ÄÅÇÉÑÖØÜŁŞ’-/., 0123456789")
    assert printable("ocr-b", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
    assert not printable("ocr-b", "Қ")
    with pytest.raises(UsageError, match="condensed"):
        page.font("comic", 12)
