"""The keys by which an index finds the entries that may be a person's, however long the list is.

With a whole date of birth a surname's consonants are selective enough. If a part of the date is unknown, the consonants
of surname and given name are kept together with the year. A name that may be truncated (Doc 9303-4 to -7, 4.2.3) lost
some of them and is looked up by its first consonants also.

Whenever :func:`tjdocs.mrz.names.resemble` joins two names, at the reach that their dates allow, they share a key.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice

from tjdocs import limits
from tjdocs.mrz.names import Keys, Name, entry_keys, field_widths, first_keys, keys, list_keys, near, readings
from tjdocs.watchlists.watchlist_entry import document_key

__all__ = ["looked_up", "stored"]

_DAY, _YEAR = len("YYYY-MM-DD"), len("YYYY")
_YEARS = tuple(str(year) for year in range(1890, 2110))


def stored(
    names: Iterable[tuple[str, str]],
    born: str,
    issuing_state: str,
    document_number: str,
    most: int = limits.ENTRY_KEYS,
) -> tuple[list[bytes], bool]:
    """Return the hashes under which an entry is kept, and whether these are all.

    A name is kept as it is read first, and in further ways until it or the entry has more keys than are kept. When the
    entry has as many, nothing but a few keys of a name is made.

    :param most: the keys that the list has left
    """
    most = min(most, limits.ENTRY_KEYS)
    result: set[tuple[str, ...]] = set()
    complete = True
    for pair in names:
        room = min(limits.NAME_KEYS, most - len(result))
        if room <= 0:
            result.update(_of_beginnings(pair, born, first=True), _of_reading(first_keys(pair), born))
            complete = False
            continue
        own = set(_of_beginnings(pair, born))
        for number, name in enumerate(entry_keys(pair)):
            more = set(_of_reading(name, born)) - own
            if number and len(own) + len(more) > room:
                complete = False
                break
            own |= more
        result |= own
    if any(document := document_key(issuing_state, document_number)):
        result.add(("document", *document))
    return [_hash(parts) for parts in result], complete


def _of_beginnings(pair: tuple[str, str], born: str, *, first: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield the keys of a name whose end may be cut, as an entry is kept under them."""
    beginnings = keys(pair, first=first)
    ends = ["any", "cut"] if any(reading.fills_a_field for reading in readings(pair)) else ["any"]
    year = born[:_YEAR]
    for end in ends:
        for key in beginnings:
            yield (end, key, born) if len(born) == _DAY else (f"some-{end}", key, year)
            if born:
                yield f"year-{end}", key, year


def _of_reading(name: Keys, born: str) -> Iterator[tuple[str, ...]]:
    """Yield the keys of a name as it is read in one way, as an entry is kept under them."""
    year, both = born[:_YEAR], name.both
    if len(born) == _DAY:
        for kind, those in (("surname", name.surname), ("first", name.first), ("jumble", name.jumble)):
            yield from ((kind, key, born) for key in those)
    else:
        yield from (("some", key, year) for key in both)
    if born:
        yield from (("year", key, year) for key in both)


def looked_up(
    names: Iterable[Name], births: Iterable[str], issuing_state: str, document_number: str
) -> tuple[list[bytes], tuple[Name, ...]]:
    """Return the hashes under which a person may be kept, and the names to which they belong.

    A name that would have too many keys with those before it is left out; a number has one key and is not.

    :param births: the date of birth as far as it is known, in each century that may be meant
    """
    dates = tuple(births)
    result: set[tuple[str, ...]] = set()
    used = []
    for name in islice(names, limits.PERSON_NAMES):
        spans = [(born, _spans(born)) for born in dates]
        ends, beginnings, name_keys = _ends(name), keys(name), list_keys(name)
        both = name_keys.both
        many = (len(both) + len(ends) * len(beginnings)) * sum(len(each) for _, each in spans)
        if len(result) + many > limits.LOOKUP_KEYS:
            continue  # before any is made
        own: set[tuple[str, ...]] = set()
        for born, each in spans:
            if len(born) == _DAY:
                own.update(_of_day(name, name_keys, born, ends, beginnings))
            for kind, span in each:
                own.update((kind, key, span) for key in both)
                own.update((f"{kind}-{end}", key, span) for end in ends for key in beginnings)
        if len(result | own) < limits.LOOKUP_KEYS:
            result |= own
            used.append(name)
    if any(document := document_key(issuing_state, document_number)):
        result.add(("document", *document))
    return [_hash(parts) for parts in result], tuple(used)


def _ends(name: Name) -> list[str]:
    # a name that fills a field may be a truncated one; the entry of a longer name may be truncated
    return ["any"] * name.fills_a_field + ["cut"] * (len(name.text) > min(field_widths()))


def _spans(born: str) -> list[tuple[str, str]]:
    """Return the years in which an entry with a part of the date may be, each with the kind of its keys."""
    year = born[:_YEAR]
    if len(born) == _DAY:
        return [("some", year), ("some", "")]
    return [*(("year", each) for each in ((year,) if born else _YEARS)), ("some", "")]


def _of_day(
    name: Name, name_keys: Keys, born: str, ends: list[str], beginnings: frozenset[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the keys of a name with a whole date of birth."""
    for day in (born, *near(born)):
        yield from (("surname", key, day) for key in name_keys.surname)
        yield from ((end, key, day) for end in ends for key in beginnings)
    yield from (("surname", key, born) for key in name_keys.given)
    yield from (("jumble", key, born) for key in name_keys.jumble)
    if len(name.primary) + len(name.secondary) == 1:
        yield from (("first", key, born) for key in name_keys.surname)


def _hash(parts: tuple[str, ...]) -> bytes:
    return blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
