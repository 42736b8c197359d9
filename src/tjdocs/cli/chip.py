"""``tjdocs chip``: read a chip and judge it as ``tjdocs verify`` judges files, or be one in a virtual reader."""

import contextlib
import time
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from tjdocs import chip, mrz
from tjdocs.border import Evidence, Inspector
from tjdocs.border.report.wording import texts
from tjdocs.cli import _io, _streams, _terminal, _verdicts
from tjdocs.errors import InputError, UsageError
from tjdocs.lds import ef_catalogue
from tjdocs.office import output_folder
from tjdocs.office.emulated_card import emulated_card
from tjdocs.pki import cvc

app = typer.Typer(help="The chip: read one, live or emulated.", no_args_is_help=True)


def _show_faults(asked: bool) -> None:
    """List the card faults, each with the findings of a right reader, and end."""
    if not asked:
        return
    from tjdocs.chip import card_faults

    for fault in card_faults.faults():
        _terminal.line(fault.name + (f" ({', '.join(fault.variants)})" if fault.variants else ""))
        _terminal.line(f"  {fault.text}")
        for finding in fault.expected():
            place = f" ({finding.subject})" if finding.subject else ""
            reason = "" if finding.reason in ("", "*") else f": {finding.reason}"
            _terminal.line(f"  {finding.check}{place} {finding.outcome}{reason}")
    raise typer.Exit


_Fault = Annotated[
    str, typer.Option("--fault", help="Let the emulated card do one thing wrong: NAME, or NAME/VARIANT.")
]
_Faults = Annotated[
    bool,
    typer.Option(
        "--faults", callback=_show_faults, is_eager=True, help="List the faults, each with the right finding."
    ),
]


_Bac = Annotated[bool, typer.Option("--bac", help="Let the emulated card have basic access control in place of PACE.")]


