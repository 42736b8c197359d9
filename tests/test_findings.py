"""Findings: premises are enforced whatever the findings, and the catalogue of checks is sound."""

import copy
import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tjdocs import findings, specs
from tjdocs.errors import SpecError
from tjdocs.findings import Finding, Outcome, checks, enforce_premises

HOLDING = {Outcome.PASSED, Outcome.WARNING}
SUBJECTS = ("", "DG1", "DG2", "zone")


@st.composite
def any_finding(draw):
    check = draw(st.sampled_from(sorted(checks())))
    reason = draw(st.sampled_from(("", "assumed", "differs", "premise")))
    return Finding(check, draw(st.sampled_from(list(Outcome))), reason, "detail", draw(st.sampled_from(SUBJECTS)))


def premise_holds(premise: str, found: tuple[Finding, ...]) -> bool:
    """The design's rule, written once more: there is such a finding, and every such finding holds."""
    check, _, subject = premise.partition(":")
    said = [f for f in found if f.check == check and subject in ("", f.subject)]
    return bool(said) and all(f.outcome in HOLDING for f in said)


@pytest.mark.requirement("TR-PREMISE")
@given(st.lists(any_finding(), max_size=25))
@settings(max_examples=300, deadline=None)
def test_nothing_holds_whose_premise_does_not(given_):
    enforced = enforce_premises(given_)
    for finding in enforced:
        if finding.outcome in HOLDING:
            assert all(premise_holds(p, enforced) for p in checks()[finding.check].premises), finding
    # the order is kept, nothing is added, taken away or renamed
    assert [(f.check, f.subject) for f in enforced] == [(f.check, f.subject) for f in given_]
    assert enforce_premises(enforced) == enforced
    for before, after in zip(given_, enforced, strict=True):
        if before != after:
            # lowered, never raised; and only for a premise that does not hold
            assert before.outcome in HOLDING
            assert (after.outcome, after.reason) == (Outcome.UNDETERMINED, "premise")
            assert not all(premise_holds(p, enforced) for p in checks()[after.check].premises)


@given(st.permutations(sorted(checks())))
@settings(max_examples=50, deadline=None)
def test_order_of_the_findings_does_not_matter(order):
    """A chain of premises falls as a whole, wherever its links stand."""
    found = [Finding(check, Outcome.PASSED, subject="DG1" if check == "pa.dg-hash" else "") for check in order]
    assert enforce_premises(found) == tuple(found)
    broken = [dataclasses.replace(f, outcome=Outcome.FAILED) if f.check == "pa.sod-structure" else f for f in found]
    lowered = {f.check for f in enforce_premises(broken) if f.reason == "premise"}
    assert lowered == {check for check in order if rests_on(check, "pa.sod-structure")}


def rests_on(check: str, ground: str) -> bool:
    premises = [premise.partition(":")[0] for premise in checks()[check].premises]
    return any(premise == ground or rests_on(premise, ground) for premise in premises)


@pytest.mark.requirement("TR-PREMISE")
def test_what_was_not_checked_at_all_carries_nothing():
    (found,) = enforce_premises([Finding("pa.authentic", Outcome.PASSED)])
    assert (found.outcome, found.reason) == (Outcome.UNDETERMINED, "premise")
    assert "pa.sod-structure" in found.detail


def test_one_group_may_be_a_premise_by_its_subject():
    base = [Finding(premise, Outcome.PASSED) for premise in checks()["pa.authentic"].premises if ":" not in premise]
    for subject, expected in (("DG1", "passed"), ("DG2", "undetermined")):
        found = [*base, Finding("pa.dg-hash", Outcome.PASSED, subject=subject), Finding("pa.authentic", Outcome.PASSED)]
        assert enforce_premises(found)[-1].outcome == expected


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_two_outcomes_hold(outcome):
    assert outcome.ok == (outcome in HOLDING)


def test_detail_is_in_the_json_and_not_in_repr():
    finding = Finding("pa.dg-hash", Outcome.FAILED, "differs", "ERIKSSON", "DG1")
    assert "ERIKSSON" not in repr(finding)
    assert json.loads(json.dumps(finding.as_json())) == {
        "check": "pa.dg-hash",
        "outcome": "failed",
        "reason": "differs",
        "detail": "ERIKSSON",
        "subject": "DG1",
    }
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.outcome = Outcome.PASSED


def test_every_check_has_its_clause_and_an_end_to_its_premises():
    for check in checks().values():
        assert check.title
        assert check.clause
        assert check.consequence
        assert all(check.reasons.values())
        assert not rests_on(check.id, check.id)


def test_outcomes_are_mapped_to_results_of_the_guideline():
    # BSI TR-03135-1, 3.5.2
    results = {"successful", "failed", "undetermined", "not supported", "aborted"}
    mapped = specs.read_toml("checks.toml")["results"]
    assert mapped.keys() == {str(outcome) for outcome in Outcome}
    assert set(mapped.values()) <= results
    assert {mapped[str(o)] for o in Outcome if o.ok} == {"successful"}
    assert "successful" not in {mapped[str(o)] for o in Outcome if not o.ok}


@pytest.mark.parametrize(
    "damage",
    [
        lambda table: table.pop("results"),
        lambda table: table.update(surplus=1),
        lambda table: table["check"][0].pop("clause"),
        lambda table: table["check"][0].update(surplus=1),
        lambda table: table["check"][0].update(premises=["pa.unknown"]),
        lambda table: table["check"][0].update(premises=["pa.unknown:DG1"]),
    ],
    ids=["part-missing", "part-unknown", "key-missing", "key-unknown", "premise-unknown", "premise-with-subject"],
)
def test_a_damaged_catalogue_is_refused(monkeypatch, damage):
    table = copy.deepcopy(specs.read_toml("checks.toml"))
    damage(table)
    monkeypatch.setattr(findings.specs, "read_toml", lambda path: table)
    with pytest.raises(SpecError):
        checks.__wrapped__()


@pytest.mark.parametrize(
    ("reason", "unchecked"),
    [
        ("no-input", True), ("no-crl", True), ("other-issuer", True), ("not-handed-over", True), ("not-read", True),
        ("not-read-live", True),
        ("premise", False), ("limit", False), ("unreadable", False), ("chip-not-shown", False), ("not-known", False),
        ("not-set", False), ("not-believed", False), ("not-recognised", False), ("not-yet-issued", False),
    ],
)  # fmt: skip
def test_what_lacked_an_input_was_not_checked_and_what_was_judged_was(reason, unchecked):
    assert any(reason in check.reasons for check in checks().values())
    for outcome in Outcome:
        expected = unchecked and outcome is Outcome.UNDETERMINED
        assert Finding("pa.dg-hash", outcome, reason).unchecked is expected
