"""Evidence contains no setup: what a traveller hands over says nothing of whom to trust, by which rules, or when."""

import base64
import json
import os
from datetime import date

import pytest

from tests.support.law_cases import document
from tjdocs.border.claims import Claims
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection.evidence_json import EVIDENCE_KEYS, arguments, evidence_from_folder, evidence_from_json, named

ZONE, CHIP = document()
SETUP = [
    "policy", "trust", "trust_digest", "trust-digest", "crl", "signer", "register", "officer", "keys", "watch_list",
    "watch-list", "permit", "dry_run", "dry-run", "at", "lang", "record", "export", "report", "lists", "setup", "evidence",
    "MRZ", "mrz ", "", "__class__", "twice", "files",
]  # fmt: skip


def read(values, **more):
    return evidence_from_json(values, **{"folder": None, **more})


@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize("key", SETUP)
@pytest.mark.parametrize("value", [True, "no", "own.toml", []], ids=str)
def test_no_evidence_says_what_the_desk_says(key, value):
    with pytest.raises(UsageError, match="unknown key") as caught:
        read({"mrz": ZONE, key: value})
    assert key.replace("-", "_")[:40] in caught.value.where
    assert "the desk says the rest" in caught.value.hint


def test_every_unknown_key_is_named():
    with pytest.raises(UsageError) as caught:
        read({"mrz": ZONE, "policy": "x", "trust": [], "dry_run": True})
    assert caught.value.where == "dry_run, policy, trust"


def test_what_evidence_may_say():
    """Names as arguments or as options; null is nothing."""
    given = {
        "schema": 1, "id": "7", "mrz": ZONE, "chip": {name: base64.b64encode(data).decode() for name, data in CHIP.items()},
        "seal": "AA==", "page": None, "asks-protection": True, "claims": {"place": "Kulma"}, "direction": "exit", "point": "kulma",
    }  # fmt: skip
    found = read(given)
    assert found.asks_protection is True
    assert (found.direction, found.point, found.seal, found.page) == ("exit", "kulma", b"\0", None)
    assert {key.replace("-", "_") for key in given} - {"schema", "id"} == EVIDENCE_KEYS


@pytest.mark.parametrize("value", ["no", "false", "true", 0, 1, [], {}, "yes"], ids=repr)
def test_booleans_are_booleans(value):
    with pytest.raises(UsageError, match="neither true nor false: asks_protection"):
        read({"mrz": ZONE, "asks_protection": value})


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"direction": 1}, "direction"), ({"point": ["kulma"]}, "point"), ({"claims": "x"}, "claims"), ({"claims": []}, "claims"),
        ({"chip": "EF_SOD"}, "chip"), ({"chip": {"EF_SOD": 1}}, "chip EF_SOD"), ({"seal": 5}, "seal"), ({"page": ["x"]}, "page"),
        ({"mrz": 5}, "mrz"), ({"mrz": [1]}, "mrz"), ({"schema": 2}, "schema"), ({"schema": True}, "schema"), ({"schema": "1"}, "schema"),
        ({"asks-protection": True, "asks_protection": False}, "evidence: asks-protection"),
    ],
    ids=range(14),
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_named_by_its_place(values, where):
    with pytest.raises(UsageError) as caught:
        read(values)
    assert caught.value.where == where


@pytest.mark.parametrize("name", ["direction", "point"])
def test_the_desk_says_the_crossing(name):
    desk = {"direction": "entry", "point": "kulma"}
    assert getattr(read({"mrz": ZONE}, crossing=desk), name) == desk[name]
    assert getattr(read({"mrz": ZONE, name: desk[name]}, crossing=desk), name) == desk[name]
    other = {"direction": "domestic", "point": "dusti"}[name]
    with pytest.raises(UsageError, match=f"another than the desk's: {name}: {other}; {name} {desk[name]}"):
        read({"mrz": ZONE, name: other}, crossing=desk)
    # where the desk does not say it, the evidence may
    assert getattr(read({"mrz": ZONE, name: other}), name) == other


# --------------------------------------------------------------------------------------------------------------- paths


