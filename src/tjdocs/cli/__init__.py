"""The command line: arguments in, calls, printing. Nothing is decided here.

Exit status: 0 all good; 1 judged and found wanting; 2 an unusable call or input, one line on standard error.
"""

import json
import os
import sys

import typer
from typer.exceptions import TyperException

from tjdocs import __version__
from tjdocs.cli import authority, documents, mrz, register, trust, vectors, verify
from tjdocs.errors import TjdocsError

__all__ = ["app", "main"]

app = typer.Typer(
    name="tjdocs",
    help="Issue and verify ICAO travel documents (Doc 9303).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(mrz.app, name="mrz")
app.add_typer(verify.sod_app, name="sod")
app.add_typer(trust.app, name="trust")
app.add_typer(authority.app, name="authority")
app.add_typer(documents.app, name="documents")
app.add_typer(register.app, name="register")
app.add_typer(vectors.app, name="vectors")
app.command("dissect")(verify.dissect)
app.command("verify")(verify.verify)
app.command("issue")(documents.issue)


def _version(value: bool) -> None:
    if value:
        print(f"tjdocs {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line; the one place that prints an error."""
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
    except Exception as error:  # noqa: BLE001 (a fault of ours; its text could hold document data)
        status = _fail("internal", f"internal error: {type(error).__name__}", "please report the command")
    sys.exit(status if isinstance(status, int) else 0)


def _without_hint(error: TjdocsError) -> str:
    return f"{error.message}: {error.where}" if error.where else error.message


def _fail(code: str, message: str, hint: str) -> int:
    message, hint = " ".join(message.split()), " ".join(hint.split())
    print(f"tjdocs: {message}" + (f"; {hint}" if hint else ""), file=sys.stderr)
    if "--json" in sys.argv:
        print(json.dumps({"error": {"code": code, "message": message, "hint": hint}}, ensure_ascii=False))
    return 2
