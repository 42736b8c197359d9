"""Many inspections: in their order, by any executor, and one bad record never stops the others.

Nothing is used up: a batch judges (``dry_run``). The setup of an inspector is sent once to each worker, the records in
lists that take a moment each. Results come back in the order of the records, and only a few lists wait at any time.
"""

import pickle
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Protocol

from tjdocs import escaping, limits
from tjdocs.archives import read_tar
from tjdocs.border import naming
from tjdocs.border.checks.register_status import RegisterStatus
from tjdocs.border.inspector import Inspector, Verdict
from tjdocs.border.policy import Policy
from tjdocs.documents.load_types import DocumentTypes
from tjdocs.errors import InputError, TjdocsError, UsageError
from tjdocs.inspection import Evidence
from tjdocs.inspection.evidence_json import (
    CROSSING_KEYS,
    evidence_from_files,
    evidence_from_folder,
    folder_files,
    is_evidence,
    judgeable,
)
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust.store import Entry, TrustStore
from tjdocs.watchlists.watchlists import Watchlists
from tjdocs.workers import Workers

__all__ = [
    "Item",
    "LineSource",
    "Setup",
    "answer",
    "folder_items",
    "install",
    "line_items",
    "path_error",
    "run",
    "tar_items",
]

# Handing a list over costs as much as judging a record or two, hence lists of many; but a list that is long in judging,
# in coming, or in memory keeps all others waiting.
_FIRST, _MOST = 8, 64  # records in a list: before anything is known, and at most
_JUDGING, _COMING, _BYTES = 0.04, 0.1, 4_000_000  # about seconds, at most seconds, at most bytes and one record
_WAITING = 100_000_000  # bytes of records that wait for a worker, and one list
_KEPT = 4  # inspectors that a worker keeps


@dataclass(frozen=True, slots=True)
class Item:
    """One record to judge.

    :param id: returned with the result
    :param kind: how ``content`` is read: ``line`` (JSON), ``folder`` (its path), ``files`` (by name), or not at all:
        ``bad``, and why (a tuple: with a hint)
    :param is_place: ``id`` is the place of a line or the name of a path, and no folder's name
    """

    id: str
    kind: str
    content: Any = field(repr=False)
    is_place: bool = False

    @property
    def names(self) -> dict[str, str]:
        """The names of its result before anything is read: ``place`` next to ``id`` unless it is a folder."""
        return {"id": self.id, "place": self.id} if self.is_place or self.kind == "line" else {"id": self.id}


@dataclass(frozen=True, slots=True)
class Setup:
    """The parts of an inspector, as bytes that any process makes it from.

    :param digest: SHA-256 of trust, lists', policy's and types' content; two setups that judge alike have the same
    :param officer_key: file and passphrase of the asking officer's key; every worker reads the file
    """

    data: bytes = field(repr=False)
    digest: str
    officer_key: tuple[Path, bytes | None] | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        *,
        trust: TrustStore | None = None,
        lists: Watchlists | None = None,
        policy: Policy | None = None,
        types: DocumentTypes | None = None,
        register: str = "",
        officer: str = "trial",
        officer_key: tuple[Path, bytes | None] | None = None,
    ) -> "Setup":
        """Return the setup of an inspector.

        :param types: the document types that are ours; the bundled ones unless given
        :param register: URL of a register that every worker can open
        :param officer: in whose name it is asked
        :param officer_key: file and passphrase of that officer's key; a trial register needs none
        :raises UsageError: ``trust`` is a view under a policy, which is passed separately; or ``types`` have no files
        """
        store = trust if trust is not None else TrustStore.of(())
        if store.policies:
            raise UsageError("a store under a policy", where="trust", hint="the store itself, and policy=")
        if types is not None:
            types.check_files()
        content = (
            [(entry.certificate.raw, entry.kind, entry.origins, entry.grounds) for entry in store.entries],
            [crl.raw for crl in store.crls],
            [signer.raw for signer in store.signers_of_lists],
            (policy or Policy.default()).source,
            register,
            officer,
            lists,
            # a batch without further types has the digest that it had before there were any
            *((dict(types.files),) if types is not None and types.files else ()),
        )
        data = pickle.dumps(content)
        return cls(data, sha256(data).hexdigest(), officer_key)

    def inspector(self) -> Inspector:
        """Make the inspector."""
        from tjdocs.register import OfficerKey, Register

        content = pickle.loads(self.data)  # noqa: S301 - our own process wrote it
        certificates, crls, signers, policy, register, officer, lists, *files = content
        types = DocumentTypes.of_files(files[0]) if files else None
        entries = [Entry(Certificate.parse(raw), *rest) for raw, *rest in certificates]
        trust = TrustStore.of_entries(entries, map(Crl.parse, crls), map(Certificate.parse, signers))
        own = self.officer_key
        keys = () if own is None else (OfficerKey.open(own[0], passphrase=own[1]),)
        status = RegisterStatus(Register(register, officer_keys=keys), officer=officer) if register else None
        judging = Policy.parse(policy, types=types)
        return Inspector(trust=trust, register=status, lists=lists, policy=judging, types=types)


