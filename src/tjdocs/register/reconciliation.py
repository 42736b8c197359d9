"""Reconciliation: opening stock + received = issued + spoiled + lost + stolen + destroyed + sent on + closing stock."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from tjdocs.auditlog.entry import UNREADABLE, as_bytes, entry_name, read_leaf
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import lifecycle, queries, tables
from tjdocs.register.audit.replay import Replay
from tjdocs.register.context import Context
from tjdocs.register.number_ranges import Runs, Span, Stock, differences
from tjdocs.register.records import Discrepancy
from tjdocs.times import day_of

__all__ = ["Line", "Report", "breaks", "run"]

FLOWS = ("received", "issued", "spoiled", "lost", "stolen", "destroyed", "sent")
_Day = tuple[str, str, str]  # office, document type, day


@dataclass(frozen=True, slots=True)
class Line:
    """An office's blanks of one type on one day.

    :param opening: in stock when the day began; ``closing``: when it ended
    :param sent: confirmed by another office on that day; until then the sender answers for them
    """

    office: str
    document_type: str
    day: str
    opening: int
    received: int
    issued: int
    spoiled: int
    lost: int
    stolen: int
    destroyed: int
    sent: int
    closing: int

    @property
    def balanced(self) -> bool:
        """Whether the equation holds."""
        out = self.issued + self.spoiled + self.lost + self.stolen + self.destroyed + self.sent
        return self.opening + self.received == out + self.closing


@dataclass(frozen=True, slots=True)
class Report:
    """What :meth:`tjdocs.register.Register.report` gives.

    :param lines: every office, type and day with a movement, and the last day of the period
    :param breaks: every blank that breaks the equation, as ranges
    """

    lines: tuple[Line, ...]
    breaks: tuple[Discrepancy, ...]

    @property
    def balanced(self) -> bool:
        """Whether every blank is accounted for."""
        return not self.breaks and all(line.balanced for line in self.lines)


def run(context: Context, *, officer: str, first: date, last: date) -> Report:
    """See :meth:`tjdocs.register.Register.report`."""
    if type(first) is not date or type(last) is not date or first > last:
        raise UsageError("not a period", where="first, last", hint="two dates, the earlier first")
    try:
        return _run(context, officer, first, last)
    except UNREADABLE:  # SQLite keeps a value of any type in a column
        hint = "run `tjdocs register audit`"
        raise RegisterError("a value of another type", where="database", hint=hint) from None


def _run(context: Context, officer: str, first: date, last: date) -> Report:
    with context.store.read() as connection:
        context.access.require_read(connection, "report", officer)
        replay, flows = Replay(), defaultdict[_Day, dict[str, int]](lambda: dict.fromkeys(FLOWS, 0))
        unread = tuple(_moves(connection, replay, flows))
        _issues(connection, flows)
        problems = unread + tuple(breaks(connection, replay, _issued(connection).spans()))
        stock = _in_stock(context, connection)
    lines, closing = [], {}
    for office, kind in sorted({key[:2] for key in flows}):
        count = 0
        for _, _, day in sorted(key for key in flows if key[:2] == (office, kind)):
            flow = flows[office, kind, day]
            opening, count = count, count + flow["received"] - sum(flow[name] for name in FLOWS[1:])
            if first.isoformat() <= day <= last.isoformat():
                lines.append(Line(office, kind, day, opening, **flow, closing=count))
            if day <= last.isoformat():
                closing[office, kind] = count
        if not any(line[:3] == (office, kind, last.isoformat()) for line in map(_key, lines)):
            stored = closing.get((office, kind), 0)
            lines.append(Line(office, kind, last.isoformat(), stored, **dict.fromkeys(FLOWS, 0), closing=stored))
        if stock.pop((office, kind), 0) != count:
            problems += (
                Discrepancy("changed", "blank", kind, f"the stock at {office} is not what the log leaves there"),
            )
    problems += tuple(
        Discrepancy("inserted", "blank", kind, f"stock at {office} of which the log knows nothing")
        for office, kind in stock
    )
    return Report(tuple(lines), problems)


def _key(line: Line) -> tuple[str, str, str]:
    return line.office, line.document_type, line.day


def _moves(connection: Connection, replay: Replay, flows: dict[_Day, dict[str, int]]) -> Iterator[Discrepancy]:
    """Play every act on blanks and count the movements; yield unreadable entries."""
    for row in queries.stream(connection, queries.ACTS):
        raw, where = as_bytes(row.leaf), entry_name(row.id, row.position)
        try:
            _count(read_leaf(raw), replay, flows)
        except RegisterError as error:
            yield Discrepancy("unlawful", "entry", where, error.message)
        except UNREADABLE:
            yield Discrepancy("unlawful", "entry", where, "not readable")
        replay.add(row.act, row.subject, raw)


def _count(entry: dict[str, Any], replay: Replay, flows: dict[_Day, dict[str, int]]) -> None:
    """Count the movements of an act on blanks, by the stock before it."""
    if "blanks" not in entry:
        return
    blanks, day, stock_states = entry["blanks"], _day(entry["at"]), lifecycle.blanks().live_statuses
    to, details = lifecycle.blanks().action(entry["act"]).to, entry.get("told", {})
    kind = replay.series[blanks["series"]][0] if blanks["series"] in replay.series else ""
    if entry["act"] == "receive":
        flows[details["office"], kind, day]["received"] += blanks["last"] - blanks["first"] + 1
    for span in replay.stock.get(blanks["series"], Stock()).cover(blanks["first"], blanks["last"]):
        if span.state not in stock_states:
            continue
        if entry["act"] == "confirm" and details["office"] != span.office:
            flows[span.office, kind, day]["sent"] += len(span)
            flows[details["office"], kind, day]["received"] += len(span)
        elif to not in stock_states:
            flows[span.office, kind, day][to] += len(span)


def _day(stamp: str) -> str:
    """Return the day of an entry's moment; an altered one is left to the audit."""
    try:
        return day_of(datetime.fromisoformat(stamp)).isoformat()
    except (ValueError, UsageError):
        return stamp[:10]


