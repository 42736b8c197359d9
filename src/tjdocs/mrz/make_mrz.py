"""Making a zone from its fields: the exact inverse of reading one that is valid."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from tjdocs.errors import UsageError
from tjdocs.mrz import dates
from tjdocs.mrz.check_digits import ALPHABET, VALUES, digit_over, weigh
from tjdocs.mrz.codes import state_codes
from tjdocs.mrz.formats import Field, Format, formats
from tjdocs.mrz.transliteration import components
from tjdocs.mrz.truncation import STRATEGIES, fit

__all__ = ["Made", "make"]

_CHARACTERS = frozenset(ALPHABET.decode())
_ZERO = ord("0")
# Unicode categories of what gives way to a filler in numbers and optional data (Doc 9303-4 to -7, 4.2.2): punctuation,
# symbols, blanks.
_SIGNS = "PSZ"
_TEXTS = (
    "format", "document_code", "issuing_state", "document_number", "nationality", "sex", "primary_identifier",
    "secondary_identifier", "optional_data", "optional_data_2", "date_of_birth_raw", "date_of_expiry_raw",
    "transliteration", "truncation",
)  # fmt: skip
_SEXES = {"M": "M", "F": "F", "<": "<", "X": "<", "": "<"}


@dataclass(frozen=True, slots=True)
class Made:
    """A zone that was made. Its lines are personal data and not in ``repr``.

    :param transliteration: the table by which names were spelt
    :param truncation: the strategy by which they were cut, or ``""`` where they fit
    """

    format: str
    lines: tuple[str, ...] = field(repr=False)
    transliteration: str
    truncation: str

    @property
    def text(self) -> str:
        """The lines joined by line feeds, as :func:`tjdocs.mrz.parse` reads them."""
        return "\n".join(self.lines)

    @property
    def joined(self) -> str:
        """The lines one after another, as data group 1 holds them (Doc 9303-10, 4.7.1)."""
        return "".join(self.lines)

    @property
    def truncated(self) -> bool:
        """Whether the names were cut."""
        return bool(self.truncation)


def make(
    format: str,
    *,
    document_code: str,
    issuing_state: str,
    document_number: str,
    nationality: str,
    date_of_birth: date | str | None = None,
    sex: str,
    date_of_expiry: date | str | None = None,
    primary_identifier: str,
    secondary_identifier: str = "",
    optional_data: str = "",
    optional_data_2: str = "",
    optional_data_check_digit: str = "<",
    date_of_birth_raw: str = "",
    date_of_expiry_raw: str = "",
    transliteration: str = "tj",
    truncation: str = "initials",
) -> Made:
    """Make a zone.

    Codes are given without fillers. Dates are dates, ISO 8601 text, or the zone's six characters with
    fillers for unknown parts (also as ``…_raw``). Names may be written in any letters that the table has;
    a given name is followed by the patronymic in ``secondary_identifier``. A document number of more than
    nine characters runs on in the optional data of TD1 and TD2.

    :param optional_data_check_digit: TD3's digit over an empty optional field: ``<`` or ``0``
    :param transliteration: name of a table of ``specs/transliteration/tables.toml``
    :param truncation: strategy for names that do not fit, see ``tjdocs.mrz.truncation``
    :raises UsageError: a field that does not fit this format; ``where`` names it
    """
    texts = (
        format, document_code, issuing_state, document_number, nationality, sex, primary_identifier,
        secondary_identifier, optional_data, optional_data_2, date_of_birth_raw, date_of_expiry_raw,
        transliteration, truncation,
    )  # fmt: skip
    try:
        "".join(texts)
    except TypeError:
        raise _no_text(texts) from None
    layout = formats().get(format)
    if layout is None:
        raise UsageError("unknown format", where="format", hint=f"there are {', '.join(formats())}")
    born, birthday = _date(date_of_birth or date_of_birth_raw, "date_of_birth")
    expires, last_day = _date(date_of_expiry or date_of_expiry_raw, "date_of_expiry")
    if birthday and last_day:
        _plausible(birthday, last_day)
    code = document_code.ljust(2, "<")
    if code not in layout.codes:
        raise UsageError("not a document code of this format", where="document_code", hint=_codes_hint(layout))
    names, truncated = _names(layout, primary_identifier, secondary_identifier, transliteration, truncation)
    number, optional, runs_on = _number(layout, document_number, optional_data)
    cells = {
        "document_code": code,
        "issuing_state": _state(issuing_state, "issuing_state"),
        "document_number": number,
        "nationality": _state(nationality, "nationality"),
        "date_of_birth": born,
        "sex": _sex(sex),
        "date_of_expiry": expires,
        "names": names,
        "optional_data": optional,
    }
    if "optional_data_2" in layout.by_name:
        cells["optional_data_2"] = _optional(optional_data_2, layout.by_name["optional_data_2"])
    elif optional_data_2:
        raise UsageError("this format has no such field", where="optional_data_2", hint="only TD1 has it")
    joined = _joined(layout, cells, optional_data_check_digit, runs_on=runs_on)
    return Made(format, layout.split(joined), transliteration, truncation if truncated else "")


def _no_text(texts: tuple[object, ...]) -> UsageError:
    wrong = next(name for name, value in zip(_TEXTS, texts, strict=True) if not isinstance(value, str))
    return UsageError("not a text", where=wrong, hint="give a str")


def _date(value: date | str, name: str) -> tuple[str, date | None]:
    """Return six characters, and the day where its century is known."""
    if isinstance(value, str):
        if len(value) == 6:
            return _raw_date(value, name), None
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise _no_date(name) from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _no_date(name)
    number = value.year % 100 * 10000 + value.month * 100 + value.day
    return f"{number:06}", value


def _raw_date(raw: str, name: str) -> str:
    # Any century will do; that of 2000 has every 29 February that another one has.
    read = dates.birth(raw, _LEAP_CENTURY) if name == "date_of_birth" else dates.expiry(raw, _LEAP_CENTURY)
    if read[1]:
        raise _no_date(name)
    return raw


def _no_date(name: str) -> UsageError:
    hint = "give a date, ISO 8601 text, or YYMMDD"
    if name == "date_of_birth":
        hint += " with < for unknown parts"
    return UsageError("not a date", where=name, hint=hint)


def _plausible(born: date, expires: date) -> None:
    if expires < born:
        raise UsageError("expires before the birth", where="date_of_expiry", hint="give the last day of validity")
    oldest = dates.OLDEST
    if expires > dates.years_after(born, oldest):
        hint = f"at the expiry the holder is at most {oldest} years old"
        raise UsageError("the holder would be too old", where="date_of_birth", hint=hint)


def _state(code: str, name: str) -> str:
    known = state_codes().get(code)
    if known is None or not (known.met_as_issuer if name == "issuing_state" else known.is_nationality):
        hint = "a code of Doc 9303-3, 5, without fillers, for example TJK"
        raise UsageError("unknown code", where=name, hint=hint)
    return code.ljust(3, "<")


def _sex(value: str) -> str:
    if value not in _SEXES:
        raise UsageError("unknown sex", where="sex", hint="M, F, or < for unspecified")
    return _SEXES[value]


def _names(layout: Format, primary: str, secondary: str, table: str, strategy: str) -> tuple[str, bool]:
    """Return the names' field, and whether they were cut."""
    one = components(primary, table=table, where="primary_identifier")
    if not one:
        hint = "a holder with one name only has it here"
        raise UsageError("empty", where="primary_identifier", hint=hint)
    other = components(secondary, table=table, where="secondary_identifier") if secondary else ()
    text = "<".join(one)
    if other:
        text = f"{text}<<{'<'.join(other)}"
    width = layout.names.stop - layout.names.start
    if len(text) <= width and strategy in STRATEGIES:
        return text.ljust(width, "<"), False
    fitted = fit(one, other, width, strategy)
    return fitted.text, fitted.truncated


