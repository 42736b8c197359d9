"""A day or a moment as a caller gives it, read the same way in every room."""

from datetime import UTC, date, datetime, time

from tjdocs.errors import UsageError

__all__ = ["aware", "day_of", "moment_of"]

_HINT = "give a date, or a datetime with a time zone"


def aware(at: object, where: str = "at") -> datetime:
    """Return a moment that says its time zone, and that any other time zone can say too.

    :raises UsageError: a naive moment, or none, or one beyond the calendar (year 1 to 9999) in UTC
    """
    if not isinstance(at, datetime):
        raise UsageError("no moment", where=where, hint="give a datetime with a time zone")
    if at.utcoffset() is None:
        raise UsageError("a naive moment", where=where, hint="give a datetime with a time zone")
    try:
        at.astimezone(UTC)
    except OverflowError:
        raise UsageError("a moment beyond the calendar", where=where, hint="in UTC of year 1 to 9999") from None
    return at


def moment_of(at: date | datetime, where: str = "at") -> datetime:
    """Return an aware moment; a date stands for its noon in UTC.

    :raises UsageError: a naive moment, or neither a date nor a moment
    """
    if isinstance(at, datetime):
        return aware(at, where)
    return datetime.combine(day_of(at, where), time(12), UTC)


def day_of(at: date | datetime, where: str = "at") -> date:
    """Return a day, or the day of a moment where it was taken.

    :raises UsageError: a naive moment, or neither a date nor a moment
    """
    if type(at) is date:
        return at
    if isinstance(at, datetime):
        return aware(at, where).date()
    if isinstance(at, date):
        return at
    raise UsageError("no date and no moment", where=where, hint=_HINT)
