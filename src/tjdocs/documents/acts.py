"""Cited acts that were repealed or amended, or whose entry into force is not known: ``specs/acts.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from tjdocs import specs
from tjdocs.documents.document_type import DocumentType
from tjdocs.errors import SpecError

__all__ = ["Act", "acts", "cited_by"]

_FILE = "acts.toml"
_NOTES: Mapping[str, type] = {
    "repealed_by": str,
    "amended_by": str,
    "amended_in": int,
    "signed": date,
    "registered": date,
}


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
    where = f"specs/{_FILE}"
    table = specs.read_toml(_FILE)
    specs.require_keys(table, ["schema", "act"], where=where)
    found = []
    for row in table["act"]:
        specs.require_keys(row, ["cited"], _NOTES, where=f"{where} {row.get('cited')}")
        notes = {key: value for key, value in row.items() if key != "cited"}
        if not notes or any(type(value) is not _NOTES[key] for key, value in notes.items()):
            raise SpecError("not a row of an act", where=f"{where} {row['cited']}", hint=", ".join(_NOTES))
        found.append(Act(row["cited"], {key: str(value) for key, value in notes.items()}))
    return tuple(found)


def cited_by(kind: DocumentType) -> tuple[Act, ...]:
    """Return the acts of the table that a type's fields and rules cite."""
    articles = [spec.article for spec in kind.fields] + [rule.article for rule in kind.rules]
    return tuple(act for act in acts() if any(act.cited in article for article in articles))
