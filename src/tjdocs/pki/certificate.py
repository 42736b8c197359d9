"""Certificates by our own schema, so that one odd extension never hides a State's key (Doc 9303-12, 7.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha1, sha256
from types import MappingProxyType

from tjdocs import limits
from tjdocs.asn1 import ber, der, times, tlv, x509_schema
from tjdocs.pki import distinguished_name, public_key

__all__ = ["Certificate", "CertificateError"]

MAX_SIZE = limits.CERTIFICATE

OID_SKI = "2.5.29.14"
OID_KEY_USAGE = "2.5.29.15"
OID_PRIVATE_KEY_USAGE = "2.5.29.16"
OID_BASIC_CONSTRAINTS = "2.5.29.19"
OID_NAME_CONSTRAINTS = "2.5.29.30"
OID_AKI = "2.5.29.35"
OID_EXTENDED_KEY_USAGE = "2.5.29.37"
OID_DOCUMENT_TYPES = "2.23.136.1.1.6.2"
OID_NAME_CHANGE = "2.23.136.1.1.6.1"
ICAO_PURPOSES = "2.23.136.1.1."
OID_SEAL_SIGNER = "2.23.136.1.1.11.1"

EXTENSIONS = {
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.15": "keyUsage",
    "2.5.29.16": "privateKeyUsagePeriod",
    "2.5.29.17": "subjectAltName",
    "2.5.29.18": "issuerAltName",
    "2.5.29.19": "basicConstraints",
    "2.5.29.30": "nameConstraints",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.37": "extKeyUsage",
    "2.23.136.1.1.6.1": "nameChange",
    "2.23.136.1.1.6.2": "documentTypeList",
}
"""Extensions that are understood; any other that is critical rejects the certificate (RFC 5280, 4.2)."""


class CertificateError(ValueError):
    """Bytes that are not an X.509 certificate."""


@dataclass(frozen=True)
class Certificate:
    """An X.509 certificate as read; two are equal when their bytes are.

    :param raw: its bytes
    :param tbs: the bytes that are signed, as read
    :param algorithm: the signature algorithm outside ``tbs``; ``inner_algorithm`` the one inside
    :param issuer: the issuer's ``Name``, DER; ``subject``, the subject's
    :param extensions: by object identifier: (critical, value)
    :param warnings: names of the defects with which it was read
    :param deviations: names of the defects of its form, measured by the profile (Doc 9303-12, 7.1)
    """

    raw: bytes = field(repr=False)
    tbs: bytes = field(repr=False, compare=False)
    algorithm: bytes = field(repr=False, compare=False)
    inner_algorithm: bytes = field(repr=False, compare=False)
    signature: bytes = field(repr=False, compare=False)
    version: int = field(compare=False)
    serial: int = field(repr=False, compare=False)
    issuer: bytes = field(repr=False, compare=False)
    subject: bytes = field(repr=False, compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    spki: bytes = field(repr=False, compare=False)
    extensions: Mapping[str, tuple[bool, bytes]] = field(repr=False, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)
    deviations: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, data: bytes) -> "Certificate":
        """Read a certificate, DER (or BER, with the warning ``ber-encoded``).

        :raises CertificateError: it is not a certificate
        """
        if len(data) > MAX_SIZE:
            raise CertificateError("not a certificate (over the limit)")
        return _parse(bytes(data))

    def encode(self) -> bytes:
        """Return the bytes read."""
        return self.raw

    @cached_property
    def sha256(self) -> str:
        """Digest of the whole certificate, hexadecimal."""
        return sha256(self.raw).hexdigest()

    @cached_property
    def digests(self) -> frozenset[str]:
        """SHA-256 of every form in which this certificate is as valid, its own among them, hexadecimal.

        No signature covers a certificate's signature. So anyone can write an ECDSA signature in another form, and a BER
        file in DER.
        """
        digests = {self.sha256}
        for form in public_key.signature_forms(self.signature):
            certificate = tlv.encode(0x30, self.tbs + self.algorithm + tlv.encode(0x03, b"\0" + form))
            digests.add(sha256(certificate).hexdigest())
        return frozenset(digests)

    @property
    def key_octets(self) -> bytes:
        """The key alone, as the certificate has it: one key may be encoded in several ways."""
        try:
            return der.decode(x509_schema.SubjectPublicKeyInfo, self.spki).key.as_bytes()
        except der.DerError:
            return self.spki

    @cached_property
    def key_digest(self) -> str:
        """SHA-256 of the key's numbers, hexadecimal: the same for every encoding of point, modulus and curve."""
        return sha256(public_key.canonical_octets(self.spki, self.key_octets)).hexdigest()

    @property
    def computed_key_identifier(self) -> bytes:
        """The key identifier that RFC 5280, 4.2.1.2 computes from the key, whether or not the certificate has it."""
        return sha1(self.key_octets, usedforsecurity=False).digest()

    @property
    def subject_text(self) -> str:
        """The subject, as text to show."""
        return distinguished_name.text(self.subject)

    @property
    def issuer_text(self) -> str:
        """The issuer, as text to show."""
        return distinguished_name.text(self.issuer)

    @property
    def country(self) -> str:
        """Country code of the subject, else of the issuer, in upper case; empty when neither has one."""
        return (distinguished_name.country(self.subject) or distinguished_name.country(self.issuer)).upper()

    @property
    def key(self) -> public_key.PublicKey:
        """The subject's public key."""
        return public_key.load(self.spki)

    @cached_property
    def self_named(self) -> bool:
        """Whether issuer and subject are the same name."""
        return distinguished_name.canonical(self.issuer) == distinguished_name.canonical(self.subject)

    @cached_property
    def self_signed(self) -> bool:
        """Whether issuer and subject are the same name, and the certificate's own key signed it."""
        return self.self_named and bool(self.verify(self).valid)

    @cached_property
    def subject_key_identifier(self) -> bytes | None:
        """The subject key identifier, None without one."""
        entry = self.extensions.get(OID_SKI)
        return x509_schema.key_identifier(entry[1]) if entry else None

    @property
    def authority_key_identifier(self) -> bytes | None:
        """The issuer's key identifier, None where the extension or its identifier is missing or unreadable."""
        entry = self.extensions.get(OID_AKI)
        return _authority_key_identifier(entry[1]) if entry else None

    @property
    def is_ca(self) -> bool | None:
        """Whether basic constraints make it a CA; None where the extension is missing or unreadable."""
        entry = self.extensions.get(OID_BASIC_CONSTRAINTS)
        return _is_ca(entry[1]) if entry else None

    @cached_property
    def is_ca_in_ber(self) -> bool:
        """Whether basic constraints make it a CA when read as BER: one State's certificate encodes TRUE as 01."""
        try:
            return bool(
                der.decode(x509_schema.BasicConstraints, ber.to_der(self.extensions[OID_BASIC_CONSTRAINTS][1])).ca
            )
        except (der.DerError, KeyError):
            return False

    @property
    def path_length(self) -> int | None:
        """How many CAs may follow below it; None where basic constraints have no bound, or are unreadable."""
        entry = self.extensions.get(OID_BASIC_CONSTRAINTS)
        return _path_length(entry[1]) if entry else None

    @property
    def name_constraints(self) -> x509_schema.NameConstraints | None:
        """The names for which it may issue certificates, None without the extension.

        :raises tjdocs.asn1.der.DerError: it is unreadable, or constrains something other than names of subjects
        """
        entry = self.extensions.get(OID_NAME_CONSTRAINTS)
        return x509_schema.name_constraints(entry[1]) if entry else None

    @property
    def key_usage(self) -> frozenset[str] | None:
        """Key usage bits by their names in RFC 5280; None where the extension is missing or unreadable."""
        entry = self.extensions.get(OID_KEY_USAGE)
        return _key_usage(entry[1]) if entry else None

    @property
    def extended_key_usage(self) -> tuple[str, ...] | None:
        """Extended key usages; None without the extension, empty when unreadable."""
        entry = self.extensions.get(OID_EXTENDED_KEY_USAGE)
        return _extended_key_usage(entry[1]) if entry else None

    @property
    def not_understood(self) -> tuple[str, ...]:
        """Object identifiers of the critical extensions that are not understood (RFC 5280, 4.2)."""
        return tuple(oid for oid, (critical, _) in self.extensions.items() if critical and oid not in EXTENSIONS)

    @property
    def private_key_usage(self) -> tuple[datetime | None, datetime | None] | None:
        """The private key's usage period; None without the extension or when it is unreadable."""
        entry = self.extensions.get(OID_PRIVATE_KEY_USAGE)
        return _private_key_usage(entry[1]) if entry else None

    @property
    def document_types(self) -> tuple[str, ...] | None:
        """Document codes for which it may sign; None without the extension, empty when unreadable."""
        entry = self.extensions.get(OID_DOCUMENT_TYPES)
        return _document_types(entry[1]) if entry else None

    @property
    def algorithm_id(self) -> x509_schema.AlgorithmId:
        """The signature algorithm.

        :raises tjdocs.asn1.der.DerError: it is unreadable
        """
        return x509_schema.algorithm_id(self.algorithm)

    def verify(self, issuer: "Certificate") -> public_key.SignatureResult:
        """Verify this certificate's signature with ``issuer``'s key, and nothing else."""
        return _verify(self, issuer.spki)


