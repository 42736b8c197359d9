"""The parts that every report on a verdict has: the actions to take, and the checks that were not made."""

from datetime import datetime, timedelta

from tjdocs.border.inspector import Verdict
from tjdocs.border.policy import Decision
from tjdocs.border.report.wording import Texts
from tjdocs.findings import Finding, Outcome, checks
from tjdocs.times import day_of

__all__ = ["advice", "not_checked", "title"]

_AGAINST = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.ABORTED)


def title(check: str, words: Texts) -> str:
    """Return what a check establishes, in words."""
    known = checks().get(check)
    return words.title(check) or (known.title if known else check)


def deciding(verdict: Verdict, check: str) -> list[Finding]:
    """Return the findings of a check that tell why it decided."""
    own = [f for f in verdict.findings if f.check == check]
    against = [f for f in own if f.outcome in _AGAINST]
    if verdict.decision is Decision.REFUSE:
        against = [f for f in against if f.outcome is Outcome.FAILED] or against
    return against or own


def advice(verdict: Verdict, words: Texts) -> list[tuple[str, str, list[str]]]:
    """Return check, title and what to do, for every check that decided."""
    rows = []
    for check in verdict.decided_by:
        steps = dict.fromkeys(words.action(check, f.reason, outcome=f.outcome) for f in deciding(verdict, check))
        rows.append((check, title(check, words), [step for step in steps if step]))
    return rows


def _age(verdict: Verdict, words: Texts) -> str:
    """Return when the trust store was last imported into: whom a State has trusted since is not known."""
    if verdict.trust_imported is None:
        return words.label("trust-none")
    try:
        imported = datetime.fromisoformat(verdict.trust_imported)
        age = verdict.examination.at - imported
    except (TypeError, ValueError):  # no moment, or one without an offset, which no import writes
        return words.label("trust-undated")
    day = day_of(imported, zone=verdict.examination.at.tzinfo).isoformat()
    text = words.label("trust-imported").format(day=day, days=age.days)
    return text if age >= timedelta(0) else text.partition(",")[0]


def not_checked(verdict: Verdict, words: Texts) -> list[tuple[str, str]]:
    """Return title and reason of everything that was not checked for want of an input, and how old the trust is."""
    rows: dict[tuple[str, str], list[str]] = {(words.label("trust-store"), _age(verdict, words)): []}
    for f in verdict.not_checked:
        reason = words.reason(f.check, f.reason) or f.reason
        rows.setdefault((title(f.check, words), reason), []).append(f.subject)
    return [(f"{name} {', '.join(subjects)}".rstrip(), reason) for (name, reason), subjects in rows.items()]
