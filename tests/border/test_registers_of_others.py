"""A register object of somebody else's may say anything, or fail in any way: a guard gets a verdict, never an admission."""

from dataclasses import replace

import pytest

from tests.support import builders as b
from tests.support.law_cases import RETURN, Desk, Traveller, document, paper, standing
from tjdocs.border import DocumentStatus, Inspector
from tjdocs.findings import Outcome

SOUND = DocumentStatus("issued", "external-passport", "2026-03-02", "2036-03-01")
MALFORMED = {
    "a word for a date of issue": replace(SOUND, date_of_issue="yesterday"),
    "a word for a date of expiry": replace(SOUND, date_of_expiry="soon"),
    "a day that there is not": replace(SOUND, date_of_issue="2026-02-30"),
    "the year 0": replace(SOUND, date_of_issue="0000-01-01"),
    "a date in another form": replace(SOUND, date_of_expiry="20360301"),
    "a week": replace(SOUND, date_of_issue="2026-W10-1"),
    "a moment": replace(SOUND, date_of_issue="2026-03-02T00:00:00"),
    "no text for a date": replace(SOUND, date_of_issue=20260302),
    "nothing for a date": replace(SOUND, date_of_expiry=None),
    "no text for a status": replace(SOUND, status=None),
    "a list for a status": replace(SOUND, status=["issued"]),
    "no text for a type": replace(SOUND, document_type=5),
    "half a pair": replace(SOUND, category="\ud800"),
    "no files": replace(SOUND, files=None),
    "files that are no texts": replace(SOUND, files={"DG1": b"x"}),
    "bytes": b"issued",
    "a word": "issued",
    "yes": True,
    "no, in its own way": False,
    "a table": {"status": "issued"},
}
FAILURES = [ValueError, KeyError, OSError, RuntimeError, RecursionError, MemoryError, AssertionError, TimeoutError]
SEALED = paper("return-certificate", "emergency-travel-document", **RETURN)


class Failing(Desk):
    """A register that fails by an exception of its own."""

    def __init__(self, kind, *, on_use=False):
        super().__init__(standing("issued").standing)
        self.kind, self.on_use = kind, on_use

    def status(self, number):
        if not self.on_use:
            raise self.kind("out of reach")
        return DocumentStatus("issued", "return-certificate")

    def use_up(self, number, *, at, point):
        raise self.kind("out of reach")


class Answering(Desk):
    """A register that answers a use in its own way."""

    def __init__(self, answer, after="issued"):
        super().__init__(DocumentStatus("issued", "return-certificate"))
        self.answer, self.after = answer, after

    def use_up(self, number, *, at, point):
        self.standing = replace(self.standing, status=self.after)
        return self.answer


def status(verdict):
    (found,) = (f for f in verdict.findings if f.check == "register.status")
    return found.outcome, found.reason


def register_of(who, desk):
    return Inspector(trust=who.inspector().trust, register=desk)


def single_use(desk):
    """Return the verdict on a certificate for return that this register may use up."""
    return register_of(SEALED, desk).inspect(SEALED.evidence(), at=SEALED.at)


@pytest.mark.requirement("BOR-1")
@pytest.mark.parametrize("said", MALFORMED)
@pytest.mark.parametrize("issued", ["2026-03-02", None])
def test_a_malformed_answer_refers(said, issued):
    verdict = Traveller(document(issued=issued), register=Desk(MALFORMED[said])).judge()
    assert status(verdict) == (Outcome.UNDETERMINED, "unavailable")
    assert verdict.decision == "refer"
    assert "register.status" in verdict.decided_by


@pytest.mark.parametrize("day", ["", "0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_dates(day):
    verdict = Traveller(document(issued=None), register=Desk(replace(SOUND, date_of_issue=day, date_of_expiry=day))).judge()
    assert status(verdict) == (Outcome.PASSED, "")


@pytest.mark.requirement("BOR-1")
@pytest.mark.parametrize("kind", FAILURES)
def test_a_register_that_fails_refers(kind):
    verdict = Traveller(register=Failing(kind)).judge()
    assert (status(verdict), verdict.decision) == ((Outcome.UNDETERMINED, "unavailable"), "refer")


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_who_stops_the_program_stops_it(kind):
    with pytest.raises(kind):
        Traveller(register=Failing(kind)).judge()


@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize("kind", FAILURES)
def test_nobody_is_admitted_on_a_use_that_fails(kind):
    verdict = single_use(Failing(kind, on_use=True))
    assert (status(verdict), verdict.decision) == ((Outcome.UNDETERMINED, "unavailable"), "refer")


@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize("answer", [None, 1, 0, "no", "yes", [], 1.0], ids=repr)
def test_nobody_is_admitted_on_an_answer_that_is_neither_yes_nor_no(answer):
    verdict = single_use(Answering(answer))
    assert (status(verdict), verdict.decision) == ((Outcome.UNDETERMINED, "unavailable"), "refer")


@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize("after", ["used-up", "issued", None])
def test_whoever_was_not_the_first_is_refused(after):
    """Whatever the register says of it a moment later."""
    verdict = single_use(Answering(False, after))
    assert (status(verdict), verdict.decision) == ((Outcome.FAILED, "used-up"), "refuse")
    assert single_use(Answering(True, "used-up")).decision == "admit"


def test_a_used_up_document_of_a_register_that_says_no_more():
    found = next(f for f in Traveller(register=standing("used-up")).judge().findings if f.check == "register.status")
    assert found.detail == ""
    for more, detail in [
        ({"since": "2026-11-24T08:00:00+05:00"}, "used up 2026-11-24T08:00:00+05:00"),
        ({"since": "x", "by": "anna"}, "used up x; by officer anna"),
        ({"since": "x", "point": "kulma", "by": "anna"}, "used up x; at point kulma; by officer anna"),
        ({"point": "kulma", "by": "anna"}, ""),
    ]:
        found = next(f for f in Traveller(register=standing("used-up", **more)).judge().findings if f.check == "register.status")
        assert found.detail == detail
    assert b.AT  # the day of judgement
