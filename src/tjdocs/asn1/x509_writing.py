"""Certificates, CRLs, keys and parameters as an authority writes them, DER (RFC 5280; Doc 9303-12, 7.1)."""

from datetime import datetime

from cryptography.hazmat.bindings._rust import ObjectIdentifier

from tjdocs.asn1 import der, tlv
from tjdocs.asn1.times import encode_time
from tjdocs.asn1.x509_schema import HashAlgorithm, MaskGenAlgorithm, PssParameters, encode_algorithm, encode_oid

__all__ = [
    "ec_parameters",
    "encode_pss_parameters",
    "encode_public_key",
    "encode_signed",
    "encode_tbs_certificate",
    "encode_tbs_crl",
]


def ec_parameters(prime: int, a: bytes, b: bytes, base: bytes, order: int, cofactor: int) -> bytes:
    """Return explicit EC parameters, DER (Doc 9303-12, 4.1.6.3: with cofactor, uncompressed base point)."""
    field = tlv.encode(0x30, encode_oid("1.2.840.10045.1.1") + der.integer(prime))
    curve = tlv.encode(0x30, tlv.encode(0x04, a) + tlv.encode(0x04, b))
    point = (tlv.encode(0x04, base), der.integer(order), der.integer(cofactor))
    return tlv.encode(0x30, b"".join((der.integer(1), field, curve, *point)))


def encode_tbs_certificate(
    *,
    serial: int,
    algorithm: bytes,
    issuer: bytes,
    not_before: datetime,
    not_after: datetime,
    subject: bytes,
    spki: bytes,
    extensions: list[tuple[str, bool, bytes]],
) -> bytes:
    """Return a version 3 ``TBSCertificate``, DER."""
    validity = encode_time(not_before) + encode_time(not_after)
    version = tlv.encode(0xA0, der.integer(2))
    fields = (version, der.integer(serial), algorithm, issuer, tlv.encode(0x30, validity), subject, spki)
    return tlv.encode(0x30, b"".join(fields) + tlv.encode(0xA3, _extensions(extensions)))


def _extensions(extensions: list[tuple[str, bool, bytes]]) -> bytes:
    """Return ``Extensions``, DER."""
    return tlv.encode(
        0x30,
        b"".join(
            tlv.encode(0x30, encode_oid(oid) + (b"\x01\x01\xff" if critical else b"") + tlv.encode(0x04, value))
            for oid, critical, value in extensions
        ),
    )


def encode_signed(tbs: bytes, algorithm: bytes, signature: bytes) -> bytes:
    """Return a ``Certificate`` or ``CertificateList`` around the signed bytes, DER."""
    return tlv.encode(0x30, tbs + algorithm + _bits(signature))


def _bits(data: bytes) -> bytes:
    """Return a BIT STRING of whole octets."""
    return tlv.encode(0x03, b"\x00" + data)


def encode_tbs_crl(
    *,
    algorithm: bytes,
    issuer: bytes,
    this_update: datetime,
    next_update: datetime,
    revoked: list[tuple[int, datetime]],
    extensions: list[tuple[str, bool, bytes]],
) -> bytes:
    """Return a version 2 ``TBSCertList``, DER; entries carry no extensions (Doc 9303-12, table 10)."""
    entries = b"".join(tlv.encode(0x30, der.integer(serial) + encode_time(moment)) for serial, moment in revoked)
    fields = [der.integer(1), algorithm, issuer, encode_time(this_update), encode_time(next_update)]
    if entries:
        fields.append(tlv.encode(0x30, entries))
    return tlv.encode(0x30, b"".join(fields) + tlv.encode(0xA0, _extensions(extensions)))


def encode_public_key(algorithm_oid: str, parameters: bytes, key: bytes) -> bytes:
    """Return a ``SubjectPublicKeyInfo``, DER."""
    return tlv.encode(0x30, encode_algorithm(algorithm_oid, parameters) + _bits(key))


def encode_pss_parameters(hash_oid: str, mask_hash_oid: str, salt_length: int) -> bytes:
    """Return ``RSASSA-PSS-params``, DER, defaults left out; hash identifiers without NULL."""
    sha1, default_salt = "1.3.14.3.2.26", 20
    mask = MaskGenAlgorithm(
        oid=ObjectIdentifier("1.2.840.113549.1.1.8"),
        hash=HashAlgorithm(oid=ObjectIdentifier(mask_hash_oid), parameters=None),
    )
    return der.encode(
        PssParameters(
            hash=None if hash_oid == sha1 else HashAlgorithm(oid=ObjectIdentifier(hash_oid), parameters=None),
            mask=None if mask_hash_oid == sha1 else mask,
            salt_length=None if salt_length == default_salt else salt_length,
            trailer=None,
        )
    )