def _issues(connection: Connection, flows: dict[_Day, dict[str, int]]) -> None:
    table = tables.document.c
    query = select(table.office, table.document_type, table.issued, func.count().label("total")).group_by(
        table.office, table.document_type, table.issued
    )
    begun: dict[tuple[str, str], str] = {}
    for office, kind, day in sorted(flows):
        begun.setdefault((office, kind), day)
    for row in connection.execute(query):
        # a document taken over from an older ledger is older than its blanks are here
        day = max(row.issued, begun.get((row.office, row.document_type), row.issued))
        flows[row.office, row.document_type, day]["issued"] += row.total


def _issued(connection: Connection) -> Runs:
    runs = Runs()
    for row in queries.stream(connection, queries.ISSUED):
        runs.join(runs.of((row.series, row.office, row.document_type)), row.blank)
    return runs


def _in_stock(context: Context, connection: Connection) -> dict[tuple[str, str], int]:
    kinds = {series.id: series.document_type for series in context.series(connection)}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    blank, reservation = tables.blank.c, tables.reservation.c
    query = select(blank.series, blank.office, blank.first, blank.last).where(
        blank.state.in_(lifecycle.blanks().live_statuses)
    )
    for row in connection.execute(query).all():
        counts[row.office, kinds.get(row.series, "")] += row.last - row.first + 1
    for one in connection.execute(
        select(reservation.office, reservation.document_type).where(reservation.stage == "reserved")
    ):
        counts[one.office, one.document_type] += 1
    return dict(counts)


def breaks(
    connection: Connection, replay: Replay, issued: Iterable[tuple[int, str, str, int, int]]
) -> Iterator[Discrepancy]:
    """Yield every blank whose rows differ from the log.

    :param replay: has played every act but the issues
    :param issued: runs of blanks that are documents: series, office, document type, first, last
    """
    for series, office, kind, first, last in issued:
        for low, high in replay.issue(series, office, kind, first, last):
            yield Discrepancy(
                "unlawful", "document", replay.number(series, low, high), f"no confirmed blank at {office}"
            )
    reservation = tables.reservation
    for one in connection.execute(
        select(reservation).where(reservation.c.stage == "reserved").order_by(reservation.c.number)
    ).all():
        if list(replay.issue(one.series, one.office, one.document_type, one.blank, one.blank)):
            yield Discrepancy("unlawful", "reservation", one.number, f"no confirmed blank at {one.office}")
    table, stored = tables.blank.c, defaultdict[int, list[Span]](list)
    for row in connection.execute(select(tables.blank).order_by(table.series, table.first)).all():
        span = Span(row.first, row.last, row.state, row.office, row.destination, row.since)
        if not type(row.first) is type(row.last) is int:
            yield Discrepancy(
                "changed", "blank", f"series {row.series}, {row.first}-{row.last}", "a value of another type"
            )
        elif row.first > row.last:
            yield Discrepancy("inserted", "blank", replay.number(row.series, row.first, row.last), "it runs backwards")
        else:
            stored[row.series].append(span)
    for series in sorted(stored.keys() | replay.stock.keys()):
        spans = stored.get(series, [])
        for a, b in Stock(spans).overlaps():
            number = replay.number(series, b.first, min(a.last, b.last))
            yield Discrepancy("inserted", "blank", number, "in two ranges")
        for low, high, mine, log in differences(spans, replay.stock.get(series, Stock())):
            yield _differs(replay.number(series, low, high), mine, log)


def _differs(row: str, mine: Span | None, log: Span | None) -> Discrepancy:
    if mine is None:
        return Discrepancy("missing", "blank", row, f"the log has it {_said(log)}")
    if log is None:
        return Discrepancy("inserted", "blank", row, f"{_said(mine)}: not so in the log")
    return Discrepancy("changed", "blank", row, f"{_said(mine)}; the log has {_said(log)}")


def _said(span: Span | None) -> str:
    if span is None:
        return ""
    return f"{span.state} at {span.office}" + (f" for {span.to}" if span.to else "") + f" since {span.since}"
