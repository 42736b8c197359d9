"""``tjdocs register``: the actions on blanks and documents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tjdocs import times
from tjdocs.cli import _io, _options, _terminal, register_officers, register_views
from tjdocs.cli._register import (
    AT,
    KEYS,
    URL,
    Action,
    Number,
    Officer,
    Opening,
    acts,
    acts_alone,
    first_key,
    key_place,
    may_open,
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
_ACT = typer.Option("--reference", "--act", help="Number of the paper order.")

Request = Annotated[str, typer.Option("--request", metavar="FILE", help="The officer's key request.")]
Office = Annotated[str, _OFFICE]
Reference = Annotated[str, _ACT]


def _place(url: str, keys: str) -> Path:
    """Return the folder of a register's keys, which may be still to make."""
    place = key_place(url, keys)
    if not url or place is None:
        raise UsageError("where?", where="--register, --keys", hint="a URL, and a folder for its keys")
    return place


@dataclass(frozen=True)
class Beginning:
    """The keys and the first officer of a register that is made or migrated.

    :param plain: whether the register's keys are in plain files
    """

    url: str
    place: Path
    keys: "Keys"
    officer: str
    key: "OfficerKey | None"
    office: str
    at: datetime
    plain: bool

    def run(self, function: Callable[..., Any]) -> Any:
        """Make or migrate the register."""
        return function(
            self.url, keys=self.keys, officer=self.officer or "trial", office=self.office, at=self.at,
            officer_key=self.key, trial=not self.officer,
        )  # fmt: skip

    @property
    def first_key(self) -> dict[str, str]:
        """The line about a register's first key, as an audit prints it; nothing in a trial register."""
        return {"first_key": f"{self.key.fingerprint} of {self.officer}"} if self.officer and self.key else {}


def begins(*, needs_key: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of a :class:`Beginning`, in the place of its parameter ``new``.

    :param needs_key: a named officer must have a key
    """

    def beginning(
        url: str, officer: str, office: str, keys: str, name: str, passphrase_file: str, at: str,
        officer_key: list[str] | None, officer_passphrase_file: list[str] | None,
    ) -> Beginning:  # fmt: skip
        from tjdocs.register import Keys
        from tjdocs.register.create_register import TRIAL_NAME

        secret = _io.passphrase(passphrase_file)
        key = first_key(officer if needs_key else "", officer_key, officer_passphrase_file)
        place = _place(url, keys)
        if place.is_dir() and any(place.iterdir()):
            own = Keys.open(place, passphrase=secret)
        else:
            own = Keys.create(place, name=name or TRIAL_NAME, passphrase=secret)
        return Beginning(url, place, own, officer, key, office, _io.moment(at), secret is None)

    named = {
        "officer": (Annotated[str, typer.Option(help="The first officer; without one a trial register.")], ""),
        "office": (Annotated[str, typer.Option(help="The first officer's office.")], "store"),
        "name": (Annotated[str, typer.Option(help="The log's name, where it has none yet.")], ""),
    }
    return lambda function: _options.with_options(function, beginning, "new", {**URL, **named, **KEYS, **AT}, {})


@app.command()
@begins(needs_key=True)
def init(*, new: Beginning, as_json: _io.Json = False) -> None:
    """Make a register and its keys. With --officer and --officer-key roles are enforced; without, it is for trials."""
    from tjdocs.register import Register

    register = new.run(Register.create)
    if register.trial:
        _terminal.error("tjdocs: trial register: every officer may do everything")
    if new.plain:
        _terminal.error("tjdocs: the register's keys are in plain files (mode 0600)")
    shown = {"keys": str(new.place), "log": register.log.verifier.text, **new.first_key}
    if as_json:
        verifier = shown.pop("log")
        _io.show_json({"schema": 1, "trial": register.trial, **shown, "verifier": verifier})
    else:
        for label, text in shown.items():
            _terminal.line(f"{label.replace('_', ' ')}: {text}")


@app.command()
@begins(needs_key=False)
def migrate(*, new: Beginning, as_json: _io.Json = False) -> None:
    """Bring an older register up to this version, the first key with it. Make a backup first."""
    from tjdocs.register import migrate as run
    from tjdocs.register.run_migrations import FIRST_KEYS

    before, now = new.run(run)
    first = new.first_key if before < min(now, FIRST_KEYS) else {}
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
    from tjdocs.register import number_pattern

    blanks, (by,) = action.register.blanks, action.by
    if type_:
        blanks.add_series(type_, number_pattern(numbers), officer=by, at=action.at)
    blanks.receive(
        numbers,
        act=action.told(reference, "--reference"),
        supplier=action.told(supplier, "--supplier"),
        office=action.told(office, "--office"),
        officer=by,
        at=action.at,
        document_type=type_,
    )
    action.show("receive", numbers)


def _act(act: str, numbers: str, action: Action, **given: str) -> None:
    options = {"to": "--office"}
    by, now = action.by, action.at
    values = {name: action.told(value, options.get(name, f"--{name}")) for name, value in given.items()}

    done = action.run(lambda register: register.act(act, numbers, officers=by, at=now, **values))
    if act == "assign" and action.register.trial:  # a trial has nobody else to confirm
        action.register.act("confirm", numbers, officers=by, at=now, office=values["to"])
    action.show(act, numbers, **done)


def _command(act: str, what: str, option: Any) -> Callable[..., None]:
    """Return the command of an action with one further value.

    :param what: the value's name, an argument of ``Register.act``
    :param option: the value's option
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
    """Record the outcome of a procedure, without a person; the library records one with a person."""
    (by,), now = action.by, action.at
    id_ = action.register.decisions.record(
        kind, outcome, day=times.day_of(now), act=action.told(reference, "--reference"), officer=by, at=now,
        document_type=type_, category=category,
    )  # fmt: skip
    action.show("decide", id_, outcome=outcome)


@app.command()
@acts_alone
def resume(
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Also of other machines, when none of them is issuing.")
    ] = False,
    *,
    action: Action,
) -> None:
    """Complete or spoil the numbers that crashed processes had taken."""
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
@may_open
def rewrap(
    officer: Officer = "",
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new data key first.")] = False,
    *,
    opening: Opening,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Wrap every row's key by a new data key, and drop the old one. May be stopped and run again."""
    from tjdocs.register import Keys

    register, place = opening.register(), _place(opening.url, opening.keys)
    secret = _io.passphrase(opening.passphrase_file)
    by = told(register, officer, "--officer")
    if new_key:
        register.may("rewrap", by)
        Keys.open(place, passphrase=secret).renewed(place, passphrase=secret)
        register = opening.register(str(place))
    count = register.rewrap(officer=by, at=_io.moment(at))
    Keys.open(place, passphrase=secret).only_newest(place, passphrase=secret)
    show_action(as_json, "rewrap", str(place), rows=count)


register_officers.add(app)
register_views.add(app)
