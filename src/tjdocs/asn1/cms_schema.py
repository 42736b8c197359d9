"""Cryptographic Message Syntax, as far as EF.SOD and lists use it (RFC 5652; Doc 9303-10, 4.6.2).

Every ``SET OF`` is read in the order in which it was written, since its signer may have signed it so. The reader names
an order that is not DER's.
"""

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.hazmat.bindings._rust import ObjectIdentifier

from tjdocs.asn1 import der, tlv, x509_schema

__all__ = [
    "Attribute",
    "ContentInfo",
    "EncapsulatedContentInfo",
    "IssuerAndSerialNumber",
    "SignedContentInfo",
    "SignedDataFields",
    "SignerInfoFields",
]


@asn1.sequence
class ContentInfo:
    """``ContentInfo``."""

    content_type: ObjectIdentifier
    content: Annotated[asn1.TLV, asn1.Explicit(0)]


@asn1.sequence
class EncapsulatedContentInfo:
    """``EncapsulatedContentInfo``."""

    content_type: ObjectIdentifier
    content: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class IssuerAndSerialNumber:
    """``IssuerAndSerialNumber``."""

    issuer: asn1.TLV
    serial: int


@asn1.sequence
class Attribute:
    """``Attribute``; the values are a SET OF, see :func:`tjdocs.asn1.der.members`."""

    oid: ObjectIdentifier
    values: asn1.TLV


@asn1.sequence
class SignerInfoFields:
    """``SignerInfo``; the signed attributes are a list, in the order read."""

    version: int
    sid: IssuerAndSerialNumber | Annotated[bytes, asn1.Implicit(0)]
    digest_algorithm: asn1.TLV
    signed_attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    signature_algorithm: asn1.TLV
    signature: bytes
    unsigned_attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class SignedDataFields:
    """``SignedData``; two parts are a SET OF, see :func:`tjdocs.asn1.der.members`: those without ``list``."""

    version: int
    digest_algorithms: asn1.TLV
    encapsulated: EncapsulatedContentInfo
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signer_infos: asn1.TLV


@asn1.sequence
class SignedContentInfo:
    """``ContentInfo`` around ``SignedData``, both at once."""

    content_type: ObjectIdentifier
    content: Annotated[SignedDataFields, asn1.Explicit(0)]


def encode_attribute(oid: str, values: list[bytes]) -> bytes:
    """Return an ``Attribute``, DER."""
    return tlv.encode(0x30, x509_schema.encode_oid(oid) + der.set_of(values))


def encode_issuer_and_serial_number(issuer: bytes, serial: int) -> bytes:
    """Return an ``IssuerAndSerialNumber``, DER."""
    return tlv.encode(0x30, issuer + der.integer(serial))


def encode_signed_data(
    content_type: str,
    content: bytes,
    digest_algorithm: bytes,
    certificates: list[bytes],
    sid: bytes,
    signed_attributes: bytes,
    signature_algorithm: bytes,
    signature: bytes,
) -> bytes:
    """Return a ``ContentInfo`` with ``SignedData`` of one signer, DER; certificates in DER order.

    Everything but the content and the signature is given encoded.

    :param sid: an ``IssuerAndSerialNumber``, or the key identifier with its tag, [0]
    :param signed_attributes: the SET OF that was signed
    """
    version = der.integer(1 if sid[0] == 0x30 else 3)
    attributes = b"\xa0" + signed_attributes[1:]
    signed = (version, sid, digest_algorithm, attributes, signature_algorithm, tlv.encode(0x04, signature))
    content_octets = tlv.encode(0xA0, tlv.encode(0x04, content))
    signed_data = (
        der.integer(3),
        tlv.encode(0x31, digest_algorithm),
        tlv.encode(0x30, x509_schema.encode_oid(content_type) + content_octets),
        tlv.encode(0xA0, b"".join(sorted(certificates))) if certificates else b"",
        tlv.encode(0x31, tlv.encode(0x30, b"".join(signed))),
    )
    explicit = tlv.encode(0xA0, tlv.encode(0x30, b"".join(signed_data)))
    return tlv.encode(0x30, x509_schema.encode_oid("1.2.840.113549.1.7.2") + explicit)
