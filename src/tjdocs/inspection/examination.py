"""All checks without law on one document: evidence in, findings out."""

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from tjdocs import mrz
from tjdocs.errors import InputError
from tjdocs.findings import Finding, Outcome, enforce_premises
from tjdocs.inspection import chip_checks, lds_checks, mrz_checks, passive_authentication, seal_checks
from tjdocs.inspection.evidence import Evidence
from tjdocs.messages import Message
from tjdocs.pki.trust.store import TrustStore
from tjdocs.times import moment_of

__all__ = ["Examination", "examine"]


@dataclass(frozen=True, slots=True)
class Examination:
    """The findings of one inspection, and the parsed data.

    :param findings: in the order of the checks, with premises enforced
    :param at: the time of inspection, with the offset of the place; its date is the day of inspection
    :param printed: the printed MRZ; ``chip_mrz`` that of DG1
    :param sealed: the seal and its signer
    """

    findings: tuple[Finding, ...]
    at: datetime
    printed: mrz.Mrz | None = field(default=None, repr=False)
    chip_mrz: mrz.Mrz | None = field(default=None, repr=False)
    chip: lds_checks.ChipContent | None = field(default=None, repr=False)
    authentication: passive_authentication.Passive | None = field(default=None, repr=False)
    sealed: seal_checks.Sealed | None = field(default=None, repr=False)


def examine(
    evidence: Evidence, trust: TrustStore, *, at: date | datetime, time_zone: tzinfo | None = None
) -> Examination:
    """Judge everything in ``evidence``. No content of a document raises an error.

    :param time_zone: of the place, by which a moment has its day; the home zone of ``specs/times.toml`` unless given
    :raises UsageError: ``at`` is unusable, or a page cannot be read without the extra ``vision``
    """
    now = moment_of(at, zone=time_zone)
    today = now.date()
    printed = _printed(evidence, today)
    chip = lds_checks.read_chip(evidence.files) if evidence.files is not None else None
    dg1 = chip.parsed.get("DG1") if chip else None
    chip_mrz = _chip_mrz(dg1.zone, printed, today) if dg1 is not None else None
    findings: list[Finding] = []
    if printed is not None or chip_mrz is None:
        findings += mrz_checks.check_zone(printed, "zone")
    if chip_mrz is not None:
        findings += mrz_checks.check_zone(chip_mrz, "DG1")
    counting = chip_mrz if chip_mrz is not None and chip_mrz.format else printed
    findings.append(mrz_checks.check_expiry(counting, today))
    findings += lds_checks.check_structure(chip)
    findings += [Finding("lds.structure", Outcome.FAILED, "twice", subject=name) for name in sorted(evidence.twice)]
    findings.append(lds_checks.check_com_sod(chip))
    result = passive_authentication.authenticate(chip, trust, counting, at=now)
    findings += result.findings
    findings.append(_authentic(result.findings))
    findings += chip_checks.check_chip(chip, evidence.reading, result, trust, at=now)
    findings.append(mrz_checks.compare(printed, chip_mrz))
    sealed = seal_checks.examine_seal(evidence.seal, trust, (("zone", printed), ("DG1", chip_mrz)), at=now)
    findings += sealed.findings
    return Examination(enforce_premises(findings), now, printed, chip_mrz, chip, result, sealed)


def _chip_mrz(text: str, printed: mrz.Mrz | None, on: date) -> mrz.Mrz:
    """Return the MRZ of DG1: the printed one if it has the same text, no problem and no repair."""
    if printed is not None and not printed.problems and printed.repair is None and "".join(printed.lines) == text:
        return printed
    return mrz.parse(text, joined=True, at=on)


def _printed(evidence: Evidence, on: date) -> mrz.Mrz | None:
    """Return the printed MRZ: as typed or scanned, else from the picture of the page."""
    if evidence.mrz is not None:
        return mrz.parse(evidence.mrz, at=on)
    if evidence.page is None:
        return None
    try:
        return mrz.read(evidence.page, at=on)
    except InputError:  # not a picture, or one over the limits
        return mrz_checks.unread(on)


# a data group that was not handed over does not lower authenticity; DG1 is a premise of its own
_NOT_GIVEN = ("not-handed-over", "mandatory-missing")


def _authentic(findings: list[Finding]) -> Finding:
    """Judge ``pa.authentic``: its premises passed, and the hash of every data group handed over."""
    check = "pa.authentic"
    fallen = [f for f in findings if not f.outcome.ok]
    relevant = [f for f in fallen if f.check != "pa.ds-revocation" and f.reason not in _NOT_GIVEN]
    if not relevant:
        return Finding.of(check, Outcome.PASSED)
    failed = [f for f in relevant if f.outcome is Outcome.FAILED]
    if failed:
        return Finding.of(check, Outcome.FAILED, "not-authentic", _names(failed))
    return Finding.of(check, Outcome.UNDETERMINED, "premise", _names(relevant))


def _names(findings: list[Finding]) -> Message:
    return Message.of("rests-on", checks=tuple(f"{f.check} {f.subject}".rstrip() for f in findings))
