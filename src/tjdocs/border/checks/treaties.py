"""Treaties by which a document of ours suffices to cross the border (``specs/border/treaties.toml``, INT-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tjdocs import mrz, specs
from tjdocs.documents.document_class import kinds
from tjdocs.errors import SpecError

__all__ = ["Treaty", "in_force", "treaties"]

_WHERE = "specs/border/treaties.toml"
_KEYS: Mapping[str, type] = {"document": str, "state": str, "since": date, "source": str}


@dataclass(frozen=True, slots=True)
class Treaty:
    """A treaty.

    :param document: id of the document (``specs/border/documents.toml``)
    :param state: code of the other State
    :param since, until: first and last day
    :param source: the treaty and its article
    """

    document: str
    state: str
    since: date
    source: str
    until: date = date.max


@cache
def treaties() -> tuple[Treaty, ...]:
    """Return the treaties.

    :raises SpecError: the table is malformed
    """
    table = specs.read_toml("border/treaties.toml")
    specs.require_keys(table, ["schema", "treaty"], where=_WHERE)
    return tuple(_treaty(row, f"{_WHERE} row {number}") for number, row in enumerate(table["treaty"], 1))


def in_force(document: str, on: date) -> tuple[Treaty, ...]:
    """Return the treaties on a document that are in force on a day."""
    return tuple(one for one in treaties() if one.document == document and one.since <= on <= one.until)


def _treaty(row: dict[str, Any], where: str) -> Treaty:
    specs.require_keys(row, _KEYS, ["until"], where=where)
    for key, value in row.items():
        if type(value) is not _KEYS.get(key, date):
            raise SpecError("not a row of a treaty", where=f"{where} {key}", hint=", ".join(_KEYS))
    if row["document"] not in kinds():
        raise SpecError("unknown document", where=where, hint=row["document"])
    state = mrz.codes.state_codes().get(row["state"])
    if state is None or not state.issues:
        raise SpecError("unknown State", where=where, hint=row["state"])
    return Treaty(**row)
