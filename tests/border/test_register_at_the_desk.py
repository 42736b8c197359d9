"""Our own documents at a desk that asks the real register: each state, and a single use that two desks ask for at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.support import builders as b
from tjdocs.border import Evidence, Inspector
from tjdocs.border.checks.register_status import RegisterStatus
from tjdocs.documents import example
from tjdocs.errors import RegisterError
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register

RETURN, PASSPORT = "return-certificate", "external-passport"
ACTS = {
    "lost": [("handover", ""), ("lost", "reported")],
    "stolen": [("stolen", "reported")],
    "revoked": [("revoke", "citizenship lost")],
    "spoiled": [("spoil", "smudged")],
}


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'register.db'}"


@pytest.fixture
def office(tmp_path, url):
    return Office(Authority.create(tmp_path / "authority", at=b.AT - timedelta(days=1)), Register(url))


def desk(office, url, **more):
    authority = office._authority
    trust = TrustStore.of([authority.csca], authority.certificates().values())
    return Inspector(trust=trust, register=Register(url), **more)


def shown(issued):
    return Evidence(mrz=issued.mrz, chip=issued.chip or None, seal=issued.seal or None, direction="entry")


def status(verdict):
    (found,) = (f for f in verdict.findings if f.check == "register.status")
    return str(found.outcome), found.reason


@pytest.mark.requirement("RET-2")
def test_two_desks_ask_for_one_journey(office, url):
    """Each with a register of its own, in the same moment: one admits."""
    issued = office.issue(example(RETURN, at=b.AT), at=b.AT, page=False)
    desks = [desk(office, url) for _ in range(4)]
    assert desks[0].inspect(shown(issued), at=b.AT, dry_run=True).decision == "admit"  # judges only
    with ThreadPoolExecutor(len(desks)) as pool:
        verdicts = list(pool.map(lambda one: one.inspect(shown(issued), at=b.AT), desks))
    assert sorted(str(verdict.decision) for verdict in verdicts) == ["admit", "refuse", "refuse", "refuse"]
    assert {status(verdict) for verdict in verdicts} == {("passed", ""), ("failed", "used-up")}
    register = Register(url)
    assert register.document(issued.document_number).status == "used-up"
    assert sum(b'"use"' in entry for entry in register.documents.history(issued.document_number)) == 1
    assert register.audit(heads=[]).sound


@pytest.mark.parametrize("state", ACTS)
@pytest.mark.requirement("BOR-1")
def test_what_the_register_knows_of_a_passport(office, url, state):
    issued = office.issue(example(PASSPORT, at=b.AT), at=b.AT, page=False)
    inspector, register = desk(office, url), Register(url)
    assert inspector.inspect(shown(issued), at=b.AT).decision == "admit"
    for act, ground in ACTS[state]:
        register.act(act, issued.document_number, officers=["trial"], at=b.AT, ground=ground)
    verdict = inspector.inspect(shown(issued), at=b.AT)
    assert (verdict.decision, status(verdict)) == ("refuse", ("failed", "not-issued" if state == "spoiled" else state))


def test_a_number_that_the_register_never_issued(office, url, tmp_path):
    authority = Authority.create(tmp_path / "other", at=b.AT - timedelta(days=1))
    other = Office(authority, Register(f"sqlite:///{tmp_path / 'other.db'}"))
    issued = other.issue(example(PASSPORT, at=b.AT), at=b.AT, page=False)
    assert status(desk(office, url).inspect(shown(issued), at=b.AT)) == ("failed", "unknown-number")


def test_a_replaced_passport_is_refused(office, url):
    application = example(PASSPORT, at=b.AT)
    old = office.issue(application, at=b.AT, page=False)
    Register(url).act("handover", old.document_number, officers=["trial"], at=b.AT)
    new = office.issue(application, at=b.AT, page=False, replaces=old.document_number, ground="damage")
    verdicts = [desk(office, url).inspect(shown(one), at=b.AT) for one in (old, new)]
    assert [(str(v.decision), status(v)) for v in verdicts] == [("refuse", ("failed", "replaced")), ("admit", ("passed", ""))]


def test_an_officer_who_may_not_use_up(office, url, monkeypatch):
    """The register refuses: the traveller is not admitted on a certificate that stays unused."""
    issued = office.issue(example(RETURN, at=b.AT), at=b.AT, page=False)
    inspector = desk(office, url)

    def refuse(self, *arguments, **more):
        raise RegisterError("missing role")

    monkeypatch.setattr(Register, "act", refuse)
    verdict = inspector.inspect(shown(issued), at=b.AT)
    assert verdict.decision == "refer"
    monkeypatch.undo()
    with pytest.raises(RegisterError):
        RegisterStatus(Register(url)).use_up("TU9999999", at=b.AT, point="")
