"""The keys by which an index finds the entries that may be a person's, however long the list is.

With a whole date of birth a surname's consonants are selective enough. If a part of the date is unknown, the consonants
of surname and given name are kept together with the year. A name that may be truncated (Doc 9303-4 to -7, 4.2.3) lost
some of them and is looked up by its first consonants also.

Whenever :func:`tjdocs.mrz.names.resemble` joins two names, at the reach that their dates allow, they share a key.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from tjdocs.mrz.names import SHORTEST_FIELD, Name, keys, list_keys, near, readings

__all__ = ["looked_up", "stored"]

_DAY, _YEAR = len("YYYY-MM-DD"), len("YYYY")
_YEARS = tuple(str(year) for year in range(1890, 2110))


def stored(names: Iterable[tuple[str, str]], born: str, issuing_state: str, document_number: str) -> list[bytes]:
    """Return the hashes under which an entry is kept."""
    result: set[tuple[str, ...]] = set()
    year = born[:_YEAR]
    for pair in names:
        name, beginnings = list_keys(pair), keys(pair)
        truncated = beginnings if any(reading.fills_a_field for reading in readings(pair)) else ()
        if len(born) == _DAY:
            result |= {("surname", key, born) for key in name.surname} | {("first", key, born) for key in name.first}
            result |= {("jumble", key, born) for key in name.jumble}
            result |= {("any", key, born) for key in beginnings} | {("cut", key, born) for key in truncated}
        else:
            result |= {("some", key, year) for key in name.both} | {("some-any", key, year) for key in beginnings}
            result |= {("some-cut", key, year) for key in truncated}
        if born:
            result |= {("year", key, year) for key in name.both} | {("year-any", key, year) for key in beginnings}
            result |= {("year-cut", key, year) for key in truncated}
    if document_number:
        result.add(("document", issuing_state, document_number))
    return [_hash(parts) for parts in sorted(result)]


def looked_up(names: Iterable[Name], births: Iterable[str], issuing_state: str, document_number: str) -> list[bytes]:
    """Return the hashes under which a person may be kept.

    :param births: the date of birth as far as it is known, in each century that may be meant
    """
    dates = tuple(births)
    result: set[tuple[str, ...]] = set()
    for name in names:
        result.update(_of_name(name, dates))
    if document_number:
        result.add(("document", issuing_state, document_number))
    return [_hash(parts) for parts in result]


def _of_name(name: Name, births: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    name_keys = list_keys(name)
    # a name that fills a field may be a truncated one; the entry of a longer name may be truncated
    ends = ["any"] if name.fills_a_field else []
    ends += ["cut"] if len(name.text) > SHORTEST_FIELD else []
    beginnings = keys(name) if ends else ()
    for born in births:
        year = born[:_YEAR]
        if len(born) == _DAY:
            for day in (born, *near(born)):
                yield from (("surname", key, day) for key in name_keys.surname)
                yield from ((end, key, day) for end in ends for key in beginnings)
            yield from (("surname", key, born) for key in name_keys.given)
            yield from (("jumble", key, born) for key in name_keys.jumble)
            if len(name.primary) + len(name.secondary) == 1:
                yield from (("first", key, born) for key in name_keys.surname)
            spans = [("some", year)]
        else:
            spans = [("year", each) for each in ((year,) if born else _YEARS)]
        for kind, span in dict.fromkeys((*spans, ("some", ""))):
            yield from ((kind, key, span) for key in name_keys.both)
            yield from ((f"{kind}-{end}", key, span) for end in ends for key in beginnings)


def _hash(parts: tuple[str, ...]) -> bytes:
    return blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
