"""The shapes that misread lines may have had: cut, joined, or with fillers lost or doubled."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tjdocs.mrz.formats import Format, formats
from tjdocs.mrz.repairs.ocr_confusions import confusions

__all__ = ["Shape", "mismatch", "shapes"]

_SHOWN = 6  # shapes looked into
_LINES = 40  # lines of a text in which a zone is looked for
_SURPLUS = 8  # characters too many in a line
_STEP, _EACH, _CUT, _FOREIGN = 1.0, 0.3, 2.0, 0.5  # costs: of a change, of each character, of lines, of a sign


class Shape(NamedTuple):
    """One way to bring lines to a format's shape.

    :param lines: as they were read, of the same lengths as the joined zone's when nothing was brought to shape
    """

    cost: float
    layout: Format
    joined: str
    lines: tuple[str, ...]


def shapes(lines: tuple[str, ...]) -> list[Shape]:
    """Return the likeliest shapes of lines as read, at most a few, or only the right shape."""
    kinds = {(layout.lines, layout.columns): layout for layout in formats().values()}
    exact = kinds.get((len(lines), len(lines[0]))) if lines else None
    if exact is not None and len(set(map(len, lines))) == 1:
        return [Shape(0.0, _of_kind(exact, lines), "".join(lines), lines)]
    longer = confusions().longer
    spread = ["".join(longer.get(character, character) for character in line) for line in lines[:_LINES]]
    price = _FOREIGN * sum(character in longer for line in lines for character in line)
    by_text: dict[str, Shape] = {}
    for layout in kinds.values():
        for cost, group in _groups(spread, layout):
            for more, joined in _joined(group, layout):
                kind = _of_kind(layout, (joined,))
                total = price + cost + more + mismatch(kind, joined)
                if joined not in by_text or by_text[joined].cost > total:
                    by_text[joined] = Shape(total, kind, joined, lines)
    return sorted(by_text.values(), key=lambda shape: shape.cost)[:_SHOWN]


def _of_kind(layout: Format, lines: Sequence[str]) -> Format:
    """Return the format of this shape that the first letter tells."""
    visa = lines[0].startswith("V")
    same = (f for f in formats().values() if (f.lines, f.columns) == (layout.lines, layout.columns))
    return next((f for f in same if f.name.startswith("MRV") == visa), layout)


def _groups(lines: list[str], layout: Format) -> Iterator[tuple[float, list[str]]]:
    """Yield the lines of a zone among those read: as they are, joined, or split again."""
    count, columns = layout.lines, layout.columns
    for start in range(len(lines) - count + 1):
        yield _CUT * (len(lines) - count) / 2, lines[start : start + count]
    if len(lines) == count + 1:  # one line was cut in two
        for place in range(count):
            yield _CUT, [*lines[:place], lines[place] + lines[place + 1], *lines[place + 2 :]]
    text = "".join(lines)
    if abs(len(text) - count * columns) <= _SURPLUS // 2 and len(lines) <= count:  # lines were joined, or cut elsewhere
        for first in range(columns - 2, columns + 3):
            for second in range(columns - 2, columns + 3) if count == 3 else (len(text) - first,):
                yield _CUT, [text[:first], text[first : first + second], text[first + second :]][:count]


def _joined(lines: list[str], layout: Format) -> Iterator[tuple[float, str]]:
    """Yield the joined zones that lines of any length give."""
    ways = [list(_fitted(line, layout.columns)) for line in lines]
    sums = [(0.0, "")]
    for way in ways:
        sums = sorted((c + cost, text + line) for c, text in sums for cost, line in way)[: 4 * _SHOWN]
    yield from sums


def _fitted(line: str, columns: int) -> Iterator[tuple[float, str]]:
    """Yield a line with fillers put in or taken out so that it has its width."""
    lacking = columns - len(line)
    if lacking == 0:
        yield 0.0, line
        return
    if lacking < -_SURPLUS or len(line) < columns // 4:
        return
    cost = _STEP + _EACH * abs(lacking)
    for start, end in _runs(line):
        price = cost + (_STEP if end - start < 3 else 0.0)  # fillers are lost, or doubled, in long runs
        if lacking > 0:
            yield price, line[:start] + "<" * lacking + line[start:]
        elif end - start >= -lacking:
            yield price, line[: end + lacking] + line[end:]
    if lacking > 0 and not line.endswith("<"):
        yield cost, line.ljust(columns, "<")
    if lacking < 0:
        known = confusions().of
        clean = "".join(character for character in line if character in known)
        if len(clean) == columns:  # signs outside of the alphabet were read into it
            yield cost, clean
        yield cost + _STEP, line[-lacking:]
        yield cost + _STEP, line[:lacking]


def _runs(line: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every run of fillers."""
    start = line.find("<")
    while start >= 0:
        end = start
        while end < len(line) and line[end] == "<":
            end += 1
        yield start, end
        start = line.find("<", end)


def mismatch(layout: Format, joined: str) -> float:
    """Return a cost for every character of a kind that does not belong in its place."""
    cost = 0.0
    for item in layout.fields:
        text = joined[item.slice]
        if item.kind in ("birth", "expiry"):
            cost += sum(not c.isdecimal() for c in text)
        elif item.kind in ("names", "state", "document-code"):
            cost += sum(c.isdecimal() for c in text)
            cost += _STEP if item.kind == "names" and "<<" not in text.rstrip("<") else 0.0
        elif item.kind == "sex":
            cost += text not in "MF<"
    return cost + sum(not joined[item.digit].isdecimal() for item in layout.checked if item.kind != "optional")
