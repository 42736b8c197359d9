"""The audit: everything is read, the log is hashed and played again, and any row that says otherwise is named."""

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from tjdocs.errors import RegisterError
from tjdocs.register import hot, lives, schema
from tjdocs.register._forms import additions, faults
from tjdocs.register._reading import Found, Reading
from tjdocs.register.context import Context
from tjdocs.register.entries import as_bytes, as_object, digest, issue_prefix
from tjdocs.register.people import unopened
from tjdocs.register.ranges import Runs
from tjdocs.register.replay import UNKNOWN, Replay
from tjdocs.register.report import breaks
from tjdocs.register.schema import misplaced, place
from tjdocs.register.store import UNDECODED
from tjdocs.register.values import Audit, Problem

__all__ = ["run"]

_DOCUMENT = (
    "document_type", "office", "officer", "issued", "expires", "citizenship", "sex", "category", "replaces",
)  # fmt: skip
# SQLite keeps whatever someone puts into a column
_OTHER_TYPES = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


def run(
    context: Context, *, officer: str, since: str, heads: Sequence[str] | None, sequence: bool, persons: bool
) -> Audit:
    """See :meth:`tjdocs.register.Register.audit`."""
    try:
        return _run(context, officer, since, heads, sequence=sequence, persons=persons, lenient=False)
    except RegisterError as error:
        if not error.hint.startswith(UNDECODED):
            raise
    return _run(context, officer, since, heads, sequence=sequence, persons=persons, lenient=True)


def _run(
    context: Context, officer: str, since: str, heads: Sequence[str] | None, *, sequence: bool, persons: bool,
    lenient: bool,
) -> Audit:  # fmt: skip
    with _read(context, lenient) as connection:
        _admit(context, connection, officer)
    if sequence and context.keys.log is not None and context.secrets.mac:
        with suppress(RegisterError, *_OTHER_TYPES):  # what stops the sequencer is found below, and named
            context.log.sequence()
    with _read(context, lenient) as connection:
        reader = _Audit(context, connection, heads, whole=not since)
        if reader.incomplete():
            return reader.stopped()
        try:
            with ThreadPoolExecutor(1) as beside:
                damage = beside.submit(_damage, context) if context.store.sqlite and not since else None
                found = reader.read(since, persons=persons)
                return found if damage is None else replace(found, problems=(*found.problems, *damage.result()))
        except _OTHER_TYPES:
            return reader.unreadable()


@contextmanager
def _read(context: Context, lenient: bool) -> Iterator[Connection]:
    """Read on one snapshot.

    :param lenient: what is no text comes as one that no text equals; SQLite's driver refuses it else
    """
    with context.store.read() as connection:
        driver: Any = connection.connection.driver_connection
        try:
            if lenient:
                driver.text_factory = _as_text
            yield connection
        finally:
            if lenient:
                driver.text_factory = str


