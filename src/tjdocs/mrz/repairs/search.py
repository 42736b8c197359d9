"""The search behind a repair: what a zone of the right shape may have been before it was misread.

Every field is solved for itself; the composite check digit then tells which solutions go together.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import product

from msgspec import Struct

from tjdocs.mrz import dates
from tjdocs.mrz.check_digits import ALPHABET, VALUES
from tjdocs.mrz.codes import state_codes
from tjdocs.mrz.formats import Field, Format
from tjdocs.mrz.repairs.check_digit_solver import Cell, Changes, Solution, Step, readings, thinned
from tjdocs.mrz.repairs.fillers import name_solutions
from tjdocs.mrz.repairs.ocr_confusions import confusions

__all__ = ["Alternatives", "Outcome", "search"]

# For each character of a joined zone what else it may have been, with its cost, the likeliest first.
Alternatives = Sequence[tuple[tuple[str, float], ...]]

_WEIGHTS = (7, 3, 1)
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ALLOWED = {
    "number": frozenset(ALPHABET.decode()),
    "optional": frozenset(ALPHABET.decode()),
    "birth": _DIGITS | {"<"},
    "expiry": _DIGITS,
    "sex": frozenset("MF<"),
    "names": _LETTERS | {"<"},
}
_NOTHING = Solution(0.0, (), 0)
_LIKELY = 0.5  # a whole zone that costs so much more than its fields alone is not the only one to look at


class Outcome(Struct, frozen=True):
    """What the search found.

    :param solutions: of the whole zone, the likeliest first
    :param unsolved: names of fields for which there is none
    """

    solutions: tuple[Solution, ...]
    unsolved: tuple[str, ...]


def search(layout: Format, joined: str, at: date, alternatives: Alternatives, *, turn: float) -> Outcome:
    """Return what a joined zone of the right length may have been.

    :param turn: what reading a character like its neighbours, letters or digits, costs less, and unlike them more
    """
    return _Search(layout, joined, at, alternatives, turn).run()


class _Search:
    def __init__(self, layout: Format, joined: str, at: date, alternatives: Alternatives, turn: float) -> None:
        self.turn = turn
        self.layout, self.joined, self.at, self.alternatives = layout, joined, at, alternatives
        self.values = joined.encode("ascii", "replace").translate(VALUES)
        covered = [index for over in layout.composite_over for index in range(over.start, over.stop)]
        self.weights = {index: _WEIGHTS[place % 3] for place, index in enumerate(covered)}
        if layout.composite:
            self.weights[layout.composite_digit] = -1
        self.remainder = sum(weight * self.values[index] for index, weight in self.weights.items()) % 10
        self.further = False

    def run(self) -> Outcome:
        """Solve the fields, then all of them together; look further where the composite does not fit."""
        parts = {name: sorted(self._solve(name)) for name in self._names_of()}
        unsolved = [name for name, solutions in parts.items() if not solutions]
        zones = self._together(parts.values())
        forced = sum(min((s.cost for s in solutions), default=0.0) for solutions in parts.values())
        if not unsolved and (not zones or zones[0].cost > forced + _LIKELY):
            # What agrees already may be misread as well, its errors hiding one another.
            self.further = True
            wider = {name: sorted(self._solve(name)) if self._checks(name) else parts[name] for name in parts}
            zones = sorted({*zones, *self._together(wider.values())})
        if not zones:
            unsolved = unsolved or ["composite_check_digit"]
            zones = self._together([solutions for solutions in parts.values() if solutions], composite=False)
        return Outcome(tuple(zones), tuple(unsolved))

    def _names_of(self) -> list[str]:
        """Return the fields to solve: optional data with the end of a long number goes with the number."""
        over = self.layout.by_name["document_number"].overflow
        names = [item.name for item in self.layout.fields if item.name != over]
        return [*names, "composite_check_digit"] if self.layout.composite else names

    def _checks(self, name: str) -> bool:
        """Whether some check digit covers a field, or is it."""
        item = self.layout.by_name.get(name)
        return item is None or item.digit >= 0 or item.slice.start in self.weights

    def _solve(self, name: str) -> Iterable[Solution]:
        if name == "composite_check_digit":
            return self._composite()
        item = self.layout.by_name[name]
        if item.kind == "document-code":
            return self._coded(item, lambda text: text in self.layout.codes)
        if item.kind == "state":
            issuer = item.name == "issuing_state"
            return self._coded(item, lambda text: _stands(text, issuer=issuer))
        if item.kind == "names":
            return self._names(item)
        if item.kind == "number" and item.overflow:
            return self._number(item)
        if item.digit < 0:
            return self._free(_range(item), item.kind)
        if item.kind == "optional":
            return [*self._checked(_range(item), item.digit, item), *self._empty(item)]
        return self._checked(_range(item), item.digit, item)

    def _together(self, parts: Iterable[list[Solution]], *, composite: bool = True) -> list[Solution]:
        """Combine solutions of all fields, the cheapest first, so that the composite check digit agrees."""
        sums = [_NOTHING]
        for solutions in parts:
            if solutions == [_NOTHING]:
                continue
            sums = _both(sums, solutions)
        if composite and self.layout.composite:
            return [solution for solution in sums if solution.moved == -self.remainder % 10]
        return sums

    def _composite(self) -> list[Solution]:
        """Return the readings of the composite check digit."""
        index = self.layout.composite_digit
        cell = self._cell(index, _DIGITS, 0)
        others = [Solution(step.cost, ((index, step.character),), step.moved) for step in cell.others]
        if cell.fits:
            return [_NOTHING, *others] if self.further else [_NOTHING]
        return others

    def _cell(self, index: int, allowed: frozenset[str], weight: int) -> Cell:
        """Return one character with its other readings."""
        context = self._context(index) if len(allowed) > len(_DIGITS) + len(_LETTERS) else None
        composite = self.weights.get(index, 0)
        steps = _steps(
            index, self.alternatives[index], allowed, weight, composite, self.values[index], context, self.turn
        )
        return Cell(index, self.joined[index] in allowed, steps)

    def _context(self, index: int) -> bool | None:
        """Return whether the neighbours of a character are digits (or letters), or ``None`` where they do not tell."""
        near = self.joined[index - 1 : index + 2 : 2].replace("<", "")
        if not near or near[0].isdecimal() != near[-1].isdecimal():
            return None
        return near[0].isdecimal()

    def _checked(self, indexes: Sequence[int], digit: int, item: Field) -> list[Solution]:
        """Return the readings of a field under its check digit."""
        allowed = _ALLOWED[item.kind]
        wrong = sum([_WEIGHTS[place % 3] * self.values[index] for place, index in enumerate(indexes)])
        need = (self.values[digit] - wrong) % 10
        if need == 0 and not self.further:
            fits = self.joined[digit] in _DIGITS and allowed.issuperset(self._text(indexes, ()))
            if fits and self._lawful(item, indexes, ()):
                return [_NOTHING]
        cells = [self._cell(index, allowed, _WEIGHTS[place % 3]) for place, index in enumerate(indexes)]
        cells.append(self._cell(digit, _DIGITS, -1))
        self._anything(cells, allowed)
        return readings(cells, need, lambda changes: self._lawful(item, indexes, changes), further=self.further)

    def _anything(self, cells: list[Cell], allowed: frozenset[str]) -> None:
        """Let one forbidden character without a likeness be any other, since two check digits determine it."""
        hopeless = [
            place
            for place, cell in enumerate(cells)
            if not cell.fits and not any(step.character != "<" for step in cell.others)
        ]
        if len(hopeless) != 1 or not self.layout.composite:
            return
        place = hopeless[0]
        index, composite = cells[place].at, self.weights.get(cells[place].at, 0)
        weight = _WEIGHTS[place % 3] if place < len(cells) - 1 else -1
        own, cost = self.values[index], confusions().costs.wildcard
        known = {step.character for step in cells[place].others}
        others = tuple(
            Step(cost, index, c, weight * (VALUES[ord(c)] - own) % 10, composite * (VALUES[ord(c)] - own) % 10)
            for c in sorted((allowed if place < len(cells) - 1 else _DIGITS) - known)
        )
        cells[place] = Cell(index, False, cells[place].others + others)

    def _empty(self, item: Field) -> Iterator[Solution]:
        """Yield the reading of a field as nothing but fillers, its check digit one too."""
        changes: Changes = ()
        total, moved = 0.0, 0
        for index in (*_range(item), item.digit):
            if self.joined[index] != "<":
                cost = dict(self.alternatives[index]).get("<")
                if cost is None:
                    return
                total += cost
                changes += ((index, "<"),)
                moved -= self.weights.get(index, 0) * self.values[index]
        yield Solution(total, changes, moved % 10)

    def _free(self, indexes: Sequence[int], kind: str) -> list[Solution]:
        """Return the readings of a field without check digit; further ones only where the composite covers it."""
        further = self.further and bool(indexes) and indexes[0] in self.weights
        if not further and _ALLOWED[kind].issuperset(self._text(indexes, ())):
            return [_NOTHING]
        cells = [self._cell(index, _ALLOWED[kind], 0) for index in indexes]
        return readings([_likeliest(cell) for cell in cells], None, lambda _: True, further=further)

    def _number(self, item: Field) -> list[Solution]:
        """Return the readings of a number together with the optional data into which a long one runs on."""
        optional = _range(self.layout.by_name[item.overflow])
        solutions: list[Solution] = []
        if self.joined[item.digit] != "<":
            solutions += _both(self._checked(_range(item), item.digit, item), self._free(optional, "optional"))
            if solutions and not solutions[0].cost and not self.further:
                return solutions
        filler = 0.0 if self.joined[item.digit] == "<" else dict(self.alternatives[item.digit]).get("<")
        length = self.joined[optional.start : optional.stop].find("<")
        if filler is not None and length > 1:
            index = item.digit
            closed = ((index, "<"),) if filler else ()
            moved = -self.weights.get(index, 0) * self.values[index] % 10 if filler else 0
            over = self._checked([*_range(item), *optional[: length - 1]], optional[length - 1], item)
            tail = self._free(optional[length:], "optional")
            solutions += _both(_both([Solution(filler, closed, moved)], over), tail)
        return thinned(sorted(solutions))

    def _coded(self, item: Field, known: Callable[[str], bool]) -> Iterator[Solution]:
        """Yield the codes that a field may have been; only the one read, where it is one."""
        text = self.joined[item.slice]
        if known(text):
            yield _NOTHING
            return
        indexes = _range(item)
        ways = [((self.joined[index], 0.0), *self.alternatives[index]) for index in indexes]
        for chosen in product(*ways):
            code = "".join([character for character, _ in chosen])
            if known(code):
                changes = tuple((i, new) for i, old, new in zip(indexes, text, code, strict=True) if old != new)
                yield Solution(sum(cost for _, cost in chosen), changes, 0)

    def _names(self, item: Field) -> Iterator[Solution]:
        """Yield the names that a field may have been."""
        indexes = _range(item)
        for solution in self._free(indexes, "names"):
            text = self._text(indexes, solution.changes)
            for more, fillers in name_solutions(text, item.pattern):
                others = tuple(change for change in solution.changes if change[0] - indexes.start not in fillers)
                filled = tuple((indexes.start + place, "<") for place in sorted(fillers))
                yield Solution(solution.cost + more, others + filled, 0)

    def _lawful(self, item: Field, indexes: Sequence[int], changes: Changes) -> bool:
        """Whether a field may hold what changes make of it."""
        text = self._text(indexes, changes)
        if item.kind == "birth":
            return not dates.birth(text, self.at)[1]
        if item.kind == "expiry":
            return not dates.expiry(text, self.at)[1]
        return item.kind != "number" or text[0] != "<"

    def _text(self, indexes: Sequence[int], changes: Changes) -> str:
        characters = [self.joined[index] for index in indexes]
        for index, character in changes:
            if index in indexes:
                characters[indexes.index(index)] = character
        return "".join(characters)


@lru_cache(maxsize=16_384)
def _steps(
    index: int,
    alternatives: tuple[tuple[str, float], ...],
    allowed: frozenset[str],
    weight: int,
    composite: int,
    own: int,
    context: bool | None,
    turn: float,
) -> tuple[Step, ...]:
    """Return the other readings of a character.

    :param own: the value of the character as it was read
    :param context: see :meth:`_Search._context`
    """
    extra = {} if context is None else {context: -turn, not context: turn}
    return tuple(
        Step(
            cost + extra.get(c in _DIGITS, 0.0),
            index,
            c,
            weight * (VALUES[ord(c)] - own) % 10,
            composite * (VALUES[ord(c)] - own) % 10,
        )
        for c, cost in alternatives
        if c in allowed
    )


def _both(ones: list[Solution], others: list[Solution]) -> list[Solution]:
    """Return the solutions of two fields together, the likeliest first and a few for each remainder."""
    if others == [_NOTHING]:
        return ones
    # Of the sums of two ordered lists only those with the first of either can be among the first three.
    first, others_first = thinned(ones, most=1), thinned(others, most=1)
    pairs = [(a, b) for a in first for b in others]
    pairs += [(a, b) for a in ones if a not in first for b in others_first]
    sums = [(a[0] + b[0], place, (a[2] + b[2]) % 10) for place, (a, b) in enumerate(pairs)]
    sums.sort()
    return [
        Solution(cost, pairs[place][0].changes + pairs[place][1].changes, moved) for cost, place, moved in thinned(sums)
    ]


def _likeliest(cell: Cell) -> Cell:
    """Leave out of a cell that has to change what no check digit could bring to the fore."""
    if cell.fits or not cell.others:
        return cell
    best = min(step.cost for step in cell.others) + confusions().costs.margin
    return Cell(cell.at, False, tuple(step for step in cell.others if step.cost <= best))


def _range(item: Field) -> range:
    return range(item.slice.start, item.slice.stop)


def _stands(text: str, *, issuer: bool) -> bool:
    bare = text.rstrip("<")
    code = state_codes().get(bare)
    return code is not None and (code.met_as_issuer if issuer else code.is_nationality)
