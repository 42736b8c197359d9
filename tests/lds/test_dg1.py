from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lds_helpers import ZONE_TD3, obj
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError
from tjdocs.lds.dg1 import Dg1

# Specimen zones of Doc 9303-5 and -6
ZONE_TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
ZONE_TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6"
ZONES = {"TD1": ZONE_TD1, "TD2": ZONE_TD2, "TD3": ZONE_TD3}


@pytest.mark.parametrize(("name", "width"), [("TD1", 30), ("TD2", 36), ("TD3", 44)])
def test_reads_and_makes_each_format(name, width):
    zone = ZONES[name]
    file = obj("61", obj("5F1F", zone.encode()))
    parsed = Dg1.parse(file)
    assert (parsed.zone, parsed.format, parsed.raw, parsed.trailing) == (zone, name, file, 0)
    assert parsed.lines == tuple(zone[i : i + width] for i in range(0, len(zone), width))
    assert Dg1.from_lines(parsed.lines).encode() == file


def test_the_headers_of_a_passports_dg1():
    assert Dg1(ZONE_TD3).encode()[:5].hex() == "615b5f1f58"


def test_padding_is_counted_and_left_out():
    file = Dg1(ZONE_TD3).encode()
    parsed = Dg1.parse(file + b"\xff" * 3)
    assert (parsed.raw, parsed.trailing) == (file, 3)


def test_characters_that_no_zone_may_hold_are_passed_on_when_reading():
    zone = ZONE_TD3[:-1].encode() + b"\xe9"
    parsed = Dg1.parse(obj("61", obj("5F1F", zone)))
    assert parsed.zone == ZONE_TD3[:-1] + "é"
    assert parsed.encode() == obj("61", obj("5F1F", zone))


def test_other_length_forms_are_kept():
    file = bytes.fromhex("61815d5f1f8158") + ZONE_TD3.encode() + b""
    file = b"\x61\x81" + bytes([len(file) - 3]) + file[3:]
    assert Dg1.parse(file).encode() == file
    assert replace(Dg1.parse(file)).encode() == obj("61", obj("5F1F", ZONE_TD3.encode()))


# LDS_B_05 to 07 and 24 of BSI TR-03105-5.1, and more of the kind
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (obj("62", obj("5F1F", ZONE_TD3.encode())), "tag"),  # LDS_B_05
        (b"\x61\x5a" + obj("5F1F", ZONE_TD3.encode()), "cut"),  # LDS_B_06
        (b"\x61\x5c" + obj("5F1F", ZONE_TD3.encode()), "cut"),  # LDS_B_07
        (obj("61", obj("5F1E", ZONE_TD3.encode())), "missing"),  # LDS_B_24
        (obj("61"), "missing"),
        (obj("61", obj("5F1F", ZONE_TD3.encode()[:-1])), "value"),
        (obj("61", *[obj("5F1F", ZONE_TD3.encode())] * 2), "duplicate"),
    ],
)
def test_malformed(data, reason):
    with pytest.raises(LdsError) as caught:
        Dg1.parse(data)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "lines",
    [[ZONE_TD3], [ZONE_TD3[:40], ZONE_TD3[40:]], ["A" * 30] * 2, ["a" * 44, "B" * 44], ["Ж" * 44, "B" * 44], []],
)
def test_lines_that_are_no_zone_are_refused(lines):
    with pytest.raises(UsageError):
        Dg1.from_lines(lines)


def test_no_personal_data_in_repr_or_errors():
    assert "ERIKSSON" not in repr(Dg1.parse(Dg1(ZONE_TD3).encode()))
    with pytest.raises(LdsError) as caught:
        Dg1.parse(obj("61", obj("5F1F", ZONE_TD3.encode()[:-1])))
    assert "ERIKSSON" not in repr(caught.value)


@given(
    st.sampled_from([90, 72, 88]).flatmap(
        lambda size: st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<", min_size=size, max_size=size)
    )
)
def test_round_trip(zone):
    assert Dg1.parse(Dg1(zone).encode()) == Dg1(zone)
