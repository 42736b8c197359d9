"""``tjdocs register``: the acts on blanks and documents."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tjdocs.cli import _io, register_views
from tjdocs.cli._register import KeyFolder, Number, Officer, Url, open_register, told
from tjdocs.errors import UsageError

app = typer.Typer(help="The ledger of blanks and documents.", no_args_is_help=True)

Officers = Annotated[list[str] | None, typer.Option("--officer", help="Who acts; twice where two must sign.")]
Ground = Annotated[str, typer.Option("--ground", help="Why.")]
Office = Annotated[str, typer.Option("--office", help="The office.")]
Reference = Annotated[str, typer.Option("--act", help="Number of the written act.")]


def _done(as_json: bool, act: str, numbers: str, **more: object) -> None:
    if as_json:
        _io.show_json({"schema": 1, "act": act, "number": numbers, **more})
    else:
        print(" ".join([f"{act}: {numbers}", *(f"{name} {value}" for name, value in more.items())]))


@app.command()
def init(
    url: Url = "",
    officer: Annotated[str, typer.Option("--officer", help="The first officer; without one a trial register.")] = "",
    office: Annotated[str, typer.Option("--office", help="The first officer's office.")] = "store",
    keys: KeyFolder = "",
    name: Annotated[str, typer.Option("--name", help="The log's name, which its heads bear.")] = "",
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Make a register and its keys. With --officer roles are enforced; without, it is for trials."""
    from tjdocs.register import Keys, Register
    from tjdocs.register.register import TRIAL_NAME

    path = url.removeprefix("sqlite:///")
    place = Path(keys) if keys else Path(f"{path}-keys") if path and path != url else None
    if not url or place is None:
        raise UsageError(
            "where?", where="--register, --keys", hint="a URL, and a folder for the keys outside the server"
        )
    secret = _io.passphrase(passphrase_file)
    known = place.is_dir() and any(place.iterdir())
    made = (
        Keys.open(place, passphrase=secret) if known else Keys.create(place, name=name or TRIAL_NAME, passphrase=secret)
    )
    register = Register.create(
        url, keys=made, officer=officer or "trial", office=office, at=_io.moment(at), trial=not officer
    )
    if register.trial:
        print("tjdocs: trial register: every officer may do everything", file=sys.stderr)
    if secret is None:
        print("tjdocs: the register's keys lie in plain files (mode 0600)", file=sys.stderr)
    if as_json:
        _io.show_json(
            {"schema": 1, "trial": register.trial, "keys": str(place), "verifier": register.log.verifier.text}
        )
    else:
        print(f"keys: {place}\nlog: {register.log.verifier.text}")


