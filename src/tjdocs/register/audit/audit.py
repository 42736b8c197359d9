"""The audit: read every row, hash and replay the log, and name each row that differs from it."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from tjdocs.auditlog.entry import (
    UNREADABLE,
    as_bytes,
    as_object,
    digest,
    entry_name,
    issue_prefix,
    read_leaf,
    split_signatures,
)
from tjdocs.errors import KeyMaterialError, RegisterError
from tjdocs.register import queries, tables
from tjdocs.register.audit.issue_entries import is_lawful, said_beside, shape
from tjdocs.register.audit.log_check import Found, Reading
from tjdocs.register.audit.replay import UNKNOWN, Replay
from tjdocs.register.audit.roll import ABOUT_OFFICERS, NAMED, Fault, Roll
from tjdocs.register.audit.tables_check import Tables
from tjdocs.register.context import Context
from tjdocs.register.database import UNDECODED
from tjdocs.register.holders import unopened
from tjdocs.register.number_ranges import Runs
from tjdocs.register.records import AuditReport, Discrepancy
from tjdocs.register.schema_check import faults
from tjdocs.register.tables import document_id, misplaced

__all__ = ["run"]

_UNLAWFUL = Fault("unlawful", "an issue with values that the register does not write")
_UNSIGNED: dict[str, bytes] = {}
_DOCUMENT = (
    "document_type", "office", "officer", "issued", "expires", "citizenship", "sex", "category", "replaces",
)  # fmt: skip


def run(
    context: Context, *, officer: str, since: str, heads: Sequence[str] | None, sequence: bool, persons: bool
) -> AuditReport:
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
) -> AuditReport:  # fmt: skip
    _admit(context, officer, lenient=lenient)
    if sequence and context.keys.log is not None and context.secrets.mac:
        with suppress(RegisterError, *UNREADABLE):  # what stops the sequencer is found below, and named
            context.log.sequence()
    with context.store.read(lenient=lenient) as connection:
        reader = _Audit(context, connection, heads, whole=not since)
        if reader.incomplete():
            return reader.stopped()
        try:
            with ThreadPoolExecutor(1) as beside:
                damage = beside.submit(_damage, context) if context.store.sqlite and not since else None
                report = reader.read(since, persons=persons)
                return report if damage is None else replace(report, problems=(*report.problems, *damage.result()))
        except UNREADABLE:
            return reader.unreadable()


def _admit(context: Context, officer: str, *, lenient: bool) -> None:
    """Require an auditor; one who was deleted from the tables is found in the log."""
    try:
        with context.store.read(lenient=lenient) as connection:
            context.access.require_read(connection, "audit", officer)
    except (RegisterError, KeyMaterialError):
        roll = Roll(context.secrets.register)
        replay = Replay(roll=roll)
        with context.store.read(lenient=lenient) as connection:
            for place, row in enumerate(queries.stream(connection, queries.ACTS)):
                if row.act in ABOUT_OFFICERS:
                    replay.add(row.act, row.subject, as_bytes(row.leaf), place)
        if not roll.may(officer, "audit") or roll.keys.get(officer) not in context.access.signers:
            raise


def _damage(context: Context) -> list[Discrepancy]:  # also an index that differs from its table
    with context.store.read() as connection:
        texts = connection.exec_driver_sql("PRAGMA integrity_check(100)").scalars().all()
    return [Discrepancy("damaged", "database", "", str(text)) for text in texts if text != "ok"]


class _Audit:
    def __init__(self, context: Context, connection: Connection, outside: Sequence[str] | None, *, whole: bool) -> None:
        self._context = context
        self._connection = connection
        self._findings = Found()
        self._found = self._findings.add
        self._reading = Reading(context, connection, outside, self._findings)
        self._roll = Roll(context.secrets.register, whole=whole)
        self._replay = Replay(whole=whole, roll=self._roll)
        self._played = 0
        self._unsigned = 0  # entries whose officers or signatures are wrong
        self._changed: dict[str, tuple[str, str, str, str]] = {}  # documents that are no more as issued
        self._documents = 0
        self._runs = Runs()
        self._lawful: set[tuple[Any, ...]] = set()  # values of issues that were judged before: few, as they repeat

    def incomplete(self) -> bool:
        """Name each altered table; return whether one of them stops the audit."""
        faulty = faults(self._connection)
        for fault in faulty:
            self._found(*fault)
        return any(code == "missing" and kind == "table" for code, kind, *_ in faulty)

    def stopped(self) -> AuditReport:
        """Return the report of an audit that cannot go on."""
        self._findings.undetermined.append("the rest was not read")
        return self._told("", 0)

    def read(self, since: str, *, persons: bool) -> AuditReport:
        reading, undetermined = self._reading, self._findings.undetermined
        if since:
            self._before(since)
        reading.read(since, self._play)
        self._signed()
        for old, new in self._replay.unreplaced():
            self._found("unlawful", "document", old, f"replaced by {new}, which was not issued in its place")
        if since:
            self._again(queries.AGAIN_PLACED, (self._reading.start,))
            self._again(queries.AGAIN, ())
            self._again(queries.SAME_ID, (self._reading.start,))
            self._touched()
        else:
            self._tables()
        if persons:
            self._persons()
        if reading.new:
            marked = "their marks hold" if reading.marked else "without the data key nobody can tell"
            if reading.foreign:
                marked = f"of {reading.foreign} the marks do not hold"
            undetermined.append(f"{reading.new} entries are not under a signed head yet; {marked}")
        return self._told(reading.head, reading.count)

    def _told(self, head: str, entries: int) -> AuditReport:
        findings = self._findings
        roll = self._roll
        return AuditReport(
            head, entries, self._documents, tuple(findings.problems), tuple(findings.undetermined), roll.signed_from,
            roll.first_key,
        )  # fmt: skip

    def unreadable(self) -> AuditReport:
        """Name the values of another type that stopped the audit."""
        for table, row, column in misplaced(self._connection):
            self._found("changed", table, row, f"{column}: a value of another type")
        if not self._findings.problems:
            self._found("changed", "database", "?", "not readable")
        return self.stopped()

    # ------------------------------------------------------------------------------------------------ documents

    def _play(self, rows: Sequence[Any]) -> None:
        """Play some entries, and compare the documents that were issued by them."""
        before, runs, roll, replay = None, list[list[int]](), self._roll, self._replay
        number, like = replay.numbers(0), shape("{}")
        for row in rows:
            (  # as queries.ENTRIES has them: each by its name would cost a million entries a second
                _, _, act, subject, leaf, _, id_, kind, office, officer, issued, expires, citizenship, sex, category,
                replaces, series, blank, holder, personal, sealed, state, ground, replaced_by, since, files,
            ) = row  # fmt: skip
            if row.position is not None and row.position != self._played:
                roll.lose()  # a missing entry may have been about officers
                self._played = row.position if type(row.position) is int else self._played
            self._played += 1
            if act != "issue":
                for fault in replay.add(act, subject, as_bytes(leaf), self._played - 1):
                    self._unlawful(row, fault)
                continue
            fresh = state == "issued" and ground == "" == replaced_by
            person = "" if holder is personal is sealed is None else digest(holder, personal, sealed)
            begin = issue_prefix(
                subject, kind, office, officer, issued, expires, citizenship, sex, category, replaces, series, blank,
                person, since if fresh else "",
            )  # fmt: skip
            body, signatures, officers = leaf, _UNSIGNED, [officer]
            if signed := roll.signed_from is not None:
                body, signatures = split_signatures(as_bytes(leaf))
            if id_ is not None and before != (series, office, kind):
                before = (series, office, kind)
                runs, number = self._runs.of(before), replay.numbers(series)
            if not (
                fresh
                and replaces == ""
                and type(blank) is type(series) is int
                and id_ == document_id(series, blank)
                and body == f'{begin}","ground":"","files":{files}}}'.encode()
                and (_terms(row), since, signed) in self._lawful
                and ((like is not None and like(files)) or (like := shape(files)))
                and number(blank) == subject
            ):
                officers, office = self._issue(row, as_bytes(body), begin, person, fresh=fresh, signed=signed)
            if signed and officers and (wrong := roll.judge("issue", officers, body, signatures, office)) is not None:
                self._unlawful(row, wrong)
            if id_ is None:
                continue
            self._documents += 1
            if type(blank) is int:
                Runs.join(runs, blank)
            if not fresh:
                self._changed[subject] = (state, ground, replaced_by, since)

    def _issue(
        self, row: Any, body: bytes, begin: str, person: str, *, fresh: bool, signed: bool
    ) -> tuple[list[str], str]:
        """Judge one issue; return the officers who have to have signed it (none: nobody knows), and the office."""
        series, blank, officer = row.series, row.blank, row.officer
        typed = type(row.leaf) is bytes and type(series) is type(blank) is int
        own = typed and row.document == document_id(series, blank)
        content = said_beside(body, begin, row.since if fresh else None, row.files) if own else None
        if content is None:
            return self._of_another(row, body, person)
        if not is_lawful(*_terms(row), content.at, signed):
            self._unlawful(row, _UNLAWFUL)
            return [], ""
        if fresh:
            self._lawful.add((_terms(row), row.since, signed))
        wrong = self._replay.issued(
            row.subject, series, blank, row.document_type, officer, row.replaces, content, acted=not fresh
        )
        if wrong is not None:
            self._unlawful(row, wrong)
        return [officer], row.office

    def _of_another(self, row: Any, body: bytes, person: str) -> tuple[list[str], str]:
        """Name an issue whose row differs; return the officers and the office in its entry."""
        if row.document is None:
            self._missing(row)
        else:
            self._differs(row, person)
        try:
            entry = read_leaf(body)
            return entry["officers"] or [""], entry["office"]
        except UNREADABLE:
            self._unlawful(row, Fault("unlawful", "not readable"))
            return [], ""

    def _unlawful(self, row: Any, fault: Fault) -> None:
        code, detail = fault
        if code in ("unsigned", "forged"):
            detail = f"{row.act} {row.subject}: {detail}"
        self._unsigned += 1
        if self._unsigned <= NAMED:
            self._found(code, "entry", _place(row), detail)

    def _before(self, since: str) -> None:
        """Read the officers as they were at a head."""
        size = self._context.log.verifier.open(since).size
        self._played, self._roll.lost = size, False
        for row in queries.stream(self._connection, queries.OFFICERS, (size,)):
            # its faults were named at that head
            self._replay.add(row.act, row.subject, as_bytes(row.leaf), row.position)

    def _signed(self) -> None:
        """Report unsigned entries, and signatures that cannot be verified."""
        roll, undetermined, count = self._roll, self._findings.undetermined, self._played
        if self._unsigned > NAMED:
            self._found("unlawful", "entry", f"{self._unsigned - NAMED} more", "signed by others, or unsigned")
        if roll.trial:
            return
        if roll.unverified:
            undetermined.append("the register's first key is unknown: no signature was verified")
        elif roll.signed_from is None and count:
            self._found("unsigned", "log", f"entries 0 to {count - 1}", "no officer has a key")
        elif roll.signed_from:
            text = f"entries 0 to {roll.signed_from - 1} are unsigned: signed from entry {roll.signed_from} on"
            undetermined.append(text)
        if roll.lost:
            undetermined.append("entries about officers are missing or unreadable: roles after them are unknown")

    def _missing(self, row: Any) -> None:
        self._moved(row)
        self._found("missing", "document", row.subject, "the log has its issue")

    def _differs(self, row: Any, person: str) -> None:
        self._moved(row)
        self._found("changed", "document", row.subject, self._which(row, as_bytes(row.leaf), person))

    def _moved(self, row: Any) -> None:
        if f'"subject":"{row.subject}"'.encode() not in as_bytes(row.leaf)[:80]:
            self._found("changed", "entry", _place(row), "the subject")

    def _which(self, row: Any, leaf: bytes, person: str) -> str:
        """Name the columns that differ from the log."""
        try:
            table = read_leaf(leaf)
            entry = {**table, "officer": table["officers"][0], **table["blanks"]}
            columns = {
                **{name: getattr(row, name) for name in _DOCUMENT},
                "series": row.series,
                "first": row.blank,
                "person": person,
                "files": row.files,
                "id": row.document,
            }
            entry |= {"files": as_object(table["files"]), "id": document_id(entry["series"], entry["first"])}
            if row.state == "issued":
                columns["at"] = row.since
            names = {"first": "blank", "person": "holder, personal, sealed", "at": "since"}
            return ", ".join(names.get(name, name) for name, value in columns.items() if entry.get(name) != value)
        except UNREADABLE:
            return "the log's entry is not readable"

    def _states(self, rows: Iterable[tuple[str, tuple[str, str, str, str]]]) -> None:
        expected = self._replay.documents
        for number, columns in rows:
            entry = expected.pop(number, None)
            if entry is None:
                self._found("changed", "document", number, f"state {columns[0]}: the log has no such act")
            elif entry != (columns if entry[2] != UNKNOWN else (*columns[:2], UNKNOWN, columns[3])):
                names = ("state", "ground", "replaced_by", "since")
                wrong = [name for name, column, log in zip(names, columns, entry, strict=True) if column != log]
                self._found("changed", "document", number, ", ".join(wrong))

    def _touched(self) -> None:
        """Compare the rows that the new entries are about."""
        table = tables.document.c
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
        for number, entry in self._replay.documents.items():
            self._found("changed", "document", number, f"state: the log has {entry[0]}")
        issued = sum(last - first + 1 for *_, first, last in self._runs.spans())  # each once, however often entered
        if issued != self._documents:
            self._again(queries.ISSUED_TWICE, ())
        (documents,) = queries.execute(self._connection, queries.COUNT)
        if documents.total != issued:
            for row in queries.stream(self._connection, queries.ORPHANS):
                self._found("inserted", "document", row.number, "the log has no issue of it")
        Tables(self._context, self._connection, self._findings).compare(self._replay, self._roll, self._runs)

    def _again(self, statement: str, values: Sequence[Any]) -> None:
        for row in queries.execute(self._connection, statement, values):
            self._found("inserted", "entry", _place(row), f"{row.act} {row.subject}: it is there twice")

    def _persons(self) -> None:
        """Open every person: no entry covers the wrapping of a row's own key."""
        if not self._context.keys.data:
            text = "without the data key nobody can tell whether the rows' own keys open them"
            self._findings.undetermined.append(text)
            return
        for table, subject in unopened(self._connection, self._context.keys):
            self._found("damaged", table, subject, "wrapped: its key does not open the person")


def _place(row: Any) -> str:
    return entry_name(row.id, row.position)


def _terms(row: Any) -> tuple[Any, ...]:
    """Return the values of an issue that :func:`is_lawful` judges."""
    own = row.document_type, row.office, row.officer, row.issued, row.expires
    return *own, row.citizenship, row.sex, row.category