def _number(layout: Format, number: str, optional: str) -> tuple[str, str, bool]:
    """Return the cells of the number and of the optional data, and whether the number runs on there."""
    number = _characters(number, "document_number")
    item, optional_item = layout.by_name["document_number"], layout.by_name["optional_data"]
    if not number or number[0] == "<":
        raise UsageError("empty, or begins with a filler", where="document_number", hint="letters and digits")
    if len(number) <= item.width:
        return number.ljust(item.width, "<"), _optional(optional, optional_item), False
    over = number[item.width :]
    if not layout.overflows or "<" in over or len(over) > optional_item.width - 2:
        most = optional_item.width - 2 + item.width if layout.overflows else item.width
        raise UsageError("too long for this format", where="document_number", hint=f"at most {most} characters")
    digit = digit_over(number)
    return number[: item.width], _optional(f"{over}{digit}<{optional}", optional_item), True


def _optional(text: str, item: Field) -> str:
    text = _characters(text, item.name) if text else text
    if len(text) > item.width:
        hint = f"{item.width} characters, what a long document number takes of them included"
        raise UsageError("too long", where=item.name, hint=hint)
    return text.ljust(item.width, "<")


def _characters(text: str, name: str) -> str:
    if not text.isalnum():  # a special sign gives way to a filler
        text = "".join("<" if unicodedata.category(sign)[0] in _SIGNS else sign for sign in text).rstrip("<")
    if text.encode("utf-8", "replace").translate(None, ALPHABET):
        wrong = next(character for character in text if character not in _CHARACTERS)
        raise UsageError(f"{wrong!r} is not allowed", where=name, hint="A to Z, 0 to 9 and <")
    return text


def _joined(layout: Format, cells: dict[str, str], over_nothing: str, *, runs_on: bool) -> str:
    """Compute every check digit and put everything in its place."""
    if over_nothing not in ("<", "0"):
        raise UsageError("unknown choice", where="optional_data_check_digit", hint="< or 0")
    zone = bytearray((layout.template % cells).encode())
    values = zone.translate(VALUES)
    for item in layout.checked:
        digit = weigh(values[item.slice])
        if item.kind == "optional" and not cells[item.name].strip("<"):
            zone[item.digit] = ord(over_nothing)
        elif not (runs_on and item.overflow):
            zone[item.digit] = _ZERO + digit
            values[item.digit] = digit
    if layout.composite:
        zone[layout.composite_digit] = _ZERO + weigh(b"".join([values[covered] for covered in layout.composite_over]))
    return zone.decode()


def _codes_hint(layout: Format) -> str:
    first = sorted({code[0] for code in layout.codes})
    return f"a letter of {', '.join(first)}, alone or with a second letter that Doc 9303 does not rule out"


_LEAP_CENTURY = date(2099, 12, 31)
