"""Files of keys and of persons: a new one only, its owner's alone from the first byte on, and on the disk."""

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["write_private"]


def write_private(path: Path, data: bytes) -> None:
    """Write a new file, mode 0600, and flush it to the disk; no part of it is left when that fails.

    :raises OSError: something lies there already, a link included (FileExistsError), or it cannot be written
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise
