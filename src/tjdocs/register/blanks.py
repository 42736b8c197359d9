"""Blanks of strict accountability: ranges that move from receipt to destruction, and never otherwise (STL-3).

A blank becomes a document in :mod:`tjdocs.register.issuing`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from tjdocs.documents.number_pattern import Pattern
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import lifecycle, queries, records, tables
from tjdocs.register.context import Context, Series, inserted
from tjdocs.register.database import changed_row
from tjdocs.register.number_ranges import Span, Stock, read_range
from tjdocs.register.records import Blank
from tjdocs.register.roles import Acting

__all__ = ["Blanks", "apply", "as_told", "spoil_blank"]

_table = tables.blank.c


class _Range(NamedTuple):
    """Blanks of one series on which officers act.

    :param given: details of the act: office, number of the written act, ground
    """

    series: Series
    first: int
    last: int
    by: Acting
    at: datetime
    given: dict[str, str]


class Blanks:
    """The blanks of one register."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add_series(self, document_type: str, pattern: str, *, officer: str, at: datetime) -> None:
        """Declare a series: the form of a document type's numbers. A known one is left as it is.

        :param pattern: with one replacement field for the running number, for example ``T{:08d}``
        :raises RegisterError: its numbers could be another series'
        """
        new, stamp = Pattern.parse(pattern), records.stamp(records.moment(at))
        records.word(document_type, "document_type")
        with self._context.store.write() as connection:
            by = self._context.access.require_role(connection, "series", (officer,))
            self._declare(connection, document_type, new, by, stamp)

    def _declare(self, connection: Connection, document_type: str, new: Pattern, by: Acting, stamp: str) -> Series:
        self._context.store.lock(connection, 1)
        for known in self._context.series(connection):
            if (known.document_type, known.pattern) == (document_type, new):
                return known
            if known.pattern.collides(new):
                hint = f"the series of {known.document_type} has such numbers"
                raise RegisterError("a series whose numbers are another's", where=document_type, hint=hint)
        result = connection.execute(insert(tables.series).values(document_type=document_type, pattern=new.text))
        series = Series(inserted(result), document_type, new)
        self._context.record(connection, "series", new.text, stamp, by, series=series.id, document_type=document_type)
        return series

    def patterns(self, document_type: str) -> tuple[str, ...]:
        """Return the forms of the numbers that a type's documents get, such as ``P{:07d}``."""
        with queries.each(self._context.store) as direct:
            return tuple(str(row.pattern) for row in queries.execute(direct, queries.PATTERNS, (document_type,)))

    def stock_trial(
        self, document_type: str, pattern: str, first: int, last: int, *, officer: str, at: datetime
    ) -> None:
        """Declare a series and have its blanks at the trial office at once; a type that has a series is left alone."""
        new, stamp = Pattern.parse(pattern), records.stamp(records.moment(at))
        new.check(first, last)
        records.word(document_type, "document_type")
        with self._context.store.read() as connection:
            if any(known.document_type == document_type for known in self._context.series(connection)):
                return
        if not self._context.trial:
            raise RegisterError(
                "document type without a series",
                where=document_type,
                hint="receive its blanks with `tjdocs register receive`",
            )
        with self._context.store.write() as connection:
            self._context.store.lock(connection, 1)
            if any(known.document_type == document_type for known in self._context.series(connection)):
                return
            by = self._context.access.require_role(connection, "series", (officer,))
            series = self._declare(connection, document_type, new, by, stamp)
            new_blanks = _Range(series, first, last, by, at, {"act": "trial", "supplier": "trial", "office": "trial"})
            self._receive(connection, new_blanks)
            self._move(connection, lifecycle.blanks().action("confirm"), new_blanks._replace(given={"office": "trial"}))

    def receive(
        self, numbers: str, *, act: str, supplier: str, office: str, officer: str, at: datetime, document_type: str = ""
    ) -> None:
        """Take blanks in: a range that the register has never had.

        :param numbers: ``A-B`` or one number, of a declared series
        :param act: number of the act of receipt
        :param office: the store
        :param document_type: checked against the series', when given
        :raises RegisterError: a number is there already, or of no series
        """
        given = {"act": act, "supplier": supplier, "office": office}
        details = {need: as_told(need, value) for need, value in given.items()}
        at = records.moment(at)
        first, last = read_range(numbers)
        with self._context.store.write() as connection:
            by = self._context.access.require_role(connection, "receive", (officer,))
            series, low, high = self._context.locate(connection, first, last)
            if document_type and series.document_type != document_type:
                raise UsageError(
                    "blanks of another type", where="document_type", hint=f"they are {series.document_type}"
                )
            self._receive(connection, _Range(series, low, high, by, at, details))

    def _receive(self, connection: Connection, blanks: "_Range") -> None:
        series, first, last = blanks.series, blanks.first, blanks.last
        self._context.store.lock(connection, 2 + series.id)
        # a blank that moves meanwhile, between range, reservation and document, is in one of these when looked for
        reservation, document = tables.reservation.c, tables.document.c
        free = (_table.series == series.id, _table.first <= last, _table.last >= first)
        for taken in (
            free,
            (reservation.series == series.id, reservation.blank.between(first, last)),
            (document.id.between(tables.document_id(series.id, first), tables.document_id(series.id, last)),),
            free,
        ):
            if connection.execute(select(1).where(*taken).limit(1)).scalar() is not None:
                raise RegisterError("blanks that were received before", where="range", hint="each number is used once")
        _write(
            connection, series.id, [Span(first, last, "received", blanks.given["office"], "", records.utc(blanks.at))]
        )
        self._log(connection, "receive", blanks)

    def move(
        self,
        act: str,
        numbers: str,
        *,
        officers: Sequence[str],
        at: datetime,
        office: str = "",
        to: str = "",
        ground: str = "",
        reference: str = "",
    ) -> int:
        """Do an act of ``specs/register/blanks.toml`` on every blank of a range, or on none.

        :param numbers: ``A-B`` or one number
        :param office: at which the blanks are confirmed
        :param to: the office to which they are sent
        :param reference: number of the written act
        :returns: how many blanks moved
        :raises RegisterError: the act is not lawful for one of them; nothing changed
        """
        rule = lifecycle.blanks().action(act)
        if not rule.from_:
            raise RegisterError(f"{act} is for new blanks", where="act", hint="Blanks.receive")
        given = {"office": office, "to": to, "ground": ground, "act": reference}
        details: dict[str, str] = {need: as_told(need, given[need]) for need in rule.needs}
        at = records.moment(at)
        first, last = read_range(numbers)
        with self._context.store.write() as connection:
            by = self._context.access.require_role(
                connection, act, officers, rule.officers, office=details.get("office", "")
            )
            series, low, high = self._context.locate(connection, first, last)
            self._context.store.lock(connection, 2 + series.id)
            self._move(connection, rule, _Range(series, low, high, by, at, details))
        return high - low + 1

    def _move(self, connection: Connection, rule: lifecycle.Action, blanks: "_Range") -> None:
        series, first, last = blanks.series, blanks.first, blanks.last
        query = (
            select(tables.blank)
            .where(_table.series == series.id, _table.first <= last, _table.last >= first)
            .order_by(_table.first)
            .with_for_update()
        )
        rows = connection.execute(query).all()
        stock = Stock(_span(row) for row in rows)
        if not stock.covers(first, last):
            raise RegisterError("not all of these are blanks in the register", where="range", hint=_NOT_BLANK)
        for span in stock:
            lifecycle.blanks().check(rule, span.state)
        apply(stock, rule, first, last, blanks.given, records.utc(blanks.at))
        gone = [row.first for row in rows]
        taken = delete(tables.blank).where(_table.series == series.id, _table.first.in_(gone))
        connection.execute(taken.execution_options(tjdocs_rows=len(gone)))
        _write(connection, series.id, stock.merged())
        self._log(connection, rule.id, blanks)

    def _log(self, connection: Connection, act: str, blanks: "_Range") -> None:
        series, first, last, by, at, details = blanks
        subject = series.pattern.number(first)
        if last != first:
            subject += f"-{series.pattern.number(last)}"
        self._context.record(
            connection, act, subject, records.stamp(at), by,
            blanks={"series": series.id, "first": first, "last": last}, **({"told": details} if details else {}),
        )  # fmt: skip

    def find(self, number: str, *, officer: str = "") -> Blank | None:
        """Return a blank, whatever became of it; None for a number that was never received.

        :param officer: may be left out in a trial register
        :raises RegisterError: an officer without the role
        """
        first, _ = read_range(number)
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "status", officer)
            try:
                series, n, _ = self._context.locate(connection, first, first)
            except RegisterError:
                return None
            row = connection.execute(
                select(_table.state, _table.office).where(
                    _table.series == series.id, _table.first <= n, _table.last >= n
                )
            ).one_or_none()
            if row is not None:
                return Blank(number, series.document_type, row.state, row.office)
            table = tables.reservation.c
            office = connection.execute(
                select(table.office).where(table.number == number, table.stage == "reserved")
            ).scalar()
            if office is not None:
                return Blank(number, series.document_type, "reserved", office)
            document = tables.document.c
            row = connection.execute(
                select(document.state, document.office).where(document.number == number)
            ).one_or_none()
            return (
                None
                if row is None
                else Blank(number, series.document_type, _OF_DOCUMENT.get(row.state, row.state), row.office)
            )

    def spans(
        self, document_type: str = "", *, officer: str = "", changed: list[str] | None = None
    ) -> list[tuple[Series, Span]]:
        """Return every range as it is stored, by series and number.

        :param officer: may be left out in a trial register
        :param changed: takes what cannot be read, in words; without it the first is an error
        :raises RegisterError: an officer without the role, or a changed row
        """
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "status", officer)
            known = {series.id: series for series in self._context.series(connection)}
            rows = connection.execute(select(tables.blank).order_by(_table.series, _table.first)).all()
        ranges = []
        for row in rows:
            column = _misplaced(row, known)
            if not column:
                ranges.append((known[row.series], _span(row)))
            elif changed is None:
                raise changed_row("blank", column)
            else:
                changed.append(f"blank, series {row.series}, column {column}")
        return [(series, span) for series, span in ranges if document_type in ("", series.document_type)]


