"""``tjdocs issue``, ``reissue``, ``print-again`` and ``issue-batch``."""

import inspect
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tjdocs.cli import _io, _options, _register, _streams, _terminal
from tjdocs.cli.documents import ApplicationFile, Lang, Type, read_application
from tjdocs.documents import DocumentType, DocumentTypes, NotEligible, Override, RuleResult
from tjdocs.errors import UsageError

if TYPE_CHECKING:  # the office imports database and drawing, which slow other commands down
    from tjdocs.office import Issued, Office
    from tjdocs.pki.authority.authority import Authority
    from tjdocs.register import Document, Register

AuthorityFolder = Annotated[str, typer.Option("--authority", help="The authority's folder.")]
Out = Annotated[str, typer.Option("--out", help="Output folder, new or empty.")]
RegisterUrl = Annotated[str, typer.Option("--register", help="Register's URL; a trial authority has its own.")]
Officer = Annotated[str, typer.Option("--officer", help="Who issues.")]
NoChip = Annotated[bool, typer.Option("--no-chip", help="Without a chip, where the type allows it.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """An authority, the place of its register, and the officer who issues.

    :param url: of the register
    :param officer: ``""`` in a trial
    :param register_passphrase_file: opens the register's keys
    """

    authority: "Authority"
    url: str
    officer: str
    type_folders: tuple[str, ...]
    passphrase_file: str
    keys: str
    register_passphrase_file: str
    officer_key: list[str] | None
    officer_passphrase_file: list[str] | None
    types: DocumentTypes

    def register(self, *, make: bool = False) -> "Register":
        """Open the register.

        :param make: make a trial register of a missing SQLite file
        """
        return _register.open_register(
            self.url,
            self.keys,
            self.register_passphrase_file,
            self.officer_key,
            self.officer_passphrase_file,
            make=make,
        )

    def office(self, register: "Register") -> "Office":
        """Open the office."""
        from tjdocs.office import Office

        return Office(self.authority, register, officer=self.officer or "trial", types=self.types)


def _desk(
    authority: str,
    register: str,
    officer: str,
    types: list[str] | None,
    passphrase_file: str,
    keys: str,
    register_passphrase_file: str,
    officer_key: list[str] | None,
    officer_passphrase_file: list[str] | None,
) -> Desk:
    from tjdocs.pki.authority.authority import Authority

    loaded = DocumentTypes.load(*types or ())
    opened = Authority.open(authority, passphrase=_io.passphrase(passphrase_file))
    if not opened.trial and not (register and officer):
        raise UsageError("a production authority issues with register and officer", where="--register, --officer")
    return Desk(
        opened,
        register or f"sqlite:///{opened.folder / 'register.db'}",
        officer,
        tuple(types or ()),
        passphrase_file,
        keys,
        register_passphrase_file or passphrase_file,
        officer_key,
        officer_passphrase_file,
        loaded,
    )


_PLACE: _options.Options = {
    "authority": (AuthorityFolder, inspect.Parameter.empty),
    "register": (RegisterUrl, ""),
    "officer": (Officer, ""),
}
_KEYS: _options.Options = {
    "types": (_io.Types, None),
    "passphrase_file": (_io.PassphraseFile, ""),
    "keys": (_register.KeyFolder, ""),
    "register_passphrase_file": (_register.RegisterPassphrase, ""),
    "officer_key": (_register.OfficerKeys, None),
    "officer_passphrase_file": (_register.OfficerPassphrases, None),
}


def _at_a_desk(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of an office, and hand it the desk."""
    return _options.with_options(function, _desk, "desk", _PLACE, _KEYS)


@_at_a_desk
def issue(
    type_: Type,
    *,
    desk: Desk,
    application: ApplicationFile,
    out: Out,
    override: Annotated[
        list[str] | None,
        typer.Option("--override", metavar="RULE=REASON", help="Issue although a rule is not met, under --officer."),
    ] = None,
    replaces: Annotated[str, typer.Option("--replaces", metavar="NUMBER", help="The document that it replaces.")] = "",
    ground: Annotated[str, typer.Option("--ground", help="Why: renewal, loss, theft, damage or change-of-name.")] = "",
    no_chip: NoChip = False,
    lang: Lang = "en",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Issue one document into a folder. Exit status 1 when the application is not eligible."""
    now, kind = _io.given(at), desk.types[type_]
    request = read_application(application, type_, desk.types)
    register = desk.register(make=desk.authority.trial)
    office = desk.office(register)
    try:
        issued = office.issue(
            request,
            at=now,
            out=out,
            overrides=_overrides(override or [], desk.officer),
            chip=False if no_chip else None,
            replaces=replaces,
            ground=ground,
        )
    except NotEligible as error:
        _show_refused(error, kind, lang, register, desk.officer, as_json=as_json)
        raise typer.Exit(1) from None
    _show_issued(issued, out, as_json=as_json)


def _show_refused(
    error: NotEligible, kind: DocumentType, lang: str, book: "Register", officer: str, *, as_json: bool
) -> None:
    results = [result.said(kind, lang=lang) for result in error.refused]
    if as_json:
        _io.show_json({"schema": 1, "refused": [result.as_json() for result in results]})
        return
    for result in results:
        _terminal.line(_io.styled(str(result.outcome), 13), f"{result.requirement}  {result.sentence}")
        for text in _held(result, kind.id, lambda number: book.document(number, officer=officer)):
            _terminal.line(f"{'':13} {text}")


def _show_issued(issued: "Issued", out: str, *, as_json: bool) -> None:
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
    _terminal.line(f"{issued.document_type} {issued.document_number}, valid to {issued.date_of_expiry.isoformat()}")
    for text in (*issued.mrz, *(f"{out}/{name}" for name in sorted(issued.files))):
        _terminal.line(text)


@_at_a_desk
def reissue(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Of the misprinted document.")],
    *,
    desk: Desk,
    application: ApplicationFile,
    out: Out,
    reason: Annotated[str, typer.Option("--reason", help="What is wrong with it.")],
    no_chip: NoChip = False,
    lang: Lang = "en",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Spoil a misprinted document, not yet handed over, and issue it again under a new number."""
    now, register = _io.given(at), desk.register()
    document = register.document(number, officer=desk.officer)
    if document is None:
        hint = "`tjdocs register find` finds a holder's documents"
        raise UsageError("unknown document number", where="NUMBER", hint=hint)
    kind = desk.types[document.document_type]
    request = read_application(application, kind.id, desk.types)
    office = desk.office(register)
    try:
        issued = office.reissue(number, request, at=now, ground=reason, out=out, chip=False if no_chip else None)
    except NotEligible as error:
        _show_refused(error, kind, lang, register, desk.officer, as_json=as_json)
        raise typer.Exit(1) from None
    _show_issued(issued, out, as_json=as_json)


@_at_a_desk
def print_again(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="The document's, as `issue` wrote it.")],
    *,
    desk: Desk,
    reason: Annotated[str, typer.Option("--reason", help="Why its page is printed again.")],
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Note in a document's record that its page is printed again, and show the files to print. No number is used."""
    now = _io.given(at)
    office = desk.office(desk.register())
    files = [str(path) for path in office.print_again(folder, at=now, ground=reason)]
    if as_json:
        _io.show_json({"schema": 1, "files": files})
        return
    for name in files:
        _terminal.line(name)


@_at_a_desk
def issue_batch(
    type_: Type,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Applications: NAME.csv, or one JSON object a line.")],
    *,
    desk: Desk,
    out: Annotated[str, typer.Option("--out", help="Output folder: new, empty, or of an earlier run.")],
    workers: Annotated[int, typer.Option("--workers", help="Number of processes; default: one a processor.")] = 0,
    no_pages: Annotated[bool, typer.Option("--no-pages", help="Without printed pages.")] = False,
    rejected: Annotated[
        str, typer.Option("--rejected", metavar="FILE", help="New file for rejected rows, to correct and issue again.")
    ] = "",
    no_chip: NoChip = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Issue many documents from a file; a second run resumes the first. Exit status 1 when one was not issued."""
    from tjdocs.office import Batch

    batch = Batch(
        type_,
        Path(file),
        Path(out),
        _io.given(at),
        desk.authority.folder,
        desk.url,
        officer=desk.officer or "trial",
        passphrase=_io.passphrase(desk.passphrase_file),
        register_keys=_register.key_folder(desk.url, desk.keys),
        register_passphrase=_io.passphrase(desk.register_passphrase_file),
        officer_key=_register.one_officer_key(desk.officer_key, desk.officer_passphrase_file),
        types=tuple(map(Path, desk.type_folders)),
        chip=False if no_chip else None,
        pages=not no_pages,
        workers=workers or os.cpu_count() or 1,
    )
    for note in batch.notes:
        _terminal.error(f"tjdocs: {batch.file.name}: {note}")
    if rejected:
        batch.check_rejected(Path(rejected))
    followed = _streams.progress(batch.run(), "applications", total=batch.scanned[0], silent=True, lines=True)
    lines = sorted(followed, key=lambda line: line.number)
    if rejected:
        batch.write_rejected(Path(rejected), lines)
    count = {status: sum(line.status == status for line in lines) for status in _STATUSES}
    bad = [line for line in lines if line.status in ("refused", "unusable")]
    if as_json:
        details = {"notes": list(batch.notes), "lines": [line.as_json() for line in bad]}
        _io.show_json({"schema": 1, "document_type": type_, **count, **details})
    else:
        for line in bad:
            for text in line.reasons:
                _terminal.line(_io.styled(line.status, 10), f"line {line.number}: {text}")
        _terminal.line(", ".join(f"{count[status]} {status}" for status in _STATUSES))
    raise typer.Exit(1 if bad else 0)


_STATUSES = ("issued", "done", "refused", "unusable")


def _held(result: RuleResult, type_: str, known: Callable[[str], "Document | None"]) -> Iterator[str]:
    """Yield the documents on which a refusal rests, each with the commands that come next."""
    for one in result.documents:
        document = known(one.number)
        waits = document is not None and document.status == "issued"
        until = f", valid to {one.expires.isoformat()}" if one.expires else ""
        yield f"already has a valid {one.kind}: {one.number}{until}{', not handed over yet' if waits else ''}"
        lost = f"tjdocs register lost {one.number} --ground WHY"
        if waits:
            again = f"tjdocs reissue {one.number} --reason WHY"
            yield f"next: tjdocs register handover {one.number}; if it is misprinted: {again}; if it is lost: {lost}"
        elif one.kind == type_:
            yield f"next: the same command with --replaces {one.number} --ground renewal; if it is lost, first: {lost}"
        else:
            yield f"next: if it is lost, record it: {lost}"


def _overrides(texts: list[str], officer: str) -> list[Override]:
    if texts and not officer:
        raise UsageError("an override without an officer", where="--override", hint="name who decides with --officer")
    overrides = []
    for text in texts:
        rule, equals, reason = text.partition("=")
        if not equals:
            raise UsageError("missing reason", where="--override", hint="RULE=REASON")
        overrides.append(Override(rule, officer, reason))
    return overrides
