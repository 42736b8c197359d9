"""How this library answers a vector: one function an operation."""

import base64
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from tjdocs import mrz
from tjdocs.asn1 import der, x509
from tjdocs.border import Evidence, Inspector, Verdict
from tjdocs.errors import UsageError
from tjdocs.findings import Outcome
from tjdocs.lds.catalogue import LdsError
from tjdocs.lds.com import ComFile
from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12
from tjdocs.lds.dg14 import Dg14
from tjdocs.lds.dg15 import Dg15
from tjdocs.lds.sod import Sod, SodError
from tjdocs.pki import keys
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust import TrustStore

__all__ = ["answer", "reason_of"]


def answer(given: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return result and reason of a vector's input.

    :raises UsageError: an operation that is not known
    """
    operation = _OPERATIONS.get(given.get("operation", ""))
    if operation is None:
        raise UsageError("no such operation", where=str(given.get("operation")))
    try:
        return operation(given)
    except UsageError as error:
        return "refused", error.code


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _zone(given: Mapping[str, Any], *, repair: bool = False) -> mrz.Zone:
    return mrz.parse(given["text"], at=date.fromisoformat(given["at"]), repair=repair)


def _parse(given: Mapping[str, Any]) -> tuple[str, str]:
    zone = _zone(given)
    reason = next((problem.code for problem in zone.problems if problem.severity == "error"), "")
    return "valid" if zone.valid else "invalid", reason


def _problems(given: Mapping[str, Any]) -> tuple[str, str]:
    return " ".join(problem.code for problem in _zone(given).problems), ""


def _read(given: Mapping[str, Any]) -> tuple[str | None, str]:
    return _zone(given).as_json()[given["field"]], ""


def _repair(given: Mapping[str, Any]) -> tuple[str, str]:
    zone = _zone(given, repair=True)
    if zone.repair is not None and zone.repair.candidates:
        return "ambiguous", "repair-ambiguous"
    if zone.repaired:
        return zone.text, ""
    return "as read" if zone.valid else "none", ""


def _make(given: Mapping[str, Any]) -> tuple[str, str]:
    return mrz.make(given["format"], **given["fields"]).text, ""


def _transliterate(given: Mapping[str, Any]) -> tuple[str, str]:
    return mrz.transliterate(given["text"], table=given["table"]), ""


def _check_digit(given: Mapping[str, Any]) -> tuple[str, str]:
    return mrz.check_digit(given["text"]), ""


def _signature(given: Mapping[str, Any]) -> tuple[str, str]:
    try:
        algorithm = x509.algorithm_id(_bytes(given["algorithm"]))
    except der.DerError:
        return "undetermined", "algorithm-unknown"
    result = keys.verify(
        keys.load(_bytes(given["public_key"])),
        algorithm,
        _bytes(given["signature"]),
        _bytes(given["data"]),
        digest=given["digest"],
    )
    if result.valid:
        return "valid", " ".join(result.warnings)
    return "undetermined" if result.valid is None else "invalid", result.reason


_FILES: dict[str, Callable[[bytes], Any]] = {
    "EF.COM": ComFile.parse,
    "EF.SOD": Sod.parse,
    "DG1": Dg1.parse,
    "DG2": Dg2.parse,
    "DG11": Dg11.parse,
    "DG12": Dg12.parse,
    "DG14": Dg14.parse,
    "DG15": Dg15.parse,
}


def _lds_file(given: Mapping[str, Any]) -> tuple[str, str]:
    try:
        read = _FILES[given["name"]](_bytes(given["data"]))
    except (LdsError, SodError) as error:
        return "invalid", error.reason
    problems = [problem.code for problem in getattr(read, "problems", ())]
    return "valid", " ".join(problems)


def _inspect(given: Mapping[str, Any]) -> tuple[str, str]:
    certificates = [Certificate.parse(_bytes(item)) for item in given["anchors"]]
    candidates = [Certificate.parse(_bytes(item)) for item in given.get("candidates", ())]
    crls = [Crl.parse(_bytes(item)) for item in given.get("crls", ())]
    files = {name: _bytes(data) for name, data in given["files"].items()}
    trust = TrustStore.of(certificates, candidates, crls)
    at = datetime.fromisoformat(given["at"]) if "T" in given["at"] else date.fromisoformat(given["at"])
    verdict = Inspector(trust=trust).inspect(Evidence(mrz=given.get("mrz"), chip=files or None), at=at)
    return str(verdict.decision), reason_of(verdict)


def reason_of(verdict: Verdict) -> str:
    """Return what decided first, as ``check/reason``.

    That is the first failure, else the first thing undecided that counted, else the first tolerance.
    ``pa.authentic`` only says that another check did not pass, and comes last.
    """
    for outcome in (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.WARNING):
        found = [
            finding
            for finding in verdict.findings
            if finding.outcome is outcome and (outcome is Outcome.WARNING or finding.check in verdict.decided_by)
        ]
        for finding in sorted(found, key=lambda finding: finding.check == "pa.authentic"):
            return f"{finding.check}/{finding.reason}"
    return ""


_OPERATIONS: dict[str, Callable[[Mapping[str, Any]], tuple[str | None, str]]] = {
    "parse": _parse,
    "problems": _problems,
    "read": _read,
    "repair": _repair,
    "make": _make,
    "transliterate": _transliterate,
    "check-digit": _check_digit,
    "signature": _signature,
    "lds-file": _lds_file,
    "inspect": _inspect,
}
