"""CMS SignedData: what is signed, in which order, by whom, and what is not to be believed."""

import pytest
from asn1crypto import cms as other
from asn1crypto import parser
from cryptography import x509 as library
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support import signing
from tjdocs.errors import TjdocsError
from tjdocs.pki import Certificate, signed_data
from tjdocs.pki.signed_data import CmsError, SignedData

CONTENT = b"the octets signed"
PARTY = b.utopian_signer()
CONTENT_TYPE, DIGEST, TIME = (f"1.2.840.113549.1.9.{n}" for n in (3, 4, 5))


def unwrapped(sod: bytes) -> bytes:
    return parser.parse(sod)[4]


def around(*infos: bytes, certificates=(PARTY.raw,), content: bytes | None = CONTENT, **more) -> bytes:
    return unwrapped(b.signed_data(content, infos, certificates, **more))


def one(**info) -> SignedData:
    return SignedData.parse(around(b.signer_info(CONTENT, PARTY, **info)))


def verified(data: SignedData, party: b.Party = PARTY):
    result = data.verify(data.signers[0], party.certificate)
    return result.valid, result.reason, result.warnings


RIGHT = (True, "", ())
WRONG = (False, "wrong-signature", ())


def attributes(*items: tuple[str, list[bytes]], signed: bytes | None = None, **more) -> SignedData:
    """Return SignedData whose signed attributes are these, as they stand, over whose DER the signature is made."""
    encoded = [b.attribute(oid, *values) for oid, values in items]
    signature = b.sign(PARTY.key, "ecdsa-sha256", b.set_of(encoded) if signed is None else signed)
    issuer = b.sequence(PARTY.certificate.issuer, b.integer(PARTY.certificate.serial))
    info = b.sequence(
        b.integer(1),
        issuer,
        b.sequence(b.oid(b.HASHES["sha256"][0])),
        b.der(0xA0, *encoded),
        b.algorithm("ecdsa-sha256"),
        b.octets(signature),
    )
    return SignedData.parse(around(info, **more))


TYPE_RIGHT = (CONTENT_TYPE, [b.oid(b.LDS_OBJECT)])
DIGEST_RIGHT = (DIGEST, [b.octets(b.digest("sha256", CONTENT))])
TIME_RIGHT = (TIME, [b.time(b.SIGNED)])


# -------------------------------------------------------------------------------------------------------------- reading


@pytest.mark.requirement("ICAO-SOD")
def test_fields_are_those_that_another_library_reads():
    raw = around(b.signer_info(CONTENT, PARTY), certificates=[b.utopia().raw, PARTY.raw])
    read, expected = SignedData.parse(raw), other.ContentInfo.load(raw, strict=True)["content"]
    assert read.version == int(expected["version"].native[1:])
    assert read.digests == ("2.16.840.1.101.3.4.2.1",)
    assert read.content_type == expected["encap_content_info"]["content_type"].dotted
    assert read.content == expected["encap_content_info"]["content"].native == CONTENT
    assert list(read.certificates) == [choice.dump() for choice in expected["certificates"]]
    assert [c.raw for c in read.parsed_certificates] == list(read.certificates)
    (info,), (signer,) = read.signers, expected["signer_infos"]
    assert info.version == 1
    assert info.issuer == signer["sid"].chosen["issuer"].dump()
    assert info.serial == signer["sid"].chosen["serial_number"].native
    assert info.key_identifier is None
    assert info.digest == signer["digest_algorithm"]["algorithm"].native
    assert info.algorithm == signer["signature_algorithm"].dump()
    assert info.signature == signer["signature"].native
    assert info.signed_forms == (signer["signed_attrs"].untag().dump(),)
    assert set(info.attributes) == {CONTENT_TYPE, DIGEST, TIME}
    assert (read.warnings, info.warnings) == ((), ())
    assert info.signature_algorithm == "ecdsa-sha256"
    assert verified(read) == RIGHT


