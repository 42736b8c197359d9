"""What a killed process left behind: a document that was recorded is put in place, any other number is spoiled."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from tjdocs.errors import InputError, OutputError, RegisterError
from tjdocs.office import folders
from tjdocs.register import Register

__all__ = ["recover"]


def recover(parent: str | Path, register: Register) -> tuple[list[Path], int]:
    """Finish or undo what processes that have ended left beside their output folders in ``parent``.

    Returns the folders that were put in place, and how many numbers were spoiled. What a process that still lives is
    at work on is left alone.

    :raises OutputError: a folder cannot be put in place or removed
    """
    placed: list[Path] = []
    spoiled = 0
    try:
        for left, place, noted in list(folders.leftovers(Path(parent))):
            if not place.exists() and _recorded(left, noted, register):
                os.replace(left, place)
                (place / folders.NUMBER).unlink()
                placed.append(place)
                continue
            if noted:
                with suppress(RegisterError):  # it was spoiled already
                    register.withdraw(noted)
                    spoiled += 1
            shutil.rmtree(left)
        for stray in Path(parent).glob(f"*/{folders.NUMBER}"):  # ended just after its folder was put in place
            stray.unlink()
    except OSError as error:
        raise OutputError("cannot recover", where=str(parent), hint=error.strerror or "") from None
    return placed, spoiled


def _recorded(left: Path, noted: str, register: Register) -> bool:
    """Whether the register has a document as issued, and its folder is complete."""
    try:
        record = folders.read_record(left)
    except InputError:
        return False
    document = register.document(noted) if noted and noted == record["document_number"] else None
    digests = {**record["files"], **record["page"]}
    return document is not None and document.status == "issued" and dict(document.files) == digests
