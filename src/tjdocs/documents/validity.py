"""How long a document is valid: the last valid day is the day before the anniversary of issue."""

from datetime import MAXYEAR, MINYEAR, date, timedelta

__all__ = ["anniversary", "last_valid_day"]


def anniversary(day: date, years: int) -> date:
    """Return the same day ``years`` later; 29 February has its anniversary on 28 February."""
    if day.year + years > MAXYEAR:
        return date.max
    if day.year + years < MINYEAR:
        return date.min
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def last_valid_day(issued: date, years: int) -> date:
    """Return the last day on which a document issued for ``years`` years is valid."""
    return anniversary(issued, years) - timedelta(days=1)
