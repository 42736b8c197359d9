"""The statements of the issuing act and of a full audit, in plain SQL: what runs for every document.

Everything else goes through SQLAlchemy's expressions. ``?`` stands for a value; PostgreSQL's driver gets ``%s``.
The issuing act runs them on the driver's own connection (:func:`transaction`), which SQLAlchemy's pool lends.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, PoolProxiedConnection

from tjdocs import limits
from tjdocs.register.database import Store, unkept

__all__ = ["Direct", "each", "execute", "stream", "stretches", "transaction"]

# the lowest blank that the office may issue from; the second form waits where the first found all taken
FREE = """SELECT b.series, b.first, b.last, s.pattern, b.office, b.since FROM blank b
JOIN series s ON s.id = b.series
WHERE s.document_type = ? AND b.state = 'confirmed' AND (? = '' OR b.office = ?) ORDER BY b.series, b.first LIMIT 1"""
FREE_SKIP = f"{FREE} FOR UPDATE OF b SKIP LOCKED"
FREE_WAIT = f"{FREE} FOR UPDATE OF b"
SHORTEN = "UPDATE blank SET first = first + 1 WHERE series = ? AND first = ?"
USE_UP = "DELETE FROM blank WHERE series = ? AND first = ?"
RESERVE = """INSERT INTO reservation
(number, series, blank, document_type, office, officer, stage, owner, token, place, staging, mac)
VALUES (?, ?, ?, ?, ?, ?, 'reserved', ?, ?, ?, ?, ?)"""

RESERVED = """SELECT series, blank, document_type, office, officer, stage, owner, token, place, staging, mac
FROM reservation WHERE number = ?"""
RESERVED_LOCK = f"{RESERVED} FOR UPDATE"
STAGE = "UPDATE reservation SET stage = 'committed', mac = ? WHERE number = ?"
DONE = "DELETE FROM reservation WHERE number = ?"
OTHERS = """SELECT number, state, expires, personal, sealed, wrapped FROM document
WHERE document_type = ? AND (holder = ? OR personal IN (?, ?))"""
RECORD = """INSERT INTO document
(id, number, series, blank, document_type, office, officer, issued, expires, state, since, ground, citizenship, sex,
category, replaces, replaced_by, files, holder, personal, sealed, wrapped)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'issued', ?, '', ?, ?, ?, ?, '', ?, ?, ?, ?, ?)"""
LOCK = "SELECT pg_advisory_xact_lock(?)"
PATTERNS = "SELECT pattern FROM series WHERE document_type = ? ORDER BY id"
KNOWN = "SELECT COUNT(*) AS total FROM series WHERE document_type = ?"
# what a border asks of every document
FIND = """SELECT number, document_type, state, officer, issued, expires, files, office, ground, category,
replaces, replaced_by FROM document WHERE id = ?"""
ENTRY = "INSERT INTO entry (act, subject, leaf, mac) VALUES (?, ?, ?, ?)"
ROLES = """SELECT o.role, o.office, k.public FROM officer o
LEFT JOIN officer_key k ON k.officer = o.id AND k.until = '' WHERE o.id = ?"""

# an entry's bytes, or NULL over the limit
LEAF = f"CASE WHEN LENGTH(e.leaf) <= {limits.LOG_ENTRY} THEN e.leaf END AS leaf"
# an audit reads every entry with the document that it is about; columns after the mac are None where there is none
ENTRIES = f"""SELECT e.id, e.position, e.act, e.subject, {LEAF}, e.mac, d.id AS document,
d.document_type, d.office, d.officer, d.issued, d.expires, d.citizenship, d.sex, d.category, d.replaces,
d.series, d.blank, d.holder, d.personal, d.sealed, d.state, d.ground, d.replaced_by, d.since, d.files
FROM entry e LEFT JOIN document d ON e.act = 'issue' AND d.number = e.subject
WHERE e.position >= ? ORDER BY e.position"""  # noqa: S608 (a constant)
NEW = ENTRIES.replace("WHERE e.position >= ? ORDER BY e.position", "WHERE e.position IS NULL ORDER BY e.id")
# below every place, and read by nothing above
BELOW = "SELECT id, position FROM entry WHERE position < 0 ORDER BY position LIMIT 1000"
# entries that are there once more, whatever their signatures: by others without a place, from a place on, or of issues
_SIGNED = b',"signatures":{'.hex()
_BODY = (
    f"substr({{0}}.leaf, 1, CASE WHEN instr({{0}}.leaf, X'{_SIGNED}') > 0 "
    f"THEN instr({{0}}.leaf, X'{_SIGNED}') - 1 ELSE length({{0}}.leaf) - 1 END)"
)
AGAIN = f"""SELECT e.id, e.position, e.act, e.subject FROM entry e
JOIN entry o ON o.subject = e.subject AND o.id <> e.id AND {_BODY.format("o")} = {_BODY.format("e")}
WHERE e.position IS NULL
ORDER BY e.id LIMIT 1000"""  # noqa: S608 (constants)
AGAIN_PLACED = AGAIN.replace("WHERE e.position IS NULL\nORDER BY e.id", "WHERE e.position >= ?\nORDER BY e.position")
ISSUED_TWICE = """SELECT e.id, e.position, e.act, e.subject FROM entry e
JOIN entry o ON o.subject = e.subject AND o.act = e.act AND o.id < e.id
WHERE e.act = 'issue' ORDER BY e.id LIMIT 1000"""
# a second entry of an issue or a decision, among those from a place on
SAME_ID = """SELECT e.id, e.position, e.act, e.subject FROM entry e
JOIN entry o ON o.subject = e.subject AND o.act = e.act AND o.id < e.id
WHERE (e.position >= ? OR e.position IS NULL) AND e.act IN ('issue', 'decide') ORDER BY e.id LIMIT 1000"""
ISSUED = "SELECT series, office, document_type, blank FROM document ORDER BY id"
# every act but the issues, in the order in which they were put
ACTS = f"""SELECT e.id, e.position, e.act, e.subject, {LEAF} FROM entry e WHERE e.act <> 'issue'
ORDER BY e.position IS NULL, e.position, e.id"""  # noqa: S608
# the entries about officers and series before a place; the register never deletes a key's row
OFFICERS = f"""SELECT e.id, e.position, e.act, e.subject, {LEAF} FROM entry e
WHERE e.position < ? AND e.act IN ('init', 'migrate', 'enrol', 'dismiss', 'new-key', 'series', 'belong')
AND e.subject IN (
SELECT id FROM officer UNION SELECT officer FROM officer_key UNION SELECT value FROM setting WHERE key = 'origin'
UNION SELECT pattern FROM series)
ORDER BY e.position"""  # noqa: S608
PERSONS = "SELECT number AS subject, sealed, wrapped FROM document WHERE sealed IS NOT NULL OR wrapped IS NOT NULL"
HOLDERS = "SELECT number AS subject, sealed, wrapped FROM document WHERE holder = ? AND sealed IS NOT NULL"
NUMBERED = "SELECT number AS subject, sealed, wrapped FROM document WHERE personal IN (?, ?) AND sealed IS NOT NULL"
DECIDED = "SELECT id AS subject, sealed, wrapped FROM decision WHERE sealed IS NOT NULL OR wrapped IS NOT NULL"
COUNT = "SELECT COUNT(*) AS total FROM document"
ORPHANS = """SELECT d.number FROM document d
WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.subject = d.number AND e.act = 'issue') LIMIT 1000"""


_MAKERS: dict[str, Callable[[Any], Any]] = {}
_INSTR = re.compile(r"instr\(([a-z.]+), X'([0-9a-f]+)'\)")


@cache
def _form(statement: str, sqlite: bool) -> str:
    if sqlite:
        return statement
    return _INSTR.sub(r"position('\\x\2'::bytea IN \1)", statement.replace("?", "%s"))


def _rows(statement: str, cursor: Any, rows: Sequence[Any]) -> list[Any]:
    """Return a driver's rows with the names of their columns, which are read once for each statement."""
    make = _MAKERS.get(statement)
    if make is None:
        names = [column[0] for column in cursor.description]
        make = _MAKERS[statement] = partial(tuple.__new__, namedtuple("Row", names))  # _make takes twice the time
    return list(map(make, rows))


