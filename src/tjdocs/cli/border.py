"""``tjdocs border``: inspect, batch, evidence, lists."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tjdocs.border import Evidence, Inspector, Lists, Verdict, batch
from tjdocs.border.files import check_new
from tjdocs.border.reading import EVIDENCE_KEYS, evidence_from_json, is_file
from tjdocs.border.record import Records
from tjdocs.border.standing import RegisterStatus
from tjdocs.border.texts import texts
from tjdocs.cli import _batches, _io, _register, _streams, _verdicts
from tjdocs.errors import InputError, UsageError

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
Language = Annotated[str, typer.Option("--lang", help="en, ru or tg.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Judge only: nothing is used up or recorded.")]

_SETUP = {
    "trust",
    "trust_digest",
    "crl",
    "register",
    "officer",
    "keys",
    "watch_list",
    "permit",
    "policy",
    "lang",
    "dry_run",
    "at",
}


@app.command("inspect")
def inspect(
    mrz_file: Annotated[str, typer.Option("--mrz", help="File with the printed zone.")] = "",
    chip: Annotated[str, typer.Option("--chip", help="Folder of EF files.")] = "",
    seal: Annotated[str, typer.Option("--seal", help="File with a seal, or a picture of it.")] = "",
    page: Annotated[
        str, typer.Option("--page", help="Picture of the page; its zone is read where --mrz gives none.")
    ] = "",
    trust: _io.Trust = None,
    trust_digest: _io.TrustDigest = "",
    crl: _io.Crl = None,
    signer: _io.SealSigner = None,
    register: RegisterUrl = "",
    officer: RegisterOfficer = "",
    keys: _register.KeyFolder = "",
    watch_list: WatchList = None,
    permit: Permit = None,
    list_digest: ListDigest = None,
    direction: Annotated[
        str, typer.Option("--direction", help="entry, exit, border-area, border-stripe or domestic.")
    ] = "",
    point: Annotated[str, typer.Option("--point", help="Id of the crossing point.")] = "",
    asks_protection: Annotated[bool, typer.Option("--asks-protection", help="Protection is asked for.")] = False,
    claim: Annotated[
        list[str] | None,
        typer.Option("--claim", metavar="NAME=VALUE", help="For example entered=2026-11-10; repeatable."),
    ] = None,
    policy: _verdicts.PolicyFile = "",
    lang: Language = "",
    evidence: Annotated[str, typer.Option("--evidence", help="All of this in one JSON file.")] = "",
    report: Annotated[str, typer.Option("--report", help="Write an HTML report here.")] = "",
    record: Annotated[str, typer.Option("--record", metavar="DIR", help="Keep a minimal record here.")] = "",
    export: Annotated[str, typer.Option("--export", help="Write signed evidence here (.zip).")] = "",
    export_signer: Annotated[str, typer.Option("--export-signer", help="Certificate that signs the evidence.")] = "",
    export_key: Annotated[str, typer.Option("--export-key", help="Its private key.")] = "",
    passphrase_file: _io.PassphraseFile = "",
    dry_run: DryRun = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge one traveller. Exit status 1 unless the verdict is admit."""
    given: dict[str, Any] = {
        "mrz": _io.read_text(mrz_file).splitlines() if mrz_file else None,
        "chip": chip, "seal": seal, "page": page, "trust": trust, "trust_digest": trust_digest, "crl": crl,
        "signer": signer, "register": register, "officer": officer, "keys": keys, "watch_list": watch_list,
        "permit": permit, "list_digest": list_digest, "direction": direction, "point": point,
        "asks_protection": asks_protection, "claims": _claims(claim), "policy": policy, "lang": lang,
        "dry_run": dry_run, "at": at,
    }  # fmt: skip
    values = {**(_from_file(evidence) if evidence else {}), **{key: value for key, value in given.items() if value}}
    words = texts(_text(values, "lang") or "en")
    moment = _io.given(_text(values, "at"))
    seen = evidence_from_json({k: v for k, v in values.items() if k in EVIDENCE_KEYS}, folder=Path())
    if not values.keys() & {"mrz", "chip", "seal", "page", "claims", "asks_protection"}:
        hint = "give --mrz, --chip, --seal, --page or --evidence"
        raise UsageError("nothing to judge", where="border inspect", hint=hint)
    inspector = make_inspector(values)
    # the verdict may use a document up: whatever cannot be kept is told before
    signing = _signer(export, export_signer, export_key, passphrase_file)
    if report:
        check_new(report, what="reports are")
    records = Records(record) if record and not values.get("dry_run") else None
    verdict = inspector.inspect(seen, at=moment, dry_run=bool(values.get("dry_run")))
    _keep(seen, verdict, inspector, signing, report, export, records, words.language)
    if as_json:
        _io.show_json(verdict.as_json())
    else:
        _verdicts.show(verdict, words)
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
    """Write what was asked for."""
    if report:
        from tjdocs.border.report import write_report

        write_report(verdict, report, lang=lang)
    if records is not None:
        records.add(verdict)
    if signing is not None:
        from tjdocs.border import proof

        proof.export(export, seen, verdict, inspector, signer=signing, at=_io.moment(""))


