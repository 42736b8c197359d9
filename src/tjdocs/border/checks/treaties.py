"""Treaties by which one of our documents suffices to cross the border (``specs/border/treaties.toml``, INT-4)."""

from datetime import date
from functools import cache

from tjdocs import mrz, specs
from tjdocs.documents.document_class import document_classes
from tjdocs.errors import SpecError

__all__ = ["Treaty", "in_force", "treaties"]


class Treaty(specs.Row, frozen=True):
    """A treaty.

    :param document: id of a document class
    :param state: code of the other State
    :param since, until: first and last day
    :param source: the treaty and its article
    """

    document: str
    state: str
    since: date
    source: str
    until: date = date.max


class TreatyFile(specs.Spec, frozen=True):
    """The form of ``specs/border/treaties.toml``."""

    treaty: tuple[Treaty, ...]


@cache
def treaties() -> tuple[Treaty, ...]:
    """Return the treaties.

    :raises SpecError: the table is malformed
    """
    rows = specs.load("border/treaties.toml", TreatyFile).treaty
    for number, row in enumerate(rows):
        _check(row, f"specs/border/treaties.toml $.treaty[{number}]")
    return rows


def in_force(document: str, on: date) -> tuple[Treaty, ...]:
    """Return the treaties on a document that are in force on a day."""
    return tuple(one for one in treaties() if one.document == document and one.since <= on <= one.until)


def _check(row: Treaty, where: str) -> None:
    if row.document not in document_classes():
        raise SpecError("unknown document", where=where, hint=row.document)
    state = mrz.codes.state_codes().get(row.state)
    if state is None or not state.issues:
        raise SpecError("unknown State", where=where, hint=row.state)
