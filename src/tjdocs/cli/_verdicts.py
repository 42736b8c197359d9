"""A verdict on a terminal: in plain words, what a guard should do first; and the policy that it comes from."""

from typing import Annotated

import typer
from rich.text import Text

from tjdocs.border import Decision, Policy, Verdict
from tjdocs.border.report_rows import advice, not_checked
from tjdocs.border.texts import Texts
from tjdocs.cli import _io

__all__ = ["PolicyFile", "policy", "show"]

PolicyFile = Annotated[str, typer.Option("--policy", help="A policy file; else the default policy.")]


def policy(path: str) -> Policy | None:
    """Return the policy of a file, None where none is named."""
    return Policy.read(path) if path else None


def show(verdict: Verdict, words: Texts) -> None:
    """Print verdict, advice, what was not checked, and all findings."""
    out = _io.console()
    line = _io.styled(str(verdict.decision))
    line.plain = words.verdict(verdict.decision).upper()
    out.print(line)
    if not words.reviewed:
        out.print(Text(words.label("unreviewed"), style="dim"))
    if verdict.decision is not Decision.ADMIT:
        for check, title, steps in advice(verdict, words):
            out.print(Text(f"\n{title}", style="bold").append(f"  [{check}]", style="dim"))
            for step in steps:
                out.print(f"  → {step}")
    missing = not_checked(verdict, words)
    if missing:
        out.print(Text(f"\n{words.label('not-checked')}", style="bold"))
        for title, reason in missing:
            out.print(f"  · {title}: {reason}")
    out.print()
    _io.show_findings(verdict.findings, words)
