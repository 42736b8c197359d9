"""The audit: everything is read, the log is hashed and played again, and any row that says otherwise is named."""

import hmac
import json
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from tjdocs.errors import InputError, RegisterError
from tjdocs.register import hot, lives, merkle, schema
from tjdocs.register.checkpoint import Checkpoint
from tjdocs.register.context import Context
from tjdocs.register.entries import as_bytes, digest, issue_prefix
from tjdocs.register.log import BLOCK, consistent
from tjdocs.register.people import unopened
from tjdocs.register.ranges import Runs
from tjdocs.register.replay import Replay
from tjdocs.register.report import breaks
from tjdocs.register.schema import additions, misplaced
from tjdocs.register.values import Audit, Problem

__all__ = ["run"]

_DOCUMENT = (
    "number", "document_type", "office", "officer", "issued", "expires", "citizenship", "sex", "category", "replaces",
)  # fmt: skip


def run(
    context: Context, *, officer: str, since: str, heads: Sequence[str] | None, sequence: bool, persons: bool
) -> Audit:
    """See :meth:`tjdocs.register.Register.audit`."""
    with context.store.read() as connection:
        _admit(context, connection, officer)
    if sequence and context.keys.log is not None and context.secrets.mac:
        with suppress(RegisterError):  # what stops the sequencer is found below, and named
            context.log.sequence()
    with context.store.read() as connection:
        reader = _Audit(context, connection, heads)
        try:
            with ThreadPoolExecutor(1) as beside:
                damage = beside.submit(_damage, context) if context.store.sqlite and not since else None
                found = reader.read(since, persons=persons)
                return found if damage is None else replace(found, problems=(*found.problems, *damage.result()))
        except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError):
            # SQLite keeps whatever someone puts into a column
            return reader.unreadable()


def _admit(context: Context, connection: Connection, officer: str) -> None:
    """Let an auditor pass, also one whose role somebody took out of the table: the log has it, the audit names it."""
    try:
        context.may_read(connection, "audit", officer)
    except RegisterError:
        replay = Replay()
        for act, subject, leaf in hot.stream(connection, hot.ACTS):
            if act in ("enrol", "dismiss"):
                replay.add(act, subject, as_bytes(leaf))
        if not any(id_ == officer and "audit" in lives.roles().get(role, ()) for id_, role, _ in replay.officers):
            raise


def _damage(context: Context) -> list[Problem]:  # an index that says otherwise than its table, too
    with context.store.read() as connection:
        texts = connection.exec_driver_sql("PRAGMA integrity_check(100)").scalars().all()
    return [Problem("damaged", "database", "", str(text)) for text in texts if text != "ok"]


