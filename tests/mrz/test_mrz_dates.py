"""Dates: centuries against the day of judgement, unknown parts, and days that are none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.mrz_zones import AT, codes, zone_of
from tjdocs import mrz
from tjdocs.mrz import dates

DAYS = st.dates(date(1000, 1, 1), date(9000, 1, 1))


@given(DAYS, DAYS)
def test_a_birth_lies_in_the_hundred_years_up_to_the_day(day, at):
    born, problem = dates.birth(day.strftime("%y%m%d"), at)
    if problem:  # 29 February of a century without one
        assert (problem, (day.month, day.day)) == ("date-impossible", (2, 29))
        return
    assert (born.year % 100, born.month, born.day) == (day.year % 100, day.month, day.day)
    assert born <= at < dates.years_after(born, 100) or born.replace(day=1) <= at


@given(DAYS, DAYS)
def test_an_expiry_lies_within_fifty_years_of_the_day(day, at):
    expires, problem = dates.expiry(day.strftime("%y%m%d"), at)
    if problem:
        assert (problem, (day.month, day.day)) == ("date-impossible", (2, 29))
        return
    assert (expires.year % 100, expires.month, expires.day) == (day.year % 100, day.month, day.day)
    assert -50 < expires.year - at.year <= 50


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("74<<<<", ""), ("7408<<", ""), ("<<<<<<", ""), ("<<0812", ""), ("74<<31", ""), ("<<0229", ""),
        ("74<<32", "date-impossible"), ("7413<<", "date-impossible"), ("7400<<", "date-impossible"),
        ("740230", "date-impossible"), ("740001", "date-impossible"), ("740800", "date-impossible"),
        ("7<0812", "date-form"), ("7408<2", "date-form"), ("74O812", "date-form"), ("+74081", "date-form"),
        ("७४०८१२", "date-form"), (" 74081", "date-form"), ("740_12", "date-form"),
    ],
)  # fmt: skip
def test_what_is_a_birth_and_what_is_none(raw, problem):
    born, found = dates.birth(raw, AT)
    assert (born, found) == (None, problem)


@pytest.mark.parametrize("raw", ["31<<<<", "3104<<", "<<<<<<", "31O415", "٣١٠٤١٥"])
def test_an_expiry_is_known_whole(raw):
    assert dates.expiry(raw, AT) == (None, "date-form")


def test_expiry_against_birth_and_day():
    assert codes(zone_of(birth="200101", expiry="190101")) == ["expiry-before-birth", "expired"]
    assert codes(zone_of(expiry="261124")) == []
    assert codes(zone_of(expiry="261123")) == ["expired"]
    assert codes(zone_of(expiry="411124", code="PP")) == []
    assert codes(zone_of(expiry="411125", code="PP")) == ["expiry-distant"]
    assert codes(zone_of(birth="270101", expiry="470101")) == ["expiry-distant"]
    assert codes(zone_of(birth="270101", expiry="470102")) == ["holder-too-old", "expiry-distant"]
    assert not zone_of(birth="270101", expiry="470102").valid
    assert zone_of(expiry="261123").valid


def test_dates_as_json():
    zone = zone_of(birth="74<<<<")
    assert zone.as_json()["date_of_birth"] is None
    assert zone.as_json()["date_of_birth_raw"] == "74<<<<"
    assert "date_of_expiry_raw" not in zone.as_json()


@given(DAYS, st.integers(0, 200))
def test_years_after(day, years):
    later = dates.years_after(day, years)
    assert later.year == day.year + years
    assert (later.month, later.day) in ((day.month, day.day), (2, 28))


def test_29_february_of_a_year_without_one():
    assert dates.years_after(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert dates.years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_the_far_future_does_not_break():
    assert mrz.parse(zone_of().text, at=date.max).format == "TD3"
    assert mrz.parse(zone_of().text, at=date.min).format == "TD3"
