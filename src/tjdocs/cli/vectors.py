"""``tjdocs vectors``: the bundled test vectors."""

from typing import Annotated

import typer

from tjdocs import vectors
from tjdocs.cli import _io, _terminal

app = typer.Typer(help="The bundled test vectors.", no_args_is_help=True)


@app.command("list")
def list_(as_json: _io.Json = False) -> None:
    """List the areas with their numbers of vectors."""
    rows = [{"area": area, "vectors": len(vectors.load(area))} for area in vectors.areas()]
    if as_json:
        _io.show_json(rows)
    else:
        _io.show_table(rows, ["area", "vectors"])


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
    area: Annotated[list[str] | None, typer.Option("--area", help="An area; repeatable. All unless given.")] = None,
    command: Annotated[str, typer.Option("--command", help="A program to ask instead of this library.")] = "",
    as_json: _io.Json = False,
) -> None:
    """Run vectors. Exit status 1 when an answer differs from what is expected."""
    report = vectors.run(area or (), command=command)
    if as_json:
        _io.show_json(report.as_json())
    else:
        for name in {**report.counts, **report.skipped}:
            wrong = sum(d.vector.area == name for d in report.differences)
            skipped = report.skipped.get(name, 0)
            more = f", {skipped} not supported" if skipped else ""
            _terminal.line(f"{name}: {report.counts.get(name, 0)} run, {wrong} differ{more}")
        for d in report.differences:
            _terminal.line(
                f"{d.vector.id}: expected {d.vector.expected!r} {d.vector.reason!r}, got {d.result!r} {d.reason!r}"
                f" ({d.vector.comment})"
            )
    if not report.counts and not as_json:
        _terminal.line("nothing was run")
    raise typer.Exit(1 if report.differences or not report.counts else 0)
