"""Files of keys and of persons: whole or not at all, their owner's alone from the first byte on, and on the disk."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from tjdocs.errors import OutputError

__all__ = ["check_new", "flush_folder", "replace_file", "write_new", "write_private"]


def write_private(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a new file and flush it to the disk; no part of it is left when that fails.

    :raises OSError: there is something already, a link included (FileExistsError), or it cannot be written
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)  # the mask of the process does not count
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise


def replace_file(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a file, or put another in its place, whole or not at all.

    :raises OutputError: it cannot be written; the old one is still there
    """
    staging = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    try:
        write_private(staging, data, mode=mode)
        os.replace(staging, path)
        flush_folder(path.parent)
    except OSError as error:
        raise OutputError("cannot write", where=str(path), hint=error.strerror or "") from None
    finally:
        staging.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Put a folder's entries on the disk.

    :raises OSError: they cannot be put there
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_new(path: str | Path, *, what: str) -> None:
    """Refuse a path where :func:`write_new` could not write, before anything is done that cannot be undone.

    :raises OutputError: there is something already, or its folder cannot be written to
    """
    if os.path.lexists(path):
        raise _occupied(path, what)
    folder = Path(path).parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise OutputError("cannot write", where=str(path), hint="name a file in a folder that can be written to")


def write_new(path: str | Path, data: bytes, *, what: str = "") -> None:
    """Write a new file, mode 0600.

    :param what: the kind of file, which is kept and so never overwritten; for the hint
    :raises OutputError: there is something already, a link included, or nothing can be written there; no part of the
        file is left then
    """
    try:
        write_private(Path(path), data)
    except FileExistsError:
        raise _occupied(path, what) from None
    except (OSError, ValueError) as error:
        raise OutputError("cannot write", where=str(path), hint=getattr(error, "strerror", "") or "") from None


def _occupied(path: str | Path, what: str) -> OutputError:
    return OutputError("exists already", where=str(path), hint=f"name a new file: {what} kept" if what else "")
