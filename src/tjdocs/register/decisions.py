"""Decisions that the register dates: applications (STAT-1), citizenship (CIT-1), legalisation (REG-6)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from tjdocs.auditlog.entry import digest
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import lifecycle, records, tables
from tjdocs.register.context import Context
from tjdocs.register.holders import Holder, Sealed, seal
from tjdocs.times import day_of

__all__ = ["Decisions", "PersonDecision", "check"]


@dataclass(frozen=True, slots=True)
class PersonDecision:
    """How a procedure came out.

    :param id: the register's own, by which the log names it
    :param kind: of ``specs/register/decisions.toml``
    :param day: of the decision, ISO 8601
    :param act: number of the act, for example of the joint order's outcome
    """

    id: str
    kind: str
    outcome: str
    day: str
    document_type: str
    office: str
    act: str
    category: str

    @classmethod
    def of(cls, row: Any) -> "PersonDecision":
        """Return the decision of a row."""
        return cls(row.id, row.kind, row.outcome, row.day, row.document_type, row.office, row.act, row.category)


def check(id_: str, said: Mapping[str, str]) -> None:
    """Refuse the columns of a decision in the log that :meth:`Decisions.record` does not write.

    :raises UsageError: an unusable value, or one in another form
    :raises ValueError: no day
    """
    records.word(id_, "id")
    if date.fromisoformat(said["day"]).isoformat() != said["day"]:
        raise UsageError("not the form of a day", where="day")
    records.told(said["act"], "act")
    records.word(said["officer"], "officer")
    for name in ("document_type", "office", "category"):
        records.optional(said[name], name)
    for name in ("citizenship", "sex"):
        records.code(said[name], name)


class Decisions:
    """The decisions of one register."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def record(
        self,
        kind: str,
        outcome: str,
        *,
        day: date,
        act: str,
        officer: str,
        at: datetime,
        person: Holder | None = None,
        document_type: str = "",
        office: str = "",
        category: str = "",
    ) -> str:
        """Record a decision; return its id.

        :param day: on which it was taken, not after the day of ``at``
        :param person: sealed like a document's holder; citizenship and sex are counted
        :raises UsageError: unknown kind or outcome, or an unusable value
        :raises RegisterError: an officer without the role, or no data key for a person
        """
        outcomes = lifecycle.decisions().get(kind)
        if outcomes is None or outcome not in outcomes:
            known = ", ".join(outcomes or lifecycle.decisions())
            raise UsageError("unknown decision", where="outcome" if outcomes else "kind", hint=f"one of {known}")
        row = {
            "kind": kind,
            "outcome": outcome,
            "day": records.day(day, "day"),
            "document_type": records.optional(document_type, "document_type"),
            "officer": records.word(officer, "officer"),
            "act": records.text(act, "act"),
            "citizenship": records.code(person.citizenship, "citizenship") if person else "",
            "sex": records.code(person.sex, "sex") if person else "",
            "category": records.optional(category, "category"),
        }
        records.optional(office, "office")
        if day > day_of(records.moment(at)):
            raise UsageError("a decision of a day to come", where="day")
        id_ = f"decision/{secrets.token_hex(8)}"
        if person is not None and not self._context.keys.data:
            raise RegisterError(
                "missing data key for personal columns", where="keys", hint="open the register with its keys"
            )
        sealed = seal(person, id_, self._context.keys, self._context.secrets.lookup) if person else Sealed()
        with self._context.store.write() as connection:
            by = self._context.access.require_role(connection, "decide", (officer,))
            row["office"] = office or by.office
            connection.execute(
                insert(tables.decision).values(
                    id=id_,
                    holder=sealed.holder,
                    personal=sealed.personal,
                    sealed=sealed.sealed,
                    wrapped=sealed.wrapped,
                    **row,
                )
            )
            columns = digest(sealed.holder, sealed.personal, sealed.sealed)
            self._context.record(connection, "decide", id_, records.stamp(at), by, decision={**row, "person": columns})
        return id_
