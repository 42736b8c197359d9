"""Lists of persons and documents: bans, watch lists, visas, permits; found by name, birth and number.

An entry may be incomplete: a name in any letters, a year of birth alone, a document number alone. Names are compared by
:func:`tjdocs.mrz.names.resemble`; the index (``_index``) finds the entries to compare. What a match means is in
``specs/border/lists.toml`` and is decided above. A person on a watch list is found by names that resemble theirs, a
right by the name as it is spelt.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from msgspec import Struct

from tjdocs import limits
from tjdocs.errors import UsageError
from tjdocs.mrz.codes import standard
from tjdocs.mrz.names import Name, Reach, Relation, near, resemble, ways
from tjdocs.watchlists import index_lookups
from tjdocs.watchlists.watchlist_entry import (
    Category,
    Entry,
    appeals,
    categories,
    document_key,
    entries,
    is_birth,
)
from tjdocs.watchlists.watchlist_index import AlteredError, Index, is_index, old_entries

__all__ = [
    "Category",
    "Entry",
    "Found",
    "Match",
    "PersonQuery",
    "Unfit",
    "Watchlists",
    "appeals",
    "categories",
    "is_birth",
]

_DAY = len("YYYY-MM-DD")
_WORDS = {Relation.EXACT: "name"}


@dataclass(frozen=True, slots=True)
class PersonQuery:
    """Whom to look for. Personal data: nothing of it is in ``repr``.

    :param names: as many as there are sources
    :param born: ``YYYY-MM-DD``, or its known part: ``YYYY-MM``, ``YYYY``, or an empty text
    :param century: the same in another century, if that may be meant
    :param limit: there are more names than are looked for
    """

    names: tuple[Name, ...] = field(repr=False)
    born: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    nationality: str = field(default="", repr=False)
    document_number: str = field(default="", repr=False)
    issuing_state: str = field(default="", repr=False)
    century: str = field(default="", repr=False)
    limit: bool = False


class Match(Struct, frozen=True):
    """An entry that is, or may be, of the person.

    :param exact: name and whole date of birth are the same, and sex and nationality do not differ; or the document's
        number is the same, and a name agrees
    :param by: ``name``, ``truncated``, ``variant``, ``shortened`` (one lacks given names or a patronymic),
        ``rearranged`` (another order or field), ``altered`` (another ending, sound or letter) or ``document``
    :param born: how the dates of birth match, unless they are the same: ``partly``, or a rule of
        ``specs/mrz/resemblance.toml``
    """

    entry: Entry
    exact: bool
    by: str
    born: str = ""


class Found(Struct, frozen=True):
    """The result of a look-up.

    :param limit: there were too many names or candidates to compare, so that further matches are possible
    :param altered: an index is damaged or was altered, so that further matches are possible
    """

    matches: tuple[Match, ...] = ()
    limit: bool = False
    altered: bool = False


class Unfit(Struct, frozen=True):
    """An entry whose names or number match nobody, or not in each spelling.

    :param reason: ``script`` (letters that no table has), ``no-letters``, ``code`` (no MRZ has the code of its State or
        nationality, or its number has none), ``names`` or ``spellings`` (more than are looked for: it is found by the
        first ones), or ``too-little`` (one name and no whole date of birth)
    """

    id: str
    category: str
    reason: str


class Watchlists:
    """Lists with their indexes; may be shared between threads, and given to other processes.

    :param path: an index made by :meth:`build`
    :raises InputError: not an index, or an altered one
    """

    def __init__(self, path: str | Path) -> None:
        self._parts: tuple[Index, ...] = (Index(path),)
        self._origin: Mapping[str, Any] = {}

    @classmethod
    def _of(cls, parts: Iterable[Index], origin: Mapping[str, Any]) -> "Watchlists":
        lists = cls.__new__(cls)
        lists._parts, lists._origin = tuple(parts), dict(origin)
        return lists

    @classmethod
    def of(cls, rows: Iterable[Entry | Mapping[str, Any]], *, origin: Mapping[str, Any] | None = None) -> "Watchlists":
        """Return lists in memory.

        :param origin: the :meth:`summary` of the lists from which these entries were taken
        :raises UsageError: a malformed entry, with its place, or a malformed origin
        """
        summary = dict(origin or {})
        try:
            for counts in (summary.get("counts", {}), *summary.get("unfit", {}).values()):
                sum(counts.values())
            for kinds in (summary.get("limit", ()), summary.get("altered", ())):
                frozenset(kinds)
        except (AttributeError, TypeError, ValueError):
            raise UsageError("not a summary", where="origin", hint="give the result of Watchlists.summary") from None
        parsed = tuple(
            row if isinstance(row, Entry) else Entry.of(row, where=f"entry {place}")
            for place, row in enumerate(rows, 1)
        )
        return cls._of([Index.of(parsed)], summary)

    @classmethod
    def read(cls, paths: Sequence[str | Path], *, digests: Iterable[str] = ()) -> "Watchlists":
        """Open indexes, and read files of entries (``.csv``, else JSON lines) into memory, as one.

        :param digests: the digest of each file, or of all together, pinned; any file if there is none
        :raises InputError: an unreadable file, an altered index, or a malformed row, with its line
        :raises UsageError: a file without its digest, or a digest without its file
        """
        lists = cls._of((Index(path) if is_index(path) else Index.of(entries(path)) for path in paths), {})
        lists._pin({digest.lower() for digest in digests}, paths)
        return lists

    def _pin(self, digests: set[str], paths: Sequence[str | Path]) -> None:
        if not digests or digests == {self.digest}:
            return
        others = [str(path) for path, digest in zip(paths, self.digests, strict=True) if digest not in digests]
        if others or digests - set(self.digests):
            raise UsageError("the lists are not those pinned", where=", ".join(others) or "a list is missing")

    @classmethod
    def build(cls, path: str | Path, files: Sequence[str | Path]) -> "Watchlists":
        """Make an index of files of entries at ``path``, completely or not at all; only its owner may read it.

        A file may be an index of version 1 or of the version before: its entries are taken over.

        :raises InputError: an unreadable file, or a malformed row, with its line
        :raises OutputError: there is something at ``path``, or the index cannot be made there
        """
        # each is looked at before the index is there: a missing file of the same name would be an empty list
        sources = [old_entries(file) if is_index(file) else entries(file) for file in files]
        return cls._of([Index.build(path, chain.from_iterable(sources))], {})

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._parts, self._origin)

    @property
    def digest(self) -> str:
        """SHA-256 over all entries and their keys, hexadecimal; of several lists, over their digests.

        A list and the index of it have the same digest.
        """
        digests = sorted(self.digests)
        return digests[0] if len(digests) == 1 else sha256(json.dumps(digests).encode()).hexdigest()

    @property
    def digests(self) -> tuple[str, ...]:
        """The digest of each list, in their order."""
        return tuple(part.digest for part in self._parts)

    @property
    def counts(self) -> dict[str, int]:
        """How many entries there are of each category."""
        return dict(self._origin["counts"] if "counts" in self._origin else _sum(part.counts for part in self._parts))

    @property
    def unfit_counts(self) -> dict[str, dict[str, int]]:
        """How many unfit entries there are of each category, by reason."""
        if "unfit" in self._origin:
            return {category: dict(counts) for category, counts in self._origin["unfit"].items()}
        parts = [part.unfit_counts for part in self._parts]
        return {category: _sum(part.get(category, {}) for part in parts) for one in parts for category in one}

    def unfit(self) -> list[Unfit]:
        """Return the entries whose names or number match nobody, or not in each spelling.

        :raises InputError: an index was altered
        """
        return [Unfit(*row) for part in self._parts for row in part.unfit()]

    def check(self) -> None:
        """Verify every row of every index; a look-up verifies the rows that it reads.

        :raises InputError: a row was altered
        """
        for part in self._parts:
            part.check()

    def summary(self, results: Mapping[str, Found]) -> dict[str, Any]:
        """Return the facts about these lists that an excerpt of them lacks.

        :param results: the look-ups that made the excerpt, by the kind of their categories
        """
        return {
            "counts": self.counts,
            "unfit": self.unfit_counts,
            "limit": [kind for kind, result in results.items() if result.limit],
            "altered": [kind for kind, result in results.items() if result.altered],
        }

    def find(self, person: PersonQuery, wanted: Iterable[str]) -> Found:
        """Return the matches in the categories ``wanted``, all of one kind: exact ones first, each entry once."""
        categories_ = frozenset(wanted)
        kinds = {categories()[name].kind for name in categories_}
        births = tuple(dict.fromkeys((person.born, person.century or person.born)))
        hashes, names = index_lookups.looked_up(person.names, births, person.issuing_state, person.document_number)
        limit = person.limit or len(names) < len(person.names) or not kinds.isdisjoint(self._origin.get("limit", ()))
        altered = not kinds.isdisjoint(self._origin.get("altered", ()))
        candidates: list[Entry] = []
        for part in self._parts:
            try:
                entries_, more = part.candidates(hashes, limits.CANDIDATES - len(candidates))
            except AlteredError:
                altered = True
                continue
            candidates += entries_
            limit = limit or more
        person = replace(person, names=names)
        compared = _affordable(person, candidates)
        limit = limit or len(compared) < len(candidates)
        wanted_ = [entry for entry in compared if entry.category in categories_]
        matches = [match for match in map(partial(_compare, person), wanted_) if match is not None]
        matches.sort(key=lambda match: not match.exact)
        return Found(tuple(matches), limit, altered)


def _again(parts: tuple[Index, ...], origin: Mapping[str, Any]) -> Watchlists:
    return Watchlists._of(parts, origin)


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for key, count in one.items():
            total[key] = total.get(key, 0) + count
    return total


# ---------------------------------------------------------------------------------------------------------- comparing


def _affordable(person: PersonQuery, candidates: Sequence[Entry]) -> list[Entry]:
    """Return the candidates that are compared, in their order: those that may match exactly come first into account.

    Entries of all categories count, so that whichever are asked for, the same entries are compared.
    """

    def may_be_exact(entry: Entry) -> bool:
        return _same_document(person, entry) or _births(person, entry.date_of_birth)[0] == ""

    order = sorted(range(len(candidates)), key=lambda place: not may_be_exact(candidates[place]))
    budget = limits.COMPARISONS
    places = []
    for place in order:
        budget -= len(person.names) * sum(map(ways, candidates[place].names))
        if budget < 0:
            break
        places.append(place)
    return [candidates[place] for place in sorted(places)]


def _same_document(person: PersonQuery, entry: Entry) -> bool:
    document = document_key(entry.issuing_state, entry.document_number)
    return any(document) and document == document_key(person.issuing_state, person.document_number)


def _compare(person: PersonQuery, entry: Entry) -> Match | None:
    watched = categories()[entry.category].kind == "watch"
    born, reach = _births(person, entry.date_of_birth)
    if not watched:
        reach = None
    if _same_document(person, entry):
        # the number is the same: if the name differs an officer decides
        return Match(entry, not entry.names or _names(person, entry, None) != "", "document")
    if born is None or not (watched or born in ("", "partly")):
        return None
    by = _names(person, entry, reach) if entry.names else ""
    if not by:
        return None
    against = any(
        one and other and one != other
        for one, other in (
            (person.sex, entry.sex),
            (standard(person.nationality), standard(entry.nationality)),
        )
    )
    return Match(entry, by == "name" and not born and not against, by, born)


def _names(person: PersonQuery, entry: Entry, reach: Reach | None) -> str:
    """Return how one of the person's names agrees with one of the entry's, the best first; empty: not at all."""
    relations = {resemble(name, other, reach) for other in entry.names for name in person.names}
    best = next((relation for relation in Relation if relation in relations), Relation.DIFFERS)
    return "" if best is Relation.DIFFERS else _WORDS.get(best, str(best))


def _births(person: PersonQuery, born: str) -> tuple[str | None, Reach | None]:
    """Return how the dates of birth match (empty: whole and the same; None: they differ), and the reach."""
    if person.born == born and len(born) == _DAY:
        return "", Reach.WHOLE
    if _alike(person.born, born):
        # without a year the names alone would match too many persons
        return "partly", Reach.PARTLY if person.born and born else None
    if rule := near(person.born).get(born, ""):
        return rule, Reach.NEAR
    if person.century and _alike(person.century, born):
        return "century", Reach.NEAR if len(person.century) == len(born) == _DAY else Reach.PARTLY
    return None, None


def _alike(one: str, other: str) -> bool:
    """Whether the known parts of both dates are the same."""
    return one.startswith(other) or other.startswith(one)
