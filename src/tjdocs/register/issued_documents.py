"""Documents: their acts, their replacements, and the dossier of a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from tjdocs import inputs
from tjdocs.auditlog.entry import as_bytes, read_json, read_moment, read_written
from tjdocs.documents import RegisterFacts
from tjdocs.documents.applicant import HeldDocument
from tjdocs.errors import InputError, RegisterError, UsageError
from tjdocs.register import lifecycle, queries, records, tables
from tjdocs.register.context import Context, Series
from tjdocs.register.decisions import PersonDecision
from tjdocs.register.holders import Holder, hashes, is_one, numbers, open_sealed
from tjdocs.register.records import Document
from tjdocs.register.roles import Acting

__all__ = ["Act", "Documents", "Dossier", "append_act", "last_act", "read_row", "written"]

_table = tables.document.c
_decision = tables.decision.c


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that the register has of a person.

    :param documents: the latest issued first
    :param decisions: the latest first
    :param persons: as whom the documents were issued, each once
    """

    documents: tuple[Document, ...] = field(repr=False)
    decisions: tuple[PersonDecision, ...] = field(repr=False)
    persons: tuple[Holder, ...] = field(default=(), repr=False)

    def valid(self, document_type: str, *, at: date | datetime) -> tuple[Document, ...]:
        """Return the documents of a type that are valid on a day, or made and not yet handed over."""
        living = lifecycle.documents().live_statuses
        return tuple(d for d in self.documents if d.document_type == document_type and d.status_at(at) in living)

    def known(self) -> RegisterFacts:
        """Return what of it eligibility asks for."""
        states, day = lifecycle.documents().held, date.fromisoformat
        return RegisterFacts(
            tuple(
                HeldDocument(
                    d.document_type, d.number, day(d.date_of_issue), day(d.date_of_expiry), state=states[d.status]
                )
                for d in self.documents
            ),
            tuple(dict.fromkeys(name for person in self.persons if (name := person.zone_name()))),
            tuple(dict.fromkeys(decision.kind for decision in self.decisions)),
        )


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a document, as the log has it.

    :param act: of ``specs/register/documents.toml``, or ``issue``
    :param at: ISO 8601, where it was done
    :param officers: who did it
    :param reference: number of the written act; of ``use`` the crossing point
    """

    act: str
    at: str
    officers: tuple[str, ...]
    reference: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the act with the keys that the command line prints."""
        return {"act": self.act, "at": self.at, "officers": list(self.officers), "reference": self.reference}


