"""Repair: what was misread is found where only one reading is possible, all are shown where several are."""

import os
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.misread_zones import confused, one_wrong
from tests.support.mrz_zones import AT, CLEAN, FORMATS, codes, random_zone, seeded
from tjdocs import mrz, specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.mrz.repairs import ocr_confusions as confusions_module
from tjdocs.mrz.repairs.ocr_confusions import confusions

UPPER, LOWER = CLEAN.split("\n")
CARD = "IDTJKD231458907<<<<<<<<<<<<<<<\n7408122F3104150TJK<<<<<<<<<<<2\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
SHARE = 1 if os.environ.get("TJDOCS_SWEEP") == "full" else 10


def repaired(text):
    return mrz.parse(text, at=AT, repair=True)


ONLY_ONE = {
    "letters for digits": CLEAN.replace("L898902C3", "L8989O2C3").replace("7408122", "7A0B122"),
    "digits for letters": CLEAN.replace("ERIKSSON", "ER1K550N").replace("PPTJK", "PP7JK"),
    "letters for fillers": CLEAN.replace("MARIA<<<<<<", "MARIA<<C<KL"),
    "a sign for a digit of a date": CLEAN.replace("740812", "74*812"),
    "letters of another script": CLEAN.replace("ANNA", "АNNА").replace("L898902", "L8989О2"),
    "one sign for two fillers": CLEAN.replace("<<ANNA", "«ANNA"),
    "signs that are no characters": UPPER[:12] + "*" + UPPER[12:] + "\n" + LOWER,
    "fillers lost at the end of a line": UPPER.rstrip("<") + "\n" + LOWER,
    "a filler doubled among many": UPPER + "<\n" + LOWER,
    "fillers lost in the optional data": UPPER + "\n" + LOWER.replace("<<<<<", "<<<"),
    "the line end elsewhere": (UPPER + LOWER)[:40] + "\n" + (UPPER + LOWER)[40:],
    "a line cut in two": UPPER + "\n" + LOWER[:20] + "\n" + LOWER[20:],
    "lines joined, one filler lost": (UPPER + LOWER).replace("<" * 19, "<" * 18),
    "other lines around": f"TAJIKISTAN\nPASSPORT\n{CLEAN}\nPAGE 3",
    "the first letter": "F" + CLEAN[1:],
    "the composite check digit": CLEAN[:-1] + "G",
}


@pytest.mark.parametrize("damage", ONLY_ONE)
def test_the_only_reading_is_found_and_said_to_be_repaired(damage):
    zone = repaired(ONLY_ONE[damage])
    assert zone.lines == (UPPER, LOWER)
    assert zone.valid
    assert zone.repaired
    assert "repaired" in codes(zone)
    assert zone.repair.candidates == ()
    assert "".join(zone.repair.read).replace(" ", "") == "".join(ONLY_ONE[damage].split("\n")).replace(" ", "")


UNCONFIRMED = {
    "names": (CLEAN.replace("ERIKSSON", "ERIKSS0N"), (1, 12)),
    "sex": (CLEAN.replace("2F3", "2P3"), (2, 21)),
}


@pytest.mark.parametrize("field", UNCONFIRMED)
def test_what_no_check_digit_confirms_is_never_valid(field):
    text, position = UNCONFIRMED[field]
    zone = repaired(text)
    assert zone.lines == (UPPER, LOWER)
    assert not zone.valid
    assert [(p.code, p.position) for p in zone.problems] == [
        ("repaired", position), ("repair-unconfirmed", position)
    ]  # fmt: skip


OTHERS = {
    "a nationality": (CLEAN.replace("36TJK", "36XXK"), "nationality", "XXK"),
    "an issuing State": (CLEAN.replace("PPTJK", "PPXNP"), "issuing_state", "XNP"),
    "two letters": (CLEAN.replace("36TJK", "36SL<"), "nationality", "SL<"),
    "a letter in a number of both": (CLEAN.replace("L898902C3", "L8989O2C3"), "document_number", "L8989O2C3"),
    "a digit of a number": (CLEAN.replace("L898902C3", "L898502C3"), "document_number", "L898502C3"),
    "a digit of a date": (CLEAN.replace("740812", "740817"), "date_of_birth", "740817"),
    "a digit of a check digit": (CLEAN.replace("7408122F", "7408127F"), "date_of_birth_check_digit", "7"),
}


@pytest.mark.parametrize("wrong", OTHERS)
def test_what_a_typist_or_forger_may_have_written_is_not_made_another(wrong):
    text, field, read = OTHERS[wrong]
    zone = repaired(text)
    assert not zone.valid
    assert zone.raw(field) == read
    assert not zone.repaired


