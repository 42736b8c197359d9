"""A desk's setup comes from options and from a setup file; no evidence brings one."""

import json

import pytest

from tests.support.command_line import run
from tjdocs.border import Policy
from tjdocs.cli._setup import BATCH_KEYS, INSPECT_KEYS, SERVE_KEYS
from tjdocs.register import Register

AT = ("--at", "2026-11-25")
LAX = 'schema = 1\nname = "own"\nrequires = ["mrz.structure"]\n' + "".join(
    f'[[rule]]\ncheck = "{room}.*"\ndecision = "none"\n' for room in ["mrz", "doc", "lds", "chip", "pa", "register", "crossing", "holder", "seal"]
)
RETURN = {"mrz": "return.txt", "seal": "seal.bin"}
DESK = {"trust": "authority/csca.cer", "signer": ["seal.cer"], "register": "sqlite:///register.db", "direction": "entry", "at": "2026-11-25"}


def write(place, name, value):
    (place / name).write_text(json.dumps(value))


def inspect(*arguments):
    status, out, err = run("border", "inspect", *arguments, "--json")
    return status, json.loads(out), err


def status_of_return(place):
    mrz = (place / "return.txt").read_text().splitlines()
    return Register("sqlite:///register.db").document(mrz[1][:9].rstrip("<")).status


@pytest.mark.requirement("TR-VERDICT")
def test_a_traveller_brings_no_policy(place):
    (place / "own.toml").write_text(LAX)
    zone = (place / "mrz.txt").read_text().splitlines()
    write(place, "t.json", {"mrz": zone, "direction": "entry", "policy": "own.toml"})
    status, said, err = inspect("--evidence", "t.json", "--trust", "authority/csca.cer")
    assert (status, said["error"]["code"]) == (2, "usage")
    assert err.startswith("tjdocs: unknown key: policy;")
    write(place, "t.json", {"mrz": zone, "direction": "entry"})
    status, said, _ = inspect("--evidence", "t.json", "--trust", "authority/csca.cer")
    assert (status, said["policy_sha256"]) == (1, Policy.default().sha256)
    # the desk may choose it
    assert inspect("--evidence", "t.json", "--policy", "own.toml")[0] == 0


@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize("dry", [True, "no", "true", False, 0])
def test_a_traveller_does_not_keep_a_certificate_unused(place, dry):
    write(place, "desk.json", DESK)
    write(place, "t.json", {**RETURN, "dry_run": dry})
    for _ in range(2):
        assert inspect("--evidence", "t.json", "--setup", "desk.json")[0] == 2
    assert status_of_return(place) == "issued"
    write(place, "t.json", RETURN)
    found = [inspect("--evidence", "t.json", "--setup", "desk.json")[0] for _ in range(2)]
    assert (found, status_of_return(place)) == ([0, 1], "used-up")


@pytest.mark.requirement("RET-2")
def test_a_desk_judges_only_where_it_says_so(place):
    write(place, "t.json", RETURN)
    write(place, "desk.json", {**DESK, "dry-run": True})
    assert [inspect("--evidence", "t.json", "--setup", "desk.json")[0] for _ in range(2)] == [0, 0]
    assert status_of_return(place) == "issued"
    for value in ("no", "false", "true", 0, 1, [], "yes"):
        write(place, "desk.json", {**DESK, "dry_run": value})
        status, said, _ = inspect("--evidence", "t.json", "--setup", "desk.json")
        assert (status, said["error"]["message"]) == (2, "neither true nor false: desk.json: dry-run")
    assert status_of_return(place) == "issued"


