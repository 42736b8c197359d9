"""How dates and sex are written on a page (Doc 9303-3, 3.8; Doc 9303-4, DED 11)."""

import datetime
from functools import cache
from typing import Any, Literal

from tjdocs import specs
from tjdocs.errors import UsageError

__all__ = ["date_text", "sex_text"]


@cache
def _words() -> dict[str, Any]:
    table = specs.read_toml("page/words.toml")
    specs.require_keys(table, ["schema", "months_national", "months_english", "sex"], where="specs/page/words.toml")
    return table


def date_text(
    year: int | None, month: int | None, day: int | None, *, style: Literal["month", "numeric"] = "month"
) -> str:
    """Return a date as it is printed: ``12 ИЮЛ/JUL 1942`` or ``12.07.1942``.

    What is unknown of a date of birth is ``None`` and printed as X, in the numeric form: ``XX.XX.1942``.

    :raises UsageError: no such day or month
    """
    if style not in ("month", "numeric"):
        raise UsageError("no such style of a date", where="style", hint="month or numeric")
    try:  # in a leap year, so that 29 February of an unknown year stands
        datetime.date(*(known if part is None else part for part, known in ((year, 2000), (month, 1), (day, 1))))
    except ValueError:
        raise UsageError("not a date", where="date", hint="year, month and day, None for what is unknown") from None
    if style == "month" and year and month and day:
        months = f"{_words()['months_national'][month - 1]}/{_words()['months_english'][month - 1]}"
        return f"{day:02} {months} {year:04}"
    days = "XX" if day is None else f"{day:02}"
    months = "XX" if month is None else f"{month:02}"
    return f"{days}.{months}.{'XXXX' if year is None else f'{year:04}'}"


def sex_text(sex: str) -> str:
    """Return the sex as it is printed for M, F or ``<`` of the machine-readable zone: ``М/M``, ``З/F``, ``X``.

    :raises UsageError: anything else
    """
    texts: dict[str, str] = _words()["sex"]
    if sex not in texts:
        raise UsageError("not a sex of the machine-readable zone", where="sex", hint=", ".join(texts))
    return texts[sex]
