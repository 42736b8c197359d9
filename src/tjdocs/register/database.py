"""The database under a register: opening, versions, transactions, and errors without their values."""

import os
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import (
    Connection,
    Engine,
    Pool,
    PoolProxiedConnection,
    create_engine,
    event,
    inspect,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from tjdocs.auditlog.entry import UNREADABLE
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import schema_check, tables

__all__ = ["Store", "parse_url", "sqlite_file"]

_HINT = "sqlite:///PATH or postgresql://USER@HOST/NAME"
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_OFFICERS = 0x746A646F666663  # PostgreSQL's advisory lock of who changes the officers
_BEGIN = {
    # a commit in NORMAL mode is whole but not flushed: the next one in FULL flushes it too; and a short write lock from
    # the start: two readers that then both want to write would dead-lock
    (True, "read"): ("BEGIN",),
    (True, "write"): ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
    (True, "alone"): ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
    (True, "hasty"): ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE"),
    (False, "read"): ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    # officers change while nobody writes: each entry then comes after those that gave its officers their right
    (False, "write"): (f"BEGIN; SELECT pg_advisory_xact_lock_shared({_OFFICERS})",),
    (False, "alone"): (f"BEGIN; SELECT pg_advisory_xact_lock({_OFFICERS})",),
    (False, "hasty"): ("BEGIN; SET LOCAL synchronous_commit TO OFF",),
}
_parents: list[Pool] = []  # of the processes that this one was forked from
UNDECODED = "Could not decode to UTF-8"  # SQLite's driver, of bytes that are not a text
AUDIT = "see `tjdocs register audit`"
_FORMED = "tjdocs: version of the data whose tables were looked at"
_LITTLE = 1 << 16  # bytes: less than a register needs next to its file
SEQUENCER = 0x746A646F6373  # PostgreSQL's advisory lock of the one sequencer


def parse_url(url: object) -> URL:
    """Read a register's URL.

    :raises UsageError: not a URL of SQLite or PostgreSQL, or one of SQLite without a file: a register in memory ends
        with its process, and its numbers would be used again
    """
    try:
        if not isinstance(url, str):
            raise ArgumentError
        parsed = make_url(url)
        driver = _DRIVERS[parsed.drivername]
    except (ArgumentError, KeyError, ValueError):
        raise UsageError("unusable register", where="url", hint=_HINT) from None
    parsed = parsed.set(drivername=driver)
    file = sqlite_file(parsed)
    if file is not None:
        volatile = "memory" in parsed.query.get("mode", "") or "vfs" in parsed.query
        if volatile or file.name in ("", ":memory:"):
            raise UsageError("a register without a file", where="url", hint="sqlite:///PATH; one in memory is lost")
    return parsed


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a register in SQLite, also where the URL has a URI of SQLite; None for a server."""
    if url.drivername != "sqlite":
        return None
    name = url.database or ""
    return Path(unquote(name.removeprefix("file:").removeprefix("//")) if "uri" in url.query else name)


class Store:
    """An engine with the transactions that a register needs; may be shared between threads and used after a fork.

    :param wait: seconds to wait for a lock that another process holds
    """

    def __init__(self, url: URL, *, wait: float = 30) -> None:
        self.url = url
        self.sqlite = url.drivername == "sqlite"
        try:
            self.engine = _sqlite(url, wait) if self.sqlite else _postgresql(url, wait)
        except (SQLAlchemyError, ImportError, TypeError, ValueError):
            hint = "a reachable database; PostgreSQL needs the extra `postgres`"
            raise RegisterError("cannot open the register", hint=hint) from None
        self.failure: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        event.listen(self.engine, "begin", _begin)
        event.listen(self.engine, "after_cursor_execute", _count)
        self._formed = False  # a server's tables were looked at
        _stores.add(self)
        weakref.finalize(self, _dispose, self.engine, os.getpid())

    @property
    def path(self) -> Path | None:
        """The path of an SQLite file; None for a server."""
        return sqlite_file(self.url)

    @contextmanager
    def read(self, *, lenient: bool = False) -> Iterator[Connection]:
        """Run a block on one snapshot.

        :param lenient: read bytes that are not a text as a text that equals no other; SQLite's driver refuses them
        """
        with self.guard(), self._run("read") as connection, self._lenient(connection) if lenient else nullcontext():
            yield connection

    @contextmanager
    def _lenient(self, connection: Connection) -> Iterator[None]:
        driver: Any = connection.connection.driver_connection
        if not self.sqlite:  # a server keeps no such text
            yield
            return
        driver.text_factory = _as_text
        try:
            yield
        finally:
            driver.text_factory = str

    @contextmanager
    def write(self, *, alone: bool = False, made: bool = True) -> Iterator[Connection]:
        """Run a block as one transaction that is on the disk when it ends.

        :param alone: no other transaction writes meanwhile
        :param made: the tables are there, and of this version
        :raises RegisterError: the database refused, was busy too long, went away, has altered tables, or lost a row
        """
        with self.guard() if made else nullcontext(), self._run("alone" if alone else "write") as connection:
            if made:
                self._check_form(connection.connection)
            yield connection

    def _check_form(self, lent: PoolProxiedConnection) -> None:
        """Refuse to write where a trigger, a view or a table of another form could make something else of it.

        A file is looked at in the first transaction of a connection, and after each that another connection made. A
        server is looked at once: there only a role with the right to it adds a trigger.
        """
        if self.sqlite:
            driver: Any = lent.dbapi_connection
            (version,) = driver.execute("PRAGMA data_version").fetchone()
            if lent.info.get(_FORMED) == version:
                return
            driver.execute("PRAGMA writable_schema = RESET")  # a trigger whose row is gone runs until this
            faults = schema_check.sqlite_faults(driver)
            if not faults:
                lent.info[_FORMED] = version
        elif self._formed:
            return
        else:
            with self.read() as connection:
                faults = schema_check.faults(connection)
            self._formed = not faults
        for _, kind, name, _ in faults:
            raise RegisterError("the register's tables were altered", where=f"{kind} {name}", hint=AUDIT)

    @contextmanager
    def _run(self, mode: str) -> Iterator[Connection]:
        try:
            with self.engine.connect().execution_options(tjdocs=mode) as connection, connection.begin():
                yield connection
        except UnicodeEncodeError:
            raise self.unwritable() from None
        except (SQLAlchemyError, self.failure) as error:
            raise self.refused(error) from None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Run a block that reads rows: if a value that no register writes ends it, name that value's column.

        An error of another origin stays as it is.

        :raises RegisterError: a row was changed
        """
        try:
            yield
        except UnicodeEncodeError:  # of a caller's text
            raise
        except UNREADABLE:
            if (changed := self._misplaced()) is not None:
                raise changed from None
            raise

    def _misplaced(self) -> RegisterError | None:
        """Return the error of the first value that no register writes."""
        with self._run("read") as connection, self._lenient(connection):
            for table, _, column in tables.misplaced(connection):
                return changed_row(table, column)
        return None

    def explained(self, error: Exception) -> RegisterError | None:
        """Return the register's error for one of the driver, or for a value that no register writes; else None."""
        if isinstance(error, UnicodeEncodeError):
            return self.unwritable()
        if isinstance(error, SQLAlchemyError | self.failure):
            return self.refused(error)
        return self._misplaced() if isinstance(error, UNREADABLE) else None

    def unwritable(self) -> RegisterError:
        """Return the error of a text that no database takes."""
        return RegisterError("a text with half a character", where="text", hint="give text in UTF-8")

    def refused(self, error: Exception, message: str = "the register refused") -> RegisterError:
        """Return the register's error for one of a database; SQLite may report a full disk as "I/O"."""
        hint = short(error)
        with suppress(OSError):
            if self.path is not None and shutil.disk_usage(self.path.parent).free < _LITTLE:
                hint += "; the disk is full"
        return RegisterError(message, hint=hint)

    def version(self) -> str:
        """Return the version of the tables: ``""`` for none, ``"0001"`` for the first ledger.

        :raises RegisterError: the database cannot be read
        """
        try:
            connect = self.engine.connect().execution_options(tjdocs="read")
            with connect as connection, self._lenient(connection):
                names = set(inspect(connection).get_table_names())
                if "alembic_version" in names:
                    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "none")
                return "0001" if "meta" in names else ""
        except (SQLAlchemyError, self.failure) as error:
            raise self.refused(error, "cannot open the register") from None

    def check_version(self) -> None:
        """Refuse tables of another version.

        :raises RegisterError: with the command that migrates an older one
        """
        version = self.version()
        if not version:
            raise RegisterError("missing register", where="url", hint="make one with `tjdocs register init`")
        if version == "none":
            raise RegisterError("the register's version is gone", where="alembic_version", hint="restore a backup")
        if not (len(version) == len(tables.VERSION) and version.isascii() and version.isdecimal()):
            hint = "it is no version; restore a backup"
            raise RegisterError("the register's version was changed", where="alembic_version", hint=hint)
        if version < tables.VERSION:
            hint = "bring it up with `tjdocs register migrate`, after a backup"
            raise RegisterError("register of another version, an older one", where=version, hint=hint)
        if version > tables.VERSION:
            hint = "use a newer tjdocs"
            raise RegisterError("register of another version, a newer one", where=version[:40], hint=hint)

    def lock(self, connection: Connection, key: int) -> None:
        """Let one transaction at a time pass; an SQLite transaction that writes is alone anyway."""
        if not self.sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (key,))

    def settings(self, connection: Connection) -> dict[str, str]:
        """Return the table ``setting``."""
        rows = connection.execute(select(tables.setting.c.key, tables.setting.c.value))
        return {row.key: row.value for row in rows}

    def begin(self, mode: str) -> PoolProxiedConnection:
        """Return a connection of the pool, for the driver's own calls, with a transaction begun on it.

        :param mode: ``write``, or ``hasty``: a power cut may undo all of it, until a later ``write`` makes it last
        """
        proxy = self.engine.raw_connection()
        try:
            driver: Any = proxy.dbapi_connection
            for statement in _BEGIN[self.sqlite, mode]:
                driver.execute(statement)
            self._check_form(proxy)
        except BaseException:
            self.undo(proxy)
            raise
        return proxy

    def undo(self, proxy: PoolProxiedConnection) -> None:
        """Roll back and return a connection to the pool; one that cannot roll back is never used again."""
        if not _undone(proxy.dbapi_connection):
            proxy.invalidate()
        proxy.close()

    def leave(self) -> None:
        """In a forked process: leave every connection to the parent."""
        _parents.append(self.engine.pool)  # never collected, which would close its connections
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("tjdocs", "write")
    for statement in _BEGIN[connection.dialect.name == "sqlite", mode]:
        connection.exec_driver_sql(statement)