_KEY_USAGE = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
)


# Values of extensions are cached: an issuer writes the same into every signer's certificate.


@lru_cache(maxsize=256)
def _authority_key_identifier(value: bytes) -> bytes | None:
    return x509_schema.authority_key_identifier(value)


@lru_cache(maxsize=256)
def _is_ca(value: bytes) -> bool | None:
    try:
        return bool(der.decode(x509_schema.BasicConstraints, value).ca)
    except der.DerError:
        return None


@lru_cache(maxsize=256)
def _path_length(value: bytes) -> int | None:
    try:
        return der.decode(x509_schema.BasicConstraints, value).path_length
    except der.DerError:
        return None


@lru_cache(maxsize=256)
def _key_usage(value: bytes) -> frozenset[str] | None:
    try:
        item = tlv.read(value)
    except tlv.TlvError:
        return None
    if item.tag != 0x03 or item.end != len(value) or not item.value or item.value[0] > 7:
        return None
    unused, bits = item.value[0], bytearray(item.value[1:])
    if (unused and not bits) or value[1] & 0x80:  # in DER a length has its shortest form
        return None
    if bits:
        bits[-1] &= 0xFF << unused & 0xFF
    return frozenset(
        name for index, name in enumerate(_KEY_USAGE) if index // 8 < len(bits) and bits[index // 8] & 0x80 >> index % 8
    )


