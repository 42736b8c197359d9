"""How a name is spelt in the zone: the table's proposal, or the holder's earlier spelling (Doc 9303-3, 4.6 and 6)."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from tjdocs import mrz
from tjdocs.documents import settings
from tjdocs.documents.applicant import EarlierName, Spelling
from tjdocs.errors import FieldError
from tjdocs.mrz import transliteration
from tjdocs.mrz.transliteration import visual_form

if TYPE_CHECKING:
    from tjdocs.documents.application import Application

__all__ = ["characters", "in_visual_zone", "in_zone", "kept_faults", "name_faults", "proposed"]

_SHOWN = 5  # foreign characters that are named, of however many there are


def in_zone(application: "Application", table: str) -> tuple[str, str]:
    """Return primary and secondary identifier in A to Z: the spelling that the holder keeps, else the table's.

    :raises tjdocs.errors.UsageError: a character without a rule
    """
    return _latin(application.spelling or application, table)


def proposed(application: "Application", table: str) -> tuple[str, str]:
    """Return primary and secondary identifier as the table spells them, whatever the holder keeps.

    :raises tjdocs.errors.UsageError: a character without a rule
    """
    return _latin(application, table)


def in_visual_zone(application: "Application", table: str) -> tuple[str, str]:
    """Return primary and secondary identifier as :func:`in_zone` does, with their hyphens and apostrophes.

    :raises tjdocs.errors.UsageError: a character without a rule
    """
    name = application.spelling or application
    secondary = f"{name.given_names} {name.patronymic}"
    return visual_form(name.family_name, table=table), visual_form(secondary, table=table)


def earlier(name: EarlierName, table: str) -> tuple[str, str]:
    """Return primary and secondary identifier of an earlier name."""
    return _latin(name, table)


def _latin(name: "Application | Spelling | EarlierName", table: str) -> tuple[str, str]:
    return (
        mrz.transliterate(name.family_name, table=table),
        mrz.transliterate(f"{name.given_names} {name.patronymic}", table=table),
    )


def name_faults(text: str, table: str) -> Iterator[tuple[str, str]]:
    """Yield the faults of a name, each with a hint: characters that no name has, or no letter at all."""
    letters = characters(table)
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).upper())
    foreign = dict.fromkeys(character for character in composed if character not in letters)
    for character in list(foreign)[:_SHOWN]:
        name = unicodedata.name(character, "without name")
        hint = "letters, blanks, apostrophes, hyphens and full stops"
        yield f"missing rule for {character!r} (U+{ord(character):04X}, {name})", hint
    if text.strip() and not foreign and not mrz.transliterate(text, table=table):
        yield "a name without a letter", "letters that have a value in A to Z"


def kept_faults(application: "Application") -> Iterator[FieldError]:
    """Yield a fault where a kept spelling lacks given names and the name has some, or the other way about."""
    spelling = application.spelling
    if spelling is not None and bool(spelling.given_names) != bool(application.given_names):
        hint = "given names where the name has some, and none for a single name"
        yield FieldError(
            "spelling.given_names", "not as the name has them" if spelling.given_names else "missing field", hint
        )


@cache
def characters(table: str) -> frozenset[str]:
    """Return the characters, in upper case, that a name may hold.

    :raises tjdocs.errors.UsageError: no such table
    """
    tables = transliteration.tables()
    mrz.transliterate("A", table=table)  # refuses an unknown table by name
    rules = tables[table]
    known = {*map(chr, range(ord("A"), ord("Z") + 1)), *rules.letters, *rules.initial, *rules.final, *rules.doubling}
    return frozenset({letter for letter in known if letter.isalpha() or unicodedata.combining(letter)}) | {
        " ",
        *settings.load().name_signs,
    }
