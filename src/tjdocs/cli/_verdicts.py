"""A verdict on a terminal: in plain words, what a guard should do first; and the policy that it comes from."""

from typing import Annotated

import typer
from rich.text import Text

from tjdocs.border import Decision, Policy, Verdict
from tjdocs.border.report.report_rows import advice, not_checked
from tjdocs.border.report.wording import Texts
from tjdocs.cli import _io, _terminal

__all__ = ["PolicyFile", "policy", "show"]

PolicyFile = Annotated[str, typer.Option("--policy", help="A policy file; else the default policy.")]


def policy(path: str) -> Policy | None:
    """Return the policy of a file, None where none is named."""
    return Policy.read(path) if path else None


def show(verdict: Verdict, words: Texts) -> None:
    """Print verdict, advice, what was not checked, and all findings."""
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
    _io.show_findings(verdict.findings, words)
