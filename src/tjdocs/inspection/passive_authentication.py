"""Passive authentication: ``pa.*`` (Doc 9303-11, 5.1, Doc 9303-12, 6, and BSI TR-03135-1, 5.6.4).

Three kinds of time are separate inputs: the time of inspection (``at``), the signing time, and the validity times of
the certificates. The signing time is DG12's date of issue, else the signer's claim, else assumed to be ``at``.
"""

from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

from msgspec import Struct

from tjdocs import mrz
from tjdocs.asn1 import der, times
from tjdocs.findings import Finding, Outcome
from tjdocs.inspection.lds_checks import ChipContent
from tjdocs.messages import Message
from tjdocs.mrz import codes
from tjdocs.pki import algorithms, certification_path, public_key, signed_data
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.trust import revocation, signer_rules
from tjdocs.pki.trust.signer_rules import Fault, StatedTime
from tjdocs.pki.trust.store import TrustStore

__all__ = ["Passive", "authenticate"]

_SIGNER_CHECKS = ("pa.ds-chain", "pa.ds-validity", "pa.ds-usage", "pa.country", "pa.ds-revocation")
_MANDATORY = {1, 2}  # Doc 9303-10, 4.2


class Passive(Struct, frozen=True):
    """The result of passive authentication.

    :param findings: without ``pa.authentic``
    :param signer: the document signer, None where its certificate is missing
    :param path: its certification path
    :param signed: the signing time
    """

    findings: list[Finding]
    signer: Certificate | None = None
    path: certification_path.Path | None = None
    signed: signer_rules.StatedTime | None = None


def authenticate(chip: ChipContent | None, trust: TrustStore, zone: mrz.Mrz | None, *, at: datetime) -> Passive:
    """Judge EF.SOD, its signer and the data groups.

    :param zone: the MRZ of DG1, or the printed one where DG1 was not handed over
    """
    if chip is None or chip.sod is None:
        return Passive(_without_sod(chip))
    sod = chip.sod
    unreadable = ("certificate-unreadable",) if sod.signed_data.unreadable_certificates else ()
    findings = [_named("pa.sod-structure", (*sod.warnings, *unreadable, *chip.behind("EF.SOD")))]
    signature, signer = _signature(chip, trust)
    hashes = _hashes(chip)
    stated, doubtful = _times(chip, signature.info, hashes, at)
    signed = stated[0]
    findings.append(_weakened(signature, stated[0].moment.date()))
    if signer is None:
        reason, detail = "signer-missing", Message.word("no certificate inside fits the signer named")
        if signature.finding.reason == "limit":
            reason, detail = "limit", Message.word("more certificates fit the signer named than are tried")
        findings += [Finding.of(check, Outcome.UNDETERMINED, reason, detail) for check in _SIGNER_CHECKS[:-1]]
        findings.append(Finding.of("pa.ds-revocation", Outcome.UNDETERMINED, "premise"))
        return Passive([*findings, *hashes], None, None, signed)
    judged = signer_rules.judge(signer, "document", trust)
    last = zone.date_of_expiry if zone else None
    validity = [*signer_rules.check_validity(judged, stated, at=at, last=last), *doubtful]
    code = zone.document_code if zone is not None and zone.format else ""
    findings += [
        signer_rules.finding("pa.ds-chain", judged.chain),
        signer_rules.finding("pa.ds-validity", validity, detail=stated[0].message),
        signer_rules.finding("pa.ds-usage", [*judged.usage, *signer_rules.check_document_type(judged, code)]),
        _country(judged, zone),
        _revocation(judged.path, trust, at),
        *hashes,
    ]
    return Passive(findings, signer, judged.path, signed)


def _revocation(path: certification_path.Path, trust: TrustStore, at: datetime) -> Finding:
    if not path.valid:
        return Finding.of("pa.ds-revocation", Outcome.UNDETERMINED, "premise")
    return revocation.judge("pa.ds-revocation", path.chain, trust, at=at)


