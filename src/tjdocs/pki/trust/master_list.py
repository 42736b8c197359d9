"""CSCA master lists: read, verified up to the given anchors, and resolved to issuers (Doc 9303-12, 9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tjdocs import limits
from tjdocs.asn1 import der, icao_schema, times
from tjdocs.findings import Outcome
from tjdocs.pki import certification_path, distinguished_name, public_key
from tjdocs.pki import signed_data as cms
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import Certificate, CertificateError
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust import revocation, signer_rules
from tjdocs.pki.trust.signer_rules import Fault, StatedTime
from tjdocs.pki.trust.store import TrustStore

__all__ = ["ListSignature", "MasterList", "Resolution", "attempts_for", "resolve"]

OID_MASTER_LIST = "2.23.136.1.1.2"

MAX_LIST_SIZE = limits.LIST


@dataclass(frozen=True, slots=True)
class ListSignature:
    """The result of verifying a master list's own signature: an outcome word, a reason, and the names of defects.

    :param signer: the signer's subject, where the signer is known
    :param anchor: the anchor at the end of the signer's path
    :param signed: the signing time that the signer claims, ISO 8601
    :param path: all certificates from its signers to their anchors
    :param beside: CAs among the certificates of its SignedData; a later CRL may be theirs
    """

    outcome: str
    reason: str = ""
    warnings: tuple[str, ...] = ()
    signer: str = ""
    anchor: Certificate | None = None
    signed: str = ""
    path: tuple[Certificate, ...] = ()
    beside: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class MasterList:
    """A CSCA master list as read.

    :param certificates: the readable ones, in the order of the master list
    :param unreadable: the others, as bytes
    :param warnings: names of the defects of its content
    """

    signed_data: cms.SignedData = field(repr=False)
    certificates: tuple[Certificate, ...] = field(repr=False)
    unreadable: tuple[bytes, ...] = field(repr=False)
    warnings: tuple[str, ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> "MasterList":
        """Read a master list.

        :raises tjdocs.pki.signed_data.CmsError: it is not a master list
        """
        signed_data = cms.SignedData.parse(data)
        if signed_data.content_type != OID_MASTER_LIST:
            raise cms.CmsError("content-type", "content is not a master list")
        try:
            der.decode(icao_schema.CscaMasterList, signed_data.content)
            listed = der.members(der.parts(signed_data.content)[1])
        except der.DerError as error:
            raise cms.CmsError("not-a-master-list", str(error)) from None
        read, unreadable = [], []
        for raw in listed:
            try:
                read.append(Certificate.parse(raw))
            except CertificateError:
                unreadable.append(raw)
        warnings = () if der.in_order(listed) else ("set-order",)
        return cls(signed_data, tuple(read), tuple(unreadable), warnings)

    def verify(
        self,
        anchors: Sequence[Certificate],
        *,
        at: datetime,
        crls: Sequence[Crl] = (),
        known: Sequence[Certificate] = (),
        attempts: Attempts | None = None,
    ) -> ListSignature:
        """Verify the signature of the master list, and its signer up to one of ``anchors`` (Doc 9303-12, 9.1).

        Without anchors, or when no path leads to one, the outcome is ``undetermined``. Every signer is judged by the
        row ``list`` of ``tjdocs.pki.trust.signer_rules``, by the signing time that it claims.

        :param at: the time of inspection
        :param crls: CRLs; ``known``, further certificates that may have signed them
        :param attempts: the bound on the cost, shared with other master lists; its own unless given
        """
        if not self.signed_data.signers:
            return ListSignature("failed", "no-signer")
        inside = [c for c in self.signed_data.parsed_certificates if c.is_ca]
        source = TrustStore.of(anchors, [*inside, *known], crls)
        searching = attempts or Attempts(certification_path.MAX_TRIED)
        signing = self.signed_data.attempts(searching)
        warnings: dict[str, None] = dict.fromkeys((*self.signed_data.warnings, *self.warnings))
        first: tuple[str, Certificate, str] | None = None
        led: dict[Certificate, None] = {}
        for info in self.signed_data.signers:
            judged = self.signed_data.verify_signer(info, attempts=signing)
            if judged is None:
                return ListSignature("undetermined", "signer-missing")
            result, certificate, tolerance = judged
            if not result.valid:
                return ListSignature("undetermined" if result.valid is None else "failed", result.reason)
            signed, odd = _signing_time(info)
            signer = signer_rules.judge(certificate, "list", source, attempts=searching, listing=searching)
            faults = [*_faults(signer, signed, source, at, searching), *odd]
            if not signer.path.valid and _contradicted(certificate, inside, searching):
                faults.append(Fault(Outcome.FAILED, "wrong-signature"))
            warnings |= dict.fromkeys((*info.warnings, *tolerance, *certificate.warnings, *result.warnings))
            warnings |= dict.fromkeys(fault.reason for fault in faults if fault.outcome is Outcome.WARNING)
            grave = [fault for fault in faults if fault.outcome is not Outcome.WARNING]
            grave.sort(key=lambda fault: fault.outcome is not Outcome.FAILED)
            if grave:
                outcome, reason, _ = grave[0]
                reason = "no-anchor" if not anchors and outcome is Outcome.UNDETERMINED else reason
                path = signer.path.chain if signer.path.valid else ()
                return ListSignature(str(outcome), reason, tuple(warnings), certificate.subject_text, path=path)
            chain = signer.path.chain
            led.update(dict.fromkeys(chain))
            # every signer must lead to an anchor; the result names the first
            first = first or (certificate.subject_text, chain[-1], signed.isoformat() if signed else "")
        assert first is not None  # noqa: S101 - there was a signer
        word = "warning" if warnings else "passed"
        return ListSignature(word, "", tuple(warnings), *first, tuple(led), tuple(inside))


# reasons of the signer rules, as a master list names them
_LIST_WORDS = {
    **dict.fromkeys(("role", "ca-as-signer", "key-usage"), "signer-role"),
    **dict.fromkeys(("expired", "not-yet-valid", "key-usage-period"), "signer-validity"),
    "revoked": "signer-revoked",
}


def _contradicted(signer: Certificate, inside: Sequence[Certificate], attempts: Attempts) -> bool:
    """Whether the issuer that the signer names is in the master list and did not sign: the list accuses itself."""
    meant = signer.authority_key_identifier
    named = [c for c in inside if meant is not None and c.subject_key_identifier == meant]
    return bool(named) and all(attempts.take(c.key) and signer.verify(c).reason in public_key.OF_THE_KEY for c in named)


def _signing_time(info: cms.SignerInfo) -> tuple[datetime | None, list[Fault]]:
    values = (info.attributes or {}).get(cms.OID_SIGNING_TIME, ())
    try:
        moment = times.parse_time(values[0]) if len(values) == 1 else None
    except der.DerError:
        moment = None
    if moment is None:
        return None, [Fault(Outcome.WARNING, "signing-time-absent")]
    return moment, [] if times.in_der_form(values[0]) else [Fault(Outcome.WARNING, "signing-time-form")]


def _faults(
    signer: signer_rules.JudgedSigner, signed: datetime | None, source: TrustStore, at: datetime, attempts: Attempts
) -> list[Fault]:
    moment = StatedTime(signed, "claimed") if signed else StatedTime(at, "assumed")
    validity = [f for f in signer_rules.check_validity(signer, [moment], at=at) if f.reason != "assumed"]
    faults = [*signer.usage, *validity, *signer.chain]
    if signer.path.valid:
        revoked = revocation.judge("", signer.path.chain, source, at=at, attempts=attempts)
        if revoked.outcome is Outcome.FAILED:
            faults.append(Fault(Outcome.FAILED, revoked.reason, revoked.detail))
    return [fault._replace(reason=_LIST_WORDS.get(fault.reason, fault.reason)) for fault in faults]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The issuer of a certificate within its source.

    :param kind: ``self-signed``, ``link`` or ``unresolved``
    :param issuer: the certificate whose key verified it, None when unresolved
    :param reason: why it is unresolved, or the defect with which it is resolved
    """

    certificate: Certificate
    kind: str
    issuer: Certificate | None
    reason: str = ""


