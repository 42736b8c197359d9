"""``tjdocs trust``: the trust store."""

from pathlib import Path
from typing import Annotated

import typer

from tjdocs.cli import _io, _terminal, _verdicts
from tjdocs.errors import InputError, UsageError
from tjdocs.pki.trust import explain_state as explaining
from tjdocs.pki.trust.import_files import import_files, read_certificates
from tjdocs.pki.trust.store import TrustStore

app = typer.Typer(help="The trust store: master lists, certificates, CRLs.", no_args_is_help=True)

Store = Annotated[str, typer.Option("--store", help="The trust store's file.")]


@app.command("import")
def import_(
    paths: Annotated[list[str], typer.Argument(help="Master lists, certificates, CRLs, or folders of them.")],
    store: Store,
    anchor: Annotated[list[str] | None, typer.Option("--anchor", help="A certificate trusted as such.")] = None,
    trust_candidates: Annotated[
        bool, typer.Option("--trust-candidates", help="Trust what was imported although no anchor vouches for it.")
    ] = False,
    bilateral: Annotated[
        bool, typer.Option("--bilateral", help="These certificates were received from their States themselves.")
    ] = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Import into a trust store. Exit status 1 when a master list's signature does not lead to a given anchor."""
    anchors = [certificate for path in anchor or () for certificate in read_certificates(path)]
    moment = _io.moment(at)
    existed = Path(store).exists()
    opened = TrustStore.create(store)
    try:
        reports = import_files(
            opened, paths, anchors=anchors, trust_candidates=trust_candidates, bilateral=bilateral, at=moment
        )
    except InputError:
        if not existed and not opened.entries:  # do not leave an empty store
            Path(store).unlink(missing_ok=True)
        raise
    if as_json:
        sources = [report.as_json() for report in reports]
        _io.show_json({"schema": 1, "sources": sources, "trust_digest": opened.digest})
    else:
        for report in reports:
            why = report.signature_reason or ", ".join(report.signature_warnings)
            _terminal.line(
                f"{report.source}: {report.certificates} certificates ({report.new} new, {report.parsed} parsed), "
                f"{report.verified_self} verified by their own key, {report.verified_link} by another, "
                f"{len(report.unresolved)} unresolved; {report.crls} CRLs; signature {report.signature}"
                + (f" ({why})" if why else "")
                + (f"; signer's revocation not settled ({report.signer_revocation})" * bool(report.signer_revocation))
            )
            for item in report.unresolved:
                _terminal.line(f"  unresolved ({item.reason}): {item.certificate.subject_text}")
            for item in report.tolerated:
                _terminal.line(f"  warning ({item.reason}): {item.certificate.subject_text}")
        _terminal.line(f"trusted set (--trust-digest): {opened.digest}")
    sound = ("passed", "warning", "not-applicable")
    raise typer.Exit(1 if anchors and any(report.signature not in sound for report in reports) else 0)


@app.command("list")
def list_(
    store: Store,
    country: Annotated[str, typer.Option("--country", help="Two letters.")] = "",
    as_json: _io.Json = False,
) -> None:
    """List the certificates in a store."""
    opened = TrustStore(store)
    rows = [explaining.entry_json(entry, opened) for entry in explaining.entries(opened, country)]
    if as_json:
        _io.show_json(rows)
    else:
        columns = ["country", "kind", "trusted", "key", "not_before", "not_after", "serial", "subject"]
        _io.show_table(rows, columns)


@app.command()
def explain(
    store: Store,
    country: Annotated[str, typer.Option("--country", help="Two letters.")],
    policy: Annotated[str, typer.Option("--policy", help="A policy file: who is believed under it, and why.")] = "",
    types: _io.Types = None,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Show in words the certificates of a State, who vouches for whom, and which are missing."""
    if len(country) != 2 or not country.isalpha():
        raise UsageError("not a country code", where=f"--country {country}", hint="two letters, as in TJ")
    read = _verdicts.policy(policy, _verdicts.types(types))
    believe = read.trust if read is not None else None
    lines = explaining.explain(TrustStore(store), country, believe, at=_io.moment(at))
    if policy and believe is None:
        lines.append("The policy has no [trust] table: whom the import trusted is believed.")
    if as_json:
        _io.show_json({"schema": 1, "country": country.upper(), "lines": lines})
    else:
        for line in lines:
            _terminal.line(line)
