"""One person at one keyboard is one officer: what took a register's passphrase alone takes each officer's own key."""

import json
import os
import sys

import pytest

from tjdocs import cli

REGISTER = ("--register", "sqlite:///r.db")
# what every issuing clerk has: the register's passphrase and the folder of its keys
OFFICE = {"TJDOCS_PASSPHRASE": "secret-of-the-office", "TJDOCS_REGISTER_KEYS": "keys"}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command as a clerk's desk runs it; return status and both outputs."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, **more):
        with monkeypatch.context() as desk:
            for name in [name for name in os.environ if name.startswith("TJDOCS_")]:
                desk.delenv(name)
            for name, value in {**OFFICE, **more}.items():
                desk.setenv(name, value)
            desk.setattr(sys, "argv", ["tjdocs", "register", *map(str, arguments)])
            with pytest.raises(SystemExit) as ended:
                cli.main()
        out, err = capsys.readouterr()
        assert "internal error" not in err
        return ended.value.code, out, err

    return call


@pytest.fixture
def key(run, tmp_path):
    """Make an officer's key; return the options of who has it."""

    def make(name):
        (tmp_path / f"{name}.pass").write_text(f"what only {name} knows\n")
        status, _, err = run("key", "new", f"{name}.key", "--officer", name, "--officer-passphrase-file", f"{name}.pass")
        assert (status, err) == (0, "")
        return ("--officer", name, "--officer-key", f"{name}.key", "--officer-passphrase-file", f"{name}.pass")

    return make


@pytest.mark.requirement("STL-3")
def test_one_person_does_not_sign_as_two(run, key, tmp_path):
    """The clerk at her own desk, with all that an issuing clerk has, and her own key."""
    chief, _, _ = key("chief"), key("boris"), key("anna")
    told = ("--act", "1", "--supplier", "s", "--office", "store")
    for command in (
        ("init", "--keys", "keys", "--name", "example.tj/r", "--office", "store"),
        ("enrol", "boris", "officer", "--office", "store", "--request", "boris.request"),
        ("enrol", "anna", "clerk", "--office", "store", "--request", "anna.request"),
        ("receive", "P0000001-P0000010", "--type", "external-passport", *told),
    ):
        assert run(*command, *chief, *REGISTER)[0] == 0, command
    anna = {"TJDOCS_OFFICER_KEY": "anna.key", "TJDOCS_OFFICER_PASSPHRASE": "what only anna knows"}
    destroy = ("destroy", "P0000001", "--act", "2", "--officer", "chief", "--officer", "boris", *REGISTER)
    status, out, err = run(*destroy, **anna)
    assert (status, out) == (2, "")
    assert err == "tjdocs: missing officer's key: officer chief; give --officer-key FILE, or TJDOCS_OFFICER_KEY\n"
    enrol = ("enrol", "anna", "officer", "--office", "store", *REGISTER)
    status, out, err = run(*enrol, "--officer", "chief", **anna)
    assert (status, out) == (2, "")
    assert err.startswith("tjdocs: enrol is signed by 2 different officers: officer chief; ")
    status, _, err = run(*enrol, "--officer", "chief", "--officer", "boris", **anna)
    assert (status, "missing officer's key: officer chief" in err) == (2, True)
    # chief with one key does not take the place of boris
    (tmp_path / "boris.request").unlink()
    (tmp_path / "boris.key").rename(tmp_path / "his.key")
    key("boris")
    for command in (("key", "replace", "boris", "--request", "boris.request"), ("dismiss", "boris", "officer")):
        status, _, err = run(*command, *chief, *REGISTER)
        assert (status, " is signed by 2 different officers: officer chief; " in err) == (2, True)
    (tmp_path / "his.key").rename(tmp_path / "boris.key")
    # the files of the others' keys, without what they know
    keys = os.pathsep.join(("chief.key", "boris.key"))
    for passphrase in (OFFICE["TJDOCS_PASSPHRASE"], "what only anna knows", ""):
        status, _, err = run(*destroy, TJDOCS_OFFICER_KEY=keys, TJDOCS_OFFICER_PASSPHRASE=passphrase)
        assert (status, "passphrase" in err) == (2, True)
    status, out, _ = run("status", "P0000001", "--officer", "anna", "--json", *REGISTER, **anna)
    assert (status, json.loads(out)["blank"]) == (0, "received")


def test_a_register_without_its_officers_keys_is_none(run, tmp_path):
    """The same commands as they worked when an officer was only a word: each refused, and nothing made."""
    for command, message in (
        (("init", "--keys", "keys", "--name", "example.tj/r", "--officer", "chief", "--office", "store"), "officer without a key"),
        (("enrol", "boris", "officer", "--office", "store", "--officer", "chief"), "missing register"),
        (("destroy", "P0000001", "--act", "2", "--officer", "chief", "--officer", "boris"), "missing register"),
        (("enrol", "anna", "officer", "--office", "store", "--officer", "chief"), "missing register"),
    ):
        status, out, err = run(*command, *REGISTER)
        assert (status, out) == (2, "")
        assert message in err
    assert list(tmp_path.iterdir()) == []


