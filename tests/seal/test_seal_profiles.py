"""Profiles are data: each row is used, and a misspelt one is an error."""

import copy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support import seals_made as s
from tests.support.seal_faults import registration
from tjdocs import specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.seal import Seal, vds_profiles

NAMES = (
    "address-sticker-passport",
    "arrival-attestation",
    "emergency-travel-document",
    "registration-certificate",
    "stateless-id",
    "visa",
)
SOUND = specs.read_toml("seals/visa.toml")


def test_the_profiles():
    assert vds_profiles.names() == NAMES
    with pytest.raises(UsageError, match="unknown profile") as caught:
        vds_profiles.get("passport")
    assert "visa" in caught.value.hint


@pytest.mark.parametrize("name", NAMES)
def test_a_header_names_its_profile(name):
    profile = vds_profiles.get(name)
    for country in profile.countries or ("UTO", "TJK"):
        assert vds_profiles.find(profile.definition, profile.category, country) is profile
    assert vds_profiles.find(profile.definition, profile.category ^ 0xF0, "TJK") is None


def test_icao_categories_are_odd_and_national_ones_even():
    """Doc 9303-13, 2.2 and 3.1.1."""
    for name in NAMES:
        profile = vds_profiles.get(name)
        assert profile.clause.startswith("Doc 9303") == (profile.category % 2 == 1)
        assert bool(profile.countries) == (profile.category % 2 == 0)


def test_an_emergency_travel_document_uses_version_4():
    assert vds_profiles.get("emergency-travel-document").versions == (4,)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.pop("category"),
        lambda t: t.update(schema=2),
        lambda t: t.update(colour="red"),
        lambda t: t.update(versions=[]),
        lambda t: t.update(versions=[2]),
        lambda t: t.update(definition=0),
        lambda t: t.update(category=255),
        lambda t: t["feature"][0].update(colour="red"),
        lambda t: t["feature"][0].pop("text"),
        lambda t: t["feature"][0].update(type="number"),
        lambda t: t["feature"][0].update(tag=0xFF),
        lambda t: t["feature"][0].update(tag=2),
        lambda t: t["feature"][0].update(id="zone_b"),
        lambda t: t["feature"][0].update(length=[49, 49]),
        lambda t: t["feature"][0].update(length=[48]),
        lambda t: t["feature"][0].update(zone="TD9"),
        lambda t: t["feature"][0].pop("zone"),
        lambda t: t["feature"][0].pop("characters"),
        lambda t: t["feature"][0].update(of="driver"),
        lambda t: t["feature"][2].update(characters=[1, 1]),
        lambda t: t["feature"][2].update(zone="TD2"),
        lambda t: t["feature"][4].update(agrees="shoe_size"),
    ],
)
def test_a_misspelt_entry_is_an_error(change):
    vds_profiles.parse(SOUND, where="sound")
    table = copy.deepcopy(SOUND)
    change(table)
    with pytest.raises(SpecError):
        vds_profiles.parse(table, where="changed")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"id": "two"}),
        ({"countries": ["TJK"]}, {"id": "two", "countries": ["UTO", "TJK"]}),
        ({"countries": ["TJK"]}, {"id": "two"}),
        ({"id": "three"}, {"id": "two", "definition": 1}),
    ],
)
def test_files_that_contradict_each_other(tmp_path, monkeypatch, one, other):
    folder = tmp_path / "seals"
    folder.mkdir()
    tables = {"one": SOUND | {"id": "one"} | one, "two": SOUND | other}
    for name in tables:
        (folder / f"{name}.toml").touch()
    monkeypatch.setattr(specs, "folder", lambda name: tmp_path)
    monkeypatch.setattr(specs, "read_toml", lambda path: tables[path.removeprefix("seals/").removesuffix(".toml")])
    with pytest.raises(SpecError):
        vds_profiles._all.__wrapped__()


def test_national_profiles_of_two_states_may_share_numbers(tmp_path, monkeypatch):
    (tmp_path / "seals").mkdir()
    tables = {name: SOUND | {"id": name, "countries": [name.upper()]} for name in ("tjk", "uto")}
    for name in (*tables, "problems", "results", "coding"):
        (tmp_path / f"seals/{name}.toml").touch()
    monkeypatch.setattr(specs, "folder", lambda name: tmp_path)
    monkeypatch.setattr(specs, "read_toml", lambda path: tables[path.removeprefix("seals/").removesuffix(".toml")])
    assert set(vds_profiles._all.__wrapped__()) == {"tjk", "uto"}


# ------------------------------------------------------------------------------------------------------------- values

VALUES = {
    ("visa", "number_of_entries"): st.integers(0, 255),
    ("visa", "duration_of_stay"): st.tuples(*[st.integers(0, 255)] * 3),
    ("visa", "passport_number"): st.text(alphabet=s.ALPHABET[1:], min_size=1, max_size=9),
    ("visa", "visa_type"): st.binary(min_size=1, max_size=4),
    ("visa", "additional"): st.binary(max_size=254),
    ("stateless-id", "residence_permit_number"): st.text(alphabet=s.ALPHABET[1:], min_size=1, max_size=20),
    ("stateless-id", "residence_permit_expires"): st.dates(),
    ("registration-certificate", "category"): st.sampled_from("ABCDEFG"),
    ("emergency-travel-document", "zone"): st.text(alphabet=s.ALPHABET[1:] + "<", min_size=72, max_size=72),
}


