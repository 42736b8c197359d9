"""Every mandatory field of a page has a Latin form, and what a page has for nationality, permit and category fits."""

import dataclasses
from datetime import timedelta

import msgspec
import pytest

from tjdocs.documents import ApplicationError, example, load_types
from tjdocs.documents.applicant import HeldDocument, Spelling
from tjdocs.errors import SpecError
from tjdocs.office import draft, printed_values
from tjdocs.page import layout_files, printed_words
from tjdocs.page.typesetting import field_texts, set_face

NAMES = load_types.names()


def printed(name, now, **changes):
    application = dataclasses.replace(example(name, at=now), **changes)
    made = draft.Draft.of(application, load_types.get(name), now, now.date(), chip=False, page=True)
    return made.page_values("T00000001")


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("authority", "expected"),
    [
        ("Вазорати корҳои дохилӣ", "ВАЗОРАТИ КОРҲОИ ДОХИЛӢ / VAZORATI KORHOI DOKHILI"),
        ("ШВКД-3 н. Сино", "ШВКД-3 Н. СИНО / SHVKD-3 N. SINO"),
        ("ВКД / ВКХ", "ВКД / ВКХ / VKD / VKKH"),
        ("ВКД MIA №2", "ВКД MIA №2 / VKD MIA NO2"),
        ("ВКД / MIA", "ВКД / MIA"),
        ("Ministry of Internal Affairs", "Ministry of Internal Affairs"),
    ],
)
def test_an_authority_in_cyrillic_alone_gets_its_latin_form(now, name, authority, expected):
    assert printed(name, now, authority=authority)["authority"] == expected


@pytest.mark.requirement("REG-4")
def test_no_line_parts_a_code_or_a_paragraph_from_its_name(now):
    plan = layout_files.load("registration")
    runs, _ = set_face(plan, plan.face[0], field_texts(plan, printed("registration-certificate", now)), ())
    lines = [run.text.replace("\u00a0", " ") for run in runs]
    first = lines.index("КҲМ / Code on Administrative Offences:")
    assert lines[first + 1 : first + 3] == ["497, 498 (2), 499 (1), 499 (2);", "КҶ / Criminal Code: 335 (1), 336"]


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize("name", ["external-passport", "internal-passport", "stateless-id", "registration-certificate"])
def test_a_place_keeps_its_commas_in_the_latin_form(now, name):
    place = printed(name, now, place_of_birth="Хуҷанд, вилояти Суғд,")["place_of_birth"]
    assert place == "ХУҶАНД, ВИЛОЯТИ СУҒД, / KHUJAND, VILOYATI SUGHD"


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize("name", NAMES)
def test_every_mandatory_field_has_a_latin_form(now, name):
    texts = printed(name, now)
    layout = layout_files.load(load_types.get(name).page.layout)
    mandatory = {part.key for face in layout.face for part in face.field if not part.optional}
    assert [key for key in mandatory & texts.keys() if not printed_words.has_latin_form(texts[key])] == []


@pytest.mark.requirement("ICAO-PAGE")
def test_an_authority_in_a_script_that_has_no_rules_is_a_fault(now):
    with pytest.raises(ApplicationError) as caught:
        printed("external-passport", now, authority="وزارت")
    assert {fault.field for fault in caught.value.faults} == {"authority"}


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize(
    "change", [{"nationalities": {"XXA": "БЕШАҲРВАНД"}}, {"categories": {"A": "ШАХС"}}, {"texts": {"title": "ҲУҶҶАТ"}}]
)
def test_a_types_own_words_need_a_latin_form(change):
    kind = load_types.get("registration-certificate")
    with pytest.raises(SpecError, match="missing Latin form"):
        printed_values.check(dataclasses.replace(kind, page=msgspec.structs.replace(kind.page, **change)))
    note = msgspec.structs.replace(kind.notes[0], page="КҲМ 497")
    with pytest.raises(SpecError, match="missing Latin form"):
        printed_values.check(dataclasses.replace(kind, notes=(note,)))


@pytest.mark.requirement("ICAO-PAGE")
def test_a_mandatory_text_without_a_latin_form_is_a_fault(now, monkeypatch):
    kind = load_types.get("stateless-id")
    odd = dataclasses.replace(kind, page=msgspec.structs.replace(kind.page, nationalities={"XXA": "БЕШАҲРВАНД"}))
    with pytest.raises(ApplicationError) as caught:
        draft.Draft.of(example(kind.id, at=now), odd, now, now.date(), chip=False, page=True)
    assert {fault.field for fault in caught.value.faults} == {"citizenship"}


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize("name", ["external-passport", "internal-passport", "return-certificate"])
def test_a_citizens_nationality_is_a_word(now, name):
    assert printed(name, now)["nationality"] == "ТОҶИКИСТОН / TAJIKISTAN"


@pytest.mark.requirement("REG-3")
@pytest.mark.parametrize("category", "ABCDEFG")
@pytest.mark.parametrize("citizenship", ["TKM", "AZE", "XXA", "XXX"])
def test_every_category_and_nationality_fits_the_certificate(now, category, citizenship):
    texts = printed("registration-certificate", now, category=category, citizenship=citizenship)
    assert texts["category"].startswith(f"{category}: ")
    assert " / " in texts["nationality"]


@pytest.mark.requirement("STL-1")
@pytest.mark.parametrize(("number", "shown"), [("SPECIMEN-2", "SPECIMEN-2"), ("ИИ 123", "ИИ 123 / II 123")])
def test_a_permit_has_number_and_date_apart(now, number, shown):
    today = now.date()
    permit = HeldDocument("residence_permit", number, today - timedelta(days=1), today.replace(year=2030))
    texts = printed("stateless-id", now, documents=(permit,))
    assert texts["residence_permit"] == shown
    assert texts["residence_permit_expires"].endswith("2030")


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize(
    ("family_name", "given_names", "shown"),
    [
        ("НУР-АЛӢ", "АННА", ("НУР-АЛӢ / NUR-ALI", "АННА / ANNA")),
        ("О’КОННОР", "Анна-Мария", ("О’КОННОР / O’KONNOR", "АННА-МАРИЯ / ANNA-MARIYA")),
        ("D'ARC", "ANNA-MARIA", ("D'ARC", "ANNA-MARIA")),
    ],
)
def test_the_visual_zone_keeps_hyphens_and_apostrophes(now, family_name, given_names, shown):
    # Doc 9303-3, 3.4; the zone has a filler for the hyphen and nothing for the apostrophe (4.6)
    made = printed("external-passport", now, family_name=family_name, given_names=given_names, patronymic="")
    assert (made["primary_identifier"], made["secondary_identifier"]) == shown


@pytest.mark.requirement("ICAO-PAGE")
def test_a_kept_spelling_keeps_its_hyphen(now):
    kept = Spelling("Nour-Aly", "Anna", "earlier-document")
    made = printed("external-passport", now, family_name="НУР-АЛӢ", given_names="АННА", patronymic="", spelling=kept)
    assert made["primary_identifier"] == "НУР-АЛӢ / NOUR-ALY"


@pytest.mark.requirement("NAM-1")
def test_letters_of_two_scripts_are_a_fault_of_an_application_that_was_not_read(now):
    with pytest.raises(ApplicationError) as caught:
        printed("external-passport", now, family_name="ЭPИКССОН", place_of_birth="ДУШAНБЕ")
    assert [(fault.field, fault.reason) for fault in caught.value.faults] == [
        ("family_name", "scripts"),
        ("place_of_birth", "scripts"),
    ]
