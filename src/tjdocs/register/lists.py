"""Lists of persons and documents: bans, watch lists, visas, permits; found by name, birth and number.

An entry may be incomplete: a name in any letters, a year of birth alone, a document number alone. Names are compared by
:func:`tjdocs.mrz.names.resemble`; the index (``_index``) finds the entries to compare. What a match means is in
``specs/border/lists.toml`` and is decided above. A person on a watch list is found by names that resemble theirs, a
right by the name as it is spelt.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tjdocs.errors import UsageError
from tjdocs.mrz.names import Name, Reach, Relation, near, resemble
from tjdocs.register import _lookups
from tjdocs.register._entries import Category, Entry, appeals, categories, entries, is_birth
from tjdocs.register._index import AlteredError, Index, is_index

__all__ = [
    "Category",
    "Entry",
    "Found",
    "Lists",
    "Match",
    "Person",
    "Unfit",
    "appeals",
    "categories",
    "is_birth",
]

MAX_CANDIDATES = 2000
_DAY = len("YYYY-MM-DD")
_WORDS = {Relation.EXACT: "name"}


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to look for. Personal data: nothing of it is in ``repr``.

    :param names: as many as there are sources
    :param born: ``YYYY-MM-DD``, or what of it is known: ``YYYY-MM``, ``YYYY``, or an empty text
    :param century: the date of birth if the holder is older than a hundred, where that may be
    :param limit: there are further names, too many to look for
    """

    names: tuple[Name, ...] = field(repr=False)
    born: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    nationality: str = field(default="", repr=False)
    document_number: str = field(default="", repr=False)
    issuing_state: str = field(default="", repr=False)
    century: str = field(default="", repr=False)
    limit: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that is, or may be, of the person.

    :param exact: name and whole date of birth are the same and nothing speaks against it, or the document's number
        and a name that agrees
    :param by: ``name``, ``truncated``, ``variant``, ``shortened`` (one lacks given names or a patronymic),
        ``rearranged`` (another order or field), ``altered`` (another ending, sound or letter) or ``document``
    :param born: how the dates of birth fit where they are not the same: ``partly``, or a rule of
        ``specs/mrz/resemblance.toml``
    """

    entry: Entry
    exact: bool
    by: str
    born: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    :param limit: there were too many candidates to compare, so that nothing found says nothing
    :param altered: an index is damaged or was altered, likewise
    """

    matches: tuple[Match, ...] = ()
    limit: bool = False
    altered: bool = False


@dataclass(frozen=True, slots=True)
class Unfit:
    """An entry by whose names nobody can be found.

    :param reason: ``script`` (letters that no table has), ``no-letters``, or ``too-little`` (one name and no whole
        date of birth)
    """

    id: str
    category: str
    reason: str


