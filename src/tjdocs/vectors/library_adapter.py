"""The answers of this library: one function for each operation."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from tjdocs import mrz
from tjdocs.asn1 import der, x509_schema
from tjdocs.border import Decision, Evidence, Inspector, Policy, Verdict
from tjdocs.errors import UsageError
from tjdocs.findings import Outcome, enforce_premises
from tjdocs.inspection.seal_checks import examine_seal
from tjdocs.lds import LdsError
from tjdocs.lds.ef_sod import SodError
from tjdocs.lds.readers import READERS
from tjdocs.pki import public_key
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust.store import TrustPolicy, TrustStore
from tjdocs.seal import Header, Seal, c40, seal_results, vds_profiles
from tjdocs.seal.hashing import algorithm_of
from tjdocs.seal.make_vds import message
from tjdocs.vectors import chip_operations

__all__ = ["Answer", "answer", "reason_of"]

# harmless warnings of a zone
_HARMLESS = frozenset(("possibly-truncated",))


class Answer(NamedTuple):
    """Result, reason and verdict of one vector, as :class:`tjdocs.vectors.Vector` has them."""

    result: str | None
    reason: str = ""
    verdict: str = ""


def answer(given: Mapping[str, Any]) -> Answer:
    """Return what this library answers to a vector's input.

    :raises UsageError: unknown operation
    """
    operation = _OPERATIONS.get(given.get("operation", ""))
    if operation is None:
        raise UsageError("unknown operation", where=str(given.get("operation")))
    try:
        return Answer(*operation(given))
    except UsageError as error:
        return Answer("refused", error.code)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _zone(given: Mapping[str, Any], *, repair: bool = False) -> mrz.Mrz:
    return mrz.parse(given["text"], at=date.fromisoformat(given["at"]), repair=repair)


def _judged(zone: mrz.Mrz) -> str:
    if not zone.valid:
        return "invalid"
    return "acceptable" if {problem.code for problem in zone.problems} - _HARMLESS else "valid"


def _parse(given: Mapping[str, Any]) -> tuple[str, str]:
    zone = _zone(given)
    return _judged(zone), next((problem.code for problem in zone.problems if problem.severity == "error"), "")


def _problems(given: Mapping[str, Any]) -> tuple[str, str]:
    zone = _zone(given)
    return _judged(zone), " ".join(problem.code for problem in zone.problems)


def _read(given: Mapping[str, Any]) -> tuple[str | None, str]:
    return _zone(given).as_json()[given["field"]], ""


def _repair(given: Mapping[str, Any]) -> tuple[str, str]:
    zone = _zone(given, repair=True)
    if zone.repair is not None and zone.repair.candidates:
        return "ambiguous", "repair-ambiguous"
    if zone.repaired:
        unconfirmed = any(problem.code == "repair-unconfirmed" for problem in zone.problems)
        return zone.text, "repair-unconfirmed" if unconfirmed else ""
    return "as read" if zone.valid else "none", ""


def _make(given: Mapping[str, Any]) -> tuple[str, str]:
    return mrz.make(given["format"], **given["fields"]).text, ""


def _transliterate(given: Mapping[str, Any]) -> tuple[str, str]:
    return mrz.transliterate(given["text"], table=given["table"]), ""


def _check_digit(given: Mapping[str, Any]) -> tuple[str, str]:
    return mrz.check_digit(given["text"]), ""


def _signature(given: Mapping[str, Any]) -> tuple[str, str]:
    try:
        algorithm = x509_schema.algorithm_id(_bytes(given["algorithm"]))
    except der.DerError:
        return "invalid", "algorithm-unknown"
    result = public_key.verify(
        public_key.load(_bytes(given["public_key"])),
        algorithm,
        _bytes(given["signature"]),
        _bytes(given["data"]),
        digest=given["digest"],
    )
    if result.valid:
        return ("acceptable" if result.warnings else "valid"), " ".join(result.warnings)
    return "invalid", result.reason  # what cannot be verified is not valid either


def _lds_file(given: Mapping[str, Any]) -> tuple[str, str]:
    try:
        read = READERS[given["name"]](_bytes(given["data"]))
    except (LdsError, SodError) as error:
        return "invalid", error.reason
    problems = getattr(read, "problems", ())
    broken = any(problem.severity != "warning" for problem in problems)
    result = "invalid" if broken else "acceptable" if problems else "valid"
    return result, " ".join(problem.code for problem in problems)


def _authenticate(given: Mapping[str, Any]) -> tuple[str, str, str]:
    """Judge whether the files are what their State signed: passive authentication, whatever else the verdict names."""
    verdict = _verdict(given)
    findings = [finding for finding in verdict.findings if finding.check.startswith("pa.")]
    stopped = verdict.decision != "admit" and any(check.startswith("pa.") for check in verdict.decided_by)
    if stopped or not all(finding.outcome.ok for finding in findings if finding.check == "pa.authentic"):
        result = "invalid"
    else:
        result = "acceptable" if any(finding.outcome is Outcome.WARNING for finding in findings) else "valid"
    return result, reason_of(verdict, "pa.") or reason_of(verdict), str(verdict.decision)


def _inspect(given: Mapping[str, Any]) -> tuple[str, str, str]:
    """Judge the document whole: an admitted one is accepted, no other."""
    verdict = _verdict(given)
    reason = reason_of(verdict)
    result = "invalid" if verdict.decision != "admit" else "acceptable" if reason else "valid"
    return result, reason, str(verdict.decision)


def _verdict(given: Mapping[str, Any]) -> Verdict:
    files = {name: _bytes(data) for name, data in given["files"].items()}
    at = datetime.fromisoformat(given["at"]) if "T" in given["at"] else date.fromisoformat(given["at"])
    evidence = Evidence(
        mrz=given.get("mrz"),
        chip=files or None,
        direction=given.get("direction"),
        seal=_bytes(given["seal"]) if "seal" in given else None,
        claims=given.get("claims"),
    )
    policy = Policy.bundled(given.get("policy", "default"))
    if "trust" in given:
        policy = replace(policy, trust=TrustPolicy.parse(given["trust"]))
    return Inspector(trust=_trust(given), policy=policy).inspect(evidence, at=at)


def reason_of(verdict: Verdict, area: str = "") -> str:
    """Return what decided first, as ``check/reason``; of the checks that begin with ``area``.

    That is the first failure, else the first thing undecided that counted, else the first tolerance. Where the
    document was admitted, nothing undecided counted. ``pa.authentic`` only says that another check did not pass, and
    comes last.
    """
    against = () if verdict.decision is Decision.ADMIT else (Outcome.FAILED, Outcome.UNDETERMINED)
    for outcome in (*against, Outcome.WARNING):
        findings = [
            finding
            for finding in verdict.findings
            if finding.outcome is outcome
            and finding.check.startswith(area)
            and (outcome is Outcome.WARNING or finding.check in verdict.decided_by)
        ]
        for finding in sorted(findings, key=lambda finding: finding.check == "pa.authentic"):
            return f"{finding.check}/{finding.reason}"
    return ""


def _c40_encode(given: Mapping[str, Any]) -> tuple[str, str]:
    try:
        return c40.encode(given["text"]).hex().upper(), ""
    except c40.C40Error:
        return "refused", ""


def _c40_decode(given: Mapping[str, Any]) -> tuple[str, str]:
    try:
        return c40.decode(_bytes(given["data"])), ""
    except c40.C40Error:
        return "invalid", ""


def _seal_read(given: Mapping[str, Any]) -> tuple[str, str]:
    read = Seal.parse(_bytes(given["data"]))
    errors = [problem.code for problem in read.problems if problem.severity != "warning"]
    return ("valid", " ".join(p.code for p in read.problems)) if read.valid else ("invalid", errors[0])


def _seal_value(given: Mapping[str, Any]) -> tuple[str | None, str]:
    read = Seal.parse(_bytes(given["data"]))
    values, field = read.values, given["field"]
    value = values[field] if field in values else getattr(read.header, field, None)
    return (None if value is None else vds_profiles.plain(value)), ""


def _seal_encode(given: Mapping[str, Any]) -> tuple[str, str]:
    values = dict(given["header"])
    for name in ("issue_date", "signature_date"):
        values[name] = date.fromisoformat(values[name])
    header = Header(**values)
    profile = vds_profiles.find(header.definition, header.category, header.country)
    read = {} if profile is None else {n: profile.by_name(n).from_json(v) for n, v in given["features"].items()}
    seal = Seal.assemble(message(header, read), _bytes(given["signature"]))
    return base64.b64encode(seal.encode()).decode(), ""


def _seal_signature(given: Mapping[str, Any]) -> tuple[str, str]:
    read, key = Seal.parse(_bytes(given["data"])), public_key.load(_bytes(given["public_key"]))
    algorithm = algorithm_of(key)
    if algorithm is None:
        return "invalid", "algorithm-key-mismatch"
    result = public_key.verify(key, x509_schema.AlgorithmId(algorithm.oid, b""), read.signature, read.signed)
    return ("valid" if result.valid else "invalid"), result.reason


def _seal_verify(given: Mapping[str, Any]) -> tuple[str, str]:
    at = datetime.fromisoformat(given["at"])
    zones = [(f"zone {n}", mrz.parse(text, at=at)) for n, text in enumerate(given["zones"], 1)]
    examined = examine_seal(_bytes(given["data"]), _trust(given), zones, at=at)
    findings = enforce_premises(examined.findings)
    status = seal_results.status(findings)
    defect = any(f.outcome is Outcome.WARNING for f in findings if f.check in ("seal.signer", "seal.revocation"))
    accepted = "acceptable" if defect else "valid"
    return (accepted if status.valid else "invalid"), " ".join(result.id for result in status.results)


def _trust(given: Mapping[str, Any]) -> TrustStore:
    anchors = [Certificate.parse(_bytes(item)) for item in given["anchors"]]
    candidates = [Certificate.parse(_bytes(item)) for item in given.get("candidates", ())]
    return TrustStore.of(anchors, candidates, [Crl.parse(_bytes(item)) for item in given.get("crls", ())])


_OPERATIONS: dict[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]] = {
    "parse": _parse,
    "problems": _problems,
    "read": _read,
    "repair": _repair,
    "make": _make,
    "transliterate": _transliterate,
    "check-digit": _check_digit,
    "signature": _signature,
    "lds-file": _lds_file,
    "authenticate": _authenticate,
    "inspect": _inspect,
    "c40-encode": _c40_encode,
    "c40-decode": _c40_decode,
    "seal-read": _seal_read,
    "seal-value": _seal_value,
    "seal-encode": _seal_encode,
    "seal-signature": _seal_signature,
    "seal-verify": _seal_verify,
    **chip_operations.OPERATIONS,
}
