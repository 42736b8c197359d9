"""Parts of certificates: algorithm identifiers, names in every string type, key identifiers, times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from asn1crypto import core
from asn1crypto import x509 as other
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tjdocs.asn1 import times, x509_schema
from tjdocs.asn1.der import DerError

# ------------------------------------------------------------------------------------------------ algorithm identifiers


def test_algorithm_with_null_and_without_parameters():
    bare = x509_schema.algorithm_id(b.sequence(b.oid("1.2.840.10045.4.3.2")))
    null = x509_schema.algorithm_id(b.sequence(b.oid("1.2.840.10045.4.3.2"), b"\x05\x00"))
    other_ = x509_schema.algorithm_id(b.sequence(b.oid("1.2.840.10045.4.3.2"), b.integer(5)))
    assert [item.oid for item in (bare, null, other_)] == ["1.2.840.10045.4.3.2"] * 3
    assert [item.parameters for item in (bare, null, other_)] == [b"", b"\x05\x00", b.integer(5)]
    assert [item.plain for item in (bare, null, other_)] == [True, True, False]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30\x00",
        b.oid("1.2.3"),
        b.sequence(b.integer(5)),
        b.sequence(b.oid("1.2.3"), b"\x05\x00", b"\x05\x00"),
        b.sequence(b.oid("1.2.3")) + b"\0",
        b.sequence(b"\x06\x00"),
        b.sequence(b"\x06\x02\x2a\x80"),  # the last arc does not end
        b.sequence(b"\x06\x03\x2a\x80\x01"),  # an arc not in its shortest form
    ],
)
def test_what_is_no_algorithm_identifier(data):
    with pytest.raises(DerError):
        x509_schema.algorithm_id(data)


@pytest.mark.requirement("ICAO-DER")
@pytest.mark.parametrize("parameters", [b"", b"\x05\x00", b.integer(5), b.oid("1.2.3")])
def test_algorithm_identifiers_are_written(parameters):
    assert x509_schema.encode_algorithm("1.2.840.10045.2.1", parameters) == b.sequence(b.oid("1.2.840.10045.2.1"), parameters)


dotted = st.builds(
    lambda first, second, rest: ".".join(map(str, (first, second, *rest))),
    st.integers(0, 2),
    st.integers(0, 39),
    st.lists(st.integers(0, 2**28 - 1), min_size=1, max_size=6),
)


@given(dotted)
def test_object_identifiers(text):
    assert x509_schema.encode_oid(text) == core.ObjectIdentifier(text).dump()
    assert x509_schema.object_identifiers(b.sequence(x509_schema.encode_oid(text), b.oid("2.5.29.15"))) == (text, "2.5.29.15")


@pytest.mark.parametrize(
    "data", [b"", b.oid("1.2.3"), b.sequence(b.integer(5)), b"\x30\x05\x06", b.sequence(b"\x06\x01\x80")]
)
def test_what_is_no_sequence_of_object_identifiers(data):
    with pytest.raises(DerError):
        x509_schema.object_identifiers(data)


# ---------------------------------------------------------------------------------------------------------------- names


def one(tag: int, content: bytes, kind: str = "2.5.4.3") -> bytes:
    return b.sequence(b.der(0x31, b.sequence(b.oid(kind), b.der(tag, content))))


@pytest.mark.parametrize(
    ("tag", "content", "text"),
    [
        (0x0C, "Ҷумҳурӣ".encode(), "Ҷумҳурӣ"),
        (0x13, b"UTOPIA", "UTOPIA"),
        (0x12, b"123", "123"),
        (0x14, "Säule".encode("latin-1"), "Säule"),
        (0x16, b"a@example", "a@example"),
        (0x1A, b"visible", "visible"),
        (0x1E, "Ҷумҳурӣ".encode("utf-16-be"), "Ҷумҳурӣ"),
        (0x1C, "Ҷумҳурӣ".encode("utf-32-be"), "Ҷумҳурӣ"),
    ],
)
def test_names_in_every_string_type(tag, content, text):
    ((value,),) = x509_schema.name_values(one(tag, content))
    assert (value.oid, value.text, value.tag) == ("2.5.4.3", text, tag)
    if tag != 0x14:  # T61String has a code table of its own that nobody writes: certificates hold Latin-1
        assert core.load(b.der(tag, content)).native == text


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (0x0C, b"\xff\xfe"),  # no UTF-8
        (0x13, b"\xe4"),  # no ASCII
        (0x1E, b"\x00a\x00"),  # half a character
        (0x1E, b"\xd8\x00"),  # half a pair
        (0x1C, b"\xff\xff\xff\xff"),  # beyond the last character
        (0x04, b"\xff\x00"),  # no string at all
        (0x30, b"\x05\x00"),
    ],
)
def test_bytes_that_the_string_type_does_not_allow_are_replaced_not_refused(tag, content):
    ((value,),) = x509_schema.name_values(one(tag, content))
    assert isinstance(value.text, str)
    assert value.tag == tag


def test_names_keep_their_shape():
    pair = b.sequence(b.oid("2.5.4.10"), b.der(0x0C, b"O"))
    name = b.sequence(
        b.der(0x31, b.sequence(b.oid("2.5.4.6"), b.der(0x13, b"UT"))),
        b.der(0x31, pair, b.sequence(b.oid("2.5.4.3"), b.der(0x0C, b"CN"))),
    )
    assert [[value.text for value in rdn] for rdn in x509_schema.name_values(name)] == [["UT"], ["O", "CN"]]
    assert x509_schema.name_values(b.sequence()) == ()
    assert x509_schema.name_values(b.sequence(b.der(0x31))) == ((),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b.der(0x31),
        b.sequence(b.integer(1)),
        b.sequence(b.der(0x31, b.oid("2.5.4.3"))),
        b.sequence(b.der(0x31, b.sequence(b.oid("2.5.4.3")))),
        b.sequence(b.der(0x31, b.sequence(b.oid("2.5.4.3"), b.der(0x0C), b.der(0x0C)))),
        b.sequence(b.der(0x31, b.sequence(b.integer(5), b.der(0x0C, b"x")))),
        b.sequence(b.der(0x31, b.sequence(b"\x06\x01\x80", b.der(0x0C, b"x")))),
        b"\x30\x05\x31",
    ],
)
def test_what_is_no_name(data):
    with pytest.raises(DerError, match="not a Name"):
        x509_schema.name_values(data)


@given(
    st.lists(
        st.sampled_from(["2.5.4.6", "2.5.4.10", "2.5.4.3"]).flatmap(
            lambda oid: st.tuples(st.just(oid), st.text("ABCxyz ", max_size=8))
        ),
        max_size=4,
    )
)
def test_written_names_are_read_by_us_and_by_another_library(parts):
    data = x509_schema.encode_name([(oid, text, 0x13) for oid, text in parts])
    assert [(v.oid, v.text, v.tag) for rdn in x509_schema.name_values(data) for v in rdn] == [(o, t, 0x13) for o, t in parts]
    read = other.Name.load(data, strict=True)
    assert [(pair["type"].dotted, pair["value"].native) for rdn in read.chosen for pair in rdn] == parts


def test_strings_below_a_value():
    data = b.sequence(b.integer(0), b.der(0x31, b.der(0x13, b"P"), b.der(0x13, b"PP"), b.der(0x0C, "Ҷ".encode())))
    assert x509_schema.printable_strings(data) == ("P", "PP", "Ҷ")
    with pytest.raises(DerError, match="not readable"):
        x509_schema.printable_strings(b"\x30\x05\x13")


# ------------------------------------------------------------------------------------------------------- key identifier


@pytest.mark.parametrize(
    ("data", "identifier"),
    [
        (b.octets(b"identifier"), b"identifier"),
        (b"identifier without inner OCTET STRING", b"identifier without inner OCTET STRING"),
        (b.octets(b"identifier") + b"\0", b.octets(b"identifier") + b"\0"),
        (b"\x04\x20short", b"\x04\x20short"),
        (b.integer(5), b.integer(5)),
        (b"", b""),
        (b"\x04\x00", b""),
    ],
)
def test_key_identifiers(data, identifier):
    assert x509_schema.key_identifier(data) == identifier


# ---------------------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        (0x17, "261124080000Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (0x17, "500101000000Z", datetime(1950, 1, 1, tzinfo=UTC)),
        (0x17, "491231235959Z", datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (0x17, "000229000000Z", datetime(2000, 2, 29, tzinfo=UTC)),
        (0x17, "2611240800Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),  # without seconds
        (0x17, "261124080000+0500", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        (0x17, "2611240800-0330", datetime(2026, 11, 24, 11, 30, tzinfo=UTC)),
        (0x18, "20261124080000Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (0x18, "20501124080000Z", datetime(2050, 11, 24, 8, tzinfo=UTC)),
        (0x18, "20261124080000.5Z", datetime(2026, 11, 24, 8, 0, 0, 500000, tzinfo=UTC)),
        (0x18, "99991231235959Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (0x18, "00010101000000Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_times(tag, text, expected):
    for length in (b"", b"\x81"):  # a longer length, as BER allows, is read by the general road: it finds the same
        moment = times.parse_time(bytes((tag,)) + length + bytes((len(text),)) + text.encode())
        assert moment == expected
        assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (0x17, ""),
        (0x17, "Z"),
        (0x17, "xx1124080000Z"),
        (0x17, "261124080000"),  # whose time?
        (0x17, "261324080000Z"),
        (0x17, "260230080000Z"),
        (0x17, "261124240000Z"),
        (0x17, "261124240000+0000"),
        (0x18, "20261124240000Z"),
        (0x17, "261124086000Z"),
        (0x17, "26111111Z"),  # hours without minutes: not the 1st of November at 01:01:01
        (0x17, "26112408Z"),
        (0x17, "26112408000Z"),  # a digit lost: which?
        (0x17, "261124080Z"),
        (0x17, "2611240800000Z"),
        (0x17, "261124080000ZZ"),
        (0x17, "261124080000Z+0000"),
        (0x17, "261124080000+9999"),
        (0x17, "26Z1124080000"),
        (0x17, "261124 80000Z"),
        (0x18, "2026112408Z"),
        (0x18, "202611240800000Z"),
        (0x18, "20261124080000"),
        (0x18, "261124080000Z"),
        (0x18, "20261124080000.Z"),
        (0x18, "00000101000000Z"),
        (0x18, "00010101000000+0100"),  # before the calendar begins
        (0x18, "99991231235959-0100"),
        (0x04, "261124080000Z"),
    ],
)
def test_what_is_no_time(tag, text):
    with pytest.raises(DerError, match="not a Time"):
        times.parse_time(b.der(tag, text.encode()))


@pytest.mark.parametrize("data", [b"", b"\x17", b"\x17\x0d26", b.der(0x17, "２６１１２４０８００００Z".encode())])
def test_no_time_at_all(data):
    with pytest.raises(DerError, match="not a Time"):
        times.parse_time(data)


@given(
    st.datetimes(
        datetime(1950, 1, 1),  # noqa: DTZ001
        datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5)), timezone(timedelta(hours=-11))]),
    )
)
def test_written_times_are_read_by_us_and_by_another_library(moment):
    moment = moment.replace(microsecond=0)
    if moment.astimezone(UTC).year < 1950:
        moment += timedelta(days=1)
    data = times.encode_time(moment)
    assert times.parse_time(data) == moment
    assert other.Time.load(data, strict=True).native == moment
    assert data[0] == (0x17 if moment.astimezone(UTC).year < 2050 else 0x18)
    assert len(data) == (15 if data[0] == 0x17 else 17)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(1949, 12, 31, 23, 59, 59, tzinfo=UTC), b.der(0x18, b"19491231235959Z")),
        (datetime(1, 1, 1, tzinfo=UTC), b.der(0x18, b"00010101000000Z")),
        (datetime(1950, 1, 1, tzinfo=UTC), b.der(0x17, b"500101000000Z")),
        (datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), b.der(0x17, b"491231235959Z")),
        (datetime(2050, 1, 1, tzinfo=UTC), b.der(0x18, b"20500101000000Z")),
    ],
)
def test_the_form_changes_with_the_year_2050(moment, expected):
    assert times.encode_time(moment) == expected


def test_a_moment_of_another_zone_is_written_in_utc():
    moment = datetime(2050, 1, 1, 3, tzinfo=timezone(timedelta(hours=5)))
    assert times.encode_time(moment) == b.der(0x17, b"491231220000Z")


def test_decoded_times_are_aware():
    assert times.aware(datetime(2026, 11, 24)) == datetime(2026, 11, 24, tzinfo=UTC)  # noqa: DTZ001
    moment = datetime(2026, 11, 24, tzinfo=timezone(timedelta(hours=5)))
    assert times.aware(moment) is moment
