"""A complete lawful application of a plainly marked specimen, which ``issue`` takes the same day."""

from datetime import date, datetime

from tjdocs.documents import types
from tjdocs.documents.application import Application
from tjdocs.documents.eligibility import day
from tjdocs.documents.portrait import draw_specimen
from tjdocs.documents.validity import anniversary

__all__ = ["example"]


def example(document_type: str, *, at: date | datetime) -> Application:
    """Return an adult's application, its dates computed from ``at``.

    :raises tjdocs.errors.UsageError: no such document type, or ``at`` is no day
    """
    portrait = draw_specimen()
    return Application(
        types.get(document_type).id,
        family_name="ЭРИКССОН",
        given_names="АННА",
        patronymic="НАМУНА",  # "specimen"
        sex="F",
        date_of_birth=anniversary(day(at), -32),
        place_of_birth="ДУШАНБЕ",
        citizenship="TJK",
        authority="Вазорати корҳои дохилӣ / Ministry of Internal Affairs",
        portrait=portrait.image,
        portrait_eyes=portrait.eyes,
    )
