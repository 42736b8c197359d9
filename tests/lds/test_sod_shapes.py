"""EF.SODs read by a form that was met before say what they say when it was not."""

from datetime import timedelta
from statistics import mode

import pytest
from test_sod import HASHES, WHEN, made, signer

import builders as b
from tjdocs.asn1 import tlv
from tjdocs.asn1.shapes import Shape
from tjdocs.lds import _sod_shapes
from tjdocs.lds.sod import Sod, SodError
from tjdocs.pki import cms
from tjdocs.pki.signer import Signer, combination

FORMS = {
    "usual": {},
    "version 1": {"lds_version": "0108"},
    "no time": {"signing_time": None},
    "by key": {"by_key_identifier": True},
    "sha512": {"digest": "sha512", "hashes": {1: bytes(64), 2: bytes(64), 11: bytes(64), 12: bytes(64)}},
    "rsa": {"signer": signer("rsa-pss-sha256")},
}


@pytest.fixture(autouse=True)
def _nothing_met(monkeypatch):
    monkeypatch.setattr(_sod_shapes, "_known", {})


def document(number: int, **form) -> bytes:
    """Make the EF.SOD of one of many documents."""
    width = len(next(iter(form.get("hashes", HASHES).values())))
    groups = {group: bytes([number, group]) * (width // 2) for group in form.get("hashes", HASHES)}
    time = form.get("signing_time", WHEN)
    return made(**{**form, "hashes": groups, "signing_time": time and time + timedelta(seconds=number)})


def said(data: bytes) -> Sod | str:
    try:
        return Sod.parse(data)
    except SodError as error:
        return f"{error.reason}: {error}"


def as_if_never_met(data: bytes, monkeypatch) -> Sod | str:
    with monkeypatch.context() as patch:
        patch.setattr(_sod_shapes, "_known", {})
        return said(data)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_next_document_is_read_by_the_form_of_the_last(form, monkeypatch):
    files = [document(number, **form) for number in range(40)]
    size = mode(map(len, files))  # signatures are of several
    first, *others = [data for data in files if len(data) == size]
    Sod.parse(first)
    assert len(others) > 3
    expected = [as_if_never_met(other, monkeypatch) for other in others]
    monkeypatch.setattr(cms.SignedData, "parse", None)  # nothing is read in any other way
    assert [said(other) for other in others] == expected
    assert [said(other + bytes(7)).trailing for other in others] == [7] * len(others)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_whatever_byte_is_changed_the_form_makes_no_difference(form, monkeypatch):
    data = document(1, **form)
    Sod.parse(data)
    (known,) = _sod_shapes._known.items()
    matched = 0
    for index in range(len(data)):
        for change in (0x01, 0x80, data[index] or 0xFF):  # the last makes it zero
            other = bytearray(data)
            other[index] ^= change
            monkeypatch.setattr(_sod_shapes, "_known", dict([known]))
            matched += _sod_shapes.read(bytes(other)) is not None
            assert said(bytes(other)) == as_if_never_met(bytes(other), monkeypatch), index
    assert matched > 3 * 32 * len(form.get("hashes", HASHES))


@pytest.mark.parametrize("start", [b"\x00\x7f", b"\x00\x80", b"\xff\x7f", b"\xff\x80", b"\x80\x00", b"\x7f\xff"])
def test_a_number_that_is_no_integer_is_refused_as_ever(start, monkeypatch):
    data = document(1)
    serial = Sod.parse(data).signed_data.signers[0].serial
    inside = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    other = data.replace(b"\x02" + bytes([len(inside)]) + inside, b"\x02" + bytes([len(inside)]) + start + inside[2:])
    assert other.count(start + inside[2:]) == 2  # in the certificate also
    assert said(other) == as_if_never_met(other, monkeypatch)


def test_another_signer_of_the_same_issuer_is_of_the_same_form(monkeypatch):
    parties = [b.signer(b.utopia(), serial=1 << 64 | number) for number in range(40)]
    signers = [Signer(party.certificate, combination("ecdsa-p256-sha256"), party.key) for party in parties]
    files = [document(number, signer=one) for number, one in enumerate(signers)]
    expected = [as_if_never_met(data, monkeypatch) for data in files]
    assert [said(data) for data in files] == expected
    met = [data for data in files if _sod_shapes.read(data)]
    assert met == files
    assert sum(map(len, _sod_shapes._known.values())) < len(files) / 2  # by the lengths of signatures alone


def test_nothing_of_a_document_or_its_signer_is_remembered():
    data = document(1)
    read = Sod.parse(data)
    ((known,),) = _sod_shapes._known.values()
    kept = b"|".join(known.shape._fixed) + repr(known).encode()
    (info,) = read.signed_data.signers
    serial = info.serial.to_bytes(16, "big").lstrip(b"\0")
    for value in (*read.security_object.hashes.values(), info.signature, read.signed_data.certificates[0][8:], serial, b"260302"):
        assert value in data
        assert value not in kept
        assert repr(value).encode() not in kept


CONTENT = b.security_object(HASHES)
SIGNER = b.utopian_signer()
ADDED = b.attribute("1.2.3", b"\x05\x00")
USUAL = b.sod(CONTENT, SIGNER)
UNUSUAL = {
    "no certificate": b.sod(CONTENT, SIGNER, outer={"certificates": []}),
    "two certificates": b.sod(CONTENT, SIGNER, outer={"certificates": [SIGNER.raw, b.utopia().raw]}),
    "two signers": b.signed_data(CONTENT, [b.signer_info(CONTENT, SIGNER)] * 2, [SIGNER.raw]),
    "no attributes": b.sod(CONTENT, SIGNER, attributes=False),
    "attributes in another order": b.sod(CONTENT, SIGNER, ordered=False),
    "unsigned attributes": b.sod(CONTENT, SIGNER, unsigned=b.der(0xA1, ADDED)),
    "lists inside": b.sod(CONTENT, SIGNER, outer={"crls": b.der(0xA1, b"\x30\x00")}),
    # a certificate is written again as DER then, and is more than octets
    "a length in more bytes": b.der(0x77, b"\x30\x83\x00" + USUAL[6:]),
    "BER": b.sod(CONTENT, SIGNER, outer={"indefinite": True}),
    "a time of two values": b.sod(CONTENT, SIGNER, signing_time=b.time(WHEN) * 2),
}


@pytest.mark.parametrize("data", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_not_usual_is_not_remembered(data):
    assert USUAL[4:6] == b"\x30\x82"
    Sod.parse(data)
    assert not _sod_shapes._known


def test_an_attribute_beside_the_usual_is_not_remembered():
    whole = Sod.parse(b.sod(CONTENT, SIGNER)).raw
    items = [b.attribute("1.2.840.113549.1.9.3", b.oid(b.LDS_OBJECT)), ADDED]
    info = b.signer_info(CONTENT, SIGNER)
    inside = b.der(0xA0, *sorted([*items, b.attribute("1.2.840.113549.1.9.4", b.octets(bytes(32)))]))
    start = info.index(b"\xa0")
    _, _, _, end = tlv.place(info, start)
    _, _, begin, _ = tlv.place(info)
    changed = b.sequence(info[begin:start] + inside + info[end:])
    data = b.signed_data(CONTENT, [changed], [SIGNER.raw])
    assert len(Sod.parse(data).signed_data.signers[0].attributes) == 3
    assert data != whole
    assert not [known for known in _sod_shapes._known.values() if known[0].shape.size == len(data)]


def test_forms_are_few(monkeypatch):
    monkeypatch.setattr(_sod_shapes, "_MOST_KINDS", 3)
    for number in range(8):
        groups = dict.fromkeys(range(1, 3 + number), bytes(32))
        Sod.parse(made(hashes=groups))
        assert len(_sod_shapes._known) <= 3


def test_forms_alike_are_few():
    """Files of one length and beginning, whose signers have issuers of other names."""
    for number in range(20):
        name = b.name(("C", "UT"), ("CN", f"CSCA {number:02d}"))
        Sod.parse(b.sod(CONTENT, SIGNER, issuer=name))
    (alike,) = _sod_shapes._known.values()
    assert len(alike) <= _sod_shapes._MOST_ALIKE


def test_a_shape_is_of_its_length():
    shape = Shape(b"abcdef", [(1, 2), (4, 6)])
    assert shape.match(b"aXcdYZ") == (b"X", b"YZ")
    assert shape.match(b"aXcdYZ ") is shape.match(b"aXcd") is shape.match(b"aXCdYZ") is None
