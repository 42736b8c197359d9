"""Who may be given a document: every rule answers at once, with its article and a sentence to read out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from tjdocs import specs
from tjdocs.documents import types
from tjdocs.documents.application import Application
from tjdocs.documents.predicates import PREDICATES, Answer
from tjdocs.errors import SpecError, TjdocsError, UsageError

__all__ = ["NotEligible", "RuleResult", "eligibility"]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule's answer.

    :param rule: its id in the document type
    :param requirement: id in ``specs/requirements.toml``
    :param sentence: what a clerk can read out; names no person
    """

    rule: str
    requirement: str
    article: str
    outcome: Answer
    sentence: str

    def as_json(self) -> dict[str, str]:
        """Return the answer with the keys that the command line prints."""
        return {
            "rule": self.rule,
            "requirement": self.requirement,
            "outcome": str(self.outcome),
            "detail": f"{self.sentence} ({self.article})",
        }


class NotEligible(TjdocsError):  # noqa: N818 (the public door's name)
    """The law does not allow the document; ``refused`` holds every rule that is not met or cannot be told."""

    code = "not-eligible"

    def __init__(self, refused: tuple[RuleResult, ...]) -> None:
        super().__init__(
            "not eligible",
            where=", ".join(result.requirement for result in refused),
            hint=" ".join(result.sentence for result in refused),
        )
        self.refused = refused


def day(at: date | datetime) -> date:
    """Return the day of a moment where it was taken, or the day itself.

    :raises UsageError: a naive moment, or neither
    """
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise UsageError("a naive moment", where="at", hint="give a date, or a datetime with a time zone")
        return at.date()
    if isinstance(at, date):
        return at
    raise UsageError("no day", where="at", hint="give a date, or a datetime with a time zone")


def eligibility(application: Application, *, at: date | datetime) -> tuple[RuleResult, ...]:
    """Return the answer of every rule of the application's document type, in the order of its file.

    :raises UsageError: ``at`` is no day
    """
    on = day(at)
    return tuple(_judge(rule, application, on) for rule in types.get(application.document_type).rules)


def _judge(rule: types.RuleSpec, application: Application, on: date) -> RuleResult:
    entry = PREDICATES.get(rule.predicate)
    if entry is None or rule.arguments.keys() != entry[1]:
        raise SpecError("unknown predicate or arguments", where=f"{application.document_type} {rule.id}")
    answer = entry[0](application, rule.arguments, on)
    texts = _texts().get(rule.id, {})
    key = "title" if answer is Answer.MET else str(answer).replace(" ", "-")
    if key not in texts:
        raise SpecError("no sentence", where=f"specs/text/en.toml rule.{rule.id}.{key}")
    return RuleResult(rule.id, rule.requirement, rule.article, answer, texts[key])


@cache
def _texts() -> Mapping[str, Mapping[str, Any]]:
    table = specs.read_toml("text/en.toml")
    specs.require_keys(table, ["schema", "language", "reviewed", "rule"], where="specs/text/en.toml")
    rules: Mapping[str, Mapping[str, Any]] = table["rule"]
    return rules
