"""Dates of a State's own format, whose MRZ has year and month of issue and no date of expiry."""

from calendar import monthrange
from datetime import date

from tjdocs.mrz import dates
from tjdocs.mrz.formats import Format
from tjdocs.times import PartialDate

__all__ = ["issued", "latest_expiry"]


def issued(layout: Format, joined: str) -> PartialDate | None:
    """Return year and month of issue, or ``None`` where they are unreadable or of no year of such documents."""
    national = layout.national
    if national is None:
        return None
    line, first, last = national.issue
    start = (line - 1) * layout.columns
    raw = joined[start + first - 1 : start + last]
    if not (raw.isdecimal() and raw.isascii()):
        return None
    year = national.first_year + (int(raw[:2]) - national.first_year) % 100
    month = int(raw[2:])
    return PartialDate(year, month) if year <= national.last_year and 1 <= month <= 12 else None


def latest_expiry(layout: Format, joined: str, at: date) -> date | None:
    """Return the day after which no such document is valid, or ``None`` where it is unknown.

    The MRZ has no day of issue and no date of expiry: before that day the document may have expired as well.
    """
    month, national = issued(layout, joined), layout.national
    if month is None or national is None:
        return None
    last_day = date(month.year, month.month, monthrange(month.year, month.month)[1])
    born = dates.birth(joined[layout.birth], at)[0]
    rows = [
        row
        for row in national.validity
        if row.issued_from <= last_day
        and date(month.year, month.month, 1) <= row.issued_to
        and (born is None or dates.years_after(born, row.age) <= last_day)
    ]
    return dates.years_after(last_day, max(row.years for row in rows)) if rows else None
