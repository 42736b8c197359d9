"""One authority, one register: no two documents of one CSCA have one number."""

import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.support.offices import production
from tjdocs.documents import example
from tjdocs.errors import InputError, RegisterError, UsageError
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Register
from tjdocs.register.belonging import Csca

KIND = "external-passport"


@pytest.fixture
def authorities(tmp_path, now):
    return [Authority.create(tmp_path / name / "authority", at=now) for name in ("one", "two")]


def register_at(folder):
    return Register(f"sqlite:///{folder}/register.db")


def issue(authority, register, now, kind=KIND, **more):
    return Office(authority, register, **more).issue(example(kind, at=now), at=now, page=False).document_number


def csca(authority):
    return Csca(authority.csca.key_digest, authority.csca.subject_text)


def test_a_register_belongs_to_its_first_authority(authorities, tmp_path, now):
    one, two = authorities
    register = register_at(tmp_path)
    assert register.belongs_to() is None
    assert issue(one, register, now) == "T00000001"
    assert register.belongs_to() == csca(one)
    with pytest.raises(RegisterError, match="register of another authority") as caught:
        issue(two, register, now)
    assert f"key {one.csca.key_digest[:16]}" in caught.value.hint
    assert register.document("T00000002") is None
    assert not (two.folder / "registers.json").exists()
    assert issue(one, register_at(tmp_path), now) == "T00000002"
    with pytest.raises(RegisterError, match="another authority"):
        register.belong(csca(two), officer="trial", at=now)
    audit = register.audit(heads=[])
    assert (audit.problems, audit.undetermined) == ((), ())


def test_an_authority_has_one_register_for_a_series(authorities, tmp_path, now):
    """A second one would issue T00000001 again."""
    one, _ = authorities
    issue(one, register_at(tmp_path), now)
    other = register_at(tmp_path / "two")
    with pytest.raises(RegisterError, match="numbers of another register") as caught:
        issue(one, other, now)
    assert caught.value.where == "T{:08d}"
    assert f"sqlite:///{tmp_path}/register.db" in caught.value.hint
    assert (other.belongs_to(), other.document("T00000001")) == (None, None)


def test_registers_of_other_numbers_share_an_authority(authorities, tmp_path, now):
    one, _ = authorities
    issue(one, register_at(tmp_path), now)
    other = register_at(tmp_path / "two")
    assert issue(one, other, now, "return-certificate").endswith("1")
    with pytest.raises(RegisterError, match="numbers of another register"):
        issue(one, register_at(tmp_path), now, "return-certificate")
    assert len(json.loads((one.folder / "registers.json").read_bytes())["registers"]) == 2


def test_forms_that_share_numbers_are_one_series(authorities, tmp_path, now):
    one, _ = authorities
    issue(one, register_at(tmp_path), now)
    other = register_at(tmp_path / "two")
    other.add_series(KIND, "T0{:07d}", last=99, at=now)
    with pytest.raises(RegisterError, match="numbers of another register"):
        issue(one, other, now)


def test_a_copy_is_the_same_register(authorities, tmp_path, now):
    one, _ = authorities
    register = register_at(tmp_path)
    issue(one, register, now)
    register.close()
    (tmp_path / "moved").mkdir()
    for name in ("register.db", "register.db-keys"):
        shutil.move(tmp_path / name, tmp_path / "moved" / name)
    assert issue(one, register_at(tmp_path / "moved"), now) == "T00000002"


def test_an_officer_without_the_role_ties_nothing(authorities, tmp_path, now):
    one, _ = authorities
    register = production(tmp_path, now, KIND, "P00000001-P00000009")
    with pytest.raises(RegisterError, match="missing role for issue"):
        register.belong(csca(one), officer="officer-2", at=now)
    assert register.belongs_to() is None
    assert issue(one, register, now, officer="officer-1") == "P00000001"
    with pytest.raises(UsageError, match="unusable text"):
        register.belong(Csca("00" * 32, ""), officer="officer-1", at=now)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2, "registers": []}', '{"schema": 1, "registers": [{}]}', "[" * 100_000])