class Lists:
    """Lists with their indexes; may be shared between threads, and given to other processes.

    :param path: an index made by :meth:`build`
    :raises InputError: there is none, or it was altered
    """

    def __init__(self, path: str | Path) -> None:
        self._parts: tuple[Index, ...] = (Index(path),)
        self._said: Mapping[str, Any] = {}

    @classmethod
    def _of(cls, parts: Iterable[Index], said: Mapping[str, Any]) -> "Lists":
        lists = cls.__new__(cls)
        lists._parts, lists._said = tuple(parts), dict(said)
        return lists

    @classmethod
    def of(cls, given: Iterable[Entry | Mapping[str, Any]], *, said: Mapping[str, Any] | None = None) -> "Lists":
        """Return lists in memory.

        :param said: of the lists of which these are an excerpt, :meth:`said`
        :raises UsageError: an entry that is malformed; its place is named; or ``said`` is
        """
        try:
            told = dict(said or {})
            for counts in (told.get("counts", {}), *told.get("unfit", {}).values()):
                sum(counts.values())
        except (AttributeError, TypeError, ValueError):
            raise UsageError("no counts", where="said", hint="what Lists.said returned") from None
        kept = tuple(
            item if isinstance(item, Entry) else Entry.of(item, where=f"entry {place}")
            for place, item in enumerate(given, 1)
        )
        return cls._of([Index.of(kept)], told)

    @classmethod
    def read(cls, paths: Sequence[str | Path], *, digests: Iterable[str] = ()) -> "Lists":
        """Open indexes, and read files of entries (``.csv``, else JSON lines) into memory, as one.

        :param digests: pins: where there are any, each file has one of them, and each is a file's; or the one of all
        :raises InputError: a file that cannot be read, an index that was altered, or a malformed row; its line is named
        :raises UsageError: a file is another than those pinned
        """
        lists = cls._of((Index(path) if is_index(path) else Index.of(entries(path)) for path in paths), {})
        lists._pin({digest.lower() for digest in digests}, paths)
        return lists

    def _pin(self, digests: set[str], paths: Sequence[str | Path]) -> None:
        if not digests or digests == {self.digest}:
            return
        other = [str(path) for path, digest in zip(paths, self.digests, strict=True) if digest not in digests]
        if other or digests - set(self.digests):
            raise UsageError("the lists are not those pinned", where=", ".join(other) or "a list is missing")

    @classmethod
    def build(cls, path: str | Path, files: Sequence[str | Path]) -> "Lists":
        """Make an index of files of entries at ``path``, whole or not at all; only its owner may read it.

        :raises InputError: a file that cannot be read, or a malformed row; its line is named
        :raises OutputError: something lies at ``path``, or it cannot be made there
        """
        return cls._of([Index.build(path, (entry for file in files for entry in entries(file)))], {})

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._parts, self._said)

    @property
    def digest(self) -> str:
        """SHA-256 over all entries with the keys by which they are found, hexadecimal; of several lists, over theirs.

        A list read as it is and an index of it have the same.
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
        return dict(self._said["counts"] if "counts" in self._said else _sum(part.counts for part in self._parts))

    @property
    def unfit_counts(self) -> dict[str, dict[str, int]]:
        """How many entries of each category nobody can be found by, by the reason."""
        if "unfit" in self._said:
            return {category: dict(counts) for category, counts in self._said["unfit"].items()}
        found = [part.unfit_counts for part in self._parts]
        return {category: _sum(one.get(category, {}) for one in found) for one in found for category in one}

    def unfit(self) -> list[Unfit]:
        """Return the entries that have no name by which anybody can be found.

        :raises InputError: an index was altered
        """
        return [Unfit(*row) for part in self._parts for row in part.unfit()]

    def check(self) -> None:
        """Verify every row of every index; looking somebody up verifies those that it reads.

        :raises InputError: one was altered
        """
        for part in self._parts:
            part.check()

    def said(self, *found: Found) -> dict[str, Any]:
        """Return what an excerpt of these lists needs to know of the whole, and of what was found in it."""
        return {
            "counts": self.counts,
            "unfit": self.unfit_counts,
            "limit": any(one.limit for one in found),
            "altered": any(one.altered for one in found),
        }

    def find(self, person: Person, wanted: Iterable[str]) -> Found:
        """Return the matches in the categories ``wanted``, exact ones first, each entry once."""
        names = frozenset(wanted)
        births = tuple(dict.fromkeys((person.born, person.century or person.born)))
        hashes = _lookups.looked_up(person.names, births, person.issuing_state, person.document_number)
        matches: list[Match] = []
        limit, altered = person.limit or bool(self._said.get("limit")), bool(self._said.get("altered"))
        for part in self._parts:
            try:
                candidates, more = part.candidates(hashes, names, MAX_CANDIDATES)
            except AlteredError:
                altered = True
                continue
            limit = limit or more
            compared = (_compare(person, entry) for entry in candidates)
            matches += [match for match in compared if match is not None]
        matches.sort(key=lambda match: not match.exact)
        return Found(tuple(matches), limit, altered)


def _again(parts: tuple[Index, ...], said: Mapping[str, Any]) -> Lists:
    return Lists._of(parts, said)


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in counts:
        for category, count in one.items():
            found[category] = found.get(category, 0) + count
    return found


# ---------------------------------------------------------------------------------------------------------- comparing


def _compare(person: Person, entry: Entry) -> Match | None:
    watched = categories()[entry.category].kind == "watch"
    same_document = bool(entry.document_number) and (entry.document_number, entry.issuing_state) == (
        person.document_number,
        person.issuing_state,
    )
    born, reach = _births(person, entry.date_of_birth)
    if not watched:
        reach = None
    if same_document:
        # a document's number is the document's: with another name on it an officer decides
        return Match(entry, not entry.names or _names(person, entry, None) != "", "document")
    if born is None or not (watched or born in ("", "partly")):
        return None
    by = _names(person, entry, reach) if entry.names else ""
    if not by:
        return None
    against = any(
        ours and theirs and ours != theirs
        for ours, theirs in ((person.sex, entry.sex), (person.nationality, entry.nationality))
    )
    return Match(entry, by == "name" and not born and not against, by, born)


def _names(person: Person, entry: Entry, reach: Reach | None) -> str:
    """Return how one of the person's names agrees with one of the entry's, the best first; empty: not at all."""
    found = {resemble(ours, theirs, reach) for theirs in entry.names for ours in person.names}
    best = next(relation for relation in Relation if relation in found or relation is Relation.DIFFERS)
    return "" if best is Relation.DIFFERS else _WORDS.get(best, str(best))


def _births(person: Person, born: str) -> tuple[str | None, Reach | None]:
    """Return how the dates of birth fit (empty: they are whole and the same; None: not at all), and the reach."""
    if person.born == born and len(born) == _DAY:
        return "", Reach.WHOLE
    if _alike(person.born, born):
        # without so much as a year, names alone would join too many
        return "partly", Reach.PARTLY if person.born and born else None
    if rule := near(person.born).get(born, ""):
        return rule, Reach.NEAR
    if person.century and _alike(person.century, born):
        return "century", Reach.NEAR if len(person.century) == len(born) == _DAY else Reach.PARTLY
    return None, None


def _alike(one: str, other: str) -> bool:
    """Whether what is known of both dates is the same."""
    return one.startswith(other) or other.startswith(one)
