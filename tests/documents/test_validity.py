"""How long a document is valid: the day before, on and after the anniversary; 29 February."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjdocs.documents.validity import anniversary, last_valid_day


# facts: "29 February has its anniversary on 28 February"; the last valid day is the day before the anniversary
@pytest.mark.parametrize(
    ("issued", "years", "last"),
    [
        (date(2026, 11, 24), 10, date(2036, 11, 23)),
        (date(2026, 1, 1), 10, date(2035, 12, 31)),
        (date(2026, 3, 1), 10, date(2036, 2, 29)),
        (date(2026, 3, 1), 11, date(2037, 2, 28)),
        (date(2024, 2, 29), 10, date(2034, 2, 27)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2024, 2, 28), 10, date(2034, 2, 27)),
    ],
)
def test_last_valid_day(issued, years, last):
    assert last_valid_day(issued, years) == last


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(-120, 120))
def test_anniversary_is_the_same_day_of_another_year(day, years):
    found = anniversary(day, years)
    assert found.year == day.year + years
    if (day.month, day.day) == (2, 29):
        assert found.month == 2
        assert found.day in (28, 29)
    else:
        assert (found.month, found.day) == (day.month, day.day)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(1, 20))
def test_never_longer_than_the_years_given(issued, years):
    last = last_valid_day(issued, years)
    assert last < anniversary(issued, years)
    assert (last - issued) <= timedelta(days=366 * years)
