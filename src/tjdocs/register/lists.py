"""Lists of persons and documents: bans, watch lists, visas, permits; found by name, birth and number.

An entry may be incomplete: a name in any letters, a year of birth alone, a document number alone. Whether two names
are one is for :func:`tjdocs.mrz.names.agree`; the index (``_index``) only says which entries to compare. What a match
means stands in ``specs/border/lists.toml`` and is decided above.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tjdocs.errors import InputError, OutputError
from tjdocs.mrz.names import Name, Relation, agree
from tjdocs.register import _index
from tjdocs.register._entries import Category, Entry, appeals, categories, entries

__all__ = ["Category", "Entry", "Found", "Lists", "Match", "Person", "appeals", "categories"]

MAX_CANDIDATES = 2000
_HEAD = b"SQLite format 3\x00"
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE entry (id INTEGER PRIMARY KEY, category TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE key (hash INTEGER NOT NULL, entry INTEGER NOT NULL);
INSERT INTO meta VALUES ('version', '1');
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to look for. Personal data: nothing of it is in ``repr``.

    :param names: as many as there are sources
    :param born: ``YYYY-MM-DD``, or what of it is known: ``YYYY-MM``, ``YYYY``, or an empty text
    """

    names: tuple[Name, ...] = field(repr=False)
    born: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    nationality: str = field(default="", repr=False)
    document_number: str = field(default="", repr=False)
    issuing_state: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that is, or may be, of the person.

    :param exact: name and whole date of birth are the same and nothing speaks against it, or the document's number
        and a name that agrees
    :param by: ``name``, ``truncated``, ``variant``, ``shortened`` (one of them lacks given names or a patronymic)
        or ``document``
    """

    entry: Entry
    exact: bool
    by: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    :param limit: there were too many candidates to compare, so that nothing found says nothing
    """

    matches: tuple[Match, ...] = ()
    limit: bool = False


class Lists:
    """Lists with their index; may be shared between threads, and given to other processes.

    :param path: an index made by :meth:`build`
    :raises InputError: there is none
    """

    def __init__(self, path: str | Path) -> None:
        self._open(str(path))
        self._more: tuple[Lists, ...] = ()

    def _open(self, path: str, kept: tuple[Entry, ...] = ()) -> None:
        self._path, self._kept = path, kept
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._database = _opened(path) if path else sqlite3.connect(":memory:", check_same_thread=False)
        if not path:
            self._database.executescript(_SCHEMA)
            _fill(self._database, kept)
        self._counts = dict(self._database.execute("SELECT key, value FROM meta WHERE key LIKE 'count:%'").fetchall())

    @classmethod
    def of(cls, given: Iterable[Entry | Mapping[str, Any]], *, counts: Mapping[str, int] | None = None) -> "Lists":
        """Return lists in memory.

        :param counts: how many entries of each category the lists had of which these are an excerpt
        :raises UsageError: an entry that is malformed; its place is named
        """
        kept = tuple(
            item if isinstance(item, Entry) else Entry.of(item, where=f"entry {place}")
            for place, item in enumerate(given, 1)
        )
        lists = cls.__new__(cls)
        lists._open("", kept)
        lists._counts |= {f"count:{category}": str(count) for category, count in (counts or {}).items()}
        lists._more = ()
        return lists

    @classmethod
    def read(cls, paths: Sequence[str | Path]) -> "Lists":
        """Open indexes, and read files of entries (``.csv``, else JSON lines) into memory, as one.

        :raises InputError: a file that cannot be read, or a malformed row; its line is named
        """
        stores = [path for path in paths if _is_index(path)]
        rest = [entry for path in paths if path not in stores for entry in entries(path)]
        lists = cls.of(rest)
        lists._more = tuple(cls(path) for path in stores)
        return lists

    @classmethod
    def build(cls, path: str | Path, files: Sequence[str | Path]) -> "Lists":
        """Make an index of files of entries at ``path``, whole or not at all; only its owner may read it.

        :raises InputError: a file that cannot be read, or a malformed row; its line is named
        :raises OutputError: something lies at ``path``, or it cannot be made there
        """
        unfinished = f"{path}.unfinished"
        try:
            for place in (path, unfinished):
                os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(sqlite3.connect(unfinished)) as database:
                database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
                _fill(database, (entry for file in files for entry in entries(file)))
            os.replace(unfinished, path)
        except FileExistsError:
            raise OutputError("exists already", where=str(path), hint="name a new file") from None
        except (OSError, sqlite3.Error) as error:
            _remove(unfinished, path)
            raise OutputError("cannot make an index", where=str(path), hint=type(error).__name__) from None
        except BaseException:
            _remove(unfinished, path)
            raise
        return cls(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._path, self._kept, self._more)

    @property
    def counts(self) -> dict[str, int]:
        """How many entries there are of each category."""
        found = {key.removeprefix("count:"): int(value) for key, value in self._counts.items()}
        for other in self._more:
            for category, count in other.counts.items():
                found[category] = found.get(category, 0) + count
        return found

    def find(self, person: Person, wanted: Iterable[str]) -> Found:
        """Return the matches in the categories ``wanted``, exact ones first, each entry once."""
        names = frozenset(wanted)
        hashes = _index.looked_up(person.names, person.born, person.issuing_state, person.document_number)
        rows = self._candidates(hashes)
        limit = len(rows) > MAX_CANDIDATES
        matches = []
        for category, data in rows[:MAX_CANDIDATES]:
            if category in names:
                match = _compare(person, Entry.from_text(data))
                if match is not None:
                    matches.append(match)
        matches.sort(key=lambda match: not match.exact)
        for other in self._more:
            found = other.find(person, names)
            matches += found.matches
            limit = limit or found.limit
        return Found(tuple(matches), limit)

    def _candidates(self, hashes: list[int]) -> list[tuple[str, str]]:
        if not hashes:
            return []
        marks = ",".join("?" * len(hashes))
        statement = (
            "SELECT category, data FROM entry WHERE id IN"  # noqa: S608 (question marks only)
            f" (SELECT entry FROM key WHERE hash IN ({marks})) LIMIT {MAX_CANDIDATES + 1}"
        )
        with self._lock:
            if self._path and self._process != os.getpid():  # a connection does not survive a fork
                self._database, self._process = _opened(self._path), os.getpid()
            return self._database.execute(statement, hashes).fetchall()


