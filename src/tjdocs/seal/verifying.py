"""Whether a seal is genuine: its form, its signer, its signature (Doc 9303-13, appendix D; BSI TR-03135-1, 5.9.1).

The signer's certificate is not in the seal; it is looked up in the trust store by country, signer and serial number.
Being there makes nobody trusted: a chain must lead to a trusted CSCA.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from tjdocs import mrz
from tjdocs.asn1 import x509
from tjdocs.findings import Finding, Outcome
from tjdocs.pki import algorithms, keys, names, paths, revocation
from tjdocs.pki.certificate import (
    OID_BASIC_CONSTRAINTS,
    OID_EXTENDED_KEY_USAGE,
    OID_KEY_USAGE,
    OID_SEAL_SIGNER,
    Certificate,
)
from tjdocs.pki.dissect import EXTENSIONS
from tjdocs.pki.trust import TrustStore
from tjdocs.seal.hashing import algorithm_of
from tjdocs.seal.header import Header
from tjdocs.seal.seal import Seal

__all__ = ["Verification", "verify"]

MAX_SIGNERS = 64
# a day begins 14 hours before and ends 36 hours after its midnight in UTC, somewhere on earth
_DAY_AHEAD, _DAY_BEHIND = timedelta(hours=14), timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying found.

    :param findings: ``seal.structure``, ``seal.signer``, ``seal.signature``, ``seal.revocation``, each once;
        premises are not enforced yet (:func:`tjdocs.findings.enforce_premises`)
    :param signer: the seal signer, None when its certificate is not at hand
    :param path: how far its chain led
    """

    findings: tuple[Finding, ...]
    signer: Certificate | None = None
    path: paths.Path | None = None


def verify(seal: Seal, trust: TrustStore, *, at: datetime) -> Verification:
    """Judge a seal at a moment. Never raises on what it says.

    :param trust: knows the CSCAs, and as candidates the published seal signers
    """
    structure = _structure(seal)
    if seal.header is None or not seal.signature:
        rest = ("seal.signer", "seal.signature", "seal.revocation")
        return Verification((structure, *(Finding(check, Outcome.UNDETERMINED, "unreadable") for check in rest)))
    signers = trust.seal_signers(seal.header.signer, seal.header.serial)[:MAX_SIGNERS]
    if not signers:
        detail = f"{seal.header.signer} {seal.header.reference}"
        missing = [
            Finding(c, Outcome.UNDETERMINED, "signer-missing", detail) for c in ("seal.signer", "seal.signature")
        ]
        return Verification((structure, *missing, Finding("seal.revocation", Outcome.UNDETERMINED, "premise")))
    # anybody may name his certificate so: the first counts whose findings hold, else the first that a CSCA vouches for
    judged = [_judge(seal, seal.header, signer, trust, at) for signer in signers]
    best = min(judged, key=lambda result: [not f.outcome.holds for f in result.findings[:2]])
    return Verification((structure, *best.findings), best.signer, best.path)


def _structure(seal: Seal) -> Finding:
    check = "seal.structure"
    errors = [problem for problem in seal.problems if problem.severity == "error"]
    told = errors or seal.problems
    if not told:
        return Finding(check, Outcome.PASSED)
    detail = "; ".join(f"{p.subject or 'seal'}: {p.text}" + (f" ({p.detail})" if p.detail else "") for p in told)
    return Finding(check, Outcome.FAILED if errors else Outcome.WARNING, told[0].code, detail)


def _judge(seal: Seal, header: Header, signer: Certificate, trust: TrustStore, at: datetime) -> Verification:
    path = paths.build(signer, trust)
    findings = (
        _signer(seal, header, signer, path, at),
        _signature(seal, signer),
        revocation.judge("seal.revocation", signer, path, trust, at=at),
    )
    return Verification(findings, signer, path)


_Fault = tuple[Outcome, str, str]
_FAILED, _UNDETERMINED, _WARNING = Outcome.FAILED, Outcome.UNDETERMINED, Outcome.WARNING


def _signer(seal: Seal, header: Header, signer: Certificate, path: paths.Path, at: datetime) -> Finding:
    """Judge whether the certificate was entitled to sign this seal on that day; the gravest fault is the reason."""
    faults = [*_usage(seal, signer), *_chain(path), *_country(seal, header, signer, path)]
    faults += _validity(header, signer, path, at)
    if faults:
        faults.sort(key=lambda fault: (_FAILED, _UNDETERMINED, _WARNING).index(fault[0]))
        outcome, reason, _ = faults[0]
        told = dict.fromkeys(f"{word}: {detail}" if detail else word for _, word, detail in faults)
        return Finding("seal.signer", outcome, reason, "; ".join(told))
    return Finding("seal.signer", Outcome.PASSED)


