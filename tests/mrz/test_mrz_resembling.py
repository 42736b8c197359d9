"""Names that may be one person's: by which rule, how far, and that two persons stay two."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tjdocs import specs
from tjdocs.mrz.names import Name, Reach, Relation, agree, century, legible, list_keys, near, resemble
from tjdocs.watchlists.watchlists import PersonQuery, Watchlists

SPELLINGS = tomllib.loads((Path(__file__).parent / "spellings.toml").read_text(encoding="utf-8"))
R = Relation


def name(primary: str, secondary: str = "") -> Name:
    return Name(tuple(primary.split()), tuple(secondary.split()))


def found(ours: tuple[str, str], theirs: tuple[str, str]) -> list[Relation]:
    """Return how the names are one: as a right asks, with a part of the date, with a date nearly the same, with the same."""
    return [resemble(name(*ours), theirs, reach) for reach in (None, *Reach)]


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        # what gives a right is asked of the name as it is spelt
        (("ERIKSSON", "ANNA"), ("ERIKSSON", "ANNA"), [R.EXACT] * 4),
        (("ERIKSSON", "ANNA"), ("ERICSSON", "ANNA"), [R.VARIANT] * 4),
        (("ERIKSSON", "ANNA MARIA"), ("ERIKSSON", "ANNA"), [R.SHORTENED] * 4),
        # another ending, sound or vowel
        (("RAHMON", "EMOM"), ("РАҲМОНОВ", "ЭМОМ"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("RAHMONI", "EMOM"), ("RAHMONZODA", "EMOM"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("SHARIFZODA", "ALI"), ("SHARIPIYON", "ALI"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("MIRZOYON", "ALI"), ("MIRZOEV", "ALI"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("SALIM", "ALI KARIMZODA"), ("SALIM", "ALI KARIMOVICH"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("MAHMAD", "ALI"), ("MUHAMMAD", "ALI"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        # -ов as Arabic letters have it, -оф, and Latin letters after them
        (("RAHIMOV", "ALI"), ("RAHIMOF", "ALI"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("RAHIMOF", "ALI"), ("РАҲИМОВ", "АЛИ"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("RAHIMOF", "ALI"), ("RAHIMZODA", "ALI"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("RAHIMOVA", "ZARINA"), ("RAHIMOFA", "ZARINA"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("RAHIMOVA", "ZARINA"), ("РАҲИМОФФА", "ЗАРИНА"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("RAHIMOVA", "ZARINA"), ("RAHIMOFF", "ZARINA"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("SALIEV", "ALI"), ("SALIEF", "ALI"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("SALIEVA", "ALI"), ("SALIYEFA", "ALI"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("MURODOV", "ALI"), ("مرادوف", "علی"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("MURODOVA", "ALI"), ("مرادوفا", "علی"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("MIRZOEV", "ALI"), ("میرزایف", "علی"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("SHARIF", "ALI"), ("شریف", "علی"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        # given names that lack, are cut, or are in another order
        (("ERIKSSON", "ANNA MARIA"), ("ERIKSSON", ""), [R.DIFFERS, R.DIFFERS, R.SHORTENED, R.SHORTENED]),
        (("ERIKSSON", ""), ("ERIKSSON", "ANNA"), [R.DIFFERS, R.DIFFERS, R.SHORTENED, R.SHORTENED]),
        (("ERIKSSON", "A M"), ("ERIKSSON", "ANNA MARIA"), [R.DIFFERS, R.DIFFERS, R.SHORTENED, R.SHORTENED]),
        (("ERIKSSON", "ANNA MARIA"), ("ERIKSSON", "MARIA ANNA"), [R.DIFFERS, R.DIFFERS, R.REARRANGED, R.REARRANGED]),
        (("ERIKSSON", "ANNA"), ("SMITH ERIKSSON", "ANNA"), [R.DIFFERS, R.DIFFERS, R.SHORTENED, R.SHORTENED]),
        (("BASRI", "HUDA"), ("AL BASRI", "HUDA"), [R.DIFFERS, R.ALTERED, R.SHORTENED, R.SHORTENED]),
        (("KARIM", "ALI VALI OGLI"), ("KARIM", "ALI VALI"), [R.SHORTENED, R.SHORTENED, R.SHORTENED, R.SHORTENED]),
        # other fields
        (("ERIKSSON", "ANNA MARIA"), ("ANNA MARIA", "ERIKSSON"), [R.DIFFERS, R.DIFFERS, R.DIFFERS, R.REARRANGED]),
        (("ANNA", "ERIKSSON"), ("ERIKSSON", "ANNA"), [R.DIFFERS, R.DIFFERS, R.DIFFERS, R.REARRANGED]),
        (("ERIKSSON", "ANNA"), ("ERIKSSON ANNA", ""), [R.DIFFERS, R.ALTERED, R.SHORTENED, R.SHORTENED]),
        (("ANNA ERIKSSON", ""), ("ERIKSSON", "ANNA"), [R.DIFFERS, R.DIFFERS, R.SHORTENED, R.SHORTENED]),
        (("ANNA", ""), ("ERIKSSON", "ANNA MARIA"), [R.DIFFERS, R.DIFFERS, R.DIFFERS, R.SHORTENED]),
        # letters exchanged
        (("ERIKSSON", "ANNA"), ("ERISKSON", "ANNA"), [R.DIFFERS, R.DIFFERS, R.DIFFERS, R.ALTERED]),
        (("KAMIL", "ANNA"), ("KAIML", "ANNA"), [R.DIFFERS, R.DIFFERS, R.DIFFERS, R.ALTERED]),
        (("ANNA", "KAMIL"), ("ANNA", "KAIML"), [R.DIFFERS, R.DIFFERS, R.ALTERED, R.ALTERED]),
        # other scripts
        (("RAHMANI", "ALI"), ("رحمانی", "علی"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("NAVRUZI", "DAVLAT"), ("نوروزی", "دولت"), [R.DIFFERS, R.ALTERED, R.ALTERED, R.ALTERED]),
        (("SAFAROV", "ALI"), ("CАФАРОВ", "ALI"), [R.DIFFERS, R.ALTERED, R.SHORTENED, R.SHORTENED]),
        (("LI", "MING"), ("LI", "明"), [R.DIFFERS, R.DIFFERS, R.SHORTENED, R.SHORTENED]),
        (("LI", "MING"), ("李", "明"), [R.DIFFERS] * 4),
    ],
    ids=lambda value: None if isinstance(value, list) else " ".join(value),
)
def test_how_far_names_are_one(ours, theirs, expected):
    assert found(ours, theirs) == expected


@pytest.mark.requirement("BOR-2")
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("ERIKSSON", "ANNA"), ("EKBERG", "ANNA")),
        (("ERIKSSON", "ANNA"), ("ERIKSSON", "KARIN")),
        (("ERIKSSON", "ANNA MARIA"), ("ERIKSSON", "ANNA KARIN")),
        (("ERIKSSON", "ANNA"), ("ANNA", "KARIN")),
        (("SAFAROV", "HASAN KARIMOVICH"), ("SAFAROV", "HUSAYN KARIMOVICH")),  # twins
        (("SAFAROV", "FOTIMA"), ("SAFAROV", "ZUHRA")),
        (("SALIMOV", "ALI"), ("SALOMOV", "ALI")),
        (("ALI", "UMAR"), ("LEE", "UMAR")),
        (("KARIM", "ANNA"), ("KAMIR", "ANNA")),  # two letters, but not neighbours
        (("OMAR", "ANNA"), ("OAMR", "ANNA")),  # too short for a slip
        (("SAFAR", "ANNA"), ("SAVAR", "ANNA")),  # F is V in an ending alone
    ],
)
def test_two_persons_stay_two_however_well_their_dates_agree(ours, theirs):
    assert found(ours, theirs) == [R.DIFFERS] * 4
    assert found(theirs, ours) == [R.DIFFERS] * 4


@pytest.mark.parametrize("pair", SPELLINGS["other"], ids="-".join)
def test_names_of_other_people_are_not_joined_as_given_names_but_by_an_ending_or_a_cut(pair):
    """Twins have one surname and one date of birth: only the given name tells them apart."""
    one, other = pair
    relation = resemble(name("ERIKSSON", one), ("ERIKSSON", other), Reach.WHOLE)
    cut = one.startswith(other) or other.startswith(one)
    ends = {one.removesuffix(end) for end in ENDINGS} & {other.removesuffix(end) for end in ENDINGS}
    assert relation is R.DIFFERS or cut or ends or pair == ["MAHMUD", "MUHAMMAD"], relation


ENDINGS = ["", *(e for row in specs.read_toml("mrz/resemblance.toml")["endings"]["row"] for e in row["endings"])]


@pytest.mark.requirement("BOR-2")
@pytest.mark.parametrize("entry", ["RAHIMOF", "RAHIMOFF", "RAHIMOFA", "РАҲИМОФ", "РАХИМОВА", "رحیموف", "رحيموفا"])
@pytest.mark.parametrize("traveller", ["RAHIMOV", "RAHIMOVA", "RAHIMOF", "RAHIMOFF", "RAHIMOFA"])
def test_an_ending_with_f_is_found_in_a_list(entry, traveller):
    """A look-up starts with keys: names that resemble one another share one, also with the year of birth alone."""
    for born in ("1974-08-12", "1974"):
        row = {"id": "B-1", "category": "ban", "primary_identifier": entry, "secondary_identifier": "ЗАРИНА", "date_of_birth": born,
               "direction": "both", "reason": "x", "authority": "x"}
        lists = Watchlists.of([row if entry.isascii() or entry[0] in "Р" else {**row, "secondary_identifier": "زرینا"}])
        assert lists.find(PersonQuery((name(traveller, "ZARINA"),), "1974-08-12"), ["ban"]).matches
        assert not lists.find(PersonQuery((name("EKBERG", "ZARINA"),), "1974-08-12"), ["ban"]).matches


@pytest.mark.parametrize("spellings", SPELLINGS["same"], ids=lambda row: row[1])
def test_spellings_of_one_name_are_found_at_every_reach(spellings):
    for one, other in combinations(spellings, 2):
        ours = Name.of(one, "ANNA")
        assert {resemble(ours, (other, "ANNA"), reach) for reach in Reach} <= {R.EXACT, R.VARIANT}
        assert list_keys(ours).surname & list_keys((other, "ANNA")).surname
        assert list_keys(ours).both & list_keys((other, "ANNA")).both


WORDS = st.sampled_from(["KARIMOV", "KARIM", "HASANOV", "GASANOV", "ERIKSSON", "EIRKSSON", "AL", "BASRI", "ALBASRI", "ANNA", "MARIA", "A", "SHARIP", "CHOJIQX"])
FIELD = st.lists(WORDS, max_size=4).map(" ".join)


@given(FIELD, FIELD, FIELD, FIELD)
@settings(deadline=None)
def test_whatever_agrees_resembles_and_more_is_found_the_further_one_looks(a, b, c, d):
    held = [relation is not R.DIFFERS for relation in found((a, b), (c, d))]
    assert not agree(name(a, b), name(c, d)).holds or all(held)
    assert held == sorted(held)


@given(st.text("ACHIJKOQSTUXYZV", max_size=300), st.text("ACHIJKOQSTUXYZ ", max_size=300))
@settings(deadline=None, max_examples=30)
def test_names_made_to_be_read_in_many_ways_stay_few(one, other):
    keys = list_keys(name(one, other))
    assert max(map(len, (keys.surname, keys.given, keys.first))) < 24 * 10 * 30
    resemble(name(one, other), (other, one), Reach.WHOLE)


def test_parts_that_are_many_are_compared_without_trying_every_order():
    ours, theirs = name("A " * 23 + "B", "A " * 24), ("A " * 23 + "C", "A " * 24)
    assert resemble(ours, theirs, Reach.WHOLE) is R.DIFFERS
    assert resemble(name("B", "A " * 24), ("C", "A " * 24), Reach.WHOLE) is R.DIFFERS


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (("ERIKSSON", "ANNA MARIA"), (3, True)),
        (("ЭРИКССОН", ""), (1, True)),
        (("رحمانی", "علی"), (2, True)),
        (("李", "明"), (0, True)),
        (("Ωνάσης", "ANNA"), (0, True)),  # no surname that a zone could have
        (("ERIKSSON", "明"), (1, True)),
        (("...", "-"), (0, False)),
    ],
)
def test_what_of_a_name_a_zone_could_have(pair, expected):
    assert legible(pair) == expected


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1994-11-24", {"1994-11-23": "one-day", "1994-11-25": "one-day"}),
        ("1994-11-12", {"1994-12-11": "day-and-month", "1994-11-11": "one-day", "1994-11-13": "one-day"}),
        ("1996-03-01", {"1996-01-03": "day-and-month", "1996-02-29": "one-day", "1996-03-02": "one-day"}),
        ("1995-01-01", {"1994-12-31": "one-day", "1995-01-02": "one-day"}),
        ("1995-01-02", {"1995-02-01": "day-and-month", "1995-01-01": "one-day", "1995-01-03": "one-day"}),
        ("0001-01-01", {"0001-01-02": "one-day"}),
        ("9999-12-31", {"9999-12-30": "one-day"}),
        ("1994-11", {}),
        ("", {}),
    ],
)
def test_dates_that_may_be_one(born, expected):
    assert near(born) == expected


@pytest.mark.parametrize(
    ("born", "years", "expected"),
    [
        ("2026-01-05", 100, "1926-01-05"),
        ("2007", 119, "1907"),
        ("2006-05", 120, "1906-05"),
        ("2005-05-05", 121, ""),  # nobody is so old
        ("2000-02-29", 116, ""),  # 1900 had none
        ("", 100, ""),
    ],
)
def test_a_hundred_years_are_no_part_of_two_digits(born, years, expected):
    assert century(born, years) == expected


def test_a_table_with_a_rule_that_is_not_known_is_none(monkeypatch):
    from tjdocs.errors import SpecError
    from tjdocs.mrz import similar_names

    table = specs.read_toml("mrz/resemblance.toml")
    for broken in (
        {**table, "birth": [{"id": "a-week", "source": "x"}]},
        {**table, "sound": [{"from": "G", "to": "H"}]},
        {**table, "vowels": {"source": "x"}},
    ):
        monkeypatch.setattr(specs, "read_toml", lambda _, broken=broken: broken)
        with pytest.raises(SpecError):
            similar_names._rules.__wrapped__()
