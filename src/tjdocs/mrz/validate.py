"""Every check on a joined zone: characters, codes, check digits, dates, names (Doc 9303-3, 4 and 5)."""

from collections.abc import Iterator
from datetime import date
from functools import cache

from tjdocs.mrz import dates, national_dates, practices
from tjdocs.mrz.check_digits import ALPHABET, VALUES, digit_over, weigh
from tjdocs.mrz.codes import StateCode, passport_codes, state_codes
from tjdocs.mrz.formats import Format, overflow
from tjdocs.mrz.mrz_problems import MrzProblem

__all__ = ["judge", "misplaced"]

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CHARACTERS = frozenset(ALPHABET.decode())
_ZERO = ord("0")
_FILLER = ord("<")

# The characters of each kind of field; a kind without a row takes every character of the zone.
_ALLOWED = {
    "state": _LETTERS | {"<"},
    "names": _LETTERS | {"<"},
    "name": _LETTERS | {"<"},
    "digits": frozenset("0123456789<"),
}
# The problem of a field with allowed characters that is still not right.
_FORMS = {"number": "document-number-form", "names": "names-form", "name": "names-form", "sex": "sex"}


@cache
def _plain_codes() -> tuple[frozenset[str], frozenset[str]]:
    """Return the codes without a problem, as in the MRZ: of issuing States, and of nationalities."""
    plain = {code.code.ljust(3, "<"): code for code in state_codes().values() if code.plain}
    issuers = frozenset(text for text, code in plain.items() if code.issues)
    return issuers, frozenset(text for text, code in plain.items() if code.is_nationality)


def judge(layout: Format, joined: str, at: date, *, exact: bool = False) -> tuple[MrzProblem, ...]:
    """Return every problem of a zone whose joined lines have the format's length.

    A zone without problems takes no branch of this function. Others look at its problems again.

    :param exact: that the format's pattern holds is already known
    """
    if layout.national is not None:
        return tuple(_national(layout, joined, at))
    problems: list[MrzProblem] = []
    if not exact and layout.pattern.fullmatch(joined) is None:
        problems += _characters(layout, joined)
    if joined[layout.code] not in layout.codes:
        problems.append(_at(layout, "document_code", "document-code", joined))

    raw = joined.encode("ascii", "replace")
    values = raw.translate(VALUES)
    for covered, digit in layout.digits:
        if weigh(values[covered]) + _ZERO != raw[digit] and (
            raw[digit] != _FILLER or digit != layout.optional_digit or joined[layout.optional].strip("<")
        ):
            problems += _check_digits(layout, joined)
            break
    else:
        if problems:  # an unreadable character has the value 0, and may agree by chance
            problems += _check_digits(layout, joined)
    if layout.composite:
        over = b"".join([values[covered] for covered in layout.composite_over])
        if weigh(over) + _ZERO != raw[layout.composite_digit] or problems:
            problems += _composite(layout, joined)

    born, code = dates.birth(joined[layout.birth], at)
    if code:
        problems.append(_at(layout, "date_of_birth", code, joined))
    expires, code = practices.expiry(layout, joined, at)
    if code:
        problems.append(_at(layout, "date_of_expiry", code, joined))
    elif expires is not None and (
        not at <= expires < dates.noted_from(at) or (born and expires.year - born.year >= dates.OLDEST)
    ):
        problems += _expiry(layout, joined, born, expires, at)

    issuers, nationalities = _plain_codes()
    if joined[layout.state] not in issuers:
        problems += _state(layout, joined, "issuing_state", born)
    if joined[layout.nationality] not in nationalities:
        problems += _state(layout, joined, "nationality", born)
    if joined[layout.names.stop - 1] in _LETTERS:
        problems.append(_at(layout, "names", "possibly-truncated", joined))
    return tuple(practices.explain(layout, joined, problems)) if problems else ()


def _national(layout: Format, joined: str, at: date) -> Iterator[MrzProblem]:
    """Judge a State's own format by the fields that its file has."""
    yield MrzProblem("national-format", found=layout.name)
    yield from _characters(layout, joined)
    if joined[layout.code] not in layout.codes:
        yield _at(layout, "document_code", "document-code", joined)
    if not layout.by_name["issuing_state"].pattern.fullmatch(joined[layout.state]):
        yield _at(layout, "issuing_state", "state-unknown", joined)
    yield from _check_digits(layout, joined)
    if layout.composite:
        yield from _composite(layout, joined)
    _, code = dates.birth(joined[layout.birth], at)
    if code:
        yield _at(layout, "date_of_birth", code, joined)
    issued = national_dates.issued(layout, joined)
    latest = national_dates.latest_expiry(layout, joined, at)
    if issued is None or (issued.year, issued.month) > (at.year, at.month):
        yield _at(layout, "document_number", "national-issue-date", joined)
    elif latest is not None and latest < at:
        yield _at(layout, "document_number", "expired", joined)


