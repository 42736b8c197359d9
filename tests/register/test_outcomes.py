"""A clerk who has the register's keys writes entries, each signed by herself, that claim what her acts do not give.

The audit derives the outcome of an act from its life and does not believe the entry.
"""

import sqlite3

import pytest

from tests.support.register_helpers import (
    KIND,
    NOW,
    OFFICERS,
    STAMP,
    TWO,
    Clerk,
    enrol,
    issue,
    new_register,
    open_register,
    stock,
)
from tjdocs import limits
from tjdocs.auditlog import read_checkpoints
from tjdocs.auditlog.entry import add_signatures, make_leaf, split_signatures
from tjdocs.errors import InputError, RegisterError, TjdocsError, UsageError
from tjdocs.register import KeyRequest, Keys, OfficerKey, Order, Register, tables

ROWS = tables.document


@pytest.fixture
def clerk(tmp_path, keys):
    register = new_register(f"sqlite:///{tmp_path / 'register.db'}", keys)
    for id_, role, office in (("auditor", "auditor", "store"), ("second", "officer", "store"), ("anna", "clerk", "dushanbe"), ("gate", "border", "gate-1")):
        enrol(register, id_, role, office)
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(register, "P0000001-P0000100")
    yield Clerk(register)
    register.close()


def details(register, **more):
    return [problem.detail for problem in register.audit(officer="auditor", heads=[], **more).problems]


def with_acts(register, *acts):
    number = issue(register)
    for act in acts:
        who = {"handover": "anna", "use": "gate"}.get(act, "chief")
        register.act(act, number, officers=[who], at=NOW, ground="told by the holder")
    return number


def on_document(state, ground="", since=STAMP, **more):
    return {"document": {"state": state, "ground": ground, "since": since, **more}}


def row(number, **more):
    return ROWS.update().where(ROWS.c.number == number).values(**more)


# --------------------------------------------------------------------------------------------------------- documents

# what happened before; who writes which act with which outcome; what the audit says
CLAIMED = {
    "stolen-valid-by-spoil": (("handover", "stolen"), "anna", "spoil", on_document("handed-over"), "spoil is not lawful at status stolen"),
    "revoked-valid-by-spoil": (("handover", "revoke"), "anna", "spoil", on_document("handed-over"), "spoil is not lawful at status revoked"),
    "used-up-valid-by-spoil": (("handover", "use"), "anna", "spoil", on_document("handed-over"), "spoil is not lawful at status used-up"),
    "valid-by-spoil": ((), "anna", "spoil", on_document("handed-over", "torn"), "state is not what spoil makes of it"),
    "lost-valid-by-replace": (("handover", "lost"), "anna", "replace", on_document("handed-over", "loss"), "replaced by no document"),
    "lost-valid-by-replace-with-number": (
        ("handover", "lost"), "anna", "replace", on_document("handed-over", "loss", replaced_by="P0000002"), "state is not what replace makes of it"
    ),
    "revoked-by-handover": ((), "anna", "handover", on_document("revoked"), "state is not what handover makes of it"),
    "ground-by-handover": ((), "anna", "handover", on_document("handed-over", "court"), "ground is not what handover makes of it"),
    "destroyed-by-use": ((), "gate", "use", on_document("destroyed"), "state is not what use makes of it"),
    "of-another-moment": ((), "anna", "handover", on_document("handed-over", since="2020-01-01T00:00:00+00:00"), "since is not what handover makes of it"),
    "replaced-by-handover": ((), "anna", "handover", on_document("handed-over", replaced_by="P0000009"), "replaced_by is not what handover makes of it"),
    "spoiled-without-a-ground": ((), "anna", "spoil", on_document("spoiled"), "unusable text"),
    "of-blanks-too": ((), "anna", "handover", {**on_document("handed-over"), "office": "x"}, "office does not belong in such an entry"),
}  # fmt: skip


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", CLAIMED)
def test_an_act_whose_outcome_is_not_its_own(clerk, name):
    acts, who, act, more, detail = CLAIMED[name]
    number = with_acts(clerk.register, *acts)
    clerk.forge(act, number, [who], more, row(number, **more["document"]), **{who: OFFICERS[who]})
    assert detail in details(clerk.register)


