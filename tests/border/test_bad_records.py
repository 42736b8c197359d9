"""A bad record is one result: it neither stops nor exhausts the batch in which it comes, nor any resume of it."""

import errno
import io
import json
import os
import shutil
import tarfile
import unicodedata
from pathlib import Path

import pytest

from tests.support import builders as b
from tests.support.law_cases import Traveller
from tjdocs import escaping, inputs, limits
from tjdocs.border import inspect_batch
from tjdocs.errors import InputError
from tjdocs.inspection.evidence_json import evidence_json

WHO = Traveller()
GOOD = json.dumps(evidence_json(WHO.evidence())).encode()
SETUP = inspect_batch.Setup.of(trust=WHO.inspector().trust)
DEEP = b"[" * 100_000
HALF = "\\ud800"
BAD = {
    "half a pair in a file's name": f'{{"chip": {{"{HALF}": "AA=="}}}}'.encode(),
    "half a pair in a key": f'{{"{HALF}": 1}}'.encode(),
    "half a pair in a claim's name": f'{{"claims": {{"{HALF}": 1}}}}'.encode(),
    "half a pair in a claim": f'{{"claims": {{"place": "{HALF}"}}}}'.encode(),
    "half a pair in a direction": f'{{"mrz": "x", "direction": "{HALF}"}}'.encode(),
    "half a pair in a point": f'{{"mrz": "x", "point": "{HALF}"}}'.encode(),
    "half a pair in bytes": b'{"mrz": "x", "point": "\xed\xa0\x80"}',
    "no UTF-8": b'{"mrz": "\xff\xfe"}',
    "UTF-16": '{"mrz": "x"}'.encode("utf-16"),
    "deep": b'{"mrz": ' + DEEP,
    "deep and whole": b'{"mrz": ' + b"[" * 40 + b"]" * 40 + b"}",
    "many values": b'{"mrz": "x", "id": [' + b"{}," * 1000 + b"{}]}",
    "digits": b'{"mrz": ' + b"1" * 100_000 + b"}",
    "a name twice": b'{"mrz": "x", "direction": "exit", "direction": "entry"}',
    "a path": b'{"mrz": "x", "seal": "/etc/passwd"}',
    "controls": b'{"chip": {"\\u001b[2J\\u202e": "AA=="}}',
    "a time": b'{"mrz": "x", "at": "2020-01-01T00:00:00+00:00"}',
    "a policy": b'{"mrz": "x", "policy": "own.toml"}',
    "a flag that is none": b'{"mrz": "x", "asks_protection": "no"}',
    "nothing": b"{}",
    "zeros": bytes(50),
}
HARMLESS = {"half a pair in an MRZ": f'{{"mrz": "P<{HALF}"}}'.encode()}


def run(items, **more):
    found = list(inspect_batch.run(items, SETUP, at=b.AT, **{"workers": 1, **more}))
    for result in found:
        text = escaping.json_text(result)
        text.encode()  # it can be written
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text)
    return found


def lines(*rows):
    return inspect_batch.line_items(io.BytesIO(b"\n".join(rows) + b"\n"), "x")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_one_result(name):
    before, bad, after = run(lines(GOOD, BAD[name], GOOD))
    assert (before["verdict"], after["verdict"]) == ("admit", "admit")
    assert (bad["verdict"], bad["id"]) == (None, "x:2")
    assert bad["error"]["code"] in ("usage", "input")
    assert len(json.dumps(bad)) < 5000


@pytest.mark.parametrize("name", HARMLESS)
def test_a_line_that_only_looks_bad_is_judged(name):
    assert [result["verdict"] for result in run(lines(GOOD, HARMLESS[name], GOOD))] == ["admit", "refuse", "admit"]


def test_all_of_them_in_processes():
    rows = [row for bad in BAD.values() for row in (bad, GOOD)]
    found = run(lines(*rows), workers=2)
    assert [result["verdict"] for result in found] == [None, "admit"] * len(BAD)


def test_records_that_wait_for_a_worker_are_bounded(monkeypatch):
    """Some long lines at once are no reason to hold all of them in memory."""
    from concurrent.futures import Executor, Future

    monkeypatch.setattr(inspect_batch, "_WAITING", 1_000_000)

    class Held(Executor):
        waiting = most = 0

        def submit(self, function, digest, items, *rest):
            self.waiting += sum(len(item.content) for item in items)
            self.most = max(self.most, self.waiting)
            future: Future = Future()
            future.set_result((0.0001, [{"id": item.id} for item in items]))
            kept = future.result

            def result(timeout=None):
                self.waiting -= sum(len(item.content) for item in items)
                return kept(timeout)

            future.result = result
            return future

    held = Held()
    rows = (inspect_batch.Item(f"x:{n}", "line", bytes(600_000)) for n in range(40))
    assert len(list(inspect_batch.run(rows, SETUP, at=b.AT, executor=held, workers=16))) == 40
    assert held.most <= 1_000_000 + 2 * (inspect_batch._BYTES + 600_000)  # one list is judged while the next one comes