def test_signed_data_of_another_library():
    key, name = b.ec_key("other"), library.Name([library.NameAttribute(library.NameOID.COUNTRY_NAME, "UT")])
    builder = library.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(5).not_valid_before(b.moment(2020)).not_valid_after(b.moment(2060))
    certificate = builder.sign(key, hashes.SHA256())
    signed = pkcs7.PKCS7SignatureBuilder().set_data(CONTENT).add_signer(certificate, key, hashes.SHA384())
    data = SignedData.parse(signed.sign(b.Encoding.DER, [pkcs7.PKCS7Options.Binary]))
    assert data.content == CONTENT
    assert data.content_type == "1.2.840.113549.1.7.1"
    assert data.warnings == ("cms-version",)
    signer = Certificate.parse(certificate.public_bytes(b.Encoding.DER))
    assert data.signers[0].match(signer) == ""
    result = data.verify(data.signers[0], signer)
    assert (result.valid, result.algorithm, result.hash) == (True, "ecdsa-sha384", "sha384")


@pytest.mark.parametrize(
    ("change", "warnings"),
    [
        ({"version": 1}, ("cms-version",)),
        ({"version": 5}, ("cms-version",)),
        ({"crls": b.der(0xA1, b.revocation_list(b.utopia()).raw)}, ("crls-inside",)),
        ({"announced": ["sha256", "sha384"]}, ()),
    ],
)
def test_known_deviations_of_the_whole_have_names(change, warnings):
    data = SignedData.parse(around(b.signer_info(CONTENT, PARTY), **change))
    assert data.warnings == warnings
    assert verified(data) == RIGHT


@pytest.mark.parametrize(
    ("info", "around_it", "warnings"),
    [
        ({"version": 3}, {}, ("signer-info-version",)),
        ({"by_key": PARTY.identifier}, {}, ()),
        ({"by_key": PARTY.identifier, "version": 1}, {}, ("signer-info-version",)),
        ({}, {"announced": ["sha384"]}, ("digest-not-announced",)),
        ({}, {"announced": []}, ("digest-not-announced",)),
        ({"unsigned": b.der(0xA1, b.attribute("1.2.3", b.integer(1)))}, {}, ("unsigned-attributes",)),
        ({"digest_parameters": b"\x05\x00"}, {}, ()),
    ],
)
def test_known_deviations_of_a_signer_have_names(info, around_it, warnings):
    data = SignedData.parse(around(b.signer_info(CONTENT, PARTY, **info), **around_it))
    assert data.signers[0].warnings == warnings
    assert verified(data) == RIGHT


MANY = b.der(0xA0, *[b.attribute(f"1.2.3.{n}", b.integer(1)) for n in range(65)])
SIGNER = b.sequence(b.integer(3), b.der(0x80, b"x"), b.sequence(b.oid("1.2.3")), MANY, b.sequence(b.oid("1.2.3")), b.octets(b"x"))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (around(b.signer_info(CONTENT, PARTY), announced=["sha256"] * 65), "limit"),
        (around(SIGNER), "limit"),
        (around(SIGNER, b.signer_info(CONTENT, PARTY)), "limit"),
        (b"", "not-signed-data"),
        (b"\x30\x00", "not-signed-data"),
        (around(b.signer_info(CONTENT, PARTY))[:-1], "not-signed-data"),
        (around(b.signer_info(CONTENT, PARTY)) + b"\0", "not-signed-data"),
        (around(b.signer_info(CONTENT, PARTY), outer_type="1.2.840.113549.1.7.1"), "content-info"),
        (around(b.signer_info(CONTENT, PARTY), content=None), "content-missing"),
        (around(*[b.signer_info(CONTENT, PARTY, serial=n) for n in range(5)]), "limit"),
        (around(b.signer_info(CONTENT, PARTY), certificates=[b.octets(b"%d" % n) for n in range(65)]), "limit"),
        (around(b.signer_info(CONTENT, PARTY, digest_parameters=b.integer(5))), "not-signed-data"),
        (around(b.sequence(b.integer(1))), "not-signed-data"),
    ],
)
def test_what_is_not_read(raw, reason):
    with pytest.raises(CmsError) as caught:
        SignedData.parse(raw)
    assert caught.value.reason == reason
    assert str(caught.value)