def test_a_replacement_without_its_new_document(clerk):
    number = with_acts(clerk.register, "handover", "lost")
    more = on_document("lost", "loss", replaced_by="P0000077")
    clerk.forge("replace", number, ["anna"], more, row(number, **more["document"]), anna=OFFICERS["anna"])
    assert details(clerk.register) == ["replaced by P0000077, which was not issued in its place"]


def test_a_document_that_was_replaced_before(clerk):
    number = with_acts(clerk.register, "handover", "lost")
    new = issue(clerk.register, replaces=number, ground="loss")
    more = on_document("lost", "loss", replaced_by="P0000077")
    clerk.forge("replace", number, ["anna"], more, row(number, **more["document"]), anna=OFFICERS["anna"])
    assert "loss is not a ground at status lost" in details(clerk.register)
    assert new == "P0000002"


def test_what_officers_did_before_a_crash_was_resumed_stays(clerk, tmp_path):
    """The library spoils what nobody acted on; a handed-over document is not revoked in that way."""
    register = clerk.register
    reservation = register.reserve(KIND, officer="anna", at=NOW, out=tmp_path / "out")
    number = reservation.number
    reservation.commit(at=NOW, issued=NOW.date(), expires=NOW.date(), files={}, written={"a": "00" * 32})
    register.act("handover", number, officers=["anna"], at=NOW)
    register._issuing._held.clear()
    assert [one.done for one in register.resume(officer="chief", at=NOW)] == ["kept"]
    assert register.document(number, officer="gate").status == "handed-over"
    assert register.audit(officer="auditor").sound


# ------------------------------------------------------------------------------------------------------------ blanks

BLANKS = {
    "more-than-the-subject": ("P0000001", 1, 100, {"ground": "torn"}, "its blanks are P0000001-P0000100"),
    "others-than-the-subject": ("P0000002", 1, 1, {"ground": "torn"}, "its blanks are P0000001"),
    "sent-by-spoil": ("P0000001", 1, 1, {"ground": "torn", "to": "x"}, "spoil needs ground, and nothing else"),
    "without-a-ground": ("P0000001", 1, 1, {}, "spoil needs ground, and nothing else"),
}


@pytest.mark.parametrize("office", ["a b", "x" * 65])
def test_an_office_that_is_none(clerk, office):
    with pytest.raises(UsageError, match="unusable id"):
        clerk.register.act("assign", "P0000001", officers=["chief"], at=NOW, to=office)
    sent_to_khujand(clerk.register)
    leaf = Clerk(clerk.register).last(act="assign", subject="P0000201-P0000300")
    body, _ = split_signatures(bytes(leaf.leaf))
    changed = body.replace(b'"to":"khujand"', b'"to":"%b"' % office.encode())
    clerk.change(leaf.id, clerk.sign(changed, chief=OFFICERS["chief"]))
    assert "unusable id" in details(clerk.register)


@pytest.mark.parametrize("name", BLANKS)
def test_an_act_on_blanks_other_than_it_says(clerk, name):
    subject, first, last, told, detail = BLANKS[name]
    more = {"blanks": {"series": 1, "first": first, "last": last}, "told": told}
    clerk.forge("spoil", subject, ["anna"], more, anna=OFFICERS["anna"])
    assert detail in details(clerk.register)


def test_the_subject_is_compared_in_new_entries_too(clerk):
    head = clerk.register.log.sequence()
    more = {"blanks": {"series": 1, "first": 1, "last": 100}, "told": {"ground": "torn"}}
    clerk.forge("spoil", "P0000001", ["anna"], more, anna=OFFICERS["anna"])
    assert details(clerk.register, since=head) == ["its blanks are P0000001-P0000100"]


def test_a_series_declared_once_more_with_other_numbers(clerk):
    more = {"series": 1, "document_type": KIND}
    change = tables.series.update().values(pattern="Q{:07d}")
    clerk.forge("series", "Q{:07d}", ["chief"], more, change, chief=OFFICERS["chief"])
    assert "a series whose numbers are another's" in details(clerk.register)


