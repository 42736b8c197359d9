"""Dates and sex as Doc 9303-3, 3.8 and Doc 9303-4, DED 11 want them printed."""

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjdocs.errors import UsageError
from tjdocs.page import printed_words


@pytest.mark.parametrize(
    ("date", "style", "text"),
    [
        ((1942, 7, 12), "month", "12 ИЮЛ/JUL 1942"),
        ((1942, 7, 12), "numeric", "12.07.1942"),
        ((2026, 1, 1), "month", "01 ЯНВ/JAN 2026"),
        ((2024, 2, 29), "month", "29 ФЕВ/FEB 2024"),
        ((1942, None, None), "month", "XX XXX/XXX 1942"),
        ((1942, 7, None), "month", "XX ИЮЛ/JUL 1942"),
        ((None, None, None), "month", "XX XXX/XXX XXXX"),
        ((1942, None, None), "numeric", "XX.XX.1942"),
        ((1942, 7, None), "numeric", "XX.07.1942"),
        ((None, 2, 29), "numeric", "29.02.XXXX"),
    ],
)
def test_dates(date, style, text):
    assert printed_words.date_text(*date, style=style) == text


@given(st.dates())
def test_every_date_keeps_within_fifteen_characters(date):
    text = printed_words.date_text(date.year, date.month, date.day)
    assert re.fullmatch(r"\d\d [А-Я]{3}/[A-Z]{3} \d{4}", text)
    assert len(text) == 15
    english = datetime.datetime.strptime(text[:3] + text[7:], "%d %b %Y").replace(tzinfo=datetime.UTC)
    assert english.date() == date


@pytest.mark.parametrize("date", [(2023, 2, 29), (2026, 0, 1), (2026, 13, 1), (0, 1, 1), (2026, 4, 31), (2026, 1, 0)])
def test_no_such_date(date):
    with pytest.raises(UsageError):
        printed_words.date_text(*date)


def test_no_such_style():
    with pytest.raises(UsageError):
        printed_words.date_text(2026, 1, 1, style="roman")


def test_sex():
    assert [printed_words.sex_text(sex) for sex in "MF<"] == ["М/M", "З/F", "X"]
    assert [ord(letter) for letter in printed_words.sex_text("M")[::2]] == [0x41C, 0x4D]  # Cyrillic, then Latin
    with pytest.raises(UsageError):
        printed_words.sex_text("X")
