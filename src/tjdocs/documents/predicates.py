"""The predicates that document types compose into rules: each answers met, not met, or cannot tell."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from tjdocs.documents.application import Application
from tjdocs.documents.validity import anniversary

__all__ = ["PREDICATES", "Answer", "Predicate"]


class Answer(StrEnum):
    """How a rule stands."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"


Predicate: TypeAlias = Callable[[Application, Mapping[str, Any], date], Answer]


def _answer(holds: bool) -> Answer:
    return Answer.MET if holds else Answer.NOT_MET


def citizen(application: Application, arguments: Mapping[str, Any], on: date) -> Answer:
    """Whether the applicant is a citizen of ``state``."""
    if not application.citizenship:
        return Answer.CANNOT_TELL
    return _answer(application.citizenship == arguments["state"])


def born_before_application(application: Application, arguments: Mapping[str, Any], on: date) -> Answer:
    """Whether the applicant was born on or before the day of the application."""
    if application.date_of_birth is None:
        return Answer.CANNOT_TELL
    return _answer(application.date_of_birth <= on)


def consent_if_younger(application: Application, arguments: Mapping[str, Any], on: date) -> Answer:
    """Whether the applicant has reached ``age`` years, or ``consent`` is recorded."""
    if arguments["consent"] in application.consents:
        return Answer.MET
    if application.date_of_birth is None:
        return Answer.CANNOT_TELL
    return _answer(anniversary(application.date_of_birth, arguments["age"]) <= on)


PREDICATES: Mapping[str, tuple[Predicate, frozenset[str]]] = {
    "citizen": (citizen, frozenset({"state"})),
    "born-before-application": (born_before_application, frozenset()),
    "consent-if-younger": (consent_if_younger, frozenset({"age", "consent"})),
}
