"""An independent reader, the package ``mrz`` (0.6.2), on the same zones; each difference has its clause."""

import os
import string
from collections import Counter

import pytest
from mrz.checker.mrva import MRVACodeChecker
from mrz.checker.mrvb import MRVBCodeChecker
from mrz.checker.td1 import TD1CodeChecker
from mrz.checker.td2 import TD2CodeChecker
from mrz.checker.td3 import TD3CodeChecker

from tests.support.mrz_zones import AT, CODES, FORMATS, random_zone, seeded
from tjdocs import mrz

CHECKERS = {
    "TD1": TD1CodeChecker,
    "TD2": TD2CodeChecker,
    "TD3": TD3CodeChecker,
    "MRV-A": MRVACodeChecker,
    "MRV-B": MRVBCodeChecker,
}
ALPHABET = string.ascii_uppercase + string.digits + "<"
SHARE = 1 if os.environ.get("TJDOCS_SWEEP") == "full" else 10

# Why the other reader's verdict is not ours, by what is special about the zone.
REASONS = {
    "withdrawn": "it knows no withdrawn code but ANT and NTZ (Doc 9303-3, 5 F; ISO 3166-3)",
    "later code": "its list is of 2019; XPO, XES, XCE, XXC and others came later (Doc 9303-3, 5)",
    "DEU": "it refuses Germany's ISO code; we warn (Doc 9303-3, 5 A)",
    "digit in code": "it takes a digit as second character of the document code; letters only (Doc 9303-5, note k)",
    "crew": "it refuses AC, the crew member certificate (Doc 9303-5, appendix C)",
    "PU": "it does not know the emergency sheet's TD2 zone (Doc 9303-8, 4.1.5)",
    "unknown birth": "it refuses a birth unknown in part (Doc 9303-3, 4.8)",
    "long number": "it does not know numbers that run on in the optional data (Doc 9303-5 and -6, note j)",
    "no code": "it takes INP and GB for codes of issuers; they are none (Doc 9303-3, 5 D: XPO)",
    "dates": "it reads two-digit years by the computer's pivot and does not compare expiry with birth as we do",
}


def why(zone):
    """Return what is special about a zone over which the verdicts may differ, or an empty string."""
    known = mrz.codes.state_codes()
    used = [known[code] for code in (zone.issuing_state, zone.nationality) if code in known]
    lacking = {"XCE", "XPO", "XES", "XMP", "XDC", "XXC"}
    code = zone.document_code
    special = {
        "withdrawn": any(c.kind == "withdrawn" for c in used),
        "later code": any(c.code in lacking for c in used),
        "no code": bool({"INP", "GB"} & {zone.issuing_state, zone.nationality}),
        "DEU": any(c.code == "DEU" for c in used),
        "digit in code": code[1:2].isdigit(),
        "crew": code == "AC",
        "PU": zone.format == "TD2" and code[:1] == "P",
        "unknown birth": "<" in zone.date_of_birth_raw,
        "long number": zone.raw("document_number_check_digit") == "<",
        "dates": {p.code for p in zone.problems} & {"expiry-before-birth", "holder-too-old"} != set(),
    }
    return next((reason for reason, holds in special.items() if holds), "")


def verdict(name, text):
    try:
        return bool(CHECKERS[name](text))
    except Exception:  # noqa: BLE001 - it raises on what is no zone for it
        return False


@pytest.mark.sweep
def test_the_same_verdict_on_20_000_zones():
    rng = seeded(20_000)
    verdicts, differing = Counter(), Counter()
    for number in range(20_000 // SHARE):
        made = random_zone(rng, FORMATS[number % 5], plain=number % 3 > 0)
        text = made.text
        if number % 2:
            place = rng.choice([i for i, character in enumerate(text) if character != "\n"])
            text = text[:place] + rng.choice(ALPHABET) + text[place + 1 :]
        zone = mrz.parse(text, at=AT)
        if zone.format != made.format:  # the first letter makes it another format
            continue
        theirs = verdict(made.format, text)
        verdicts[zone.valid, theirs] += 1
        if zone.valid != theirs:
            reason = why(zone)
            assert reason in REASONS, f"an unexplained difference: ours {zone.valid}, theirs {theirs}"
            differing[reason] += 1
    assert verdicts[True, True] > 0.3 * verdicts.total()
    assert verdicts[False, False] > 0.2 * verdicts.total()
    assert set(differing) >= {"withdrawn", "later code"}


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("unknown birth", {"date_of_birth": "7408<<"}),
        ("long number", {"document_number": "D23145890734"}),
        ("crew", {"document_code": "AC"}),
        ("withdrawn", {"nationality": "SUN"}),
        ("DEU", {"issuing_state": "DEU"}),
    ],
)
def test_where_the_other_reader_is_wrong(reason, change):
    given = {
        "document_code": "I",
        "issuing_state": "TJK",
        "document_number": "D23145890",
        "nationality": "TJK",
        "date_of_birth": "740812",
        "sex": "F",
        "date_of_expiry": "310415",
        "primary_identifier": "ERIKSSON",
        "secondary_identifier": "ANNA MARIA",
    }
    assert verdict("TD1", mrz.make("TD1", **given).text)
    text = mrz.make("TD1", **{**given, **change}).text
    zone = mrz.parse(text, at=AT)
    assert zone.valid
    assert not verdict("TD1", text)
    assert why(zone) == reason


def test_every_format_has_a_checker():
    assert set(CHECKERS) == set(CODES)
