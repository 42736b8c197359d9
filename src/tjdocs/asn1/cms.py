"""Cryptographic Message Syntax, as far as EF.SOD and lists use it (RFC 5652; Doc 9303-10, 4.6.2).

Sets are read as lists where their order matters to what was signed, so that an unsorted one is still seen as it
stood. ``SET OF`` in the outer structure must be in DER order; the BER road puts it there, with its warning.
"""

from datetime import UTC, datetime
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from tjdocs.asn1 import der

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
    """``Attribute``."""

    oid: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


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
    """``SignedData``."""

    version: int
    digest_algorithms: asn1.SetOf[asn1.TLV]
    encapsulated: EncapsulatedContentInfo
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signer_infos: asn1.SetOf[SignerInfoFields]


_SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")


@asn1.sequence
class SignedContentInfo:
    """``ContentInfo`` around ``SignedData``, both at once."""

    content_type: ObjectIdentifier
    content: Annotated[SignedDataFields, asn1.Explicit(0)]


@asn1.sequence
class _OctetsAttribute:
    oid: ObjectIdentifier
    values: asn1.SetOf[bytes]


def encode_octets_attribute(oid: ObjectIdentifier, value: bytes) -> bytes:
    """Return an ``Attribute`` of one OCTET STRING, DER."""
    return der.encode(_OctetsAttribute(oid=oid, values=asn1.SetOf([value])))


@asn1.sequence
class _UtcTimeAttribute:
    oid: ObjectIdentifier
    values: asn1.SetOf[asn1.UTCTime]


@asn1.sequence
class _GeneralizedTimeAttribute:
    oid: ObjectIdentifier
    values: asn1.SetOf[asn1.GeneralizedTime]


def encode_time_attribute(oid: ObjectIdentifier, moment: datetime) -> bytes:
    """Return an ``Attribute`` of one ``Time``, DER: UTCTime to 2049, GeneralizedTime from 2050 (RFC 5652, 11.3)."""
    moment = moment.astimezone(UTC).replace(microsecond=0)
    if moment.year < 2050:
        return der.encode(_UtcTimeAttribute(oid=oid, values=asn1.SetOf([asn1.UTCTime(moment)])))
    return der.encode(_GeneralizedTimeAttribute(oid=oid, values=asn1.SetOf([asn1.GeneralizedTime(moment)])))


SIGNING_TIME = ObjectIdentifier("1.2.840.113549.1.9.5")
MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")


def encode_attribute(oid: str, values: list[asn1.TLV]) -> bytes:
    """Return an ``Attribute``, DER."""
    return der.encode(Attribute(oid=ObjectIdentifier(oid), values=asn1.SetOf(values)))


def encode_signed_data(
    content_type: str,
    content: bytes,
    digest_algorithm: asn1.TLV,
    certificates: list[asn1.TLV],
    sid: IssuerAndSerialNumber | bytes,
    signed_attributes: list[asn1.TLV],
    signature_algorithm: asn1.TLV,
    signature: bytes,
) -> bytes:
    """Return a ``ContentInfo`` with ``SignedData`` of one signer, DER; certificates and attributes in DER order."""
    signer = SignerInfoFields(
        version=1 if isinstance(sid, IssuerAndSerialNumber) else 3,
        sid=sid,
        digest_algorithm=digest_algorithm,
        signed_attributes=signed_attributes,
        signature_algorithm=signature_algorithm,
        signature=signature,
        unsigned_attributes=None,
    )
    signed_data = SignedDataFields(
        version=3,
        digest_algorithms=asn1.SetOf([digest_algorithm]),
        encapsulated=EncapsulatedContentInfo(content_type=ObjectIdentifier(content_type), content=content),
        certificates=(sorted(certificates, key=der.raw) if len(certificates) > 1 else certificates) or None,
        crls=None,
        signer_infos=asn1.SetOf([signer]),
    )
    return der.encode(SignedContentInfo(content_type=_SIGNED_DATA, content=signed_data))
