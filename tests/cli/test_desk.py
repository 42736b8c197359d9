"""The clerk's commands: find a holder, see why a second passport is refused, issue again, print again."""

import json

import pytest

from tests.support.command_line import run
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Holder, Keys, OfficerKey, Register

KIND, AT = "external-passport", ("--at", "2026-11-24T12:00:00+00:00")
URL = "sqlite:///strict.db"
ANNA = ("--surname", "ЭРИКССОН", "--given-names", "АННА МАРИЯ", "--date-of-birth", "1984-11-24")


@pytest.fixture
def desk(place, made, monkeypatch):
    """A strict register with one officer beside the authority, and one passport issued from it."""
    keys, chief = Keys.create("strict.db-keys", name="example.tj/register"), OfficerKey.create("chief.key", passphrase=b"specimen")
    register = Register.create(URL, keys=keys, officer="chief", office="dushanbe", at=made, officer_key=chief)
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=made)
    register.blanks.receive("P0000001-P0000009", act="act 1", supplier="printer", office="dushanbe", officer="chief", at=made)
    register.act("confirm", "P0000001-P0000009", officers=["chief"], at=made, office="dushanbe")
    authority = Authority.create("own", at=made)
    office = Office(authority, register, officer="chief")
    office.issue(example(KIND, at=made), at=made, out=place / "first")
    monkeypatch.setenv("TJDOCS_OFFICER_KEY", "chief.key")
    monkeypatch.setenv("TJDOCS_OFFICER_PASSPHRASE", "specimen")
    return register


def asked(*arguments, status=0):
    code, out, err = run(*arguments, "--register", URL, "--officer", "chief", *AT, "--json")
    assert (code or 0) == status, (out, err)
    return json.loads(out)


def issue(*more, out="out"):
    return ("issue", KIND, "--authority", "own", "--application", f"{KIND}.json", "--out", out, *more)


def test_find(desk, made):
    person = Holder.of(example(KIND, at=made))
    born = ("--date-of-birth", person.date_of_birth.isoformat())
    name = ("--surname", person.family_name, "--given-names", f"{person.given_names} {person.patronymic}".strip())
    found = asked("register", "find", *name, *born)
    (row,) = found["found"]
    assert (row["number"], row["document_type"], row["status"], row["match"]) == ("P0000001", KIND, "issued", "exact")
    assert (row["name"].split(",")[0], row["date_of_birth"]) == (person.family_name, person.date_of_birth.isoformat())
    assert (found["opened"], found["more"], found["damaged"]) == (1, False, 0)
    latin = ("--surname", "ERIKSSON", "--given-names", "ANNA", *born)
    assert asked("register", "find", *latin, status=1)["found"] == []
    assert asked("register", "find", *latin, "--wide")["found"][0]["number"] == "P0000001"
    assert asked("register", "find", *latin[:4])["found"][0]["match"] != "exact"  # without a date every row is opened
    year = ("--date-of-birth", person.date_of_birth.isoformat()[:4])
    for some in (name[:2], (*name[:2], *year), (*latin[:2], *year)):
        assert [row["number"] for row in asked("register", "find", *some)["found"]] == ["P0000001"]
    assert asked("register", "find", "--personal-number", "A1", status=1)["found"] == []
    code, out, _ = run("register", "find", *latin, "--register", URL, "--officer", "chief")
    assert (code, out) == (1, "nobody of exactly this name and date of birth; --wide finds other spellings\n")
    code, out, _ = run("register", "find", *latin, "--wide", "--register", URL, "--officer", "chief")
    assert (code or 0, out.splitlines()[1].split()[:2]) == (0, ["P0000001", KIND])


