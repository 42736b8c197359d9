"""X.509 certificates and CRLs as schemas (RFC 5280, 4.1 and 5.1; Doc 9303-12, 7.1).

Deliberately looser than the profile: an odd extension, an encoded default or an unsorted name must not make a
State's certificate unreadable. What the profile asks for is judged by the reader's checks.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from tjdocs.asn1 import der, tlv

__all__ = [
    "AlgorithmId",
    "AlgorithmIdentifier",
    "AttributeValue",
    "AuthorityKeyIdentifier",
    "BasicConstraints",
    "CertificateFields",
    "CertificateListFields",
    "DsaParameters",
    "EcParameters",
    "Extension",
    "FieldId",
    "PrivateKeyUsagePeriod",
    "PssParameters",
    "RevokedCertificate",
    "SubjectPublicKeyInfo",
    "TbsCertificate",
    "TbsCertificateList",
    "Validity",
    "algorithm_id",
    "encode_time",
    "key_identifier",
    "name_values",
    "object_identifiers",
    "parse_time",
]


@asn1.sequence
class CertificateFields:
    """``Certificate``, its parts kept whole."""

    tbs: asn1.TLV
    signature_algorithm: asn1.TLV
    signature: asn1.BitString


@asn1.sequence
class Extension:
    """``Extension``; ``critical`` is None where it is left out."""

    oid: ObjectIdentifier
    critical: bool | None
    value: bytes


@asn1.sequence
class Validity:
    """``Validity``; times as read, see :func:`parse_time`."""

    not_before: asn1.TLV
    not_after: asn1.TLV


@asn1.sequence
class TbsCertificate:
    """``TBSCertificate``."""

    version: Annotated[int | None, asn1.Explicit(0)]
    serial: int
    signature: asn1.TLV
    issuer: asn1.TLV
    validity: Validity
    subject: asn1.TLV
    public_key: asn1.TLV
    issuer_unique_id: Annotated[asn1.BitString | None, asn1.Implicit(1)]
    subject_unique_id: Annotated[asn1.BitString | None, asn1.Implicit(2)]
    extensions: Annotated[list[Extension] | None, asn1.Explicit(3)]


@asn1.sequence
class SubjectPublicKeyInfo:
    """``SubjectPublicKeyInfo``."""

    algorithm: asn1.TLV
    key: asn1.BitString


@asn1.sequence
class AlgorithmIdentifier:
    """``AlgorithmIdentifier`` with parameters; see :func:`algorithm_id` for both forms."""

    oid: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class _AlgorithmIdentifierBare:
    oid: ObjectIdentifier


@asn1.sequence
class HashAlgorithm:
    """``AlgorithmIdentifier`` of a hash: NULL or no parameters."""

    oid: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class MaskGenAlgorithm:
    """``MaskGenAlgorithm`` (RFC 8017, A.2.3)."""

    oid: ObjectIdentifier
    hash: HashAlgorithm


@asn1.sequence
class PssParameters:
    """``RSASSA-PSS-params`` (RFC 8017, A.2.3); None stands for the default."""

    hash: Annotated[HashAlgorithm | None, asn1.Explicit(0)]
    mask: Annotated[MaskGenAlgorithm | None, asn1.Explicit(1)]
    salt_length: Annotated[int | None, asn1.Explicit(2)]
    trailer: Annotated[int | None, asn1.Explicit(3)]


@asn1.sequence
class FieldId:
    """``FieldID`` of a prime field."""

    oid: ObjectIdentifier
    prime: int


@asn1.sequence
class _Curve:
    a: bytes
    b: bytes
    seed: asn1.BitString | None


@asn1.sequence
class EcParameters:
    """``ECParameters`` (RFC 3279, 2.3.5), prime field only."""

    version: int
    field: FieldId
    curve: _Curve
    base: bytes
    order: int
    cofactor: int | None


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


@asn1.sequence
class DsaParameters:
    """``Dss-Parms`` (RFC 3279, 2.3.2)."""

    p: int
    q: int
    g: int


@asn1.sequence
class AuthorityKeyIdentifier:
    """``AuthorityKeyIdentifier``."""

    key_identifier: Annotated[bytes | None, asn1.Implicit(0)]
    issuer: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    serial: Annotated[int | None, asn1.Implicit(2)]


@asn1.sequence
class BasicConstraints:
    """``BasicConstraints``."""

    ca: bool | None
    path_length: int | None


@asn1.sequence
class PrivateKeyUsagePeriod:
    """``PrivateKeyUsagePeriod`` (RFC 3280, 4.2.1.4)."""

    not_before: Annotated[asn1.GeneralizedTime | None, asn1.Implicit(0)]
    not_after: Annotated[asn1.GeneralizedTime | None, asn1.Implicit(1)]


@asn1.sequence
class CertificateListFields:
    """``CertificateList``, its parts kept whole."""

    tbs: asn1.TLV
    signature_algorithm: asn1.TLV
    signature: asn1.BitString


@asn1.sequence
class RevokedCertificate:
    """One entry of a CRL."""

    serial: int
    date: asn1.TLV
    extensions: list[Extension] | None


@asn1.sequence
class TbsCertificateList:
    """``TBSCertList``; version 2 has the value 1."""

    version: int | None
    signature: asn1.TLV
    issuer: asn1.TLV
    this_update: asn1.TLV
    next_update: asn1.UTCTime | asn1.GeneralizedTime | None
    revoked: list[RevokedCertificate] | None
    extensions: Annotated[list[Extension] | None, asn1.Explicit(0)]


@dataclass(frozen=True, slots=True)
class AlgorithmId:
    """An algorithm's identifier and its parameters as read (empty: none)."""

    oid: str
    parameters: bytes

    @property
    def plain(self) -> bool:
        """Whether there are no parameters, or NULL."""
        return self.parameters in (b"", b"\x05\x00")


