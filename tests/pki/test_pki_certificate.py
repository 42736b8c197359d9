"""Certificates by our own schema: what they say, as another library reads it, and what odd ones do."""

import dataclasses
from datetime import UTC, datetime

import pytest
from asn1crypto import pem, x509
from cryptography import x509 as library
from cryptography.hazmat.primitives import hashes
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import builders as b
from tjdocs.pki import Certificate
from tjdocs.pki.certificate import CertificateError

PERIOD = (b.moment(2020), b.moment(2055))
NAME = b.name(("C", "UT"), ("O", "SPECIMEN"), ("CN", "Certificate"))


def made(*extensions: b.Extension, **more) -> Certificate:
    return b.certify(NAME, b.ec_key(), extensions, period=PERIOD, **more).certificate


def raw_certificate(*parts: bytes) -> bytes:
    """Return a certificate around these parts of a TBSCertificate; its signature is nothing."""
    return b.sequence(b.sequence(*parts), b.algorithm("ecdsa-sha256"), b.bits(b"\x30\x00"))


def parts(**changes: bytes) -> list[bytes]:
    fields = {
        "version": b.der(0xA0, b.integer(2)),
        "serial": b.integer(5),
        "algorithm": b.algorithm("ecdsa-sha256"),
        "issuer": NAME,
        "validity": b.sequence(b.time(PERIOD[0]), b.time(PERIOD[1])),
        "subject": NAME,
        "key": b.spki(b.ec_key()),
        "rest": b"",
    }
    return list((fields | changes).values())


def compare(certificate: Certificate, data: bytes) -> None:
    other = x509.Certificate.load(data, strict=True)
    tbs = other["tbs_certificate"]
    assert certificate.raw == certificate.encode() == data
    assert certificate.tbs == tbs.dump()
    assert certificate.algorithm == other["signature_algorithm"].dump()
    assert certificate.inner_algorithm == tbs["signature"].dump()
    assert certificate.signature == other["signature_value"].native
    assert certificate.version == int(tbs["version"].native[1:])
    assert certificate.serial == other.serial_number
    assert (certificate.issuer, certificate.subject) == (other.issuer.dump(), other.subject.dump())
    assert (certificate.not_before, certificate.not_after) == (other.not_valid_before, other.not_valid_after)
    assert certificate.spki == other.public_key.dump()
    assert certificate.sha256 == other.sha256.hex()
    expected = {e["extn_id"].dotted: (e["critical"].native, bytes(e["extn_value"])) for e in tbs["extensions"]}
    assert dict(certificate.extensions) == expected
    assert certificate.subject_key_identifier == other.key_identifier
    assert certificate.authority_key_identifier == other.authority_key_identifier
    assert bool(certificate.is_ca) == bool(other.ca)


@pytest.mark.requirement("ICAO-DER")
def test_fields_are_those_that_another_library_reads(authority, named_authority):
    signers = [authority.document_signer(), authority.seal_signer("emergency-travel-document"), named_authority.document_signer()]
    for certificate in [authority.csca, *(signer.certificate for signer in signers)]:
        compare(Certificate.parse(certificate.raw), certificate.raw)
    for party in (b.utopia(), b.utopian_signer(), b.csca("Later", period=(b.moment(2051), b.moment(2066)))):
        compare(party.certificate, party.raw)


def test_a_certificate_that_another_library_made():
    key = b.ec_key("other")
    name = library.Name([library.NameAttribute(library.NameOID.COUNTRY_NAME, "UT")])
    builder = library.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(2**159 - 1).not_valid_before(b.moment(2020)).not_valid_after(b.moment(2060))
    usage = dict.fromkeys(
        ["key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"], False
    )
    usage |= {"digital_signature": True, "content_commitment": True, "key_cert_sign": True, "crl_sign": True}
    extensions = [
        library.BasicConstraints(ca=True, path_length=3),
        library.KeyUsage(**usage),
        library.SubjectKeyIdentifier.from_public_key(key.public_key()),
        library.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
        library.ExtendedKeyUsage([library.ObjectIdentifier("2.23.136.1.1.3"), library.ObjectIdentifier("1.2.3")]),
        library.PrivateKeyUsagePeriod(b.moment(2020), b.moment(2025)),
    ]
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    data = builder.sign(key, hashes.SHA384()).public_bytes(b.Encoding.DER)
    certificate = Certificate.parse(data)
    compare(certificate, data)
    assert certificate.key_usage == {"digitalSignature", "nonRepudiation", "keyCertSign", "cRLSign"}
    assert certificate.extended_key_usage == ("2.23.136.1.1.3", "1.2.3")
    assert certificate.private_key_usage == (b.moment(2020), b.moment(2025))
    assert certificate.is_ca is True
    assert certificate.verify(certificate).valid


