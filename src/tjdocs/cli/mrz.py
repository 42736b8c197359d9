"""``tjdocs mrz``: the machine-readable zone."""

import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

import typer

from tjdocs import limits, mrz
from tjdocs.cli import _io, _streams, _terminal
from tjdocs.errors import InputError, UsageError
from tjdocs.escaping import json_text
from tjdocs.mrz.mrz import Change

app = typer.Typer(help="The machine-readable zone: read it, make it.", no_args_is_help=True)

_MAX_ZONE = 10_000
# keys that `mrz parse` prints in addition to the fields
_READ_ONLY = {"format", "valid", "problems", "schema", "lines", "repaired", "read", "changes", "candidates"}


@app.command()
def parse(
    path: Annotated[str, typer.Argument(help="File with the MRZ; - is standard input.")] = "-",
    repair: Annotated[bool, typer.Option("--repair", help="Look for what a scanner may have confused.")] = False,
    lines: Annotated[
        bool, typer.Option("--lines", help="Several MRZs, separated by blank lines; one JSON object a line.")
    ] = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Read an MRZ and judge every field and check digit. Exit status 1 when it is not valid."""
    on = _io.day(at)
    if lines:
        raise typer.Exit(0 if _stream(path, on, repair) else 1)
    zone = mrz.parse(_io.read_text(path), at=on, repair=repair)
    if as_json:
        _io.show_json({"schema": 1, **zone.as_json()})
    else:
        _show(zone)
    raise typer.Exit(0 if zone.valid else 1)


def _stream(path: str, on: date, repair: bool) -> bool:
    """Judge MRZs as they come; return whether all are valid."""
    try:
        source = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115
    except OSError as error:
        raise InputError("cannot read", where=path, hint=error.strerror or "name a readable file") from None
    valid = True
    with source:
        texts = _streams.blocks(source, limit=_MAX_ZONE)
        judged = _streams.in_order(partial(_judged, on=on, repair=repair), _flushing(texts))
        for line, good in _streams.progress(judged, "zones"):
            valid = valid and good
            _terminal.line(line)
    return valid


def _flushing(texts: Iterator[list[bytes]]) -> Iterator[list[bytes]]:
    """Yield the lists; write the results out when the writer of the input pauses."""
    for chunk in texts:
        yield chunk
        if not chunk:
            sys.stdout.flush()


def _judged(texts: list[bytes], *, on: date, repair: bool) -> list[tuple[str, bool]]:
    """Return each MRZ's JSON on one line, and whether it is valid."""
    zones = [mrz.parse(text.decode("utf-8", "replace"), at=on, repair=repair) for text in texts]
    return [(json_text({"schema": 1, **zone.as_json()}), zone.valid) for zone in zones]


def _show(zone: mrz.Mrz) -> None:
    for line in zone.lines:
        _terminal.line(line)
    values = zone.as_json()
    problems = values.pop("problems")
    for name, value in values.items():
        if value not in (None, "") and name not in ("read", "changes", "candidates"):
            _terminal.line(f"{name:<22}{value}")
    for problem in problems:
        _terminal.line(
            _io.styled("failed" if problem["severity"] == "error" else "warning", 10),
            f"{problem['code']}: {_where(problem)}: {problem['message']}"
            + (f"; expected {problem['expected']}, found {problem['found']}" if problem["expected"] else ""),
        )
    if zone.repair and (zone.repair.changes or zone.repair.candidates):
        _show_repair(zone.repair)


def _show_repair(repair: mrz.Repair) -> None:
    """Print the lines as read, the changes, and each possible MRZ."""
    for line in repair.read:
        _terminal.line(f"read      {line}")
    for change in repair.changes:
        _terminal.line(f"changed   {_described(change)}")
    for number, candidate in enumerate(repair.candidates, 1):
        changes = "; ".join(_described(change) for change in candidate.changes if change not in repair.changes)
        _terminal.line(f"possible  {number} ({candidate.likelihood:.2f}): {changes}")


def _described(change: Change) -> str:
    read, repaired = change.read or "nothing", change.repaired or "nothing"
    return f"{change.field or 'zone'}, {_place(change.position)}: {read} read, {repaired} taken"


def _where(problem: dict[str, Any]) -> str:
    """Return the field and the place; a problem of the whole MRZ has neither."""
    if not problem["field"] and problem["position"] == [1, 1]:
        return "zone"
    return f"{problem['field'] or 'zone'}, {_place(problem['position'])}"


def _place(position: Sequence[int]) -> str:
    line, column = position
    return f"line {line}, column {column}"


@app.command()
def repair(
    path: Annotated[str, typer.Argument(help="File with the MRZ; - is standard input.")] = "-",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Repair a misread MRZ as `parse --repair` does, and show each change."""
    zone = mrz.parse(_io.read_text(path), at=_io.day(at), repair=True)
    if as_json:
        _io.show_json({"schema": 1, **zone.as_json()})
    else:
        _show(zone)
    raise typer.Exit(0 if zone.valid else 1)


@app.command()
def read(
    image: Annotated[str, typer.Argument(help="Scan or photograph of a page; - is standard input.")],
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Find and read the MRZ on a picture. Exit status 1 when there is none or it is not valid."""
    on = _io.day(at)
    # Before numpy is imported: starting the threads of BLAS takes longer than reading the picture, which needs none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    zone = mrz.read(_io.read_file(image, limits.PICTURE) if image == "-" else image, at=on)
    if as_json:
        _io.show_json({"schema": 1, "lines": list(zone.lines), **zone.as_json()})
    else:
        _show(zone)
    raise typer.Exit(0 if zone.valid else 1)


@app.command()
def make(
    path: Annotated[str, typer.Argument(help="JSON with the keys of `mrz parse`; - is standard input.")] = "-",
    format_: Annotated[
        str, typer.Option("--format", help="TD1, TD2, TD3, MRV-A or MRV-B; else the JSON's own, else TD3.")
    ] = "",
    transliteration: Annotated[str, typer.Option(help="Table for names in Cyrillic.")] = "tj",
    truncation: Annotated[str, typer.Option(help="How names that do not fit are cut; see docs/mrz.md.")] = "initials",
    as_json: _io.Json = False,
) -> None:
    """Make the lines of an MRZ from its fields. Names may be in Tajik or Russian Cyrillic or Latin."""
    values = _io.read_json(path)
    known = {name: value for name, value in values.items() if value is not None and name not in _READ_ONLY}
    fields = inspect.signature(mrz.make).parameters
    for name, value in known.items():
        if name not in fields or name in ("format", "transliteration", "truncation"):
            raise UsageError("unknown field", where=name, hint="fields are those that `tjdocs mrz parse --json` prints")
        if not isinstance(value, str):
            raise UsageError("not text", where=name, hint="give every field as text")
    for name, field in fields.items():
        if field.default is field.empty and name not in known and name != "format":
            raise UsageError("missing field", where=name, hint="give it as text")
    name = format_ or values.get("format") or "TD3"
    result = mrz.make(name, **known, transliteration=transliteration, truncation=truncation)
    if as_json:
        spelt = {"transliteration": result.transliteration, "truncation": result.truncation}
        _io.show_json({"schema": 1, "format": result.format, "lines": list(result.lines), **spelt})
    else:
        _terminal.lines(result.text)
