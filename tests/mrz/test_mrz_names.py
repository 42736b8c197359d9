"""Comparing names: exact, truncated, variant, differs, and keys that bring variants together."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.mrz_zones import AT
from tjdocs import mrz
from tjdocs.mrz.names import Name, Relation, agree, keys
from tjdocs.mrz.truncation import STRATEGIES, fit

SPELLINGS = tomllib.loads((Path(__file__).parent / "spellings.toml").read_text(encoding="utf-8"))
LONG = "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO"


@pytest.mark.parametrize("spellings", SPELLINGS["same"], ids=lambda row: row[1])
def test_all_spellings_of_a_name_agree_and_share_a_key(spellings):
    for one, other in combinations(spellings, 2):
        for pair in (((one, "ANNA"), (other, "ANNA")), (("ERIKSSON", one), ("ERIKSSON", other))):
            assert agree(*pair).holds, pair
            assert keys(pair[0]) & keys(pair[1]), pair


@pytest.mark.parametrize("pair", SPELLINGS["other"], ids="-".join)
def test_other_people_differ(pair):
    one, other = pair
    for a, b in ((one, other), (other, one)):
        assert agree((a, "ANNA"), (b, "ANNA")).relation is Relation.DIFFERS
        assert agree(("ERIKSSON", a), ("ERIKSSON", b)).where == "secondary_identifier"


def test_what_differs_is_named():
    found = agree(("ERIKSSON", "ANNA MARIA"), ("ERIKSSON", "ANNA KARIN"))
    assert (found.relation, found.where, found.component) == (Relation.DIFFERS, "secondary_identifier", 2)
    assert not found.holds
    longer = agree(("ERIKSSON", "ANNA"), ("ERIKSSON", "ANNA MARIA"))
    assert (longer.relation, longer.component) == (Relation.DIFFERS, 2)
    assert agree(("ERIKSSON", ""), ("ERIKSSON", "ANNA")).where == "secondary_identifier"
    assert agree(("ANNA", "ERIKSSON"), ("ERIKSSON", "ANNA")).where == "primary_identifier"


def test_exact_is_told_from_variant():
    assert agree(("САФАРОВ", "Ҷамшед"), ("SAFAROV", "JAMSHED")).relation is Relation.EXACT
    assert agree(("САФАРОВ", "Ҷамшед"), ("SAFAROV", "DZHAMSHED")).relation is Relation.VARIANT
    assert agree(("O'CONNOR", "ENYA-SIOBHAN"), ("OCONNOR", "ENYA SIOBHAN")).relation is Relation.EXACT
    assert agree(("AL-BASRI", "HUDA"), ("ALBASRI", "HUDA")).relation is Relation.VARIANT
    assert agree(("MÜLLER", "ANNA"), ("MULLER", "ANNA")).relation is Relation.VARIANT  # by another table


@pytest.mark.parametrize(
    ("a", "b", "where"),
    [
        (("MÜLLER", "JÖRG"), ("MULLER", "JORG"), ("primary_identifier", 1)),
        (("ANNA", "MARIA JÖRG"), ("ANNA", "MARIA JORG"), ("secondary_identifier", 2)),
        (("ANNA MÜLLER", "JÖRG"), ("ANNA MULLER", "JORG"), ("primary_identifier", 2)),
    ],
)
def test_where_another_tables_spelling_differs_is_named(a, b, where):
    for one, other in ((a, b), (b, a)):
        found = agree(one, other)
        assert (found.relation, found.where, found.component) == (Relation.VARIANT, *where)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("width", [30, 31, 39])
def test_every_truncation_of_the_standard_is_recognised(strategy, width):
    one, other = (part.split() for part in LONG)
    text = fit(one, other, width, strategy).text
    cut = Name(*(tuple(part.split("<")) for part in text.split("<<")))
    assert agree(cut, LONG).relation is Relation.TRUNCATED
    assert keys(cut) & keys(LONG)


def test_a_shorter_name_is_no_truncated_one():
    assert agree(("ERIKSSON", "ANNA"), ("ERIKSSON", "ANNAMARIA")).relation is Relation.DIFFERS
    # It fills the field, but has lost the separator and the secondary identifier.
    cut = "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAM", ""
    assert len(cut[0]) == 40
    assert agree((cut[0][:39], ""), LONG).relation is Relation.DIFFERS


def test_the_name_of_a_zone_agrees_with_the_applicants():
    made = mrz.make(
        "TD1",
        document_code="ID",
        issuing_state="TJK",
        document_number="A12345678",
        nationality="TJK",
        date_of_birth="1974-08-12",
        sex="F",
        date_of_expiry="2031-04-15",
        primary_identifier="Абдураҳмонзода",
        secondary_identifier="Шукрона Фирдавсовна",
    )
    zone = mrz.parse(made.text, at=AT)
    found = agree((zone.primary_identifier, zone.secondary_identifier), ("Абдураҳмонзода", "Шукрона Фирдавсовна"))
    assert made.truncated
    assert found.relation is Relation.TRUNCATED


def test_letters_without_table_are_compared_as_they_are():
    assert agree(("Ωνάσης", "Αριστοτέλης"), ("ωνάσης", "αριστοτέλης")).relation is Relation.EXACT
    assert agree(("Ωνάσης", "Αριστοτέλης"), ("ONASSIS", "ARISTOTELIS")).relation is Relation.DIFFERS
    assert keys(("漢", "字"))


_NAMES = st.tuples(st.text(max_size=40), st.text(max_size=40))


@given(_NAMES, _NAMES)
def test_any_two_names_are_compared(a, b):
    assert agree(a, a).relation is Relation.EXACT
    assert agree(a, b).holds == agree(b, a).holds
    assert keys(a)


@given(st.text("ACHIJKOQSTUXYZ", max_size=300), st.text("ACHIJKOQSTUXYZ", max_size=300))
def test_names_made_to_have_many_readings_stay_quick(one, other):
    assert agree((one, other), (one, other)).relation is Relation.EXACT
    assert len(keys((one, other))) < 500


def test_nothing_of_a_name_is_in_repr():
    assert "ERIKSSON" not in repr(Name.of("ERIKSSON", "ANNA"))
