"""The law at the crossing: every reason, from real documents, with the verdict that follows."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support.law_cases import (
    CASES,
    OUT,
    PAPER,
    REGISTERED,
    RETURN,
    STATELESS,
    Desk,
    Traveller,
    document,
    entry,
    foreigner,
    grant,
    paper,
    sealed,
    standing,
)  # fmt: skip
from tjdocs import documents, limits, specs
from tjdocs.border import Inspector, Policy
from tjdocs.border.checks.stay import business_days
from tjdocs.documents import document_type
from tjdocs.documents.document_class import document_classes
from tjdocs.errors import UsageError
from tjdocs.findings import Outcome, checks
from tjdocs.inspection.evidence import DIRECTIONS


@pytest.mark.requirement("BOR-1")
@pytest.mark.requirement("BOR-2")
@pytest.mark.requirement("BOR-3")
@pytest.mark.requirement("BOR-4")
@pytest.mark.requirement("BOR-6")
@pytest.mark.requirement("BOR-7")
@pytest.mark.requirement("STAY-1")
@pytest.mark.requirement("STAY-2")
@pytest.mark.requirement("STL-2")
@pytest.mark.requirement("STL-4")
@pytest.mark.requirement("INT-1")
@pytest.mark.requirement("INT-2")
@pytest.mark.requirement("REG-3")
@pytest.mark.requirement("REG-5")
@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_finding_and_the_verdict(case):
    verdict = case.who.judge()
    found = [(str(f.outcome), f.reason) for f in verdict.findings if f.check == case.check]
    assert found == [(case.outcome, case.reason)]
    assert verdict.decision == case.verdict, [
        (f.check, str(f.outcome), f.reason) for f in verdict.findings if f.outcome != "passed"
    ]
    assert verdict.decided_by


def test_every_reason_of_the_law_is_given_by_some_case():
    listed = {(check.id, reason) for check in checks().values() for reason in check.reasons
              if b.of_law(check.id) and not check.id.startswith("evidence.")}
    given_ = {(case.check, case.reason) for case in CASES if case.reason}
    assert listed - given_ == {
        (check, "limit") for check in ("holder.ban", "holder.watch", "holder.right", "holder.permit", "holder.stay")
    } | {("doc.validity-period", "no-expiry")}  # below


@pytest.mark.parametrize(
    ("check", "who"),
    [
        ("holder.ban", Traveller(lists=(entry(primary_identifier="ERICSSON"),))),
        ("holder.watch", Traveller(lists=(entry("missing-person", appeal="granted"),))),
        ("holder.right", Traveller(foreigner(), lists=(grant("visa"),))),
    ],
)
def test_too_many_candidates_say_nothing(monkeypatch, check, who):
    monkeypatch.setattr(limits, "CANDIDATES", 0)
    verdict = replace(who, lists=(*who.lists, *who.lists)).judge()
    assert (check, Outcome.UNDETERMINED, "limit") in {(f.check, f.outcome, f.reason) for f in verdict.findings}
    assert verdict.decision == "refer"


def test_a_date_of_expiry_that_cannot_be_read():
    text, _ = document()
    dated = Traveller((text.replace("360301", "36030<"), None), register=standing()).judge()
    assert ("doc.validity-period", "no-expiry") in {(f.check, f.reason) for f in dated.findings}


# ------------------------------------------------------------------------------------------------------------ protection


@pytest.mark.requirement("BOR-5")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_whoever_asks_for_protection_is_referred_whatever_was_found(case):
    verdict = replace(case.who, asks=True).judge()
    assert (verdict.decision, verdict.decided_by) == ("refer", ("holder.protection",))
    # what was found of the documents stands beside it
    beside = [(str(f.outcome), f.reason) for f in verdict.findings if f.check == case.check]
    assert beside == [(case.outcome, case.reason)] or case.check == "holder.protection"
    (steps,) = (f.detail for f in verdict.findings if f.check == "holder.protection")
    assert "competent body" in steps


# ------------------------------------------------------------------------------------------------------------- single use


def return_certificate(register: Desk | None, **more) -> Traveller:
    shown = document("return-certificate", issued="2026-11-20", expires="2026-12-10")
    return Traveller(shown, register=register, **more)


def returning() -> Desk:
    return standing(document_type="return-certificate", date_of_issue="2026-11-20", date_of_expiry="2026-12-10")


@pytest.mark.requirement("RET-2")
def test_a_return_certificate_is_used_up_exactly_once():
    desk = returning()
    who = return_certificate(desk)
    inspector = who.inspector()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: inspector.inspect(who.evidence(), at=b.AT), range(2)))
    assert sorted(str(verdict.decision) for verdict in both) == ["admit", "refuse"]
    late = next(verdict for verdict in both if verdict.decision == "refuse")
    assert late.decided_by == ("register.status",)
    assert ("register.status", "used-up") in {(f.check, f.reason) for f in late.findings}


@pytest.mark.parametrize(
    "who",
    [
        return_certificate(None, dry_run=True),
        return_certificate(None, direction="exit"),
        return_certificate(None, direction=None),
        return_certificate(None, lists=(entry(),)),
        return_certificate(None, asks=True),
    ],
    ids=["dry-run", "exit", "no-direction", "banned", "protection"],
)
def test_whoever_is_not_admitted_uses_nothing_up(who):
    desk = returning()
    replace(who, register=desk).judge()
    assert desk.used == 0


def test_a_register_that_fails_in_the_last_moment_refers():
    class Failing(Desk):
        def use_up(self, number, *, at, point):
            raise UsageError("out of reach")

    verdict = return_certificate(Failing(returning().standing)).judge()
    assert (verdict.decision, verdict.decided_by) == ("refer", ("register.status",))


# ------------------------------------------------------------------------------------------------- proved by their seal

ETD = "emergency-travel-document"


@pytest.mark.requirement("RET-2")
@pytest.mark.requirement("STL-2")
@pytest.mark.requirement("REG-5")
@pytest.mark.parametrize(
    ("who", "decision", "decided_by"),
    [
        (paper("return-certificate", ETD, **RETURN), "admit", ("doc.expiry", "doc.genuine", "doc.use")),
        (paper("return-certificate", ETD, direction="exit", **RETURN), "refuse", ("doc.use",)),
        (paper("return-certificate", ETD, lists=(entry(),), **RETURN), "refuse", ("holder.ban",)),
        (paper("return-certificate", ETD, issued="2026-11-20", expires="2026-12-21"), "refuse", ("doc.validity-period",)),
        (paper("return-certificate", ETD, issued="2026-10-01", expires="2026-10-31"), "refuse", ("doc.expiry",)),
        (paper("return-certificate", ETD, over=document("return-certificate", number="T00000009", **RETURN)[0], **RETURN), "refuse", ("seal.agreement",)),
        (paper("stateless-id", "stateless-id", direction="exit", **STATELESS), "admit", ("doc.expiry", "doc.genuine", "doc.use")),
        (paper("stateless-id", "stateless-id", issued="2026-03-02", expires="2028-03-01", nationality="XXA"), "refuse", ("doc.validity-period",)),
        (paper("registration-certificate", "registration-certificate", direction="domestic", **REGISTERED), "admit", ("doc.expiry", "doc.genuine", "doc.use")),
        (paper("registration-certificate", "registration-certificate", **REGISTERED), "refuse", ("doc.use",)),
    ],
    ids=range(10),
)  # fmt: skip
def test_paper_is_proved_by_its_seal(who, decision, decided_by):
    verdict = who.judge()
    assert (str(verdict.decision), verdict.decided_by) == (decision, decided_by), [
        (f.check, str(f.outcome), f.reason) for f in verdict.findings if f.outcome not in ("passed", "not-applicable")
    ]
    # without its seal nothing is admitted
    assert replace(who, seal=None).judge().decision != "admit"


@pytest.mark.requirement("STL-4")
@pytest.mark.parametrize(
    ("permit", "reason"),
    [("2027-03-01", ""), ("2028-01-01", ""), ("2027-02-28", "too-long"), ("2026-11-01", "too-long")],
)
def test_a_stateless_id_that_outlives_the_residence_permit_in_its_seal(permit, reason):
    verdict = paper("stateless-id", "stateless-id", direction="exit", permit=permit, **STATELESS).judge()
    (found,) = (f for f in verdict.findings if f.check == "doc.validity-period")
    assert (found.reason, verdict.decision) == (reason, "refuse" if reason else "admit")


def test_a_seal_of_another_profile_proves_nothing():
    """A genuine seal over the very zone, but one for another kind of document."""
    text = document("return-certificate", **RETURN)[0]
    other = sealed("return-certificate", "registration-certificate", issued="2026-11-20", zone=text.replace("\n", ""))
    verdict = replace(paper("return-certificate", ETD, **RETURN), seal=other).judge()
    found = {f.check: f for f in verdict.findings}
    assert found["seal.signature"].outcome == found["seal.agreement"].outcome == "passed"
    assert found["doc.genuine"].reason == "premise"
    assert (verdict.decision, verdict.decided_by) == ("refer", ("doc.genuine", "doc.use"))


def test_a_category_outside_the_seven_is_false_whoever_says_it():
    who = paper("registration-certificate", "registration-certificate", direction="domestic", **REGISTERED)
    desk = standing(document_type="registration-certificate", date_of_issue="2026-11-20", date_of_expiry="2027-05-19", category="H")
    verdict = replace(who, register=desk).judge()
    assert verdict.decided_by == ("doc.type", "register.agreement")
    said = standing(document_type="registration-certificate", date_of_issue="2026-11-20", date_of_expiry="2027-05-19", category="B")
    assert replace(who, register=said).judge().decided_by == ("register.agreement",)  # the seal says A


@pytest.mark.requirement("STL-3")
def test_a_seal_does_not_stand_in_for_a_chip_that_the_register_knows():
    """The chip is broken on purpose, the photograph exchanged, the seal genuine: who has no register sees nothing."""
    who = paper("stateless-id", "stateless-id", direction="exit", **STATELESS)
    said = {"document_type": "stateless-id", "date_of_issue": "2026-03-02", "date_of_expiry": "2027-03-01"}
    without, with_chip = standing(**said), standing(**said, files={"EF.SOD": "00" * 32, "DG1": "11" * 32, "DG2": "22" * 32})
    for register in (None, without):
        assert replace(who, register=register).judge().decision == "admit"
    verdict = replace(who, register=with_chip).judge()
    assert (verdict.decision, verdict.decided_by) == ("refer", ("register.agreement",))
    assert ("register.agreement", "chip-not-shown") in {(f.check, f.reason) for f in verdict.findings}
    # a part of a chip is no chip, and a chip of another document no answer
    chip = document("stateless-id", **STATELESS)[1]
    known = {name: sha256(data).hexdigest() for name, data in chip.items()}
    other = document("stateless-id", **STATELESS, number="T00000009")[1]
    for shown, decision in (({"DG1": chip["DG1"]}, "refer"), (other, "refuse"), (chip, "admit")):
        part = replace(who, shown=(who.shown[0], shown), register=standing(**said, files=known)).judge()
        assert part.decision == decision, [(f.check, f.reason) for f in part.findings if f.check in part.decided_by]


@pytest.mark.requirement("RET-2")
def test_a_sealed_return_certificate_is_used_up():
    desk = returning()
    who = paper("return-certificate", ETD, register=desk, **RETURN)
    assert [str(who.judge().decision) for _ in range(2)] == ["admit", "refuse"]


# -------------------------------------------------------------------------------------------------------------- the stay


@pytest.mark.requirement("STAY-1")
@pytest.mark.parametrize(
    ("entered", "until", "expected"),
    [
        ("2026-11-23", "2026-11-23", 0),  # the day of entry does not count
        ("2026-11-23", "2026-11-24", 1),
        ("2026-11-20", "2026-11-23", 1),  # a Friday; Saturday and Sunday do not count
        ("2026-11-05", "2026-11-09", 1),  # 6 November: Constitution day
        ("2026-03-19", "2026-03-25", 1),  # 20 Ramazon, 21 to 24 Navruz
        ("2025-12-31", "2026-01-05", 2),  # over the new year
    ],
)
def test_business_days(entered, until, expected):
    assert business_days(date.fromisoformat(entered), date.fromisoformat(until)) == (expected, True)


@given(st.dates(date(2024, 1, 1), date(2027, 6, 1)), st.integers(0, 200))
def test_business_days_add_up(start, length):
    end = start + timedelta(days=length)
    middle = start + timedelta(days=length // 2)
    whole, _ = business_days(start, end)
    assert whole == business_days(start, middle)[0] + business_days(middle, end)[0]
    assert whole <= length - 2 * (length // 7)


# ------------------------------------------------------------------------------------------------------- data and calls


def test_the_border_knows_each_type_by_its_file_and_before_the_classes_of_others():
    own = documents.DocumentTypes.load()
    assert list(document_classes())[: len(own)] == list(own)
    for id_, type_ in own.items():
        kind = document_classes()[id_]
        assert kind.fits(type_.mrz_format, type_.issuing_state, type_.document_code)
        assert (kind.period, kind.use, kind.single_use) == (type_.validity.period, type_.use.directions, type_.use.single_use)
    assert set(get_args(document_type.Direction)) == set(DIRECTIONS)
    assert [id_ for id_ in own if document_classes()[id_].fits("TD3", "TJK", "P")] == ["external-passport"]
    for id_, period, seals, categories in (
        ("external-passport", "10 years", (), ()),
        ("registration-certificate", "6 months", ("registration-certificate",), tuple("ABCDEFG")),
        ("return-certificate", "30 days", ("emergency-travel-document",), ()),
    ):
        kind = document_classes()[id_]
        assert (str(kind.period), kind.seals, kind.categories) == (period, seals, categories)


def test_paper_is_what_the_default_policy_takes_a_seal_for():
    ours = {kind.id for kind in document_classes().values() if kind.seals and not kind.foreign}
    assert set(Policy.default().instead) == ours == {*PAPER, "stateless-id"}


@pytest.mark.parametrize(
    "claims", [{"surname": "X"}, {"entered": "yesterday"}, {"entered": 5}, {"place": 5}, {5: "x"}]
)
def test_claims_that_cannot_be_used(claims):
    with pytest.raises(UsageError) as caught:
        Traveller(claims=claims).judge()
    assert "claims" in caught.value.where


def test_inspectors_that_cannot_be_used():
    for arguments in ({"lists": []}, {"register": "register.db"}):
        with pytest.raises(UsageError):
            Inspector(**arguments)


@pytest.mark.parametrize("case", CASES[::7], ids=lambda case: case.id)
def test_a_verdict_follows_the_published_schema(case):
    schema = json.loads((specs.folder("specs") / "schemas/verdict.json").read_text())
    jsonschema.validate(json.loads(json.dumps(case.who.judge().as_json())), schema)


def test_a_verdict_is_json_and_repr_shows_nobody():
    verdict = Traveller(OUT, lists=(entry(date_of_birth="1994"),), register=standing(), claims={"place": "ERIKSSON"}).judge()
    json.dumps(verdict.as_json())
    assert "ERIKSSON" not in repr(verdict)
    assert "T00000001" not in repr(verdict)


# --------------------------------------------------------------------------------------- registrations that have ended

STAYED = {"entered": "2026-06-01"}


def registered(*spans: tuple[str, str]) -> tuple[str, str]:
    rows = tuple(grant("registration", id=f"R-{n}", valid_from=first, valid_until=last) for n, (first, last) in enumerate(spans))
    verdict = Traveller(foreigner(), "exit", lists=rows, claims=STAYED).judge()
    (found,) = (f for f in verdict.findings if f.check == "holder.stay")
    return str(verdict.decision), found.reason


@pytest.mark.requirement("STAY-1")
@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ([("2026-06-05", "")], ""),
        ([("2026-06-05", "2026-12-31")], ""),
        ([("2026-06-05", "2026-11-24")], ""),
        ([("2026-06-05", "2026-11-16")], ""),  # four business days before it, six after
        ([("2026-06-05", "2026-11-13")], "overstayed"),  # four before it and seven after
        ([("2026-06-05", "2026-06-20")], "overstayed"),
        ([("2026-06-05", "2026-06-20"), ("2026-06-22", "2026-12-31")], ""),
        ([("2026-06-22", "2026-12-31"), ("2026-06-05", "2026-06-20")], ""),
        ([("2026-06-05", "2026-12-31"), ("2026-06-10", "2026-06-11")], ""),
        ([("2026-06-05", "2026-06-20"), ("2026-09-21", "2026-12-31")], "overstayed"),
        ([("2026-11-25", "2026-12-31")], "overstayed"),
    ],
)
def test_a_registration_counts_for_its_own_days(spans, reason):
    """Who was registered for two weeks in June stays without registration in November."""
    assert registered(*spans) == ("refer" if reason else "admit", reason)


@pytest.mark.requirement("STAY-1")
@pytest.mark.parametrize(
    ("claims", "decision", "reason"),
    [
        ({}, "admit", "no-entry-date"),
        ({"registered": "2026-06-05"}, "admit", "no-entry-date"),  # the list says it
        ({"registered": "2026-06-10"}, "refer", "registration-claimed"),
        ({"registered": "2026-11-30"}, "refer", "registration-claimed"),
    ],
)
def test_a_registration_that_is_claimed_without_an_entry_is_confirmed_by_the_list_too(claims, decision, reason):
    verdict = Traveller(foreigner(), "exit", lists=(grant("registration", valid_from="2026-06-05"),), claims=claims).judge()
    (found,) = (f for f in verdict.findings if f.check == "holder.stay")
    assert (verdict.decision, found.reason) == (decision, reason)
