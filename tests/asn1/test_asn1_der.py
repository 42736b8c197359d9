"""DER by schemas: what was read is written back byte for byte, and what is not DER of the schema is refused."""

import contextlib
import re
from datetime import UTC, datetime

import pytest
from asn1crypto import algos, core, crl, keys, parser, x509
from asn1crypto import cms as other_cms
from cryptography import x509 as library
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.der import encoder
from pyasn1.type import univ

from tests.support import builders as b
from tjdocs.asn1 import cms_schema, der, icao_schema, x509_writing
from tjdocs.asn1 import x509_schema as schemas
from tjdocs.asn1.der import DerError

# -------------------------------------------------------------------------- DER of every schema, written by other hands

bodies = st.binary(max_size=20)
numbers = st.integers(-(2**160), 2**160)
dotted = st.sampled_from(
    ["1.2.840.10045.2.1", "2.23.136.1.1.1", "0.4.0.127.0.7.1.1.4.1.3", "1.3.14.3.2.26", "2.5.29.15"]
)
oids = dotted.map(b.oid)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2049, 12, 31)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
late = st.datetimes(datetime(2050, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001
times = moments.map(b.utc_time) | late.map(b.general_time)
anything = st.one_of(
    numbers.map(b.integer),
    bodies.map(b.octets),
    oids,
    st.just(b.der(0x05)),
    st.lists(numbers.map(b.integer), max_size=3).map(lambda items: b.sequence(*items)),
    st.builds(b.der, st.sampled_from([0x80, 0x81, 0xA3, 0x61, 0x7F4E, 0x13, 0x14, 0x1E]), bodies),
)
bit_strings = bodies.map(b.bits)
optional = st.just(b"")


def sequences(*parts):
    return st.tuples(*parts).map(lambda items: b.sequence(*items))


def tagged(tag: int, inner):
    return inner.map(lambda data: b.der(tag, data))


def retagged(tag: int, inner):
    """IMPLICIT: another tag around the same content."""
    return inner.map(lambda data: b.der(tag, parser.parse(data)[4]))


def many(inner, *, smallest: int = 0):
    return st.lists(inner, min_size=smallest, max_size=3)


def sets(inner, *, smallest: int = 0):
    return many(inner, smallest=smallest).map(b.set_of)


names = st.lists(st.tuples(st.sampled_from(["C", "O", "OU", "CN"]), st.text("ABC xyz", max_size=8)), max_size=4).map(
    lambda parts: b.name(*parts)
)
algorithms = sequences(oids, optional | anything)
extension_lists = many(
    sequences(oids, optional | st.sampled_from([b.der(1, b"\xff"), b.der(1, b"\0")]), bodies.map(b.octets)), smallest=1
).map(lambda items: b.sequence(*items))
hash_ids = sequences(oids, optional | st.just(b.der(0x05)))
attributes = sequences(oids, sets(anything, smallest=1))
implicit_lists = many(anything, smallest=1)
infos = sequences(
    numbers.map(b.integer),
    sequences(names, numbers.map(b.integer)) | bodies.map(lambda value: b.der(0x80, value)),
    algorithms,
    optional | many(attributes, smallest=1).map(lambda items: b.der(0xA0, *items)),
    algorithms,
    bodies.map(b.octets),
    optional | many(attributes, smallest=1).map(lambda items: b.der(0xA1, *items)),
)
signed_fields = sequences(
    numbers.map(b.integer),
    sets(algorithms),
    sequences(oids, optional | tagged(0xA0, bodies.map(b.octets))),
    optional | implicit_lists.map(lambda items: b.der(0xA0, *items)),
    optional | implicit_lists.map(lambda items: b.der(0xA1, *items)),
    sets(infos),
)
tbs_certificates = sequences(
    optional | tagged(0xA0, st.integers(0, 5).map(b.integer)),
    numbers.map(b.integer),
    algorithms,
    names,
    sequences(times, times),
    names,
    sequences(algorithms, bit_strings),
    optional | retagged(0x81, bit_strings),
    optional | retagged(0x82, bit_strings),
    optional | tagged(0xA3, extension_lists),
)
printable = st.text("0123456789", max_size=6).map(lambda text: b.der(0x13, text.encode()))
general_times = (moments | late).map(b.general_time)

DER = {
    schemas.CertificateFields: sequences(anything, algorithms, bit_strings),
    schemas.Extension: sequences(oids, optional | st.just(b.der(1, b"\xff")), bodies.map(b.octets)),
    schemas.Validity: sequences(times, times),
    schemas.TbsCertificate: tbs_certificates,
    schemas.WholeCertificate: sequences(tbs_certificates, algorithms, bit_strings),
    schemas.SubjectPublicKeyInfo: sequences(algorithms, bit_strings),
    schemas.AlgorithmIdentifier: sequences(oids, anything),
    schemas.HashAlgorithm: hash_ids,
    schemas.MaskGenAlgorithm: sequences(oids, hash_ids),
    schemas.PssParameters: sequences(
        optional | tagged(0xA0, hash_ids),
        optional | tagged(0xA1, sequences(oids, hash_ids)),
        optional | tagged(0xA2, numbers.map(b.integer)),
        optional | tagged(0xA3, numbers.map(b.integer)),
    ),
    schemas.FieldId: sequences(oids, numbers.map(b.integer)),
    schemas.EcParameters: sequences(
        numbers.map(b.integer),
        sequences(oids, numbers.map(b.integer)),
        sequences(bodies.map(b.octets), bodies.map(b.octets), optional | bit_strings),
        bodies.map(b.octets),
        numbers.map(b.integer),
        optional | numbers.map(b.integer),
    ),
    schemas.DsaParameters: sequences(*(numbers.map(b.integer),) * 3),
    schemas.AuthorityKeyIdentifier: sequences(
        optional | bodies.map(lambda value: b.der(0x80, value)),
        optional | implicit_lists.map(lambda items: b.der(0xA1, *items)),
        optional | retagged(0x82, numbers.map(b.integer)),
    ),
    schemas.BasicConstraints: sequences(
        optional | st.sampled_from([b.der(1, b"\xff"), b.der(1, b"\0")]), optional | numbers.map(b.integer)
    ),
    schemas.DocumentTypeList: sequences(numbers.map(b.integer), sets(printable)),
    schemas.PrivateKeyUsagePeriod: sequences(
        optional | retagged(0x80, general_times), optional | retagged(0x81, general_times)
    ),
    schemas.CertificateListFields: sequences(anything, algorithms, bit_strings),
    schemas.RevokedCertificate: sequences(numbers.map(b.integer), times, optional | extension_lists),
    schemas.TbsCertificateList: sequences(
        optional | st.integers(0, 3).map(b.integer),
        algorithms,
        names,
        times,
        optional | times,
        optional | many(sequences(numbers.map(b.integer), times), smallest=1).map(lambda items: b.sequence(*items)),
        optional | tagged(0xA0, extension_lists),
    ),
    cms_schema.ContentInfo: sequences(oids, tagged(0xA0, anything)),
    cms_schema.EncapsulatedContentInfo: sequences(oids, optional | tagged(0xA0, bodies.map(b.octets))),
    cms_schema.IssuerAndSerialNumber: sequences(names, numbers.map(b.integer)),
    cms_schema.Attribute: attributes,
    cms_schema.SignerInfoFields: infos,
    cms_schema.SignedDataFields: signed_fields,
    cms_schema.SignedContentInfo: sequences(oids, tagged(0xA0, signed_fields)),
    icao_schema.DataGroupHash: sequences(numbers.map(b.integer), bodies.map(b.octets)),
    icao_schema.LdsVersionInfo: sequences(printable, printable),
    icao_schema.LdsSecurityObject: sequences(
        numbers.map(b.integer),
        algorithms,
        many(sequences(numbers.map(b.integer), bodies.map(b.octets))).map(lambda items: b.sequence(*items)),
        optional | sequences(printable, printable),
    ),
    icao_schema.CscaMasterList: sequences(numbers.map(b.integer), sets(anything)),
}
schema_and_der = st.sampled_from(sorted(DER, key=lambda schema: schema.__name__)).flatmap(
    lambda schema: st.tuples(st.just(schema), DER[schema])
)


def public(module):
    return [value for name, value in vars(module).items() if name in module.__all__ and hasattr(value, "__asn1_root__")]


def test_every_schema_is_among_the_tested():
    found = {value for module in (schemas, cms_schema, icao_schema) for value in public(module)}
    assert found
    assert found <= set(DER)


@pytest.mark.requirement("ICAO-DER")
@given(schema_and_der)
def test_what_was_read_is_written_back(case):
    schema, data = case
    assert der.encode(der.decode(schema, data)) == data


@pytest.mark.requirement("ICAO-DER")
@given(
    schema_and_der
    | st.tuples(st.none(), st.lists(bodies.map(lambda body: 9 * body)).map(lambda c: b.sequence(*map(b.octets, c))))
)
def test_parts_are_the_bytes_between_which_another_library_parts(case):
    _, data = case
    content, expected = parser.parse(data, strict=True)[4], []
    while content:
        _, _, _, header, value, trailer = parser.parse(content)
        expected.append(header + value + trailer)
        content = content[len(expected[-1]) :]
    assert der.parts(data) == expected


@pytest.mark.requirement("ICAO-DER")
@given(schema_and_der, st.data())
def test_a_changed_byte_is_refused_or_written_back_as_it_stands(case, draw):
    """Nothing is put right in silence: then what was verified would not be what was read."""
    schema, data = case
    place = draw.draw(st.integers(0, len(data) - 1))
    value = draw.draw(st.integers(0, 255))
    damaged = data[:place] + bytes((value,)) + data[place + 1 :]
    try:
        decoded = der.decode(schema, damaged)
    except DerError:
        return
    assert der.encode(decoded) == damaged


@given(schema_and_der, st.binary(min_size=1, max_size=3))
def test_trailing_bytes_and_cuts_are_refused(case, more):
    schema, data = case
    with pytest.raises(DerError, match=f"not a valid {schema.__name__} \\(ExtraData\\)"):
        der.decode(schema, data + more)
    with pytest.raises(DerError):
        der.decode(schema, data[:-1])


@given(st.sampled_from(sorted(DER, key=lambda schema: schema.__name__)), st.binary(max_size=60))
def test_no_bytes_raise_anything_else(schema, data):
    with contextlib.suppress(DerError):
        assert der.encode(der.decode(schema, data)) == data


# ------------------------------------------------------------------------------------ objects that other libraries made


def other_certificate() -> bytes:
    key = b.ec_key("other")
    subject = library.Name([library.NameAttribute(library.NameOID.COUNTRY_NAME, "UT")])
    builder = library.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(5).not_valid_before(b.moment(2020)).not_valid_after(b.moment(2060))
    builder = builder.add_extension(library.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(b.Encoding.DER)


@pytest.mark.requirement("ICAO-DER")
def test_certificate_of_another_library():
    data = other_certificate()
    fields = der.decode(schemas.CertificateFields, data)
    tbs = der.parse(fields.tbs, schemas.TbsCertificate)
    expected = x509.Certificate.load(data, strict=True)
    assert der.raw(fields.tbs) == expected["tbs_certificate"].dump() == der.encode(tbs)
    assert fields.signature.as_bytes() == expected["signature_value"].native
    assert tbs.serial == 5
    assert der.raw(tbs.issuer) == expected.issuer.dump()
    assert der.raw(tbs.public_key) == expected.public_key.dump()
    assert [extension.oid.dotted_string for extension in tbs.extensions] == ["2.5.29.19"]
    assert der.encode(fields) == data


def test_what_we_encode_another_library_reads():
    algorithm = schemas.encode_algorithm("1.2.840.113549.1.1.11", b"\x05\x00")
    assert algos.SignedDigestAlgorithm.load(algorithm, strict=True).native == {
        "algorithm": "sha256_rsa",
        "parameters": None,
    }
    assert schemas.encode_algorithm("1.2.840.10045.4.3.2") == b.sequence(b.oid("1.2.840.10045.4.3.2"))
    pss = x509_writing.encode_pss_parameters("2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", 48)
    read = algos.RSASSAPSSParams.load(pss, strict=True)
    assert read["hash_algorithm"]["algorithm"].native == "sha256"
    assert read["mask_gen_algorithm"]["parameters"]["algorithm"].native == "sha384"
    assert read["salt_length"].native == 48
    defaults = x509_writing.encode_pss_parameters("1.3.14.3.2.26", "1.3.14.3.2.26", 20)
    assert defaults.hex() == "3000"
    key = x509_writing.encode_public_key("1.2.840.10045.2.1", b.oid("1.2.840.10045.3.1.7"), b"\4" + bytes(64))
    assert keys.PublicKeyInfo.load(key, strict=True)["algorithm"]["parameters"].chosen.native == "secp256r1"


def test_signed_data_with_several_certificates_is_der():
    # CertificateSet is a SET OF (RFC 5652, 10.2.3): in DER, sorted
    algorithm = schemas.encode_algorithm("2.16.840.1.101.3.4.2.1")
    certificates = [b.utopian_signer().raw, b.utopia().raw, b.csca("Second").raw]
    for order in (certificates, certificates[::-1]):
        data = cms_schema.encode_signed_data(
            "2.23.136.1.1.2",
            b"content",
            algorithm,
            order,
            b.der(0x80, b"identifier"),
            der.set_of([cms_schema.encode_attribute("1.2.840.113549.1.9.4", [b.octets(b"digest")])]),
            algorithm,
            b"signature",
        )
        read = other_cms.ContentInfo.load(data, strict=True)["content"]
        inside = [choice.dump() for choice in read["certificates"]]
        assert sorted(inside) == sorted(certificates)
        assert inside == sorted(inside)
        assert read["signer_infos"][0]["sid"].native == b"identifier"
        assert read["signer_infos"][0]["version"].native == "v3"


@given(numbers)
def test_integers_are_those_of_another_library(number):
    assert der.integer(number) == core.Integer(number).dump()


@given(
    bodies,
    st.dictionaries(st.integers(1, 16), st.binary(min_size=20, max_size=64), max_size=16),
    st.sampled_from([("", ""), ("0107", "040000"), ("0108", "040000")]),
    st.lists(anything, max_size=3),
    numbers,
    st.booleans(),
)
def test_what_is_written_by_tags_is_read_by_schema(content, hashes, versions, values, serial, named):
    algorithm = schemas.encode_algorithm("2.16.840.1.101.3.4.2.1")
    data = icao_schema.encode_security_object(algorithm, hashes, *versions)
    read = der.decode(icao_schema.LdsSecurityObject, data)
    assert der.encode(read) == data
    assert (read.version, der.raw(read.hash_algorithm)) == (1 if versions[0] else 0, algorithm)
    assert [(item.number, item.value) for item in read.hashes] == sorted(hashes.items())
    info = read.version_info
    assert (info and (info.lds_version.as_str(), info.unicode_version.as_str())) == (versions if versions[0] else None)

    attributes = [cms_schema.encode_attribute("1.2.840.113549.1.9.4", [b.octets(content)]), *values]
    issuer = b.name(("C", "UT"))
    sid = cms_schema.encode_issuer_and_serial_number(issuer, serial) if named else b.der(0x80, b"identifier")
    signed = der.set_of(attributes)
    data = cms_schema.encode_signed_data("2.23.136.1.1.1", content, algorithm, values, sid, signed, algorithm, b"signature")
    whole = der.decode(cms_schema.SignedContentInfo, data)
    assert der.encode(whole) == data
    assert whole.content_type.dotted_string == "1.2.840.113549.1.7.2"
    fields = whole.content
    assert (fields.version, fields.encapsulated.content) == (3, content)
    assert [der.raw(item) for item in fields.certificates or ()] == sorted(values)
    (signer,) = (der.decode(cms_schema.SignerInfoFields, item) for item in der.members(der.raw(fields.signer_infos)))
    assert (signer.version, signer.signature) == (1 if named else 3, b"signature")
    assert (der.raw(signer.sid.issuer), signer.sid.serial) == (issuer, serial) if named else signer.sid == b"identifier"
    assert der.set_of([der.raw(item) for item in signer.signed_attributes]) == signed
    assert der.parts(signed) == sorted(attributes)
    first = der.decode(cms_schema.Attribute, attributes[0])
    assert der.members(der.raw(first.values)) == [b.octets(content)]


@pytest.mark.parametrize("when", [b.moment(2026), b.moment(2049, 12, 31), b.moment(2050), b.moment(2063, 4)])
def test_revocation_list_that_another_library_reads(when):
    algorithm = schemas.encode_algorithm("1.2.840.10045.4.3.2")
    tbs = x509_writing.encode_tbs_crl(
        algorithm=algorithm,
        issuer=b.utopia().name,
        this_update=when,
        next_update=when,
        revoked=[(7, when)],
        extensions=[("2.5.29.20", False, b.integer(3))],
    )
    read = crl.CertificateList.load(x509_writing.encode_signed(tbs, algorithm, b"\x30\x00"), strict=True)
    listed = read["tbs_cert_list"]
    assert listed["version"].native == "v2"
    assert listed["this_update"].native == listed["next_update"].native == when
    assert listed["this_update"].name == ("utc_time" if when.year < 2050 else "general_time")
    assert [
        (entry["user_certificate"].native, entry["revocation_date"].native) for entry in listed["revoked_certificates"]
    ] == [(7, when)]


# ---------------------------------------------------------------------------------------------------------- small parts


@pytest.mark.parametrize(
    "data",
    [
        "30080202000104024142",  # integer not in its shortest form
        "30810702010104024142",  # length not in its shortest form
        "30800201010402414200000000",  # indefinite length
        "300902010124044142",  # constructed string
        "30050201010500",  # another type
        "3003020101",  # a field missing
        "30060201010402",  # cut
        "",
        "30",
        "3084ffffffff",
    ],
)
def test_other_forms_than_der_are_refused(data):
    with pytest.raises(DerError, match="not a valid DataGroupHash"):
        der.decode(icao_schema.DataGroupHash, bytes.fromhex(data))


def element(data):
    """Return an element as a schema keeps it whole."""
    return der.decode(schemas.AlgorithmIdentifier, b.sequence(b.oid("1.2.3"), data)).parameters


def test_errors_name_the_schema_and_the_kind_and_nothing_of_the_data():
    with pytest.raises(DerError) as caught:
        der.decode(icao_schema.LdsVersionInfo, b.sequence(b.octets(b"ERIKSSON"), b.octets(b"ANNA")))
    assert re.fullmatch(r"not a valid LdsVersionInfo \(\w+\)", str(caught.value))
    with pytest.raises(DerError, match=r"not a valid DataGroupHash \(\w+\)"):
        der.parse(element(b.octets(b"x")), icao_schema.DataGroupHash)


@given(anything)
def test_an_element_keeps_its_bytes(data):
    assert der.raw(element(data)) == data


@pytest.mark.parametrize(
    "data", [b"", b"\x05", b"\x05\x00\x00", b"\x05\x00\x05\x00", b"\x30\x80\x00\x00", b"\x04\x81\x01a"]
)
def test_what_is_not_exactly_one_element(data):
    with pytest.raises(DerError):
        element(data)


@given(st.integers(0, 2**32))
def test_headers_are_those_of_another_library(length):
    header = der.header(0x30, length)
    size = len(header) - 2
    assert header[1] == (length if length < 128 else 0x80 | size)
    assert size == 0 or (int.from_bytes(header[2:], "big") == length and header[2])
    if length < 2**16:
        assert der.header(0x04, length) + bytes(length) == core.OctetString(bytes(length)).dump()


@given(st.lists(bodies, max_size=6))
def test_set_of_is_in_der_order(values):
    expected = univ.SetOf(componentType=univ.OctetString())
    expected.extend(values)
    elements = [b.octets(value) for value in values]
    if values:  # pyasn1 takes an empty one for unset
        assert der.set_of(elements) == encoder.encode(expected)
    assert der.set_of(elements, ordered=False) == b.set_of(elements, ordered=False)


@given(st.lists(anything, max_size=6))
def test_members_of_a_set_are_those_written_in_their_order(elements):
    assert der.members(b.set_of(elements, ordered=False)) == elements
    assert der.in_order(elements) == (b.set_of(elements) == b.set_of(elements, ordered=False))


@pytest.mark.parametrize(
    "data", ["3003020105", "31028001", "3104040500ff", "310404810161", "310530800000ff", "31023080", "3105bf8f8f7f00"]
)
def test_members_of_what_is_no_set_in_der(data):
    with pytest.raises(der.DerError):
        der.members(bytes.fromhex(data))


def test_a_fault_that_the_decoder_does_not_name_is_told_all_the_same(monkeypatch):
    def odd(schema, data):
        raise TypeError("something with ERIKSSON in it")

    monkeypatch.setattr(asn1, "decode_der", odd)
    with pytest.raises(DerError) as caught:
        der.decode(icao_schema.DataGroupHash, b"")
    assert str(caught.value) == "not a valid DataGroupHash (TypeError)"


def test_the_version_texts_are_printable_strings():
    data = icao_schema.encode_security_object(schemas.encode_algorithm("2.5.4.3"), {1: b"A"}, "0107", "040000")
    assert data.endswith(b.sequence(b.der(0x13, b"0107"), b.der(0x13, b"040000")))
