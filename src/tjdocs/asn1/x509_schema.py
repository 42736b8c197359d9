"""X.509 certificates and CRLs as schemas (RFC 5280, 4.1 and 5.1; Doc 9303-12, 7.1).

Deliberately looser than the profile: an odd extension, an encoded default or an unsorted name must not make a
State's certificate unreadable. What the profile asks for is judged by the reader's checks.
"""

from functools import lru_cache
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.hazmat.bindings._rust import ObjectIdentifier
from msgspec import Struct

from tjdocs.asn1 import der, tlv

__all__ = [
    "AlgorithmId",
    "AlgorithmIdentifier",
    "AttributeValue",
    "AuthorityKeyIdentifier",
    "BasicConstraints",
    "CertificateFields",
    "CertificateListFields",
    "DocumentTypeList",
    "DsaParameters",
    "EcParameters",
    "Extension",
    "FieldId",
    "NameConstraints",
    "PrivateKeyUsagePeriod",
    "PssParameters",
    "RevokedCertificate",
    "SubjectPublicKeyInfo",
    "TbsCertificate",
    "TbsCertificateList",
    "Validity",
    "WholeCertificate",
    "algorithm_id",
    "authority_key_identifier",
    "directory_names",
    "key_identifier",
    "name_constraints",
    "name_values",
    "object_identifiers",
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
    """``Validity``; times as read, see ``asn1.times.parse_time``."""

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
class WholeCertificate:
    """``Certificate``, read at once to the last extension; :func:`tjdocs.asn1.der.parts` returns the signed bytes."""

    tbs: TbsCertificate
    signature_algorithm: asn1.TLV
    signature: asn1.BitString


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
class DocumentTypeList:
    """``DocumentTypeListSyntax`` (Doc 9303-12, 7.1.1.3)."""

    version: int
    types: asn1.SetOf[asn1.PrintableString]


@asn1.sequence
class _NameConstraints:
    permitted: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    excluded: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


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


class AlgorithmId(Struct, frozen=True):
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

    :raises DerError: it is not one
    """
    try:
        full = der.decode(AlgorithmIdentifier, data)
    except der.DerError:
        return AlgorithmId(der.decode(_AlgorithmIdentifierBare, data).oid.dotted_string, b"")
    return AlgorithmId(full.oid.dotted_string, der.raw(full.parameters))


@lru_cache(maxsize=1024)
def encode_algorithm(oid: str, parameters: bytes = b"") -> bytes:
    """Return an ``AlgorithmIdentifier``, DER."""
    return tlv.encode(0x30, encode_oid(oid) + parameters)


class AttributeValue(Struct, frozen=True):
    """One attribute of a name: type, value as text, and the universal tag of its string type."""

    oid: str
    text: str
    tag: int


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

    :raises DerError: it is not a name
    """
    try:
        return tuple(
            tuple(_attribute(pair) for pair in tlv.children(rdn)) for rdn in tlv.children(_expect(tlv.read(data), 0x30))
        )
    except (tlv.TlvError, ValueError):
        raise der.DerError("not a Name") from None


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


def authority_key_identifier(data: bytes) -> bytes | None:
    """Return an ``AuthorityKeyIdentifier``'s key identifier, None where it has none or cannot be read."""
    try:
        return der.decode(AuthorityKeyIdentifier, data).key_identifier
    except der.DerError:
        return None


class NameConstraints(Struct, frozen=True):
    """Subtrees of directory names, each a ``Name`` (DER), for the subjects below an issuer (RFC 5280, 4.2.1.10).

    :param permitted: None where every name is
    """

    permitted: tuple[bytes, ...] | None
    excluded: tuple[bytes, ...]


def name_constraints(data: bytes) -> NameConstraints:
    """Read ``NameConstraints`` over directory names.

    :raises DerError: it is unreadable, or constrains another form of name
    """
    fields = der.decode(_NameConstraints, data)
    permitted = None if fields.permitted is None else tuple(map(_subtree, fields.permitted))
    return NameConstraints(permitted, tuple(map(_subtree, fields.excluded or ())))


def _subtree(item: asn1.TLV) -> bytes:
    data = der.raw(item)
    names = directory_names(data)
    if len(names) != 1 or len(der.parts(data)) != 1:  # a base alone: RFC 5280 uses no distances
        raise der.DerError("a constraint that is not understood")
    return names[0]


def directory_names(data: bytes) -> tuple[bytes, ...]:
    """Return each ``directoryName`` of ``GeneralNames`` as a ``Name`` (DER); none where they are unreadable."""
    try:
        return tuple(item.value for item in tlv.children(_expect(tlv.read(data), 0x30)) if item.tag == 0xA4)
    except tlv.TlvError:
        return ()


def object_identifiers(data: bytes) -> tuple[str, ...]:
    """Read a SEQUENCE OF OBJECT IDENTIFIER (``ExtKeyUsageSyntax``).

    :raises DerError: it is not one
    """
    try:
        sequence = _expect(tlv.read(data), 0x30)
        return tuple(_oid_text(_expect(item, 0x06).value) for item in tlv.children(sequence))
    except tlv.TlvError:
        raise der.DerError("not a sequence of object identifiers") from None


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


def encode_name(parts: list[tuple[str, str, int]]) -> bytes:
    """Return a ``Name`` of one attribute an RDN, each as (type, text, string tag)."""
    rdns = b""
    for oid, text, tag in parts:
        pair = encode_oid(oid) + tlv.encode(tag, text.encode(_STRING_CODECS[tag]))
        rdns += tlv.encode(0x31, tlv.encode(0x30, pair))
    return tlv.encode(0x30, rdns)


@lru_cache(maxsize=256)
def encode_oid(oid: str) -> bytes:
    """Return an OBJECT IDENTIFIER, DER."""
    return tlv.read(der.encode(_AlgorithmIdentifierBare(oid=ObjectIdentifier(oid)))).value
