"""The command line: it reads arguments, calls the library and prints. It decides nothing.

The exit status is 0 for success, 1 for a negative result, and 2 for an unusable call or input, with one line on
standard error.
"""

import os
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from tjdocs.cli import _help, _terminal, about
from tjdocs.errors import TjdocsError

__all__ = ["app", "main"]

# module, function or group in it, and the beginning of its help, which `tjdocs --help` shows without the module
_COMMANDS = {
    "verify": ("verify", "verify", "Judge the files of a chip."),
    "border": ("border", "app", "At the crossing: law, verdict, record."),
    "chip": ("chip", "app", "The chip: read one, live or emulated."),
    "mrz": ("mrz", "app", "The machine-readable zone: read it, make it."),
    "seal": ("seal", "app", "Visible digital seals: make, show, verify."),
    "sod": ("verify", "sod_app", "EF.SOD."),
    "dissect": ("verify", "dissect", "Show an MRZ, an EF file, a certificate or a seal as labelled bytes."),
    "explain": ("explain", "explain", "Explain a word of a report: a check, a reason, a problem, a practice."),
    "documents": ("documents", "app", "Document types and what they ask for."),
    "issue": ("issue", "issue", "Issue one document into a folder."),
    "issue-batch": ("issue", "issue_batch", "Issue many documents from a file; a second run resumes the first."),
    "reissue": ("issue", "reissue", "Spoil a misprinted document, not yet handed over"),
    "print-again": ("issue", "print_again", "Note in a document's record that its page is printed again"),
    "register": ("register", "app", "The ledger of blanks and documents."),
    "authority": ("authority", "app", "A CSCA with its document and seal signers."),
    "trust": ("trust", "app", "The trust store: master lists, certificates, CRLs."),
    "vectors": ("vectors", "app", "The bundled test vectors."),
    "help": ("about", "help_", "Show the help of a command."),
    "version": ("about", "version", "Print the version."),
}  # fmt: skip


class _Commands(TyperGroup):
    """The commands. Each is imported when called, without the imports of the others."""

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            # the error suggests the likeliest of these
            self.commands.update({name: _listed(name) for name in _COMMANDS})
            return None
        return _listed(cmd_name) if self._listing else _command(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        self._listing = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self._listing = False


def _listed(name: str) -> Any:
    """Return a command as a list shows it, without its module."""
    listed = TyperCommand(name, help=_COMMANDS[name][2])
    listed.rich_help_panel = _help.panel("", name)
    return listed


def _command(name: str) -> Any:
    module, attribute, _ = _COMMANDS[name]
    command = getattr(import_module(f"tjdocs.cli.{module}"), attribute)
    if isinstance(command, typer.Typer):
        group = typer.main.get_group(command)
        group.name = name
        return _help.prepared(group, name)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(command)
    return _help.prepared(typer.main.get_command(alone), name)


app = typer.Typer(
    name="tjdocs",
    cls=_Commands,
    help="Issue and verify ICAO travel documents (Doc 9303).",
    epilog=_help.epilog(""),
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _version(value: bool) -> None:
    if value:
        about.version()
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
