"""``tjdocs seal``: visible digital seals."""

import io
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tjdocs import mrz, seal
from tjdocs.cli import _io, _terminal, _verdicts
from tjdocs.errors import InputError, UsageError
from tjdocs.findings import OF_SEVERITY, enforce_premises
from tjdocs.inspection.seal_checks import examine_seal
from tjdocs.pki.authority.authority import Authority
from tjdocs.seal import bar_code, seal_results, vds_header, vds_profiles

app = typer.Typer(help="Visible digital seals: make, show, verify.", no_args_is_help=True)

Sealed = Annotated[str, typer.Argument(metavar="FILE", help="The seal's bytes, or a PNG or JPEG picture of it.")]


@app.command()
def make(
    profile: Annotated[str, typer.Argument(help="A profile of specs/seals/, for example emergency-travel-document.")],
    authority: Annotated[str, typer.Option("--authority", help="The authority whose seal signer signs.")],
    features: Annotated[str, typer.Option("--features", help="JSON with the features by name; - is standard input.")],
    out: Annotated[str, typer.Option("--out", help="New folder for seal.bin and seal.png.")],
    issue_date: Annotated[
        str, typer.Option("--issue-date", help="Of the document; the day of --at unless given.")
    ] = "",
    symbology: Annotated[str, typer.Option("--symbology", help="data-matrix, qr or aztec.")] = "data-matrix",
    module: Annotated[int, typer.Option("--module", help="Pixels a side of a module.")] = 4,
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Make a seal, signed on the day of --at, and draw its bar code."""
    known = vds_profiles.get(profile)
    values = {name: known.by_name(name).from_json(value) for name, value in _io.read_json(features).items()}
    today = _io.day(at)
    signer = Authority.open(authority, passphrase=_io.passphrase(passphrase_file)).seal_signer(profile)
    signed = seal.make(
        profile,
        signer=signer,
        issue_date=_day(issue_date) if issue_date else today,
        signature_date=today,
        features=values,
    )
    from tjdocs.office import output_folder  # the office imports the database

    picture = io.BytesIO()
    seal.draw_bar_code(signed.encode(), symbology, module).save(picture, "PNG", dpi=(300, 300))
    output_folder.write(out, {"seal.bin": signed.encode(), "seal.png": picture.getvalue()})
    if as_json:
        summary = {"schema": 1, "size": len(signed.encode()), "symbology": symbology, "files": ["seal.bin", "seal.png"]}
        _io.show_json({**summary, **signed.as_json()})
    else:
        _terminal.line(f"{Path(out) / 'seal.bin'}: {len(signed.encode())} bytes; {Path(out) / 'seal.png'}: {symbology}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("not a date", where=f"--issue-date {text}", hint="YYYY-MM-DD") from None


@app.command()
def show(path: Sealed, as_json: _io.Json = False) -> None:
    """Show the content of a seal, without verifying it. Exit status 1 when its form is not valid."""
    data = _io.read_file(path)
    read = seal.Seal.parse(bar_code.read_bar_code(data) if bar_code.is_picture(data) else data)
    if read.header is None and not read.raw.startswith(bytes((vds_header.MAGIC,))):
        raise InputError("not a seal", where=path, hint="give a seal's bytes, or a PNG or JPEG picture of it")
    if as_json:
        _io.show_json({"schema": 1, **read.as_json()})
    else:
        _show(read)
    raise typer.Exit(0 if read.valid else 1)


def _show(read: seal.Seal) -> None:
    values = read.as_json()
    features, problems = values.pop("features"), values.pop("problems")
    for name, value in values.items():
        if value not in (None, ""):
            _terminal.line(f"{name:<26}{value}")
    for feature in features:
        name = feature["name"] or f"feature {feature['tag']:02X}"
        value = feature["value"] if feature["value"] is not None else feature["bytes"]
        _terminal.line(f"{name:<26}{value}" + (f" ({feature['meaning']})" if feature["meaning"] else ""))
    for problem in problems:
        line = _io.styled(str(OF_SEVERITY[problem["severity"]]), 14)
        line.append(f"{problem['code']}: {problem['subject'] or 'seal'}: {problem['message']}")
        _terminal.line(line)


@app.command()
def verify(
    path: Sealed,
    trust: _io.Trust = None,
    trust_digest: _io.TrustDigest = "",
    signer: _io.SealSigner = None,
    crl: _io.Crl = None,
    mrz_file: Annotated[
        list[str] | None, typer.Option("--mrz", help="File with a printed MRZ; repeat it for a visa and its passport.")
    ] = None,
    policy: Annotated[str, typer.Option("--policy", help="A policy file with a [trust] table.")] = "",
    types: _io.Types = None,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge a seal, and compare it with the printed MRZ. Exit status 1 unless it is VALID (Doc 9303-13, D)."""
    store = _io.trust(trust or [], crl or [], trust_digest, signer or ())
    given = _verdicts.policy(policy, _verdicts.types(types))
    believed = store.with_policy(given.trust if given is not None else None)
    moment = _io.moment(at)
    zones = [(f"zone {n}", mrz.parse(_io.read_text(file), at=moment)) for n, file in enumerate(mrz_file or (), 1)]
    examined = examine_seal(_io.read_file(path), believed, zones, at=moment)
    findings = enforce_premises(examined.findings)
    status = seal_results.status(findings)
    if as_json:
        known = examined.seal.profile if examined.seal else None
        judged = examined.verification.signer if examined.verification else None
        _io.show_json(
            {
                "schema": 1,
                **status.as_json(),
                "profile": known.id if known else None,
                "signer": judged.subject_text if judged else None,
                "findings": [finding.as_json() for finding in findings],
            }
        )
    else:
        _io.show_findings(findings)
        line = _io.styled("VALID" if status.valid else "INVALID")
        line.append("".join(f" {result.id}" for result in status.results))
        _terminal.line(line)
    raise typer.Exit(0 if status.valid else 1)
