"""CSCA master lists: read, verified up to the anchors given, and sorted by who vouches for whom (Doc 9303-12, 9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tjdocs import limits
from tjdocs.asn1 import der, icao, times
from tjdocs.pki import cms, names, paths
from tjdocs.pki.certificate import (
    OID_BASIC_CONSTRAINTS,
    OID_EXTENDED_KEY_USAGE,
    OID_KEY_USAGE,
    Certificate,
    CertificateError,
)
from tjdocs.pki.trust import TrustStore

__all__ = ["ListSignature", "MasterList", "Resolution", "resolve"]

OID_MASTER_LIST = "2.23.136.1.1.2"
OID_LIST_SIGNER = "2.23.136.1.1.3"

MAX_LIST_SIZE = limits.LIST


@dataclass(frozen=True, slots=True)
class ListSignature:
    """What came of a list's own signature: an outcome word, a reason, and named tolerances.

    :param signer: who signed it, where that is established
    :param anchor: to whom the signer led
    :param signed: when, by the signer's own word, ISO 8601
    :param path: all certificates from its signers to their anchors
    """

    outcome: str
    reason: str = ""
    warnings: tuple[str, ...] = ()
    signer: str = ""
    anchor: Certificate | None = None
    signed: str = ""
    path: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class MasterList:
    """A CSCA master list as read.

    :param certificates: those that can be read, in the order of the list
    :param unreadable: those that cannot, as bytes
    """

    signed_data: cms.SignedData = field(repr=False)
    certificates: tuple[Certificate, ...] = field(repr=False)
    unreadable: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def parse(cls, data: bytes) -> "MasterList":
        """Read a master list.

        :raises tjdocs.pki.cms.CmsError: it is none
        """
        signed_data = cms.SignedData.parse(data)
        if signed_data.content_type != OID_MASTER_LIST:
            raise cms.CmsError("content-type", "content is no master list")
        try:
            fields = der.decode(icao.CscaMasterList, signed_data.content)
        except der.DerError as error:
            raise cms.CmsError("not-a-master-list", str(error)) from None
        read, unreadable = [], []
        for item in fields.certificates.as_list():
            raw = der.raw(item)
            try:
                read.append(Certificate.parse(raw))
            except CertificateError:
                unreadable.append(raw)
        return cls(signed_data, tuple(read), tuple(unreadable))

    def verify(self, anchors: Sequence[Certificate]) -> ListSignature:
        """Verify the list's signature and its signer up to one of ``anchors`` (Doc 9303-12, 9.1).

        Without anchors, or when no path leads to one, the outcome is ``undetermined``. The signer's certificate
        must carry the list signer's extended key usage, and its period must hold the signing time.
        """
        if not self.signed_data.signers:
            return ListSignature("failed", "no-signer")
        warnings: list[str] = [*self.signed_data.warnings]
        found, led = None, dict[Certificate, None]()
        for info in self.signed_data.signers:
            judged = self.signed_data.judge(info)
            if judged is None:
                return ListSignature("undetermined", "signer-missing")
            result, certificate, tolerance = judged
            if not result.valid:
                return ListSignature("undetermined" if result.valid is None else "failed", result.reason)
            warnings += [*info.warnings, *tolerance, *result.warnings]
            critical, _ = certificate.extensions.get(OID_EXTENDED_KEY_USAGE, (False, b""))
            usage = certificate.key_usage
            if OID_LIST_SIGNER not in (certificate.extended_key_usage or ()) or certificate.is_ca:
                return ListSignature("failed", "signer-role")
            if certificate.is_ca is None and OID_BASIC_CONSTRAINTS in certificate.extensions:
                return ListSignature("failed", "signer-role")
            if usage is None and OID_KEY_USAGE not in certificate.extensions:
                warnings.append("key-usage-absent")
            elif usage is None or "digitalSignature" not in usage or usage & {"keyCertSign", "cRLSign"}:
                return ListSignature("failed", "signer-role")
            if not critical:
                warnings.append("extended-key-usage-not-critical")
            moment = (info.attributes or {}).get(cms.OID_SIGNING_TIME, ())
            try:
                signed = times.parse_time(moment[0]) if len(moment) == 1 else None
            except der.DerError:
                signed = None
            if signed is None:
                warnings.append("signing-time-absent")
            elif not certificate.not_before <= signed <= certificate.not_after:
                return ListSignature("failed", "signer-validity")
            inside = [c for c in self.signed_data.parsed_certificates if c.is_ca]
            path = paths.build(certificate, TrustStore.of(anchors, inside))
            if not path.valid:
                outcome = "undetermined" if path.valid is None else "failed"
                reason = path.reason if anchors or path.valid is not None else "no-anchor"
                return ListSignature(outcome, reason, tuple(warnings))
            warnings += path.warnings
            led.update(dict.fromkeys(path.chain))
            # of several signers, who all must lead to an anchor, the first is remembered
            found = found or (certificate.subject_text, path.chain[-1], signed.isoformat() if signed else "")
        assert found is not None  # noqa: S101 - there was a signer
        return ListSignature("warning" if warnings else "passed", "", tuple(warnings), *found, tuple(led))


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who vouches for a certificate within its source.

    :param kind: ``self-signed``, ``link`` or ``unresolved``
    :param issuer: the certificate whose key verified it, None when unresolved
    :param reason: why it is unresolved, or the tolerance under which it is not
    """

    certificate: Certificate
    kind: str
    issuer: Certificate | None
    reason: str = ""


def resolve(certificates: Iterable[Certificate], known: TrustStore | None = None) -> list[Resolution]:
    """Find out for each certificate whether its own key, or another one's, verifies it.

    Issuers are sought among ``certificates`` and, if given, in ``known``: by key identifier and by name.
    """
    certificates = tuple(certificates)
    pool = TrustStore.of((), certificates)
    if known is not None:
        pool = pool.merged([known])
    return [_resolve(certificate, pool) for certificate in certificates]


def _resolve(certificate: Certificate, pool: TrustStore) -> Resolution:
    candidates = pool.issuers(certificate)
    own, other = certificate.subject_key_identifier, certificate.authority_key_identifier
    if other is not None and own is not None and own != other:
        # a link says so by its key identifiers: its own key comes last
        candidates = sorted(candidates, key=lambda c: c == certificate)
    else:
        candidates = sorted(candidates, key=lambda c: c != certificate)
    if certificate not in candidates:
        candidates.append(certificate)
    reasons = []
    for issuer in candidates[: paths.MAX_CANDIDATES]:
        result = certificate.verify(issuer)
        if result.valid:
            if issuer == certificate:
                return Resolution(certificate, "self-signed", issuer)
            same_name = names.canonical(issuer.subject) == names.canonical(certificate.issuer)
            return Resolution(certificate, "link", issuer, "" if same_name else "issuer-by-key-identifier")
        if issuer != certificate:
            reasons.append(result.reason)
    return Resolution(certificate, "unresolved", None, _unresolved(certificate, candidates, reasons))


def _unresolved(certificate: Certificate, candidates: list[Certificate], reasons: list[str]) -> str:
    if certificate.key.kind == "unsupported" and not reasons:
        return certificate.key.name
    for reason in ("curve-unsupported", "algorithm-unknown", "key-unusable"):
        if reason in reasons:
            return reason
    identifier = certificate.authority_key_identifier
    if identifier is not None and any(c.subject_key_identifier == identifier for c in candidates if c != certificate):
        return "wrong-signature"
    return "other-generation" if reasons or certificate.self_named else "no-issuer"
