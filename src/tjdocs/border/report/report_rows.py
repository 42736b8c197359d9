"""The parts that every report on a verdict has: its reasons with what to do, further findings, checks not made.

Terminal and HTML report show these, so both have the same words for the same finding.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tjdocs.border.checks import holder
from tjdocs.border.inspector import Verdict
from tjdocs.border.policy import Decision
from tjdocs.border.report.compare_entry import Comparison, comparison
from tjdocs.border.report.details import explain, problem_words, say
from tjdocs.border.report.wording import Texts, action
from tjdocs.findings import Finding, Outcome, checks
from tjdocs.times import day_of

__all__ = ["Reason", "Row", "finding_rows", "further", "headline", "not_checked", "reasons", "sentence_of", "title"]

_AGAINST = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.ABORTED)
_NOTED = (*_AGAINST, Outcome.WARNING)
_LACKING = ("no-input", "premise")
# the evidence that a person hands over: its label, its checks, and the check that misses it
_EVIDENCE = (
    ("chip", ("lds.", "pa.", "chip."), "lds.structure"),
    ("area-seal", ("seal.",), "seal.structure"),
    ("printed-zone", ("mrz.",), "mrz.structure"),
)
_LABELS = frozenset(label for label, _, _ in _EVIDENCE)


@dataclass(frozen=True, slots=True)
class Row:
    """Findings that differ in their subject only.

    :param reasons: each word with its explanation, which may be empty
    :param consequence: the meaning of a failed check
    :param step: the action of a guard on a check that was made and did not pass, or that has a named warning
    :param unchecked: nothing was checked
    """

    check: str
    title: str
    outcome: Outcome
    subjects: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    detail: str
    clauses: tuple[str, ...]
    consequence: str
    step: str
    unchecked: bool

    @property
    def reason(self) -> str:
        """The first reason word, empty for a check that simply passed."""
        return self.reasons[0][0] if self.reasons else ""

    @property
    def id(self) -> str:
        """Check and reason, as ``tjdocs explain`` takes them."""
        return f"{self.check}/{self.reason}" if self.reason else self.check

    @property
    def sentence(self) -> str:
        """The explanations of its reasons, else its detail."""
        return " ".join(sentence_of(text) for _, text in self.reasons if text) or sentence_of(self.detail)

    @property
    def more(self) -> str:
        """The detail, unless the sentence has it."""
        return "" if self.detail and sentence_of(self.detail) == self.sentence else self.detail


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of a verdict: a finding, those that follow from it, and what to do.

    :param headline: the finding in words
    :param outcome: empty where no finding decided, since the check was not made
    :param rows: the finding first
    :param steps: the actions of a guard
    """

    headline: str
    outcome: str
    rows: tuple[Row, ...]
    steps: tuple[str, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def meaning(self) -> str:
        """The meaning of a check that failed."""
        return self.rows[0].consequence if self.rows else ""


def title(check: str, words: Texts) -> str:
    """Return the name of a check in words."""
    known = checks().get(check)
    return words.title(check) or (known.title if known else check)


# ----------------------------------------------------------------------------------------------------------- findings


def finding_rows(findings: Iterable[Finding], words: Texts) -> list[Row]:
    """Return the findings in order, those alike but for their subject in one row."""
    subjects: dict[Finding, list[str]] = {}
    for finding in findings:
        subjects.setdefault(replace(finding, subject=""), []).append(finding.subject)
    return [_row(alike, tuple(filter(None, names)), words) for alike, names in subjects.items()]


def _row(finding: Finding, subjects: tuple[str, ...], texts: Texts) -> Row:
    known = checks().get(finding.check)
    # several defects are in the detail, by their names
    named = [word for word in finding.detail.split(", ") if word in problem_words()[""]]
    only_names = bool(named) and ", ".join(named) == finding.detail
    words = list(dict.fromkeys(filter(None, (finding.reason, *(named if only_names else ())))))
    explained = [(word, *explain(finding.check, word, texts)) for word in words]
    # the action is below it, in the language of the report
    repeated = only_names or finding.detail == action(finding.check, finding.reason)
    detail = "" if repeated else say(finding, texts)
    clauses = filter(None, (known.clause if known else "", *(clause for _, _, clause in explained)))
    return Row(
        finding.check,
        title(finding.check, texts),
        finding.outcome,
        subjects,
        tuple((word, "" if text in detail else text) for word, text, _ in explained),
        detail,
        tuple(dict.fromkeys(clauses)),
        texts.consequence(finding.check) if finding.outcome is Outcome.FAILED else "",
        _step(finding, texts),
        finding.unchecked,
    )


def _step(finding: Finding, words: Texts) -> str:
    """Return the action on a check that was made and did not pass; without input or premise there is none."""
    if finding.outcome is Outcome.WARNING:  # the action of the check is one for its failure
        return words.table("action").get(f"{finding.check} {finding.reason}", "")
    if finding.outcome is Outcome.UNDETERMINED and (finding.unchecked or finding.reason == "premise"):
        return ""
    return words.action(finding.check, finding.reason, outcome=finding.outcome) if finding.outcome in _AGAINST else ""


def headline(row: Row, words: Texts) -> str:
    """Return a finding in words: its outcome, the name of the check, and its reason as a sentence."""
    of = f" {', '.join(row.subjects)}" if row.subjects else ""
    return f"{words.outcome(row.outcome)}: {row.title}{of}. {row.sentence}".rstrip()


def sentence_of(text: str) -> str:
    """Return a text as a sentence: with a capital letter and a full stop."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text[:1].upper()}{text[1:]}."


# ------------------------------------------------------------------------------------------------------------ reasons


def reasons(verdict: Verdict, words: Texts) -> list[Reason]:
    """Return the reasons of a verdict in their order, evidence that was not given last.

    Findings that follow from another are in its reason.
    """
    own = finding_rows(verdict.findings, words)
    deciding = [(check, _deciding(check, own, verdict.decision)) for check in verdict.decided_by]
    if verdict.decision is Decision.ADMIT:
        return [Reason(headline(row, words), row.outcome, (row,), (), ()) for _, rows in deciding for row in rows]
    missing = {f.check for f in verdict.findings if f.unchecked and f.reason == "no-input"}
    groups: dict[str, list[Row]] = {}  # by a kind of evidence, else by the first row's id
    for check, rows in deciding:
        if not rows:
            groups[check] = []
        for row in rows:
            groups.setdefault(_group(row, missing, groups), []).append(row)
    found_first = sorted(groups.items(), key=lambda group: group[0] in _LABELS)
    # the entries that the deciding checks of lists found, each check looked up once
    looked_up = {check for check, rows in deciding if any(row.subjects for row in rows)}
    entries = {(check, m.entry.id): m.entry for check in looked_up for m in holder.matches(verdict.crossing, check)}
    compared = {key: comparison(entry, verdict, words) for key, entry in entries.items()}
    result = [_reason(key, members, compared, words) for key, members in found_first]
    for number, after in enumerate(result[1:]):  # two entries, or two files, need their action once
        if result[number].steps == after.steps:
            result[number] = replace(result[number], steps=())
    return result


def _deciding(check: str, own: list[Row], decision: Decision) -> list[Row]:
    """Return the rows of a check for which it decided."""
    rows = [row for row in own if row.check == check]
    against = [row for row in rows if row.outcome in _AGAINST]
    if decision is Decision.REFUSE:
        against = [row for row in against if row.outcome is Outcome.FAILED] or against
    return (against if decision is not Decision.ADMIT else []) or rows


def _group(row: Row, missing: set[str], groups: dict[str, list[Row]]) -> str:
    """Return the key of a row's reason: the missing evidence, a premise that did not pass, or the row itself."""
    if row.outcome is Outcome.UNDETERMINED and row.reason in _LACKING:
        for label, prefixes, check in _EVIDENCE:
            if check in missing and row.check.startswith(prefixes):
                return label
        premises = _premises(row.check)
        for key, members in groups.items():
            if any(member.check in premises and not member.outcome.ok for member in members):
                return key
    return f"{row.id} {' '.join(row.subjects)} {row.detail}"


def _premises(check: str) -> set[str]:
    """Return the checks on which a check rests, and those on which they rest."""
    known = checks().get(check)
    direct = {premise.partition(":")[0] for premise in known.premises} if known else set()
    return direct.union(*map(_premises, direct))


def _reason(key: str, members: list[Row], entries: Mapping[tuple[str, str], Comparison], words: Texts) -> Reason:
    if not members:
        return Reason(f"{words.label('not-made')}: {key}", "", (), (), ())
    first = members[0]
    check = next((check for label, _, check in _EVIDENCE if label == key), "")
    if check:
        sentence = words.reason(check, "no-input")
        text = f"{words.outcome(first.outcome)}: {words.label(key)}. {sentence}"
        members.sort(key=lambda row: row.check != check)
        return Reason(text, first.outcome, tuple(members), (words.action(check, "no-input"),), ())
    step = words.action(first.check, first.reason, outcome=first.outcome)
    named = ((first.check, subject) for subject in first.subjects)
    compared = tuple(entries[key] for key in named if key in entries)
    return Reason(headline(first, words), first.outcome, tuple(members), (step,) if step else (), compared)


def further(verdict: Verdict, words: Texts) -> list[Row]:
    """Return the further findings: rows outside the reasons that neither simply passed nor follow from another."""
    deciding = verdict.decision is not Decision.ADMIT
    shown = {row for reason in reasons(verdict, words) for row in reason.rows} if deciding else set()
    return [
        row
        for row in finding_rows(verdict.findings, words)
        if row.outcome in _NOTED and not row.unchecked and row.reason != "premise" and row not in shown
    ]


# -------------------------------------------------------------------------------------------------------- not checked


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
