"""Where a batch comes from and where its results go; resumed where it broke off."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from tjdocs import times
from tjdocs.border import batch, naming
from tjdocs.errors import InputError, OutputError, UsageError

__all__ = ["Results", "executor", "items"]


def items(path: str, *, here: bool) -> Iterator[batch.Item]:
    """Yield the records at a path: a folder of folders, a tar archive by its name or its first bytes, or JSON lines.

    :param here: folders are read in this process
    """
    if path != "-" and Path(path).is_dir():
        yield from batch.folder_items(Path(path), here=here)
        return
    try:
        source = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115
        with source:
            head = source.peek(512)[:512] if hasattr(source, "peek") else b""
            if _is_tar(head):
                yield from batch.tar_items(source)
            else:
                yield from batch.line_items(source, Path(path).name)
    except OSError as error:
        raise InputError("cannot read", where=path, hint=error.strerror or "") from None


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar" or head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head[:6] == b"\xfd7zXZ\x00"


@contextmanager
def executor(address: str, setup: batch.Setup) -> Iterator[Executor | None]:
    """Give the executor of a Dask cluster, None without an address."""
    if not address:
        yield None
        return
    try:
        from distributed import Client

        from tjdocs.border import cluster
    except ImportError:
        raise UsageError("Dask is not installed", where="--dask", hint="pip install tjdocs[dask]") from None
    try:
        connect: Any = Client  # without types
        client = connect(address, timeout="30s")
    except (OSError, ValueError, TimeoutError):
        raise InputError("no cluster", where=f"--dask {address}", hint="the address of a scheduler") from None
    with client:
        yield cluster.executor(client, setup)


class Results:
    """Results on standard output, or in a file that a later run goes on with.

    :param path: empty: standard output
    :param digest: of what is judged by; a file of another is not gone on with
    :param at: the day or moment of judgement; that of the first run counts unless ``given``
    """

    def __init__(self, path: str, digest: str, at: date | datetime, *, given: bool) -> None:
        self._path = path
        # one moment is one moment, whatever offset it was given with
        self.at = times.moment_of(at) if isinstance(at, datetime) else at
        self._done: list[tuple[str, str]] = []  # place and own id
        self._counts: dict[str, int] = {}
        if path:
            self._resume(digest, given=given)

    def _resume(self, digest: str, *, given: bool) -> None:
        state = Path(f"{self._path}.state")
        try:
            if Path(self._path).exists():
                said = json.loads(state.read_text())
                if said["digest"] != digest or (given and said["at"] != self.at.isoformat()):
                    raise UsageError("results of another batch", where=self._path, hint="name a new file")
                self.at = datetime.fromisoformat(said["at"]) if "T" in said["at"] else date.fromisoformat(said["at"])
                self._take()
            else:
                state.write_text(json.dumps({"digest": digest, "at": self.at.isoformat()}))
                os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
        except (ValueError, KeyError, TypeError):
            raise UsageError("no results of a batch", where=self._path, hint="name a new file") from None
        except FileNotFoundError:
            raise UsageError("results without their state", where=self._path, hint="name a new file") from None
        except OSError as error:
            raise OutputError("cannot write", where=self._path, hint=error.strerror or "") from None

    def _take(self) -> None:
        """Take over the results that are whole, and cut off the one that is not."""
        whole = 0
        with open(self._path, "r+b") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                result = json.loads(line)
                own = result["id"] if "place" in result else ""
                self._done.append((result.get("place", result["id"]), own))
                self._count(result)
                whole += len(line)
            file.truncate(whole)

    def left(self, records: Iterable[batch.Item]) -> Iterator[batch.Item]:
        """Yield the records that have no result yet.

        :raises UsageError: the records are not those that the results are of
        """
        done = iter(self._done)
        for item in records:
            known = next(done, None)
            if known is None:
                yield item
            elif known[0] != item.id or (known[1] and _own_id(item) != known[1]):
                raise UsageError("results of other records", where=self._path, hint="name a new file")

    @property
    def named(self) -> list[str]:
        """The ids that lines already judged have of their own."""
        return [own for _, own in self._done if own]

    def write(self, results: Iterable[dict[str, Any]]) -> dict[str, int]:
        """Write the results, one a line, each at once; return how many there are of each verdict."""
        if not self._path:
            self._write(sys.stdout, results)
        else:
            with open(self._path, "a", encoding="utf-8") as file:
                self._write(file, results)
        return self._counts

    def _write(self, file: IO[str], results: Iterable[dict[str, Any]]) -> None:
        for result in results:
            self._count(result)
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
            file.flush()

    def _count(self, result: dict[str, Any]) -> None:
        word = result.get("verdict") or "error"
        self._counts[word] = self._counts.get(word, 0) + 1


def _own_id(item: batch.Item) -> str:
    return naming.own_id(item.content, item.id) if item.kind == "line" else ""
