"""``tjdocs border``: inspect, batch, serve, evidence, lists."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from tjdocs import inputs, limits
from tjdocs.border import Evidence, Inspector, Verdict, Watchlists, inspect_batch
from tjdocs.border.evidence.inspection_record import Records
from tjdocs.border.report.wording import texts
from tjdocs.cli import _batch_output, _io, _options, _register, _setup, _streams, _terminal, _verdicts
from tjdocs.errors import InputError, UsageError
from tjdocs.files import check_new
from tjdocs.inspection.evidence_json import JUDGED, arguments, together

app = typer.Typer(help="At the crossing: law, verdict, record.", no_args_is_help=True)
evidence_app = typer.Typer(help="An inspection as signed evidence.", no_args_is_help=True)
app.add_typer(evidence_app, name="evidence")

RegisterUrl = Annotated[str, typer.Option("--register", metavar="URL", help="The register of our own documents.")]
RegisterOfficer = Annotated[str, typer.Option("--officer", help="Who asks the register, and uses documents up in it.")]
WatchList = Annotated[
    list[str] | None,
    typer.Option("--watch-list", help="Bans and watch lists: CSV, JSON lines or an index; repeatable."),
]
Permit = Annotated[list[str] | None, typer.Option("--permit", help="Visas and permits, likewise; repeatable.")]
ListDigest = Annotated[
    list[str] | None,
    typer.Option("--list-digest", help="Digest of a list, by `border lists`, pinned; repeatable."),
]
Direction = Annotated[str, typer.Option("--direction", help="entry, exit, border-area, border-stripe or domestic.")]
Point = Annotated[str, typer.Option("--point", help="Id of the crossing point.")]
Language = Annotated[str, typer.Option("--lang", help="en, ru or tg.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Judge only: nothing is used up or recorded.")]


_DESK: _options.Options = {
    "trust": (_io.Trust, None),
    "trust_digest": (_io.TrustDigest, ""),
    "crl": (_io.Crl, None),
    "signer": (_io.SealSigner, None),
    "register": (RegisterUrl, ""),
    "officer": (RegisterOfficer, ""),
    "officer_key": (_register.OfficerKeys, None),
    "officer_passphrase_file": (_register.OfficerPassphrases, None),
    "watch_list": (WatchList, None),
    "permit": (Permit, None),
    "list_digest": (ListDigest, None),
    "policy": (_verdicts.PolicyFile, ""),
    "types": (_io.Types, None),
}


def _at_the_desk(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a desk, and hand it their values by name."""
    return _options.with_options(function, dict, "desk", _DESK, {})


