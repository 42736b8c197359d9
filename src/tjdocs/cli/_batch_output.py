"""The input and the results of a batch, which a later run can resume."""

import errno
import fcntl
import os
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from tjdocs import inputs, times
from tjdocs.border import inspect_batch, naming
from tjdocs.cli import _terminal
from tjdocs.errors import InputError, OutputError, UsageError
from tjdocs.escaping import json_text

__all__ = ["Results", "all_items", "executor"]

_MAX_STATE = 100_000

CONNECT = "30s"  # how long a scheduler may take to answer


def all_items(paths: Sequence[str], *, here: bool) -> Iterator[inspect_batch.Item]:
    """Return the records at paths. An unreadable path becomes a record with an error, and the next path follows.

    :param here: folders are read in this process
    :raises InputError: a missing path, at once: the file of the results may have its name, and would be empty records
    """
    for path in paths:
        if path != "-" and not os.path.exists(path):
            raise InputError("cannot read", where=path, hint=os.strerror(errno.ENOENT))
    return _all_items(paths, here=here)


def _all_items(paths: Sequence[str], *, here: bool) -> Iterator[inspect_batch.Item]:
    last = Counter(Path(path).name for path in paths)
    for path in paths:
        name = Path(path).name
        name = name if last[name] == 1 else path  # two files of one name in two folders
        try:
            yield from _items(path, name, here=here)
        except InputError as error:
            yield inspect_batch.path_error(error, name or path)


def _items(path: str, name: str, *, here: bool) -> Iterator[inspect_batch.Item]:
    """Yield the records at a path: a folder of folders, a tar archive by its name or its first bytes, or JSON lines.

    :param name: of the path, for the places of its lines
    :param here: folders are read in this process
    """
    try:
        if path != "-" and Path(path).is_dir():
            yield from inspect_batch.folder_items(Path(path), here=here)
            return
        source = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115
        with source:
            head = source.peek(512)[:512] if hasattr(source, "peek") else b""
            if _is_tar(head):
                yield from inspect_batch.tar_items(source)
            else:
                yield from inspect_batch.line_items(source, name)
    except OSError as error:
        raise InputError("cannot read", where=path, hint=error.strerror or "") from None


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar" or head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head[:6] == b"\xfd7zXZ\x00"


@contextmanager
def executor(address: str, setup: inspect_batch.Setup) -> Iterator[Executor | None]:
    """Give the executor of a Dask cluster, None without an address."""
    if not address:
        yield None
        return
    try:
        from distributed import Client

        from tjdocs.border import dask_executor
    except ImportError:
        raise UsageError("Dask is not installed", where="--dask", hint="pip install tjdocs[dask]") from None
    try:
        connect: Any = Client  # without types
        client = connect(address, timeout=CONNECT)
    except (OSError, ValueError, TimeoutError):
        raise InputError("unreachable cluster", where=f"--dask {address}", hint="the address of a scheduler") from None
    with client:
        yield dask_executor.executor(client, setup)


