"""Every word of a verdict explained: checks, reasons, problems, defects, practices, results of seals, decisions."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from tjdocs.border.policy import Decision, Policy
from tjdocs.border.report.details import explain, problem_words
from tjdocs.border.report.report_rows import sentence_of, title
from tjdocs.border.report.wording import Texts
from tjdocs.errors import UsageError
from tjdocs.findings import Finding, Outcome, checks
from tjdocs.mrz.practices import practices
from tjdocs.problems import PROBLEM_TABLES, ProblemKind, problem_table
from tjdocs.seal import seal_results

__all__ = ["Explanation", "explained_ids", "explanations"]

# the check whose reasons the problems of a format are, where a problem names none
_CHECKS = {"lds": "lds.structure", "seal": "seal.structure", "mrz": "mrz.structure"}
_MAX_WORD = 100


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a word, each text in the language asked for.

    :param id: ``CHECK``, ``CHECK/REASON``, or the word alone
    :param kind: ``check``, ``reason``, ``problem``, ``defect``, ``practice``, ``result``, ``outcome`` or ``verdict``
    :param severity: of a problem ``error`` or ``warning``; of a check, the verdict of the default policy by outcome;
        of a validation result of a seal ``VALID`` or ``INVALID``
    :param clause: the place in the standard, empty for a word of our own
    :param action: the action of a guard, empty where there is none
    :param more: further facts, each with its heading
    """

    id: str
    kind: str
    title: str
    sentence: str
    severity: str
    clause: str = ""
    action: str = ""
    more: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the explanation with the keys that the command line prints."""
        table: dict[str, Any] = {name: getattr(self, name) for name in _KEYS}
        return {**table, "more": [{"title": heading, "text": text} for heading, text in self.more]}


_KEYS = ("id", "kind", "title", "sentence", "severity", "clause", "action")


@cache
def explained_ids() -> tuple[str, ...]:
    """Return every id that has an explanation, each once: words that reports print."""
    reasons = (f"{check.id}/{reason}" for check in checks().values() for reason in check.reasons)
    problems = (code for path in PROBLEM_TABLES.values() for code in problem_table(path))
    return tuple(
        dict.fromkeys(
            (*checks(), *reasons, *problems, *problem_words()[""], *seal_results.results(), *Outcome, *Decision)
        )
    )


def explanations(word: str, words: Texts) -> tuple[Explanation, ...]:
    """Return the explanations of a word: several where several checks or formats have it.

    :param word: a check, ``CHECK/REASON``, a reason, a problem, a defect, a practice, a seal's validation result, an
        outcome or a decision
    :raises UsageError: unknown word; the hint has the nearest ones
    """
    named = tuple(_named(word.strip(), words))
    if not named:
        raise UsageError("unknown word", where=word[:_MAX_WORD], hint=_nearest(word[:_MAX_WORD]))
    return named


def _nearest(word: str) -> str:
    known = dict.fromkeys((*explained_ids(), *(id_.partition("/")[2] for id_ in explained_ids() if "/" in id_)))
    near = get_close_matches(word, known, n=3, cutoff=0.5)
    return f"nearest: {', '.join(near)}" if near else "--all lists the words"


def _named(word: str, words: Texts) -> Iterator[Explanation]:
    check, stroke, reason = word.partition("/")
    if check in checks():
        if not stroke:
            yield _check(check, words)
        elif reason in checks()[check].reasons:
            yield _reason(check, reason, words)
        else:
            yield from _of_table(reason, words, check)
        return
    for row in checks().values():
        if word in row.reasons:
            yield _reason(row.id, word, words)
    yield from _of_table(word, words)
    if word in seal_results.results():
        yield _result(seal_results.results()[word], words)
    if word in tuple(Outcome):
        yield Explanation(word, "outcome", words.outcome(word), words.label(f"outcome-{word}"), "")
    if word in tuple(Decision):
        yield Explanation(word, "verdict", words.verdict(word), words.label(f"sentence-{word}"), "")


def _of_table(word: str, words: Texts, check: str = "") -> Iterator[Explanation]:
    """Yield the explanations of problems and defects of that word, of one check where it is named."""
    for area, path in PROBLEM_TABLES.items():
        kind = problem_table(path).get(word)
        if kind is not None and check in ("", _check_of(kind, area)):
            yield _problem(kind, area, words, f"{check}/{word}" if check else word)
    if word in problem_words()[""]:
        sentence, clause = explain(check or "pa.", word, words)
        id_ = f"{check}/{word}" if check else word
        yield Explanation(id_, "defect", word, sentence_of(sentence), words.outcome(Outcome.WARNING), clause)


def _result(result: seal_results.Result, words: Texts) -> Explanation:
    sentence = words.label(f"seal-{result.trust.replace(' ', '-')}")
    more = ((words.label("reasons"), ", ".join(result.reasons)),) if result.reasons else ()
    severity = "VALID" if result.valid else "INVALID"
    return Explanation(result.id, "result", words.label("seal-result"), sentence, severity, result.clause, more=more)


def _check(id_: str, words: Texts) -> Explanation:
    row = checks()[id_]
    rests = ((words.label("rests-on"), ", ".join(row.premises)),) if row.premises else ()
    kinds = ((area, kind) for area, path in PROBLEM_TABLES.items() for kind in problem_table(path).values())
    problems = (kind.id for area, kind in kinds if _check_of(kind, area) == id_)
    reasons = ((words.label("reasons"), ", ".join((*row.reasons, *problems))),)
    means = f"{words.label('means')}: {words.consequence(id_)}."
    severity, action = _by_policy(id_, "", words), _action(id_, "", words)
    return Explanation(id_, "check", title(id_, words), means, severity, row.clause, action, rests + reasons)


def _reason(id_: str, reason: str, words: Texts) -> Explanation:
    sentence = words.reason(id_, reason)
    if Finding(id_, Outcome.UNDETERMINED, reason).unchecked:
        severity, action = words.label("not-checked"), words.table("action").get(f"{id_} {reason}", "")
    elif reason == "premise":
        severity, action = words.outcome(Outcome.UNDETERMINED), ""
    else:
        severity, action = _by_policy(id_, reason, words), _action(id_, reason, words)
    clause = checks()[id_].clause
    return Explanation(f"{id_}/{reason}", "reason", title(id_, words), sentence, severity, clause, action)


def _by_policy(check: str, reason: str, words: Texts) -> str:
    """Return the verdict of the default policy for each outcome that is not harmless."""
    verdicts = (
        (outcome, Policy.default().consequence(Finding(check, outcome, reason)))
        for outcome in (Outcome.FAILED, Outcome.UNDETERMINED)
    )
    return "; ".join(f"{words.outcome(outcome)}: {words.verdict(decision)}" for outcome, decision in verdicts)


def _action(check: str, reason: str, words: Texts) -> str:
    """Return the action of a reason, else those of its check; one that accuses is for a failed check alone."""
    failed, undetermined = words.action(check, reason), words.action(check, reason, outcome=Outcome.UNDETERMINED)
    if failed == undetermined:
        return failed
    return f"{words.outcome(Outcome.FAILED)}: {failed} {words.outcome(Outcome.UNDETERMINED)}: {undetermined}"


def _check_of(kind: ProblemKind, area: str) -> str:
    return kind.check if kind.check in checks() else _CHECKS[area]


def _problem(kind: ProblemKind, area: str, words: Texts, id_: str) -> Explanation:
    check = _check_of(kind, area)
    rows = [row for row in practices() if row.warning == kind.id]
    more = [(words.label("source"), row.source) for row in rows]
    if states := dict.fromkeys(state for row in rows for state in row.states):
        more.insert(0, (words.label("field-issuing_state"), ", ".join(states)))
    own = words.table("action").get(f"{check} {kind.id}", "")
    action = words.action(check, kind.id) if kind.severity == "error" else own
    return Explanation(
        id_,
        "practice" if rows else "problem",
        title(check, words),
        sentence_of(explain(f"{area}.", kind.id, words)[0]),
        words.label(f"severity-{kind.severity}"),
        kind.clause,
        action,
        tuple(more),
    )
