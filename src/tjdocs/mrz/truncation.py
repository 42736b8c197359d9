"""Names that do not fit, cut by named strategies (Doc 9303-4 to -7, 4.2.3).

A strategy is its name and, where an authority chooses them itself, the components' lengths:

``initials``
    components give way to their first letters, from the last one back (the default)
``initials-filled``
    the same, but the primary identifier keeps every letter that leaves room for one of the secondary
``shortened``
    components are shortened evenly; ``shortened:9,7,2,4/1,1`` gives their lengths, primary/secondary
``fixed-length``
    components of the primary are cut to one length; ``fixed-length:6`` gives it, ``fixed-length:6,5`` one
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
    whole = _text(primary, secondary)
    if len(whole) <= width:
        return Fitted(whole.ljust(width, "<"), False)
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
    kept = list(primary)
    for index in range(len(kept) - 1, 0, -1):
        if _need(kept) < room:
            break
        kept[index] = 1
    if _need(kept) >= room:
        while _need([1, *kept[1:]]) >= room:
            kept.pop()
        kept[0] -= max(_need(kept) - room + 1, 0)
    return kept, _back(secondary, room - _need(kept))


def _initials_filled(primary: _Lengths, secondary: _Lengths, room: int, lengths: str) -> _Pair:
    _no_lengths(lengths)
    kept = _back(primary, room - bool(secondary))
    return kept, _back(secondary, room - _need(kept))


def _shortened(primary: _Lengths, secondary: _Lengths, room: int, lengths: str) -> _Pair:
    if lengths:
        one, _, other = lengths.partition("/")
        kept = [min(pair) for pair in zip(primary, _numbers(one), strict=False)] if one else list(primary)
        left = room - _need(kept)
        rest = [min(pair) for pair in zip(secondary, _numbers(other), strict=False)]
        return kept, rest if other else _even(secondary, left)
    kept = _even(primary, room - _reserve(primary, secondary, room))
    return kept, _even(secondary, room - _need(kept))


def _fixed_length(primary: _Lengths, secondary: _Lengths, room: int, lengths: str) -> _Pair:
    if lengths:
        chosen = _numbers(lengths)
        chosen += [chosen[-1]] * len(primary)
        kept = [min(pair) for pair in zip(primary, chosen, strict=False)]
    else:
        kept = _level(primary, room - _reserve(primary, secondary, room))
    return kept, _back(secondary, room - _need(kept))


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
    kept = _leave_out(lengths, room)
    for index in range(len(kept) - 1, -1, -1):
        kept[index] -= max(min(kept[index] - 1, _need(kept) - room), 0)
    return kept


def _level(lengths: _Lengths, room: int) -> _Lengths:
    """Cut all components to the greatest length for which there is room."""
    kept = _leave_out(lengths, room)
    longest = max(kept, default=0)
    while longest > 1 and _need([min(n, longest) for n in kept]) > room:
        longest -= 1
    return [min(n, longest) for n in kept]


def _even(lengths: _Lengths, room: int) -> _Lengths:
    """Shorten evenly; the remainder goes to the last component that was cut."""
    kept = _level(lengths, room)
    for index in range(len(kept) - 1, -1, -1):
        kept[index] = max(kept[index], min(lengths[index], kept[index] + room - _need(kept)))
    return kept


def _fill(primary: _Lengths, secondary: _Lengths, one: _Lengths, other: _Lengths, room: int) -> None:
    """Give letters back until the last position is a letter."""
    for whole, kept in ((primary, one), (secondary, other)):
        for index in range(len(kept)):
            left = room - _need(one) - _need(other)
            kept[index] += max(min(whole[index] - kept[index], left), 0)
    if room - _need(one) - _need(other) != 1:
        return
    # One position is left, and every component is whole or left out: a letter makes room for a first letter.
    for whole, kept in ((secondary, other), (primary, one)):
        longer = next((k for k in (other, one) if k and max(k) > 1), None)
        if len(kept) < len(whole) and longer is not None:
            longer[longer.index(max(longer))] -= 1
            kept.append(1)
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
