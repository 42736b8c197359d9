"""The register: hands out numbers and records documents."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from tjdocs.errors import RegisterError, UsageError

__all__ = ["Document", "Register"]

_VERSION = "1"
_metadata = MetaData()

_meta = Table("meta", _metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))
_series = Table(
    "series",
    _metadata,
    Column("document_type", String, primary_key=True),
    Column("pattern", String, nullable=False),
    Column("next", Integer, nullable=False),
    Column("last", Integer, nullable=False),
)
_documents = Table(
    "document",
    _metadata,
    Column("number", String, primary_key=True),
    Column("document_type", String, nullable=False),
    Column("status", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("date_of_issue", String, nullable=False, default=""),
    Column("date_of_expiry", String, nullable=False, default=""),
    Column("files", String, nullable=False, default="{}"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """What the register knows of a document.

    :param status: ``reserved`` while it is being made, then ``issued``, or ``spoiled`` when making it failed
    :param files: SHA-256 of each file, hexadecimal
    """

    number: str = field(repr=False)
    document_type: str
    status: str
    officer: str
    date_of_issue: str
    date_of_expiry: str
    files: Mapping[str, str]


class Register:
    """Numbers and documents in a database; may be shared between threads.

    :param url: an SQLAlchemy URL, for example ``sqlite:///register.db``; made there if it does not exist
    :raises UsageError: the URL cannot be used
    :raises RegisterError: the database cannot be opened, or is of another version
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
            if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
                raise UsageError("unusable register", where="url", hint="sqlite:///PATH")
            self._engine = _engine(url)
            with self._engine.begin() as connection:
                _metadata.create_all(connection)
                version = connection.execute(select(_meta.c.value).where(_meta.c.key == "version")).scalar()
                if version is None:
                    connection.execute(_meta.insert().values(key="version", value=_VERSION))
        except ArgumentError:
            raise UsageError("unusable register", where="url", hint="sqlite:///PATH") from None
        except SQLAlchemyError as error:
            raise RegisterError("cannot open the register", hint=_short(error)) from None
        if version not in (None, _VERSION):
            raise RegisterError("register of another version", hint=f"this library reads version {_VERSION}")

    def add_series(self, document_type: str, pattern: str, *, first: int = 1, last: int = 99_999_999) -> None:
        """Add the number series of a document type, once; a series that is there already is left as it is.

        :param pattern: with one replacement field for the running number, for example ``T{:08d}``
        """
        _check_pattern(pattern)
        with self._begin() as connection:
            known = connection.execute(
                select(_series.c.pattern).where(_series.c.document_type == document_type)
            ).scalar()
            if known is None:
                connection.execute(
                    _series.insert().values(document_type=document_type, pattern=pattern, next=first, last=last)
                )

    def reserve(self, document_type: str, *, officer: str) -> str:
        """Hand out the next number of a document type. No number is ever handed out twice.

        :raises RegisterError: there is no series, or it is used up
        """
        with self._begin() as connection:
            row = connection.execute(select(_series).where(_series.c.document_type == document_type)).one_or_none()
            if row is None:
                raise RegisterError("no number series", where=document_type, hint="add one with Register.add_series")
            if row.next > row.last:
                raise RegisterError("number series used up", where=document_type, hint="add the next series")
            _check_pattern(row.pattern)
            number = str(row.pattern.format(row.next))
            connection.execute(
                _series.update().where(_series.c.document_type == document_type).values(next=row.next + 1)
            )
            connection.execute(
                _documents.insert().values(
                    number=number, document_type=document_type, status="reserved", officer=officer
                )
            )
        return number

    def commit(self, number: str, *, issued: date, expires: date, files: Mapping[str, str]) -> None:
        """Record a reserved number as issued, with the digests of its files.

        :raises RegisterError: the number is not reserved
        """
        self._move(
            number,
            {
                "status": "issued",
                "date_of_issue": issued.isoformat(),
                "date_of_expiry": expires.isoformat(),
                "files": json.dumps(dict(files), sort_keys=True),
            },
        )

    def spoil(self, number: str) -> None:
        """Record that a reserved number will not become a document.

        :raises RegisterError: the number is not reserved
        """
        self._move(number, {"status": "spoiled"})

    def withdraw(self, number: str) -> None:
        """Record that the act on a number failed, be it before or after the document was recorded.

        :raises RegisterError: the number is neither reserved nor issued
        """
        self._move(number, {"status": "spoiled"}, ("reserved", "issued"))

    def document(self, number: str) -> Document | None:
        """Return what is known of a number, None when it was never handed out."""
        with self._begin() as connection:
            row = connection.execute(select(_documents).where(_documents.c.number == number)).one_or_none()
        if row is None:
            return None
        return Document(
            row.number,
            row.document_type,
            row.status,
            row.officer,
            row.date_of_issue,
            row.date_of_expiry,
            json.loads(row.files),
        )

    def _move(self, number: str, values: dict[str, Any], of: tuple[str, ...] = ("reserved",)) -> None:
        with self._begin() as connection:
            moved = connection.execute(
                _documents.update().where(_documents.c.number == number, _documents.c.status.in_(of)).values(**values)
            )
            if moved.rowcount != 1:
                raise RegisterError(f"number is not {' or '.join(of)}", where="number")

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise RegisterError("the register refused", hint=_short(error)) from None


def _check_pattern(pattern: str) -> None:
    """Refuse a pattern that is more than letters, digits and one place for the running number."""
    if not isinstance(pattern, str) or not re.fullmatch(r"[A-Z0-9]{0,8}\{:0[1-9]d\}", pattern):
        raise RegisterError("unusable number pattern", where="pattern", hint="letters, then {:08d} or the like")


def _engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _immediate(connection: Connection) -> None:
        # a short write lock from the start: two readers that then both want to write would dead-lock
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _short(error: SQLAlchemyError) -> str:
    """Return a database error without its statement and values."""
    return str(getattr(error, "orig", error)).splitlines()[0]
