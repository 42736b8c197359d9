"""``tjdocs authority``: the State's own signing authority."""

from pathlib import Path
from typing import Annotated

import typer

from tjdocs.cli import _io, _terminal
from tjdocs.errors import UsageError
from tjdocs.pki.authority import Authority
from tjdocs.pki.importing import read_certificate

app = typer.Typer(help="A CSCA with its document and seal signers.", no_args_is_help=True)

Folder = Annotated[str, typer.Argument(metavar="DIR", help="The authority's folder.")]


@app.command()
def create(
    folder: Folder,
    passphrase_file: _io.PassphraseFile = "",
    named_curves: Annotated[
        bool, typer.Option("--named-curves", help="Name EC curves; for programs that refuse explicit parameters.")
    ] = False,
    production: Annotated[bool, typer.Option("--production", help="Not a trial: needs a passphrase.")] = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Create an authority: CSCA, document signer, seal signer, CRL."""
    secret = _io.passphrase(passphrase_file)
    authority = Authority.create(
        folder, at=_io.moment(at), passphrase=secret, production=production, named_curves=named_curves
    )
    if secret is None:
        _terminal.error("tjdocs: trial authority without passphrase: its keys lie in plain files (mode 0600)")
    _show(authority, as_json)


@app.command()
def signer(
    folder: Folder, passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False
) -> None:
    """Make the next document signer and seal signer."""
    authority = Authority.open(folder, passphrase=_io.passphrase(passphrase_file))
    authority.new_signers(at=_io.moment(at))
    _show(authority, as_json)


@app.command()
def crl(
    folder: Folder,
    revoke: Annotated[
        list[str] | None,
        typer.Option(
            "--revoke", metavar="SERIAL|FILE", help="A serial number in hexadecimal, or a certificate's file."
        ),
    ] = None,
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Issue a new CRL at DIR/csca.crl: at least every 90 days, and at once when a signer is revoked.

    Whoever stood on the last list stands on the new one too.
    """
    authority = Authority.open(folder, passphrase=_io.passphrase(passphrase_file))
    moment = _io.moment(at)
    data = authority.new_crl(at=moment, revoked=[(_serial(text, authority), moment) for text in revoke or ()])
    if as_json:
        _io.show_json({"schema": 1, "crl": str(authority.folder / "csca.crl"), "size": len(data)})
    else:
        _terminal.line(f"{authority.folder / 'csca.crl'}: {len(data)} bytes")


def _serial(text: str, authority: Authority) -> int:
    """Return the serial number that is meant: of a certificate of this authority, or as it is written."""
    if Path(text).is_file():
        certificate = read_certificate(text)
        if not certificate.verify(authority.csca).valid:
            raise UsageError("no certificate of this authority", where=f"--revoke {text}")
        return certificate.serial
    try:
        return int(text, 16)
    except ValueError:
        hint = "hexadecimal, as `tjdocs dissect` shows it, or the certificate's file"
        raise UsageError("no serial number", where=f"--revoke {text}", hint=hint) from None


def _show(authority: Authority, as_json: bool) -> None:
    certificates = {
        "csca": authority.csca,
        "document_signer": authority.document_signer().certificate,
        "seal_signer": authority.seal_signer().certificate,
    }
    if as_json:
        rows = {
            role: {
                "subject": c.subject_text,
                "sha256": c.sha256,
                "key": c.key.name,
                "not_before": c.not_before.isoformat(),
                "not_after": c.not_after.isoformat(),
            }
            for role, c in certificates.items()
        }
        _io.show_json({"schema": 1, "authority": str(authority.folder), "trial": authority.trial, **rows})
        return
    for role, c in certificates.items():
        period = f"{c.not_before.date().isoformat()} to {c.not_after.date().isoformat()}"
        _terminal.line(f"{role.replace('_', ' '):<16}{c.subject_text}  {c.key.name}  {period}")
