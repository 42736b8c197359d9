"""What every part of a register shares: the database, the keys, the log, and who may do what."""

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, select

from tjdocs.auditlog.entry import add_signatures, as_bytes, has_body, make_leaf
from tjdocs.documents.number_pattern import Pattern
from tjdocs.errors import RegisterError
from tjdocs.register import tables
from tjdocs.register.database import Store
from tjdocs.register.register_keys import Keys
from tjdocs.register.register_log import Log, Secrets
from tjdocs.register.roles import Access, Acting

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
    """An open register."""

    store: Store = field(repr=False)
    keys: Keys = field(repr=False)
    secrets: Secrets = field(repr=False)
    log: Log = field(repr=False)
    access: Access = field(repr=False)

    @classmethod
    def of(cls, store: Store, keys: Keys, secrets: Secrets, access: Access) -> "Context":
        """Return the context of a register with its log."""
        return cls(store, keys, secrets, Log(store, keys, secrets, access), access)

    @property
    def trial(self) -> bool:
        """Whether roles are not enforced and nobody signs."""
        return self.access.trial

    def series(self, connection: Connection) -> list[Series]:
        """Return every series."""
        rows = connection.execute(select(tables.series).order_by(tables.series.c.id))
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

    def record(self, connection: Connection, act: str, subject: str, at: str, by: Acting, **more: object) -> None:
        """Write the log entry of an act, signed by its officers, in the act's own transaction."""
        body = make_leaf(act, subject, at, by.officers, more, nonce=self.access.signers.nonce())
        leaf = self.signed(by, body)
        if self.access.signers.once and self._is_there(connection, subject, body):
            raise RegisterError("order already done", where="order", hint="draft another")
        self.log.append(connection, act, subject, leaf)

    @staticmethod
    def _is_there(connection: Connection, subject: str, body: bytes) -> bool:
        entry = tables.entry.c
        leaves = connection.execute(select(entry.leaf).where(entry.subject == subject)).scalars()
        return any(has_body(as_bytes(leaf), body) for leaf in leaves)

    def signed(self, by: Acting, body: bytes) -> bytes:
        """Return an entry with the signatures of its officers; in a trial register nobody signs."""
        if not by.keys:
            return body
        keys = dict(zip(by.officers, by.keys, strict=True))
        return add_signatures(body, self.access.signers.signatures(self.secrets.register, body, keys))
