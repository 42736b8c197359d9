"""``tjdocs register``: the acts on blanks and documents."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tjdocs import times
from tjdocs.cli import _io, _terminal, register_officers, register_views
from tjdocs.cli._register import (
    Action,
    KeyFolder,
    Number,
    Officer,
    OfficerKeys,
    OfficerPassphrases,
    Url,
    acts,
    acts_alone,
    first_key,
    key_place,
    open_register,
    read_request,
    show_action,
    told,
)
from tjdocs.errors import UsageError

if TYPE_CHECKING:  # the database is brought in by the commands that need it
    from tjdocs.register import Keys, OfficerKey

app = typer.Typer(help="The ledger of blanks and documents.", no_args_is_help=True)

_OFFICE = typer.Option("--office", help="The office.")
_GROUND = typer.Option("--ground", help="Why.")
_ACT = typer.Option("--act", help="Number of the written act.")

Request = Annotated[str, typer.Option("--request", metavar="FILE", help="The officer's key request.")]
Office = Annotated[str, _OFFICE]
Reference = Annotated[str, _ACT]


def _place(url: str, keys: str) -> Path:
    """Return where a register's keys lie, or will."""
    place = key_place(url, keys)
    if not url or place is None:
        raise UsageError("where?", where="--register, --keys", hint="a URL, and a folder for its keys")
    return place


def _own_keys(url: str, keys: str, name: str, passphrase: bytes | None) -> "tuple[Path, Keys]":
    """Return a register's keys and where they lie, made there when there are none."""
    from tjdocs.register import Keys
    from tjdocs.register.create_register import TRIAL_NAME

    place = _place(url, keys)
    if place.is_dir() and any(place.iterdir()):
        return place, Keys.open(place, passphrase=passphrase)
    return place, Keys.create(place, name=name or TRIAL_NAME, passphrase=passphrase)


def _first(officer: str, key: "OfficerKey | None") -> dict[str, str]:
    """Return the line about a register's first key, as an audit prints it; nothing in a trial register."""
    return {"first_key": f"{key.fingerprint} of {officer}"} if officer and key is not None else {}


@app.command()
def init(
    url: Url = "",
    officer: Annotated[str, typer.Option("--officer", help="The first officer; without one a trial register.")] = "",
    office: Annotated[str, typer.Option("--office", help="The first officer's office.")] = "store",
    keys: KeyFolder = "",
    name: Annotated[str, typer.Option("--name", help="The log's name, which its heads bear.")] = "",
    passphrase_file: _io.PassphraseFile = "",
    officer_key: OfficerKeys = None,
    officer_passphrase_file: OfficerPassphrases = None,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Make a register and its keys. With --officer and --officer-key roles are enforced; without, it is for trials."""
    from tjdocs.register import Register

    secret, key = _io.passphrase(passphrase_file), first_key(officer, officer_key, officer_passphrase_file)
    place, own = _own_keys(url, keys, name, secret)
    register = Register.create(
        url, keys=own, officer=officer or "trial", office=office, at=_io.moment(at), officer_key=key,
        trial=not officer,
    )  # fmt: skip
    if register.trial:
        _terminal.error("tjdocs: trial register: every officer may do everything")
    if secret is None:
        _terminal.error("tjdocs: the register's keys lie in plain files (mode 0600)")
    shown = {"keys": str(place), "log": register.log.verifier.text, **_first(officer, key)}
    if as_json:
        verifier = shown.pop("log")
        _io.show_json({"schema": 1, "trial": register.trial, **shown, "verifier": verifier})
    else:
        for label, text in shown.items():
            _terminal.line(f"{label.replace('_', ' ')}: {text}")


@app.command()
def migrate(
    url: Url = "",
    officer: Officer = "",
    office: Office = "store",
    keys: KeyFolder = "",
    name: Annotated[str, typer.Option("--name", help="The log's name, for a ledger that had none.")] = "",
    passphrase_file: _io.PassphraseFile = "",
    officer_key: OfficerKeys = None,
    officer_passphrase_file: OfficerPassphrases = None,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Bring an older register up to this version, the first key with it. Make a backup first."""
    from tjdocs.register import migrate as run
    from tjdocs.register.run_migrations import FIRST_KEYS

    key = first_key("", officer_key, officer_passphrase_file)
    _, own = _own_keys(url, keys, name, _io.passphrase(passphrase_file))
    before, now = run(
        url, keys=own, officer=officer or "trial", office=office, at=_io.moment(at), officer_key=key, trial=not officer
    )
    first = _first(officer, key) if before < min(now, FIRST_KEYS) else {}
    if as_json:
        _io.show_json({"schema": 1, "before": before, "now": now, **first})
    else:
        _terminal.line(f"version {before} is now {now}" if before != now else f"version {now} already")
        for text in first.values():
            _terminal.line(f"first key: {text}")


@app.command()
@acts
def enrol(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="clerk, officer, auditor or border.")],
    office: Office,
    request: Request = "",
    *,
    action: Action,
) -> None:
    """Give an officer a role, with the first one the key of --request."""
    by, now, key = action.by, action.at, read_request(request) if request else None
    shown = {"key": key.fingerprint} if key is not None else {}
    action.do(
        "enrol",
        id_,
        lambda register: register.officers.enrol(id_, role, office=office, officer=by, at=now, key=key),
        role=role,
        **shown,
    )


