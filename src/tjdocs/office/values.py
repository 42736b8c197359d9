"""What stands on the page and in the seal, by name: document types choose among these values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tjdocs import mrz
from tjdocs.documents.fields import kind_at, value_at
from tjdocs.documents.model import DocumentType
from tjdocs.errors import SpecError, UsageError
from tjdocs.page import date_text, load, sex_text
from tjdocs.seal import profiles

if TYPE_CHECKING:
    from datetime import date

    from tjdocs.office.draft import Draft

__all__ = ["ZONE", "check", "page_values", "seal_values"]

ZONE = "zone"
"""The value of a seal that is the zone."""


def page_values(draft: "Draft", number: str, names: Sequence[str]) -> dict[str, str]:
    """Return texts of the printed page by name; names and places in national letters and in the zone's spelling.

    :raises UsageError: a place that cannot be transliterated; ``where`` is its field
    """
    fixed = draft.kind.page.texts if draft.kind.page else {}
    texts = {**fixed, **{name: _PAGE[name](draft, number) for name in names}}
    return {name: text for name, text in texts.items() if text or name == "secondary_identifier"}


def seal_values(draft: "Draft", names: Iterable[str], lines: Sequence[str]) -> dict[str, Any]:
    """Return values of the seal's features by name: texts, dates, and the zone's text; those that are there.

    A seal has A to Z, 0 to 9 and the blank: letters are transliterated, other characters part words.

    :param lines: the zone's, or nothing, where it is left out
    :raises UsageError: a letter without a rule, or a value for which the feature has no room; ``where`` is its field
    """
    seal = draft.kind.seal
    if seal is None:
        return {}
    profile = profiles.get(seal.profile)
    found: dict[str, Any] = {}
    for name in names:
        field = seal.features[name]
        value = "".join(lines) if field == ZONE else value_at(draft.application, field)
        if not value:
            continue
        try:
            if field != ZONE and isinstance(value, str):
                value = _plain(value, draft.kind.transliteration)
            profile.by_name(name).encode(value)
        except UsageError as error:
            raise UsageError(error.message, where=field, hint=error.hint) from None
        found[name] = value
    return found


def _plain(text: str, table: str) -> str:
    """Return a text in the seal's characters."""
    words = "".join(char if char.isalnum() else " " for char in text).split()
    return " ".join(
        "".join(char.upper() if char.isascii() else mrz.transliterate(char, table=table) for char in word)
        for word in words
    )


def check(kind: DocumentType) -> None:
    """Check that every value which a type chooses is there.

    :raises SpecError: one is not
    """
    asked = {spec.name for spec in kind.fields}
    for name in kind.page.fields if kind.page else ():
        if name not in _PAGE:
            raise SpecError("no such value of a page", where=f"{kind.id} page", hint=f"{name}; {', '.join(_PAGE)}")
    if kind.page:
        faces = load(kind.page.layout).face
        if kind.seal and not any(face.code for face in faces):
            raise SpecError("a page without a place for the seal", where=f"{kind.id} page", hint=kind.page.layout)
    for value in kind.seal.features.values() if kind.seal else ():
        known = value.partition(".")[0] in asked and kind_at(value, kind.documents) is not None
        if value != ZONE and not known:
            raise SpecError("no such value of a seal", where=f"{kind.id} seal", hint=value)
    if kind.seal:
        profile = profiles.get(kind.seal.profile)
        for name in kind.seal.features:
            profile.by_name(name)


def _names(draft: "Draft", part: int) -> str:
    application = draft.application
    national = (application.family_name, f"{application.given_names} {application.patronymic}".strip())[part]
    return _both(national, draft.identifiers[part])


def _both(national: str, latin: str) -> str:
    return latin if national.upper() == latin else f"{national.upper()} / {latin}"


def _place(draft: "Draft", text: str, where: str) -> str:
    if not text:
        return ""
    try:
        return _both(text, mrz.transliterate(text, table=draft.kind.transliteration))
    except UsageError as error:
        raise UsageError(error.message, where=where, hint=error.hint) from None


def _day(draft: "Draft", day: "date") -> str:
    page = draft.kind.page
    return date_text(day.year, day.month, day.day, style="numeric" if page and page.dates == "numeric" else "month")


def _nationality(draft: "Draft") -> str:
    code = draft.application.citizenship
    return draft.kind.page.nationalities.get(code, code) if draft.kind.page else code


def _category(draft: "Draft") -> str:
    code = draft.application.category
    return draft.kind.page.categories.get(code, code) if draft.kind.page else code


def _permit(draft: "Draft") -> str:
    number = value_at(draft.application, "residence_permit.number")
    expires = value_at(draft.application, "residence_permit.expires")
    return f"{number}, {date_text(expires.year, expires.month, expires.day, style='numeric')}" if expires else ""


def _journey(draft: "Draft", part: str) -> str:
    journey = draft.application.journey
    if journey is None:
        return ""
    if part == "destination":
        return _place(draft, journey.destination, "journey.destination")
    return ", ".join(_place(draft, point, "journey.transit") for point in journey.transit)


_PAGE: Mapping[str, Callable[["Draft", str], str]] = MappingProxyType(
    {
        "document_code": lambda draft, number: draft.kind.document_code,
        "issuing_state": lambda draft, number: draft.kind.issuing_state,
        "document_number": lambda draft, number: number,
        "primary_identifier": lambda draft, number: _names(draft, 0),
        "secondary_identifier": lambda draft, number: _names(draft, 1),
        "nationality": lambda draft, number: _nationality(draft),
        "date_of_birth": lambda draft, number: _day(draft, draft.born),
        "sex": lambda draft, number: sex_text(draft.sex),
        "place_of_birth": lambda draft, number: _place(draft, draft.application.place_of_birth, "place_of_birth"),
        "personal_number": lambda draft, number: draft.application.personal_number,
        "date_of_issue": lambda draft, number: _day(draft, draft.issued),
        "date_of_acceptance": lambda draft, number: _day(draft, draft.application.date_of_acceptance or draft.issued),
        "date_of_expiry": lambda draft, number: _day(draft, draft.expires),
        "authority": lambda draft, number: draft.application.authority,
        "category": lambda draft, number: _category(draft),
        "destination": lambda draft, number: _journey(draft, "destination"),
        "transit_points": lambda draft, number: _journey(draft, "transit"),
        "residence_permit": lambda draft, number: _permit(draft),
        "exemption": lambda draft, number: "; ".join(note.text for note in draft.kind.notes if note.printed),
    }
)
