"""``tjdocs trust``: the trust store."""

from pathlib import Path
from typing import Annotated

import typer

from tjdocs.cli import _io, _terminal, _verdicts
from tjdocs.errors import InputError, UsageError
from tjdocs.pki.trust import explain_state as explaining
from tjdocs.pki.trust.import_files import SourceReport, import_files, read_certificates
from tjdocs.pki.trust.store import TrustStore

app = typer.Typer(help="The trust store: master lists, certificates, CRLs.", no_args_is_help=True)

Store = Annotated[str, typer.Option("--store", help="The trust store's file.")]


@app.command("import")
def import_(
    paths: Annotated[
        list[str], typer.Argument(help="Master lists, certificates, CRLs; folders and ZIP archives of them.")
    ],
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
    """Import into a trust store, and report everything read.

    Exit status 1 when nothing imported is trusted, a signature fails or does not lead to an anchor, or an item is
    damaged.
    """
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
    read = {certificate for report in reports for certificate in report.content}
    trusted = {certificate for report in reports for certificate in report.trusted}
    if as_json:
        sources = [report.as_json() for report in reports]
        totals = {"certificates": len(read), "trusted": len(trusted)}
        _io.show_json({"schema": 1, "sources": sources, **totals, "trust_digest": opened.digest})
    else:
        for report in reports:
            _show(report)
        if read:
            hint = "" if trusted else ": give --anchor FILE or --bilateral"
            _terminal.line(f"{len(trusted)} of {len(read)} trusted{hint}")
        _terminal.line(f"trusted set (--trust-digest): {opened.digest}")
    has_anchors = any({"anchor", "bilateral"} & set(entry.grounds) for entry in opened.entries)
    led = not has_anchors or all(report.signature != "undetermined" for report in reports)
    accepted = led and all(report.accepted for report in reports)
    raise typer.Exit(0 if accepted and (trusted or not read) else 1)


def _show(report: SourceReport) -> None:
    """Print the report of a file."""
    parts = []
    if report.certificates or not (report.crls or report.unread):
        parts.append(
            f"{report.certificates} certificates ({report.new} new, {report.parsed} parsed, "
            f"{len(report.trusted)} trusted), {report.verified_self} verified by their own key, "
            f"{report.verified_link} by another, {len(report.unresolved)} unresolved"
        )
    if report.crls:
        parts.append(f"{report.crls} CRLs")
    if report.signature != "not-applicable":
        parts.append(f"signature {report.signature}" + f" ({report.signature_reason})" * bool(report.signature_reason))
    if report.signer_revocation:
        parts.append(f"signer's revocation not settled ({report.signer_revocation})")
    if report.notes:
        parts.append(f"notes: {', '.join(report.notes)}")
    if report.unread:
        parts.append(f"{report.unreadable} not read")
    _terminal.line(f"{report.source}: {'; '.join(parts)}")
    for crl in report.crl_reports:
        due = f", next {crl.next_update.date()}" if crl.next_update else ""
        _terminal.line(
            f"  CRL of {crl.country or '(no State)'}, {crl.this_update.date()}{due}, {crl.revoked} revoked, "
            f"signature {crl.signature}" + (f" ({crl.reason})" if crl.reason else "") + f": {crl.issuer}"
        )
    for unread in report.unread:
        _terminal.line(f"  not read: {unread.item + ': ' if unread.item else ''}{unread.reason}")
    for item in report.unresolved:
        _terminal.line(f"  unresolved ({item.reason}): {item.certificate.subject_text}")
    for item in report.tolerated:
        _terminal.line(f"  warning ({item.reason}): {item.certificate.subject_text}")


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
