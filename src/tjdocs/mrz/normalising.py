"""Putting right what a hand, an editor or a scanner did to the text of a zone, before it is read.

Line ends, blanks, letter case, and lines joined into one. Nothing else is touched: a character outside
of the alphabet stays in its place and is reported there, half a surrogate pair as U+FFFD.
"""

import re
from collections.abc import Sequence

from tjdocs import limits
from tjdocs.errors import UsageError

__all__ = ["LIMIT", "decoded", "is_zone", "lines_of", "split_joined"]

LIMIT = limits.MRZ

_TAIL = re.compile(r"[A-Z0-9]<[^ ]*[^ <] [^<]+$")
_SHAPES = ((2, 44), (2, 36), (3, 30))
_JOINED = {lines * columns: columns for lines, columns in _SHAPES}
_UNSEEN: dict[int, str | None] = dict.fromkeys((0xFEFF, 0x200B, 0x200E, 0x200F, 0x2060))  # marks without width
# half a character, as a JSON escape may make one: later code could neither look it up nor write it
_REPLACED = {**_UNSEEN, **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
_UPPER = {ord(letter): ord(letter.upper()) for letter in "abcdefghijklmnopqrstuvwxyz"}


def lines_of(text: str | bytes | Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the lines of a text of any kind, and whether anything had to be put right.

    Of a text that is too long for a zone only the beginning is returned, as one line.

    :raises UsageError: it is neither text nor bytes nor a sequence of texts
    """
    if isinstance(text, (bytes, bytearray, memoryview)):
        text = decoded(bytes(text))
    if isinstance(text, str):
        given = text.removesuffix("\n").split("\n", LIMIT)
    else:
        given = [_line(line) for line in text[:LIMIT]] if isinstance(text, Sequence) else [_line(text)]
    lines = [line for part in given for line in part.translate(_REPLACED).splitlines() if line.strip()]
    if len(lines) > LIMIT or sum(map(len, lines)) > LIMIT:
        return (lines[0].strip()[:LIMIT],), False
    result = _without_blanks([line.translate(_UPPER) for line in lines])
    if len(result) == 1:
        result = list(split_joined(result[0])) or result
    return tuple(result), bool(result) and result != given


def decoded(data: bytes) -> str:
    """Return bytes as text: UTF-16 after its mark, UTF-8 where they are valid, else one character a byte."""
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_zone(text: str) -> bool:
    """Whether a text has as many lines and characters as some format, of any kind."""
    return _shape(list(lines_of(text)[0])) is not None


def _line(line: object) -> str:
    if isinstance(line, str):
        return line.removesuffix("\n")
    raise UsageError("not a text", where="text", hint="give a str, bytes or a sequence of lines")


def split_joined(text: str) -> tuple[str, ...]:
    """Return the lines of a zone that was written without line ends, or nothing for any other length."""
    columns = _JOINED.get(len(text))
    if columns is None:
        return ()
    return tuple(text[start : start + columns] for start in range(0, len(text), columns))


def _without_blanks(lines: list[str]) -> list[str]:
    """Leave blanks out; where lines only fit with them, a blank stands for a filler."""
    bare = ["".join(line.split()) for line in lines]
    if _fits(bare):
        return bare
    if _fits(lines):
        return ["<".join(line.split(" ")) for line in lines]
    # letters or digits after a blank, to the end of a line that lacks something, may be text of another place
    return [" ".join(line.split()) if _TAIL.search(line) else one for line, one in zip(lines, bare, strict=True)]


def _fits(lines: list[str]) -> bool:
    return _shape(lines) is not None or (len(lines) == 1 and len(lines[0]) in _JOINED)


def _shape(lines: list[str]) -> tuple[int, int] | None:
    """Return the number and length of lines where some format has them."""
    shapes = {(len(lines), len(line)) for line in lines}
    return shapes.pop() if len(shapes) == 1 and shapes <= set(_SHAPES) else None
