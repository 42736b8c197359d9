from dataclasses import replace

import pytest
from asn1crypto import core, keys
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lds_helpers import CHIP_AUTHENTICATION, DG14, PACE_INFO, obj
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError
from tjdocs.lds._oid import oid_text
from tjdocs.lds.dg14 import Dg14, SecurityInfo, SecurityInfos, protocol_name
from tjdocs.lds.dg15 import Dg15


def info(oid: str, *rest: core.Asn1Value) -> bytes:
    """A SecurityInfo made by another library."""
    return obj("30", core.ObjectIdentifier(oid).dump(), *[part.dump() for part in rest])


def test_reads_protocols_versions_and_identifiers():
    parsed = Dg14.parse(DG14)
    assert [(i.name, i.version, i.identifier) for i in parsed.infos] == [
        ("CA-ECDH-AES-CBC-CMAC-128", 1, None),
        ("PACE-ECDH-GM-AES-CBC-CMAC-128", 2, 13),
    ]
    assert [i.raw for i in parsed.infos] == [CHIP_AUTHENTICATION, PACE_INFO]
    assert (parsed.problems, parsed.raw, parsed.trailing, parsed.encode()) == ((), DG14, 0, DG14)


def test_the_order_of_the_file_is_kept_and_a_new_file_is_in_ders_order():
    swapped = obj("6E", obj("31", PACE_INFO, CHIP_AUTHENTICATION))
    assert Dg14.parse(swapped).encode() == swapped
    assert replace(Dg14.parse(swapped)).encode() == swapped
    assert Dg14.of([PACE_INFO, CHIP_AUTHENTICATION]).encode() == DG14


def test_ef_card_access():
    data = obj("31", PACE_INFO)
    parsed = SecurityInfos.parse(data + bytes(20))
    assert (parsed.raw, parsed.trailing, parsed.encode()) == (data, 20, data)
    assert parsed.infos[0].name == "PACE-ECDH-GM-AES-CBC-CMAC-128"


def test_padding_is_counted_and_left_out():
    parsed = Dg14.parse(DG14 + b"\0")
    assert (parsed.raw, parsed.trailing) == (DG14, 1)


# LDS_F_01 to 03 and 07 of BSI TR-03105-5.1, and more of the kind
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x6f" + DG14[1:], "tag"),  # LDS_F_01
        (b"\x6e" + bytes([DG14[1] - 1]) + DG14[2:], "cut"),  # LDS_F_02
        (b"\x6e" + bytes([DG14[1] + 1]) + DG14[2:], "cut"),  # LDS_F_03
        (obj("6E", obj("31", info("0.4.0.127.0.7.2.2.3.2.2"))), "missing"),  # LDS_F_07
        (obj("6E", obj("30", PACE_INFO)), "tag"),
        (obj("6E", obj("31", PACE_INFO), b"\5\0"), "form"),
        (obj("6E", obj("31", b"\5\0")), "form"),
        (obj("6E", obj("31", obj("30", obj("06", b"\x80\x01"), b"\5\0"))), "value"),
        (obj("6E", obj("31", obj("30", obj("04", b"\x01"), b"\5\0"))), "missing"),
        (obj("6E", obj("31", obj("30", obj("06", b"\x01"), *[b"\5\0"] * 3))), "limit"),
        (obj("6E", obj("31", PACE_INFO * 65)), "limit"),
        (obj("6E"), "cut"),
    ],
)
def test_malformed(data, reason):
    with pytest.raises(LdsError) as caught:
        Dg14.parse(data)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (info("0.4.0.127.0.7.2.2.1.3", core.Null()), [("protocol-unknown", "warning")]),  # LDS_F_04
        (info("0.4.0.127.0.7.2.2.3.2.2", core.Integer(10)), [("protocol-version", "warning")]),  # LDS_F_06
        (info("0.4.0.127.0.7.2.2.3.2.2", core.Integer(2)), [("protocol-version-later", "warning")]),
        (info("0.4.0.127.0.7.2.2.3.1.2", core.Integer(3)), [("protocol-version-later", "warning")]),
        (info("0.4.0.127.0.7.2.2.2", core.Integer(2)), [("protocol-version-later", "warning")]),
        (info("0.4.0.127.0.7.2.2.2", core.Integer(3)), [("protocol-version", "warning")]),
        (info("0.4.0.127.0.7.2.2.3.2.2", core.OctetString(b"1")), [("protocol-version", "warning")]),
        (info("0.4.0.127.0.7.2.2.4.2.2", core.Integer(1)), [("protocol-version", "warning")]),
        (info("2.23.136.1.1.5", core.Integer(1), core.ObjectIdentifier("0.4.0.127.0.7.1.1.4.1.3")), []),
        (info("0.4.0.127.0.7.2.2.4.2", core.Sequence.load(b"\x30\x00")), []),  # PACEDomainParameterInfo
        (info("0.4.0.127.0.7.2.2.1.2", core.Sequence.load(b"\x30\x00")), []),
    ],
)
def test_readable_faults_are_named(raw, expected):
    assert [(p.code, p.severity) for p in Dg14.of([raw]).problems] == expected


