"""``tjdocs documents``: the requirements of each type, an example, and an application judged without issuing."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any

import typer
from msgspec.structs import asdict

from tjdocs.cli import _io, _terminal
from tjdocs.documents import Application, DocumentType, DocumentTypes, acts, texts
from tjdocs.errors import UsageError
from tjdocs.portrait.picture_limits import photograph_rules

app = typer.Typer(help="Document types and what they ask for.", no_args_is_help=True)

Type = Annotated[str, typer.Argument(metavar="TYPE", help="A document type; see `tjdocs documents list`.")]
Lang = Annotated[str, typer.Option("--lang", help="Language of the text: en, ru or tg.")]
_USES = {
    "cross_out": "cross_out",
    "cross_in": "cross_in",
    "inside": "inside",
    "once": "single_use",
}  # words of a text: attributes of Use
ApplicationFile = Annotated[str, typer.Option("--application", help="Application as JSON; - is standard input.")]


def read_application(path: str, type_: str, types: DocumentTypes) -> Application:
    """Read an application for a type.

    :raises UsageError: it is for another one
    """
    application = Application.from_json(_io.read_file(path), types=types)
    if application.document_type != type_:
        raise UsageError("application for another document", where=application.document_type, hint=f"not for {type_}")
    return application


@app.command("list")
def list_(types: _io.Types = None, as_json: _io.Json = False) -> None:
    """List the document types."""
    rows = [{"document_type": kind.id, "title": kind.title} for kind in DocumentTypes.load(*types or ()).values()]
    if as_json:
        _io.show_json(rows)
    else:
        _io.show_table(rows, ["document_type", "title"])


@app.command()
def show(type_: Type, lang: Lang = "en", types: _io.Types = None, as_json: _io.Json = False) -> None:
    """Show the fields and documents of an application, each with its article."""
    kind = DocumentTypes.load(*types or ())[type_]
    fields = [
        {
            "name": spec.id,
            "bring": texts.supporting_document(spec, lang=lang, kind=kind),
            "optional": spec.optional,
            "judged": spec.required_by_rule,
            "article": spec.citation,
            "requirement": spec.requirement,
        }
        for spec in kind.fields
    ]
    rules = []
    for rule in kind.rules:
        title = texts.sentence(kind, rule.id, "title", lang=lang)
        rules.append(
            {
                "rule": rule.id,
                "requirement": rule.requirement,
                "article": rule.citation,
                "sentence": title.text,
                "reviewed": title.reviewed,
                "override": rule.override,
            }
        )
    cited = acts.cited_by(kind)
    if as_json:
        listed = {"fields": fields, **_lists(kind, lang), "rules": rules}
        _io.show_json({"schema": 1, **_described(kind, lang), **listed, "acts": [act.as_json() for act in cited]})
        return
    say = partial(texts.word, lang=lang)
    for text in (kind.titles.get(lang, kind.title), "", say("applicant")):
        _terminal.line(text)
    for row in fields:
        optional = f" ({say('optional')})" if row["optional"] else ""
        _terminal.line(f"  {row['name']:<20}{row['bring']}{optional}  [{row['article']}]")
    _terminal.line("")
    _terminal.line(say("portrait"))
    for name, value in asdict(photograph_rules()).items():
        _terminal.line(f"  {say(name).format(**_photograph(name, value, lang))}")
    _terminal.line("")
    _terminal.line(say("document"))
    for line in _document(kind, say):
        _terminal.line(f"  {line}")
    for name, entries in _lists(kind, lang).items():
        lines = [f"{entry['category']}: {entry['text']}" if "category" in entry else entry["text"] for entry in entries]
        _section(say(name), lines)
    _terminal.line("")
    _terminal.line(say("rules"))
    width = max((len(rule.requirement) for rule in kind.rules), default=0)
    for row in rules:
        _terminal.line(f"  {row['requirement']:<{width}}  {row['sentence']}  [{row['article']}]")
    _section(
        say("acts"), [say(name).format(act=act.cited, by=text) for act in cited for name, text in act.notes.items()]
    )
    marks = {
        "unreviewed": all(row["reviewed"] for row in rules) and lang in kind.reviewed,
        "page_unreviewed": _page_reviewed(kind),
    }
    if not all(marks.values()):
        _terminal.line("")
    for mark, reviewed in marks.items():
        if not reviewed:
            _terminal.line(say(mark))


def _photograph(name: str, value: Any, lang: str) -> dict[str, object]:
    """Return the parameters of the text of a rule of a photograph; thousands have a comma in English, else a blank."""
    if name == "formats":
        return {"kinds": ", ".join(value)}
    if isinstance(value, tuple):
        return dict(zip(("width", "height"), value, strict=True))
    count = f"{value:,}".replace(",", "," if lang == "en" else "\u00a0") if isinstance(value, int) else value
    return {"part": value, "degrees": value, "count": count}


def _section(heading: str, lines: list[str]) -> None:
    """Print lines below their heading; without lines, nothing."""
    for text in ("", heading, *(f"  {line}" for line in lines)) if lines else ():
        _terminal.line(text)


def _lists(kind: DocumentType, lang: str) -> dict[str, list[dict[str, Any]]]:
    """Return the law's categories and the notes of a type, in English where the language lacks them."""
    return {
        "categories": [
            {"category": code, "text": words.get(lang, words["en"])} for code, words in kind.categories.items()
        ],
        "notes": [
            {"note": note.id, "text": note.words.get(lang, note.text), "printed": note.printed} for note in kind.notes
        ],
    }


