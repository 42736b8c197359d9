"""Law on the document: ``doc.type``, ``doc.genuine``, ``doc.use``, ``doc.validity-period``."""

from datetime import date

from tjdocs.border.checks.crossing_point import points
from tjdocs.border.checks.treaties import in_force
from tjdocs.border.crossing import Crossing
from tjdocs.findings import Finding, Outcome
from tjdocs.messages import Message

__all__ = ["judge"]

_SEAL = ("seal.signature", "seal.agreement")


def judge(crossing: Crossing) -> list[Finding]:
    """Judge the document itself."""
    return [_type(crossing), _genuine(crossing), _use(crossing), _validity(crossing)]


def _type(crossing: Crossing) -> Finding:
    check, zone, class_ = "doc.type", crossing.zone, crossing.document_class
    if zone is None:
        return Finding(check, Outcome.UNDETERMINED, "no-input")
    if class_ is None:
        return Finding.of(
            check,
            Outcome.UNDETERMINED,
            "not-known",
            Message.of("code-in", code=zone.document_code, format=str(zone.format)),
        )
    unknown = [category for category in crossing.categories if category not in class_.categories]
    if class_.categories and unknown:
        return Finding.of(check, Outcome.FAILED, "category", Message.of("category", categories=tuple(unknown)))
    return Finding.of(check, Outcome.PASSED, detail=Message.word(class_.id))


def _genuine(crossing: Crossing) -> Finding:
    """Judge whether chip or, where a seal proves the document, seal did prove it."""
    check = "doc.genuine"
    authentic = next((f for f in crossing.findings if f.check == "pa.authentic"), None)
    if authentic is not None and authentic.outcome.ok:
        return Finding.of(check, Outcome.PASSED, detail=Message.word("by the chip"))
    contradicted = authentic is not None and authentic.outcome is Outcome.FAILED
    profile = crossing.seal.profile if crossing.seal is not None else None
    class_ = crossing.document_class
    if class_ is not None and profile is not None and profile.id in class_.seals and not contradicted:
        sealed = {name: [f for f in crossing.findings if f.check == name] for name in _SEAL}
        if all(findings and all(f.outcome.ok for f in findings) for findings in sealed.values()):
            return Finding.of(check, Outcome.PASSED, detail=Message.word("by the seal"))
    return Finding(check, Outcome.UNDETERMINED, "premise")


def _use(crossing: Crossing) -> Finding:
    check, class_ = "doc.use", crossing.document_class
    if crossing.direction is None:
        return Finding(check, Outcome.UNDETERMINED, "no-direction")
    if class_ is None:
        return Finding(check, Outcome.UNDETERMINED, "no-input" if crossing.zone is None else "premise")
    if crossing.direction in class_.use:
        return Finding(check, Outcome.PASSED)
    reason, outcome = class_.otherwise.reason, Outcome(class_.otherwise.outcome)
    known = in_force(class_.id, crossing.day) if crossing.direction in ("entry", "exit") else ()
    if known:
        state = points()[crossing.point].state if crossing.point in points() else ""
        if sources := [treaty.source for treaty in known if treaty.state == state]:
            return Finding.of(check, Outcome.PASSED, detail=Message("all", (("parts", tuple(sources)),)))
        if not state:
            reason, outcome = "not-recognised", Outcome.UNDETERMINED
    return Finding.of(check, outcome, reason, Message(f"action.{check} {reason}"))


def _validity(crossing: Crossing) -> Finding:
    """Judge the length of validity: the anniversary of issue is accepted, nothing later."""
    check, class_ = "doc.validity-period", crossing.document_class
    if class_ is None or crossing.zone is None:
        return Finding(check, Outcome.UNDETERMINED, "no-input" if crossing.zone is None else "premise")
    if class_.foreign:
        return Finding(check, Outcome.NOT_APPLICABLE, "foreign")
    expires, issued = crossing.zone.date_of_expiry, crossing.issued
    if class_.not_before and expires is not None and expires < class_.not_before:
        return Finding.of(
            check, Outcome.FAILED, "before-it-existed", Message.of("such-exist-since", day=str(class_.not_before))
        )
    if issued is None:
        return Finding(check, Outcome.UNDETERMINED, "no-issue-date")
    day, source = issued.isoformat(), crossing.issued_from
    detail = Message.of("issued-by", day=day, source=source)
    if class_.not_before and issued < class_.not_before:
        return Finding.of(
            check,
            Outcome.FAILED,
            "before-it-existed",
            Message.all((detail, Message.of("exist-since", day=str(class_.not_before)))),
        )
    if issued > crossing.day:
        return Finding.of(check, Outcome.FAILED, "issued-in-future", detail)
    latest = class_.latest(issued)
    bound = crossing.own_seal.values.get(class_.not_beyond) if crossing.own_seal is not None else None
    if isinstance(bound, date):
        latest = min(latest or bound, bound)
    if latest is None:
        return Finding(check, Outcome.NOT_APPLICABLE, "not-limited")
    if expires is None:
        return Finding(check, Outcome.UNDETERMINED, "no-expiry")
    if expires > latest:
        last = expires.isoformat()
        detail = Message.of("issued-beyond", day=day, source=source, last=last, latest=latest.isoformat())
        if class_.extendable:
            return Finding.of(check, Outcome.UNDETERMINED, "extended", detail)
        return Finding.of(check, Outcome.FAILED, "too-long", detail)
    return Finding.of(check, Outcome.PASSED, detail=detail)
