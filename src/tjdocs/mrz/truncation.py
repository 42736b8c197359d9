"""Names that do not fit, cut by named strategies (Doc 9303-4 to -7, 4.2.3).

A strategy is its name and, where an authority chooses them itself, the components' lengths:

``initials``
    components give way to their first letters, from the last one back (the default)
``initials-filled``
    the same, but the primary identifier keeps every letter that leaves room for one of the secondary
``shortened``
    components are shortened evenly. ``shortened:9,7,2,4/1,1`` gives their lengths, primary/secondary
``fixed-length``
    components of the primary are cut to one length. ``fixed-length:6`` gives it, ``fixed-length:6,5`` one
    for the first and one for all others

In each the separator and at least one letter of the secondary identifier stay, so that the primary gives
way, and the last position is a letter. Components at the end of an identifier are left out when there is no
room for their first letters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tjdocs.errors import UsageError

__all__ = ["STRATEGIES", "Fitted", "fit"]

# Lengths of the components of both identifiers, those left out not counted.
_Lengths = list[int]
_Pair = tuple[_Lengths, _Lengths]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Names as in the field.

    :param text: exactly as wide as the field
    :param truncated: whether anything was cut
    """

    text: str = field(repr=False)
    truncated: bool


def fit(primary: Sequence[str], secondary: Sequence[str], width: int, strategy: str = "initials") -> Fitted:
    """Return the names' field.

    :param primary: components in A to Z, at least one
    :param secondary: components in A to Z, perhaps none
    :raises UsageError: no such strategy, or lengths that do not fit
    """
    name, _, lengths = strategy.partition(":")
    if name not in STRATEGIES:
        raise UsageError("unknown strategy", where="truncation", hint=f"there are {', '.join(STRATEGIES)}")
    uncut = _text(primary, secondary)
    if len(uncut) <= width:
        return Fitted(uncut.ljust(width, "<"), False)
    room = width - (2 if secondary else 0)
    # Components, or letters of one, after as many as the field is wide do not fit in it.
    primary, secondary = primary[:width], secondary[:width]
    lengths_of = [min(len(c), width) for c in primary], [min(len(c), width) for c in secondary]
    one, other = STRATEGIES[name](*lengths_of, room, lengths)
    _fill(*lengths_of, one, other, room)
    text = _text(
        [c[:n] for c, n in zip(primary, one, strict=False)], [c[:n] for c, n in zip(secondary, other, strict=False)]
    )
    if len(text) > width or not one or (secondary and not other):
        raise _unusable(f"their sum must leave room for fillers in {width} positions")
    return Fitted(text.ljust(width, "<"), True)


def _initials(primary: _Lengths, secondary: _Lengths, room: int, lengths: str) -> _Pair:
    _no_lengths(lengths)
    if not secondary:
        return _back(primary, room), []
    result = list(primary)
    for index in range(len(result) - 1, 0, -1):
        if _need(result) < room:
            break
        result[index] = 1
    if _need(result) >= room:
        while _need([1, *result[1:]]) >= room:
            result.pop()
        result[0] -= max(_need(result) - room + 1, 0)
    return result, _back(secondary, room - _need(result))


def _initials_filled(primary: _Lengths, secondary: _Lengths, room: int, lengths: str) -> _Pair:
    _no_lengths(lengths)
    result = _back(primary, room - bool(secondary))
    return result, _back(secondary, room - _need(result))


def _shortened(primary: _Lengths, secondary: _Lengths, room: int, lengths: str) -> _Pair:
    if lengths:
        one, _, other = lengths.partition("/")
        result = [min(pair) for pair in zip(primary, _numbers(one), strict=False)] if one else list(primary)
        space = room - _need(result)
        others = [min(pair) for pair in zip(secondary, _numbers(other), strict=False)]
        return result, others if other else _even(secondary, space)
    result = _even(primary, room - _reserve(primary, secondary, room))
    return result, _even(secondary, room - _need(result))


def _fixed_length(primary: _Lengths, secondary: _Lengths, room: int, lengths: str) -> _Pair:
    if lengths:
        chosen = _numbers(lengths)
        chosen += [chosen[-1]] * len(primary)
        result = [min(pair) for pair in zip(primary, chosen, strict=False)]
    else:
        result = _level(primary, room - _reserve(primary, secondary, room))
    return result, _back(secondary, room - _need(result))


STRATEGIES: Mapping[str, Callable[[_Lengths, _Lengths, int, str], _Pair]] = MappingProxyType(
    {
        "initials": _initials,
        "initials-filled": _initials_filled,
        "shortened": _shortened,
        "fixed-length": _fixed_length,
    }
)


def _reserve(primary: _Lengths, secondary: _Lengths, room: int) -> int:
    """Return the room for the secondary: its first letters, or one letter where that is too much."""
    initials = _need([1] * len(secondary))
    return initials if _need([1] * len(primary)) + initials <= room else min(initials, 1)


def _need(lengths: Sequence[int]) -> int:
    """Return how many positions components of these lengths take, with a filler between them."""
    return sum(lengths) + max(len(lengths) - 1, 0)


def _leave_out(lengths: _Lengths, room: int) -> _Lengths:
    """Return the components from the front of which at least the first letters have room."""
    return lengths[: max((room + 1) // 2, 0)]


def _back(lengths: _Lengths, room: int) -> _Lengths:
    """Shorten from the last component back, none below its first letter."""
    result = _leave_out(lengths, room)
    for index in range(len(result) - 1, -1, -1):
        result[index] -= max(min(result[index] - 1, _need(result) - room), 0)
    return result


def _level(lengths: _Lengths, room: int) -> _Lengths:
    """Cut all components to the greatest length for which there is room."""
    result = _leave_out(lengths, room)
    longest = max(result, default=0)
    while longest > 1 and _need([min(n, longest) for n in result]) > room:
        longest -= 1
    return [min(n, longest) for n in result]


def _even(lengths: _Lengths, room: int) -> _Lengths:
    """Shorten evenly; the remainder goes to the last component that was cut."""
    result = _level(lengths, room)
    for index in range(len(result) - 1, -1, -1):
        result[index] = max(result[index], min(lengths[index], result[index] + room - _need(result)))
    return result


def _fill(primary: _Lengths, secondary: _Lengths, one: _Lengths, other: _Lengths, room: int) -> None:
    """Give letters back until the last position is a letter."""
    for full, cut in ((primary, one), (secondary, other)):
        for index in range(len(cut)):
            space = room - _need(one) - _need(other)
            cut[index] += max(min(full[index] - cut[index], space), 0)
    if room - _need(one) - _need(other) != 1:
        return
    # One position is left, and every component is whole or left out: a letter makes room for a first letter.
    for full, cut in ((secondary, other), (primary, one)):
        longer = next((k for k in (other, one) if k and max(k) > 1), None)
        if len(cut) < len(full) and longer is not None:
            longer[longer.index(max(longer))] -= 1
            cut.append(1)
            return


def _numbers(text: str) -> _Lengths:
    parts = text.split(",")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 2 and int(part) for part in parts):
        raise _unusable("they are numbers from 1 to 99, parted by commas")
    return [int(part) for part in parts]


def _no_lengths(text: str) -> None:
    if text:
        raise _unusable("this strategy takes none")


def _unusable(hint: str) -> UsageError:
    return UsageError("lengths that cannot be used", where="truncation", hint=hint)


def _text(primary: Sequence[str], secondary: Sequence[str]) -> str:
    text = "<".join(primary)
    return f"{text}<<{'<'.join(secondary)}" if secondary else text