def test_find_asks_for_a_role_and_repeats_nothing(desk):
    code, out, err = run("register", "find", *ANNA, "--register", URL)
    assert (code, out) == (2, "")
    assert "nobody is named" in err
    code, _, err = run("register", "find", *ANNA[:-1], "24.11.1984", "--register", URL, "--officer", "chief")
    assert (code, "not a date: --date-of-birth" in err, "1984" in err) == (2, True, False)
    code, _, err = run("register", "find", *ANNA[2:], "--register", URL, "--officer", "chief")
    assert (code, "too little to find a holder by" in err, "АННА" in err) == (2, True, False)


@pytest.mark.requirement("ONE-1")
def test_a_second_passport_is_refused_with_the_first_ones_number(desk):
    (refused,) = asked(*issue(), status=1)["refused"]
    assert (refused["rule"], refused["documents"][0]["number"]) == ("no-other-valid", "P0000001")
    code, out, _ = run(*issue(), "--register", URL, "--officer", "chief", *AT)
    assert code == 1
    assert "already has a valid external-passport: P0000001, valid to 2036-11-23, not handed over yet" in out
    assert "--replaces" not in out  # nothing replaces what was not handed over
    assert "next: tjdocs register handover P0000001; if it is misprinted: tjdocs reissue P0000001 --reason WHY" in out
    assert "tjdocs register lost P0000001 --ground WHY" in out
    run("register", "handover", "P0000001", "--register", URL, "--officer", "chief", *AT)
    code, out, _ = run(*issue(), "--register", URL, "--officer", "chief", *AT)
    assert (code, "not handed over" in out) == (1, False)
    assert "already has a valid external-passport: P0000001, valid to 2036-11-23" in out
    assert "--replaces P0000001 --ground renewal" in out
    assert "tjdocs register lost P0000001 --ground WHY" in out
    assert asked(*issue("--replaces", "P0000001", "--ground", "renewal"))["document_number"] == "P0000002"


def test_reissue(desk, place):
    again = ("--authority", "own", "--application", f"{KIND}.json", "--reason", "smudged")
    made_again = asked("reissue", "P0000001", *again, "--out", "again")
    assert made_again["document_number"] == "P0000002"
    record = json.loads((place / "again/record.json").read_text())
    assert record["replaces"] == {"document_number": "P0000001", "reason": "smudged"}
    assert desk.document("P0000001", officer="chief").status == "spoiled"
    for number in ("P0000001", "P0000003"):
        code, out, err = run("reissue", number, *again, "--out", "no", "--register", URL, "--officer", "chief", *AT)
        assert (code, out, (place / "no").exists()) == (2, "", False)
        assert "no issued document" in err or "unknown document number" in err
    run("register", "handover", "P0000002", "--register", URL, "--officer", "chief", *AT)
    code, _, err = run("reissue", "P0000002", *again, "--out", "no", "--register", URL, "--officer", "chief", *AT)
    assert (code, "no issued document" in err) == (2, True)  # its holder has it
    assert "it is handed-over" in err
    assert "--replaces P0000002 --ground damage" in err
    code, _, err = run("register", "handover", "P0000009", "--register", URL, "--officer", "chief", *AT)
    assert (code, "no document was issued under it" in err) == (2, True)  # a blank


def test_print_again(desk, place):
    files = asked("print-again", "first", "--authority", "own", "--reason", "paper jam")["files"]
    assert files == ["first/page.pdf", "first/page.png"]
    assert json.loads((place / "first/record.json").read_text())["prints"][-1]["reason"] == "paper jam"
    (place / "first/page.png").write_bytes(b"changed")
    code, _, err = run("print-again", "first", "--authority", "own", "--reason", "again", "--register", URL, "--officer", "chief", *AT)
    assert (code, err.count("\n")) == (2, 1)


def test_a_trial_authority_needs_no_officer(place):
    command = ("--authority", "authority", "--register", "sqlite:///register.db", "--application", f"{KIND}.json", *AT)
    code, out, _ = run("reissue", "T00000001", *command, "--out", "again", "--reason", "smudged")
    assert (code or 0, out.splitlines()[0]) == (0, "external-passport T00000002, valid to 2036-11-23")
