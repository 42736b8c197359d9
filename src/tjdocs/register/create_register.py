"""Make a register: its keys, tables, first entries and first officer."""

import os
import shutil
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from tjdocs.files import write_private
from tjdocs.register import database, records, tables
from tjdocs.register.context import Context
from tjdocs.register.officer_keys import OfficerSigner
from tjdocs.register.officers import begin, enrol
from tjdocs.register.register_keys import DataKey, Keys
from tjdocs.register.register_log import Secrets
from tjdocs.register.roles import Access

__all__ = ["TRIAL_NAME", "create", "default_folder", "note", "trial_keys", "was_made"]

TRIAL_NAME = "trial.invalid/register"
_MADE = "made"  # an empty file in the folder of keys


def default_folder(opened: database.Store) -> Path | None:
    """Return the default folder of an SQLite register's keys, next to its file."""
    return opened.path.with_name(f"{opened.path.name}-keys") if opened.path is not None else None


def note(folder: Path | None) -> None:
    """Note next to an SQLite register's keys that it was made."""
    if folder is not None and folder.is_dir():
        with suppress(OSError):  # another process was first
            write_private(folder / _MADE, b"")


def was_made(folder: Path | None) -> bool:
    """Whether a folder of keys belongs to a register that was made."""
    return folder is not None and (folder / _MADE).exists()


def trial_keys(folder: Path | None) -> Keys:
    """Return a trial register's keys, made in their folder if missing."""
    if folder is None or not folder.parent.is_dir():
        return Keys.generate(TRIAL_NAME)
    if not folder.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            Keys.create(fresh, name=TRIAL_NAME)
            with suppress(OSError):  # another process was first
                os.rename(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return Keys.open(folder)


def create(
    opened: database.Store, keys: Keys, *, officer: str, office: str, at: datetime, access: Access,
    key: OfficerSigner | None = None,
) -> None:  # fmt: skip
    """Make the tables, the register's own two keys (wrapped), its first log entries and its first officer."""
    data, signer = keys.whole()
    secrets = Secrets(DataKey.generate().secret, DataKey.generate().secret)
    with opened.write(made=False) as connection:
        opened.lock(connection, database.SEQUENCER)
        if opened.sqlite and connection.exec_driver_sql("SELECT COUNT(*) FROM sqlite_master").scalar():
            return  # another process was first
        tables.create(connection)
        settings = {
            "origin": signer.name,
            "trial": "1" if access.trial else "0",
            "key.lookup": data.wrap(secrets.lookup).hex(),
            "key.mac": data.wrap(secrets.mac).hex(),
        }
        rows = [{"key": key, "value": value} for key, value in settings.items()]
        connection.execute(insert(tables.setting), rows)
        context, stamp = Context.of(opened, keys, secrets, access), records.stamp(at)
        more = {"trial": access.trial, "keys": secrets.named()}
        by = begin(context, connection, "init", signer.name, stamp, officer, key, **more)
        if not access.trial:
            enrol(context, connection, officer, "officer", office, stamp, by)
