"""Common parts of ``tjdocs register``: opening a register with its keys, and the options."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tjdocs import limits
from tjdocs.cli import _io, _options, _terminal
from tjdocs.errors import UsageError
from tjdocs.files import write_new

if TYPE_CHECKING:  # the database is brought in by the commands that need it
    from collections.abc import Callable

    from tjdocs.register import KeyRequest, OfficerKey, Register

Url = Annotated[str, typer.Option("--register", help="sqlite:///PATH or postgresql://USER@HOST/NAME.")]
RegisterPassphrase = Annotated[
    str, typer.Option("--register-passphrase-file", help="Opens the register's keys; default: as the authority's.")
]
KeyFolder = Annotated[
    str,
    typer.Option("--keys", help="Folder of the register's keys; else TJDOCS_REGISTER_KEYS, or beside SQLite's file."),
]
Officer = Annotated[str, typer.Option("--officer", help="Who acts; may be left out in a trial register.")]
OfficerKeys = Annotated[
    list[str] | None,
    typer.Option("--officer-key", metavar="FILE", help="The officer's key, repeatable; else TJDOCS_OFFICER_KEY."),
]
OfficerPassphrases = Annotated[
    list[str] | None,
    typer.Option(
        "--officer-passphrase-file",
        metavar="FILE",
        help="File with its passphrase, in the order of the keys; else TJDOCS_OFFICER_PASSPHRASE.",
    ),
]
Officers = Annotated[list[str] | None, typer.Option("--officer", help="Who acts; twice where two must sign.")]
OrderFile = Annotated[
    str,
    typer.Option("--order", metavar="FILE", help="Do nothing: write an order, for another officer to countersign."),
]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="A document, a blank, or a range A-B.")]
From = Annotated[
    str, typer.Option("--from", metavar="DATE", help="First day; default: the first of the month of --to.")
]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="Last day; default: the day of --at.")]


def key_place(url: str, folder: str) -> Path | None:
    """Return the folder of the keys: ``--keys`` or ``TJDOCS_REGISTER_KEYS``, else next to an SQLite file."""
    if place := _named(folder):
        return Path(place)
    path = _sqlite_file(url) if url else None
    return path.with_name(f"{path.name}-keys") if path is not None else None


def key_folder(url: str, folder: str) -> Path | None:
    """Return the existing folder of the keys; None if none is named, or next to an SQLite file."""
    place = key_place(url, folder)
    return place if place is not None and (_named(folder) or place.is_dir()) else None


def _named(folder: str) -> str:
    return folder or os.environ.get("TJDOCS_REGISTER_KEYS", "")


def _sqlite_file(url: str) -> Path | None:
    """Return the file in an SQLite URL, None for a server's.

    :raises UsageError: not a URL of a register
    """
    from tjdocs.register import database

    return database.sqlite_file(database.parse_url(url))


def officer_keys(files: list[str] | None, passphrase_files: list[str] | None) -> "list[OfficerKey]":
    """Open the officers' keys of ``--officer-key`` or ``TJDOCS_OFFICER_KEY``.

    :raises UsageError: more passphrases than keys
    """
    return [_officer_key(file, passphrase) for file, passphrase in officer_key_files(files, passphrase_files)]


def officer_key_files(files: list[str] | None, passphrase_files: list[str] | None) -> list[tuple[str, bytes | None]]:
    """Return the files of the officers' keys, each with its passphrase.

    :raises UsageError: more passphrases than keys
    """
    named = files or [name for name in os.environ.get("TJDOCS_OFFICER_KEY", "").split(os.pathsep) if name]
    given: list[bytes | None] = [_io.read_passphrase(file) for file in passphrase_files or []]
    if len(given) > len(named):
        hint = "give one for each key, in the same order"
        raise UsageError("passphrase without a key", where="--officer-passphrase-file", hint=hint)
    text = os.environ.get("TJDOCS_OFFICER_PASSPHRASE", "")
    given += [text.encode() or None] * (len(named) - len(given))
    return list(zip(named, given, strict=True))


def _officer_key(file: str, passphrase: bytes | None) -> "OfficerKey":
    from tjdocs.register import OfficerKey

    return OfficerKey.open(file, passphrase=passphrase)


def open_register(
    url: str,
    folder: str = "",
    passphrase_file: str = "",
    officer_key: list[str] | None = None,
    officer_passphrase_file: list[str] | None = None,
    *,
    make: bool = False,
) -> "Register":
    """Open a register with its keys and those of its officers.

    :param make: make a trial register of a missing SQLite file
    :raises UsageError: a missing URL or register
    """
    from tjdocs.register import Keys, Register

    if not url:
        raise UsageError(
            "missing register URL", where="--register", hint="sqlite:///PATH or postgresql://USER@HOST/NAME"
        )
    path = _sqlite_file(url)
    if not make and path is not None and not _is_there(path):
        raise UsageError("missing register", where="--register", hint="make one with `tjdocs register init`")
    keys = key_folder(url, folder)
    return Register(
        url,
        keys=None if keys is None else Keys.open(keys, passphrase=_io.passphrase(passphrase_file)),
        officer_keys=officer_keys(officer_key, officer_passphrase_file),
    )


KEYS = {
    "keys": (KeyFolder, ""),
    "passphrase_file": (_io.PassphraseFile, ""),
    "officer_key": (OfficerKeys, None),
    "officer_passphrase_file": (OfficerPassphrases, None),
}


URL: _options.Options = {"url": (Url, "")}
AT: _options.Options = {"at": (_io.At, "")}
_SHOWN: _options.Options = {**AT, "as_json": (_io.Json, False)}


@dataclass(frozen=True)
class Opening:
    """The options with which a register is opened, for a command that opens it later, or twice."""

    url: str
    keys: str
    passphrase_file: str
    officer_key: list[str] | None
    officer_passphrase_file: list[str] | None

    def register(self, keys: str = "") -> "Register":
        """Open the register, by other keys where their folder is given."""
        return open_register(
            self.url, keys or self.keys, self.passphrase_file, self.officer_key, self.officer_passphrase_file
        )


def may_open(function: "Callable[..., None]") -> "Callable[..., None]":
    """Give a command the options with which a register is opened, and hand it the :class:`Opening`."""
    return _options.with_options(function, Opening, "opening", {**URL, **KEYS}, {})


def _opened(given: dict[str, Any]) -> "Register":
    return open_register(given["url"], *(given[name] for name in KEYS))


def opens(function: "Callable[..., None]") -> "Callable[..., None]":
    """Give a command the options with which a register is opened, and hand it the register.

    ``--register`` takes the place of the parameter ``register``, which has no default; the options of keys come before
    ``--at`` and ``--json``.
    """
    return _options.with_options(function, lambda **given: _opened(given), "register", URL, KEYS)


@dataclass(frozen=True)
class Look:
    """A look into a register, as the command line asks for it.

    :param at: the text of ``--at``
    """

    register: "Register"
    officer: str
    at: str
    as_json: bool


def looks(function: "Callable[..., None]") -> "Callable[..., None]":
    """Give a command the options of a look, and hand it the :class:`Look` in the place of its parameter ``look``."""
    options = {**URL, "officer": (Officer, ""), **KEYS, **_SHOWN}

    def look(**given: Any) -> Look:
        return Look(_opened(given), given["officer"], given["at"], given["as_json"])

    return _options.with_options(function, look, "look", options, {})


@dataclass(frozen=True)
class Action:
    """An action on a register, as the command line asks for it.

    :param by: the officers
    :param order: file of the order that is written in the place of the action
    """

    register: "Register"
    by: list[str]
    at: datetime
    order: str
    as_json: bool

    def told(self, value: str, option: str) -> str:
        """See :func:`told`."""
        return told(self.register, value, option)

    def do(self, name: str, subject: str, act: "Callable[[Register], object]", **shown: object) -> None:
        """Do the action, or write an order for it, and show it."""
        self.show(name, subject, **shown, **self.run(act))

    def run(self, act: "Callable[[Register], object]") -> dict[str, str]:
        """Do the action, or write an order for it; return the lines to show about the order."""
        if not self.order:
            act(self.register)
            return {}
        drafted = self.register.draft(act)
        write_new(self.order, drafted.text.encode())
        return {"order": self.order, "lacking": " ".join(drafted.lacking)}

    def show(self, name: str, subject: str, **more: object) -> None:
        """Show the action and its subject."""
        show_action(self.as_json, name, subject, **more)


def show_action(as_json: bool, name: str, subject: str, **more: object) -> None:
    """Show an action and its subject: numbers, a range, an officer, a folder of keys."""
    if as_json:
        _io.show_json({"schema": 1, "act": name, "number": subject, **more})
    else:
        _terminal.line(" ".join([f"{name}: {subject}", *(f"{key} {value}" for key, value in more.items())]))


def acts(function: "Callable[..., None]") -> "Callable[..., None]":
    """Give a command the options of an action of one officer or several, and hand it the :class:`Action`.

    They take the place of its parameter ``action``. ``--order`` writes an order for the others.
    """
    return _acts(function, {"order": (OrderFile, "")}, (Officers, None))


def acts_alone(function: "Callable[..., None]") -> "Callable[..., None]":
    """Give a command the options of an action of one officer, in the place of its parameter ``action``."""
    return _acts(function, {}, (Officer, ""))


def _acts(
    function: "Callable[..., None]", order: _options.Options, officer: tuple[object, object]
) -> "Callable[..., None]":
    options = {**order, **URL, "officer": officer, **KEYS, **_SHOWN}

    def action(**given: Any) -> Action:
        register, officers = _opened(given), given["officer"]
        by = [officers] if isinstance(officers, str) and officers else officers
        moment = _io.moment(given["at"])
        return Action(
            register, by or [told(register, "", "--officer")], moment, given.get("order", ""), given["as_json"]
        )

    return _options.with_options(function, action, "action", options, {})


def _is_there(path: Path) -> bool:
    try:
        return path.stat().st_size > 0  # an interrupted run may leave an empty file
    except OSError:
        return False


def first_key(officer: str, files: list[str] | None, passphrase_files: list[str] | None) -> "OfficerKey | None":
    """Open the first key of a register to be made or migrated.

    :param officer: the first officer, who needs one; ``""``: the library decides
    :raises UsageError: several keys, or a missing one
    """
    keys = officer_keys(files, passphrase_files)
    if len(keys) > 1 or (officer and not keys):
        hint = "make one with `tjdocs register key new`" if not keys else "give the first officer's"
        raise UsageError("officer without a key" if not keys else "several keys", where="--officer-key", hint=hint)
    return keys[0] if keys else None


def one_officer_key(files: list[str] | None, passphrase_files: list[str] | None) -> tuple[Path, bytes | None] | None:
    """Return file and passphrase of the one officer's key, which worker processes open.

    :raises UsageError: several keys
    """
    named = officer_key_files(files, passphrase_files)
    if len(named) > 1:
        raise UsageError("several keys", where="--officer-key", hint="give the named officer's")
    return (Path(named[0][0]), named[0][1]) if named else None


def read_request(path: str) -> "KeyRequest":
    """Read an officer's key request."""
    from tjdocs.register import KeyRequest

    return KeyRequest.parse(_io.read_file(path, limits.TEXT))


def told(register: "Register", value: str, option: str) -> str:
    """Return a value that an action records; in a trial register a missing one is ``trial``.

    :raises UsageError: it is missing
    """
    if value:
        return value
    if register.trial:
        return "trial"
    raise UsageError("missing option", where=option, hint="a register of strict accountability records it")


def period(from_: str, to: str, at: str) -> tuple[date, date]:
    """Return the period of ``--from`` and ``--to``."""
    last = _io.day(to or at)
    return (_io.day(from_) if from_ else last.replace(day=1)), last