def test_an_unreadable_record_is_no_empty_one(authorities, tmp_path, now, text):
    one, _ = authorities
    (one.folder / "registers.json").write_text(text)
    register = register_at(tmp_path)
    with pytest.raises(InputError, match="unreadable record of registers"):
        issue(one, register, now)
    assert (register.belongs_to(), register.document("T00000001")) == (None, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE setting SET value = '{two}' WHERE key = 'authority'",
        "DELETE FROM setting WHERE key = 'authority'",
        "DELETE FROM entry WHERE act = 'belong'",
        "UPDATE entry SET leaf = CAST(REPLACE(leaf, '{one}', '{two}') AS BLOB) WHERE act = 'belong'",
        "UPDATE entry SET subject = 'x' WHERE act = 'belong'",
    ],
)
@pytest.mark.parametrize("sequenced", [False, True])
def test_who_writes_to_the_database_unties_nothing_unseen(authorities, tmp_path, now, statement, sequenced):
    one, two = authorities
    register = register_at(tmp_path)
    issue(one, register, now)
    if sequenced:
        register.log.sequence()
    names = {"one": one.csca.key_digest, "two": two.csca.key_digest}
    with sqlite3.connect(tmp_path / "register.db") as database:
        assert database.execute(statement.format(**names)).rowcount == 1
    for authority in authorities:
        with pytest.raises(RegisterError, match="settings were changed"):
            issue(authority, register, now)
    assert register.audit(heads=[], sequence=False).problems


def test_both_changed_alike_is_seen_too(authorities, tmp_path, now):
    one, two = authorities
    register = register_at(tmp_path)
    issue(one, register, now)
    with sqlite3.connect(tmp_path / "register.db") as database:
        database.execute("UPDATE setting SET value = ? WHERE key = 'authority'", (two.csca.key_digest,))
        change = "UPDATE entry SET leaf = CAST(REPLACE(leaf, ?, ?) AS BLOB) WHERE act = 'belong'"
        database.execute(change, (one.csca.key_digest, two.csca.key_digest))
    with pytest.raises(RegisterError, match="settings were changed"):
        issue(two, register, now)
    assert ("inserted", "entry") in {(p.code, p.table) for p in register.audit(heads=[], sequence=False).problems}


def test_a_second_tie_is_unlawful(authorities, tmp_path, now):
    """Who has the register's keys, and no right to it."""
    one, two = authorities
    register = register_at(tmp_path)
    issue(one, register, now)
    context, head = register._context, register.audit(heads=[]).head
    with context.store.write() as connection:
        by = context.access.require_role(connection, "issue", ("trial",))
        said = {"key": two.csca.key_digest, "name": "other"}
        context.record(connection, "belong", "trial.invalid/register", now.isoformat(), by, csca=said)
    for since in ("", head):
        problems = register.audit(heads=[], since=since).problems
        assert [(p.code, p.detail) for p in problems] == [("unlawful", "the register belongs to an authority")]


@pytest.mark.parametrize("step", ["tjdocs.office.output_folder.os.replace", "tjdocs.register.Register.belong"])
def test_killed_between_the_two_records(authorities, tmp_path, now, monkeypatch, step):
    """What was recorded on one side is completed by the next issue."""
    one, two = authorities
    register = register_at(tmp_path)
    office = Office(one, register)
    pid = os.fork()
    if pid == 0:
        try:
            monkeypatch.setattr(step, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
            office.issue(example(KIND, at=now), at=now, page=False)
        finally:
            os._exit(3)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert (register.belongs_to(), register.resume(officer="trial", at=now)) == (None, [])
    assert issue(one, register, now) == "T00000001"
    with pytest.raises(RegisterError, match="another authority"):
        issue(two, register, now)


def _race(folder, name, at):
    authority, register = Authority.open(folder / "one" / "authority"), register_at(folder / name)
    try:
        return issue(authority, register, at)
    except RegisterError as error:
        return error.message


@pytest.mark.parametrize("names", [("a", "b"), ("a", "a")])
def test_two_processes_begin_at_once(authorities, tmp_path, now, names):
    for name in set(names):
        (tmp_path / name).mkdir()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = sorted(future.result() for future in [pool.submit(_race, tmp_path, name, now) for name in names])
    assert done == ["T00000001", "numbers of another register" if len(set(names)) == 2 else "T00000002"]
