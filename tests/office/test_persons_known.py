"""What the register knows of an applicant is a fact to the office: one document at a time, old names, old passports."""

import dataclasses
from datetime import timedelta

import pytest

from tests.support.offices import production
from tjdocs import seal
from tjdocs.documents import NotEligible, RegisterFacts, example, load_types
from tjdocs.documents.validity import last_day
from tjdocs.errors import RegisterError
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Holder

KIND = "external-passport"
REG = "registration-certificate"
ME = "officer-1"


@pytest.fixture(scope="module")
def authority(tmp_path_factory, now, share):
    folder = tmp_path_factory.mktemp("production") / "a"
    return share(Authority.create(folder, at=now - timedelta(days=1), passphrase=b"passphrase of a test", production=True))


@pytest.fixture
def register(tmp_path, now):
    made = production(tmp_path, now, KIND, "P00000001-P00000009")
    made.blanks.add_series("return-certificate", "R{:08d}", officer=ME, at=now)
    told = {"act": "act 2", "supplier": "printer", "office": "dushanbe", "officer": ME, "at": now}
    made.blanks.receive("R00000001-R00000009", **told)
    made.act("confirm", "R00000001-R00000009", officers=[ME], at=now, office="dushanbe")
    made.blanks.add_series(REG, "G{:08d}", officer=ME, at=now)
    made.blanks.receive("G00000001-G00000009", **told)
    made.act("confirm", "G00000001-G00000009", officers=[ME], at=now, office="dushanbe")
    return made


@pytest.fixture
def office(authority, register):
    return Office(authority, register, officer=ME)


def refused(office, application, now, **more):
    with pytest.raises(NotEligible) as caught:
        office.issue(application, at=now, page=False, **more)
    return {result.rule for result in caught.value.refused}


@pytest.mark.requirement("ONE-1")
def test_one_valid_document_of_a_type(office, register, application, now):
    first = office.issue(application, at=now, page=False).document_number
    assert refused(office, application, now) == {"no-other-valid"}
    assert register.document("P00000002", officer=ME) is None  # no number was used
    register.act("handover", first, officers=[ME], at=now)
    assert refused(office, application, now) == {"no-other-valid"}
    register.act("stolen", first, officers=[ME], at=now, ground="reported")
    assert office.issue(application, at=now, page=False).document_number == "P00000002"


@pytest.mark.requirement("ONE-1")
def test_a_document_that_is_replaced(office, register, application, now):
    first = office.issue(application, at=now, page=False).document_number
    register.act("handover", first, officers=[ME], at=now)
    second = office.issue(application, at=now, page=False, replaces=first, ground="renewal")
    old, new = register.document(first, officer=ME), register.document(second.document_number, officer="officer-1")
    assert (old.status, old.replaced_by, new.replaces) == ("replaced", new.number, first)
    assert second.record["replaces"] == {"document_number": first, "reason": "renewal"}
    for number, ground in ((first, "renewal"), (new.number, "loss"), (new.number, "fashion"), ("P00000099", "loss")):
        with pytest.raises((RegisterError, NotEligible)):
            office.issue(application, at=now, page=False, replaces=number, ground=ground)
    assert register.document("P00000003", officer=ME) is None  # no number was used


def test_another_persons_document_is_not_replaced(office, register, application, now):
    theirs = office.issue(application, at=now, page=False).document_number
    register.act("handover", theirs, officers=[ME], at=now)
    other = dataclasses.replace(application, personal_number="ZE184226C")
    with pytest.raises(RegisterError, match="another person's"):
        office.issue(other, at=now, page=False, replaces=theirs, ground="renewal")
    assert (register.document(theirs, officer=ME).status, register.document("P00000002", officer="officer-1")) == ("handed-over", None)


