"""Scripts of letters, by their names in Unicode: Latin and Cyrillic letters may look alike and are never one word."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["main_script", "script"]


@lru_cache(maxsize=1024)
def script(character: str) -> str:
    """Return a letter's script as Unicode names it; empty for what belongs to no script, as digits and signs.

    >>> script("Ӣ"), script("I"), script("ʼ")
    ('Cyrillic', 'Latin', '')
    """
    if not character.isalpha() or unicodedata.category(character) == "Lm":  # modifier letters: apostrophes
        return ""
    return unicodedata.name(character, "").partition(" ")[0].capitalize()


def main_script(texts: Iterable[str]) -> str:
    """Return the script of most letters, of equals the first one's; empty without a letter."""
    names = [name for text in texts for name in map(script, text) if name]
    return max(dict.fromkeys(names), key=names.count, default="")
