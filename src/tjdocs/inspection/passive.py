"""Passive authentication: ``pa.*`` (Doc 9303-11, 5.1; Doc 9303-12, 6; BSI TR-03135-1, 5.6.4).

Three times are three inputs: of judgement (``at``), of signing (DG12's date of issue, else the signer's own claim,
else assumed to be the time of judgement), and those of the certificates.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tjdocs import mrz
from tjdocs.asn1 import der, times
from tjdocs.findings import Finding, Outcome
from tjdocs.inspection.structure import ChipContent
from tjdocs.pki import algorithms, cms, keys, names, paths, revocation
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
_CLOCK_SKEW = timedelta(days=1)
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
    signature, signer = _signature(chip)
    hashes = _hashes(chip)
    signed = _signing_time(chip, signature.info, hashes, at)
    findings.append(_weakened(signature, signed[0].date()))
    if signer is None:
        detail = "no certificate inside fits the signer named"
        findings += [Finding(check, Outcome.UNDETERMINED, "signer-missing", detail) for check in _SIGNER_CHECKS[:-1]]
        findings.append(Finding("pa.ds-revocation", Outcome.UNDETERMINED, "premise"))
        return Passive([*findings, *hashes], None, None, signed)
    path = paths.build(signer, trust)
    findings += [
        _chain(path),
        _validity(signer, path, signed, zone, at),
        _usage(signer, zone),
        _country(signer, path, zone),
        revocation.judge("pa.ds-revocation", signer, path, trust, at=at),
        *hashes,
    ]
    return Passive(findings, signer, path, signed)


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
        return Finding(check, Outcome.PASSED, subject=subject)
    return Finding(check, Outcome.WARNING, warnings[0], ", ".join(dict.fromkeys(warnings)), subject)


@dataclass(frozen=True, slots=True)
class _Signature:
    """A signature finding with what it rests on, so that its age can be judged once the signing time is known."""

    finding: Finding
    hashes: tuple[str, ...] = ()
    rsa_bits: int = 0
    info: cms.SignerInfo | None = None


def _signature(chip: ChipContent) -> tuple[_Signature, Certificate | None]:
    """Verify the signers in order; the first that verifies counts, else the first that was found."""
    assert chip.sod is not None  # noqa: S101
    data = chip.sod.signed_data
    check = "pa.sod-signature"
    best: tuple[_Signature, Certificate | None] | None = None
    for info in data.signers:
        judged = data.judge(info)
        if judged is None:
            best = best or (_Signature(Finding(check, Outcome.UNDETERMINED, "signer-missing")), None)
            continue
        result, certificate, tolerance = judged
        if result.valid:
            several = ("several-signers",) if len(data.signers) > 1 else ()
            warnings = (
                *info.warnings,
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
    known = [hash_ for hash_ in signature.hashes if hash_]
    if finding.outcome.holds and any(algorithms.weak(hash_, signature.rsa_bits, signed) for hash_ in known):
        reasons = f"{finding.detail}, algorithm-weak" if finding.detail else "algorithm-weak"
        return Finding(finding.check, Outcome.WARNING, finding.reason or "algorithm-weak", reasons)
    return finding


def _hashes(chip: ChipContent) -> list[Finding]:
    assert chip.sod is not None  # noqa: S101
    signed = chip.sod.security_object
    given = chip.data_groups
    findings = []
    for number in sorted(signed.hashes.keys() | given.keys() | _MANDATORY):
        name = f"DG{number}"
        if number not in given and number not in signed.hashes:
            findings.append(Finding("pa.dg-hash", Outcome.UNDETERMINED, "mandatory-missing", subject=name))
        elif number not in given:
            findings.append(Finding("pa.dg-hash", Outcome.UNDETERMINED, "not-handed-over", subject=name))
        elif number not in signed.hashes:
            findings.append(Finding("pa.dg-hash", Outcome.FAILED, "not-listed", subject=name))
        else:
            findings.append(_hash(chip, name, signed.hashes[number]))
    return findings


def _hash(chip: ChipContent, name: str, expected: bytes) -> Finding:
    assert chip.sod is not None  # noqa: S101
    check, hash_id = "pa.dg-hash", chip.sod.security_object.hash
    if not hash_id:
        return Finding(check, Outcome.UNDETERMINED, "digest-unknown", subject=name)
    if algorithms.hash_by_id(hash_id).forbidden:
        return Finding(check, Outcome.FAILED, "digest-forbidden", subject=name)
    if chip.errors.get(name, ("", ""))[0] == "limit":
        return Finding(check, Outcome.UNDETERMINED, "limit", subject=name)
    if keys.hash_data(hash_id, chip.contents[name]) != expected:
        return Finding(check, Outcome.FAILED, "differs", subject=name)
    return Finding(check, Outcome.PASSED, subject=name)


def _signing_time(
    chip: ChipContent, info: cms.SignerInfo | None, hashes: list[Finding], at: datetime
) -> tuple[datetime, str]:
    dg12 = chip.parsed.get("DG12")
    genuine = any(f.subject == "DG12" and f.outcome.holds for f in hashes)
    issued = dg12.issued if dg12 is not None and genuine else None
    if issued is not None:
        return datetime(issued.year, issued.month, issued.day, tzinfo=UTC), "stated"
    values = ((info.attributes if info else None) or {}).get(cms.OID_SIGNING_TIME, ())
    if len(values) == 1:
        with suppress(der.DerError):
            return times.parse_time(values[0]), "claimed"
    return at, "assumed"


def _weak_link(certificate: Certificate, issuer: Certificate) -> bool:
    bits = issuer.key.bits if issuer.key.kind == "rsa" else 0
    return algorithms.weak(certificate.verify(issuer).hash, bits, certificate.not_before.date())


def _chain(path: paths.Path) -> Finding:
    if path.valid:
        weak = any(_weak_link(*link) for link in zip(path.chain, path.chain[1:], strict=False))
        return _named("pa.ds-chain", (*path.warnings, *(("algorithm-weak",) if weak else ())))
    outcome = Outcome.UNDETERMINED if path.valid is None else Outcome.FAILED
    tried = "; ".join(f"{a.issuer.subject_text}: {a.reason}" for a in path.attempts)
    detail = f"issuer {path.chain[0].issuer_text}" + (f"; tried {tried}" if tried else "")
    return Finding("pa.ds-chain", outcome, path.reason, detail)


def _validity(
    signer: Certificate,
    path: paths.Path,
    signed: tuple[datetime, str],
    zone: mrz.Zone | None,
    at: datetime,
) -> Finding:
    check = "pa.ds-validity"
    moment, how = signed
    detail = f"signed {moment.date().isoformat()} ({how})"
    if moment - at > _CLOCK_SKEW:
        return Finding(check, Outcome.FAILED, "signed-in-future", detail)
    if how != "assumed" and zone and zone.date_of_expiry and moment.date() > zone.date_of_expiry:
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
    if signer.private_key_usage is None and OID_PRIVATE_KEY_USAGE in signer.extensions:  # there, and unreadable
        return Finding(check, Outcome.FAILED, "key-usage-period", "unreadable")
    begin, end = signer.private_key_usage or (None, None)
    # a key usage period is over long before the document is: against an assumed time it says nothing
    if how != "assumed" and ((begin and begin - moment > late) or (end and moment - end > early)):
        return Finding(check, Outcome.FAILED, "key-usage-period", detail)
    for certificate, issuer in zip(path.chain, path.chain[1:], strict=False):
        if certificate.not_before - issuer.not_before < -_CLOCK_SKEW or certificate.not_before > issuer.not_after:
            return Finding(check, Outcome.FAILED, "issuer-validity", f"{certificate.subject_text}; {detail}")
    if how == "assumed":
        return Finding(check, Outcome.WARNING, "assumed", detail)
    return Finding(check, Outcome.PASSED, detail=detail)


def _usage(signer: Certificate, zone: mrz.Zone | None) -> Finding:
    check = "pa.ds-usage"
    foreign = [oid for oid, (critical, _) in signer.extensions.items() if critical and oid not in _UNDERSTOOD]
    if foreign:
        return Finding(check, Outcome.FAILED, "critical-extension", ", ".join(foreign))
    usage = signer.key_usage
    if signer.is_ca is None and OID_BASIC_CONSTRAINTS in signer.extensions:  # there, and unreadable
        return Finding(check, Outcome.FAILED, "ca-as-signer", "basic constraints are unreadable")
    if signer.is_ca or (usage is not None and usage & {"keyCertSign", "cRLSign"}):
        return Finding(check, Outcome.FAILED, "ca-as-signer")
    warnings = []
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
    types = signer.document_types
    if types is not None and zone is not None and zone.format:
        code = zone.document_code
        if not any(code == entry or (len(entry) == 1 and code.startswith(entry)) for entry in types):
            return Finding(check, Outcome.FAILED, "document-type", f"for {', '.join(types)}, not for {code}")
    return _named(check, tuple(warnings))


def _country(signer: Certificate, path: paths.Path, zone: mrz.Zone | None) -> Finding:
    check = "pa.country"
    if zone is None or not zone.format:
        return Finding(check, Outcome.UNDETERMINED, "no-input")
    expected = mrz.alpha2(zone.issuing_state)
    found = {"signer": names.country(signer.issuer)}
    warnings = []
    if not found["signer"]:
        found["signer"] = names.country(signer.subject)
        warnings.append("country-absent")
    for index, issuer in enumerate(path.chain[1:]):
        code = names.country(issuer.subject)
        if code:
            found[f"issuer {index + 1}"] = code
    detail = ", ".join(f"{who} {code}" for who, code in found.items()) + f", zone {zone.issuing_state}"
    if expected is None or not found["signer"]:
        return Finding(check, Outcome.UNDETERMINED, "code-unknown", detail)
    if any(code.upper() != expected for code in found.values()):
        return Finding(check, Outcome.FAILED, "differs", detail)
    if any(code != code.upper() for code in found.values()):
        warnings.append("country-case")
    return _named(check, tuple(warnings))
