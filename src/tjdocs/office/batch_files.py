"""A batch's files next to its documents: an index of them, and the rejected rows in a form that can be corrected."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tjdocs.documents.application import read_object
from tjdocs.errors import InputError, OutputError, UsageError
from tjdocs.files import replace_file, write_private
from tjdocs.office import application_rows

__all__ = ["INDEX", "check_rejected", "write_index", "write_rejected"]

INDEX = "index.csv"
_COLUMNS = ("document_number", "line", "folder", "files")


def write_index(out: Path, documents: Iterable[tuple[Path, int, str]]) -> None:
    """Write ``index.csv``: a row for each issued document, with its number, line, folder and files, parted by ``;``.

    :param documents: folder, line and number of each; anything else in ``out`` is not a document
    :raises OutputError: it cannot be written
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for folder, line, number in documents:
        files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        writer.writerow((number, line, folder.name, ";".join(files)))
    replace_file(out / INDEX, text.getvalue().encode())


def check_rejected(path: Path, file: Path, columns: tuple[str, ...]) -> None:
    """Refuse a place where rejected rows cannot be written, or from which they could not be issued again.

    :param file: the batch's
    :raises OutputError: the path exists already
    :raises UsageError: CSV under another name or the reverse, or portraits are found from another folder
    """
    if path.is_symlink() or path.exists():
        raise OutputError("the path exists already", where=str(path), hint="name a new file for the rejected rows")
    if application_rows.is_csv(path) != application_rows.is_csv(file):
        hint = f"the same form as the batch's file: NAME{file.suffix}"
        raise UsageError("rejected rows of another form", where=str(path), hint=hint)
    if application_rows.PORTRAIT_FILE in columns and path.absolute().parent != file.absolute().parent:
        hint = f"next to the batch's file, since {application_rows.PORTRAIT_FILE} is found from there"
        raise UsageError("rejected rows in another folder", where=str(path), hint=hint)


def write_rejected(
    path: Path, file: Path, columns: tuple[str, ...], separator: str, reasons: Mapping[int, Iterable[str]]
) -> None:
    """Write the rejected rows with their reasons, mode 0600; corrected, the file is a batch's.

    :param reasons: by line of ``file``
    :raises OutputError: it cannot be written
    """
    if not reasons:
        return
    try:
        write_private(path, b"".join(_rows(file, columns, separator, reasons)))
    except OSError as error:
        raise OutputError("cannot write", where=str(path), hint=error.strerror or "") from None


def _rows(
    file: Path, columns: tuple[str, ...], separator: str, reasons: Mapping[int, Iterable[str]]
) -> Iterator[bytes]:
    again = columns[:1] == (application_rows.REJECTED,)  # the file was one of rejected rows itself
    if columns:
        names = (*(() if again else (application_rows.REJECTED,)), *columns)
        yield f"{separator.join(names)}\n".encode()
    for number, line in application_rows.lines(file):
        if number in reasons:
            reason, row = " | ".join((f"line {number}", *reasons[number])), line.removesuffix(b"\n") + b"\n"
            yield _csv_row(row, reason, separator, again) if columns else _object(row, reason)


def _csv_row(line: bytes, reason: str, separator: str, again: bool) -> bytes:
    """Return a row with its reason before it; the row stays as it was written, with its errors."""
    if again:
        part = re.escape(separator.encode())
        line = re.sub(rb'^(?:"(?:[^"]|"")*"|[^"\r\n]*?)' + part, b"", line, count=1)
    return b'"%b"%b%b' % (reason.replace('"', '""').encode(), separator.encode(), line)


def _object(line: bytes, reason: str) -> bytes:
    """Return an application with its reason; one that cannot be read, as a text."""
    try:
        table = read_object(line.decode())
    except (UnicodeDecodeError, InputError):
        table = {"unreadable": line.decode(errors="replace").rstrip("\r\n")}
    return (json.dumps({**table, application_rows.REJECTED: reason}, ensure_ascii=False) + "\n").encode(
        errors="replace"
    )
