"""CMS SignedData of EF.SOD and master lists: read once, and verified over the bytes read (RFC 5652, 5)."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import repeat

from msgspec.structs import replace

from tjdocs import limits
from tjdocs.asn1 import ber, cms_schema, der, times, tlv, x509_schema
from tjdocs.errors import UsageError
from tjdocs.pki import algorithms, distinguished_name, public_key
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import Certificate, CertificateError

__all__ = ["CmsError", "SignedData", "SignerInfo", "unsigned_bundle"]

OID_SIGNED_DATA = "1.2.840.113549.1.7.2"
OID_CONTENT_TYPE = "1.2.840.113549.1.9.3"
OID_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
OID_SIGNING_TIME = "1.2.840.113549.1.9.5"

MAX_CERTIFICATES = limits.CERTIFICATES
MAX_SIGNERS = limits.SIGNERS
MAX_ATTEMPTS = limits.ATTEMPTS


class CmsError(ValueError):
    """Bytes that are not a SignedData; ``reason`` is a stable word."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True)
class SignerInfo:
    """One SignerInfo as read.

    :param issuer: issuer's ``Name`` (DER) and ``serial``, or None where ``key_identifier`` names the signer
    :param digest: id of the digest algorithm, empty when the table lacks it
    :param attributes: signed attributes by type, each with its values (DER); None when there are none
    :param signed_forms: octets that the signature may cover: the attributes as SET OF in DER order and, where that
        differs, in the order read (RFC 5652, 5.4)
    """

    version: int
    issuer: bytes | None = field(repr=False)
    serial: int | None = field(repr=False)
    key_identifier: bytes | None
    digest: str
    attributes: dict[str, tuple[bytes, ...]] | None = field(repr=False)
    signed_forms: tuple[bytes, ...] = field(repr=False)
    algorithm: bytes
    signature: bytes = field(repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def signature_algorithm(self) -> str:
        """Id of the signature algorithm, its identifier where the table lacks it; with the hash it uses."""
        try:
            algorithm = x509_schema.algorithm_id(self.algorithm)
        except der.DerError:
            return ""
        return public_key.describe(algorithm, self.digest)

    def match(self, certificate: Certificate) -> str | None:
        """Return the defect with which this names ``certificate``, empty without one; None when it names another."""
        if self.key_identifier is not None:
            if certificate.subject_key_identifier == self.key_identifier:
                return ""
            computed = certificate.computed_key_identifier == self.key_identifier
            return "signer-key-identifier-computed" if computed else None
        assert self.issuer is not None  # noqa: S101
        if certificate.serial != self.serial:
            return None
        if certificate.issuer == self.issuer:
            return ""
        same = distinguished_name.canonical(certificate.issuer) == distinguished_name.canonical(self.issuer)
        return "signer-name-form" if same else None


@dataclass(frozen=True)
class SignedData:
    """A SignedData as read.

    :param content_type: of the content signed, dotted
    :param content: the octets signed
    :param certificates: the certificates inside, as bytes
    :param warnings: names of the defects with which it was read
    """

    version: int
    digests: tuple[str, ...]
    content_type: str
    content: bytes = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)
    signers: tuple[SignerInfo, ...]
    warnings: tuple[str, ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> "SignedData":
        """Read a ContentInfo with SignedData, DER, or BER with the warning ``ber-encoded``.

        :raises CmsError: it is not a SignedData
        """
        try:
            return _decode(data, ())
        except der.DerError as error:
            first = str(error)
        try:
            return _decode(ber.to_der(data), ("ber-encoded",))
        except der.DerError:
            raise CmsError("not-signed-data", first) from None

    def attempts(self, above: Attempts | None = None) -> Attempts:
        """Return the bound on the cost of all its signers together.

        :param above: the bound of which it is a part
        """
        return Attempts(MAX_ATTEMPTS, above=above)

    @cached_property
    def parsed_certificates(self) -> tuple[Certificate, ...]:
        """The certificates inside that can be read."""
        certificates = []
        for raw in self.certificates:
            try:
                certificates.append(Certificate.parse(raw))
            except CertificateError:
                continue
        return tuple(certificates)

    @property
    def unreadable_certificates(self) -> int:
        """How many of the certificates inside cannot be read."""
        return len(self.certificates) - len(self.parsed_certificates)

    def named(self, signer: SignerInfo, known: Iterable[Certificate] | None = None) -> list[Certificate]:
        """Return the certificates that ``signer`` may name; none of them is trusted for it.

        :param known: certificates to search in place of those inside
        """
        among = self.parsed_certificates if known is None else known
        return [certificate for certificate in among if signer.match(certificate) is not None]

    def verify_signer(
        self, signer: SignerInfo, known: Iterable[Certificate] | None = None, *, attempts: Attempts
    ) -> tuple[public_key.SignatureResult, Certificate, tuple[str, ...]] | None:
        """Verify ``signer`` with each certificate that it names; return the best result.

        The certificates are not signed: another one with the same issuer and number may be in front of the signer's.
        None without a certificate; else the result, the certificate, and the defect with which the signer names it.

        :param known: certificates to search in place of those inside
        :param attempts: the bound on the cost of all signers; beyond it the result is undecided, reason ``limit``
        """
        best = None
        for certificate in self.parsed_certificates if known is None else known:
            tolerance = signer.match(certificate)
            if tolerance is None:
                continue
            warnings = (tolerance,) if tolerance else ()
            if not attempts.take(certificate.key):
                return public_key.SignatureResult(None, "limit"), certificate, warnings
            result = self.verify(signer, certificate)
            if result.valid:
                return result, certificate, warnings
            best = best or (result, certificate, warnings)
        return best

    def verify(self, signer: SignerInfo, certificate: Certificate) -> public_key.SignatureResult:
        """Verify that ``signer`` signed the content with ``certificate``'s key (RFC 5652, 5.4 and 5.6).

        Reasons in addition to those of ``tjdocs.pki.public_key.verify``: ``no-signed-attributes``,
        ``content-type-attribute``, ``digest-unknown``, ``digest-forbidden``, ``message-digest``.
        """
        if signer.attributes is None:
            # without them the attributes of another message could pass as content
            return public_key.SignatureResult(False, "no-signed-attributes")
        expected_type = (x509_schema.encode_oid(self.content_type),)
        if signer.attributes.get(OID_CONTENT_TYPE) != expected_type:
            return public_key.SignatureResult(False, "content-type-attribute")
        if not signer.digest:
            return public_key.SignatureResult(None, "digest-unknown")
        if algorithms.hash_by_id(signer.digest).forbidden:
            return public_key.SignatureResult(False, "digest-forbidden")
        digest = public_key.hash_data(signer.digest, self.content)
        values = signer.attributes.get(OID_MESSAGE_DIGEST, ())
        if len(values) != 1 or not hmac.compare_digest(values[0], tlv.encode(0x04, digest)):
            return public_key.SignatureResult(False, "message-digest")
        try:
            algorithm = x509_schema.algorithm_id(signer.algorithm)
        except der.DerError:
            return public_key.SignatureResult(None, "algorithm-unknown")
        result = public_key.SignatureResult(False, "wrong-signature")
        for index, form in enumerate(signer.signed_forms):
            result = public_key.verify(certificate.key, algorithm, signer.signature, form, digest=signer.digest)
            if result.valid:
                more = ("attributes-order",) * index
                if result.hash != signer.digest:  # RFC 8933, 3.1: content and attributes under one digest
                    more += ("digest-algorithm-differs",)
                return replace(result, warnings=(*result.warnings, *more)) if more else result
            if result.reason != "wrong-signature":
                break
        return result


def unsigned_bundle(data: bytes) -> list[bytes] | None:
    """Return the certificates and CRLs of a SignedData without content and signers (RFC 5652, 5.1), each as read.

    None for anything else. Nobody signed such a bundle (``.p7b``, ``.p7c``): it only carries its items.
    """
    if _SIGNED_DATA not in data[:64]:
        return None
    for form in (bytes, ber.to_der):
        try:
            raw = form(data)
            fields = _fields(raw)
        except (der.DerError, CmsError):
            continue
        if fields.encapsulated.content is not None or der.members(der.raw(fields.signer_infos)):
            return None
        return [der.raw(item) for item in (*(fields.certificates or ()), *(fields.crls or ()))]
    return None


_SIGNED_DATA = x509_schema.encode_oid(OID_SIGNED_DATA)


def _decode(data: bytes, warnings: tuple[str, ...]) -> SignedData:
    fields = _fields(data)
    # bytes that pack well name millions: they are counted before each one becomes a value
    if len(fields.certificates or ()) > MAX_CERTIFICATES:
        raise CmsError("limit", "more certificates or signers than are read")
    _, content = der.parts(data)
    _, digest_algorithms, _, *rest = der.parts(der.parts(content)[0])
    certificates = tuple(der.parts(rest[0])) if fields.certificates is not None else ()
    announced = der.members(digest_algorithms, limits.ATTRIBUTES)
    signers = der.members(rest[-1], MAX_SIGNERS)
    if len(signers) > MAX_SIGNERS:
        raise CmsError("limit", "more certificates or signers than are read")
    if len(announced) > limits.ATTRIBUTES:
        raise CmsError("limit", "more digest algorithms or signed attributes than are read")
    if fields.version.bit_length() > limits.INTEGER_BITS:
        raise CmsError("limit", "a version of more digits than are read")
    if fields.encapsulated.content is None:
        raise CmsError("content-missing", "the content is not inside")
    defects = list(warnings)
    if fields.version != 3:
        defects.append("cms-version")
    if fields.crls:
        defects.append("crls-inside")
    if not (der.in_order(announced) and der.in_order(signers)):
        defects.append("set-order")
    digests = tuple([x509_schema.algorithm_id(item).oid for item in announced])
    return SignedData(
        fields.version,
        digests,
        fields.encapsulated.content_type.dotted_string,
        fields.encapsulated.content,
        certificates,
        tuple(map(_signer, signers, repeat(digests))),
        tuple(defects),
    )


def _fields(data: bytes) -> cms_schema.SignedDataFields:
    try:
        outer = der.decode(cms_schema.SignedContentInfo, data)
    except der.DerError:
        # in two steps, to distinguish other content from bytes that are not a ContentInfo
        info = der.decode(cms_schema.ContentInfo, data)
        if info.content_type.dotted_string == OID_SIGNED_DATA:
            der.parse(info.content, cms_schema.SignedDataFields)
            raise
    else:
        if outer.content_type.dotted_string == OID_SIGNED_DATA:
            return outer.content
    raise CmsError("content-info", "content is not SignedData")


def _signer(raw: bytes, announced: tuple[str, ...]) -> SignerInfo:
    fields = der.decode(cms_schema.SignerInfoFields, raw)
    if len(fields.signed_attributes or ()) > limits.ATTRIBUTES:
        raise CmsError("limit", "more digest algorithms or signed attributes than are read")
    warnings = []
    _, sid, digest_algorithm, *rest = der.parts(raw)
    issuer = serial = key_identifier = None
    if isinstance(fields.sid, bytes):
        key_identifier = fields.sid
    else:
        issuer, serial = der.parts(sid)[0], fields.sid.serial
    if fields.version != (1 if key_identifier is None else 3):
        warnings.append("signer-info-version")
    digest_id = x509_schema.algorithm_id(digest_algorithm)
    if not digest_id.plain:
        raise der.DerError("a digest algorithm with parameters")
    if digest_id.oid not in announced:
        warnings.append("digest-not-announced")
    if fields.unsigned_attributes:
        warnings.append("unsigned-attributes")
    digest = algorithms.hash_by_oid(digest_id.oid)
    attributes: dict[str, tuple[bytes, ...]] | None = None
    forms: tuple[bytes, ...] = ()
    if fields.signed_attributes is not None:
        attributes = {}
        listed = rest.pop(0)
        in_der, elements = [], der.parts(listed)
        for element in elements:
            oid = der.decode(cms_schema.Attribute, element).oid.dotted_string
            values = der.members(der.parts(element)[1])
            if oid in attributes:
                raise der.DerError("a signed attribute is repeated")
            attributes[oid] = tuple(values)
            in_der.append(element if der.in_order(values) else cms_schema.encode_attribute(oid, values))
        as_read = b"\x31" + listed[1:]
        forms = (as_read,) if in_der == sorted(elements) else (der.set_of(in_der), as_read)
    return SignerInfo(
        fields.version,
        issuer,
        serial,
        key_identifier,
        digest.id if digest else "",
        attributes,
        forms,
        rest[0],
        fields.signature,
        tuple(warnings),
    )


def encode(
    content_type: str,
    content: bytes,
    *,
    digest: str,
    certificates: list[bytes],
    signer: "Certificate",
    algorithm: bytes,
    attributes: list[bytes],
    signature: bytes,
    by_key_identifier: bool = False,
) -> bytes:
    """Return a ContentInfo with SignedData of one signer, DER.

    :param algorithm: the signature's AlgorithmIdentifier, DER
    :param attributes: the signed attributes, each DER; the signature covers their SET OF
    """
    if not by_key_identifier:
        sid = cms_schema.encode_issuer_and_serial_number(signer.issuer, signer.serial)
    elif signer.subject_key_identifier is None:
        raise UsageError("signer without key identifier", where="by_key_identifier", hint="name it by issuer")
    else:
        sid = tlv.encode(0x80, signer.subject_key_identifier)
    return cms_schema.encode_signed_data(
        content_type,
        content,
        x509_schema.encode_algorithm(algorithms.hash_by_id(digest).oid),
        certificates,
        sid,
        der.set_of(attributes),
        algorithm,
        signature,
    )


def attribute(oid: str, *values: bytes) -> bytes:
    """Return a signed attribute, DER."""
    return cms_schema.encode_attribute(oid, list(values))


def message_digest(value: bytes) -> bytes:
    """Return the signed attribute with the content's digest, DER."""
    return attribute(OID_MESSAGE_DIGEST, tlv.encode(0x04, value))


def signing_time(moment: datetime) -> bytes:
    """Return the signed attribute with the signing time, DER (RFC 5652, 11.3)."""
    return attribute(OID_SIGNING_TIME, times.encode_time(moment))
