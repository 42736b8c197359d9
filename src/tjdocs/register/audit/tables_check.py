"""Compare settings, officers, keys, blanks, reservations and decisions with the log."""

import hmac
from typing import Any

from sqlalchemy import Connection, select

from tjdocs.auditlog.entry import as_bytes, digest
from tjdocs.errors import RegisterError
from tjdocs.register import tables
from tjdocs.register.audit.log_check import Found
from tjdocs.register.audit.replay import Replay
from tjdocs.register.audit.roll import Roll
from tjdocs.register.context import Context
from tjdocs.register.number_ranges import Runs
from tjdocs.register.reconciliation import breaks

__all__ = ["Tables"]


class Tables:
    """Compare the tables of one register other than its documents."""

    def __init__(self, context: Context, connection: Connection, findings: Found) -> None:
        self._context = context
        self._connection = connection
        self._findings = findings
        self._found = findings.add

    def compare(self, replay: Replay, roll: Roll, issued: Runs) -> None:
        """Name every row that differs from the log.

        :param replay: has played the whole log
        :param issued: the blanks that became documents
        """
        self._settings(replay, roll)
        self._reservations()
        for one in breaks(self._connection, replay, issued.spans()):
            self._found(one.code, one.table, one.row, one.detail)
        self._decisions(replay)

    def _settings(self, replay: Replay, roll: Roll) -> None:
        settings = self._context.store.settings(self._connection)
        values = {key: value for key, value in settings.items() if key not in ("key.lookup", "key.mac")}
        for key in sorted(values.keys() | replay.settings.keys()):
            if values.get(key) != replay.settings.get(key):
                self._found("changed", "setting", key)
        for key in ("key.lookup", "key.mac"):
            if not self._is_own(key.removeprefix("key."), settings.get(key, "")):
                self._found("changed", "setting", key)
        table = tables.officer.c
        rows = {tuple(row) for row in self._connection.execute(select(table.id, table.role, table.office))}
        self._sets("officer", rows, roll.officers)
        one_key = tables.officer_key.c
        columns = (one_key.officer, one_key.public, one_key.since, one_key.until)
        keys = {tuple(row) for row in self._connection.execute(select(*columns))}
        known = {(key.officer, public, key.since, key.until) for public, key in roll.known.items()}
        self._sets("officer_key", keys, known)
        one = tables.series.c
        series = {tuple(row) for row in self._connection.execute(select(one.id, one.document_type, one.pattern))}
        self._sets("series", series, {(id_, kind, p.text) for id_, (kind, p) in replay.series.items()})

    def _is_own(self, name: str, value: str) -> bool:
        """Whether a setting is a key of the register as it was wrapped; without the data key, whether it can be one."""
        try:
            wrapped = bytes.fromhex(value)
            if not wrapped or wrapped.hex() != value:
                return False
            keys = self._context.keys
            return not keys.data or bool(keys.unwrap(wrapped) == getattr(self._context.secrets, name))
        except (ValueError, TypeError, RegisterError):
            return False

    def _sets(self, name: str, ours: set[Any], log: set[Any]) -> None:
        for row in sorted(ours - log):
            self._found("inserted", name, " ".join(map(str, row)), "the log has no such row")
        for row in sorted(log - ours):
            self._found("missing", name, " ".join(map(str, row)), "the log has it")

    def _reservations(self) -> None:
        rows = self._connection.execute(select(tables.reservation)).all()
        if rows and not self._context.secrets.mac:
            text = f"{len(rows)} numbers are being issued; without the data key nobody can tell"
            self._findings.undetermined.append(text)
        for row in rows:
            columns = (row.series, row.blank, row.document_type, row.office, row.officer)
            more = (row.owner, row.token, row.place, row.staging)
            parts = ("reservation", *map(str, (row.number, row.stage, *columns, *more)))
            if self._context.secrets.mac and not hmac.compare_digest(
                as_bytes(row.mac), self._context.secrets.mark(*parts)
            ):
                self._found("inserted", "reservation", row.number, "not made here, or changed since")

    def _decisions(self, replay: Replay) -> None:
        expected = replay.decisions
        for row in self._connection.execute(select(tables.decision).order_by(tables.decision.c.id)).mappings():
            entry = expected.pop(row["id"], None)
            columns = {name: row[name] for name in entry or {} if name != "person"}
            if entry is None:
                self._found("inserted", "decision", row["id"], "the log has no such decision")
            elif {**columns, "person": digest(row["holder"], row["personal"], row["sealed"])} != entry:
                self._found("changed", "decision", row["id"])
        for id_ in expected:
            self._found("missing", "decision", id_, "the log has it")
