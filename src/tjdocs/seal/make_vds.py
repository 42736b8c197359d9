"""Making a seal: header, features, signature (Doc 9303-13, 2 and 3.2)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from tjdocs.errors import UsageError
from tjdocs.mrz import codes
from tjdocs.pki import algorithms, distinguished_name
from tjdocs.pki.certificate import OID_SEAL_SIGNER
from tjdocs.pki.signer import Signer, plain_signature
from tjdocs.seal import vds_features as coding
from tjdocs.seal import vds_profiles
from tjdocs.seal.hashing import algorithm_of
from tjdocs.seal.vds import Seal
from tjdocs.seal.vds_header import Header
from tjdocs.seal.vds_profiles import Value

__all__ = ["make", "message"]


def message(header: Header, features: Mapping[str, Value]) -> bytes:
    """Return the signed bytes: header and message zone, with the features in the order of the header's profile.

    :param features: values by the profile's names
    :raises UsageError: an unknown profile or feature, an invalid value, a missing feature, or a zone with wrong
        check digits
    """
    profile = vds_profiles.find(header.definition, header.category, header.country)
    if profile is None:
        where = f"{header.definition:02X} {header.category:02X} of {header.country}"
        raise UsageError("unknown profile of a seal", where=where, hint=f"one of {', '.join(vds_profiles.names())}")
    for name in features:
        profile.by_name(name)
    signed = header.encode()
    for spec in profile.feature:
        if spec.id in features:
            signed += coding.encode(spec.tag, spec.encode(features[spec.id]), der=header.version == 4)
    for problem in Seal.assemble(signed, bytes(2)).problems:  # judged by the reader's own rules
        raise UsageError(problem.text.rstrip("."), where=f"{profile.id}: {problem.subject}", hint=problem.clause)
    return signed


def make(
    profile: str,
    *,
    signer: Signer,
    issue_date: date,
    signature_date: date,
    features: Mapping[str, Value],
    country: str = "",
) -> Seal:
    """Make and sign a seal, with the newest header version that the profile allows.

    :param profile: a file of ``specs/seals/``, for example ``emergency-travel-document``
    :param signer: a seal signer (``Authority.seal_signer(CATEGORY)``)
    :param issue_date: of the document
    :param signature_date: within the period in which the signer's key may sign
    :param features: values by the profile's names; a zone with its fillers, its lines joined or not
    :param country: code of the issuing State as in a zone; that of the signer's country unless given
    :raises UsageError: a signer that may not sign seals, an unknown profile or feature, or an invalid value
    :raises KeyMaterialError: the signer's key may not sign on that day
    """
    known = vds_profiles.get(profile)
    for day, where in ((issue_date, "issue_date"), (signature_date, "signature_date")):
        if not isinstance(day, date) or isinstance(day, datetime):
            raise UsageError("not a date", where=where, hint="a datetime.date")
    identifier, size = _check(signer)
    code = country or codes.alpha3(identifier[:2])
    if not code:
        raise UsageError("missing code of the issuing State", where=identifier[:2], hint="give it as country=")
    version = max(known.versions)
    serial = f"{signer.certificate.serial:X}"
    reference = serial.zfill(5) if version == 3 else serial.zfill(len(serial) + len(serial) % 2)
    header = Header(version, code, identifier, reference, issue_date, signature_date, known.definition, known.category)
    signed = message(header, features)
    signer.check_usage(datetime.combine(signature_date, time(), UTC))
    signature = signer.sign(signed)
    if not (signer.row.plain or algorithms.signature_by_id(signer.row.signature).scheme == "ecdsa-plain"):
        signature = plain_signature(signature, size)
    return Seal.assemble(signed, signature)


def _check(signer: Signer) -> tuple[str, int]:
    """Return the signer identifier and the size of r and of s.

    :raises UsageError: the signer may not sign seals, or has a key or name with which it cannot
    """
    certificate = signer.certificate
    hint = "Authority.seal_signer(CATEGORY)"
    if OID_SEAL_SIGNER not in (certificate.extended_key_usage or ()):
        raise UsageError("not a seal signer", where=certificate.subject_text, hint=hint)
    algorithm, curve = algorithm_of(certificate.key), certificate.key.curve
    if algorithm is None or curve is None or algorithm.hash != signer.digest:
        raise UsageError("a key or hash with which no seal is signed", where=certificate.key.name, hint=hint)
    return certificate.country + distinguished_name.attribute(certificate.subject, "CN").upper(), curve.order_bytes
