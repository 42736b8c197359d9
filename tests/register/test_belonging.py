"""Under which authority a register issues: recorded once, signed, and no change to it is unseen. Both engines."""

from dataclasses import replace

import pytest

from tests.support.register_helpers import KIND, NOW, issue, open_register
from tjdocs.errors import KeyMaterialError, RegisterError
from tjdocs.register import Register
from tjdocs.register.belonging import Csca

OURS, OTHER = Csca("aa" * 32, "C=TJ, CN=specimen"), Csca("bb" * 32, "C=UT, CN=specimen")


@pytest.fixture
def tied(stocked):
    stocked.belong(OURS, officer="anna", at=NOW)
    issue(stocked)
    return stocked


def execute(register, statement):
    with register._context.store.write() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1


def problems(register):
    found = register.audit(officer="auditor", heads=[], sequence=False).problems
    return {(problem.code, problem.table, problem.row) for problem in found}


def test_once_and_for_all(tied):
    assert tied.belongs_to() == tied.belongs_to(OURS) == OURS
    tied.belong(OURS, officer="anna", at=NOW)  # nothing new to say
    tied.belong(replace(OURS, name="C=TJ, CN=renewed"), officer="anna", at=NOW)
    assert tied.belongs_to() == OURS
    for call in (lambda: tied.belongs_to(OTHER), lambda: tied.belong(OTHER, officer="anna", at=NOW)):
        with pytest.raises(RegisterError, match="register of another authority") as caught:
            call()
        assert "C=TJ, CN=specimen, key aaaaaaaaaaaaaaaa" in caught.value.hint
        assert "C=UT, CN=specimen, key bbbbbbbbbbbbbbbb" in caught.value.hint
    assert tied.audit(officer="auditor", heads=[]).problems == ()
    assert tied.belongs_to() == OURS  # under its mark of the place that it has now
    audit = tied.audit(officer="auditor", heads=[])
    assert tied.audit(officer="auditor", since=audit.head, heads=[]).problems == ()


@pytest.mark.parametrize("officer", ["auditor", "gate"])
def test_who_may_not(stocked, officer):
    with pytest.raises(RegisterError, match="missing role for issue"):
        stocked.belong(OURS, officer=officer, at=NOW)
    assert stocked.belongs_to() is None


def test_without_the_officers_key(stocked, url, keys):
    with pytest.raises(KeyMaterialError, match="missing officer's key: officer anna"):
        Register(url, keys=keys).belong(OURS, officer="anna", at=NOW)


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE setting SET value = 'bb' WHERE key = 'authority'", ("changed", "setting", "authority")),
        ("DELETE FROM setting WHERE key = 'authority'", ("changed", "setting", "authority")),
        ("DELETE FROM entry WHERE act = 'belong'", ("changed", "setting", "authority")),
        ("UPDATE entry SET act = 'other' WHERE act = 'belong'", ("unlawful", "entry", "new, id 11")),
    ],
)
def test_without_keys_nobody_changes_it_unseen(tied, statement, row):
    execute(tied, statement)
    assert row in problems(tied)
    with pytest.raises(RegisterError, match="settings were changed"):
        tied.belongs_to()
    with pytest.raises(RegisterError, match="settings were changed"):
        tied.belong(OTHER, officer="anna", at=NOW)


@pytest.mark.parametrize("sequenced", [False, True])
def test_an_entry_in_another_authoritys_name(tied, sequenced):
    if sequenced:
        tied.log.sequence()
    with tied._context.store.write() as connection:
        leaf = connection.exec_driver_sql("SELECT leaf FROM entry WHERE act = 'belong'").scalar()
        other = bytes(leaf).replace(b"a" * 64, b"b" * 64).hex()
        value = f"X'{other}'" if tied._context.store.sqlite else f"decode('{other}', 'hex')"
        connection.exec_driver_sql(f"UPDATE entry SET leaf = {value} WHERE act = 'belong'")
        connection.exec_driver_sql(f"UPDATE setting SET value = '{'b' * 64}' WHERE key = 'authority'")
    assert {table for _, table, _ in problems(tied)} >= {"entry"}
    with pytest.raises(RegisterError, match="settings were changed"):
        tied.belongs_to(OTHER)


def test_a_setting_without_an_entry(stocked):
    execute(stocked, f"INSERT INTO setting VALUES ('authority', '{'b' * 64}')")
    assert ("changed", "setting", "authority") in problems(stocked)
    with pytest.raises(RegisterError, match="settings were changed"):
        stocked.belongs_to(OTHER)


def test_forms_of_numbers(stocked):
    stocked.blanks.add_series(KIND, "Q{:07d}", officer="chief", at=NOW)
    assert stocked.blanks.patterns(KIND) == ("P{:07d}", "Q{:07d}")
    assert stocked.blanks.patterns("unknown") == ()


def test_without_the_data_key_it_has_no_id(stocked, url, keys, tmp_path):
    assert stocked.id == open_register(url, keys).id
    keyless = Register(url, keys=keys.__class__(verifier=keys.verifier or keys.log.verifier))
    with pytest.raises(RegisterError, match="missing data key"):
        keyless.id  # noqa: B018
