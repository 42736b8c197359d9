"""What every part of a register shares: the database, the keys, the log, and who may do what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, select

from tjdocs.errors import RegisterError
from tjdocs.register import hot, roles, schema
from tjdocs.register.entries import make_leaf
from tjdocs.register.keys import Keys
from tjdocs.register.log import Log, Secrets
from tjdocs.register.ranges import Pattern
from tjdocs.register.store import Store

__all__ = ["Context", "Series", "inserted"]


@dataclass(frozen=True, slots=True)
class Series:
    """A series of a document type."""

    id: int
    document_type: str
    pattern: Pattern


def inserted(result: CursorResult[Any]) -> int:
    """Return the id that a row got."""
    return int(cast("tuple[int]", result.inserted_primary_key)[0])


@dataclass(frozen=True, slots=True)
class Context:
    """An open register.

    :param trial: roles are not enforced
    """

    store: Store = field(repr=False)
    keys: Keys = field(repr=False)
    secrets: Secrets = field(repr=False)
    log: Log = field(repr=False)
    trial: bool

    def allow(self, connection: Connection | hot.Direct, act: str, officers: Sequence[str], count: int = 1) -> str:
        """See :func:`tjdocs.register.roles.allow`."""
        return roles.allow(connection, act, officers, count, trial=self.trial)

    def may_read(self, connection: Connection | hot.Direct, act: str, officer: str) -> None:
        """See :func:`tjdocs.register.roles.may_read`."""
        roles.may_read(connection, act, officer, trial=self.trial)

    def series(self, connection: Connection) -> list[Series]:
        """Return every series."""
        rows = connection.execute(select(schema.series).order_by(schema.series.c.id))
        return [Series(row.id, row.document_type, Pattern.parse(row.pattern)) for row in rows]

    def locate(self, connection: Connection, first: str, last: str) -> tuple[Series, int, int]:
        """Return the series and the blanks that two numbers stand for.

        :raises RegisterError: no series has them, they are of two, or run backwards
        """
        for series in self.series(connection):
            low, high = series.pattern.read(first), series.pattern.read(last)
            if low is not None and high is not None:
                series.pattern.check(low, high)
                return series, low, high
        raise RegisterError("numbers of no series", where="number", hint="see `tjdocs register status`")

    def record(
        self, connection: Connection, act: str, subject: str, at: str, officers: Sequence[str], **more: object
    ) -> None:
        """Write the log entry of an act, in the act's own transaction."""
        self.log.append(connection, act, subject, make_leaf(act, subject, at, officers, **more))