@pytest.fixture
def folder(tmp_path):
    """A record's folder, and beside it what is the officer's."""
    own = tmp_path / "own"
    (own / "chip").mkdir(parents=True)
    (own / "mrz.txt").write_text(ZONE)
    (own / "seal.bin").write_bytes(b"seal")
    for name, data in CHIP.items():
        (own / "chip" / f"{name.replace('.', '_')}.bin").write_bytes(data)
    (tmp_path / "secret.txt").write_text(ZONE)
    (tmp_path / "chip").mkdir()
    (tmp_path / "chip" / "DG1.bin").write_bytes(b"x")
    return own


def test_paths_lead_from_the_folder_of_the_evidence(folder):
    found = evidence_from_json({"mrz": "mrz.txt", "chip": "chip", "seal": "./seal.bin"}, folder=folder)
    assert (found.mrz, found.seal, set(found.files)) == (ZONE, b"seal", set(CHIP))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("mrz", "../secret.txt"), ("mrz", "/etc/passwd"), ("mrz", "out.txt"), ("mrz", "chip/../../secret.txt"), ("mrz", "loop"),
        ("mrz", "a\0b"), ("chip", "../chip"), ("chip", "away"), ("chip", "/"), ("chip", ".."), ("seal", "../secret.txt"),
        ("seal", "out.txt"), ("page", "/etc/passwd"),
    ],
    ids=range(13),
)  # fmt: skip
def test_no_path_leads_out_of_the_folder_of_the_evidence(folder, name, path):
    (folder / "out.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "away").symlink_to(folder.parent / "chip")
    (folder / "loop").symlink_to(folder / "loop")
    with pytest.raises(UsageError, match="not below the folder of the evidence"):
        arguments({name: path}, folder=folder)


@pytest.mark.parametrize("name", ["mrz", "seal", "page"])
def test_a_pipe_in_the_evidence_is_not_waited_for(folder, name):
    os.mkfifo(folder / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        arguments({name: "pipe"}, folder=folder)


def test_a_link_among_the_files_of_a_chip(folder):
    (folder / "chip" / "DG2.bin").unlink()
    (folder / "chip" / "DG2.bin").symlink_to(folder.parent / "secret.txt")
    for found in (evidence_from_json({"chip": "chip"}, folder=folder), evidence_from_folder(folder)):
        assert set(found.files) == set(CHIP) - {"DG2"}


def test_links_and_pipes_in_the_folder_of_a_record_are_passed_over(folder):
    for name in ("mrz.txt", "seal.bin"):
        (folder / name).unlink()
        (folder / name).symlink_to(folder.parent / "secret.txt")
    os.mkfifo(folder / "page.png")
    os.mkfifo(folder / "evidence.json")
    found = evidence_from_folder(folder)
    assert (found.mrz, found.seal, found.page) == (None, None, None)
    assert set(found.files) == set(CHIP)


def test_many_files_of_one_seal_are_one_and_of_two_seals_an_error(folder):
    for path in folder.glob("seal.*"):
        path.unlink()
    for number in range(50):
        (folder / f"seal.{number:03d}").write_bytes(b"0")
    assert evidence_from_folder(folder).seal == b"0"
    (folder / "seal.049").write_bytes(b"49")
    with pytest.raises(InputError, match="two different seals"):
        evidence_from_folder(folder)


def test_keys_of_an_options_form():
    assert named({"asks-protection": True}, "x") == {"asks_protection": True}
    with pytest.raises(UsageError, match="a name twice: x: trust-digest"):
        named({"trust-digest": 1, "trust_digest": 2}, "x")


def test_evidence_json_in_a_folder_says_nothing_else_either(folder):
    for values in ({"policy": "x"}, {"at": "2020-01-01"}, {"asks_protection": "no"}, {"direction": "exit", "direction ": 1}):
        (folder / "evidence.json").write_text(json.dumps(values))
        with pytest.raises(UsageError):
            evidence_from_folder(folder, {"direction": "exit"})
    (folder / "evidence.json").write_text('{"direction": "entry", "direction": "exit"}')
    with pytest.raises(InputError, match="a name twice: direction"):
        evidence_from_folder(folder)


@pytest.mark.parametrize("name", ["entered", "registered"])
@pytest.mark.parametrize("text", ["20261110", "2026-W46-2", "2026W462", "2026-11-1", " 2026-11-10", "2026-11-10T00:00", ""])
def test_a_claimed_date_has_one_form(name, text):
    with pytest.raises(UsageError, match="not a date"):
        Claims.of({name: text})
    assert Claims.of({name: "2026-11-10"}) == Claims(**{name: date(2026, 11, 10)})
