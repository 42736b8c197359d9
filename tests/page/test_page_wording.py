"""The words of pages: Latin forms, obliques, one caption for one thing, and the spelling of 2011 and 2021."""

import re
from itertools import pairwise

import pytest

from tests.support.page_helpers import NAMES, specimen
from tjdocs import specs
from tjdocs.page import layout_files, printed_words
from tjdocs.page.page_layout import Box
from tjdocs.page.text import fit

# what the spelling rules of 2011 and 2021 and the official names leave no place for, in Tajik texts
OUTDATED = re.compile(
    r"мӯҳ|ӯҳда|\b[Ҷҷ]ои\b|\b[Рр]ӯи\b|аттрибут|СССР|фармон|бешаҳрвандӣ|[Шш]иносномаи шаҳрвандӣ|иҷозати и[қс]|Россия"
    r"|корти шахсӣ|[Мм]ақоми додани|Санаи додан\b",
    re.IGNORECASE,
)


def national(part):
    return part.caption[0] if part.caption else ""


def tajik_texts():
    """Yield every Tajik text of specs with its place."""
    for name in ("text/tg.toml", "page/words.toml"):
        yield from ((name, line) for line in (specs.folder("specs") / name).read_text(encoding="utf-8").split("\n"))
    for folder in ("documents", "page"):
        for path in sorted((specs.folder("specs") / folder).glob("*.toml")):
            yield from ((path.name, line) for line in path.read_text(encoding="utf-8").split("\n"))


