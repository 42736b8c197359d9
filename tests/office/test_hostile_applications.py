"""Generated applications: lawful, unlawful, malformed, unusable, in every mixture, against the law written down anew.

``TJDOCS_SWEEP=full`` makes 10,000 of them; otherwise a tenth, always the same. For each, every reason comes at once, and
nothing is consumed unless a document is issued.
"""

import base64
import io
import json
import os
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image

from tjdocs.documents import Application, ApplicationError, NotEligible, eligibility, example, load_types
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Register

pytestmark = pytest.mark.sweep

COUNT = 10_000 if os.environ.get("TJDOCS_SWEEP") == "full" else 1_000
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOW.date()
ALL = load_types.names()
EXT, INT, REG, RET, STL = ALL


def day(offset):
    return (TODAY + timedelta(days=offset)).isoformat()


def years(count):
    return TODAY.replace(year=TODAY.year + count).isoformat()


def picture(width, height):
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "#c0a080").save(stream, "JPEG")
    return base64.b64encode(stream.getvalue()).decode()


GONE = object()
# what no application holds: types, field, value, the fields whose faults are named
MALFORMED = [
    (ALL, "family_name", "ЭРИКССОН7", {"family_name"}),
    (ALL, "family_name", "ЭРИКС;СОН<", {"family_name"}),
    (ALL, "family_name", "\u202eЭРИКССОН", {"family_name"}),
    (ALL, "family_name", GONE, {"family_name"}),
    (ALL, "given_names", "А" * 201, {"given_names"}),
    (ALL, "given_names", "", {"given_names"}),
    (ALL, "patronymic", ["НАМУНА"], {"patronymic"}),
    (ALL, "sex", "Ж", {"sex"}),
    (ALL, "date_of_birth", "24.11.1994", {"date_of_birth"}),
    (ALL, "date_of_birth", "1994-02-30", {"date_of_birth"}),
    (ALL, "date_of_birth", GONE, {"date_of_birth"}),
    (ALL, "citizenship", "Tajikistan", {"citizenship"}),
    (ALL, "citizenship", None, {"citizenship"}),
    (ALL, "portrait", "%%%", {"portrait"}),
    (ALL, "portrait_eyes", [[1, 2], ["3", 4]], {"portrait_eyes"}),
    (ALL, "authority", {"a": 1}, {"authority"}),
    (ALL, "hobby", "chess", {"hobby"}),
    (ALL, "'; DROP TABLE document; --", 1, {"???DROP?TABLE?document??--"}),
    (ALL, "spelling", {"family_name": "A1", "given_names": "B"}, {"spelling.family_name", "spelling.reason"}),
    (ALL, "earlier_names", [{"family_name": "A", "given_names": "B", "until": "x", "act": "7"}], {"earlier_names.until"}),
    ((EXT,), "consents", "legal-representatives", {"consents"}),
    ((EXT,), "category", "A", {"category"}),
    ((STL,), "residence_permit", {"issued": "2020-01-01"}, {"residence_permit.number"}),
    ((STL,), "residence_permit", {"number": "7", "expires": "soon", "colour": 1}, {"residence_permit.expires", "residence_permit.colour"}),
    ((REG,), "stay", "temporary", {"stay"}),
    ((REG,), "date_of_entry", 2016, {"date_of_entry"}),
    ((RET,), "journey", {"destination": "ДУШАНБЕ", "state": "Tajikistan"}, {"journey.state"}),
    ((RET,), "journey", GONE, {"journey"}),
]  # fmt: skip
NO_PICTURE = base64.b64encode(b"no picture").decode()
# what reads well and cannot be made into a document: types, field, value, fields of the faults
UNUSABLE = [
    (ALL, "portrait", NO_PICTURE, {"portrait"}),
    (ALL, "portrait", picture(640, 480), {"portrait"}),
    (ALL, "portrait", picture(60, 80), {"portrait", "portrait_eyes"}),  # the eyes lie outside of it
    (ALL, "portrait_eyes", [[1, 1], [2, 2]], {"portrait_eyes"}),
    (ALL, "date_of_birth", "1900-01-01", {"date_of_birth"}),
    ((EXT, STL), "personal_number", "1" * 20, {"personal_number"}),
    ((EXT,), "place_of_birth", "漢", {"place_of_birth"}),
    ((EXT,), "authority", "Ш" * 200, {"authority"}),
]
# what reads well and may or may not be lawful
FREE = [
    (ALL, "date_of_birth", [day(1), day(0), years(-18), years(-17), "1960-02-29", "9999-12-31"]),
    (ALL, "citizenship", ["TJK", "UZB", "AFG", "XXA", "XXX", "XXB", "D"]),
    (ALL, "family_name", ["О’БРАЙЕН", "ДОДОХУҶАЕВ-РАҲМОНӢ", "Я" * 60, "Ё"]),
    (ALL, "patronymic", [GONE, "", "Ҳ" * 60]),
    (ALL, "sex", ["M", "X"]),
    ((EXT, INT, REG, RET), "citizenship_record", [GONE, {"authority": "A", "reference": "7", "date": day(1)}, {"authority": "A", "reference": "7", "date": day(0)}]),
    ((EXT,), "consents", [["legal-representatives"], ["photography"], []]),
    ((STL,), "residence_permit", [
        GONE, {"number": "7", "issued": day(-9), "expires": day(-1)}, {"number": "7", "issued": day(-9), "expires": day(0)},
        {"number": "7", "issued": day(1), "expires": day(9)}, {"number": "7", "issued": day(-9), "expires": day(9), "state": "withdrawn"},
        {"number": "7", "issued": day(9), "expires": day(-9)}, {"number": "7"}, {"number": "7", "issued": day(-9), "expires": day(5000)},
    ]),
    ((REG,), "category", [*"ABCDEFGH", GONE, ""]),
    ((REG,), "date_of_entry", ["2016-12-30", "2016-12-31", "2017-01-01", "1950-01-01", GONE]),
    ((REG,), "stay", ["lawful", "illegal", GONE]),
    ((REG,), "date_of_acceptance", [day(-1), day(0), day(1), GONE]),
    ((RET,), "located_in", ["TJK", "RUS", GONE]),
    ((RET,), "passport", [
        GONE, {"number": "7", "state": "lost"}, {"number": "7", "issued": day(-9), "expires": day(-1)},
        {"number": "7", "issued": day(-9), "expires": day(0)}, {"number": "7"},
    ]),
    ((RET,), "journey", [
        {"destination": "ХУҶАНД", "state": "TJK"}, {"destination": "АЛМАТЫ", "state": "KAZ"},
        {"destination": "ХУҶАНД", "state": "TJK", "until": day(-1)}, {"destination": "ХУҶАНД", "state": "TJK", "until": day(0)},
    ]),
]  # fmt: skip
UNION = {"ARM", "AZE", "BLR", "EST", "GEO", "KAZ", "KGZ", "LTU", "LVA", "MDA", "RUS", "TKM", "UKR", "UZB"}