def sent_to_khujand(register):
    register.blanks.receive("P0000201-P0000300", act="a", supplier="p", office="store", officer="chief", at=NOW)
    register.act("assign", "P0000201-P0000300", officers=["chief"], at=NOW, to="khujand")


def test_a_clerk_confirms_at_her_own_office_only(clerk):
    sent_to_khujand(clerk.register)
    with pytest.raises(RegisterError, match="another office"):
        clerk.register.act("confirm", "P0000201-P0000300", officers=["anna"], at=NOW, office="khujand")
    more = {"blanks": {"series": 1, "first": 201, "last": 300}, "told": {"office": "khujand"}}
    free = tables.blank
    change = free.update().where(free.c.first == 201).values(state="confirmed", office="khujand", destination="")
    clerk.forge("confirm", "P0000201-P0000300", ["anna"], more, change, anna=OFFICERS["anna"])
    assert details(clerk.register) == ["anna is of another office"]


def test_a_supervisor_confirms_at_each_office(clerk):
    sent_to_khujand(clerk.register)
    clerk.register.act("confirm", "P0000201-P0000300", officers=["chief"], at=NOW, office="khujand")
    assert clerk.register.audit(officer="auditor", heads=[]).sound


def test_a_reservation_of_an_officer_who_moved_since(clerk):
    reservation = clerk.register.reserve(KIND, officer="anna", at=NOW)
    clerk.register.officers.dismiss("anna", "clerk", officer="chief", at=NOW)
    enrol(clerk.register, "anna", "clerk", "khujand", key=(moved := OfficerKey.generate()))
    with pytest.raises((RegisterError, TjdocsError)):
        reservation.commit(at=NOW, issued=NOW.date(), expires=NOW.date(), files={})
    again = Register(str(clerk.register._context.store.engine.url), keys=clerk.register._context.keys, officer_keys=[moved])
    again._issuing._held.update(clerk.register._issuing._held)
    reservation._issuing = again._issuing
    with pytest.raises(RegisterError, match="another office"):
        reservation.commit(at=NOW, issued=NOW.date(), expires=NOW.date(), files={})


# ------------------------------------------------------------------------------------------------------------ issues

NOT_ITS_NUMBER = "another number than its blank has"
UNWRITTEN = "an issue with values that the register does not write"
ISSUED = {
    "a-number-never-received": (("P0555555", 1), {}, NOT_ITS_NUMBER),
    "a-number-of-no-series": (("X0000001", 1), {}, NOT_ITS_NUMBER),
    "officers-in-the-number": (('P0000001","officers":["anna"],"z":"', 1, "chief"), {"signer": "anna"}, NOT_ITS_NUMBER),
    "officers-in-the-category": (("P0000001", 1), {"category": 'A","replaces":"'}, UNWRITTEN),
    "a-category-that-is-none": (("P0000001", 1), {"category": "a b"}, UNWRITTEN),
    "no-day": (("P0000001", 1), {"issued": "2099-13-45", "expires": "2100-01-01"}, UNWRITTEN),
    "a-day-in-another-form": (("P0000001", 1), {"expires": "20361123"}, UNWRITTEN),
    "expired-before": (("P0000001", 1), {"expires": "2026-11-23"}, UNWRITTEN),
    "of-another-day": (("P0000001", 1), {"issued": "2026-11-22"}, UNWRITTEN),
    "of-a-day-to-come": (("P0000001", 1), {"issued": "2026-11-26"}, UNWRITTEN),
    "in-place-of-nobodys": (("P0000001", 1), {"replaces": "P0000099"}, "in place of P0000099, which was not replaced by it"),
    "a-ground-alone": (("P0000001", 1), {"ground": "loss"}, "in place of none, which was not replaced by it"),
}  # fmt: skip


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("name", ISSUED)
def test_an_issue_that_the_register_would_not_write(clerk, name, after):
    """Also after lawful ones with the same values, which an audit does not judge again."""
    (number, blank, *officer), more, detail = ISSUED[name]
    if after:
        clerk.issue("P0000001", 1)
        number, blank = number.replace("0001", "0002"), 2
    clerk.issue(number, blank, *officer, **more)
    assert detail in details(clerk.register)


