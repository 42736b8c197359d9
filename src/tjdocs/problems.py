"""Named problems of formats, and defects: irregularities, by the words that the tables of ``specs/`` have for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Literal

from tjdocs import specs
from tjdocs.errors import SpecError

__all__ = ["PROBLEM_TABLES", "DefectFile", "Problem", "ProblemKind", "defects", "problem_table"]

PROBLEM_TABLES = MappingProxyType(
    {"lds": "lds/problems.toml", "mrz": "mrz/problems.toml", "seal": "seals/problems.toml"}
)
"""The table of each format."""


class ProblemKind(specs.Row, frozen=True):
    """A row of a format's table of problems.

    :param id: a stable word
    :param severity: ``error`` (against the standard), ``undetermined`` (an officer decides) or ``warning`` (it proves
        nothing: everything is read, and no identity changes)
    :param text: the meaning in a sentence, without document data
    :param clause: its place in the standard
    :param check: the inspection's check of a problem of the MRZ, ``none`` for information only
    :param result: the standard's validation result of a problem of a seal (Doc 9303-13, 6.2)
    """

    id: str
    severity: Literal["error", "undetermined", "warning"]
    text: str
    clause: str
    check: str = ""
    result: str = ""


class ProblemFile(specs.Spec, frozen=True):
    """The problems of a format, each code once."""

    problem: tuple[ProblemKind, ...]

    def __post_init__(self) -> None:
        if len({row.id for row in self.problem}) < len(self.problem):
            raise ValueError("an id used twice")


class ContentType(specs.Row, frozen=True):
    """A content type of the LDS security object; `id` is the defect of accepting it, empty for the standard's own."""

    oid: specs.Word
    clause: specs.Word
    id: str = ""
    seen: str = ""


class Defect(specs.Row, frozen=True):
    """An irregularity of real documents that is accepted under its name.

    :param seen: where it was met
    :param clause: its deviation
    """

    id: specs.Word
    text: specs.Word
    seen: str
    clause: specs.Word


class DefectFile(specs.Spec, frozen=True):
    """The form of ``specs/defects.toml``."""

    content_type: tuple[ContentType, ...]
    defect: tuple[Defect, ...]

    def __post_init__(self) -> None:
        if len({row.id for row in self.defect}) < len(self.defect):
            raise ValueError("an id used twice")
        if sum(not row.id for row in self.content_type) != 1:
            raise ValueError("not one content type of the standard")

    @property
    def names(self) -> frozenset[str]:
        """Every name of a defect, those of content types included."""
        return frozenset(row.id for row in self.content_type if row.id) | {row.id for row in self.defect}


@cache
def defects() -> DefectFile:
    """Return the accepted defects.

    :raises SpecError: the file is malformed
    """
    return specs.load("defects.toml", DefectFile)


@cache
def problem_table(path: str) -> Mapping[str, ProblemKind]:
    """Return the problems of a format by their codes.

    :param path: below ``specs/``: ``mrz/problems.toml``, ``lds/problems.toml`` or ``seals/problems.toml``
    :raises SpecError: the table is malformed
    """
    return MappingProxyType({row.id: row for row in specs.load(path, ProblemFile).problem})


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
        """``error``, ``undetermined`` or ``warning``."""
        return problem_table(self.TABLE)[self.code].severity

    @property
    def text(self) -> str:
        """The meaning in a sentence."""
        return problem_table(self.TABLE)[self.code].text

    @property
    def clause(self) -> str:
        """The place in the standard."""
        return problem_table(self.TABLE)[self.code].clause
