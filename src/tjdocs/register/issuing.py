"""The register's part of the issuing act: reserve, record in one durable transaction, and tidy up after a crash.

A blank leaves its range when it is reserved; that need not outlast a power cut, since nothing has been recorded yet and
the blank is then free as before. The record does: document, log entry and reservation change in one transaction.
"""

import hmac
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from tjdocs.auditlog.entry import as_bytes, as_object, digest, issue_leaf
from tjdocs.auditlog.merkle import leaf_hash
from tjdocs.documents.number_pattern import Pattern
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import issued_documents, lifecycle, owner, queries, records, tables
from tjdocs.register.blanks import spoil_blank
from tjdocs.register.context import Context
from tjdocs.register.holders import Holder, Sealed, is_one, numbers, open_sealed, seal
from tjdocs.register.issued_documents import append_act, last_act
from tjdocs.register.queries import Direct
from tjdocs.register.records import ResumeReport
from tjdocs.register.roles import Acting, of_another_office

__all__ = ["Issuing", "Reservation"]


class Reservation:
    """A number taken for one issue by this process: a context manager around the act.

    When its block ends, a number that was not committed is spoiled. So is a committed one after an error, if its files
    are not in their folder, each with its recorded SHA-256.

    :ivar number: the document's number
    :ivar staging: the folder next to ``out`` where the files are written and flushed before :meth:`commit`; ``""``
        without ``out``
    """

    def __init__(
        self, context: Context, held: dict[str, str], number: str, token: str, place: str, staging: str, at: datetime
    ) -> None:
        self.number = number
        self.staging = staging
        self._context = context
        self._held = held
        self._token = token
        self._place = place
        self._at = at
        self._written: Mapping[str, str] | None = None  # until it is committed

    def commit(
        self,
        *,
        at: datetime,
        issued: date,
        expires: date,
        files: Mapping[str, str],
        written: Mapping[str, str] | None = None,
        person: Holder | None = None,
        category: str = "",
        replaces: str = "",
        ground: str = "",
        several: bool = False,
    ) -> None:
        """Record the number as issued: document, holder and log entry in one durable transaction.

        After it, the caller puts the folder of a number reserved with ``out`` in place, before the block ends.

        :param files: SHA-256 of each file of the chip
        :param written: SHA-256 of each file in the output folder by its path below it, so that ``resume`` knows them
        :param person: the holder, sealed with the register's data key
        :param category: for example of REG-3
        :param replaces: the holder's old document, with the ground (``renewal loss theft damage change-of-name``)
        :param several: the type's specification lets a person have more than one valid document of it
        :raises RegisterError: the number is no longer reserved, the holder has a valid document of the type, the
            replacement is not lawful, or the database refused; nothing is recorded then
        """
        stamp, day, last = (
            records.stamp(records.moment(at)),
            records.day(issued, "issued"),
            records.day(expires, "expires"),
        )
        if last < day:
            raise UsageError("expires before it is issued", where="expires")
        if not self._context.trial and not records.is_day_of(issued, at):
            raise UsageError("issued on another day", where="issued", hint="the day of `at`")
        listed, written = as_object(records.digests(files, "files")), records.digests(written or {}, "written")
        records.optional(category, "category")
        citizenship, sex = ("", "")
        if person is not None:
            citizenship, sex = records.code(person.citizenship, "citizenship"), records.code(person.sex, "sex")
        sealed = self._seal(person)
        with self._recording(bool(replaces or ground)) as connection:
            row = self._row(connection, "reserved")
            by = self._context.access.require_role(connection, "issue", (row.officer,), office=row.office)
            old = ""
            if not isinstance(connection, Direct):
                old = self._replaced(connection, row.document_type, by, replaces, ground, at, person)
            if person is not None and not several:
                self._only_one(connection, row.document_type, person, sealed, old, day)
            record = (
                tables.document_id(row.series, row.blank), self.number, row.series, row.blank, row.document_type,
                row.office, row.officer, day, last, stamp, citizenship, sex, category, old, listed,
                sealed.holder, sealed.personal, sealed.sealed, sealed.wrapped,
            )  # fmt: skip
            queries.execute(connection, queries.RECORD, record)
            body = issue_leaf(
                self.number, row.document_type, row.office, row.officer, day, last, citizenship, sex, category, old,
                row.series, row.blank, digest(sealed.holder, sealed.personal, sealed.sealed), stamp, ground,
                listed, written,
            )  # fmt: skip
            leaf = self._context.signed(by, body)
            mark = self._context.secrets.entry(leaf_hash(leaf))
            queries.execute(connection, queries.ENTRY, ("issue", self.number, leaf, mark))
            if row.place:
                mac = _mark(self._context, self.number, "committed", *_marked(row))
                queries.execute(connection, queries.STAGE, (mac, self.number))
            else:
                queries.execute(connection, queries.DONE, (self.number,))
        if not row.place:
            self._held.pop(self.number, None)
        self._written = written

    def placed(self) -> None:
        """Say that the folder of a committed number is in place: the act is over.

        :raises RegisterError: the number is not committed
        """
        with queries.transaction(self._context.store, lasting=False) as connection:
            self._row(connection, "committed")
            queries.execute(connection, queries.DONE, (self.number,))
        self._held.pop(self.number, None)

    def withdraw(self, *, at: datetime) -> None:
        """Record that the act failed, before or after :meth:`commit`: the number is spoiled.

        :raises RegisterError: the number is neither reserved nor committed
        """
        at = records.moment(at)
        try:
            with self._context.store.write() as connection:
                if self._is_held() and self._recorded(connection, at):
                    return
                row = self._row(connection, "reserved", "committed")
                by = self._context.access.require_role(connection, "issue", (row.officer,))
                _spoil(self._context, connection, self.number, row, by, at, "withdrawn")
        finally:
            # also when it fails: `resume` may take the number then, even while this process runs
            if self._is_held():
                del self._held[self.number]

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if not self._is_held():
            return
        written = self._written
        if written is not None and (kind is None or (written and _holds(Path(self._place), written))):
            with suppress(RegisterError):  # the document is whole; `register resume` ends the act
                self.placed()
        elif kind is None:
            self.withdraw(at=self._at)
        else:
            with suppress(RegisterError):  # what went wrong first is what the caller must learn
                self.withdraw(at=self._at)

    def _is_held(self) -> bool:
        """Whether the act on the number is not over."""
        return self._held.get(self.number) == self._token

    def _row(self, connection: Connection | Direct, *stages: str) -> Any:
        row = _locked(self._context, connection, self.number)
        if row is None or not self._is_held() or row.token != self._token or row.stage not in stages:
            raise RegisterError(f"number is not {' or '.join(stages)}", where="number", hint="reserve one first")
        return row

    def _recording(self, replacing: bool) -> AbstractContextManager[Connection | Direct]:
        store = self._context.store
        return store.write() if replacing else queries.transaction(store, lasting=True)

    def _seal(self, person: Holder | None) -> Sealed:
        if person is None:
            return Sealed()
        if not self._context.keys.data:
            raise RegisterError(
                "missing data key for personal columns", where="keys", hint="open the register with its keys"
            )
        return seal(person, self.number, self._context.keys, self._context.secrets.lookup)

    def _only_one(
        self, connection: Connection | Direct, document_type: str, person: Holder, sealed: Sealed, old: str, day: str
    ) -> None:
        if not self._context.store.sqlite:  # there a transaction that writes is alone anyway
            for key in sorted(key for key in (sealed.holder, sealed.personal) if key):
                queries.execute(connection, queries.LOCK, (int.from_bytes(key[:8], "big", signed=True),))
        living, found_by = lifecycle.documents().live_statuses, numbers(person, self._context.secrets.lookup)
        asked = (document_type, sealed.holder, sealed.personal, found_by[-1] if found_by else None)
        for other in queries.execute(connection, queries.OTHERS, asked):
            valid = other.state in living and other.expires >= day and other.number != old
            columns = other.personal, other.sealed, other.wrapped
            if valid and is_one(person, found_by, self._context.keys, other.number, *columns):
                hint = "see `tjdocs register find`: name it with --replaces, or record first what became of it"
                raise RegisterError(f"the holder has a valid {document_type}", where="person", hint=hint)

    def _replaced(
        self, connection: Connection, document_type: str, by: Acting, old: str, ground: str, at: datetime,
        person: Holder | None,
    ) -> str:  # fmt: skip
        query = select(tables.document).where(tables.document.c.number == old).with_for_update()
        rule = _lawful(self._context, connection.execute(query).one_or_none(), document_type, ground, at, person)
        append_act(
            self._context, connection, "replace", old, at, by,
            state=rule.to, ground=ground, replaced_by=self.number,
        )  # fmt: skip
        return old

    def _recorded(self, connection: Connection, at: datetime) -> bool:
        """Spoil a number whose commit went through without an answer of the database."""
        table, reservation = tables.document.c, tables.reservation.c
        if connection.execute(select(reservation.number).where(reservation.number == self.number)).scalar() is not None:
            return False
        officer = connection.execute(select(table.officer).where(table.number == self.number)).scalar()
        if officer is None:
            return False
        by = self._context.access.require_role(connection, "issue", (officer,))
        _spoil_document(self._context, connection, self.number, by, at, "withdrawn")
        return True


