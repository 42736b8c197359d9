"""``tjdocs authority``: the State's own signing authority."""

from pathlib import Path
from typing import Annotated

import typer

from tjdocs.cli import _io, _terminal
from tjdocs.errors import UsageError
from tjdocs.pki import certificate_profiles
from tjdocs.pki.authority.authority import Authority
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.trust.import_files import read_certificate

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
    """Create an authority: CSCA, document signer, a seal signer for each usual category, CRL.

    A second production CSCA of the name in the same folder is refused: keep a State's authorities in one.
    """
    secret = _io.passphrase(passphrase_file)
    authority = Authority.create(
        folder, at=_io.moment(at), passphrase=secret, production=production, named_curves=named_curves
    )
    if secret is None:
        _terminal.error("tjdocs: trial authority without passphrase: its keys are in plain files (mode 0600)")
    _show(authority, as_json)


@app.command()
def signer(
    folder: Folder, passphrase_file: _io.PassphraseFile = "", at: _io.At = "", as_json: _io.Json = False
) -> None:
    """Make the next document signer."""
    authority = Authority.open(folder, passphrase=_io.passphrase(passphrase_file))
    authority.new_document_signer(at=_io.moment(at))
    _show(authority, as_json)


@app.command("seal-signer")
def seal_signer(
    folder: Folder,
    category: Annotated[
        str,
        typer.Argument(metavar="CATEGORY", help="A profile of specs/seals/, for example emergency-travel-document."),
    ],
    passphrase_file: _io.PassphraseFile = "",
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Make the next seal signer of a category: at most five in a year, of all categories (Doc 9303-12, 4.1.3)."""
    authority = Authority.open(folder, passphrase=_io.passphrase(passphrase_file))
    moment = _io.moment(at)
    authority.new_seal_signer(category, at=moment)
    if not as_json:
        count, most = authority.seal_signers_in_year(moment), certificate_profiles.load().seal.keys_a_year
        _terminal.error(f"tjdocs: {count} of {most} seal signers of a year (Doc 9303-12, 4.1.3)")
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

    It has the entries of the last CRL too. Within 48 hours of the last CRL there is a warning (Doc 9303-12, 4.1.5).
    """
    authority = Authority.open(folder, passphrase=_io.passphrase(passphrase_file))
    moment = _io.moment(at)
    early = authority.crl_is_early(moment)
    data = authority.new_crl(at=moment, revoked=[(_certificate(text), moment) for text in revoke or ()])
    if early:
        hours = certificate_profiles.load().crl.shortest_hours
        _terminal.error(f"tjdocs: the last list is less than {hours} hours old (Doc 9303-12, 4.1.5)")
    if as_json:
        path = str(authority.folder / "csca.crl")
        _io.show_json({"schema": 1, "crl": path, "size": len(data), "early": early})
    else:
        _terminal.line(f"{authority.folder / 'csca.crl'}: {len(data)} bytes")


def _certificate(text: str) -> int | Certificate:
    """Return the certificate of a file, or a serial number."""
    if Path(text).is_file():
        return read_certificate(text)
    try:
        return int(text, 16)
    except ValueError:
        hint = "hexadecimal, as `tjdocs dissect` shows it, or the certificate's file"
        raise UsageError("not a serial number", where=f"--revoke {text}", hint=hint) from None


def _show(authority: Authority, as_json: bool) -> None:
    newest = authority.certificates()
    csca, document = newest.pop("csca"), newest.pop("ds", None)
    if as_json:
        rows = {
            "csca": _row(csca),
            "document_signer": _row(document) if document else None,
            "seal_signers": {category: _row(certificate) for category, certificate in newest.items()},
        }
        _io.show_json({"schema": 1, "authority": str(authority.folder), "trial": authority.trial, **rows})
        return
    signers = {"csca": csca, "document signer": document, **{f"seal signer {name}": c for name, c in newest.items()}}
    for role, c in signers.items():
        if c is not None:
            period = f"{c.not_before.date().isoformat()} to {c.not_after.date().isoformat()}"
            _terminal.line(f"{role:<38}{c.subject_text}  {c.key.name}  {period}")


def _row(c: Certificate) -> dict[str, str]:
    return {
        "subject": c.subject_text,
        "serial": f"{c.serial:X}",
        "sha256": c.sha256,
        "key": c.key.name,
        "not_before": c.not_before.isoformat(),
        "not_after": c.not_after.isoformat(),
    }
