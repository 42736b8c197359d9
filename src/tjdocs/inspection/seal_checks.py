"""Checks on a seal: ``seal.*`` (Doc 9303-13, appendix D, Doc 9303-7, 9.4, and Doc 9303-8, appendix A)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tjdocs import mrz, seal
from tjdocs.findings import Finding, Outcome
from tjdocs.inspection.evidence import MAX_FILE
from tjdocs.messages import Message
from tjdocs.mrz import mrz_problems
from tjdocs.pki.trust.store import TrustStore
from tjdocs.seal import Seal, Verification, bar_code
from tjdocs.seal.vds_profiles import FeatureSpec

__all__ = ["Sealed", "examine_seal"]

_CHECKS = ("seal.structure", "seal.signer", "seal.signature", "seal.revocation", "seal.agreement")
_VISA = ("MRV-A", "MRV-B")


@dataclass(frozen=True, slots=True)
class Sealed:
    """The findings on a seal.

    :param seal: as read, None where none was handed over, or the picture has none
    :param verification: of its signer and signature
    """

    findings: tuple[Finding, ...]
    seal: Seal | None = field(default=None, repr=False)
    verification: Verification | None = field(default=None, repr=False)


_NONE = Sealed(tuple(Finding(check, Outcome.UNDETERMINED, "no-input") for check in _CHECKS))


def examine_seal(
    data: bytes | None, trust: TrustStore, zones: Iterable[tuple[str, mrz.Mrz | None]], *, at: datetime
) -> Sealed:
    """Judge a seal and compare it with the MRZs of the document. No content raises an error.

    :param data: the seal's bytes, or a PNG or JPEG picture of it; None: none was handed over
    :param zones: MRZs, each with the subject of its findings: ``zone``, ``DG1``
    """
    if data is None:
        return _NONE
    if len(data) > MAX_FILE:
        return _unread("limit", Message.of("bytes", count=len(data)))
    if bar_code.is_picture(data):
        try:
            data = bar_code.read_bar_code(data)
        except seal.BarCodeError as error:
            return _unread(error.reason, error.message)
    read = Seal.parse(data)
    verification = seal.verify(read, trust, at=at)
    agreement = _agreement(read, [(name, zone) for name, zone in zones if zone is not None])
    return Sealed((*verification.findings, *agreement), read, verification)


def _unread(reason: str, detail: Message | str) -> Sealed:
    """Return the findings on a seal whose bytes could not be read."""
    others = (Finding(check, Outcome.UNDETERMINED, "unreadable") for check in _CHECKS[1:])
    return Sealed((Finding.of(_CHECKS[0], Outcome.UNDETERMINED, reason, detail), *others))


def _agreement(read: Seal, given: list[tuple[str, mrz.Mrz]]) -> list[Finding]:
    """Compare every feature that an MRZ has too, with each MRZ of its document."""
    check = "seal.agreement"
    if read.profile is None:
        return [Finding(check, Outcome.UNDETERMINED, "unreadable")]
    compared = [spec for spec in read.profile.feature if (spec.zone or spec.agrees) and spec.id in read.values]
    findings = []
    for of in dict.fromkeys(spec.of for spec in compared):
        specs = [spec for spec in compared if spec.of == of]
        zones = [(name, zone) for name, zone in given if _is_of(zone, of)]
        subject = "" if of == "document" else of
        if not zones:
            findings.append(Finding(check, Outcome.UNDETERMINED, "nothing-to-compare", subject=subject))
        findings += [_compare(read, specs, zone, name, of) for name, zone in zones]
    return findings or [Finding(check, Outcome.UNDETERMINED, "nothing-to-compare")]


def _is_of(zone: mrz.Mrz, of: str) -> bool:
    return of == "document" or (zone.format in _VISA) == (of == "visa")


def _compare(read: Seal, specs: list[FeatureSpec], zone: mrz.Mrz, name: str, of: str) -> Finding:
    """Compare character by character; blanks of the seal are fillers.

    An MRZ with wrong check digits was misread or altered, and is not compared.
    """
    check, prefix = "seal.agreement", "" if of == "document" else f"{of}-"
    kinds = mrz_problems.problem_kinds()
    wrong = any(p.severity == "error" and kinds[p.code].check == "mrz.check-digits" for p in zone.problems)
    if wrong or not zone.format:
        return Finding(check, Outcome.UNDETERMINED, f"{prefix}zone-invalid", subject=name)
    differing = []
    for spec in specs:
        value = str(read.values[spec.id]).replace(" ", "<")
        printed = "".join(zone.lines)[: len(value)] if zone.format == spec.zone else ""
        if value != (printed if spec.zone else getattr(zone, spec.agrees)):
            differing.append(spec.id)
    if differing:
        return Finding.of(
            check, Outcome.FAILED, f"{prefix}differs", Message.of("differ", fields=tuple(differing)), name
        )
    return Finding(check, Outcome.PASSED, subject=name)
