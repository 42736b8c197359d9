"""Passive authentication: ``pa.*`` (Doc 9303-11, 5.1; Doc 9303-12, 6; BSI TR-03135-1, 5.6.4).

Three times are three inputs: of judgement (``at``), of signing (DG12's date of issue, else the signer's own claim,
else assumed to be the time of judgement), and those of the certificates.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from tjdocs import mrz
from tjdocs.asn1 import der, times
from tjdocs.findings import Finding, Outcome, brief, passed
from tjdocs.inspection.structure import ChipContent
from tjdocs.pki import algorithms, cms, names, paths, revocation
from tjdocs.pki.certificate import (
    OID_BASIC_CONSTRAINTS,
    OID_KEY_USAGE,
    OID_PRIVATE_KEY_USAGE,
    Certificate,
)
from tjdocs.pki.dissect import EXTENSIONS
from tjdocs.pki.trust import TrustStore

__all__ = ["Passive", "authenticate"]

_SIGNER_CHECKS = ("pa.ds-chain", "pa.ds-validity", "pa.ds-usage", "pa.country", "pa.ds-revocation")
_MANDATORY = {1, 2}  # Doc 9303-10, 4.2
# extensions that are understood; any other that is critical rejects the certificate (RFC 5280, 4.2)
_UNDERSTOOD = set(EXTENSIONS)
# a day begins 14 hours before and ends 36 hours after its midnight in UTC, somewhere on earth
_DAY_AHEAD, _DAY_BEHIND = timedelta(hours=14), timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Passive:
    """What passive authentication found.

    :param findings: without ``pa.authentic``
    :param signer: the document signer, None when it was not found
    :param path: how far its chain led
    :param signed: the time of signing, and whether it is ``stated``, ``claimed`` or ``assumed``
    """

    findings: list[Finding]
    signer: Certificate | None = None
    path: paths.Path | None = None
    signed: tuple[datetime, str] | None = None


def authenticate(chip: ChipContent | None, trust: TrustStore, zone: mrz.Zone | None, *, at: datetime) -> Passive:
    """Judge EF.SOD, its signer and the data groups.

    :param zone: DG1's, or the printed one where DG1 was not handed over
    """
    if chip is None or chip.sod is None:
        return Passive(_without_sod(chip))
    sod = chip.sod
    stray = ("trailing-data",) if chip.stray_bytes("EF.SOD") else ()
    findings = [_named("pa.sod-structure", (*sod.warnings, *stray))]
    signature, signer = _signature(chip, trust)
    hashes = _hashes(chip)
    signed = _signing_time(chip, signature.info, hashes, at)
    findings.append(_weakened(signature, signed[0].date()))
    if signer is None:
        detail = "no certificate inside fits the signer named"
        findings += [Finding(check, Outcome.UNDETERMINED, "signer-missing", detail) for check in _SIGNER_CHECKS[:-1]]
        findings.append(brief("pa.ds-revocation", Outcome.UNDETERMINED, "premise"))
        return Passive([*findings, *hashes], None, None, signed)
    seen = _seen(signer, trust)
    findings += [
        seen.chain,
        _validity(signer, seen, signed, zone, at),
        _usage(seen, zone),
        _country(seen, zone),
        revocation.judge("pa.ds-revocation", signer, seen.path, trust, at=at),
        *hashes,
    ]
    return Passive(findings, signer, seen.path, signed)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is the same for all documents of a signer, and at any time, as long as the trust store holds the same.

    :param usage: but for the document code, for which ``types`` are
    :param codes: the signer's country, by its issuer's name, and those of its path
    :param subject: that of the signer's own name
    :param outlived: the certificate on the path that its issuer's validity does not cover
    """

    path: paths.Path
    chain: Finding
    usage: Finding
    types: tuple[str, ...] | None
    codes: tuple[str, ...]
    subject: str
    known: frozenset[str]
    warnings: tuple[str, ...]
    outlived: paths.Untimely | None


_REMEMBERED = 1024


def _seen(signer: Certificate, trust: TrustStore) -> _Seen:
    """Return what is known of a signer, from the store's memory, which ends with what the store holds.

    Time, zone and revocation do not enter: they are judged each time.
    """
    memory = trust.memory
    found = memory.get(signer.raw)
    if isinstance(found, _Seen):
        return found
    path = paths.build(signer, trust)
    own, subject = names.country(signer.issuer), names.country(signer.subject)
    warnings: tuple[str, ...] = ()
    if not own:
        own, warnings = subject, ("country-absent",)
    codes = (own, *(names.country(issuer.subject) for issuer in path.chain[1:]))
    found = _Seen(
        path,
        _chain(path),
        _signer_usage(signer),
        signer.document_types,
        codes,
        subject,
        frozenset(filter(None, (*codes, subject))),
        warnings,
        paths.untimely(path.chain),
    )
    if len(memory) >= _REMEMBERED:  # of forged signers there is no end
        memory.clear()
    memory[signer.raw] = found
    return found


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
    """Return a finding that passed, under the names given if there are any."""
    if not warnings:
        return passed(check, subject)
    return Finding(check, Outcome.WARNING, warnings[0], ", ".join(dict.fromkeys(warnings)), subject)


