"""Reading a zone: from any text to a :class:`~tjdocs.mrz.mrz.Mrz`, which never raises an error."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import permutations
from math import inf

from tjdocs.errors import UsageError
from tjdocs.mrz import normalising
from tjdocs.mrz.formats import Format, formats, national_formats
from tjdocs.mrz.mrz import Mrz, fitted
from tjdocs.mrz.mrz_problems import MrzProblem
from tjdocs.mrz.repairs import repair_mrz
from tjdocs.mrz.repairs.line_shapes import mismatch
from tjdocs.mrz.validate import judge, misplaced
from tjdocs.times import day_of

__all__ = ["parse", "parse_printed"]

_FAR, _NEAR = 8, 2  # misplaced characters of lines in a wrong order, at least, and in the right one, at most

# ISO/IEC 18013-3: one line of 30 characters, with D, a sign of the chip's protection, the State, and a check digit
_LICENCE = re.compile("D[A-Z0-9<][A-Z<]{3}[A-Z0-9<]{24}[0-9]")


def parse(text: str | bytes | Sequence[str], *, at: date | datetime, repair: bool = False, joined: bool = False) -> Mrz:
    """Read a zone.

    :param text: the lines as one text, as bytes, or as a sequence of lines
    :param at: the day of inspection: it decides centuries and expiry
    :param repair: also look for what a misread zone was (see :func:`tjdocs.mrz.repair`)
    :param joined: the lines follow one another without line ends, as data group 1 has them; one str or bytes
    :raises UsageError: ``text`` or ``at`` is of an unusable type; never for the content of ``text``
    """
    day = day_of(at)
    if joined:
        mrz = _parse_joined(text, day)
        return repair_mrz.repair(mrz) if repair else mrz
    layout, given = _by_shape(text) if isinstance(text, str) else _by_lines(text)
    if layout is not None:
        characters = "".join(given)
        if layout.pattern.fullmatch(characters):
            zone = Mrz(layout.name, given, day, judge(layout, characters, day, exact=True))
            return repair_mrz.repair(zone) if repair else zone
    lines, normalised = normalising.lines_of(text)
    zone = _read(lines, day, normalised=normalised)
    if not zone.valid and (order := _order(lines, day)):
        zone = _read(_in(order, lines), day, normalised=normalised)
        zone = replace(zone, problems=(MrzProblem("lines-reordered"), *zone.problems))
    return repair_mrz.repair(zone) if repair else zone


def parse_printed(lines: Sequence[str], *, at: date) -> Mrz:
    """Read the lines of a page, from above: an MRZ with its lines in another order is printed wrongly."""
    return _read(tuple(lines), at, normalised=False)


def _parse_joined(text: object, day: date) -> Mrz:
    """Read the lines of one text without line ends."""
    if isinstance(text, (bytes, bytearray, memoryview)):
        text = bytes(text).decode("latin-1")
    if not isinstance(text, str):
        raise UsageError("not a text", where="text", hint="give a str or bytes")
    layout = _by_length().get((text[:1] == "V", len(text)))
    if layout is not None and layout.pattern.fullmatch(text):
        return Mrz(layout.name, layout.split(text), day, judge(layout, text, day, exact=True))
    return _read(normalising.split_joined(text) or (text[: normalising.LIMIT],), day, normalised=False)


def layout_of(text: str) -> tuple[Format | None, list[int]]:
    """Return the format of a text that has its exact shape, and where in the text each line starts."""
    starts, lines, offset = [], [], 0
    for part in text[: normalising.LIMIT].splitlines(keepends=True):
        line = part.strip()
        if line:
            starts.append(offset + part.index(line))
            lines.append(line)
        offset += len(part)
    if len(lines) == 1:
        split = normalising.split_joined(lines[0])
        starts = [starts[0] + index * len(line) for index, line in enumerate(split)]
        lines = list(split)
    if order := _order_by_kind(tuple(lines)):
        lines, starts = [lines[index] for index in order], [starts[index] for index in order]
    layout = _nearest(tuple(lines))
    if layout is None or any(len(line) != layout.columns for line in lines):
        return None, []
    return _own(layout, lines), starts


def _read(lines: tuple[str, ...], day: date, *, normalised: bool) -> Mrz:
    """Judge lines of any shape."""
    layout = _nearest(lines)
    first: list[MrzProblem] = [MrzProblem("normalised")] if normalised else []
    if layout is None:
        code = "driving-licence" if len(lines) == 1 and _LICENCE.fullmatch(lines[0]) else "format-unknown"
        return Mrz(None, lines, day, (*first, MrzProblem(code)))
    layout = _own(layout, lines)
    for number, line in enumerate(lines, 1):
        if len(line) != layout.columns:
            position = number, min(len(line), layout.columns) + 1
            expected, actual = str(layout.columns), str(len(line))
            first.append(MrzProblem("line-length", "", position=position, expected=expected, found=actual))
    return Mrz(layout.name, lines, day, (*first, *judge(layout, fitted(layout, lines), day)))


def _order(lines: tuple[str, ...], day: date) -> tuple[int, ...]:
    """Return the order in which lines are an MRZ where the given one is none, if that is certain; else nothing.

    Certain is the one order that is valid: check digits and codes agree in no other.
    """
    costs = _orders(lines)
    if not costs.get(tuple(range(len(lines)))):  # nothing is misplaced: the order is right, and something else is wrong
        return ()
    valid = [order for order in costs if _read(_in(order, lines), day, normalised=False).valid]
    return _order_by_kind(lines) if not valid else valid[0] if len(valid) == 1 else ()


def _order_by_kind(lines: tuple[str, ...]) -> tuple[int, ...]:
    """Return the one order in which characters are in places of their kind, if in the given one many are not."""
    costs = _orders(lines)
    near = [order for order, cost in costs.items() if cost <= _NEAR]
    return near[0] if len(near) == 1 and costs[tuple(range(len(lines)))] >= _FAR else ()


def _orders(lines: tuple[str, ...]) -> dict[tuple[int, ...], float]:
    """Return how many characters are misplaced in each order of a format's lines; nothing for other texts."""
    costs = {}
    for order in permutations(range(len(lines))) if _nearest(lines) else ():
        layout = _nearest(_in(order, lines))
        costs[order] = mismatch(layout, fitted(layout, _in(order, lines))) if layout else inf
    return costs


