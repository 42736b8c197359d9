"""A private key with its certificate, to sign EF.SOD, seals and master lists."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tjdocs.asn1 import der, tlv, x509_schema, x509_writing
from tjdocs.errors import KeyMaterialError, UsageError
from tjdocs.pki import algorithms, curves, public_key
from tjdocs.pki import signed_data as cms
from tjdocs.pki.certificate import OID_SEAL_SIGNER, Certificate
from tjdocs.times import Period, aware

__all__ = [
    "PrivateKey",
    "Signer",
    "combination",
    "generate_key",
    "next_command",
    "public_key_info",
    "signature_algorithm",
]

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def combination(id_: str) -> algorithms.Combination:
    """Return a combination with which this library signs.

    :raises UsageError: the combination is unknown, or for verification only
    """
    row = algorithms.combinations().get(id_)
    if row is None or not row.issue:
        known = ", ".join(sorted(k for k, v in algorithms.combinations().items() if v.issue))
        raise UsageError("unknown signature algorithm for issuing", where=id_, hint=f"one of {known}")
    return row


def generate_key(row: algorithms.Combination) -> PrivateKey:
    """Return a fresh private key for a combination."""
    if row.key.startswith("rsa-"):
        return rsa.generate_private_key(65537, int(row.key.split("-")[1]))
    return ec.generate_private_key(curves.by_name(row.key).library_curve)


def public_key_info(key: PrivateKey, *, named_curves: bool) -> bytes:
    """Return the SubjectPublicKeyInfo of ``key``, DER, EC parameters explicit unless ``named_curves``."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if isinstance(key, rsa.RSAPrivateKey) or named_curves:
        return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    name = curves.by_library_name(key.curve.name).name
    return x509_writing.encode_public_key("1.2.840.10045.2.1", curves.explicit_parameters(name), point)


def signature_algorithm(row: algorithms.Combination) -> bytes:
    """Return the AlgorithmIdentifier of a combination's signature, DER."""
    signature = algorithms.signature_by_id(row.signature)
    hash_ = algorithms.hash_by_id(row.hash)
    if signature.scheme == "rsa-pss":
        mask = algorithms.hash_by_id(row.mgf or row.hash)
        salt = hash_.length if row.salt is None else row.salt
        parameters = x509_writing.encode_pss_parameters(hash_.oid, mask.oid, salt)
        return x509_schema.encode_algorithm(signature.oid, parameters)
    return x509_schema.encode_algorithm(
        signature.oid, tlv.encode(0x05, b"") if signature.scheme == "rsa-pkcs1" else b""
    )


@dataclass(frozen=True)
class Signer:
    """A document signer or seal signer, ready to sign.

    :param certificate: its certificate
    :param row: the combination of key and signature that it uses
    :param usage: how long the key may sign, for a certificate without a private key usage period
    """

    certificate: Certificate
    row: algorithms.Combination
    key: PrivateKey = field(repr=False)
    usage: Period | None = None

    @cached_property
    def algorithm(self) -> bytes:
        """AlgorithmIdentifier of its signatures, DER."""
        return signature_algorithm(self.row)

    @property
    def of_seals(self) -> bool:
        """Whether it is a seal signer."""
        return OID_SEAL_SIGNER in (self.certificate.extended_key_usage or ())

    @property
    def digest(self) -> str:
        """Id of the hash that its signatures use."""
        return self.row.hash

    def sign(self, data: bytes) -> bytes:
        """Return the signature over ``data``: DER for ECDSA, an RSA block otherwise."""
        return sign(self.key, self.row, data)

    def check_usage(self, at: datetime) -> None:
        """Refuse to sign outside the private key's usage period.

        :raises KeyMaterialError: with the command that makes the next signer
        """
        aware(at)
        begin, end = self.certificate.private_key_usage or (self.certificate.not_before, None)
        if end is None and self.usage is not None:
            end = self.usage.after_moment(self.certificate.not_before)
        # by days: a date without a time of day may be that of a signer made later on that day
        if (begin and at.astimezone(UTC).date() < begin.date()) or at > (end or self.certificate.not_after):
            raise KeyMaterialError(
                "the signer's key may not sign on that day",
                where=at.astimezone(UTC).date().isoformat(),
                hint=f"make the next signer with `{next_command(self.of_seals)}`",
            )


def next_command(of_seals: bool, category: str = "") -> str:
    """Return the command that makes the next signer."""
    return f"tjdocs authority seal-signer DIR {category or 'CATEGORY'}" if of_seals else "tjdocs authority signer DIR"


def sign(key: PrivateKey, row: algorithms.Combination, data: bytes) -> bytes:
    """Return a signature by the scheme of a combination."""
    hash_ = algorithms.hash_by_id(row.hash)
    scheme = algorithms.signature_by_id(row.signature).scheme
    if isinstance(key, rsa.RSAPrivateKey):
        if scheme == "rsa-pss":
            mask = algorithms.hash_by_id(row.mgf or row.hash).library
            salt = hash_.length if row.salt is None else row.salt
            return key.sign(data, padding.PSS(padding.MGF1(mask), salt), hash_.library)
        return key.sign(data, padding.PKCS1v15(), hash_.library)
    signature = key.sign(data, public_key.ecdsa_with(hash_.id))
    if scheme == "ecdsa-plain" or row.plain:
        return plain_signature(signature, curves.by_name(row.key).order_bytes)
    return signature


def plain_signature(signature: bytes, size: int) -> bytes:
    """Return r and s joined, each of ``size`` octets (BSI TR-03111, 5.2.1)."""
    r, s = decode_dss_signature(signature)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def signed_data(
    content_type: str, content: bytes, signer: Signer, *, at: datetime | None, by_key_identifier: bool = False
) -> bytes:
    """Return a ContentInfo with SignedData of one signer and its certificate, DER (RFC 5652, 5).

    Content and attributes have the digest algorithm of the signature (RFC 8933, 3.1): OpenSSL accepts no other.

    :param at: the signing time; None leaves it out
    """
    attributes = [
        _content_type_attribute(content_type),
        cms.message_digest(public_key.hash_data(signer.digest, content)),
    ]
    if at is not None:
        attributes.append(cms.signing_time(at))
    return cms.encode(
        content_type,
        content,
        digest=signer.digest,
        certificates=[signer.certificate.raw],
        signer=signer.certificate,
        algorithm=signer.algorithm,
        attributes=attributes,
        signature=signer.sign(der.set_of(attributes)),
        by_key_identifier=by_key_identifier,
    )


@lru_cache(maxsize=16)
def _content_type_attribute(oid: str) -> bytes:
    return cms.attribute(cms.OID_CONTENT_TYPE, x509_schema.encode_oid(oid))
