"""The inspector: evidence in, verdict out; its record, its threads, its policies, its time."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from tests.support import builders as b
from tjdocs import border, inspection
from tjdocs.border import Evidence, Inspector, Policy
from tjdocs.errors import UsageError


@pytest.fixture(scope="module")
def sound():
    return b.scene()


def test_the_public_door():
    assert set(border.__all__) == {
        "Decision", "DocumentStatus", "Evidence", "Inspector", "Policy", "RegisterStatus", "Verdict", "Watchlists",
        "export_evidence", "verify_evidence", "write_report",
    }  # fmt: skip
    assert border.Evidence is inspection.Evidence


@pytest.mark.requirement("TR-VERDICT")
def test_without_trust_nobody_is_admitted(sound):
    for inspector in (Inspector(), Inspector(trust=None)):
        verdict = inspector.inspect(sound.evidence, at=b.AT)
        assert verdict.decision == "refer"
        assert verdict.decided_by == ("pa.ds-chain", "pa.authentic", "lds.dg1-mrz")


def test_trust_and_policy_are_given_by_name(sound):
    with pytest.raises(TypeError):
        Inspector(sound.trust)
    with pytest.raises(TypeError):
        Inspector(trust=sound.trust).inspect(sound.evidence, b.AT)


def test_record_of_a_verdict(sound):
    verdict = sound.judge()
    record = json.loads(json.dumps(verdict.as_json()))
    assert record.keys() == {"schema", "verdict", "decided_by", "findings", "not_checked", "at", "policy_sha256"}
    assert record["schema"] == 1
    assert record["verdict"] == "admit"
    assert record["decided_by"] == list(verdict.decided_by)
    assert record["policy_sha256"] == Policy.default().sha256
    assert datetime.fromisoformat(record["at"]) == b.AT
    assert [finding["check"] for finding in record["findings"]] == [f.check for f in verdict.findings]
    assert all(f.keys() - {"message"} == {"check", "outcome", "reason", "detail", "subject"} for f in record["findings"])
    assert [row["check"] for row in record["not_checked"]] == [f.check for f in verdict.not_checked]


def test_the_policy_given_decides(sound):
    strict = Policy.parse(
        b'schema = 1\nname = "strict"\nrequires = ["pa.ds-revocation"]\n'
        b'[[rule]]\noutcome = "failed"\ndecision = "refuse"\n[[rule]]\noutcome = "passed"\ndecision = "none"\n'
        b'[[rule]]\noutcome = "not-applicable"\ndecision = "none"\n'
        + b"".join(b'[[rule]]\ncheck = "%s*"\ndecision = "none"\n' % area for area in (b"holder.", b"doc.", b"register.", b"crossing.", b"seal.", b"chip."))
    )
    verdict = Inspector(trust=sound.trust, policy=strict).inspect(sound.evidence, at=b.AT)
    assert verdict.decision == "refer"
    assert verdict.decided_by == ("pa.ds-revocation",)
    assert verdict.policy_sha256 == strict.sha256
    with_list = b.scene(crls=[b.revocation_list(b.utopia())])
    assert Inspector(trust=with_list.trust, policy=strict).inspect(with_list.evidence, at=b.AT).decision == "admit"


def test_one_inspector_for_many_threads(sound):
    inspector = Inspector(trust=sound.trust)
    bad = sound.with_files(DG2=b"\x75\x00")
    work = [sound.evidence, bad.evidence] * 20
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(lambda evidence: inspector.inspect(evidence, at=b.AT), work))
    assert [v.decision for v in verdicts] == ["admit", "refuse"] * 20
    assert len({v.findings for v in verdicts}) == 2


@pytest.mark.parametrize("at", [None, "2026-11-24", b.AT.replace(tzinfo=None), 5])
def test_time_of_judgement_is_an_aware_moment_or_a_day(sound, at):
    with pytest.raises(UsageError):
        Inspector(trust=sound.trust).inspect(sound.evidence, at=at)


def test_the_day_is_that_of_the_place_of_judgement():
    """In Dushanbe the 24th has begun while it is still the 23rd in UTC: the document's last day is over there."""
    last_day = b.scene(inside=b.zone(expires="261123"))
    dushanbe = timezone(timedelta(hours=5))
    for moment, decision in (
        (datetime(2026, 11, 23, 23, 59, tzinfo=dushanbe), "admit"),
        (datetime(2026, 11, 24, 0, 1, tzinfo=dushanbe), "refuse"),
    ):
        verdict = Inspector(trust=last_day.trust).inspect(last_day.evidence, at=moment)
        assert verdict.decision == decision
        assert verdict.examination.at == moment


def test_judged_again_later_only_time_changes(sound):
    verdicts = [
        Inspector(trust=sound.trust).inspect(sound.evidence, at=day) for day in (date(2026, 11, 24), date(2037, 1, 1))
    ]
    assert [v.decision for v in verdicts] == ["admit", "refuse"]
    assert verdicts[1].decided_by == ("doc.expiry",)


def test_mixed_spellings_and_forms_give_the_same_verdict(sound):
    chip = {"ef0101": sound.chip["DG1"], "Datagroup2.bin": sound.chip["DG2"], "EF_SOD.bin": sound.chip["EF.SOD"]}
    chip["ef_com.BIN"] = sound.chip["EF.COM"]
    inspector = Inspector(trust=sound.trust)
    expected = inspector.inspect(replace(sound.evidence, direction="entry"), at=b.AT).findings
    for mrz in (sound.mrz, sound.mrz.splitlines(), sound.mrz.strip()):
        assert inspector.inspect(Evidence(mrz=mrz, chip=chip, direction="entry"), at=b.AT).findings == expected