def test_one_certificate_read_twice_is_one():
    one, two = Certificate.parse(b.utopia().raw), Certificate.parse(bytearray(b.utopia().raw))
    assert one == two
    assert len({one, two, b.utopian_signer().certificate}) == 2
    assert one != b.utopian_signer().certificate
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.serial = 5
    with pytest.raises(TypeError):
        one.extensions["2.5.29.15"] = (True, b"")


def test_names_in_words_and_none_in_repr():
    certificate = b.utopian_signer().certificate
    assert certificate.subject_text == "C=UT, O=SPECIMEN, CN=Document Signer 1"
    assert certificate.issuer_text == "C=UT, O=SPECIMEN, CN=CSCA Utopia"
    assert certificate.country == "UT"
    assert "Utopia" not in repr(certificate)
    assert "Signer" not in repr(certificate)


@pytest.mark.parametrize(
    ("subject", "issuer", "country"),
    [
        (b.name(("C", "ut")), NAME, "UT"),
        (b.name(("O", "x")), b.name(("C", "ut")), "UT"),
        (b.name(("O", "x")), b.name(("O", "x")), ""),
        (b.name(("C", "UTO")), NAME, "UTO"),
        (b.sequence(b.integer(1)), NAME, "UT"),
    ],
)
def test_the_country(subject, issuer, country):
    certificate = Certificate.parse(raw_certificate(*parts(subject=subject, issuer=issuer)))
    assert certificate.country == country


# ---------------------------------------------------------------------------------------------------------- what is odd


@pytest.mark.parametrize("serial", [0, -1, -(2**70), 2**159, 2**300])
def test_any_serial_number_is_read(serial):
    assert made(serial=serial).serial == serial


@pytest.mark.parametrize(
    ("version", "expected"), [(b"", 1), (b.der(0xA0, b.integer(1)), 2), (b.der(0xA0, b.integer(8)), 9)]
)
def test_any_version_is_read(version, expected):
    certificate = Certificate.parse(raw_certificate(*parts(version=version)))
    assert certificate.version == expected
    assert certificate.extensions == {}
    for absent in ("subject_key_identifier", "authority_key_identifier", "is_ca", "key_usage", "extended_key_usage"):
        assert getattr(certificate, absent) is None
    assert certificate.private_key_usage is None
    assert certificate.document_types is None


def test_unique_identifiers_are_stepped_over():
    rest = b.der(0x81, b"\0\xaa") + b.der(0x82, b"\0\xbb")
    assert Certificate.parse(raw_certificate(*parts(rest=rest))).serial == 5


def test_dates_as_generalized_time_before_2050_are_read():
    validity = b.sequence(b.general_time(b.moment(2026)), b.time(b.moment(2036)))
    assert Certificate.parse(raw_certificate(*parts(validity=validity))).not_before == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_default_that_is_written_out_is_read():
    extension = b.sequence(b.oid("2.5.29.19"), b.der(1, b"\0"), b.octets(b.sequence(b.der(1, b"\0"))))
    certificate = Certificate.parse(raw_certificate(*parts(rest=b.der(0xA3, b.sequence(extension)))))
    assert certificate.extensions["2.5.29.19"][0] is False
    assert certificate.is_ca is False


def test_an_extension_that_stands_twice_is_refused():
    with pytest.raises(CertificateError, match="not a certificate"):
        made(b.key_usage("digitalSignature"), b.key_usage("keyCertSign"))


def test_an_algorithm_with_null_verifies():
    # AT, JP, AE: ECDSA with NULL parameters, which some libraries no longer load
    null = b.sequence(b.oid("1.2.840.10045.4.3.2"), b"\x05\x00")
    tbs = b.sequence(*parts(algorithm=null))
    data = b.sequence(tbs, null, b.bits(b.sign(b.ec_key(), "ecdsa-sha256", tbs)))
    certificate = Certificate.parse(data)
    assert certificate.verify(certificate).valid
    assert certificate.algorithm_id.parameters == b"\x05\x00"


