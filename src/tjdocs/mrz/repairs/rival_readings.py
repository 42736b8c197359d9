"""Weigh a repair against other explanations of the lines as read: any one character may be mistyped or forged.

A reader confuses characters that look alike. A typist or a forger writes any character, so every reading that makes
the MRZ agree by one arbitrary character is a rival of the repair.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TypeVar

from tjdocs.mrz.check_digits import ALPHABET, VALUES
from tjdocs.mrz.formats import Format, overflow
from tjdocs.mrz.repairs.ocr_confusions import confusions
from tjdocs.mrz.validate import judge

__all__ = ["Readings", "shares"]

_WEIGHTS = (7, 3, 1)
_CHARACTERS = ALPHABET.decode()
_BY_VALUE = [[c for c in _CHARACTERS if VALUES[ord(c)] == value] for value in range(10)]
_KINDS = {ord(c): "0" if c.isdecimal() else "A" if c.isalpha() else "<" for c in _CHARACTERS}
_Reading = TypeVar("_Reading")


class Readings:
    """All readings of one MRZ of a right shape that are weighed against each other.

    :param start: the joined MRZ as it was read
    :param alternatives: what each of its characters may have been, with the cost of each
    :param typed: cost of any other character, by a typist or a forger
    :param turn: cost of each turn from letters to digits or back in a number
    :param unsolved: fields for which there is no reading; their check digits and the composite one do not count
    """

    def __init__(
        self,
        layout: Format,
        start: str,
        at: date,
        alternatives: Sequence[Sequence[tuple[str, float]]],
        *,
        typed: float,
        turn: float,
        unsolved: Sequence[str] = (),
    ) -> None:
        self.layout, self.start, self.at, self.typed, self.turn = layout, start, at, typed, turn
        self.known = [dict(some) for some in alternatives]
        self.unsolved = frozenset(unsolved)
        long = [item.slice for item in layout.fields if item.kind in ("names", "number", "optional")]
        self._long = frozenset(index for place in long for index in range(place.start, place.stop))
        self._names = [layout.name_at(index) for index in range(len(start))]

    def cost(self, joined: str) -> float:
        """Return minus the logarithm of how likely a reading is."""
        rows = confusions().costs
        names = self.layout.names
        total, fillers, confused, typed = 0.0, [], 0, 0
        for index, (read, meant) in enumerate(zip(self.start, joined, strict=True)):
            if read == meant:
                continue
            price = self.known[index].get(meant)
            if price is None or price >= self.typed:
                typed += 1
                total += self.typed + (rows.rare if read == "<" and index in self._long else 0.0)
            elif meant == "<" and names.start <= index < names.stop:
                fillers.append(price)
            else:
                confused += 1
                total += price
        if fillers:
            confused += 1
            total += max(fillers) + rows.run * (len(fillers) - 1)
        if typed and typed + confused > 1:
            total += rows.mixed  # a typist and a reader at once, or two mistakes of a typist
        return total + self.turn * (self._turns(joined) - self._turns(self.start))

    def typed_at(self, joined: str) -> frozenset[int]:
        """Return the indexes of the characters that no reader alone explains."""
        pairs = enumerate(zip(self.start, joined, strict=True))
        changed = [(index, meant) for index, (read, meant) in pairs if read != meant]
        return frozenset(index for index, meant in changed if self.known[index].get(meant, self.typed) >= self.typed)

    def rivals(self, best: str) -> Iterator[str]:
        """Yield the readings that one arbitrary character makes agree, in place of one change of ``best`` or of all."""
        changed = [index for index, (a, b) in enumerate(zip(self.start, best, strict=True)) if a != b]
        bases = {self.start} | {_put(best, index, self.start[index]) for index in changed}
        for base in bases:
            yield from self._completed(base)

    def _completed(self, base: str) -> Iterator[str]:
        """Yield the readings with one other character than ``base`` that are without an error."""
        errors = self._errors(base)
        if not errors:
            if base != self.start:
                yield base
            return
        values = base.encode("ascii", "replace").translate(VALUES)
        checks = [(weights, sum(w * values[i] for i, w in weights.items()) % 10) for weights in self._checks(base)]
        failing = [weights for weights, need in checks if need]
        fields = {field for field, _ in errors}
        for index in range(len(base)):
            name = self._names[index]
            if name not in fields and not any(index in weights for weights in failing):
                continue
            item = self.layout.by_name.get(name)
            moves = [(need, weights.get(index, 0)) for weights, need in checks]
            for value, characters in enumerate(_BY_VALUE):
                moved = value - values[index]
                if any((need + weight * moved) % 10 for need, weight in moves):
                    continue
                for joined in (_put(base, index, character) for character in characters if character != base[index]):
                    if (item is None or item.pattern.fullmatch(joined[item.slice])) and not self._errors(joined):
                        yield joined

    def _checks(self, joined: str) -> Iterator[Mapping[int, int]]:
        """Yield the weights of each check digit and of what it covers."""
        layout = self.layout
        for item in layout.checked:
            if item.name in self.unsolved:
                continue
            indexes, digit = [*range(item.slice.start, item.slice.stop)], item.digit
            excess = overflow(layout, joined) if item.overflow else None
            if excess is not None:
                digit = layout.optional.start + len(excess) - 1
                indexes += range(layout.optional.start, digit)
            elif item.kind == "optional" and joined[digit] == "<" and not joined[item.slice].strip("<"):
                continue
            yield {**{index: _WEIGHTS[place % 3] for place, index in enumerate(indexes)}, digit: -1}
        if layout.composite and not self.unsolved:
            covered = [index for over in layout.composite_over for index in range(over.start, over.stop)]
            yield {
                **{index: _WEIGHTS[place % 3] for place, index in enumerate(covered)},
                layout.composite_digit: -1,
            }

    def _errors(self, joined: str) -> frozenset[tuple[str, str]]:
        """Return field and code of every error, without those of fields that have no reading anyway."""
        errors = {(p.subject, p.code) for p in judge(self.layout, joined, self.at) if p.severity == "error"}
        if self.unsolved:
            errors = {
                (field, code)
                for field, code in errors
                if field.removesuffix("_check_digit") not in self.unsolved and field != "composite_check_digit"
            }
        return frozenset(errors)

    def _turns(self, joined: str) -> int:
        """Return how often letters, digits and fillers take turns in number and optional data."""
        layout = self.layout
        count = 0
        for place in (layout.number, layout.optional, layout.optional_2):
            kinds = joined[place].rstrip("<").translate(_KINDS)
            count += sum(a != b for a, b in pairwise(kinds))
        return count


def shares(costs: Mapping[_Reading, float]) -> Mapping[_Reading, float]:
    """Return how likely each reading is, all together 1."""
    least = min(costs.values())
    weights = {reading: 10 ** (least - cost) for reading, cost in costs.items()}
    total = sum(weights.values())
    return {reading: weight / total for reading, weight in weights.items()}


def _put(joined: str, index: int, character: str) -> str:
    return f"{joined[:index]}{character}{joined[index + 1 :]}"
