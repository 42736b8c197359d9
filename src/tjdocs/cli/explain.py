"""``tjdocs explain``: the meaning of a word that a report, a verdict or an MRZ's problems have."""

from typing import Annotated

import typer
from rich.text import Text

from tjdocs.border.report.explanations import Explanation, explained_ids, explanations
from tjdocs.border.report.wording import Texts, texts
from tjdocs.cli import _io, _terminal
from tjdocs.errors import UsageError


def explain(
    word: Annotated[
        list[str] | None, typer.Argument(metavar="CHECK[/REASON]|WORD…", help="As reports print it; repeatable.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every word, one a line.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="en, ru or tg.")] = "en",
    as_json: _io.Json = False,
) -> None:
    """Explain a word of a report: a check, a reason, a problem, a practice. No network is needed."""
    words = texts(lang)
    if bool(word) == every:
        problem = "words and --all" if word else "missing word"
        raise UsageError(problem, where="explain", hint="give a word, or --all")
    listed = [one for id_ in word or explained_ids() for one in explanations(id_, words)]
    if as_json:
        _io.show_json({"schema": 1, "explanations": [one.as_json() for one in listed]})
    elif every:
        for one in listed:
            _terminal.line(Text(one.id, style="bold").append(f"  {one.sentence}", style="not bold"))
    else:
        for number, one in enumerate(listed):
            if number:
                _terminal.line("")
            _show(one, words)


def _show(one: Explanation, words: Texts) -> None:
    _terminal.line(Text(one.id, style="bold"))
    _terminal.paragraph(f"{one.title}. {one.sentence}" if one.title not in (one.id, "") else one.sentence)
    facts = ((words.label("severity"), one.severity), (words.label("clause"), one.clause), *one.more)
    for heading, text in facts:
        if text:
            _terminal.paragraph(f"{heading}: {text}", first="  ", indent="    ")
    if one.action:
        _terminal.paragraph(one.action, first="  → ", indent="    ")
