"""Reading a zone from a picture: the zone is found, straightened, and read against OCR-B at its fixed pitch.

Needs the extra ``vision``; :func:`tjdocs.mrz.read` is the way in. Every character comes with likelihoods; where
check digits fail these go to the repair, and an uncertain character is a problem, since most of a zone's
first line has no check digit.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tjdocs import specs
from tjdocs.mrz.formats import format_named
from tjdocs.mrz.mrz import Mrz, Repair
from tjdocs.mrz.mrz_problems import MrzProblem
from tjdocs.mrz.ocr.find_lines import ASLANT, STRAIGHT, Grey, Levels, Row
from tjdocs.mrz.ocr.image_file import open_picture
from tjdocs.mrz.ocr.match_characters import Match, match
from tjdocs.mrz.ocr.ocr_b import CHARACTERS
from tjdocs.mrz.ocr.picture_numbers import PictureNumbers
from tjdocs.mrz.ocr.straighten import Effort, Grid, straighten
from tjdocs.mrz.parse_mrz import parse_printed
from tjdocs.mrz.repairs import repair_mrz
from tjdocs.mrz.validate import judge
from tjdocs.times import day_of

__all__ = ["read"]

_BELOW = 1e-7  # likelihoods that are not worth handing over
_CERTAIN, _UNCERTAIN, _UNREADABLE = 0, 1, 2
_CODES = {_UNCERTAIN: "uncertain-character", _UNREADABLE: "unreadable-character"}


@cache
def _numbers() -> PictureNumbers:
    return specs.load("mrz/picture.toml", PictureNumbers)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One zone as it was read at one place of a picture.

    :param zone: judged, not repaired
    :param likelihoods: of each character of the lines
    :param doubts: for each whether it is certain, uncertain or unreadable
    """

    zone: Mrz
    likelihoods: tuple[Mapping[str, float], ...]
    doubts: NDArray[np.int8]
    likeness: float

    @property
    def clear(self) -> bool:
        """Whether nothing is wrong and nothing in doubt."""
        return self.zone.valid and not self.doubts.any()

    @property
    def disagreeing(self) -> int:
        """How many check digits do not agree."""
        return sum("check-digit" in p.code for p in self.zone.problems)

    @property
    def rank(self) -> tuple[bool, float, float]:
        """The higher the better."""
        unreadable, uncertain = ((self.doubts == level).sum() for level in (_UNREADABLE, _UNCERTAIN))
        return self.zone.valid, -float(4 * self.disagreeing + unreadable + uncertain / 4), self.likeness


def read(image: str | os.PathLike[str] | bytes | Image.Image, *, at: date | datetime) -> Mrz:
    """Find and read the zone on a picture; see :func:`tjdocs.mrz.read`."""
    day = day_of(at)
    numbers = _numbers()
    pixels = open_picture(image, max_bytes=numbers.max_bytes, max_pixels=numbers.max_pixels)
    best = _best(pixels, day)
    if best is None:
        return Mrz(None, (), day, (MrzProblem("no-zone"),), Repair(()))
    zone = repair_mrz.repair(best.zone, best.likelihoods)
    return replace(zone, problems=(*zone.problems, *_doubtful(zone, best)))


def _best(pixels: NDArray[np.uint8], day: date) -> _Reading | None:
    """Return the best reading; further places are looked into until one is surely a zone."""
    numbers = _numbers()
    best: _Reading | None = None
    for reading in _readings(pixels, day):
        if best is None or reading.rank > best.rank:
            best = reading
        if best.zone.valid or (best.likeness > numbers.sure_likeness and best.disagreeing < _checked(best.zone) / 2):
            return best
    if best is None or (
        best.disagreeing == _checked(best.zone) and (best.doubts == _UNREADABLE).mean() > numbers.most_unreadable
    ):
        return None
    return best


def _checked(zone: Mrz) -> int:
    """Return how many check digits a zone has."""
    layout = format_named(zone.format or "TD3")
    return len(layout.checked) + (layout.composite is not None)


