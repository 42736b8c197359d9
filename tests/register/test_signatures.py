"""A clerk with the register's passphrase, its data key and the database writes entries of her own: the audit names each.

She computes every mark, and even has the sequencer sign what she wrote; what she lacks is the others' keys.
"""

import json

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
    open_register,
    request,
    stock,
)
from tjdocs.auditlog import read_proof
from tjdocs.auditlog.entry import add_signatures, make_leaf, signed_part, split_signatures
from tjdocs.auditlog.merkle import leaf_hash
from tjdocs.errors import KeyMaterialError, RegisterError
from tjdocs.register import KeyRequest, Keys, OfficerKey, Register, tables

ENTRY = tables.entry.c
STRANGER = OfficerKey.generate()


def enrol_row(id_, role="officer", office="store"):
    return tables.officer.insert().values(id=id_, role=role, office=office)


def key_row(id_, key):
    return tables.officer_key.insert().values(public=KeyRequest.of(id_, key).fields["key"], officer=id_, since=STAMP, until="")


def destroyed(first, last):
    """Take blanks out of the one range in Dushanbe, as an act would."""
    table = tables.blank
    return table.update().where(table.c.first == first, table.c.last == last).values(state="destroyed", since=STAMP)


BLANK = {"blanks": {"series": 1, "first": 1, "last": 1}, "told": {"act": "act 9"}}
ANNA = {"role": "officer", "office": "dushanbe"}
NEW = OfficerKey.generate()
MALLORY = {"role": "officer", "office": "store", **KeyRequest.of("mallory", NEW).fields}

