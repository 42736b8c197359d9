"""The command line: it reads arguments, calls the library and prints. It decides nothing.

The exit status is 0 for success, 1 for a negative result, and 2 for an unusable call or input, with one line on
standard error.
"""

import os
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from tjdocs import __version__
from tjdocs.cli import _terminal
from tjdocs.errors import TjdocsError

__all__ = ["app", "main"]

_COMMANDS = {
    "dissect": ("verify", "dissect"),
    "verify": ("verify", "verify"),
    "explain": ("explain", "explain"),
    "issue": ("issue", "issue"),
    "reissue": ("issue", "reissue"),
    "print-again": ("issue", "print_again"),
    "issue-batch": ("issue", "issue_batch"),
    "mrz": ("mrz", "app"),
    "sod": ("verify", "sod_app"),
    "trust": ("trust", "app"),
    "authority": ("authority", "app"),
    "documents": ("documents", "app"),
    "border": ("border", "app"),
    "register": ("register", "app"),
    "seal": ("seal", "app"),
    "vectors": ("vectors", "app"),
}


class _Commands(TyperGroup):
    """The commands. Each is imported when called, without the imports of the others."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            # the error suggests the likeliest of these
            self.commands.update({name: self.get_command(ctx, name) for name in _COMMANDS})
            return None
        module, attribute = _COMMANDS[cmd_name]
        command = getattr(import_module(f"tjdocs.cli.{module}"), attribute)
        if not isinstance(command, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name)(command)
            return typer.main.get_command(alone)
        group = typer.main.get_group(command)
        group.name = cmd_name
        return group


app = typer.Typer(
    name="tjdocs",
    cls=_Commands,
    help="Issue and verify ICAO travel documents (Doc 9303).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(value: bool) -> None:
    if value:
        _terminal.line(f"tjdocs {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line; the one place that prints an error."""
    with _terminal.guarded():
        status = _run()
    sys.exit(status if isinstance(status, int) else 0)


def _run() -> object:
    status: object
    try:
        status = app(standalone_mode=False)
    except TyperException as error:
        # without any argument the help has been printed, and there is nothing to add
        status = _fail("usage", message, "see --help") if (message := error.format_message()) else 2
    except TjdocsError as error:
        status = _fail(error.code, str(error) if not error.hint else _without_hint(error), error.hint)
    except typer.Abort:
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 2
    except OSError as error:
        status = _fail("input", f"{error.strerror or type(error).__name__}: {error.filename or ''}".rstrip(": "), "")
    except Exception as error:  # noqa: BLE001 (our own error; its text could contain document data)
        status = _fail("internal", f"internal error: {type(error).__name__}", "please report the command")
    return status


def _without_hint(error: TjdocsError) -> str:
    return f"{error.message}: {error.where}" if error.where else error.message


def _fail(code: str, message: str, hint: str) -> int:
    message, hint = " ".join(message.split()), " ".join(hint.split())
    _terminal.error(f"tjdocs: {message}" + (f"; {hint}" if hint else ""))
    if "--json" in sys.argv[: sys.argv.index("--") if "--" in sys.argv else None]:  # after it: another program's
        _terminal.json_value({"error": {"code": code, "message": message, "hint": hint}}, indent=None)
    return 2
