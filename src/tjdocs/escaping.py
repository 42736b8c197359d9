r"""Text of a stranger made safe to show: characters that are not seen, or that move others, become visible escapes.

Everything that the library shows or writes for another program goes through one of these functions. They change only
the form: ``\u202e`` is six characters to a person, and the character itself to a JSON reader.
"""

import json
import re
from typing import Any
from unicodedata import category

import msgspec

__all__ = ["ascii_text", "is_visible", "json_text", "name", "printable", "unseen"]

MAX_MARKS = 3  # marks on one letter; further ones paint over the lines above
# What str.isprintable() lets pass although nothing of it is seen. Of the default-ignorable code points (Unicode 5.21)
# it stops those of category Cf and those without a character. unicodedata has no property for the others:
_IGNORABLE = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160), (0x3164, 0x3164), (0xFFA0, 0xFFA0),  # fillers of Hangul
    (0x17B4, 0x17B5),  # inherent vowels of Khmer
    (0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF),  # variation selectors
)  # fmt: skip
_FORMLESS = (
    (0x2800, 0x2800),  # a pattern of Braille without dots
    (0xFFFC, 0xFFFC),  # in the place of an object that is not there
    (0x13441, 0x13442),  # blanks among hieroglyphs
    (0x16FE4, 0x16FE4),  # a filler of Khitan
    (0x1BC9D, 0x1BC9D),  # a selector of Duployan
    (0x1D159, 0x1D159),  # a note without a head
)
_BLANK = frozenset(chr(code) for first, last in (*_IGNORABLE, *_FORMLESS) for code in range(first, last + 1))
_SUSPECT = re.compile(r"[^ -~\n]")


def is_visible(text: str) -> bool:
    """Whether every character of a text is seen as itself, and stays in its place."""
    return text.isprintable() and (text.isascii() or not any(unseen(text)))


def unseen(text: str) -> list[bool]:
    """Return for each character whether it has to be named: a control, a mark of direction, a blank without a form.

    So has the fourth and every further mark on one letter.
    """
    marks, result = 0, []
    for character in text:
        marks = marks + 1 if category(character) in ("Mn", "Me") else 0
        result.append(not character.isprintable() or character in _BLANK or marks > MAX_MARKS)
    return result


def printable(text: str, *, lines: bool = False) -> str:
    """Return a text in which every character that is not seen is an escape, as JSON writes it.

    :param lines: leave line ends as they are
    """
    if text.isascii() and (text.isprintable() or (lines and text.replace("\n", "").isprintable())):
        return text
    shown = zip(text, unseen(text), strict=True)
    return "".join(_escape(c) if hidden and not (lines and c == "\n") else c for c, hidden in shown)


def _escape(character: str) -> str:
    code = ord(character)
    if code > 0xFFFF:  # as two halves, since JSON knows no other form
        code -= 0x10000
        return f"\\u{0xD800 | code >> 10:04x}\\u{0xDC00 | code & 0x3FF:04x}"
    return f"\\u{code:04x}"


def ascii_text(text: str) -> str:
    """Return a text with an escape for every character beyond ASCII: what any terminal can show."""
    return "".join(character if character.isascii() else _escape(character) for character in text)


def name(text: str) -> str:
    """Return a file's name as a printable text; two names never give the same text."""
    return printable(text) if is_visible(text) and "\\" not in text else printable(text.replace("\\", "\\\\"))


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON in which every character that is not seen is escaped; it can always be encoded."""
    text = _one_line(value) if indent is None else json.dumps(value, ensure_ascii=False, indent=indent)
    if (text.isascii() and text.isprintable()) or _SUSPECT.search(text) is None:
        return text
    return printable(text, lines=True)


def _one_line(value: Any) -> str:
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()
    except (TypeError, ValueError, OverflowError):  # a key that is not text, half a surrogate pair, a long number
        return json.dumps(value, ensure_ascii=False)
