"""Who may be given a document: every rule answers at once, with its article and a sentence to read out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from tjdocs.documents import texts
from tjdocs.documents.applicant import HeldDocument, RegisterFacts
from tjdocs.documents.application import Application
from tjdocs.documents.document_type import DocumentType, RuleSpec
from tjdocs.documents.fields import value_at
from tjdocs.documents.load_types import DocumentTypes, bundled
from tjdocs.documents.rules import PREDICATES, Answer, Question
from tjdocs.errors import TjdocsError, UsageError
from tjdocs.times import day_of

__all__ = ["NotEligible", "Override", "RuleResult", "eligibility", "overruled"]

_MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule's answer.

    :param rule: its id in the document type
    :param requirement: id in ``specs/requirements.toml``
    :param sentence: what a clerk can read out; names no person
    :param override: whether an officer may issue although it is not met
    :param language: of the sentence; ``en`` where the language asked for lacks it
    :param reviewed: whether a native reader has signed the sentence
    :param documents: of the register, because of which the rule is not met; for the officer who asks
    """

    rule: str
    requirement: str
    article: str
    outcome: Answer
    sentence: str
    override: bool = False
    language: str = "en"
    reviewed: bool = True
    documents: tuple[HeldDocument, ...] = field(default=(), repr=False)

    def said(self, kind: DocumentType, *, lang: str) -> "RuleResult":
        """Return the answer with its sentence in a language.

        :raises UsageError: there is no such language
        """
        answer = "title" if self.outcome is Answer.MET else self.outcome.replace(" ", "-")
        sentence = texts.sentence(kind, self.rule, answer, lang=lang)
        return replace(self, sentence=sentence.text, language=sentence.language, reviewed=sentence.reviewed)

    def as_json(self) -> dict[str, Any]:
        """Return the answer with the keys that the command line prints; ``documents`` where it rests on some."""
        table: dict[str, Any] = {
            "rule": self.rule,
            "requirement": self.requirement,
            "outcome": str(self.outcome),
            "detail": f"{self.sentence} ({self.article})",
        }
        if self.documents:
            table["documents"] = [
                {
                    "number": one.number,
                    "document_type": one.kind,
                    "date_of_expiry": one.expires and one.expires.isoformat(),
                }
                for one in self.documents
            ]
        return table


@dataclass(frozen=True, slots=True)
class Override:
    """An officer's decision to issue although a rule is not met; it stays in the document's record.

    :param rule: the rule's id
    :param officer: who decides
    :param reason: why
    """

    rule: str
    officer: str
    reason: str = field(repr=False)


class NotEligible(TjdocsError):  # noqa: N818 (the public door's name)
    """The law does not allow the document; ``refused`` has every rule that is not met or cannot be decided."""

    code = "not-eligible"

    def __init__(self, refused: tuple[RuleResult, ...]) -> None:
        super().__init__(
            "not eligible",
            where=", ".join(dict.fromkeys(result.requirement for result in refused)),
            hint=" ".join(result.sentence for result in refused),
        )
        self.refused = refused


def eligibility(
    application: Application,
    *,
    at: date | datetime,
    known: RegisterFacts | None = None,
    continues: date | None = None,
    types: DocumentTypes | None = None,
    lang: str = "en",
) -> tuple[RuleResult, ...]:
    """Return the answer of every rule of the application's document type, in the order of its file.

    :param at: the day or moment of issue; a moment has its day in the type's time zone
    :param known: the register's facts about the applicant. None: nobody asked it; a rule that only the register can
        answer is then "cannot tell", any other rests on the application
    :param continues: where the document takes the place of another one of the applicant's: the day of issue of that one
    :param types: the document types; the bundled ones unless given
    :param lang: of the sentences: ``en``, ``ru`` or ``tg``
    :raises UsageError: ``at`` is not a day, ``known`` is unusable, or there is no such type or language
    """
    if not isinstance(known, RegisterFacts | None):
        raise UsageError(
            "unusable knowledge", where="known", hint="RegisterFacts(…), or None where the register was not asked"
        )
    kind = (bundled() if types is None else types)[application.document_type]
    on = day_of(at, zone=kind.time_zone)
    asked = partial(Question, application, on, known, table=kind.transliteration, continues=continues)
    return tuple(_judge(rule, kind, asked(register=rule.register), lang) for rule in kind.rules)


def _judge(rule: RuleSpec, kind: DocumentType, question: Question, lang: str) -> RuleResult:
    answer, predicate = Answer.MET, PREDICATES[rule.predicate]
    if rule.when is None or value_at(question.application, rule.when.field) in rule.when.values:
        answer = predicate.ask(question, rule.arguments)
    documents = predicate.rests_on(question, rule.arguments) if predicate.rests_on and answer is not Answer.MET else ()
    if answer is Answer.NOT_MET:
        answer = Answer(rule.otherwise)
    result = RuleResult(rule.id, rule.requirement, rule.citation, answer, "", rule.override, documents=documents)
    return result.said(kind, lang=lang)


def overruled(results: Sequence[RuleResult], overrides: Sequence[Override]) -> tuple[Override, ...]:
    """Return the overrides that were needed.

    :raises UsageError: an override of no rule or of one that allows none, or without officer or reason
    :raises NotEligible: a rule is neither met nor overridden; with every such rule
    """
    rules = {result.rule: result for result in results}
    unmet = {rule: result for rule, result in rules.items() if result.outcome is not Answer.MET}
    for override in overrides:
        where = f"override of {str(override.rule)[:40]}"
        if override.rule not in rules:
            raise UsageError("unknown rule", where=where, hint=", ".join(rules))
        if not all(
            isinstance(text, str) and text.strip() and text.isprintable() and len(text) <= _MAX_REASON
            for text in (override.officer, override.reason)
        ):
            raise UsageError("missing officer or reason", where=where, hint="an override names both")
        if not rules[override.rule].override:
            raise UsageError("the rule allows no override", where=where, hint=rules[override.rule].article)
    named = {override.rule for override in overrides}
    if refused := tuple(result for rule, result in unmet.items() if rule not in named):
        raise NotEligible(refused)
    return tuple(override for override in overrides if override.rule in unmet)