@pytest.mark.requirement("RET-2")
def test_the_desk_that_uses_up_says_its_own_point(place):
    """The register remembers the point: a traveller's word is not written into it."""
    write(place, "desk.json", DESK)
    write(place, "t.json", {**RETURN, "point": "dusti"})
    status, said, _ = inspect("--evidence", "t.json", "--setup", "desk.json")
    assert (status, said["error"]["message"]) == (2, "the desk does not say its point: t.json: point")
    assert status_of_return(place) == "issued"
    assert inspect("--evidence", "t.json", "--setup", "desk.json", "--dry-run")[0] == 0
    status, said, _ = inspect("--evidence", "t.json", "--setup", "desk.json", "--point", "kulma")
    assert said["error"]["message"] == "another than the desk's: point: dusti"
    write(place, "t.json", RETURN)
    assert inspect("--evidence", "t.json", "--setup", "desk.json", "--point", "kulma")[0] == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"claims": {}}, "unknown key: s.json: claims"), ({"mrz": "mrz.txt"}, "unknown key: s.json: mrz"),
        ({"report": "r.html"}, "unknown key: s.json: report"), ({"a": 1, "b": 2}, "unknown key: s.json: a, b"),
        ({"schema": 2}, "a setup of another version: s.json: schema"), ({"schema": True}, "a setup of another version: s.json: schema"),
        ({"trust": 5}, "not a list of paths: s.json: trust"), ({"trust": [""]}, "not a list of paths: s.json: trust"),
        ({"crl": [1]}, "not a list of paths: s.json: crl"), ({"watch_list": {}}, "not a list of paths: s.json: watch-list"),
        ({"policy": ["p.toml"]}, "not text: s.json: policy"), ({"direction": True}, "not text: s.json: direction"),
        ({"at": 20261124}, "not text: s.json: at"), ({"officer": ""}, "not text: s.json: officer"), ({"lang": None}, "not text: s.json: lang"),
        ({"watch-list": "a", "watch_list": "b"}, "a name twice: s.json: watch-list"),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_setup_that_cannot_be_used_is_named_by_its_place(place, values, message):
    write(place, "s.json", values)
    status, said, err = inspect("--mrz", "mrz.txt", "--setup", "s.json")
    assert (status, said["error"]["message"]) == (2, message)
    assert err.count("\n") == 1


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
@pytest.mark.parametrize("key", sorted(INSPECT_KEYS - {"dry_run"}))
def test_a_text_that_no_system_takes_is_named(place, key, text):
    """A NUL or half a character in a path ended in an internal error."""
    write(place, "desk.json", {key.replace("_", "-"): text})
    status, said, _ = inspect("--mrz", "mrz.txt", "--setup", "desk.json")
    assert (status, said["error"]["code"]) == (2, "usage")
    assert key.replace("_", "-") in said["error"]["message"]


def test_keys_of_the_commands():
    """What a batch cannot be told is unknown to it; every key is an option of the command."""
    from typer.main import get_command

    from tjdocs.cli import app

    border = get_command(app).get_command(None, "border")
    for name, keys in (("inspect", INSPECT_KEYS), ("batch", BATCH_KEYS), ("serve", SERVE_KEYS)):
        options = {o.removeprefix("--").replace("-", "_") for p in border.get_command(None, name).params for o in p.opts}
        assert keys <= options, name


def test_paths_in_a_setup_lead_from_its_folder(place):
    (place / "desk").mkdir()
    write(place / "desk", "s.json", {"trust": "../authority/csca.cer", "direction": "entry", "at": "2026-11-24"})
    write(place, "e.json", {"mrz": "mrz.txt", "chip": "chip"})
    assert inspect("--evidence", "e.json", "--setup", "desk/s.json")[0] == 0
    assert inspect("--evidence", "e.json", "--setup", "desk/s.json", "--direction", "exit")[1]["verdict"] == "admit"
    write(place / "desk", "e.json", {"mrz": "../mrz.txt"})
    _, said, _ = inspect("--evidence", "desk/e.json")
    assert said["error"]["message"].startswith("not below the folder of the evidence")


def test_evidence_that_names_a_name_twice(place):
    (place / "e.json").write_text('{"mrz": "mrz.txt", "direction": "entry", "direction": "domestic"}')
    assert inspect("--evidence", "e.json")[1]["error"]["message"] == "a name twice: direction"


def test_a_claim_of_the_desk_goes_before_that_of_the_evidence(place):
    write(place, "e.json", {"mrz": "mrz.txt", "claims": {"entered": "2026-11-24", "place": "Kulma"}})
    exit_ = ("--direction", "exit", *AT, "--evidence", "e.json")
    assert inspect(*exit_)[0] == 1
    _, said, _ = inspect(*exit_, "--claim", "entered=noon")
    assert said["error"]["message"] == "not a date: claims entered"