def _characters(layout: Format, joined: str) -> Iterator[MrzProblem]:
    """Find misplaced characters, field by field."""
    for item in layout.fields:
        text = joined[item.slice]
        allowed = layout.code_characters if item.kind == "document-code" else _ALLOWED.get(item.kind, _CHARACTERS)
        wrong = [index for index, character in enumerate(text, item.slice.start) if character not in allowed]
        for index in wrong:
            code = "field-character" if joined[index] in _CHARACTERS else "character"
            yield MrzProblem(code, item.name, position=layout.position(index), found=joined[index])
        if item.kind in _FORMS and not wrong and not item.pattern.fullmatch(text):
            yield _at(layout, item.name, _FORMS[item.kind], joined)
    for name, index in _digits(layout):
        if joined[index] not in _CHARACTERS:
            yield MrzProblem("character", name, position=layout.position(index), found=joined[index])


def misplaced(layout: Format, joined: str) -> int:
    """Return how many characters are in a field that does not have them, letters in dates and check digits included."""
    count = sum(problem.code in ("field-character", "character") for problem in _characters(layout, joined))
    count += sum(not joined[index].isdecimal() for _, index in _digits(layout))
    numbers = [place for place in (layout.birth, layout.expiry) if place.stop]
    return count + sum(not character.isdecimal() for place in numbers for character in joined[place])


def _check_digits(layout: Format, joined: str) -> Iterator[MrzProblem]:
    """Look again at the check digits of the fields, of which one does not simply agree."""
    for item in layout.checked:
        text, digit = joined[item.slice], joined[item.digit]
        name, index = item.digit_name, item.digit
        excess = overflow(layout, joined) if item.overflow else None
        if excess is not None:
            text, digit = text + excess[:-1], excess[-1]
            index = layout.optional.start + len(excess) - 1
            if index + 1 == layout.optional.stop:
                position = layout.position(layout.optional.start)
                yield MrzProblem("document-number-overflow", item.overflow, position=position)
        yield from _digit(layout, name, index, text, digit, empty=item.kind == "optional")


def _composite(layout: Format, joined: str) -> Iterator[MrzProblem]:
    """Look again at a composite check digit that does not simply agree."""
    index = layout.composite_digit
    text = "".join(joined[covered] for covered in layout.composite_over)
    yield from _digit(layout, "composite_check_digit", index, text, joined[index])


def _digit(
    layout: Format, name: str, index: int, text: str, found: str, *, empty: bool = False
) -> Iterator[MrzProblem]:
    """Judge one check digit.

    :param empty: whether it may be a filler when there are only fillers before it
    """
    position = layout.position(index)
    if not _CHARACTERS.issuperset(text + found):
        yield MrzProblem("check-digit-not-computed", name, position=position)
        return
    expected = digit_over(text)
    if found != expected and not (empty and found == "<" and not text.strip("<")):
        code = "composite-check-digit" if name == "composite_check_digit" else "check-digit"
        yield MrzProblem(code, name, position=position, expected=expected, found=found)


def _expiry(layout: Format, joined: str, born: date | None, expires: date, at: date) -> Iterator[MrzProblem]:
    """Judge a readable date of expiry against the day, the birth and the document code."""
    if born is not None:
        if expires < born:
            yield _at(layout, "date_of_expiry", "expiry-before-birth", joined)
        elif expires > dates.years_after(born, dates.OLDEST):
            yield _at(layout, "date_of_birth", "holder-too-old", joined)
    if expires < at:
        yield _at(layout, "date_of_expiry", "expired", joined)
    elif expires > dates.distant_from(at):
        yield _at(layout, "date_of_expiry", "expiry-distant", joined)
    code = joined[layout.code]
    if code[0] == "P" and expires >= dates.OLD_CODES_END and code not in passport_codes():
        yield _at(layout, "document_code", "document-code-outdated", joined)


def _state(layout: Format, joined: str, name: str, born: date | None) -> Iterator[MrzProblem]:
    """Judge a code of a State that is not simply a current one."""
    text = joined[layout.by_name[name].slice]
    code = state_codes().get(text.rstrip("<"))
    if code is None or not _may_stand(code, name):
        yield _at(layout, name, "state-unknown", joined)
    elif code.replaced_by:
        position = layout.position(layout.by_name[name].slice.start)
        yield MrzProblem("state-replaced", name, position=position, expected=code.replaced_by, found=text)
    elif name == "issuing_state" and not code.issues:
        yield _at(layout, name, "state-nationality", joined)
    elif code.kind == "specimen":
        yield _at(layout, name, "state-specimen", joined)
    elif code.withdrawn is not None:
        late = name == "nationality" and born is not None and born > code.withdrawn
        yield _at(layout, name, "state-withdrawn-before-birth" if late else "state-withdrawn", joined)


def _may_stand(code: StateCode, name: str) -> bool:
    return code.met_as_issuer if name == "issuing_state" else code.is_nationality


def _digits(layout: Format) -> Iterator[tuple[str, int]]:
    yield from ((item.digit_name, item.digit) for item in layout.checked)
    if layout.composite:
        yield "composite_check_digit", layout.composite_digit


def _at(layout: Format, name: str, code: str, joined: str) -> MrzProblem:
    """Return a problem of a whole field."""
    place = layout.by_name[name].slice
    return MrzProblem(code, name, position=layout.position(place.start), found=joined[place])