def of_age(born):
    return (born.year + 18, born.month, min(born.day, 28 if born.month == 2 else 31)) <= (TODAY.year, TODAY.month, TODAY.day)


def in_force(held):
    """Whether a document counts today; None where it does not say."""
    issued, expires = held.get("issued"), held.get("expires")
    if held.get("state", "valid") != "valid" or (issued and issued > day(0)) or (expires and expires < day(0)):
        return False
    return None if issued is None or expires is None else True


def law(name, given):
    """Return the requirements that an application does not meet, read from law.md."""
    unmet = set()
    state, born = given["citizenship"], date.fromisoformat(given["date_of_birth"])
    record = given.get("citizenship_record")
    if name != STL and (record is None or record["date"] > day(0)):
        unmet.add("CIT-1")
    if name != REG and born > TODAY:
        unmet.add({EXT: "EXT-3", INT: "INT-1", STL: "STL-1", RET: "RET-1"}[name])
    if name in (EXT, INT, RET) and state != "TJK":
        unmet.add({EXT: "EXT-3", INT: "INT-1", RET: "RET-1"}[name])
    if name == EXT and not of_age(born) and "legal-representatives" not in given.get("consents", []):
        unmet.add("EXT-4")
    if name == STL and (state not in ("XXA", "XXX") or not in_force(given.get("residence_permit", {"state": "none"}))):
        unmet.add("STL-1")
    if name == REG:
        if given.get("date_of_acceptance") != day(0):
            unmet.add("REG-1")
        if (given.get("date_of_acceptance") or "") == "":
            unmet.add("REG-5")  # whether it was in time cannot be told either
        entered = given.get("date_of_entry")
        if entered is None or entered >= "2016-12-31" or entered < born.isoformat() or given.get("stay") != "illegal":
            unmet.add("REG-2")
        category = given.get("category", "")
        stateless = state in ("XXA", "XXX")
        lawful = (category in tuple("ABCDE") and stateless) or (category in ("F", "G") and state in UNION)
        if not lawful:
            unmet.add("REG-3")
    if name == RET:
        if given.get("located_in", "TJK") == "TJK" or given["journey"]["state"] != "TJK":
            unmet.add("RET-1")
        if in_force(given.get("passport", {"state": "none"})) is not False:
            unmet.add("RET-1")
        if given["journey"].get("until", day(0)) < day(0):
            unmet.add("RET-2")
    return unmet


