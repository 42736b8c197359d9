"""States' own formats: the French identity card of 1988 to 2021, and a driving licence, which is named."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.mrz_zones import AT, codes, digit, errors, random_zone, seeded
from tjdocs import mrz
from tjdocs.border import Evidence, Inspector
from tjdocs.mrz import mrz_spans
from tjdocs.mrz.formats import national_formats
from tjdocs.pki import TrustStore


def card(primary="ERIKSSON", given_names="ANNA<<MARIA", number="130775P00017", birth="740812", sex="F", place="75P001"):
    upper = f"IDFRA{primary:<<25}{place}"
    body = f"{number}{digit(number)}{given_names:<<14}{birth}{digit(birth)}{sex}"
    return f"{upper}\n{body}{digit(upper + body)}"


def read(**fields):
    return mrz.parse(card(**fields), at=AT)


def test_every_field_is_read_by_its_own_format():
    zone = read()
    assert (zone.format, zone.valid, codes(zone)) == ("FRA-ID", True, ["national-format"])
    assert (zone.document_code, zone.issuing_state, zone.document_number) == ("ID", "FRA", "130775P00017")
    assert (zone.primary_identifier, zone.secondary_identifier) == ("ERIKSSON", "ANNA MARIA")
    assert (zone.date_of_birth, zone.sex) == (date(1974, 8, 12), "F")
    assert (zone.raw("department"), zone.raw("office")) == ("75P", "001")
    assert (zone.nationality, zone.date_of_expiry, zone.optional_data) == ("", None, "")
    printed = zone.as_json()
    assert (printed["month_of_issue"], printed["latest_expiry"]) == ("2013-07", "2028-07-31")
    assert (printed["department"], printed["office"]) == ("75P", "001")


@pytest.mark.parametrize(
    ("number", "birth", "latest"),
    [
        ("130775P00017", "740812", "2028-07-31"),  # of age: five years longer
        ("130775P00017", "000812", "2023-07-31"),  # a minor
        ("031275P00017", "740812", "2013-12-31"),  # before 2004
        ("040175P00017", "740812", "2019-01-31"),
        ("140175P00017", "740812", "2024-01-31"),  # from 2014 on
        ("130775P00017", "<<<<<<", "2028-07-31"),  # of unknown age: the longer one
    ],
)
def test_the_latest_expiry(number, birth, latest):
    zone = read(number=number, birth=birth)
    assert zone.latest_expiry.isoformat() == latest
    assert zone.valid
    assert ("expired" in codes(zone)) == (zone.latest_expiry < AT)


@pytest.mark.parametrize("number", ["240575P00017", "870575P00017", "131375P00017", "1A0775P00017"])
def test_no_such_month_of_issue(number):
    zone = read(number=number)
    assert not zone.valid
    assert zone.month_of_issue is None
    assert zone.latest_expiry is None


def test_each_check_digit_is_judged():
    for old, new, code in (
        ("130775P00017", "130775P00018", "check-digit"),
        ("740812", "740813", "check-digit"),
        ("ERIKSSON", "ERIKSSIN", "composite-check-digit"),
        ("75P001", "75P002", "composite-check-digit"),
    ):
        assert code in errors(mrz.parse(card().replace(old, new, 1), at=AT))


@given(st.integers(0, 71), st.sampled_from("A7<?"))
def test_one_wrong_character_is_never_of_another_format_and_valid(place, character):
    text = card().replace("\n", "")
    wrong = text[:place] + character + text[place + 1 :]
    zone = mrz.parse([wrong[:36], wrong[36:]], at=AT, repair=True)
    assert not zone.valid or (zone.format == "FRA-ID" and not zone.repaired)


def test_a_card_of_td2_stays_one():
    for seed in range(20):
        fields = random_zone(seeded(seed), "TD2")
        zone = mrz.parse(fields.text, at=AT)
        made = mrz.make("TD2", **{**zone.fields(), "issuing_state": "FRA", "document_code": "ID"})
        assert mrz.parse(made.text, at=AT).format == "TD2"


def test_spans_name_its_fields():
    meanings = [span.meaning for span in mrz_spans.spans(card())]
    assert "department" in meanings
    assert "check digit of the document number" in meanings
    assert "no machine-readable zone" not in meanings


def test_its_file_is_complete():
    (layout,) = national_formats().values()
    assert (layout.lines, layout.columns, layout.national.state) == (2, 36, "FRA")


def verdict(text):
    now = datetime(AT.year, AT.month, AT.day, 12, tzinfo=UTC)
    return Inspector(trust=TrustStore.of([])).inspect(Evidence(mrz=text, direction="entry"), at=now)


def found(given_verdict, check):
    return {(str(f.outcome), f.reason) for f in given_verdict.findings if f.check == check}


@pytest.mark.parametrize(
    ("fields", "expiry"),
    [({}, ("undetermined", "no-date")), ({"birth": "000812"}, ("failed", "expired"))],
)
def test_the_border_never_admits_by_what_was_not_read(fields, expiry):
    judged = verdict(card(**fields))
    assert str(judged.decision) in ("refer", "refuse")
    assert found(judged, "mrz.structure") == {("warning", "national-format")}
    assert found(judged, "doc.expiry") == {expiry}
    assert found(judged, "doc.use") == {("undetermined", "not-recognised")}
    assert not any(f.outcome.ok for f in judged.findings if f.check in ("doc.genuine", "doc.use", "doc.expiry"))


LICENCE = "D1NLD1SPECIMEN01" + "X" * 13 + "0"


def test_a_driving_licence_is_named():
    for text in (LICENCE, LICENCE.lower(), [LICENCE]):
        zone = mrz.parse(text, at=AT, repair=True)
        assert zone.format is None
        assert errors(zone) == ["driving-licence"]
    assert found(verdict(LICENCE), "mrz.structure") == {("failed", "driving-licence")}
    assert errors(mrz.parse("P" + LICENCE[1:], at=AT)) == ["format-unknown"]
