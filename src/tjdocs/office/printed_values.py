"""The values of the page and the seal by name: document types choose among them."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tjdocs import mrz
from tjdocs.documents.document_type import DocumentType
from tjdocs.documents.fields import kind_at, value_at
from tjdocs.errors import SpecError, UsageError
from tjdocs.mrz.transliteration import visual_form
from tjdocs.office.page_names import both
from tjdocs.page.layout_files import load
from tjdocs.page.printed_words import date_text, has_latin_form, nationality_text, sex_text
from tjdocs.seal import vds_profiles
from tjdocs.times import PartialDate

if TYPE_CHECKING:
    from datetime import date

    from tjdocs.office.draft import Draft

__all__ = ["ZONE", "check", "page_values", "seal_values"]

_LATIN_FORM = "national form / Latin form (Doc 9303-3, 3.1)"
ZONE = "zone"
"""The value of a seal that is the zone."""


def page_values(draft: "Draft", number: str, names: Sequence[str]) -> dict[str, str]:
    """Return texts of the printed page by name.

    Names and places are in national letters and in the zone's spelling, with their hyphens and apostrophes.

    :raises UsageError: a text that cannot be transliterated, or a mandatory one without a Latin form; ``where`` is its
        field
    """
    page = draft.kind.page
    texts = {**(page.texts if page else {}), **{name: _PAGE[name](draft, number) for name in names}}
    for name in _mandatory(page.layout) if page else ():
        if texts.get(name) and not has_latin_form(texts[name]):
            raise UsageError("missing Latin form", where=name, hint=_LATIN_FORM)
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
    profile = vds_profiles.get(seal.profile)
    values: dict[str, Any] = {}
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
        values[name] = value
    return values


def _plain(text: str, table: str) -> str:
    """Return a text in the seal's characters."""
    words = "".join(char if char.isalnum() else " " for char in text).split()
    return " ".join(
        "".join(char.upper() if char.isascii() else mrz.transliterate(char, table=table) for char in word)
        for word in words
    )


def check(kind: DocumentType) -> None:
    """Check that every value which a type chooses is there, and that its own words have a Latin form.

    :raises SpecError: one is not, or has none
    """
    asked = {spec.id for spec in kind.fields}
    for name in kind.page.fields if kind.page else ():
        if name not in _PAGE:
            raise SpecError("unknown value of a page", where=f"{kind.id} page", hint=f"{name}; {', '.join(_PAGE)}")
    if kind.page:
        faces = load(kind.page.layout).face
        if kind.seal and not any(face.code for face in faces):
            raise SpecError("a page without a place for the seal", where=f"{kind.id} page", hint=kind.page.layout)
        for words in _own_words(kind):
            if not has_latin_form(words):
                raise SpecError("missing Latin form", where=f"{kind.id}: {words[:40]}", hint=_LATIN_FORM)
    for value in kind.seal.features.values() if kind.seal else ():
        known = value.partition(".")[0] in asked and kind_at(value, kind.documents) is not None
        if value != ZONE and not known:
            raise SpecError("unknown value of a seal", where=f"{kind.id} seal", hint=value)
    if kind.seal:
        profile = vds_profiles.get(kind.seal.profile)
        for name in kind.seal.features:
            profile.by_name(name)


def _own_words(kind: DocumentType) -> Iterable[str]:
    """Yield the words of a type that are printed."""
    if kind.page:
        for table in (kind.page.nationalities, kind.page.categories, kind.page.texts):
            yield from table.values()
    yield from (note.printed_text for note in kind.notes if note.printed)


@cache
def _mandatory(layout: str) -> frozenset[str]:
    """Return the keys of the values that every document of a layout has."""
    return frozenset(part.key for face in load(layout).face for part in face.field if not part.optional)


def _place(draft: "Draft", text: str, where: str) -> str:
    if not text:
        return ""
    try:
        parts = (visual_form(part, table=draft.kind.transliteration) for part in text.split(",") if part.strip())
        return both(text, ", ".join(parts))
    except UsageError as error:
        raise UsageError(error.message, where=where, hint=error.hint) from None


