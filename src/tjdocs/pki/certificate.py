"""Certificates by our own schema, so that one odd extension never makes a State unverifiable (Doc 9303-12, 7.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from types import MappingProxyType

from tjdocs import limits
from tjdocs.asn1 import ber, der, times, tlv, x509
from tjdocs.pki import keys, names

__all__ = ["Certificate", "CertificateError"]

MAX_SIZE = limits.CERTIFICATE

OID_SKI = "2.5.29.14"
OID_KEY_USAGE = "2.5.29.15"
OID_PRIVATE_KEY_USAGE = "2.5.29.16"
OID_BASIC_CONSTRAINTS = "2.5.29.19"
OID_AKI = "2.5.29.35"
OID_EXTENDED_KEY_USAGE = "2.5.29.37"
OID_DOCUMENT_TYPES = "2.23.136.1.1.6.2"
OID_NAME_CHANGE = "2.23.136.1.1.6.1"
ICAO_PURPOSES = "2.23.136.1.1."
OID_SEAL_SIGNER = "2.23.136.1.1.11.1"


class CertificateError(ValueError):
    """Bytes that are no X.509 certificate."""


@dataclass(frozen=True)
class Certificate:
    """An X.509 certificate as read; equal when its bytes are.

    :param raw: its bytes
    :param tbs: the bytes that are signed, as read
    :param algorithm: the signature algorithm outside ``tbs``; ``inner_algorithm`` the one inside
    :param issuer: the issuer's ``Name``, DER; ``subject`` likewise
    :param extensions: by object identifier: (critical, value)
    :param warnings: named tolerances under which it was read
    :param deviations: named tolerances for what its form is otherwise than the profile says (Doc 9303-12, 7.1)
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

        :raises CertificateError: it is none
        """
        if len(data) > MAX_SIZE:
            raise CertificateError("no certificate (over the limit)")
        return _parse(bytes(data))

    def encode(self) -> bytes:
        """Return the bytes read."""
        return self.raw

    @cached_property
    def sha256(self) -> str:
        """Digest of the whole certificate, hexadecimal."""
        return sha256(self.raw).hexdigest()

    @property
    def subject_text(self) -> str:
        """The subject for a person."""
        return names.text(self.subject)

    @property
    def issuer_text(self) -> str:
        """The issuer for a person."""
        return names.text(self.issuer)

    @property
    def country(self) -> str:
        """Country code of the subject, else of the issuer, in upper case; empty when neither has one."""
        return (names.country(self.subject) or names.country(self.issuer)).upper()

    @property
    def key(self) -> keys.PublicKey:
        """The subject's public key."""
        return keys.load(self.spki)

    @cached_property
    def self_named(self) -> bool:
        """Whether issuer and subject are the same name."""
        return names.canonical(self.issuer) == names.canonical(self.subject)

    @cached_property
    def subject_key_identifier(self) -> bytes | None:
        """The subject key identifier, None without one."""
        entry = self.extensions.get(OID_SKI)
        return x509.key_identifier(entry[1]) if entry else None

    @property
    def authority_key_identifier(self) -> bytes | None:
        """The issuer's key identifier, None where the extension or its identifier is missing or unreadable."""
        entry = self.extensions.get(OID_AKI)
        return _authority_key_identifier(entry[1]) if entry else None

    @property
    def is_ca(self) -> bool | None:
        """Basic constraints' answer; None where the extension is missing or unreadable."""
        entry = self.extensions.get(OID_BASIC_CONSTRAINTS)
        return _is_ca(entry[1]) if entry else None

    @cached_property
    def is_ca_in_ber(self) -> bool:
        """Whether basic constraints that are no DER say CA as BER: one State's certificate writes TRUE as 01."""
        try:
            return bool(der.decode(x509.BasicConstraints, ber.to_der(self.extensions[OID_BASIC_CONSTRAINTS][1])).ca)
        except (der.DerError, KeyError):
            return False

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
    def algorithm_id(self) -> x509.AlgorithmId:
        """The signature algorithm.

        :raises tjdocs.asn1.der.DerError: it is unreadable
        """
        return x509.algorithm_id(self.algorithm)

    def verify(self, issuer: "Certificate") -> keys.SignatureResult:
        """Verify this certificate's signature under ``issuer``'s key. Nothing else is looked at."""
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


