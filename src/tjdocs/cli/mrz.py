"""``tjdocs mrz``: the machine-readable zone."""

import inspect
import io
import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import Annotated, TextIO

import typer

from tjdocs import mrz
from tjdocs.cli import _io
from tjdocs.errors import InputError, UsageError

app = typer.Typer(help="The machine-readable zone: read it, make it.", no_args_is_help=True)

_MAX_LINE = 10_000
# what `mrz parse` prints beside the fields
_READ_ONLY = {"format", "valid", "problems", "schema", "lines", "repaired", "read", "changes", "candidates"}


@app.command()
def parse(
    path: Annotated[str, typer.Argument(help="File with the zone's text; - is standard input.")] = "-",
    repair: Annotated[bool, typer.Option("--repair", help="Look for what a scanner may have confused.")] = False,
    lines: Annotated[
        bool, typer.Option("--lines", help="Several zones parted by blank lines; one JSON object a line.")
    ] = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Read a zone and judge every field and check digit. Exit status 1 when it is not valid."""
    on = _io.moment(at).date()
    if lines:
        raise typer.Exit(0 if _stream(path, on, repair) else 1)
    zone = mrz.parse(_io.read_text(path), at=on, repair=repair)
    if as_json:
        _io.show_json({"schema": 1, **zone.as_json()})
    else:
        _show(zone)
    raise typer.Exit(0 if zone.valid else 1)


def _stream(path: str, on: date, repair: bool) -> bool:
    valid = True
    try:
        raw = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115
        source = io.TextIOWrapper(raw, encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError("cannot read", where=path, hint=error.strerror or "name a readable file") from None
    with source:
        for text in _zones(source):
            zone = mrz.parse(text, at=on, repair=repair)
            valid = valid and zone.valid
            print(json.dumps({"schema": 1, **zone.as_json()}, ensure_ascii=False))
    return valid


def _zones(source: TextIO) -> Iterator[str]:
    block: list[str] = []
    while line := source.readline(_MAX_LINE):
        if line.strip():
            block.append(line)
        elif block:
            yield "".join(block)
            block = []
    if block:
        yield "".join(block)


def _show(zone: mrz.Zone) -> None:
    out = _io.console()
    for line in zone.lines:
        out.print(line, markup=False)
    values = zone.as_json()
    problems = values.pop("problems")
    for name, value in values.items():
        if value not in (None, ""):
            out.print(f"{name:<22}{_io.printable(str(value))}", markup=False)
    for problem in problems:
        out.print(
            _io.styled("failed" if problem["severity"] == "error" else "warning", 10),
            f"{problem['code']}: {problem['field'] or 'zone'}: {problem['message']}"
            + (f"; expected {problem['expected']}, found {problem['found']}" if problem["expected"] else ""),
            markup=False,
        )


@app.command()
def make(
    path: Annotated[str, typer.Argument(help="JSON with the keys of `mrz parse`; - is standard input.")] = "-",
    format_: Annotated[str, typer.Option("--format", help="TD1, TD2, TD3, MRV-A or MRV-B.")] = "TD3",
    transliteration: Annotated[str, typer.Option(help="Table for names in Cyrillic.")] = "tj",
    as_json: _io.Json = False,
) -> None:
    """Make a zone's lines from its fields. Names may be in Tajik or Russian Cyrillic or Latin."""
    values = _io.read_json(path)
    known = {name: value for name, value in values.items() if value is not None and name not in _READ_ONLY}
    fields = inspect.signature(mrz.make).parameters
    for name, value in known.items():
        if name not in fields or name in ("format", "transliteration"):
            raise UsageError("unknown field", where=name, hint="fields are those that `tjdocs mrz parse --json` prints")
        if not isinstance(value, str):
            raise UsageError("not text", where=name, hint="give every field as text")
    for name, field in fields.items():
        if field.default is field.empty and name not in known and name != "format":
            raise UsageError("missing field", where=name)
    made = mrz.make(format_, **known, transliteration=transliteration)
    if as_json:
        _io.show_json({"schema": 1, "format": made.format, "lines": list(made.lines)})
    else:
        print(made.text)
