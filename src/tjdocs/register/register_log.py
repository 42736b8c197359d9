"""The log: entries written with the acts they record, put in order and signed by one sequencer, proved to anyone."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from tjdocs.auditlog import merkle
from tjdocs.auditlog.checkpoint import Checkpoint, LogVerifier
from tjdocs.auditlog.entry import as_bytes, read_leaf
from tjdocs.auditlog.proofs import ConsistencyProof, InclusionProof
from tjdocs.errors import InputError, KeyMaterialError, RegisterError, UsageError
from tjdocs.register import queries, tables
from tjdocs.register.database import AUDIT, SEQUENCER, Store
from tjdocs.register.register_keys import Keys
from tjdocs.register.roles import Access

__all__ = ["BLOCK", "Log", "Secrets", "consistent", "keys_named"]

BLOCK = 256
_BATCH = 50_000
_MAC = 16


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the data key unwraps when a register is opened.

    :param lookup: of the keyed hashes under which persons are found
    :param mac: of the entries' own marks, which tell a forged entry before it is in the tree
    :param register: the register's id in signed entries, ``""`` without the key; no two registers have the same
    """

    lookup: bytes = field(default=b"", repr=False)
    mac: bytes = field(default=b"", repr=False)
    register: str = field(default="", init=False, compare=False)
    _begun: "blake2b | None" = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "register", self.named()["mac"] if self.mac else "")
        # the key is taken in once, not again for each of a million marks
        begun = blake2b(b"placed\0", key=self.mac, digest_size=_MAC) if self.mac else None
        object.__setattr__(self, "_begun", begun)

    def mark(self, *parts: bytes | str) -> bytes:
        """Return the mark of an entry or reservation: BLAKE2b under the key (RFC 7693), 16 bytes.

        :raises RegisterError: missing key; nothing is written without a mark
        """
        if not self.mac:
            raise RegisterError(
                "missing data key to mark entries with", where="keys", hint="open the register with its data key"
            )
        data = b"\0".join(part if isinstance(part, bytes) else part.encode() for part in parts)
        return blake2b(data, key=self.mac, digest_size=_MAC).digest()

    def named(self) -> dict[str, str]:
        """Return the fingerprints of the two keys, which the log's first entry has."""
        keys = {"lookup": self.lookup, "mac": self.mac}
        return {name: blake2b(b"key", key=key, digest_size=_MAC).hexdigest() for name, key in keys.items()}

    def entry(self, hash_: bytes) -> bytes:
        """Return the mark of a new entry with this leaf hash; act and subject are in the leaf itself."""
        return blake2b(b"entry\0" + hash_, key=self.mac, digest_size=_MAC).digest() if self.mac else self.mark()

    def placed(self, hash_: bytes, id_: int, position: int) -> bytes:
        """Return the mark of an entry that has its place."""
        if self._begun is None:
            return self.mark()
        state = self._begun.copy()
        state.update(b"%b%d %d" % (hash_, id_, position))
        return state.digest()


