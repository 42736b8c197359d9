"""SQLite files made by others: opened only with our own tables, and read within bounds.

A file can contain views, triggers, computed columns and virtual tables, which run their maker's code, and values that
fill the memory. With exactly our schema it contains none of the former; the latter are not read.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

from tjdocs import limits
from tjdocs.errors import InputError

__all__ = ["Part", "check", "made", "open_readonly", "parts", "plain", "rows", "schema", "stream"]

Part = tuple[object, object, object, object]  # a row of a schema: type, name, table, statement

_MAX_SCHEMA = 100  # rows of the schema; ours have far fewer
_META = ("table", "meta", "meta", "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
_BLANKS = re.compile(r"[ \t\n\f\r]+")  # what SQLite takes for one; it takes every other sign for part of a word


def open_readonly(
    path: str | Path,
    forms: Mapping[str, str],
    *,
    kind: str,
    hint: str,
    renewal: str,
    large: bool = False,
    immutable: bool = False,
) -> tuple[sqlite3.Connection, str]:
    """Open a file for reading, in one transaction, if its tables and indexes are exactly those of one of ``forms``.

    Return the connection and the version.

    :param forms: by the value of ``version`` in ``meta``: the statements, ``CREATE TABLE meta (key, value)`` among them
    :param kind: the kind of file, for the error, for example ``trust store``
    :param hint: the command that makes such a file
    :param renewal: the command that replaces a file of another version
    :param large: it may be longer than ``limits.DATABASE``, since it is not read completely
    :param immutable: the file is never written to, so that neither a lock nor a journal next to it counts
    :raises InputError: the file cannot be read, or has another schema or version
    """
    unfit = InputError(f"not {'an' if kind[0] in 'aeiou' else 'a'} {kind}", where=str(path), hint=hint)
    database: sqlite3.Connection | None = None
    try:
        if not large and Path(path).stat().st_size > limits.DATABASE:
            raise InputError("over the limits", where=str(path), hint=f"at most {limits.DATABASE} bytes")
        database = sqlite3.connect(
            f"{Path(path).absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
        )
        _set_bounds(database)
        database.execute("BEGIN")  # from here on nobody changes the schema
        actual = parts(database)
        if _META not in actual:  # an ordinary table, safe to read
            raise unfit
        row = database.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
        version = row[0] if row is not None else None
        if not isinstance(version, str) or version not in forms:
            raise InputError(f"{kind} of another version", where=str(path), hint=renewal)
        if actual != made(forms[version]):
            raise unfit
    except InputError:
        _close(database)
        raise
    except (sqlite3.Error, OSError, ValueError):
        _close(database)
        raise unfit from None
    return database, version


def rows(database: sqlite3.Connection, statement: str, *, where: str | Path) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that reads tables from end to end: see :func:`stream`."""
    return list(stream(database, statement, where=where))


def stream(database: sqlite3.Connection, statement: str, *, where: str | Path) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement that reads tables from end to end.

    :param where: the file, for the error
    :raises InputError: the rows are longer than the file: its pages refer to each other without end
    :raises sqlite3.Error: the file is damaged
    """
    pages, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    budget = pages * size
    for row in database.execute(statement):
        budget -= 1 + sum(len(value) for value in row if isinstance(value, bytes | str))
        if budget < 0:
            raise InputError("a database that repeats itself", where=str(where), hint="make it again")
        yield row


def check(database: sqlite3.Connection, forms: Mapping[str, str]) -> str:
    """Check within a transaction, before anything is written, that tables and indexes are those of one of ``forms``.

    Return its version.

    :raises sqlite3.DatabaseError: there are others, or triggers or views
    """
    actual = parts(database)
    row = database.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() if _META in actual else ()
    if not row or row[0] not in forms or actual != made(forms[row[0]]):
        raise sqlite3.DatabaseError("another schema")
    return str(row[0])


def parts(database: sqlite3.Connection, most: int = _MAX_SCHEMA) -> list[Part]:
    """Return every row of a database's schema, sorted, as often as it is there; at most one more than ``most``.

    Of the statement only the blanks count as one, whichever they are. SQLite reads a word in quotes otherwise than
    the same one without.
    """
    return plain(schema(database, most))


def schema(database: sqlite3.Connection, most: int = _MAX_SCHEMA) -> tuple[Part, ...]:
    """Return the rows of a database's schema as SQLite has them; at most one more than ``most``."""
    query = f"SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT {int(most) + 1}"  # noqa: S608 (a number)
    return tuple(database.execute(query).fetchall())


def plain(rows: Iterable[Part]) -> list[Part]:
    """Return rows of a schema as :func:`parts` does."""
    normal = [
        (kind, name, table, _BLANKS.sub(" ", sql).strip(" ") if isinstance(sql, str) else sql)
        for kind, name, table, sql in rows
    ]
    return sorted(normal, key=repr)


@cache
def made(statements: str) -> list[Part]:
    """Return the rows of the schema that statements make: what :func:`parts` returns of a file of theirs."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(f"PRAGMA writable_schema = ON; {statements}")  # SQLite's own tables too, by their names
        return parts(database)


def _set_bounds(database: sqlite3.Connection) -> None:
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.DATABASE_VALUE)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for setting in (
        "trusted_schema = OFF",
        "query_only = ON",
        "cell_size_check = ON",
        "mmap_size = 0",
        "cache_size = -32000",
    ):
        database.execute(f"PRAGMA {setting}")


def _close(database: sqlite3.Connection | None) -> None:
    if database is not None:
        with suppress(sqlite3.Error):
            database.close()
