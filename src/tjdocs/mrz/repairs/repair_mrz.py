"""Repairing what a reader misread: candidates ranked by likelihood, and nothing guessed.

Known confusions (``specs/mrz/confusions.toml``) are tried against each field's alphabet, the check digits and
the tables of codes; lines of a wrong length are cut or filled at their fillers. A repaired zone is always
marked as such. Where several zones are possible all of them are given, and only what they have in common is
taken over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import log10
from typing import NamedTuple

from tjdocs.errors import UsageError
from tjdocs.mrz import practices
from tjdocs.mrz.formats import Format, formats
from tjdocs.mrz.mrz import Candidate, Change, Mrz, Repair
from tjdocs.mrz.mrz_problems import MrzProblem
from tjdocs.mrz.repairs import line_shapes
from tjdocs.mrz.repairs.check_digit_solver import Changes
from tjdocs.mrz.repairs.fillers import suspicious
from tjdocs.mrz.repairs.ocr_confusions import confusions
from tjdocs.mrz.repairs.rival_readings import Readings, shares
from tjdocs.mrz.repairs.search import Alternatives, search
from tjdocs.mrz.validate import judge

__all__ = ["Likelihoods", "repair"]

# For each character of the lines, one after another: how likely it is to be each other character.
Likelihoods = Sequence[Mapping[str, float]]

_SHOWN = 8  # candidates
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
# Fields without a check digit, with the characters that one has.
_UNCHECKED = {"document-code": _LETTERS, "state": _LETTERS, "names": _LETTERS, "sex": frozenset("MF<")}
_LEAST = 1e-6  # likelihood below which a character is out of the question


class _Whole(NamedTuple):
    """A whole zone that may have been misread.

    :param start: the joined zone from which the search started
    :param partial: that some field could not be solved
    :param typed: indexes of the characters that no reader alone explains: a typist's or a forger's
    """

    format: str
    joined: str
    start: str
    partial: bool
    typed: frozenset[int]

    @property
    def layout(self) -> Format:
        """Its format."""
        return formats()[self.format]


def repair(zone: Mrz, likelihoods: Likelihoods | None = None) -> Mrz:
    """Return the zone repaired, with the changes in ``Mrz.repair``.

    A zone that is valid as it was read stays as it is, and so does one with a practice of a State. One that can be
    repaired in one way only is returned so, with a warning ``repaired`` for each change. Where several ways are equally
    likely, what they have in common is done and ``repair-ambiguous`` names the fields in which they differ.

    :param likelihoods: from a reader that knows how sure it is of each character; otherwise the table of
        confusions holds for all
    :raises UsageError: ``likelihoods`` has another length than the lines together
    """
    if likelihoods is not None and len(likelihoods) != sum(map(len, zone.lines)):
        hint = "one mapping for each character of the lines"
        raise UsageError("of another length than the zone", where="likelihoods", hint=hint)
    # A reader that knows how sure it is was sure of such a name's letters, or says itself that it was not.
    if zone.valid and (likelihoods is not None or not suspicious(zone.raw("names"))):
        return replace(zone, repair=Repair(zone.lines))
    if zone.national or any(problem.code in practices.warnings() for problem in zone.problems):
        # the search knows the standard alone: it would turn a State's practice into another code or name,
        # and a State's own format into one of Doc 9303
        return replace(zone, repair=Repair(zone.lines))
    readings: dict[_Whole, float] = {}
    for shape in line_shapes.shapes(zone.lines):
        readings |= _searched(shape, zone, likelihoods)
    if not readings:
        return replace(zone, repair=Repair(zone.lines))
    if not all(reading.partial for reading in readings):
        readings = {reading: cost for reading, cost in readings.items() if not reading.partial}
    # of readings by a reader alone those count that it may have confused about as easily as the best one
    limit = (
        min((cost for reading, cost in readings.items() if not reading.typed), default=0.0) + confusions().costs.margin
    )
    return _made(zone, {reading: cost for reading, cost in readings.items() if reading.typed or cost <= limit})


def _searched(shape: line_shapes.Shape, zone: Mrz, likelihoods: Likelihoods | None) -> dict[_Whole, float]:
    """Return what a zone of one shape may have been, with the cost of each reading, those of a typist or forger too."""
    alternatives: Alternatives = [confusions().of.get(character, ()) for character in shape.joined]
    seen = likelihoods is not None and shape.joined == "".join(zone.lines)
    if likelihoods is not None and seen:
        alternatives = [_costs(*pair) for pair in zip(shape.joined, likelihoods, strict=True)]
    rows = confusions().costs
    typed, turn = (rows.forged, rows.context_seen) if seen else (rows.typed, rows.context)
    outcome = search(shape.layout, shape.joined, zone.at, alternatives, turn=turn)
    unsolved = outcome.unsolved
    partial = bool(unsolved)
    if partial and shape.cost:
        return {}  # of lines that were brought to shape only the whole zone tells that they were so
    weighed = Readings(shape.layout, shape.joined, zone.at, alternatives, typed=typed, turn=turn, unsolved=unsolved)
    costs: dict[str, float] = {}
    for solution in outcome.solutions:
        joined = _changed(shape.joined, solution.changes)
        if shape.cost and _foreign_text(shape, joined):
            continue
        if partial or not any(p.severity == "error" for p in judge(shape.layout, joined, zone.at)):
            costs.setdefault(joined, weighed.cost(joined))
    if not costs:
        return {}
    best = min(costs, key=lambda joined: costs[joined])
    for joined in weighed.rivals(best):
        if joined not in costs and weighed.typed_at(joined):
            costs[joined] = weighed.cost(joined)
    result = {
        _Whole(shape.layout.name, joined, shape.joined, partial, weighed.typed_at(joined)): cost + shape.cost
        for joined, cost in costs.items()
    }
    digit = shape.layout.composite_digit
    if not partial and digit >= 0 and best[digit] != shape.joined[digit]:
        result |= _visas(shape, zone.at, typed)
    return result


def _foreign_text(shape: line_shapes.Shape, joined: str) -> bool:
    """Whether a digit became part of the names in lines of another shape: it may be text of another place."""
    place = shape.layout.names
    return any(a != b and a.isdecimal() for a, b in zip(shape.joined[place], joined[place], strict=True))


def _visas(shape: line_shapes.Shape, at: date, typed: float) -> dict[_Whole, float]:
    """Return the readings as a visa, which has no composite check digit, with another first letter."""
    visas = {}
    for layout in formats().values():
        same = (layout.lines, layout.columns) == (shape.layout.lines, shape.layout.columns)
        if same and layout.composite is None:
            joined = "V" + shape.joined[1:]
            if not any(p.severity == "error" for p in judge(layout, joined, at)):
                visas[_Whole(layout.name, joined, shape.joined, False, frozenset({0}))] = shape.cost + typed
    return visas


def _made(zone: Mrz, readings: Mapping[_Whole, float]) -> Mrz:
    """Return the zone as it was far more likely than otherwise: whole, or in the characters of which that holds."""
    costs = confusions().costs
    parts = shares(readings)
    ranked = sorted(readings, key=lambda reading: (readings[reading], reading.joined))
    first = ranked[0]
    least = 1 / (1 + 10**-costs.ahead)
    candidates: tuple[Candidate, ...] = ()
    unconfirmed: list[int] = []
    ambiguous = False
    if parts[first] >= least and not _arbitrary(first):
        joined, best = first.joined, [first]
    elif (alone := _alone(ranked, parts, least)) is not None:
        joined, best, unconfirmed = first.joined, [first], alone
    else:
        best = [w for w in ranked if readings[w] <= readings[first] + costs.shown][:_SHOWN]
        best = best if len(best) > 1 else ranked[:2]
        ambiguous = True
        if any(reading.start != first.start for reading in best):
            candidates = tuple(_candidate(zone.lines, reading, readings[first], readings[reading]) for reading in best)
            problems = [*zone.problems, MrzProblem("repair-ambiguous")]
            return replace(zone, problems=tuple(problems), repair=Repair(zone.lines, (), candidates))
        joined = "".join(_sure(index, first, parts, least) for index in range(len(first.joined)))
    layout = first.layout
    changes = _changes(zone.lines, layout, joined)
    problems = [p for p in zone.problems if p.code in ("normalised", "lines-reordered")]
    problems += [_told(change) for change in changes]
    problems += [_unconfirmed(layout, joined, first.start, index) for index in unconfirmed]
    if ambiguous:
        candidates = tuple(_candidate(zone.lines, reading, readings[first], readings[reading]) for reading in best)
        differing = _differing(layout, [reading.joined for reading in best] + [joined]).items()
        problems += [MrzProblem("repair-ambiguous", name, position=position) for name, position in differing]
    problems += judge(layout, joined, zone.at)
    repair_ = Repair(zone.lines, changes, candidates)
    return Mrz(layout.name, layout.split(joined), zone.at, tuple(problems), repair_)


def _arbitrary(reading: _Whole) -> bool:
    """Whether more of a reading is a typist's than unreadable digits of dates and check digits."""
    for index in reading.typed:
        item = reading.layout.by_name.get(reading.layout.name_at(index))
        if reading.start[index].isdecimal() or (item is not None and item.kind not in ("birth", "expiry")):
            return True
    return False