def _readings(pixels: NDArray[np.uint8], day: date) -> Iterator[_Reading]:
    """Read at every place that may be a zone, the likeliest first; those aslant if nothing straight is like one."""
    greys = _greys(pixels)
    levels = [Levels(grey) for grey in greys]
    effort, places = Effort(_numbers().most_rows, _numbers().most_lines), _numbers().most_places
    for ways in (STRAIGHT, ASLANT):
        found = False
        for grey, grid in islice(_places(greys, levels, ways, effort), places):
            found = True
            first = _reading(grid, match(grey, grid), day)
            others = [_reading(grid, match(g, grid), day) for g in greys if g is not grey and not first.clear]
            yield _agreed([first, *others])
        if found:
            return
        # a page of marks all over, itself aslant, is not searched twice as long
        effort.lines, places = min(effort.lines, _numbers().most_lines // 2), 1


def _places(
    greys: list[Grey], levels: list[Levels], ways: tuple[int, int], effort: Effort
) -> Iterator[tuple[Grey, Grid]]:
    """Yield the places of characters in zones, each with the picture in which it was found.

    :param effort: of the whole picture: one full of marks is not searched aslant too
    """
    for grey, level in zip(greys, levels, strict=True):
        for rows in level.rows(ways):
            if effort.spent:
                return
            for grid in _grids(grey, rows, effort):
                if grid.likeness > _numbers().least_likeness:
                    yield grey, grid


def _agreed(readings: list[_Reading]) -> _Reading:
    """Return the best of several readings at one place; where another one is certain otherwise it is in doubt."""
    best = max(readings, key=lambda reading: reading.rank)
    doubts = best.doubts.copy()
    for other in readings:
        pairs = zip("".join(best.zone.lines), "".join(other.zone.lines), other.doubts.flat, strict=True)
        differ = np.array([one != another and doubt == _CERTAIN for one, another, doubt in pairs])
        doubts[differ.reshape(doubts.shape) & (doubts == _CERTAIN)] = _UNCERTAIN
    return replace(best, doubts=doubts)


def _greys(pixels: NDArray[np.uint8]) -> list[Grey]:
    """Return the picture as brightness, and as its brightest colour: coloured print goes, black print stays."""
    red, green, blue = cv2.split(pixels)
    brightest = cv2.max(cv2.max(red, green), blue).astype(np.uint8, copy=False)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
    return [grey] if np.array_equal(grey, brightest) else [grey, brightest]


def _grids(grey: Grey, rows: list[Row], effort: Effort) -> Iterator[Grid]:
    """Yield the zones to which rows belong, each once.

    :param effort: of all levels together
    """
    middles: list[NDArray[np.float64]] = []
    for row in rows:
        if effort.spent:
            return
        grid = straighten(grey, row, effort)
        if grid is not None:
            middle = grid.centres.mean(axis=(0, 1))
            if all(np.hypot(*(middle - other)) > row.pitch for other in middles):
                middles.append(middle)
                yield grid


def _reading(grid: Grid, found: Match, day: date) -> _Reading:
    numbers = _numbers()
    usual = max(found.usual, numbers.least_usual)
    least = found.distances.min(axis=-1)
    misfit = least / usual
    temperature = numbers.temperature * np.maximum(1, misfit)
    weights = np.exp(-(found.distances - least[..., None]) / temperature[..., None])
    shares = weights / weights.sum(axis=-1, keepdims=True)
    lines = ["".join(CHARACTERS[index] for index in line) for line in shares.argmax(axis=-1)]
    likelihoods = tuple(
        {CHARACTERS[index]: float(share) for index, share in enumerate(cell) if share > _BELOW}
        for cell in shares.reshape(-1, len(CHARACTERS))
    )
    zone = parse_printed(lines, at=day)
    doubts = np.zeros(least.shape, np.int8)
    near = found.apart < numbers.uncertain_apart
    near |= np.isfinite(found.apart) & (shares > numbers.uncertain_likelihood)
    doubts[_open(zone, near) | (found.spot > numbers.uncertain_spot)] = _UNCERTAIN
    for level, most, (low, high) in (
        (_UNCERTAIN, numbers.uncertain_misfit, numbers.uncertain_contrast),
        (_UNREADABLE, numbers.unreadable_misfit, numbers.unreadable_contrast),
    ):
        doubts[(misfit > most) | (found.contrast < low) | (found.contrast > high)] = level
    doubts[shares.max(axis=-1) < numbers.unreadable_likelihood] = _UNREADABLE
    return _Reading(zone, likelihoods, doubts, grid.likeness)


def _open(zone: Mrz, near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for each character whether it may be another one: one that is near, and that the MRZ does not refute.

    In a valid MRZ check digits, the kinds of fields, codes of States and dates refute most: with the other character
    it would not be valid. If it is not valid as it was read, they refute nothing.

    :param near: of each character, each other one whether it looks alike; in the order of ``CHARACTERS``
    """
    doubted = np.asarray(near.any(axis=-1))
    if not zone.valid or zone.format is None:
        return doubted
    layout, joined = format_named(zone.format), "".join(zone.lines)
    flat = near.reshape(-1, len(CHARACTERS))
    for index in np.flatnonzero(doubted):
        others = (f"{joined[:index]}{CHARACTERS[other]}{joined[index + 1 :]}" for other in np.flatnonzero(flat[index]))
        doubted.flat[index] = any(
            all(problem.severity != "error" for problem in judge(layout, other, zone.at)) for other in others
        )
    return doubted


def _doubtful(zone: Mrz, reading: _Reading) -> Iterator[MrzProblem]:
    """Yield a problem for each character that is not believed."""
    if zone.format is None:
        return
    layout = format_named(zone.format)
    for index in np.flatnonzero(reading.doubts):
        yield MrzProblem(
            _CODES[int(reading.doubts.flat[index])], layout.name_at(int(index)), position=layout.position(int(index))
        )
