"""Arguments and output of all commands. Nothing is decided here."""

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tjdocs import inputs, limits, times
from tjdocs.cli import _options, _terminal
from tjdocs.errors import InputError, UsageError
from tjdocs.escaping import printable
from tjdocs.mrz.normalising import decoded
from tjdocs.spans import Span
from tjdocs.times import PartialDate, read_birth

if TYPE_CHECKING:
    from tjdocs.border.report.wording import Texts
    from tjdocs.findings import Finding
    from tjdocs.pki.trust.store import TrustStore

Json = _options.Json
At = Annotated[
    str, typer.Option("--at", metavar="DATE-OR-MOMENT", help="Time of the command, ISO 8601; a moment with its offset.")
]
Trust = Annotated[
    list[str] | None, typer.Option("--trust", help="A trust store, or a certificate that is an anchor; repeatable.")
]
TrustDigest = Annotated[str, typer.Option("--trust-digest", help="Digest of the trusted set, pinned.")]
Crl = Annotated[list[str] | None, typer.Option("--crl", help="A revocation list; repeatable.")]
SealSigner = Annotated[
    list[str] | None,
    typer.Option("--seal-signer", "--signer", help="Certificate of a seal signer, not trusted for that; repeatable."),
]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--types", envvar="TJDOCS_DOCUMENT_TYPES", help="Folder or file of further document types; repeatable."
    ),
]
PassphraseFile = Annotated[
    str, typer.Option("--passphrase-file", help="File with the passphrase; else TJDOCS_PASSPHRASE.")
]


def given(text: str) -> date | datetime:
    """Return ``--at`` as a date or a moment; without it, the present moment."""
    return times.read(text, f"--at {text}") if text else datetime.now(UTC)


def moment(text: str) -> datetime:
    """Return ``--at`` as a moment with the offset of the home time zone."""
    return times.moment_of(given(text), f"--at {text}")


def day(text: str) -> date:
    """Return ``--at`` as a day; a moment has its day in the home time zone."""
    return times.day_of(given(text), f"--at {text}")


def date_of_birth(text: str) -> date | PartialDate | None:
    """Return ``--date-of-birth``, or its known part; None without one. The error does not repeat the text.

    :raises UsageError: it is not a date
    """
    try:
        return read_birth(text) if text else None
    except ValueError:
        raise UsageError("not a date", where="--date-of-birth", hint="YYYY-MM-DD, YYYY-MM or YYYY") from None


def read_passphrase(path: str) -> bytes:
    """Return the passphrase in a file."""
    return read_file(path, limits.TEXT).rstrip(b"\r\n")


def passphrase(path: str) -> bytes | None:
    """Return the passphrase from a file or the environment, None without one."""
    if path:
        return read_passphrase(path)
    value = os.environ.get("TJDOCS_PASSPHRASE")
    return value.encode() if value else None


def read_file(path: str, limit: int = limits.INPUT_FILE) -> bytes:
    """Read a file, or standard input for ``-``.

    :raises InputError: it cannot be read, is empty, or is over the limit
    """
    if path != "-":
        data = inputs.read_file(path, limit)
    elif len(data := sys.stdin.buffer.read(limit + 1)) > limit:
        raise InputError("over the limit", where=path, hint=f"at most {limit} bytes are read")
    if not data:
        raise InputError("empty", where=path, hint="name a file with content")
    return data


def read_text(path: str) -> str:
    """Read text in UTF-8 or UTF-16. Other bytes do not raise: a scanner's text is data, not a call."""
    return decoded(read_file(path, limits.TEXT))


def read_json(path: str) -> dict[str, Any]:
    """Read a JSON object.

    :raises InputError: it is not one
    """
    return inputs.json_object(read_file(path), where=path)


