"""The predicates that document types compose into rules: each answers met, not met, or cannot tell.

A new one is a function here and a row of :data:`PREDICATES`; types then use it by its name.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from tjdocs.documents import name_spelling
from tjdocs.documents.applicant import HeldDocument, RegisterFacts
from tjdocs.documents.fields import value_at
from tjdocs.errors import UsageError
from tjdocs.mrz import names
from tjdocs.times import PartialDate, anniversary, earliest, latest

if TYPE_CHECKING:
    from tjdocs.documents.application import Application

__all__ = ["PREDICATES", "RELATIONS", "Answer", "Predicate", "Question"]


class Answer(StrEnum):
    """The answer of a rule."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"


class Question(Struct, frozen=True):
    """The question to a predicate.

    :param on: the day of the application
    :param known: the register's facts, None where nobody asked it
    :param register: whether only the register can answer
    :param table: the type's transliteration table
    :param continues: the day of issue of the document whose place the new one takes, None where it takes none
    """

    application: "Application"
    on: date
    known: RegisterFacts | None
    register: bool
    table: str
    continues: date | None = None


Ask: TypeAlias = Callable[[Question, Mapping[str, Any]], Answer]


class Predicate(Struct, frozen=True):
    """A predicate.

    :param arguments: the kind of each argument by name: ``path``, ``moment``, ``relation``, ``words``, ``word``,
        ``number``, ``document``, ``documents``, ``answer``; ``types`` checks them when a type is read
    :param optional: arguments that may lack
    :param register: whether the register can answer it, so that a rule may demand that it does
    :param rests_on: the documents of the register because of which it is not met
    """

    ask: Ask
    arguments: Mapping[str, str]
    optional: frozenset[str] = frozenset()
    register: bool = False
    rests_on: Callable[[Question, Mapping[str, Any]], tuple[HeldDocument, ...]] | None = None


RELATIONS: Mapping[str, Callable[[date, date], bool]] = MappingProxyType(
    {
        "before": lambda one, other: one < other,
        "not-after": lambda one, other: one <= other,
        "same": lambda one, other: one == other,
        "not-before": lambda one, other: one >= other,
        "after": lambda one, other: one > other,
    }
)


def _answer(holds: bool) -> Answer:
    return Answer.MET if holds else Answer.NOT_MET


