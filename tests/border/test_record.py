"""The record of inspections: who it was cannot be told from it, and after the retention not even with the document."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from law_cases import Traveller, document, entry

from tjdocs.border.record import Records, retention
from tjdocs.errors import InputError, OutputError, UsageError


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


def judged(day: str = "2026-11-24", **more):
    return Traveller(at=at(day), **more).judge()


@pytest.mark.requirement("BOR-4")
def test_a_record_says_what_was_decided_and_why_and_not_of_whom(tmp_path):
    verdict = judged(lists=(entry(date_of_birth="1994"),), point="kulma", claims={"vehicle": "SPECIMEN 1"})
    record = Records(tmp_path / "records").add(verdict)
    assert (record["verdict"], record["decided_by"]) == ("refer", ["holder.ban"])
    assert (record["point"], record["direction"], record["kind"]) == ("kulma", "entry", "external-passport")
    assert record["vehicle_inspected"] is True
    assert {"check": "holder.ban", "outcome": "undetermined", "reason": "possible-match", "subject": "E-1"} in record["findings"]
    assert record["policy_sha256"] == verdict.policy_sha256
    written = b"".join(path.read_bytes() for path in (tmp_path / "records").iterdir())
    for told in (b"ERIKSSON", b"T00000001", b"941124", b"1994", b"SPECIMEN 1"):
        assert told not in written
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "records").rglob("*"))


def test_the_document_at_hand_finds_its_records(tmp_path):
    records = Records(tmp_path)
    mine, other = judged(), Traveller(document(number="T00000002")).judge()
    for verdict in (mine, other, judged("2026-11-25"), judged("2027-03-01")):
        records.add(verdict)
    assert [record["at"][:10] for record in records.find(mine)] == ["2026-11-24", "2026-11-25", "2027-03-01"]
    assert len(records.find(other)) == 1
    assert len({record["pseudonym"] for record in records.all()}) == 3  # another key, another pseudonym
    assert Records(tmp_path / "empty").find(mine) == []


def test_without_a_document_there_is_no_pseudonym(tmp_path):
    records = Records(tmp_path)
    verdict = Traveller(None, asks=True).judge()
    assert records.add(verdict)["pseudonym"] == ""
    assert records.find(verdict) == []


def test_records_and_their_key_go_when_the_retention_is_over(tmp_path):
    records = Records(tmp_path)
    verdict = judged("2026-11-24")
    records.add(verdict)
    last = max(date.fromisoformat(path.stem) for path in tmp_path.glob("*.key")) + timedelta(days=retention()["key_days"] - 1)
    kept_until = last + timedelta(days=retention()["days"])
    assert records.purge(at=kept_until) == 0
    assert len(records.find(verdict)) == 1
    assert records.purge(at=kept_until + timedelta(days=1)) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError):
        records.purge(at="today")


def test_many_desks_at_once(tmp_path):
    verdicts = [Traveller(document(number=f"T0000000{n}")).judge() for n in range(8)]
    desks = [Records(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: desks[n % 4].add(verdicts[n % 8]), range(64)))
    assert len(list(Records(tmp_path).all())) == 64
    assert len(list(tmp_path.glob("*.key"))) == 1
    assert all(len(desks[0].find(verdict)) == 8 for verdict in verdicts)


def test_what_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        Records(tmp_path / "file")
    records = Records(tmp_path / "r")
    records.add(judged())
    (path,) = (tmp_path / "r").glob("*.jsonl")
    for damage in ("{\n", "[]\n", json.dumps({"pseudonym": 5}) + "\n"):
        Path(path).write_text(damage)
        with pytest.raises(InputError):
            list(records.all())
    with pytest.raises(InputError):
        records.find(Traveller(at=datetime(2026, 11, 24, tzinfo=UTC)).judge())
