"""Cited acts that were repealed or amended, or whose entry into force is not known: ``specs/acts.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from msgspec.structs import asdict

from tjdocs import specs
from tjdocs.documents.document_type import DocumentType

__all__ = ["Act", "acts", "cited_by"]


class ActRow(specs.Row, frozen=True):
    """A row of ``specs/acts.toml``: the act as it is cited, and at least one note."""

    cited: str
    repealed_by: str | None = None
    amended_by: str | None = None
    amended_in: int | None = None
    signed: date | None = None
    registered: date | None = None

    def __post_init__(self) -> None:
        if all(value is None for key, value in asdict(self).items() if key != "cited"):
            raise ValueError("an act without a note")


class ActFile(specs.Spec, frozen=True):
    """The form of ``specs/acts.toml``."""

    act: tuple[ActRow, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """An act that was repealed or amended, or whose entry into force is not known.

    :param cited: its name in articles and sources
    :param notes: the rest of its row, by key
    """

    cited: str
    notes: Mapping[str, str]

    def as_json(self) -> dict[str, str]:
        """Return the row with its keys."""
        return {"cited": self.cited, **self.notes}


@cache
def acts() -> tuple[Act, ...]:
    """Return the acts.

    :raises SpecError: the file is malformed
    """
    rows = (asdict(row) for row in specs.load("acts.toml", ActFile).act)
    given = ({key: str(value) for key, value in row.items() if value is not None} for row in rows)
    return tuple(Act(row.pop("cited"), row) for row in given)


def cited_by(kind: DocumentType) -> tuple[Act, ...]:
    """Return the acts of the table that a type's fields and rules cite."""
    citations = [part.citation for part in (*kind.fields, *kind.rules)]
    return tuple(act for act in acts() if any(act.cited in citation for citation in citations))
