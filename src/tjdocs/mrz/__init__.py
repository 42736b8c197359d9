"""The machine-readable zone of travel documents (Doc 9303-3 to -7), read and made.

:func:`parse` reads any text and says what is wrong with it; :func:`make` makes a zone from its fields. Both
are exact inverses for every zone that is valid. What belongs to a part of it is in its module:
``tjdocs.mrz.names``, ``codes``, ``transliteration``, ``truncation``.
"""

from tjdocs.mrz import codes, names, transliteration, truncation
from tjdocs.mrz.checkdigit import check_digit
from tjdocs.mrz.codes import alpha2, alpha3
from tjdocs.mrz.dissect import spans
from tjdocs.mrz.making import Made, make
from tjdocs.mrz.problems import Problem, ProblemKind, problem_kinds
from tjdocs.mrz.reading import parse, parse_joined
from tjdocs.mrz.repairing import repair
from tjdocs.mrz.transliteration import transliterate
from tjdocs.mrz.zone import Candidate, Change, Repair, Zone

__all__ = [
    "Candidate",
    "Change",
    "Made",
    "Problem",
    "ProblemKind",
    "Repair",
    "Zone",
    "alpha2",
    "alpha3",
    "check_digit",
    "codes",
    "make",
    "names",
    "parse",
    "parse_joined",
    "problem_kinds",
    "repair",
    "spans",
    "transliterate",
    "transliteration",
    "truncation",
]