def test_no_tajik_text_is_spelt_as_before_2011():
    found = [(place, line) for place, line in tajik_texts() if not re.match('"?[a-z.]*ru"? = ', line)]
    assert len(found) > 1000
    assert [(place, line) for place, line in found if OUTDATED.search(line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_one_value_has_one_caption_on_a_document(name):
    captions = {}
    for face in layout_files.load(name).face:
        for part in face.field:
            if part.caption:
                captions.setdefault(part.key, set()).add(part.caption)
    assert {key: found for key, found in captions.items() if len(found) > 1} == {}


def test_a_date_has_one_name_in_all_documents_and_the_cards_own_on_the_card():
    for key, others, card in (
        ("date_of_issue", "Санаи дода шудан", "Оғози эътибор"),
        ("date_of_expiry", "Эътибор дорад то", "Анҷоми эътибор"),
        ("place_of_birth", "Ҷойи таваллуд", "Ҷойи таваллуд"),
    ):
        found = {
            name: {national(part) for face in layout_files.load(name).face for part in face.field if part.key == key}
            for name in NAMES
        }
        assert found == {name: {card if name == "td1" else others} for name in NAMES}


@pytest.mark.parametrize(
    ("name", "field", "caption"),
    [
        ("td3", "authority", "Мақоми шиносномадиҳанда"),
        ("td1", "authority", "Мақоми шиносномадиҳанда"),
        ("td1", "document_number", "Рақами шиноснома"),
        ("stateless", "authority", "Мақоми ҳуҷҷатдиҳанда"),
        ("return", "authority", "Мақоми ҳуҷҷатдиҳанда"),
        ("return", "destination", "Ҷойи таъинот"),
        ("stateless", "residence_permit", "Иҷозатномаи истиқомат"),
        ("registration", "date_of_acceptance", "Санаи қабули ариза"),
        ("registration", "exemption", "Аз ҷавобгарӣ аз рӯйи моддаҳои зерин озод аст"),
        ("registration", "place_of_registration", "Ҷойи бақайдгирӣ"),
    ],
)
def test_captions_are_those_of_the_vocabulary(name, field, caption):
    (found,) = [part for face in layout_files.load(name).face for part in face.field if part.id == field]
    assert national(found) == caption


@pytest.mark.parametrize("name", NAMES)
def test_national_wording_is_marked_as_not_reviewed(name):
    assert layout_files.load(name).reviewed is False
    assert printed_words.words_reviewed() is False


@pytest.mark.requirement("ICAO-PAGE")
def test_a_permits_date_has_a_caption_of_its_own():
    fields = {part.id: part for face in layout_files.load("stateless").face for part in face.field}
    assert fields["residence_permit_expires"].caption == ("Иҷозатнома эътибор дорад то", "Permit valid until")
    assert fields["residence_permit_expires"].caption != fields["date_of_expiry"].caption
    placed = {(p.kind, p.id) for p in specimen("stateless").placed}
    assert {("caption", "residence_permit_expires"), ("data", "residence_permit_expires")} <= placed


@pytest.mark.requirement("ICAO-PAGE")
def test_the_card_has_a_place_for_the_signature_and_no_caption():
    # Doc 9303-5, 4.1.1.1, note e
    front = layout_files.load("td1").face[0]
    assert front.signature is not None
    assert not [p for p in specimen("td1").placed if p.id == "signature"]


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize("text", ["ЭРИКССОН / ERIKSSON", "АННА / ANNA", "А / B / C"])
def test_an_oblique_parts_the_languages_also_on_lines_of_their_own(text):
    # Doc 9303-3, 3.1 and 3.5
    fitted = fit(
        text,
        Box(0, 0, 642, 120),
        name="bold",
        largest_pitch=22,
        smallest_pitch=20,
        lines=3,
        where="x",
        stacked=True,
    )
    lines = [line for line, _, _ in fitted.lines]
    assert len(lines) == text.count("/") + 1
    assert all(line.endswith(" /") for line in lines[:-1])
    assert " ".join(lines) == text


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize("name", NAMES)
def test_an_oblique_parts_the_languages_of_fixed_words(name):
    for face in layout_files.load(name).face:
        words = [line for note in face.note for line in note.lines]
        for one, other in pairwise(words):
            if not printed_words.has_latin_form(one) and printed_words.has_latin_form(other) and "/" not in other:
                assert one.endswith(" /"), one
        for part in face.field:
            assert not part.default or printed_words.has_latin_form(part.default)


def test_a_long_name_may_end_a_line_after_its_hyphen_where_nothing_else_fits():
    box, name = Box(0, 0, 642, 120), "АБДУРАҲМОНЗОДА-МУҲАММАДСОЛЕҲЗОД / ABDURAHMONZODA-MUHAMMADSOLEHZOD"
    found = fit(name, box, name="bold", largest_pitch=22, smallest_pitch=20, lines=3, where="x", stacked=True)
    assert [line for line, _, _ in found.lines] == [
        "АБДУРАҲМОНЗОДА-", "МУҲАММАДСОЛЕҲЗОД /", "ABDURAHMONZODA-MUHAMMADSOLEHZOD",
    ]  # fmt: skip
    short = fit("НУР-АЛӢ / NUR-ALI", box, name="bold", largest_pitch=22, smallest_pitch=20, lines=3, where="x")
    assert [line for line, _, _ in short.lines] == ["НУР-АЛӢ / NUR-ALI"]


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("ВКД / MIA", True),
        ("MIA", True),
        ("12 АВГ/AUG 1974", True),
        ("З/F", True),
        ("Ṽ Å", True),
        ("", False),
        (" / ", False),
        ("ВКД", False),
        ("ВКД / ВКХ", False),
        ("ВКД MIA", False),
        ("١٢", False),  # digits of another script
        ("وزارت", False),
    ],
)
def test_latin_form(text, has):
    assert printed_words.has_latin_form(text) is has


@pytest.mark.requirement("ICAO-PAGE")
def test_nationalities_are_words_in_two_languages():
    assert printed_words.nationality_text("TJK") == "ТОҶИКИСТОН / TAJIKISTAN"
    assert printed_words.nationality_text("RUS") == "РУСИЯ / RUSSIA"
    assert printed_words.nationality_text("QQQ") == "QQQ"
    assert all(printed_words.has_latin_form(text) for text in specs.read_toml("page/words.toml")["nationality"].values())
