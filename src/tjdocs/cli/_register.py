"""What the commands of ``tjdocs register`` share: opening one with its keys, and their options."""

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tjdocs.cli import _io
from tjdocs.errors import UsageError

if TYPE_CHECKING:  # the database is brought in by the commands that need it
    from tjdocs.register import Register

Url = Annotated[str, typer.Option("--register", help="sqlite:///PATH or postgresql://USER@HOST/NAME.")]
RegisterPassphrase = Annotated[
    str, typer.Option("--register-passphrase-file", help="Opens the register's keys; default: as the authority's.")
]
KeyFolder = Annotated[
    str,
    typer.Option("--keys", help="Folder of the register's keys; else TJDOCS_REGISTER_KEYS, or beside SQLite's file."),
]
Officer = Annotated[str, typer.Option("--officer", help="Who acts; may be left out in a trial register.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="A document, a blank, or a range A-B.")]
From = Annotated[
    str, typer.Option("--from", metavar="DATE", help="First day; default: the first of the month of --to.")
]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="Last day; default: the day of --at.")]


def key_place(url: str, folder: str) -> Path | None:
    """Return where the keys lie, or will: ``--keys`` or ``TJDOCS_REGISTER_KEYS``, else beside an SQLite file."""
    if place := _named(folder):
        return Path(place)
    path = _sqlite_path(url)
    return Path(f"{path}-keys") if path else None


def key_folder(url: str, folder: str) -> Path | None:
    """Return the folder of the keys; None for none named and none beside an SQLite file."""
    place = key_place(url, folder)
    return place if place is not None and (_named(folder) or place.is_dir()) else None


def _named(folder: str) -> str:
    return folder or os.environ.get("TJDOCS_REGISTER_KEYS", "")


def _sqlite_path(url: str) -> str:
    """Return the path in an SQLite URL, ``""`` in another."""
    path = url.removeprefix("sqlite:///")
    return path if path != url else ""


def open_register(url: str, folder: str = "", passphrase_file: str = "", *, make: bool = False) -> "Register":
    """Open a register with its keys.

    :param make: an SQLite file that is not there becomes a trial register
    :raises UsageError: no URL
    """
    from tjdocs.register import Keys, Register

    if not url:
        raise UsageError("no register", where="--register", hint="sqlite:///PATH or postgresql://USER@HOST/NAME")
    path = _sqlite_path(url)
    if not make and path and not _is_there(Path(path.removeprefix("file:").partition("?")[0])):
        raise UsageError("no register there", where="--register", hint="make one with `tjdocs register init`")
    keys = key_folder(url, folder)
    return Register(url, keys=None if keys is None else Keys.open(keys, passphrase=_io.passphrase(passphrase_file)))


def _is_there(path: Path) -> bool:
    try:
        return path.stat().st_size > 0  # empty, it is what a cut left of one
    except OSError:
        return False


def told(register: "Register", value: str, option: str) -> str:
    """Return what an act must be told; a trial register takes ``trial`` for what was left out.

    :raises UsageError: it was left out
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