def test_an_issue_with_files_that_are_no_digests(clerk):
    """Row and entry agree, and say a name twice."""
    clerk.issue("P0000001", 1)
    twice = '{{"DG1":"{}","DG1":"{}"}}'.format("00" * 32, "11" * 32)
    clerk.issue("P0000002", 2, listed=twice)
    assert "not readable" in details(clerk.register)


def test_an_issue_as_the_register_writes_it(clerk):
    """The helper of these tests is sound but for what each changes."""
    clerk.issue("P0000001", 1)
    assert details(clerk.register) == []


def test_a_clerk_issues_from_her_own_office_only(clerk):
    sent_to_khujand(clerk.register)
    clerk.register.act("confirm", "P0000201-P0000300", officers=["chief"], at=NOW, office="khujand")
    clerk.issue("P0000201", 201, office="khujand")
    assert details(clerk.register) == ["anna is of another office"]


def test_a_document_acted_on_before_it_was_issued(clerk):
    clerk.forge("handover", "P0000001", ["anna"], on_document("handed-over"), anna=OFFICERS["anna"])
    clerk.issue("P0000001", 1)
    clerk.put("x", "x", b"{}", row("P0000001", state="handed-over"))
    assert "acted on before it was issued" in details(clerk.register)


def test_an_issue_is_dated_with_the_day_of_its_moment(clerk):
    reservation = clerk.register.reserve(KIND, officer="anna", at=NOW)
    with pytest.raises(TjdocsError, match="another day"):
        reservation.commit(at=NOW, issued=NOW.date().replace(year=2025), expires=NOW.date(), files={})


# ------------------------------------------------------------------------- forms and values that no register writes

MOMENTS = (
    "2026-11-24T12:00:00Z", "20261124T120000+0000", "2026-11-24 12:00:00+00:00", "2026-11-24T12:00+00:00",
    "2026-11-24T12:00:00.5+00:00", "2026-W48-2T12:00:00+00:00",
)  # fmt: skip


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_in_another_form(clerk, moment):
    """Row and entry agree. Texts of one form are compared as moments, and a day is found by them."""
    number = with_acts(clerk.register)
    more = on_document("handed-over", since=moment)
    clerk.forge("handover", number, ["anna"], more, row(number, **more["document"]), at=moment, anna=OFFICERS["anna"])
    assert "not readable" in details(clerk.register)


def supervisor(id_, role, office, **more):
    """Return an enrolment of somebody with a key, and its row."""
    shown = {"fingerprint": OFFICERS[id_].fingerprint}
    return "enrol", id_, {"role": role, "office": office, **shown, **more}, tables.officer.insert().values(id=id_, role=role, office=office)


def decision(**more):
    """Return a decision, and its row."""
    said = {
        "kind": "citizenship", "outcome": "citizen", "day": "2026-11-24", "document_type": "", "officer": "chief", "act": "o 1",
        "citizenship": "TJK", "sex": "F", "category": "", "office": "store", **more,
    }  # fmt: skip
    id_ = said.pop("id", "decision/0123456789abcdef")
    return "decide", id_, {"decision": {**said, "person": ""}}, tables.decision.insert().values(id=id_, **said)


def declared(document_type, **more):
    """Return a series, and its row."""
    values = {"series": 7, "document_type": document_type}
    row = tables.series.insert().values(id=7, document_type=document_type, pattern="Q{:07d}")
    return "series", "Q{:07d}", {**values, **more}, row