class Results:
    """Results on standard output, or in a file that a later run resumes.

    The file and its state, ``FILE.state``, are regular files without links. A batch locks them, so that two batches
    never write into one file.

    :param path: empty: standard output
    :param digest: of policy, trust and watchlists; a file with another digest is not resumed
    :param at: the day or moment of inspection; that of the first run counts unless ``given``
    """

    def __init__(self, path: str, digest: str, at: date | datetime, *, given: bool) -> None:
        self._path = path
        # equal moments with different offsets are one moment
        self.at = times.moment_of(at) if isinstance(at, datetime) else at
        self._done: list[tuple[str, str]] = []  # place and the record's own id
        self.named: list[str] = []  # the ids of the results in the file
        self.folders: list[str] = []  # the folders among their records, from :meth:`left`
        self._counts: dict[str, int] = {}
        self._file: IO[bytes] | None = None
        self._state: IO[bytes] | None = None  # it has the lock
        if path:
            try:
                self._resume(digest, given=given)
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files and release the lock."""
        for file in (self._file, self._state):
            if file is not None:
                file.close()

    def _resume(self, digest: str, *, given: bool) -> None:
        state = f"{self._path}.state"
        if os.path.lexists(self._path) and not os.path.lexists(state):
            raise UsageError("results without their state", where=self._path, hint="name a new file")
        try:
            self._state = _opened(state)
            fcntl.flock(self._state, fcntl.LOCK_EX | fcntl.LOCK_NB)
            there = os.path.lexists(self._path)
            content = self._state.read(_MAX_STATE)
            former = inputs.json_object(content, where=state) if content else {}
            if there and (former["digest"] != digest or (given and former["at"] != self.at.isoformat())):
                raise UsageError("results of another batch", where=self._path, hint="name a new file")
            self._file = _opened(self._path)
            if there:
                at = former["at"]
                self.at = datetime.fromisoformat(at) if "T" in at else date.fromisoformat(at)
                self._take(self._file)
            elif former.keys() - {"digest", "at"}:
                raise OutputError("exists already", where=state, hint="name a new file")
            else:
                self._state.seek(0)
                self._state.truncate()
                self._state.write(json_text({"digest": digest, "at": self.at.isoformat()}).encode())
                self._state.flush()
        except BlockingIOError:
            raise OutputError("another batch is at work here", where=self._path, hint="wait for its end") from None
        except (ValueError, KeyError, TypeError, InputError):
            raise UsageError("not results of a batch", where=self._path, hint="name a new file") from None
        except OSError as error:
            raise OutputError("cannot write", where=self._path, hint=error.strerror or "") from None

    def _take(self, file: IO[bytes]) -> None:
        """Read the complete results, and cut an incomplete one off."""
        size = 0
        for line in file:
            if not line.endswith(b"\n"):
                break
            result = inputs.json_object(line, where=self._path)
            own = result["id"] if "place" in result and "id_unused" not in result else ""
            if isinstance(result["id"], str):  # else the file was changed, and left() raises
                self.named.append(result["id"])
            self._done.append((result.get("place", result["id"]), own))
            self._count(result)
            size += len(line)
        file.truncate(size)
        file.seek(size)

    def left(self, records: Iterable[inspect_batch.Item]) -> Iterator[inspect_batch.Item]:
        """Return the records that have no result yet; the records before them are read at once.

        :raises UsageError: the results are of other records
        """
        remaining = iter(records)
        for (place, own), item in zip(self._done, remaining, strict=False):
            if place != item.id or (own and _own_id(item) != own):
                raise UsageError("results of other records", where=self._path, hint="name a new file")
            if "place" not in item.names:
                self.folders.append(item.id)
        return remaining

    def write(self, results: Iterable[dict[str, Any]]) -> dict[str, int]:
        """Write the results, one a line, each at once; return the number of each verdict."""
        for result in results:
            self._count(result)
            if self._file is None:
                _terminal.json_value(result, indent=None)
                sys.stdout.flush()
            else:
                self._file.write(json_text(result).encode() + b"\n")
                self._file.flush()
        return self._counts

    def _count(self, result: dict[str, Any]) -> None:
        word = result.get("verdict") or "error"
        self._counts[word] = self._counts.get(word, 0) + 1


def _own_id(item: inspect_batch.Item) -> str:
    return naming.own_id(item.content, item.id) if item.kind == "line" else ""


def _opened(path: str) -> IO[bytes]:
    """Open a file to read and write, or make it for its owner alone.

    :raises OutputError: it is a link, has a second name, or is not a regular file
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        file = os.fdopen(os.open(path, flags, 0o600), "r+b")
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise OutputError("a link", where=path, hint="name a new file") from None
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        file.close()
        raise OutputError("not a regular file with one name", where=path, hint="name a new file")
    return file