def _again(path: str, kept: tuple[Entry, ...], more: tuple[Lists, ...]) -> Lists:
    lists = Lists(path) if path else Lists.of(kept)
    lists._more = more
    return lists


def _remove(*paths: str | Path) -> None:
    for path in paths:
        with suppress(OSError):
            os.unlink(path)


def _is_index(path: str | Path) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(_HEAD)) == _HEAD
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None


def _opened(path: str) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        version = database.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    except sqlite3.Error:
        raise InputError("no index of lists", where=path, hint="make one with `tjdocs border lists`") from None
    if version != ("1",):
        raise InputError("index of lists of another version", where=path, hint="make it again")
    return database


def _fill(database: sqlite3.Connection, given: Iterable[Entry]) -> None:
    counts: dict[str, int] = {}

    def rows() -> Iterable[tuple[int, int]]:
        for number, entry in enumerate(given, 1):
            counts[entry.category] = counts.get(entry.category, 0) + 1
            database.execute("INSERT INTO entry VALUES (?, ?, ?)", (number, entry.category, entry.text()))
            for value in _index.stored(entry.names, entry.date_of_birth, entry.issuing_state, entry.document_number):
                yield value, number

    database.executemany("INSERT INTO key VALUES (?, ?)", rows())
    database.execute("CREATE INDEX key_hash ON key (hash, entry)")
    database.executemany("INSERT INTO meta VALUES (?, ?)", [(f"count:{key}", str(n)) for key, n in counts.items()])
    database.execute("ANALYZE")
    database.commit()


# ---------------------------------------------------------------------------------------------------------- comparing


def _compare(person: Person, entry: Entry) -> Match | None:
    same_document = bool(entry.document_number) and (entry.document_number, entry.issuing_state) == (
        person.document_number,
        person.issuing_state,
    )
    by = _names(person, entry) if entry.names else ""
    if same_document:
        # a document's number is the document's: with another name on it an officer decides
        return Match(entry, by != "" or not entry.names, "document")
    if not by or not _born_alike(person.born, entry.date_of_birth):
        return None
    whole = len(person.born) == len(entry.date_of_birth) == len("YYYY-MM-DD")
    against = any(
        ours and theirs and ours != theirs
        for ours, theirs in ((person.sex, entry.sex), (person.nationality, entry.nationality))
    )
    return Match(entry, by == "name" and whole and not against, by)


def _names(person: Person, entry: Entry) -> str:
    """Return how one of the person's names agrees with one of the entry's, the best first; empty: not at all."""
    best = ""
    for theirs in entry.names:
        for ours in person.names:
            relation = agree(ours, theirs).relation
            if relation is Relation.EXACT:
                return "name"
            if relation is not Relation.DIFFERS:
                best = str(relation)
            elif not best and _shortened(ours, theirs):
                best = "shortened"
    return best


def _shortened(ours: Name, theirs: tuple[str, str]) -> bool:
    """Whether the names agree once the patronymic, or further given names, of one of them are left away."""
    parts = theirs[1].split()
    count = min(len(parts), len(ours.secondary))
    if not count or len(parts) == len(ours.secondary):
        return False
    return agree(Name(ours.primary, ours.secondary[:count]), (theirs[0], " ".join(parts[:count]))).holds


def _born_alike(one: str, other: str) -> bool:
    """Whether what is known of both dates is the same."""
    return one.startswith(other) or other.startswith(one)
