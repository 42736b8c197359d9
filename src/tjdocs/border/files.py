"""Files that hold personal data: new ones only, whole or not at all, readable by their owner alone."""

import os
from contextlib import suppress
from pathlib import Path

from tjdocs.errors import OutputError

__all__ = ["write_new"]


def write_new(path: str | Path, data: bytes, *, what: str) -> None:
    """Write a new file, mode 0600.

    :param what: they are kept, and so never overwritten; told in the hint
    :raises OutputError: something lies there already, a link included, or nothing can be written there; no part of
        the file is left then
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OutputError("exists already", where=str(path), hint=f"name a new file: {what} kept") from None
    except (OSError, ValueError) as error:
        raise OutputError("cannot write", where=str(path), hint=getattr(error, "strerror", "") or "") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(path)
        if isinstance(error, OSError):
            raise OutputError("cannot write", where=str(path), hint=error.strerror or "") from None
        raise
