"""Many documents of one type from a file: in worker processes, resumable, one bad application stopping nobody.

Each application's documents are in a folder named after its line. A folder in place with a document of the register is
done. A run that was killed is taken up by running it again: the register first finishes or undoes its open documents.
"""

import fcntl
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from tjdocs import inputs
from tjdocs.documents import (
    Application,
    ApplicationError,
    DocumentType,
    DocumentTypes,
    FieldError,
    NotEligible,
    RuleResult,
)
from tjdocs.errors import InputError, OutputError, TjdocsError, UsageError
from tjdocs.files import replace_file
from tjdocs.office import application_rows, batch_files
from tjdocs.office.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Keys, OfficerKey, Register
from tjdocs.times import moment_of
from tjdocs.workers import BrokenExecutor, Workers

__all__ = ["Batch", "RowResult"]

_QUEUED = 4  # lines in flight for each worker
_STATE, _RUN, _WORK = "batch.json", ".run", ".work"


@dataclass(frozen=True, slots=True)
class RowResult:
    """The result of one line of the file.

    :param number: of the line, from 1
    :param status: ``issued``, ``done`` (by an earlier run), ``refused`` or ``unusable``
    :param document_number: of the document that was issued, in this run or before
    """

    number: int
    status: str
    document_number: str = field(default="", repr=False)
    refused: tuple[RuleResult, ...] = ()
    faults: tuple[FieldError, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why there is no document, in words; with numbers of documents that the applicant has, and nothing else."""
        refusals = [
            f"{result.requirement} {' '.join((result.sentence, *(one.number for one in result.documents)))}"
            for result in self.refused
        ]
        return (*refusals, *map(str, self.faults))

    def as_json(self) -> dict[str, Any]:
        """Return the line with the keys that the command line prints; no value of the application is in it."""
        return {
            "line": self.number,
            "status": self.status,
            "document_number": self.document_number,
            "refused": [result.as_json() for result in self.refused],
            "faults": [fault.as_json() for fault in self.faults],
        }


@dataclass(frozen=True)
class Batch:
    """A batch: a file of applications for documents of one type, and where they go. Picklable, for the workers.

    :param file: CSV with a header (``NAME.csv``), or one JSON object a line
    :param out: a folder, new, empty, or of an earlier run of the same batch
    :param at: the day or moment of issue, as :meth:`Office.issue` takes it
    :param authority: the authority's folder; ``passphrase`` opens its keys
    :param register: URL
    :param register_keys: folder of the register's keys, None for those next to an SQLite file;
        ``register_passphrase`` opens them
    :param officer_key: file and passphrase of the officer's key; None with a trial register
    :param types: further folders of document types
    :param chip: as :meth:`Office.issue` takes it
    :param pages: whether pages are drawn
    :param workers: number of processes; 1 issues in this one
    """

    document_type: str
    file: Path
    out: Path
    at: date | datetime
    authority: Path
    register: str
    officer: str = "trial"
    passphrase: bytes | None = field(default=None, repr=False)
    register_keys: Path | None = None
    register_passphrase: bytes | None = field(default=None, repr=False)
    officer_key: tuple[Path, bytes | None] | None = field(default=None, repr=False)
    types: tuple[Path, ...] = ()
    chip: bool | None = None
    pages: bool = True
    workers: int = 1

    def __getstate__(self) -> dict[str, Any]:
        """Return what a worker process is given; it reads type and columns itself."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @cached_property
    def kind(self) -> DocumentType:
        """The document type."""
        return DocumentTypes.load(*self.types)[self.document_type]

    @cached_property
    def moment(self) -> datetime:
        """The time of issue, with the offset of the type's time zone."""
        return moment_of(self.at, zone=self.kind.time_zone)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of a CSV file."""
        return application_rows.header(self.file, self.kind)

    @cached_property
    def separator(self) -> str:
        """The separator of a CSV file, ``""`` for JSON lines: comma, semicolon or tab."""
        return application_rows.separator(self.file) if application_rows.is_csv(self.file) else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """The deviations of the file from the standard form that are read all the same, in words."""
        return (
            ()
            if self.separator in ("", ",")
            else (f"cells are parted by {application_rows.separator_name(self.separator)}",)
        )

    @cached_property
    def scanned(self) -> tuple[int, str]:
        """How many applications the file holds, and its SHA-256."""
        return application_rows.scan(self.file)

    def run(self) -> Iterator[RowResult]:
        """Issue the documents not issued yet; yield each line's outcome as it comes, earlier ones included.

        :raises InputError: the file cannot be read, is not that of the earlier run, or that run was at a later time
        :raises OutputError: the folder cannot be written, or another run is at work in it
        :raises TjdocsError: the authority or the register ends the run; run again, it goes on where it was
        """
        if not isinstance(self.workers, int) or not 1 <= self.workers <= 64:
            raise UsageError("unusable number of workers", where="workers", hint="1 to 64")
        authority = Authority.open(self.authority, passphrase=self.passphrase)
        self.moment, self.columns, self.scanned  # noqa: B018 (what is wrong with them is known before anything begins)
        with self._claimed():
            self._check_state(authority)
            self.opened_register().resume(officer=self.officer, at=self.moment)
            documents: dict[int, str] = {}
            taken: set[str] = set()
            for line in self._lines():
                if line.document_number in taken:
                    yield RowResult(line.number, "unusable", faults=(_TWICE,))
                    continue
                if line.document_number:
                    documents[line.number] = line.document_number
                    taken.add(line.document_number)
                yield line
            batch_files.write_index(self.out, [(self.place(n), n, documents[n]) for n in sorted(documents)])

    def _lines(self) -> Iterator[RowResult]:
        if self.workers == 1:
            worker = _Worker(self)
            for number, line in application_rows.lines(self.file):
                yield worker.issue(number, line)
        else:
            yield from self._spread()

    def opened_register(self) -> Register:
        """Open the register."""
        keys, own = self.register_keys, self.officer_key
        return Register(
            self.register,
            keys=None if keys is None else Keys.open(keys, passphrase=self.register_passphrase),
            officer_keys=() if own is None else (OfficerKey.open(own[0], passphrase=own[1]),),
        )

    def write_rejected(self, path: Path, lines: Iterable[RowResult]) -> None:
        """Write the rows that were refused or unusable with their reasons into a new file, mode 0600; none, no file.

        Corrected, it can be issued: the column or member ``rejected`` is not read.

        :param lines: what :meth:`run` yielded
        :raises OutputError: it cannot be written
        """
        reasons = {line.number: line.reasons for line in lines if line.status in ("refused", "unusable")}
        batch_files.write_rejected(path, self.file, self.columns, self.separator, reasons)

    def check_rejected(self, path: Path) -> None:
        """Refuse, before anything is issued, a place where :meth:`write_rejected` could not write.

        :raises OutputError: the path exists already
        :raises UsageError: another form than the batch's file, or another folder where portraits are found from it
        """
        batch_files.check_rejected(path, self.file, self.columns)

    def place(self, number: int) -> Path:
        """Return the folder of a line's document."""
        return self.out / f"{number:08d}"

    def _spread(self) -> Iterator[RowResult]:
        try:
            with Workers[RowResult](self.workers, start=_start, arguments=(self,)) as pool:
                for number, line in application_rows.lines(self.file):
                    pool.submit(_issue, number, line)
                    if len(pool) >= self.workers * _QUEUED:
                        yield from pool.done()
                while pool:
                    yield from pool.done()
        except BrokenExecutor:
            raise TjdocsError("a worker process ended", where=str(self.out), hint="run it again") from None

    @contextmanager
    def _claimed(self) -> Iterator[None]:
        """Hold the folder against other runs, after workers of a killed one have ended."""
        try:
            if self.out.is_symlink():
                raise OutputError("a link", where=str(self.out), hint="name a folder itself")
            self.out.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (self.out / _STATE).exists() and any(p.name not in (_RUN, _WORK) for p in self.out.iterdir()):
                raise OutputError("not an empty folder", where=str(self.out), hint="name a new one")
            run = os.open(self.out / _RUN, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise OutputError("cannot write", where=str(self.out), hint=error.strerror or "") from None
        try:
            fcntl.flock(run, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._wait_for_workers()
            yield
        except BlockingIOError:
            raise OutputError("another run is at work here", where=str(self.out), hint="wait for its end") from None
        finally:
            os.close(run)

    def _wait_for_workers(self) -> None:
        """Wait until the workers of a run that was killed have ended: each holds the folder while it lives."""
        work = os.open(self.out / _WORK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            for pause in (0.0, *[0.1] * 100):
                time.sleep(pause)
                with suppress(BlockingIOError):
                    fcntl.flock(work, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
        finally:
            os.close(work)
        raise OutputError("workers of an earlier run are at work", where=str(self.out), hint="end them first")

    def _check_state(self, authority: Authority) -> None:
        """Check that an earlier run in the folder was of the same batch, and write down this one."""
        state = {
            "schema": 1,
            "document_type": self.document_type,
            "type_sha256": self.kind.sha256,
            "file_sha256": self.scanned[1],
            "csca": authority.csca.sha256,
        }
        path = self.out / _STATE
        if path.exists():
            try:
                earlier = inputs.json_object(path.read_bytes(), where=_STATE)
                if not inputs.is_schema(earlier["schema"]):
                    raise ValueError
                last = datetime.fromisoformat(earlier.pop("at"))
            except (OSError, ValueError, KeyError, TypeError, InputError):
                raise InputError("not a batch's state", where=str(path), hint="name a new folder") from None
            if changed := sorted(key for key in state if earlier.get(key) != state[key]):
                hint = "name a new folder for another batch"
                raise InputError(f"the folder of another batch ({', '.join(changed)})", where=str(self.out), hint=hint)
            if self.moment < last:
                hint = f"it was {last.isoformat()} when the batch was last at work"
                raise InputError("the time is before the last run", where=self.moment.isoformat(), hint=hint)
        replace_file(path, (json.dumps({**state, "at": self.moment.isoformat()}, indent=1) + "\n").encode())


_ANOTHER = FieldError("line", "its folder has no document of this applicant in the register", "move the folder away")
_TWICE = FieldError("line", "its folder has the document of another line", "move the folder away")


class _Worker:
    """Issues lines; one in each process."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        authority = Authority.open(batch.authority, passphrase=batch.passphrase)
        types = DocumentTypes.load(*batch.types)
        self._office = Office(authority, batch.opened_register(), officer=batch.officer, types=types)

    def issue(self, number: int, line: bytes) -> RowResult:
        """Issue one line's document, unless it is there already."""
        batch = self._batch
        place = batch.place(number)
        if os.path.lexists(place):
            try:
                if issued_before := self._office.issued_in(place, self._read(line, portrait=False)):
                    return RowResult(number, "done", issued_before)
            except ApplicationError:  # as it could not have been issued
                pass
            return RowResult(number, "unusable", faults=(_ANOTHER,))
        try:
            application = self._read(line)
            issued = self._office.issue(application, at=batch.moment, out=place, chip=batch.chip, page=batch.pages)
        except ApplicationError as error:
            return RowResult(number, "unusable", faults=error.faults)
        except NotEligible as error:
            return RowResult(number, "refused", refused=error.refused)
        return RowResult(number, "issued", issued.document_number)

    def _read(self, line: bytes, *, portrait: bool = True) -> Application:
        batch, separator = self._batch, self._batch.separator or ","
        return application_rows.read(
            line, batch.columns, batch.kind, batch.file.parent, separator=separator, portrait=portrait
        )


_worker: _Worker | None = None


def _start(batch: Batch) -> None:
    """Begin a worker process: it holds the folder, and ends with the process that began it."""
    global _worker
    lock = os.open(batch.out / _WORK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)  # held until the process ends

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    _worker = _Worker(batch)


def _issue(number: int, line: bytes) -> RowResult:
    assert _worker is not None  # noqa: S101 (the pool runs _start first)
    return _worker.issue(number, line)