def trust(paths: list[str], crls: list[str], digest: str = "", signers: Iterable[str] = ()) -> "TrustStore":
    """Open trust stores and certificates of ``--trust`` and CRLs of ``--crl`` as one store.

    :param signers: files of certificates that are known, and not trusted for that
    :raises UsageError: ``digest`` pins other trusted certificates
    """
    from tjdocs.pki.trust.import_files import read_certificates, read_crls
    from tjdocs.pki.trust.store import TrustStore

    stores = [_trust(path) for path in paths]
    store = TrustStore.of(()).merged(stores) if len(stores) != 1 or crls else stores[0]
    if crls:
        store = store.merged([TrustStore.of((), crls=[crl for path in crls for crl in read_crls(path)])])
    if known := [certificate for path in signers for certificate in read_certificates(path)]:
        store = store.merged([TrustStore.of((), known)])
    if digest and store.digest != digest.lower():
        if store.certificates_digest != digest.lower():
            raise UsageError("the trusted certificates are not those pinned", where=f"--trust-digest {digest}")
        note = f"pins the certificates alone; {store.digest} pins also who said so"
        _terminal.error(f"tjdocs: --trust-digest: {note}")
    if digest and (without := store.lists_without_signers):
        # an older store has none, and anyone who can write the file can delete them
        note = f"whether the signers of {', '.join(without)} are revoked cannot be told: import these lists again"
        _terminal.error(f"tjdocs: --trust-digest: {note}")
    return store


def _trust(path: str) -> "TrustStore":
    from tjdocs.pki.trust.import_files import read_certificates
    from tjdocs.pki.trust.store import TrustStore

    try:
        with open(path, "rb") as file:
            is_store = file.read(16) == b"SQLite format 3\x00"
    except OSError as error:
        raise InputError("cannot read", where=path, hint=error.strerror or "") from None
    return TrustStore(path) if is_store else TrustStore.of(read_certificates(path))


def show_json(value: object) -> None:
    """Print one JSON value on standard output."""
    _terminal.json_value(value)


_STYLES = {
    "passed": "green",
    "met": "green",
    "admit": "bold green",
    "warning": "yellow",
    "undetermined": "yellow",
    "cannot tell": "yellow",
    "refer": "bold yellow",
    "failed": "red",
    "not met": "red",
    "refuse": "bold red",
    "aborted": "magenta",
    "not-applicable": "dim",
    "VALID": "bold green",
    "INVALID": "bold red",
}


def styled(word: str, width: int = 0) -> Text:
    """Return an outcome or verdict in its colour."""
    return Text(word.ljust(width), style=_STYLES.get(word, ""))


def show_findings(findings: "Iterable[Finding]", words: "Texts | None" = None) -> None:
    """Print findings, one a line: outcome, check, subject, reason with its explanation, detail.

    :param words: texts of the language of outcome and explanation; English without them
    """
    from tjdocs.findings import checks

    for finding in findings:
        line = styled(str(finding.outcome), 15)
        if words is not None:
            line.plain = f"{words.outcome(finding.outcome):<15}"
        line.append(f"{finding.check:<19} {finding.subject:<7} ")
        detail, explained = finding.detail, checks()[finding.check].reasons.get(finding.reason, "")
        if words is not None:
            from tjdocs.border.report.details import explain, say

            detail, explained = say(finding, words), explain(finding.check, finding.reason, words)[0]
        if finding.reason:
            line.append(f"{finding.reason}" + (f": {explained}" if explained and explained not in detail else ""))
        if detail and detail != finding.reason:
            line.append(f" ({detail})", style="dim")
        line.rstrip()
        _terminal.paragraph(line, indent=" " * 16)


def show_spans(spans: Iterable[Span]) -> None:
    """Print labelled bytes: offset, length, meaning, value, first bytes."""
    for span in spans:
        head = span.data[:12].hex() + ("…" if len(span.data) > 12 else "")
        line = Text(f"{span.offset:>7} {len(span.data):>7}  ", style="dim")
        line.append("  " * span.depth + span.meaning)
        if span.value:
            line.append(f" = {span.value}", style="bold")
        line.append(f"  [{span.clause}]  {head}", style="dim")
        _terminal.line(line)


def show_table(rows: Iterable[Mapping[str, object]], columns: list[str]) -> None:
    """Print rows as aligned columns."""
    texts = [[printable(str(row[column])) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in [columns, *texts]) for i in range(len(columns))]
    for line in [columns, *texts]:
        _terminal.line("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
