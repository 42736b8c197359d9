"""SQLite files that somebody else may have made: opened only with the tables that we make, and read within bounds.

A file can contain views, triggers, computed columns and virtual tables, which run code of its maker when they are
read, and values as long as the machine has memory. None of these is in a file whose schema is exactly ours.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from tjdocs.errors import InputError

__all__ = ["MAX_FILE", "MAX_VALUE", "check", "open_readonly", "rows"]

MAX_VALUE = 20 * 1024 * 1024  # bytes of one value or row: the longest list that we read
MAX_FILE = 512 * 1024 * 1024  # bytes of a file that is read whole
_MAX_SCHEMA = 100  # rows of the schema that are looked at; ours have far fewer
_META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)"


def open_readonly(
    path: str | Path,
    schema: str,
    version: str,
    *,
    what: str,
    hint: str,
    again: str,
    whole: bool = True,
    immutable: bool = False,
) -> sqlite3.Connection:
    """Open a file whose tables and indexes are exactly those of ``schema``, for reading alone.

    :param schema: the statements that made it, ``CREATE TABLE meta (key, value)`` among them
    :param version: what ``meta`` has under ``version``
    :param what: names the kind of file in the error, for example ``a trust store``
    :param hint: how one is made
    :param again: how one of another version is made again
    :param whole: it is read whole, and must not be longer than :data:`MAX_FILE`
    :param immutable: nobody writes to it once it is there: no lock, and no journal that a stranger put next to it
    :raises InputError: it cannot be read, has another schema, or is of another version
    """
    other = InputError(f"not {what}", where=str(path), hint=hint)
    database: sqlite3.Connection | None = None
    try:
        if whole and Path(path).stat().st_size > MAX_FILE:
            raise InputError("over the limits", where=str(path), hint=f"at most {MAX_FILE} bytes are read")
        database = sqlite3.connect(
            f"{Path(path).absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
        )
        _bound(database)
        database.execute("BEGIN")  # what is checked is what is read
        made = _schema(database)
        if _plain(_META) in made:  # an ordinary table: looking into it runs nothing
            told = database.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
            if told is None or told[0] != version:
                raise InputError(f"{what.partition(' ')[2]} of another version", where=str(path), hint=again)
        if made != _expected(schema):
            raise other
    except InputError:
        _close(database)
        raise
    except (sqlite3.Error, OSError, ValueError):
        _close(database)
        raise other from None
    return database


def rows(database: sqlite3.Connection, statement: str, *, where: str | Path) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that reads whole tables.

    :raises InputError: together they are longer than the file: it was made to give the same page again without end
    :raises sqlite3.Error: the file is damaged
    """
    pages, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    found, left = [], pages * size
    for row in database.execute(statement):
        left -= 1 + sum(len(value) for value in row if isinstance(value, bytes | str))
        if left < 0:
            raise InputError("a database that repeats itself", where=str(where), hint="make it again")
        found.append(row)
    return found


def check(database: sqlite3.Connection, schema: str) -> None:
    """Check within a transaction that tables and indexes are exactly those of ``schema``, before anything is written.

    :raises sqlite3.DatabaseError: they are not, or there are triggers or views
    """
    if _schema(database) != _expected(schema):
        raise sqlite3.DatabaseError("another schema")


def _bound(database: sqlite3.Connection) -> None:
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {setting}")


def _schema(database: sqlite3.Connection) -> set[str]:
    """Return the statements that made what is in a file; what is there without one is named."""
    found = database.execute(f"SELECT name, sql FROM sqlite_master LIMIT {_MAX_SCHEMA}").fetchall()  # noqa: S608
    automatic = {str(name) for name, sql in found if sql is None}
    strange = {name for name in automatic if not name.startswith("sqlite_autoindex_")}
    return strange | {_plain(sql) for _, sql in found if sql is not None}


def _expected(schema: str) -> set[str]:
    return {_plain(statement) for statement in schema.split(";") if statement.strip().startswith("CREATE")}


def _plain(sql: object) -> str:
    return " ".join(str(sql).split())


def _close(database: sqlite3.Connection | None) -> None:
    if database is not None:
        with suppress(sqlite3.Error):
            database.close()