def _alone(ranked: list[_Whole], parts: Mapping[_Whole, float], least: float) -> list[int] | None:
    """Return the unconfirmed characters of the likeliest reading where it is the only one that a reader explains.

    They are characters that their fields never have, so that they are certainly wrong, and no check digit covers them.
    ``None`` where other readings are about as likely, or where something else is not sure.
    """
    first = ranked[0]
    if first.typed or sum(not reading.typed for reading in ranked) > 1:
        return None
    changed = [i for i, (read, meant) in enumerate(zip(first.start, first.joined, strict=True)) if read != meant]
    unsure = [index for index in changed if _sure(index, first, parts, least) != first.joined[index]]
    for index in unsure:
        item = first.layout.by_name.get(first.layout.name_at(index))
        if item is None or item.kind not in _UNCHECKED or first.start[index] in _UNCHECKED[item.kind]:
            return None
    return unsure


def _unconfirmed(layout: Format, joined: str, start: str, index: int) -> MrzProblem:
    name, position = layout.name_at(index), layout.position(index)
    return MrzProblem("repair-unconfirmed", name, position=position, expected=joined[index], found=start[index])


def _sure(index: int, first: _Whole, parts: Mapping[_Whole, float], least: float) -> str:
    """Return the character of the likeliest reading where nearly all have it, else the one read."""
    read, meant = first.start[index], first.joined[index]
    if read == meant or index in first.typed:
        return read
    same = sum(
        part for reading, part in parts.items() if reading.start == first.start and reading.joined[index] == meant
    )
    return meant if same >= least else read