def test_nobody_signed():
    assert SignedData.parse(around()).signers == ()


def test_no_certificate_and_such_as_cannot_be_read():
    assert SignedData.parse(around(b.signer_info(CONTENT, PARTY), certificates=())).parsed_certificates == ()
    junk = b.sequence(b.integer(1))
    data = SignedData.parse(around(b.signer_info(CONTENT, PARTY), certificates=[junk, PARTY.raw]))
    assert set(data.certificates) == {junk, PARTY.raw}
    assert data.parsed_certificates == (PARTY.certificate,)


def test_the_largest_number_of_signers_and_certificates():
    infos = [b.signer_info(CONTENT, PARTY, serial=n) for n in range(4)]
    data = SignedData.parse(around(*infos, certificates=[b.octets(b"%d" % n) for n in range(64)]))
    assert (len(data.signers), len(data.certificates)) == (4, 64)


# ---------------------------------------------------------------------------------------------------- signed attributes


@pytest.mark.requirement("ICAO-SOD")
def test_attributes_signed_as_written_are_accepted_by_their_name():
    data = one(ordered=False)
    assert len(data.signers[0].signed_forms) == 2
    assert verified(data) == (True, "", ("attributes-order",))


@pytest.mark.requirement("ICAO-SOD")
def test_attributes_written_in_another_order_but_signed_in_der_order():
    items = [TIME_RIGHT, DIGEST_RIGHT, TYPE_RIGHT]
    for order in (items, items[::-1], [items[1], items[0], items[2]]):
        assert verified(attributes(*order)) == RIGHT


OTHER_TYPE = "1.2.840.113549.1.9.15"
UNSORTED = b.attribute(OTHER_TYPE, b.octets(b"bb"), b.octets(b"a"), ordered=False)
SORTED = b.attribute(OTHER_TYPE, b.octets(b"bb"), b.octets(b"a"))


@pytest.mark.requirement("ICAO-SOD")
def test_values_of_an_attribute_signed_as_written_are_accepted_by_their_name():
    data = one(more=[UNSORTED])
    assert verified(data) == (True, "", ("attributes-order",))
    assert data.signers[0].attributes[OTHER_TYPE] == (b.octets(b"bb"), b.octets(b"a"))
    assert data.warnings == ()
    assert verified(one(more=[SORTED])) == RIGHT


@pytest.mark.requirement("ICAO-SOD")
def test_values_of_an_attribute_signed_in_der_order_and_written_in_another():
    items = [b.attribute(oid, *values) for oid, values in (TYPE_RIGHT, DIGEST_RIGHT, TIME_RIGHT)]
    in_der = b.set_of([*items, SORTED])
    assert verified(one(signing_time=TIME_RIGHT[1][0], more=[UNSORTED], signed=in_der)) == RIGHT
    assert verified(one(signing_time=TIME_RIGHT[1][0], more=[UNSORTED], signed=b.set_of(items))) == WRONG


@pytest.mark.requirement("ICAO-SOD")
def test_unsorted_digests_and_signers_are_read_in_their_order_and_named():
    infos = sorted((b.signer_info(CONTENT, PARTY), b.signer_info(CONTENT, PARTY, signing_time=None)), reverse=True)
    data = SignedData.parse(around(*infos, announced=["sha512", "sha256"], ordered=False))
    assert data.warnings == ("set-order",)
    assert [data.verify(signer, PARTY.certificate).valid for signer in data.signers] == [True, True]
    assert SignedData.parse(around(*infos[::-1], ordered=False)).warnings == ()


@pytest.mark.requirement("ICAO-DER")
def test_a_certificate_with_an_unsorted_name_is_kept_as_read_in_ber_too():
    parts = [b.sequence(b.oid(oid), b.der(0x13, text)) for oid, text in (("2.5.4.6", b"UT"), ("2.5.4.3", b"S"))]
    name = b.sequence(b.set_of(sorted(parts, reverse=True), ordered=False))
    party = b.signer(b.utopia(), subject=name)
    data = SignedData.parse(around(b.signer_info(CONTENT, party), certificates=[party.raw], indefinite=True))
    assert data.warnings == ("ber-encoded",)
    assert data.certificates == (party.raw,)
    assert data.parsed_certificates[0].verify(b.utopia().certificate).valid


