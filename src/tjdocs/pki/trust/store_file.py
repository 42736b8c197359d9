"""The trust store's file: SQLite, a cache of public data; every row is checked."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from tjdocs import databases
from tjdocs.errors import InputError, OutputError
from tjdocs.pki.certificate import Certificate, CertificateError
from tjdocs.pki.crl import Crl, CrlError
from tjdocs.pki.trust.trust_policy import GROUNDS, Entry, Source

__all__ = ["create", "read", "write", "write_crls", "write_kinds"]

_Kept = TypeVar("_Kept", Certificate, Crl)
_VERSION, _WITHOUT_SIGNERS = "4", "3"
_SIGNERS = "CREATE TABLE signer (sha256 TEXT PRIMARY KEY, der BLOB NOT NULL);"
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE certificate (sha256 TEXT PRIMARY KEY, der BLOB NOT NULL, kind TEXT NOT NULL);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, signature TEXT NOT NULL,
    kind TEXT NOT NULL, signer TEXT NOT NULL, anchor TEXT NOT NULL, state TEXT NOT NULL, signed TEXT NOT NULL,
    imported TEXT NOT NULL, path TEXT NOT NULL, UNIQUE (sha256, kind));
CREATE TABLE membership (source INTEGER NOT NULL REFERENCES source, sha256 TEXT NOT NULL REFERENCES certificate,
    PRIMARY KEY (source, sha256));
CREATE TABLE trusted (sha256 TEXT NOT NULL REFERENCES certificate, ground TEXT NOT NULL, PRIMARY KEY (sha256, ground));
CREATE TABLE crl (sha256 TEXT PRIMARY KEY, der BLOB NOT NULL);
INSERT INTO meta VALUES ('version', '4');
"""
_FORMS = {_VERSION: f"{_SCHEMA} {_SIGNERS}", _WITHOUT_SIGNERS: _SCHEMA}
_COLUMNS = [column.name for column in fields(Source)]
# a source that was verified up to an anchor stays so when the same file is imported again without the anchor
_UPDATE = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("sha256", "kind"))
_SOURCE = (
    f"INSERT INTO source ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 - our own names
    f" ON CONFLICT (sha256, kind) DO UPDATE SET {_UPDATE} WHERE NOT (source.anchor <> '' AND excluded.anchor = '')"
)


def create(path: Path) -> None:
    """Make an empty store.

    :raises OutputError: it cannot be made
    """
    try:
        with closing(sqlite3.connect(path)) as database, database:
            database.executescript(f"BEGIN; {_SCHEMA} {_SIGNERS} COMMIT;")
    except sqlite3.Error as error:
        raise OutputError("cannot make a trust store", where=str(path), hint=str(error)) from None


def read(path: Path) -> tuple[list[Entry], tuple[Crl, ...], tuple[Certificate, ...]]:
    """Return entries, revocation lists and signers of master lists, each hashed and parsed again.

    :raises InputError: the file is not a trust store, or a row was altered
    """
    hint = "make one with `tjdocs trust import`"
    database, version = databases.open_readonly(path, _FORMS, kind="trust store", hint=hint, renewal="import again")
    try:
        with closing(database):
            fetch = partial(databases.rows, database, where=path)
            rows = fetch("SELECT sha256, der, kind FROM certificate ORDER BY rowid")
            given = fetch("SELECT sha256, ground FROM trusted ORDER BY rowid")
            listed = fetch(f"SELECT id, {', '.join(_COLUMNS)} FROM source")  # noqa: S608 - our own names
            memberships = fetch("SELECT sha256, source FROM membership ORDER BY source")
            crls = fetch("SELECT sha256, der FROM crl ORDER BY rowid")
            signers = fetch("SELECT sha256, der FROM signer ORDER BY rowid") if version == _VERSION else []
    except sqlite3.Error:
        raise InputError("not a trust store", where=str(path), hint=hint) from None
    altered = InputError("an entry of the trust store was altered", where=str(path))
    if not all(isinstance(text, str) for _, *texts in listed for text in texts):
        raise altered
    sources = {number: Source(*texts) for number, *texts in listed}
    origins: dict[str, list[Source]] = {}
    for digest, number in memberships:
        if number in sources:
            origins.setdefault(digest, []).append(sources[number])
    grounds: dict[str, list[str]] = {}
    for digest, ground in given:
        if ground not in GROUNDS:
            raise altered
        grounds.setdefault(digest, []).append(ground)
    entries = []
    for digest, data, kind in rows:
        certificate = _unaltered(path, "a certificate", digest, data, Certificate.parse)
        if not isinstance(kind, str):
            raise altered
        entries.append(Entry(certificate, kind, tuple(origins.get(digest, ())), tuple(grounds.get(digest, ()))))
    return (
        entries,
        tuple(_unaltered(path, "a CRL", digest, data, Crl.parse) for digest, data in crls),
        tuple(_unaltered(path, "a signer", digest, data, Certificate.parse) for digest, data in signers),
    )