def _country(judged: signer_rules.JudgedSigner, zone: mrz.Mrz | None) -> Finding:
    if zone is None or not zone.format:
        return Finding.of("pa.country", Outcome.UNDETERMINED, "no-input")
    state = zone.issuing_state
    faults = signer_rules.check_country(judged, Message.of("zone-state", state=state), codes.signing_country(state))
    return signer_rules.finding("pa.country", faults)


def _without_sod(chip: ChipContent | None) -> list[Finding]:
    reason = chip.sod_reason if chip else "no-input"
    if reason in ("no-input", "limit"):
        structure = Finding("pa.sod-structure", Outcome.UNDETERMINED, reason)
    else:
        structure = Finding("pa.sod-structure", Outcome.FAILED, reason, chip.sod_detail if chip else "")
    follow = "no-input" if reason == "no-input" else "unreadable"
    findings = [structure, Finding("pa.sod-signature", Outcome.UNDETERMINED, follow)]
    for check in _SIGNER_CHECKS:
        last = "premise" if check == "pa.ds-revocation" and follow == "unreadable" else follow
        findings.append(Finding(check, Outcome.UNDETERMINED, last))
    for name in chip.data_groups.values() if chip else ():
        findings.append(Finding("pa.dg-hash", Outcome.UNDETERMINED, "no-sod", subject=name))
    return findings


def _named(check: str, warnings: tuple[str, ...], subject: str = "") -> Finding:
    """Return a passed finding, or a warning with the names of the defects."""
    if not warnings:
        return Finding.of(check, Outcome.PASSED, subject=subject)
    return Finding(check, Outcome.WARNING, warnings[0], ", ".join(dict.fromkeys(warnings)), subject)


class _Signature(NamedTuple):
    """A signature finding with its algorithms, so that their age can be judged when the signing time is known."""

    finding: Finding
    hashes: tuple[str, ...] = ()
    rsa_bits: int = 0
    info: signed_data.SignerInfo | None = None


def _signature(chip: ChipContent, trust: TrustStore) -> tuple[_Signature, Certificate | None]:
    """Verify the signers in order; the first that verifies counts, else the first with a certificate.

    A certificate that is not inside is searched in the store, and is not trusted for that. Where more certificates fit
    than are tried, none of them counts as the signer's: a stranger may have made one of them.
    """
    assert chip.sod is not None  # noqa: S101
    data = chip.sod.signed_data
    check = "pa.sod-signature"
    best: tuple[_Signature, Certificate | None] | None = None
    attempts, searching = data.attempts(), Attempts(certification_path.MAX_TRIED)
    for info in data.signers:
        named = data.named(info) or data.named(
            info, trust.signers(serial=info.serial, key_identifier=info.key_identifier)
        )
        judged = data.verify_signer(info, named, attempts=attempts)
        if judged is None:
            best = best or (_Signature(Finding(check, Outcome.UNDETERMINED, "signer-missing")), None)
            continue
        result, certificate, tolerance = judged
        if result.valid:
            several = ("several-signers",) if len(data.signers) > 1 else ()
            warnings = (
                *info.warnings,
                *(() if certificate.raw in data.certificates else ("signer-not-inside",)),
                *certificate.warnings,
                *tolerance,
                *result.warnings,
                *several,
            )
            bits = certificate.key.bits if certificate.key.kind == "rsa" else 0
            hashes = (info.digest, result.hash, chip.sod.security_object.hash)
            return _Signature(_named(check, warnings), hashes, bits, info), certificate
        if result.reason in public_key.OF_THE_KEY and certificate.raw not in data.certificates:
            vouched = [c for c in named if signer_rules.judge(c, "document", trust, attempts=searching).path.valid]
            if not vouched:
                # a stranger may have published it under the signer's name
                best = best or (_Signature(Finding(check, Outcome.UNDETERMINED, "signer-missing")), None)
                continue
            certificate = vouched[0]
        outcome = Outcome.UNDETERMINED if result.valid is None else Outcome.FAILED
        finding = Finding.of(
            check, outcome, result.reason, Message.of("algorithm", algorithm=result.algorithm or "unknown")
        )
        signer = None if result.reason == "limit" and len(named) > 1 else certificate
        if best is None or best[1] is None:
            best = (_Signature(finding, info=info), signer)
    assert best is not None  # noqa: S101 (EF.SOD without a signer is not read)
    return best