@app.command("inspect")
@_at_the_desk
def inspect(
    mrz_file: Annotated[str, typer.Option("--mrz", help="File with the printed zone.")] = "",
    chip: Annotated[str, typer.Option("--chip", help="Folder of EF files.")] = "",
    seal: Annotated[str, typer.Option("--seal", help="File with a seal, or a picture of it.")] = "",
    page: Annotated[
        str, typer.Option("--page", help="Picture of the page; its MRZ is read unless --mrz is given.")
    ] = "",
    *,
    desk: dict[str, Any],
    setup: _setup.SetupFile = "",
    keys: _register.KeyFolder = "",
    direction: Direction = "",
    point: Point = "",
    asks_protection: Annotated[bool, typer.Option("--asks-protection", help="Protection is asked for.")] = False,
    claim: Annotated[
        list[str] | None,
        typer.Option("--claim", metavar="NAME=VALUE", help="For example entered=2026-11-10; repeatable."),
    ] = None,
    lang: Language = "",
    evidence: Annotated[
        str, typer.Option("--evidence", help="MRZ, chip, seal, page, claims and crossing in one JSON file.")
    ] = "",
    report: Annotated[str, typer.Option("--report", help="Write an HTML report here.")] = "",
    record: Annotated[str, typer.Option("--record", metavar="DIR", help="Keep a minimal record here.")] = "",
    export: Annotated[str, typer.Option("--export", help="Write signed evidence here (.zip).")] = "",
    export_signer: Annotated[str, typer.Option("--export-signer", help="Certificate that signs the evidence.")] = "",
    export_key: Annotated[str, typer.Option("--export-key", help="Its private key.")] = "",
    passphrase_file: _io.PassphraseFile = "",
    dry_run: DryRun = False,
    verbose: _verdicts.Verbose = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge one traveller. Exit status 1 unless the verdict is admit."""
    values = _setup.desk(setup, {
        **desk, "keys": keys, "direction": direction, "point": point, "lang": lang, "dry_run": dry_run, "at": at,
        "record": record, "export_signer": export_signer, "export_key": export_key, "passphrase_file": passphrase_file,
    })  # fmt: skip
    words = texts(values.get("lang", "en"))
    moment = _io.given(values.get("at", ""))
    dry = values.get("dry_run", False)
    handed: dict[str, Any] = {
        "mrz": _io.read_text(mrz_file).splitlines() if mrz_file else None,
        "chip": chip or None,
        "seal": _io.read_file(seal, limits.CHIP_FILE) if seal else None,
        "page": _io.read_file(page, limits.CHIP_FILE) if page else None,
        "asks_protection": asks_protection or None,
    }
    seen = _evidence(evidence, handed, _claims(claim), values, uses_up=not dry)
    inspector = _setup.make_inspector(values)
    # the verdict may use a document up: errors of writing must come before
    signing = _signer(export, values)
    if report:
        check_new(report, what="reports are")
    records = Records(values["record"]) if "record" in values and not dry else None
    verdict = inspector.inspect(seen, at=moment, dry_run=dry)
    _keep(seen, verdict, inspector, signing, report, export, records, words.language)
    if as_json:
        _io.show_json(verdict.as_json())
    else:
        _verdicts.show(verdict, words, verbose=verbose)
    raise typer.Exit(0 if verdict.decision == "admit" else 1)


def _keep(
    seen: Evidence,
    verdict: Verdict,
    inspector: Inspector,
    signing: Any,
    report: str,
    export: str,
    records: Records | None,
    lang: str,
) -> None:
    """Write report, record and evidence archive, as the options ask."""
    if report:
        from tjdocs.border.report.html_report import write_report

        write_report(verdict, report, lang=lang)
    if records is not None:
        records.add(verdict)
    if signing is not None:
        from tjdocs.border.evidence import evidence_archive

        evidence_archive.export_evidence(export, seen, verdict, inspector, signer=signing, at=_io.moment(""))


def _signer(export: str, values: Mapping[str, Any]) -> Any:
    if not export:
        return None
    if "export_signer" not in values or "export_key" not in values:
        raise UsageError("evidence without a signer", where="--export", hint="give --export-signer and --export-key")
    from tjdocs.border.evidence.evidence_signature import check_signer, read_signer

    passphrase = _io.passphrase(values.get("passphrase_file", ""))
    signer = read_signer(values["export_signer"], values["export_key"], passphrase=passphrase)
    check_signer(signer)
    signer.check_usage(_io.moment(""))
    check_new(export, what="evidence is")
    return signer


def _evidence(
    path: str, handed: Mapping[str, Any], claims: Mapping[str, str], values: Mapping[str, Any], *, uses_up: bool
) -> Evidence:
    """Return the evidence of options; without an option, that of an evidence file."""
    keywords: dict[str, Any] = dict(_setup.crossing(values))
    if path:
        folder = Path() if path == "-" else Path(path).parent
        stated = inputs.json_object(_io.read_file(path, limits.LINE), where=path, values=limits.EVIDENCE_VALUES)
        keywords = arguments(stated, folder=folder, crossing=keywords)
        if uses_up and "register" in values and "point" in keywords and "point" not in values:
            # the register records the point where a document is used up: a traveller must not choose it
            raise UsageError("the desk does not say its point", where=f"{path}: point", hint="give --point, or --setup")
    keywords = together(keywords, handed)
    if claims:
        keywords["claims"] = {**(keywords.get("claims") or {}), **claims}
    if not JUDGED & keywords.keys():
        hint = "give --mrz, --chip, --seal, --page or --evidence"
        raise UsageError("nothing to judge", where="border inspect", hint=hint)
    return Evidence(**keywords)


def _claims(given: list[str] | None) -> dict[str, str]:
    claims = {}
    for text in given or []:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise UsageError("not a claim", where="--claim", hint="NAME=VALUE, for example entered=2026-11-10")
        claims[name] = value
    return claims


# --------------------------------------------------------------------------------------------------------------- batch


@app.command("batch")
@_at_the_desk
def judge_batch(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH…", help="Folder of folders, .tar, or JSON lines; - reads.")
    ],
    *,
    desk: dict[str, Any],
    setup: _setup.SetupFile = "",
    direction: Annotated[str, typer.Option("--direction", help="Of every record; without it, each record's own.")] = "",
    point: Annotated[str, typer.Option("--point", help="Of every record; without it, each record's own.")] = "",
    out: Annotated[str, typer.Option("--out", help="Results, JSON lines; resumed where it breaks off.")] = "",
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes; 0: one for each processor.")] = 0,
    dask: Annotated[str, typer.Option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster.")] = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge many, in order, one JSON object a line; nothing is used up. Exit status 1 unless all are admitted."""
    crossing = {"direction": direction, "point": point, "at": at}
    values = _setup.desk(setup, desk | crossing, _setup.BATCH_KEYS)
    common = _setup.crossing(values)
    _setup.open_register(values)
    inspector = _setup.make_inspector({**values, "register": ""})
    shared = inspect_batch.Setup.of(
        trust=inspector.trust, lists=inspector.lists, policy=inspector.policy, types=inspector.types,
        register=values.get("register", ""),
        officer=values.get("officer", "trial"),
        officer_key=_register.one_officer_key(values.get("officer_key"), values.get("officer_passphrase_file")),
    )  # fmt: skip
    given = values.get("at", "")
    items = _batch_output.all_items(paths, here=bool(dask))
    judged_by = shared.digest + str(sorted(common.items()))
    with (
        _batch_output.Results(out, judged_by, _io.given(given), given=bool(given)) as results,
        _batch_output.executor(dask, shared) as executor,
    ):
        judged = inspect_batch.run(
            results.left(items), shared, at=results.at, common=common, executor=executor, workers=workers or None,
            named=results.named, folders=results.folders,
        )  # fmt: skip
        counts = results.write(_streams.progress(judged, "judged", lines=True))
    text = ", ".join(f"{word} {count}" for word, count in sorted(counts.items()))
    _terminal.error(f"tjdocs: {text or 'nothing'}")
    raise typer.Exit(0 if not counts.keys() - {"admit"} else 1)


# ---------------------------------------------------------------------------------------------------------------- lane


@app.command("serve")
@_at_the_desk
def serve_lane(
    *,
    desk: dict[str, Any],
    setup: _setup.SetupFile = "",
    keys: _register.KeyFolder = "",
    direction: Annotated[str, typer.Option("--direction", help="Of every line; without it, each line's own.")] = "",
    point: Annotated[str, typer.Option("--point", help="Of every line; without it, each line's own.")] = "",
    record: Annotated[str, typer.Option("--record", metavar="DIR", help="Keep minimal records here.")] = "",
    dry_run: DryRun = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge evidence from standard input, one JSON object a line, in one process that stays warm.

    The first line of the output says that the lane is ready. Then each line has one answer, in order. A bad line has
    an error as its answer. Exit status 0 at the end of the input, at SIGTERM and at SIGINT.
    """
    from tjdocs.border import serve

    given = {"keys": keys, "direction": direction, "point": point, "record": record, "dry_run": dry_run, "at": at}
    values = _setup.desk(setup, desk | given, _setup.SERVE_KEYS)
    dry = values.get("dry_run", False)
    if "register" in values and not dry and "point" not in values:
        # the register records the point where a document is used up: a traveller must not choose it
        raise UsageError("the desk does not say its point", where="border serve", hint="give --point, or --dry-run")
    fixed = values.get("at", "")
    _io.given(fixed)  # an unusable time is an unusable call, and no answer
    inspector = _setup.make_inspector(values)
    records = Records(values["record"]) if "record" in values and not dry else None
    common = _setup.crossing(values)
    Evidence(direction=common.get("direction"))  # an unknown direction would make every line a bad one
    with _streams.Lane(sys.stdin.fileno(), sys.stdout.fileno()) as lane:
        _answer(serve.ready(inspector, at=_io.given(fixed)))
        keep = records.add if records is not None else None
        now = partial(_io.given, fixed)
        for answer in serve.answers(lane, inspector, at=now, common=common, dry_run=dry, keep=keep):
            _answer(answer)


def _answer(value: dict[str, Any]) -> None:
    _terminal.json_value(value, indent=None)
    sys.stdout.flush()


# ------------------------------------------------------------------------------------------------------ lists, evidence


@app.command("lists")
def build_lists(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="CSV, JSON lines; an index where none is made.")],
    out: Annotated[str, typer.Option("--out", help="The index, a new file.")] = "",
    as_json: _io.Json = False,
) -> None:
    """Check watchlists, and make an index of them, which --watch-list and --permit open at once.

    Shows every entry that cannot find anybody. Exit status 1 when no MRZ can have the names or codes of an entry.
    """
    lists = Watchlists.build(out, files) if out else Watchlists.read(files)
    lists.check()
    unfit = lists.unfit()
    if as_json:
        rows = [{"id": entry.id, "category": entry.category, "reason": entry.reason} for entry in unfit]
        digests = dict(zip([out] if out else files, lists.digests, strict=True))
        shown = {"entries": lists.counts, "digest": lists.digest, "digests": digests, "unfit": rows}
        _io.show_json({"schema": 1, **shown})
    else:
        for category, count in sorted(lists.counts.items()):
            _terminal.line(f"{category:<24}{count}")
        for entry in unfit:
            _terminal.line(f"{_UNFIT[entry.reason]}: {entry.category} {entry.id}")
        _terminal.line(f"digest (--list-digest): {lists.digest}")
    raise typer.Exit(1 if any(entry.reason != "too-little" for entry in unfit) else 0)


_UNFIT = {
    "script": "in letters that no table has",
    "no-letters": "a name without letters",
    "code": "the State or nationality has a code that no MRZ has, or the number has no State",
    "names": "more names than are looked for: make several entries of it",
    "spellings": "more spellings than are looked for: give the name in Latin or Cyrillic letters, or in fewer words",
    "too-little": "one name and no whole date of birth: only a holder without another name is found",
}


@app.command("purge")
def purge(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Where --record kept records.")],
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Delete the records whose retention is over, with the keys of their pseudonyms."""
    if not Path(folder).is_dir():
        raise InputError("not a folder", where=folder)
    deleted = Records(folder).purge(at=_io.given(at))
    if as_json:
        _io.show_json({"schema": 1, "periods_deleted": deleted})
    else:
        _terminal.line(f"periods deleted: {deleted}")


@evidence_app.command("export")
@_at_the_desk
def evidence_export(
    out: Annotated[str, typer.Argument(metavar="OUT.zip", help="A new file.")],
    evidence: Annotated[str, typer.Option("--evidence", help="What `border inspect --evidence` takes.")],
    export_signer: Annotated[str, typer.Option("--export-signer", help="Certificate that signs.")] = "",
    export_key: Annotated[str, typer.Option("--export-key", help="Its private key.")] = "",
    passphrase_file: _io.PassphraseFile = "",
    *,
    desk: dict[str, Any],
    setup: _setup.SetupFile = "",
    keys: _register.KeyFolder = "",
    direction: Direction = "",
    point: Point = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge again without any change, and write the verdict and its evidence as a signed archive."""
    inspect(
        **desk, setup=setup, evidence=evidence, export=out, export_signer=export_signer, export_key=export_key,
        passphrase_file=passphrase_file, keys=keys, direction=direction, point=point, dry_run=True, at=at,
        as_json=as_json,
    )  # fmt: skip


@evidence_app.command("verify")
def evidence_verify(
    path: Annotated[str, typer.Argument(metavar="FILE.zip")],
    trust: _io.Trust = None,
    as_json: _io.Json = False,
) -> None:
    """Verify a signed archive and judge its evidence again. Exit status 1 unless all checks pass."""
    from tjdocs.border.evidence import evidence_archive

    result = evidence_archive.verify_evidence(path, trust=_io.trust(trust or [], []))
    if as_json:
        _io.show_json(result.as_json())
    else:
        _io.show_findings(result.findings)
        _terminal.line("")
        _terminal.line("evidence holds" if result.valid else "evidence does not hold")
        if result.signer_revocation:
            _terminal.line(f"whether the signer is revoked is not settled: {result.signer_revocation}")
        if result.verdict is not None:
            _terminal.line(f"judged again: {result.verdict.decision}")
    raise typer.Exit(0 if result.valid else 1)