@app.command("read")
def read(
    mrz_text: Annotated[str, typer.Option("--mrz", help="The printed MRZ, or - to read it from standard input.")] = "",
    mrz_picture: Annotated[str, typer.Option("--mrz-picture", help="A picture of the page; its MRZ is read.")] = "",
    can: Annotated[str, typer.Option("--can", help="The card access number printed on the document.")] = "",
    reader: Annotated[str, typer.Option("--reader", help="Name of the PC/SC reader, or the beginning of it.")] = "",
    emulate: Annotated[
        str, typer.Option("--emulate", help="Read the card in memory that is made of this issued document's folder.")
    ] = "",
    bac: _Bac = False,
    fault: _Fault = "",
    faults: _Faults = False,
    out: Annotated[str, typer.Option("--out", help="Write the files read into this new folder.")] = "",
    terminal: Annotated[
        str,
        typer.Option(
            "--terminal",
            help="Folder of a terminal that may read DG3 and DG4: key.pem or key.der, and its certificates, *.cvc.",
        ),
    ] = "",
    bac_after_pace: Annotated[
        bool, typer.Option("--bac-after-pace", help="Run basic access control where PACE failed; it is reported.")
    ] = False,
    trust: _io.Trust = None,
    trust_digest: _io.TrustDigest = "",
    crl: _io.Crl = None,
    policy: _verdicts.PolicyFile = "",
    types: _io.Types = None,
    lang: Annotated[str, typer.Option("--lang", help="Of report and text: en, ru or tg.")] = "",
    report: Annotated[str, typer.Option("--report", help="Write an HTML report here.")] = "",
    verbose: _verdicts.Verbose = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Read a chip and judge it. Exit status 1 unless the verdict is admit."""
    for option, given in (("--fault", bool(fault)), ("--bac", bac)):
        if given and not emulate:
            raise UsageError("an option of an emulated card", where=option, hint="give --emulate")
    words = texts(lang or "en")
    store = _io.trust(trust or [], crl or [], trust_digest)
    known = _verdicts.types(types)
    inspector = Inspector(trust=store, policy=_verdicts.policy(policy, known), types=known)
    moment = _io.given(at)
    printed = _printed(mrz_text, mrz_picture, moment)
    transport: chip.Transport
    if emulate:
        transport, zone = emulated_card(Path(emulate), at=_io.day(at), bac=bac, fault=fault)
        printed = printed or (None if can else zone)
    else:
        from tjdocs.chip.pcsc import PcscTransport

        transport = PcscTransport(reader)
    password: chip.MrzKey | chip.Can
    if can:
        password = chip.Can(can)
    elif printed is not None:
        password = chip.MrzKey.of(printed)
    else:
        raise UsageError(
            "the password of the chip is missing", where="--mrz", hint="give --mrz, --mrz-picture or --can"
        )
    rights = _terminal_of(Path(terminal)) if terminal else None
    with _streams.bytes_read() as show:
        reading = chip.read(transport, password, terminal=rights, bac_after_pace=bac_after_pace, progress=show)
    if out:
        output_folder.write(Path(out), {ef_catalogue.file_name(name): data for name, data in reading.files.items()})
    evidence = Evidence(mrz=list(printed.lines) if printed is not None else None, chip=reading)
    verdict = inspector.inspect(evidence, at=moment)
    if report:
        from tjdocs.border.report.html_report import write_report

        write_report(verdict, report, lang=words.language)
    if as_json:
        _io.show_json(verdict.as_json())
    else:
        _verdicts.show(verdict, words, verbose=verbose)
    raise typer.Exit(0 if verdict.decision == "admit" else 1)


@app.command("list")
def list_readers(as_json: _io.Json = False) -> None:
    """Name the PC/SC readers of this machine (extra pcsc). Exit status 1 without any."""
    from tjdocs.chip.pcsc import readers

    names = readers()
    if as_json:
        _io.show_json({"schema": 1, "readers": list(names)})
    else:
        for name in names:
            _terminal.line(name)
    raise typer.Exit(0 if names else 1)


@app.command("emulate")
def emulate(
    folder: Annotated[str, typer.Argument(help="Folder of an issued document.")],
    can: Annotated[str, typer.Option("--can", help="Its card access number, a second password of PACE.")] = "",
    bac: _Bac = False,
    fault: _Fault = "",
    faults: _Faults = False,
    authority: Annotated[
        str, typer.Option("--ta", help="The CVCA's certificate: its terminals may read DG3 and DG4.")
    ] = "",
    host: Annotated[str, typer.Option("--host", help="The machine of pcscd.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="The port of the virtual reader.", min=1, max=65535)] = 35963,
    at: _io.At = "",
) -> None:
    """Put the card of an issued document into a virtual reader of PC/SC, until interrupted."""
    from tjdocs.chip import vpcd

    terminals = _trusted(authority) if authority else None
    second = chip.Can(can) if can else None
    card, _ = emulated_card(Path(folder), at=_io.day(at), can=second, bac=bac, fault=fault, terminals=terminals)
    card.wait = time.sleep
    with contextlib.suppress(KeyboardInterrupt):
        vpcd.serve(card, host, port)


def _printed(text: str, picture: str, at: date | datetime) -> mrz.Mrz | None:
    if text and picture:
        raise UsageError("two MRZs", where="--mrz-picture", hint="give the MRZ or a picture of it")
    day = at.date() if isinstance(at, datetime) else at
    if picture:
        return mrz.read(_io.read_file(picture), at=day)
    if not text:
        return None
    return mrz.parse(_io.read_text("-") if text == "-" else "\n".join(text.split()), at=day)


def _terminal_of(folder: Path) -> chip.Terminal:
    """Return the terminal whose key and certificates are in a folder.

    :raises InputError: missing files, or files of another kind than their names
    """
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    pem = folder / "key.pem"
    data = _io.read_file(str(pem if pem.exists() else folder / "key.der"))
    try:
        key = load_pem_private_key(data, None) if pem.exists() else load_der_private_key(data, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise InputError("not a private key", where=str(folder), hint="RSA or elliptic curve, without a password")
    return chip.Terminal.of([_io.read_file(str(path)) for path in sorted(folder.glob("*.cvc"))], key)


def _trusted(path: str) -> cvc.TerminalTrust:
    try:
        certificate = cvc.CvCertificate.parse(_io.read_file(path))
    except cvc.CvcError as error:
        raise InputError("not a card-verifiable certificate", where=path, hint=error.reason) from None
    return cvc.TerminalTrust.of(certificate)
