"""Named problems of formats: an irregularity that a parser found, by the word that its format's table has for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Literal

from tjdocs import specs
from tjdocs.errors import SpecError

__all__ = ["Problem", "ProblemKind", "problem_table"]


class ProblemKind(specs.Row, frozen=True):
    """A row of a format's table of problems.

    :param code: stable word
    :param severity: ``error`` (against the standard) or ``warning`` (met in genuine documents)
    :param text: the meaning in a sentence, without document data
    :param clause: its place in the standard
    :param check: the inspection's check of a problem of the MRZ, ``none`` for information only
    :param result: the standard's validation result of a problem of a seal (Doc 9303-13, 6.2)
    """

    code: str
    severity: Literal["error", "warning"]
    text: str
    clause: str
    check: str = ""
    result: str = ""


class ProblemFile(specs.Spec, frozen=True):
    """The problems of a format, each code once."""

    problem: tuple[ProblemKind, ...]

    def __post_init__(self) -> None:
        if len({row.code for row in self.problem}) < len(self.problem):
            raise ValueError("a code used twice")


@cache
def problem_table(path: str) -> Mapping[str, ProblemKind]:
    """Return the problems of a format by their codes.

    :param path: below ``specs/``: ``mrz/problems.toml``, ``lds/problems.toml`` or ``seals/problems.toml``
    :raises SpecError: the table is malformed
    """
    return MappingProxyType({row.code: row for row in specs.load(path, ProblemFile).problem})


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of one file or text.

    :param code: stable word of the format's table
    :param subject: the part concerned where there are several: a field, ``face 2``
    :param detail: measured and expected values, for a person
    """

    TABLE: ClassVar[str]

    code: str
    subject: str = ""
    detail: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.code not in problem_table(self.TABLE):
            raise SpecError("unknown problem code", where=self.code, hint=f"specs/{self.TABLE} lists them")

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        return problem_table(self.TABLE)[self.code].severity

    @property
    def text(self) -> str:
        """The meaning in a sentence."""
        return problem_table(self.TABLE)[self.code].text

    @property
    def clause(self) -> str:
        """The place in the standard."""
        return problem_table(self.TABLE)[self.code].clause
