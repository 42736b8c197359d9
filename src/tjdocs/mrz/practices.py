"""Practices of States: MRZs that are printed otherwise than Doc 9303 has them, by ``specs/mrz/practices.toml``.

A practice turns one problem of one field into a warning that names it, and never more: the other checks remain.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal

from tjdocs import specs
from tjdocs.mrz import dates
from tjdocs.mrz.check_digits import digit_over
from tjdocs.mrz.formats import Format, formats, overflow
from tjdocs.mrz.mrz_problems import MrzProblem, problem_kinds

__all__ = ["Practice", "expiry", "explain", "means", "practices", "warnings"]


class Practice(specs.Row, frozen=True):
    """A practice.

    :param warning: code of the problem that names it
    :param states: issuing States as in the MRZ, none for any
    :param formats: none for any
    :param codes: document codes without fillers, none for any
    :param field: a field or the check digit of one
    :param problem: the problem that it explains; ``""`` for a date of expiry that is read otherwise
    :param printed: regular expression of the field's characters, fillers included
    :param rule: ``filler-counted``: the check digit of a long number is computed over its filler too
    :param end: date of expiry that it means
    :param means: code of a State that the standard has in place of the one printed
    :param read: how the field is read, a sentence
    :param source: a thread or an act, in words
    :param since, until: years of issue, as far as they are known
    """

    warning: specs.Word
    states: tuple[str, ...]
    formats: tuple[str, ...]
    field: specs.Word
    read: specs.Word
    source: specs.Word
    problem: str = ""
    printed: str = ""
    rule: Literal["", "filler-counted"] = ""
    end: date | None = None
    means: str = ""
    codes: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None

    def __post_init__(self) -> None:
        if (self.end is None) == (not self.problem):
            raise ValueError("it either explains a problem or gives a date of expiry")
        if bool(self.printed) == bool(self.rule):
            raise ValueError("not one of a printed form and a rule")
        if self.end is not None and not self.states:
            raise ValueError("an end without States")
        if self.means and not re.fullmatch("[A-Z]{1,3}<*", self.printed):
            raise ValueError("a code in place of a printed form that is not one")
        try:
            re.compile(self.printed)
        except re.error as error:
            raise ValueError(f"printed: {error}") from None

    def fits(self, layout: Format, joined: str) -> bool:
        """Whether an MRZ of its State and format is printed so."""
        if self.formats and layout.name not in self.formats:
            return False
        if self.codes and joined[layout.code].rstrip("<") not in self.codes:
            return False
        if self.states and joined[layout.state].rstrip("<") not in self.states:
            return False
        if self.rule:
            excess = overflow(layout, joined)
            return excess is not None and digit_over(f"{joined[layout.number]}<{excess[:-1]}") == excess[-1]
        return re.fullmatch(self.printed, joined[layout.by_name[self.field].slice]) is not None


class PracticeFile(specs.Spec, frozen=True):
    """The form of ``specs/mrz/practices.toml``."""

    practice: tuple[Practice, ...]

    def __post_init__(self) -> None:
        for row in self.practice:
            if unknown := set(row.formats) - set(formats()):
                raise ValueError(f"unknown format {min(unknown)}")
            kinds = problem_kinds()
            if unknown := {row.warning, row.problem} - kinds.keys() - {""}:
                raise ValueError(f"unknown problem {min(unknown)}")
            layouts = [formats()[name] for name in row.formats or formats()]
            names = [{*layout.by_name, *(item.digit_name for item in layout.checked)} for layout in layouts]
            if not all(row.field in some for some in names):
                raise ValueError(f"unknown field {row.field}")


@cache
def practices() -> tuple[Practice, ...]:
    """Return every practice.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    return specs.load("mrz/practices.toml", PracticeFile).practice


def explain(layout: Format, joined: str, problems: Iterable[MrzProblem]) -> Iterator[MrzProblem]:
    """Yield the problems, each that a practice explains as the warning that names it."""
    for problem in problems:
        rows = _explaining().get((problem.code, problem.field), ())
        row = next((row for row in rows if row.fits(layout, joined)), None)
        if row is None:
            yield problem
        else:
            yield MrzProblem(
                row.warning, problem.field, position=problem.position, expected=row.means, found=problem.found
            )


def expiry(layout: Format, joined: str, at: date) -> tuple[date | None, str]:
    """Return the date of expiry and the problem's code, or ``""``; a practice's code with the date that it means."""
    for row in _endless().get(joined[layout.state].rstrip("<"), ()):
        if row.fits(layout, joined):
            return row.end, row.warning
    return dates.expiry(joined[layout.expiry], at)


@cache
def warnings() -> frozenset[str]:
    """Return the codes of the problems that name practices."""
    return frozenset(row.warning for row in practices())


@cache
def means() -> Mapping[str, str]:
    """Return the standard's codes of States by those that practices have in their place."""
    return MappingProxyType({row.printed.rstrip("<"): row.means for row in practices() if row.means})


@cache
def _explaining() -> Mapping[tuple[str, str], tuple[Practice, ...]]:
    """Return the practices by the problem and the field that they explain."""
    keys = {(row.problem, row.field) for row in practices() if row.problem}
    return {key: tuple(row for row in practices() if (row.problem, row.field) == key) for key in keys}


@cache
def _endless() -> Mapping[str, tuple[Practice, ...]]:
    """Return the practices of documents without an end, by State."""
    states = {state for row in practices() if row.end for state in row.states}
    return {state: tuple(row for row in practices() if row.end and state in row.states) for state in states}
