"""Which entries may be of a person: keys such that the time of a look-up does not grow with the list.

A whole date of birth parts a list by itself, so that next to it a surname's consonants do. Where a part of the date is
unknown, the consonants of surname and given name together are kept with the year. A name that may be truncated (Doc
9303-4 to -7, 4.2.3) has lost some of them and is looked for by its first consonants as well.

What :func:`tjdocs.mrz.names.resemble` joins, at the reach that the dates allow, shares a key: a test compares every
entry to prove it.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from tjdocs.mrz import names as names_
from tjdocs.mrz.names import Name, list_keys, near, readings

__all__ = ["looked_up", "stored"]

_DAY, _YEAR = len("YYYY-MM-DD"), len("YYYY")
_YEARS = tuple(str(year) for year in range(1890, 2110))


def stored(names: Iterable[tuple[str, str]], born: str, issuing_state: str, document_number: str) -> list[bytes]:
    """Return the hashes under which an entry is kept."""
    found: set[tuple[str, ...]] = set()
    whole = len(born) == _DAY
    for pair in names:
        keys, begins = list_keys(pair), names_.keys(pair)
        cut = begins if any(reading.fills_a_field for reading in readings(pair)) else ()
        if whole:
            found |= {("surname", key, born) for key in keys.surname} | {("first", key, born) for key in keys.first}
        for kind, spans in (("some", [] if whole else [born[:_YEAR]]), ("year", [born[:_YEAR]] if born else [])):
            for span in spans:
                found |= {(kind, key, span) for key in keys.whole}
                found |= {(f"{kind}-any", key, span) for key in begins}
                found |= {(f"{kind}-cut", key, span) for key in cut}
        if whole:
            found |= {("any", key, born) for key in begins} | {("cut", key, born) for key in cut}
    if document_number:
        found.add(("document", issuing_state, document_number))
    return [_hash(parts) for parts in sorted(found)]


def looked_up(names: Iterable[Name], births: Iterable[str], issuing_state: str, document_number: str) -> list[bytes]:
    """Return the hashes under which a person may be found.

    :param births: what is known of the date of birth, in each way that it may be read
    """
    given = tuple(births)
    found: set[tuple[str, ...]] = set()
    for name in names:
        found.update(_of_name(name, given))
    if document_number:
        found.add(("document", issuing_state, document_number))
    return [_hash(parts) for parts in found]


def _of_name(name: Name, births: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    keys = list_keys(name)
    # of a name that fills a field every entry is looked at that begins so; a longer one may be truncated in the list
    ends = ["any"] if name.fills_a_field else []
    ends += ["cut"] if len(name.text) > names_.SHORTEST_FIELD else []
    begins = names_.keys(name) if ends else ()
    for born in births:
        if len(born) == _DAY:
            for day in (born, *near(born)):
                yield from (("surname", key, day) for key in keys.surname)
                yield from ((end, key, day) for end in ends for key in begins)
            yield from (("surname", key, born) for key in keys.given)
            if len(name.primary) + len(name.secondary) == 1:
                yield from (("first", key, born) for key in keys.surname)
            spans = [("some", born[:_YEAR])]
        else:
            spans = [("year", year) for year in ((born[:_YEAR],) if born else _YEARS)]
        for kind, span in dict.fromkeys((*spans, ("some", ""))):
            yield from ((kind, key, span) for key in keys.whole)
            yield from ((f"{kind}-{end}", key, span) for end in ends for key in begins)


def _hash(parts: tuple[str, ...]) -> bytes:
    return blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