def _count(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> None:
    """Refuse a statement that did not write its one row, or the number of rows in ``tjdocs_rows``."""
    writes = context is not None and (context.isinsert or context.isupdate or context.isdelete)
    if writes and not (cursor.description and connection.dialect.name == "sqlite"):  # it has yet to count what it gives
        expected = len(parameters) if executemany else 1
        expected = context.execution_options.get("tjdocs_rows", expected)
        if cursor.rowcount != expected:
            raise unkept()


def changed_row(table: str, column: str) -> RegisterError:
    """Return the error of a value that no register writes."""
    return RegisterError("a row was changed", where=f"{table}, column {column}", hint=AUDIT)


def unkept() -> RegisterError:
    """Return the error of a row that the database lost."""
    return RegisterError("the database did not keep a row", where="database", hint=AUDIT)


def short(error: Exception) -> str:
    """Return a database error without its statement and values."""
    text = str(getattr(error, "orig", None) or error).strip()
    # PostgreSQL puts values into DETAIL lines, and a key's value into nothing else
    text = text.splitlines()[0][:200] if text else type(error).__name__
    return text.partition(" with text ")[0] if text.startswith(UNDECODED) else text  # SQLite quotes the value


def _sqlite(url: URL, wait: float) -> Engine:
    arguments = {"timeout": wait, "check_same_thread": False, "isolation_level": None}
    engine = create_engine(url, connect_args=arguments, pool_use_lifo=True, pool_timeout=wait)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def _postgresql(url: URL, wait: float) -> Engine:
    given = url.query.get("options", "")
    own = f"-c lock_timeout={int(wait * 1000)} -c timezone=UTC"
    options = " ".join((*((given,) if isinstance(given, str) else given), own))
    return create_engine(
        url,
        connect_args={"connect_timeout": 10, "options": options, "autocommit": True},  # we say ourselves what begins
        pool_pre_ping=True,
        pool_use_lifo=True,
        pool_timeout=wait,
        pool_size=4,
        max_overflow=12,
    )


def _as_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode(errors="replace") + "\0"  # nothing that is written has one


def _undone(driver: Any) -> bool:
    try:
        driver.rollback()
    except Exception:  # noqa: BLE001 (whatever it says, nobody else may get this connection)
        return False
    return not getattr(driver, "closed", False)


def _dispose(engine: Engine, pid: int) -> None:
    # after a fork the connections are the parent's to close
    engine.dispose(close=os.getpid() == pid)


def _leave_to_parent() -> None:
    """In a forked process: start with empty pools, and never touch or close a connection of the parent's."""
    for store in _stores:
        store.leave()


_stores: weakref.WeakSet[Store] = weakref.WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