class _Signature(NamedTuple):
    """A signature finding with what it rests on, so that its age can be judged once the signing time is known."""

    finding: Finding
    hashes: tuple[str, ...] = ()
    rsa_bits: int = 0
    info: cms.SignerInfo | None = None


def _signature(chip: ChipContent, trust: TrustStore) -> tuple[_Signature, Certificate | None]:
    """Verify the signers in order; the first that verifies counts, else the first that was found.

    A signer whose certificate is not inside is looked for in the store, where it is no more trusted for it.
    """
    assert chip.sod is not None  # noqa: S101
    data = chip.sod.signed_data
    check = "pa.sod-signature"
    best: tuple[_Signature, Certificate | None] | None = None
    for info in data.signers:
        judged = data.judge(info) or data.judge(
            info, trust.signers(serial=info.serial, key_identifier=info.key_identifier)
        )
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
        outcome = Outcome.UNDETERMINED if result.valid is None else Outcome.FAILED
        finding = Finding(check, outcome, result.reason, f"algorithm {result.algorithm or 'unknown'}")
        if best is None or best[1] is None:
            best = (_Signature(finding, info=info), certificate)
    assert best is not None  # noqa: S101 (EF.SOD without a signer is not read)
    return best


def _weakened(signature: _Signature, signed: date) -> Finding:
    finding = signature.finding
    # the weakest of the three digests decides
    known = {hash_ for hash_ in signature.hashes if hash_}
    if finding.outcome.holds and any(algorithms.outdated(hash_, signed) for hash_ in known):
        return Finding(finding.check, Outcome.FAILED, "algorithm-forbidden", f"signed {signed.isoformat()}")
    if finding.outcome.holds and any(algorithms.weak(hash_, signature.rsa_bits, signed) for hash_ in known):
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
            findings.append(brief(check, unsure, reason, f"DG{number}"))
        elif number not in listed:
            findings.append(brief(check, failed, "not-listed", name))
        elif not signed.hash:
            findings.append(brief(check, unsure, "digest-unknown", name))
        elif forbidden:
            findings.append(brief(check, failed, "digest-forbidden", name))
        elif name in chip.errors and chip.errors[name][0] == "limit":
            findings.append(brief(check, unsure, "limit", name))
        elif chip.digest(name, signed.hash) != listed[number]:
            findings.append(brief(check, failed, "differs", name))
        else:
            findings.append(passed(check, name))
    return findings


def _signing_time(
    chip: ChipContent, info: cms.SignerInfo | None, hashes: list[Finding], at: datetime
) -> tuple[datetime, str]:
    if chip.issued is not None:
        for finding in hashes:
            if finding.subject == "DG12" and finding.outcome.holds:
                return datetime(chip.issued.year, chip.issued.month, chip.issued.day, tzinfo=UTC), "stated"
    values = ((info.attributes if info else None) or {}).get(cms.OID_SIGNING_TIME, ())
    if len(values) == 1:
        with suppress(der.DerError):
            return times.parse_time(values[0]), "claimed"
    return at, "assumed"


def _chain(path: paths.Path) -> Finding:
    if path.valid:
        weak = False
        for certificate, issuer in zip(path.chain, path.chain[1:], strict=False):
            hash_, made = certificate.verify(issuer).hash, certificate.not_before.date()
            if algorithms.outdated(hash_, made):
                return Finding("pa.ds-chain", Outcome.FAILED, "algorithm-forbidden", f"certified {made.isoformat()}")
            weak = weak or algorithms.weak(hash_, issuer.key.bits if issuer.key.kind == "rsa" else 0, made)
        by_name = path.chain[0].authority_key_identifier is None
        more = ("authority-key-identifier-absent",) * by_name + ("algorithm-weak",) * weak
        return _named("pa.ds-chain", (*path.warnings, *more))
    outcome = Outcome.UNDETERMINED if path.valid is None else Outcome.FAILED
    tried = "; ".join(map(str, path.attempts))
    detail = f"issuer {path.chain[0].issuer_text}" + (f"; tried {tried}" if tried else "")
    return Finding("pa.ds-chain", outcome, path.reason, detail)


