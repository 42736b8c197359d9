"""A verdict on a terminal, as `verify` and `border inspect` print it, and the policy and types of the command line."""

from typing import Annotated

import typer
from rich.text import Text

from tjdocs.border import Decision, Policy, Verdict
from tjdocs.border.report.compare_entry import Comparison
from tjdocs.border.report.report_rows import Reason, further, headline, not_checked, reasons
from tjdocs.border.report.wording import Texts
from tjdocs.cli import _io, _terminal
from tjdocs.documents import DocumentTypes

__all__ = ["PolicyFile", "Verbose", "policy", "show", "types"]

PolicyFile = Annotated[str, typer.Option("--policy", help="A policy file; else the default policy.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show every check, also those not made or passed.")]


def types(paths: list[str] | None) -> DocumentTypes | None:
    """Return the document types with those of further files, None where none are named."""
    return DocumentTypes.load(*paths) if paths else None


def policy(path: str, types: DocumentTypes | None = None) -> Policy | None:
    """Return the policy of a file, None where none is named."""
    return Policy.read(path, types=types) if path else None


def show(verdict: Verdict, words: Texts, *, verbose: bool = False) -> None:
    """Print the verdict, its reasons with the next steps, further findings, and the number of checks not made.

    :param verbose: every check not made with its reason, and every finding
    """
    line = _io.styled(str(verdict.decision))
    line.plain = words.verdict(verdict.decision).upper()
    _terminal.line(line)
    _terminal.paragraph(words.label(f"sentence-{verdict.decision}"))
    if not words.reviewed:
        _terminal.line(Text(words.label("unreviewed"), style="dim"))
    for reason in reasons(verdict, words) if verdict.decision is not Decision.ADMIT else ():
        _terminal.line("")
        _show_reason(reason, words)
    if noted := further(verdict, words):
        _heading(words.label("also-found"))
        for row in noted:
            finding = Text(headline(row, words)).append(f" [{row.id}]", style="dim")
            _terminal.paragraph(finding, first="  ", indent="    ")
            if row.more:
                _terminal.paragraph(Text(row.more, style="dim"), first="    ", indent="    ")
            if row.step:
                _terminal.paragraph(row.step, first="    → ", indent="      ")
    if verbose:
        _heading(words.label("not-checked"))
        for title, why in not_checked(verdict, words):
            _terminal.paragraph(f"{title}: {why}", first="  · ", indent="    ")
        _heading(words.label("findings"))
        _io.show_findings(verdict.findings, words)
    passed = sum(finding.outcome.ok for finding in verdict.findings)
    _terminal.line("")
    counts = words.label("counts").format(passed=passed, count=len(verdict.not_checked))
    _terminal.line(counts.partition(" (")[0] if verbose else counts)


def _heading(text: str) -> None:
    _terminal.line("")
    _terminal.line(Text(text, style="bold"))


def _show_reason(reason: Reason, words: Texts) -> None:
    line = Text(reason.headline, style="bold")
    if reason.rows:
        more = f" +{len(reason.rows) - 1}" if len(reason.rows) > 1 else ""
        line.append(f" [{reason.rows[0].id}{more}]", style="not bold dim")
    _terminal.paragraph(line, indent="  ")
    for row in reason.rows[:1]:
        if row.more:
            _terminal.paragraph(Text(row.more, style="dim"), first="  ", indent="  ")
    for compared in reason.comparisons:
        _show_comparison(compared, words)
    for step in reason.steps:
        _terminal.paragraph(step, first="  → ", indent="    ")


def _show_comparison(compared: Comparison, words: Texts) -> None:
    """Print each field of an entry, and below it the traveller's."""
    sides = f"{words.label('entry')} {compared.entry}", words.label("area-holder")
    width, side_width = max(len(label) for label, _, _ in compared.rows), max(map(len, sides))
    for label, *values in compared.rows:
        for head, side, value in zip((label, ""), sides, values, strict=True):
            first = f"  {head:<{width}}  {side:<{side_width}}  "
            _terminal.paragraph(value or "–", first=first, indent=" " * len(first))
