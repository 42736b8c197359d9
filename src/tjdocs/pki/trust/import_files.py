"""Import master lists, certificates and CRLs into a trust store.

Trust is the receiver's decision: without an anchor all certificates are candidates, and not trusted.
"""

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from tjdocs import inputs, limits
from tjdocs.errors import InputError
from tjdocs.pki import certification_path, distinguished_name
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import Certificate, CertificateError
from tjdocs.pki.crl import Crl, CrlError
from tjdocs.pki.signed_data import CmsError
from tjdocs.pki.trust.master_list import MAX_LIST_SIZE, ListSignature, MasterList, Resolution, attempts_for, resolve
from tjdocs.pki.trust.store import Source, TrustStore
from tjdocs.times import aware

__all__ = ["SourceReport", "import_files", "read_certificate", "read_certificates", "read_crl", "read_crls"]

_ORDER = ("not-applicable", "passed", "warning", "undetermined", "failed")
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----")


# A SEQUENCE of 128 bytes or more, as every certificate and list is. Text may begin with its tag, the digit 0.
_DER = re.compile(rb"\x30[\x80-\x84]")


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The content of one file; counts are within that file alone.

    :param certificates: number of its certificates
    :param new: number of those that the store did not have
    :param parsed: number of those with a public key that loads
    :param signature: outcome of the master list's own signature; ``not-applicable`` for other files
    :param signature_warnings: names of the defects with which the master list was read and verified
    :param signer_revocation: why the revocation status of the master list's signer is not settled after the import, by
        the reasons of ``pa.ds-revocation``; empty where it is settled, and for other files
    """

    source: str
    certificates: int
    new: int
    parsed: int
    verified_self: int
    verified_link: int
    unresolved: tuple[Resolution, ...] = field(repr=False)
    tolerated: tuple[Resolution, ...] = field(repr=False)
    signature: str
    signature_reason: str
    unreadable: int = 0
    crls: int = 0
    signer_revocation: str = ""
    signature_warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the report with the keys that the command line prints."""
        return {
            "source": self.source,
            "certificates": self.certificates,
            "new": self.new,
            "parsed": self.parsed,
            "verified_self": self.verified_self,
            "verified_link": self.verified_link,
            "unresolved": [_resolution_json(item) for item in self.unresolved],
            "warnings": [_resolution_json(item) for item in self.tolerated],
            "signature": self.signature,
            "signature_reason": self.signature_reason,
            "signature_warnings": list(self.signature_warnings),
            "signer_revocation": self.signer_revocation,
            "unreadable": self.unreadable,
            "crls": self.crls,
        }


def _resolution_json(item: Resolution) -> dict[str, str]:
    return {
        "subject": item.certificate.subject_text,
        "sha256": item.certificate.sha256,
        "reason": item.reason,
    }


def _read(path: Path) -> bytes:
    return inputs.read_file(path, MAX_LIST_SIZE)


def _blocks(data: bytes) -> Iterator[bytes]:
    """Yield the DER blocks of PEM text, or the data itself; a block that does not decode is empty."""
    if _DER.match(data) or b"-----BEGIN " not in data:
        yield data
        return
    blocks = list(_PEM.finditer(data))
    for match in blocks:
        try:
            yield base64.b64decode(b"".join(match[2].split()), validate=True)
        except ValueError:
            yield b""
    # a block with a header line, another end or a foreign character is an error, and not skipped in silence
    for _ in range(data.count(b"-----BEGIN ") - len(blocks)):
        yield b""


_CERTIFICATE = "not a certificate", "give an X.509 certificate, DER or PEM"
_CRL = "not a CRL", "give an X.509 revocation list, DER or PEM"
_T = TypeVar("_T")


def _first(path: str | Path, parse: Callable[[bytes], _T], error: type[Exception], words: tuple[str, str]) -> _T:
    """Return the first block of a file that can be parsed.

    :raises InputError: the file cannot be read, or has no such block
    """
    for block in _blocks(_read(Path(path))):
        with suppress(error):
            return parse(block)
    raise InputError(words[0], where=str(path), hint=words[1])


def read_certificate(path: str | Path) -> Certificate:
    """Read one certificate from a file, DER or PEM.

    :raises InputError: the file cannot be read, or has no certificate
    """
    return _first(path, Certificate.parse, CertificateError, _CERTIFICATE)


def read_certificates(path: str | Path) -> list[Certificate]:
    """Read every certificate of a file, DER or PEM.

    :raises InputError: the file cannot be read, or has no certificate
    """
    certificates = []
    for block in _blocks(_read(Path(path))):
        with suppress(CertificateError):
            certificates.append(Certificate.parse(block))
    if not certificates:
        raise InputError(_CERTIFICATE[0], where=str(path), hint=_CERTIFICATE[1])
    return certificates


