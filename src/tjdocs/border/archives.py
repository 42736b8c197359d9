"""Archives that somebody else made: regular files under their root, small, each once."""

import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from tjdocs.errors import InputError

__all__ = ["ArchiveError", "read_tar", "read_zip"]

MAX_ENTRIES = 5000
MAX_FOLDERS = 100_000  # of a stream, without a file so far
MAX_TOTAL = 100_000_000
MAX_MEMBER = 20_000_000
MAX_RATIO = 100
MAX_PASSED = 1_000_000_000  # of a file in a stream that is passed over
_GRACE = 100_000  # a small file may be anything, however well it was packed


class ArchiveError(ValueError):
    """An archive that is not read; ``reason`` is a stable word."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def _named(name: str) -> str:
    """Return a member's name as it stands, when it lies under the root."""
    parts = name.split("/")
    if not name or len(name) > 200 or name.startswith("/") or not name.isprintable() or "\\" in name or ":" in name:
        raise ArchiveError("name", "a name that is no path under the root")
    if any(part in ("", ".", "..") for part in parts):
        raise ArchiveError("name", "a name that is no path under the root")
    return name


def read_zip(source: IO[bytes]) -> dict[str, bytes]:
    """Return the files of a zip archive by name.

    :raises ArchiveError: ``archive``, ``name``, ``link``, ``twice``, ``encrypted`` or ``limit``
    """
    found: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(source) as archive:
            infos = archive.infolist()
            if len(infos) > MAX_ENTRIES:
                raise ArchiveError("limit", f"more than {MAX_ENTRIES} entries")
            for info in infos:
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG) or info.is_dir():
                    raise ArchiveError("link", "an entry that is no regular file")
                if info.flag_bits & 1:
                    raise ArchiveError("encrypted", "an encrypted entry")
                name = _named(info.filename)
                if name in found:
                    raise ArchiveError("twice", "two entries of one name")
                # what the archive says of its sizes is not believed: reading stops at the limit
                allowed = min(MAX_MEMBER, MAX_TOTAL - total, max(_GRACE, info.compress_size * MAX_RATIO))
                with archive.open(info) as member:
                    data = member.read(allowed + 1)
                if len(data) > allowed:
                    raise ArchiveError("limit", "an entry unpacks to more than is read")
                total += len(data)
                found[name] = data
    except ArchiveError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile archive does to zipfile, it is one finding
        raise ArchiveError("archive", f"no zip archive: {type(error).__name__}") from None
    return found


def read_tar(source: IO[bytes], known: Callable[[str], bool]) -> Iterator[tuple[str, dict[str, bytes] | None]]:
    """Yield the folders of a tar stream with their files, as they come; a folder's files stand one behind another.

    The first file that is evidence tells how deep the folders stand (``tar c lane``: one below the root). Links and
    special files are passed over, as are hidden folders and names outside of the root. A folder that the stream names
    and of which it has no file is yielded without files, one whose evidence is over the limits with None.

    :param known: whether a file of this name is evidence; no other is read
    :raises InputError: the stream is none, breaks off, or names more folders, or larger files, than are passed over
    """
    current, total = "", 0
    files: dict[str, bytes] | None = {}
    folders = _Folders()
    try:
        with tarfile.open(fileobj=source, mode="r|*") as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if not _inside(name):
                    continue
                if member.isdir():
                    folders.name(name.split("/"))
                    continue
                *above, last = name.split("/")
                if not member.isreg() or not above or not folders.placed(above, known(last)):
                    continue
                folder, within = folders.record(above)
                if not folder:
                    continue
                if folder != current:
                    if current:
                        yield current, files
                    for empty in folders.filled(folder):
                        yield empty, {}
                    current, files, total = folder, {}, 0
                if member.size > MAX_PASSED:
                    raise InputError("over the limits", where=f"tar: {folder[:80]}")
                if not known(last) or files is None:
                    continue
                total += member.size
                content = archive.extractfile(member)
                if member.size > MAX_MEMBER or total > MAX_TOTAL or len(files) >= MAX_ENTRIES:
                    files = None
                elif content is not None:
                    files["/".join((*within, last))] = content.read()
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise InputError("no tar stream", where="tar", hint=type(error).__name__) from None
    if current:
        yield current, files
    for empty in folders.left():
        yield empty, {}


class _Folders:
    """How deep a stream's records stand, and which of its folders have had no file so far."""

    def __init__(self) -> None:
        self._above: list[str] | None = None
        self._early: list[list[str]] = []  # those named before the depth is known
        self._empty: dict[str, None] = {}
        self._begun = ""

    def placed(self, folders: list[str], evidence: bool) -> bool:
        """Tell of a file's folders; return whether it is known how deep the records stand."""
        if self._above is None and evidence:
            self._settle(folders)
        return self._above is not None

    def _settle(self, folders: list[str]) -> None:
        self._above = folders[: -2 if folders[-1] == "chip" and len(folders) > 1 else -1]
        early, self._early = self._early, []
        for parts in early:
            self.name(parts)

    def name(self, folders: list[str]) -> None:
        """Note a folder that the stream names."""
        if self._above is None:
            self._early.append(folders)
        elif (folder := self.record(folders)[0]) and folder != self._begun:
            self._empty.setdefault(folder)
        if len(self._early) > MAX_FOLDERS or len(self._empty) > MAX_FOLDERS:
            raise InputError("over the limits", where="tar", hint=f"at most {MAX_FOLDERS} empty folders are kept")

    def record(self, folders: list[str]) -> tuple[str, list[str]]:
        """Return the record to which folders lead, empty when they lead to none, and the folders within it."""
        above = self._above or []
        record = folders[: len(above) + 1]
        if len(folders) <= len(above) or record[-1].startswith("."):
            return "", []
        return "/".join(record if record[:-1] != above else record[-1:]), folders[len(record) :]

    def filled(self, folder: str) -> list[str]:
        """Tell that a file of a record comes; return the records before it that have none.

        When the last folder named is the first to have a file, folders come with their files, and those before it
        have none. Else all folders were named first, and which have none is known at the end.
        """
        last = next(reversed(self._empty), None)
        self._empty.pop(folder, None)
        self._begun = folder
        if last != folder:
            return []
        empty, self._empty = list(self._empty), {}
        return empty

    def left(self) -> list[str]:
        """Return what is left at the end: of a stream of folders alone, those in which no other lies."""
        if self._above is None:
            below = [parts[:-1] if parts[-1] == "chip" and len(parts) > 1 else parts for parts in self._early]
            holding = {tuple(parts[:-1]) for parts in below}
            leaves = [parts for parts in below if tuple(parts) not in holding]
            if leaves:
                self._settle([*min(leaves, key=len)])
        return list(self._empty)


def _inside(name: str) -> bool:
    try:
        return bool(_named(name))
    except ArchiveError:
        return False
