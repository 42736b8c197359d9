"""Law on the document: ``doc.type``, ``doc.genuine``, ``doc.use``, ``doc.validity-period``."""

from datetime import date

from tjdocs.border.checks.crossing_point import points
from tjdocs.border.checks.treaties import in_force
from tjdocs.border.crossing import Case
from tjdocs.border.report.wording import action
from tjdocs.findings import Finding, Outcome

__all__ = ["judge"]

_SEAL = ("seal.signature", "seal.agreement")


def judge(case: Case) -> list[Finding]:
    """Judge the document itself."""
    return [_type(case), _genuine(case), _use(case), _validity(case)]


def _type(case: Case) -> Finding:
    check, zone, kind = "doc.type", case.zone, case.kind
    if zone is None:
        return Finding(check, Outcome.UNDETERMINED, "no-input")
    if kind is None:
        return Finding(check, Outcome.UNDETERMINED, "not-known", f"code {zone.document_code} in {zone.format}")
    unknown = [category for category in case.categories if category not in kind.categories]
    if kind.categories and unknown:
        return Finding(check, Outcome.FAILED, "category", f"category {', '.join(unknown)}")
    return Finding(check, Outcome.PASSED, detail=kind.id)


def _genuine(case: Case) -> Finding:
    """Judge whether chip or, where a seal proves the document, seal did prove it."""
    check = "doc.genuine"
    authentic = next((f for f in case.findings if f.check == "pa.authentic"), None)
    if authentic is not None and authentic.outcome.holds:
        return Finding(check, Outcome.PASSED, detail="by the chip")
    contradicted = authentic is not None and authentic.outcome is Outcome.FAILED
    profile = case.seal.profile if case.seal is not None else None
    if case.kind is not None and profile is not None and profile.id in case.kind.seals and not contradicted:
        sealed = {name: [f for f in case.findings if f.check == name] for name in _SEAL}
        if all(found and all(f.outcome.holds for f in found) for found in sealed.values()):
            return Finding(check, Outcome.PASSED, detail="by the seal")
    return Finding(check, Outcome.UNDETERMINED, "premise")


def _use(case: Case) -> Finding:
    check, kind = "doc.use", case.kind
    if case.direction is None:
        return Finding(check, Outcome.UNDETERMINED, "no-direction")
    if kind is None:
        return Finding(check, Outcome.UNDETERMINED, "no-input" if case.zone is None else "premise")
    if case.direction in kind.use:
        return Finding(check, Outcome.PASSED)
    reason, outcome = kind.otherwise.reason, kind.otherwise.outcome
    known = in_force(kind.id, case.day) if case.direction in ("entry", "exit") else ()
    if known:
        state = points()[case.point].state if case.point in points() else ""
        if sources := [treaty.source for treaty in known if treaty.state == state]:
            return Finding(check, Outcome.PASSED, detail="; ".join(sources))
        if not state:
            reason, outcome = "not-recognised", Outcome.UNDETERMINED
    return Finding(check, Outcome(outcome), reason, action(check, reason))


def _validity(case: Case) -> Finding:
    """Judge the length of validity: the anniversary of issue is accepted, nothing later."""
    check, kind = "doc.validity-period", case.kind
    if kind is None or case.zone is None:
        return Finding(check, Outcome.UNDETERMINED, "no-input" if case.zone is None else "premise")
    if kind.foreign:
        return Finding(check, Outcome.NOT_APPLICABLE, "foreign")
    expires, issued = case.zone.date_of_expiry, case.issued
    if kind.not_before and expires is not None and expires < kind.not_before:
        return Finding(check, Outcome.FAILED, "before-it-existed", f"such documents exist since {kind.not_before}")
    if issued is None:
        return Finding(check, Outcome.UNDETERMINED, "no-issue-date")
    detail = f"issued {issued.isoformat()} by the {case.issued_from}"
    if kind.not_before and issued < kind.not_before:
        return Finding(check, Outcome.FAILED, "before-it-existed", f"{detail}; they exist since {kind.not_before}")
    if issued > case.day:
        return Finding(check, Outcome.FAILED, "issued-in-future", detail)
    latest = kind.latest(issued)
    bound = case.own_seal.values.get(kind.not_beyond) if case.own_seal is not None else None
    if isinstance(bound, date):
        latest = min(latest or bound, bound)
    if latest is None:
        return Finding(check, Outcome.NOT_APPLICABLE, "not-limited")
    if expires is None:
        return Finding(check, Outcome.UNDETERMINED, "no-expiry")
    if expires > latest:
        detail += f", last valid day {expires.isoformat()}, at most {latest.isoformat()}"
        if kind.extendable:
            return Finding(check, Outcome.UNDETERMINED, "extended", detail)
        return Finding(check, Outcome.FAILED, "too-long", detail)
    return Finding(check, Outcome.PASSED, detail=detail)