@lru_cache(maxsize=256)
def _extended_key_usage(value: bytes) -> tuple[str, ...]:
    try:
        return x509_schema.object_identifiers(value)
    except der.DerError:
        return ()


@lru_cache(maxsize=256)
def _private_key_usage(value: bytes) -> tuple[datetime | None, datetime | None] | None:
    try:
        period = der.decode(x509_schema.PrivateKeyUsagePeriod, value)
    except der.DerError:
        return None
    return (
        times.aware(period.not_before.as_datetime()) if period.not_before else None,
        times.aware(period.not_after.as_datetime()) if period.not_after else None,
    )


@lru_cache(maxsize=256)
def _document_types(value: bytes) -> tuple[str, ...]:
    try:
        return tuple(code.rstrip("<") for code in x509_schema.printable_strings(value))  # some write fillers too
    except der.DerError:
        return ()


@lru_cache(maxsize=1024)
def _verify(certificate: Certificate, spki: bytes) -> public_key.SignatureResult:
    if certificate.algorithm != certificate.inner_algorithm:
        return public_key.SignatureResult(False, "algorithms-differ")
    try:
        algorithm = certificate.algorithm_id
    except der.DerError:
        return public_key.SignatureResult(None, "algorithm-unknown")
    return public_key.verify(public_key.load(spki), algorithm, certificate.signature, certificate.tbs)


@lru_cache(maxsize=256)
def _type_list_form(value: bytes) -> bool:
    try:
        der.decode(x509_schema.DocumentTypeList, value)
    except der.DerError:
        return False
    return True


def _time_form(data: bytes, moment: datetime) -> bool:
    """Whether a date has the form of RFC 5280, 4.1.2.5; GeneralizedTime is for years outside UTCTime."""
    return times.in_der_form(data) and (data[0] == 0x17 or not 1950 <= moment.year < 2050)


@lru_cache(maxsize=1024)
def _parse(data: bytes) -> Certificate:
    try:
        return _decode(data, data, ())
    except der.DerError as error:
        first = str(error)
    try:
        return _decode(ber.to_der(data), data, ("ber-encoded",))
    except der.DerError:
        raise CertificateError(f"not a certificate: {first}") from None


def _decode(data: bytes, raw: bytes, warnings: tuple[str, ...]) -> Certificate:
    try:
        outer = der.decode(x509_schema.WholeCertificate, data)
    except der.DerError:
        # in two steps, for an error that names the wrong part
        der.parse(der.decode(x509_schema.CertificateFields, data).tbs, x509_schema.TbsCertificate)
        raise
    if outer.signature.padding_bits():
        raise der.DerError("the signature has unused bits")
    fields = outer.tbs
    extensions: dict[str, tuple[bool, bytes]] = {}
    for extension in fields.extensions or ():
        oid = extension.oid.dotted_string
        if oid in extensions:
            raise der.DerError("an extension is repeated")
        extensions[oid] = (bool(extension.critical), extension.value)
    tbs, algorithm, _ = der.parts(data)
    inside = der.parts(tbs)
    if fields.version is not None:
        del inside[0]
    _, inner_algorithm, issuer, validity, subject, spki, *_ = inside
    if not issuer[0] == subject[0] == spki[0] == 0x30:  # else the next field is read for a missing one
        raise der.DerError("missing issuer, subject or public key")
    begin, end = der.parts(validity)
    not_before, not_after = times.parse_time(begin), times.parse_time(end)
    deviations: tuple[str, ...] = () if fields.version == 2 else ("certificate-version",)
    if not (_time_form(begin, not_before) and _time_form(end, not_after)):
        deviations += ("validity-time-form",)
    listed = extensions.get(OID_DOCUMENT_TYPES)
    if listed is not None and not _type_list_form(listed[1]):
        deviations += ("document-type-list-form",)
    return Certificate(
        raw,
        tbs,
        algorithm,
        inner_algorithm,
        outer.signature.as_bytes(),
        (fields.version or 0) + 1,
        fields.serial,
        issuer,
        subject,
        not_before,
        not_after,
        spki,
        MappingProxyType(extensions),
        warnings,
        deviations,
    )
