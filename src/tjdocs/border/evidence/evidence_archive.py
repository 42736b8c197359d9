"""An inspection as evidence: everything it rested on in one signed archive, judged again wherever it is opened.

``manifest.json`` lists every file with its SHA-256; ``manifest.p7s`` is CMS SignedData over exactly these bytes
(RFC 5652), so that any program with CMS verifies it too. The archive holds personal data.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from tjdocs import __version__, inputs, limits, specs
from tjdocs.archives import ArchiveError, read_zip
from tjdocs.border.checks.register_status import DocumentStatus
from tjdocs.border.crossing import Crossing
from tjdocs.border.evidence import evidence_signature
from tjdocs.border.inspector import Inspector, Verdict
from tjdocs.border.policy import Policy
from tjdocs.chip.chip_reading import ChipReading
from tjdocs.documents.load_types import DocumentTypes
from tjdocs.errors import InputError, RegisterError
from tjdocs.files import write_new
from tjdocs.findings import Finding, Outcome, enforce_premises
from tjdocs.inspection import Evidence
from tjdocs.inspection.evidence_json import evidence_from_json, evidence_json
from tjdocs.lds import ef_catalogue
from tjdocs.mrz.codes import signing_country
from tjdocs.pki import distinguished_name
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl
from tjdocs.pki.signer import Signer
from tjdocs.pki.trust.store import Entry, Source, TrustStore
from tjdocs.watchlists.watchlists import Entry as ListEntry
from tjdocs.watchlists.watchlists import Watchlists, categories

__all__ = ["ArchiveReport", "export_evidence", "verify_evidence"]

_MANIFEST, _SIGNATURE = "manifest.json", "manifest.p7s"
# the data of a verdict outside of the archive: law and standard as this software has them
_DATA = (
    "border",
    "checks.toml",
    "codes",
    "defects.toml",
    "documents",
    "documents_shared.toml",
    "lds",
    "mrz",
    "pki",
    "policy/former",
    "seals",
    "times.toml",
    "transliteration",
)


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """The result of verifying an archive of evidence.

    :param findings: ``evidence.structure``, ``evidence.signature``, ``evidence.files``, ``evidence.judgement``
    :param manifest: as the archive has it; empty where it cannot be read
    :param verdict: judged again from the archive's content; None where that was not possible, or no trusted signer
        answers for its files
    :param signer_revocation: why it is not settled whether the signer is revoked, by the words of ``pa.ds-revocation``
    """

    findings: tuple[Finding, ...]
    manifest: Mapping[str, Any] = field(repr=False)
    verdict: Verdict | None = field(repr=False)
    signer_revocation: str = ""

    @property
    def valid(self) -> bool:
        """Whether everything holds."""
        return all(finding.outcome.ok for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return what the command line prints."""
        keys = ("made", "at", "verdict", "decided_by", "policy_sha256", "trust_digest", "trust_digest_covers")
        shown = {key: self.manifest.get(key) for key in keys}
        if shown["trust_digest"] is not None:  # an archive of an older version covers less
            shown["trust_digest_covers"] = shown["trust_digest_covers"] or ["certificates"]
        return {
            "schema": 1,
            "valid": self.valid,
            "signer_revocation": self.signer_revocation,
            **shown,
            "judged_again": str(self.verdict.decision) if self.verdict else None,
            "findings": [finding.as_json() for finding in self.findings],
        }


# ------------------------------------------------------------------------------------------------------------ exporting


