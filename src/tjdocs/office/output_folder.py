"""Output folders: written whole or not at all, and never over something."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from tjdocs import inputs
from tjdocs.errors import InputError, OutputError
from tjdocs.files import flush_folder, replace_file, write_private
from tjdocs.lds import ef_catalogue

__all__ = [
    "RECORD",
    "Staging",
    "check_new",
    "read_record",
    "record_json",
    "replace_record",
    "staged",
    "write",
]

RECORD = "record.json"
_MAX_FILE = 50_000_000


def check_new(folder: Path) -> None:
    """Refuse a link, anything but a folder, and a folder that is not empty.

    :raises OutputError: it is not new or empty
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError("not a folder", where=str(folder), hint="name a new one")
    if folder.exists() and any(folder.iterdir()):
        raise OutputError("not an empty folder", where=str(folder), hint="name a new one")


class Staging:
    """A folder in preparation: made next to its place, filled, put in place; see :func:`staged`."""

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self._folder: Path | None = None

    def open(self, folder: str) -> None:
        """Make the folder in which the files are written, next to their place.

        :param folder: as the register names it, to recognise one that a crash left; ``""``: nothing is written
        """
        if self._place is not None and folder:
            with _file_errors(self._place):
                Path(folder).mkdir(mode=0o700)
                self._folder = Path(folder)

    def fill(self, files: Mapping[str, bytes]) -> None:
        """Write the files by their paths below the folder; they are on the disk, and were read back, after it."""
        if self._folder is None or self._place is None:
            return
        with _file_errors(self._place):
            folders = {self._folder}
            for name, data in files.items():
                path = self._folder / name
                path.parent.mkdir(mode=0o700, exist_ok=True)
                _write(path, data)
                folders.add(path.parent)
            for folder in folders:
                flush_folder(folder)

    def put_in_place(self) -> None:
        """Let the folder appear, whole, in its place."""
        if self._folder is not None and self._place is not None:
            with _file_errors(self._place):
                os.replace(self._folder, self._place)
                flush_folder(self._place.parent)

    def _close(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def staged(folder: str | Path | None) -> Iterator[Staging]:
    """Give a folder that appears whole or not at all: nothing is left of it unless it was put in place.

    :param folder: new or empty; None: nothing is written
    :raises OutputError: the folder holds something, or cannot be written
    """
    place = Path(folder).absolute() if folder is not None else None
    if place is not None:
        check_new(place)
        with _file_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            if not os.access(place.parent, os.W_OK):
                raise PermissionError(0, "cannot make a folder there")
    staging = Staging(place)
    try:
        yield staging
    finally:
        staging._close()


@contextmanager
def _file_errors(place: Path) -> Iterator[None]:
    """Turn an error of the file system into an :class:`OutputError`.

    :raises OutputError: the file system refused an operation
    """
    try:
        yield
    except OSError as error:
        raise OutputError("cannot write", where=str(place), hint=error.strerror or "") from None


def write(folder: str | Path, files: Mapping[str, bytes]) -> None:
    """Write files into ``folder``, whole or not at all.

    :raises OutputError: the folder holds something, or cannot be written
    """
    with staged(folder) as staging:
        place = Path(folder).absolute()
        staging.open(str(place.parent / f".{place.name}-{secrets.token_hex(6)}"))
        staging.fill(files)
        staging.put_in_place()


def read_record(folder: Path) -> dict[str, Any]:
    """Return the record of a document's folder, after checking that the files are those that it names.

    :raises InputError: there is no record, or a file lacks or was changed
    """
    try:
        raw = _read(folder / RECORD)
        record = inputs.json_object(raw, where=RECORD)
        if not inputs.is_schema(record["schema"]):
            raise ValueError
        digests = {f"chip/{ef_catalogue.file_name(name)}": digest for name, digest in record["files"].items()}
        digests |= dict(record["page"].items())
        if not isinstance(record["document_number"], str) or not isinstance(record["prints"], list):
            raise TypeError
        if record_json(record) != raw:
            raise ValueError
        changed = [name for name, digest in digests.items() if sha256(_read(folder / name)).hexdigest() != digest]
    except OSError as error:
        raise InputError("cannot read", where=str(folder), hint=error.strerror or "") from None
    except (ValueError, KeyError, TypeError, AttributeError, InputError):
        raise InputError("not a document's folder", where=str(folder), hint="as `tjdocs issue` wrote it") from None
    if changed:
        raise InputError("changed since it was issued", where=", ".join(sorted(changed)), hint="issue it again")
    return dict(record)


def replace_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Put another record in a document's folder, whole or not at all.

    :raises OutputError: it cannot be written
    """
    replace_file(folder / RECORD, record_json(record))


def record_json(record: Mapping[str, Any]) -> bytes:
    """Return a record as its file holds it."""
    return (json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_FILE)


def _write(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read (portrait, names, number), onto the disk, and read it back."""
    write_private(path, data)
    if path.read_bytes() != data:
        raise OSError(0, "the file does not read back as written")
