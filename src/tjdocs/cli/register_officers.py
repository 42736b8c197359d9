"""``tjdocs register``: officers, their keys, and orders."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tjdocs import limits
from tjdocs.cli import _io, _terminal
from tjdocs.cli._register import (
    Action,
    Officer,
    OfficerPassphrases,
    Opening,
    acts,
    may_open,
    officer_key_files,
    opens,
    read_request,
)
from tjdocs.errors import OutputError, UsageError

if TYPE_CHECKING:  # the database is brought in by the commands that need it
    from tjdocs.register import Register

key_app = typer.Typer(help="An officer's own key.", no_args_is_help=True)

KeyFile = Annotated[str, typer.Argument(metavar="FILE", help="The key, or a key request.")]
OwnKey = Annotated[str, typer.Argument(metavar="FILE", help="The key.")]


def add(app: typer.Typer) -> None:
    """Add the commands to ``tjdocs register``."""
    app.add_typer(key_app, name="key")
    for function in (officers, countersign):
        app.command()(function)


@key_app.command("new")
def new(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The key, a new file; its request is next to it.")],
    officer: Annotated[str, typer.Option("--officer", help="Whose key it is.")],
    officer_passphrase_file: OfficerPassphrases = None,
    as_json: _io.Json = False,
) -> None:
    """Make an officer's key, and the request with which a supervisor enrols it."""
    from tjdocs.register import KeyRequest, OfficerKey
    from tjdocs.register.records import word

    word(officer, "--officer")
    secret, path = _secret(file, officer_passphrase_file), _request_path(file)
    if path.exists():
        raise OutputError("request already there", where=str(path), hint="name another file")
    request = KeyRequest.of(officer, OfficerKey.create(file, passphrase=_own(secret or b"")))
    with path.open("x") as out:
        out.write(request.text)
    _show(as_json, officer, request.fingerprint, {"key": file, "request": str(path)})


@key_app.command("show")
def show(
    file: KeyFile,
    officer_passphrase_file: OfficerPassphrases = None,
    as_json: _io.Json = False,
) -> None:
    """Show officer and fingerprint of a key request, or the fingerprint of a key."""
    from tjdocs.register import OfficerKey

    if _io.read_file(file, limits.TEXT).startswith(b"-----BEGIN"):
        key = OfficerKey.open(file, passphrase=_secret(file, officer_passphrase_file))
        _show(as_json, "", key.fingerprint, {})
    else:
        request = read_request(file)
        _show(as_json, request.officer, request.fingerprint, {})


@key_app.command("passphrase")
def passphrase(
    file: OwnKey,
    new_passphrase_file: Annotated[str, typer.Option("--new-passphrase-file", help="File with the new passphrase.")],
    officer_passphrase_file: OfficerPassphrases = None,
    as_json: _io.Json = False,
) -> None:
    """Change the passphrase of a key; its public part stays."""
    from tjdocs.register import OfficerKey

    secret, fresh = _secret(file, officer_passphrase_file), _own(_io.read_passphrase(new_passphrase_file))
    OfficerKey.change_passphrase(file, passphrase=secret, new=fresh)
    _show(as_json, "", "", {"key": file})


@key_app.command("replace")
@acts
def replace(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    request: Annotated[str, typer.Option("--request", metavar="FILE", help="The officer's key request.")],
    *,
    action: Action,
) -> None:
    """Replace an officer's key, which is lost or known to others; the old key ends."""
    by, now, key = action.by, action.at, read_request(request)
    done = action.run(lambda register: register.officers.new_key(id_, key=key, officer=by, at=now))
    _show(action.as_json, id_, key.fingerprint, done)


@opens
def officers(
    *,
    register: "Register",
    officer: Officer = "",
    as_json: _io.Json = False,
) -> None:
    """Show every officer's roles, office and key fingerprint."""
    columns = ["id", "role", "office", "key"]
    rows = [{name: getattr(one, name) for name in columns} for one in register.officers.list(officer=officer)]
    if as_json:
        _io.show_json({"schema": 1, "officers": rows})
    else:
        _io.show_table(rows, columns)


@may_open
def countersign(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The order, as `--order` writes it.")],
    show: Annotated[bool, typer.Option("--show", help="Show the order; sign and do nothing.")] = False,
    *,
    opening: Opening,
    as_json: _io.Json = False,
) -> None:
    """Sign the order of another officer, and do its action."""
    from tjdocs.register import Order

    order = Order.parse(_io.read_file(file))
    if not show:
        opening.register().countersign(order)
    entry = order.entry
    if order.request is not None:
        entry["fingerprint"] = order.request.fingerprint
    table = {**entry, "schema": 1, "lacking": list(order.lacking) if show else [], "done": not show}
    if as_json:
        _io.show_json(table)
    else:
        for name, value in table.items():
            if name not in ("schema", "nonce", "proof"):
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                _terminal.line(f"{name:<16}{text}")


def _secret(file: str, passphrase_files: list[str] | None) -> bytes | None:
    """Return the passphrase of an officer's key."""
    ((_, secret),) = officer_key_files([file], passphrase_files)
    return secret


def _own(passphrase: bytes) -> bytes:
    """Return an officer's passphrase, unless it is the register's."""
    if passphrase and passphrase == _io.passphrase(""):
        hint = "choose one that nobody else knows"
        raise UsageError("the register's passphrase, which every clerk has", where="passphrase", hint=hint)
    return passphrase


def _request_path(file: str) -> Path:
    """Return the path of a key's request: ``anna.request`` for ``anna.key``."""
    return Path(f"{os.path.splitext(file)[0] if file.endswith('.key') else file}.request")


def _show(as_json: bool, officer: str, fingerprint: str, more: dict[str, str]) -> None:
    table = {"officer": officer, "fingerprint": fingerprint, **more}
    if as_json:
        _io.show_json({"schema": 1, **table})
    else:
        for name, value in table.items():
            if value:
                _terminal.line(f"{name:<16}{value}")
