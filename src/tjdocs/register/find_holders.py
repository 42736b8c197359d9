"""Find a holder's documents at the desk: by name and date of birth, exactly or widely, or by personal number.

Persons are sealed. The exact search uses the keyed hash of name and whole date of birth, or of the personal number, and
opens the rows that have it. The wide one opens every holder's row and compares names as a look-up in a list does
(:func:`tjdocs.mrz.names.resemble`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from tjdocs.errors import RegisterError, UsageError
from tjdocs.mrz.names import Reach, Relation, readings, resemble
from tjdocs.register import queries, tables
from tjdocs.register.context import Context
from tjdocs.register.holders import Holder, hashes, numbers, open_sealed
from tjdocs.register.issued_documents import read_row
from tjdocs.register.records import Document
from tjdocs.times import PartialDate

__all__ = ["MOST", "Held", "Search", "find"]

MOST = 50
_KEPT = 1000  # holders of one name of whom the latest issued are looked for
_ORDER = tuple(Relation)
Born = date | PartialDate | None


@dataclass(frozen=True, slots=True)
class Held:
    """One document with its holder.

    :param relation: of the holder's name to the name in the search
    """

    document: Document
    person: Holder = field(repr=False)
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
    context: Context,
    family_name: str,
    *,
    given_names: str,
    date_of_birth: Born,
    personal_number: str,
    wide: bool,
    officer: str,
) -> Search:
    """See :meth:`tjdocs.register.Register.find`."""
    if not isinstance(family_name, str):
        raise UsageError("not a name", where="family_name", hint="a text")
    # texts are checked as a person's are; a search without a date of birth is not one of the person's
    born = date.min if date_of_birth is None else date_of_birth
    wanted = Holder(family_name.strip() or "-", born, given_names=given_names, personal_number=personal_number)
    named = any(sign.isalpha() for sign in family_name)
    if not (named or wanted.personal_key()):
        hint = "give the family name, or the one name, or the personal number"
        raise UsageError("too little to find a holder by", where="family_name, personal_number", hint=hint)
    if not context.keys.data or not context.secrets.lookup:
        raise RegisterError("persons cannot be looked up", where="keys", hint="open the register with its data key")
    with context.store.read() as connection:
        context.access.require_read(connection, "look-up", officer)
        if wanted.personal_key():
            found_by = numbers(wanted, context.secrets.lookup)
            rows = iter(queries.execute(connection, queries.NUMBERED, (found_by[0], found_by[-1])))
        elif wide or type(date_of_birth) is not date:
            rows = queries.stream(connection, queries.PERSONS)
        else:
            rows = iter(queries.execute(connection, queries.HOLDERS, (hashes(wanted, context.secrets.lookup)[0],)))
        return _sorted(context, connection, rows, lambda person: _relation(person, wanted, date_of_birth, named=named))


def _relation(person: Holder, wanted: Holder, born: Born, *, named: bool) -> Relation:
    """Return the relation of a holder's name to the wanted one; without given names only surnames are compared."""
    if born is not None and not _may_be(person.date_of_birth, born):
        return Relation.DIFFERS
    if wanted.personal_key() and person.personal_key() != wanted.personal_key():  # another one under the same hash
        return Relation.DIFFERS
    if not named:
        return Relation.EXACT
    pairs = [(one.family_name, f"{one.given_names} {one.patronymic}".strip()) for one in (person, wanted)]
    if not pairs[1][1]:
        pairs = [(primary, "") for primary, _ in pairs]
    reach = Reach.WHOLE if type(born) is date and person.date_of_birth == born else Reach.NEAR
    relations = {resemble(name, pairs[0], reach) for name in readings(pairs[1])}
    return next((each for each in Relation if each in relations), Relation.DIFFERS)


def _may_be(one: date | PartialDate, other: date | PartialDate) -> bool:
    """Whether the known parts of two dates of birth are the same."""
    texts = one.isoformat(), other.isoformat()
    return texts[0].startswith(texts[1]) or texts[1].startswith(texts[0])


def _sorted(
    context: Context, connection: Connection, rows: Iterator[Any], relation_of: Callable[[Holder], Relation]
) -> Search:
    holders, opened, damaged, more = list[tuple[str, Holder, Relation]](), 0, 0, False
    for row in rows:
        opened += 1
        try:
            person = open_sealed(row.sealed, row.wrapped, str(row.subject), context.keys)
        except RegisterError:
            damaged += 1
            continue
        if (relation := relation_of(person)) is not Relation.DIFFERS:
            holders.append((row.subject, person, relation))
        if len(holders) > 2 * _KEPT:
            holders, more = sorted(holders, key=_closeness)[:_KEPT], True
    documents = _documents(connection, [number for number, *_ in holders])
    matches = [Held(documents[number], person, relation) for number, person, relation in holders]
    matches.sort(key=lambda one: (one.document.date_of_issue, one.document.number), reverse=True)
    matches.sort(key=lambda one: _closeness(("", one.person, one.relation)))
    return Search(tuple(matches[:MOST]), more or len(matches) > MOST, opened, damaged)


def _closeness(found: tuple[str, Holder, Relation]) -> tuple[int, bool]:
    """Return the rank of a holder: the closest name first, and of equally close ones who has the fewest names."""
    _, person, relation = found
    return _ORDER.index(relation), bool(person.given_names or person.patronymic)


def _documents(connection: Connection, keys: list[str]) -> dict[str, Document]:
    documents: dict[str, Document] = {}
    for start in range(0, len(keys), 500):
        query = select(tables.document).where(tables.document.c.number.in_(keys[start : start + 500]))
        documents |= {row.number: read_row(row) for row in connection.execute(query)}
    return documents
