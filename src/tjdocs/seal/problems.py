"""What may be wrong with a seal: every kind in ``specs/seals/problems.toml``, with its severity and clause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.errors import SpecError

__all__ = ["Problem", "ProblemKind", "kinds"]

_FILE = "seals/problems.toml"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One row of the table.

    :param severity: ``error`` (the seal is not valid) or ``warning``
    :param result: the standard's validation result
    """

    code: str
    severity: str
    result: str
    text: str
    clause: str


@cache
def kinds() -> Mapping[str, ProblemKind]:
    """Return every kind of problem by its code.

    :raises SpecError: the table is malformed
    """
    table = specs.read_toml(_FILE)
    specs.require_keys(table, ["schema", "problem"], where=f"specs/{_FILE}")
    found: dict[str, ProblemKind] = {}
    for row in table["problem"]:
        where = f"specs/{_FILE} {row.get('code')}"
        specs.require_keys(row, ProblemKind.__slots__, where=where)
        if row["severity"] not in ("error", "warning") or row["code"] in found:
            raise SpecError("unknown severity, or a code used twice", where=where)
        found[row["code"]] = ProblemKind(**row)
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one seal.

    :param code: stable word, a key of ``specs/seals/problems.toml``
    :param subject: the feature or field of the header concerned
    :param offset: of the byte at which it was noticed
    :param detail: measured and expected, for a person
    """

    code: str
    subject: str = ""
    offset: int = 0
    detail: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.code not in kinds():
            raise SpecError("unknown problem code", where=self.code, hint=f"specs/{_FILE} lists them")

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        return kinds()[self.code].severity

    @property
    def text(self) -> str:
        """What it means, in a sentence."""
        return kinds()[self.code].text

    @property
    def clause(self) -> str:
        """Where the standard says so."""
        return kinds()[self.code].clause

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