# what she writes; code and detail of what the audit says of that entry
FORGED = {
    "no-signature": (
        lambda c: c.forge("destroy", "P0000001", TWO, BLANK), "unsigned", "destroy P0000001: without a signature"
    ),
    "one-of-two": (
        lambda c: c.forge("destroy", "P0000001", TWO, BLANK, chief=OFFICERS["chief"]),
        "unsigned", "destroy P0000001: without the signature of second",
    ),
    "hers-for-both": (
        lambda c: c.forge("destroy", "P0000001", TWO, BLANK, chief=OFFICERS["anna"], second=OFFICERS["anna"]),
        "forged", "destroy P0000001: chief's signature is by a key of anna",
    ),
    "one-for-both": (
        lambda c: c.forge("destroy", "P0000001", TWO, BLANK, chief=OFFICERS["chief"], second=OFFICERS["chief"]),
        "forged", "destroy P0000001: second's signature is by a key of chief",
    ),
    "a-strangers": (
        lambda c: c.forge("destroy", "P0000001", TWO, BLANK, chief=STRANGER, second=STRANGER),
        "forged", "destroy P0000001: not signed by the key that chief had here",
    ),
    "in-another-order": (
        lambda c: c.forge("destroy", "P0000001", TWO, BLANK, second=OFFICERS["second"], chief=OFFICERS["chief"]),
        "forged", "destroy P0000001: signed by others than its officers",
    ),
    "signed-by-more": (
        lambda c: c.forge("lost", "P0000001", ["chief"], {**BLANK, "told": {"ground": "g"}}, chief=STRANGER, anna=OFFICERS["anna"]),
        "forged", "lost P0000001: signed by others than its officers",
    ),
    "nobody": (lambda c: c.forge("rewrap", "0000", [], {}), "unsigned", "rewrap 0000: without a signature"),
    "one-alone": (
        lambda c: c.forge("destroy", "P0000001", ["chief"], BLANK, chief=OFFICERS["chief"]), "unlawful", "destroy is signed by 2"
    ),
    "herself-alone": (
        lambda c: c.forge("destroy", "P0000001", ["anna"], BLANK, anna=OFFICERS["anna"]), "unlawful", "anna had no role for destroy here"
    ),
    "no-officer": (
        lambda c: c.forge("rewrap", "0000", ["mallory"], {}, mallory=STRANGER), "unlawful", "mallory was not an officer here"
    ),
    "promotes-herself": (
        lambda c: c.forge("enrol", "anna", ["anna"], ANNA, enrol_row("anna", "officer", "dushanbe"), anna=OFFICERS["anna"]),
        "unlawful", "anna had no role for enrol here",
    ),
    "promoted-by-nobody": (
        lambda c: c.forge("enrol", "anna", TWO, ANNA, enrol_row("anna", "officer", "dushanbe")),
        "unsigned", "enrol anna: without a signature",
    ),
    "a-supervisor-makes-another": (
        lambda c: c.forge("enrol", "mallory", ["chief"], MALLORY, enrol_row("mallory"), key_row("mallory", NEW), chief=OFFICERS["chief"]),
        "unlawful", "enrol is signed by 2 here",
    ),
    "a-supervisor-gets-the-auditor-away": (
        lambda c: c.forge("dismiss", "auditor", ["chief"], {"role": "auditor"}, chief=OFFICERS["chief"]),
        "unlawful", "dismiss is signed by 2 here",
    ),
    "a-supervisor-takes-anothers-place": (
        lambda c: c.forge(
            "new-key", "auditor", ["chief"], KeyRequest.of("auditor", NEW).fields, key_row("auditor", NEW), chief=OFFICERS["chief"]
        ),
        "unlawful", "new-key is signed by 2 here",
    ),
    "of-two-supervisors-one-takes-the-others-place": (
        lambda c: c.forge(
            "new-key", "second", ["chief"], KeyRequest.of("second", NEW).fields, key_row("second", NEW), chief=OFFICERS["chief"]
        ),
        "unlawful", "new-key is signed by 2 here",
    ),
    "of-two-supervisors-one-dismisses-the-other": (
        lambda c: c.forge("dismiss", "second", ["chief"], {"role": "officer"}, chief=OFFICERS["chief"]),
        "unlawful", "dismiss is signed by 2 here",
    ),
    "an-auditor-is-second-beside-two-supervisors": (
        lambda c: c.forge(
            "new-key", "auditor", ["chief", "auditor"], KeyRequest.of("auditor", NEW).fields, key_row("auditor", NEW),
            chief=OFFICERS["chief"], auditor=OFFICERS["auditor"],
        ),
        "unlawful", "auditor had no role for new-key here",
    ),
    "an-auditor-alone-replaces-a-key": (
        lambda c: c.forge(
            "new-key", "anna", ["auditor"], KeyRequest.of("anna", NEW).fields, key_row("anna", NEW), auditor=OFFICERS["auditor"]
        ),
        "unlawful", "auditor had no role for new-key here",
    ),
    "without-a-key": (
        lambda c: c.forge(
            "enrol", "mallory", ["chief"], {"role": "clerk", "office": "store"}, enrol_row("mallory", "clerk"), chief=OFFICERS["chief"]
        ),
        "unlawful", "officer without a key",
    ),
    "a-key-that-proves-nothing": (
        lambda c: c.forge(
            "enrol", "mallory", ["chief"], {**MALLORY, "role": "clerk", "key": request("bob").fields["key"]},
            enrol_row("mallory", "clerk"), chief=OFFICERS["chief"],
        ),
        "forged", "enrol mallory: the key is not proved",
    ),
    "one-key-under-two-names": (
        lambda c: c.forge(
            "enrol", "mallory", ["chief"],
            {"role": "clerk", "office": "store", **KeyRequest.of("mallory", OFFICERS["anna"]).fields},
            enrol_row("mallory", "clerk"), chief=OFFICERS["chief"],
        ),
        "unlawful", "key already enrolled, as anna's",
    ),
    "a-first-key-once-more": (
        lambda c: c.forge(
            "migrate", "example.tj/register", ["anna"],
            {"before": "0003", "now": "0004", "register": c.secrets.register, **KeyRequest.of("anna", STRANGER).fields}, anna=STRANGER,
        ),
        "unlawful", "anna had no role for migrate here",
    ),
    "made-once-more": (
        lambda c: c.forge("init", "example.tj/register", ["anna"], {"trial": True, "keys": c.secrets.named()}),
        "unlawful", "the register was made before",
    ),
    "spelled-otherwise": (
        lambda c: c.put(
            "rewrap", "0000",
            c.sign(make_leaf("rewrap", "0000", STAMP, ["chief"], {}, nonce="00"), chief=OFFICERS["chief"]).replace(b'=="}}', b'=" }}'),
        ),
        "unlawful", "not readable",
    ),
    "another-registers": (
        lambda c: c.put(
            "rewrap", "0000",
            add_signatures(
                body := make_leaf("rewrap", "0000", STAMP, ["chief"], {}, nonce="00"),
                {"chief": OFFICERS["chief"].sign(signed_part("00" * 16, body))},
            ),
        ),
        "forged", "rewrap 0000: not signed by the key that chief had here",
    ),
    "a-key-request-for-an-entry": (
        lambda c: c.put(
            "rewrap", "0000",
            add_signatures(make_leaf("rewrap", "0000", STAMP, ["chief"], {}, nonce="00"), {"chief": request("chief").proof}),
        ),
        "forged", "rewrap 0000: not signed by the key that chief had here",
    ),
}  # fmt: skip


