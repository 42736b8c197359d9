"""``tjdocs documents`` and ``tjdocs issue``."""

from typing import Annotated

import typer

from tjdocs.cli import _io
from tjdocs.documents import Application, NotEligible, types
from tjdocs.errors import UsageError

app = typer.Typer(help="Document types and what they ask for.", no_args_is_help=True)

Type = Annotated[str, typer.Argument(metavar="TYPE", help="A document type; see `tjdocs documents list`.")]


@app.command("list")
def list_(as_json: _io.Json = False) -> None:
    """List the document types."""
    rows = [{"document_type": name, "title": types.get(name).title} for name in types.names()]
    if as_json:
        _io.show_json(rows)
    else:
        _io.show_table(rows, ["document_type", "title"])


@app.command()
def show(type_: Type, as_json: _io.Json = False) -> None:
    """Show what an applicant must bring, and the article that asks for it."""
    kind = types.get(type_)
    if as_json:
        _io.show_json(
            {
                "schema": 1,
                "document_type": kind.id,
                "title": kind.title,
                "fields": [{"name": f.name, "bring": f.bring, "optional": f.optional} for f in kind.fields],
                "rules": [{"rule": r.id, "requirement": r.requirement, "article": r.article} for r in kind.rules],
            }
        )
        return
    print(f"{kind.title}\n\nThe applicant brings:")
    for field in kind.fields:
        print(f"  {field.name:<18}{field.bring}{' (optional)' if field.optional else ''}")
    print("\nRules:")
    for rule in kind.rules:
        print(f"  {rule.requirement:<8}{rule.id}: {rule.article}")


@app.command("example")
def example_(type_: Type, at: _io.At = "", as_json: _io.Json = False) -> None:
    """Print a complete lawful application of a specimen as JSON, with or without --json."""
    from tjdocs.documents.example import example

    print(example(type_, at=_io.moment(at)).to_json(), end="")


def issue(
    type_: Type,
    authority: Annotated[str, typer.Option("--authority", help="The authority's folder.")],
    application: Annotated[str, typer.Option("--application", help="Application as JSON; - is standard input.")],
    out: Annotated[str, typer.Option("--out", help="Output folder, new or empty.")],
    register: Annotated[str, typer.Option("--register", help="Register's URL; a trial authority has its own.")] = "",
    officer: Annotated[str, typer.Option("--officer", help="Who issues.")] = "",
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Issue one document into a folder. Exit status 1 when the application is not eligible."""
    # the office brings database and drawing with it, which no other command should wait for
    from tjdocs.cli._register import open_register
    from tjdocs.office import Office
    from tjdocs.pki.authority import Authority

    types.get(type_)
    now = _io.moment(at)
    opened = Authority.open(authority, passphrase=_io.passphrase(passphrase_file))
    if not opened.trial and not (register and officer):
        raise UsageError("a production authority issues with register and officer", where="--register, --officer")
    request = Application.from_json(_io.read_file(application))
    if request.document_type != type_:
        raise UsageError("application for another document", where=request.document_type, hint=f"not for {type_}")
    url = register or f"sqlite:///{opened.folder / 'register.db'}"
    book = open_register(url, "", passphrase_file, make=opened.trial)
    office = Office(opened, book, officer=officer or "trial")
    try:
        issued = office.issue(request, at=now, out=out)
    except NotEligible as error:
        if as_json:
            _io.show_json({"schema": 1, "refused": [result.as_json() for result in error.refused]})
        else:
            for result in error.refused:
                _io.console().print(_io.styled(str(result.outcome), 13), f"{result.requirement}  {result.sentence}")
        raise typer.Exit(1) from None
    summary = {
        "schema": 1,
        "document_type": issued.document_type,
        "document_number": issued.document_number,
        "date_of_issue": issued.date_of_issue.isoformat(),
        "date_of_expiry": issued.date_of_expiry.isoformat(),
        "mrz": list(issued.mrz),
        "files": sorted(issued.files),
    }
    if as_json:
        _io.show_json(summary)
        return
    print(f"{issued.document_type} {issued.document_number}, valid to {issued.date_of_expiry.isoformat()}")
    print("\n".join(issued.mrz))
    for name in sorted(issued.files):
        print(f"{out}/{name}")