def generated(source, lawful):
    """Return a type, an application, and the fields that are malformed and unusable in it."""
    name = source.choice(ALL)
    table = dict(lawful[name])
    malformed, unusable, touched = set(), set(), set()
    for _ in range(source.randrange(4)):
        of, field, choices = source.choice(FREE)
        if name in of:
            put(table, field, source.choice(choices))
            touched.add(field)
    for catalogue, found in ((UNUSABLE, unusable), (MALFORMED, malformed)):
        for of, field, value, faults in source.sample(catalogue, source.choice([0, 0, 0, 1, 2, 3])):
            if name in of and field not in touched:
                put(table, field, value)
                found |= faults
                touched.add(field)
    if table.get("portrait") == NO_PICTURE:
        unusable.discard("portrait_eyes")  # where there is no picture, nothing lies outside of it
    return name, table, malformed, unusable


def put(table, field, value):
    if value is GONE:
        table.pop(field, None)
    else:
        table[field] = value


def used(register):
    counters = {EXT: "T{:08d}", INT: "TN{:07d}", REG: "TR{:07d}", RET: "TU{:07d}", STL: "TS{:07d}"}
    found = Counter()
    for name, pattern in counters.items():
        while register.document(pattern.format(found[name] + 1)):
            found[name] += 1
    return found


@pytest.mark.requirement("EXT-3")
@pytest.mark.requirement("STL-1")
@pytest.mark.requirement("INT-1")
@pytest.mark.requirement("REG-1")
@pytest.mark.requirement("REG-2")
@pytest.mark.requirement("REG-3")
@pytest.mark.requirement("RET-1")
@pytest.mark.requirement("CIT-1")
def test_every_reason_at_once_and_nothing_consumed(tmp_path):
    register = Register(f"sqlite:///{tmp_path / 'register.db'}")
    office = Office(Authority.create(tmp_path / "authority", at=NOW), register)
    lawful = {name: json.loads(example(name, at=NOW).to_json()) for name in ALL}
    source = random.Random(20261124)
    issued, outcomes = Counter(), Counter()
    for _ in range(COUNT):
        name, table, malformed, unusable = generated(source, lawful)
        text = json.dumps(table)
        try:
            application = Application.from_json(text)
        except ApplicationError as error:
            named = {fault.field for fault in error.faults}
            outcomes["malformed"] += 1
        else:
            named = set()
        assert named == malformed, text[:400]
        if named:
            continue
        unmet = {r.requirement for r in eligibility(application, at=NOW) if r.outcome != "met"}
        assert unmet == law(name, table), {key: table[key] for key in table if key != "portrait"}
        refused, faults = set(), set()
        try:
            office.issue(application, at=NOW)
        except NotEligible as error:
            refused = {result.requirement for result in error.refused}
            outcomes["unlawful"] += 1
        except ApplicationError as error:
            faults = {fault.field for fault in error.faults}
            outcomes["unusable"] += 1
        else:
            issued[name] += 1
            outcomes["issued"] += 1
        assert refused == unmet
        # names of sixty letters are for the page to refuse
        assert faults - {"family_name", "given_names"} == (set() if unmet else unusable), text[:400]
    assert min(outcomes.values()) > COUNT / 50, outcomes
    assert len(outcomes) == 4
    assert used(register) == issued