class Documents:
    """The documents of one register."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._series: list[Series] = []  # none is ever changed or taken away

    def find(self, number: str, *, officer: str = "") -> Document | None:
        """Return the document or blank of a number; None if it was never reserved, issued or lost to the stock.

        :param officer: may be left out in a trial register
        :raises RegisterError: an officer without the role
        """
        if not isinstance(number, str):
            raise UsageError("not a number", where="number", hint="a document's number")
        store = self._context.store
        with queries.each(store) as direct:
            self._context.access.require_read(direct, "status", officer)
            for series in self._series:
                n = series.pattern.read(number)
                rows = () if n is None else queries.execute(direct, queries.FIND, (tables.document_id(series.id, n),))
                if rows and rows[0].number == number:
                    return read_row(rows[0])
        # the other tables on one snapshot: a reservation may be a document in a moment
        with store.read() as connection:
            self._series = self._context.series(connection)
            row = connection.execute(select(tables.document).where(_table.number == number)).one_or_none()
            if row is not None:
                return read_row(row)
            reservation = tables.reservation.c
            row = connection.execute(
                select(reservation.document_type, reservation.officer, reservation.office).where(
                    reservation.number == number
                )
            ).one_or_none()
            if row is not None:
                return Document(number, row.document_type, "reserved", row.officer, office=row.office)
            return self._blank(connection, number)

    def _blank(self, connection: Connection, number: str) -> Document | None:
        blank = tables.blank.c
        for series in self._series:
            n = series.pattern.read(number)
            if n is None:
                continue
            row = connection.execute(
                select(blank.state, blank.office).where(blank.series == series.id, blank.first <= n, blank.last >= n)
            ).one_or_none()
            if row is not None and row.state not in lifecycle.blanks().live_statuses:
                return Document(number, series.document_type, row.state, office=row.office)
        return None

    def known(self, number: str) -> bool:
        """Whether a number is a document's, so that an act is one on a document; asks for no role, the act does."""
        with self._context.store.read() as connection:
            return connection.execute(select(_table.id).where(_table.number == number)).scalar() is not None

    def act(
        self,
        act: str,
        number: str,
        *,
        officers: Sequence[str],
        at: datetime,
        ground: str = "",
        reference: str = "",
    ) -> None:
        """Do an act of ``specs/register/documents.toml`` on a document.

        :param ground: where the act wants one
        :param reference: number of the written act, where the act wants one; kept in the log wherever it is given
        :raises RegisterError: there is no such document, the act is not lawful for it, or an officer may not do it
        """
        rule = lifecycle.documents().action(act)
        given = {"ground": ground, "act": reference}
        details = {need: records.text(given[need], need) for need in rule.needs}
        if reference:
            details["act"] = records.text(reference, "act")
        at = records.moment(at)
        with self._context.store.write() as connection:
            by = self._context.access.require_role(connection, act, officers, rule.officers)
            row = connection.execute(
                select(_table.state, _table.since, _table.ground).where(_table.number == number).with_for_update()
            ).one_or_none()
            if row is None:
                raise RegisterError("unknown document", where="number", hint="the number as printed on it")
            lifecycle.documents().check(rule, row.state)
            if last_act(row.since) > at:
                raise RegisterError("an act before the last one on this document", where="at")
            more = {"reference": details["act"]} if "act" in details else {}
            append_act(
                self._context, connection, act, number, at, by,
                state=rule.to, ground=details.get("ground", row.ground), **more,
            )  # fmt: skip

    def history(self, number: str, *, officer: str = "") -> list[bytes]:
        """Return every log entry about a number, the oldest first.

        :param officer: may be left out in a trial register
        :raises RegisterError: an officer without the role
        """
        entry = tables.entry.c
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "status", officer)
            return list(
                connection.execute(
                    select(entry.leaf)
                    .where(entry.subject == number)
                    .order_by(entry.position.is_(None), entry.position, entry.id)
                ).scalars()
            )

    def last_act(self, number: str, *, officer: str = "") -> Act | None:
        """Return the last act on a document: officers, moment and place; None if the log has no readable one.

        :param officer: may be left out in a trial register
        :raises RegisterError: an officer without the role
        """
        entry = tables.entry.c
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "status", officer)
            # an entry that has no place yet is newer than each that has one
            newest = (entry.position.is_(None).desc(), entry.position.desc(), entry.id.desc())
            leaf = connection.execute(
                select(entry.leaf).where(entry.subject == number).order_by(*newest).limit(1)
            ).scalar()
        try:
            table = inputs.json_object(as_bytes(leaf), where="log")
            act, at, officers, reference = (table.get(key, "") for key in ("act", "at", "officers", "reference"))
            return Act(str(act), str(at), tuple(map(str, officers)), str(reference))
        except (InputError, TypeError):  # an audit names it
            return None

    def written(self, number: str, *, officer: str = "") -> dict[str, str]:
        """Return the SHA-256 of each file in a document's folder as its issue has it; nothing where it has none.

        :param officer: may be left out in a trial register
        :raises RegisterError: an officer without the role, or a changed entry
        """
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "status", officer)
            try:
                return written(connection, number)
            except ValueError:
                hint = "run `tjdocs register audit`"
                raise RegisterError("the entry of its issue was changed", where="log", hint=hint) from None

    def holder(self, number: str, *, officer: str) -> Holder | None:
        """Return whom a document was issued to, None where that was not recorded.

        :raises RegisterError: no such document, no role, or no data key
        """
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "look-up", officer)
            row = connection.execute(select(_table.sealed, _table.wrapped).where(_table.number == number)).one_or_none()
        if row is None:
            raise RegisterError("unknown document", where="number", hint="the number as printed on it")
        return None if row.sealed is None else open_sealed(row.sealed, row.wrapped, number, self._context.keys)

    def dossier(self, person: Holder, *, officer: str = "") -> Dossier:
        """Return everything that the register has of a person: documents of every type, decisions, names.

        :param officer: may be left out in a trial register
        :raises RegisterError: an officer without the role, or no data key
        """
        if not isinstance(person, Holder):
            raise UsageError("not a person", where="person", hint="a tjdocs.register.Holder")
        if not self._context.secrets.lookup:
            raise RegisterError("persons cannot be looked up", where="keys", hint="open the register with its data key")
        lookup, keys = self._context.secrets.lookup, self._context.keys
        holder, found_by = hashes(person, lookup)[0], numbers(person, lookup)
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "look-up", officer)
            documents = connection.execute(
                select(tables.document)
                .where(_of(_table, holder, found_by))
                .order_by(_table.issued.desc(), _table.number.desc())
            ).all()
            decisions = connection.execute(
                select(tables.decision)
                .where(_of(_decision, holder, found_by))
                .order_by(_decision.day.desc(), _decision.id.desc())
            ).all()

        def own(row: Any, subject: str) -> bool:
            return is_one(person, found_by, keys, subject, row.personal, row.sealed, row.wrapped)

        rows = [row for row in documents if own(row, row.number)]
        opened = (open_sealed(row.sealed, row.wrapped, row.number, keys) for row in rows if row.sealed is not None)
        return Dossier(
            tuple(map(read_row, rows)),
            tuple(PersonDecision.of(row) for row in decisions if own(row, row.id)),
            tuple(dict.fromkeys(opened)),
        )