# what a supervisor writes, who may do each of these acts; what the audit says
UNWRITTEN_VALUES = {
    "a-second-office": (supervisor("chief", "clerk", "dushanbe"), "the officer has another office"),
    "a-clerks-second-office": (supervisor("anna", "border", "gate-1"), "the officer has another office"),
    "a-role-that-is-none": (supervisor("chief", "minister", "store"), "unknown role"),
    "an-office-that-is-none": (supervisor("chief", "clerk", "a b"), "unusable id"),
    "an-enrolment-with-more": (supervisor("chief", "clerk", "store", reason="x"), "reason does not belong in such an entry"),
    "a-decision-of-no-day": (decision(day="20261124"), "not the form of a day"),
    "a-decision-of-a-week": (decision(day="2026-W48-2"), "not the form of a day"),
    "a-decision-with-no-sex": (decision(sex="4"), "not a code"),
    "a-decision-with-no-state": (decision(citizenship="tajik"), "not a code"),
    "a-decision-without-its-act": (decision(act=""), "unusable text"),
    "a-decision-with-a-control": (decision(act="o\x1b[1m"), "unusable text"),
    "a-decision-of-no-type": (decision(document_type="a b"), "unusable id"),
    "a-decision-of-no-category": (decision(category="a b"), "unusable id"),
    "a-decision-of-no-office": (decision(office="a b"), "unusable id"),
    "a-decision-of-no-id": (decision(id="a b"), "unusable id"),
    "a-series-of-no-type": (declared("a b"), "unusable id"),
    "a-series-with-more": (declared(KIND, reason="x"), "reason does not belong in such an entry"),
}  # fmt: skip


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", UNWRITTEN_VALUES)
def test_values_that_the_register_does_not_write(clerk, name):
    (act, subject, more, change), detail = UNWRITTEN_VALUES[name]
    clerk.forge(act, subject, ["chief"], more, change, chief=OFFICERS["chief"])
    assert detail in details(clerk.register)


@pytest.mark.parametrize("entry", [supervisor("chief", "clerk", "store"), decision(), declared(KIND)], ids=["enrol", "decide", "series"])
def test_the_same_as_the_register_writes_it(clerk, entry):
    act, subject, more, change = entry
    clerk.forge(act, subject, ["chief"], more, change, chief=OFFICERS["chief"])
    assert details(clerk.register) == []


# -------------------------------------------------------------------------------------------- entries used once more


def demoted(register):
    """Enrol bob as a supervisor and take the role back; return the entry that gave it."""
    enrol(register, "bob", "clerk", "store")
    register.officers.enrol("bob", "officer", office="store", officer=TWO, at=NOW)
    leaf = Clerk(register).last(subject="bob").leaf
    register.officers.dismiss("bob", "officer", officer=TWO, at=NOW)
    return bytes(leaf)


def signed_again(leaf):
    """Return an entry with another signature in the place of a valid one."""
    body, signatures = split_signatures(leaf)
    return add_signatures(body, {**signatures, "second": bytes(64)})


def repeated(leaf):
    """Return an entry with its first signature twice."""
    first = leaf[leaf.rindex(b'{"chief":"') + 1 : leaf.rindex(b',"second":"')]
    return leaf[:-2] + b"," + first + b"}}"


@pytest.mark.parametrize("make", [repeated, signed_again])
@pytest.mark.parametrize("since", [False, True])
def test_a_kept_entry_with_other_signatures(stocked, make, since):
    """It has other bytes and is the same entry; nobody signs twice in one."""
    leaf = demoted(stocked)
    head = stocked.log.sequence()
    again = tables.officer.insert().values(id="bob", role="officer", office="store")
    Clerk(stocked).put("enrol", "bob", make(leaf), again)
    with pytest.raises(RegisterError, match="twice"):
        stocked.log.sequence()
    found = stocked.audit(officer="auditor", heads=[], **({"since": head} if since else {}))
    said = "it is there twice" if since else "the same entry twice" if make is signed_again else "not readable"
    assert any(one.table == "entry" and said in one.detail for one in found.problems)


def test_an_entry_whose_signature_is_there_twice_is_not_readable(clerk):
    body = make_leaf("rewrap", "0000", STAMP, ["chief"], {}, nonce="00")
    leaf = clerk.sign(body, chief=OFFICERS["chief"])
    clerk.put("rewrap", "0000", leaf[:-2] + b"," + leaf[leaf.rindex(b'"chief":'):])
    assert details(clerk.register) == ["not readable"]


