"""Extension values that an authority writes, as another library reads them."""

from datetime import UTC, datetime

import pytest
from asn1crypto import core, crl, x509
from hypothesis import given
from hypothesis import strategies as st

from tjdocs.asn1 import extensions
from tjdocs.asn1 import x509_schema as schemas


def test_key_identifiers():
    assert x509.AuthorityKeyIdentifier.load(extensions.authority_key_identifier(b"identifier"), strict=True).native == {
        "key_identifier": b"identifier",
        "authority_cert_issuer": None,
        "authority_cert_serial_number": None,
    }
    assert core.OctetString.load(extensions.subject_key_identifier(b"identifier"), strict=True).native == b"identifier"


@pytest.mark.parametrize(
    ("bits", "names"),
    [
        ((0,), {"digital_signature"}),
        ((5, 6), {"key_cert_sign", "crl_sign"}),
        ((0, 1, 2, 3, 4, 5, 6, 7), None),
        ((7,), {"encipher_only"}),
    ],
)
def test_key_usage(bits, names):
    data = extensions.key_usage(*bits)
    read = x509.KeyUsage.load(data, strict=True)
    expected = names or set(list(x509.KeyUsage._map.values())[:8])
    assert read.native == expected
    assert data == x509.KeyUsage(expected).dump()  # trailing zero bits left out, as DER asks for


def test_basic_constraints():
    read = x509.BasicConstraints.load(extensions.basic_constraints(0), strict=True)
    assert read.native == {"ca": True, "path_len_constraint": 0}


def test_private_key_usage_period():
    begin, end = datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2053, 2, 24, 8, tzinfo=UTC)
    read = x509.PrivateKeyUsagePeriod.load(extensions.private_key_usage_period(begin, end), strict=True)
    assert (read["not_before"].native, read["not_after"].native) == (begin, end)


def test_alternative_name():
    directory, contact = x509.GeneralNames.load(
        extensions.alternative_name("UTO", "https://csca.invalid/"), strict=True
    )
    assert directory.name == "directory_name"
    assert directory.native == {"locality_name": "UTO"}
    assert (contact.name, contact.native) == ("uniform_resource_identifier", "https://csca.invalid/")


def test_crl_distribution_point():
    (point,) = x509.CRLDistributionPoints.load(extensions.crl_distribution_point("https://csca.invalid/c"), strict=True)
    assert point.native == {
        "distribution_point": ["https://csca.invalid/c"],
        "reasons": None,
        "crl_issuer": None,
    }


class Codes(core.SetOf):
    _child_spec = core.PrintableString


class DocumentTypeList(core.Sequence):
    """Doc 9303-12, 7.1.1.3."""

    _fields = [("version", core.Integer), ("codes", Codes)]  # noqa: RUF012


@given(st.lists(st.text("ACIPSV", min_size=1, max_size=2), max_size=6))
def test_document_type_list(codes):
    data = extensions.document_type_list(codes)
    read = DocumentTypeList.load(data, strict=True)
    assert read["version"].native == 0
    written = [item.dump() for item in read["codes"]]
    assert written == sorted(written)  # SET OF, in DER order
    assert sorted(read["codes"].native) == sorted(codes)
    assert sorted(schemas.printable_strings(data)) == sorted(codes)


def test_extended_key_usage():
    read = x509.ExtKeyUsageSyntax.load(extensions.extended_key_usage("2.23.136.1.1.11.1"), strict=True)
    assert [item.dotted for item in read] == ["2.23.136.1.1.11.1"]


@given(st.integers(0, 2**159 - 1))
def test_crl_number(number):
    data = extensions.crl_number(number)
    assert data == core.Integer(number).dump()
    assert crl.TBSCertListExtension._oid_specs["crl_number"].load(data, strict=True).native == number