# ------------------------------------------------------------------------------------------------------------- folders


@pytest.fixture
def lane(tmp_path):
    """Three good records, and between them what the test puts there."""
    for name in ("a", "m", "z"):
        place = tmp_path / "lane" / name
        place.mkdir(parents=True)
        (place / "evidence.json").write_bytes(GOOD)
    return tmp_path / "lane"


def folders(lane, **more):
    return {result["id"]: result for result in run(inspect_batch.folder_items(lane, **more))}


@pytest.mark.parametrize("here", [False, True])
def test_folders_of_any_name(lane, here):
    names = [b"b\xff", b"c\x1b[2J", "d\u202e".encode(), b"e\\udcff", "ж".encode(), b"f:g", b"h\\i", b"j\nk"]
    for name in names:
        place = os.fsencode(lane) + b"/" + name
        os.mkdir(place)
        with open(place + b"/mrz.txt", "wb") as file:
            file.write(b"P<")
    found = folders(lane, here=here)
    assert len(found) == len(names) + 3
    assert {"b\\udcff", "e\\\\udcff", "c\\u001b[2J", "d\\u202e", "ж", "f:g", "h\\\\i", "j\\u000ak"} <= found.keys()
    assert {result["verdict"] for name, result in found.items() if name not in "amz"} == {"refuse"}


@pytest.mark.parametrize("here", [False, True])
def test_what_a_folder_may_hold(lane, here, monkeypatch):
    monkeypatch.setattr(limits, "CHIP_FILE", len(GOOD))
    monkeypatch.setattr(limits, "INPUT_FILE", len(GOOD))
    for number, (name, data) in enumerate([
        ("evidence.json", DEEP), ("evidence.json", b"\xff"), ("evidence.json", BAD["half a pair in a key"]), ("evidence.json", b'{"at": 1}'),
        ("evidence.json", b'{"mrz": "/etc/passwd"}'), ("mrz.txt", bytes(len(GOOD) + 1)), ("evidence.json", b'{"mrz": "../a/evidence.json"}'),
    ]):  # fmt: skip
        (lane / f"b{number}").mkdir()
        (lane / f"b{number}" / name).write_bytes(data)
    (lane / "c").mkdir()
    os.mkfifo(lane / "c" / "mrz.txt")
    (lane / "d").mkdir()
    (lane / "d" / "chip").symlink_to("/etc")
    (lane / "e").symlink_to(lane / "nowhere")
    found = folders(lane, here=here)
    expected = dict.fromkeys(["c", "d", *(f"b{n}" for n in range(7))]) | dict.fromkeys("amz", "admit")
    assert {name: result["verdict"] for name, result in found.items()} == expected


@pytest.mark.parametrize("here", [False, True])
def test_a_folder_that_nobody_may_read(lane, here, monkeypatch):
    shutil.copytree(lane / "a", lane / "b")
    (lane / "b").chmod(0)
    if os.geteuid() == 0:  # root may read it all the same
        real = os.scandir

        def scanned(folder):
            if Path(folder).name == "b":
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
            return real(folder)

        monkeypatch.setattr(os, "scandir", scanned)
    found = folders(lane, here=here)
    (lane / "b").chmod(0o700)
    assert [result["verdict"] for result in found.values()] == ["admit", None, "admit", "admit"]
    assert "cannot read" in found["b"]["error"]["message"]


def test_a_folder_that_cannot_be_read_is_one_result(lane, monkeypatch):
    (lane / "b").mkdir()
    (lane / "b" / "mrz.txt").write_text("P<")
    real = inputs.read_file

    def read(path, limit, **more):
        if "/b/" in str(path):
            raise InputError("cannot read", where=str(path), hint="I/O error")
        return real(path, limit, **more)

    monkeypatch.setattr(inputs, "read_file", read)
    for here in (False, True):
        assert [result["verdict"] for result in folders(lane, here=here).values()] == ["admit", None, "admit", "admit"]


def test_a_tar_stream_says_the_same_of_names(lane):
    os.mkdir(os.fsencode(lane) + b"/b\xff")
    with open(os.fsencode(lane) + b"/b\xff/mrz.txt", "wb") as file:
        file.write(b"P<")
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.add(lane, arcname="lane")
    stream.seek(0)
    found = {result["id"]: result["verdict"] for result in run(inspect_batch.tar_items(stream))}
    assert found == {"a": "admit", "b\\udcff": "refuse", "m": "admit", "z": "admit"}


@pytest.mark.parametrize("here", [False, True])
def test_more_files_than_a_record_has(lane, here, monkeypatch):
    monkeypatch.setattr(limits, "ENTRIES", 5)
    (lane / "b").mkdir()
    for number in range(9):
        (lane / "b" / f"seal.{number}").write_bytes(b"x")
    found = folders(lane, here=here)
    assert found["b"]["error"]["message"].startswith("over the limits: ")
    assert [found[name]["verdict"] for name in "amz"] == ["admit"] * 3
