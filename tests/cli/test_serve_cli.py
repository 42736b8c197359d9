"""``tjdocs border serve``: a process that answers line by line, and ends cleanly."""

import base64
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest

from tjdocs import specs
from tjdocs.cli import _streams

AT = "2026-11-25"
FOLLOWS = jsonschema.Draft202012Validator(json.loads((specs.folder("specs") / "schemas/verdict.json").read_text()))


def passport(place: Path, **more) -> bytes:
    chip = {path.stem: base64.b64encode(path.read_bytes()).decode() for path in (place / "chip").iterdir()}
    return json.dumps({"mrz": (place / "mrz.txt").read_text().splitlines(), "chip": chip, "direction": "exit", **more}).encode() + b"\n"


def paper(place: Path, **more) -> bytes:
    seal = base64.b64encode((place / "seal.bin").read_bytes()).decode()
    zone = (place / "return.txt").read_text().splitlines()
    return json.dumps({"mrz": zone, "seal": seal, "direction": "entry", **more}).encode() + b"\n"


@contextmanager
def lane(place: Path, *more: str, trust: str = "authority/csca.cer"):
    call = [sys.executable, "-m", "tjdocs", "border", "serve", "--trust", trust, "--at", AT, *more]
    process = subprocess.Popen(call, cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def answer(process, data: bytes = b"") -> dict:
    if data:
        process.stdin.write(data)
        process.stdin.flush()
    return json.loads(process.stdout.readline())


def ended(process) -> tuple[int, bytes, bytes]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_a_line_is_answered_before_the_next_one_is_written(place):
    with lane(place) as process:
        assert answer(process)["ready"] is True
        for number in (1, 2):
            verdict = answer(process, passport(place, id=f"gate-{number}"))
            assert (verdict["id"], verdict["verdict"]) == (f"gate-{number}", "admit")
        for odd in (b"\n", b"\xff\0{\n", b"[" * 100_000 + b"\n"):
            bad = answer(process, odd)
            assert bad["verdict"] is None
            FOLLOWS.validate(bad)
        process.stdin.write(passport(place)[:-1])  # the last line may lack its end
        status, out, err = ended(process)
    assert (status, json.loads(out)["verdict"], err) == (0, "admit", b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_lane_that_waits(place, number):
    with lane(place) as process:
        answer(process)
        assert answer(process, passport(place))["verdict"] == "admit"
        process.stdin.write(b'{"mrz": "half a line')
        process.stdin.flush()
        process.send_signal(number)
        process.wait(timeout=60)
        assert (process.returncode, process.stdout.read(), process.stderr.read()) == (0, b"", b"")


def test_a_lane_ends_when_nobody_reads_its_answers(place):
    with lane(place) as process:
        answer(process)
        process.stdout.close()
        process.wait(timeout=60)
        assert (process.returncode, process.stderr.read()) == (0, b"")


def test_a_line_that_was_read_is_not_judged_when_nobody_reads_answers_any_more():
    (lines, writer), (reader, sink) = os.pipe(), os.pipe()
    os.write(writer, b"one\ntwo\nthree\n")
    with _streams.Lane(lines, sink) as source:
        assert source.readline(100) == b"one\n"
        assert source.readline(2) == b"tw"  # a long line comes in pieces
        os.close(reader)
        assert source.readline(100) == b""
    for descriptor in (lines, writer, sink):
        os.close(descriptor)


@pytest.mark.requirement("RET-2")
def test_a_paper_is_used_up_once_and_not_when_its_answer_would_reach_nobody(place):
    more = ("--register", "sqlite:///register.db", "--signer", "seal.cer", "--point", "kulma")
    with lane(place, *more) as process:
        answer(process)
        os.kill(process.pid, signal.SIGSTOP)
        process.stdin.write(paper(place))  # it waits in the pipe, and the reader goes
        process.stdin.flush()
        process.stdout.close()
        os.kill(process.pid, signal.SIGCONT)
        process.wait(timeout=60)
        assert process.returncode == 0
    with lane(place, *more) as process:
        answer(process)
        assert [answer(process, paper(place))["verdict"] for _ in range(2)] == ["admit", "refuse"]


def test_with_dry_run_nothing_is_used_up_or_recorded(place):
    more = ("--register", "sqlite:///register.db", "--signer", "seal.cer", "--dry-run", "--record", "kept")
    with lane(place, *more) as process:
        answer(process)
        assert [answer(process, paper(place))["verdict"] for _ in range(2)] == ["admit", "admit"]
    assert not (place / "kept").exists()


def test_verdicts_are_recorded(place):
    with lane(place, "--record", "kept") as process:
        answer(process)
        answer(process, passport(place))
        answer(process, b"{\n")
    (file,) = (place / "kept").glob("*.jsonl")
    assert len(file.read_text().splitlines()) == 1


def test_a_setup_file_is_the_desk_s_and_a_line_is_not(place):
    (place / "desk.json").write_text(json.dumps({"trust": "authority/csca.cer", "direction": "exit", "at": AT}))
    call = [sys.executable, "-m", "tjdocs", "border", "serve", "--setup", "desk.json"]
    lines = passport(place) + passport(place, direction="entry") + passport(place, setup="desk.json")
    done = subprocess.run(call, cwd=place, input=lines, capture_output=True, check=True)
    _, good, other, odd = map(json.loads, done.stdout.splitlines())
    assert (good["verdict"], other["error"]["code"], odd["error"]["code"]) == ("admit", "usage", "usage")


@pytest.mark.parametrize("end", ["0001-01-01", "9999-12-31T23:59:59-12:00"])
def test_the_ends_of_the_calendar(place, end):
    call = [sys.executable, "-m", "tjdocs", "border", "serve", "--trust", "authority/csca.cer", "--at", end]
    done = subprocess.run(call, cwd=place, input=passport(place), capture_output=True)
    assert b"internal" not in done.stderr + done.stdout
    assert (done.returncode, done.stdout.count(b"\n")) in ((0, 2), (2, 0))


@pytest.mark.parametrize(
    "more",
    [
        ("--direction", "in"),
        ("--register", "sqlite:///register.db"),  # a traveller would choose the point where a document is used up
        ("--policy", "missing.toml"),
        ("--trust-digest", "00" * 32),
        ("--at", "yesterday"),
    ],
    ids=" ".join,
)
def test_an_unusable_desk_is_an_unusable_call_before_anything_is_read(place, more):
    with lane(place, *more) as process:
        status, out, err = ended(process)
    assert (status, out, err.count(b"\n")) == (2, b"", 1)
    assert err.startswith(b"tjdocs: ")
