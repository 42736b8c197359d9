"""``tjdocs verify``, ``tjdocs sod show``, ``tjdocs dissect``."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tjdocs import mrz, seal
from tjdocs.border import Evidence, Inspector
from tjdocs.border.report.wording import texts
from tjdocs.cli import _io, _terminal, _verdicts
from tjdocs.errors import InputError
from tjdocs.lds import LdsError, ef_catalogue, ef_sod, ef_sod_spans
from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.ef_sod import EfSod, SodError
from tjdocs.pki import certificate_spans as certificate
from tjdocs.pki.trust.import_files import read_certificate
from tjdocs.seal import bar_code, vds_header
from tjdocs.spans import Span

sod_app = typer.Typer(help="EF.SOD.", no_args_is_help=True)


def verify(
    path: Annotated[str, typer.Argument(help="Folder of EF files.")],
    trust: _io.Trust = None,
    trust_digest: _io.TrustDigest = "",
    mrz_file: Annotated[str, typer.Option("--mrz", help="File with the printed zone.")] = "",
    crl: _io.Crl = None,
    seal_file: Annotated[str, typer.Option("--seal", help="The seal's bytes, or a PNG or JPEG picture of it.")] = "",
    signer: _io.SealSigner = None,
    policy: _verdicts.PolicyFile = "",
    types: _io.Types = None,
    lang: Annotated[str, typer.Option("--lang", help="Of report and text: en, ru or tg.")] = "",
    report: Annotated[str, typer.Option("--report", help="Write an HTML report here.")] = "",
    verbose: _verdicts.Verbose = False,
    at: _io.At = "",
    as_json: _io.Json = False,
) -> None:
    """Judge the files of a chip. Exit status 1 unless the verdict is admit."""
    words = texts(lang or "en")
    store = _io.trust(trust or [], crl or [], trust_digest, signer or ())
    sealed = _io.read_file(seal_file) if seal_file else None
    evidence = Evidence(mrz=_io.read_text(mrz_file) if mrz_file else None, chip=path, seal=sealed)
    known = _verdicts.types(types)
    inspector = Inspector(trust=store, policy=_verdicts.policy(policy, known), types=known)
    verdict = inspector.inspect(evidence, at=_io.given(at))
    if report:
        from tjdocs.border.report.html_report import write_report

        write_report(verdict, report, lang=words.language)
    if as_json:
        _io.show_json(verdict.as_json())
    else:
        _verdicts.show(verdict, words, verbose=verbose)
    raise typer.Exit(0 if verdict.decision == "admit" else 1)


@sod_app.command("show")
def sod_show(path: Annotated[str, typer.Argument(metavar="FILE", help="EF.SOD.")], as_json: _io.Json = False) -> None:
    """Show the content of an EF.SOD, without verifying it."""
    try:
        read = EfSod.parse(_io.read_file(path))
    except SodError as error:
        raise InputError("not readable as EF.SOD", where=path, hint=f"{error.reason}: {error}") from None
    security_object, signed = read.security_object, read.signed_data
    info = signed.signers[0]
    signer = next((c for c in signed.parsed_certificates if info.match(c) is not None), None)
    values = {
        "schema": 1,
        "lds_version": security_object.lds_version or None,
        "security_object_version": security_object.version,
        "hash_algorithm": security_object.hash or security_object.hash_oid,
        "data_groups": {str(number): value.hex() for number, value in sorted(security_object.hashes.items())},
        "signer_subject": signer.subject_text if signer else None,
        "signer_issuer": signer.issuer_text if signer else None,
        "signature_algorithm": info.signature_algorithm,
        "digest_algorithm": info.digest,
        "certificate_serial": f"{signer.serial:x}" if signer else None,
    }
    if as_json:
        _io.show_json(values)
        return
    for name, value in values.items():
        if isinstance(value, dict):
            for number, digest in value.items():
                _terminal.line(f"DG{number:<20}{digest}")
        elif name != "schema":
            _terminal.line(f"{name:<24}{value}")


def dissect(path: Annotated[str, typer.Argument(metavar="FILE")], as_json: _io.Json = False) -> None:
    """Show an MRZ, an EF file, a certificate or a seal as labelled bytes."""
    spans = _spans(_io.read_file(path), path)
    if as_json:
        _io.show_json({"schema": 1, "file": Path(path).name, "spans": [span.as_json() for span in spans]})
    else:
        _io.show_spans(spans)


def _spans(data: bytes, path: str) -> tuple[Span, ...]:
    if b"-----BEGIN CERTIFICATE-----" in data:
        data = read_certificate(path).raw
    if data[0] == vds_header.MAGIC:
        return seal.spans(data)
    if bar_code.is_picture(data) and not _is_text(data):
        return seal.spans(bar_code.read_bar_code(data))
    if data[0] == ef_sod.TAG:
        return ef_sod_spans.spans(data)
    if data[0] == 0x30 and len(spans := certificate.spans(data)) > 1:
        return spans
    if _is_text(data) and len(spans := mrz.spans(data.decode("ascii"))) > 1:
        return spans
    if ef_catalogue.by_tag(data[0]) is not None and not _is_text(data):
        return ef_catalogue.spans(data) + _zone_inside(data)
    raise InputError("nothing that is read", where=path, hint="give a zone, an EF file, a certificate or a seal")


def _zone_inside(data: bytes) -> tuple[Span, ...]:
    """Return the fields of the MRZ in DG1, at their places in the file."""
    try:
        zone = Dg1.parse(data).zone
    except LdsError:
        return ()
    start = data.index(zone.encode("latin-1"))  # as Dg1 reads it: a character for every byte
    return tuple(replace(span, offset=span.offset + start, depth=span.depth + 2) for span in mrz.spans(zone))


def _is_text(data: bytes) -> bool:
    return all(0x20 <= byte < 0x7F or byte in b"\r\n\t" for byte in data)