class Direct:
    """The driver's own connection, within one :func:`transaction`."""

    __slots__ = ("_run", "_sqlite", "driver")

    def __init__(self, driver: Any, sqlite: bool) -> None:
        self.driver = driver
        self._run = driver.cursor().execute
        self._sqlite = sqlite

    def execute(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """Run a statement; the rows of its answer, or none if it writes its one row."""
        cursor = self._run(_form(statement, self._sqlite), values)
        if cursor.description:
            return _rows(statement, cursor, cursor.fetchall())
        if cursor.rowcount != 1:
            raise unkept()
        return ()


@contextmanager
def transaction(store: Store, *, lasting: bool) -> Iterator[Direct]:
    """Run a block as one transaction.

    :param lasting: it is on the disk when it ends, as with :meth:`Store.write`; else a power cut may undo it, whole,
        until the next that is

    :raises RegisterError: the database refused, was busy too long, or went away
    """
    with _direct(store, lambda: store.begin("write" if lasting else "hasty")) as direct:
        yield direct
        direct.driver.commit()


def execute(connection: Connection | Direct, statement: str, values: Sequence[Any] = ()) -> Sequence[Any]:
    """Run one of the statements above; the rows of its answer, or none if it writes its one row.

    :raises RegisterError: the row was not written
    """
    if isinstance(connection, Direct):
        return connection.execute(statement, values)
    result = connection.exec_driver_sql(_form(statement, connection.dialect.name == "sqlite"), tuple(values))
    if result.returns_rows:
        return result.all()
    if result.rowcount != 1:
        raise unkept()
    return ()


@contextmanager
def each(store: Store) -> Iterator[Direct]:
    """Run a block whose statements are each by themselves, on a snapshot of their own; it writes nothing.

    SQLAlchemy's transaction around one look-up costs ten times what it does.

    :raises RegisterError: the database cannot be read
    """
    with _direct(store, store.engine.raw_connection) as direct:
        yield direct


@contextmanager
def _direct(store: Store, lend: Callable[[], PoolProxiedConnection]) -> Iterator[Direct]:
    """Run a block on a connection of the pool, which is undone if the block fails."""
    try:
        proxy = lend()
        try:
            yield Direct(proxy.dbapi_connection, store.sqlite)
        except BaseException:
            store.undo(proxy)
            raise
        proxy.close()
    except Exception as error:  # the driver's become the register's, all others go on as they are
        if (own := store.explained(error)) is not None:
            raise own from None
        raise


def stream(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
    """Yield the rows of a long answer, never all of them at once."""
    for some in stretches(connection, statement, values, 256):
        yield from some


def stretches(connection: Connection, statement: str, values: Sequence[Any], count: int) -> Iterator[Sequence[Any]]:
    """Yield the rows of a long answer, ``count`` at once: few enough to stay in a processor's cache."""
    driver: Any = connection.connection.driver_connection
    sqlite = connection.dialect.name == "sqlite"
    # a cursor with a name leaves the answer on the server
    with closing(driver.cursor()) if sqlite else driver.cursor(name="stretches") as cursor:
        cursor.execute(_form(statement, sqlite), tuple(values))
        while rows := cursor.fetchmany(count if sqlite else 16 * count):  # from a server it is a round trip
            for first in range(0, len(rows), count):
                yield _rows(statement, cursor, rows[first : first + count])
