"""Processes killed at any moment of the issuing act: nothing lost, nothing half, every blank accounted for."""

import os
import random
import signal
import subprocess
import time
from hashlib import sha256

import pytest

from tests.support import disks
from tests.support.offices import own_keys, tie, used
from tests.support.postgres import Server
from tjdocs.errors import RegisterError
from tjdocs.office import Office
from tjdocs.register import Keys, Register

KIND = "external-passport"
POINTS = 300 if os.environ.get("TJDOCS_SWEEP") == "full" else 30


@pytest.fixture(scope="module")
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request, tmp_path, trial):
    keys = Keys.generate("trial.invalid/register")
    url = f"sqlite:///{tmp_path / 'register.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("server").database()
    at = trial.csca.not_before
    made = Register.create(url, keys=keys, officer="trial", office="trial", at=at, trial=True)
    made.add_series(KIND, "T{:08d}", at=at)
    yield made
    made.close()


def check(register, place, now):
    """All that must hold after a crash and ``resume``."""
    register.resume(officer="trial", at=now)
    assert register.resume(officer="trial", at=now) == []
    states = used(register)
    assert set(states.values()) <= {"issued", "spoiled"}
    folders = {path.name: path for path in place.iterdir()} if place.exists() else {}
    assert [name for name in folders if name.startswith(".")] == []  # nothing staged is left
    numbers = set()
    for folder in folders.values():
        number = (folder / "mrz.txt").read_text().splitlines()[1][:9]
        assert states[number] == "issued"  # never a document without a record
        files = {path.stem.replace("_", "."): path for path in (folder / "chip").iterdir()}
        files |= {name: folder / name for name in ("page.png", "page.pdf")}
        digests = {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
        assert register.document(number).files == digests
        assert {path.name for path in folder.iterdir()} == {
            "chip", "chip_keys.json", "mrz.txt", "page.png", "page.pdf", "record.json",
        }  # fmt: skip
        assert own_keys(folder)  # a chip without its keys is half a document
        numbers.add(number)
    # never a record whose files are not there
    assert numbers == {number for number, state in states.items() if state == "issued"}
    audit = register.audit(heads=[])
    assert (audit.problems, audit.undetermined) == ((), ())
    day = now.date()
    assert register.report(first=day, last=day).balanced
    return states


def child(office, application, now, place, ready):
    os.write(ready, b".")
    n = 0
    while True:
        n += 1
        office.issue(application, at=now, out=place / f"{os.getpid()}-{n}")


@pytest.mark.requirement("STL-3")
@pytest.mark.sweep
def test_killed_at_random_points(book, trial, application, now, tmp_path):
    """Processes forked from a warm one, killed after a random while; checked after each."""
    office, place = Office(trial, book), tmp_path / "out"
    office.issue(application, at=now, out=place / "warm")
    start = time.perf_counter()
    office.issue(application, at=now, out=place / "warm-2")
    once = time.perf_counter() - start
    chance, states = random.Random(9303), {}
    for _ in range(POINTS):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                child(office, application, now, place, write)
            finally:
                os._exit(3)
        assert os.read(read, 1) == b"."
        time.sleep(chance.uniform(0, 2.2 * once))
        os.kill(pid, signal.SIGKILL)
        assert os.waitpid(pid, 0)[1] == signal.SIGKILL
        os.close(read)
        os.close(write)
        before = states
        states = check(book, place, now)
        assert before.items() <= states.items()  # what was told stays told
    assert "issued" in states.values()
    assert "spoiled" in states.values()


STEPS = {
    # the step at which the process dies, and what resume makes of the number
    "reserved": ("tjdocs.office.draft.Draft.make_mrz", "spoiled"),
    "staged": ("tjdocs.register.Reservation.commit", "spoiled"),
    "committed": ("tjdocs.office.output_folder.os.replace", "completed"),
    "in-place": ("tjdocs.register.Reservation.placed", "completed"),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step(book, trial, application, now, tmp_path, monkeypatch, step):
    place = tmp_path / "out"
    office = Office(trial, book)
    tie(trial, book, "T{:08d}", now)
    name, done = STEPS[step]
    pid = os.fork()
    if pid == 0:
        try:
            monkeypatch.setattr(name, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
            office.issue(application, at=now, out=place / "one")
        finally:
            os._exit(3)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert (book.document("T00000001").status, (place / "one").exists()) == {
        "reserved": ("reserved", False), "staged": ("reserved", False), "committed": ("issued", False), "in-place": ("issued", True),
    }[step]  # fmt: skip
    assert [(one.number, one.done) for one in book.resume(officer="trial", at=now)] == [("T00000001", done)]
    assert check(book, place, now) == {"T00000001": "issued" if done == "completed" else "spoiled"}


@pytest.mark.parametrize("damage", ["gone", "keys-gone", "changed", "place-taken"])
def test_files_that_cannot_be_told_spoil_the_document(book, trial, application, now, tmp_path, monkeypatch, damage):
    """Recorded, and then the staged files are not what was recorded: no document."""
    place = tmp_path / "out"
    office = Office(trial, book)
    tie(trial, book, "T{:08d}", now)
    pid = os.fork()
    if pid == 0:
        try:
            monkeypatch.setattr("tjdocs.office.output_folder.os.replace", lambda *a: os.kill(os.getpid(), signal.SIGKILL))
            office.issue(application, at=now, out=place / "one")
        finally:
            os._exit(3)
    os.waitpid(pid, 0)
    (staged,) = place.glob(".one-*")
    if damage == "gone":
        (staged / "page.png").unlink()
    elif damage == "keys-gone":
        (staged / "chip_keys.json").unlink()
    elif damage == "changed":
        (staged / "chip" / "DG1.bin").write_bytes(b"other")
    else:
        (place / "one").mkdir()
        (place / "one" / "mine").write_text("mine")
    assert [one.done for one in book.resume(officer="trial", at=now)] == ["spoiled"]
    assert book.document("T00000001").status == "spoiled"
    assert not list(place.glob(".one-*"))
    assert damage != "place-taken" or (place / "one" / "mine").read_text() == "mine"
    assert book.audit().sound


def test_a_full_disk_under_the_register(trial, application, now, tmp_path):
    """The database's own disk fills up: a clear error, and nothing that was recorded is lost."""
    with disks.small_disk(tmp_path / "disk", "9m") as disk:
        register = Register(f"sqlite:///{disk / 'register.db'}")
        register.add_series(KIND, "T{:08d}", at=now)
        office, issued = Office(trial, register), []

        def fill():
            for n in range(20_000):
                issued.append(f"T{n + 1:08d}")
                reservation = register.reserve(KIND, officer="trial", at=now)
                reservation.commit(at=now, issued=now.date(), expires=now.date(), files={})

        with pytest.raises(RegisterError, match="full") as caught:
            fill()
        assert caught.value.hint
        assert len(issued) > 50
        subprocess.run(["mount", "-o", "remount,size=40m", disk], check=True)
        register.resume(officer="trial", at=now)
        assert {register.document(number).status for number in issued[:-1]} == {"issued"}
        assert office.issue(application, at=now).document_number > issued[-2]
        assert register.audit().sound
        register.close()
