"""All output to a terminal: control characters, escape sequences and direction marks of strangers are escaped.

Evidence, watchlists, certificates and file names may contain any character. :func:`line` writes exactly one line. While
a command runs, :func:`guarded` escapes both streams as well, so that output of libraries is escaped too.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from tjdocs.escaping import ascii_text, is_visible, json_text, printable

__all__ = ["console", "error", "guarded", "json_value", "line", "lines", "paragraph"]

_NARROWEST = 30


class _Guarded:
    """A text stream that escapes invisible characters, except line ends."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = self.rich_proxied_file = stream  # rich, which prints --help, asks for the latter

    def write(self, text: str) -> int:
        _write(self.stream, printable(text, lines=True))
        return len(text)

    def writelines(self, texts: Any) -> None:
        for text in texts:
            self.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def guarded() -> Iterator[None]:
    """Put a guard before standard output and standard error."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Guarded(out), _Guarded(err)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def line(*parts: str | Text) -> None:
    """Print one line on standard output, the parts with a blank between; a line end in one is escaped."""
    if all(isinstance(part, str) for part in parts):
        _write(_bare(sys.stdout), printable(" ".join(map(str, parts))) + "\n")
        return
    out = console()
    out.print(*[_safe(part, out) if isinstance(part, Text) else printable(part) for part in parts])


def paragraph(text: str | Text, *, first: str = "", indent: str = "") -> None:
    """Print one line on standard output; on a terminal it is broken between words, so that it can be read.

    :param first: before the text, such as an arrow
    :param indent: before each further line, so that a stranger's text never begins one
    """
    out = console()
    safe = _safe(text if isinstance(text, Text) else Text(printable(text)), out)
    pieces = safe.wrap(out, max(_NARROWEST, out.width - len(indent))) if out.is_terminal else [safe]
    for number, piece in enumerate(pieces):
        piece.rstrip()
        line(Text(indent if number else first).append_text(piece))


def lines(text: str) -> None:
    """Print a text of several lines on standard output: the caller answers for where they end."""
    _write(_bare(sys.stdout), printable(text.removesuffix("\n"), lines=True) + "\n")


def error(text: str) -> None:
    """Print one line on standard error."""
    _write(_bare(sys.stderr), printable(text) + "\n")


def json_value(value: object, *, indent: int | None = 2) -> None:
    """Print one JSON value on standard output."""
    _write(_bare(sys.stdout), json_text(value, indent=indent) + "\n")


def console(*, on_error: bool = False) -> Console:
    """Return a console that never wraps what another program may read; for :func:`line` and for progress alone."""
    stream = _bare(sys.stderr if on_error else sys.stdout)
    return Console(file=stream, soft_wrap=True, highlight=False, emoji=False, markup=False)


def _bare(stream: TextIO) -> TextIO:
    return stream.stream if isinstance(stream, _Guarded) else stream


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a terminal without the letters
        stream.write(ascii_text(text))


def _safe(text: Text, out: Console) -> Text:
    if is_visible(text.plain):
        return text
    return Text.assemble(*[(printable(piece.text), piece.style or "") for piece in text.render(out)])