@pytest.fixture
def sound(stocked):
    issue(stocked)
    stocked.log.sequence()
    return stocked


def told(register, **more):
    found = register.audit(officer="auditor", **more)
    assert found.signed_from == 0
    return found


def test_two_auditors_are_no_supervisor(sound):
    enrol(sound, "late", "auditor", "store", TWO)
    two = {name: OFFICERS[name] for name in ("auditor", "late")}
    more = KeyRequest.of("second", NEW).fields
    Clerk(sound).forge("new-key", "second", list(two), more, key_row("second", NEW), **two)
    named = [(one.code, one.detail) for one in told(sound).problems if one.table == "entry"]
    assert named == [("unlawful", "auditor had no role for new-key here")]


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", FORGED)
def test_an_entry_that_its_officers_did_not_sign(sound, url, keys, name):
    """Named once, at its place, in a whole audit and in one of new entries, with the data key and without it."""
    write, code, detail = FORGED[name]
    head = sound.log.head()
    assert told(sound).problems == ()
    place = int(head.split("\n")[1])
    write(Clerk(sound))
    blind = open_register(url, Keys((), None, keys.verifier))
    for found, where in (
        (told(sound, sequence=False), "new, id"), (told(sound), str(place)), (told(sound, since=head), str(place)), (told(blind), str(place))
    ):  # fmt: skip
        named = [(problem.code, problem.detail) for problem in found.problems if problem.table == "entry"]
        assert named[0] == (code, detail), found.problems
        (row,) = {problem.row for problem in found.problems if problem.table == "entry"}
        assert row.startswith(where)
    blind.close()


def test_what_rests_on_a_forged_enrolment_is_named_too(sound):
    clerk = Clerk(sound)
    clerk.forge("enrol", "mallory", TWO, MALLORY, enrol_row("mallory"), key_row("mallory", NEW), chief=NEW, second=NEW)
    clerk.forge("rewrap", "0000", ["mallory"], {}, mallory=NEW)
    named = {(problem.table, problem.code, problem.detail) for problem in told(sound).problems}
    assert ("entry", "unlawful", "mallory was not an officer here") in named
    assert {table for table, *_ in named} == {"entry", "officer", "officer_key"}


def test_signatures_taken_off_again(sound):
    """A downgrade: the entry as a register of before wrote it, under a mark of its own."""
    clerk = Clerk(sound)
    sound.act("lost", "P0000500", officers=["chief"], at=NOW, ground="fire")
    row = clerk.last()
    body, signatures = split_signatures(bytes(row.leaf))
    assert list(signatures) == ["chief"]
    clerk.change(row.id, body)
    (problem,) = told(sound).problems
    assert (problem.code, problem.detail) == ("unsigned", "lost P0000500: without a signature")


def test_a_signature_of_another_entry(sound):
    clerk = Clerk(sound)
    sound.act("lost", "P0000500", officers=["chief"], at=NOW, ground="fire")
    _, kept = split_signatures(bytes(clerk.last().leaf))
    sound.act("lost", "P0000501", officers=["chief"], at=NOW, ground="fire")
    row = clerk.last()
    body, _ = split_signatures(bytes(row.leaf))
    clerk.change(row.id, add_signatures(body, kept))
    (problem,) = told(sound).problems
    assert problem.code == "forged"


