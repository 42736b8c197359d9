"""``tjdocs register``: status, audit, proofs and statistics."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tjdocs.cli import _io, _terminal
from tjdocs.cli._register import (
    From,
    KeyFolder,
    Look,
    Officer,
    To,
    Url,
    looks,
    open_register,
    opens,
    period,
)
from tjdocs.errors import InputError, RegisterError

if TYPE_CHECKING:  # the database is brought in by the commands that need it
    from tjdocs.register import Register
Persons = Annotated[bool, typer.Option("--persons", help="Open every person's row too; needs the data key.")]


def add(app: typer.Typer) -> None:
    """Add the commands to ``tjdocs register``."""
    for function in (status, find, report, audit, sequence, prove, check, statistics):
        app.command()(function)


@looks
def status(
    number: Annotated[str, typer.Argument(metavar="[NUMBER]", help="A document or blank; none: all ranges.")] = "",
    *,
    look: Look,
) -> None:
    """Show the status of a number, or the place of all blanks. Exit status 1 for an unknown number."""
    now = _io.given(look.at)
    if not number:
        changed: list[str] = []
        rows = [
            {
                "document_type": series.document_type,
                "numbers": f"{series.pattern.number(span.first)}-{series.pattern.number(span.last)}",
                "count": len(span),
                "state": span.state,
                "office": span.office,
            }
            for series, span in look.register.blanks.spans(officer=look.officer, changed=changed)
        ]
        if look.as_json:
            _io.show_json({"schema": 1, "trial": look.register.trial, "blanks": rows})
        else:
            _io.show_table(rows, ["document_type", "numbers", "count", "state", "office"])
        if changed:
            where = changed[0] + (f", and {len(changed) - 1} more" if len(changed) > 1 else "")
            raise RegisterError("rows of blanks were changed", where=where, hint="see `tjdocs register audit`")
        return
    document, blank = (
        look.register.document(number, officer=look.officer),
        look.register.blanks.find(number, officer=look.officer),
    )
    if document is None and blank is None:
        if look.as_json:
            _io.show_json({"schema": 1, "number": number, "status": None})
        else:
            _terminal.line(f"{number}: not known")
        raise typer.Exit(1)
    table: dict[str, Any] = {"schema": 1, "number": number, "blank": blank.state if blank else None}
    table["office"] = blank.office if blank else ""
    if document is not None:
        table["document_type"] = document.document_type
        table["status"] = document.status_at(now)
        for name in ("date_of_issue", "date_of_expiry", "officer", "ground", "category", "replaces", "replaced_by"):
            table[name] = getattr(document, name)
        act = look.register.documents.last_act(number, officer=look.officer)
        table["last_act"] = act.as_json() if act is not None else None
        table["files"] = dict(document.files)
    if look.as_json:
        _io.show_json(table)
    else:
        if act := table.pop("last_act", None):
            table |= {"last act": act["act"], "at": act["at"], "by": ", ".join(act["officers"])}
            table["at point" if act["act"] == "use" else "act number"] = act["reference"]
        for name, value in table.items():
            if value and name not in ("schema", "files"):
                _terminal.line(f"{name:<16}{value}")


@looks
def find(
    surname: Annotated[
        str, typer.Option("--surname", help="The holder's, or the one name, in any of our letters.")
    ] = "",
    given_names: Annotated[str, typer.Option("--given-names", help="And patronymic.")] = "",
    date_of_birth: Annotated[
        str,
        typer.Option(
            "--date-of-birth", metavar="DATE", help="Also YYYY or YYYY-MM. Without a day every row is opened."
        ),
    ] = "",
    personal_number: Annotated[
        str, typer.Option("--personal-number", metavar="NUMBER", help="In the place of a name, or next to it.")
    ] = "",
    wide: Annotated[
        bool, typer.Option("--wide", help="Other spellings, orders and shortened names too; opens every row.")
    ] = False,
    *,
    look: Look,
) -> None:
    """Find a person's documents, with their numbers. Exit status 1 when there is none. It shows personal data."""
    now = _io.given(look.at)
    born = _io.date_of_birth(date_of_birth)
    result = look.register.find(
        surname,
        given_names=given_names,
        date_of_birth=born,
        personal_number=personal_number,
        wide=wide,
        officer=look.officer,
    )
    rows = [
        {
            "number": one.document.number,
            "document_type": one.document.document_type,
            "status": one.document.status_at(now),
            "date_of_issue": one.document.date_of_issue,
            "date_of_expiry": one.document.date_of_expiry,
            "name": ", ".join(filter(None, (one.person.family_name, one.person.given_names, one.person.patronymic))),
            "date_of_birth": one.person.date_of_birth.isoformat(),
            "match": str(one.relation),
        }
        for one in result.held
    ]
    if look.as_json:
        counts = {"opened": result.opened, "damaged": result.damaged, "more": result.more}
        _io.show_json({"schema": 1, "found": rows, **counts})
    else:
        if rows:
            _io.show_table(rows, list(rows[0]))
        elif type(born) is date and not (wide or personal_number):
            _terminal.line("nobody of exactly this name and date of birth; --wide finds other spellings")
        else:
            _terminal.line("nobody")
        if result.more:
            _terminal.line("and more: give more of the name, or the date of birth")
        if result.damaged:
            _terminal.line(f"{result.damaged} rows could not be opened: see `tjdocs register audit`")
    if not rows:
        raise typer.Exit(1)


