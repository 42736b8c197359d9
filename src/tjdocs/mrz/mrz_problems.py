"""What may be wrong with a zone: every kind in ``specs/mrz/problems.toml``, with its severity and clause."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.errors import SpecError

__all__ = ["Problem", "ProblemKind", "problem_kinds"]

_CHECKS = ("mrz.structure", "mrz.check-digits", "mrz.dates", "doc.expiry", "none")


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One row of the table.

    :param severity: ``error`` (the zone is not valid) or ``warning``
    :param check: the inspection's check that it belongs to, or ``none``
    """

    code: str
    severity: str
    check: str
    clause: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one zone.

    :param code: stable word, a key of :func:`problem_kinds`
    :param severity: ``error`` or ``warning``
    :param field: name of the field concerned, or ``""`` for the whole zone
    :param position: line and column, from 1
    :param message: for a person, without document data
    :param expected: what would be right, where that is known
    :param found: what stands there
    """

    code: str
    severity: str
    field: str
    position: tuple[int, int]
    message: str
    expected: str = dataclasses.field(default="", repr=False)
    found: str = dataclasses.field(default="", repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the problem with the keys that the command line prints."""
        return {
            "code": self.code,
            "severity": self.severity,
            "field": self.field,
            "position": list(self.position),
            "message": self.message,
            "expected": self.expected,
            "found": self.found,
        }


@cache
def problem_kinds() -> Mapping[str, ProblemKind]:
    """Return every kind of problem by its code.

    :raises tjdocs.errors.SpecError: the table is malformed
    """
    table = specs.read_toml("mrz/problems.toml")
    specs.require_keys(table, ["schema", "problem"], where="specs/mrz/problems.toml")
    kinds: dict[str, ProblemKind] = {}
    for row in table["problem"]:
        where = f"specs/mrz/problems.toml {row.get('code')}"
        specs.require_keys(row, ["code", "severity", "check", "clause", "message"], where=where)
        if row["severity"] not in ("error", "warning") or row["check"] not in _CHECKS or row["code"] in kinds:
            raise SpecError("unknown severity or check, or a code used twice", where=where)
        kinds[row["code"]] = ProblemKind(**row)
    return MappingProxyType(kinds)


def problem(
    code: str, name: str = "", position: tuple[int, int] = (1, 1), *, expected: str = "", found: str = ""
) -> Problem:
    """Return a problem of a known kind."""
    kind = problem_kinds()[code]
    return Problem(code, kind.severity, name, position, kind.message, expected, found)