PARTS = {
    b'"told":{"ground":"fire"': b'"told":{"ground":"wire"', b'"first":500': b'"first":499', b'"act":"lost"': b'"act":"stolen"',
    b'"at":"2026': b'"at":"2027', b'"nonce":"': b'"nonce":"0', b'"subject":"P0000500"': b'"subject":"P0000501"', b'"series":1': b'"series":2',
}  # fmt: skip


@pytest.mark.parametrize("old", PARTS)
def test_every_part_of_an_entry_is_signed(sound, old):
    clerk = Clerk(sound)
    sound.act("lost", "P0000500", officers=["chief"], at=NOW, ground="fire")
    row = clerk.last()
    assert bytes(row.leaf).count(old) == 1
    clerk.change(row.id, bytes(row.leaf).replace(old, PARTS[old]))
    assert "forged" in {problem.code for problem in told(sound).problems}


ISSUES = {
    "unsigned": (lambda c, body: body, "unsigned"),
    "by-another": (lambda c, body: c.sign(body, anna=OFFICERS["gate"]), "forged"),
    "in-another-name": (lambda c, body: c.sign(body.replace(b'["anna"]', b'["chief"]'), chief=OFFICERS["anna"]), "forged"),
    "who-may-not": (lambda c, body: c.sign(body.replace(b'["anna"]', b'["gate"]'), gate=OFFICERS["gate"]), "unlawful"),
    "no-officers": (lambda c, body: c.sign(body.replace(b'"officers"', b'"other"'), anna=OFFICERS["anna"]), "unlawful"),
}


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", ISSUES)
def test_an_issue_that_its_officer_did_not_sign(sound, name):
    make, code = ISSUES[name]
    clerk, number = Clerk(sound), issue(sound)
    row = clerk.last()
    body, signatures = split_signatures(bytes(row.leaf))
    assert list(signatures) == ["anna"]
    clerk.change(row.id, make(clerk, body))
    found = {(problem.code, problem.table) for problem in told(sound).problems}
    assert (code, "entry") in found
    assert found <= {(code, "entry"), ("changed", "document")}
    assert number


def test_who_was_dismissed_signs_no_more(sound):
    clerk = Clerk(sound)
    sound.officers.dismiss("anna", "clerk", officer="chief", at=NOW)
    document = {"document": {"state": "handed-over", "ground": "", "since": STAMP}}
    change = tables.document.update().values(state="handed-over", since=STAMP)
    clerk.forge("handover", "P0000001", ["anna"], document, change, anna=OFFICERS["anna"])
    (problem,) = told(sound).problems
    assert (problem.code, problem.table, problem.detail) == ("unlawful", "entry", "anna was dismissed before")


@pytest.mark.parametrize("since", [False, True])
def test_an_earlier_key_and_a_later_one(sound, since):
    clerk, next_ = Clerk(sound), OfficerKey.generate()
    document = {"document": {"state": "handed-over", "ground": "", "since": STAMP}}
    clerk.forge("handover", "P0000001", ["anna"], document, anna=next_)  # before it is hers
    sound.officers.new_key("anna", key=request("anna", next_), officer="chief", at=NOW)
    head = sound.log.sequence()
    clerk.forge("rewrap", "0000", ["anna"], {}, anna=OFFICERS["anna"])
    clerk.forge("confirm", "P0000900", ["anna"], {"blanks": {"series": 1, "first": 900, "last": 900}}, anna=OFFICERS["anna"])
    details = [problem.detail for problem in told(sound, **({"since": head} if since else {})).problems if problem.table == "entry"]
    assert "handover P0000001: not signed by the key that anna had here" in details or since
    assert "anna had no role for rewrap here" in details
    assert "confirm P0000900: anna's signature is by a key that had ended" in details