def read_crls(path: str | Path) -> list[Crl]:
    """Read every certificate revocation list of a file, DER or PEM.

    :raises InputError: the file cannot be read, or a block is not a CRL
    """
    try:
        return [Crl.parse(block) for block in _blocks(_read(Path(path)))]
    except CrlError:
        raise InputError("not a CRL", where=str(path), hint="give X.509 revocation lists, DER or PEM") from None


def read_crl(path: str | Path) -> Crl:
    """Read one certificate revocation list from a file, DER or PEM.

    :raises InputError: the file cannot be read, or has no CRL
    """
    return _first(path, Crl.parse, CrlError, _CRL)


def _files(paths: Sequence[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(item for item in path.rglob("*") if item.is_file() and not item.is_symlink())
        else:
            yield path


def import_files(
    store: TrustStore,
    paths: Sequence[str | Path],
    *,
    anchors: Sequence[Certificate] = (),
    trust_candidates: bool = False,
    bilateral: bool = False,
    at: datetime,
) -> list[SourceReport]:
    """Import files, or all files of folders, into ``store``; one report a file, in order.

    The anchors are trusted. A master list whose signature leads to one of them makes its certificates trusted. Any
    other certificate is a candidate, unless ``trust_candidates`` is set.

    :param bilateral: the certificates were received from their States themselves, and are trusted for that
    :param at: the time of import, which is written with each source
    :raises InputError: a file cannot be read, has another format, or is a master list with ``bilateral``; it is then
        not imported
    :raises UsageError: ``at`` is naive, or not a moment
    """
    files = list(_files(paths))
    how = _How(anchors, trust_candidates, bilateral, aware(at), len(files))
    try:
        reports = [_import_file(store, path, how) for path in files]
    finally:
        _keep_waiting(store, how)
    for anchor in anchors:
        source = Source("anchor", anchor.sha256, kind="anchor", imported=how.imported)
        store.add(source, _placed(resolve([anchor]), store, attempts_for([anchor])), grounds={anchor.sha256: "anchor"})
    # a CRL with a master list's signer may be imported together with the master list, or after it
    revoked = store.revoked_signers
    return [
        replace(report, signature="failed", signature_reason="signer-revoked")
        if revoked & digests and report.signature in ("passed", "warning")
        else replace(report, signer_revocation=_unsettled(store, sources, how.at))
        for report, sources, digests in ((report, sources, _digests(sources)) for report, sources in reports)
    ]


def _digests(sources: Sequence[Source]) -> frozenset[str]:
    return frozenset(digest for source in sources for digest in source.signers)


def _unsettled(store: TrustStore, sources: Sequence[Source], at: datetime) -> str:
    return next(filter(None, (store.signer_revocation(source, at=at) for source in sources)), "")


@dataclass(frozen=True, slots=True)
class _How:
    """The settings of one import, for all its files."""

    anchors: Sequence[Certificate]
    trust_candidates: bool
    bilateral: bool
    at: datetime
    files: int
    waiting: list[tuple[Source, list[Crl]]] = field(default_factory=list)
    """Files with CRLs alone, to be written together: one write for each would take most of the time."""

    @property
    def imported(self) -> str:
        """The time of import, ISO 8601."""
        return self.at.astimezone(UTC).isoformat(timespec="seconds")

    def ground(self, *, on_list: bool) -> str:
        """Return why a certificate is trusted, empty when it is not."""
        if on_list:
            return "list"
        if self.bilateral:
            return "bilateral"
        return "candidates-trusted" if self.trust_candidates else ""


def _import_file(store: TrustStore, path: Path, how: _How) -> tuple[SourceReport, list[Source]]:
    """Import a file; return its report, and a source for each of its master lists."""
    data = _read(path)
    # the bound is divided among the files, so that no file uses another's part
    cost = limits.ATTEMPTS_COST / how.files + limits.LIST_COST_PER_BYTE * len(data)
    attempts = Attempts(certification_path.MAX_TRIED, cost)
    loose: list[Certificate] = []
    lists: list[tuple[bytes, MasterList, ListSignature]] = []
    crls: list[Crl] = []
    for block in _blocks(data):
        content = _recognise(block, path)
        if not isinstance(content, Crl):
            _keep_waiting(store, how)
        if isinstance(content, MasterList):
            if how.bilateral:
                hint = "import it without --bilateral: its signature vouches for it"
                raise InputError("a master list is not received bilaterally", where=str(path), hint=hint)
            known = [entry.certificate for entry in store.entries]
            own = content.verify(how.anchors, at=how.at, crls=store.crls, known=known, attempts=attempts)
            lists.append((block, content, own))
        elif isinstance(content, Crl):
            crls.append(content)
        else:
            loose.append(content)
    certificates = [c for _, content, _ in lists for c in content.certificates] + loose
    attempts = attempts_for(certificates, parts=how.files)
    resolutions = resolve(certificates, attempts=attempts)
    kinds = {certificate.sha256: kind for certificate, kind in _placed(resolutions, store, attempts)}
    new, sources = 0, []
    # several master lists in one file are several sources: each vouches for its own certificates alone
    for block, content, own in lists:
        source = Source(
            path.name,
            sha256(block).hexdigest(),
            own.outcome,
            "list",
            own.signer,
            own.anchor.sha256 if own.anchor else "",
            distinguished_name.state(own.anchor.subject) if own.anchor else "",
            own.signed,
            how.imported,
            " ".join(f"{certificate.sha256}:{certificate.key_digest}" for certificate in own.path),
        )
        sources.append(source)
        ground, signers = how.ground(on_list=source.vouches), (*own.path, *own.beside)
        new += _add(store, source, content.certificates, kinds, ground, signers=signers)
    if loose or crls:
        kind = "bilateral" if how.bilateral else "file"
        source = Source(path.name, sha256(data).hexdigest(), "not-applicable", kind, imported=how.imported)
        if not (loose or lists):
            how.waiting.append((source, crls))
        else:
            new += _add(store, source, loose, kinds, how.ground(on_list=False), crls)
    signature = max((own for _, _, own in lists), key=lambda own: _ORDER.index(own.outcome), default=_NO_LIST)
    unreadable = sum(len(content.unreadable) for _, content, _ in lists)
    report = SourceReport(
        str(path),
        len(certificates) + unreadable,
        new,
        sum(c.key.kind != "unsupported" for c in certificates),
        sum(r.kind == "self-signed" for r in resolutions),
        sum(r.kind == "link" for r in resolutions),
        tuple(r for r in resolutions if r.kind == "unresolved"),
        tuple(r for r in resolutions if r.kind != "unresolved" and r.reason),
        signature.outcome,
        signature.reason,
        unreadable,
        len(crls),
        signature_warnings=tuple(dict.fromkeys(name for _, _, own in lists for name in own.warnings)),
    )
    return report, sources


_NO_LIST = ListSignature("not-applicable")


def _keep_waiting(store: TrustStore, how: _How) -> None:
    if how.waiting:
        store.add_crls(how.waiting)
        how.waiting.clear()


def _add(
    store: TrustStore,
    source: Source,
    certificates: Sequence[Certificate],
    kinds: dict[str, str],
    ground: str,
    crls: Sequence[Crl] = (),
    signers: Sequence[Certificate] = (),
) -> int:
    grounds = {c.sha256: ground for c in certificates} if ground else {}
    return store.add(source, [(c, kinds[c.sha256]) for c in certificates], grounds=grounds, crls=crls, signers=signers)


def _placed(resolutions: list[Resolution], store: TrustStore, attempts: Attempts) -> list[tuple[Certificate, str]]:
    """Return each certificate with its kind; issuers that the file lacks are searched in the store."""
    orphans = [r.certificate for r in resolutions if r.kind == "unresolved"]
    again = {r.certificate.sha256: r.kind for r in resolve(orphans, store, attempts=attempts)} if orphans else {}
    return [(r.certificate, again.get(r.certificate.sha256, r.kind)) for r in resolutions]


_READERS: tuple[tuple[Callable[[bytes], MasterList | Certificate | Crl], type[Exception]], ...] = (
    (Certificate.parse, CertificateError),
    (MasterList.parse, CmsError),
    (Crl.parse, CrlError),
)


def _recognise(block: bytes, path: Path) -> MasterList | Certificate | Crl:
    first = _likely(block)
    # a parser that fails also tries BER, which takes ten times as long as DER
    for parse, error in sorted(_READERS, key=lambda pair: pair[1] is not first):
        with suppress(error):
            return parse(block)
    raise InputError("nothing to import", where=str(path), hint="give master lists, certificates or CRLs")


def _likely(block: bytes) -> type[Exception]:
    """Return the error of the parser that a block's first bytes suggest; another one may still read it."""
    inside = _content(block)
    if inside[:1] == b"\x06":  # the content type of SignedData
        return CmsError
    # the version of a certificate (2 or 3) has a context tag, that of a CRL is an INTEGER
    return CrlError if _content(inside)[:1] == b"\x02" else CertificateError


def _content(data: bytes) -> bytes:
    """Return the beginning of a SEQUENCE's content, empty for other data."""
    if data[:1] != b"\x30" or len(data) < 2:
        return b""
    return data[2 + (data[1] & 0x7F if data[1] > 0x80 else 0) :][:16]