def test_attributes_signed_in_an_order_that_is_neither():
    encoded = [b.attribute(oid, *values) for oid, values in (TYPE_RIGHT, DIGEST_RIGHT, TIME_RIGHT)]
    encoded.sort()
    rotated = b.der(0x31, encoded[1], encoded[2], encoded[0])
    data = attributes(
        *sorted([TYPE_RIGHT, DIGEST_RIGHT, TIME_RIGHT], key=lambda i: b.attribute(i[0], *i[1])), signed=rotated
    )
    assert len(data.signers[0].signed_forms) == 1
    assert verified(data) == WRONG


def test_the_tag_of_the_message_is_not_signed():
    # RFC 5652, 5.4: SET OF is signed, not the [0] that stands in the message
    encoded = [b.attribute(oid, *values) for oid, values in (TYPE_RIGHT, DIGEST_RIGHT)]
    data = attributes(TYPE_RIGHT, DIGEST_RIGHT, signed=b.der(0xA0, *sorted(encoded)))
    assert verified(data) == WRONG


def test_without_attributes_nothing_is_believed():
    """The signed attributes of another message could be passed off as content."""
    data = one(attributes=False)
    assert data.signers[0].attributes is None
    assert data.signers[0].signed_forms == ()
    assert verified(data) == (False, "no-signed-attributes", ())
    encoded = b.set_of([b.attribute(*flat(item)) for item in (TYPE_RIGHT, DIGEST_RIGHT)])
    stripped = b.signer_info(encoded, PARTY, attributes=False)
    data = SignedData.parse(around(stripped, content=encoded))
    assert verified(data) == (False, "no-signed-attributes", ())


def flat(item):
    return item[0], *item[1]


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([DIGEST_RIGHT], "content-type-attribute"),
        ([(CONTENT_TYPE, [b.oid("1.2.840.113549.1.7.1")]), DIGEST_RIGHT], "content-type-attribute"),
        ([(CONTENT_TYPE, [b.oid(b.LDS_OBJECT), b.oid("1.2.3")]), DIGEST_RIGHT], "content-type-attribute"),
        ([(CONTENT_TYPE, [b.octets(b"x")]), DIGEST_RIGHT], "content-type-attribute"),
        ([(CONTENT_TYPE, []), DIGEST_RIGHT], "content-type-attribute"),
        ([TYPE_RIGHT], "message-digest"),
        ([TYPE_RIGHT, (DIGEST, [b.octets(bytes(32))])], "message-digest"),
        ([TYPE_RIGHT, (DIGEST, [b.octets(b.digest("sha256", CONTENT)[:31])])], "message-digest"),
        ([TYPE_RIGHT, (DIGEST, [b.octets(b"")])], "message-digest"),
        ([TYPE_RIGHT, (DIGEST, [b.octets(b.digest("sha1", CONTENT))])], "message-digest"),
        ([TYPE_RIGHT, (DIGEST, [b.bits(b.digest("sha256", CONTENT))])], "message-digest"),
        ([TYPE_RIGHT, (DIGEST, [])], "message-digest"),
        ([TYPE_RIGHT, (DIGEST, [DIGEST_RIGHT[1][0], b.octets(bytes(32))])], "message-digest"),
        ([TYPE_RIGHT, (DIGEST, [DIGEST_RIGHT[1][0], b.octets(b"\xff" * 32)])], "message-digest"),
    ],
)
def test_attributes_that_do_not_speak_of_the_content(items, reason):
    items = [(oid, sorted(values)) for oid, values in items]
    assert verified(attributes(*items)) == (False, reason, ())


def test_other_attributes_do_not_disturb():
    assert verified(attributes(TYPE_RIGHT, DIGEST_RIGHT, ("1.2.3.4", [b.integer(5)]))) == RIGHT