def test_the_log_rewritten_under_another_first_key(sound, url, keys):
    """Whoever has every key of the register but no officer's rewrites all of it: the first key is another, and heads tell."""
    heads = [sound.log.head()]
    first = told(sound).first_key
    clerk = Clerk(sound)
    with sound._context.store.read() as connection:
        rows = connection.execute(tables.entry.select().order_by(ENTRY.position)).all()
    changes = []
    for row in rows:
        body, signatures = split_signatures(bytes(row.leaf))
        entry = json.loads(body)
        if "key" in entry:
            mine = KeyRequest.of(entry["officers"][0] if row.act == "init" else row.subject, STRANGERS.setdefault(row.subject, OfficerKey.generate()))
            body = body.replace(entry["key"].encode(), mine.fields["key"].encode()).replace(entry["proof"].encode(), mine.fields["proof"].encode())
        signers = {name: STRANGERS["example.tj/register" if name == "chief" else name] for name in signatures}
        changes.append((row.id, clerk.sign(body, **signers)))
    with sound._context.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM head")
        connection.exec_driver_sql("UPDATE entry SET position = NULL")
        connection.exec_driver_sql("DELETE FROM officer_key")
        for id_, leaf in changes:
            new = {"leaf": leaf, "mac": clerk.secrets.entry(leaf_hash(leaf))}
            connection.execute(tables.entry.update().where(ENTRY.id == id_).values(**new))
            entry = json.loads(leaf)
            if "key" in entry:
                officer = "chief" if entry["act"] == "init" else entry["subject"]
                values = {"public": entry["key"], "officer": officer, "since": entry["at"], "until": ""}
                connection.execute(tables.officer_key.insert().values(**values))
    forger = Register(url, keys=keys, officer_keys=[STRANGERS["auditor"]])
    found = forger.audit(officer="auditor", heads=[])
    assert found.problems == ()  # the register's own keys alone tell nothing of it
    assert found.first_key != first
    assert {problem.code for problem in forger.audit(officer="auditor", heads=heads).problems} == {"changed"}
    with pytest.raises(KeyMaterialError, match="missing officer's key"):  # and no officer can act in it any more
        issue(sound)
    forger.close()


STRANGERS = {}


# --------------------------------------------------------------------------------------------------------- the table

KEYS = {
    "gone": "DELETE FROM officer_key WHERE officer = 'auditor'",
    "ended": "UPDATE officer_key SET until = 'x' WHERE officer = 'auditor'",
    "another's": "UPDATE officer_key SET officer = 'other' WHERE officer = 'auditor'",
    "changed": "UPDATE officer_key SET public = 'AAAA' WHERE officer = 'auditor'",
    "since": "UPDATE officer_key SET since = 'x' WHERE officer = 'auditor'",
    "inserted": "INSERT INTO officer_key VALUES ('AAAA', 'auditor', 'x', '')",
    "no-table": "DROP TABLE officer_key",
}


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", KEYS)
def test_the_table_of_keys(sound, url, keys, name):
    """Whatever someone does to it, the auditor whose key the log has still audits, and it is named."""
    with sound._context.store.write() as connection:
        connection.exec_driver_sql(KEYS[name])
    found = told(sound, sequence=False) if name != "no-table" else sound.audit(officer="auditor")
    assert {problem.table for problem in found.problems} == ({"table"} if name == "no-table" else {"officer_key"})
    without = Register(url, keys=keys, officer_keys=[OFFICERS["anna"]])
    for register, officer in ((sound, "second"), (without, "auditor")):  # and nobody else, or in the auditor's name
        with pytest.raises((KeyMaterialError, RegisterError)):
            register.audit(officer=officer, sequence=False)
    without.close()


def test_an_auditor_by_the_table_alone(sound, url, keys):
    """Whoever writes herself into the tables looks, and the log does not have her."""
    with sound._context.store.write() as connection:
        connection.execute(enrol_row("mallory", "auditor"))
        connection.execute(key_row("mallory", STRANGER))
    forger = Register(url, keys=keys, officer_keys=[STRANGER])
    rows = {(problem.table, problem.row.split()[0]) for problem in forger.audit(officer="mallory").problems}
    assert rows == {("officer", "mallory"), ("officer_key", "mallory")}
    forger.close()


