"""``tjdocs register``: the commands that other programs call, from a register's making to the proof of an entry."""

import json
import sqlite3
import subprocess
import sys

import pytest

from tests.support import command_line

AT = ("--at", "2026-11-24T12:00:00+00:00")
KIND = "external-passport"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in the test's folder; return its output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, url="sqlite:///r.db", status=0, keys="", **more):
        place = () if not url or arguments[1:2] in (("check",), ("key",)) else ("--register", url)
        with monkeypatch.context() as patch:
            for name, value in {**({"TJDOCS_REGISTER_KEYS": keys} if keys else {}), **more}.items():
                patch.setenv(name, value)
            code, out, err = command_line.run(*arguments, *place)
        assert (code or 0) == status, (arguments, out, err)
        return json.loads(out) if "--json" in arguments or (arguments[1] == "prove" and status == 0) else out + err

    return call


def test_a_trial_register_from_receipt_to_proof(run, tmp_path):
    made = run("register", "init", "--json")
    assert made["trial"] is True
    assert run("register", "init", status=2).startswith("tjdocs: there is a register already")
    run("register", "receive", "T00000001-T00000100", "--type", KIND, "--officer", "anna", *AT)
    run("register", "assign", "T00000001-T00000050", "--officer", "anna", "--office", "dushanbe", *AT)
    assert "not all of these are blanks" in run("register", "lost", "T00000101", "--officer", "anna", *AT, status=2)
    run("register", "spoil", "T00000050", "--ground", "torn", *AT)
    run("register", "stolen", "T00000049", *AT)
    assert "2 different officers" in run("register", "destroy", "T00000050", "--officer", "anna", *AT, status=2)
    run("register", "destroy", "T00000050", "--officer", "anna", "--officer", "bob", "--reference", "act 5", *AT)
    subprocess.run([sys.executable, "-m", "tjdocs", "authority", "create", "a", *AT], cwd=tmp_path, check=True, capture_output=True)
    example = subprocess.run(
        [sys.executable, "-m", "tjdocs", "documents", "example", KIND, *AT], cwd=tmp_path, check=True, capture_output=True
    )
    (tmp_path / "application.json").write_bytes(example.stdout)
    issue = ("issue", KIND, "--authority", "a", "--application", "application.json", "--officer", "anna", *AT, "--json")
    issued = run(*issue, "--out", "out")
    assert issued["document_number"] == "T00000001"
    status = run("register", "status", "T00000001", "--json", *AT)
    assert (status["status"], status["blank"], status["officer"], status["office"]) == ("issued", "personalised", "anna", "dushanbe")
    run("register", "handover", "T00000001", "--officer", "anna", *AT)
    assert run("register", "status", "T00000001", "--json", "--at", "2040-01-01")["status"] == "expired"
    run("register", "lost", "T00000001", "--ground", "reported", "--officer", "anna", *AT)
    assert "handover is not lawful at status lost" in run("register", "handover", "T00000001", *AT, status=2)
    run("register", "revoke", "T00000001", *AT)
    assert run("register", "status", "T00000099", "--json")["blank"] == "received"
    assert run("register", "status", "T00000999", "--json", status=1)["status"] is None
    assert len(run("register", "status", "--json")["blanks"]) == 4
    assert "destroyed" in run("register", "status")
    report = run("register", "report", "--to", "2026-11-24", "--json")
    assert report["balanced"] is True
    assert {line["office"]: line["closing"] for line in report["lines"]} == {"trial": 50, "dushanbe": 47}
    begun = run("register", "audit", "--heads", "heads", "--json")  # no such file yet: it tells of no roll-back
    assert (begun["sound"], ["rolled back" in text for text in begun["undetermined"]]) == (True, [True])
    audit = run("register", "audit", "--heads", "heads", "--json")
    assert (audit["sound"], audit["problems"], audit["undetermined"]) == (True, [], [])
    (tmp_path / "head").write_text(audit["head"])
    proofs = run("register", "prove", "T00000001")
    assert len(proofs["proofs"]) == 4
    (tmp_path / "proofs").write_text(json.dumps(proofs))
    (tmp_path / "log.pub").write_text(proofs["verifier"])
    for verifier in ("log.pub", proofs["verifier"], "r.db-keys/log.pub"):
        assert run("register", "check", "proofs", "--verifier", verifier, "--json")["holds"] == [True] * 4
    (tmp_path / "proofs").write_text(json.dumps(proofs).replace("reported", "repeated"))
    assert run("register", "check", "proofs", "--verifier", "log.pub", "--json", status=1)["holds"].count(False) == 1
    run("register", "decide", "application", "refused", "--type", KIND, *AT)
    rows = run("register", "statistics", "--to", "2026-11-24", "--by", "decision", "--json")["rows"]
    assert rows == [
        {"decision": "application: refused", "count": 1, "a_year_earlier": 0}, {"decision": "issued", "count": 1, "a_year_earlier": 0}
    ]  # fmt: skip
    assert "issued,1,0,1" in run("register", "statistics", "--to", "2026-11-24", "--by", "decision", "--csv")
    since = run("register", "audit", "--since", "head", "--json")
    assert (since["sound"], since["entries"]) == (True, 1)
    consistency = run("register", "prove", "--since", "heads")
    (tmp_path / "consistency").write_text(json.dumps(consistency))
    assert run("register", "check", "consistency", "--verifier", "log.pub", "--json")["holds"] == [True]
    assert run("register", "resume", "--json")["resumed"] == []
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("UPDATE document SET expires = '2099-01-01'")
    database.close()
    found = run("register", "audit", "--json", status=1)
    assert [(p["code"], p["table"], p["row"]) for p in found["problems"]] == [("changed", "document", "T00000001")]
    assert "expires" in run("register", "audit", "--heads", "heads", status=1)
    assert "not a date or moment" in run("register", "status", "--at", "yesterday", status=2)
    (tmp_path / "r.db").write_bytes(b"")  # what a cut left is no register, and does not become a new one
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"r.db{suffix}").unlink(missing_ok=True)
    assert "missing register" in run("register", "audit", status=2)
    assert "the register is gone" in run(*issue[:-1], "--out", "again", status=2)


