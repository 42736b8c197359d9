"""What two officers sign at two desks: one drafts, the other countersigns, and their keys never meet."""

import json

import pytest

from tests.support.register_helpers import NOW, OFFICERS, TWO, enrol, issue, open_register, request
from tjdocs.auditlog.entry import encode_base64, make_leaf, split_signatures
from tjdocs.errors import InputError, KeyMaterialError, RegisterError, UsageError
from tjdocs.register import OfficerKey, Order, Register, tables


@pytest.fixture
def desks(stocked, url, keys):
    """Two desks, each with the key of its officer alone; a third with a clerk's."""
    made = [Register(url, keys=keys, officer_keys=[OFFICERS[name]]) for name in ("chief", "second", "anna")]
    yield made
    for one in made:
        one.close()


def destroying(numbers, officers=TWO):
    return lambda one: one.act("destroy", numbers, officers=officers, at=NOW, reference="act 9")


def entries(register):
    with register._context.store.read() as connection:
        return connection.execute(tables.entry.select().order_by(tables.entry.c.id)).all()


@pytest.mark.requirement("STL-3")
def test_two_desks(stocked, desks):
    chief, second, _ = desks
    before = len(entries(stocked))
    order = chief.draft(destroying("P0000900-P0000910"))
    assert (order.lacking, list(order.signatures)) == (("second",), ["chief"])
    assert stocked.blanks.find("P0000900", officer="chief").state == "confirmed"  # nothing was done
    assert len(entries(stocked)) == before
    second.countersign(Order.parse(order.text))
    assert stocked.blanks.find("P0000910", officer="chief").state == "destroyed"
    body, signatures = split_signatures(bytes(entries(stocked)[-1].leaf))
    assert (body, list(signatures)) == (order.body, ["chief", "second"])
    assert stocked.audit(officer="auditor", heads=[]).problems == ()
    with pytest.raises(RegisterError, match="not lawful"):
        second.countersign(order)


def test_a_document(stocked, desks):
    number = issue(stocked)
    stocked.act("lost", number, officers=["chief"], at=NOW, ground="told")
    chief, second, _ = desks
    order = second.draft(destroying(number))
    assert order.lacking == ("chief",)
    chief.countersign(order)
    assert stocked.document(number, officer="chief").status == "destroyed"
    assert stocked.audit(officer="auditor", heads=[]).problems == ()


def test_officers(stocked, desks, url, keys):
    """Enrolment, a new key and dismissal of who is granted by two."""
    chief, second, _ = desks
    next_ = OfficerKey.generate()
    acts = (
        lambda one: one.officers.enrol("late", "officer", office="store", officer=TWO, at=NOW, key=request("late")),
        lambda one: one.officers.enrol("late", "auditor", office="store", officer=TWO, at=NOW),
        lambda one: one.officers.new_key("late", key=request("late", next_), officer=TWO, at=NOW),
        lambda one: one.officers.dismiss("late", "auditor", officer=TWO, at=NOW),
    )
    for act in acts:
        with pytest.raises(KeyMaterialError, match="missing officer's key: officer second"):
            act(chief)
        second.countersign(Order.parse(chief.draft(act).text))
    held = [(one.id, one.role, one.key) for one in stocked.officers.list(officer="chief") if one.id == "late"]
    assert held == [("late", "officer", next_.fingerprint)]
    assert stocked.audit(officer="auditor", heads=[]).problems == ()


def test_an_order_is_done_once(stocked, desks):
    """Also where what it says would be lawful again: its bytes stand in the log."""
    chief, second, _ = desks
    enrol(stocked, "late", "clerk", "store")
    order = chief.draft(lambda one: one.officers.enrol("late", "auditor", office="store", officer=TWO, at=NOW))
    second.countersign(order)
    stocked.officers.dismiss("late", "auditor", officer=TWO, at=NOW)
    with pytest.raises(RegisterError, match="already done"):
        second.countersign(order)
    assert stocked.audit(officer="auditor", heads=[]).problems == ()


def test_what_has_changed_since(stocked, desks):
    chief, second, _ = desks
    enrol(stocked, "late", "clerk", "store")
    order = chief.draft(lambda one: one.officers.enrol("late", "auditor", office="store", officer=TWO, at=NOW))
    stocked.officers.dismiss("late", "clerk", officer="chief", at=NOW)
    with pytest.raises(UsageError, match="without a key"):
        second.countersign(order)
    issued = issue(stocked)
    stocked.act("stolen", issued, officers=["chief"], at=NOW, ground="told")
    order = chief.draft(destroying(issued))
    stocked.act("lost", issued, officers=["chief"], at=NOW, ground="found to be lost")
    with pytest.raises(RegisterError, match="differs from the order"):
        second.countersign(order)
    assert stocked.document(issued, officer="chief").status == "lost"


