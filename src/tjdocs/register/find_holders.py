"""Find a holder's documents at the desk: by name and date of birth, exactly or widely.

Persons are sealed. The exact search uses the keyed hash of name and date of birth, and opens the rows that have it. The
wide one opens every holder's row and compares names as a look-up in a list does (:func:`tjdocs.mrz.names.resemble`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from tjdocs.auditlog.entry import as_bytes
from tjdocs.errors import RegisterError, UsageError
from tjdocs.mrz.names import Reach, Relation, readings, resemble
from tjdocs.register import queries, tables
from tjdocs.register.context import Context
from tjdocs.register.holders import Person, hashes, open_sealed
from tjdocs.register.issued_documents import read_row
from tjdocs.register.records import Document

__all__ = ["MOST", "Held", "Search", "find"]

MOST = 50
_ORDER = tuple(Relation)


@dataclass(frozen=True, slots=True)
class Held:
    """One document with its holder.

    :param relation: how the holder's name stands to the name that was looked for
    """

    document: Document
    person: Person = field(repr=False)
    relation: Relation = Relation.EXACT


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    :param held: the closest names first, then the latest issued first; at most 50
    :param more: there are more
    :param opened: number of holders' rows that were opened
    :param damaged: number of rows that could not be; an audit names them
    """

    held: tuple[Held, ...]
    more: bool = False
    opened: int = 0
    damaged: int = 0


def find(
    context: Context, family_name: str, *, given_names: str, date_of_birth: date | None, wide: bool, officer: str
) -> Search:
    """See :meth:`tjdocs.register.Register.find`."""
    if not (given_names or date_of_birth):
        hint = "give the given names or the date of birth too"
        raise UsageError("too little to find a holder by", where="given_names, date_of_birth", hint=hint)
    # the name alone is checked as a person's is; a search without a date of birth is not one of the person's
    wanted = Person(family_name, date.min if date_of_birth is None else date_of_birth, given_names=given_names)
    if not context.keys.data or not context.secrets.lookup:
        raise RegisterError("persons cannot be looked up", where="keys", hint="open the register with its data key")
    with context.store.read() as connection:
        context.access.may_read(connection, "look-up", officer)
        if wide or date_of_birth is None:
            rows = queries.stream(connection, queries.PERSONS)
        else:
            rows = iter(queries.execute(connection, queries.HOLDERS, (hashes(wanted, context.secrets.lookup)[0],)))
        return _sorted(context, connection, rows, lambda person: _relation(person, wanted, date_of_birth))


def _relation(person: Person, wanted: Person, born: date | None) -> Relation:
    """Return how a holder's name stands to the wanted one; without given names the surnames are compared alone."""
    if born is not None and person.date_of_birth != born:
        return Relation.DIFFERS
    pairs = [(one.family_name, f"{one.given_names} {one.patronymic}".strip()) for one in (person, wanted)]
    if not pairs[1][1]:
        pairs = [(primary, "") for primary, _ in pairs]
    reach = Reach.WHOLE if born is not None else Reach.NEAR
    relations = {resemble(name, pairs[0], reach) for name in readings(pairs[1])}
    return next((each for each in Relation if each in relations), Relation.DIFFERS)


def _sorted(
    context: Context, connection: Connection, rows: Iterator[Any], relation_of: Callable[[Person], Relation]
) -> Search:
    found, opened, damaged = list[tuple[str, Person, Relation]](), 0, 0
    for number, sealed, wrapped in rows:
        opened += 1
        try:
            person = open_sealed(as_bytes(sealed), as_bytes(wrapped), str(number), context.keys)
        except RegisterError:
            damaged += 1
            continue
        if (relation := relation_of(person)) is not Relation.DIFFERS:
            found.append((number, person, relation))
    documents = _documents(connection, [number for number, *_ in found])
    held = [Held(documents[number], person, relation) for number, person, relation in found]
    held.sort(key=lambda one: (one.document.date_of_issue, one.document.number), reverse=True)
    held.sort(key=lambda one: _ORDER.index(one.relation))
    return Search(tuple(held[:MOST]), len(held) > MOST, opened, damaged)


def _documents(connection: Connection, numbers: list[str]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for start in range(0, len(numbers), 500):
        query = select(tables.document).where(tables.document.c.number.in_(numbers[start : start + 500]))
        found |= {row.number: read_row(row) for row in connection.execute(query)}
    return found
