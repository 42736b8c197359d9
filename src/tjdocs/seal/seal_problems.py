"""Named problems of seals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tjdocs import problems

__all__ = ["SealProblem", "kinds"]


def kinds() -> Mapping[str, problems.ProblemKind]:
    """Return every kind of problem by its code.

    :raises SpecError: the table is malformed
    """
    return problems.problem_table(SealProblem.TABLE)


@dataclass(frozen=True, slots=True)
class SealProblem(problems.Problem):
    """A named problem of a seal; its subject is a feature or a field of the header.

    :param offset: of the byte at which it was noticed
    """

    TABLE: ClassVar[str] = "seals/problems.toml"

    offset: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the problem with the keys that the command line prints."""
        return {
            "code": self.code,
            "severity": self.severity,
            "subject": self.subject,
            "offset": self.offset,
            "message": self.text,
            "detail": self.detail,
        }
