"""Every reason word and every named tolerance, each from real bytes, with the verdict that follows."""

import cases_reading
import cases_signer
import cases_sod
import pytest

import builders as b
from tjdocs import specs
from tjdocs.findings import checks

CASES = [*cases_sod.CASES, *cases_signer.CASES, *cases_reading.CASES]

# Warnings that only lists and certificates of an import give; their tests stand in tests/pki.
ELSEWHERE = {"extended-key-usage-not-critical", "signing-time-absent"}


@pytest.mark.requirement("ICAO-PA")
@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_document_gives_the_finding_and_the_verdict(case):
    verdict = case.make().judge()
    found = [f for f in verdict.findings if f.check == case.check and f.subject == case.subject]
    assert [(f.outcome, f.reason) for f in found] == [(case.outcome, case.reason)]
    assert verdict.decision == case.verdict, [
        (f.check, f.subject, str(f.outcome), f.reason) for f in verdict.findings if f.outcome != "passed"
    ]
    assert verdict.decided_by
    if case.outcome == "failed":
        assert case.check in verdict.decided_by


def test_every_reason_of_the_catalogue_is_given_by_some_document():
    listed = {(check.id, reason) for check in checks().values() for reason in check.reasons}
    given = {(case.check, case.reason) for case in CASES if case.reason}
    assert listed - given == set()


def test_every_tolerance_of_the_table_is_met_by_some_document():
    table = specs.read_toml("defects.toml")
    named = {row["name"] for row in table["defect"]} | {row["warning"] for row in table["content_type"]} - {""}
    assert named - {case.reason for case in CASES} - ELSEWHERE == set()


def test_a_sound_document_is_admitted_and_everything_is_told():
    verdict = b.scene().judge()
    assert verdict.decision == "admit"
    assert {f.check for f in verdict.findings} == set(checks())
    assert {(f.check, f.reason) for f in verdict.findings if f.outcome != "passed"} == {("pa.ds-revocation", "no-crl")}
    assert set(verdict.decided_by) == {"doc.expiry", "lds.structure", "lds.com-sod", "pa.authentic", "lds.dg1-mrz"}
