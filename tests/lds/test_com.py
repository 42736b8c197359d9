import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lds_helpers import LDS_VERSION, TAG_LIST, UNICODE_VERSION, com, obj
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError
from tjdocs.lds.ef_com import EfCom

GOOD = bytes.fromhex("60165f0104303130375f36063034303030305c046175636e")


def test_reads_versions_and_list():
    parsed = EfCom.parse(GOOD)
    assert (parsed.lds_version, parsed.unicode_version) == ("0107", "040000")
    assert parsed.tags == (0x61, 0x75, 0x63, 0x6E)
    assert parsed.data_groups == (1, 2, 3, 14)
    assert (parsed.raw, parsed.trailing) == (GOOD, 0)


def test_makes_the_same_file():
    assert EfCom.of([1, 2, 3, 14]).encode() == GOOD


def test_padding_is_counted_and_left_out():
    parsed = EfCom.parse(GOOD + bytes(9))
    assert (parsed.raw, parsed.trailing, parsed.encode()) == (GOOD, 9, GOOD)
    assert parsed == EfCom.parse(GOOD)


def test_a_changed_copy_is_made_anew():
    changed = replace(EfCom.parse(GOOD), lds_version="0108")
    assert changed.raw == b""
    assert changed.encode() == GOOD.replace(b"0107", b"0108")


def test_unknown_objects_and_other_order_are_kept():
    data = com(TAG_LIST, obj("5F50", b"?"), LDS_VERSION, UNICODE_VERSION)
    parsed = EfCom.parse(data)
    assert parsed.unknown == ((0x5F50, b"?"),)
    assert parsed.encode() == data
    assert EfCom.parse(replace(parsed).encode()) == parsed


def test_tags_that_are_no_data_groups_stay_listed():
    parsed = EfCom.parse(com(LDS_VERSION, UNICODE_VERSION, obj("5C", b"\x61\x60\x7f\x61")))
    assert parsed.tags == (0x61, 0x60, 0x7F61)
    assert parsed.data_groups == (1,)


# LDS_A_* of BSI TR-03105-5.1, and more of the kind
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cut"),
        (com(LDS_VERSION, UNICODE_VERSION, TAG_LIST, tag="61"), "tag"),  # LDS_A_01
        (b"\x60" + bytes([GOOD[1] - 1]) + GOOD[2:], "cut"),  # LDS_A_02
        (b"\x60" + bytes([GOOD[1] + 1]) + GOOD[2:], "cut"),  # LDS_A_03
        (com(UNICODE_VERSION, TAG_LIST), "missing"),  # LDS_A_05
        (com(LDS_VERSION, TAG_LIST), "missing"),  # LDS_A_07
        (com(LDS_VERSION, UNICODE_VERSION), "missing"),  # LDS_A_09
        (com(LDS_VERSION, LDS_VERSION, UNICODE_VERSION, TAG_LIST), "duplicate"),
        (com(obj("5F01", b"017"), UNICODE_VERSION, TAG_LIST), "value"),
        (com(obj("5F01", b"01.7"), UNICODE_VERSION, TAG_LIST), "value"),
        (com(LDS_VERSION, obj("5F36", b"4.0.0.."), TAG_LIST), "value"),
        (com(LDS_VERSION, UNICODE_VERSION, obj("5C", b"\x61\x7f")), "cut"),
        (com(LDS_VERSION, UNICODE_VERSION, obj("5C", b"\x7f\x81\x81\x01")), "form"),
        (com(LDS_VERSION, UNICODE_VERSION, obj("5C", b"\x61" * 300)), "limit"),
        (com(*[obj("04")] * 300), "limit"),
        (b"\x60\x80" + GOOD[2:], "form"),
    ],
)
def test_malformed(data, reason):
    with pytest.raises(LdsError) as caught:
        EfCom.parse(data)
    assert caught.value.reason == reason


def test_an_error_names_the_place_and_travels():
    with pytest.raises(LdsError, match="at offset 2") as caught:
        EfCom.parse(com(obj("5F01", b"x"), UNICODE_VERSION, TAG_LIST))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.reason, copy.offset, str(copy)) == ("value", 2, str(caught.value))


@pytest.mark.parametrize("changes", [{"lds_version": "17"}, {"unicode_version": "4.0.0!"}, {"lds_version": "０１０７"}])
def test_unusable_versions_are_not_written(changes):
    with pytest.raises(UsageError):
        replace(EfCom.of([1, 2]), **changes).encode()


def test_unknown_data_group_is_not_written():
    with pytest.raises(UsageError):
        EfCom.of([1, 17])


@given(st.integers(0, 9999), st.integers(0, 999999), st.lists(st.integers(1, 16), max_size=16, unique=True))
def test_round_trip(lds, unicode, groups):
    made = EfCom.of(groups, lds_version=f"{lds:04}", unicode_version=f"{unicode:06}")
    parsed = EfCom.parse(made.encode())
    assert parsed == made
    assert parsed.data_groups == tuple(groups)
