"""Damaged and hostile files: each is read or refused with LdsError, and the view never raises."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lds.test_dg2 import iso39794
from tests.lds.test_dg11_dg12 import OBJECTS_11, OBJECTS_12, file
from tests.lds.test_dg14_dg15 import KEYS
from tests.lds.test_face import POINTS, facial_record
from tests.support import cards
from tests.support.lds_helpers import (
    DG14,
    LDS_VERSION,
    TAG_LIST,
    UNICODE_VERSION,
    ZONE_TD3,
    com,
    dg2,
    mutations,
    obj,
    sampled_mutations,
)
from tjdocs.lds import LdsError, ef_catalogue
from tjdocs.lds.card_security import CardSecurity
from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12
from tjdocs.lds.dg14 import Dg14, SecurityInfos
from tjdocs.lds.dg15 import Dg15
from tjdocs.lds.ef_com import EfCom
from tjdocs.lds.lds_problems import REASONS

TYPES = (EfCom, Dg1, Dg2, Dg11, Dg12, Dg14, SecurityInfos, CardSecurity, Dg15)
FILES = {
    "EF.COM": (EfCom, com(LDS_VERSION, UNICODE_VERSION, TAG_LIST)),
    "DG1": (Dg1, obj("61", obj("5F1F", ZONE_TD3.encode()))),
    "DG2": (Dg2, dg2(obj("5F2E", facial_record(points=POINTS)))),
    "DG2, ISO/IEC 39794": (Dg2, dg2(obj("7F2E", iso39794()))),
    "DG11": (Dg11, file("6B", *[item for item, _, _ in OBJECTS_11.values()])),
    "DG12": (Dg12, file("6C", *[item for item, _, _ in OBJECTS_12.values()])),
    "DG14": (Dg14, DG14),
    "EF.CardAccess": (SecurityInfos, DG14[2:]),
    "EF.CardSecurity": (CardSecurity, cards.card_security(cards.pace_info(), cards.public_info(named=True))),
    "DG15": (Dg15, obj("6F", KEYS[1])),
}


def examine(kind, data: bytes) -> bool:
    """Read ``data`` and look at all that it says; return whether it could be read."""
    try:
        parsed = kind.parse(data)
    except LdsError as error:
        refusal = error
    else:
        return accepted(parsed, data)
    assert refusal.reason in REASONS
    assert 0 <= refusal.offset <= len(data)
    return False


def accepted(parsed, data: bytes) -> bool:
    assert parsed.encode() + data[len(parsed.raw) :] == data
    assert parsed.trailing == len(data) - len(parsed.raw)
    for problem in getattr(parsed, "problems", ()):
        assert problem.text
    return True


def view(data: bytes) -> None:
    """The outermost spans lie one behind the other and are the whole file; each holds the bytes where it says."""
    spans = ef_catalogue.spans(data)
    assert b"".join(span.data for span in spans if span.depth == 0) == data
    assert all(data[span.offset : span.offset + len(span.data)] == span.data for span in spans)


@pytest.mark.parametrize(("kind", "data"), FILES.values(), ids=FILES)
def test_every_change_of_a_byte_and_every_truncation(kind, data):
    assert examine(kind, data)
    outcomes = [examine(kind, damaged) for damaged in mutations(data)]
    assert True in outcomes
    assert False in outcomes


@pytest.mark.parametrize(("kind", "data"), FILES.values(), ids=FILES)
def test_no_truncation_is_read(kind, data):
    assert not any(examine(kind, data[:size]) for size in range(len(data)))


@pytest.mark.parametrize(("kind", "data"), FILES.values(), ids=FILES)
def test_the_view_of_damaged_files(kind, data):
    view(data)
    for damaged in islice(mutations(data), 0, None, 5):
        view(damaged)


def test_a_large_dg2():
    data = dg2(obj("5F2E", facial_record(image=b"\xff\xd8\xff" + bytes(20_000))))
    assert all(isinstance(examine(Dg2, damaged), bool) for damaged in sampled_mutations(data, 200, first=90))


@given(st.sampled_from(TYPES), st.binary(max_size=80))
def test_any_bytes(kind, data):
    examine(kind, data)
    view(data)


TAGS = ["60", "61", "75", "6b", "6c", "6e", "6f", "31", "30", "7f61", "7f60", "a1", "a0", "5f2e", "7f2e", "5c", "02"]
heads = st.sampled_from([bytes.fromhex(tag) for tag in TAGS])
trees = st.recursive(
    st.tuples(heads, st.binary(max_size=6)).map(lambda t: obj(t[0].hex(), t[1])),
    lambda inner: st.tuples(heads, st.lists(inner, max_size=3)).map(lambda t: obj(t[0].hex(), *t[1])),
    max_leaves=12,
)


@given(st.sampled_from(TYPES), trees)
def test_any_tree_of_objects(kind, data):
    examine(kind, data)
    view(data)


def nested(tag: str, levels: int) -> bytes:
    data = b""
    for _ in range(levels):
        data = obj(tag, data) if len(data) < 0x10000 - 8 else data
    return data


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("tag", ["30", "31", "61", "75", "A0", "A1", "6B", "6E", "7F61", "7F2E"])
def test_deep_nesting(kind, tag):
    data = nested(tag, 5_000)
    examine(kind, data)
    view(data)


HARMLESS = [
    dg2(obj("7F2E", nested("A1", 5_000))),
    obj("6B", obj("A0", nested("A0", 5_000))),
    obj("6B", *[obj("A0", *[obj("5F0F")] * 250)] * 20),
    dg2(obj("5F2E", facial_record(points=POINTS * 500))),
]
REFUSED = [
    obj("6E", obj("31", nested("30", 5_000))),
    obj("6C", *[b"\x5f\x1a\x00"] * 20_000),
    obj("75", *[b"\x04\x00"] * 30_000),
    obj("75", obj("7F61", *[b"\x7f\x60\x00"] * 20_000)),
    b"\x75\x84\xff\xff\xff\xff",
    b"\x61\x88" + b"\xff" * 8,
    b"\x7f" + b"\xff" * 1_000,
    dg2(obj("5F2E", facial_record(points=POINTS * 3_000))),
    dg2(obj("5F2E", facial_record(point_count=0xFFFF))),
]


@pytest.mark.parametrize("data", HARMLESS, ids=range(len(HARMLESS)))
def test_large_but_readable_files(data):
    assert sum(examine(kind, data) for kind in TYPES) == 1
    view(data)


@pytest.mark.parametrize("data", REFUSED, ids=range(len(REFUSED)))
def test_hostile_files(data):
    assert not any(examine(kind, data) for kind in TYPES)
    view(data)


def test_a_file_over_the_limit():
    huge = b"\x61\x84\x00\x98\x96\x81" + bytes(10_000_001)
    for kind in TYPES:
        with pytest.raises(LdsError) as caught:
            kind.parse(huge)
        assert caught.value.reason == "limit"


def test_the_view_ends():
    spans = ef_catalogue.spans(obj("6B", *[b"\x04\x00"] * 20_000))
    assert len(spans) < 5_100
    assert spans[-1].meaning == "further objects are not shown"