def _signer(export: str, certificate: str, key: str, passphrase_file: str) -> Any:
    if not export:
        return None
    if not certificate or not key:
        raise UsageError("evidence without a signer", where="--export", hint="give --export-signer and --export-key")
    from tjdocs.border.signatures import check_signer, read_signer

    signer = read_signer(certificate, key, passphrase=_io.passphrase(passphrase_file))
    check_signer(signer)
    signer.check_usage(_io.moment(""))
    check_new(export, what="evidence is")
    return signer


def make_inspector(values: Mapping[str, Any]) -> Inspector:
    """Return the inspector that options, or an evidence file, describe."""
    store = _io.trust(
        _list(values, "trust"), _list(values, "crl"), _text(values, "trust_digest"), _list(values, "signer")
    )
    files = [*_list(values, "watch_list"), *_list(values, "permit")]
    return Inspector(
        trust=store,
        register=open_register(_text(values, "register"), _text(values, "officer"), _text(values, "keys")),
        lists=_lists(files, _list(values, "list_digest")),
        policy=_verdicts.policy(_text(values, "policy")),
    )


def _lists(files: list[str], digests: list[str]) -> Lists | None:
    if digests and not files:
        raise UsageError("a list is missing", where="--list-digest", hint="give --watch-list or --permit")
    return Lists.read(files, digests=digests) if files else None


def open_register(url: str, officer: str, keys: str = "") -> RegisterStatus | None:
    """Open a register that exists: an inspection never makes one."""
    if not url:
        return None
    found = _register.open_register(url, keys)
    return RegisterStatus(found, officer=officer or ("trial" if found.trial else ""))  # nobody answers for a register


def _from_file(path: str) -> dict[str, Any]:
    """Return an evidence file's values; paths in it lead from its own folder."""
    values = {key.replace("-", "_"): value for key, value in _io.read_json(path).items()}
    values.pop("schema", None)
    if unknown := sorted(values.keys() - EVIDENCE_KEYS - _SETUP):
        raise InputError("unknown key", where=f"{path}: {unknown[0]}", hint=", ".join(sorted(EVIDENCE_KEYS | _SETUP)))
    folder = Path() if path == "-" else Path(path).parent
    for key in ("trust", "crl", "signer", "watch_list", "permit"):
        if key in values:
            values[key] = [str(folder / item) for item in _list(values, key)]
    if values.get("policy"):
        values["policy"] = str(folder / _text(values, "policy"))
    for key in ("mrz", "chip", "seal", "page"):
        value = values.get(key)
        # a zone holds fillers or several lines, a path neither; base64 of a seal or page is no file
        if isinstance(value, str) and not (key == "mrz" and ("<" in value or "\n" in value)):
            held = key in ("seal", "page") and not is_file(folder / value)
            values[key] = value if held else str(folder / value)
    return values


def _list(values: Mapping[str, Any], key: str) -> list[str]:
    value = values.get(key) or []
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError("no list of paths", where=key)
    return value


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key) or ""
    if not isinstance(value, str):
        raise UsageError("no text", where=key)
    return value


def _claims(given: list[str] | None) -> dict[str, str]:
    found = {}
    for text in given or []:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise UsageError("no claim", where="--claim", hint="NAME=VALUE, for example entered=2026-11-10")
        found[name] = value
    return found


# --------------------------------------------------------------------------------------------------------------- batch