def written(connection: Connection, number: str) -> dict[str, str]:
    """Return the SHA-256 of each file in a document's folder as the entry of its issue has it.

    :raises ValueError: an unreadable entry, or none
    """
    table = tables.entry.c
    leaf = connection.execute(select(table.leaf).where(table.subject == number, table.act == "issue")).scalar()
    return read_written(as_bytes(leaf))


def append_act(
    context: Context,
    connection: Connection,
    act: str,
    number: str,
    at: datetime,
    by: Acting,
    *,
    state: str,
    ground: str,
    replaced_by: str = "",
    **more: str,
) -> None:
    """Write an act's outcome into the document's row and the act into the log."""
    columns = {"state": state, "ground": ground, "since": records.stamp(at)}
    if replaced_by:
        columns["replaced_by"] = replaced_by
    connection.execute(update(tables.document).where(_table.number == number).values(**columns))
    context.record(connection, act, number, records.stamp(at), by, document=columns, **more)


def last_act(since: object) -> datetime:
    """Return the moment of a document's last act, from its row.

    :raises RegisterError: a changed row
    """
    try:
        return read_moment(since)
    except ValueError:
        raise _changed("since") from None


def _changed(column: str) -> RegisterError:
    return RegisterError("a document's row was changed", where=column, hint="run `tjdocs register audit`")


def _of(table: Any, holder: bytes, found_by: tuple[bytes, ...]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = table.holder == holder
    return condition | table.personal.in_(found_by) if found_by else condition


def read_row(row: Any) -> Document:
    """Return the document of a row of the table, or of :data:`queries.FIND`.

    :raises RegisterError: a changed row
    """
    texts = (
        row.number, row.document_type, row.state, row.officer, row.issued, row.expires, row.files,
        row.office, row.ground, row.category, row.replaces, row.replaced_by,
    )  # fmt: skip
    if {type(value) for value in texts} != {str} or row.state not in lifecycle.documents().states:
        raise _changed("state")
    number, document_type, state, officer, issued, expires, files, *more = texts
    try:
        digests = read_json(files)
        for day in (issued, expires):
            date.fromisoformat(day)
    except ValueError:
        raise _changed("issued, expires, files") from None
    if not isinstance(digests, dict):
        raise _changed("files")
    return Document(number, document_type, state, officer, issued, expires, digests, *more)