UNREADABLE = [b"", b"\x05\x00", b"\x30\x80\x00\x00", b"\x30\x03\x01", b"\x03\x00", b"\xff" * 9, b.integer(5)]


@pytest.mark.parametrize("value", UNREADABLE)
def test_an_unreadable_extension_never_makes_a_certificate_unreadable(value):
    types = [f"2.5.29.{n}" for n in (14, 15, 16, 19, 35, 37)] + ["2.23.136.1.1.6.2"]
    certificate = made(*((oid, True, value) for oid in types))
    assert certificate.key_usage is None
    assert certificate.is_ca is None
    assert certificate.authority_key_identifier is None
    assert certificate.private_key_usage is None
    assert certificate.extended_key_usage == ()
    assert certificate.subject_key_identifier == value  # what lacks the inner OCTET STRING stands for itself
    assert certificate.document_types == ()
    assert certificate.verify(certificate).valid


@pytest.mark.parametrize("missing", ["issuer", "subject", "key"])
def test_a_part_left_out_is_not_read_for_the_next(missing):
    extensions = b.der(0xA3, b.sequence(b.sequence(b.oid("2.5.29.14"), b.octets(b.octets(b"id")))))
    assert Certificate.parse(raw_certificate(*parts(rest=extensions))).subject == NAME
    with pytest.raises(CertificateError):
        Certificate.parse(raw_certificate(*parts(rest=extensions, **{missing: b""})))


def test_a_key_identifier_without_inner_octet_string():
    # LT, 2011 to 2015
    certificate = made(("2.5.29.14", False, b"\xaa" * 20), b.authority_identifier(b"\xaa" * 20))
    assert certificate.subject_key_identifier == certificate.authority_key_identifier == b"\xaa" * 20


def test_an_authority_key_identifier_without_identifier():
    names_only = b.sequence(b.der(0xA1, b.der(0xA4, NAME)), b.der(0x82, b"\5"))
    assert made(("2.5.29.35", False, names_only)).authority_key_identifier is None
    whole = b.sequence(b.der(0x80, b"id"), b.der(0xA1, b.der(0xA4, NAME)), b.der(0x82, b"\5"))
    assert made(("2.5.29.35", False, whole)).authority_key_identifier == b"id"


@pytest.mark.parametrize(
    ("value", "usage"),
    [
        ("03020780", {"digitalSignature"}),
        ("03020106", {"keyCertSign", "cRLSign"}),
        ("03020006", {"keyCertSign", "cRLSign"}),  # trailing zero bits written out
        ("0303070080", {"decipherOnly"}),
        ("030307ff80", None),
        ("030100", set()),
        ("03020700", set()),
    ],
)
def test_key_usage(value, usage):
    read = made(("2.5.29.15", True, bytes.fromhex(value))).key_usage
    if usage is None:
        assert len(read) == 9
    else:
        assert read == usage


@pytest.mark.parametrize(
    ("value", "forbidden"),
    [
        ("03810205a0", {"keyCertSign", "encipherOnly", "decipherOnly"}),  # a long length, read as bits
        ("03020780ff", {"decipherOnly"}),  # bytes behind the string
        ("03020880", {"digitalSignature"}),  # eight unused bits of eight
        ("030207ff", {"keyCertSign", "cRLSign"}),  # bits that are announced as unused
        ("0305060406", {"keyCertSign", "cRLSign"}),  # longer than it is
        ("04020106", {"keyCertSign", "cRLSign"}),  # no bit string
    ],
)
def test_key_usage_of_another_form_gives_no_right(value, forbidden):
    usage = made(("2.5.29.15", True, bytes.fromhex(value))).key_usage
    assert not (usage or frozenset()) & forbidden


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (b.usage_period(b.moment(2026), b.moment(2027)), (b.moment(2026), b.moment(2027))),
        (b.usage_period(None, b.moment(2027)), (None, b.moment(2027))),
        (b.usage_period(b.moment(2026), None), (b.moment(2026), None)),
        (b.usage_period(None, None), (None, None)),
    ],
)
def test_private_key_usage_period(period, expected):
    assert made(period).private_key_usage == expected