def attempts_for(certificates: Iterable[Certificate], *, parts: int = 1) -> Attempts:
    """Return the bound on the cost of resolving certificates, which grows with them.

    :param parts: number of files imported together; the certificates are those of one file
    """
    sizes = [len(certificate.raw) for certificate in certificates]
    cost = limits.ATTEMPTS_COST / parts + limits.LIST_COST_PER_BYTE * sum(sizes)
    return Attempts(certification_path.MAX_CANDIDATES * len(sizes), cost)


def resolve(
    certificates: Iterable[Certificate], known: TrustStore | None = None, *, attempts: Attempts | None = None
) -> list[Resolution]:
    """Return for each certificate whether its own key verifies it, or another one's.

    Issuers are searched among ``certificates`` and, if given, in ``known``: by key identifier and by name.

    :param known: a store; it is searched alone where it has all ``certificates``
    :param attempts: the bound on the cost, shared with another search; :func:`attempts_for` them unless given
    """
    certificates = tuple(certificates)
    if known is not None and all(certificate in known for certificate in certificates):
        pool = known
    else:
        pool = TrustStore.of((), certificates)
        pool = pool if known is None else pool.merged([known])
    attempts = attempts or attempts_for(certificates)
    return [_resolve(certificate, pool, attempts) for certificate in certificates]


def _resolve(certificate: Certificate, pool: TrustStore, attempts: Attempts) -> Resolution:
    candidates = pool.issuers(certificate)
    own, other = certificate.subject_key_identifier, certificate.authority_key_identifier
    if other is not None and own is not None and own != other:
        # a link certificate has two different key identifiers: its own key comes last
        candidates = sorted(candidates, key=lambda c: c == certificate)
    else:
        candidates = sorted(candidates, key=lambda c: c != certificate)
    if certificate not in candidates:
        candidates.append(certificate)
    reasons = []
    for issuer in candidates[: certification_path.MAX_CANDIDATES]:
        if not attempts.take(issuer.key):
            reasons.append("limit")
            continue
        result = certificate.verify(issuer)
        if result.valid:
            if issuer == certificate:
                return Resolution(certificate, "self-signed", issuer)
            same_name = distinguished_name.canonical(issuer.subject) == distinguished_name.canonical(certificate.issuer)
            return Resolution(certificate, "link", issuer, "" if same_name else "issuer-by-key-identifier")
        if issuer != certificate:
            reasons.append(result.reason)
    return Resolution(certificate, "unresolved", None, _unresolved(certificate, candidates, reasons))


def _unresolved(certificate: Certificate, candidates: list[Certificate], reasons: list[str]) -> str:
    if certificate.key.kind == "unsupported" and not reasons:
        return certificate.key.name
    for reason in ("curve-unsupported", "algorithm-unknown", "key-unusable", "limit"):
        if reason in reasons:
            return reason
    identifier = certificate.authority_key_identifier
    if identifier is not None and any(c.subject_key_identifier == identifier for c in candidates if c != certificate):
        return "wrong-signature"
    return "other-generation" if reasons or certificate.self_named else "no-issuer"
