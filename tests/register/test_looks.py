"""Every look into a register asks for a role, at the moment of the look; a trial register needs nobody named."""

import pytest

from tests.support.register_helpers import KIND, NOW, OFFICERS, issue, open_register, person
from tjdocs.auditlog.entry import signed_part, split_signatures
from tjdocs.border import Inspector
from tjdocs.border.checks.register_status import RegisterStatus
from tjdocs.errors import KeyMaterialError, RegisterError, UsageError
from tjdocs.register import Keys, Register
from tjdocs.register.officer_keys import verify

# how one looks, and which of the roles may (specs/register/roles.toml)
ALL = {"chief", "anna", "auditor", "gate"}
LOOKS = {
    "document": (lambda r, who: r.document("P0000001", officer=who), ALL),
    "unknown": (lambda r, who: r.document("P0000999", officer=who), ALL),
    "blank": (lambda r, who: r.blanks.find("P0000002", officer=who), ALL),
    "ranges": (lambda r, who: r.blanks.spans(officer=who), ALL),
    "history": (lambda r, who: r.documents.history("P0000001", officer=who), ALL),
    "officers": (lambda r, who: r.officers.list(officer=who), ALL),
    "holder": (lambda r, who: r.documents.holder("P0000001", officer=who), {"chief", "anna", "gate"}),
    "person": (lambda r, who: r.known(person(), officer=who), {"chief", "anna", "gate"}),
    "find": (lambda r, who: r.find("ERIKSSON", date_of_birth=person().date_of_birth, officer=who), {"chief", "anna", "gate"}),
    "find widely": (lambda r, who: r.find("ERIKSSON", given_names="ANNA", officer=who), {"chief", "anna", "gate"}),
    "proof": (lambda r, who: r.log.prove("P0000001", officer=who), {"auditor"}),
    "consistency": (lambda r, who: r.log.prove_consistency(r.log.head(), officer=who), {"auditor"}),
    "report": (lambda r, who: r.report(first=NOW.date(), last=NOW.date(), officer=who), {"chief", "auditor"}),
    "statistics": (lambda r, who: r.statistics(first=NOW.date(), last=NOW.date(), by=["sex"], officer=who), {"chief", "auditor"}),
    "audit": (lambda r, who: r.audit(officer=who), {"auditor"}),
}  # fmt: skip


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", LOOKS)
def test_who_may_look(stocked, name):
    look, allowed = LOOKS[name]
    issue(stocked)
    stocked.log.sequence()
    for who in sorted(ALL | {"nobody"}):
        if who in allowed:
            look(stocked, who)
        else:
            with pytest.raises(RegisterError, match="missing role for"):
                look(stocked, who)
    with pytest.raises(UsageError, match="nobody is named"):
        look(stocked, "")
    with pytest.raises(UsageError, match="unusable id"):
        look(stocked, "no\none")


@pytest.mark.parametrize("name", LOOKS)
def test_in_a_trial_register_nobody_need_be_named(url, name):
    keys = Keys.generate("trial.invalid/register")
    register = Register.create(url, keys=keys, officer="trial", office="trial", at=NOW, trial=True)
    register.add_series(KIND, "P{:07d}", at=NOW, last=999)
    issue(register, officer="trial", person=person())
    register.log.sequence()
    LOOKS[name][0](register, "")
    register.close()


def test_who_is_dismissed_looks_no_more(stocked):
    number = issue(stocked)
    assert stocked.document(number, officer="gate").status == "issued"
    stocked.officers.dismiss("gate", "border", officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="missing role for status"):
        stocked.document(number, officer="gate")


def test_a_border_that_nobody_answers_for(stocked):
    with pytest.raises(UsageError, match="in an officer's name") as caught:
        Inspector(register=stocked)
    assert "RegisterStatus" in caught.value.hint
    with pytest.raises(RegisterError, match="missing role for status"):
        RegisterStatus(stocked, officer="nobody")
    number = issue(stocked)
    assert RegisterStatus(stocked, officer="gate").status(number).status == "issued"


def test_a_desk_that_uses_up_a_document_signs_with_its_own_key(stocked, url, keys):
    number = issue(stocked)
    for held in ((), [OFFICERS["anna"]]):
        desk = Register(url, keys=keys, officer_keys=held)
        with pytest.raises(KeyMaterialError, match="missing officer's key: officer gate"):
            RegisterStatus(desk, officer="gate")
        desk.close()
    desk = Register(url, keys=keys, officer_keys=[OFFICERS["gate"]])
    status = RegisterStatus(desk, officer="gate")
    assert [status.use_up(number, at=NOW, point="gate-1") for _ in range(2)] == [True, False]
    body, signatures = split_signatures(desk.documents.history(number, officer="gate")[-1])
    assert verify(OFFICERS["gate"].public, signatures["gate"], signed_part(desk._context.secrets.register, body))
    assert stocked.audit(officer="auditor", heads=[]).problems == ()
    desk.close()


def test_a_number_of_a_series_made_since_is_found(stocked, url, keys):
    """What a process remembers of series is no more than a short way to a row."""
    other = open_register(url, keys)
    assert other.document(issue(stocked), officer="anna").document_type == KIND
    stocked.blanks.add_series("return-certificate", "R{:07d}", officer="chief", at=NOW)
    told = {"act": "act 9", "supplier": "printer", "office": "dushanbe", "officer": "chief", "at": NOW}
    stocked.blanks.receive("R0000001-R0000009", **told)
    stocked.blanks.move("confirm", "R0000001-R0000009", officers=["anna"], at=NOW, office="dushanbe")
    assert other.document("R0000001", officer="anna") is None
    reservation = stocked.reserve("return-certificate", officer="anna", at=NOW)
    number = reservation.number
    reservation.commit(at=NOW, issued=NOW.date(), expires=NOW.date(), files={})
    assert other.document(number, officer="anna").document_type == "return-certificate"
    other.close()


def test_a_row_that_says_another_number_is_not_taken_for_it(stocked):
    first, second = issue(stocked), issue(stocked)
    assert stocked.document(first, officer="anna").number == first  # the short way is taken from now on
    with stocked._context.store.write() as connection:
        connection.exec_driver_sql(f"UPDATE document SET number = 'P0000500' WHERE number = '{first}'")
        connection.exec_driver_sql(f"UPDATE document SET id = 7 WHERE number = '{second}'")
    assert stocked.document(first, officer="anna") is None
    assert stocked.document(second, officer="anna").status == "issued"
