"""Import master lists, certificates and CRLs into a trust store.

Trust is the receiver's decision: without an anchor all certificates are candidates, and not trusted.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from tjdocs import inputs, limits
from tjdocs.errors import InputError
from tjdocs.pki import certification_path, distinguished_name
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import Certificate, CertificateError
from tjdocs.pki.crl import Crl, CrlError
from tjdocs.pki.signed_data import CmsError
from tjdocs.pki.trust import import_forms, revocation
from tjdocs.pki.trust.master_list import MAX_LIST_SIZE, ListSignature, MasterList, Resolution, attempts_for, resolve
from tjdocs.pki.trust.store import Entry, Source, TrustStore
from tjdocs.times import aware

__all__ = [
    "CrlReport",
    "SourceReport",
    "Unread",
    "import_files",
    "read_certificate",
    "read_certificates",
    "read_crl",
    "read_crls",
]

_ORDER = ("not-applicable", "passed", "warning", "undetermined", "failed")


class Unread(NamedTuple):
    """Something that a file has and that was not read.

    :param item: its place in the file and its SHA-256, empty for the whole file
    :param reason: why, in English
    :param damaged: whether it seems to be meant as a certificate, CRL or list; text of another kind does not
    """

    item: str
    reason: str
    damaged: bool


class CrlReport(NamedTuple):
    """A CRL of a file.

    :param country: of its issuer, two letters, empty without one
    :param signature: the outcome of its signature against the store after the import; ``reason``, by the words of
        :func:`tjdocs.pki.trust.revocation.judge_crl`
    """

    issuer: str
    country: str
    this_update: datetime
    next_update: datetime | None
    revoked: int
    sha256: str
    signature: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The content of one file.

    :param certificates: number of its certificates
    :param new: number of those that the store did not have
    :param parsed: number of those with a public key that loads
    :param verified_self: number of those whose own key verifies them; ``verified_link``, another key of the store
    :param unresolved: those whose issuer is not in the store after the import
    :param trusted: those that the store trusts after the import, in themselves or by a path
    :param signature: outcome of the master list's own signature; ``not-applicable`` for other files
    :param signer_revocation: why the revocation status of the master list's signer is not settled after the import, by
        the reasons of ``pa.ds-revocation``; empty where it is settled, and for other files
    :param notes: forms other than DER and PEM (``base64``, ``pkcs7``, ``trailing-bytes``, ``zip``), defects of a master
        list, and ``no-certificates``
    """

    source: str
    certificates: int = 0
    new: int = 0
    parsed: int = 0
    verified_self: int = 0
    verified_link: int = 0
    unresolved: tuple[Resolution, ...] = field(default=(), repr=False)
    tolerated: tuple[Resolution, ...] = field(default=(), repr=False)
    signature: str = "not-applicable"
    signature_reason: str = ""
    unread: tuple[Unread, ...] = ()
    crl_reports: tuple[CrlReport, ...] = ()
    signer_revocation: str = ""
    content: tuple[Certificate, ...] = field(default=(), repr=False)
    trusted: tuple[Certificate, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()

    @property
    def unreadable(self) -> int:
        """Number of its items that were not read."""
        return len(self.unread)

    @property
    def crls(self) -> int:
        """Number of its CRLs."""
        return len(self.crl_reports)

    @property
    def accepted(self) -> bool:
        """Whether nothing of it is damaged, and no signature failed."""
        failed = [self.signature, *(crl.signature for crl in self.crl_reports)]
        return "failed" not in failed and not any(item.damaged for item in self.unread)

    def as_json(self) -> dict[str, Any]:
        """Return the report with the keys that the command line prints."""
        return {
            "source": self.source,
            "certificates": self.certificates,
            "new": self.new,
            "parsed": self.parsed,
            "trusted": len(self.trusted),
            "verified_self": self.verified_self,
            "verified_link": self.verified_link,
            "unresolved": [_resolution_json(item) for item in self.unresolved],
            "warnings": [_resolution_json(item) for item in self.tolerated],
            "signature": self.signature,
            "signature_reason": self.signature_reason,
            "signer_revocation": self.signer_revocation,
            "unreadable": self.unreadable,
            "unreadable_items": [item._asdict() for item in self.unread],
            "crls": self.crls,
            "crl_items": [_crl_json(crl) for crl in self.crl_reports],
            "notes": list(self.notes),
        }


def _crl_json(crl: CrlReport) -> dict[str, Any]:
    row = crl._asdict()
    row["this_update"] = crl.this_update.isoformat()
    row["next_update"] = crl.next_update.isoformat() if crl.next_update else None
    return row


def _resolution_json(item: Resolution) -> dict[str, str]:
    return {
        "subject": item.certificate.subject_text,
        "sha256": item.certificate.sha256,
        "reason": item.reason,
    }


def _read(path: Path) -> bytes:
    return inputs.read_file(path, MAX_LIST_SIZE)


_CERTIFICATE = "not a certificate", "give an X.509 certificate, DER or PEM"
_CRL = "not a CRL", "give an X.509 revocation list, DER or PEM"
_T = TypeVar("_T")


def _first(path: str | Path, parse: Callable[[bytes], _T], error: type[Exception], words: tuple[str, str]) -> _T:
    """Return the first block of a file that can be parsed.

    :raises InputError: the file cannot be read, or has no such block
    """
    for block in import_forms.blocks(_read(Path(path))):
        with suppress(error):
            return parse(block.data)
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
    for block in import_forms.blocks(_read(Path(path))):
        with suppress(CertificateError):
            certificates.append(Certificate.parse(block.data))
    if not certificates:
        raise InputError(_CERTIFICATE[0], where=str(path), hint=_CERTIFICATE[1])
    return certificates


def read_crls(path: str | Path) -> list[Crl]:
    """Read every certificate revocation list of a file, DER or PEM.

    :raises InputError: the file cannot be read, or a block is not a CRL
    """
    try:
        return [Crl.parse(block.data) for block in import_forms.blocks(_read(Path(path)))]
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
    """Import files, or all files of folders and ZIP archives, into ``store``; one report a file, in order.

    The anchors are trusted. A master list whose signature leads to one of them, to an anchor of the store, or to a
    certificate received bilaterally makes its CSCA certificates trusted. Any other certificate is a candidate, unless
    ``trust_candidates`` is set. A file or an item that cannot be read is in the reports, and the others are imported.

    :param bilateral: the certificates were received from their States themselves, and are trusted for that; a master
        list is then not imported
    :param at: the time of import, which is written with each source
    :raises InputError: a path is missing, or nothing of all files can be imported
    :raises UsageError: ``at`` is naive, or not a moment
    """
    files = list(_files(paths))
    for missing in (path for path in files if not path.exists()):
        _read(missing)  # raises the error of that path, before anything is imported
    own = [entry.certificate for entry in store.entries if _vouches(entry) and store.trusted(entry.certificate)]
    how = _How(list(dict.fromkeys((*anchors, *own))), trust_candidates, bilateral, aware(at), len(files))
    try:
        imported = [item for path in files for item in _import_path(store, path, how)]
    finally:
        _keep_waiting(store, how)
    if imported and not any(item.read for item in imported):
        raise _nothing(imported)
    for anchor in anchors:
        source = Source("anchor", anchor.sha256, kind="anchor", imported=how.imported)
        store.add(source, [(anchor, "unresolved")], grounds={anchor.sha256: "anchor"})
    older = _settle(store, imported, anchors)
    store.settle({r.certificate.sha256: r.kind for r in older if r.kind != "unresolved"})
    return [_finished(store, item, how) for item in imported]


def _vouches(entry: Entry) -> bool:
    """Whether a master list may rest on a certificate: its receiver chose it, and no other list brought it."""
    return bool({"anchor", "bilateral"} & set(entry.grounds))


@dataclass(slots=True)
class _Imported:
    """A file whose content is in the store, before the files after it are."""

    report: SourceReport
    sources: list[Source] = field(default_factory=list)
    crls: list[Crl] = field(default_factory=list)
    lists: int = 0
    parts: int = 1
    resolutions: list[Resolution] = field(default_factory=list)
    attempts: Attempts = field(default_factory=lambda: Attempts(0))

    @property
    def read(self) -> bool:
        return bool(self.report.content or self.crls or self.lists)


def _nothing(imported: Sequence[_Imported]) -> InputError:
    """Return the error of an import of which nothing can be read."""
    first = imported[0].report
    where = first.source if len(imported) == 1 else f"{first.source} and {len(imported) - 1} more"
    unread = first.unread[0]
    if unread.reason == _BILATERAL:
        return InputError(
            unread.reason, where=where, hint="import it without --bilateral: its signature vouches for it"
        )
    message = "nothing to import" if unread.reason in _KINDS else unread.reason
    return InputError(message, where=where, hint="give master lists, certificates or CRLs")


def _settle(store: TrustStore, imported: Sequence[_Imported], anchors: Sequence[Certificate]) -> list[Resolution]:
    """Find the issuers of all certificates in the whole store; return those of its unresolved certificates."""
    for item in imported:
        if item.report.content:
            item.attempts = attempts_for(item.report.content, parts=item.parts)
            item.resolutions = resolve(item.report.content, store, attempts=item.attempts)
    now = {r.certificate.sha256: r for item in imported for r in item.resolutions}
    older = [e.certificate for e in store.entries if e.kind == "unresolved" and e.certificate.sha256 not in now]
    return [*now.values(), *resolve(older, store, attempts=attempts_for(older))]


def _finished(store: TrustStore, item: _Imported, how: "_How") -> SourceReport:
    """Return a file's report, as the store is after the whole import."""
    report, results = item.report, item.resolutions
    listed = {crl.sha256: crl for crl in store.crls} if item.crls else {}
    roles = [
        Resolution(certificate, "", None, "not-a-ca")
        for certificate in report.content
        if item.lists and not _may_be_csca(certificate)
    ]
    report = replace(
        report,
        verified_self=sum(r.kind == "self-signed" for r in results),
        verified_link=sum(r.kind == "link" for r in results),
        unresolved=tuple(r for r in results if r.kind == "unresolved"),
        tolerated=(*(r for r in results if r.kind != "unresolved" and r.reason), *roles),
        trusted=tuple(r.certificate for r in results if _is_trusted(r, store, item.attempts)),
        crl_reports=tuple(_crl_report(crl, listed.get(crl.sha256, crl), store) for crl in item.crls),
    )
    # a CRL with a master list's signer may be imported together with the master list, or after it
    if store.revoked_signers & _digests(item.sources) and report.signature in ("passed", "warning"):
        return replace(report, signature="failed", signature_reason="signer-revoked")
    return replace(report, signer_revocation=_unsettled(store, item.sources, how.at))


def _is_trusted(result: Resolution, store: TrustStore, attempts: Attempts) -> bool:
    """Whether a certificate is trusted, or another key vouches for it on a path to a trusted one."""
    certificate = result.certificate
    if store.trusted(certificate):
        return True
    return result.kind == "link" and certification_path.build(certificate, store, attempts=attempts).valid is True


def _crl_report(crl: Crl, kept: Crl, store: TrustStore) -> CrlReport:
    outcome, reason = revocation.judge_crl(kept, store)
    return CrlReport(
        distinguished_name.text(crl.issuer),
        crl.country,
        crl.this_update,
        crl.next_update,
        len(crl.serials),
        crl.sha256,
        str(outcome),
        reason,
    )


def _may_be_csca(certificate: Certificate) -> bool:
    """Whether a certificate on a master list may be a CSCA's; a link certificate that contradicts itself may."""
    return certification_path.role_of(certificate)[0] != "not-a-ca"


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


def _import_path(store: TrustStore, path: Path, how: _How) -> Iterator[_Imported]:
    """Import a file, or each file of an archive."""
    try:
        data = _read(path)
    except InputError as error:
        reason = f"{error.message}: {error.hint}" if error.hint else error.message
        yield _Imported(SourceReport(str(path), unread=(Unread("", reason, True),)))
        return
    files = import_forms.contents(data)
    for file in files:
        label = f"{path}/{file.inside}" if file.inside else str(path)
        if file.problem:
            yield _Imported(SourceReport(label, unread=(Unread("", file.problem, True),)))
        else:
            name = Path(file.inside).name if file.inside else path.name
            yield _import_file(store, _File(name, label, file.data, bool(file.inside), how.files * len(files)), how)


class _File(NamedTuple):
    name: str
    label: str
    data: bytes
    is_inside: bool
    parts: int  # among which the bound on the cost of the import is divided


_KINDS = ("not a certificate, CRL or master list", "damaged, or of another format")
_BILATERAL = "a master list is not received bilaterally"


def _import_file(store: TrustStore, file: _File, how: _How) -> _Imported:
    """Import a file; a source for each of its master lists."""
    data = file.data
    # the bound is divided among the files, so that no file uses another's part
    cost = limits.ATTEMPTS_COST / file.parts + limits.LIST_COST_PER_BYTE * len(data)
    attempts = Attempts(certification_path.MAX_TRIED, cost)
    loose: list[Certificate] = []
    lists: list[tuple[bytes, MasterList, ListSignature]] = []
    crls: list[Crl] = []
    unread: list[Unread] = []
    notes: dict[str, None] = {"zip": None} if file.is_inside else {}
    for block in import_forms.blocks(data):
        content = _recognise(block.data)
        if content is None:
            damaged = bool(block.place) or import_forms.looks_damaged(data)
            unread.append(Unread(block.place, _KINDS[damaged], damaged))
            continue
        notes |= dict.fromkeys(block.forms)
        if not isinstance(content, Crl):
            _keep_waiting(store, how)
        if isinstance(content, MasterList):
            if how.bilateral:
                unread.append(Unread(block.place, _BILATERAL, True))
                continue
            known = [entry.certificate for entry in store.entries]
            own = content.verify(how.anchors, at=how.at, crls=store.crls, known=known, attempts=attempts)
            lists.append((block.data, content, own))
            notes |= dict.fromkeys(own.warnings)
            if not content.certificates:
                notes["no-certificates"] = None
            for number, raw in enumerate(content.unreadable, 1):
                item = (
                    f"unreadable certificate {number} of the list, {len(raw)} bytes, SHA-256 {sha256(raw).hexdigest()}"
                )
                unread.append(Unread(item, "not a certificate", False))
        elif isinstance(content, Crl):
            crls.append(content)
        else:
            loose.append(content)
    new, sources = 0, []
    # several master lists in one file are several sources: each vouches for its own certificates alone
    for raw, content, own in lists:
        source = Source(
            file.name,
            sha256(raw).hexdigest(),
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
        new += _add(store, source, content.certificates, ground, signers=signers)
    if loose or crls:
        kind = "bilateral" if how.bilateral else "file"
        source = Source(file.name, sha256(data).hexdigest(), "not-applicable", kind, imported=how.imported)
        if not (loose or lists):
            how.waiting.append((source, crls))
        else:
            new += _add(store, source, loose, how.ground(on_list=False), crls)
    signature = max((own for _, _, own in lists), key=lambda own: _ORDER.index(own.outcome), default=_NO_LIST)
    certificates = [c for _, content, _ in lists for c in content.certificates] + loose
    report = SourceReport(
        file.label,
        len(certificates) + sum(len(content.unreadable) for _, content, _ in lists),
        new,
        sum(c.key.kind != "unsupported" for c in certificates),
        signature=signature.outcome,
        signature_reason=signature.reason,
        unread=tuple(unread),
        content=tuple(certificates),
        notes=tuple(notes),
    )
    return _Imported(report, sources, crls, len(lists), file.parts)


_NO_LIST = ListSignature("not-applicable")


def _keep_waiting(store: TrustStore, how: _How) -> None:
    if how.waiting:
        store.add_crls(how.waiting)
        how.waiting.clear()


def _add(
    store: TrustStore,
    source: Source,
    certificates: Sequence[Certificate],
    ground: str,
    crls: Sequence[Crl] = (),
    signers: Sequence[Certificate] = (),
) -> int:
    """Add certificates; their issuers are found when everything is in the store."""
    grounds = {c.sha256: ground for c in certificates if ground and (source.kind != "list" or _may_be_csca(c))}
    unresolved = [(c, "unresolved") for c in certificates]
    return store.add(source, unresolved, grounds=grounds, crls=crls, signers=signers)


_READERS: tuple[tuple[Callable[[bytes], MasterList | Certificate | Crl], type[Exception]], ...] = (
    (Certificate.parse, CertificateError),
    (MasterList.parse, CmsError),
    (Crl.parse, CrlError),
)


def _recognise(data: bytes) -> MasterList | Certificate | Crl | None:
    """Return the object that bytes are, None for others."""
    first = _likely(data)
    # a parser that fails also tries BER, which takes ten times as long as DER
    for parse, error in sorted(_READERS, key=lambda pair: pair[1] is not first):
        with suppress(error):
            return parse(data)
    return None


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