@pytest.mark.parametrize("key", VALUES, ids="-".join)
@given(data=st.data())
def test_every_value_is_read_back(key, data):
    spec = vds_profiles.get(key[0]).by_name(key[1])
    value = data.draw(VALUES[key])
    if spec.type == "zone" and not value.strip("<"):
        return
    encoded = spec.encode(value)
    assert spec.decode(encoded) == value
    assert spec.length[0] <= len(encoded) <= spec.length[1]
    shown = list(value) if isinstance(value, tuple) else value if isinstance(value, int) else vds_profiles.plain(value)
    assert spec.from_json(shown) == value


@pytest.mark.parametrize(
    ("profile", "name", "value"),
    [
        ("visa", "number_of_entries", 256),
        ("visa", "number_of_entries", -1),
        ("visa", "number_of_entries", True),
        ("visa", "number_of_entries", "1"),
        ("visa", "duration_of_stay", (1, 2)),
        ("visa", "duration_of_stay", (1, 2, 256)),
        ("visa", "duration_of_stay", ("1", "2", "3")),
        ("visa", "passport_number", ""),
        ("visa", "passport_number", "         "),
        ("visa", "passport_number", "D231458901"),
        ("visa", "passport_number", "d23145890"),
        ("visa", "visa_type", b""),
        ("visa", "visa_type", b"12345"),
        ("visa", "zone_b", s.visa()[:63]),
        ("visa", "zone_b", s.visa()[:65]),
        ("stateless-id", "residence_permit_expires", "2026-01-01"),
        ("registration-certificate", "category", "H"),
        ("registration-certificate", "category", "AB"),
    ],
)
def test_values_that_no_feature_has(profile, name, value):
    spec = vds_profiles.get(profile).by_name(name)
    with pytest.raises(UsageError) as caught:
        spec.encode(value)
    assert caught.value.where == f"feature {name}"
    assert caught.value.hint == spec.hint
    assert "D23145890" not in str(caught.value).upper()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("residence_permit_expires", "soon"),
        ("residence_permit_expires", None),
        ("residence_permit_expires", 5.5),
        ("zone", {"lines": []}),
        ("zone", ["a", "b"]),
    ],
)
def test_json_that_is_no_value(name, value):
    with pytest.raises(UsageError):
        vds_profiles.get("stateless-id").by_name(name).from_json(value)


def test_bytes_in_json_are_hexadecimal():
    assert vds_profiles.get("visa").by_name("visa_type").from_json("4331") == b"C1"
    with pytest.raises(UsageError):
        vds_profiles.get("visa").by_name("visa_type").from_json("C one")


def test_a_zone_may_be_given_whole_and_with_line_ends():
    spec = vds_profiles.get("visa").by_name("zone_a")
    assert spec.encode(s.lines(s.visa(44))) == spec.encode(s.visa(44)[:72]) == s.c40(s.visa(44)[:72])
    assert spec.sound(s.visa(44)[:72], date(2026, 6, 1))
    assert not spec.sound(s.zone(), date(2026, 6, 1))


def test_words_say_what_a_value_means():
    visa, registration = vds_profiles.get("visa"), vds_profiles.get("registration-certificate")
    assert visa.by_name("number_of_entries").meaning(0) == "unlimited"
    assert visa.by_name("number_of_entries").meaning(3) == ""
    assert visa.by_name("duration_of_stay").meaning((254, 254, 254)) == "transit without entry"
    assert [registration.by_name("category").meaning(letter) != "" for letter in "ABCDEFG"] == [True] * 7


def test_an_unknown_feature_is_named_with_the_known_ones():
    with pytest.raises(UsageError, match="unknown feature") as caught:
        vds_profiles.get("visa").by_name("colour")
    assert "passport_number" in caught.value.hint


def test_a_day_that_is_past_when_the_seal_is_made():
    """The certificate of registration: its application was accepted before it, or on the day of issue."""
    for accepted in (date(2020, 1, 1), date(2026, 3, 1), date(2026, 3, 2)):
        assert Seal.parse(registration(accepted)).problems == ()
    (problem,) = Seal.parse(registration(date(2026, 3, 3))).problems
    assert (problem.code, problem.subject, problem.severity) == ("feature-later", "date_of_acceptance", "error")
    assert problem.detail == "2026-03-03, 2026-03-02"
    # one after the inspection too is after the signing, unless that is after the inspection
    csca, days = b.csca("CSCA TJ", "TJ"), {"issued": date(2027, 1, 1), "signed": date(2027, 1, 1), "signer": "TJS1"}
    future = registration(date(2027, 1, 1), **days)
    scene = s.scene(future, by=[s.signer(csca, country="TJ", types=("IR",))], anchors=[csca])
    found = {f.check: (str(f.outcome), f.reason) for f in scene.examine().findings}
    assert found["seal.structure"] == ("passed", "")
    assert found["seal.signer"] == ("failed", "signed-in-future")
