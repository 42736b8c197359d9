"""The form of an index of lists: its tables, its digests, and how it is filled."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from tjdocs import databases
from tjdocs.errors import InputError
from tjdocs.register._entries import Entry, unfit
from tjdocs.register._lookups import stored

__all__ = [
    "DIGEST",
    "ENTRY",
    "HASH",
    "KEY",
    "NUMBER",
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

VERSION = "2"
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE entry (id INTEGER PRIMARY KEY, category TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE key (bucket INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
CREATE TABLE digest (part INTEGER PRIMARY KEY, digests BLOB NOT NULL);
CREATE TABLE unfit (id INTEGER PRIMARY KEY, reason TEXT NOT NULL);
"""
HASH, NUMBER, ENTRY = 8, 4, 12  # bytes of a key: its hash, the entry's number and digest
KEY = HASH + NUMBER + ENTRY
DIGEST = 16  # bytes of a bucket's digest
_FULL = 16  # keys of a bucket, about: a look-up reads, and hashes, some dozens of them
PART = 256  # buckets whose digests make a row
ROOT = -1  # the row of the rows' digests


# ----------------------------------------------------------------------------------------------------------- its rows


def entry_digest(number: object, category: object, data: object) -> bytes:
    """Return the digest of an entry's row, of whatever kind its values are."""
    return sha256(f"{number}\x1f{category}\x1f{data}".encode("utf-8", "surrogatepass")).digest()[:ENTRY]


def short(data: bytes | bytearray) -> bytes:
    """Return the digest of a bucket, or of a row of digests."""
    return sha256(data).digest()[:DIGEST]


def bucket_of(key: bytes, bits: int) -> int:
    """Return the bucket of a hash, of which there are 2 to the power of ``bits``."""
    return int.from_bytes(key) >> (8 * HASH - bits)


def under(key: bytes, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and digest of each entry that a bucket has under a key."""
    place = data.find(key)
    while place >= 0:
        if place % KEY == 0:
            rest = data[place + HASH : place + KEY]
            yield int.from_bytes(rest[:NUMBER]), rest[NUMBER:]
            place = data.find(key, place + KEY)
        else:
            place = data.find(key, place + 1)


def digest_of(meta: Mapping[str, str]) -> str:
    """Return the digest of the index, hexadecimal."""
    return sha256(json.dumps(sorted(meta.items())).encode()).hexdigest()


def unfit_digest(rows: Iterable[tuple[int, str]]) -> str:
    """Return the digest of the rows that name unfit entries, hexadecimal."""
    state = sha256()
    for number, reason in rows:
        state.update(f"{number}\x1f{reason}\n".encode())
    return state.hexdigest()


# ----------------------------------------------------------------------------------------------------------- building


def fill(database: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Make the tables of an index, and put entries, keys and digests into them.

    :raises InputError: more entries have one key than can be read at once
    """
    database.executescript(f"{SCHEMA}; CREATE TEMP TABLE found (hash BLOB NOT NULL, entry INTEGER NOT NULL);")
    digests = bytearray()  # of the entries, by number
    counts: dict[str, int] = {}
    keys = 0

    def rows() -> Iterator[tuple[bytes, int]]:
        nonlocal keys
        for number, entry in enumerate(entries):
            text, reason = entry.text(), unfit(entry)
            database.execute("INSERT INTO entry VALUES (?, ?, ?)", (number, entry.category, text))
            digests.extend(entry_digest(number, entry.category, text))
            counts[f"count:{entry.category}"] = counts.get(f"count:{entry.category}", 0) + 1
            if reason:
                database.execute("INSERT INTO unfit VALUES (?, ?)", (number, reason))
                counts[f"unfit:{reason}:{entry.category}"] = counts.get(f"unfit:{reason}:{entry.category}", 0) + 1
            for key in stored(entry.names, entry.date_of_birth, entry.issuing_state, entry.document_number):
                keys += 1
                yield key, number

    database.executemany("INSERT INTO found VALUES (?, ?)", rows())
    bits = max(keys // _FULL, 1).bit_length() - 1
    root = _fill_buckets(database, digests, bits)
    unfit_rows = database.execute("SELECT id, reason FROM unfit ORDER BY id")
    meta = {"version": VERSION, "bits": str(bits), "unfit": unfit_digest(unfit_rows), "root": root}
    meta |= {key: str(count) for key, count in counts.items()}
    meta["digest"] = digest_of(meta)
    database.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    database.execute("DROP TABLE found")
    database.commit()


def _fill_buckets(database: sqlite3.Connection, digests: bytearray, bits: int) -> str:
    """Put the keys, sorted, into their buckets, and the digests of all buckets into rows; return that of the root."""
    row, root, empty = bytearray(), bytearray(), short(b"")
    done = 0  # buckets

    def add(digest: bytes) -> None:
        nonlocal done
        row.extend(digest)
        done += 1
        if done % PART == 0 or done == 1 << bits:
            database.execute("INSERT INTO digest VALUES (?, ?)", ((done - 1) // PART, bytes(row)))
            root.extend(short(row))
            row.clear()

    def packed(key: bytes, number: int) -> bytes:
        return key + number.to_bytes(NUMBER) + digests[number * ENTRY : (number + 1) * ENTRY]

    found = database.execute("SELECT hash, entry FROM found ORDER BY hash, entry")
    for bucket, group in groupby(((bucket_of(key, bits), key, number) for key, number in found), key=itemgetter(0)):
        while done < bucket:
            add(empty)
        data = b"".join(packed(key, number) for _, key, number in group)
        if len(data) > databases.MAX_VALUE:
            hint = f"at most {databases.MAX_VALUE // KEY}"
            raise InputError("too many entries of one name", where="lists", hint=hint)
        database.execute("INSERT INTO key VALUES (?, ?)", (bucket, data))
        add(short(data))
    while done < 1 << bits:
        add(empty)
    database.execute("INSERT INTO digest VALUES (?, ?)", (ROOT, bytes(root)))
    return sha256(root).hexdigest()
