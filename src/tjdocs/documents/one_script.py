"""One script in one name: Latin letters that look like Cyrillic ones have other values in A to Z (Doc 9303-3, 6)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from tjdocs.documents import settings
from tjdocs.documents.applicant import EarlierName, Spelling
from tjdocs.documents.fields import value_at
from tjdocs.errors import FieldError
from tjdocs.mrz.similar_names import lookalikes

if TYPE_CHECKING:
    from tjdocs.documents.application import Application

__all__ = ["script_faults"]

_PARTS = ("family_name", "given_names", "patronymic")
_WORD = re.compile(r"[^\W\d_]+")
_SHOWN = 5  # letters that are named, of however many there are


def script_faults(application: "Application") -> Iterator[FieldError]:
    """Yield a fault for each field with letters of two scripts.

    Each part of a name is in one script, a kept spelling in Latin. A part in another script than most of the name is
    a slip too where all its letters look like letters of that script. Each word of a place or an authority is in one
    script, since both the national and the Latin form are allowed (Doc 9303-3, 3.1).
    """
    names: list[tuple[str, Application | Spelling | EarlierName | None, str]]
    names = [("", application, ""), ("spelling.", application.spelling, "Latin")]
    names += [("earlier_names.", name, "") for name in application.earlier_names]
    for prefix, name, only in names:
        texts = {f"{prefix}{part}": getattr(name, part) for part in _PARTS} if name else {}
        main = _main_script(texts.values())
        for field, text in texts.items():
            wanted = only or _main_script([text])
            others = [index for index, letter in enumerate(text) if _script(letter) not in ("", wanted)]
            if not others and wanted != main and set(filter(str.isalpha, text.upper())) <= lookalikes():
                wanted, others = main, [index for index, letter in enumerate(text) if _script(letter)]
            if others:
                yield _mixed(field, text, others, f"{wanted} letters alone")
    for field in settings.load().one_script_words:
        value = value_at(application, field)
        for text in (value,) if isinstance(value, str) else value or ():
            others = []
            for word in _WORD.finditer(text):
                wanted = _main_script([word[0]])
                others += [word.start() + i for i, letter in enumerate(word[0]) if _script(letter) not in ("", wanted)]
            if others:
                yield _mixed(field, text, others, "each word in letters of one script")


def _mixed(field: str, text: str, places: list[int], hint: str) -> FieldError:
    """Return the fault of letters of another script at some places of a text."""
    positions: dict[str, list[str]] = {}
    for place in places:
        positions.setdefault(text[place], []).append(str(place + 1))
    shown = [
        f"{letter!r} (U+{ord(letter):04X}, {unicodedata.name(letter)}) at {', '.join(at)}"
        for letter, at in list(positions.items())[:_SHOWN]
    ]
    return FieldError(field, f"letters of two scripts: {'; '.join(shown)}", hint, "scripts")


@lru_cache(maxsize=1024)
def _script(character: str) -> str:
    """Return a letter's script as Unicode names it; empty for what belongs to no script, as digits and signs.

    >>> _script("Ӣ"), _script("I"), _script("ʼ")
    ('Cyrillic', 'Latin', '')
    """
    if not character.isalpha() or unicodedata.category(character) == "Lm":  # modifier letters: apostrophes
        return ""
    return unicodedata.name(character, "").partition(" ")[0].capitalize()


def _main_script(texts: Iterable[str]) -> str:
    """Return the script of most letters, of equals the first one's; empty without a letter."""
    names = [name for text in texts for name in map(_script, text) if name]
    return max(dict.fromkeys(names), key=names.count, default="")
