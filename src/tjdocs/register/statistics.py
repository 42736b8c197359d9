"""Counts by period, kind, office, category, citizenship, sex and decision, with those of a year earlier (STAT-1)."""

import csv
import io
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, String, case, exists, func, literal, select, union_all

from tjdocs.errors import UsageError
from tjdocs.register import tables
from tjdocs.register.context import Context
from tjdocs.times import anniversary

__all__ = ["DIMENSIONS", "Row", "Statistics", "run"]

DIMENSIONS = ("document_type", "office", "category", "citizenship", "sex", "decision")


@dataclass(frozen=True, slots=True)
class Row:
    """One count.

    :param keys: a value for each dimension; ``""`` where it was not recorded
    :param before: in the same period a year earlier
    """

    keys: tuple[str, ...]
    count: int
    before: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """A table of counts.

    :param by: the dimensions
    :param first: first day of the period
    :param last: last day of the period
    """

    by: tuple[str, ...]
    first: date
    last: date
    rows: tuple[Row, ...]

    def as_csv(self) -> str:
        """Return the table as CSV; a cell that a spreadsheet would take for a formula is quoted by an apostrophe."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*self.by, "count", "a_year_earlier", "change"])
        for row in self.rows:
            writer.writerow([*(_cell(key) for key in row.keys), row.count, row.before, row.count - row.before])
        return out.getvalue()

    def as_json(self) -> dict[str, object]:
        """Return the table with the keys that the command line prints."""
        return {
            "schema": 1,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "by": list(self.by),
            "rows": [
                {**dict(zip(self.by, row.keys, strict=True)), "count": row.count, "a_year_earlier": row.before}
                for row in self.rows
            ],
        }


def run(context: Context, *, officer: str, first: date, last: date, by: Sequence[str]) -> Statistics:
    """See :meth:`tjdocs.register.Register.statistics`."""
    if type(first) is not date or type(last) is not date or first > last:
        raise UsageError("not a period", where="first, last", hint="two dates, the earlier first")
    if not by or (unknown := [name for name in by if name not in DIMENSIONS]) or len(set(by)) != len(by):
        raise UsageError(
            "not a dimension", where=str(unknown[0] if by and unknown else by)[:40], hint=", ".join(DIMENSIONS)
        )
    document, decision = tables.document.c, tables.decision.c
    same = ("document_type", "office", "category", "citizenship", "sex")
    entry = tables.entry.c
    spoiled = exists().where(entry.subject == document.number, entry.act == "spoil")
    counted = union_all(
        # a document spoiled in the making was never given to anyone, destroyed since or not
        select(
            document.issued.label("day"),
            literal("issued", String).label("decision"),
            *(document[name] for name in same),
        ).where(document.state != "spoiled", (document.state != "destroyed") | ~spoiled),
        select(
            decision.day,
            (decision.kind + ": " + decision.outcome).label("decision"),
            *(decision[name] for name in same),
        ),
    ).subquery()
    before = _a_year_earlier(first, last)
    day = counted.c.day

    def within(low: date, high: date) -> ColumnElement[int]:
        return func.sum(case((day.between(low.isoformat(), high.isoformat()), 1), else_=0))

    columns = [counted.c[name] for name in by]
    query = (
        select(*columns, within(first, last).label("now"), within(*before).label("earlier"))
        .where(
            day.between(first.isoformat(), last.isoformat()) | day.between(before[0].isoformat(), before[1].isoformat())
        )
        .group_by(*columns)
        .order_by(*columns)
    )
    with context.store.read() as connection:
        context.access.require_read(connection, "statistics", officer)
        rows = [
            Row(tuple(getattr(row, name) for name in by), int(row.now), int(row.earlier))
            for row in connection.execute(query)
        ]
    return Statistics(tuple(by), first, last, tuple(rows))


def _a_year_earlier(first: date, last: date) -> tuple[date, date]:
    """Return the same period a year earlier; whole months stay whole, whether February has 28 or 29 days."""
    before = anniversary(last, -1)
    if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        before = before.replace(day=monthrange(before.year, before.month)[1])
    return anniversary(first, -1), before


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