# ---------------------------------------------------------------------------------------------- places and gaps, proofs


def test_an_enrolment_that_cannot_be_read_accuses_nobody(sound):
    """What is named is the entry; whose role it gave is not known any more, and that is said once."""
    for _ in range(3):
        issue(sound)
    sound.log.sequence()
    with sound._context.store.write() as connection:
        connection.execute(tables.entry.update().where(ENTRY.subject == "anna", ENTRY.act == "enrol").values(leaf=b"[" * 60_000))
    found = sound.audit(officer="auditor", heads=[])
    assert {problem.table for problem in found.problems} == {"entry", "log", "officer", "officer_key"}
    assert {problem.row for problem in found.problems if problem.table == "entry"} == {"4"}
    assert [text for text in found.undetermined if "about officers" in text] == [
        "entries about officers are missing or unreadable: roles after them are unknown"
    ]


@pytest.mark.parametrize("with_data_key", [True, False])
def test_a_first_entry_that_cannot_be_read(sound, url, keys, with_data_key):
    with sound._context.store.write() as connection:
        connection.execute(tables.entry.update().where(ENTRY.act == "init").values(leaf=b'{"a":' * 9_000))
    register = sound if with_data_key else open_register(url, Keys((), None, keys.verifier))
    found = register.audit(officer="auditor", heads=[])
    assert not found.sound
    assert len(found.problems) <= 12, found.problems
    assert found.signed_from is None


def test_many_entries_that_rest_on_one(sound, monkeypatch):
    """So many are named, and of the others how many."""
    monkeypatch.setattr("tjdocs.register.audit.audit.NAMED", 5)
    clerk = Clerk(sound)
    for n in range(8):
        clerk.forge("rewrap", str(n), ["mallory"], {}, mallory=STRANGER)
    problems = told(sound).problems
    assert [problem.detail for problem in problems] == ["mallory was not an officer here"] * 5 + ["signed by others, or unsigned"]
    assert problems[-1].row == "3 more"


def test_so_many_wrong_signatures_are_compared_with_other_keys(sound, monkeypatch):
    """Else a clerk's million entries would each cost the audit a verification by every key."""
    monkeypatch.setattr("tjdocs.register.audit.roll.NAMED", 2)
    clerk = Clerk(sound)
    for n in range(4):
        clerk.forge("rewrap", str(n), ["chief"], {}, chief=OFFICERS["anna"])
    details = [problem.detail.partition(": ")[2] for problem in told(sound).problems]
    assert details == ["chief's signature is by a key of anna"] * 2 + ["not signed by the key that chief had here"] * 2


def test_a_proof_brings_the_signature(sound):
    number = issue(sound)
    sound.log.sequence()
    (proof,) = sound.log.prove(number, officer="auditor")
    read = read_proof(json.dumps(proof.as_json()))
    body, signatures = split_signatures(read.leaf)
    message = signed_part(sound._context.secrets.register, body)
    OFFICERS["anna"].key.public_key().verify(signatures["anna"], message)
    assert read.verify(sound.log.verifier)


def test_two_registers_under_one_name(tmp_path, keys):
    """What an officer signed in one is nothing in the other, even with the same keys and the same officers."""
    registers = []
    for name in ("one", "other"):
        url = f"sqlite:///{tmp_path / name}.db"
        register = Register.create(url, keys=keys, officer="chief", office="store", at=NOW, officer_key=OFFICERS["chief"])
        register.close()
        register = open_register(url, keys)
        enrol(register, "auditor", "auditor", "store")
        register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
        stock(register, "P0000001-P0000010", office="store")
        registers.append(register)
    one, other = registers
    one.act("lost", "P0000005", officers=["chief"], at=NOW, ground="fire")
    leaf = bytes(Clerk(one).last().leaf)
    other.act("lost", "P0000005", officers=["chief"], at=NOW, ground="fire")
    Clerk(other).change(Clerk(other).last().id, leaf)
    (problem,) = other.audit(officer="auditor").problems
    assert (problem.code, problem.detail) == ("forged", "lost P0000005: not signed by the key that chief had here")
    for register in registers:
        register.close()
