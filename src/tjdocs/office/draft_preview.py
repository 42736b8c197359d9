"""The outcome of an application without issuing anything: for the clerk who takes it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from tjdocs.documents import Application, DocumentTypes, RegisterFacts, RuleResult, eligibility, name_spelling
from tjdocs.documents.load_types import bundled
from tjdocs.documents.rules import Answer
from tjdocs.documents.validity import last_day
from tjdocs.office.draft import Draft
from tjdocs.portrait import face_finder
from tjdocs.times import moment_of

__all__ = ["Preview", "preview"]


@dataclass(frozen=True, slots=True)
class Preview:
    """The results of :func:`preview`.

    :param results: every rule's answer
    :param expires: the last valid day if it were issued now; the signers' certificates may cut it
    :param proposed: primary and secondary identifier as the table spells them
    :param spelt: the same as the zone would have them, untruncated
    :param unmeasured: the missing measures of the face: ``face``, ``eyes``, ``crown``, ``chin``
    """

    results: tuple[RuleResult, ...]
    expires: date
    proposed: tuple[str, str] = field(repr=False)
    spelt: tuple[str, str] = field(repr=False)
    unmeasured: tuple[str, ...] = ()

    @property
    def eligible(self) -> bool:
        """Whether every rule is met."""
        return all(result.outcome is Answer.MET for result in self.results)


def preview(
    application: Application,
    *,
    at: date | datetime,
    known: RegisterFacts | None = None,
    types: DocumentTypes | None = None,
    lang: str = "en",
) -> Preview:
    """Judge an application and its portrait, and spell its names, without issuing anything.

    :raises ApplicationError: names, dates, texts or a portrait that cannot be used: every fault at once
    :raises UsageError: an unusable argument
    """
    kind = (bundled() if types is None else types)[application.document_type]
    now = moment_of(at, zone=kind.time_zone)
    results = eligibility(application, at=now, known=known, types=types, lang=lang)
    expires = last_day(kind.validity, application, now.date())
    draft = Draft.of(application, kind, now, max(expires, now.date()), chip=kind.chip is not None, page=True)
    proposed = name_spelling.proposed(application, kind.transliteration)
    return Preview(
        results,
        expires,
        proposed,
        draft.identifiers,
        face_finder.measure(application.portrait, application.portrait_eyes).missing,
    )
