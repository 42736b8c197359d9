"""The signature over evidence: CMS SignedData by an inspection authority's own certificate (RFC 5652, 5)."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tjdocs.asn1 import cms_schema, der, times, tlv, x509_schema
from tjdocs.errors import KeyMaterialError, UsageError
from tjdocs.findings import Finding, Outcome
from tjdocs.pki import algorithms
from tjdocs.pki import signed_data as cms
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.signer import Signer, public_key_info, signed_data
from tjdocs.pki.trust import revocation, signer_rules
from tjdocs.pki.trust.import_files import read_certificate
from tjdocs.pki.trust.signer_rules import Fault, StatedTime
from tjdocs.pki.trust.store import TrustStore

__all__ = ["Judged", "check_signer", "judge", "read_signer", "sign"]

_DATA = "1.2.840.113549.1.7.1"


def sign(content: bytes, signer: Signer, at: datetime) -> bytes:
    """Return SignedData with ``content`` inside, DER."""
    return signed_data(_DATA, content, signer, at=at)


def read_signer(certificate: str | Path, key: str | Path, *, passphrase: bytes | None = None) -> Signer:
    """Read the certificate and private key (PEM or DER) with which evidence is signed.

    :raises KeyMaterialError: the key cannot be read, is of another certificate, or of a kind that does not sign here
    :raises InputError: the certificate cannot be read
    """
    from tjdocs.pki import key_protection  # when called: with every form of private keys

    own = read_certificate(certificate)
    try:
        private = key_protection.read(key, passphrase)
    except (ValueError, TypeError):
        raise KeyMaterialError("not a private key, or another passphrase", where=str(key)) from None
    kind = ""
    if isinstance(private, ec.EllipticCurvePrivateKey):
        kind = private.curve.name
    elif isinstance(private, rsa.RSAPrivateKey):
        kind = f"rsa-{private.key_size}"
    row = next((row for row in algorithms.combinations().values() if row.issue and row.key == kind), None)
    if row is None or not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise KeyMaterialError("a key of a kind that does not sign here", where=str(key), hint="P-256, or RSA 3072")
    forms = [public_key_info(private, named_curves=named) for named in (True, False)]
    if own.spki not in forms:
        raise KeyMaterialError("the key is of another certificate", where=str(key))
    return Signer(own, row, private)


class Judged(NamedTuple):
    """The result of a signature's verification.

    :param revocation: why it is not settled whether the signer is revoked, by the words of ``pa.ds-revocation``;
        empty where it is, and where the signature does not get so far
    """

    finding: Finding
    revocation: str = ""


def judge(content: bytes, signature: bytes, trust: TrustStore, *, made: str) -> Judged:
    """Judge ``evidence.signature``.

    :param trust: the certificates that may sign evidence, each of them itself
    :param made: the moment that the content states; whether the signer is revoked is asked for that moment
    """
    check = "evidence.signature"
    try:
        data = cms.SignedData.parse(signature)
    except cms.CmsError as error:
        return Judged(Finding(check, Outcome.FAILED, "no-signature", error.reason))
    if data.content != content or data.content_type != _DATA or len(data.signers) != 1:
        return Judged(Finding(check, Outcome.FAILED, "other-content"))
    info = data.signers[0]
    judged = data.verify_signer(info, attempts=data.attempts())
    if judged is None:
        return Judged(Finding(check, Outcome.UNDETERMINED, "signer-missing"))
    result, certificate, tolerance = judged
    if not result.valid:
        outcome = Outcome.UNDETERMINED if result.valid is None else Outcome.FAILED
        return Judged(Finding(check, outcome, "wrong-signature", result.reason))
    try:
        (stamp,) = (info.attributes or {}).get(cms.OID_SIGNING_TIME, ())
        moment = times.parse_time(stamp)
        stated = datetime.fromisoformat(made)
    except (ValueError, der.DerError):
        return Judged(Finding(check, Outcome.FAILED, "signing-time", "none, or not that of the manifest"))
    if moment != stated:
        return Judged(Finding(check, Outcome.FAILED, "signing-time", "not that of the manifest"))
    signer = signer_rules.judge(certificate, "evidence", trust)
    # the archive may be opened at any later time: only its own moment is judged
    validity = signer_rules.check_validity(signer, [StatedTime(moment, "claimed")], at=moment)
    faults = [*signer.chain, *signer.usage, *validity]
    faults = [fault._replace(reason=_WORDS.get(fault.reason, fault.reason)) for fault in faults]
    words = [*data.warnings, *info.warnings, *tolerance, *certificate.warnings, *result.warnings]
    if signature != _covered(data, info, certificate):
        words.append("unsigned")
    faults += [Fault(Outcome.WARNING, word) for word in words]
    revoked = revocation.judge(check, (certificate,), trust, at=moment)
    if revoked.outcome is Outcome.FAILED:
        faults.append(Fault(Outcome.FAILED, revoked.reason, revoked.message or revoked.detail))
    unsettled = revoked.reason if revoked.outcome is not Outcome.FAILED else ""
    return Judged(signer_rules.finding(check, faults, detail=certificate.subject_text), unsettled)


def _covered(data: cms.SignedData, info: cms.SignerInfo, certificate: Certificate) -> bytes:
    """Return the SignedData that has only the content, the signed attributes, the signature and its certificate."""
    if info.key_identifier is not None:
        sid = tlv.encode(0x80, info.key_identifier)
    else:
        assert info.issuer is not None and info.serial is not None  # noqa: S101, PT018 - a signer is named either way
        sid = cms_schema.encode_issuer_and_serial_number(info.issuer, info.serial)
    return cms_schema.encode_signed_data(
        data.content_type,
        data.content,
        x509_schema.encode_algorithm(algorithms.hash_by_id(info.digest).oid),
        [certificate.raw],
        sid,
        der.set_of([cms.attribute(oid, *values) for oid, values in (info.attributes or {}).items()]),
        info.algorithm,
        info.signature,
    )


# reasons of the rules of all signers, with the word that evidence has for them
_WORDS = {
    **dict.fromkeys(("ca-as-signer", "key-usage", "critical-extension"), "role"),
    **dict.fromkeys(("not-yet-valid", "key-usage-period"), "expired"),
}


def check_signer(signer: Signer) -> None:
    """Refuse a signer that evidence may not be signed by.

    :raises UsageError: a CSCA's, a document signer's or another certificate that is not for evidence
    """
    faults = signer_rules.check_usage(signer.certificate, "evidence")
    if bad := next((fault for fault in faults if fault.outcome is Outcome.FAILED), None):
        hint = "an inspection authority's own certificate, no CSCA's and no document signer's"
        raise UsageError("a certificate that does not sign evidence", where=f"signer: {bad.reason}", hint=hint)
