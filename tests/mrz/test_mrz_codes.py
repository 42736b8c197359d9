"""Codes: ISO 3166-1, the standard's own, and what was withdrawn."""

import pytest
from mrz.base import countries

from tests.support.mrz_zones import codes, zone_of
from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.mrz import codes as codes_module
from tjdocs.mrz.codes import alpha2, alpha3, passport_codes, state_codes


def test_an_independent_list_knows_the_same_codes():
    theirs = set(countries.english.values())
    ours = {code.code for code in state_codes().values() if code.kind != "withdrawn"}
    # What the other list (of 2019) lacks or has wrong: codes that the standard got later, Germany under its ISO
    # code, who only signs, and two entries of its own that Doc 9303-3, 5 does not have.
    assert ours - theirs == {"DEU", "IAO", "XCE", "XPO", "XES", "XMP", "XDC", "XXC"}
    assert theirs - ours == {"GB", "INP", "ANT", "NTZ"}


def test_two_and_three_letters():
    assert [alpha2(code) for code in ("TJK", "D", "D<<", "DEU", "RKS", "UTO", "UNO")] == [
        "TJ", "DE", "DE", "DE", "KS", "UT", "UN",
    ]  # fmt: skip
    assert [alpha2(code) for code in ("XXA", "GBD", "ZZZ", "", "tjk")] == [None] * 5
    assert [alpha3(code) for code in ("TJ", "DE", "UN", "EU", "UT", "RO", "ZZ")] == [
        "TJK", "D", "UNO", "EUE", "UTO", "ROU", None,
    ]  # fmt: skip


def test_both_ways_agree_for_every_state():
    for code in state_codes().values():
        if code.kind == "state" and not code.replaced_by:
            assert alpha3(code.alpha2) == code.code
            assert alpha2(code.code) == code.alpha2


@pytest.mark.parametrize("code", sorted(state_codes()))
def test_every_code_where_it_may_stand(code):
    known = state_codes()[code]
    said = {"specimen": "state-specimen", "withdrawn": "state-withdrawn"}.get(known.kind)
    said = "state-replaced" if known.replaced_by else said
    issuing = "state-nationality" if code == "GBD" else "" if known.issues else "state-unknown"
    assert codes(zone_of(state=code)) == ([said] if said else [issuing] if issuing else [])
    before = "740812" if not known.withdrawn or known.withdrawn.year > 1974 else "500101"
    as_nationality = codes(zone_of(nationality=code, birth=before))
    assert as_nationality == ([said] if said else [] if known.is_nationality else ["state-unknown"])


def test_a_nationality_withdrawn_before_the_birth_is_an_error():
    assert codes(zone_of(nationality="SUN", birth="920830")) == ["state-withdrawn"]
    assert codes(zone_of(nationality="SUN", birth="920831")) == ["state-withdrawn-before-birth"]
    assert codes(zone_of(nationality="SUN", birth="92<<<<")) == ["state-withdrawn"]
    assert codes(zone_of(state="SUN", birth="920831")) == ["state-withdrawn"]


@pytest.mark.parametrize("text", ["D<<", "<D<", "DE<", "TJ<", "<<<", "ZZZ"])
def test_fillers_stand_only_behind_a_code(text):
    assert codes(zone_of(state=text)) == ([] if text == "D<<" else ["state-unknown"])


def test_passport_codes_since_2026():
    assert sorted(passport_codes()) == ["PD", "PE", "PL", "PM", "PO", "PP", "PR", "PS", "PT", "PU"]
    assert codes(zone_of(code="PP", expiry="380101")) == []
    assert codes(zone_of(code="P", expiry="371231")) == []
    assert codes(zone_of(code="P", expiry="380101")) == ["document-code-outdated"]
    assert codes(zone_of(code="PX", expiry="380101")) == ["document-code-outdated"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("special.csv", "kind", "sort"),
        ("special.csv", ",organization,", ",guild,"),
        ("withdrawn.csv", "ANT,", "TJK,"),
        ("withdrawn.csv", ",ROU,", ",ROX,"),
    ],
)
def test_a_malformed_table_is_refused(monkeypatch, name, old, new):
    read = specs.read_bytes
    changed = read(f"codes/{name}").decode().replace(old, new, 1).encode()
    monkeypatch.setattr(specs, "read_bytes", lambda path: changed if path.endswith(name) else read(path))
    with pytest.raises(SpecError, match="specs/codes"):
        codes_module.state_codes.__wrapped__()
