"""The form of an index of lists: its tables, its digests, and how they are filled."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from tjdocs import limits
from tjdocs.errors import InputError
from tjdocs.watchlists.index_lookups import stored
from tjdocs.watchlists.watchlist_entry import Entry, unfit

__all__ = [
    "DIGEST",
    "ENTRY",
    "HASH",
    "KEY",
    "LAST_VERSIONS",
    "NUMBER",
    "OLD_SCHEMA",
    "OLD_VERSION",
    "PART",
    "ROOT",
    "SCHEMA",
    "VERSION",
    "bucket_of",
    "digest_of",
    "entry_digest",
    "fill",
    "short",
    "under",
    "unfit_digest",
]

VERSION = "6"
LAST_VERSIONS = ("4", "5")  # the same tables; other keys of documents, by their spelling or withdrawn codes of States
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE entry (id INTEGER PRIMARY KEY, category TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE key (bucket INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
CREATE TABLE digest (part INTEGER PRIMARY KEY, digests BLOB NOT NULL);
CREATE TABLE unfit (id INTEGER PRIMARY KEY, reason TEXT NOT NULL);
"""
OLD_VERSION = "1"
OLD_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE entry (id INTEGER PRIMARY KEY, category TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE key (hash INTEGER NOT NULL, entry INTEGER NOT NULL);
CREATE INDEX key_hash ON key (hash, entry);
CREATE TABLE sqlite_stat1(tbl,idx,stat);
"""
HASH, NUMBER, ENTRY = 8, 4, 12  # bytes of a key: hash, number of the entry, digest of the entry
KEY = HASH + NUMBER + ENTRY
DIGEST = 16  # bytes of a bucket's digest
PART = 256  # buckets whose digests are one row
ROOT = -1  # the row with the digests of the other rows
_FILLED = 16  # keys of a bucket, about: a look-up reads and hashes some dozens of buckets


# ------------------------------------------------------------------------------------------------------------- digests


def entry_digest(number: object, category: object, data: object) -> bytes:
    """Return the digest of an entry's row, of whatever types its values are."""
    return sha256(f"{number}\x1f{category}\x1f{data}".encode("utf-8", "surrogatepass")).digest()[:ENTRY]


def short(data: bytes | bytearray) -> bytes:
    """Return the digest of a bucket, or of a row of digests."""
    return sha256(data).digest()[:DIGEST]


def bucket_of(key: bytes, bits: int) -> int:
    """Return the bucket of a hash, if there are 2 to the power of ``bits``."""
    return int.from_bytes(key) >> (8 * HASH - bits)


def under(key: bytes, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and digest of each entry that a bucket has under a key."""
    place = data.find(key)
    while place >= 0:
        if place % KEY:
            place = data.find(key, place + 1)
            continue
        start = place + HASH
        yield int.from_bytes(data[start : start + NUMBER]), data[start + NUMBER : place + KEY]
        place = data.find(key, place + KEY)


def digest_of(meta: Mapping[str, str]) -> str:
    """Return the digest of the index, hexadecimal."""
    return sha256(json.dumps(sorted(meta.items())).encode()).hexdigest()


def unfit_digest(rows: Iterable[tuple[int, str]]) -> str:
    """Return the digest of the rows that name unfit entries, hexadecimal."""
    state = sha256()
    for number, reason in rows:
        state.update(f"{number}\x1f{reason}\n".encode())
    return state.hexdigest()


# ------------------------------------------------------------------------------------------------------------- filling


def fill(database: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Make the tables of an index with entries, keys and digests.

    :raises InputError: more entries share one key than are read at once
    """
    database.executescript(f"{SCHEMA} CREATE TEMP TABLE unsorted (key BLOB NOT NULL)")
    counts: dict[str, int] = {}
    keys = 0

    def rows() -> Iterator[tuple[bytes]]:
        nonlocal keys
        room: float = limits.LIST_KEYS
        for number, entry in enumerate(entries):
            text = entry.text()
            room += entry.length * limits.LIST_KEYS_PER_BYTE
            document = entry.issuing_state, entry.document_number
            hashes, complete = stored(entry.names, entry.date_of_birth, *document, most=int(room) - keys)
            reason = unfit(entry) or ("" if complete else "spellings")
            database.execute("INSERT INTO entry VALUES (?, ?, ?)", (number, entry.category, text))
            found = number.to_bytes(NUMBER) + entry_digest(number, entry.category, text)
            counts[f"count:{entry.category}"] = counts.get(f"count:{entry.category}", 0) + 1
            if reason:
                database.execute("INSERT INTO unfit VALUES (?, ?)", (number, reason))
                counts[f"unfit:{reason}:{entry.category}"] = counts.get(f"unfit:{reason}:{entry.category}", 0) + 1
            keys += len(hashes)
            for key in hashes:
                yield (key + found,)

    database.executemany("INSERT INTO unsorted VALUES (?)", rows())
    bits = max(keys // _FILLED, 1).bit_length() - 1
    root = _fill_buckets(database, bits)
    unfit_rows = database.execute("SELECT id, reason FROM unfit ORDER BY id")
    meta = {"version": VERSION, "bits": str(bits), "unfit": unfit_digest(unfit_rows), "root": root}
    meta |= {key: str(count) for key, count in counts.items()}
    meta["digest"] = digest_of(meta)
    database.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    database.execute("DROP TABLE unsorted")
    database.commit()


def _fill_buckets(database: sqlite3.Connection, bits: int) -> str:
    """Put the keys, sorted, into their buckets, and the buckets' digests into rows; return the digest of the root."""
    row, root, empty = bytearray(), bytearray(), short(b"")
    count = 0  # of buckets

    def add(digest: bytes) -> None:
        nonlocal count
        row.extend(digest)
        count += 1
        if count % PART == 0 or count == 1 << bits:
            database.execute("INSERT INTO digest VALUES (?, ?)", ((count - 1) // PART, bytes(row)))
            root.extend(short(row))
            row.clear()

    keys = map(itemgetter(0), database.execute("SELECT key FROM unsorted ORDER BY key"))
    for bucket, group in groupby(keys, key=lambda key: bucket_of(key[:HASH], bits)):
        while count < bucket:
            add(empty)
        data = b"".join(group)
        if len(data) > limits.DATABASE_VALUE:
            hint = f"at most {limits.DATABASE_VALUE // KEY}"
            raise InputError("too many entries of one name", where="lists", hint=hint)
        database.execute("INSERT INTO key VALUES (?, ?)", (bucket, data))
        add(short(data))
    while count < 1 << bits:
        add(empty)
    database.execute("INSERT INTO digest VALUES (?, ?)", (ROOT, bytes(root)))
    return sha256(root).hexdigest()
