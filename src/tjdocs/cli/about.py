"""``tjdocs help`` and ``tjdocs version``."""

from typing import Annotated

import typer
from typer.core import TyperGroup

from tjdocs import __version__
from tjdocs.cli import _options, _terminal
from tjdocs.errors import UsageError


def help_(
    context: typer.Context,
    command: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND…", help="As it is typed, for example border inspect.")
    ] = None,
) -> None:
    """Show the help of a command."""
    root = context.parent or context
    shown, group = root, root.command  # the context of each command, which its usage names
    for name in command or []:
        below = group.get_command(shown, name) if isinstance(group, TyperGroup) else None
        if below is None:
            raise UsageError("unknown command", where=" ".join(command or [])[:100], hint="tjdocs --help lists them")
        shown, group = below.make_context(name, [], parent=shown, resilient_parsing=True), below
    if text := group.get_help(shown):  # rich has printed it, and there is none
        _terminal.lines(text)


def version(as_json: _options.Json = False) -> None:
    """Print the version."""
    if as_json:
        _terminal.json_value({"schema": 1, "version": __version__})
    else:
        _terminal.line(f"tjdocs {__version__}")