def test_protocol_names():
    assert protocol_name("0.4.0.127.0.7.2.2.2") == "TA"
    assert protocol_name("1.2.3") == ""


def test_bad_calls():
    with pytest.raises(UsageError):
        Dg14.of([b"\x30\x00"])
    with pytest.raises(UsageError):
        SecurityInfos((SecurityInfo("1.2.3", b"\5\0"),)).encode()
    with pytest.raises(LdsError):
        SecurityInfo.parse(PACE_INFO + b"\0")


arcs = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), st.integers(0, 1 << 20))
).flatmap(lambda first: st.lists(st.integers(0, 1 << 40), max_size=6).map(lambda rest: (*first, *rest)))


@given(arcs)
def test_object_identifiers_are_read_like_another_library_does(numbers):
    dotted = ".".join(map(str, numbers))
    assert oid_text(core.ObjectIdentifier(dotted).contents) == dotted


@pytest.mark.parametrize("content", ["", "80", "81", "2a80", "2a81", "2a8001", "2a" * 65])
def test_what_is_no_object_identifier(content):
    assert oid_text(bytes.fromhex(content)) is None


@given(st.lists(st.tuples(arcs, st.integers(-9, 99), st.none() | st.integers(0, 1 << 20)), min_size=1, max_size=5))
def test_round_trip_dg14(rows):
    raws = [info(".".join(map(str, oid)), *[core.Integer(n) for n in (a, b) if n is not None]) for oid, a, b in rows]
    made = Dg14.of(raws)
    parsed = Dg14.parse(made.encode())
    assert parsed == made
    assert sorted(i.raw for i in parsed.infos) == sorted(raws)
    assert sorted((i.oid, i.version, i.identifier) for i in parsed.infos if i.identifier is not None) == sorted(
        (".".join(map(str, oid)), a, b) for oid, a, b in rows if b is not None
    )


KEYS = [
    key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for key in (
        rsa.RSAPublicNumbers(65537, (1 << 1023) + 1).public_key(),
        ec.derive_private_key(1, ec.SECP256R1()).public_key(),
    )
]


@pytest.mark.parametrize("key", KEYS, ids=["rsa", "ec"])
def test_keys(key):
    file = obj("6F", key)
    parsed = Dg15.parse(file + bytes(3))
    assert (parsed.public_key, parsed.raw, parsed.trailing, parsed.encode()) == (key, file, 3, file)
    assert parsed.algorithm == keys.PublicKeyInfo.load(key)["algorithm"]["algorithm"].dotted
    assert Dg15(key).encode() == file
    assert load_der_public_key(parsed.public_key)


# LDS_I_01 to 03 of BSI TR-03105-5.1, and more of the kind
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (obj("70", KEYS[1]), "tag"),  # LDS_I_01
        (b"\x6f" + bytes([len(KEYS[1]) - 1]) + KEYS[1], "cut"),  # LDS_I_02
        (b"\x6f" + bytes([len(KEYS[1]) + 1]) + KEYS[1], "cut"),  # LDS_I_03
        (obj("6F"), "cut"),
        (obj("6F", KEYS[1], b"\5\0"), "form"),
        (obj("6F", obj("31", KEYS[1][2:])), "form"),
        (obj("6F", obj("30", obj("30", obj("06", b"\x2a")))), "form"),
        (obj("6F", obj("30", obj("30", b"\5\0"), obj("03", b"\0"))), "value"),
    ],
)
def test_malformed_dg15(data, reason):
    with pytest.raises(LdsError) as caught:
        Dg15.parse(data)
    assert caught.value.reason == reason


@pytest.mark.parametrize("key", [b"", b"\x30\x00", KEYS[0] + b"\0"])
def test_a_key_that_is_none_is_not_written(key):
    assert Dg15(key).algorithm == ""
    with pytest.raises(UsageError):
        Dg15(key).encode()