@app.command("batch")
def judge_batch(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH…", help="Folder of folders, .tar, or JSON lines; - reads.")
    ],
    trust: _io.Trust = None,
    trust_digest: _io.TrustDigest = "",
    crl: _io.Crl = None,
    signer: _io.SealSigner = None,
    register: RegisterUrl = "",
    officer: RegisterOfficer = "",
    watch_list: WatchList = None,
    permit: Permit = None,
    list_digest: ListDigest = None,
    direction: Annotated[str, typer.Option("--direction", help="Where a record names none.")] = "",
    point: Annotated[str, typer.Option("--point", help="Likewise.")] = "",
    policy: _verdicts.PolicyFile = "",
    out: Annotated[str, typer.Option("--out", help="Results, JSON lines; resumed where it breaks off.")] = "",
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes; 0: one for each processor.")] = 0,
    dask: Annotated[str, typer.Option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster.")] = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge many, in order, one JSON object a line; nothing is used up. Exit status 1 unless all are admitted."""
    values = {"trust": trust, "crl": crl, "trust_digest": trust_digest, "watch_list": watch_list, "permit": permit}
    values |= {"policy": policy, "register": register, "signer": signer, "list_digest": list_digest}
    common = {key: value for key, value in (("direction", direction), ("point", point)) if value}
    open_register(register, officer)
    inspector = make_inspector({**values, "register": ""})
    setup = batch.Setup.of(
        trust=inspector.trust, lists=inspector.lists, policy=inspector.policy, register=register,
        officer=officer or "trial",
    )  # fmt: skip
    results = _batches.Results(out, setup.digest + str(sorted(common.items())), _io.given(at), given=bool(at))
    items = (item for path in paths for item in _batches.items(path, here=bool(dask)))
    with _batches.executor(dask, setup) as executor:
        found = batch.run(
            results.left(items), setup, at=results.at, common=common, executor=executor, workers=workers or None,
            named=results.named,
        )  # fmt: skip
        counts = results.write(_streams.progress(found, "judged"))
    text = ", ".join(f"{word} {count}" for word, count in sorted(counts.items()))
    print(f"tjdocs: {text or 'nothing'}", file=sys.stderr)
    raise typer.Exit(0 if not counts.keys() - {"admit"} else 1)


# ------------------------------------------------------------------------------------------------------ lists, evidence


@app.command("lists")
def build_lists(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="CSV, JSON lines; an index where none is made.")],
    out: Annotated[str, typer.Option("--out", help="The index, a new file.")] = "",
    as_json: _io.Json = False,
) -> None:
    """Check lists, and make an index of them, which --watch-list and --permit open at once however long they are.

    Names every entry by which nobody can be found. Exit status 1 when there is one whose names no zone can have.
    """
    lists = Lists.build(out, files) if out else Lists.read(files)
    lists.check()
    unfit = lists.unfit()
    if as_json:
        rows = [{"id": entry.id, "category": entry.category, "reason": entry.reason} for entry in unfit]
        digests = dict(zip([out] if out else files, lists.digests, strict=True))
        shown = {"entries": lists.counts, "digest": lists.digest, "digests": digests, "unfit": rows}
        _io.show_json({"schema": 1, **shown})
    else:
        for category, count in sorted(lists.counts.items()):
            print(f"{category:<24}{count}")
        for entry in unfit:
            print(f"{_UNFIT[entry.reason]}: {entry.category} {_io.printable(entry.id)}")
        print(f"digest (--list-digest): {lists.digest}")
    raise typer.Exit(1 if any(entry.reason != "too-little" for entry in unfit) else 0)


_UNFIT = {
    "script": "in letters that no table has",
    "no-letters": "a name without letters",
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
        raise InputError("no such folder", where=folder)
    deleted = Records(folder).purge(at=_io.given(at))
    if as_json:
        _io.show_json({"schema": 1, "periods_deleted": deleted})
    else:
        print(f"periods deleted: {deleted}")


@evidence_app.command("export")
def evidence_export(
    out: Annotated[str, typer.Argument(metavar="OUT.zip", help="A new file.")],
    evidence: Annotated[str, typer.Option("--evidence", help="What `border inspect --evidence` takes.")],
    export_signer: Annotated[str, typer.Option("--export-signer", help="Certificate that signs.")],
    export_key: Annotated[str, typer.Option("--export-key", help="Its private key.")],
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge once more, changing nothing, and write all that the verdict rests on as signed evidence."""
    inspect(
        evidence=evidence, export=out, export_signer=export_signer, export_key=export_key,
        passphrase_file=passphrase_file, dry_run=True, at=at, as_json=as_json,
    )  # fmt: skip


@evidence_app.command("verify")
def evidence_verify(
    path: Annotated[str, typer.Argument(metavar="FILE.zip")],
    trust: _io.Trust = None,
    as_json: _io.Json = False,
) -> None:
    """Verify signed evidence and judge it again. Exit status 1 unless everything holds."""
    from tjdocs.border import proof

    result = proof.verify(path, trust=_io.trust(trust or [], []))
    if as_json:
        _io.show_json(result.as_json())
    else:
        _io.show_findings(result.findings)
        print("\nevidence holds" if result.valid else "\nevidence does not hold")
        if result.verdict is not None:
            print(f"judged again: {result.verdict.decision}")
    raise typer.Exit(0 if result.valid else 1)