def _candidate(read: tuple[str, ...], reading: _Whole, best: float, cost: float) -> Candidate:
    changes = _changes(read, reading.layout, reading.joined)
    return Candidate(reading.layout.split(reading.joined), round(10 ** (best - cost), 3), changes)


def _changes(read: tuple[str, ...], layout: Format, joined: str) -> tuple[Change, ...]:
    """Return what differs: characters, lines where their lengths differ, or the text where even that does."""
    lines = layout.split(joined)
    if len(read) != len(lines):
        return (Change("", (1, 1), "\n".join(read), "\n".join(lines)),)
    changes = []
    for number, (old, new) in enumerate(zip(read, lines, strict=True)):
        if len(old) != len(new):
            changes.append(Change("", (number + 1, 1), old, new))
            continue
        for column, (was, is_) in enumerate(zip(old, new, strict=True)):
            if was != is_:
                index = number * layout.columns + column
                changes.append(Change(layout.name_at(index), layout.position(index), was, is_))
    return tuple(changes)


def _told(change: Change) -> MrzProblem:
    return MrzProblem("repaired", change.field, position=change.position, expected=change.repaired, found=change.read)


def _differing(layout: Format, readings: list[str]) -> dict[str, tuple[int, int]]:
    """Return the fields in which readings differ, with the first position of each."""
    fields: dict[str, tuple[int, int]] = {}
    for index in range(len(readings[0])):
        if len({joined[index] for joined in readings}) > 1:
            fields.setdefault(layout.name_at(index), layout.position(index))
    return fields


def _changed(joined: str, changes: Changes) -> str:
    characters = list(joined)
    for index, character in changes:
        characters[index] = character
    return "".join(characters)


def _costs(read: str, likelihoods: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return what one character may have been and at what cost, from a reader's own likelihoods."""
    own = max(likelihoods.get(read, 0.0), _LEAST)
    others = ((c, log10(own / max(p, _LEAST))) for c, p in likelihoods.items() if c != read and p > _LEAST)
    return tuple(sorted(((c, max(cost, 0.0)) for c, cost in others), key=lambda pair: pair[1]))