def _document(kind: DocumentType, say: Callable[[str], str]) -> Iterator[str]:
    """Yield the document's validity, uses, chip and seal."""
    period = kind.validity.period
    yield from (say(unit).format(count=n) for unit in ("years", "months", "days") if (n := getattr(period, unit)))
    if kind.validity.shorter:
        yield say("shorter")
    yield say("use").format(uses=", ".join(say(word) for word, name in _USES.items() if getattr(kind.use, name)))
    if kind.chip is not None:
        yield say("chip" if kind.chip.required else "chip_optional")
    if kind.seal is not None:
        yield say("seal")


def _page_reviewed(kind: DocumentType) -> bool:
    """Return whether a native reader has signed the national wording of a type's page."""
    from tjdocs.page import layout_files, printed_words

    signed = kind.page is not None and layout_files.load(kind.page.layout).reviewed and printed_words.words_reviewed()
    return kind.page is None or (signed and layout_files.load(kind.page.layout).language in kind.reviewed)


def _described(kind: DocumentType, lang: str) -> dict[str, Any]:
    use = kind.use
    return {
        "document_type": kind.id,
        "title": kind.titles.get(lang, kind.title),
        "titles": dict(kind.titles),
        "reviewed": list(kind.reviewed),
        "page": None if kind.page is None else {"layout": kind.page.layout, "reviewed": _page_reviewed(kind)},
        "mrz": {"format": kind.mrz_format, "document_code": kind.document_code, "issuing_state": kind.issuing_state},
        "validity": str(kind.validity.period),
        "use": {word: getattr(use, name) for word, name in _USES.items()},
        "chip": None if kind.chip is None else {"required": kind.chip.required},
        "seal": None if kind.seal is None else {"profile": kind.seal.profile},
        "portrait": {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(photograph_rules()).items()},
    }


@app.command("example")
def example_(type_: Type, types: _io.Types = None, at: _io.At = "", as_json: _io.Json = False) -> None:
    """Print a complete lawful application of a specimen as JSON, with or without --json."""
    from tjdocs.documents.application_example import example

    _terminal.lines(example(type_, at=_io.given(at), types=DocumentTypes.load(*types or ())).to_json())


@app.command("schema")
def schema_(types: _io.Types = None, as_json: _io.Json = False) -> None:
    """Print the JSON schema of applications, with or without --json."""
    from tjdocs.documents.application_schema import schema

    _terminal.json_value(schema(DocumentTypes.load(*types or ())), indent=1)


@app.command()
def check(
    type_: Type,
    application: ApplicationFile,
    lang: Lang = "en",
    types: _io.Types = None,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge an application without issuing: every rule, the spelling in the MRZ, the last valid day."""
    from tjdocs.office.draft_preview import preview

    loaded = DocumentTypes.load(*types or ())
    kind = loaded[type_]
    request = read_application(application, type_, loaded)
    draft = preview(request, at=_io.given(at), types=loaded, lang=lang)
    if as_json:
        _io.show_json(
            {
                "schema": 1,
                "document_type": kind.id,
                "eligible": draft.eligible,
                "rules": [result.as_json() for result in draft.results],
                "spelling": {
                    "primary_identifier": draft.spelt[0],
                    "secondary_identifier": draft.spelt[1],
                    "proposed": {"primary_identifier": draft.proposed[0], "secondary_identifier": draft.proposed[1]},
                    "kept": request.spelling is not None,
                },
                "date_of_expiry": draft.expires.isoformat(),
                "unmeasured": list(draft.unmeasured),
            }
        )
    else:
        for result in draft.results:
            _terminal.line(_io.styled(str(result.outcome), 13), f"{result.requirement}  {result.sentence}")
        _terminal.line(f"in the zone: {', '.join(filter(None, draft.spelt))}")
        if draft.spelt != draft.proposed:
            _terminal.line(f"proposed: {', '.join(filter(None, draft.proposed))}")
        _terminal.line(f"not measured on the portrait: {', '.join(draft.unmeasured)}")
        _terminal.line(f"valid to {draft.expires.isoformat()}")
    raise typer.Exit(0 if draft.eligible else 1)
