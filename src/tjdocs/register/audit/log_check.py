"""Read the log again for an audit: heads, places, marks and the tree."""

from collections.abc import Callable, Collection, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from tjdocs.auditlog import merkle
from tjdocs.auditlog.checkpoint import Checkpoint
from tjdocs.auditlog.entry import as_bytes
from tjdocs.errors import InputError, RegisterError
from tjdocs.register import queries, tables
from tjdocs.register.context import Context
from tjdocs.register.records import Discrepancy
from tjdocs.register.register_log import BLOCK, consistent

__all__ = ["Found", "Reading"]

Row = Any  # of queries.ENTRIES: an altered table has values of any type
Play = Callable[[Sequence[Row]], None]


class Found:
    """The problems that an audit has named so far."""

    def __init__(self) -> None:
        self.problems: list[Discrepancy] = []
        self.undetermined: list[str] = []

    def add(self, code: str, table: str, row: object, detail: str = "") -> None:
        """Name a row that is not what it should be."""
        self.problems.append(Discrepancy(code, table, str(row), detail))


class Reading:
    """One reading of the log.

    :param outside: heads kept outside the database
    """

    def __init__(self, context: Context, connection: Connection, outside: Sequence[str] | None, found: Found) -> None:
        self._secrets = context.secrets
        self._connection = connection
        self._outside = outside
        self._verifier = context.log.verifier
        self._found = found.add
        self._undetermined = found.undetermined
        self.count = 0  # of entries read
        self.new = 0  # of these, without a place
        self.foreign = 0  # of those, without a mark that was made here
        self.start = 0
        self.head = ""  # the newest that is signed

    def read(self, since: str, play: Play) -> None:
        """Read every entry, or those after a signed head.

        :param play: takes entries in order, some at once, each with its place and mark (``queries.ENTRIES``)
        """
        notes = self._heads()
        newest = max(notes, default=0)
        frontier: merkle.Frontier | None = merkle.Frontier()
        outside = self._kept(newest, notes)
        if since:
            known = self._verifier.open(since)
            self.start, frontier = known.size, self._continued(known, newest)
            self._undetermined.append(f"the first {known.size} entries and the rows they are about were not read again")
        roots = {size: checkpoint.root for size, checkpoint in notes.items()}
        if not since and roots.get(0, merkle.EMPTY) != merkle.EMPTY:
            self._found("changed", "head", 0)
        begin = min(self.start, newest)
        self._entries(frontier, {**roots, **outside}, newest, begin, play)
        if not self.marked:
            self._undetermined.append(
                "without the data key nobody can tell whether entries' ids and marks or the register's keys changed"
            )

    @property
    def marked(self) -> bool:
        """Whether the process has the key of the entries' marks."""
        return bool(self._secrets.mac)

    def _heads(self) -> dict[int, Checkpoint]:
        checkpoints = {}
        for row in self._connection.execute(select(tables.head).order_by(tables.head.c.size)).all():
            checkpoint = self._open(row.note)
            if checkpoint is None or checkpoint.size != row.size:
                self._found("unsigned", "head", row.size, "not signed by the log's key")
                continue
            if not self._verifier.is_plain(row.note):
                self._found("changed", "head", row.size, "more than what was signed")
            checkpoints[checkpoint.size] = checkpoint
            self.head = row.note
        return checkpoints

    def _open(self, note: object) -> Checkpoint | None:
        try:
            checkpoint = self._verifier.open(note if isinstance(note, str) else "")
        except InputError:
            return None
        return checkpoint if checkpoint.origin == self._verifier.name else None

    def _kept(self, newest: int, notes: Collection[int]) -> dict[int, bytes]:
        """Return the roots of heads kept outside; a head beyond the newest tells of a roll-back."""
        if self._outside is None:
            self._undetermined.append(
                "no heads kept outside the database were given: whether the whole of it was rolled back is undetermined"
            )
            return {}
        roots = {}
        for note in self._outside:
            checkpoint = self._open(note)
            if checkpoint is None:
                self._found("unsigned", "heads kept outside", note.split("\n")[1][:20] if "\n" in note else "?")
            elif checkpoint.size > newest:
                detail = f"the newest head here has {newest} entries"
                self._found("rolled-back", "database", f"head of {checkpoint.size} entries", detail)
            else:
                roots[checkpoint.size] = checkpoint.root
                if checkpoint.size not in notes:
                    self._found("missing", "head", checkpoint.size, "it was signed, and is kept outside")
        return roots

    def _continued(self, known: Checkpoint, newest: int) -> merkle.Frontier | None:
        """Return the tree's edge at a head; None where the tree does not get that far."""
        if known.size > newest:
            self._found("rolled-back", "database", f"head of {known.size} entries", f"the newest here has {newest}")
            return None
        try:
            frontier = consistent(self._connection, known.size)
        except RegisterError as error:
            self._found("changed", "entry", error.where, error.message)
            return None
        if frontier.root != known.root:
            self._found("changed", "entry", f"0 to {known.size - 1}", "the log does not continue that head")
        return frontier

    # -------------------------------------------------------------------------------------------------- entries

    def _entries(
        self, frontier: merkle.Frontier | None, roots: dict[int, bytes], newest: int, start: int, play: Play
    ) -> None:
        blocks = self._connection.execute(select(tables.block.c.number, tables.block.c.root))
        tree = _Tree(frontier, roots, {row.number: as_bytes(row.root) for row in blocks}, self._found)
        at, beyond = start, list[int]()
        for row in queries.execute(self._connection, queries.BELOW):
            self._found("inserted", "entry", row.position, "before the first")
        for rows in queries.stretches(self._connection, queries.ENTRIES, (start,), BLOCK):
            if (hashes := self._plain(rows, at)) is None:
                hashes = self._named(rows, at, tree)
            tree.grow(at, hashes)
            at = next((row.position for row in reversed(rows) if type(row.position) is int), at - 1) + 1
            if at > newest > 0:
                beyond += [row.position for row in rows if type(row.position) is int and row.position >= newest]
            play(rows)
            self.count += len(rows)
        for rows in queries.stretches(self._connection, queries.NEW, (), BLOCK):
            self._new(rows)
            play(rows)
        if at < newest:
            self._found("missing", "entry", f"{at} to {newest - 1}" if at + 1 < newest else at)
            tree.wrong = True
        if beyond:
            which = beyond[0] if len(beyond) == 1 else f"{beyond[0]} to {beyond[-1]}"
            self._found("inserted", "entry", which, "beyond the newest signed head")
        if at and not newest:
            self._found("missing", "head", at, "entries have places, and no head is signed")
        tree.end(at)
        if tree.wrong:
            self._name_entries(tree.good)

    def _plain(self, rows: Sequence[Row], at: int) -> list[bytes] | None:
        """Return the leaf hashes of entries in order, each at its place with its mark; else None."""
        if [row.position for row in rows] != list(range(at, at + len(rows))):
            return None
        if {type(row.leaf) for row in rows} != {bytes}:
            return None
        hashes = [sha256(b"\0" + row.leaf).digest() for row in rows]  # merkle.leaf_hash, a million times
        if self.marked:
            placed = self._secrets.placed
            marks = [placed(hash_, row.id, row.position) for row, hash_ in zip(rows, hashes, strict=True)]
            if marks != [row.mac for row in rows]:
                return None
        return hashes

    def _named(self, rows: Sequence[Row], at: int, tree: "_Tree") -> list[bytes]:
        """Name the faults of some entries, and return their leaf hashes."""
        hashes = []
        for row in rows:
            position, name = row.position, f"{row.act} {row.subject}"
            if type(row.leaf) is not bytes:
                self._found("changed", "entry", position, "leaf: a value of another type")
            if type(position) is not int:
                self._found("changed", "entry", position, f"{name}: position: a value of another type")
                continue
            if position != at:
                self._found("missing", "entry", at if position == at + 1 else f"{at} to {position - 1}")
                tree.wrong = True
            at = position + 1
            hash_ = merkle.leaf_hash(as_bytes(row.leaf))
            if self.marked and self._secrets.placed(hash_, row.id, position) != row.mac:
                self._found("changed", "entry", position, f"{name}: not made here, or changed since")
            hashes.append(hash_)
        return hashes

    def _new(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if self.marked and self._secrets.entry(merkle.leaf_hash(as_bytes(row.leaf))) != row.mac:
                detail = f"{row.act} {row.subject}: not made here, or changed since"
                self._found("inserted", "entry", f"new, id {row.id}", detail)
                self.foreign += 1
        self.count += len(rows)
        self.new += len(rows)

    def _name_entries(self, good: int) -> None:
        """Name the entries out of order, if there are no marks that name changed ones."""
        if self.marked:
            return
        before = 0
        for row in queries.stream(self._connection, queries.ENTRIES, (good,)):
            if row.id < before:
                self._found("out-of-order", "entry", row.position, f"{row.act} {row.subject}")
            before = max(before, row.id)
        self._undetermined.append(f"which entry from {good} on was changed: the data key would tell")


class _Tree:
    """The tree grown again, compared with the signed heads and the stored roots of its blocks.

    :param frontier: of the entries before those that are read; None where they do not give one
    :param roots: the signed roots, by size
    :param blocks: the stored roots, by number; those that remain in the end belong to no entries
    """

    def __init__(
        self,
        frontier: merkle.Frontier | None,
        roots: dict[int, bytes],
        blocks: dict[int, bytes],
        found: Callable[..., None],
    ) -> None:
        edge = frontier or merkle.Frontier()
        count, remainder = divmod(edge.size, BLOCK)
        self._frontier = merkle.Frontier(count * BLOCK, edge.hashes[: count.bit_count()])
        self._block = merkle.Frontier(
            remainder, edge.hashes[count.bit_count() :]
        )  # the entries since the last whole block
        self._roots = roots
        self._stored = blocks
        self._found = found
        self.good = edge.size
        self.wrong = self._lost = frontier is None

    def grow(self, at: int, hashes: Sequence[bytes]) -> None:
        """Append entries from a place on, and compare every head that was signed over some of them."""
        if self._lost:
            return
        complete = not self._block.size and at % BLOCK == 0 and len(hashes) == BLOCK
        if complete and not any(size in self._roots for size in range(at + 1, at + BLOCK)):
            self._append(at // BLOCK, merkle.root_of(hashes))
            self._head(at + BLOCK)
            return
        for hash_ in hashes:
            at += 1
            self._block.add(hash_)
            if self._block.size == BLOCK:
                self._append((at - 1) // BLOCK, self._block.root)
                self._block = merkle.Frontier()
            self._head(at)

    def _append(self, number: int, root: bytes) -> None:
        if number not in self._stored:
            self._found("missing", "block", number)
        elif self._stored.pop(number) != root and not self.wrong:
            self._found("changed", "block", number, f"entries {number * BLOCK} to {number * BLOCK + BLOCK - 1}")
        if not self.wrong:
            self._frontier.add(root, BLOCK)

    def _head(self, size: int) -> None:
        if self.wrong or size not in self._roots:
            return
        if merkle.Frontier(size, [*self._frontier.hashes, *self._block.hashes]).root == self._roots[size]:
            self.good = size
        else:
            self.wrong = True
            self._found("changed", "log", f"entries {self.good} to {size - 1}", "not what was signed")

    def end(self, size: int) -> None:
        """Name stored roots without a block."""
        for number in sorted(number for number in self._stored if not 0 <= number < size // BLOCK):
            self._found("inserted", "block", number)
