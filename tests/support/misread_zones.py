"""MRZs with wrong characters, for the measure of a repair: of any kind, and of the kinds that readers make."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from tests.support.mrz_zones import AT, FORMATS, random_zone
from tjdocs import mrz
from tjdocs.mrz.check_digits import ALPHABET
from tjdocs.mrz.formats import formats
from tjdocs.mrz.repairs.ocr_confusions import confusions

CODES = {
    "TD1": ("ID", "I<", "IR", "AR", "C<", "AC"),
    "TD2": ("ID", "I<", "PU", "A<"),
    "TD3": ("PP", "PD", "PO", "PS", "P<"),
    "MRV-A": ("V<", "VC", "VD"),
    "MRV-B": ("V<", "VC", "VD"),
}
_GERMAN = "CFGHJKLMNPRTVWXYZ0123456789"  # the characters of numbers of German passports
_TYPICAL = 2.0  # cost of the confusions that readers are known for


class Misread(NamedTuple):
    """One MRZ with wrong characters.

    :param field: the field or check digit of the wrong character, the first one of several
    """

    format: str
    field: str
    right: str
    wrong: str


def varied_zone(rng: random.Random, name: str) -> mrz.Made:
    """Return an MRZ with the numbers, codes and nationalities that documents have."""
    fields = mrz.parse(random_zone(rng, name).text, at=AT).fields()
    layout = formats()[name]
    numbers = [
        "".join(rng.choices(_GERMAN, k=9)),
        "".join(rng.choices("0123456789", k=9)),
        fields["document_number"],
        fields["document_number"],
    ]
    fields["document_number"] = rng.choice(numbers)
    if layout.overflows and rng.random() < 0.2:
        fields["document_number"], fields["optional_data"] = "".join(rng.choices("0123456789", k=12)), ""
    fields["document_code"] = rng.choice(CODES[name]).rstrip("<")
    if rng.random() < 0.8:
        fields["nationality"] = fields["issuing_state"]
    elif rng.random() < 0.2:
        fields["nationality"] = rng.choice(["XXA", "XXB", "XXC", "XXX", "RKS"])
    if name == "TD1" and rng.random() < 0.5:
        fields["optional_data_2"] = "".join(rng.choices("0123456789", k=rng.randint(1, 11)))
    return mrz.make(name, **fields)


def one_wrong(rng: random.Random, count: int) -> Iterator[Misread]:
    """Yield MRZs with one wrong character of any kind, as many of each field of each format."""
    places = [(name, field) for name in FORMATS for field in formats()[name].order]
    for number in range(count):
        name, field = places[number % len(places)]
        right = varied_zone(rng, name).text.replace("\n", "")
        layout = formats()[name]
        at = rng.choice([index for index in range(len(right)) if layout.name_at(index) == field])
        character = rng.choice([c for c in ALPHABET.decode() if c != right[at]])
        yield _misread(name, field, right, {at: character})


def confused(rng: random.Random, count: int, wrong: int) -> Iterator[Misread]:
    """Yield MRZs of which a reader confused as many characters with those that look like them."""
    read_as: dict[str, list[str]] = {}
    for read, meanings in confusions().of.items():
        for meant, cost in meanings if read.isascii() and (read.isalnum() or read == "<") else ():
            if cost <= _TYPICAL:
                read_as.setdefault(meant, []).append(read)
    for number in range(count):
        name = FORMATS[number % len(FORMATS)]
        right = varied_zone(rng, name).text.replace("\n", "")
        places = [i for i, c in enumerate(right) if c in read_as and (c != "<" or rng.random() < 0.2)]
        chosen = sorted(rng.sample(places, wrong))
        layout = formats()[name]
        yield _misread(name, layout.name_at(chosen[0]), right, {at: rng.choice(read_as[right[at]]) for at in chosen})


def _misread(name: str, field: str, right: str, changes: dict[int, str]) -> Misread:
    split = formats()[name].split
    wrong = "".join(changes.get(index, character) for index, character in enumerate(right))
    return Misread(name, field, "\n".join(split(right)), "\n".join(split(wrong)))
