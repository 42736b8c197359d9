"""Making: the exact inverse of reading, and refusals that name the field and nothing of the holder."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.mrz_zones import AT, CLEAN, FORMATS, codes, digit, errors, fields
from tjdocs import mrz
from tjdocs.errors import UsageError

HOLDER = {
    "document_code": "PP",
    "issuing_state": "TJK",
    "document_number": "L898902C3",
    "nationality": "TJK",
    "date_of_birth": date(1974, 8, 12),
    "sex": "F",
    "date_of_expiry": date(2031, 4, 15),
    "primary_identifier": "ERIKSSON",
    "secondary_identifier": "ANNA MARIA",
    "optional_data": "ZE184226B",
}


def test_a_zone_is_made_from_its_fields():
    made = mrz.make("TD3", **HOLDER)
    assert made.text == CLEAN
    assert made.joined == CLEAN.replace("\n", "")
    assert (made.format, made.transliteration, made.truncation, made.truncated) == ("TD3", "tj", "", False)
    assert "ERIKSSON" not in repr(made)


@pytest.mark.parametrize("born", ["1974-08-12", "740812", date(1974, 8, 12)])
def test_dates_come_in_three_forms(born):
    assert mrz.make("TD3", **{**HOLDER, "date_of_birth": born}).text == CLEAN


def test_what_the_command_line_prints_makes_the_zone_again():
    for text in (CLEAN, mrz.make("TD3", **{**HOLDER, "date_of_birth": "74<<<<"}).text):
        printed = mrz.parse(text, at=AT).as_json()
        given_ = {name: value for name, value in printed.items() if name not in ("format", "valid", "problems")}
        assert mrz.make(printed["format"], **given_).text == text


@given(st.sampled_from(FORMATS).flatmap(lambda name: st.tuples(st.just(name), fields(name))))
def test_reading_and_making_are_inverses(drawn):
    name, given_ = drawn
    made = mrz.make(name, **given_)
    zone = mrz.parse(made.text, at=AT)
    assert zone.format == name
    # A birth after the day on which a code was withdrawn, or a holder too old, is the drawn fields' own fault.
    allowed = {"state-withdrawn-before-birth", "expiry-before-birth", "holder-too-old", "date-impossible"}
    assert set(errors(zone)) <= allowed
    assert mrz.make(zone.format, **zone.fields()).lines == zone.lines
    if not made.truncated:
        read = zone.fields()
        assert {key: read[key] for key in given_} == given_
    assert mrz.parse(made.joined, joined=True, at=AT) == zone


@given(st.sampled_from(FORMATS).flatmap(lambda name: st.tuples(st.just(name), fields(name))))
def test_check_digits_agree_with_a_count_of_our_own(drawn):
    name, given_ = drawn
    zone = mrz.parse(mrz.make(name, **given_).text, at=AT)
    for field in ("date_of_birth", "date_of_expiry"):
        assert zone.raw(f"{field}_check_digit") == digit(zone.raw(field))
    if zone.raw("document_number_check_digit") != "<":
        assert zone.raw("document_number_check_digit") == digit(zone.raw("document_number"))
    else:
        assert len(zone.document_number) > 9
    lines = zone.lines
    covered = {
        "TD1": lambda: lines[0][5:30] + lines[1][0:7] + lines[1][8:15] + lines[1][18:29],
        "TD2": lambda: lines[1][0:10] + lines[1][13:20] + lines[1][21:35],
        "TD3": lambda: lines[1][0:10] + lines[1][13:20] + lines[1][21:43],
    }
    if name in covered:
        assert zone.raw("composite_check_digit") == digit(covered[name]())


def test_a_long_number_runs_on_in_the_optional_data():
    card = {**HOLDER, "document_code": "I", "document_number": "D23145890734", "optional_data": "AB"}
    zone = mrz.parse(mrz.make("TD1", **card).text, at=AT)
    assert zone.lines[0] == "I<TJKD23145890<7349<AB<<<<<<<<"
    assert (zone.document_number, zone.optional_data, zone.valid) == ("D23145890734", "AB", True)


def test_nine_characters_never_run_on():
    """Nothing but a check digit in the optional data: the number is not long, its own check digit is missing."""
    lines = ["I<TJKD23145890<7<<<<<<<<<<<<<<", "7408122F3104150TJK<<<<<<<<<<<", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"]
    lines[1] += digit(lines[0][5:30] + lines[1][0:7] + lines[1][8:15] + lines[1][18:29])
    zone = mrz.parse(lines, at=AT)
    assert errors(zone) == ["check-digit"]
    assert (zone.document_number, zone.optional_data) == ("D23145890", "7")


def test_a_blank_or_hyphen_in_a_number_becomes_a_filler():
    zone = mrz.parse(mrz.make("TD3", **{**HOLDER, "document_number": "AB-12 34"}).text, at=AT)
    assert zone.document_number == "AB<12<34"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"document_number": ""}, "document_number"),
        ({"document_number": "<1"}, "document_number"),
        ({"document_number": "L898902C34"}, "document_number"),
        ({"document_number": "ЛЕВ"}, "document_number"),
        ({"document_code": "ID"}, "document_code"),
        ({"issuing_state": "XXA"}, "issuing_state"),
        ({"issuing_state": "D<<"}, "issuing_state"),
        ({"nationality": "IAO"}, "nationality"),
        ({"date_of_birth": "1974-13-01"}, "date_of_birth"),
        ({"date_of_birth": "7408<2"}, "date_of_birth"),
        ({"date_of_birth": None}, "date_of_birth"),
        ({"date_of_birth": datetime(1974, 8, 12)}, "date_of_birth"),  # noqa: DTZ001 - no day
        ({"date_of_birth": date(1900, 1, 1)}, "date_of_birth"),
        ({"date_of_expiry": "31<<<<"}, "date_of_expiry"),
        ({"date_of_expiry": date(1974, 8, 11)}, "date_of_expiry"),
        ({"sex": "W"}, "sex"),
        ({"primary_identifier": ""}, "primary_identifier"),
        ({"primary_identifier": "'-"}, "primary_identifier"),
        ({"primary_identifier": "ERIKSSON2"}, "primary_identifier"),
        ({"secondary_identifier": "Ћ"}, "secondary_identifier"),
        ({"optional_data": "123456789012345"}, "optional_data"),
        ({"optional_data_2": "1"}, "optional_data_2"),
        ({"optional_data_check_digit": "5"}, "optional_data_check_digit"),
        ({"transliteration": "klingon"}, "transliteration"),
        ({"truncation": "middle"}, "truncation"),
    ],
)
def test_a_field_that_cannot_stand_there_is_refused_by_name(change, where):
    with pytest.raises(UsageError) as refused:
        mrz.make("TD3", **{**HOLDER, **change})
    assert refused.value.where == where
    assert refused.value.hint
    assert "ERIKSSON" not in str(refused.value)
    assert "898902" not in str(refused.value)


def test_an_unknown_format_is_refused():
    with pytest.raises(UsageError, match="format"):
        mrz.make("TD4", **HOLDER)


def test_a_letter_without_rule_is_named():
    with pytest.raises(UsageError, match=r"U\+040B, CYRILLIC CAPITAL LETTER TSHE"):
        mrz.make("TD3", **{**HOLDER, "primary_identifier": "ЋОСИЋ"})


def test_withdrawn_code_after_birth_only_is_refused_when_read():
    young = mrz.parse(mrz.make("TD3", **{**HOLDER, "nationality": "SUN", "date_of_birth": "2000-01-01"}).text, at=AT)
    old = mrz.parse(mrz.make("TD3", **{**HOLDER, "nationality": "SUN"}).text, at=AT)
    assert codes(young) == ["state-withdrawn-before-birth"]
    assert codes(old) == ["state-withdrawn"]
    assert (young.valid, old.valid) == (False, True)


def test_check_digit_refuses_what_stands_in_no_zone():
    assert mrz.check_digit("520727") == "3"
    assert mrz.check_digit("AB2134<<<") == "5"
    with pytest.raises(UsageError):
        mrz.check_digit("ab")


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<", max_size=300))
def test_check_digits_of_any_length(text):
    assert mrz.check_digit(text) == digit(text)


@pytest.mark.parametrize("name", [*HOLDER, "optional_data_2", "date_of_birth_raw", "truncation", "transliteration"])
@pytest.mark.parametrize("value", [None, 5, b"A", ["A"]])
def test_a_value_that_is_no_text_is_refused_by_name(name, value):
    format_ = "TD1" if name == "optional_data_2" else "TD3"
    given_ = {**HOLDER, "document_code": "I" if format_ == "TD1" else "PP", name: value}
    with pytest.raises(UsageError) as refused:
        mrz.make(format_, **given_)
    assert refused.value.where == name


@pytest.mark.parametrize("sign", list("/.-'№+_ ’–·"))
def test_every_special_sign_of_a_number_gives_way_to_a_filler(sign):
    # Doc 9303-4, 4.2.2: special characters in the document number are replaced by the filler character
    made = mrz.make("TD3", **(HOLDER | {"document_number": f"AB{sign}12", "optional_data": f"7{sign}8"}))
    assert made.lines[1].startswith("AB<12<<<<")
    assert "7<8<" in made.lines[1]


@pytest.mark.parametrize("sign", ["Ж", "é", "\n", "\u200b", "²"])
def test_what_is_no_special_sign_is_still_refused(sign):
    with pytest.raises(UsageError) as caught:
        mrz.make("TD3", **(HOLDER | {"document_number": f"AB{sign}12"}))
    assert caught.value.where == "document_number"