# -------------------------------------------------------------------------------------------------------- in the worker

_inspectors: dict[str, Inspector] = {}


def install(setup: Setup) -> None:
    """Make the inspector in this process, once."""
    if setup.digest not in _inspectors:
        while len(_inspectors) >= _KEPT:
            _inspectors.pop(next(iter(_inspectors)))
        _inspectors[setup.digest] = setup.inspector()


def judge(digest: str, items: list[Item], common: Mapping[str, Any], at: datetime | date) -> list[dict[str, Any]]:
    """Judge records; an error in one of them is its result."""
    inspector = _inspectors[digest]
    return [answer(inspector, item, common, at) for item in items]


def _timed(
    digest: str, items: list[Item], common: Mapping[str, Any], at: datetime | date
) -> tuple[float, list[dict[str, Any]]]:
    """Judge records; return the seconds that it took, and their results."""
    start = time.perf_counter()
    results = judge(digest, items, common, at)
    return time.perf_counter() - start, results


def answer(
    inspector: Inspector,
    item: Item,
    common: Mapping[str, Any],
    at: datetime | date,
    *,
    dry_run: bool = True,
    keep: Callable[[Verdict], object] | None = None,
) -> dict[str, Any]:
    """Judge one record; an error in it is its result.

    :param keep: called with the verdict
    """
    names = item.names
    try:
        if item.kind == "line":
            values = naming.values(item.content, item.id)
            names |= naming.names(values, item.id)
            evidence = judgeable(values, item.id, common)
        else:
            evidence = _read(item, common)
        verdict = inspector.inspect(evidence, at=at, dry_run=dry_run)
        if keep is not None:
            keep(verdict)
    except TjdocsError as error:
        return _failed(names, error.code, str(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours stops one record, and is told
        return _failed(names, "internal", type(error).__name__)
    return {**names, **verdict.as_json()}


def _failed(names: Mapping[str, str], code: str, message: str) -> dict[str, Any]:
    return {**names, "schema": 1, "verdict": None, "error": {"code": code, "message": message}}


def _read(item: Item, common: Mapping[str, Any]) -> Evidence:
    if item.kind == "folder":
        return evidence_from_folder(Path(item.content), common)
    if item.kind == "bad":
        message, hint = item.content if isinstance(item.content, tuple) else (item.content, "")
        raise InputError(message, where=item.id, hint=hint)
    return evidence_from_files(item.content, common)


# ---------------------------------------------------------------------------------------------------------- the records


def folder_items(path: Path, *, here: bool = False) -> Iterator[Item]:
    """Yield the folders in a folder as records, by name.

    :param here: read them in this process, for workers that do not see them
    """
    for folder in sorted(item for item in path.iterdir() if item.is_dir() and not item.name.startswith(".")):
        name = escaping.name(folder.name)
        if not here:
            yield Item(name, "folder", str(folder))
            continue
        try:
            yield Item(name, "files", folder_files(folder))
        except InputError as error:
            yield Item(name, "bad", error.message)


def tar_items(source: IO[bytes]) -> Iterator[Item]:
    """Yield the folders of a tar stream as records, in their order.

    :raises InputError: the stream is not tar, breaks off, or is over the limits as a whole
    """
    for name, files in read_tar(source, is_evidence):
        yield Item(escaping.name(name), "bad" if isinstance(files, str) else "files", files)


class LineSource(Protocol):
    """A stream that is read by lines."""

    def readline(self, limit: int, /) -> bytes:
        """Return the next line, or so much of it; nothing at the end."""
        ...


def line_items(source: LineSource, name: str, *, every: bool = False) -> Iterator[Item]:
    """Yield the lines of a JSON-lines stream as records, each by its place; its own ``id`` is read with the line.

    :param every: whether blank lines are records, which cannot be read
    """
    number = 0
    name = escaping.name(name)
    while line := source.readline(limits.LINE + 1):
        number += 1
        piece = line
        while not piece.endswith(b"\n") and len(piece) > limits.LINE and (piece := source.readline(limits.LINE + 1)):
            pass  # the rest of a line that is too long
        if len(line) > limits.LINE:
            yield Item(f"{name}:{number}", "bad", "over the limit", is_place=True)
        elif every or line.strip():
            yield Item(f"{name}:{number}", "line", line, is_place=True)


def path_error(error: InputError, name: str) -> Item:
    """Return the error of a whole path as a record named by it, so that the paths after it are judged."""
    return Item(escaping.name(name), "bad", (error.message, error.hint), is_place=True)


def _size(item: Item) -> int:
    """Return the bytes that a record takes on its way; a folder goes by its path."""
    content = item.content
    if isinstance(content, bytes):
        return len(content)
    return sum(map(len, content.values())) if isinstance(content, Mapping) else 0


# -------------------------------------------------------------------------------------------------------------- running


_Answer = tuple[float, list[dict[str, Any]]]


def run(
    items: Iterable[Item],
    setup: Setup,
    *,
    at: datetime | date,
    common: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    named: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Iterator[dict[str, Any]]:
    """Yield the result of every item, in their order: a verdict as JSON with its ``id``, or an ``error``.

    A line with an ``id`` of its own is named by it and has its ``place`` next to it. Where the ``id`` is not a proper
    text, or another result had it before, its place names it, and ``id_unused`` says why. A place or a folder's name
    that is an earlier result's ``id`` has ``./`` before it, and is in ``place``. A folder that comes again is an error.

    :param common: ``direction`` and ``point`` of all records, as far as the desk has them; a record that has another
        is a bad one
    :param executor: one in whose workers :func:`install` was called; None: processes of this machine, and a worker
        that dies is replaced
    :param workers: processes; as many as there are processors when not given
    :param named: ids of the same batch's results that there are already
    :param folders: the folders among the records that have them
    """
    common = dict(common or {})
    if not common.keys() <= set(CROSSING_KEYS):
        raise UsageError("unknown key", where="common", hint=", ".join(CROSSING_KEYS))
    pool = Workers[_Answer](workers, start=install, arguments=(setup,), executor=executor, replace=True)
    if executor is None and pool.count == 1:
        install(setup)
        results = (result for item in items for result in judge(setup.digest, [item], common, at))
    else:
        results = _Run(pool, setup.digest, common, at).results(items)
    names = _Names(named, folders)
    with closing(results):
        for result in results:
            yield names.named(result)


class _Names:
    """The names that a batch's results have; no two results have one, but for a folder that comes again."""

    def __init__(self, named: Iterable[str], folders: Iterable[str]) -> None:
        self._taken, self._folders = set(map(hash, named)), set(map(hash, folders))  # of a million no more is kept

    def named(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """Return a result under a name of its own."""
        own, place = result["id"], result.get("place")
        others = {key: value for key, value in result.items() if key not in ("id", "place")}
        if place is None:
            if hash(own) in self._folders:  # what of it belongs together is not known
                again = f"./{own}"
                return _failed({"id": again if hash(again) in self._taken else own}, "input", f"a record twice: {own}")
            self._folders.add(hash(own))
            place = own
        names = {"id": own, "place": place}
        if own != place and hash(own) in self._taken:
            names |= {"id": place, "id_unused": "taken"}
        while hash(names["id"]) in self._taken:
            names |= {"id": f"./{names['id']}", "id_unused": "taken"}
        self._taken.add(hash(names["id"]))
        if names["id"] == place:
            del names["place"]
        return {**names, **{key: value for key, value in others.items() if key not in names}}


class _Run:
    """One batch: which lists wait, and what becomes of those whose worker died."""

    def __init__(self, pool: Workers[_Answer], digest: str, common: Mapping[str, Any], at: datetime | date) -> None:
        self._pool, self._digest, self._arguments = pool, digest, (common, at)
        self._waiting: deque[list[Item]] = deque()
        self._bytes = 0  # of the records that wait
        self._most = _FIRST

    def results(self, items: Iterable[Item]) -> Generator[dict[str, Any], None, None]:
        stream = iter(items)
        with self._pool:
            while chunk := self._take(stream):
                self._bytes += sum(map(_size, chunk))
                self._waiting.append(chunk)
                self._pool.submit(_timed, self._digest, chunk, *self._arguments)
                while len(self._waiting) > 4 * self._pool.count or (self._bytes > _WAITING and len(self._waiting) > 1):
                    yield from self._next()
            while self._waiting:
                yield from self._next()

    def _take(self, stream: Iterator[Item]) -> list[Item]:
        """Return the next list of records; empty: there are none."""
        chunk: list[Item] = []
        size, end = 0, time.monotonic() + _COMING
        for item in stream:
            chunk.append(item)
            size += _size(item)
            if len(chunk) >= self._most or size >= _BYTES or time.monotonic() >= end:
                break
        return chunk

    def _next(self) -> list[dict[str, Any]]:
        chunk = self._waiting.popleft()
        self._bytes -= sum(map(_size, chunk))
        try:
            seconds, results = self._pool.oldest()
        except Exception:  # noqa: BLE001 - a worker died, of its own or of a record
            return self._one_by_one(chunk)
        self._most = max(1, min(_MOST, int(_JUDGING * len(chunk) / max(seconds, 1e-6))))
        return results

    def _one_by_one(self, chunk: list[Item]) -> list[dict[str, Any]]:
        """Judge each item of a list alone, so that only an item that kills a worker twice is lost."""
        self._pool.renew()
        results = []
        for item in chunk:
            for attempt in (1, 2):
                try:
                    results += self._pool.at_once(_timed, self._digest, [item], *self._arguments)[1]
                    break
                except Exception as error:  # noqa: BLE001 - likewise, and this item is why
                    self._pool.renew()
                    if attempt == 2:
                        results.append(_failed(item.names, "worker", f"the worker died: {type(error).__name__}"))
        return results
