"""Output folders: written whole or not at all, and never over something."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tjdocs.errors import OutputError

__all__ = ["check_new", "staged", "write"]


def check_new(folder: Path) -> None:
    """Refuse a folder that holds something, is a link, or is no folder.

    :raises OutputError: it is not new or empty
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError("not a folder", where=str(folder), hint="name a new one")
    if folder.exists() and any(folder.iterdir()):
        raise OutputError("not an empty folder", where=str(folder), hint="name a new one")


@contextmanager
def staged(
    folder: str | Path | None, files: Callable[[], Mapping[str, bytes]], *, staging: str | Path = ""
) -> Iterator[None]:
    """Write files beside ``folder``, run the block, and put them in place; nothing is left when either fails.

    :param folder: new or empty; None runs the block alone
    :param files: gives the files by their paths below it
    :param staging: the folder beside it to write them in; it must not be there yet
    :raises OutputError: the folder holds something, or cannot be written
    """
    if folder is None:
        yield
        return
    place = Path(folder).absolute()
    check_new(place)
    work: Path | None = None
    try:
        content = files()
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if staging:
                Path(staging).mkdir(mode=0o700)
                work = Path(staging)
            else:
                work = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
            for name, data in content.items():
                path = work / name
                path.parent.mkdir(mode=0o700, exist_ok=True)
                path.write_bytes(data)
                path.chmod(0o600)  # portrait, names, number
                _flush(path)
            for inner in (*(path for path in work.iterdir() if path.is_dir()), work):
                _flush(inner)
        except OSError as error:
            raise OutputError("cannot write", where=str(place), hint=error.strerror or "") from None
        yield
        try:
            os.replace(work, place)
            _flush(place.parent)
        except OSError as error:
            raise OutputError("cannot write", where=str(place), hint=error.strerror or "") from None
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(folder: str | Path, files: Mapping[str, bytes]) -> None:
    """Write files into ``folder``, whole or not at all.

    :raises OutputError: the folder holds something, or cannot be written
    """
    with staged(folder, lambda: files):
        pass
