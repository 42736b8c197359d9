"""A day or a moment as a caller gives it, and the day of a moment: one rule for every room.

A moment is the same whatever offset its text has, hence so is its day: the day in a named time zone. That is the zone
of the crossing point or of the document type where one is known, else the home zone of ``specs/times.toml``. A date
that was given is its own day.
"""

import re
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = [
    "PartialDate",
    "Period",
    "anniversary",
    "aware",
    "day_of",
    "earliest",
    "home_zone",
    "latest",
    "moment_of",
    "named_zone",
    "read",
    "read_birth",
]

_Day = TypeVar("_Day", bound=date)
_NOON = time(12)
_BIRTH = re.compile("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_HINT = "give a date, or a datetime with a time zone"
# "localtime" is another zone on each machine, "posix/…" and "right/…" are other readings of the same ones
_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}")


class HomeZone(specs.Spec, frozen=True):
    """The form of ``specs/times.toml``."""

    time_zone: str


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of birth of which the day, or month and day, are unknown (Doc 9303-3, 3.8).

    :param month: 0 where it is unknown
    :raises UsageError: no such year or month
    """

    year: int = field(repr=False)
    month: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 0 <= self.month <= 12):
            raise UsageError(
                "not a year and month", where="date", hint="year 1 to 9999, month 1 to 12, or 0 if unknown"
            )

    def isoformat(self) -> str:
        """Return ``YYYY-MM`` or ``YYYY`` (ISO 8601 with reduced precision)."""
        return f"{self.year:04d}-{self.month:02d}" if self.month else f"{self.year:04d}"


class Period(specs.Row, frozen=True):
    """A length of time on the calendar: years, months, days."""

    years: int = 0
    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """Return the anniversary: the same day that much later. A day that its month lacks is the month's last."""
        try:
            return anniversary(day, self.years, self.months) + timedelta(days=self.days)
        except OverflowError:
            return date.max

    def after_moment(self, moment: datetime) -> datetime:
        """Return the same time of the day that is that much later.

        :raises UsageError: it is beyond the calendar
        """
        try:
            return _shifted(moment, self.years, self.months) + timedelta(days=self.days)
        except OverflowError:
            hint = "an earlier moment"
            raise UsageError("beyond the calendar", where=moment.date().isoformat(), hint=hint) from None

    def __str__(self) -> str:
        return ", ".join(f"{n} {unit}" for unit in self.__struct_fields__ if (n := getattr(self, unit)))


def anniversary(day: date, years: int, months: int = 0) -> date:
    """Return the same day so many years and months later; 29 February has its anniversary on 28 February.

    Beyond the calendar it is the calendar's first or last day.
    """
    try:
        return _shifted(day, years, months)
    except OverflowError:
        return date.max if years * 12 + months > 0 else date.min