class Log:
    """The log of one register."""

    def __init__(self, store: Store, keys: Keys, secrets: Secrets, access: Access) -> None:
        self._store = store
        self._access = access
        self._keys = keys
        self._secrets = secrets

    def append(self, connection: Connection, act: str, subject: str, leaf: bytes) -> None:
        """Write an entry with the act it records, without a place yet."""
        mac = self._secrets.entry(merkle.leaf_hash(leaf))
        connection.execute(insert(tables.entry).values(act=act, subject=subject, leaf=leaf, mac=mac))

    def head(self) -> str:
        """Return the newest signed head, ``""`` before the first; it is for everyone."""
        with self._store.read() as connection:
            return _newest(connection)

    def heads(self) -> list[str]:
        """Return every signed head, the oldest first."""
        with self._store.read() as connection:
            return list(connection.execute(select(tables.head.c.note).order_by(tables.head.c.size)).scalars())

    def sequence(self) -> str:
        """Give new entries their places and sign the head; return it. One sequencer at a time.

        It takes the log's key; it is not an officer's act.

        :raises KeyMaterialError: missing log key or data key
        :raises RegisterError: a signed entry was changed, or a new one is forged; nothing is signed then
        """
        signer = self._keys.log
        if signer is None or not self._secrets.mac:
            raise KeyMaterialError("missing log key", where="keys", hint="log.key and data.key")
        while True:
            with self._store.write() as connection:
                self._store.lock(connection, SEQUENCER)
                note = _newest(connection)
                table = tables.entry.c
                rows = connection.execute(
                    select(table.id, table.leaf, table.mac)
                    .where(table.position.is_(None))
                    .order_by(table.id)
                    .limit(_BATCH)
                ).all()
                if not rows and note:
                    return note
                if again := queries.execute(connection, queries.AGAIN):
                    raise RegisterError("a log entry is there twice", where=f"entry {again[0].id}", hint=AUDIT)
                frontier, tail = _frontier(connection, note, signer.verifier)
                places = []
                for row in rows:
                    hash_ = merkle.leaf_hash(as_bytes(row.leaf))
                    if not hmac.compare_digest(as_bytes(row.mac), self._secrets.entry(hash_)):
                        raise RegisterError("a log entry was not made here", where=f"entry {row.id}", hint=AUDIT)
                    place = frontier.size
                    places.append({"id_": row.id, "place": place, "mark": self._secrets.placed(hash_, row.id, place)})
                    _grow(connection, frontier, tail, hash_)
                if places:
                    _place(connection, places)
                note = signer.sign(Checkpoint(signer.name, frontier.size, frontier.root))
                connection.execute(insert(tables.head).values(size=frontier.size, note=note))

    def prove(self, subject: str, *, officer: str = "") -> list[InclusionProof]:
        """Return proofs of every entry about a subject (a number, a range, a decision), under the newest head.

        :param officer: may be left out in a trial register
        :raises RegisterError: there is none, it is not in a head yet, or an officer without the role
        """
        with self._reading(officer) as (connection, note, checkpoint):
            table = tables.entry.c
            rows = connection.execute(
                select(table.position, table.leaf).where(table.subject == subject).order_by(table.position)
            ).all()
            if not rows:
                raise RegisterError(
                    "nothing in the log", where="number", hint="a document, a blank, or a range as acted on"
                )
            if any(row.position is None for row in rows):
                raise RegisterError("not in a head yet", where="number", hint="run the sequencer, or an audit")
            tree = _Tree(connection, checkpoint.size)
            proofs = [
                InclusionProof(
                    row.position,
                    as_bytes(row.leaf),
                    tuple(merkle.inclusion_path(row.position, checkpoint.size, tree)),
                    note,
                )
                for row in rows
            ]
        if not all(proof.verify(self.verifier) for proof in proofs):
            raise RegisterError("the log differs from its signed head", where="number", hint=AUDIT)
        for proof in proofs:
            _check_readable(proof)
        return proofs

    def prove_consistency(self, old: str, *, officer: str = "") -> ConsistencyProof:
        """Return a proof that the newest head continues an older one.

        :param officer: may be left out in a trial register
        :raises RegisterError: the older head is beyond the newest, or an officer without the role
        :raises InputError: not a head of this log
        """
        with self._reading(officer) as (connection, note, checkpoint):
            size = self.verifier.open(old).size
            if size > checkpoint.size:
                raise RegisterError("a head beyond the newest", where="head", hint=AUDIT)
            tree = _Tree(connection, checkpoint.size)
            path = merkle.consistency_path(size, checkpoint.size, tree) if size else []
            proof = ConsistencyProof(tuple(path), old, note)
        if not proof.verify(self.verifier):
            raise RegisterError("the log does not continue that head", where="head", hint=AUDIT)
        return proof

    @property
    def verifier(self) -> LogVerifier:
        """The log's public key.

        :raises KeyMaterialError: missing public key
        """
        public = self._keys.verifier or (self._keys.log.verifier if self._keys.log else None)
        if public is None:
            raise KeyMaterialError("missing public key of the log", where="keys", hint="log.pub")
        return public

    @contextmanager
    def _reading(self, officer: str) -> Iterator[tuple[Connection, str, Checkpoint]]:
        verifier = self.verifier
        with self._store.read() as connection:
            self._access.require_read(connection, "prove", officer)
            note = _newest(connection)
            if not note:
                raise RegisterError(
                    "the log has no signed head yet", where="log", hint="run the sequencer, or an audit"
                )
            yield connection, note, verifier.open(note)


def _check_readable(proof: InclusionProof) -> None:
    """Refuse the proof of an unreadable entry.

    :raises RegisterError: not an entry of a register
    """
    try:
        read_leaf(proof.leaf)
    except ValueError:
        raise RegisterError("unreadable entry", where=f"entry {proof.index}", hint=AUDIT) from None