def officer(run, tmp_path, name):
    """Make an officer's key; the options by which the officer acts, and by which the key is enrolled."""
    (tmp_path / f"{name}.pass").write_text(f"{name}'s own passphrase\n")
    made = run("register", "key", "new", f"{name}.key", "--officer", name, "--officer-passphrase-file", f"{name}.pass", "--json")
    assert (made["key"], made["request"]) == (f"{name}.key", f"{name}.request")
    assert (tmp_path / f"{name}.key").stat().st_mode & 0o777 == 0o600
    return ("--officer", name, "--officer-key", f"{name}.key", "--officer-passphrase-file", f"{name}.pass"), ("--request", made["request"])


def test_a_register_of_strict_accountability(run, tmp_path):
    (tmp_path / "secret").write_text("passphrase of a test\n")
    secret = ("--passphrase-file", "secret")
    (chief, anna, eva), (_, anna_request, eva_request) = zip(*(officer(run, tmp_path, name) for name in ("chief", "anna", "eva")), strict=True)
    chief, anna, eva = (*chief, *secret, *AT), (*anna, *secret, *AT), (*eva, *secret)
    assert "officer without a key" in run("register", "init", "--officer", "chief", *secret, *AT, status=2)
    assert not (tmp_path / "r.db-keys").exists()
    made = run("register", "init", "--name", "example.tj/register", *chief, "--json")
    assert (made["trial"], made["first_key"].split()[-1]) == (False, "chief")
    assert "passphrase needed" in run("register", "status", status=2)
    assert run("register", "sequence", *secret, "--heads", "heads").startswith("example.tj/register\n2\n")
    enrol = ("register", "enrol", "anna", "clerk", "--office", "dushanbe")
    assert "missing option" in run(*enrol, *secret, status=2)
    assert "officer without a key" in run(*enrol, *chief, status=2)
    assert "of another officer" in run(*enrol, *eva_request, *chief, status=2)
    run(*enrol, *anna_request, *chief)
    run("register", "enrol", "eva", "auditor", "--office", "dushanbe", *eva_request, *chief)
    told = ("--act", "act 1", "--supplier", "printer", "--office", "store")
    assert "missing option" in run("register", "receive", "P0000001-P0000010", "--type", KIND, *chief, status=2)
    run("register", "receive", "P0000001-P0000010", "--type", KIND, *told, *chief)
    assert "missing role for receive" in run("register", "receive", "P0000011", *told, *anna, status=2)
    run("register", "assign", "P0000001-P0000010", "--office", "dushanbe", *chief)
    assert run("register", "status", "P0000001", *eva, "--json")["blank"] == "sent"
    assert "missing officer's key" in run("register", "status", "P0000001", *secret, "--officer", "eva", status=2)
    run("register", "confirm", "P0000001-P0000010", "--office", "dushanbe", *anna)
    for who, status in ((anna[:-2], 2), (secret, 2), (eva, 0)):
        run("register", "audit", *who, status=status)
    before = (tmp_path / "r.db-keys/data.key").read_bytes()
    assert "missing role for rewrap" in run("register", "rewrap", "--new-key", *anna, status=2)
    assert (tmp_path / "r.db-keys/data.key").read_bytes() == before  # nothing was made for an officer who may not
    run("register", "rewrap", "--new-key", *chief)
    assert "signed from entry 0 on; the first key is SHA256:" in run("register", "audit", *eva)
    audit = run("register", "audit", *eva, "--json")
    assert (audit["signed_from"], audit["first_key"]) == (0, made["first_key"])
    run("register", "dismiss", "anna", "clerk", *chief)
    assert {row["id"] for row in run("register", "officers", *chief[:-2], "--json")["officers"]} == {"chief", "eva"}
    assert "version 0005 already" in run("register", "migrate", *secret)