@app.command()
@acts
def dismiss(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    *,
    action: Action,
) -> None:
    """Take a role back; with the last one the officer's key ends."""
    by, now = action.by, action.at
    action.do("dismiss", id_, lambda register: register.officers.dismiss(id_, role, officer=by, at=now), role=role)


@app.command()
@acts_alone
def receive(
    numbers: Number,
    type_: Annotated[str, typer.Option("--type", help="Document type; declares a series that is not known.")] = "",
    reference: Reference = "",
    supplier: Annotated[str, typer.Option("--supplier", help="Who delivered.")] = "",
    office: Office = "",
    *,
    action: Action,
) -> None:
    """Take new blanks in: a range that the register has never had."""
    from tjdocs.register import pattern_of

    blanks, (by,) = action.register.blanks, action.by
    if type_:
        blanks.add_series(type_, pattern_of(numbers), officer=by, at=action.at)
    blanks.receive(
        numbers,
        act=action.told(reference, "--act"),
        supplier=action.told(supplier, "--supplier"),
        office=action.told(office, "--office"),
        officer=by,
        at=action.at,
        document_type=type_,
    )
    action.show("receive", numbers)


def _act(act: str, numbers: str, action: Action, **given: str) -> None:
    options = {"reference": "--act", "to": "--office"}
    by, now = action.by, action.at
    told = {name: action.told(value, options.get(name, f"--{name}")) for name, value in given.items()}

    done = action.run(lambda register: register.act(act, numbers, officers=by, at=now, **told))
    if act == "assign" and action.register.trial:  # nobody else is there to do it
        action.register.act("confirm", numbers, officers=by, at=now, office=told["to"])
    action.show(act, numbers, **done)


def _command(act: str, what: str, option: Any) -> Callable[..., None]:
    """Return the command of an act that is told one thing besides the number.

    :param what: that thing, an argument of ``Register.act``; ``option`` is its option
    """

    def command(numbers: Number, value: Annotated[str, option] = "", *, action: Action) -> None:
        _act(act, numbers, action, **{what: value})

    return acts(command)


for _name, _what, _option, _help in (
    ("assign", "to", _OFFICE, "Send blanks to an office, which confirms them; in a trial register it does so at once."),
    ("confirm", "office", _OFFICE, "Confirm blanks that arrived at an office: it may issue from them."),
    ("spoil", "ground", _GROUND, "Record blanks, or a document not yet handed over, as spoiled."),
    ("destroy", "reference", _ACT, "Record the destruction of blanks or a document, by act and two officers."),
    ("lost", "ground", _GROUND, "Record a document or blanks as lost."),
    ("stolen", "ground", _GROUND, "Record a document or blanks as stolen."),
    ("revoke", "ground", _GROUND, "Revoke a document, on a ground."),
):
    app.command(_name, help=_help)(_command(_name, _what, _option))


@app.command()
@acts
def handover(number: Number, *, action: Action) -> None:
    """Record that the holder has the document."""
    _act("handover", number, action)


@app.command()
@acts_alone
def decide(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="application, citizenship or legalisation.")],
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME")],
    reference: Reference = "",
    type_: Annotated[str, typer.Option("--type", help="Document type that it is about.")] = "",
    category: Annotated[str, typer.Option("--category", help="For example of REG-3.")] = "",
    *,
    action: Action,
) -> None:
    """Record how a procedure came out, without a person; the library records one with a person."""
    (by,), now = action.by, action.at
    id_ = action.register.decisions.record(
        kind, outcome, day=times.day_of(now), act=action.told(reference, "--act"), officer=by, at=now,
        document_type=type_, category=category,
    )  # fmt: skip
    action.show("decide", id_, outcome=outcome)


@app.command()
@acts_alone
def resume(
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Also what other machines left, when none of them is issuing.")
    ] = False,
    *,
    action: Action,
) -> None:
    """Complete or spoil what crashed processes left between blank and document."""
    (by,) = action.by
    done = action.register.resume(officer=by, at=action.at, everywhere=everywhere)
    if action.as_json:
        _io.show_json({"schema": 1, "resumed": [{"number": one.number, "done": one.done} for one in done]})
    else:
        for one in done:
            _terminal.line(f"{one.number}  {one.done}")
        if not done:
            _terminal.line("nothing was left")
    if any(one.done == "forged" for one in done):
        raise typer.Exit(1)


@app.command()
def rewrap(
    url: Url = "",
    officer: Officer = "",
    keys: KeyFolder = "",
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new data key first.")] = False,
    passphrase_file: _io.PassphraseFile = "",
    officer_key: OfficerKeys = None,
    officer_passphrase_file: OfficerPassphrases = None,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Wrap every row's key by a new data key, and drop the old one. May be stopped and run again."""
    from tjdocs.register import Keys

    register = open_register(url, keys, passphrase_file, officer_key, officer_passphrase_file)
    place = _place(url, keys)
    secret = _io.passphrase(passphrase_file)
    by = told(register, officer, "--officer")
    if new_key:
        register.may("rewrap", by)
        Keys.open(place, passphrase=secret).renewed(place, passphrase=secret)
        register = open_register(url, str(place), passphrase_file, officer_key, officer_passphrase_file)
    count = register.rewrap(officer=by, at=_io.moment(at))
    Keys.open(place, passphrase=secret).only_newest(place, passphrase=secret)
    show_action(as_json, "rewrap", str(place), rows=count)


register_officers.add(app)
register_views.add(app)