def _as_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode(errors="replace") + "\0"  # nothing that is written has one


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
    def __init__(self, context: Context, connection: Connection, outside: Sequence[str] | None, *, whole: bool) -> None:
        self._context = context
        self._connection = connection
        self._findings = Found()
        self._found = self._findings.add
        self._reading = Reading(context, connection, outside, self._findings)
        self._replay = Replay(whole=whole)
        self._changed: dict[str, tuple[str, str, str, str]] = {}  # documents that are no more as issued
        self._documents = 0
        self._runs = Runs()

    def incomplete(self) -> bool:
        """Name what is not of the tables' own form; return whether any of it stops a reading."""
        found = faults(self._connection)
        for fault in found:
            self._found(*fault)
        return any(code == "missing" and kind == "table" for code, kind, *_ in found)

    def stopped(self) -> Audit:
        """Return what was found when no more can be read."""
        self._findings.undetermined.append("the rest was not read")
        return self._told("", 0)

    def read(self, since: str, *, persons: bool) -> Audit:
        reading, undetermined = self._reading, self._findings.undetermined
        reading.read(since, self._play)
        if since:
            self._again(hot.AGAIN_PLACED, (self._reading.start,))
            self._again(hot.AGAIN, ())
            self._touched()
        else:
            self._tables()
        if persons:
            self._persons()
        if reading.new:
            marked = "their marks hold" if reading.marked else "without the data key nobody can tell"
            undetermined.append(f"{reading.new} entries are not under a signed head yet; {marked}")
        return self._told(reading.head, reading.count)

    def _told(self, head: str, entries: int) -> Audit:
        found = self._findings
        return Audit(head, entries, self._documents, tuple(found.problems), tuple(found.undetermined))

    def unreadable(self) -> Audit:
        """Say where values of another type stand, which no reading got past."""
        for table, row, column in misplaced(self._connection):
            self._found("changed", table, row, f"{column}: a value of another type")
        if not self._findings.problems:
            self._found("changed", "database", "?", "not readable")
        return self.stopped()

    # ------------------------------------------------------------------------------------------------ documents

    def _play(self, rows: Sequence[Sequence[Any]]) -> None:
        """Play some entries, and compare the documents that were issued by them."""
        before, runs = None, list[list[int]]()
        for row in rows:
            (
                _, _, act, subject, leaf, _, id_, kind, office, officer, issued, expires, citizenship, sex, category,
                replaces, series, blank, holder, personal, sealed, state, ground, replaced_by, since, files,
            ) = row  # fmt: skip
            if act != "issue":
                fault = self._replay.add(act, subject, as_bytes(leaf))
                if fault:
                    self._found("unlawful", "entry", _place(row), fault)
                continue
            if id_ is None:
                self._missing(row)
                continue
            self._documents += 1
            if type(blank) is int:
                if before != (series, office, kind):
                    before = (series, office, kind)
                    runs = self._runs.of(before)
                Runs.join(runs, blank)
            fresh = state == "issued" and ground == "" == replaced_by
            person = "" if holder is personal is sealed is None else digest(holder, personal, sealed)
            begin = issue_prefix(
                subject, kind, office, officer, issued, expires, citizenship, sex, category, replaces, series, blank,
                person, since if fresh else "",
            )  # fmt: skip
            # the place last: a blank of another type is none that an entry begins with
            if type(leaf) is not bytes or not _is_of(leaf, begin, fresh, files) or id_ != place(series, blank):
                self._differs(row, person)
            if not fresh:
                self._changed[subject] = (state, ground, replaced_by, since)

    def _missing(self, row: Sequence[Any]) -> None:
        self._moved(row)
        self._found("missing", "document", row[3], "the log has its issue")

    def _differs(self, row: Sequence[Any], person: str) -> None:
        self._moved(row)
        self._found("changed", "document", row[3], self._which(row, as_bytes(row[4]), person))

    def _moved(self, row: Sequence[Any]) -> None:
        if f'"subject":"{row[3]}"'.encode() not in as_bytes(row[4])[:80]:
            self._found("changed", "entry", _place(row), "the subject")

    def _which(self, row: Sequence[Any], leaf: bytes, person: str) -> str:
        """Name the columns that are not what the log has."""
        try:
            table = json.loads(leaf)
            said = {**table, "officer": table["officers"][0], **table["blanks"]}
            ours = {
                **dict(zip(_DOCUMENT, row[7:16], strict=True)),
                "series": row[16],
                "first": row[17],
                "person": person,
                "files": row[25],
                "id": row[6],
            }
            said |= {"files": as_object(table["files"]), "id": place(said["series"], said["first"])}
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
            elif said != (columns if said[2] != UNKNOWN else (*columns[:2], UNKNOWN, columns[3])):
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
        issued = sum(last - first + 1 for *_, first, last in self._runs.spans())  # each once, however often entered
        if issued != self._documents:
            self._again(hot.ISSUED_TWICE, ())
        if hot.execute(self._connection, hot.COUNT)[0][0] != issued:
            for (number,) in hot.stream(self._connection, hot.ORPHANS):
                self._found("inserted", "document", number, "the log has no issue of it")
        self._settings()
        self._blanks()
        self._decisions()
        for kind, name in additions(self._connection):
            self._found("inserted", kind, name, "no part of a register")

    def _again(self, statement: str, values: Sequence[Any]) -> None:
        for row in hot.execute(self._connection, statement, values):
            self._found("inserted", "entry", _place(row), f"{row[2]} {row[3]}: it stands there twice")

    def _persons(self) -> None:
        """Open every person: a row's own key is wrapped, and the wrapping stands in no entry."""
        if not self._context.keys.data:
            text = "without the data key nobody can tell whether the rows' own keys open them"
            self._findings.undetermined.append(text)
            return
        for table, subject in unopened(self._connection, self._context.keys):
            self._found("damaged", table, subject, "wrapped: its key does not open the person")

    def _settings(self) -> None:
        settings = self._context.store.settings(self._connection)
        said = {key: value for key, value in settings.items() if key not in ("key.lookup", "key.mac")}
        for key in sorted(said.keys() | self._replay.settings.keys()):
            if said.get(key) != self._replay.settings.get(key):
                self._found("changed", "setting", key)
        for key in ("key.lookup", "key.mac"):
            if not self._is_own(key.removeprefix("key."), settings.get(key, "")):
                self._found("changed", "setting", key)
        table = schema.officer.c
        rows = {tuple(row) for row in self._connection.execute(select(table.id, table.role, table.office))}
        self._sets("officer", rows, self._replay.officers)
        one = schema.series.c
        series = {tuple(row) for row in self._connection.execute(select(one.id, one.document_type, one.pattern))}
        self._sets("series", series, {(id_, kind, p.text) for id_, (kind, p) in self._replay.series.items()})

    def _is_own(self, name: str, value: str) -> bool:
        """Whether a setting is a key of the register as it was wrapped; without the data key, whether it can be one."""
        try:
            wrapped = bytes.fromhex(value)
            if not wrapped or wrapped.hex() != value:
                return False
            keys = self._context.keys
            return not keys.data or bool(keys.unwrap(wrapped) == getattr(self._context.secrets, name))
        except (ValueError, TypeError, RegisterError):
            return False

    def _sets(self, name: str, ours: set[Any], log: set[Any]) -> None:
        for row in sorted(ours - log):
            self._found("inserted", name, " ".join(map(str, row)), "the log has no such row")
        for row in sorted(log - ours):
            self._found("missing", name, " ".join(map(str, row)), "the log has it")

    def _blanks(self) -> None:
        rows = self._connection.execute(select(schema.reservation)).all()
        if rows and not self._context.secrets.mac:
            text = f"{len(rows)} numbers are being issued; without the data key nobody can tell"
            self._findings.undetermined.append(text)
        for row in rows:
            columns = (row.series, row.blank, row.document_type, row.office, row.officer)
            more = (row.owner, row.token, row.place, row.staging)
            parts = ("reservation", *map(str, (row.number, row.stage, *columns, *more)))
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


def _is_of(leaf: bytes, begin: str, fresh: bool, files: object) -> bool:
    """Whether an entry begins so, and has these digests.

    :param fresh: the document is as it was issued, and ``begin`` ends with the moment
    """
    whole = f'"files":{files}'
    if whole.find("}") != len(whole) - 1:  # one object, that ends here
        return False
    if fresh:
        if leaf.startswith(f'{begin}","ground":"",{whole}'.encode()):
            return True
        begin += '","'
    return leaf.startswith(begin.encode()) and (
        leaf.endswith((whole + "}").encode()) or (whole + ',"written":{').encode() in leaf
    )


def _place(row: Sequence[Any]) -> object:
    """Return how an entry is called: by its place, when it has one."""
    return row[1] if row[1] is not None else f"new, id {row[0]}"