def test_calls_that_cannot_be(run, tmp_path):
    for command in ("status", "audit", "report", "statistics", "sequence", "resume"):
        assert "init" in run("register", command, status=2)
        assert "--register" in run("register", command, url="", status=2)
    assert not (tmp_path / "r.db").exists()
    assert "usable register" in run("register", "status", url="mysql://h/db", status=2)
    (tmp_path / "r.db").write_text("text " * 300)
    assert "cannot open the register" in run("register", "status", status=2)


def test_an_old_ledger(run, tmp_path):
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.executescript(
            "CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL); INSERT INTO meta VALUES ('version', '1');"
            "CREATE TABLE series (document_type VARCHAR PRIMARY KEY, pattern VARCHAR, next INTEGER, last INTEGER);"
            "CREATE TABLE document (number VARCHAR PRIMARY KEY, document_type VARCHAR, status VARCHAR, officer VARCHAR,"
            " date_of_issue VARCHAR, date_of_expiry VARCHAR, files VARCHAR);"
            "INSERT INTO series VALUES ('external-passport', 'T{:08d}', 2, 99);"
            "INSERT INTO document VALUES ('T00000001', 'external-passport', 'issued', 'trial', '2026-01-01', '2035-12-31', '{}');"
        )
    database.close()
    assert "tjdocs register migrate" in run("register", "status", status=2)
    assert "version 0001 is now 0005" in run("register", "migrate", *AT)
    assert run("register", "status", "T00000001", "--json", *AT)["status"] == "issued"
    assert run("register", "audit", "--json")["sound"] is True


def test_keys_where_the_environment_says(run, tmp_path):
    """One place for every command: made there, opened there, renewed there."""
    assert run("register", "init", "--json", *AT, keys="elsewhere")["keys"] == "elsewhere"
    assert (tmp_path / "elsewhere/data.key").exists()
    assert not (tmp_path / "r.db-keys").exists()
    before = (tmp_path / "elsewhere/data.key").read_bytes()
    run("register", "rewrap", "--new-key", *AT, keys="elsewhere")
    assert (tmp_path / "elsewhere/data.key").read_bytes() != before
    assert run("register", "audit", "--json", keys="elsewhere")["sound"]


def test_a_border_that_names_nobody(run, tmp_path):
    chief, _ = officer(run, tmp_path, "chief")
    run("register", "init", "--name", "example.tj/register", *chief, "--keys", "k", *AT)
    (tmp_path / "zone.txt").write_text("P<UTOERIKSSON<<ANNA<MARIA")
    for command in (("inspect", "--mrz", "zone.txt"), ("batch", "zone.txt")):
        assert "nobody is named" in run("border", *command, status=2, keys="k")
        assert "missing role for status" in run("border", *command, "--officer", "nobody", status=2, keys="k")
        assert "missing officer's key" in run("border", *command, "--officer", "chief", status=2, keys="k")
        run("border", *command, *chief, status=1, keys="k")
        again = {"TJDOCS_OFFICER_KEY": "chief.key", "TJDOCS_OFFICER_PASSPHRASE": "chief's own passphrase"}
        run("border", *command, "--officer", "chief", status=1, keys="k", **again)


def test_one_changed_range_does_not_hide_the_others(run, tmp_path):
    run("register", "init")
    run("register", "receive", "T00000001-T00000100", "--type", KIND, "--officer", "anna", *AT)
    run("register", "assign", "T00000001-T00000050", "--officer", "anna", "--office", "dushanbe", *AT)
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("UPDATE blank SET series = 7 WHERE first = 1")
    shown = run("register", "status", status=2)
    assert "T00000051-T00000100" in shown
    assert "rows of blanks were changed" in shown
    assert "register audit" in shown


def test_an_order_with_a_key_that_is_none_is_not_shown(run, tmp_path):
    entry = {"schema": 1, "act": "enrol", "subject": "x", "at": "2026-11-30T12:00:00+05:00", "officers": ["chief", "boris"],
             "nonce": "0" * 16, "role": "clerk", "office": "d", "key": "x"}  # fmt: skip
    order = {"schema": 1, "order": json.dumps(entry, separators=(",", ":")), "signatures": {}}
    (tmp_path / "o.json").write_text(json.dumps(order))
    assert "not an order" in run("register", "countersign", "o.json", "--show", url="", status=2)
