"""Checks on the chip itself: ``chip.*`` (Doc 9303-11, 4 to 6; BSI TR-03135-1, 5.6.3 and 5.6.4.1).

Passive authentication verifies files, and files can be copied. Only an answer that needs the chip's private key proves
that the chip is genuine, and only under a key that the State signed.
"""

from collections.abc import Iterator
from datetime import datetime

from tjdocs.chip.chip_reading import ChipReading, Step, offers_chip_authentication
from tjdocs.findings import Finding, Outcome
from tjdocs.inspection.lds_checks import ChipContent
from tjdocs.inspection.passive_authentication import Passive
from tjdocs.lds import LdsError
from tjdocs.lds.card_security import CardSecurity
from tjdocs.lds.dg14 import SecurityInfo, SecurityInfos
from tjdocs.messages import Message
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.distinguished_name import countries
from tjdocs.pki.trust import revocation, signer_rules
from tjdocs.pki.trust.store import TrustStore

__all__ = ["check_chip", "signed_infos"]

_CHANNEL = ("chip.access", "chip.pace", "chip.bac", "chip.secure-messaging")
_SENSITIVE = ("DG3", "DG4")
_KEYS = {"DG14": "chip.ca", "DG15": "chip.aa"}


def check_chip(
    chip: ChipContent | None, reading: ChipReading | None, passive: Passive, trust: TrustStore, *, at: datetime
) -> list[Finding]:
    """Judge what the chip did itself. Of files that were handed over nothing of that is known.

    :param reading: of the live chip, None where only files were handed over, or nothing
    :param passive: what passive authentication found: the signer of the document, and when it signed
    """
    security = signed_infos(chip.files.get("EF.CardSecurity", b""), passive, trust, at) if chip is not None else None
    if reading is None:
        genuine = Finding.of("chip.genuine", Outcome.UNDETERMINED, "no-input" if chip is None else "not-read-live")
        # a scanner that hands over no EF.CardAccess need not have looked for it: only a file that is there is compared
        if chip is None or "EF.CardAccess" not in chip.files:
            return [genuine]
        return [_downgrade(chip, security), genuine]
    steps = {step.check: step for step in reading.steps}
    findings = [_finding(steps.get(check) or Step(check, Outcome.NOT_APPLICABLE, "not-used")) for check in _CHANNEL]
    proofs = [_finding(step) for step in _proofs(chip, reading, steps)]
    proofs += _mapping(reading, security)
    findings += [*proofs, _finding(_terminal(reading, steps)), _downgrade(chip, security)]
    stripped = [name for name in _KEYS if name in reading.unread]
    return [*findings, _clone(proofs, stripped), _genuine(proofs)]


def _finding(step: Step, subject: str = "") -> Finding:
    detail = Message.word(step.detail) if step.detail else ""
    return Finding.of(step.check, step.outcome, step.reason, detail, subject)


def _infos(chip: ChipContent | None, name: str) -> tuple[SecurityInfo, ...]:
    group = chip.parsed.get(name) if chip is not None else None
    return group.infos if group is not None else ()


def _proofs(chip: ChipContent | None, reading: ChipReading, steps: dict[str, Step]) -> Iterator[Step]:
    """Return the results of chip and active authentication."""
    infos = _infos(chip, "DG14")
    if "chip.ca" in steps:
        yield steps["chip.ca"]
    elif offers_chip_authentication(infos) or "DG14" in reading.unread:
        yield Step("chip.ca", Outcome.UNDETERMINED, "not-asked")
    else:
        yield Step("chip.ca", Outcome.NOT_APPLICABLE, "not-offered")
    key = chip.parsed.get("DG15") if chip is not None else None
    if "chip.aa" in steps:
        yield steps["chip.aa"]
    elif key is not None and reading.active_authentication is not None:
        yield reading.active(key.public_key, infos)
    elif key is not None or "DG15" in reading.unread:
        yield Step("chip.aa", Outcome.UNDETERMINED, "not-asked")
    else:
        yield Step("chip.aa", Outcome.NOT_APPLICABLE, "not-offered")


def _terminal(reading: ChipReading, steps: dict[str, Step]) -> Step:
    """Return the result of terminal authentication: it is asked only of a chip with DG3 or DG4."""
    if "chip.ta" in steps:
        return steps["chip.ta"]
    if any(name in reading.unread for name in _SENSITIVE):
        return Step("chip.ta", Outcome.UNDETERMINED, "not-asked")
    return Step("chip.ta", Outcome.NOT_APPLICABLE, "not-offered")


