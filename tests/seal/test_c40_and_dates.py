"""C40 and dates, against the standard's examples and an encoder read from its text."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support import seals_made as s
from tjdocs.seal import c40, dates

TABLE = tomllib.loads((Path(__file__).parent / "examples.toml").read_text())
texts = st.text(alphabet=s.ALPHABET + "<", max_size=90)


@pytest.mark.parametrize("row", TABLE["c40"]["examples"], ids=lambda row: row["text"])
def test_examples_of_the_standard(row):
    assert c40.encode(row["text"]) == bytes.fromhex(row["hex"])
    assert c40.decode(bytes.fromhex(row["hex"])) == row["text"].replace("<", " ")


@given(texts)
@example("")
def test_every_text_is_read_back_fillers_as_blanks(text):
    data = c40.encode(text)
    assert c40.decode(data) == text.replace("<", " ")
    assert data == s.c40(text)
    assert len(data) == c40.size(len(text))


@given(st.binary(max_size=12))
@example(b"\xfe\x00")
@example(b"\x00\x00")
@example(b"\xfe\x3d")  # an unlatched filler: written as a blank
@example(b"\xff\xff")
@example(c40.encode("AB") + c40.encode("C"))  # padding before the end
@example(c40.encode("A") + c40.encode("BCD"))
def test_whatever_is_read_has_one_form(data):
    try:
        text = c40.decode(data)
    except c40.C40Error:
        return
    assert c40.encode(text) == data


@pytest.mark.parametrize(
    "data",
    ["00", "D9C5FE", "0000", "FE00", "FE3D", "FE42D9C5", "66A9D9C5", "FFFF", "0001"],
)
def test_bytes_that_are_no_c40(data):
    with pytest.raises(c40.C40Error):
        c40.decode(bytes.fromhex(data))


@pytest.mark.parametrize("text", ["uto", "Ӣ", "A-B", "ABC\n", "ABCD_"])
def test_text_that_c40_cannot_hold(text):
    with pytest.raises(c40.C40Error) as caught:
        c40.encode(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize("row", TABLE["date"]["examples"], ids=lambda row: row["hex"])
def test_dates_of_the_standard(row):
    assert dates.encode(row["date"]) == bytes.fromhex(row["hex"])
    assert dates.decode(bytes.fromhex(row["hex"])) == row["date"]


@given(st.dates())
def test_every_day_is_read_back(day):
    assert dates.decode(dates.encode(day)) == day
    assert dates.encode(day) == s.day(day)


@given(st.binary(min_size=3, max_size=3))
@example(bytes(3))
@example(b"\xff\xff\xff")
@example((13_01_2026).to_bytes(3, "big"))
@example((2_29_2026).to_bytes(3, "big"))
@example((2_29_0000).to_bytes(3, "big"))
def test_three_bytes_are_a_day_or_none(data):
    day = dates.decode(data)
    assert day is None or dates.encode(day) == data


def test_there_is_no_thirteenth_month():
    assert dates.decode((13_01_2026).to_bytes(3, "big")) is None
    assert dates.decode((2_29_2026).to_bytes(3, "big")) is None
    assert dates.decode((2_29_2028).to_bytes(3, "big")) == date(2028, 2, 29)