def _shifted(day: _Day, years: int, months: int) -> _Day:
    year, month = divmod(day.year * 12 + day.month - 1 + years * 12 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError
    return day.replace(year=year, month=month + 1, day=min(day.day, _days(year, month + 1)))


def earliest(born: date | PartialDate) -> date:
    """Return the first day that a date may be."""
    return date(born.year, born.month or 1, 1) if isinstance(born, PartialDate) else born


def latest(born: date | PartialDate) -> date:
    """Return the last day that a date may be."""
    if not isinstance(born, PartialDate):
        return born
    month = born.month or 12
    return date(born.year, month, _days(born.year, month))


def _days(year: int, month: int) -> int:
    """Return the number of days of a month."""
    from calendar import monthrange

    return monthrange(year, month)[1]


def read_birth(text: str) -> date | PartialDate:
    """Return a date of birth of ISO 8601: ``YYYY-MM-DD``, or ``YYYY-MM`` or ``YYYY`` where the rest is unknown.

    :raises ValueError: it is not such a date
    """
    if not _BIRTH.fullmatch(text):
        raise ValueError(text)
    if len(text) == len("YYYY-MM-DD"):
        return date.fromisoformat(text)
    year, _, month = text.partition("-")
    if year == "0000" or (month and not 1 <= int(month) <= 12):
        raise ValueError(text)
    return PartialDate(int(year), int(month or 0))


def named_zone(name: object, where: str) -> "ZoneInfo":
    """Return a time zone by its name in the IANA database, for example ``Asia/Dushanbe``.

    The machine's database counts, else that of the package ``tzdata``.

    :param where: the place of the name, for errors
    :raises SpecError: there is no such zone
    """
    from zoneinfo import ZoneInfo

    try:
        if isinstance(name, str) and _NAME.fullmatch(name):
            return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder of zones, or no zone
        pass
    raise SpecError("unknown time zone", where=f"{where}: {str(name)[:60]}", hint="an IANA name: Asia/Dushanbe")


@cache
def home_zone() -> "ZoneInfo":
    """Return the time zone of ``specs/times.toml``.

    :raises SpecError: the file is malformed
    """
    return named_zone(specs.load("times.toml", HomeZone).time_zone, "specs/times.toml time_zone")


def aware(at: object, where: str = "at") -> datetime:
    """Return a moment that says its offset, and that any other time zone can say too.

    :raises UsageError: a naive moment, or none, or one beyond the calendar (year 1 to 9999) in UTC
    """
    if not isinstance(at, datetime):
        raise UsageError("not a moment", where=where, hint="give a datetime with a time zone")
    if at.utcoffset() is None:
        raise UsageError("a naive moment", where=where, hint="give a datetime with a time zone")
    try:
        at.astimezone(UTC)
    except OverflowError:
        raise UsageError("a moment beyond the calendar", where=where, hint="in UTC of year 1 to 9999") from None
    return at


def moment_of(at: date | datetime, where: str = "at", *, zone: tzinfo | None = None) -> datetime:
    """Return a moment with the offset of a zone; its ``date()`` is its day there.

    Equal moments give equal results, whatever offset they came with. A date becomes its noon in UTC; in a zone where
    that is the next day, its noon there. A moment that is before the year 1 or after 9999 in the zone is left in UTC.

    :param zone: the home zone unless given
    :raises UsageError: a naive moment, one that UTC cannot say either, or neither a date nor a moment
    """
    here = zone if zone is not None else home_zone()
    local = _in_zone(aware(at, where), here) if isinstance(at, datetime) else _noon(day_of(at, where), here)
    # with a fixed offset: two moments of one zone that has summer time would be compared by the clock on its wall
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)), fold=0)


def _in_zone(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:  # UTC can say every aware moment
        return at.astimezone(UTC)


def _noon(day: date, zone: tzinfo) -> datetime:
    there = datetime.combine(day, _NOON, zone)
    offset = there.utcoffset()
    if offset is not None and offset < timedelta(hours=12):
        in_utc = datetime.combine(day, _NOON, UTC).astimezone(zone)
        if in_utc.date() == day:
            return in_utc
    return there


def day_of(at: date | datetime, where: str = "at", *, zone: tzinfo | None = None) -> date:
    """Return a date as it is, of a moment the day in a zone.

    :param zone: the home zone unless given
    :raises UsageError: as :func:`moment_of`
    """
    if type(at) is date:
        return at
    if isinstance(at, datetime):
        return moment_of(at, where, zone=zone).date()
    if isinstance(at, date):
        return at
    raise UsageError("not a date or moment", where=where, hint=_HINT)


def read(text: str, where: str = "at") -> date | datetime:
    """Return the date or the moment of a text in ISO 8601: ``2026-11-24``, ``2026-11-24T08:00:00+05:00``.

    :raises UsageError: it is neither, or a moment without its offset
    """
    try:
        moment = date.fromisoformat(text) if len(text) <= len("2026-11-24") else datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise UsageError("not a date or moment", where=where, hint="YYYY-MM-DD, or a moment") from None
    if isinstance(moment, datetime) and moment.utcoffset() is None:
        raise UsageError("a moment without offset", where=where, hint="for example 2026-11-24T08:00:00+05:00")
    return moment
