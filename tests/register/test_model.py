"""Register and a plain model side by side, through random acts: what one does, the other does; what one refuses too."""

import os
import tempfile
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.register.test_blanks import LAWFUL as BLANK_ACTS
from tests.register.test_documents import LAWFUL as DOCUMENT_ACTS
from tests.register.test_documents import REPLACED
from tests.support.register_helpers import KIND, NOW, enrol, new_register
from tjdocs.errors import RegisterError
from tjdocs.register import Keys

BLANKS = 12
FULL = os.environ.get("TJDOCS_SWEEP") == "full"
numbers = st.integers(1, BLANKS)


class Machine(RuleBasedStateMachine):
    """The model: a state for each number, as a dictionary."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{self.folder.name}/r.db"
        self.keys = Keys.generate("example.tj/register")
        self.register = new_register(url, self.keys, office="here")
        for id_, role in (("auditor", "auditor"), ("second", "officer")):
            enrol(self.register, id_, role, "here")
        self.register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
        self.blanks, self.documents, self.replaced, self.heads = {}, {}, {}, []
        self.at = NOW

    def teardown(self):
        self.register.close()
        self.folder.cleanup()

    def attempt(self, lawful, call):
        self.at += timedelta(seconds=1)
        if lawful:
            call()
            return
        with pytest.raises(RegisterError):
            call()

    @rule(first=numbers, length=st.integers(1, 4))
    def receive(self, first, length):
        span = range(first, min(first + length, BLANKS + 1))
        lawful = not any(n in self.blanks for n in span)
        text = f"P{span[0]:07d}-P{span[-1]:07d}"
        told = {"act": "a", "supplier": "s", "office": "here", "officer": "chief"}
        self.attempt(lawful, lambda: self.register.blanks.receive(text, at=self.at, **told))
        if lawful:
            self.blanks.update(dict.fromkeys(span, "received"))

    @rule(first=numbers, length=st.integers(1, 4), act=st.sampled_from(["assign", "confirm", "spoil", "lost", "stolen", "destroy"]))
    def move(self, first, length, act):
        span = range(first, min(first + length, BLANKS + 1))
        lawful = all((act, self.blanks.get(n)) in BLANK_ACTS for n in span)
        officers = ["chief", "second"] if act == "destroy" else ["chief"]
        told = {"office": "here", "to": "here", "ground": "g", "reference": "r"}
        text = f"P{span[0]:07d}-P{span[-1]:07d}"
        self.attempt(lawful, lambda: self.register.blanks.move(act, text, officers=officers, at=self.at, **told))
        if lawful:
            self.blanks.update({n: BLANK_ACTS[act, self.blanks[n]] for n in span})

    @rule(ends=st.sampled_from(["commit", "commit", "commit", "withdraw"]), old=numbers, ground=st.sampled_from(["", "", "renewal", "loss", "theft"]))
    def issue(self, ends, old, ground):
        free = sorted(n for n, state in self.blanks.items() if state == "confirmed")
        made = []
        self.attempt(bool(free), lambda: made.append(self.register.reserve(KIND, officer="chief", at=self.at)))
        if not free:
            return
        (reservation,) = made
        number = reservation.number
        assert number == f"P{free[0]:07d}"
        replaces = {"replaces": f"P{old:07d}", "ground": ground} if ground else {}
        lawful = not ground or ((ground, self.documents.get(old)) in REPLACED and old not in self.replaced)
        call = {"at": self.at, "issued": self.at.date(), "expires": date(2036, 11, 23), "files": {}, **replaces}
        if ends == "commit":
            self.attempt(lawful, lambda: reservation.commit(**call))
        if ends == "commit" and lawful:
            self.blanks[free[0]], self.documents[free[0]] = "document", "issued"
            if ground:
                self.documents[old] = REPLACED[ground, self.documents[old]]
                self.replaced[old] = number
        else:
            reservation.withdraw(at=self.at)
            self.blanks[free[0]] = "spoiled"

    @precondition(lambda self: self.documents)
    @rule(n=numbers, act=st.sampled_from(["handover", "spoil", "lost", "stolen", "revoke", "use", "destroy"]))
    def act(self, n, act):
        lawful = (act, self.documents.get(n)) in DOCUMENT_ACTS
        officers = ["chief", "second"] if act == "destroy" else ["chief"]
        call = {"officers": officers, "at": self.at + timedelta(seconds=1), "ground": "g", "reference": "r"}
        self.attempt(lawful, lambda: self.register.documents.act(act, f"P{n:07d}", **call))
        if lawful:
            self.documents[n] = DOCUMENT_ACTS[act, self.documents[n]]

    @rule()
    def sequence(self):
        self.heads.append(self.register.log.sequence())

    @invariant()
    def says_the_same(self):
        for n in range(1, BLANKS + 1):
            number, state = f"P{n:07d}", self.blanks.get(n)
            if state == "document":
                found = self.register.document(number, officer="auditor")
                assert (found.status, found.replaced_by) == (self.documents[n], self.replaced.get(n, ""))
            else:
                blank = self.register.blanks.find(number, officer="auditor")
                assert (blank and blank.state) == state

    @rule()
    def audit(self):
        found = self.register.audit(officer="auditor", heads=self.heads)
        assert (found.problems, found.undetermined) == ((), ())
        day = NOW.date()
        report = self.register.report(first=day, last=day + timedelta(days=1), officer="auditor")
        assert report.balanced
        stock = sum(state in ("received", "sent", "confirmed") for state in self.blanks.values())
        assert sum(line.closing for line in report.lines if line.day == (day + timedelta(days=1)).isoformat()) == stock


@pytest.mark.sweep
@pytest.mark.requirement("STL-3")
def test_register_and_model_side_by_side():
    from hypothesis.stateful import run_state_machine_as_test

    steps, examples = (100, 100) if FULL else (40, 25)
    profile = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    run_state_machine_as_test(Machine, settings=profile)