def one_of(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether the value of ``field`` is one of ``values``."""
    value = value_at(question.application, arguments["field"])
    return Answer.CANNOT_TELL if value is None else _answer(value in arguments["values"])


def none_of(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether the value of ``field`` is recorded and none of ``values``."""
    value = value_at(question.application, arguments["field"])
    return Answer.CANNOT_TELL if value is None else _answer(value not in arguments["values"])


def dates(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether ``first`` has the relation ``is`` to ``second``; where one lacks, the answer is ``missing``.

    Each is a day, a field, ``day`` (that of the application), or ``no-limit``, against which every day holds.
    """
    first, second = (_moment(question, arguments[name]) for name in ("first", "second"))
    if first is None or second is None:
        return Answer(arguments.get("missing", Answer.CANNOT_TELL))
    if isinstance(first, str) or isinstance(second, str):
        return Answer.MET
    relation = RELATIONS[arguments["is"]]
    if isinstance(second, PartialDate):
        return _over_all(second, lambda day: relation(earliest(first), day))
    return _over_all(first, lambda day: relation(day, second))


def _over_all(day: date | PartialDate, holds: Callable[[date], bool]) -> Answer:
    """Return whether a condition holds on every day that a date may be; cannot tell where it holds on some."""
    first, last = earliest(day), latest(day)
    answers = {holds(first + timedelta(days)) for days in range((last - first).days + 1)}
    return _answer(answers.pop()) if len(answers) == 1 else Answer.CANNOT_TELL


def begun(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether ``field`` is the day of the application or, where the document continues another, not after that one."""
    began: date | None = value_at(question.application, arguments["field"])
    if began is None:
        return Answer.CANNOT_TELL
    return _answer(began == question.on if question.continues is None else began <= question.continues)


def _moment(question: Question, operand: date | str) -> date | PartialDate | str | None:
    if isinstance(operand, date) or operand == "no-limit":
        return operand
    day: date | PartialDate | None = question.on if operand == "day" else value_at(question.application, operand)
    return day


def consent_if_younger(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether the applicant has reached ``age`` years, or ``consent`` is recorded."""
    application = question.application
    if arguments["consent"] in application.consents:
        return Answer.MET
    if application.date_of_birth is None:
        return Answer.CANNOT_TELL
    return _over_all(application.date_of_birth, lambda born: anniversary(born, arguments["age"]) <= question.on)


def recorded(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether ``field`` is recorded, and not with a date after the day of the application."""
    value = value_at(question.application, arguments["field"])
    if value is None:
        return Answer.CANNOT_TELL
    day = value if isinstance(value, date) else getattr(value, "date", None)
    return _answer(day is None or day <= question.on)


def holds(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether the applicant holds ``document``, valid on the day.

    The register counts more than the applicant's claim. A number that the register has under another kind of document
    proves nothing.
    """
    kind, claim = arguments["document"], question.application.document(arguments["document"])
    entries = question.known.documents if question.known else ()
    if question.known is None and question.register:
        return Answer.CANNOT_TELL
    registered = [entry for entry in entries if entry.kind == kind]
    if registered or question.register:
        return _any_valid(registered, question.on)
    if claim is not None and any(entry.number and entry.number == claim.number for entry in entries):
        return Answer.NOT_MET
    return _any_valid([claim] if claim else [], question.on)


def holds_none(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether the applicant holds none of ``documents``, valid on the day; claims count as well as the register."""
    if question.known is None and question.register:
        return Answer.CANNOT_TELL
    entries = [*question.application.documents, *(question.known.documents if question.known else ())]
    answer = _any_valid([entry for entry in entries if entry.kind in arguments["documents"]], question.on)
    return {Answer.MET: Answer.NOT_MET, Answer.NOT_MET: Answer.MET}.get(answer, answer)


def _registered(question: Question, arguments: Mapping[str, Any]) -> tuple[HeldDocument, ...]:
    """Return the documents of the register that :func:`holds_none` counts."""
    entries = question.known.documents if question.known else ()
    return tuple(
        one for one in entries if one.kind in arguments["documents"] and one.valid_on(question.on) is not False
    )


def _any_valid(entries: list[HeldDocument], on: date) -> Answer:
    answers = [entry.valid_on(on) for entry in entries]
    if any(answers):
        return Answer.MET
    return Answer.CANNOT_TELL if None in answers else Answer.NOT_MET


def undecided(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether the register has no decision of the kind ``decision`` on the applicant."""
    if question.known is None:
        return Answer.CANNOT_TELL if question.register else Answer.MET
    return _answer(arguments["decision"] not in question.known.decisions)


def spelling_agrees(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether a spelling that the holder keeps is one of the name; where none is kept, it is met."""
    if question.application.spelling is None:
        return Answer.MET
    try:
        spelling = name_spelling.in_zone(question.application, question.table)
        agrees = names.agree(spelling, name_spelling.proposed(question.application, question.table)).holds
    except UsageError:  # a letter without a rule: found and named elsewhere
        return Answer.CANNOT_TELL
    return Answer.MET if agrees else Answer.CANNOT_TELL


def names_accounted_for(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether each name that the register has of the applicant is the present one or a recorded earlier one."""
    if question.known is None:
        return Answer.CANNOT_TELL if question.register else Answer.MET
    application, table = question.application, question.table
    try:
        recorded_names = [name_spelling.in_zone(application, table), name_spelling.proposed(application, table)]
        recorded_names += [name_spelling.earlier(name, table) for name in application.earlier_names]
    except UsageError:
        return Answer.CANNOT_TELL
    return _answer(all(any(names.agree(name, own).holds for own in recorded_names) for name in question.known.names))


def one_face(question: Question, arguments: Mapping[str, Any]) -> Answer:
    """Whether the portrait shows one upright face, and its eyes are known; without ``vision`` those that are stated."""
    from tjdocs.portrait import face_finder, judge_photograph  # when called: a border judges no application

    face = face_finder.measure(question.application.portrait, question.application.portrait_eyes)
    if face.eyes and not face.problem:
        return Answer.MET
    portrait = question.application.portrait
    if portrait and judge_photograph.faults(portrait, None):  # it cannot be used: found and named elsewhere
        return Answer.MET
    return Answer.NOT_MET if face.problem else Answer.CANNOT_TELL


PREDICATES: Mapping[str, Predicate] = MappingProxyType(
    {
        "one-of": Predicate(one_of, {"field": "path", "values": "words"}),
        "none-of": Predicate(none_of, {"field": "path", "values": "words"}),
        "dates": Predicate(
            dates,
            {"first": "moment", "is": "relation", "second": "moment", "missing": "answer"},
            optional=frozenset({"missing"}),
        ),
        "begun": Predicate(begun, {"field": "path"}),
        "consent-if-younger": Predicate(consent_if_younger, {"age": "number", "consent": "word"}),
        "recorded": Predicate(recorded, {"field": "path"}),
        "holds": Predicate(holds, {"document": "document"}, register=True),
        "holds-none": Predicate(holds_none, {"documents": "words"}, register=True, rests_on=_registered),
        "undecided": Predicate(undecided, {"decision": "word"}, register=True),
        "one-face": Predicate(one_face, {}),
        "spelling-agrees": Predicate(spelling_agrees, {}),
        "names-accounted-for": Predicate(names_accounted_for, {}, register=True),
    }
)