@pytest.mark.requirement("REG-1")
@pytest.mark.requirement("REG-5")
def test_a_certificate_of_registration_is_extended_until_the_decision(office, register, now):
    """By a new certificate in the old one's place, with the day of acceptance of the first, again and again."""
    first = example(REG, at=now)
    held = office.issue(first, at=now, page=False)
    for months in (5, 10):
        later = now + timedelta(days=30 * months)
        assert refused(office, first, later) >= {"accepted-today"}
        register.act("handover", held.document_number, officers=[ME], at=later)
        new = office.issue(first, at=later, replaces=held.document_number, ground="renewal")
        assert new.date_of_issue == later.date()
        assert new.date_of_expiry == last_day(load_types.get(REG).validity, first, later.date())
        assert register.document(held.document_number, officer=ME).status == "replaced"
        shown = {placed.id for placed in new.page.placed if placed.kind == "data"}
        assert {"date_of_issue", "date_of_acceptance"} <= shown
        assert seal.Seal.parse(new.seal).values["date_of_acceptance"] == now.date()
        held = new
    register.act("handover", held.document_number, officers=[ME], at=later)
    decided = {"day": later.date(), "act": "o 1", "officer": ME, "at": later, "person": Holder.of(first)}
    register.decisions.record("legalisation", "in-time", **decided)
    assert refused(office, first, later, replaces=held.document_number, ground="renewal") == {"undecided"}


@pytest.mark.requirement("REG-1")
def test_a_misprinted_certificate_is_issued_again_on_another_day(office, register, now):
    first = office.issue(example(REG, at=now), at=now)
    later = now + timedelta(days=1)
    second = office.reissue(first.document_number, example(REG, at=now), at=later, ground="smudged")
    assert (second.date_of_issue, register.document(first.document_number, officer=ME).status) == (later.date(), "spoiled")


def test_a_person_of_the_same_name_is_another(office, application, now):
    office.issue(application, at=now, page=False)
    other = dataclasses.replace(application, personal_number="ZE184226C")
    assert office.issue(other, at=now, page=False).document_number == "P00000002"


@pytest.mark.requirement("RET-1")
def test_without_a_valid_passport_is_a_fact(office, register, application, now):
    """The applicant's own word does not count against the register's."""
    passport = office.issue(application, at=now, page=False).document_number
    names = ("family_name", "given_names", "patronymic", "date_of_birth")
    home = example("return-certificate", at=now)
    home = dataclasses.replace(home, **{name: getattr(application, name) for name in names})
    assert refused(office, home, now) == {"no-valid-passport"}
    register.act("handover", passport, officers=[ME], at=now)
    register.act("lost", passport, officers=[ME], at=now, ground="reported")
    issued = office.issue(home, at=now, page=False)
    assert issued.document_number == "R00000001"
    assert office.issue(application, at=now, page=False, replaces=passport, ground="loss")


@pytest.mark.requirement("NAM-1")
def test_an_earlier_name_must_be_accounted_for(office, register, application, now):
    first = office.issue(application, at=now, page=False).document_number
    register.act("handover", first, officers=[ME], at=now)
    renamed = dataclasses.replace(application, family_name="НАМУНАВӢ")
    assert refused(office, renamed, now, replaces=first, ground="change-of-name") == {"name-changes"}
    # without a personal number too: the document that is replaced has the earlier name
    unnumbered = dataclasses.replace(renamed, personal_number="")
    assert refused(office, unnumbered, now, replaces=first, ground="change-of-name") == {"name-changes"}


def test_what_a_caller_knows_stands_in_place_of_the_register(office, application, now):
    office.issue(application, at=now, page=False)
    with pytest.raises(RegisterError, match="has a valid"):  # it still holds when the document is recorded
        office.issue(application, at=now, page=False, known=RegisterFacts())


def test_the_holder_is_recorded_and_found(office, register, application, now):
    number = office.issue(application, at=now, page=False).document_number
    assert register.documents.holder(number, officer=ME) == Holder.of(application)
    (held,) = register.known(Holder.of(application), officer=ME).documents
    assert (held.kind, held.number, held.state) == (KIND, number, "valid")


def test_a_trial_register_knows_nobody(trial, application, now, tmp_path):
    from tjdocs.register import Register

    office = Office(trial, Register(f"sqlite:///{tmp_path / 'trial.db'}"))
    assert [office.issue(application, at=now, page=False).document_number[-1] for _ in range(2)] == ["1", "2"]
