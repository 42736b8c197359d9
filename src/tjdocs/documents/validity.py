"""How long a document is valid: its type's period, cut where the law cuts it (``specs/validity.toml``)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from tjdocs import specs
from tjdocs.documents.fields import value_at
from tjdocs.times import PartialDate, Period, anniversary, latest

if TYPE_CHECKING:
    from tjdocs.documents.application import Application

__all__ = ["Minor", "Validity", "accepts", "last_day"]

_Reading: TypeAlias = Literal["day-before", "anniversary"]
_READINGS: dict[_Reading, timedelta] = {"day-before": timedelta(days=1), "anniversary": timedelta(0)}


class Readings(specs.Spec, frozen=True):
    """The form of ``specs/validity.toml``: which day is the last valid one."""

    issuing: _Reading
    checking: _Reading


@dataclass(frozen=True, slots=True)
class Minor:
    """The period for an applicant who is younger than ``age`` years on the day of issue."""

    age: int
    period: Period
    requirement: str


@dataclass(frozen=True, slots=True)
class Validity:
    """How long documents of a type are valid.

    :param shorter: whether a shorter time is lawful, so that a bound cuts it; else a bound that would is an error
    :param not_beyond: paths of dates in the application that it never outlives
    :param extendable: whether holders may have it longer, by documents that continue it until the decision they await
    """

    period: Period
    requirement: str
    shorter: bool = False
    not_beyond: tuple[str, ...] = ()
    extendable: bool = False
    minor: Minor | None = None

    def for_holder(self, born: date | PartialDate | None, issued: date) -> Period:
        """Return the period for a holder of that date of birth; of a partial one its last day counts (chosen)."""
        minor = self.minor
        if minor is not None and born is not None and anniversary(latest(born), minor.age) > issued:
            return minor.period
        return self.period


@cache
def _reading(name: Literal["issuing", "checking"]) -> timedelta:
    return _READINGS[getattr(specs.load("validity.toml", Readings), name)]


def last_day(validity: Validity, application: "Application", issued: date) -> date:
    """Return the last valid day of a document issued on a day, cut by the dates that it never outlives."""
    end = validity.for_holder(application.date_of_birth, issued).after(issued) - _reading("issuing")
    stated: list[date | None] = [value_at(application, path) for path in validity.not_beyond]
    return min([end, *(day for day in stated if day is not None)])


def accepts(validity: Validity, issued: date, expires: date, *, born: date | PartialDate | None = None) -> bool:
    """Return whether a document of those dates may have been issued lawfully; for whoever checks one.

    :param born: the holder's date of birth where it is known; else the longest period counts
    """
    periods = [validity.for_holder(born, issued)]
    if born is None and validity.minor is not None:
        periods.append(validity.minor.period)
    latest = max(period.after(issued) for period in periods) - _reading("checking")
    return issued <= expires <= latest
