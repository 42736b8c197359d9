"""How long a document is valid: the day before, on and after every boundary; 29 February; both readings."""

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjdocs.documents import Application, load_types, validity
from tjdocs.documents.applicant import HeldDocument, Journey
from tjdocs.documents.validity import Minor, Validity, accepts, last_day
from tjdocs.errors import SpecError
from tjdocs.times import Period, anniversary

DAY = timedelta(days=1)
NOBODY = Application("external-passport")
YEARS_10 = Validity(Period(years=10), "EXT-2")


# law.md: "29 February has its anniversary on 28 February"; the last valid day is the day before the anniversary
@pytest.mark.parametrize(
    ("issued", "period", "last"),
    [
        (date(2026, 11, 24), Period(years=10), date(2036, 11, 23)),
        (date(2026, 1, 1), Period(years=10), date(2035, 12, 31)),
        (date(2026, 3, 1), Period(years=10), date(2036, 2, 29)),
        (date(2026, 3, 1), Period(years=11), date(2037, 2, 28)),
        (date(2024, 2, 29), Period(years=10), date(2034, 2, 27)),
        (date(2024, 2, 29), Period(years=4), date(2028, 2, 28)),
        (date(2024, 2, 28), Period(years=10), date(2034, 2, 27)),
        (date(2026, 11, 24), Period(years=1), date(2027, 11, 23)),
        (date(2027, 2, 28), Period(years=1), date(2028, 2, 27)),
        (date(2027, 3, 1), Period(years=1), date(2028, 2, 29)),
        (date(2026, 11, 24), Period(months=6), date(2027, 5, 23)),
        (date(2026, 8, 31), Period(months=6), date(2027, 2, 27)),  # its anniversary is 28 February
        (date(2027, 8, 31), Period(months=6), date(2028, 2, 28)),
        (date(2026, 12, 31), Period(months=6), date(2027, 6, 29)),
        (date(2026, 7, 1), Period(months=6), date(2026, 12, 31)),
        (date(2026, 11, 24), Period(days=30), date(2026, 12, 23)),
        (date(2028, 1, 31), Period(days=30), date(2028, 2, 29)),
    ],
)
def test_last_valid_day(issued, period, last):
    assert last_day(Validity(period, "EXT-2"), NOBODY, issued) == last


# law.md, EXT-2, INT-2, STL-4, REG-5, RET-2
@pytest.mark.requirement("EXT-2")
@pytest.mark.requirement("INT-2")
@pytest.mark.requirement("STL-4")
@pytest.mark.requirement("REG-5")
@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize(
    ("name", "period", "shorter"),
    [
        ("external-passport", Period(years=10), False),
        ("internal-passport", Period(years=10), False),
        ("stateless-id", Period(years=1), True),
        ("registration-certificate", Period(months=6), False),
        ("return-certificate", Period(days=30), True),
    ],
)
def test_periods_of_the_five_types(name, period, shorter):
    found = load_types.get(name).validity
    assert (found.period, found.shorter) == (period, shorter)
    assert found.extendable == (name == "registration-certificate")


@pytest.mark.requirement("STL-4")
@pytest.mark.parametrize(
    ("permit", "last"),
    [
        (date(2026, 11, 24), date(2026, 11, 24)),  # expires on the day of issue: valid on that day
        (date(2027, 11, 22), date(2027, 11, 22)),
        (date(2027, 11, 23), date(2027, 11, 23)),
        (date(2027, 11, 24), date(2027, 11, 23)),  # longer than a year never
        (date(2040, 1, 1), date(2027, 11, 23)),
    ],
)
def test_a_stateless_persons_never_outlives_the_residence_permit(permit, last):
    held = HeldDocument("residence_permit", "SPECIMEN-2", date(2020, 1, 1), permit)
    application = Application("stateless-id", documents=(held,))
    assert last_day(load_types.get("stateless-id").validity, application, date(2026, 11, 24)) == last