def _unaltered(path: Path, what: str, digest: str, data: object, parse: Callable[[bytes], _Kept]) -> _Kept:
    if isinstance(data, bytes) and sha256(data).hexdigest() == digest:
        with suppress(CertificateError, CrlError):
            return parse(data)
    raise InputError(f"{what} in the trust store was altered", where=f"{path}: {digest}")


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=30)) as database, database:
            database.execute("BEGIN IMMEDIATE")
            # a trigger would run with each row
            if databases.check(database, _FORMS) == _WITHOUT_SIGNERS:
                database.execute(_SIGNERS)
                database.execute("UPDATE meta SET value = ? WHERE key = 'version'", [_VERSION])
            yield database
    except sqlite3.Error as error:
        raise OutputError("cannot write the trust store", where=str(path), hint=str(error)) from None


def write(
    path: Path,
    source: Source,
    certificates: Sequence[tuple[Certificate, str]],
    grounds: Mapping[str, str],
    crls: Sequence[Crl],
    signers: Sequence[Certificate],
) -> int:
    """Add the certificates of a source, each with its kind, and its CRLs; return the number of new certificates.

    :param signers: the certificates from a master list's signer to its anchor
    :raises OutputError: the store cannot be written
    """
    with _writing(path) as database:
        before = database.execute("SELECT count(*) FROM certificate").fetchone()[0]
        source_id = _write_source(database, source)
        database.executemany(
            "INSERT INTO certificate VALUES (?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET kind = excluded.kind"
            " WHERE certificate.kind = 'unresolved'",
            [(c.sha256, c.raw, kind) for c, kind in certificates],
        )
        database.executemany(
            "INSERT OR IGNORE INTO membership VALUES (?, ?)", [(source_id, c.sha256) for c, _ in certificates]
        )
        database.executemany("INSERT OR IGNORE INTO trusted VALUES (?, ?)", list(grounds.items()))
        _write_crls(database, crls)
        database.executemany("INSERT OR IGNORE INTO signer VALUES (?, ?)", [(c.sha256, c.raw) for c in signers])
        return int(database.execute("SELECT count(*) FROM certificate").fetchone()[0]) - int(before)


def write_crls(path: Path, files: Sequence[tuple[Source, Sequence[Crl]]]) -> None:
    """Add CRLs and their files, all in one transaction.

    :raises OutputError: the store cannot be written
    """
    with _writing(path) as database:
        for source, crls in files:
            _write_source(database, source)
            _write_crls(database, crls)


def write_kinds(path: Path, kinds: Mapping[str, str]) -> None:
    """Write the kinds of unresolved certificates, by digest.

    :raises OutputError: the store cannot be written
    """
    with _writing(path) as database:
        database.executemany(
            "UPDATE certificate SET kind = ? WHERE sha256 = ? AND kind = 'unresolved'",
            [(kind, digest) for digest, kind in kinds.items()],
        )


def _write_source(database: sqlite3.Connection, source: Source) -> int:
    database.execute(_SOURCE, [getattr(source, name) for name in _COLUMNS])
    row = database.execute("SELECT id FROM source WHERE sha256 = ? AND kind = ?", (source.sha256, source.kind))
    return int(row.fetchone()[0])


def _write_crls(database: sqlite3.Connection, crls: Sequence[Crl]) -> None:
    database.executemany("INSERT OR IGNORE INTO crl VALUES (?, ?)", [(c.sha256, c.raw) for c in crls])
