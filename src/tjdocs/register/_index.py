"""Which entries may be of a person: keys such that the time of a look-up does not grow with the list.

A whole date of birth parts a list by itself, so that beside it the coarse keys of ``mrz.names`` do. Where part of the
date is unknown, the consonants of surname and given name as a whole stand beside the year; a name that may have been
truncated (Doc 9303-4 to -7, 4.2.3) has lost some of them and is looked for by the coarse keys as well.
"""

from collections.abc import Iterable
from hashlib import blake2b

from tjdocs.mrz.names import Name, keys, readings
from tjdocs.mrz.variants import skeletons

__all__ = ["looked_up", "stored"]

_DAY, _MONTH, _YEAR = len("YYYY-MM-DD"), len("YYYY-MM"), len("YYYY")
_YEARS = tuple(str(year) for year in range(1890, 2110))


def stored(names: Iterable[tuple[str, str]], born: str, issuing_state: str, document_number: str) -> list[int]:
    """Return the hashes under which an entry is kept."""
    found: set[tuple[str, ...]] = set()
    for pair in names:
        coarse = keys(pair)
        read = readings(pair)
        fine = {key for reading in read for key in _fine(reading)}
        cut = any(reading.fills_a_field for reading in read)
        if len(born) == _DAY:
            found |= {("coarse", key, born) for key in coarse}
        else:
            found |= {("fine", key, born) for key in fine} | {("partly", key, born) for key in coarse}
            if cut:
                found |= {("cut", key, born) for key in coarse}
        if born:
            year = born[:_YEAR]
            found |= {("year", key, year) for key in fine} | {("year-coarse", key, year) for key in coarse}
            if cut:
                found |= {("year-cut", key, year) for key in coarse}
    if document_number:
        found.add(("document", issuing_state, document_number))
    return [_hash(parts) for parts in found]


def looked_up(names: Iterable[Name], born: str, issuing_state: str, document_number: str) -> list[int]:
    """Return the hashes under which a person may be found."""
    found: set[tuple[str, ...]] = set()
    for name in names:
        coarse, fine = keys(name), _fine(name)
        begins = dict.fromkeys((born[:_MONTH], born[:_YEAR], ""))
        found |= {("fine", key, part) for key in fine for part in begins}
        found |= {("cut", key, part) for key in coarse for part in begins}
        cut = name.fills_a_field
        if cut:
            found |= {("partly", key, part) for key in coarse for part in begins}
        if len(born) == _DAY:
            found |= {("coarse", key, born) for key in coarse}
            continue
        for year in (born[:_YEAR],) if born else _YEARS:
            found |= {("year", key, year) for key in fine} | {("year-cut", key, year) for key in coarse}
            if cut:
                found |= {("year-coarse", key, year) for key in coarse}
    if document_number:
        found.add(("document", issuing_state, document_number))
    return [_hash(parts) for parts in found]


def _fine(name: Name) -> set[str]:
    """Return the consonants of the whole identifiers, and of the first component of each."""
    return {
        f"{primary}<{secondary}"
        for first in {"".join(name.primary), *name.primary[:1]}
        for primary in skeletons(first)
        for second in {"".join(name.secondary), *name.secondary[:1]}
        for secondary in skeletons(second)
    }


def _hash(parts: tuple[str, ...]) -> int:
    return int.from_bytes(blake2b("\x1f".join(parts).encode(), digest_size=8).digest(), "big", signed=True)
