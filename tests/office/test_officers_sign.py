"""An office under officers' keys: who issues signs, in batches and worker processes too, and who resumes signs for that."""

import json
import os
import signal
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.offices import OFFICERS, enrolled, production, reopened, tie
from tjdocs.documents import example
from tjdocs.errors import KeyMaterialError, RegisterError
from tjdocs.office import Batch, Office
from tjdocs.pki import Authority
from tjdocs.register import Keys, OfficerKey, Register

KIND = "external-passport"
ME, OTHER, AUDITOR = "officer-1", "officer-2", "officer-7"
SECRET = b"passphrase of a test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory, now, share):
    folder = tmp_path_factory.mktemp("production") / "a"
    return share(Authority.create(folder, at=now - timedelta(days=1), passphrase=SECRET, production=True))


@pytest.fixture
def register(tmp_path, now):
    made = production(tmp_path, now, KIND, "P00000001-P00000020")
    enrolled(made, AUDITOR, "auditor", now)
    enrolled(made, OTHER, "clerk", now)
    return made


def signers(register, number):
    """Who signed each entry about a number."""
    leaves = [json.loads(leaf) for leaf in register.documents.history(number, officer=ME)]
    return [(leaf["act"], list(leaf["signatures"])) for leaf in leaves]


def sound(register):
    found = reopened(register, AUDITOR).audit(officer=AUDITOR, heads=[])
    assert (found.problems, found.undetermined, found.signed_from) == ((), (), 0)
    return found


def test_who_issues_signs(authority, register, application, now):
    office = Office(authority, register, officer=ME)
    first = office.issue(application, at=now, page=False).document_number
    register.act("handover", first, officers=[ME], at=now)
    second = office.issue(application, at=now, page=False, replaces=first, ground="renewal").document_number
    assert signers(register, first) == [("issue", [ME]), ("handover", [ME]), ("replace", [ME])]
    assert signers(register, second) == [("issue", [ME])]
    assert sound(register).documents == 2


def test_nobody_issues_in_anothers_name(authority, register, application, now):
    """No number is used: the key is asked for before one is taken."""
    theirs = reopened(register, OTHER)
    with pytest.raises(KeyMaterialError, match=f"missing officer's key: officer {ME}"):
        Office(authority, theirs, officer=ME).issue(application, at=now, page=False)
    with pytest.raises(KeyMaterialError, match=f"missing officer's key: officer {ME}"):
        theirs.reserve(KIND, officer=ME, at=now)
    assert register.document("P00000001", officer=ME) is None
    assert Office(authority, theirs, officer=OTHER).issue(application, at=now, page=False).document_number == "P00000001"
    sound(register)


