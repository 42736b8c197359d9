"""Files that hold personal data: new ones only, whole or not at all, readable by their owner alone."""

import os
from pathlib import Path

from tjdocs.errors import OutputError
from tjdocs.pki.files import write_private

__all__ = ["check_new", "write_new"]


def check_new(path: str | Path, *, what: str) -> None:
    """Refuse a path where :func:`write_new` could not write, before anything is done that cannot be undone.

    :raises OutputError: something lies there already, or the folder is none that can be written to
    """
    if os.path.lexists(path):
        raise _there(path, what)
    folder = Path(path).parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise OutputError("cannot write", where=str(path), hint="name a file in a folder that can be written to")


def _there(path: str | Path, what: str) -> OutputError:
    return OutputError("exists already", where=str(path), hint=f"name a new file: {what} kept")


def write_new(path: str | Path, data: bytes, *, what: str) -> None:
    """Write a new file, mode 0600.

    :param what: they are kept, and so never overwritten; told in the hint
    :raises OutputError: something lies there already, a link included, or nothing can be written there; no part of
        the file is left then
    """
    try:
        write_private(Path(path), data)
    except FileExistsError:
        raise _there(path, what) from None
    except (OSError, ValueError) as error:
        raise OutputError("cannot write", where=str(path), hint=getattr(error, "strerror", "") or "") from None
