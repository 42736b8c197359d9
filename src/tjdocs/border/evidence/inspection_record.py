"""The record of inspections: as little as possible, for as long as it must be kept, and no longer.

A record has no name, number or image. Only the document itself leads to its records: the pseudonym in them is an
HMAC-SHA256 under a key of a period (``specs/border/retention.toml``). When the period's records are deleted, so is
its key, and a pseudonym that was copied elsewhere means nothing any more.
"""

import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tjdocs import __version__, inputs, specs
from tjdocs.border.inspector import Verdict
from tjdocs.errors import InputError, OutputError
from tjdocs.files import write_private
from tjdocs.times import day_of

__all__ = ["Records", "retention"]

_FIRST = date(2020, 1, 1).toordinal()
_KEY_BYTES = 32
_SAFE = os.O_NOFOLLOW | os.O_NONBLOCK  # neither another's file nor a pipe, which would wait for its other end
_APPENDING = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _SAFE


class Retention(specs.Spec, frozen=True):
    """The form of ``specs/border/retention.toml``: days a record is kept, and days a key is used."""

    days: int
    key_days: int


@cache
def retention() -> Retention:
    """Return how long records are kept and keys are used.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    return specs.load("border/retention.toml", Retention)


class Records:
    """Records in a folder, one file of JSON lines and one key a period; only its owner may read them.

    :param folder: made where it does not exist
    :raises OutputError: it cannot be made
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError("cannot make a folder", where=str(folder), hint=error.strerror or "") from None

    def add(self, verdict: Verdict) -> dict[str, Any]:
        """Append the record of an inspection and return it.

        :raises OutputError: it cannot be written
        """
        period = _period(day_of(verdict.examination.at))
        record = {**_minimal(verdict), "pseudonym": self._pseudonym(verdict, period)}
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        try:
            # one write of one line: two desks that append at once do not mix
            descriptor = os.open(self._path(period, "jsonl"), _APPENDING, 0o600)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise OSError(0, "not a regular file")
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise OutputError("cannot write a record", where=str(self._folder), hint=error.strerror or "") from None
        return record

    def find(self, verdict: Verdict) -> list[dict[str, Any]]:
        """Return the records of the document that a verdict is on, oldest first.

        :raises InputError: a file of records is damaged
        """
        records = []
        for period in self._periods():
            pseudonym = self._pseudonym(verdict, period, make=False)
            records += [r for r in self._read(period) if pseudonym and hmac.compare_digest(r["pseudonym"], pseudonym)]
        return records

    def all(self) -> Iterator[dict[str, Any]]:
        """Yield every record, oldest period first.

        :raises InputError: a file of records is damaged
        """
        for period in self._periods():
            yield from self._read(period)

    def purge(self, *, at: date | datetime) -> int:
        """Delete the periods whose last record is older than the retention, with their keys; return how many.

        :raises UsageError: ``at`` is not a day
        :raises OutputError: a period cannot be deleted; the others are
        """
        day = day_of(at)
        deleted, failure = 0, None
        for period in self._periods():
            last = period.toordinal() + retention().key_days - 1  # it may be beyond the calendar
            if last + retention().days < day.toordinal():
                try:
                    for kind in ("key", "jsonl"):  # the key first: a purge that breaks off leaves no pseudonym readable
                        with suppress(FileNotFoundError):
                            os.unlink(self._path(period, kind))
                    deleted += 1
                except OSError as error:
                    where, hint = str(self._path(period, kind)), error.strerror or ""
                    failure = failure or OutputError("cannot delete a record", where=where, hint=hint)
        if failure is not None:
            raise failure
        return deleted

    def _pseudonym(self, verdict: Verdict, period: date, *, make: bool = True) -> str:
        zone = verdict.crossing.zone
        if zone is None or not zone.document_number:
            return ""
        key = self._key(period, make=make)
        identity = "\x1f".join((zone.issuing_state, zone.document_number, zone.date_of_birth_raw))
        return hmac.digest(key, identity.encode(), "sha256").hex() if key else ""

    def _key(self, period: date, *, make: bool) -> bytes:
        path = self._path(period, "key")
        with suppress(FileNotFoundError):
            return _read_key(path)
        if not make:
            return b""
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        write_private(unfinished, secrets.token_bytes(_KEY_BYTES))
        with suppress(FileExistsError):  # another desk was quicker: its key counts
            os.link(unfinished, path)
        os.unlink(unfinished)
        return _read_key(path)

    def _path(self, period: date, kind: str) -> Path:
        return self._folder / f"{period.isoformat()}.{kind}"

    def _periods(self) -> list[date]:
        periods = []
        for path in self._folder.glob("*.jsonl"):
            with suppress(ValueError):
                periods.append(date.fromisoformat(path.stem))
        return sorted(periods)

    def _read(self, period: date) -> list[dict[str, Any]]:
        path = self._path(period, "jsonl")
        try:
            rows = [inputs.json_object(line, where=path.name) for line in path.read_text().splitlines()]
        except (OSError, ValueError, InputError):
            raise InputError("damaged records", where=str(path)) from None
        if not all(isinstance(row.get("pseudonym"), str) for row in rows):
            raise InputError("damaged records", where=str(path))
        return rows


def _read_key(path: Path) -> bytes:
    """Return the key of a period.

    :raises InputError: not such a key
    """
    key = b""
    try:
        with open(os.open(path, os.O_RDONLY | _SAFE), "rb") as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                key = file.read(_KEY_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError:  # a link, a folder
        pass
    if len(key) != _KEY_BYTES:
        hint = "move it and the period's records away"
        raise InputError("not a key of records", where=str(path), hint=hint)
    return key


def _period(day: date) -> date:
    """Return the first day of the period that contains ``day``."""
    length = retention().key_days
    return date.fromordinal(max(1, _FIRST + (day.toordinal() - _FIRST) // length * length))


def _minimal(verdict: Verdict) -> dict[str, Any]:
    """Return the recorded part of a verdict: nothing that identifies the traveller."""
    crossing = verdict.crossing
    findings = [
        {"check": f.check, "outcome": str(f.outcome), "reason": f.reason, "subject": f.subject}
        for f in verdict.findings
        if f.outcome != "passed"
    ]
    return {
        "schema": 1,
        "at": verdict.examination.at.isoformat(),
        "direction": crossing.direction,
        "point": crossing.point,
        "kind": crossing.document_class.id if crossing.document_class else "",
        "issuing_state": crossing.zone.issuing_state if crossing.zone else "",
        "vehicle_inspected": bool(crossing.claims.vehicle),
        "verdict": str(verdict.decision),
        "decided_by": list(verdict.decided_by),
        "findings": findings,
        "policy_sha256": verdict.policy_sha256,
        "software": f"tjdocs {__version__}",
    }