@lru_cache(maxsize=1024)
def algorithm_id(data: bytes) -> AlgorithmId:
    """Read an ``AlgorithmIdentifier``.

    :raises DerError: it is none
    """
    try:
        full = der.decode(AlgorithmIdentifier, data)
    except der.DerError:
        return AlgorithmId(der.decode(_AlgorithmIdentifierBare, data).oid.dotted_string, b"")
    return AlgorithmId(full.oid.dotted_string, der.raw(full.parameters))


@lru_cache(maxsize=1024)
def encode_algorithm(oid: str, parameters: bytes = b"") -> bytes:
    """Return an ``AlgorithmIdentifier``, DER."""
    if not parameters:
        return der.encode(_AlgorithmIdentifierBare(oid=ObjectIdentifier(oid)))
    return der.encode(AlgorithmIdentifier(oid=ObjectIdentifier(oid), parameters=der.element(parameters)))


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """One attribute of a name: type, value as text, and the universal tag of its string type."""

    oid: str
    text: str
    tag: int


# every field in full: the library's parser would take one digit where two belong
_TIME = re.compile(r"[0-9]{12}([0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{4})")

_PARTS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))

_STRING_CODECS = {
    0x0C: "utf-8",  # UTF8String
    0x12: "ascii",  # NumericString
    0x13: "ascii",  # PrintableString
    0x14: "latin-1",  # T61String, as everyone writes it
    0x16: "ascii",  # IA5String
    0x1A: "ascii",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}


@lru_cache(maxsize=1024)
def name_values(data: bytes) -> tuple[tuple[AttributeValue, ...], ...]:
    """Read a ``Name`` as its relative distinguished names in order.

    Bytes that the string type does not allow are replaced, not refused: names are compared, never trusted.

    :raises DerError: it is none
    """
    try:
        return tuple(
            tuple(_attribute(pair) for pair in tlv.children(rdn)) for rdn in tlv.children(_expect(tlv.read(data), 0x30))
        )
    except (tlv.TlvError, ValueError):
        raise der.DerError("no Name") from None


def _attribute(pair: tlv.Tlv) -> AttributeValue:
    oid, value = tlv.children(_expect(pair, 0x30))
    _expect(oid, 0x06)
    codec = _STRING_CODECS.get(value.tag, "latin-1")
    return AttributeValue(_oid_text(oid.value), value.value.decode(codec, "replace"), value.tag)


def _expect(item: tlv.Tlv, tag: int) -> tlv.Tlv:
    if item.tag != tag:
        raise tlv.TlvError(f"tag {item.tag:02X} instead of {tag:02X}", item.offset)
    return item


@lru_cache(maxsize=1024)
def _oid_text(data: bytes) -> str:
    return der.decode(_AlgorithmIdentifierBare, tlv.encode(0x30, tlv.encode(0x06, data))).oid.dotted_string


