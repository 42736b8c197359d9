"""The record of inspections: who it was cannot be told from it, and after the retention not even with the document."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.law_cases import Traveller, document, entry
from tjdocs.border.evidence.inspection_record import Records, retention
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
    last = max(date.fromisoformat(path.stem) for path in tmp_path.glob("*.key")) + timedelta(days=retention().key_days - 1)
    kept_until = last + timedelta(days=retention().days)
    assert records.purge(at=kept_until) == 0
    assert len(records.find(verdict)) == 1
    assert records.purge(at=kept_until + timedelta(days=1)) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError):
        records.purge(at="today")


def left_with(folder, name, what):
    """Put something that is no file of ours in the place of one."""
    path = folder / name
    path.unlink(missing_ok=True)
    if what == "pipe":
        os.mkfifo(path)
    elif what == "link":
        path.symlink_to(folder / "other")
        (folder / "other").write_bytes(bytes(32))
    elif what == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"short" if what == "short" else bytes(33))


@pytest.mark.parametrize("what", ["pipe", "link", "folder", "short", "long"])
def test_a_key_that_is_none_makes_no_pseudonym(tmp_path, what):
    """A pipe was waited for, and any file was a key, however short."""
    records, verdict = Records(tmp_path), judged()
    records.add(verdict)
    (key,) = tmp_path.glob("*.key")
    left_with(tmp_path, key.name, what)
    for call in (records.add, records.find):
        with pytest.raises(InputError, match="not a key of records"):
            call(verdict)


@pytest.mark.parametrize("what", ["pipe", "link", "folder"])
def test_records_are_appended_to_a_file_of_their_own(tmp_path, what):
    records, verdict = Records(tmp_path), judged()
    records.add(verdict)
    (lines,) = tmp_path.glob("*.jsonl")
    left_with(tmp_path, lines.name, what)
    with pytest.raises(OutputError):
        records.add(verdict)


def test_a_period_that_cannot_be_deleted_keeps_no_other(tmp_path):
    records = Records(tmp_path)
    for day in ("2020-03-02", "2026-11-24"):
        records.add(judged(day))
    first, _ = sorted(tmp_path.glob("*.key"))
    left_with(tmp_path, "2019-01-07.jsonl", "folder")
    with pytest.raises(OutputError, match="cannot delete"):
        records.purge(at=date(2026, 11, 24))
    assert not first.exists()
    assert len(list(tmp_path.glob("*.key"))) == 1


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