class Token:
    """A key that a second time makes another signature, as some tokens do."""

    def __init__(self, key):
        self.key, self.public = key, key.public

    def sign(self, data):
        return self.key.sign(data)


def test_an_order_is_done_once_whatever_its_signatures(stocked, monkeypatch):
    """A key can sign the same bytes in many ways; the order is known by its body."""
    enrol(stocked, "bob", "clerk", "store")
    url, own = stocked._context.store.url.render_as_string(hide_password=False), stocked._context.keys
    order = Register(url, keys=own, officer_keys=[OFFICERS["chief"]]).draft(
        lambda one: one.officers.enrol("bob", "officer", office="store", officer=TWO, at=NOW)
    )
    second = Register(url, keys=own, officer_keys=[Token(OFFICERS["second"])])
    second.countersign(Order.parse(order.text))
    stocked.officers.dismiss("bob", "officer", officer=TWO, at=NOW)
    monkeypatch.setattr("tjdocs.register.officer_signatures.verify", lambda *arguments: True)
    monkeypatch.setattr(Token, "sign", lambda self, data: bytes(64))
    with pytest.raises(RegisterError, match="already done"):
        second.countersign(Order.parse(order.text))


# ------------------------------------------------------------------------------------------------ decisions, officers

SAID = {
    "kind": "citizenship", "outcome": "citizen", "day": "2026-11-24", "document_type": "", "officer": "second", "act": "o 1",
    "citizenship": "TJK", "sex": "F", "category": "", "office": "store", "person": "",
}  # fmt: skip
DECIDED = {
    "another-officer": ({**SAID, "officer": "chief"}, "another officer than the one who signs"),
    "no-columns": ({"person": ""}, "a decision without its columns, or with others"),
    "a-column-of-its-own": ({**SAID, "foo": "x"}, "a decision without its columns, or with others"),
    "no-such-outcome": ({**SAID, "outcome": "in-time"}, "unknown decision"),
    "a-day-to-come": ({**SAID, "day": "2027-01-01"}, "a decision of a day to come"),
    "no-day": ({**SAID, "day": "2027-13-01"}, "not readable"),
}


@pytest.mark.parametrize("name", DECIDED)
def test_a_decision_that_the_register_would_not_write(clerk, name):
    said, detail = DECIDED[name]
    columns = {key: value for key, value in {**SAID, **said}.items() if key not in ("person", "foo")}
    change = tables.decision.insert().values(id="decision/1", **columns)
    clerk.forge("decide", "decision/1", ["second"], {"decision": said}, change, second=OFFICERS["second"])
    assert detail in details(clerk.register)


@pytest.mark.parametrize("since", [False, True])
def test_a_decision_written_over_anothers(clerk, since):
    id_ = clerk.register.decisions.record("citizenship", "citizen", day=NOW.date(), act="o 5", officer="chief", at=NOW)
    head = clerk.register.log.sequence()
    said = {**SAID, "outcome": "not-citizen"}
    change = tables.decision.update().values(**{key: value for key, value in said.items() if key != "person"})
    clerk.forge("decide", id_, ["second"], {"decision": said}, change, second=OFFICERS["second"])
    found = details(clerk.register, **({"since": head} if since else {}))
    assert (f"decide {id_}: it is there twice" if since else "decided before under this id") in found


def test_a_decision_with_a_column_of_its_own_hides_no_trigger(clerk):
    """The intruder has no key: the entry bears no mark, and all else is read and named."""
    register = clerk.register
    leaf = make_leaf("decide", "decision/3", STAMP, ["chief"], {"decision": {"foo": "x"}}, nonce="1")
    with register._context.store.write() as connection:
        connection.execute(tables.entry.insert().values(act="decide", subject="decision/3", leaf=leaf, mac=b"x" * 32))
        columns = {key: value for key, value in SAID.items() if key != "person"}
        connection.execute(tables.decision.insert().values(id="decision/3", **columns))
        connection.exec_driver_sql("CREATE TRIGGER t AFTER UPDATE ON document BEGIN UPDATE document SET state='handed-over'; END")
    found = register.audit(officer="auditor", heads=[])
    assert {("trigger", "t"), ("decision", "decision/3")} <= {(one.table, one.row) for one in found.problems}
    assert "the rest was not read" not in found.undetermined