def test_two_desks(run, key, tmp_path):
    """Chief drafts; boris sees what it says, signs, and it is done, once."""
    chief, boris = key("chief"), key("boris")
    run("init", "--keys", "keys", "--name", "example.tj/r", "--office", "store", *chief, *REGISTER)
    run("enrol", "boris", "officer", "--office", "store", "--request", "boris.request", *chief, *REGISTER)
    told = ("--act", "1", "--supplier", "s", "--office", "store")
    run("receive", "P0000001-P0000010", "--type", "external-passport", *told, *chief, *REGISTER)
    destroy = ("destroy", "P0000001", "--act", "2", *chief, "--officer", "boris", *REGISTER)
    status, out, _ = run(*destroy, "--order", "order.json", "--json")
    assert (status, json.loads(out)["lacking"]) == (0, "boris")
    assert run(*destroy, "--order", "order.json")[2] == "tjdocs: exists already: order.json\n"
    status, out, _ = run("countersign", "order.json", "--show", "--json")
    shown = json.loads(out)
    assert (status, shown["act"], shown["subject"], shown["lacking"], shown["done"]) == (0, "destroy", "P0000001", ["boris"], False)
    mine = (*boris[2:], *REGISTER)
    assert "missing officer's key: officer boris" in run("countersign", "order.json", *chief[2:], *REGISTER)[2]
    status, out, _ = run("countersign", "order.json", *mine)
    assert (status, "told            {\"act\": \"2\"}" in out, "done            true" in out) == (0, True, True)
    assert run("countersign", "order.json", *mine)[0] == 2
    status, out, _ = run("status", "P0000001", *boris, *REGISTER, "--json")
    assert json.loads(out)["blank"] == "destroyed"
    (tmp_path / "order.json").write_text("{}")
    assert run("countersign", "order.json", *mine)[2].startswith("tjdocs: not an order: order; ")
    one = ("lost", "P0000002", "--ground", "g", *chief, *REGISTER, "--order", "other.json")
    assert "an action that one officer signs" in run(*one)[2]


def test_an_officers_own_key(run, key, tmp_path):
    """Made, shown, put under another passphrase, replaced when it is lost; never under the office's passphrase."""
    chief = key("chief")
    status, _, err = run("key", "new", "anna.key", "--officer", "anna", TJDOCS_OFFICER_PASSPHRASE=OFFICE["TJDOCS_PASSPHRASE"])
    assert (status, "which every clerk has" in err) == (2, True)
    assert "needs a passphrase" in run("key", "new", "anna.key", "--officer", "anna")[2]
    assert "needs a passphrase" in run("key", "new", "anna.key", "--officer", "anna", TJDOCS_OFFICER_PASSPHRASE="short")[2]
    assert not (tmp_path / "anna.key").exists()
    assert "request already there" in run("key", "new", "chief.key", "--officer", "x", TJDOCS_OFFICER_PASSPHRASE="long enough")[2]
    shown = [run("key", "show", name, "--officer-passphrase-file", "chief.pass", "--json")[1] for name in ("chief.key", "chief.request")]
    assert [json.loads(text)["officer"] for text in shown] == ["", "chief"]
    assert len({json.loads(text)["fingerprint"] for text in shown}) == 1
    (tmp_path / "next.pass").write_text("what chief will know\n")
    change = ("key", "passphrase", "chief.key", "--officer-passphrase-file", "chief.pass", "--new-passphrase-file", "next.pass")
    assert run(*change)[0] == 0
    assert "wrong passphrase" in run(*change)[2]
    chief = (*chief[:-1], "next.pass")
    assert run("init", "--keys", "keys", "--name", "example.tj/r", "--office", "store", *chief, *REGISTER)[0] == 0
    key("anna")
    assert run("enrol", "anna", "clerk", "--office", "store", "--request", "anna.request", *chief, *REGISTER)[0] == 0
    for name in ("anna.key", "anna.request"):
        (tmp_path / name).rename(tmp_path / f"old-{name}")
    key("anna")
    replace = ("key", "replace", "anna", "--request", "anna.request", *chief, *REGISTER, "--json")
    new = json.loads(run(*replace)[1])["fingerprint"]
    assert "already enrolled" in run(*replace)[2]
    status, out, _ = run("officers", *chief, *REGISTER, "--json")
    assert {row["id"]: row["key"] for row in json.loads(out)["officers"]}["anna"] == new
    old = ("--officer-key", "old-anna.key", "--officer-passphrase-file", "anna.pass")
    assert "missing officer's key" in run("status", "P1", "--officer", "anna", *old, *REGISTER)[2]
    many = ("--officer-passphrase-file", "next.pass", "--officer-passphrase-file", "next.pass")
    assert "passphrase without a key" in run("status", *chief[:4], *many, *REGISTER)[2]
    assert "not a key request" in run("enrol", "b", "clerk", "--office", "o", "--request", "next.pass", *chief, *REGISTER)[2]