def _usage(seal: Seal, signer: Certificate) -> Iterator[_Fault]:
    """Judge whether it is a certificate for bar codes, and for this kind of document (Doc 9303-12, 7.1.1)."""
    foreign = [oid for oid, (critical, _) in signer.extensions.items() if critical and oid not in EXTENSIONS]
    if foreign:
        yield _FAILED, "critical-extension", ", ".join(foreign)
    usage = signer.key_usage
    unreadable = signer.is_ca is None and OID_BASIC_CONSTRAINTS in signer.extensions
    if signer.is_ca or unreadable or (usage is not None and usage & {"keyCertSign", "cRLSign"}):
        yield _FAILED, "ca-as-signer", ""
    if OID_KEY_USAGE in signer.extensions and "digitalSignature" not in (usage or ()):
        yield _FAILED, "key-usage", ", ".join(sorted(usage or ())) or "unreadable"
    purposes = signer.extended_key_usage
    if purposes is None or OID_SEAL_SIGNER not in purposes:
        yield _FAILED, "role", ", ".join(purposes or ()) or "not for bar codes"
    elif not signer.extensions[OID_EXTENDED_KEY_USAGE][0]:
        yield _WARNING, "extended-key-usage-not-critical", ""
    types, code = signer.document_types, seal.zone[:2].rstrip("<")
    if types is not None and code and not any(code == t or (len(t) == 1 and code.startswith(t)) for t in types):
        yield _FAILED, "document-type", f"for {', '.join(types)}, not for {code}"


def _chain(path: paths.Path) -> Iterator[_Fault]:
    if not path.valid:
        tried = "; ".join(map(str, path.attempts))
        detail = f"issuer {path.chain[0].issuer_text}" + (f", tried {tried}" if tried else "")
        yield _UNDETERMINED if path.valid is None else _FAILED, path.reason, detail
    for warning in path.warnings:
        yield _WARNING, warning, ""
    for certificate, issuer in zip(path.chain, path.chain[1:], strict=False):
        bits = issuer.key.bits if issuer.key.kind == "rsa" else 0
        hash_, made = certificate.verify(issuer).hash, certificate.not_before.date()
        if algorithms.outdated(hash_, made):
            yield _FAILED, "algorithm-forbidden", "a hash that was no longer accepted"
        elif algorithms.weak(hash_, bits, made):
            yield _WARNING, "algorithm-weak", ""


def _country(seal: Seal, header: Header, signer: Certificate, path: paths.Path) -> Iterator[_Fault]:
    """Compare the States of header, signer, CSCA and, where the profile says so, zone (BSI TR-03135-1, 5.9.1.5)."""
    expected = mrz.signing_country(header.country)
    found = [("signer", names.country(signer.subject)), ("issuer", names.country(signer.issuer))]
    found += [(f"issuer {n}", names.country(c.subject)) for n, c in enumerate(path.chain[1:], 1)]
    detail = ", ".join(f"{who} {code}" for who, code in found) + f", header {header.country}"
    state = seal.zone[2:5].rstrip("<")
    if seal.profile and seal.profile.zone_state and state != header.country:
        yield _FAILED, "country", f"{detail}, zone {state}"
    elif expected is None:
        yield _UNDETERMINED, "code-unknown", detail
    elif any(code.upper() != expected for _, code in found if code):
        yield _FAILED, "country", detail
    elif any(code != code.upper() for _, code in found):
        yield _WARNING, "country-case", ""


def _validity(header: Header, signer: Certificate, path: paths.Path, at: datetime) -> Iterator[_Fault]:
    """Judge the day of signing, the whole of which counts in any time zone, against the certificates' times."""
    if header.signature_date is None:
        return
    signed = datetime.combine(header.signature_date, time(), UTC)
    detail = f"signed {header.signature_date.isoformat()}"
    if signed - at > max(_DAY_AHEAD, paths.CLOCK_SKEW):
        yield _FAILED, "signed-in-future", detail
    begin, end = signer.private_key_usage or (None, None)
    if any(first is not None and first - signed > _DAY_BEHIND for first in (signer.not_before, begin)):
        yield _FAILED, "not-yet-valid", detail
    if any(last is not None and signed - last > _DAY_AHEAD for last in (signer.not_after, end)):
        yield _FAILED, "expired", detail
    elif at > signer.not_after:
        yield _UNDETERMINED, "expired-since", f"{detail}, valid to {signer.not_after.date().isoformat()}"
    if (untimely := paths.untimely(path.chain)) is not None:
        outcome = _FAILED if untimely.reason == "issuer-validity" else _UNDETERMINED
        yield outcome, untimely.reason, untimely.certificate.subject_text


def _signature(seal: Seal, signer: Certificate) -> Finding:
    """Verify r and s over the bytes read; the curve's order decides on the hash (Doc 9303-13, 2.4)."""
    check, key = "seal.signature", signer.key
    if key.kind == "unsupported":
        return Finding(check, _UNDETERMINED, key.name)
    algorithm = algorithm_of(key)
    if algorithm is None:
        return Finding(check, _FAILED, "algorithm-key-mismatch", key.name)
    result = keys.verify(key, x509.AlgorithmId(algorithm.oid, b""), seal.signature, seal.signed)
    if result.valid:
        return Finding(check, Outcome.PASSED)
    return Finding(check, _FAILED, result.reason, f"{key.name}, {algorithm.hash}")
