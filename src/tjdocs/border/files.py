"""Files that hold personal data: new ones only, whole or not at all, readable by their owner alone."""

from pathlib import Path

from tjdocs.errors import OutputError
from tjdocs.pki.files import write_private

__all__ = ["write_new"]


def write_new(path: str | Path, data: bytes, *, what: str) -> None:
    """Write a new file, mode 0600.

    :param what: they are kept, and so never overwritten; told in the hint
    :raises OutputError: something lies there already, a link included, or nothing can be written there; no part of
        the file is left then
    """
    try:
        write_private(Path(path), data)
    except FileExistsError:
        raise OutputError("exists already", where=str(path), hint=f"name a new file: {what} kept") from None
    except (OSError, ValueError) as error:
        raise OutputError("cannot write", where=str(path), hint=getattr(error, "strerror", "") or "") from None