def _day(draft: "Draft", day: "date | PartialDate") -> str:
    page = draft.kind.page
    known = (day.year, day.month or None, None) if isinstance(day, PartialDate) else (day.year, day.month, day.day)
    return date_text(*known, style="numeric" if page and page.dates == "numeric" else "month")


def _nationality(draft: "Draft") -> str:
    code = draft.application.citizenship
    word = nationality_text(code)
    return draft.kind.page.nationalities.get(code, word) if draft.kind.page else word


def _with_latin(draft: "Draft", text: str, where: str) -> str:
    """Return a text that has a Latin form: its own, or its transliteration (Doc 9303-3, 3.5)."""
    if not text or has_latin_form(text):
        return text
    try:
        return both(text, "".join(_latin(word, draft.kind.transliteration) for word in _WORD.split(text)))
    except UsageError as error:
        raise UsageError(error.message, where=where, hint=error.hint) from None


def _latin(word: str, table: str) -> str:
    """Return a word in A to Z, or the signs between words in ASCII: each by its equivalent, else as a blank."""
    if word.isalpha() and not word.isascii():
        return mrz.transliterate(word, table=table)
    plain = unicodedata.normalize("NFKC", word).upper()
    return "".join(sign if sign.isascii() else " " for sign in plain)


def _category(draft: "Draft") -> str:
    code = draft.application.category
    return draft.kind.page.categories.get(code, code) if draft.kind.page else code


def _permit(draft: "Draft") -> str:
    where = "residence_permit.number"
    return _with_latin(draft, value_at(draft.application, where) or "", where)


def _permit_expires(draft: "Draft") -> str:
    expires = value_at(draft.application, "residence_permit.expires")
    return _day(draft, expires) if expires else ""


def _journey(draft: "Draft", part: str) -> str:
    journey = draft.application.journey
    if journey is None:
        return ""
    if part == "destination":
        return _place(draft, journey.destination, "journey.destination")
    return ", ".join(_place(draft, point, "journey.transit") for point in journey.transit)


def _notes(draft: "Draft") -> str:
    """Return the printed notes; no line parts the forms of a code's name, or a paragraph from its article."""
    text = "; ".join(note.printed_text for note in draft.kind.notes if note.printed)
    return text.replace(" / ", "\u00a0/\u00a0").replace(" (", "\u00a0(")


_WORD = re.compile(r"([^\W\d_]+)")
_PAGE: Mapping[str, Callable[["Draft", str], str]] = MappingProxyType(
    {
        "document_code": lambda draft, number: draft.kind.document_code,
        "issuing_state": lambda draft, number: draft.kind.issuing_state,
        "document_number": lambda draft, number: number,
        "primary_identifier": lambda draft, number: draft.page_name(0)[0],
        "secondary_identifier": lambda draft, number: draft.page_name(1)[0],
        "nationality": lambda draft, number: _nationality(draft),
        "date_of_birth": lambda draft, number: _day(draft, draft.born),
        "sex": lambda draft, number: sex_text(draft.sex),
        "place_of_birth": lambda draft, number: _place(draft, draft.application.place_of_birth, "place_of_birth"),
        "personal_number": lambda draft, number: draft.application.personal_number,
        "date_of_issue": lambda draft, number: _day(draft, draft.issued),
        "date_of_acceptance": lambda draft, number: _day(draft, draft.application.date_of_acceptance or draft.issued),
        "date_of_expiry": lambda draft, number: _day(draft, draft.expires),
        "authority": lambda draft, number: _with_latin(draft, draft.application.authority, "authority"),
        "category": lambda draft, number: _category(draft),
        "destination": lambda draft, number: _journey(draft, "destination"),
        "transit_points": lambda draft, number: _journey(draft, "transit"),
        "residence_permit": lambda draft, number: _permit(draft),
        "residence_permit_expires": lambda draft, number: _permit_expires(draft),
        "exemption": lambda draft, number: _notes(draft),
    }
)
