"""Named problems of MRZs."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from tjdocs import problems
from tjdocs.errors import SpecError
from tjdocs.problems import ProblemKind

__all__ = ["MrzProblem", "ProblemKind", "problem_kinds"]

_CHECKS = ("mrz.structure", "mrz.check-digits", "mrz.dates", "doc.expiry", "none")


@cache
def problem_kinds() -> Mapping[str, ProblemKind]:
    """Return every kind of problem by its code.

    :raises tjdocs.errors.SpecError: the table is malformed
    """
    kinds = problems.problem_table(MrzProblem.TABLE)
    for kind in kinds.values():
        if kind.check not in _CHECKS:
            raise SpecError("unknown check", where=f"specs/{MrzProblem.TABLE} {kind.id}", hint=", ".join(_CHECKS))
    return kinds


@dataclass(frozen=True, slots=True)
class MrzProblem(problems.Problem):
    """A named problem of an MRZ; its subject is the field concerned, ``""`` for the whole MRZ.

    :param position: line and column, from 1
    :param expected: the right characters, where they are known
    :param found: the characters in their place
    """

    TABLE: ClassVar[str] = "mrz/problems.toml"

    position: tuple[int, int] = (1, 1)
    expected: str = dataclasses.field(default="", repr=False)
    found: str = dataclasses.field(default="", repr=False)

    @property
    def field(self) -> str:
        """The name of the field concerned."""
        return self.subject

    def as_json(self) -> dict[str, Any]:
        """Return the problem with the keys that the command line prints."""
        return {
            "code": self.code,
            "severity": self.severity,
            "field": self.subject,
            "position": list(self.position),
            "message": self.text,
            "expected": self.expected,
            "found": self.found,
        }
