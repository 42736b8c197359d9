"""``--out`` is a file of its own: no link is followed, nothing else is overwritten, and one batch at a time writes it."""

import fcntl
import json
import os
import subprocess
import sys

import pytest

from tests.support.command_line import run

BATCH = ("border", "batch", "lane", "--workers", "1", "--at", "2026-11-24", "--out", "r.jsonl")


@pytest.fixture
def victim(place):
    """Another file of the officer's."""
    (place / "victim").write_text("precious")
    return place / "victim"


def refused(*arguments):
    status, out, err = run(*arguments)
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.state"])
@pytest.mark.parametrize("to", ["victim", "nowhere", "/dev/null", "lane"])
def test_no_link_is_followed(place, victim, name, to):
    for other in {"r.jsonl", "r.jsonl.state"} - {name}:
        (place / other).write_text("" if other == "r.jsonl" else json.dumps({"digest": "x", "at": "2026-11-24"}))
    (place / name).symlink_to(to)
    assert refused(*BATCH).startswith("tjdocs: ")
    assert victim.read_text() == "precious"
    assert not (place / "nowhere").exists()
    assert (place / name).is_symlink()


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.state"])
def test_no_second_name_of_another_file(place, victim, name):
    if name == "r.jsonl":
        run(*BATCH)
        (place / "r.jsonl").unlink()
    os.link(victim, place / name)
    refused(*BATCH)
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("content", ["precious", '{"digest": "x", "at": "2026-11-24", "more": 1}', "[]", "\x00" * 10])
def test_a_file_of_that_name_that_is_no_state_is_kept(place, content):
    (place / "r.jsonl.state").write_text(content)
    refused(*BATCH)
    assert (place / "r.jsonl.state").read_text() == content
    assert not (place / "r.jsonl").exists() or (place / "r.jsonl").read_text() == ""


def test_what_is_no_file(place):
    os.mkfifo(place / "r.jsonl")
    (place / "r.jsonl.state").write_text("{}")
    refused(*BATCH)
    (place / "r.jsonl").unlink()
    (place / "r.jsonl").mkdir()
    refused(*BATCH)


def test_both_files_are_their_owners_alone(place):
    before = os.umask(0)
    try:
        assert run(*BATCH)[0] == 1
    finally:
        os.umask(before)
    for name in ("r.jsonl", "r.jsonl.state"):
        assert (place / name).stat().st_mode & 0o777 == 0o600


def test_two_batches_do_not_write_one_file(place):
    run(*BATCH)
    whole = (place / "r.jsonl").read_bytes()
    with open(place / "r.jsonl.state", "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert refused(*BATCH) == "tjdocs: another batch is at work here: r.jsonl; wait for its end\n"
        assert (place / "r.jsonl").read_bytes() == whole
    assert run(*BATCH)[0] == 1
    assert (place / "r.jsonl").read_bytes() == whole


def test_a_batch_that_waits_for_its_records_keeps_others_out(place):
    """The first one reads from a pipe that nobody closes yet."""
    call = [sys.executable, "-m", "tjdocs", "border", "batch", "-", "--workers", "1", "--at", "2026-11-24", "--out", "r.jsonl"]
    first = subprocess.Popen(call, cwd=place, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    first.stdin.write(b'{"mrz": "P<"}\n')
    first.stdin.flush()
    while not (place / "r.jsonl").exists() or not (place / "r.jsonl").read_bytes():
        assert first.poll() is None
    assert "another batch is at work here" in refused("border", "batch", "lines.jsonl", "--workers", "1", "--at", "2026-11-24", "--out", "r.jsonl")
    first.stdin.write(b'{"mrz": "P<"}\n')
    first.stdin.close()
    assert first.wait() == 1
    assert len((place / "r.jsonl").read_bytes().splitlines()) == 2


def test_a_run_killed_before_its_first_result_is_gone_on_with(place):
    run(*BATCH)
    whole = (place / "r.jsonl").read_bytes()
    (place / "r.jsonl").unlink()  # the state is written first
    assert run(*BATCH)[0] == 1
    assert (place / "r.jsonl").read_bytes() == whole


@pytest.mark.parametrize(
    ("line", "why"),
    [("[" * 1000, "not results of a batch"), ("[]", "not results of a batch"), ('{"verdict": "admit"}', "not results of a batch"),
     ('{"id": "a", "verdict": [1]}', "not results of a batch"), ("x", "not results of a batch"), ('{"id": []}', "results of other records")],
    ids=range(6),
)  # fmt: skip
def test_results_that_somebody_changed(place, line, why):
    run(*BATCH)
    (place / "r.jsonl").write_text(line + "\n")
    assert why in refused(*BATCH)
