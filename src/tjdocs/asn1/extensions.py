"""Extension values that an authority writes (RFC 5280, 4.2.1; Doc 9303-12, 7.1)."""

from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat import asn1

from tjdocs.asn1 import der, tlv, x509_schema

__all__ = [
    "alternative_name",
    "authority_key_identifier",
    "basic_constraints",
    "crl_distribution_point",
    "crl_number",
    "document_type_list",
    "extended_key_usage",
    "key_usage",
    "private_key_usage_period",
    "subject_key_identifier",
]


def authority_key_identifier(identifier: bytes) -> bytes:
    """Return an ``AuthorityKeyIdentifier`` with the key identifier alone."""
    return der.encode(x509_schema.AuthorityKeyIdentifier(key_identifier=identifier, issuer=None, serial=None))


def subject_key_identifier(identifier: bytes) -> bytes:
    """Return a ``SubjectKeyIdentifier``."""
    return tlv.encode(0x04, identifier)


def key_usage(*bits: int) -> bytes:
    """Return a ``KeyUsage`` of the bit numbers given (0 digitalSignature, 5 keyCertSign, 6 cRLSign), 0 to 7."""
    value = sum(0x80 >> bit for bit in bits)
    unused = (value & -value).bit_length() - 1
    return tlv.encode(0x03, bytes((unused, value)))


def basic_constraints(path_length: int) -> bytes:
    """Return ``BasicConstraints`` of a CA."""
    return der.encode(x509_schema.BasicConstraints(ca=True, path_length=path_length))


def private_key_usage_period(not_before: datetime, not_after: datetime) -> bytes:
    """Return a ``PrivateKeyUsagePeriod``."""
    return der.encode(
        x509_schema.PrivateKeyUsagePeriod(
            not_before=asn1.GeneralizedTime(not_before), not_after=asn1.GeneralizedTime(not_after)
        )
    )


def alternative_name(code: str, contact: str) -> bytes:
    """Return ``GeneralNames``: the State's three-letter code as localityName, and a URI (Doc 9303-12, 7.1.1.2)."""
    directory = x509_schema.encode_name([("2.5.4.7", code, 0x13)])
    return tlv.encode(0x30, tlv.encode(0xA4, directory) + tlv.encode(0x86, contact.encode("ascii")))


def crl_distribution_point(uri: str) -> bytes:
    """Return ``CRLDistributionPoints`` of one URI."""
    full_name = tlv.encode(0xA0, tlv.encode(0x86, uri.encode("ascii")))
    return tlv.encode(0x30, tlv.encode(0x30, tlv.encode(0xA0, full_name)))


def document_type_list(codes: Sequence[str]) -> bytes:
    """Return a ``DocumentTypeList``, version 0 (Doc 9303-12, 7.1.1.3)."""
    strings = [tlv.encode(0x13, code.encode("ascii")) for code in codes]
    return tlv.encode(0x30, tlv.encode(0x02, b"\x00") + der.set_of(strings))


def extended_key_usage(oid: str) -> bytes:
    """Return an ``ExtKeyUsageSyntax`` of one purpose."""
    return tlv.encode(0x30, x509_schema.encode_oid(oid))


def crl_number(number: int) -> bytes:
    """Return a ``CRLNumber``."""
    return der.integer(number)
