"""Checks on an MRZ: ``mrz.structure``, ``mrz.check-digits``, ``mrz.dates``, ``doc.expiry`` (Doc 9303-3, 4)."""

from datetime import date

from tjdocs import mrz
from tjdocs.findings import Finding, Outcome
from tjdocs.messages import Message
from tjdocs.mrz import mrz_problems
from tjdocs.mrz.mrz_problems import MrzProblem

__all__ = ["check_expiry", "check_zone", "compare", "unread"]

_NO_ZONE = "no-zone"
_SHOWN = 6  # shown places at which two MRZs differ; the report marks all
_CHECKS = ("mrz.structure", "mrz.check-digits", "mrz.dates")


def unread(on: date) -> mrz.Mrz:
    """Return the result for a picture without an MRZ, or for a file that is not a picture."""
    return mrz.Mrz(None, (), on, (MrzProblem(_NO_ZONE),))


def check_zone(zone: mrz.Mrz | None, subject: str) -> list[Finding]:
    """Judge an MRZ; None: none was handed over.

    :param subject: ``zone`` for the printed MRZ, ``DG1`` for the chip's
    """
    if zone is None:
        return [Finding.of(check, Outcome.UNDETERMINED, "no-input", subject=subject) for check in _CHECKS]
    if zone.format and not zone.problems:
        return [Finding.of(check, Outcome.PASSED, subject=subject) for check in _CHECKS]
    findings = []
    if [p.code for p in zone.problems] == [_NO_ZONE]:  # of the picture, not of the document
        others = [Finding.of(check, Outcome.UNDETERMINED, "unreadable", subject=subject) for check in _CHECKS[1:]]
        return [Finding.of(_CHECKS[0], Outcome.UNDETERMINED, _NO_ZONE, subject=subject), *others]
    kinds = mrz_problems.problem_kinds()
    for check in _CHECKS:
        if not zone.format and check != "mrz.structure":
            findings.append(Finding.of(check, Outcome.UNDETERMINED, "unreadable", subject=subject))
            continue
        problems = [p for p in zone.problems if kinds[p.code].check == check]
        errors = [p for p in problems if p.severity == "error"]
        if not problems:
            findings.append(Finding.of(check, Outcome.PASSED, subject=subject))
            continue
        outcome = Outcome.FAILED if errors else Outcome.WARNING
        detail = Message.all(
            tuple(
                Message.of("part", part=_part(p.field), problem=Message(f"problem.mrz.{p.code}"))
                for p in errors or problems
            )
        )
        findings.append(Finding.of(check, outcome, (errors or problems)[0].code, detail, subject))
    return findings


def _part(field: str) -> Message | str:
    """Return a field of the MRZ as a parameter of a message."""
    name = field.removesuffix("_check_digit")
    if name in ("", "composite") or name == field:
        return field or "zone"
    return Message.of("check-digit-of", field=name)


def check_expiry(zone: mrz.Mrz | None, on: date) -> Finding:
    """Judge the date of expiry of an MRZ on a day."""
    last = zone.date_of_expiry if zone is not None else None
    if last is None and zone is not None and (latest := zone.latest_expiry) is not None and latest < on:
        return Finding.of("doc.expiry", Outcome.FAILED, "expired", Message.of("last-valid-day", day=latest.isoformat()))
    if last is None:
        return Finding.of("doc.expiry", Outcome.UNDETERMINED, "no-date")
    if last < on:
        return Finding.of("doc.expiry", Outcome.FAILED, "expired", Message.of("last-valid-day", day=last.isoformat()))
    return Finding.of("doc.expiry", Outcome.PASSED)


def compare(printed: mrz.Mrz | None, chip: mrz.Mrz | None) -> Finding:
    """Compare the printed MRZ with DG1's, field by field (BSI TR-03135-1, 5.7.2)."""
    check = "lds.dg1-mrz"
    if printed is None or chip is None:
        return Finding.of(check, Outcome.UNDETERMINED, "no-input")
    if not printed.format or not chip.format:
        return Finding.of(check, Outcome.UNDETERMINED, "unreadable")
    if printed.lines == chip.lines:
        return Finding.of(check, Outcome.PASSED)
    on_page, on_chip = printed.fields(), chip.fields()
    fields = sorted(name for name in on_page.keys() | on_chip.keys() if on_page.get(name) != on_chip.get(name))
    places = [
        Message.of("place", line=number, column=column)
        for number, lines in enumerate(zip(printed.lines, chip.lines, strict=False), 1)
        for column, (page_character, chip_character) in enumerate(zip(*lines, strict=False), 1)
        if page_character != chip_character
    ]
    detail = Message.of("differ", fields=tuple(map(_part, fields)) or "check digits")
    if printed.format == chip.format and places:
        detail = Message.all((detail, Message.of("list", parts=tuple(places[:_SHOWN]))))
    if fields and all(name.startswith(("optional_data", "composite")) for name in fields):
        return Finding.of(check, Outcome.UNDETERMINED, "optional-data-differs", detail)
    return Finding.of(check, Outcome.FAILED, "differs", detail)