def _in(order: tuple[int, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(lines[index] for index in order)


def _own(layout: Format, lines: Sequence[str]) -> Format:
    """Return the State's own format that lines of the same shape are nearer to, else the format itself."""
    joined = fitted(layout, tuple(lines))
    for own in national_formats().values():
        if (own.lines, own.columns) != (layout.lines, layout.columns) or own.national is None:
            continue
        named = {code + own.national.state for code in own.codes}
        if joined[: own.state.stop] in named and misplaced(own, joined) < misplaced(layout, joined):
            return own
    return layout


def _by_shape(text: str) -> tuple[Format | None, tuple[str, ...]]:
    """Return format and lines when line ends are exactly in their places, and at most one more at the end."""
    columns = text.find("\n")
    layout = _by_columns().get((text[:1] == "V", columns))
    if layout is None:
        return None, ()
    size = layout.lines * (columns + 1)
    if len(text) != size - 1 and (len(text) != size or text[-1] != "\n"):
        return None, ()
    if layout.lines == 3 and text[2 * columns + 1] != "\n":
        return None, ()
    return layout, tuple(text.split("\n", layout.lines)[: layout.lines])


def _by_lines(text: bytes | Sequence[str]) -> tuple[Format | None, tuple[str, ...]]:
    """Return format and lines when they are given as exactly these."""
    if not isinstance(text, (list, tuple)) or set(map(type, text)) != {str}:
        return None, ()
    first = text[0]
    layout = _by_columns().get((first[:1] == "V", len(first)))
    if layout is None or [len(line) for line in text] != [layout.columns] * layout.lines:
        return None, ()
    return layout, tuple(text)


def _nearest(lines: tuple[str, ...]) -> Format | None:
    """Return the format whose lines these are, a fifth too short or too long at most."""
    if not all(lines):
        return None
    known = [f for f in formats().values() if f.lines == len(lines)]
    if len(lines) == 2:
        known = [f for f in known if f.name.startswith("MRV") == (lines[0][0] == "V")]
    fitting = [f for f in known if all(abs(len(line) - f.columns) <= f.columns // 5 for line in lines)]
    return min(fitting, key=lambda f: sum(abs(len(line) - f.columns) for line in lines), default=None)


@cache
def _by_columns() -> dict[tuple[bool, int], Format]:
    """Return the formats by whether they begin like a visa's, and the length of a line."""
    return {
        (visa, layout.columns): layout
        for layout in formats().values()
        for visa in (False, True)
        if layout.lines == 3 or layout.name.startswith("MRV") == visa
    }


@cache
def _by_length() -> dict[tuple[bool, int], Format]:
    """Return the same by the length of all lines joined."""
    return {(visa, layout.lines * columns): layout for (visa, columns), layout in _by_columns().items()}
