"""A verdict on a terminal, with advice to the guard in plain words, and the policy and types of the command line."""

from typing import Annotated

import typer
from rich.text import Text

from tjdocs.border import Decision, Policy, Verdict
from tjdocs.border.report.report_rows import advice, not_checked
from tjdocs.border.report.wording import Texts
from tjdocs.cli import _io, _terminal
from tjdocs.documents import DocumentTypes
from tjdocs.findings import Outcome

__all__ = ["PolicyFile", "Verbose", "policy", "show", "types"]

_QUIET = (Outcome.PASSED, Outcome.NOT_APPLICABLE)
PolicyFile = Annotated[str, typer.Option("--policy", help="A policy file; else the default policy.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show the checks that passed, too.")]


def types(paths: list[str] | None) -> DocumentTypes | None:
    """Return the document types with those of further files, None where none are named."""
    return DocumentTypes.load(*paths) if paths else None


def policy(path: str, types: DocumentTypes | None = None) -> Policy | None:
    """Return the policy of a file, None where none is named."""
    return Policy.read(path, types=types) if path else None


def show(verdict: Verdict, words: Texts, *, verbose: bool = False) -> None:
    """Print the verdict, advice, checks that were not done, and findings.

    :param verbose: findings that passed or do not apply, too; else their number
    """
    line = _io.styled(str(verdict.decision))
    line.plain = words.verdict(verdict.decision).upper()
    _terminal.line(line)
    if not words.reviewed:
        _terminal.line(Text(words.label("unreviewed"), style="dim"))
    if verdict.decision is not Decision.ADMIT:
        for check, title, steps in advice(verdict, words):
            _terminal.line("")
            _terminal.line(Text(title, style="bold").append(f"  [{check}]", style="dim"))
            for step in steps:
                _terminal.line(f"  → {step}")
    missing = not_checked(verdict, words)
    if missing:
        _terminal.line("")
        _terminal.line(Text(words.label("not-checked"), style="bold"))
        for title, reason in missing:
            _terminal.line(f"  · {title}: {reason}")
    _terminal.line("")
    hidden = () if verbose else _QUIET
    _io.show_findings([finding for finding in verdict.findings if finding.outcome not in hidden], words)
    count = sum(finding.outcome is Outcome.PASSED for finding in verdict.findings)
    if not verbose:
        _terminal.line(Text(words.label("passed-checks").format(count=count), style="dim"))
