"""Document types are data: each file is read whole, and a misspelt entry is an error."""

import copy
import dataclasses
from datetime import date

import pytest

from tjdocs import mrz, page, specs
from tjdocs.documents import Application, DocumentType, eligibility, example, types
from tjdocs.errors import SpecError, UsageError
from tjdocs.lds import catalogue
from tjdocs.pki import algorithms

KIND = "external-passport"


@pytest.mark.requirement("EXT-1")
@pytest.mark.requirement("EXT-2")
def test_the_passport_for_travel_abroad():
    kind = types.get(KIND)
    assert isinstance(kind, DocumentType)
    assert kind.years == 10
    assert (kind.mrz_format, kind.document_code, kind.issuing_state, kind.nationality) == ("TD3", "PP", "TJK", "TJK")
    # a chip with EF.COM, DG1, DG2 and EF.SOD at least
    assert {1, 2} <= set(kind.chip.data_groups)
    assert kind.chip.requirement == "EXT-1"


@pytest.mark.parametrize("name", types.names())
def test_what_a_type_names_is_there(name):
    kind = types.get(name)
    assert kind.id == name
    rows = {row["id"] for row in specs.read_toml("requirements.toml")["requirement"]}
    assert {kind.chip.requirement, *(rule.requirement for rule in kind.rules)} <= rows
    assert kind.layout in page.layouts()
    assert kind.transliteration in mrz.transliteration.tables()
    assert all(catalogue.data_group(number).data_group == number for number in kind.chip.data_groups)
    assert algorithms.hash_by_id(kind.chip.digest)
    assert mrz.alpha2(kind.issuing_state)
    numbers = {kind.trial_number.format(n) for n in (1, 2, 99_999_999)}
    assert len(numbers) == 3
    assert all(len(number) == 9 for number in numbers)
    assert all(field.bring for field in kind.fields)


def test_types_are_read_once_and_frozen():
    assert types.get(KIND) is types.get(KIND)
    with pytest.raises(dataclasses.FrozenInstanceError):
        types.get(KIND).years = 11
    with pytest.raises(TypeError):
        types.get(KIND).rules[0].arguments["state"] = "UTO"


@pytest.mark.parametrize("name", ["no-such", "", "../policy/default", "external-passport.toml"])
def test_no_such_type(name):
    with pytest.raises(UsageError) as caught:
        types.get(name)
    assert KIND in caught.value.hint


@pytest.mark.parametrize(
    "damage",
    [
        lambda t: t.pop("validity"),
        lambda t: t.update(surplus=1),
        lambda t: t["mrz"].pop("format"),
        lambda t: t["mrz"].update(surplus=1),
        lambda t: t["number"].update(production="P{:08d}"),
        lambda t: t["validity"].pop("requirement"),
        lambda t: t["chip"].pop("digest"),
        lambda t: t["chip"].update(surplus=1),
        lambda t: t["page"].update(surplus=1),
        lambda t: t["field"][0].pop("bring"),
        lambda t: t["field"][0].update(surplus=1),
        lambda t: t["rule"][0].pop("article"),
    ],
)
def test_a_damaged_file_is_refused(monkeypatch, damage):
    table = copy.deepcopy(specs.read_toml(f"documents/{KIND}.toml"))
    damage(table)
    monkeypatch.setattr(types.specs, "read_toml", lambda path: table)
    with pytest.raises(SpecError):
        types.get.__wrapped__(KIND)


@pytest.mark.parametrize("name", types.names())
def test_example_is_lawful_on_its_own_day(name):
    for day in (date(2024, 2, 29), date(2026, 11, 24)):
        application = example(name, at=day)
        assert {str(result.outcome) for result in eligibility(application, at=day)} == {"met"}
        assert Application.from_json(application.to_json()) == application
    with pytest.raises(UsageError):
        example("no-such", at=date(2026, 11, 24))