def test_a_role_is_granted_to_the_key_that_was_signed_for(clerk):
    """One of the two who sign cannot replace the key between them."""
    register = clerk.register
    enrol(register, "bob", "clerk", "store")
    order = register.draft(lambda one: one.officers.enrol("bob", "officer", office="store", officer=TWO, at=NOW))
    assert order.entry["fingerprint"] == OFFICERS["bob"].fingerprint
    evil = OfficerKey.generate()
    register.officers.new_key("bob", key=KeyRequest.of("bob", evil), officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="differs from the order"):
        register.countersign(Order.parse(order.text))
    signed = {name: OFFICERS[name] for name in TWO}
    change = tables.officer.insert().values(id="bob", role="officer", office="store")
    clerk.put("enrol", "bob", clerk.sign(order.body, **signed), change)
    assert "signed for another key than the officer has" in details(register)


# ------------------------------------------------------------------------------------------------- texts, files, keys

HALF = "P\udcff"
TEXTS = {
    "document": lambda one: one.document(HALF, officer="chief"),
    "act": lambda one: one.act("spoil", HALF, officers=["chief"], at=NOW, ground="torn"),
    "prove": lambda one: one.log.prove(HALF, officer="auditor"),
    "history": lambda one: one.documents.history(HALF, officer="chief"),
    "holder": lambda one: one.documents.holder(HALF, officer="chief"),
    "replaceable": lambda one: one.replaceable(HALF, KIND, ground="loss", at=NOW, officer="chief"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_with_half_a_character_is_refused_by_name(register, name):
    register.log.sequence()
    with pytest.raises(TjdocsError):
        TEXTS[name](register)


def test_a_register_is_not_made_again_with_its_keys(tmp_path):
    path, own = tmp_path / "register.db", Keys.create(tmp_path / "keys", name="example.tj/register")
    new_register(f"sqlite:///{path}", own).close()
    for file in tmp_path.glob("register.db*"):
        file.unlink()
    for again in (own, Keys.open(tmp_path / "keys")):
        with pytest.raises(RegisterError, match="made before"):
            new_register(f"sqlite:///{path}", again)


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("key.lookup", "x", "setting key.lookup"), ("key.mac", "00", "setting key.mac"), ("trial", "x", "setting trial"),
        ("origin", "other.tj/register", "setting origin"),
    ],
)
def test_a_setting_without_which_nothing_opens_is_named(clerk, key, value, named):
    register = clerk.register
    database = sqlite3.connect(register._context.store.path)
    database.execute("UPDATE setting SET value = ? WHERE key = ?", (value, key))
    database.commit()
    database.close()
    with pytest.raises(RegisterError, match=named):
        open_register(f"sqlite:///{register._context.store.path}", register._context.keys)


def test_a_problem_shows_no_number(clerk):
    number = with_acts(clerk.register)
    with clerk.register._context.store.write() as connection:
        connection.execute(row(number, expires="2046-11-23"))
    found = clerk.register.audit(officer="auditor", heads=[])
    assert number in {one.row for one in found.problems}
    assert number not in repr(found)


@pytest.mark.parametrize("path", ["/dev/full", "/dev/zero"])
def test_heads_without_end_are_not_read(path):
    with pytest.raises(InputError, match="not heads of a log"):
        read_checkpoints(path)


def test_a_file_of_heads_over_the_limit(tmp_path, monkeypatch):
    (tmp_path / "heads").write_text('{"schema": 1, "head": "a"}\n' * 9)
    assert len(read_checkpoints(tmp_path / "heads")) == 9
    monkeypatch.setattr(limits, "HEADS", 100)
    with pytest.raises(InputError, match="too many"):
        read_checkpoints(tmp_path / "heads")