@pytest.mark.parametrize("step", ["tjdocs.register.Reservation.commit", "tjdocs.office.output_folder.os.replace"])
def test_whoever_resumes_signs_for_it(authority, register, application, now, tmp_path, monkeypatch, step):
    """Not the officer whose process died, and who did not spoil it."""
    office = Office(authority, register, officer=ME)
    tie(authority, register, "P{:08d}", now, officer=ME)
    pid = os.fork()
    if pid == 0:
        try:
            monkeypatch.setattr(step, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
            office.issue(application, at=now, out=tmp_path / "out/one")
        finally:
            os._exit(3)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    with pytest.raises(KeyMaterialError, match=f"missing officer's key: officer {ME}"):
        reopened(register, OTHER).resume(officer=ME, at=now)
    (one,) = reopened(register, OTHER).resume(officer=OTHER, at=now)
    if step.endswith("commit"):
        assert (one.done, signers(register, "P00000001")) == ("spoiled", [("spoil", [OTHER])])
    else:  # what was signed and recorded is completed, and nothing is added to it
        assert (one.done, signers(register, "P00000001")) == ("completed", [("issue", [ME])])
    sound(register)


def test_what_fails_after_a_number_is_spoiled_by_who_issues(authority, register, application, now, monkeypatch):
    monkeypatch.setattr("tjdocs.office.office.read_back", lambda *a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Office(authority, register, officer=ME).issue(application, at=now, page=False)
    assert signers(register, "P00000001") == [("spoil", [ME])]
    sound(register)


def test_who_is_dismissed_in_the_middle_records_nothing(authority, register, now):
    theirs = reopened(register, OTHER)
    reservation = theirs.reserve(KIND, officer=OTHER, at=now)
    number = reservation.number
    register.officers.dismiss(OTHER, "clerk", officer=ME, at=now)
    call = {"at": now, "issued": now.date(), "expires": now.date(), "files": {}}
    for attempt in (lambda: reservation.commit(**call), lambda: reservation.withdraw(at=now)):
        with pytest.raises(RegisterError, match="missing role"):
            attempt()
    assert register.document(number, officer=ME).status == "reserved"
    theirs._issuing._held.clear()  # its process ends
    assert [one.done for one in register.resume(officer=ME, at=now)] == ["spoiled"]
    assert signers(register, number) == [("spoil", [ME])]
    sound(register)


# ------------------------------------------------------------------------------------------------------------- batches


@pytest.fixture
def place(tmp_path, authority, now):
    """A batch of six persons, an authority, a production register with its keys, two officers' keys in files."""
    Keys.create(tmp_path / "keys", name="example.tj/register", passphrase=SECRET)
    keys = Keys.open(tmp_path / "keys", passphrase=SECRET)
    mine = OfficerKey.create(tmp_path / "me.key", passphrase=b"of officer-1")
    url = f"sqlite:///{tmp_path / 'batch.db'}"
    register = Register.create(url, keys=keys, officer=ME, office="dushanbe", at=now, officer_key=mine)
    enrolled(register, AUDITOR, "auditor", now)
    register.blanks.add_series(KIND, "P{:08d}", officer=ME, at=now)
    told = {"act": "act 1", "supplier": "printer", "office": "dushanbe", "officer": ME, "at": now}
    register.blanks.receive("P00000001-P00000020", **told)
    register.act("confirm", "P00000001-P00000020", officers=[ME], at=now, office="dushanbe")
    one = example(KIND, at=now)
    lines = [replace(one, personal_number=f"ZE1842{n:02d}B").to_json().replace("\n", "") for n in range(6)]
    (tmp_path / "batch.jsonl").write_text("".join(f"{line}\n" for line in lines))
    values = {
        "authority": authority.folder, "passphrase": SECRET, "register": url, "register_keys": tmp_path / "keys",
        "register_passphrase": SECRET, "officer": ME, "officer_key": (tmp_path / "me.key", b"of officer-1"), "pages": False,
    }  # fmt: skip
    make = lambda **more: Batch(KIND, tmp_path / "batch.jsonl", tmp_path / "out", now, **{**values, **more})  # noqa: E731
    return make, register


@pytest.mark.parametrize("workers", [1, 2])
def test_a_batch_under_an_officers_key(place, workers):
    make, register = place
    batch = make(workers=workers)
    assert "of officer-1" not in repr(batch)
    lines = list(batch.run())
    assert [line.status for line in lines] == ["issued"] * 6
    for line in lines:
        assert signers(register, line.document_number) == [("issue", [ME])]
    assert sound(register).documents == 6
    assert [line.status for line in make().run()] == ["done"] * 6


@pytest.mark.parametrize("workers", [1, 2])
def test_a_batch_in_anothers_name(place, tmp_path, workers):
    make, register = place
    OfficerKey.create(tmp_path / "other.key", passphrase=b"of nobody")
    for more in ({"officer_key": None}, {"officer_key": (tmp_path / "other.key", b"of nobody")}):
        with pytest.raises(KeyMaterialError, match=f"missing officer's key: officer {ME}"):
            list(make(workers=workers, **more).run())
    with pytest.raises(KeyMaterialError, match="passphrase"):
        list(make(workers=workers, officer_key=(tmp_path / "me.key", b"of nobody")).run())
    assert register.document("P00000001", officer=ME) is None


def test_every_officer_of_these_tests_has_another_key():
    assert len({key.public for key in OFFICERS.values()}) == len(OFFICERS)