@looks
def report(
    from_: From = "",
    to: To = "",
    *,
    look: Look,
) -> None:
    """Reconcile blanks by office and day. Exit status 1 when one is not accounted for; it is named."""
    from tjdocs.register.reconciliation import FLOWS

    first, last = period(from_, to, look.at)
    totals = look.register.report(first=first, last=last, officer=look.officer)
    columns = ["office", "document_type", "day", "opening", *FLOWS, "closing"]
    rows = [{name: getattr(line, name) for name in columns} for line in totals.lines]
    named = [{"code": one.code, "table": one.table, "row": one.row, "detail": one.detail} for one in totals.breaks]
    if look.as_json:
        _io.show_json({"schema": 1, "balanced": totals.balanced, "lines": rows, "breaks": named})
    else:
        _io.show_table(rows, columns)
        for one in totals.breaks:
            _terminal.line(f"{one.code}: {one.table} {one.row}: {one.detail}")
    if not totals.balanced:
        raise typer.Exit(1)


@opens
def audit(
    *,
    register: "Register",
    since: Annotated[
        str, typer.Option("--since", metavar="HEAD", help="File with a signed head: only what follows.")
    ] = "",
    heads: Annotated[
        str, typer.Option("--heads", metavar="FILE", help="Heads kept outside; the newest is added.")
    ] = "",
    persons: Persons = False,
    officer: Officer = "",
    as_json: _io.Json = False,
) -> None:
    """Look for any change made without the register. Exit status 1 when there is one; each is named."""
    from tjdocs.auditlog import append_checkpoint, read_checkpoints

    # the log may grow meanwhile: heads are read first
    known = (read_checkpoints(heads) or None) if heads and Path(heads).exists() else None
    result = register.audit(officer=officer, since=_head(since) if since else "", heads=known, persons=persons)
    if heads and result.sound and result.head:
        append_checkpoint(heads, result.head)
    if as_json:
        _io.show_json(
            {
                "schema": 1,
                "sound": result.sound,
                "entries": result.entries,
                "documents": result.documents,
                "signed_from": result.signed_from,
                "first_key": result.first_key,
                "head": result.head,
                "problems": [problem.as_json() for problem in result.problems],
                "undetermined": list(result.undetermined),
            }
        )
    else:
        for problem in result.problems:
            detail = f": {problem.detail}" if problem.detail else ""
            _terminal.line(_io.styled("failed", 14), f"{problem.code} {problem.table} {problem.row}{detail}")
        for text in result.undetermined:
            _terminal.line(_io.styled("undetermined", 14), text)
        if result.signed_from is not None:
            _terminal.line(f"signed from entry {result.signed_from} on; the first key is {result.first_key}")
        if register.trial:
            _terminal.line("a trial register: nobody signs")
        word = "nothing was changed" if result.sound else f"{len(result.problems)} changes"
        _terminal.line(f"{word}: {result.entries} entries, {result.documents} documents read")
        _terminal.lines(f"\n{result.head}")
    if not result.sound:
        raise typer.Exit(1)


