"""BER becomes DER: the value stays, the form becomes the one that DER has."""

import random
from dataclasses import dataclass

import pytest
from asn1crypto import core
from asn1crypto import parser as other
from hypothesis import given
from hypothesis import strategies as st

from tests.asn1.test_asn1_der import element
from tests.support import builders as b
from tjdocs.asn1 import ber, der, tlv
from tjdocs.asn1.der import DerError
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.signed_data import SignedData

# -------------------------------------------------- values, written as DER and as BER by two writers that know no other


@dataclass(frozen=True)
class Leaf:
    tag: int
    content: bytes

    def der(self) -> bytes:
        return b.der(self.tag, self.content)

    def ber(self, choose: random.Random) -> bytes:
        if self.tag == 0x01 and self.content == b"\xff":
            return header(self.tag, b"\x01", choose)  # TRUE is any byte but 00 in BER
        if self.tag in (0x03, 0x04) and choose.random() < 0.5:
            return self.in_pieces(choose)
        return header(self.tag, self.content, choose)

    def in_pieces(self, choose: random.Random) -> bytes:
        body = self.content[1:] if self.tag == 0x03 else self.content
        cut = choose.randint(0, len(body))
        pieces = [body[:cut], body[cut:]]
        if self.tag == 0x03:
            pieces = [b"\0" + pieces[0], self.content[:1] + pieces[1]]
            if not body[cut:]:
                pieces = [self.content]
        inner = b"".join(header(self.tag, piece, choose) for piece in pieces)
        return header(self.tag | 0x20, inner, choose, may_be_open=True)


@dataclass(frozen=True)
class Node:
    tag: int
    children: tuple["Leaf | Node", ...]

    def der(self) -> bytes:
        return b.der(self.tag, *(child.der() for child in self.children))

    def ber(self, choose: random.Random) -> bytes:
        content = b"".join(child.ber(choose) for child in self.children)
        return header(self.tag, content, choose, may_be_open=True)


def header(tag: int, body: bytes, choose: random.Random, *, may_be_open: bool = False) -> bytes:
    tag_bytes = tag.to_bytes(2, "big").lstrip(b"\0") or b"\0"
    form = choose.choice(["short", "long", "open"])
    if form == "open" and may_be_open:
        return tag_bytes + b"\x80" + body + b"\0\0"
    if form == "long":
        return tag_bytes + b"\x84" + len(body).to_bytes(4, "big") + body
    return b.der(tag, body)


bit_contents = st.binary(max_size=6).map(lambda data: b"\0" + data) | st.just(b"\x04\xf0")
leaves = st.one_of(
    st.builds(Leaf, st.just(0x02), st.integers(-300, 2**70).map(lambda n: b.integer(n)[2:])),
    st.builds(Leaf, st.just(0x04), st.binary(max_size=200)),
    st.builds(Leaf, st.just(0x03), bit_contents),
    st.builds(Leaf, st.just(0x0C), st.text(max_size=8).map(str.encode)),
    st.builds(Leaf, st.just(0x01), st.sampled_from([b"\xff", b"\0"])),
    st.builds(Leaf, st.sampled_from([0x13, 0x14, 0x16, 0x1A]), st.text("ABC", max_size=5).map(str.encode)),
    st.builds(Leaf, st.sampled_from([0x80, 0x82, 0x86]), st.binary(max_size=8)),
    st.just(Leaf(0x05, b"")),
    st.just(Leaf(0x06, b.oid("1.2.840.113549.1.7.2")[2:])),
    st.just(Leaf(0x17, b"261124080000Z")),
    st.just(Leaf(0x18, b"20501124080000Z")),
)
values = st.recursive(
    leaves,
    lambda inner: st.builds(
        Node, st.sampled_from([0x30, 0x31, 0xA0, 0xA1, 0xA3, 0x61]), st.lists(inner, max_size=4).map(tuple)
    ),
    max_leaves=10,
)


@pytest.mark.requirement("ICAO-DER")
@given(values)
def test_what_is_der_already_stays_as_it_is(value):
    assert ber.to_der(value.der()) == value.der()


@given(values, st.randoms(use_true_random=False))
def test_every_form_of_a_value_becomes_its_der(value, choose):
    assert ber.to_der(value.ber(choose)) == value.der()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("30 80 02 01 05 00 00", "3003020105"),
        ("30 81 03 02 01 05", "3003020105"),
        ("30 80 30 80 00 00 00 00", "30023000"),
        ("24 80 04 01 61 04 02 62 63 00 00", "0403616263"),
        ("24 80 24 80 04 01 61 00 00 04 01 62 00 00", "04026162"),
        ("24 00", "0400"),
        ("23 09 03 03 00 61 62 03 02 04 60", "030404616260"),
        ("31 06 02 01 09 02 01 05", "3106020109020105"),
        ("31 80 04 01 61 02 01 05 00 00", "3106040161020105"),  # the order of a SET stays: it may be signed so
        ("01 01 01", "0101ff"),
        ("a0 80 02 01 05 00 00", "a003020105"),
        ("a0 80 30 80 00 00 30 80 00 00 00 00", "a00430003000"),
        ("2c 06 04 01 61 04 01 62", "0c026162"),
    ],
)
def test_forms(form, expected):
    assert ber.to_der(bytes.fromhex(form)).hex() == expected


def test_several_elements_under_one_context_tag_are_all_kept_in_their_order():
    """``[0] IMPLICIT SET OF``: a tool without the schema may not take the tag for one around a single element."""
    inner = b.octets(b"second") + b.octets(b"first")
    assert ber.to_der(b"\xa0\x80" + inner + b"\0\0") == b.der(0xA0, inner)