def _misplaced(row: Any, known: Mapping[int, Series]) -> str:
    """Return the first column of a range with a value that no register writes; ``""`` for none."""
    if row.series not in known:
        return "series"
    top = 10 ** known[row.series].pattern.width
    for name in ("first", "last"):
        if type(getattr(row, name)) is not int or not 0 <= getattr(row, name) < top:
            return name
    texts = ("state", "office", "destination", "since")
    return next((name for name in texts if not isinstance(getattr(row, name), str)), "")


# what a document's state says of its blank
_OF_DOCUMENT = {"issued": "personalised", "revoked": "handed-over", "replaced": "handed-over", "used-up": "handed-over"}
_NOT_BLANK = "received, and neither reserved nor issued"


def as_told(need: str, value: object) -> str:
    """Return a detail of an act on blanks as the log has it: the id of an office, or a text.

    :raises UsageError: an unusable value
    """
    return (records.word if need in ("office", "to") else records.text)(value, need)


def apply(stock: Stock, rule: lifecycle.Action, first: int, last: int, told: Mapping[str, str], moment: str) -> None:
    """Move a range of a series in memory, as the act says: what the database gets, and what an audit replays.

    :raises RegisterError: an office that the blanks were not sent to, or a moment before their last act
    """
    for span in stock.cover(first, last):
        office = span.office
        if rule.id == "confirm":
            office = told["office"]
            if office != (span.to if span.state == "sent" else span.office):
                raise RegisterError("confirmed by an office that they were not sent to", where="office")
        if span.since > moment:
            raise RegisterError("an act before the last one on these blanks", where="at")
        new = Span(span.first, span.last, rule.to, office, told.get("to", ""), moment)
        stock.put(new, span.first, span.last)


def spoil_blank(connection: Connection, series: int, n: int, office: str, since: str) -> None:
    """Put a reserved blank among the ranges as spoiled."""
    _write(connection, series, [Span(n, n, "spoiled", office, "", since)])


def _span(row: Any) -> Span:
    return Span(row.first, row.last, row.state, row.office, row.destination, row.since)


def _write(connection: Connection, series: int, spans: Sequence[Span]) -> None:
    columns = ("first", "last", "state", "office")
    rows = [
        {
            "series": series,
            "destination": span.to,
            "since": span.since,
            **{name: getattr(span, name) for name in columns},
        }
        for span in spans
    ]
    connection.execute(insert(tables.blank), rows)
