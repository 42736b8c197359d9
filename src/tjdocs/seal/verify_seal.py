"""Whether a seal is genuine: its form, its signer, its signature (Doc 9303-13, appendix D; BSI TR-03135-1, 5.9.1).

The signer's certificate is not in the seal; it is looked up in the trust store by country, signer and serial number.
Being there makes nobody trusted: a chain must lead to a trusted CSCA.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from tjdocs.asn1 import x509_schema
from tjdocs.findings import OF_SEVERITY, Finding, Outcome
from tjdocs.messages import Message
from tjdocs.mrz import codes
from tjdocs.pki import certification_path, public_key
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.trust import revocation, signer_rules
from tjdocs.pki.trust.signer_rules import Fault, StatedTime
from tjdocs.pki.trust.store import TrustStore
from tjdocs.seal.hashing import algorithm_of
from tjdocs.seal.seal_problems import SealProblem
from tjdocs.seal.vds import Seal
from tjdocs.seal.vds_header import Header

__all__ = ["Verification", "verify"]

MAX_SIGNERS = 64


class Verification(Struct, frozen=True):
    """What verifying found.

    :param findings: ``seal.structure``, ``seal.signer``, ``seal.signature``, ``seal.revocation``, each once;
        premises are not enforced yet (:func:`tjdocs.findings.enforce_premises`)
    :param signer: the seal signer, None without its certificate
    :param path: its certification path, as far as it was built
    """

    findings: tuple[Finding, ...]
    signer: Certificate | None = None
    path: certification_path.Path | None = None


def verify(seal: Seal, trust: TrustStore, *, at: datetime) -> Verification:
    """Judge a seal at a moment. No seal raises an error.

    :param trust: knows the CSCAs, and as candidates the published seal signers
    """
    structure = _structure(seal)
    if seal.header is None or not seal.signature:
        checks = ("seal.signer", "seal.signature", "seal.revocation")
        return Verification((structure, *(Finding(check, Outcome.UNDETERMINED, "unreadable") for check in checks)))
    signers = trust.seal_signers(seal.header.signer, seal.header.serial)
    if not signers:
        named = f"{seal.header.signer} {seal.header.reference}"
        return Verification((structure, *_unknown("signer-missing", named)))
    # anybody may name his certificate so: the first counts whose findings hold, else the first that a CSCA vouches for
    signing, searching = Attempts(MAX_SIGNERS), Attempts(certification_path.MAX_TRIED)
    alone = len(signers) == 1
    tried = [(signer, _signature(seal, signer)) for signer in signers if alone or signing.take(signer.key)]
    # the signer comes first, so that a crowd does not use up the budget of the search for paths
    tried.sort(key=lambda pair: not pair[1].outcome.ok)
    judged = [_judge(seal, seal.header, *pair, trust, at, searching) for pair in tried]
    best = min(judged, key=lambda result: [not f.outcome.ok for f in result.findings[:2]], default=None)
    cut_short = len(tried) < len(signers) or any(f.path is not None and f.path.reason == "limit" for f in judged)
    if not alone and cut_short and not (best and best.findings[0].outcome.ok):
        # one that was not tried to the end may be the signer's: nobody is accused for a stranger's certificate
        detail = Message.word("more certificates fit the signer named than are tried")
        return Verification((structure, *_unknown("limit", detail)))
    assert best is not None  # noqa: S101 - one alone was tried
    of_the_key = best.findings[1].reason in public_key.OF_THE_KEY
    if of_the_key and not any(result.path is not None and result.path.valid for result in judged):
        # nobody vouches for any of them: a stranger may have published it under the signer's name
        return Verification((structure, *_unknown("signer-missing", "no certificate under its name leads to a CSCA")))
    return Verification((structure, *best.findings), best.signer, best.path)


def _unknown(reason: str, detail: Message | str) -> list[Finding]:
    """Return the findings where nobody knows who signed."""
    findings = [Finding.of(check, Outcome.UNDETERMINED, reason, detail) for check in ("seal.signer", "seal.signature")]
    return [*findings, Finding("seal.revocation", Outcome.UNDETERMINED, "premise")]


def _structure(seal: Seal) -> Finding:
    check = "seal.structure"
    if not seal.problems:
        return Finding(check, Outcome.PASSED)
    gravest = next(severity for severity in OF_SEVERITY if any(p.severity == severity for p in seal.problems))
    problems = [problem for problem in seal.problems if problem.severity == gravest]
    detail = Message.all(tuple(Message.of("part", part=_part(p), problem=_problem(p)) for p in problems))
    return Finding.of(check, OF_SEVERITY[gravest], problems[0].code, detail)


def _part(problem: SealProblem) -> Message | str:
    """Return the part that a problem concerns; of a feature without a name the tag."""
    before, word, tag = problem.subject.partition("feature ")
    return Message.of("feature", tag=tag) if word and not before else problem.subject or "seal"


def _problem(problem: SealProblem) -> Message:
    text = Message(f"problem.seal.{problem.code}")
    return Message.of("problem-detail", problem=text, detail=problem.detail) if problem.detail else text


def _judge(
    seal: Seal,
    header: Header,
    signer: Certificate,
    signature: Finding,
    trust: TrustStore,
    at: datetime,
    attempts: Attempts,
) -> Verification:
    judged = signer_rules.judge(signer, "seal", trust, attempts=attempts)
    faults = [
        *judged.usage,
        *signer_rules.check_document_type(judged, seal.zone[:2].rstrip("<")),
        *judged.chain,
        *_country(seal, header, judged),
    ]
    if header.signature_date is not None:
        faults += signer_rules.check_validity(judged, [StatedTime.of_day(header.signature_date)], at=at)
    if judged.path.valid:
        revoked = revocation.judge("seal.revocation", judged.path.chain, trust, at=at)
    else:
        revoked = Finding("seal.revocation", Outcome.UNDETERMINED, "premise")
    findings = (signer_rules.finding("seal.signer", faults), signature, revoked)
    return Verification(findings, signer, judged.path)


def _country(seal: Seal, header: Header, judged: signer_rules.JudgedSigner) -> Iterable[Fault]:
    """Compare the States of header, signer, CSCA and, if the profile demands it, zone (BSI TR-03135-1, 5.9.1.5)."""
    state, claim = seal.zone[2:5].rstrip("<"), Message.of("header-state", state=header.country)
    if seal.profile and seal.profile.zone_state and state != header.country:
        yield Fault(Outcome.FAILED, "country", Message.of("list", parts=(claim, Message.of("zone-state", state=state))))
    for fault in signer_rules.check_country(judged, claim, codes.signing_country(header.country)):
        yield fault._replace(reason="country") if fault.reason == "differs" else fault


def _signature(seal: Seal, signer: Certificate) -> Finding:
    """Verify r and s over the bytes read; the curve's order decides on the hash (Doc 9303-13, 2.4)."""
    check, key = "seal.signature", signer.key
    if key.kind == "unsupported":
        return Finding(check, Outcome.UNDETERMINED, key.name)
    algorithm = algorithm_of(key)
    if algorithm is None:
        return Finding(check, Outcome.FAILED, "algorithm-key-mismatch", key.name)
    result = public_key.verify(key, x509_schema.AlgorithmId(algorithm.oid, b""), seal.signature, seal.signed)
    if result.valid:
        return Finding(check, Outcome.PASSED)
    return Finding(check, Outcome.FAILED, result.reason, f"{key.name}, {algorithm.hash}")
