"""A batch's file, line by line: CSV with a header, or one JSON object a line; a bad line is an entry, not an end.

A line is one application in either form. A value that is not text is written as JSON in its cell; members of records
have columns of their own (``residence_permit.expires``). ``portrait_file`` names an image below the file's folder, in
place of ``portrait``.
"""

import base64
import csv
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from tjdocs import inputs
from tjdocs.documents import Application, ApplicationError, DocumentType, FieldError, settings
from tjdocs.documents.application import read_object
from tjdocs.documents.field_types import ListOf, Text, shown
from tjdocs.documents.fields import kind_at
from tjdocs.errors import InputError
from tjdocs.portrait.picture_limits import photograph_rules

__all__ = ["PORTRAIT_FILE", "REJECTED", "header", "is_csv", "lines", "read", "scan", "separator"]

PORTRAIT_FILE = "portrait_file"
REJECTED = "rejected"  # a column or member with the reasons of an earlier run: not read
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_BOM = b"\xef\xbb\xbf"


def scan(path: Path) -> tuple[int, str]:
    """Return how many applications a file holds, and its SHA-256.

    :raises InputError: it cannot be read, holds none, or is in another encoding than UTF-8 as a whole
    """
    digest = sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None
    count = foreign = other = 0
    for _, line in lines(path):
        count += 1
        try:
            other |= not line.decode().isascii()
        except UnicodeDecodeError:
            if not foreign:
                first, foreign = line, 1
    if foreign and not other:
        raise _not_utf8(path, first)
    if not count:
        raise InputError("missing applications", where=str(path), hint="CSV with a header, or one JSON object a line")
    return count, digest.hexdigest()


def _not_utf8(path: Path, sample: bytes) -> InputError:
    """Return the refusal of another encoding: which it is, and the command that converts it.

    Nothing is converted here: Windows-1251 has no Tajik letters, and fonts that show them in the place of others would
    put other names into documents.
    """
    name, code = "another encoding", "ENCODING"
    if b"\0" in sample or sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        name, code = "UTF-16", "UTF-16"
    else:
        letters = [c for c in sample.decode("cp1251", errors="replace") if not c.isascii()]
        if 2 * sum("А" <= c <= "я" or c in "Ёё" for c in letters) > len(letters):
            name, code = "Windows-1251", "CP1251"
    hint = f"it looks like {name}; convert it, look at the Tajik letters, and issue the new file: "
    hint += f"`iconv -f {code} -t UTF-8 {path.name} > NEW{path.suffix}`"
    return InputError("not UTF-8", where=str(path), hint=hint)


def separator(path: Path) -> str:
    """Return the separator of a CSV file: comma, semicolon or tab, by its header, whose names contain none of them.

    :raises InputError: the header is not in UTF-8
    """
    first = _first(path)
    return next((one for one in _SEPARATORS if one in first), ",")


def separator_name(separator: str) -> str:
    """Return a separator in words."""
    return _SEPARATORS[separator]


def _first(path: Path) -> str:
    with path.open("rb") as file:
        first = file.readline(1_000_000).removeprefix(_BOM)
    try:
        if b"\0" in first:  # ASCII in UTF-16 is UTF-8 too
            raise ValueError
        return first.decode()
    except ValueError:
        raise _not_utf8(path, first) from None


def is_csv(path: Path) -> bool:
    """Whether a file is CSV, by its name."""
    return path.suffix.lower() == ".csv"


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the applications' lines with their numbers, from 1; one over the limit is cut one byte after it."""
    limit = settings.load().max_json
    with path.open("rb") as file:
        number = 0
        while line := file.readline(limit + 1):
            number += 1
            piece = line
            while not piece.endswith(b"\n") and (piece := file.readline(limit)):
                pass
            line = line.removeprefix(_BOM) if number == 1 else line
            if line.strip() and not (number == 1 and is_csv(path)):
                yield number, line


