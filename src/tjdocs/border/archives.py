"""Archives that somebody else made: regular files under their root, small, each once."""

import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from tjdocs.errors import InputError

__all__ = ["ArchiveError", "read_tar", "read_zip"]

MAX_ENTRIES = 5000
MAX_TOTAL = 100_000_000
MAX_MEMBER = 20_000_000
MAX_RATIO = 100
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


def read_tar(source: IO[bytes], known: Callable[[str], bool]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield the folders of a tar stream with their files, as they come; a folder's files stand one behind another.

    The first file that is evidence tells how deep the folders stand (``tar c lane``: one below the root). Links and
    special files are passed over, as are names outside of the root.

    :param known: whether a file of this name is evidence

    :raises InputError: the stream is none, breaks off, or a folder is over the limits
    """
    current, files, total, above = "", dict[str, bytes](), 0, None
    try:
        with tarfile.open(fileobj=source, mode="r|*") as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if not member.isreg() or "/" not in name or not _inside(name):
                    continue
                *folders, last = name.split("/")
                if above is None:
                    if not known(last):
                        continue
                    above = folders[: -2 if folders[-1] == "chip" and len(folders) > 1 else -1]
                if len(folders) <= len(above):
                    continue
                record = folders[: len(above) + 1]
                folder = "/".join(record if record[:-1] != above else record[-1:])
                rest = "/".join((*folders[len(record) :], last))
                if folder != current:
                    if files:
                        yield current, files
                    current, files, total = folder, {}, 0
                total += member.size
                if member.size > MAX_MEMBER or total > MAX_TOTAL or len(files) > MAX_ENTRIES:
                    raise InputError("over the limits", where=f"tar: {folder[:80]}")
                content = archive.extractfile(member)
                if content is not None:
                    files[rest] = content.read()
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise InputError("no tar stream", where="tar", hint=type(error).__name__) from None
    if files:
        yield current, files


def _inside(name: str) -> bool:
    try:
        return bool(_named(name))
    except ArchiveError:
        return False
