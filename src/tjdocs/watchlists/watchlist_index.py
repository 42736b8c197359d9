"""An index of a list: entries and the keys that find them, each verified whenever it is read.

Keys are in buckets by the beginning of their hash. The digests of 256 buckets are a row, the digests of all rows the
root. The root's digest is in ``meta`` with the counts, and the digest of ``meta`` is that of the index. A key has the
digest of its entry. So a look-up notices an entry or key that was altered or removed. An index that was made again has
another digest.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tjdocs import databases
from tjdocs.errors import InputError, OutputError
from tjdocs.watchlists import index_form as form
from tjdocs.watchlists.watchlist_entry import Entry

__all__ = ["AlteredError", "Index", "is_index", "old_entries"]

_HEAD = b"SQLite format 3\x00"
_HINT = "make one with `tjdocs border lists FILE… --out NEW`"
_RENEWAL = "build it again from its lists: `tjdocs border lists FILE… --out NEW`"
_OLD = "make the new form of it: `tjdocs border lists OLD --out NEW`"


class AlteredError(Exception):
    """A part of an index differs from its digest."""


class Index:
    """An index, in a file or in memory; may be shared between threads, and opened again in other processes.

    :param path: a file made by :meth:`build`
    :raises InputError: not an index, one of another version, or one with an altered beginning
    """

    def __init__(self, path: str | Path) -> None:
        self._entries: tuple[Entry, ...] = ()
        self._start(str(path), _opened(path))

    def _start(self, path: str, database: sqlite3.Connection, version: str = form.VERSION) -> None:
        self._path, self._database, self._version = path, database, version
        self._lock, self._process = threading.Lock(), os.getpid()
        try:
            self._read_meta()
        except (AlteredError, sqlite3.Error, ValueError, KeyError):
            database.close()
            raise self._altered() from None

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Index":
        """Return an index in memory."""
        index = cls.__new__(cls)
        index._entries = tuple(entries)
        database = sqlite3.connect(":memory:", check_same_thread=False)
        form.fill(database, index._entries)
        index._start("", database)
        return index

    @classmethod
    def build(cls, path: str | Path, entries: Iterable[Entry]) -> "Index":
        """Make an index at ``path``, completely or not at all; only its owner may read it.

        :raises OutputError: there is something at ``path``, or the index cannot be made there
        """
        unfinished = f"{path}.unfinished"
        try:
            for place in (path, unfinished):
                os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(sqlite3.connect(unfinished)) as database:
                database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
                form.fill(database, entries)
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

    @classmethod
    def check_old(cls, path: str | Path, database: sqlite3.Connection, version: str) -> None:
        """Verify every row of an index of an older version with the same tables.

        :raises InputError: one was altered
        """
        index = cls.__new__(cls)
        index._entries = ()
        index._start(str(path), database, version)
        index.check()

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._path, self.digest, self._entries)

    def _altered(self) -> InputError:
        return InputError("the index of lists was altered", where=self._path, hint=_RENEWAL)

    def _read_meta(self) -> None:
        meta: dict[str, str] = dict(databases.rows(self._database, "SELECT key, value FROM meta", where=self._path))
        if not all(isinstance(text, str) for pair in meta.items() for text in pair):
            raise AlteredError
        self.digest = meta.pop("digest")
        if form.digest_of(meta) != self.digest or meta["version"] != self._version:
            raise AlteredError
        self._bits, self._unfit = int(meta["bits"]), meta["unfit"]
        self.counts = _counts(meta, "count:")
        self.unfit_counts: dict[str, dict[str, int]] = {}
        for key, count in _counts(meta, "unfit:").items():
            reason, _, category = key.partition(":")
            self.unfit_counts.setdefault(category, {})[reason] = count
        self._root, self._rows = self._digests(form.ROOT), dict[int, bytes]()
        if sha256(self._root).hexdigest() != meta["root"]:
            raise AlteredError

    def _digests(self, part: int) -> bytes:
        row = self._database.execute("SELECT digests FROM digest WHERE part = ?", (part,)).fetchone()
        if row is None or not isinstance(row[0], bytes):
            raise AlteredError
        return bytes(row[0])

    # -------------------------------------------------------------------------------------------------- one look-up

    def candidates(self, hashes: Iterable[bytes], limit: int) -> tuple[list[Entry], bool]:
        """Return the first ``limit`` entries under these keys, and whether more have one.

        :raises AlteredError: an entry, or a bucket that may contain its key, was altered
        """
        with self._lock:
            try:
                self._reopen()
                numbers = sorted(self._numbers(hashes).items())
                texts = self._texts(dict(numbers[:limit]))
                return [_entry(category, data) for category, data in texts], len(numbers) > limit
            except (sqlite3.Error, InputError):
                raise AlteredError from None

    def _reopen(self) -> None:
        if self._path and self._process != os.getpid():  # a connection does not survive a fork
            self._database, self._process = _opened(self._path), os.getpid()

    def _numbers(self, hashes: Iterable[bytes]) -> dict[int, bytes]:
        """Return the numbers of the entries under these keys, with the digest of each."""
        buckets: dict[int, list[bytes]] = {}
        for key in set(hashes):
            buckets.setdefault(form.bucket_of(key, self._bits), []).append(key)
        result: dict[int, bytes] = {}
        statement = f"SELECT bucket, hashes FROM key WHERE bucket IN ({_marks(buckets)})"  # noqa: S608 - question marks
        empty = set(buckets)
        for bucket, data in self._database.execute(statement, list(buckets)):
            empty.discard(bucket)
            self._verify(bucket, data)
            for key in buckets[bucket]:
                result.update(form.under(key, data))
        for bucket in empty:
            self._verify(bucket, b"")
        return result

    def _verify(self, bucket: int, data: object) -> None:
        part, place = divmod(bucket, form.PART)
        row = self._rows.get(part)
        if row is None:
            row = self._digests(part)
            if form.short(row) != self._root[part * form.DIGEST : (part + 1) * form.DIGEST]:
                raise AlteredError
            self._rows[part] = row
        if not isinstance(data, bytes) or form.short(data) != row[place * form.DIGEST : (place + 1) * form.DIGEST]:
            raise AlteredError

    def _texts(self, numbers: Mapping[int, bytes]) -> Iterator[tuple[str, str]]:
        """Yield category and text of the entries of these numbers."""
        statement = f"SELECT id, category, data FROM entry WHERE id IN ({_marks(numbers)})"  # noqa: S608
        count = 0
        for number, category, data in self._database.execute(statement, list(numbers)):
            count += 1
            if form.entry_digest(number, category, data) != numbers[number]:
                raise AlteredError
            yield category, data
        if count != len(numbers):
            raise AlteredError

    # --------------------------------------------------------------------------------------------------- everything

    def unfit(self) -> list[tuple[str, str, str]]:
        """Return id, category and reason of every unfit entry, in their order.

        :raises InputError: they were altered
        """
        statement = "SELECT entry.id, category, data, reason FROM unfit JOIN entry USING (id) ORDER BY unfit.id"
        try:
            with self._lock:
                self._reopen()
                rows = databases.rows(self._database, statement, where=self._path)
            if form.unfit_digest((row[0], row[3]) for row in rows) != self._unfit:
                raise AlteredError
            return [(_entry(category, data).id, category, reason) for _, category, data, reason in rows]
        except (AlteredError, sqlite3.Error):
            raise self._altered() from None

    def check(self) -> None:
        """Verify every row.

        :raises InputError: one was altered
        """
        try:
            with self._lock:
                self._reopen()
                self._check_entries(self._check_buckets())
        except (AlteredError, sqlite3.Error):
            raise self._altered() from None
        self.unfit()

    def _check_buckets(self) -> dict[int, bytes]:
        """Verify all buckets; return the digest that they have of each entry."""
        digests: dict[int, bytes] = {}
        last = -1
        for bucket, data in self._database.execute("SELECT bucket, hashes FROM key ORDER BY bucket"):
            if not last < bucket < 1 << self._bits:
                raise AlteredError
            for empty in range(last + 1, bucket):
                self._verify(empty, b"")
            self._verify(bucket, data)
            for place in range(0, len(data), form.KEY):
                digests.update(form.under(data[place : place + form.HASH], data[place : place + form.KEY]))
            last = bucket
        for empty in range(last + 1, 1 << self._bits):
            self._verify(empty, b"")
        return digests

    def _check_entries(self, digests: Mapping[int, bytes]) -> None:
        counts: dict[str, int] = {}
        numbers = set()
        for number, category, data in _rising(self._database, self._path):
            if digests.get(number, b"") not in (b"", form.entry_digest(number, category, data)):
                raise AlteredError
            numbers.add(number)
            category = _entry(category, data).category
            counts[category] = counts.get(category, 0) + 1
        if counts != dict(self.counts) or not digests.keys() <= numbers:
            raise AlteredError


def _again(path: str, digest: str, entries: tuple[Entry, ...]) -> Index:
    index = Index(path) if path else Index.of(entries)
    if index.digest != digest:
        raise InputError("the index of lists was replaced", where=path, hint="open the new one")
    return index


def is_index(path: str | Path) -> bool:
    """Whether a file is an index rather than a list.

    :raises InputError: it cannot be read
    """
    try:
        with open(path, "rb") as file:
            return file.read(len(_HEAD)) == _HEAD
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None


def old_entries(path: str | Path) -> Iterator[Entry]:
    """Yield the entries of an index of an older version.

    Version 1 had no digests: nothing shows whether it was altered.

    :raises InputError: not such an index, or an entry is malformed or altered
    """
    forms = {form.OLD_VERSION: form.OLD_SCHEMA} | dict.fromkeys(form.LAST_VERSIONS, form.SCHEMA)
    database = _opened(path, forms, renewal=_RENEWAL)
    with closing(database):
        try:
            (version,) = database.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
            if version in form.LAST_VERSIONS:
                Index.check_old(path, database, version)
            for _, category, data in _rising(database, path):
                yield _entry(category, data)
        except (AlteredError, sqlite3.Error):
            raise InputError("a damaged index of lists", where=str(path), hint=_RENEWAL) from None


def _rising(database: sqlite3.Connection, path: str | Path) -> Iterator[tuple[int, str, str]]:
    """Yield every entry with its number, each greater than the one before: pages that come again end it.

    :raises AlteredError: they do not rise
    :raises InputError: they are longer than the file
    """
    last = None
    for number, category, data in databases.stream(
        database, "SELECT id, category, data FROM entry ORDER BY id", where=path
    ):
        if last is not None and number <= last:
            raise AlteredError
        last = number
        yield number, category, data


def _opened(path: str | Path, forms: Mapping[str, str] | None = None, *, renewal: str = _OLD) -> sqlite3.Connection:
    database, _ = databases.open_readonly(
        path,
        forms or {form.VERSION: form.SCHEMA},
        kind="index of lists",
        hint=_HINT,
        renewal=renewal,
        large=True,
        immutable=True,
    )
    return database


def _remove(*paths: str | Path) -> None:
    for path in paths:
        with suppress(OSError):
            os.unlink(path)


def _entry(category: str, data: str) -> Entry:
    try:
        entry = Entry.from_text(data)
    except ValueError:
        raise AlteredError from None
    if entry.category != category:
        raise AlteredError
    return entry


def _marks(values: Iterable[Any]) -> str:
    return ",".join("?" for _ in values)


def _counts(meta: Mapping[str, str], prefix: str) -> Mapping[str, int]:
    counts = {key.removeprefix(prefix): int(value) for key, value in meta.items() if key.startswith(prefix)}
    return MappingProxyType(counts)