def _weakened(signature: _Signature, signed: date) -> Finding:
    finding = signature.finding
    if not finding.outcome.ok:
        return finding
    # the weakest of the three digests decides
    known = {hash_ for hash_ in signature.hashes if hash_}
    if any(algorithms.outdated(hash_, signed) for hash_ in known):
        return Finding.of(
            finding.check, Outcome.FAILED, "algorithm-forbidden", Message.of("signed", day=signed.isoformat())
        )
    if any(algorithms.weak(hash_, signature.rsa_bits, signed) for hash_ in known):
        reasons = f"{finding.detail}, algorithm-weak" if finding.detail else "algorithm-weak"
        return Finding(finding.check, Outcome.WARNING, finding.reason or "algorithm-weak", reasons)
    return finding


def _hashes(chip: ChipContent) -> list[Finding]:
    assert chip.sod is not None  # noqa: S101
    signed = chip.sod.security_object
    given, listed = chip.data_groups, signed.hashes
    check, failed, unsure = "pa.dg-hash", Outcome.FAILED, Outcome.UNDETERMINED
    forbidden = bool(signed.hash) and algorithms.hash_by_id(signed.hash).forbidden
    findings = []
    for number in sorted({*listed, *given, *_MANDATORY}):
        name = given.get(number)
        if name is None:
            reason = "not-handed-over" if number in listed else "mandatory-missing"
            findings.append(Finding.of(check, unsure, reason, subject=f"DG{number}"))
        elif number not in listed:
            findings.append(Finding.of(check, failed, "not-listed", subject=name))
        elif not signed.hash:
            findings.append(Finding.of(check, unsure, "digest-unknown", subject=name))
        elif forbidden:
            findings.append(Finding.of(check, failed, "digest-forbidden", subject=name))
        elif name in chip.errors and chip.errors[name][0] == "limit":
            findings.append(Finding.of(check, unsure, "limit", subject=name))
        elif chip.digest(name, signed.hash) != listed[number]:
            findings.append(Finding.of(check, failed, "differs", subject=name))
        elif "padding" in chip.behind(name):
            findings.append(Finding.of(check, Outcome.WARNING, "padding", subject=name))
        else:
            findings.append(Finding.of(check, Outcome.PASSED, subject=name))
    return findings


def _times(
    chip: ChipContent, info: signed_data.SignerInfo | None, hashes: list[Finding], at: datetime
) -> tuple[list[StatedTime], list[Fault]]:
    """Return every signing time of the document, and the faults of their forms.

    The first one counts. Without any, it is the time of inspection.
    """
    stated, odd = [], []
    if chip.issued is not None and any(f.outcome.ok for f in hashes if f.subject == "DG12"):
        stated.append(StatedTime.of_day(chip.issued))
    values = ((info.attributes if info else None) or {}).get(signed_data.OID_SIGNING_TIME, ())
    moment = None
    if len(values) == 1:
        with suppress(der.DerError):
            moment = times.parse_time(values[0])
    if moment is not None:
        stated.append(StatedTime(moment, "claimed"))
        if not times.in_der_form(values[0]):
            odd.append(Fault(Outcome.WARNING, "signing-time-form"))
    elif values:
        odd.append(Fault(Outcome.WARNING, "signing-time-unreadable"))
    return stated or [StatedTime(at, "assumed")], odd
