"""Names as the page has them: whole, abbreviated where they do not fit, or as an officer gives them (Doc 9303-3, 3.4).

MRZ, chip, seal and register have the whole name in any case, or their own truncation of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tjdocs.documents import FieldError, name_spelling
from tjdocs.errors import UsageError
from tjdocs.mrz.transliteration import national_components
from tjdocs.page import draw_page
from tjdocs.page.printed_words import has_latin_form

if TYPE_CHECKING:
    from tjdocs.documents import Application
    from tjdocs.office.draft import Draft

__all__ = ["KEYS", "both", "page_name", "page_name_faults", "page_name_hint", "ways"]

KEYS = ("primary_identifier", "secondary_identifier")
_FIELDS = ("family_name", "given_names")


def both(national: str, latin: str) -> str:
    """Return the national and the Latin form of a text; one where they are the same (Doc 9303-3, 3.1)."""
    return latin if national.upper() == latin else f"{national.upper()} / {latin}"


def page_name(draft: "Draft", part: int) -> tuple[str, str]:
    """Return an identifier as the page has it, and how: ``whole``, ``abbreviated`` or ``officer``.

    :param part: 0 for the primary identifier, 1 for the secondary
    """
    application, given = draft.application, draft.application.page_names
    if given is not None and (text := getattr(given, _FIELDS[part])):
        return text.upper(), "officer"
    full, *shorter = ways(_national(application)[part], _latin(draft)[part])
    layout = draft.kind.page.layout if draft.kind.page else None
    if layout is None or not shorter or _fits(layout, KEYS[part], full):
        return full, "whole"
    fitting = (text for text in shorter if _fits(layout, KEYS[part], text))
    name = next(fitting, full)
    return name, "whole" if name == full else "abbreviated"


def ways(national: str, latin: str) -> Iterator[str]:
    """Yield a name whole, then with initials for its lesser components, from the last one back."""
    one, other = national.upper().split(), latin.split()
    yield both(" ".join(one), " ".join(other))
    for count in range(1, max(len(one), len(other))):
        yield both(" ".join(_initials(one, count)), " ".join(_initials(other, count)))


def page_name_faults(draft: "Draft") -> list[FieldError]:
    """Return the faults of an officer's text for the page: it abbreviates the name, and has a Latin form."""
    given, faults = draft.application.page_names, []
    for part, field in enumerate(_FIELDS) if given else ():
        text: str = getattr(given, field)
        national, _, latin = text.partition(" / ")
        names = [national_components(_national(draft.application)[part].upper()), draft.identifiers[part].split()]
        forms = [national_components(form.upper()) for form in (national, latin or national)]
        if not text:
            continue
        if not has_latin_form(text):
            faults.append(
                FieldError(f"page_names.{field}", "missing Latin form", "national form / Latin form (Doc 9303-3, 3.1)")
            )
        elif not latin and _abbreviates(forms[1], names[1]):
            continue
        elif not all(_abbreviates(form, name) for form, name in zip(forms, names, strict=True)):
            hint = "each of its words is the beginning of a word of the name, in the name's order, the first one's too"
            faults.append(FieldError(f"page_names.{field}", "not an abbreviation of the name", hint))
    return faults


def page_name_hint(fault: FieldError) -> FieldError:
    """Return a fault of the page; one of a name that is too long says that an officer may abbreviate it."""
    if fault.field not in _FIELDS or not fault.message.startswith("too long"):
        return fault
    return replace(fault, hint=f"{fault.hint}; page_names takes an officer's abbreviation")


def _abbreviates(short: tuple[str, ...], whole: Sequence[str]) -> bool:
    """Whether each component begins one of the whole name's, in its order; the first begins the first."""
    if not short or not whole or not whole[0].startswith(short[0]):
        return False
    later = iter(whole[1:])
    return all(any(component.startswith(word) for component in later) for word in short[1:])


def _national(application: "Application") -> tuple[str, str]:
    return application.family_name, f"{application.given_names} {application.patronymic}".strip()


def _latin(draft: "Draft") -> tuple[str, str]:
    try:
        return name_spelling.in_visual_zone(draft.application, draft.kind.transliteration)
    except UsageError:  # a letter without a rule: found and named elsewhere
        return draft.identifiers


def _initials(words: list[str], count: int) -> list[str]:
    """Return words with initials for the last ones; the first is never one."""
    end = max(1, len(words) - count)
    return [*words[:end], *(f"{word[0]}." for word in words[end:])]


def _fits(layout: str, key: str, text: str) -> bool:
    try:
        draw_page.check_text(layout, key, text)
    except UsageError:
        return False
    return True