def _validity(
    signer: Certificate,
    seen: _Seen,
    signed: tuple[datetime, str],
    zone: mrz.Zone | None,
    at: datetime,
) -> Finding:
    check = "pa.ds-validity"
    moment, how = signed
    detail = f"signed {moment.date().isoformat()} ({how})"
    if moment - at > paths.CLOCK_SKEW:
        return Finding(check, Outcome.FAILED, "signed-in-future", detail)
    last = zone.date_of_expiry if zone and how != "assumed" else None
    if last and moment.date() > last:
        return Finding(check, Outcome.FAILED, "signed-after-expiry", detail)
    # DG12 states a day, not a moment: the whole of it counts, in whatever time zone the office lies.
    # Differences are compared, since sums could leave the calendar.
    early, late = (_DAY_AHEAD, _DAY_BEHIND) if how == "stated" else (timedelta(0), timedelta(0))
    outside = ""
    if signer.not_before - moment > late:
        outside = "not-yet-valid"
    if moment - signer.not_after > early:
        outside = "expired"
    if outside:
        return Finding(check, Outcome.FAILED, outside, detail)
    period = signer.private_key_usage
    if period is None and OID_PRIVATE_KEY_USAGE in signer.extensions:  # there, and unreadable
        return Finding(check, Outcome.FAILED, "key-usage-period", "unreadable")
    begin, end = period or (None, None)
    # a key usage period is over long before the document is: against an assumed time it says nothing
    if how != "assumed" and ((begin and begin - moment > late) or (end and moment - end > early)):
        return Finding(check, Outcome.FAILED, "key-usage-period", detail)
    if seen.outlived is not None:
        certificate, reason = seen.outlived
        outcome = Outcome.FAILED if reason == "issuer-validity" else Outcome.UNDETERMINED
        return Finding(check, outcome, reason, f"{certificate.subject_text}; {detail}")
    if how == "assumed":
        return Finding(check, Outcome.WARNING, "assumed", detail)
    return Finding(check, Outcome.PASSED, detail=detail)


def _usage(seen: _Seen, zone: mrz.Zone | None) -> Finding:
    types, finding = seen.types, seen.usage
    if types is not None and finding.outcome.holds and zone is not None and zone.format:
        code = zone.document_code
        if code not in types and not any(len(entry) == 1 and code.startswith(entry) for entry in types):
            detail = f"for {', '.join(types)}, not for {code}"
            return Finding(finding.check, Outcome.FAILED, "document-type", detail)
    return finding


def _signer_usage(signer: Certificate) -> Finding:
    check = "pa.ds-usage"
    foreign = [oid for oid, entry in signer.extensions.items() if entry[0] and oid not in _UNDERSTOOD]
    if foreign:
        return Finding(check, Outcome.FAILED, "critical-extension", ", ".join(foreign))
    usage, is_ca = signer.key_usage, signer.is_ca
    if is_ca is None and OID_BASIC_CONSTRAINTS in signer.extensions:  # there, and unreadable
        return Finding(check, Outcome.FAILED, "ca-as-signer", "basic constraints are unreadable")
    if is_ca or (usage is not None and usage & {"keyCertSign", "cRLSign"}):
        return Finding(check, Outcome.FAILED, "ca-as-signer")
    warnings = list(signer.deviations)
    if usage is None and OID_KEY_USAGE in signer.extensions:
        return Finding(check, Outcome.FAILED, "key-usage", "unreadable")
    if usage is None:
        warnings.append("key-usage-absent")
    elif "digitalSignature" not in usage:
        return Finding(check, Outcome.FAILED, "key-usage", ", ".join(sorted(usage)))
    elif not signer.extensions[OID_KEY_USAGE][0]:
        warnings.append("key-usage-not-critical")
    purposes = signer.extended_key_usage
    if purposes is not None:  # document signers have none: whoever has one is for something else
        return Finding(check, Outcome.FAILED, "role", ", ".join(purposes))
    return _named(check, tuple(warnings))


def _country(seen: _Seen, zone: mrz.Zone | None) -> Finding:
    check = "pa.country"
    if zone is None or not zone.format:
        return brief(check, Outcome.UNDETERMINED, "no-input")
    state = zone.issuing_state
    expected = mrz.signing_country(state)
    own = seen.codes[0]
    if expected is not None and own and seen.known == {expected}:
        return _named(check, seen.warnings)
    said = [f"issuer {index} {code}" for index, code in enumerate(seen.codes) if index and code]
    subject = [f"its subject {seen.subject}"] if seen.subject not in ("", own) else []
    detail = ", ".join([f"signer {own}", *subject, *said, f"zone {state}"])
    if expected is None or not own:
        return Finding(check, Outcome.UNDETERMINED, "code-unknown", detail)
    if {code.upper() for code in seen.known} != {expected}:
        return Finding(check, Outcome.FAILED, "differs", detail)
    return _named(check, (*seen.warnings, "country-case"))
