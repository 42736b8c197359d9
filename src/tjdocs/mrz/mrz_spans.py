"""A zone as labelled spans, for the dissect view."""

from tjdocs.mrz.formats import Format
from tjdocs.mrz.parse_mrz import layout_of
from tjdocs.spans import Span

__all__ = ["spans"]


def spans(text: str | bytes) -> tuple[Span, ...]:
    """Return a zone's lines, and below each its fields and check digits.

    Offsets count characters of the text as given. Text that is not a zone of the exact shape of a format gives
    one span for the whole of it.
    """
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    layout, starts = layout_of(text)
    if layout is None:
        return (Span(0, _bytes(text), "no machine-readable zone"),)
    result = []
    for start, number in sorted(zip(starts, range(1, len(starts) + 1), strict=True)):  # lines may be in another order
        line = text[start : start + layout.columns]
        result.append(Span(start, _bytes(line), f"line {number}", layout.clause))
        for first, last, meaning in _cells(layout, number):
            part = line[first - 1 : last]
            result.append(Span(start + first - 1, _bytes(part), meaning, layout.clause, 1, part))
    return tuple(result)


def _cells(layout: Format, line: int) -> list[tuple[int, int, str]]:
    """Return first column, last column and meaning of everything in a line."""
    cells = []
    for item in layout.fields:
        meaning = item.name.replace("_", " ")
        if item.at[0] == line:
            cells.append((item.at[1], item.at[2], meaning))
        if item.digit >= 0 and layout.position(item.digit)[0] == line:
            column = layout.position(item.digit)[1]
            cells.append((column, column, f"check digit of the {meaning}"))
    if layout.composite and layout.position(layout.composite.digit)[0] == line:
        column = layout.position(layout.composite.digit)[1]
        cells.append((column, column, "composite check digit"))
    return sorted(cells)


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")
