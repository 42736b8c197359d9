"""Zones for the tests: strategies that draw fields, and a check digit of our own counting."""

import random
import string
from datetime import date, timedelta

from hypothesis import strategies as st

from tjdocs import mrz
from tjdocs.mrz.formats import formats

AT = date(2026, 11, 24)
CLEAN = "PPTJKERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36TJK7408122F3104150ZE184226B<<<<<16"
FORMATS = ("TD1", "TD2", "TD3", "MRV-A", "MRV-B")
CODES = {"TD1": "ID", "TD2": "ID", "TD3": "PP", "MRV-A": "V", "MRV-B": "V"}


def digit(text):
    """Count a check digit as Doc 9303-3, 4.9 describes it, character by character."""
    values = [0 if character == "<" else int(character, 36) for character in text]
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def zone_of(state="TJK", nationality="TJK", birth="740812", expiry="310415", code="PP"):
    body = f"L898902C36{nationality:<<3}{birth}{digit(birth)}F{expiry}{digit(expiry)}ZE184226B<<<<<1"
    return mrz.parse(f"{code:<<2}{state:<<3}{CLEAN[5:44]}\n{body}{digit(body[:10] + body[13:20] + body[21:43])}", at=AT)


def codes(zone):
    return [problem.code for problem in zone.problems]


def errors(zone):
    return [problem.code for problem in zone.problems if problem.severity == "error"]


_LETTERS = st.sampled_from(string.ascii_uppercase)
_WORD = st.text(_LETTERS, min_size=1, max_size=14)
_STATES = st.sampled_from(sorted(c.code for c in mrz.codes.state_codes().values() if c.issues))
_NATIONALITIES = st.sampled_from(sorted(c.code for c in mrz.codes.state_codes().values() if c.is_nationality))
_BIRTHS = st.dates(date(1930, 1, 1), date(2026, 1, 1)).map(lambda day: day.strftime("%y%m%d"))
_UNKNOWN = st.sampled_from(["74<<<<", "7408<<", "<<<<<<", "<<0812", "74<<12"])
_ALNUM = st.sampled_from(string.ascii_uppercase + string.digits)


@st.composite
def fields(draw, name):
    """Draw keyword arguments of ``make`` for a format, its second identifier perhaps missing."""
    layout = formats()[name]
    long = layout.overflows and draw(st.booleans())
    number = draw(st.text(_ALNUM, min_size=10, max_size=12)) if long else draw(st.text(_ALNUM, min_size=1, max_size=9))
    room = layout.by_name["optional_data"].width - (len(number) - 9 + 2 if long else 0)
    drawn = {
        "document_code": draw(st.sampled_from(sorted(code.rstrip("<") for code in layout.codes))),
        "issuing_state": draw(_STATES),
        "document_number": number,
        "nationality": draw(_NATIONALITIES),
        "date_of_birth": draw(_BIRTHS | _UNKNOWN),
        "sex": draw(st.sampled_from("MF<")),
        "date_of_expiry": draw(st.dates(date(2026, 1, 1), date(2037, 1, 1))).strftime("%y%m%d"),
        "primary_identifier": " ".join(draw(st.lists(_WORD, min_size=1, max_size=4))),
        "secondary_identifier": " ".join(draw(st.lists(_WORD, max_size=4))),
        "optional_data": draw(st.text(_ALNUM, max_size=room)),
    }
    if "optional_data_2" in layout.by_name:
        drawn["optional_data_2"] = draw(st.text(_ALNUM, max_size=11))
    if layout.optional_digit >= 0 and not drawn["optional_data"]:
        drawn["optional_data_check_digit"] = draw(st.sampled_from("<0"))
    return drawn


def random_zone(rng, name=None, *, plain=True):
    """Return a made zone with random fields; ``plain`` ones have nothing that needs a word."""
    name = name or rng.choice(FORMATS)
    known = mrz.codes.state_codes().values()
    issuers = [c.code for c in known if (c.kind == "state" and c.plain if plain else c.issues)]
    optional = "".join(rng.choices(string.digits, k=rng.choice([0, 0, 6, 7])))
    number = "".join(rng.choices(string.ascii_uppercase, k=rng.randint(0, 2))) + "".join(
        rng.choices(string.digits, k=7)
    )
    syllables = [a + b for a in "BDFGHJKLMNPRSTVZ" for b in "AEIOU"]
    name_of = lambda: "".join(rng.choices(syllables, k=rng.randint(2, 4)))  # noqa: E731 - three uses, below
    return mrz.make(
        name,
        document_code=CODES[name],
        issuing_state=rng.choice(issuers),
        document_number=number,
        nationality=rng.choice(issuers),
        date_of_birth=date(1950, 1, 1) + timedelta(rng.randrange(25_000)),
        sex=rng.choice("MF<"),
        date_of_expiry=date(2027, 1, 1) + timedelta(rng.randrange(3_000)),
        primary_identifier=name_of(),
        secondary_identifier=f"{name_of()} {name_of()}",
        optional_data=optional,
    )


def seeded(seed):
    return random.Random(seed)
