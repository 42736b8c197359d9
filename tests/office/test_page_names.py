"""Names that do not fit the page: smaller, then abbreviated by rule, or as an officer gives them (Doc 9303-3, 3.2, 3.4)."""

import dataclasses

import pytest

from tjdocs.documents import Application, ApplicationError, example, load_types
from tjdocs.documents.applicant import PageNames
from tjdocs.errors import UsageError
from tjdocs.office import draft
from tjdocs.office.page_names import ways
from tjdocs.page import draw_page

NAMES = load_types.names()
# made of common parts, of 30 and of 35 letters; nobody's
LONG = [("Ғуломҳайдаршоҳ", "Хайрулложонович"), ("Муҳаммадраҳимҷон", "Абдураҳмонхоҷаевич")]
MANY = "Намуна " * 11 + "Намуна"


def prepared(name, now, chip=False, **changes):
    application = dataclasses.replace(example(name, at=now), **changes)
    return draft.Draft.of(application, load_types.get(name), now, now.date(), chip=chip, page=True)


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("given_names", "patronymic"), LONG)
def test_a_name_of_thirty_letters_is_printed_whole(now, name, given_names, patronymic):
    made = prepared(name, now, given_names=given_names, patronymic=patronymic)
    national, latin = made.page_values("T00000001")["secondary_identifier"].split(" / ")
    assert national == f"{given_names} {patronymic}".upper()
    assert latin.replace("’", "") == made.identifiers[1]
    assert made.page_names() == {"primary_identifier": "whole", "secondary_identifier": "whole"}


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_fit_in_the_smallest_type_has_initials_from_the_last_name_back(now, name):
    made = prepared(name, now, given_names=MANY, patronymic="")
    assert made.page_names()["secondary_identifier"] == "abbreviated"
    national, latin = made.page_values("T00000001")["secondary_identifier"].split(" / ")
    for text, whole, initial in ((national, "НАМУНА", "Н."), (latin, "NAMUNA", "N.")):
        words = text.split()
        assert len(words) == 12
        assert words[0] == whole
        assert words == sorted(words, key=lambda word: word != whole)
        assert words[-1] == initial
    # one initial fewer would not fit; chip and zone have the whole name
    longer = next(text for text in reversed(list(ways(MANY, made.identifiers[1]))) if len(text) > len(f"{national} / {latin}"))
    with pytest.raises(UsageError):
        draw_page.check_text(load_types.get(name).page.layout, "secondary_identifier", longer)
    assert made.identifiers[1] == "NAMUNA " * 11 + "NAMUNA"


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("name", NAMES)
def test_a_word_too_long_for_a_line_is_refused_with_its_length_and_the_room(now, name):
    with pytest.raises(ApplicationError) as caught:
        prepared(name, now, given_names="Н" * 60, patronymic="")
    assert {fault.field for fault in caught.value.faults} == {"given_names"}
    assert "the longest word 60; at most" in caught.value.hint
    assert caught.value.hint.endswith("; page_names takes an officer's abbreviation")


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("name", NAMES)
def test_an_officers_text_is_printed_instead(now, name):
    text = "Нннннннннн / Nnnnnnnnnn"
    made = prepared(name, now, given_names="Н" * 60, patronymic="", page_names=PageNames(given_names=text))
    assert made.page_values("T00000001")["secondary_identifier"] == text.upper()
    assert made.page_names() == {"primary_identifier": "whole", "secondary_identifier": "officer"}
    assert made.identifiers[1] == "N" * 60


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize(
    "text",
    [
        "БОРИС / BORIS",  # another name
        "АННА Н.",  # no Latin form
        "НАМУНА АННА / NAMUNA ANNA",  # another order
        "НАМУНА / NAMUNA",  # not the first name
        "АННА Н. / BORIS N.",
    ],
)
def test_an_officers_text_abbreviates_the_name(now, text):
    given = PageNames(given_names=text)
    with pytest.raises(ApplicationError) as caught:
        prepared("external-passport", now, page_names=given)
    assert caught.value.faults[0].field == "page_names.given_names"


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("text", ["АННА Н. / ANNA N.", "А. Н. / ANNA", "А. / A.", "АН / ANNA NAM"])
def test_an_officers_text_may_leave_out_and_cut(now, text):
    assert prepared("external-passport", now, page_names=PageNames(given_names=text))


@pytest.mark.requirement("NAM-1")
def test_an_officers_text_is_read_and_the_record_says_so(now, office):
    application = dataclasses.replace(example("internal-passport", at=now), page_names=PageNames(given_names="АННА Н. / ANNA N."))
    assert Application.from_json(application.to_json()) == application
    issued = office.issue(application, at=now)
    assert issued.record["page_names"] == {"primary_identifier": "whole", "secondary_identifier": "officer"}