def export_evidence(
    path: str | Path, evidence: Evidence, verdict: Verdict, inspector: Inspector, *, signer: Signer, at: datetime
) -> None:
    """Write the archive of an inspection as a new file that only its owner may read.

    :param signer: the inspection authority's; the receiver must know its certificate
    :param at: the time of signing
    :raises UsageError: the signer is a CSCA or document signer
    :raises KeyMaterialError: the signer may not sign on that day
    :raises InputError: the evidence is over the limits of an archive
    :raises OutputError: ``path`` exists already, or cannot be written
    """
    evidence_signature.check_signer(signer)
    signer.check_usage(at)
    files = _content(evidence, verdict, inspector)
    manifest = {
        "schema": 1,
        "software": f"tjdocs {__version__}",
        "made": at.astimezone(UTC).isoformat(timespec="seconds"),
        "at": verdict.examination.at.isoformat(),
        "verdict": str(verdict.decision),
        "decided_by": list(verdict.decided_by),
        "policy_sha256": verdict.policy_sha256,
        "data_sha256": specs.digest(*_DATA),
        "trust_digest": inspector.trust_view.digest,
        "trust_digest_covers": ["certificates", "grounds", "sources"],
        "files": {name: sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    content = _json(manifest)
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        stamp = at.astimezone(UTC).timetuple()[:6]
        signed = {_MANIFEST: content, _SIGNATURE: evidence_signature.sign(content, signer, at)}
        for name, data in {**signed, **files}.items():
            info = zipfile.ZipInfo(name, stamp)
            info.external_attr = 0o100600 << 16
            # a file that packs too well would be refused when it is read
            packs = len(data) < 50_000
            info.compress_type = zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED
            zipped.writestr(info, data)
    try:  # as whoever verifies it
        read_zip(archive)
    except ArchiveError as error:
        raise InputError("evidence that no archive has", where=str(path), hint=str(error)) from None
    write_new(path, archive.getvalue(), what="evidence is")


def _content(evidence: Evidence, verdict: Verdict, inspector: Inspector) -> dict[str, bytes]:
    crossing = verdict.crossing
    files = {
        "evidence.json": _json(evidence_json(evidence, chip=False)),
        "verdict.json": _json(verdict.as_json()),
        "policy.toml": inspector.policy.source,
        "register.json": _json(_standing_json(crossing)),
    }
    for name, data in (evidence.files or {}).items():
        files[f"chip/{ef_catalogue.file_name(name)}"] = data
    files["twice.json"] = _json(sorted(evidence.twice))
    if evidence.reading is not None:
        files["reading.json"] = _json(evidence.reading.as_json())
    if crossing.lists is not None:
        results = {}
        for kind in ("watch", "grant"):
            result = crossing.look_up(row.id for row in categories().values() if row.kind == kind)
            if result is not None:
                results[kind] = result
        rows = dict.fromkeys(match.entry for result in results.values() for match in result.matches)
        files["lists.jsonl"] = "".join(f"{row.text()}\n" for row in rows).encode()
        if (
            len(files["lists.jsonl"]) > limits.RECORDED_ENTRIES
            or sum(len(row.names) for row in rows) > limits.RECORDED_NAMES
        ):  # else nobody could judge it again
            raise _too_many("matches")
        files["lists.json"] = _json(crossing.lists.summary(results))
    # whichever kind a document is of, all of them were tried
    types = inspector.types.files if inspector.types is not None else {}
    if len(types) > limits.RECORDED_TYPES:  # else nobody could judge it again
        raise _too_many("document types")
    files |= {f"types/{id_}.toml": data for id_, data in types.items()}
    files |= _trust_files(_concerned(verdict, inspector.trust_view))
    return files


def _concerned(verdict: Verdict, trust: TrustStore) -> TrustStore:
    """Return the part of a trust store that concerns the document: that of its State and its signers' States."""
    examination = verdict.examination
    countries = {""}
    for zone in (examination.printed, examination.chip_mrz):
        if zone is not None and zone.format:
            countries.add(signing_country(zone.issuing_state) or "")
    if case_seal := verdict.crossing.seal:
        countries.add((signing_country(case_seal.header.country) if case_seal.header else "") or "")
    sod = examination.chip.sod if examination.chip else None
    for certificate in sod.signed_data.parsed_certificates if sod is not None else ():
        countries |= {certificate.country.upper(), distinguished_name.country(certificate.issuer).upper()}
    countries = _with_issuers(countries, trust)
    entries = [
        entry
        for entry in trust.entries
        # a denied certificate denies its key in every certificate, and the lists under it
        if entry.certificate.country.upper() in countries or entry.certificate.sha256 in trust.denied_digests
    ]
    # whoever signed the lists that vouch for them may be revoked, by a list of the signer's State
    digests = {digest for entry in entries for source in entry.origins for digest in source.signers}
    listing = _with_issuers({c.country for c in trust.signers_of_lists if c.sha256 in digests}, trust) - countries
    entries += [entry for entry in trust.entries if entry.certificate.country in listing] if trust.crls else []
    countries |= listing
    # certificates that came with them may have issued them, or signed the list that revokes them
    signers = [
        c
        for c in trust.signers_of_lists
        if c.sha256 in digests or c.sha256 in trust.denied_digests or (trust.crls and c.country in countries)
    ]
    entries += _denied_signers(trust, {entry.certificate.sha256 for entry in entries})
    crls = [crl for crl in trust.crls if crl.country in countries]
    if not crls and trust.crls:  # that there were lists, of others only, is a finding of its own
        crls = [min(trust.crls, key=lambda crl: len(crl.raw))]
    return TrustStore.of_entries(entries, crls, signers)


def _with_issuers(countries: Set[str], trust: TrustStore) -> set[str]:
    """Return the States with those whose authorities certified theirs: a State may have changed its letters."""
    states, grown = set(countries), True
    known = [*(entry.certificate for entry in trust.entries), *trust.signers_of_lists]
    pairs = {(c.country, distinguished_name.country(c.issuer).upper()) for c in known}
    while grown:
        new = {issuer for country, issuer in pairs if country in states} - states
        states |= new
        grown = bool(new)
    return states


def _denied_signers(trust: TrustStore, present: Set[str]) -> list[Entry]:
    """Return for each list that rests on a denied certificate one entry of it: it alone may have the denied key."""
    denied = frozenset().union(*(policy.denied for policy in trust.policies))
    entries, seen = [], set[Source]()
    for entry in trust.entries if denied else ():
        new = {source for source in entry.origins if source.rests_on & denied} - seen
        seen |= new
        if new and entry.certificate.sha256 not in present:
            entries.append(entry)
    return entries


def _trust_files(trust: TrustStore) -> dict[str, bytes]:
    files, rows = {}, []
    for part in (trust.entries, trust.crls, trust.signers_of_lists):
        if len(part) > limits.RECORDED_CERTIFICATES:  # else nobody could judge it again
            raise _too_many("certificates and CRLs")
    for number, entry in enumerate(trust.entries):
        name = f"trust/{number:04d}.cer"
        files[name] = entry.certificate.raw
        origins = [asdict(source) for source in entry.origins]
        rows.append({"file": name, "kind": entry.kind, "grounds": list(entry.grounds), "sources": origins})
    for number, crl in enumerate(trust.crls):
        files[f"crl/{number:04d}.crl"] = crl.raw
    for number, signer in enumerate(trust.signers_of_lists):
        files[f"signer/{number:04d}.cer"] = signer.raw
    return {**files, "trust.json": _json(rows)}


def _standing_json(crossing: Crossing) -> dict[str, Any]:
    standing = crossing.standing
    if standing is None:
        return {"reason": crossing.register_reason}
    names_ = ("status", "document_type", "date_of_issue", "date_of_expiry", "category", "since", "point", "by")
    return {"reason": "", **{name: getattr(standing, name) for name in names_}, "files": dict(standing.files)}


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    if inputs.has_more_values(text, limits.JSON_VALUES):  # else nobody could judge it again
        raise _too_many("values")
    return text.encode(errors="backslashreplace") + b"\n"  # of half a character, as JSON escapes it


# ------------------------------------------------------------------------------------------------------------ verifying


def verify_evidence(path: str | Path, *, trust: TrustStore) -> ArchiveReport:
    """Verify an archive and judge it again from its own content. Never raises on its content.

    It is judged again only where a trusted signer answers for its files.

    :param trust: the certificates that may sign evidence: each of them itself, nothing that it certified
    :raises InputError: the file cannot be read
    """
    try:
        with open(path, "rb") as file:
            files = read_zip(file)
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None
    except ArchiveError as error:
        return _unreadable(error.reason, str(error))
    content = files.pop(_MANIFEST, b"")
    signature = files.pop(_SIGNATURE, b"")
    manifest = _object(content)
    listed = manifest.get("files")
    if not inputs.is_schema(manifest.get("schema")) or not isinstance(listed, dict):
        return _unreadable("manifest", "no manifest")
    structure = Finding("evidence.structure", Outcome.PASSED)
    judged = evidence_signature.judge(content, signature, trust, made=str(manifest.get("made")))
    hashes = _hashes(files, listed)
    established = enforce_premises([structure, judged.finding, hashes])
    if not all(finding.outcome.ok for finding in established):
        # nobody answers for the content: it may have been made to keep whoever judges it busy
        judgement = Finding("evidence.judgement", Outcome.UNDETERMINED, "premise", "not judged again")
        return ArchiveReport((*established, judgement), manifest, None, judged.revocation)
    verdict, judgement = _again(files, manifest)
    return ArchiveReport((*established, judgement), manifest, verdict, judged.revocation)


def _unreadable(reason: str, detail: str) -> ArchiveReport:
    first = Finding("evidence.structure", Outcome.FAILED, reason, detail)
    others = [
        Finding(f"evidence.{name}", Outcome.UNDETERMINED, "premise") for name in ("signature", "files", "judgement")
    ]
    return ArchiveReport((first, *others), {}, None)


def _object(data: bytes) -> dict[str, Any]:
    try:
        return inputs.json_object(data, where="archive")
    except InputError:
        return {}


def _list(data: bytes, most: int) -> list[Any]:
    """Return a list that an export may have written.

    :raises InputError: not a list, or it has more items
    """
    value = inputs.json_value(data, where="archive")
    if not isinstance(value, list) or len(value) > most:
        raise _too_many("items")
    return value


def _few(files: Mapping[str, bytes], folder: str, what: str) -> list[bytes]:
    """Return the files of a folder, by name.

    :raises InputError: more than an archive has
    """
    contents = [data for name, data in sorted(files.items()) if name.startswith(folder)]
    if len(contents) > limits.RECORDED_CERTIFICATES:
        raise _too_many(what)
    return contents


def _too_many(what: str) -> InputError:
    return InputError(f"more {what} than an archive has", where="archive")


def _hashes(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> Finding:
    check = "evidence.files"
    if files.keys() != listed.keys():
        odd = sorted(files.keys() ^ listed.keys())
        return Finding(check, Outcome.FAILED, "lists-differ", _names(odd))
    differing = sorted(name for name, data in files.items() if sha256(data).hexdigest() != listed[name])
    if differing:
        return Finding(check, Outcome.FAILED, "differs", _names(differing))
    return Finding(check, Outcome.PASSED)


def _names(names_: Sequence[str]) -> str:
    return ", ".join(name[:80] for name in names_[:5])


class _Recorded:
    """The register's answer as it was."""

    def __init__(self, standing: DocumentStatus | None, reason: str) -> None:
        self._standing, self._reason = standing, reason

    def status(self, number: str) -> DocumentStatus | None:
        if self._reason == "unavailable":
            raise RegisterError("as it was")
        return self._standing

    def use_up(self, number: str, *, at: datetime, point: str) -> bool:
        return True


def _again(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> tuple[Verdict | None, Finding]:
    """Judge the archive's content once more, and compare."""
    check = "evidence.judgement"
    # a year later the law may be another, and then a verdict too: the archive is not at fault
    data = manifest.get("data_sha256", specs.digest(*_DATA))
    other = "" if data == specs.digest(*_DATA) else "; law and standard (specs/) are not those of then"
    try:
        verdict = _judge(files, str(manifest["at"]))
    except Exception as error:  # noqa: BLE001 - whatever a hostile archive holds, it is one finding
        return None, Finding(check, Outcome.FAILED, "not-repeatable", type(error).__name__)
    recorded, current = _object(files.get("verdict.json", b"")), verdict.as_json()
    for value in (recorded, current):  # the archive has a part of the store, and the time when all of it was imported
        value.pop("trust_imported", None)
    # a person reads either: the manifest, and the verdict in its own file
    answer = _text([current[key] for key in _ANSWERS])
    if any(_text([table.get(key) for key in _ANSWERS]) != answer for table in (manifest, recorded)):
        return verdict, Finding(check, Outcome.FAILED, "verdict-differs", f"now {verdict.decision}{other}")
    for value in (recorded, current):  # texts change with the language and the version
        value["findings"] = _untold(value.get("findings"))
    if _text(recorded) != _text(current):
        detail = f"the verdict is the same, a finding is not{other}"
        return verdict, Finding(check, Outcome.WARNING, "findings-differ", detail)
    return verdict, Finding(check, Outcome.PASSED)


def _untold(findings: Any) -> Any:
    """Return the findings of a verdict's JSON without the texts for a person; anything else as it is."""
    if not isinstance(findings, list) or not all(isinstance(finding, dict) for finding in findings):
        return findings
    texts = ("detail", "message")
    return [{name: value for name, value in finding.items() if name not in texts} for finding in findings]


def _text(value: object) -> str:
    """Return JSON, in which values differ by kind too: ``1``, ``true`` and ``1.0``."""
    return json.dumps(value, sort_keys=True)


_ANSWERS = ("verdict", "decided_by", "policy_sha256")


def _judge(files: Mapping[str, bytes], at: str) -> Verdict:
    chip = {name[5:-4]: data for name, data in files.items() if name.startswith("chip/")}
    evidence = evidence_from_json(_object(files["evidence.json"]), folder=None)
    twice = frozenset(str(name) for name in _list(files["twice.json"], limits.DATA_OBJECTS))
    shown: Mapping[str, bytes] | ChipReading | None = chip or None
    if "reading.json" in files:
        shown = ChipReading.from_json(_object(files["reading.json"]), Evidence(chip=chip).files or {} if chip else {})
    complete = Evidence(**{**_arguments(evidence), "chip": shown})
    object.__setattr__(complete, "twice", twice)
    rows = _list(files["trust.json"], limits.RECORDED_CERTIFICATES)
    crls = [Crl.parse(data) for data in _few(files, "crl/", "CRLs")]
    signers = [Certificate.parse(data) for data in _few(files, "signer/", "signers of lists")]
    trust = TrustStore.of_entries([_entry(row, files) for row in rows], crls, signers)
    row = _object(files["register.json"])
    reason = str(row.pop("reason"))
    standing = DocumentStatus(**row) if row else None
    register = None if reason == "no-register" else _Recorded(standing, reason)
    lists = None
    if "lists.jsonl" in files:
        if len(files["lists.jsonl"]) > limits.RECORDED_ENTRIES:
            raise _too_many("entries of lists")
        lines = files["lists.jsonl"].splitlines()
        entries = [ListEntry.of(inputs.json_object(line, where="archive"), where="archive") for line in lines]
        if sum(len(entry.names) for entry in entries) > limits.RECORDED_NAMES:
            raise _too_many("names")
        summary = _object(files["lists.json"])
        # an archive of an older version has the counts alone
        lists = Watchlists.of(entries, origin=summary if "counts" in summary else {"counts": summary})
    own = {name[6:-5]: data for name, data in files.items() if name.startswith("types/")}
    if len(own) > limits.RECORDED_TYPES:
        raise _too_many("document types")
    types = DocumentTypes.of_files(own)
    policy = Policy.parse(files["policy.toml"], where="policy.toml", types=types)
    inspector = Inspector(trust=trust, register=register, lists=lists, policy=policy, types=types)
    return inspector.inspect(complete, at=datetime.fromisoformat(at), dry_run=True)


def _entry(row: Mapping[str, Any], files: Mapping[str, bytes]) -> Entry:
    """Return a certificate with its sources and grounds at the inspection: the policy is applied to them again."""
    sources = tuple(Source(**{name: str(text) for name, text in source.items()}) for source in row["sources"])
    grounds = tuple(str(ground) for ground in row["grounds"])
    return Entry(Certificate.parse(files[row["file"]]), str(row["kind"]), sources, grounds)


def _arguments(evidence: Evidence) -> dict[str, Any]:
    names_ = ("mrz", "direction", "asks_protection", "point", "claims", "seal", "page")
    return {name: getattr(evidence, name) for name in names_}
