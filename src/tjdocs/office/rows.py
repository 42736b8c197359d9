"""A batch's file, line by line: CSV with a header, or one JSON object a line; a bad line is an entry, not an end.

A line is one application in either form. What cannot stand in a line of CSV is written as JSON in its cell; members of
records have columns of their own (``residence_permit.expires``). ``portrait_file`` names an image below the file's
folder, in place of ``portrait``.
"""

import base64
import csv
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from tjdocs import inputs
from tjdocs.documents import Application, ApplicationError, DocumentType, Fault, settings
from tjdocs.documents.application import read_object
from tjdocs.documents.fields import kind_at
from tjdocs.documents.kinds import ListOf, Text, shown
from tjdocs.errors import InputError

__all__ = ["header", "lines", "read", "scan"]

_PORTRAIT_FILE = "portrait_file"
_BOM = b"\xef\xbb\xbf"


def scan(path: Path) -> tuple[int, str]:
    """Return how many applications a file holds, and its SHA-256.

    :raises InputError: it cannot be read, or holds none
    """
    digest = sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None
    count = sum(1 for _ in lines(path))
    if not count:
        raise InputError("no application", where=str(path), hint="CSV with a header, or one JSON object a line")
    return count, digest.hexdigest()


def is_csv(path: Path) -> bool:
    """Whether a file is CSV, by its name."""
    return path.suffix.lower() == ".csv"


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the applications' lines with their numbers, from 1; one over the limit is cut just behind it."""
    limit = settings.load().max_json
    with path.open("rb") as file:
        number = 0
        while line := file.readline(limit + 1):
            number += 1
            rest = line
            while not rest.endswith(b"\n") and (rest := file.readline(limit)):
                pass
            line = line.removeprefix(_BOM) if number == 1 else line
            if line.strip() and not (number == 1 and is_csv(path)):
                yield number, line


def header(path: Path, kind: DocumentType) -> tuple[str, ...]:
    """Return the columns of a CSV file, nothing for JSON lines.

    :raises InputError: a column is none of the type's fields, or stands twice
    """
    if not is_csv(path):
        return ()
    with path.open("rb") as file:
        first = file.readline(1_000_000).removeprefix(_BOM)
    try:
        columns = tuple(name.strip() for name in next(csv.reader([first.decode()], strict=True)))
    except (UnicodeDecodeError, csv.Error, StopIteration):
        raise InputError("no header", where=str(path), hint="the first line names the columns") from None
    asked = {spec.name for spec in kind.fields}
    for name in columns or ("",):
        known = kind_at(name, kind.documents) is not None and name.partition(".")[0] in asked
        if not (known or name == _PORTRAIT_FILE) or columns.count(name) > 1:
            hint = f"fields of {kind.id}, or {_PORTRAIT_FILE}, once each"
            raise InputError("unusable column", where=shown(name), hint=hint)
    return columns


def read(line: bytes, columns: tuple[str, ...], kind: DocumentType, folder: Path) -> Application:
    """Read one line.

    :param columns: of a CSV file; none for JSON lines
    :param folder: below which portraits are read
    :raises ApplicationError: it is malformed, every fault
    """
    if len(line) > settings.load().max_json:
        raise ApplicationError([Fault("line", "over the limit", f"at most {settings.load().max_json} bytes")])
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise ApplicationError([Fault("line", "no text", "UTF-8")]) from None
    table = _cells(text, columns, kind) if columns else _object(text, kind)
    if _PORTRAIT_FILE in table:
        table["portrait"] = _portrait(table.pop(_PORTRAIT_FILE), folder)
    return Application.from_values(table, kind)


def _object(text: str, kind: DocumentType) -> dict[str, Any]:
    try:
        table = read_object(text)
    except InputError as error:
        raise ApplicationError([Fault("line", f"{error.message}: {error.where}", error.hint)]) from None
    if table.pop("schema", 1) != 1 or table.pop("document_type", kind.id) != kind.id:
        raise ApplicationError([Fault("document_type", "application for another document", f"schema 1, {kind.id}")])
    return table


def _cells(text: str, columns: tuple[str, ...], kind: DocumentType) -> dict[str, Any]:
    try:
        cells = next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration):
        raise ApplicationError([Fault("line", "no line of CSV", "cells parted by commas, quotes closed")]) from None
    if len(cells) != len(columns):
        hint = f"{len(columns)} cells, as the header has"
        raise ApplicationError([Fault("line", f"{len(cells)} cells", hint)])
    table: dict[str, Any] = {}
    faults = []
    for name, cell in zip(columns, cells, strict=True):
        if not cell.strip():
            continue
        try:
            value = cell if name == _PORTRAIT_FILE else _value(cell, name, kind)
        except InputError:
            faults.append(Fault(name, "no JSON", "JSON in the cell, or a column for each member"))
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
    """Return a cell's value: text, or JSON for what is no text; a list of texts may be parted by semicolons."""
    form = kind_at(name, kind.documents)
    if cell.lstrip().startswith(("[", "{")) and not isinstance(form, Text):
        return inputs.json_value(cell, where=name)
    if isinstance(form, ListOf):
        return [part.strip() for part in cell.split(";")]
    return cell.strip()


def _portrait(name: object, folder: Path) -> str:
    """Return an image's bytes in Base64; only regular files below the folder are read."""
    limit = settings.load().portrait["max_bytes"]
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
        raise ApplicationError([Fault(_PORTRAIT_FILE, "no such image", hint)]) from None