class Issuing:
    """Numbers handed out by one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._held: dict[str, str] = {}  # the token of each number that is not done with

    def reserve(
        self, document_type: str, *, officer: str, at: datetime, office: str, out: str | Path | None
    ) -> Reservation:
        """See :meth:`tjdocs.register.Register.reserve`."""
        records.word(document_type, "document_type")
        records.optional(office, "office")
        moment, token = records.utc(records.moment(at)), secrets.token_hex(16)
        place = "" if out is None else str(Path(out).absolute())
        staging = place and str(Path(place).parent / f".{Path(place).name}-{token[:12]}")
        with queries.transaction(self._context.store, lasting=False) as connection:
            own = self._context.access.require_role(connection, "issue", (officer,)).office
            if own and office not in ("", own):
                raise of_another_office(officer, "issue", office, own)
            number, free = self._take(connection, document_type, own or office, moment)
            more = (free.series, free.first, document_type, free.office, officer, owner.owner(), token, place, staging)
            mark = _mark(self._context, number, "reserved", *more)
            queries.execute(connection, queries.RESERVE, (number, *more, mark))
            # before the commit: `resume` takes what no thread of its process holds
            self._held[number] = token
        return Reservation(self._context, self._held, number, token, place, staging, at)

    def _take(self, connection: Direct, document_type: str, office: str, moment: str) -> tuple[str, Any]:
        values_ = (document_type, office, office)
        rows = queries.execute(connection, queries.FREE if self._context.store.sqlite else queries.FREE_SKIP, values_)
        for _ in range(100):
            if rows or self._context.store.sqlite:
                break
            # every range is taken this moment, or there is none: wait for the first, which may be gone by then
            rows = queries.execute(connection, queries.FREE_WAIT, values_)
            if not rows and not queries.execute(connection, queries.FREE, values_):
                break
        if not rows:
            raise RegisterError(
                "number not available", where=document_type, hint=self._why(connection, document_type, office)
            )
        row = rows[0]
        if row.since > moment:
            raise RegisterError("before the blanks were confirmed", where="at")
        statement = queries.USE_UP if row.first == row.last else queries.SHORTEN
        queries.execute(connection, statement, (row.series, row.first))
        return Pattern.parse(row.pattern).number(row.first), row

    def _why(self, connection: Direct, document_type: str, office: str) -> str:
        (known,) = queries.execute(connection, queries.KNOWN, (document_type,))
        if not known.total:
            return "no series: receive blanks with `tjdocs register receive`"
        where = f" at {office}" if office else ""
        return f"its blanks{where} are used up or not confirmed; assign the next with `tjdocs register assign`"

    def replaceable(
        self, old: str, document_type: str, *, ground: str, at: datetime, person: Holder | None, officer: str
    ) -> None:
        """See :meth:`tjdocs.register.Register.replaceable`."""
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "issue", officer)
            query = select(tables.document).where(tables.document.c.number == old)
            row = connection.execute(query).one_or_none()
            _lawful(self._context, row, document_type, ground, records.moment(at), person)

    def resume(self, *, officer: str, at: datetime, everywhere: bool) -> list[ResumeReport]:
        """See :meth:`tjdocs.register.Register.resume`."""
        at = records.moment(at)
        with self._context.store.write() as connection:
            self._context.access.require_role(connection, "resume", (officer,))
            table = tables.reservation.c
            reservations = connection.execute(select(table.number, table.owner).order_by(table.number)).all()
        with self._context.store.guard():
            return [one for one in self._resumed(reservations, officer, at, everywhere=everywhere) if one.done]

    def _resumed(self, left: Iterable[Any], officer: str, at: datetime, *, everywhere: bool) -> Iterator[ResumeReport]:
        for number, holder in left:
            if not owner.is_here(holder) and not everywhere:
                yield ResumeReport(number, "elsewhere")
            elif not owner.is_here(holder) or owner.is_gone(holder) or self._dropped(number, holder):
                yield ResumeReport(number, self._finish(number, officer, at))

    def _dropped(self, number: str, holder: str) -> bool:
        return holder == owner.owner() and number not in self._held

    def _finish(self, number: str, officer: str, at: datetime) -> str:
        """Complete or spoil one number whose process is gone; ``""`` when another did meanwhile.

        The resuming officer signs: the officer who reserved the number may be elsewhere, and did not spoil it.
        """
        with self._context.store.write() as connection:
            by = self._context.access.require_role(connection, "resume", (officer,))
            row = _locked(self._context, connection, number)
            if row is None:
                return ""
            if not hmac.compare_digest(as_bytes(row.mac), _mark(self._context, number, row.stage, *_marked(row))):
                return "forged"
            try:
                written = issued_documents.written(connection, number) if row.stage == "committed" else {}
            except ValueError:  # the entry of its issue was changed: nothing is deleted for it
                return "forged"
            if _put_in_place(row.place, row.staging, written):
                queries.execute(connection, queries.DONE, (number,))
                return "completed"
            if row.staging:  # before the commit, so that another crash leaves no folder that nobody knows
                shutil.rmtree(row.staging, ignore_errors=True)
            spoiled = _spoil(self._context, connection, number, row, by, at, "resumed after a crash")
        return "spoiled" if spoiled else "kept"


def _locked(context: Context, connection: Connection | Direct, number: str) -> Any:
    statement = queries.RESERVED if context.store.sqlite else queries.RESERVED_LOCK
    return next(iter(queries.execute(connection, statement, (number,))), None)


def _lawful(
    context: Context, row: Any, document_type: str, ground: str, at: datetime, person: Holder | None
) -> lifecycle.Replacement:
    rule = lifecycle.documents().replacements.get(ground)
    if rule is None:
        known = ", ".join(lifecycle.documents().replacements)
        raise RegisterError("unknown ground of a replacement", where=str(ground)[:40], hint=f"one of {known}")
    if row is None or row.document_type != document_type:
        raise RegisterError("unknown document to replace", where="replaces", hint="its number, of the same type")
    if row.state not in rule.from_ or row.replaced_by:
        state = "replaced" if row.replaced_by else row.state
        hint = f"it leads from {', '.join(sorted(rule.from_))}"
        raise RegisterError(f"{ground} is not a ground at status {state}", where="replaces", hint=hint)
    if last_act(row.since) > at:
        raise RegisterError("an act before the last one on this document", where="at")
    if person is not None and row.sealed is not None and context.keys.data:
        holder = open_sealed(row.sealed, row.wrapped, row.number, context.keys)
        if not person.may_be(holder, renamed=ground == "change-of-name"):
            hint = "its holder has another personal number, name or date of birth"
            raise RegisterError("another person's document", where="replaces", hint=hint)
    return rule


def _spoil_document(
    context: Context, connection: Connection, number: str, by: Acting, at: datetime, ground: str
) -> bool:
    """Spoil a document that nobody acted on; what officers did with it since is theirs, and stays."""
    table, rule = tables.document.c, lifecycle.documents().action("spoil")
    row = connection.execute(select(table.state, table.since).where(table.number == number).with_for_update()).one()
    if row.state not in rule.from_:
        return False
    at = max(at, last_act(row.since))
    append_act(context, connection, "spoil", number, at, by, state=rule.to, ground=ground)
    return True


def _spoil(
    context: Context, connection: Connection, number: str, row: Any, by: Acting, at: datetime, ground: str
) -> bool:
    spoiled = True
    if row.stage == "committed":
        spoiled = _spoil_document(context, connection, number, by, at, ground)
    else:
        spoil_blank(connection, row.series, row.blank, row.office, records.utc(at))
        context.record(
            connection, "spoil", number, records.stamp(at), by,
            blanks={"series": row.series, "first": row.blank, "last": row.blank}, told={"ground": ground},
        )  # fmt: skip
    queries.execute(connection, queries.DONE, (number,))
    return spoiled


def _mark(context: Context, number: str, stage: str, *rest: object) -> bytes:
    return context.secrets.mark("reservation", number, stage, *map(str, rest))


def _marked(row: Any) -> tuple[object, ...]:
    """Return the columns of a reservation that its mark covers, after number and stage."""
    own = row.series, row.blank, row.document_type, row.office, row.officer
    return *own, row.owner, row.token, row.place, row.staging


def _put_in_place(place: str, staging: str, written: Mapping[str, str]) -> bool:
    """Whether the recorded files lie in their folder now, moved there if they were next to it."""
    if not written:
        return False
    if _holds(Path(place), written):
        return True
    if not _holds(Path(staging), written):
        return False
    try:
        os.replace(staging, place)
    except OSError:
        return False
    return True


def _holds(folder: Path, written: Mapping[str, str]) -> bool:
    try:
        return not folder.is_symlink() and all(
            sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in written.items()
        )
    except OSError:
        return False