def test_another_library_sees_the_same_value():
    data = bytes.fromhex("30 80 24 80 04 02 61 62 04 01 63 00 00 02 01 07 00 00")

    class Pair(core.Sequence):
        _fields = [("text", core.OctetString), ("number", core.Integer)]  # noqa: RUF012

    assert Pair.load(data).native == Pair.load(ber.to_der(data), strict=True).native == {"text": b"abc", "number": 7}


@pytest.mark.requirement("ICAO-SOD")
def test_signed_data_left_open_is_read_with_its_warning():
    content = b.security_object({1: bytes(32), 2: bytes(32)})
    signer = b.utopian_signer()
    info = b.signer_info(content, signer)
    shut = SignedData.parse(tlv.read(b.signed_data(content, [info], [signer.raw])).value)
    left_open = SignedData.parse(tlv.read(b.signed_data(content, [info], [signer.raw], indefinite=True)).value)
    assert shut.warnings == ()
    assert left_open.warnings == ("ber-encoded",)
    assert left_open.content == shut.content == content
    assert left_open.certificates == shut.certificates == (signer.raw,)
    assert left_open.signers == shut.signers
    assert left_open.verify(left_open.signers[0], signer.certificate).valid


def test_content_in_pieces_is_joined():
    content = b.security_object({1: bytes(32), 2: bytes(32)})
    signer = b.utopian_signer()
    pieces = b"\x24\x80" + b"".join(b.octets(content[n : n + 20]) for n in range(0, len(content), 20)) + b"\0\0"
    encapsulated = b.sequence(b.oid(b.LDS_OBJECT), b"\xa0\x80" + pieces + b"\0\0")
    body = b.sequence(
        b.integer(3),
        b.set_of([b.sequence(b.oid(b.HASHES["sha256"][0]))]),
        encapsulated,
        b.der(0xA0, signer.raw),
        b.set_of([b.signer_info(content, signer)]),
    )
    data = b.sequence(b.oid("1.2.840.113549.1.7.2"), b.der(0xA0, body))
    read = SignedData.parse(data)
    assert read.content == content
    assert read.warnings == ("ber-encoded",)
    assert read.verify(read.signers[0], signer.certificate).valid


def test_a_certificate_in_ber_is_read_and_verified():
    raw = b.utopia().raw
    body = tlv.read(raw).value
    certificate = Certificate.parse(b"\x30\x80" + body + b"\0\0")
    assert certificate.warnings == ("ber-encoded",)
    assert certificate.tbs == Certificate.parse(raw).tbs
    assert certificate.encode() == b"\x30\x80" + body + b"\0\0"
    assert certificate.verify(certificate).valid


# ----------------------------------------------------------------------------------------------------------- what fails


@pytest.mark.parametrize(
    "data",
    [
        "",
        "30",
        "3080",
        "308002010500",  # end of contents cut
        "3080020105",
        "30ff",
        "0480610000",  # a primitive of indefinite length
        "30030201",
        "3003020205",
        "300402010500",  # end of contents where a length was given
        "0000",
        "02010500",
        "1f",
        "1f81",
        "3084ffffffff",
        "308500000000010500",
        "24800201050000",  # an integer inside a string in pieces
        "23080302046003020061",  # unused bits in a piece that is not the last
        "23020300",  # a piece without its count of unused bits
        "0102ffff",  # a boolean of two bytes
        "0100",
        "22030201058000",  # an integer in pieces
    ],
)
def test_what_is_no_ber(data):
    with pytest.raises(DerError, match="not BER"):
        ber.to_der(bytes.fromhex(data))


@given(values, st.randoms(use_true_random=False), st.data())
def test_damage_gives_der_or_a_refusal(value, choose, draw):
    data = bytearray(value.ber(choose))
    place = draw.draw(st.integers(0, len(data) - 1))
    data[place] = draw.draw(st.integers(0, 255))
    check(bytes(data))


@given(st.binary(max_size=60))
def test_any_bytes_give_der_or_a_refusal(data):
    check(data)


def check(data: bytes) -> None:
    try:
        result = ber.to_der(data)
    except DerError:
        return
    if result[0] & 0x1F != 0x1F:  # the other library asks for the shortest form of a long tag, too
        assert other.parse(result, strict=True)[0] in range(4)
    assert ber.to_der(result) == result


@pytest.mark.parametrize("levels", [60, 20_000])
def test_depth_is_bounded(levels):
    left_open = b"\x30\x80" * levels + b"\0\0" * levels
    with pytest.raises(DerError, match="not BER"):
        ber.to_der(left_open)
    # definite lengths, from the outside in
    data = b"".join(b"\x30\x84" + (6 * (levels - 1 - n)).to_bytes(4, "big") for n in range(levels))
    with pytest.raises(DerError, match="not BER"):
        ber.to_der(data)


def test_depth_that_documents_have_is_read():
    levels = 20
    assert ber.to_der(b"\x30\x80" * levels + b.integer(1) + b"\0\0" * levels)[-3:] == b.integer(1)


def test_the_number_of_elements_is_bounded():
    with pytest.raises(DerError, match="over the limits"):
        ber.to_der(b"\x30\x80" + b"\x05\x00" * 100_001 + b"\0\0")


def test_der_is_not_refused_for_being_der():
    data = b.utopian_signer().raw
    assert ber.to_der(data) == data
    assert der.raw(element(data)) == data
