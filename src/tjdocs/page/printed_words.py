"""How dates, sex and nationality are printed (Doc 9303-3, 3.1, 3.6 and 3.8; Doc 9303-4, DED 11), and Latin forms."""

import datetime
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Literal, TypeAlias

from tjdocs import specs
from tjdocs.errors import UsageError

__all__ = ["date_text", "has_latin_form", "nationality_text", "sex_text", "words_reviewed"]


Months: TypeAlias = tuple[str, str, str, str, str, str, str, str, str, str, str, str]


class WordFile(specs.Spec, frozen=True):
    """The form of ``specs/page/words.toml``."""

    reviewed: bool
    months_national: Months
    months_english: Months
    sex: Mapping[str, str]
    nationality: Mapping[str, str]


@cache
def _words() -> WordFile:
    return specs.load("page/words.toml", WordFile)


def words_reviewed() -> bool:
    """Return whether a native reader has signed these words."""
    return _words().reviewed


def nationality_text(code: str) -> str:
    """Return a nationality as a word in the national language and English; the code where the table has no word."""
    return _words().nationality.get(code, code)


def has_latin_form(text: str) -> bool:
    """Return whether a text is in Latin letters and digits 0 to 9, or one side of an oblique is (Doc 9303-3, 3.1)."""
    return any(any(map(str.isalnum, part)) and all(map(_latin, part)) for part in text.split("/"))


def _latin(character: str) -> bool:
    if character.isalpha():
        return unicodedata.name(character, "").startswith("LATIN ")
    return character.isascii() or not character.isnumeric()


def date_text(
    year: int | None, month: int | None, day: int | None, *, style: Literal["month", "numeric"] = "month"
) -> str:
    """Return a date as it is printed: ``12 ИЮЛ/JUL 1942`` or ``12.07.1942``.

    An unknown part of a date of birth is ``None`` and printed as X in the same style: ``XX XXX/XXX 1942``,
    ``XX.XX.1942`` (Doc 9303-3, 3.8).

    :raises UsageError: no such day or month
    """
    if style not in ("month", "numeric"):
        raise UsageError("unknown style of a date", where="style", hint="month or numeric")
    try:  # in a leap year, so that 29 February of an unknown year is possible
        datetime.date(*(known if part is None else part for part, known in ((year, 2000), (month, 1), (day, 1))))
    except ValueError:
        raise UsageError("not a date", where="date", hint="year, month and day, None for an unknown part") from None
    days = "XX" if day is None else f"{day:02}"
    years = "XXXX" if year is None else f"{year:04}"
    if style == "numeric":
        return f"{days}.{'XX' if month is None else f'{month:02}'}.{years}"
    names = [_words().months_national, _words().months_english]
    return f"{days} {'/'.join('XXX' if month is None else name[month - 1] for name in names)} {years}"


def sex_text(sex: str) -> str:
    """Return the sex as it is printed for M, F or ``<`` of the machine-readable zone: ``М/M``, ``З/F``, ``X``.

    :raises UsageError: anything else
    """
    texts = _words().sex
    if sex not in texts:
        raise UsageError("not a sex of the machine-readable zone", where="sex", hint=", ".join(texts))
    return texts[sex]
