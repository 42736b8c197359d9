"""``--at``: a date is that date, a moment has its day in the time zone of place or type, whatever offset it is written with."""

import json
import sys
from datetime import UTC, date, datetime

import pytest

from tjdocs import cli, mrz
from tjdocs.border import Evidence, Inspector
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register

MOMENT = datetime(2036, 11, 23, 19, 30, tzinfo=UTC)  # 24 November in Dushanbe, the day after the last one
SAME = ["2036-11-23T19:30:00Z", "2036-11-24T00:30:00+05:00", "2036-11-23T08:30:00-11:00", "2036-11-24T09:30:00+14:00"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A passport to 23 November 2036, and its register."""
    made = tmp_path_factory.mktemp("moment")
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    authority = Authority.create(made / "authority", at=at)
    register = Register(f"sqlite:///{made}/register.db")
    passport = Office(authority, register).issue(example("external-passport", at=at), at=at, page=False)
    register.act("handover", passport.document_number, officers=["anna"], at=at)
    passport.chip.write(made / "chip")
    (made / "mrz.txt").write_text("\n".join(passport.mrz) + "\n")
    (made / "line.jsonl").write_text(json.dumps({"mrz": list(passport.mrz)}) + "\n")
    return made


@pytest.fixture
def run(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["tjdocs", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code or 0, capsys.readouterr()

    return call


INSPECT = ("border", "inspect", "--mrz", "mrz.txt", "--chip", "chip", "--trust", "authority/csca.cer", "--direction", "entry", "--json")


def test_the_command_line_and_the_library_give_one_verdict(run, folder):
    found = []
    for at in SAME:
        status, said = run(*INSPECT, "--at", at)
        assert status == 1
        found.append(json.loads(said.out))
    assert found[1:] == found[:-1]
    trust = TrustStore.of([Authority.open(folder / "authority").csca])
    seen = Evidence(mrz=(folder / "mrz.txt").read_text(), chip=folder / "chip", direction="entry")
    assert Inspector(trust=trust).inspect(seen, at=MOMENT).as_json() == found[0]
    assert found[0]["at"] == "2036-11-24T00:30:00+05:00"
    assert {"doc.expiry"} == set(found[0]["decided_by"])


@pytest.mark.parametrize(("at", "expired"), [("2036-11-23", False), ("2036-11-24", True), *((at, True) for at in SAME), ("2036-11-23T18:59:59Z", False)])
def test_every_command_that_judges_a_day_judges_the_same(run, at, expired, tmp_path):
    _, said = run(*INSPECT, "--at", at)
    assert any(f["reason"] == "expired" for f in json.loads(said.out)["findings"]) is expired
    _, said = run("verify", "chip", "--trust", "authority/csca.cer", "--at", at, "--json")
    assert any(f["reason"] == "expired" for f in json.loads(said.out)["findings"]) is expired
    _, said = run("border", "batch", "line.jsonl", "--workers", "1", "--at", at)
    assert any(f["reason"] == "expired" for f in json.loads(said.out)["findings"]) is expired
    _, said = run("register", "status", "T00000001", "--register", "sqlite:///register.db", "--at", at, "--json")
    assert json.loads(said.out)["status"] == ("expired" if expired else "handed-over")
    _, said = run("documents", "example", "external-passport", "--at", at)
    assert json.loads(said.out)["date_of_birth"] == ("2004-11-24" if expired else "2004-11-23")


def test_a_batch_goes_on_with_the_same_moment_in_another_offset(run, folder, tmp_path):
    out = str(tmp_path / "results.jsonl")
    for at in SAME:
        assert run("border", "batch", "line.jsonl", "--workers", "1", "--out", out, "--at", at)[0] == 1
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 1
    status, said = run("border", "batch", "line.jsonl", "--workers", "1", "--out", out, "--at", "2036-11-24")
    assert (status, "another batch" in said.err) == (2, True)
    for at in ("2036-11-24", "2036-11-24"):
        assert run("border", "batch", "line.jsonl", "--workers", "1", "--out", f"{out}.2", "--at", at)[0] == 1
    assert json.loads((tmp_path / "results.jsonl.2.state").read_text())["at"] == "2036-11-24"


@pytest.mark.parametrize("at", [SAME[2], "2036-11-24"])
def test_a_document_is_issued_on_the_day_there(run, folder, at, tmp_path):
    run("authority", "create", str(tmp_path / "a"), "--at", "2036-11-20")
    _, said = run("documents", "example", "return-certificate", "--at", at)
    (tmp_path / "application.json").write_text(said.out)
    where = ("--authority", str(tmp_path / "a"), "--register", f"sqlite:///{tmp_path}/r.db", "--at", at)
    status, said = run("issue", "return-certificate", *where, "--application", str(tmp_path / "application.json"), "--out", str(tmp_path / "out"), "--json")
    assert (status, json.loads(said.out)["date_of_issue"]) == (0, "2036-11-24")
    (tmp_path / "many.jsonl").write_text(json.dumps(json.loads((tmp_path / "application.json").read_text())) + "\n")
    status, said = run("issue-batch", "return-certificate", str(tmp_path / "many.jsonl"), *where, "--out", str(tmp_path / "many"), "--no-pages", "--workers", "1")
    (record,) = (tmp_path / "many").glob("*/record.json")
    assert json.loads(record.read_text())["date_of_issue"] == "2036-11-24"


def test_a_moment_without_offset_is_refused(run):
    status, said = run(*INSPECT, "--at", "2036-11-23T19:30:00")
    assert (status, "a moment without offset" in said.out) == (2, True)


def test_the_day_of_a_zone_is_that_of_the_home_zone(run, tmp_path):
    """Born on 24 November 2036, or a hundred years before."""
    zone = tmp_path / "zone.txt"
    made = mrz.make(
        "TD3", document_code="P", issuing_state="UTO", document_number="1", nationality="UTO", date_of_birth=date(2036, 11, 24),
        sex="F", date_of_expiry=date(2040, 1, 1), primary_identifier="ERIKSSON",
    )  # fmt: skip
    zone.write_text(made.text)
    for at, year in ((SAME[0], "2036"), ("2036-11-23T18:59:59Z", "1936"), ("2036-11-24", "2036"), ("2036-11-23", "1936")):
        _, said = run("mrz", "parse", str(zone), "--at", at, "--json")
        assert json.loads(said.out)["date_of_birth"][:4] == year