def test_text_beside_the_names_is_no_name():
    card = "INCHL1000000041D26<<<<<<<<<<<<\n9002063M3002061CHL10000000<2<0\n"
    for names in ("SPECIMEN<SAMPLE<<ANNA<MAR ll 12", "SPECIMEN<SAMPLE<<ANNA<MAR LL", "SPECIMEN<SAMPLE<<ANNA<MARLL12"):
        zone = repaired(card + names)
        assert not zone.valid
        assert not zone.repaired
        assert zone.repair.candidates == ()


@pytest.mark.sweep
def test_one_wrong_character_never_makes_another_valid_mrz():
    """Of each field at most one in a hundred, and nothing that was changed passes as read."""
    total, false = Counter(), Counter()
    for one in one_wrong(seeded(18), 12_000 // SHARE):
        zone = repaired(one.wrong)
        total[one.field] += 1
        false[one.field] += zone.valid and zone.repaired and zone.text != one.right
    assert sum(false.values()) <= 0.005 * total.total()
    assert {field: count for field, count in false.items() if count > 1 + 0.01 * total[field]} == {}


@pytest.mark.sweep
@pytest.mark.parametrize(("wrong", "least"), [(1, 0.80), (2, 0.70), (3, 0.62)])
def test_what_readers_confuse_is_still_repaired(wrong, least):
    misread = list(confused(seeded(wrong), 5_000 // SHARE, wrong))
    right = sum(repaired(one.wrong).text == one.right for one in misread)
    assert right >= least * len(misread)


def test_read_and_repaired_stand_side_by_side():
    zone = repaired(CLEAN.replace("740812", "74O812"))
    (change,) = zone.repair.changes
    assert (change.field, change.position, change.read, change.repaired) == ("date_of_birth", (2, 16), "O", "0")
    (problem,) = zone.problems
    assert (problem.code, problem.expected, problem.found) == ("repaired", "0", "O")
    printed = zone.as_json()
    assert printed["repaired"] is True
    assert printed["read"] == list(zone.repair.read)
    assert printed["changes"][0]["read"] == "O"
    assert printed["candidates"] == []


def test_without_being_asked_nothing_is_repaired():
    zone = mrz.parse(CLEAN.replace("L898902C3", "L8989O2C3"), at=AT)
    assert zone.repair is None
    assert not zone.valid
    assert "repaired" not in zone.as_json()


def test_a_valid_zone_stays_as_it_is():
    zone = repaired(CLEAN)
    assert (zone.text, zone.repaired, zone.problems) == (CLEAN, False, ())


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (CLEAN.replace("L898902C3", "L89*902C3"), ["document_number"]),  # any character of one remainder
        (UPPER.rstrip("<") + "K" * 24 + "\n" + LOWER, ["names"]),  # MARIA or MARIAK
        (UPPER.replace("<<ANNA", "<ANNA") + "\n" + LOWER, [""]),  # a filler lost at one of several places
    ],
)
def test_where_several_readings_are_possible_all_are_given_and_none_taken(text, fields):
    zone = repaired(text)
    assert not zone.valid
    assert len(zone.repair.candidates) > 1
    assert (UPPER, LOWER) in [candidate.lines for candidate in zone.repair.candidates]
    likelihoods = [candidate.likelihood for candidate in zone.repair.candidates]
    assert likelihoods[0] == 1.0
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert [p.field for p in zone.problems if p.code == "repair-ambiguous"] == fields
    assert zone.as_json()["candidates"][0]["lines"] == list(zone.repair.candidates[0].lines)


def test_what_candidates_have_in_common_is_done():
    zone = repaired(CLEAN.replace("L898902C3", "L89*902C3").replace("7408122", "74O8122"))
    assert zone.raw("date_of_birth") == "740812"
    assert [(c.field, c.repaired) for c in zone.repair.changes] == [("date_of_birth", "0")]
    assert len(zone.repair.candidates) > 1


def test_one_unreadable_field_does_not_lose_the_others():
    zone = repaired(CLEAN.replace("740812", "??????").replace("310415", "31O415"))
    assert zone.date_of_expiry_raw == "310415"
    assert zone.date_of_birth is None
    assert not zone.valid


def test_a_card_and_a_long_number():
    for old, new in (("D23145890", "D2314S890"), ("7408122", "7408I22"), ("TJK<<<<<<<<<<<2", "TJK<<<<<<<<<<<Z")):
        assert CARD.count(old) == 1
        assert repaired(CARD.replace(old, new)).text == CARD
    long = mrz.make(
        "TD1",
        document_code="I",
        issuing_state="TJK",
        document_number="D23145890734",
        nationality="TJK",
        date_of_birth="740812",
        sex="F",
        date_of_expiry="310415",
        primary_identifier="ERIKSSON",
    ).text
    assert long.count("<7349<") == 1
    for new in ("<73A9<", "K7349<"):
        assert repaired(long.replace("<7349<", new)).text == long


def test_a_readers_own_likelihoods_decide():
    text = CLEAN.replace("L898902C3", "L898902O3")  # C is not among what O is known to be
    assert not mrz.parse(text, at=AT, repair=True).repaired
    zone = mrz.parse(text, at=AT)
    sure = [{character: 0.999} for line in zone.lines for character in line]
    sure[44 + 7] = {"O": 0.5, "C": 0.45, "Q": 0.05}
    assert mrz.repair(zone, sure).text == CLEAN
    with pytest.raises(UsageError, match="likelihoods"):
        mrz.repair(zone, sure[:-1])


@pytest.mark.sweep
@pytest.mark.parametrize("wrong", [1, 2, 3])
def test_damaged_zones_by_the_thousand(wrong):
    """Nothing that was changed is ever passed off as read, and what is unique is nearly always right."""
    rng = seeded(wrong)
    read_as = {}
    for read, meanings in confusions().of.items():
        for meant, cost in meanings if read.isascii() and (read.isalnum() or read == "<") else ():
            if cost <= 2.0:
                read_as.setdefault(meant, []).append(read)
    outcomes = Counter()
    for _ in range(5_000 // SHARE):
        made = random_zone(rng)
        characters = list(made.text)
        places = [i for i, c in enumerate(characters) if c in read_as and (c != "<" or rng.random() < 0.2)]
        for place in rng.sample(places, wrong):
            characters[place] = rng.choice(read_as[characters[place]])
        zone = repaired("".join(characters))
        if zone.text != zone.repair.read and zone.text != "".join(characters):
            assert zone.repaired
        if zone.valid and zone.text != "".join(characters):
            assert "repaired" in codes(zone)
        truth = made.text.split("\n")
        wrongly = [c for c in zone.repair.changes if truth[c.position[0] - 1][c.position[1] - 1] != c.repaired]
        outcomes["false" if wrongly else "right" if zone.lines == made.lines else "left"] += 1
    assert outcomes["false"] <= 0.015 * outcomes.total()
    assert outcomes["right"] >= {1: 0.75, 2: 0.6, 3: 0.45}[wrong] * outcomes.total()


@given(st.sampled_from(FORMATS), st.lists(st.tuples(st.integers(0, 90), st.sampled_from("KCL<O0I1?é\n")), max_size=12))
def test_whatever_is_repaired_says_so(name, changes):
    characters = list(random_zone(seeded(1), name).text)
    for place, character in changes:
        characters[place % len(characters)] = character
    text = "".join(characters)
    zone = repaired(text)
    if zone.lines != zone.repair.read:
        assert zone.repaired
        assert "repaired" in codes(zone)
    if zone.repair.candidates:
        assert "repair-ambiguous" in codes(zone)
        assert not zone.valid


@pytest.mark.parametrize(
    "text",
    ["K" * 88, "\n".join(["K<" * 22] * 2), "5S8B" * 22, "?<" * 44, "<" * 43 + "\n" + "<" * 45, "A<B<C\n" * 160,
     "1" * 72, "<1" * 45, "«" * 44 + "\n" + "«" * 22],
)  # fmt: skip
def test_text_made_to_be_slow_is_bounded(text, monkeypatch):
    """Counted, not timed: every solution costs some microseconds."""
    from tjdocs.mrz.repairs import check_digit_solver

    count = Counter()
    real = check_digit_solver.Solution.__new__

    def counted(cls, *args, **kwargs):
        count["solutions"] += 1
        return real(cls, *args, **kwargs)

    monkeypatch.setattr(check_digit_solver.Solution, "__new__", counted)
    assert not repaired(text).valid
    assert count["solutions"] < 60_000


@pytest.mark.parametrize(("old", "new"), [("margin = ", "edge = "), ("{ cost = 1.5, pairs", "{ price = 1.5, pairs")])
def test_a_malformed_table_of_confusions_is_refused(monkeypatch, old, new):
    text = specs.read_bytes("mrz/confusions.toml").decode()
    assert old in text
    monkeypatch.setattr(specs, "read_bytes", lambda path: text.replace(old, new, 1).encode())
    with pytest.raises(SpecError, match="confusions"):
        confusions_module.confusions.__wrapped__()