def header(path: Path, kind: DocumentType) -> tuple[str, ...]:
    """Return the columns of a CSV file, nothing for JSON lines.

    :raises InputError: a column is not a field of the type, or occurs twice
    """
    if not is_csv(path):
        return ()
    try:
        parted = csv.reader([_first(path)], strict=True, delimiter=separator(path))
        columns = tuple(name.strip() for name in next(parted))
    except (csv.Error, StopIteration):
        raise InputError("missing header", where=str(path), hint="the first line names the columns") from None
    asked = {spec.id for spec in kind.fields}
    for name in columns or ("",):
        known = kind_at(name, kind.documents) is not None and name.partition(".")[0] in asked
        if not (known or name in (PORTRAIT_FILE, REJECTED)) or columns.count(name) > 1:
            hint = f"fields of {kind.id}, or {PORTRAIT_FILE}, once each"
            raise InputError("unusable column", where=shown(name), hint=hint)
    return columns


def read(
    line: bytes,
    columns: tuple[str, ...],
    kind: DocumentType,
    folder: Path,
    *,
    separator: str = ",",
    portrait: bool = True,
) -> Application:
    """Read one line.

    :param columns: of a CSV file, parted by ``separator``; none for JSON lines
    :param folder: below which portraits are read
    :param portrait: whether the file of the portrait is read; the file may be gone once the document is there
    :raises ApplicationError: it is malformed, every fault
    """
    if len(line) > settings.load().max_json:
        raise ApplicationError([FieldError("line", "over the limit", f"at most {settings.load().max_json} bytes")])
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise ApplicationError([FieldError("line", "not text", "UTF-8")]) from None
    table = _cells(text, columns, kind, separator) if columns else _object(text, kind)
    if PORTRAIT_FILE in table:
        name = table.pop(PORTRAIT_FILE)
        table["portrait"] = _portrait(name, folder) if portrait else _UNREAD
    return Application.from_values(table, kind)


_UNREAD = base64.b64encode(b"not read").decode()


def _object(text: str, kind: DocumentType) -> dict[str, Any]:
    try:
        table = read_object(text)
    except InputError as error:
        raise ApplicationError([FieldError("line", f"{error.message}: {error.where}", error.hint)]) from None
    table.pop(REJECTED, None)
    if not inputs.is_schema(table.pop("schema", 1)) or table.pop("document_type", kind.id) != kind.id:
        raise ApplicationError(
            [FieldError("document_type", "application for another document", f"schema 1, {kind.id}")]
        )
    return table


def _cells(text: str, columns: tuple[str, ...], kind: DocumentType, separator: str) -> dict[str, Any]:
    try:
        cells = next(csv.reader([text], strict=True, delimiter=separator))
    except (csv.Error, StopIteration):
        hint = f"cells parted by {_SEPARATORS[separator]}, quotes closed"
        raise ApplicationError([FieldError("line", "not a line of CSV", hint)]) from None
    if len(cells) != len(columns):
        hint = f"{len(columns)} cells, as the header has"
        raise ApplicationError([FieldError("line", f"{len(cells)} cells", hint)])
    table: dict[str, Any] = {}
    faults = []
    for name, cell in zip(columns, cells, strict=True):
        if not cell.strip() or name == REJECTED:
            continue
        try:
            value = cell if name == PORTRAIT_FILE else _value(cell, name, kind)
        except InputError:
            faults.append(FieldError(name, "not JSON", "JSON in the cell, or a column for each member"))
            continue
        top, _, member = name.partition(".")
        if not member:
            table.setdefault(top, value)
        elif isinstance(record := table.setdefault(top, {}), dict):
            record[member] = value
    if faults:
        raise ApplicationError(faults)
    return table


def _value(cell: str, name: str, kind: DocumentType) -> Any:
    """Return a cell's value: text, or JSON for any other value; a list of texts may be parted by semicolons."""
    form = kind_at(name, kind.documents)
    if cell.lstrip().startswith(("[", "{")) and not isinstance(form, Text):
        return inputs.json_value(cell, where=name)
    if isinstance(form, ListOf):
        return [part.strip() for part in cell.split(";")]
    return cell.strip()


def _portrait(name: object, folder: Path) -> str:
    """Return an image's bytes in Base64; only regular files below the folder are read."""
    limit = photograph_rules().max_bytes
    try:
        if not isinstance(name, str) or not name:
            raise ValueError
        root = folder.resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise ValueError
        with path.open("rb") as file:
            return base64.b64encode(file.read(limit + 1)).decode()
    except (OSError, ValueError, RuntimeError):
        hint = "a file below the batch file's folder"
        raise ApplicationError([FieldError(PORTRAIT_FILE, "missing image", hint)]) from None