def key_identifier(data: bytes) -> bytes:
    """Return a ``SubjectKeyIdentifier``'s octets.

    One State's certificates of 2011 to 2015 lack the inner OCTET STRING: the bytes are then the identifier.
    """
    try:
        item = tlv.read(data)
    except tlv.TlvError:
        return data
    return item.value if item.tag == 0x04 and item.end == len(data) else data


def object_identifiers(data: bytes) -> tuple[str, ...]:
    """Read a SEQUENCE OF OBJECT IDENTIFIER (``ExtKeyUsageSyntax``).

    :raises DerError: it is none
    """
    try:
        sequence = _expect(tlv.read(data), 0x30)
        return tuple(_oid_text(_expect(item, 0x06).value) for item in tlv.children(sequence))
    except tlv.TlvError:
        raise der.DerError("no sequence of object identifiers") from None


def printable_strings(data: bytes) -> tuple[str, ...]:
    """Return the string values anywhere below ``data``, in order (``DocumentTypeList``, alternative names).

    :raises DerError: not BER-TLV
    """
    try:
        return tuple(
            item.value.decode(_STRING_CODECS[item.tag], "replace")
            for _, item in tlv.walk(data)
            if item.tag in _STRING_CODECS
        )
    except tlv.TlvError:
        raise der.DerError("not readable") from None


def parse_time(data: bytes) -> datetime:
    """Read a ``Time`` (UTCTime or GeneralizedTime) as an aware moment.

    Seconds may be left out and an offset may stand for Z: both are met in old certificates.

    :raises DerError: it is none
    """
    try:
        item = tlv.read(data)
    except tlv.TlvError:
        raise der.DerError("no Time") from None
    text = item.value.decode("ascii", "replace")
    if item.tag == 0x17:
        if len(text) < 2 or not text[:2].isdigit():
            raise der.DerError("no Time")
        text = ("20" if int(text[:2]) < 50 else "19") + text
    elif item.tag != 0x18:
        raise der.DerError("no Time")
    if len(text) == 15 and text[14] == "Z" and text[:14].isascii() and text[:14].isdigit():
        try:  # the one form that DER has
            return datetime(
                int(text[:4]),
                int(text[4:6]),
                int(text[6:8]),
                int(text[8:10]),
                int(text[10:12]),
                int(text[12:14]),
                0,
                UTC,
            )
        except ValueError:
            raise der.DerError("no Time") from None
    if not _TIME.fullmatch(text) or (item.tag == 0x18 and not text[:14].isdigit()):
        raise der.DerError("no Time")
    text = text.replace("Z", "+0000")
    for form in ("%Y%m%d%H%M%S%z", "%Y%m%d%H%M%z", "%Y%m%d%H%M%S.%f%z"):
        try:
            return datetime.strptime(text, form).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise der.DerError("no Time")


def aware(moment: datetime) -> datetime:
    """Return a decoded time as an aware moment; DER's times are in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def encode_time(moment: datetime) -> bytes:
    """Return a ``Time``: UTCTime to 2049, GeneralizedTime from 2050 (Doc 9303-12, 7.1.1)."""
    moment = moment.astimezone(UTC)
    rest = f"{moment.month:02}{moment.day:02}{moment.hour:02}{moment.minute:02}{moment.second:02}Z"
    if moment.year < 2050:
        return tlv.encode(0x17, f"{moment.year % 100:02}{rest}".encode())
    return tlv.encode(0x18, f"{moment.year:04}{rest}".encode())


def encode_name(parts: list[tuple[str, str, int]]) -> bytes:
    """Return a ``Name`` of one attribute an RDN, each as (type, text, string tag)."""
    rdns = b""
    for oid, text, tag in parts:
        pair = encode_oid(oid) + tlv.encode(tag, text.encode(_STRING_CODECS[tag]))
        rdns += tlv.encode(0x31, tlv.encode(0x30, pair))
    return tlv.encode(0x30, rdns)


def encode_oid(oid: str) -> bytes:
    """Return an OBJECT IDENTIFIER, DER."""
    return tlv.read(encode_algorithm(oid)).value


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
    return asn1.UTCTime(moment) if moment.year < 2050 else asn1.GeneralizedTime(moment)


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