def _mapping(reading: ChipReading, infos: tuple[SecurityInfo, ...] | None) -> list[Finding]:
    """Judge the chip authentication mapping of PACE: its key must be in a file that the State signed.

    :param infos: of EF.CardSecurity, None where it is not signed
    """
    run = reading.pace
    if run is None or run.protocol.mapping != "CAM":
        return []
    name = "EF.CardSecurity"
    if infos is None:
        return [Finding.of("chip.ca", Outcome.UNDETERMINED, "key-not-signed", subject=name)]
    return [_finding(reading.mapping(infos), name)]


def signed_infos(data: bytes, passive: Passive, trust: TrustStore, at: datetime) -> tuple[SecurityInfo, ...] | None:
    """Return the infos of EF.CardSecurity, None unless a document signer of the document's State signed them."""
    try:
        file = CardSecurity.parse(data)
    except LdsError:
        return None
    content, infos = file.signed_data, file.security_infos.infos
    info = content.signers[0]
    named = content.verify_signer(info, content.named(info), attempts=content.attempts())
    if named is None or not named[0].valid or passive.signer is None or passive.signed is None:
        return None
    judged = signer_rules.judge(named[1], "document", trust)
    if not judged.path.valid or _states(named[1]) != _states(passive.signer):
        return None
    faults = [*judged.chain, *judged.usage, *signer_rules.check_validity(judged, [passive.signed], at=at)]
    outcomes = {fault.outcome for fault in faults}
    outcomes.add(revocation.judge("pa.ds-revocation", judged.path.chain, trust, at=at).outcome)
    bad = Outcome.FAILED in outcomes or any(fault.outcome is Outcome.UNDETERMINED for fault in faults)
    return None if bad else infos


def _states(signer: Certificate) -> tuple[tuple[str, ...], ...]:
    """Return the country codes of a signer and of its issuer."""
    return countries(signer.subject), countries(signer.issuer)


def _downgrade(chip: ChipContent | None, security: tuple[SecurityInfo, ...] | None) -> Finding:
    """Compare EF.CardAccess, which nobody signed, with DG14 and EF.CardSecurity (Doc 9303-11, 9.2.11).

    A reader must (4.2).

    :param security: infos of EF.CardSecurity, None where it is not signed
    """
    check = "chip.downgrade"
    try:
        shown = SecurityInfos.parse(chip.files.get("EF.CardAccess", b"") if chip is not None else b"").infos
    except LdsError:
        shown = ()
    offered = {info.raw for info in shown if info.name.startswith("PACE-")}
    signed = _infos(chip, "DG14")
    listed = {info.raw for info in signed if info.name.startswith("PACE-")}
    if not offered and not listed:
        return Finding.of(check, Outcome.NOT_APPLICABLE, "not-offered")
    if not signed:
        return Finding.of(check, Outcome.UNDETERMINED, "not-listed")
    if not offered:
        return Finding.of(check, Outcome.FAILED, "hidden")
    agreed = security is None or {info.raw for info in shown} <= {info.raw for info in security}
    right = offered == listed and agreed
    return Finding.of(check, Outcome.PASSED) if right else Finding.of(check, Outcome.FAILED, "differs")


def _clone(proofs: list[Finding], stripped: list[str]) -> Finding:
    """Name what makes a chip look like a copy of another's files."""
    check = "chip.clone"
    if stripped:
        return Finding.of(check, Outcome.UNDETERMINED, "stripped", Message.word(", ".join(stripped)))
    if any(proof.outcome.ok for proof in proofs):
        return Finding.of(check, Outcome.PASSED)
    if any(proof.outcome is Outcome.FAILED for proof in proofs):
        return Finding.of(check, Outcome.FAILED, "not-proved")
    if all(proof.outcome is Outcome.NOT_APPLICABLE for proof in proofs):
        return Finding.of(check, Outcome.NOT_APPLICABLE, "not-offered")
    return Finding.of(check, Outcome.UNDETERMINED, "not-asked")


def _genuine(proofs: list[Finding]) -> Finding:
    """Judge the chip as a whole: one proof is enough (BSI TR-03135-1, 5.6.4.1)."""
    check = "chip.genuine"
    if any(proof.outcome.ok for proof in proofs):
        return Finding.of(check, Outcome.PASSED)
    if all(proof.outcome is Outcome.NOT_APPLICABLE for proof in proofs):
        return Finding.of(check, Outcome.UNDETERMINED, "no-key")
    if any(proof.outcome is Outcome.FAILED for proof in proofs):
        return Finding.of(check, Outcome.FAILED, "not-proved")
    return Finding.of(check, Outcome.UNDETERMINED, "not-asked")