@app.command()
def migrate(
    url: Url = "",
    officer: Officer = "",
    office: Office = "store",
    keys: KeyFolder = "",
    name: Annotated[str, typer.Option("--name", help="The log's name, for a ledger that had none.")] = "",
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Bring an older register up to this version. Make a backup first."""
    from tjdocs.register import Keys
    from tjdocs.register import migrate as run
    from tjdocs.register.register import TRIAL_NAME

    path = url.removeprefix("sqlite:///")
    place = Path(keys) if keys else Path(f"{path}-keys") if path and path != url else None
    if not url or place is None:
        raise UsageError("where?", where="--register, --keys", hint="a URL, and the folder of its keys")
    secret = _io.passphrase(passphrase_file)
    made = (
        Keys.open(place, passphrase=secret)
        if place.is_dir()
        else Keys.create(place, name=name or TRIAL_NAME, passphrase=secret)
    )
    before, now = run(url, keys=made, officer=officer or "trial", office=office, at=_io.moment(at), trial=not officer)
    if as_json:
        _io.show_json({"schema": 1, "before": before, "now": now})
    else:
        print(f"version {before} is now {now}" if before != now else f"version {now} already")


@app.command()
def enrol(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="clerk, officer, auditor or border.")],
    office: Office,
    url: Url = "",
    officer: Officer = "",
    keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Give an officer a role."""
    register = open_register(url, keys, passphrase_file)
    register.officers.enrol(id_, role, office=office, officer=told(register, officer, "--officer"), at=_io.moment(at))
    _done(as_json, "enrol", id_, role=role)


@app.command()
def dismiss(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    url: Url = "",
    officer: Officer = "",
    keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Take a role back."""
    register = open_register(url, keys, passphrase_file)
    register.officers.dismiss(id_, role, officer=told(register, officer, "--officer"), at=_io.moment(at))
    _done(as_json, "dismiss", id_, role=role)


@app.command()
def receive(
    numbers: Number,
    type_: Annotated[str, typer.Option("--type", help="Document type; declares a series that is not known.")] = "",
    reference: Reference = "",
    supplier: Annotated[str, typer.Option("--supplier", help="Who delivered.")] = "",
    office: Office = "",
    url: Url = "",
    officer: Officer = "",
    keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Take new blanks in: a range that the register has never had."""
    from tjdocs.register import pattern_of

    register, now = open_register(url, keys, passphrase_file), _io.moment(at)
    by = told(register, officer, "--officer")
    if type_:
        register.blanks.add_series(type_, pattern_of(numbers), officer=by, at=now)
    register.blanks.receive(
        numbers,
        act=told(register, reference, "--act"),
        supplier=told(register, supplier, "--supplier"),
        office=told(register, office, "--office"),
        officer=by,
        at=now,
        document_type=type_,
    )
    _done(as_json, "receive", numbers)


def _act(
    act: str,
    numbers: str,
    url: str,
    officers: list[str] | None,
    keys: str,
    passphrase_file: str,
    at: str,
    as_json: bool,
    **given: str,
) -> None:
    register = open_register(url, keys, passphrase_file)
    by = officers or [told(register, "", "--officer")]
    options = {"reference": "--act", "to": "--office"}
    told_ = {name: told(register, value, options.get(name, f"--{name}")) for name, value in given.items()}
    register.act(act, numbers, officers=by, at=_io.moment(at), **told_)
    if act == "assign" and register.trial:  # nobody else is there to do it
        register.act("confirm", numbers, officers=by, at=_io.moment(at), office=told_["to"])
    _done(as_json, act, numbers)


@app.command()
def assign(
    numbers: Number, office: Office = "", url: Url = "", officer: Officers = None, keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False,
) -> None:  # fmt: skip
    """Send blanks to an office, which confirms them; in a trial register it does so at once."""
    _act("assign", numbers, url, officer, keys, passphrase_file, at, as_json, to=office)


@app.command()
def confirm(
    numbers: Number, office: Office = "", url: Url = "", officer: Officers = None, keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False,
) -> None:  # fmt: skip
    """Confirm blanks that arrived at an office: it may issue from them."""
    _act("confirm", numbers, url, officer, keys, passphrase_file, at, as_json, office=office)


@app.command()
def spoil(
    number: Number, ground: Ground = "", url: Url = "", officer: Officers = None, keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False,
) -> None:  # fmt: skip
    """Record blanks, or a document not yet handed over, as spoiled."""
    _act("spoil", number, url, officer, keys, passphrase_file, at, as_json, ground=ground)


@app.command()
def destroy(
    number: Number, reference: Reference = "", url: Url = "", officer: Officers = None, keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False,
) -> None:  # fmt: skip
    """Record the destruction of blanks or a document, by act and two officers."""
    _act("destroy", number, url, officer, keys, passphrase_file, at, as_json, reference=reference)


@app.command()
def handover(
    number: Number, url: Url = "", officer: Officers = None, keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False,
) -> None:  # fmt: skip
    """Record that the holder has the document."""
    _act("handover", number, url, officer, keys, passphrase_file, at, as_json)


@app.command()
def lost(
    number: Number, ground: Ground = "", url: Url = "", officer: Officers = None, keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False,
) -> None:  # fmt: skip
    """Record a document or blanks as lost."""
    _act("lost", number, url, officer, keys, passphrase_file, at, as_json, ground=ground)


@app.command()
def stolen(
    number: Number, ground: Ground = "", url: Url = "", officer: Officers = None, keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False,
) -> None:  # fmt: skip
    """Record a document or blanks as stolen."""
    _act("stolen", number, url, officer, keys, passphrase_file, at, as_json, ground=ground)


@app.command()
def revoke(
    number: Number, ground: Ground = "", url: Url = "", officer: Officers = None, keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False,
) -> None:  # fmt: skip
    """Revoke a document, on a ground."""
    _act("revoke", number, url, officer, keys, passphrase_file, at, as_json, ground=ground)


@app.command()
def decide(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="application, citizenship or legalisation.")],
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME")],
    reference: Reference = "",
    type_: Annotated[str, typer.Option("--type", help="Document type that it is about.")] = "",
    category: Annotated[str, typer.Option("--category", help="For example of REG-3.")] = "",
    url: Url = "",
    officer: Officer = "",
    keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Record how a procedure came out, without a person; the library records one with a person."""
    register, now = open_register(url, keys, passphrase_file), _io.moment(at)
    id_ = register.decisions.record(
        kind, outcome, day=now.date(), act=told(register, reference, "--act"),
        officer=told(register, officer, "--officer"), at=now, document_type=type_, category=category,
    )  # fmt: skip
    _done(as_json, "decide", id_, outcome=outcome)


@app.command()
def resume(
    url: Url = "",
    officer: Officer = "",
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Also what other machines left, when none of them is issuing.")
    ] = False,
    keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Complete or spoil what crashed processes left between blank and document."""
    register = open_register(url, keys, passphrase_file)
    done = register.resume(officer=told(register, officer, "--officer"), at=_io.moment(at), everywhere=everywhere)
    if as_json:
        _io.show_json({"schema": 1, "resumed": [{"number": one.number, "done": one.done} for one in done]})
    else:
        for one in done:
            print(f"{one.number}  {one.done}")
        if not done:
            print("nothing was left")
    if any(one.done == "forged" for one in done):
        raise typer.Exit(1)


@app.command()
def rewrap(
    url: Url = "",
    officer: Officer = "",
    keys: KeyFolder = "",
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new data key first.")] = False,
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Wrap every row's key by a new data key, and drop the old one. May be stopped and run again."""
    from tjdocs.register import Keys

    register = open_register(url, keys, passphrase_file)
    path = url.removeprefix("sqlite:///")
    place = Path(keys or f"{path}-keys")
    secret = _io.passphrase(passphrase_file)
    if new_key:
        Keys.open(place, passphrase=secret).renewed(place, passphrase=secret)
        register = open_register(url, str(place), passphrase_file)
    count = register.rewrap(officer=told(register, officer, "--officer"), at=_io.moment(at))
    Keys.open(place, passphrase=secret).only_newest(place, passphrase=secret)
    _done(as_json, "rewrap", str(place), rows=count)


register_views.add(app)
