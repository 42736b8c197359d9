"""People with one name, and people whose day or month of birth is unknown, get every document (Doc 9303-3, 3.4 and 3.8)."""

import dataclasses
import json

import pytest

from tjdocs import mrz
from tjdocs.documents import Application, ApplicationError, eligibility, example, load_types
from tjdocs.documents.rules import Answer
from tjdocs.lds.dg11 import Dg11
from tjdocs.office import Office
from tjdocs.register import Register
from tjdocs.register.holders import Holder, open_sealed, seal
from tjdocs.register.register_keys import Keys
from tjdocs.times import PartialDate

NAMES = load_types.names()
BIRTHS = [
    ("1994-05", "9405<<", {"month": "XX МАЙ/MAY 1994", "numeric": "XX.05.1994"}, "19940500", PartialDate(1994, 5)),
    ("1994", "94<<<<", {"month": "XX XXX/XXX 1994", "numeric": "XX.XX.1994"}, "19940000", PartialDate(1994)),
]


@pytest.fixture(scope="module")
def five(trial, tmp_path_factory):
    return Office(trial, Register(f"sqlite:///{tmp_path_factory.mktemp('one') / 'register.db'}"))


def table(name, now, **changes):
    found = json.loads(example(name, at=now).to_json())
    return {key: value for key, value in (found | changes).items() if value is not None}


def read(name, now, **changes):
    return Application.from_json(json.dumps(table(name, now, **changes)))


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("name", NAMES)
def test_a_person_with_one_name_gets_every_document(five, now, name):
    application = read(name, now, single_name="yes", given_names=None, patronymic=None)
    assert Application.from_json(application.to_json()) == application
    issued = five.issue(application, at=now)
    zone = mrz.parse(issued.mrz, at=now)
    assert (zone.primary_identifier, zone.secondary_identifier) == ("ERIKSSON", "")
    assert "ERIKSSON<<<" in "".join(issued.mrz)
    assert issued._page.values["primary_identifier"] == "ЭРИКССОН / ERIKSSON"
    assert issued._page.values["secondary_identifier"] == ""
    if issued.chip:
        assert b"ERIKSSON<<<" in bytes(issued.chip["DG1"])
        assert Dg11.parse(bytes(issued.chip["DG11"])).full_name == "ЭРИКССОН"
    assert Holder.of(application).zone_name() == ("ERIKSSON", "")


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("name", NAMES)
def test_one_name_is_stated_and_not_a_slip(now, name):
    for changes, fields in (
        ({"given_names": None}, {"given_names"}),
        ({"given_names": ""}, {"given_names"}),
        ({"single_name": "yes"}, {"given_names"}),  # and given names
        ({"single_name": "no", "given_names": None}, {"single_name", "given_names"}),
    ):
        with pytest.raises(ApplicationError) as caught:
            read(name, now, **changes)
        assert {fault.field for fault in caught.value.faults} == fields


@pytest.mark.requirement("NAM-1")
def test_one_name_may_be_spelt_otherwise_and_have_been_another(five, now):
    kept = {"family_name": "ERICSSON", "given_names": "", "reason": "earlier-document"}
    earlier = [{"family_name": "НАМУНА", "given_names": "", "until": "2020-01-01", "act": "SPECIMEN"}]
    changes = {"single_name": "yes", "given_names": None, "patronymic": None, "spelling": kept, "earlier_names": earlier}
    issued = five.issue(read("external-passport", now, **changes), at=now)
    assert mrz.parse(issued.mrz, at=now).primary_identifier == "ERICSSON"
    assert Dg11.parse(bytes(issued.chip["DG11"])).other_names == ("НАМУНА",)


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize(("written", "raw", "shown", "digits", "read_"), BIRTHS, ids=["day", "month"])
@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_day_or_month_of_birth(five, now, name, written, raw, shown, digits, read_):
    application = read(name, now, date_of_birth=written)
    assert application.date_of_birth == read_
    assert Application.from_json(application.to_json()) == application
    issued = five.issue(application, at=now)
    assert mrz.parse(issued.mrz, at=now).date_of_birth_raw == raw
    assert issued._page.values["date_of_birth"] == shown[load_types.DocumentTypes.load()[name].page.dates]
    if issued.chip:
        assert Dg11.parse(bytes(issued.chip["DG11"])).date_of_birth == digits


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("born", ["1994-05", "1994", "1994-05-03"])
def test_the_register_keeps_a_person_as_they_are(now, born):
    keys = Keys.generate("example.tj/register")
    person = Holder.of(read("external-passport", now, date_of_birth=born, single_name="yes", given_names=None, patronymic=None))
    sealed = seal(person, "T00000001", keys, b"0" * 32)
    assert open_sealed(sealed.sealed, sealed.wrapped, "T00000001", keys) == person
    assert person.may_be(person)
    assert not person.may_be(dataclasses.replace(person, date_of_birth=PartialDate(1995)))


@pytest.mark.requirement("EXT-4")
@pytest.mark.parametrize(
    ("born", "outcome"),
    [  # on 24.11.2026 the eighteenth birthday of one born in November 2008 may have been
        ("2008-10", Answer.MET),
        ("2008-11", Answer.CANNOT_TELL),
        ("2008", Answer.CANNOT_TELL),
        ("2008-12", Answer.NOT_MET),
        ("2009", Answer.NOT_MET),
    ],
)
def test_a_rule_of_age_holds_on_every_day_or_cannot_tell(now, born, outcome):
    results = {r.rule: r.outcome for r in eligibility(read("external-passport", now, date_of_birth=born), at=now)}
    assert results["consent-of-representatives"] == outcome


@pytest.mark.parametrize("born", ["94", "1994-00", "1994-13", "1994-", "0000", "0000-05", "1994-5", "1994-05-", "1994-05-00", 1994])
def test_what_is_no_partial_date(now, born):
    with pytest.raises(ApplicationError) as caught:
        read("external-passport", now, date_of_birth=born)
    assert caught.value.where == "date_of_birth"


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("given_names", ["", "ANNA"])
def test_a_kept_spelling_has_given_names_where_the_name_has_some(now, given_names):
    kept = {"family_name": "ERICSSON", "given_names": given_names, "reason": "earlier-document"}
    single = {"single_name": "yes", "given_names": None, "patronymic": None} if given_names else {}
    with pytest.raises(ApplicationError) as caught:
        read("external-passport", now, spelling=kept, **single)
    assert caught.value.where == "spelling.given_names"