# Values of extensions, remembered: an issuer writes the same into every signer's certificate.


@lru_cache(maxsize=256)
def _authority_key_identifier(value: bytes) -> bytes | None:
    return x509.authority_key_identifier(value)


@lru_cache(maxsize=256)
def _is_ca(value: bytes) -> bool | None:
    try:
        return bool(der.decode(x509.BasicConstraints, value).ca)
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
    if (unused and not bits) or value[1] & 0x80:  # a long length where a short one does is no DER
        return None
    if bits:
        bits[-1] &= 0xFF << unused & 0xFF
    return frozenset(
        name for index, name in enumerate(_KEY_USAGE) if index // 8 < len(bits) and bits[index // 8] & 0x80 >> index % 8
    )


@lru_cache(maxsize=256)
def _extended_key_usage(value: bytes) -> tuple[str, ...]:
    try:
        return x509.object_identifiers(value)
    except der.DerError:
        return ()


@lru_cache(maxsize=256)
def _private_key_usage(value: bytes) -> tuple[datetime | None, datetime | None] | None:
    try:
        period = der.decode(x509.PrivateKeyUsagePeriod, value)
    except der.DerError:
        return None
    return (
        times.aware(period.not_before.as_datetime()) if period.not_before else None,
        times.aware(period.not_after.as_datetime()) if period.not_after else None,
    )


@lru_cache(maxsize=256)
def _document_types(value: bytes) -> tuple[str, ...]:
    try:
        return x509.printable_strings(value)
    except der.DerError:
        return ()


@lru_cache(maxsize=1024)
def _verify(certificate: Certificate, spki: bytes) -> keys.SignatureResult:
    if certificate.algorithm != certificate.inner_algorithm:
        return keys.SignatureResult(False, "algorithms-differ")
    try:
        algorithm = certificate.algorithm_id
    except der.DerError:
        return keys.SignatureResult(None, "algorithm-unknown")
    return keys.verify(keys.load(spki), algorithm, certificate.signature, certificate.tbs)


@lru_cache(maxsize=1024)
def _parse(data: bytes) -> Certificate:
    try:
        return _decode(data, data, ())
    except der.DerError as error:
        first = str(error)
    try:
        return _decode(ber.to_der(data), data, ("ber-encoded",))
    except der.DerError:
        raise CertificateError(f"no certificate: {first}") from None


def _decode(data: bytes, raw: bytes, warnings: tuple[str, ...]) -> Certificate:
    try:
        outer = der.decode(x509.WholeCertificate, data)
    except der.DerError:
        # in two steps, to tell what is wrong
        der.parse(der.decode(x509.CertificateFields, data).tbs, x509.TbsCertificate)
        raise
    if outer.signature.padding_bits():
        raise der.DerError("a signature that is no whole octets")
    fields = outer.tbs
    extensions: dict[str, tuple[bool, bytes]] = {}
    for extension in fields.extensions or ():
        oid = extension.oid.dotted_string
        if oid in extensions:
            raise der.DerError("an extension stands twice")
        extensions[oid] = (bool(extension.critical), extension.value)
    tbs, algorithm, _ = der.parts(data)
    inside = der.parts(tbs)
    if fields.version is not None:
        del inside[0]
    _, inner_algorithm, issuer, validity, subject, spki, *_ = inside
    if not issuer[0] == subject[0] == spki[0] == 0x30:  # else one left out is read for the next
        raise der.DerError("issuer, subject or public key is not there")
    begin, end = der.parts(validity)
    not_before, not_after = times.parse_time(begin), times.parse_time(end)
    deviations: tuple[str, ...] = () if fields.version == 2 else ("certificate-version",)
    if 0x18 in (begin[0], end[0]):  # GeneralizedTime, which belongs to years that UTCTime cannot say
        written = ((begin[0], not_before.year), (end[0], not_after.year))
        if any(tag == 0x18 and 1950 <= year < 2050 for tag, year in written):
            deviations += ("validity-time-form",)
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