def test_who_may_not(stocked, desks):
    chief, second, anna = desks
    order = chief.draft(destroying("P0000900"))
    for desk in (chief, anna):
        with pytest.raises(KeyMaterialError, match="missing officer's key: officer second"):
            desk.countersign(order)
    for call, error, message in (
        (lambda: anna.draft(destroying("P0000900")), KeyMaterialError, "missing officer's key: officer"),
        (lambda: chief.draft(destroying("P0000900", ("chief", "anna"))), RegisterError, "missing role"),
        (lambda: chief.draft(destroying("P0000900", ("chief", "chief"))), RegisterError, "2 different"),
        (lambda: chief.draft(lambda one: one.act("lost", "P0000900", officers=["chief"], at=NOW, ground="g")), UsageError, "one officer signs"),
        (lambda: chief.draft(lambda one: one.trial), UsageError, "not an action"),
        (lambda: chief.draft(lambda one: one.document("P0000900", officer="second")), KeyMaterialError, "missing officer's key"),
    ):
        with pytest.raises(error, match=message):
            call()
    stocked.officers.dismiss("chief", "officer", officer=("second", "auditor"), at=NOW)
    with pytest.raises(RegisterError, match="missing role"):
        second.countersign(order)


FALSE = {
    "by-another": (lambda table: table["signatures"].update(chief=encode_base64(OFFICERS["anna"].sign(b"x"))), RegisterError, "wrong signature"),
    "more": (lambda table: table.update(order=table["order"].replace("P0000900", "P0000901")), RegisterError, "differs from the order"),
    "blanks": (
        lambda table: table.update(order=table["order"].replace('"first":900', '"first":800')), RegisterError, "differs from the order"
    ),
    "moment": (
        lambda table: table.update(order=table["order"].replace("2026-11-24", "2026-11-25")), RegisterError, "wrong signature of the order"
    ),
    "told": (lambda table: table.update(order=table["order"].replace("act 9", "act 8")), RegisterError, "wrong signature of the order"),
    "nonce": (lambda table: table.update(order=table["order"].replace('"nonce":"', '"nonce":"0')), RegisterError, "wrong signature"),
    "nobody": (lambda table: table.update(signatures={}), KeyMaterialError, "officer chief"),
    "an-act-of-one": (lambda table: table.update(order=table["order"].replace('"destroy"', '"lost"')), UsageError, "unusable text: ground"),
    "no-act": (lambda table: table.update(order=table["order"].replace('"destroy"', '"init"')), RegisterError, "unknown document"),
    "issue": (lambda table: table.update(order=table["order"].replace('"blanks"', '"other"')), RegisterError, "takes no order"),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_an_order_that_somebody_changed(stocked, desks, name):
    """Whoever carries it changes nothing in it that is then done."""
    change, error, message = FALSE[name]
    chief, second, _ = desks
    table = json.loads(chief.draft(destroying("P0000900")).text)
    change(table)
    before = len(entries(stocked))
    with pytest.raises(error, match=message):
        second.countersign(Order.parse(json.dumps(table)))
    assert len(entries(stocked)) == before


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[", b"[" * 60_000, b"{}", b'{"schema": 1, "order": "{}", "signatures": {}}', b'{"schema": 1, "order": 5, "signatures": {}}',
        b'{"schema": 1, "order": "", "signatures": []}', b"\xff", b"x" * 1_100_000,
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_order(text):
    with pytest.raises(InputError, match="not an order"):
        Order.parse(text)


def test_signatures_of_others_make_no_order(desks):
    table = json.loads(desks[0].draft(destroying("P0000900")).text)
    for more in ({"schema": 2}, {"signatures": {"anna": table["signatures"]["chief"]}}, {"signatures": {"chief": "AA=="}}):
        with pytest.raises(InputError, match="not an order"):
            Order.parse(json.dumps({**table, **more}))


def test_an_order_of_another_register(desks, tmp_path, keys):
    from tests.support.register_helpers import KIND, new_register, stock

    other = new_register(f"sqlite:///{tmp_path / 'other.db'}", keys)
    enrol(other, "second", "officer", "store")
    other.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(other, "P0000001-P0001000")
    order = desks[0].draft(destroying("P0000900"))
    with pytest.raises(RegisterError, match="wrong signature"):
        other.countersign(order)
    other.close()


def test_both_at_one_desk_may_countersign_too(stocked, url, keys):
    both = open_register(url, keys)
    order = both.draft(destroying("P0000900"))
    assert order.lacking == ()
    both.countersign(order)
    assert stocked.blanks.find("P0000900", officer="chief").state == "destroyed"
    both.close()


UNPROVED = {
    "no proof": {"key": "x"},
    "no key": {"key": "", "proof": ""},
    "another officer's": request("bob").fields,
    "wrong proof": {**request("late").fields, "proof": encode_base64(bytes(64))},
}


@pytest.mark.parametrize("name", UNPROVED)
def test_an_order_whose_key_is_not_proved_is_none(name):
    """It is not shown either: who countersigns compares the key's fingerprint."""
    entry = {"role": "clerk", "office": "x", **UNPROVED[name]}
    body = make_leaf("enrol", "late", NOW.isoformat(), TWO, entry, nonce="0" * 16).decode()
    with pytest.raises(InputError, match="not an order"):
        Order.parse(json.dumps({"schema": 1, "order": body, "signatures": {}}))
    entry |= request("late").fields
    body = make_leaf("enrol", "late", NOW.isoformat(), TWO, entry, nonce="0" * 16).decode()
    assert Order.parse(json.dumps({"schema": 1, "order": body, "signatures": {}})).request == request("late")
