"""``tjdocs vectors``: the bundled test vectors."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tjdocs import vectors
from tjdocs.cli import _io, _streams, _terminal
from tjdocs.errors import OutputError, UsageError
from tjdocs.vectors.run_vectors import GIVE_UP, SECONDS, Comparison, results
from tjdocs.vectors.vector import select

app = typer.Typer(help="The bundled test vectors.", no_args_is_help=True)
_Areas = Annotated[list[str] | None, typer.Option("--area", help="An area; repeatable. All unless given.")]


@app.command("list")
def list_(as_json: _io.Json = False) -> None:
    """List the areas with their numbers of vectors."""
    rows = [{"area": area, "vectors": len(vectors.load(area))} for area in vectors.areas()]
    if as_json:
        _io.show_json(rows)
    else:
        _io.show_table(rows, ["area", "vectors"])


@app.command()
def show(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Vectors, for example pa-0001.")],
    question: Annotated[bool, typer.Option("--input", help="The lines that an adapter reads, and no more.")] = False,
) -> None:
    """Print vectors as JSON, complete."""
    for vector in select(ids=tuple(ids)):
        if question:
            _terminal.lines(vector.question())
        else:
            _io.show_json(vector.as_json())


@app.command()
def export(folder: Annotated[str, typer.Argument(metavar="DIR")], as_json: _io.Json = False) -> None:
    """Write all vectors into a new or empty folder, each complete in itself."""
    written = vectors.export(folder)
    if as_json:
        _io.show_json({"schema": 1, "files": [str(path) for path in written]})
    else:
        for path in written:
            _terminal.line(str(path))


@app.command()
def run(
    program: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- PROGRAM ARGUMENT", help="A program to ask instead of this library."),
    ] = None,
    area: _Areas = None,
    ids: Annotated[
        list[str] | None, typer.Option("--id", help="A vector, or a pattern such as pa-1*; repeatable.")
    ] = None,
    command: Annotated[str, typer.Option("--command", help="The program as one text, split as a shell does.")] = "",
    lines: Annotated[
        bool, typer.Option("--lines", help="One process for all vectors: a JSON line in, a JSON line out.")
    ] = False,
    reasons: Annotated[bool, typer.Option("--reasons", help="Compare our reason words too.")] = False,
    verdicts: Annotated[bool, typer.Option("--verdicts", help="Compare admit, refer and refuse too.")] = False,
    seconds: Annotated[
        float,
        typer.Option(
            "--timeout", metavar="SECONDS", help="Time for one answer; with --lines three times as long for the first."
        ),
    ] = SECONDS,
    clauses: Annotated[
        bool, typer.Option("--clauses", help="Sum up every clause, not only those that differ.")
    ] = False,
    junit: Annotated[str, typer.Option("--junit", metavar="FILE", help="Write the results as JUnit's XML too.")] = "",
    as_json: _io.Json = False,
) -> None:
    """Run vectors, by this library or by another program. Exit status 1 when a result is not as expected.

    The program reads {"input": ...} and answers {"result": "valid"}, or "invalid", or a value, or "unsupported".
    """
    if command and program:
        raise UsageError("two programs", where=f"--command {command}", hint="name it once")
    if junit and not Path(junit).absolute().parent.is_dir():
        raise OutputError("unknown folder", where=f"--junit {junit}", hint="make it first")
    chosen = select(tuple(area or ()), tuple(ids or ()))
    answers = results(chosen, Comparison(reasons, verdicts), command=program or command, lines=lines, seconds=seconds)
    report = vectors.Report(tuple(_streams.progress(answers, "vectors", total=len(chosen), silent=True)))
    if junit:
        _write(Path(junit), report.junit())
    if as_json:
        _io.show_json(report.as_json())
    else:
        _print(report, every_clause=clauses)
    raise typer.Exit(0 if report.ok else 1)


def _write(path: Path, data: bytes) -> None:
    """Write a complete file or none, and replace an existing one: build servers run again."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError("cannot write", where=str(path), hint=error.strerror or "") from None


def _print(report: vectors.Report, *, every_clause: bool) -> None:
    for result in report.differences:
        _terminal.line(_line(result))
    for clause, row in report.by_clause().items():
        if every_clause or row["differ"]:
            _terminal.line(f"{clause}: {_numbers(row)}")
    for area, row in report.by_area().items():
        _terminal.line(f"{area}: {_numbers(row)}")
    if report.not_run:
        _terminal.line(f"stopped: the program hung or died {GIVE_UP} times in a row")
    if not report.counts:
        _terminal.line("nothing was run")


def _numbers(row: dict[str, int]) -> str:
    text = f"{row['run']} run, {row['differ']} differ"
    text += f", {row['unsupported']} not supported" if row["unsupported"] else ""
    return text + (f", {row['not_run']} not run" if row["not_run"] else "")


def _line(result: vectors.Result) -> str:
    vector = result.vector
    text = f"{vector.id}: {result.status}: {result.note}" if result.note else f"{vector.id}: {result.status}"
    if result.status == "differs":
        expected = " ".join(filter(None, (repr(vector.expected), vector.verdict, vector.reason)))
        given = " ".join(filter(None, (repr(result.result), result.verdict, result.reason)))
        text = f"{vector.id}: {result.note}: expected {expected}, got {given}"
    return f"{text} ({vector.comment})"