@pytest.mark.parametrize("second", [DIGEST_RIGHT, (DIGEST, [b.octets(bytes(32))]), TYPE_RIGHT])
def test_an_attribute_that_stands_twice(second):
    with pytest.raises(CmsError, match=r"repeated|SignedData") as caught:
        attributes(TYPE_RIGHT, DIGEST_RIGHT, second)
    assert caught.value.reason == "not-signed-data"


def test_another_content_than_the_one_signed():
    info = b.signer_info(CONTENT, PARTY)
    assert verified(SignedData.parse(around(info, content=CONTENT + b"!"))) == (False, "message-digest", ())
    changed = b.signer_info(CONTENT, PARTY, message_digest=b.digest("sha256", CONTENT + b"!"), signed=b"something else")
    assert verified(SignedData.parse(around(changed, content=CONTENT + b"!"))) == WRONG


def test_another_content_type_than_the_one_signed():
    info = b.signer_info(CONTENT, PARTY)
    data = SignedData.parse(around(info, content_type="2.23.136.1.1.2"))
    assert verified(data) == (False, "content-type-attribute", ())


# ----------------------------------------------------------------------------------------------- digests and algorithms


@pytest.mark.requirement("ICAO-ALGORITHM")
@pytest.mark.parametrize("digest", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_three_digests_may_differ(digest):
    """The message digest's, the signature's, and the certificate's own."""
    data = SignedData.parse(
        around(b.signer_info(CONTENT, PARTY, digest_kind=digest, kind="ecdsa-sha384"), announced=[digest])
    )
    result = data.verify(data.signers[0], PARTY.certificate)
    assert (result.valid, result.algorithm, result.hash) == (True, "ecdsa-sha384", "sha384")
    assert data.signers[0].digest == digest


@pytest.mark.requirement("ICAO-ALGORITHM")
def test_an_algorithm_that_names_no_hash_goes_by_the_digest_beside_it():
    party = b.signer(b.utopia(), key=b.rsa_key("cms"))
    for digest in ("sha256", "sha512"):
        signature_kind = b.algorithm("rsa-key")
        info = b.signer_info(CONTENT, party, kind=f"rsa-{digest}", digest_kind=digest, algorithm_=signature_kind)
        data = SignedData.parse(around(info, certificates=[party.raw]))
        result = data.verify(data.signers[0], party.certificate)
        assert (result.valid, result.algorithm, result.hash) == (True, "rsa", digest)
        assert data.signers[0].signature_algorithm == f"rsa-{digest}"
    data = one(algorithm_=b.algorithm("ec-key"))
    assert verified(data) == (True, "", ("algorithm-is-key-type",))


def test_a_digest_that_is_not_known_or_forbidden():
    assert verified(one(digest_kind="sha3-256")) == (None, "digest-unknown", ())
    assert verified(one(digest_kind="md5")) == (False, "digest-forbidden", ())


def test_a_signature_algorithm_that_cannot_be_read():
    data = one(algorithm_=b.sequence(b.integer(5)))
    assert verified(data) == (None, "algorithm-unknown", ())
    assert data.signers[0].signature_algorithm == ""
    assert verified(one(algorithm_=b.algorithm("unknown"))) == (None, "algorithm-unknown", ())


def test_a_signature_by_pss_and_as_joined_numbers():
    party = b.signer(b.utopia(), key=b.rsa_key("cms"))
    data = SignedData.parse(around(b.signer_info(CONTENT, party, kind="pss-sha256"), certificates=[party.raw]))
    assert verified(data, party) == RIGHT
    data = SignedData.parse(
        around(b.signer_info(CONTENT, party, kind="pss-sha256", salt=20, stated_salt=32), certificates=[party.raw])
    )
    assert verified(data, party) == (True, "", ("pss-salt-differs",))
    assert verified(one(kind="plain-sha256")) == RIGHT
    assert verified(one(kind="plain-sha256", algorithm_=b.algorithm("ecdsa-sha256"))) == (
        True,
        "",
        ("ecdsa-plain-signature",),
    )


def test_several_tolerances_are_all_named():
    data = one(kind="plain-sha256", algorithm_=b.algorithm("ecdsa-sha256"), ordered=False)
    assert verified(data) == (True, "", ("ecdsa-plain-signature", "attributes-order"))


# --------------------------------------------------------------------------------------------------------- which signer


def test_several_signers():
    second = b.signer(b.utopia(), key=b.ec_key("second"), subject=b.name(("C", "UT"), ("CN", "Second")))
    infos = [b.signer_info(CONTENT, PARTY), b.signer_info(CONTENT, second, signature=bytes(64))]
    data = SignedData.parse(around(*infos, certificates=[PARTY.raw, second.raw]))
    found = {}
    for info in data.signers:
        (certificate,) = (c for c in data.parsed_certificates if info.match(c) is not None)
        found[certificate.raw] = data.verify(info, certificate).valid
    assert found == {PARTY.raw: True, second.raw: False}


def test_the_signer_by_issuer_and_serial_number():
    info = one().signers[0]
    assert info.match(PARTY.certificate) == ""
    assert info.match(b.utopia().certificate) is None
    assert one(serial=5).signers[0].match(PARTY.certificate) is None
    elsewhere = b.signer(b.csca("Other"), serial=PARTY.certificate.serial)
    assert info.match(elsewhere.certificate) is None


FORMS = {
    "order": b.name(("CN", "CSCA Utopia"), ("O", "SPECIMEN"), ("C", "UT")),
    "printable": b.name(("C", "UT"), ("O", "SPECIMEN"), ("CN", "CSCA Utopia"), tag=0x13),
    "bmp": b.name(("C", "UT"), ("O", "SPECIMEN"), ("CN", "CSCA Utopia"), tag=0x1E),
    "case": b.name(("C", "ut"), ("O", "Specimen"), ("CN", "CSCA UTOPIA")),
    "spaces": b.name(("C", "UT"), ("O", " SPECIMEN"), ("CN", "CSCA  Utopia ")),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_issuer_named_in_another_form_is_accepted_by_its_name(form):
    data = one(issuer=FORMS[form])
    assert data.signers[0].match(PARTY.certificate) == "signer-name-form"
    assert verified(data) == RIGHT
    assert one(issuer=FORMS[form], serial=5).signers[0].match(PARTY.certificate) is None


def test_the_issuer_named_otherwise():
    for issuer in (b.name(("C", "UT"), ("O", "SPECIMEN"), ("CN", "CSCA")), b.sequence(), b.sequence(b.integer(1))):
        assert one(issuer=issuer).signers[0].match(PARTY.certificate) is None


def test_the_signer_by_key_identifier():
    info = one(by_key=PARTY.identifier).signers[0]
    assert (info.issuer, info.serial, info.key_identifier) == (None, None, PARTY.identifier)
    assert info.match(PARTY.certificate) == ""
    assert info.match(b.utopia().certificate) is None


def test_the_signer_by_a_key_identifier_that_its_certificate_lacks():
    bare = b.certify(b.name(("C", "UT")), PARTY.key, [], by=b.utopia(), period=(b.moment(2026), b.moment(2036)))
    assert one(by_key=PARTY.identifier).signers[0].match(bare.certificate) == "signer-key-identifier-computed"
    named = b.certify(
        b.name(("C", "UT")),
        PARTY.key,
        [b.subject_identifier(b"mine")],
        by=b.utopia(),
        period=(b.moment(2026), b.moment(2036)),
    )
    assert one(by_key=PARTY.identifier).signers[0].match(named.certificate) == "signer-key-identifier-computed"
    assert one(by_key=b"mine").signers[0].match(named.certificate) == ""
    assert one(by_key=b"other").signers[0].match(named.certificate) is None


def test_a_certificate_whose_key_cannot_be_read_is_nobody():
    odd = b.signer(b.utopia(), info=b.sequence(b.integer(5))).certificate
    assert one(by_key=b"some identifier").signers[0].match(odd) is None
    assert one(by_key=odd.subject_key_identifier).signers[0].match(odd) == ""
    data = one(by_key=odd.subject_key_identifier)
    assert data.verify(data.signers[0], odd).valid is None


# --------------------------------------------------------------------------------------------------------------- damage


@settings(max_examples=200)
@given(st.data())
def test_damage_is_told_or_changes_nothing_that_is_signed(data):
    sound = around(b.signer_info(CONTENT, PARTY))
    raw = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 2))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = SignedData.parse(bytes(raw))
    except CmsError:
        return
    for info in read.signers:
        for certificate in (*read.parsed_certificates, PARTY.certificate):
            info.match(certificate)
        if read.verify(info, PARTY.certificate).valid:
            assert read.content == CONTENT
            assert read.content_type == b.LDS_OBJECT


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data):
    with pytest.raises(CmsError):
        SignedData.parse(data)