def sequence(
    url: Url = "",
    heads: Annotated[str, typer.Option("--heads", metavar="FILE", help="Also write the head outside.")] = "",
    keys: KeyFolder = "",
    passphrase_file: _io.PassphraseFile = "",
    as_json: _io.Json = False,
) -> None:
    """Give new log entries their places and sign the head; run it every few seconds."""
    from tjdocs.auditlog import append_checkpoint

    note = open_register(url, keys, passphrase_file).log.sequence()
    if heads:
        append_checkpoint(heads, note)
    _show_head(note, as_json)


@opens
def prove(
    number: Annotated[str, typer.Argument(metavar="[NUMBER]", help="A number or range as acted on.")] = "",
    *,
    register: "Register",
    since: Annotated[str, typer.Option("--since", metavar="HEAD", help="Prove that the log continues that head.")] = "",
    officer: Officer = "",
    as_json: _io.Json = False,
) -> None:
    """Print proofs of every log entry about a number; they verify without the database (`tjdocs register check`)."""
    log = register.log
    proofs = [log.prove_consistency(_head(since), officer=officer)] if since else log.prove(number, officer=officer)
    # proofs are for programs, with or without --json
    _io.show_json(
        {"schema": 1, "verifier": register.log.verifier.text, "proofs": [proof.as_json() for proof in proofs]}
    )
    del as_json


def check(
    path: Annotated[str, typer.Argument(metavar="FILE", help="What `register prove` printed; - is standard input.")],
    verifier: Annotated[str, typer.Option("--verifier", help="The log's public key: name+id+key, or log.pub.")],
    as_json: _io.Json = False,
) -> None:
    """Verify proofs with the log's public key alone. Exit status 1 when one does not hold."""
    import json

    from tjdocs.auditlog import InclusionProof, LogVerifier, read_proof

    text = verifier if "+" in verifier else _io.read_text(verifier)
    key = LogVerifier.parse(text)
    table = _io.read_json(path)
    rows = table.get("proofs", [table])
    if not isinstance(rows, list) or not rows:
        raise InputError("missing proofs", where=path, hint="as `tjdocs register prove` prints them")
    proofs = [read_proof(json.dumps(row)) for row in rows]
    results = [proof.verify(key) for proof in proofs]
    if as_json:
        _io.show_json({"schema": 1, "holds": results})
    else:
        for proof, holds in zip(proofs, results, strict=True):
            what = f"entry {proof.index}: {proof.leaf.decode()}" if isinstance(proof, InclusionProof) else "consistency"
            _terminal.line(_io.styled("passed" if holds else "failed", 8), what)
    if not all(results):
        raise typer.Exit(1)


@looks
def statistics(
    from_: From = "",
    to: To = "",
    by: Annotated[list[str] | None, typer.Option("--by", help="A dimension; repeat for more.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on standard output.")] = False,
    *,
    look: Look,
) -> None:
    """Count documents and decisions of a period, and of the same period a year earlier."""
    first, last = period(from_, to, look.at)
    counts = look.register.statistics(
        first=first, last=last, by=by or ["document_type", "decision"], officer=look.officer
    )
    if look.as_json:
        _io.show_json(counts.as_json())
    elif as_csv:
        _terminal.lines(counts.as_csv())
    else:
        rows = [
            {
                **dict(zip(counts.by, row.keys, strict=True)),
                "count": row.count,
                "a year earlier": row.before,
                "change": f"{row.count - row.before:+d}",
            }
            for row in counts.rows
        ]
        _terminal.line(f"{counts.first.isoformat()} to {counts.last.isoformat()}")
        _io.show_table(rows, [*counts.by, "count", "a year earlier", "change"])


def _head(path: str) -> str:
    """Return a signed head from a file: the note itself, or the last line of a file of heads."""
    from tjdocs.auditlog import read_checkpoints

    text = _io.read_text(path)
    if text.lstrip().startswith("{"):
        return read_checkpoints(path)[-1]
    return text


def _show_head(note: str, as_json: bool) -> None:
    if as_json:
        _io.show_json({"schema": 1, "head": note})
    else:
        _terminal.lines(note)