def test_basic_constraints():
    assert made(b.basic_constraints(ca=True)).is_ca is True
    assert made(b.basic_constraints(ca=False)).is_ca is False
    assert made(("2.5.29.19", True, b.sequence(b.der(1, b"\1")))).is_ca is None  # TRUE is FF


def test_document_types():
    assert set(made(b.document_types("P", "ID")).document_types) == {"P", "ID"}


# -------------------------------------------------------------------------------------------------------- the signature


def test_the_key_of_another_does_not_verify():
    signer, csca, other = b.utopian_signer().certificate, b.utopia().certificate, b.csca("Other").certificate
    assert signer.verify(csca).valid is True
    assert signer.verify(other).reason == "wrong-signature"
    assert signer.verify(signer).reason == "wrong-signature"


def test_algorithms_inside_and_outside_must_be_equal():
    certificate = made(inner="ecdsa-sha384")
    assert (certificate.verify(certificate).valid, certificate.verify(certificate).reason) == (
        False,
        "algorithms-differ",
    )


def test_an_algorithm_that_cannot_be_read_decides_nothing():
    broken = b.sequence(b.integer(5))
    tbs = b.sequence(*parts(algorithm=broken))
    certificate = Certificate.parse(b.sequence(tbs, broken, b.bits(b"")))
    assert (certificate.verify(certificate).valid, certificate.verify(certificate).reason) == (
        None,
        "algorithm-unknown",
    )


def test_a_key_that_cannot_be_used_decides_nothing():
    certificate = made(info=b.ec_spki("1.3.132.0.10", b"\4" + bytes(64)))
    assert certificate.key.kind == "unsupported"
    assert (certificate.verify(certificate).valid, certificate.verify(certificate).reason) == (
        None,
        "curve-unsupported",
    )


def test_a_signature_is_whole_octets():
    with pytest.raises(CertificateError):
        made(unused=1)


# --------------------------------------------------------------------------------------------------------- what is none


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x00",
        b"-----BEGIN CERTIFICATE-----",
        b.sequence(b.integer(5)),
        b.utopia().raw + b"\0",
        b.utopia().raw[:-1],
        raw_certificate(*parts(serial=b"")),
        raw_certificate(*parts(algorithm=b"")),
        raw_certificate(*parts(issuer=b"")),
        raw_certificate(*parts(validity=b"")),
        raw_certificate(*parts(key=b"")),
        raw_certificate(*parts(validity=b.sequence(b.utc(b"261324080000Z"), b.time(PERIOD[1])))),
        b.sequence(b.sequence(*parts()), b.algorithm("ecdsa-sha256")),
        b.sequence(b.sequence(*parts()), b.bits(b"")),
    ],
)
def test_what_is_no_certificate(data):
    with pytest.raises(CertificateError, match="not a certificate"):
        Certificate.parse(data)


def test_the_size_is_bounded():
    fits = made(("1.2.3", False, bytes(60_000)))
    assert Certificate.parse(fits.raw).extensions["1.2.3"][1] == bytes(60_000)
    with pytest.raises(CertificateError, match="over the limit"):
        made(("1.2.3", False, bytes(70_000)))


PROPERTIES = [
    name for name, value in vars(Certificate).items() if hasattr(value, "__get__") and not name.startswith("_")
]


@settings(max_examples=300)
@given(st.data())
def test_damage_gives_a_certificate_of_those_bytes_or_a_refusal(data):
    raw = bytearray(b.utopian_signer().raw)
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        certificate = Certificate.parse(bytes(raw))
    except CertificateError:
        return
    assert certificate.encode() == bytes(raw)
    for name in PROPERTIES:
        if name != "algorithm_id":  # documented to raise
            getattr(certificate, name)
    if certificate.verify(b.utopia().certificate).valid:
        # another form of the same certificate, at most, and then by its name
        assert certificate.tbs == b.utopian_signer().certificate.tbs
        assert bytes(raw) == b.utopian_signer().raw or certificate.warnings == ("ber-encoded",)


def test_pem_is_no_certificate_here():
    with pytest.raises(CertificateError):
        Certificate.parse(pem.armor("CERTIFICATE", b.utopia().raw))