def test_nothing_personal_is_shown():
    data = one()
    assert CONTENT.decode() not in repr(data)
    assert "Utopia" not in repr(data)


# -------------------------------------------------------------------------------------------------------------- writing


def encoded(party: b.Party, kind: str, *, digest: str = "sha256", **more) -> bytes:
    items = [
        signed_data.attribute(CONTENT_TYPE, b.oid("2.23.136.1.1.2")),
        signed_data.attribute(DIGEST, b.octets(b.digest(digest, CONTENT))),
        signed_data.attribute(TIME, b.time(b.SIGNED)),
    ]
    return signed_data.encode(
        "2.23.136.1.1.2",
        CONTENT,
        digest=digest,
        certificates=[party.raw],
        signer=party.certificate,
        algorithm=b.algorithm(kind),
        attributes=items,
        signature=b.sign(party.key, kind, b.set_of(items)),
        **more,
    )


@pytest.mark.parametrize("by_key_identifier", [False, True])
@pytest.mark.parametrize("kind", ["ecdsa-sha256", "rsa-sha256", "pss-sha256", "plain-sha256"])
def test_what_is_written_is_read_by_us_and_by_another_library(kind, by_key_identifier):
    party = PARTY if kind.startswith(("ecdsa", "plain")) else b.signer(b.utopia(), key=b.rsa_key("cms"))
    raw = encoded(party, kind, by_key_identifier=by_key_identifier)
    read = SignedData.parse(raw)
    assert (read.warnings, read.signers[0].warnings) == ((), ())
    assert read.signers[0].match(party.certificate) == ""
    assert verified(read, party) == RIGHT
    expected = other.ContentInfo.load(raw, strict=True)["content"]
    assert expected["version"].native == "v3"
    assert expected["encap_content_info"]["content"].native == CONTENT
    assert expected["crls"].native is None
    (signer,) = expected["signer_infos"]
    assert signer["version"].native == ("v3" if by_key_identifier else "v1")
    assert signer["sid"].name == ("subject_key_identifier" if by_key_identifier else "issuer_and_serial_number")
    written = [item.dump() for item in signer["signed_attrs"]]
    assert written == sorted(written)
    assert signer["digest_algorithm"].dump() == b.sequence(
        b.oid(b.HASHES["sha256"][0])
    )  # Doc 9303-12, 4.4: no parameters


def test_naming_a_signer_by_an_identifier_that_it_lacks_is_a_bad_call():
    bare = b.certify(b.name(("C", "UT")), PARTY.key, [], by=b.utopia(), period=(b.moment(2026), b.moment(2036)))
    with pytest.raises(TjdocsError):
        encoded(bare, "ecdsa-sha256", by_key_identifier=True)


def test_every_combination_inside_signed_data():
    """The road from SignerInfo to the key is the same for all: a few of each scheme."""
    for id_ in ("ecdsa-bp320-sha512", "rsa-random-e-sha256", "dsa-sha256", "ecdsa-unlabelled-plain-bp320-sha256"):
        row = signing.ROWS[id_]
        party = b.signer(b.utopia(), info=signing.spki(row["key"]))
        items = sorted(b.attribute(*flat(item)) for item in (TYPE_RIGHT, DIGEST_RIGHT))
        info = b.signer_info(
            CONTENT,
            party,
            signing_time=None,
            signature=signing.sign(row, b.set_of(items)),
            algorithm_=signing.algorithm(row),
        )
        assert verified(SignedData.parse(around(info, certificates=[party.raw])), party)[0] is True, id_
