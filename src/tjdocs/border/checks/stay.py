"""``holder.stay``: business days without registration, counted from the day after entry (STAY-1)."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from tjdocs import specs
from tjdocs.border.checks.holder import citizen, concerning, incomplete, is_suspended
from tjdocs.border.crossing import Crossing
from tjdocs.findings import Finding, Outcome
from tjdocs.messages import Message

__all__ = ["business_days", "judge"]

_Span = tuple[date, date]  # first and last day


class Holidays(specs.Row, frozen=True):
    """Public holidays as ``MM-DD``: of every year, and of single ones."""

    yearly: frozenset[str]
    movable: Mapping[str, frozenset[str]]


class StayFile(specs.Spec, frozen=True):
    """The form of ``specs/border/stay.toml``, which explains each entry."""

    free_days: int
    weekend: frozenset[int]
    requirement: str
    source: str
    holidays: Holidays


def business_days(after: date, until: date, *, enough: int | None = None) -> tuple[int, bool]:
    """Return the number of business days after ``after`` until ``until``, and whether all holidays are known.

    :param until: the last day that counts
    :param enough: stop counting there
    """
    rules = _rules()
    yearly, movable, weekend = rules.holidays.yearly, rules.holidays.movable, rules.weekend
    count, known, day = 0, True, after
    while day < until and (enough is None or count < enough):
        day += timedelta(days=1)
        known = known and str(day.year) in movable
        free = f"{day:%m-%d}" in yearly or f"{day:%m-%d}" in movable.get(str(day.year), ())
        count += not free and day.isoweekday() not in weekend
    return count, known


def judge(crossing: Crossing) -> Finding:
    """Judge the stay of a traveller who is not a citizen."""
    check = "holder.stay"
    if crossing.direction is None:
        return Finding(check, Outcome.UNDETERMINED, "no-direction")
    if crossing.direction == "entry" or citizen(crossing):
        return Finding(check, Outcome.NOT_APPLICABLE, "not-staying")
    if not crossing.nationality:
        return Finding(check, Outcome.UNDETERMINED, "no-input")
    entered = crossing.claims.entered
    claimed = crossing.claims.registered
    if entered is None:
        spans = _registered(crossing, date.min)[0] if claimed is not None else []
        confirmed = claimed is None or any(first == claimed for first, _ in spans)
        return Finding(check, Outcome.UNDETERMINED, "no-entry-date" if confirmed else "registration-claimed")
    if entered > crossing.day:
        return Finding(check, Outcome.FAILED, "entered-in-future")
    registered, suspended, doubts = _registered(crossing, entered)
    allowed = _rules().free_days
    # a holiday not in the table shortens the count by a day or two a year: one that is far over stays over
    count, known = _without(entered, registered, crossing.day, enough=allowed + 30)
    detail = Message.of("stayed-registered" if registered else "stayed", count=count)
    if count <= allowed:
        return Finding.of(check, Outcome.PASSED, detail=detail)
    if suspended and _without(entered, sorted(registered + suspended), crossing.day, enough=allowed + 1)[0] <= allowed:
        return Finding.of(check, Outcome.UNDETERMINED, "appeal", detail)
    if doubts:
        return doubts[0]
    if claimed is not None and claimed >= entered and business_days(entered, claimed, enough=allowed + 1)[0] <= allowed:
        return Finding.of(check, Outcome.UNDETERMINED, "registration-claimed", detail)
    if not known and count <= allowed + 4:
        return Finding.of(check, Outcome.UNDETERMINED, "holidays-unknown", detail)
    return Finding.of(check, Outcome.FAILED, "overstayed", Message.all((detail, Message.of("allowed", count=allowed))))


def _without(entered: date, registered: list[_Span], until: date, *, enough: int) -> tuple[int, bool]:
    """Return how many business days of a stay no registration covers, and whether all holidays in them are known."""
    count, known, covered = 0, True, entered
    for first, last in [*registered, (until, until)]:
        more, complete = business_days(covered, min(first, until), enough=enough - count)
        count, known, covered = count + more, known and complete, max(covered, last)
    return min(count, enough), known


def _registered(crossing: Crossing, entered: date) -> tuple[list[_Span], list[_Span], list[Finding]]:
    """Return the registrations by a list, the suspended ones, and why the list may have others.

    A claim gives no right, and neither does a registration of an earlier stay, nor one after its end.
    """
    result = crossing.look_up(["registration"]) if crossing.listed.get("registration") else None
    if result is None:
        return [], [], []
    spans: dict[bool, list[_Span]] = {False: [], True: []}
    for match in concerning(result, crossing):
        row = match.entry
        first, last = date.fromisoformat(row.valid_from), date.fromisoformat(row.valid_until or "9999-12-31")
        if match.exact and first >= entered:
            spans[is_suspended(row)].append((first, last))
    return sorted(spans[False]), sorted(spans[True]), incomplete("holder.stay", result)


@cache
def _rules() -> StayFile:
    return specs.load("border/stay.toml", StayFile)
