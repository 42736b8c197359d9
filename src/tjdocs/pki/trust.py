"""The trust store: certificates with their sources, and which of them are trusted (Doc 9303-12, 8.1 and 9).

Every certificate is kept with every source that held it; being kept is not being trusted. The SQLite file is a
cache of public data: each certificate is hashed again on load, and the set of trusted ones has a digest that an
inspection system can pin.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path as FilePath

from tjdocs.errors import InputError, OutputError
from tjdocs.pki import names
from tjdocs.pki.certificate import Certificate, CertificateError
from tjdocs.pki.crl import Crl, CrlError

__all__ = ["Entry", "Source", "TrustStore"]

_VERSION = 1
_GROUNDS = ("", "anchor", "list", "candidates-trusted")
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE certificate (sha256 TEXT PRIMARY KEY, der BLOB NOT NULL, kind TEXT NOT NULL);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL UNIQUE, signature TEXT NOT NULL);
CREATE TABLE membership (source INTEGER NOT NULL REFERENCES source, sha256 TEXT NOT NULL REFERENCES certificate,
    PRIMARY KEY (source, sha256));
CREATE TABLE trusted (sha256 TEXT PRIMARY KEY REFERENCES certificate, ground TEXT NOT NULL);
CREATE TABLE crl (sha256 TEXT PRIMARY KEY, der BLOB NOT NULL);
INSERT INTO meta VALUES ('version', '1');
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where certificates came from.

    :param name: the file's name
    :param sha256: of the file
    :param signature: what came of its own signature, an outcome word; empty for single certificates
    """

    name: str
    sha256: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate in the store.

    :param kind: ``self-signed``, ``link`` or ``unresolved``
    :param ground: why it is trusted: ``anchor``, ``list`` or ``candidates-trusted``; empty: it is not
    """

    certificate: Certificate
    kind: str
    sources: tuple[str, ...]
    ground: str


@dataclass(slots=True)
class _Snapshot:
    entries: dict[str, Entry] = field(default_factory=dict)
    by_subject: dict[bytes, list[Certificate]] = field(default_factory=dict)
    by_canonical: dict[object, list[Certificate]] = field(default_factory=dict)
    by_key_identifier: dict[bytes, list[Certificate]] = field(default_factory=dict)
    by_signer: dict[tuple[str, int], list[Certificate]] | None = None  # made when first asked for
    crls: tuple[Crl, ...] = ()
    memory: dict[bytes, object] = field(default_factory=dict, init=False)

    def add(self, entry: Entry) -> None:
        certificate = entry.certificate
        self.entries[certificate.sha256] = entry
        self.memory.clear()
        self.by_subject.setdefault(certificate.subject, []).append(certificate)
        self.by_canonical.setdefault(names.canonical(certificate.subject), []).append(certificate)
        if certificate.subject_key_identifier:
            self.by_key_identifier.setdefault(certificate.subject_key_identifier, []).append(certificate)


class TrustStore:
    """Certificates known and trusted, in memory once open; may be shared between threads.

    :param path: an existing store, as ``tjdocs trust import`` makes it
    :raises InputError: there is none, it is no trust store, or a certificate in it was altered
    """

    def __init__(self, path: str | FilePath) -> None:
        self._path: FilePath | None = FilePath(path)
        self._lock = threading.Lock()
        if not self._path.is_file():
            raise InputError("no such trust store", where=str(path), hint="make one with `tjdocs trust import`")
        self._loaded: _Snapshot | None = self._load()

    @property
    def _snapshot(self) -> _Snapshot:
        """What the store holds, read again when it was written to since."""
        snapshot = self._loaded
        if snapshot is None:
            with self._lock:
                snapshot = self._loaded = self._loaded or self._load()
        return snapshot

    @classmethod
    def create(cls, path: str | FilePath) -> "TrustStore":
        """Open the store at ``path``, making an empty one where there is none.

        :raises OutputError: it cannot be made there
        :raises InputError: what lies there is no trust store
        """
        if not FilePath(path).exists():
            try:
                with closing(sqlite3.connect(path)) as database, database:
                    database.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            except sqlite3.Error as error:
                raise OutputError("cannot make a trust store", where=str(path), hint=str(error)) from None
        return cls(path)

    @classmethod
    def of(
        cls, anchors: Iterable[Certificate], candidates: Iterable[Certificate] = (), crls: Iterable[Crl] = ()
    ) -> "TrustStore":
        """Return a store in memory that trusts ``anchors`` and merely knows ``candidates``."""
        store = cls.__new__(cls)
        store._path = None
        store._lock = threading.Lock()
        store._loaded = _Snapshot(crls=tuple(crls))
        for certificate in anchors:
            store._snapshot.add(Entry(certificate, "", (), "anchor"))
        for certificate in candidates:
            if certificate.sha256 not in store._snapshot.entries:
                store._snapshot.add(Entry(certificate, "", (), ""))
        return store

    def merged(self, others: Sequence["TrustStore"]) -> "TrustStore":
        """Return a store in memory that knows and trusts what this one and ``others`` do."""
        store = TrustStore.of(())
        snapshots = [self._snapshot, *(other._snapshot for other in others)]
        for snapshot in snapshots:
            for digest, entry in snapshot.entries.items():
                known = store._snapshot.entries.get(digest)
                if known is None:
                    store._snapshot.add(entry)
                else:
                    sources = tuple(dict.fromkeys((*known.sources, *entry.sources)))
                    ground = known.ground or entry.ground
                    store._snapshot.entries[digest] = replace(known, sources=sources, ground=ground)
        store._snapshot.crls = tuple(crl for snapshot in snapshots for crl in snapshot.crls)
        return store

    def _load(self) -> _Snapshot:
        snapshot = _Snapshot()
        try:
            # a store in memory, which has no path, is never loaded: it was made with its snapshot
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as database:  # type: ignore[union-attr]
                version = database.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
                if version is None or version[0] != str(_VERSION):
                    raise InputError("trust store of another version", where=str(self._path), hint="import again")
                rows = database.execute(
                    "SELECT c.sha256, c.der, c.kind, COALESCE(t.ground, '')"
                    " FROM certificate c LEFT JOIN trusted t USING (sha256) ORDER BY c.rowid"
                ).fetchall()
                memberships = database.execute(
                    "SELECT m.sha256, s.name FROM membership m JOIN source s ON s.id = m.source ORDER BY s.id"
                ).fetchall()
                crls = database.execute("SELECT sha256, der FROM crl ORDER BY rowid").fetchall()
        except sqlite3.Error:
            raise InputError(
                "not a trust store", where=str(self._path), hint="make one with `tjdocs trust import`"
            ) from None
        sources: dict[str, list[str]] = {}
        for digest, name in memberships:
            sources.setdefault(digest, []).append(name)
        for digest, data, kind, ground in rows:
            texts = (kind, ground, *sources.get(digest, ()))
            if ground not in _GROUNDS or not all(isinstance(text, str) for text in texts):
                raise InputError("an entry of the trust store was altered", where=f"{self._path}: {digest}")
            certificate = self._checked(digest, data)
            snapshot.add(Entry(certificate, kind, tuple(sources.get(digest, ())), ground))
        snapshot.crls = tuple(self._checked_crl(digest, data) for digest, data in crls)
        return snapshot

    def _checked_crl(self, digest: str, data: object) -> Crl:
        if isinstance(data, bytes) and sha256(data).hexdigest() == digest:
            try:
                return Crl.parse(data)
            except CrlError:
                pass
        raise InputError("a CRL in the trust store was altered", where=f"{self._path}: {digest}")

    def _checked(self, digest: str, data: object) -> Certificate:
        if isinstance(data, bytes) and sha256(data).hexdigest() == digest:
            try:
                return Certificate.parse(data)
            except CertificateError:
                pass
        raise InputError("a certificate in the trust store was altered", where=f"{self._path}: {digest}")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All certificates, in the order of their arrival."""
        return tuple(self._snapshot.entries.values())

    @property
    def crls(self) -> tuple[Crl, ...]:
        """All revocation lists."""
        return self._snapshot.crls

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted digests of the trusted certificates, hexadecimal: what ``--trust-digest`` pins."""
        trusted = sorted(digest for digest, entry in self._snapshot.entries.items() if entry.ground)
        return sha256("\n".join(trusted).encode()).hexdigest()

    @property
    def memory(self) -> dict[bytes, object]:
        """What others keep of certificates judged against this store; it ends with what the store holds now."""
        return self._snapshot.memory

    def trusted(self, certificate: Certificate) -> bool:
        """Whether ``certificate`` is trusted in itself."""
        entry = self._snapshot.entries.get(certificate.sha256)
        return entry is not None and bool(entry.ground)

    def issuers(self, certificate: Certificate) -> list[Certificate]:
        """Return the certificates that may have issued ``certificate``, the likeliest first.

        Found by key identifier within the same State, by name as bytes, and by name as RFC 5280, 7.1 compares.
        """
        snapshot = self._snapshot
        identifier = certificate.authority_key_identifier
        canonical = names.canonical(certificate.issuer)
        keyed = snapshot.by_key_identifier.get(identifier, ()) if identifier else ()
        if len(keyed) == 1 and keyed == snapshot.by_subject.get(certificate.issuer) == snapshot.by_canonical[canonical]:
            return list(keyed)  # the usual: name and key identifier lead to one and the same
        by_name = {
            issuer.sha256: issuer
            for issuer in (
                *snapshot.by_subject.get(certificate.issuer, ()),
                *snapshot.by_canonical.get(canonical, ()),
            )
        }
        by_key = {
            issuer.sha256: issuer
            for issuer in keyed
            if issuer.country == certificate.country or issuer.sha256 in by_name
        }

        def rank(digest: str) -> tuple[int, bool]:
            # within a rank the trusted first: a crowd of candidates must not hide them
            untrusted = not snapshot.entries[digest].ground
            if digest in by_key:
                return (0 if digest in by_name else 2), untrusted
            named = identifier is None or by_name[digest].subject_key_identifier is None
            return (1 if named else 3), untrusted

        return [by_name.get(digest) or by_key[digest] for digest in sorted({**by_name, **by_key}, key=rank)]

    def seal_signers(self, identifier: str, serial: int) -> list[Certificate]:
        """Return the certificates that a seal may name: by their subject and serial number, trusted or not.

        :param identifier: two letters of the country and the two characters of the common name (Doc 9303-13, 2.2.1)
        """
        snapshot = self._snapshot
        index = snapshot.by_signer
        if index is None:
            index = {}
            for entry in snapshot.entries.values():
                subject = entry.certificate.subject
                name = names.attribute(subject, "C") + names.attribute(subject, "CN")
                index.setdefault((name.upper(), entry.certificate.serial), []).append(entry.certificate)
            snapshot.by_signer = index
        return list(index.get((identifier, serial), ()))

    def add(
        self,
        source: Source,
        certificates: Sequence[tuple[Certificate, str]],
        *,
        grounds: dict[str, str],
        crls: Sequence[Crl] = (),
    ) -> int:
        """Keep certificates, each with its kind, as held by ``source``; return how many are new.

        :param grounds: why those of these digests are trusted
        :raises OutputError: the store cannot be written
        """
        if self._path is None:
            raise OutputError("a store in memory cannot be added to", hint="use TrustStore.create")
        with self._lock:
            try:
                with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
                    new = self._write(database, source, certificates, grounds, crls)
            except sqlite3.Error as error:
                raise OutputError("cannot write the trust store", where=str(self._path), hint=str(error)) from None
            self._loaded = None
        return new

    def _write(
        self,
        database: sqlite3.Connection,
        source: Source,
        certificates: Sequence[tuple[Certificate, str]],
        grounds: dict[str, str],
        crls: Sequence[Crl],
    ) -> int:
        before = database.execute("SELECT count(*) FROM certificate").fetchone()[0]
        database.execute(
            "INSERT INTO source (name, sha256, signature) VALUES (?, ?, ?)"
            " ON CONFLICT (sha256) DO UPDATE SET signature = excluded.signature",
            (source.name, source.sha256, source.signature),
        )
        (source_id,) = database.execute("SELECT id FROM source WHERE sha256 = ?", (source.sha256,)).fetchone()
        database.executemany(
            "INSERT INTO certificate VALUES (?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET kind = excluded.kind"
            " WHERE certificate.kind = 'unresolved'",
            [(c.sha256, c.raw, kind) for c, kind in certificates],
        )
        database.executemany(
            "INSERT OR IGNORE INTO membership VALUES (?, ?)", [(source_id, c.sha256) for c, _ in certificates]
        )
        database.executemany("INSERT OR IGNORE INTO trusted VALUES (?, ?)", list(grounds.items()))
        database.executemany("INSERT OR IGNORE INTO crl VALUES (?, ?)", [(c.sha256, c.raw) for c in crls])
        return int(database.execute("SELECT count(*) FROM certificate").fetchone()[0]) - int(before)
