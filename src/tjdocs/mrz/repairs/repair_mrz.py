"""Repairing what a reader misread: candidates ranked by likelihood, and nothing guessed.

Known confusions (``specs/mrz/confusions.toml``) are tried against each field's alphabet, the check digits and
the tables of codes; lines of a wrong length are cut or filled at their fillers. A repaired zone is always
marked as such. Where several zones are possible all of them are given, and only what they have in common is
taken over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log10
from typing import NamedTuple

from tjdocs.errors import UsageError
from tjdocs.mrz import practices
from tjdocs.mrz.formats import Format
from tjdocs.mrz.mrz import Candidate, Change, Mrz, Repair
from tjdocs.mrz.mrz_problems import MrzProblem
from tjdocs.mrz.repairs import line_shapes
from tjdocs.mrz.repairs.check_digit_solver import Changes
from tjdocs.mrz.repairs.fillers import suspicious
from tjdocs.mrz.repairs.ocr_confusions import confusions
from tjdocs.mrz.repairs.search import Alternatives, search
from tjdocs.mrz.validate import judge

__all__ = ["Likelihoods", "repair"]

# For each character of the lines, one after another: how likely it is to be each other character.
Likelihoods = Sequence[Mapping[str, float]]

_SHOWN = 8  # candidates
_LEAST = 1e-6  # likelihood below which a character is out of the question


class _Whole(NamedTuple):
    """A whole zone that may have been misread.

    :param start: the joined zone from which the search started
    :param partial: that some field could not be solved
    """

    cost: float
    layout: Format
    joined: str
    start: str
    partial: bool


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
    if any(problem.code in practices.warnings() for problem in zone.problems):
        # the search knows the standard alone: it would turn a State's practice into another code or name
        return replace(zone, repair=Repair(zone.lines))
    candidates: list[_Whole] = []
    for shape in line_shapes.shapes(zone.lines):
        candidates += _searched(shape, zone, likelihoods)
    best = _likeliest(candidates)
    if not best:
        return replace(zone, repair=Repair(zone.lines))
    return _made(zone, best)


def _searched(shape: line_shapes.Shape, zone: Mrz, likelihoods: Likelihoods | None) -> list[_Whole]:
    """Return what a zone of one shape may have been."""
    alternatives: Alternatives = [confusions().of.get(character, ()) for character in shape.joined]
    if likelihoods is not None and shape.joined == "".join(zone.lines):
        alternatives = [_costs(*pair) for pair in zip(shape.joined, likelihoods, strict=True)]
    outcome = search(shape.layout, shape.joined, zone.at, alternatives)
    partial = bool(outcome.unsolved)
    if partial and shape.cost:
        return []  # of lines that were brought to shape only the whole zone tells that they were so
    wholes = []
    for solution in outcome.solutions:
        joined = _changed(shape.joined, solution.changes)
        if partial or not any(p.severity == "error" for p in judge(shape.layout, joined, zone.at)):
            cost = shape.cost + solution.cost
            wholes.append(_Whole(cost, shape.layout, joined, shape.joined, partial))
    return wholes


def _likeliest(candidates: list[_Whole]) -> list[_Whole]:
    """Return the candidates that are about as likely as the best one, complete ones before partial ones."""
    ranked: dict[str, _Whole] = {}
    for candidate in sorted(candidates, key=lambda candidate: (candidate.partial, candidate.cost)):
        ranked.setdefault(candidate.joined, candidate)
    best = next(iter(ranked.values()), None)
    if best is None:
        return []
    limit = best.cost + confusions().costs.margin
    return [w for w in ranked.values() if w.partial == best.partial and w.cost <= limit][:_SHOWN]


def _made(zone: Mrz, best: list[_Whole]) -> Mrz:
    """Return the zone with what all candidates have in common."""
    first = best[0]
    if len(best) == 1:
        joined = first.joined
    elif all(candidate.start == first.start for candidate in best):
        same = [len({candidate.joined[index] for candidate in best}) == 1 for index in range(len(first.joined))]
        joined = "".join(a if s else b for a, b, s in zip(first.joined, first.start, same, strict=True))
    else:
        candidates = tuple(_candidate(zone.lines, candidate, first.cost) for candidate in best)
        return replace(
            zone,
            problems=(*zone.problems, MrzProblem("repair-ambiguous")),
            repair=Repair(zone.lines, (), candidates),
        )
    layout = first.layout
    changes = _changes(zone.lines, layout, joined)
    problems = [p for p in zone.problems if p.code in ("normalised", "lines-reordered")]
    problems += [_told(change) for change in changes]
    candidates = ()
    if len(best) > 1:
        candidates = tuple(_candidate(zone.lines, candidate, first.cost) for candidate in best)
        differing = _differing(layout, best).items()
        problems += [MrzProblem("repair-ambiguous", name, position=position) for name, position in differing]
    problems += judge(layout, joined, zone.at)
    repair_ = Repair(zone.lines, changes, candidates)
    return Mrz(layout.name, layout.split(joined), zone.at, tuple(problems), repair_)


def _candidate(read: tuple[str, ...], whole: _Whole, best: float) -> Candidate:
    changes = _changes(read, whole.layout, whole.joined)
    return Candidate(whole.layout.split(whole.joined), round(10 ** (best - whole.cost), 3), changes)


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


def _differing(layout: Format, best: list[_Whole]) -> dict[str, tuple[int, int]]:
    """Return the fields in which candidates differ, with the first position of each."""
    fields: dict[str, tuple[int, int]] = {}
    for index in range(len(best[0].joined)):
        if len({candidate.joined[index] for candidate in best}) > 1:
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
