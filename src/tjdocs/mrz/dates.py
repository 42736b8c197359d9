"""Dates of the zone: six characters YYMMDD (Doc 9303-3, 4.7 and 4.8).

The century depends on the day of inspection: a birth is in the hundred years up to it, an expiry in
the year nearest to it. Unknown parts of a birth are pairs of fillers. ``specs/mrz/dates.toml`` has the rules.
"""

from datetime import date
from functools import lru_cache

from tjdocs import specs

__all__ = ["birth", "expiry"]

_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class DateRules(specs.Spec, frozen=True):
    """The form of ``specs/mrz/dates.toml``, which explains each rule."""

    expiry_window: int
    expiry_distant: int
    oldest_holder: int
    old_codes_expire_before: date


_RULES = specs.load("mrz/dates.toml", DateRules)
OLDEST = _RULES.oldest_holder
OLD_CODES_END = _RULES.old_codes_expire_before
_WINDOW = _RULES.expiry_window
_DISTANT = _RULES.expiry_distant


def birth(raw: str, at: date) -> tuple[date | None, str]:
    """Return the date of birth and the problem's code, or ``""``.

    A birth that is lawfully unknown in part is ``(None, "")``. The year is the latest one in which the day
    is not after ``at``.
    """
    if not (raw.isdecimal() and raw.isascii()):
        return None, _incomplete(raw)
    number = int(raw)
    century, today = _century(at)
    year = century + number // 10000 if number <= today else century + number // 10000 - 100
    try:
        return date(year, number // 100 % 100, number % 100), ""
    except ValueError:
        return None, "date-impossible"


def expiry(raw: str, at: date) -> tuple[date | None, str]:
    """Return the date of expiry and the problem's code, or ``""``; the year is the one nearest to ``at``."""
    if not (raw.isdecimal() and raw.isascii()):
        return None, "date-form"
    number = int(raw)
    first = at.year + _WINDOW - 99  # of the hundred years in which the year must lie
    try:
        return date(first + (number // 10000 - first) % 100, number // 100 % 100, number % 100), ""
    except ValueError:
        return None, "date-impossible"


def years_after(day: date, years: int) -> date:
    """Return the same day ``years`` later, 28 February for a 29th that is missing there."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


@lru_cache(maxsize=16)
def distant_from(at: date) -> date:
    """Return the day after which an expiry is worth a word."""
    return years_after(at, _DISTANT)


@lru_cache(maxsize=16)
def noted_from(at: date) -> date:
    """Return the first day on which an expiry may be worth a word, be it for its distance or its document code."""
    return min(distant_from(at), OLD_CODES_END)


@lru_cache(maxsize=16)
def _century(at: date) -> tuple[int, int]:
    """Return the first year of a day's century, and the day as the number YYMMDD."""
    return at.year // 100 * 100, at.year % 100 * 10000 + at.month * 100 + at.day


def _incomplete(raw: str) -> str:
    """Return the problem's code of a date of birth that is not six digits, or ``""``."""
    pairs = raw[:2], raw[2:4], raw[4:]
    if not all(pair == "<<" or (pair.isdecimal() and pair.isascii()) for pair in pairs):
        return "date-form"
    month = 0 if pairs[1] == "<<" else int(pairs[1])
    if pairs[1] != "<<" and not 1 <= month <= 12:
        return "date-impossible"
    if pairs[2] != "<<" and not 1 <= int(pairs[2]) <= (_LONGEST[month - 1] if month else 31):
        return "date-impossible"
    return ""