class _Audit:
    def __init__(self, context: Context, connection: Connection, outside: Sequence[str] | None) -> None:
        self._context = context
        self._connection = connection
        self._outside = outside
        self._verifier = context.log.verifier
        self._problems: list[Problem] = []
        self._undetermined: list[str] = []
        self._replay = Replay()
        self._changed: dict[str, tuple[str, str, str, str]] = {}  # documents that are no more as issued
        self._documents = 0
        self._unsequenced = 0
        self._runs = Runs()

    def read(self, since: str, *, persons: bool) -> Audit:
        notes = self._heads()
        newest = max(notes, default=0)
        start, frontier = 0, merkle.Frontier()
        outside = self._kept(newest, notes)
        if since:
            known = self._verifier.open(since)
            start, frontier = known.size, self._continued(known, newest)
            self._undetermined.append(f"the first {start} entries and the rows they are about were not read again")
        roots = {size: checkpoint.root for size, checkpoint in notes.items()}
        entries = self._entries(frontier, {**roots, **outside}, newest, start if frontier.size == start else newest)
        if since:
            self._touched()
        else:
            self._tables()
        if persons:
            self._persons()
        if self._unsequenced:
            marked = "their marks hold" if self._context.secrets.mac else "without the data key nobody can tell"
            self._undetermined.append(f"{self._unsequenced} entries are not under a signed head yet; {marked}")
        note = self._note(newest) if notes else ""
        return Audit(note, entries, self._documents, tuple(self._problems), tuple(self._undetermined))

    def _found(self, code: str, table: str, row: object, detail: str = "") -> None:
        self._problems.append(Problem(code, table, str(row), detail))

    def unreadable(self) -> Audit:
        """Say where values of another type stand, which no reading got past."""
        for table, row, column in misplaced(self._connection):
            self._found("changed", table, row, f"{column}: a value of another type")
        if not self._problems:
            self._found("changed", "database", "?", "not readable")
        self._undetermined.append("the rest was not read")
        return Audit("", 0, self._documents, tuple(self._problems), tuple(self._undetermined))

    # ---------------------------------------------------------------------------------------------------- heads

    def _heads(self) -> dict[int, Checkpoint]:
        found = {}
        for row in self._connection.execute(select(schema.head).order_by(schema.head.c.size)).all():
            checkpoint = self._open(row.note)
            if checkpoint is None or checkpoint.size != row.size:
                self._found("unsigned", "head", row.size, "not signed by the log's key")
            else:
                found[checkpoint.size] = checkpoint
        return found

    def _note(self, size: int) -> str:
        return str(self._connection.execute(select(schema.head.c.note).where(schema.head.c.size == size)).scalar())

    def _open(self, note: str) -> Checkpoint | None:
        try:
            checkpoint = self._verifier.open(note)
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
        found = {}
        for note in self._outside:
            checkpoint = self._open(note)
            if checkpoint is None:
                self._found("unsigned", "heads kept outside", note.split("\n")[1][:20] if "\n" in note else "?")
            elif checkpoint.size > newest:
                detail = f"the newest head here has {newest} entries"
                self._found("rolled-back", "database", f"head of {checkpoint.size} entries", detail)
            else:
                found[checkpoint.size] = checkpoint.root
                if checkpoint.size not in notes:
                    self._found("missing", "head", checkpoint.size, "it was signed, and is kept outside")
        return found

    def _continued(self, known: Checkpoint, newest: int) -> merkle.Frontier:
        if known.size > newest:
            self._found("rolled-back", "database", f"head of {known.size} entries", f"the newest here has {newest}")
            return merkle.Frontier(newest)
        try:
            frontier = consistent(self._connection, known.size)
        except RegisterError as error:
            self._found("changed", "entry", error.where, error.message)
            return merkle.Frontier(known.size)
        if frontier.root != known.root:
            self._found("changed", "entry", f"0 to {known.size - 1}", "the log does not continue that head")
        return frontier

    # -------------------------------------------------------------------------------------------------- entries

    def _entries(self, frontier: merkle.Frontier, roots: dict[int, bytes], newest: int, start: int) -> int:
        good, wrong, first = frontier.size, False, start % BLOCK == 0
        rows = self._connection.execute(select(schema.block.c.number, schema.block.c.root))
        stored = {row.number: as_bytes(row.root) for row in rows}
        block = merkle.Frontier()  # the entries since the last whole block; `frontier` holds whole ones where it can
        count, at, beyond = 0, start, list[int]()
        if at == 0 and 0 in roots and roots[0] != merkle.EMPTY:
            self._found("changed", "head", 0)
        leaf_hash, entry_mark, marked = merkle.leaf_hash, self._context.secrets.entry, bool(self._context.secrets.mac)
        for row in hot.stream(self._connection, hot.ENTRIES, (start,)):
            count += 1
            position, act, leaf = row[1], row[2], row[4]
            if type(leaf) is not bytes:
                self._found("changed", "entry", position, "leaf: a value of another type")
                leaf = as_bytes(leaf)
            if position != at:
                self._found("missing", "entry", at if position == at + 1 else f"{at} to {position - 1}")
                wrong = True
            elif position >= newest > 0:
                beyond.append(position)
            at = position + 1
            hash_ = leaf_hash(leaf)
            if marked and entry_mark(hash_) != row[5]:
                self._found("changed", "entry", position, f"{act} {row[3]}: not made here, or changed since")
            if first:
                block.add(hash_)
                if block.size == BLOCK:
                    self._block(stored, position // BLOCK, block.root, wrong)
                    if not wrong:
                        frontier.add(block.root, BLOCK)
                    block = merkle.Frontier()
            else:
                frontier.add(hash_)
                first = at % BLOCK == 0
            if at in roots and not wrong:
                if merkle.Frontier(at, [*frontier.hashes, *block.hashes]).root == roots[at]:
                    good = at
                else:
                    wrong = True
                    self._found("changed", "log", f"entries {good} to {at - 1}", "not what was signed")
            self._play(row, act, leaf, position, start)
        for row in hot.stream(self._connection, hot.NEW):
            count += 1
            self._new(row)
            self._play(row, row[2], as_bytes(row[4]), f"new, id {row[0]}", start)
        if at < newest:
            self._found("missing", "entry", f"{at} to {newest - 1}" if at + 1 < newest else at)
            wrong = True
        if beyond:
            which = beyond[0] if len(beyond) == 1 else f"{beyond[0]} to {beyond[-1]}"
            self._found("inserted", "entry", which, "beyond the newest signed head")
        if at and not newest:
            self._found("missing", "head", at, "entries have places, and no head is signed")
        for number in sorted(number for number in stored if not 0 <= number < at // BLOCK):
            self._found("inserted", "block", number)
        if wrong:
            self._name_entries(good)
        return count

    def _play(self, row: Sequence[Any], act: str, leaf: bytes, place: object, start: int) -> None:
        if act == "issue":
            self._issue(row, leaf, place)
        elif (fault := self._replay.add(act, row[3], leaf)) and start == 0:
            self._found("unlawful", "entry", place, fault)

    def _block(self, stored: dict[int, bytes], number: int, root: bytes, wrong: bool) -> None:
        if number not in stored:
            self._found("missing", "block", number)
        elif stored.pop(number) != root and not wrong:
            self._found("changed", "block", number, f"entries {number * BLOCK} to {number * BLOCK + BLOCK - 1}")
        stored.pop(number, None)

    def _new(self, row: Sequence[Any]) -> None:
        self._unsequenced += 1
        if self._context.secrets.mac and self._context.secrets.entry(merkle.leaf_hash(as_bytes(row[4]))) != row[5]:
            self._found("inserted", "entry", f"new, id {row[0]}", f"{row[2]} {row[3]}: not made here, or changed since")

    def _name_entries(self, good: int) -> None:
        """Say which entries are out of order; what is not as made, their marks told already."""
        before = 0
        for row in hot.stream(self._connection, hot.ENTRIES, (good,)):
            if row[0] < before:
                self._found("out-of-order", "entry", row[1], f"{row[2]} {row[3]}")
            before = max(before, row[0])
        if not self._context.secrets.mac:
            self._undetermined.append(f"which entry from {good} on was changed: the data key would tell")

    # ------------------------------------------------------------------------------------------------ documents

    def _issue(self, row: Sequence[Any], leaf: bytes, place: object) -> None:
        number, series, blank, holder, personal, sealed, state, ground, replaced_by, since = row[6], *row[16:25]
        if number is None:
            self._moved(row[3], leaf, place)
            self._found("missing", "document", row[3], "the log has its issue")
            return
        self._documents += 1
        self._runs.add((series, row[8], row[7]), blank)
        person = "" if holder is personal is sealed is None else digest(holder, personal, sealed)
        fresh = state == "issued" and not ground and not replaced_by
        prefix = issue_prefix(*(*row[6:16], series, blank, person, since if fresh else ""))
        if not leaf.startswith((prefix + '","' if fresh else prefix).encode()):
            self._moved(row[3], leaf, place)
            self._found("changed", "document", row[3], self._which(row, leaf, person))
        if not fresh:
            self._changed[number] = (state, ground, replaced_by, since)

    def _moved(self, subject: str, leaf: bytes, place: object) -> None:
        if f'"subject":"{subject}"'.encode() not in leaf[:80]:
            self._found("changed", "entry", place, "the subject")

    def _which(self, row: Sequence[Any], leaf: bytes, person: str) -> str:
        """Name the columns that are not what the log has."""
        try:
            table = json.loads(leaf)
            said = {**table, "number": table["subject"], "officer": table["officers"][0], **table["blanks"]}
            ours = {
                **dict(zip(_DOCUMENT, row[6:16], strict=True)),
                "series": row[16],
                "first": row[17],
                "person": person,
            }
            if row[21] == "issued":
                ours["at"] = row[24]
            names = {"first": "blank", "person": "holder, personal, sealed", "at": "since"}
            return ", ".join(names.get(name, name) for name, value in ours.items() if said.get(name) != value)
        except (ValueError, KeyError, TypeError, IndexError):
            return "the log's entry is not readable"

    def _states(self, rows: Iterable[tuple[str, tuple[str, str, str, str]]]) -> None:
        expected = self._replay.documents
        for number, columns in rows:
            said = expected.pop(number, None)
            if said is None:
                self._found("changed", "document", number, f"state {columns[0]}: the log has no such act")
            elif said != columns:
                names = ("state", "ground", "replaced_by", "since")
                wrong = [name for name, ours, log in zip(names, columns, said, strict=True) if ours != log]
                self._found("changed", "document", number, ", ".join(wrong))

    def _touched(self) -> None:
        """Compare the rows that the new entries are about."""
        table = schema.document.c
        numbers = [number for number in self._replay.documents if number not in self._changed]
        for start in range(0, len(numbers), 500):
            query = select(table.number, table.state, table.ground, table.replaced_by, table.since)
            for row in self._connection.execute(query.where(table.number.in_(numbers[start : start + 500]))):
                self._changed[row.number] = (row.state, row.ground, row.replaced_by, row.since)
        new = {number: columns for number, columns in self._changed.items() if number in self._replay.documents}
        self._states(new.items())
        for number in self._replay.documents:
            self._found("missing", "document", number, "the log has acts on it")

    # --------------------------------------------------------------------------------------------- other tables

    def _tables(self) -> None:
        self._states(self._changed.items())
        for number, said in self._replay.documents.items():
            self._found("changed", "document", number, f"state: the log has {said[0]}")
        if hot.execute(self._connection, hot.COUNT)[0][0] != self._documents:
            for (number,) in hot.stream(self._connection, hot.ORPHANS):
                self._found("inserted", "document", number, "the log has no issue of it")
        self._settings()
        self._blanks()
        self._decisions()
        for kind, name in additions(self._connection):
            self._found("inserted", kind, name, "no part of a register")

    def _persons(self) -> None:
        """Open every person: a row's own key is wrapped, and the wrapping stands in no entry."""
        if not self._context.keys.data:
            self._undetermined.append("without the data key nobody can tell whether the rows' own keys open them")
            return
        for table, subject in unopened(self._connection, self._context.keys):
            self._found("damaged", table, subject, "wrapped: its key does not open the person")

    def _settings(self) -> None:
        settings = self._context.store.settings(self._connection)
        said = {key: value for key, value in settings.items() if key not in ("key.lookup", "key.mac")}
        for key in sorted(said.keys() | self._replay.settings.keys()):
            if said.get(key) != self._replay.settings.get(key):
                self._found("changed", "setting", key)
        table = schema.officer.c
        rows = {tuple(row) for row in self._connection.execute(select(table.id, table.role, table.office))}
        self._sets("officer", rows, self._replay.officers)
        one = schema.series.c
        series = {tuple(row) for row in self._connection.execute(select(one.id, one.document_type, one.pattern))}
        self._sets("series", series, {(id_, kind, p.text) for id_, (kind, p) in self._replay.series.items()})

    def _sets(self, name: str, ours: set[Any], log: set[Any]) -> None:
        for row in sorted(ours - log):
            self._found("inserted", name, " ".join(map(str, row)), "the log has no such row")
        for row in sorted(log - ours):
            self._found("missing", name, " ".join(map(str, row)), "the log has it")

    def _blanks(self) -> None:
        rows = self._connection.execute(select(schema.reservation)).all()
        if rows and not self._context.secrets.mac:
            self._undetermined.append(f"{len(rows)} numbers are being issued; without the data key nobody can tell")
        for row in rows:
            columns = (row.series, row.blank, row.document_type, row.office, row.officer)
            more = (row.owner, row.token, row.place, row.staging)
            parts = ("reservation", row.number, row.stage, *map(str, (*columns, *more)))
            if self._context.secrets.mac and not hmac.compare_digest(
                as_bytes(row.mac), self._context.secrets.mark(*parts)
            ):
                self._found("inserted", "reservation", row.number, "not made here, or changed since")
        for one in breaks(self._connection, self._replay, self._runs.spans()):
            self._found(one.code, one.table, one.row, one.detail)

    def _decisions(self) -> None:
        expected = self._replay.decisions
        for row in self._connection.execute(select(schema.decision).order_by(schema.decision.c.id)).mappings():
            said = expected.pop(row["id"], None)
            ours = {name: row[name] for name in said or {} if name != "person"}
            if said is None:
                self._found("inserted", "decision", row["id"], "the log has no such decision")
            elif {**ours, "person": digest(row["holder"], row["personal"], row["sealed"])} != said:
                self._found("changed", "decision", row["id"])
        for id_ in expected:
            self._found("missing", "decision", id_, "the log has it")