class _Tree:
    """Roots of subtrees out of the database: whole blocks by their roots, the rest from leaves."""

    def __init__(self, connection: Connection, size: int) -> None:
        self._connection = connection
        self._whole = size // BLOCK
        self.roots = [
            as_bytes(root)
            for root in connection.execute(
                select(tables.block.c.root).where(tables.block.c.number < self._whole).order_by(tables.block.c.number)
            ).scalars()
        ]
        if len(self.roots) != self._whole:
            raise RegisterError("the log's blocks were changed", where="block", hint=AUDIT)

    def __call__(self, low: int, high: int) -> bytes:
        frontier = merkle.Frontier()
        while low < high and low % BLOCK == 0 and low + BLOCK <= high and low // BLOCK < self._whole:
            frontier.add(self.roots[low // BLOCK], BLOCK)
            low += BLOCK
        if low < high:
            for hash_ in _leaf_hashes(self._connection, low, high):
                frontier.add(hash_)
        return frontier.root


def _leaf_hashes(connection: Connection, low: int, high: int) -> list[bytes]:
    table = tables.entry.c
    rows = connection.execute(
        select(table.leaf).where(table.position >= low, table.position < high).order_by(table.position)
    ).scalars()
    hashes = [merkle.leaf_hash(as_bytes(leaf)) for leaf in rows]
    if len(hashes) != high - low:
        raise RegisterError("the log's entries were changed", where=f"entries {low} to {high - 1}", hint=AUDIT)
    return hashes


def _newest(connection: Connection) -> str:
    return str(
        connection.execute(select(tables.head.c.note).order_by(tables.head.c.size.desc()).limit(1)).scalar() or ""
    )


def _frontier(connection: Connection, note: str, verifier: LogVerifier) -> tuple[merkle.Frontier, list[bytes]]:
    """Return the tree's edge as the last head signed it, and the leaf hashes of its last block so far.

    :raises RegisterError: it differs from the signed head
    """
    if not note:
        placed = connection.execute(select(tables.entry.c.id).where(tables.entry.c.position.is_not(None)).limit(1))
        if placed.scalar() is not None:
            raise RegisterError("the log's heads are gone", where="head", hint=AUDIT)
        return merkle.Frontier(), []
    try:
        checkpoint = verifier.open(note)
    except InputError:
        raise RegisterError("the newest head was not signed by this log's key", where="head", hint=AUDIT) from None
    frontier = consistent(connection, checkpoint.size)
    tail = _leaf_hashes(connection, checkpoint.size - checkpoint.size % BLOCK, checkpoint.size)
    if frontier.root != checkpoint.root or checkpoint.origin != verifier.name:
        raise RegisterError("the log differs from its signed head", where="head", hint=AUDIT)
    return frontier, tail


def consistent(connection: Connection, size: int) -> merkle.Frontier:
    """Return the tree's edge at a size, from the roots of whole blocks and the entries after them.

    :raises RegisterError: blocks or entries are missing
    """
    frontier = merkle.Frontier()
    for root in _Tree(connection, size).roots:
        frontier.add(root, BLOCK)
    for hash_ in _leaf_hashes(connection, frontier.size, size):
        frontier.add(hash_)
    return frontier


def _grow(connection: Connection, frontier: merkle.Frontier, tail: list[bytes], hash_: bytes) -> None:
    frontier.add(hash_)
    tail.append(hash_)
    if len(tail) == BLOCK:
        root = merkle.root_of(tail)
        connection.execute(insert(tables.block).values(number=frontier.size // BLOCK - 1, root=root))
        tail.clear()


def _place(connection: Connection, places: list[dict[str, Any]]) -> None:
    table = tables.entry
    new: dict[str, Any] = {"position": bindparam("place"), "mac": bindparam("mark")}
    connection.execute(update(table).where(table.c.id == bindparam("id_")).values(new), places)


def keys_named(connection: Connection, origin: str) -> dict[str, str]:
    """Return what the log's first entry says of the register's own keys; nothing in a log older than that."""
    table = tables.entry.c
    query = select(table.leaf).where(table.subject == origin, table.act == "init").order_by(table.position).limit(1)
    try:
        names = read_leaf(as_bytes(connection.execute(query).scalar()))["keys"]
        return {name: names[name] for name in ("lookup", "mac")}
    except (ValueError, KeyError):
        return {}


def has_begun(connection: Connection, name: str) -> bool:
    """Whether the log has the first entry of a register of this name."""
    table = tables.entry.c
    return connection.execute(select(table.id).where(table.subject == name, table.act == "init")).first() is not None


def check_origin(verifier: LogVerifier, origin: str) -> None:
    """Refuse keys of another log.

    :raises UsageError: they are
    """
    if verifier.name != origin:
        raise UsageError("keys of another register", where=verifier.name[:100], hint="the keys made with this register")
