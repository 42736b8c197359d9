"""BER-TLV: written and read back, judged by another library, and what is no BER-TLV."""

import pytest
from asn1crypto import parser
from hypothesis import given
from hypothesis import strategies as st

from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import MAX_DEPTH, TlvError

one_byte_tags = st.integers(0, 255).filter(lambda tag: tag & 0x1F != 0x1F)
leading = st.integers(0, 7).map(lambda top: top << 5 | 0x1F)
two_byte_tags = st.builds(lambda a, b: a << 8 | b, leading, st.integers(0x1F, 0x7F))
three_byte_tags = st.builds(
    lambda a, b, c: a << 16 | b << 8 | c, leading, st.integers(0x81, 0xFF), st.integers(0, 0x7F)
)
tags = one_byte_tags | two_byte_tags | three_byte_tags


def by_asn1crypto(data: bytes) -> tuple[int, bytes, int]:
    """Return tag as bytes in a number, content, and header length, as another library reads them."""
    class_, method, number, header, content, _ = parser.parse(data, strict=True)
    first = class_ << 6 | method << 5
    if number < 0x1F:
        return first | number, content, len(header)
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(0x80 | number & 0x7F)
    return int.from_bytes(bytes([first | 0x1F, *reversed(groups)]), "big"), content, len(header)


@given(tags, st.binary(max_size=300))
def test_what_is_written_is_read_back_by_us_and_by_another_library(tag, value):
    data = tlv.encode(tag, value)
    item = tlv.read(data)
    assert (item.tag, item.value, item.offset, item.end) == (tag, value, 0, len(data))
    assert by_asn1crypto(data) == (tag, value, item.header)


@pytest.mark.parametrize(
    ("size", "header"),
    [(0, "0400"), (127, "047f"), (128, "048180"), (255, "0481ff"), (256, "04820100"), (65536, "0483010000")],
)
def test_lengths_are_written_in_the_shortest_form(size, header):
    data = tlv.encode(0x04, bytes(size))
    assert data[:-size].hex() == header if size else data.hex() == header
    assert tlv.read(data).value == bytes(size)


def test_a_longer_length_form_is_read():
    assert tlv.read(bytes.fromhex("04840000000241ff")).value == b"A\xff"


@given(tags, st.binary(max_size=40), st.integers(0, 60))
def test_every_cut_is_told(tag, value, at):
    data = tlv.encode(tag, value)
    with pytest.raises(TlvError):
        tlv.read(data[: min(at, len(data) - 1)])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "missing data object"),
        ("5f", "tag is cut"),
        ("5f81", "tag is cut"),
        ("5f818101", "tag is longer than three bytes"),
        ("04", "length is cut"),
        ("5f1f", "length is cut"),
        ("0482", "length is cut"),
        ("048201", "length is cut"),
        ("30800201050000", "indefinite length"),
        ("04850000000001aa", "length has too many bytes"),
        ("04ff", "length has too many bytes"),
        ("0484ffffffff00", "content is cut"),
        ("0402aa", "content is cut"),
    ],
)
def test_hostile_headers(data, message):
    with pytest.raises(TlvError, match=message) as caught:
        tlv.read(bytes.fromhex("00" * 3 + data), 3, base=100)
    assert caught.value.offset == 103
    assert caught.value.message.startswith(message)


def test_an_object_may_not_reach_beyond_the_one_around_it():
    data = bytes.fromhex("3003040241424344")
    assert tlv.read(data).end == 5
    with pytest.raises(TlvError, match="content is cut"):
        list(tlv.children(tlv.read(data)))
    with pytest.raises(TlvError, match="content is cut"):
        tlv.read(data, 2, end=5)


trees = st.recursive(
    st.tuples(tags.filter(lambda tag: not top(tag) & 0x20), st.binary(max_size=12)),
    lambda inner: st.tuples(tags.filter(lambda tag: top(tag) & 0x20), st.lists(inner, max_size=4)),
    max_leaves=12,
)


def top(tag: int) -> int:
    return tag.to_bytes(3, "big").lstrip(b"\0")[0] if tag else 0


def written(tree) -> bytes:
    tag, content = tree
    body = content if isinstance(content, bytes) else b"".join(map(written, content))
    return tlv.encode(tag, body)


def listed(tree, depth: int = 0):
    tag, content = tree
    yield depth, tag, written(tree)
    if not isinstance(content, bytes):
        for child in content:
            yield from listed(child, depth + 1)


@given(trees, st.integers(0, 1000))
def test_walking_yields_every_object_in_order_with_its_place(tree, base):
    data = written(tree)
    found = [(depth, item.tag, data[item.offset - base : item.end - base]) for depth, item in tlv.walk(data, base=base)]
    assert found == list(listed(tree))
    assert [item.constructed for _, item in tlv.walk(data)] == [bool(top(tag) & 0x20) for _, tag, _ in listed(tree)]


def nested(levels: int) -> bytes:
    """Return objects in one another, the innermost primitive."""
    data = tlv.encode(0x04, b"")
    for _ in range(levels - 1):
        data = tlv.encode(0x30, data)
    return data


def test_depth_is_bounded():
    with pytest.raises(TlvError, match=f"more than {MAX_DEPTH} levels"):
        list(tlv.walk(nested(MAX_DEPTH + 1)))
    assert [depth for depth, _ in tlv.walk(nested(MAX_DEPTH))] == list(range(MAX_DEPTH))


def test_a_hundred_thousand_levels_do_not_overflow():
    # 30 84 xx xx xx xx, each around the rest: built from the outside, since building from the inside is quadratic
    levels = 100_000
    data = b"".join(b"\x30\x84" + (6 * (levels - 1 - n)).to_bytes(4, "big") for n in range(levels))
    with pytest.raises(TlvError, match="levels"):
        list(tlv.walk(data))


@given(st.binary(max_size=200))
def test_whatever_the_bytes_walking_stays_inside_them(data):
    count, places = 0, []
    try:
        for depth, item in tlv.walk(data):
            count += 1
            assert 0 <= item.offset < item.end <= len(data)
            assert depth < MAX_DEPTH
    except TlvError as error:
        places.append(error.offset)
    assert all(0 <= place <= len(data) for place in places)
    assert count <= len(data)


@given(
    st.binary(max_size=60)
    | st.lists(st.builds(tlv.encode, tags, st.binary(max_size=150)), max_size=5).map(b"".join)
    | st.lists(st.builds(tlv.encode, tags, st.binary(max_size=9)), max_size=5).map(lambda items: b"".join(items)[:-1]),
    st.integers(0, 3),
    st.integers(1, 4),
)
def test_places_are_where_reading_one_after_another_finds_them(data, start, most):
    def one_after_another():
        found, stopped = [], start
        while stopped < len(data) and len(found) < most:
            item = tlv.read(data, stopped)
            found.append((item.tag, stopped, item.end - len(item.value), item.end))
            assert tlv.place(data, stopped) == found[-1]
            stopped = item.end
        return found, stopped

    def told(function):
        try:
            return function()
        except TlvError as error:
            return str(error)

    assert told(lambda: tlv.places(data, start, len(data), most)) == told(one_after_another)


def test_values_are_not_shown():
    assert "ERIKSSON" not in repr(tlv.read(tlv.encode(0x5F0E, b"ERIKSSON<<ANNA<MARIA")))
    with pytest.raises(TlvError) as caught:
        tlv.read(b"\x5f\x0e\x30ERIKSSON")
    assert "ERIKSSON" not in str(caught.value)