@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize(
    ("until", "last"),
    [
        (None, date(2026, 12, 23)),
        (date(2026, 11, 24), date(2026, 11, 24)),
        (date(2026, 12, 22), date(2026, 12, 22)),
        (date(2026, 12, 23), date(2026, 12, 23)),
        (date(2026, 12, 24), date(2026, 12, 23)),
    ],
)
def test_a_certificate_for_return_no_longer_than_the_journey(until, last):
    application = Application("return-certificate", journey=Journey("ДУШАНБЕ", "TJK", until=until))
    assert last_day(load_types.get("return-certificate").validity, application, date(2026, 11, 24)) == last
    nowhere = Application("return-certificate")
    assert last_day(load_types.get("return-certificate").validity, nowhere, date(2026, 11, 24)) == date(2026, 12, 23)


@pytest.mark.requirement("EXT-4")
@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(2008, 11, 25), date(2031, 11, 23)),  # 18 tomorrow
        (date(2008, 11, 24), date(2036, 11, 23)),  # 18 today
        (date(2008, 11, 23), date(2036, 11, 23)),
        (None, date(2036, 11, 23)),
    ],
)
def test_validity_for_minors_is_data(born, last):
    lowered = dataclasses.replace(YEARS_10, minor=Minor(18, Period(years=5), "EXT-4"))
    application = Application("external-passport", date_of_birth=born)
    assert last_day(lowered, application, date(2026, 11, 24)) == last
    # chosen: as long as for adults
    assert load_types.get("external-passport").validity.minor == Minor(18, Period(years=10), "EXT-4")


@pytest.mark.requirement("EXT-2")
@pytest.mark.parametrize(
    ("expires", "accepted"),
    [
        (date(2036, 11, 23), True),
        (date(2036, 11, 24), True),  # the anniversary itself, and nothing later
        (date(2036, 11, 25), False),
        (date(2026, 11, 24), True),
        (date(2026, 11, 23), False),  # before its issue
    ],
)
def test_checking_accepts_both_readings(expires, accepted):
    assert accepts(YEARS_10, date(2026, 11, 24), expires) is accepted


def test_checking_knows_the_minors_period_only_with_a_date_of_birth():
    lowered = dataclasses.replace(YEARS_10, minor=Minor(18, Period(years=5), "EXT-4"))
    issued = date(2026, 11, 24)
    assert accepts(lowered, issued, date(2036, 11, 24))
    assert not accepts(lowered, issued, date(2036, 11, 24), born=date(2010, 1, 1))
    assert accepts(lowered, issued, date(2031, 11, 24), born=date(2010, 1, 1))
    assert not accepts(lowered, issued, date(2031, 11, 25), born=date(2010, 1, 1))


@pytest.fixture
def readings(monkeypatch):
    def choose(issuing, checking):
        table = {"schema": 1, "issuing": issuing, "checking": checking}
        monkeypatch.setattr(validity.specs, "read_toml", lambda path: table)
        validity._reading.cache_clear()

    yield choose
    monkeypatch.undo()
    validity._reading.cache_clear()


def test_the_reading_is_one_setting_for_all_types(readings):
    readings("anniversary", "anniversary")
    for name in load_types.names():
        kind = load_types.get(name).validity
        assert last_day(kind, Application(name), date(2026, 11, 24)) == kind.period.after(date(2026, 11, 24))
    readings("day-before", "day-before")
    assert not accepts(YEARS_10, date(2026, 11, 24), date(2036, 11, 24))
    readings("whenever", "anniversary")
    with pytest.raises(SpecError):
        last_day(YEARS_10, NOBODY, date(2026, 11, 24))


dates = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(dates, st.integers(-120, 120), st.integers(0, 30))
def test_anniversary_is_the_same_day_of_another_month(day, years, months):
    found = anniversary(day, years, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == years * 12 + months
    assert found.day == day.day or (found.day < day.day and (found + DAY).day == 1)


@given(dates, st.integers(1, 20))
def test_never_longer_than_the_years_given(issued, years):
    last = last_day(Validity(Period(years=years), "EXT-2"), NOBODY, issued)
    assert last < anniversary(issued, years)
    assert accepts(Validity(Period(years=years), "EXT-2"), issued, last)
    assert (last - issued) <= timedelta(days=366 * years)


def test_the_end_of_the_calendar():
    assert anniversary(date(9990, 1, 1), 20) == date.max
    assert anniversary(date(10, 1, 1), -20) == date.min
    assert Period(days=1000).after(date(9999, 12, 1)) == date.max
    assert str(Period(years=10)) == "10 years"
