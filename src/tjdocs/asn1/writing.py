"""Certificates, CRLs, keys and parameters as an authority writes them, DER (RFC 5280; Doc 9303-12, 7.1)."""

from datetime import datetime

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from tjdocs.asn1 import der
from tjdocs.asn1.times import encode_time
from tjdocs.asn1.x509 import (
    CertificateFields,
    EcParameters,
    Extension,
    FieldId,
    HashAlgorithm,
    MaskGenAlgorithm,
    PssParameters,
    RevokedCertificate,
    SubjectPublicKeyInfo,
    TbsCertificate,
    TbsCertificateList,
    Validity,
    _Curve,
    encode_algorithm,
)

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
    return der.encode(
        EcParameters(
            version=1,
            field=FieldId(oid=ObjectIdentifier("1.2.840.10045.1.1"), prime=prime),
            curve=_Curve(a=a, b=b, seed=None),
            base=base,
            order=order,
            cofactor=cofactor,
        )
    )


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
    return der.encode(
        TbsCertificate(
            version=2,
            serial=serial,
            signature=der.element(algorithm),
            issuer=der.element(issuer),
            validity=Validity(
                not_before=der.element(encode_time(not_before)), not_after=der.element(encode_time(not_after))
            ),
            subject=der.element(subject),
            public_key=der.element(spki),
            issuer_unique_id=None,
            subject_unique_id=None,
            extensions=[
                Extension(oid=ObjectIdentifier(oid), critical=critical or None, value=value)
                for oid, critical, value in extensions
            ],
        )
    )


def encode_signed(tbs: bytes, algorithm: bytes, signature: bytes) -> bytes:
    """Return a ``Certificate`` or ``CertificateList`` around what was signed, DER."""
    return der.encode(
        CertificateFields(
            tbs=der.element(tbs), signature_algorithm=der.element(algorithm), signature=asn1.BitString(signature, 0)
        )
    )


def _library_time(moment: datetime) -> asn1.UTCTime | asn1.GeneralizedTime:
    """Return an optional ``Time``, which no schema can keep whole."""
    return asn1.UTCTime(moment) if 1950 <= moment.year < 2050 else asn1.GeneralizedTime(moment)


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
    return der.encode(
        TbsCertificateList(
            version=1,
            signature=der.element(algorithm),
            issuer=der.element(issuer),
            this_update=der.element(encode_time(this_update)),
            next_update=_library_time(next_update),
            revoked=[
                RevokedCertificate(serial=serial, date=der.element(encode_time(moment)), extensions=None)
                for serial, moment in revoked
            ]
            or None,
            extensions=[
                Extension(oid=ObjectIdentifier(oid), critical=critical or None, value=value)
                for oid, critical, value in extensions
            ],
        )
    )


def encode_public_key(algorithm_oid: str, parameters: bytes, key: bytes) -> bytes:
    """Return a ``SubjectPublicKeyInfo``, DER."""
    return der.encode(
        SubjectPublicKeyInfo(
            algorithm=der.element(encode_algorithm(algorithm_oid, parameters)), key=asn1.BitString(key, 0)
        )
    )


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
