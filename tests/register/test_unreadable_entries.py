"""No content of an entry or a setting ends an audit, a report or a proof in an error of ours: it is named, and the rest read."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.register_helpers import KIND, NOW, enrol, issue, new_register, open_register, person, stock
from tjdocs import limits
from tjdocs.auditlog.entry import add_signatures, read_json, read_leaf, read_moment, read_written, split_signatures
from tjdocs.auditlog.merkle import leaf_hash
from tjdocs.errors import RegisterError, TjdocsError, UsageError
from tjdocs.register import Keys, Register, tables
from tjdocs.register.audit.replay import Replay
from tjdocs.register.audit.roll import Roll

ENTRY = tables.entry.c
BEGIN = b'{"schema":1,"act":"assign","subject":"P0000001-P0000100","at":"2026-11-24T12:00:00+00:00","officers":["chief"]'
CONTENTS = {
    "empty": b"", "space": b" ", "null": b"null", "number": b"5", "text": b'"text"', "list": b"[]", "object": b"{}",
    "arrays": b"[" * 60_000, "objects": b'{"a":' * 60_000, "closed": b"[" * 5_000 + b"]" * 5_000,
    "nested": BEGIN + b',"told":' + b"[" * 3_000 + b"]" * 3_000 + b"}",
    "just-too-deep": BEGIN + b',"other":' + b"[" * 33 + b"]" * 33 + b"}",
    "digits": BEGIN + b',"blanks":{"series":1,"first":' + b"9" * 5_000 + b',"last":2}}',
    "large": BEGIN + b',"blanks":{"series":1,"first":' + b"9" * 400 + b',"last":' + b"9" * 400 + b"}}",
    "infinite": BEGIN + b',"blanks":{"series":1,"first":1e999,"last":1e999}}',
    "nan": BEGIN + b',"blanks":{"series":NaN,"first":1,"last":2}}', "infinity": BEGIN + b',"other":-Infinity}',
    "negative": BEGIN + b',"blanks":{"series":1,"first":-5,"last":-1},"told":{"to":"dushanbe"}}',
    "no-blanks": BEGIN + b',"blanks":[1,2,3]}', "blanks-short": BEGIN + b',"blanks":{"series":1}}',
    "no-utf-8": BEGIN + b',"told":{"to":"\xff\xfe"}}', "utf-16": BEGIN.decode().encode("utf-16"), "mark": b"\xef\xbb\xbf" + BEGIN + b"}",
    "half-a-character": BEGIN + b',"told":{"to":"\\ud800"}}', "zero": BEGIN + b',"told":{"to":"a\x00"}}',
    "long": BEGIN + b',"told":{"to":"' + b"x" * 3_000_000 + b'"}}', "cut": BEGIN,
    "told-number": BEGIN + b',"told":5,"blanks":{"series":1,"first":1,"last":100}}',
    "told-nothing": BEGIN + b',"blanks":{"series":1,"first":1,"last":100}}',
    "no-act": BEGIN.replace(b'"assign"', b'"no such act"') + b',"blanks":{"series":1,"first":1,"last":100}}',
    "act-list": BEGIN.replace(b'"assign"', b'["assign"]') + b"}", "officers-text": BEGIN.replace(b'["chief"]', b'"chief"') + b"}",
    "officer-object": BEGIN.replace(b'["chief"]', b'[{}]') + b"}",
    **{
        f"at-{n}": BEGIN.replace(b'"2026-11-24T12:00:00+00:00"', at) + b',"blanks":{"series":1,"first":1,"last":100},"told":{"to":"x"}}'
        for n, at in enumerate((
            b'"yesterday"', b'"2026-11-24T12:00:00"', b'"0001-01-01T00:00:00+14:00"', b'"9999-12-31T23:59:59-12:00"', b"5", b"null", b'""',
            b'"' + b"1" * 5_000 + b'"',
        ))
    },
    "document-list": BEGIN + b',"document":[]}', "document-empty": BEGIN + b',"document":{}}',
    "document-number": BEGIN + b',"document":{"state":5,"ground":"","since":"2026-11-24T12:00:00+00:00"}}',
    "document-since": BEGIN + b',"document":{"state":"lost","ground":"","since":"0001-01-01T00:00:00+14:00"}}',
    "series-text": BEGIN.replace(b'"assign"', b'"series"') + b',"series":"x","document_type":"y"}',
    "series-pattern": BEGIN.replace(b'"assign"', b'"series"') + b',"series":1,"document_type":"y"}',
    "decision": BEGIN.replace(b'"assign"', b'"decide"') + b',"decision":[[[]]]}',
    "enrol-role": BEGIN.replace(b'"assign"', b'"enrol"') + b',"role":{"a":[]},"office":"x"}',
    "enrol-nothing": BEGIN.replace(b'"assign"', b'"enrol"') + b"}", "dismiss": BEGIN.replace(b'"assign"', b'"dismiss"') + b"}",
    "new-key": BEGIN.replace(b'"assign"', b'"new-key"') + b',"key":"=","proof":"\\u0000"}',
    "init": BEGIN.replace(b'"assign"', b'"init"') + b',"trial":"yes"}', "init-keys": BEGIN.replace(b'"assign"', b'"init"') + b',"trial":false,"keys":[]}',
    "migrate": BEGIN.replace(b'"assign"', b'"migrate"') + b',"key":5}', "files": BEGIN.replace(b'"assign"', b'"issue"') + b',"files":{"a":{}}}',
    "signatures": BEGIN + b',"signatures":{"chief":"' + b"A" * 86 + b'=="}}', "no-signatures": BEGIN + b',"signatures":{}}',
    "signature-short": BEGIN + b',"signatures":{"chief":"AA=="}}', "signature-name": BEGIN + b',"signatures":{"\xff":"' + b"A" * 86 + b'=="}}',
}  # fmt: skip
PLACES = {"assign": "P0000001-P0000100", "issue": "P0000002", "init": "example.tj/register", "enrol": "anna", "series": "P{:07d}"}


@pytest.fixture(scope="module")
def lived(tmp_path_factory, keys):
    """The file of a register with entries of many kinds, under a head."""
    path = tmp_path_factory.mktemp("lived") / "r.db"
    register = new_register(f"sqlite:///{path}", keys)
    for id_, role, office in (("auditor", "auditor", "store"), ("anna", "clerk", "dushanbe")):
        enrol(register, id_, role, office)
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(register, "P0000001-P0000100")
    for _ in range(3):
        issue(register, person=person() if _ == 2 else None)
    register.act("handover", "P0000001", officers=["anna"], at=NOW)
    register.log.sequence()
    assert register.audit(officer="auditor", heads=[]).problems == ()
    register.close()
    return path


@pytest.fixture
def copied(lived, tmp_path, keys):
    shutil.copy(lived, tmp_path / "r.db")
    register = open_register(f"sqlite:///{tmp_path / 'r.db'}", keys)
    yield register
    register.close()


def put(register, act, leaf, *, marked):
    """Put other bytes in the place of an entry; marked as only who has the data key can."""
    with register._context.store.write() as connection:
        which = (ENTRY.act == act) & (ENTRY.subject == PLACES[act])
        row = connection.execute(tables.entry.select().where(which)).one()
        values = {"leaf": leaf}
        if marked:
            values["mac"] = register._context.secrets.placed(leaf_hash(leaf), row.id, row.position)
        connection.execute(tables.entry.update().where(ENTRY.id == row.id).values(**values))
        return str(row.position)


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("act", PLACES)
@pytest.mark.parametrize("name", CONTENTS)
def test_an_entry_of_any_content_is_named_and_the_rest_read(copied, url_of, keys, name, act):
    place = put(copied, act, CONTENTS[name], marked=len(name) % 2 == 0)
    register = open_register(url_of(copied), keys)  # it opens, whatever its first entry says
    found = register.audit(officer="auditor", heads=[], sequence=False)
    rows = {(problem.table, problem.row) for problem in found.problems}
    assert ("entry", place) in rows or ("log", "entries 0 to 11") in rows
    assert found.entries == 12
    assert "the rest was not read" not in found.undetermined
    assert len(found.problems) <= 25
    day = NOW.date()
    report = register.report(first=day, last=day, officer="chief")
    readable = name in ("no-signatures", "signatures", "signature-short") or act == "issue"
    assert readable or not report.balanced or act in ("init", "enrol", "series")
    assert register.statistics(first=day, last=day, officer="chief").rows
    for call in (
        lambda: [proof.as_json() for proof in register.log.prove(PLACES[act], officer="auditor")],
        lambda: register.documents.history(PLACES[act], officer="chief"),
        lambda: register.resume(officer="chief", at=NOW, everywhere=True),
        lambda: register.document("P0000002", officer="chief"),
        lambda: issue(register),
        lambda: register.log.sequence(),
        lambda: register.audit(officer="auditor", persons=True),
    ):
        with suppress(TjdocsError):
            call()
    register.close()


def test_what_nobody_can_read_is_not_proved(copied):
    """Also where a sequencer put it under a head: whoever gets a proof must be able to read what it proves."""
    for leaf in (b"\xff\xfe", b"[" * 60_000, b"5"):
        with copied._context.store.write() as connection:
            values = {"act": "lost", "subject": "P0000077", "leaf": leaf, "mac": copied._context.secrets.entry(leaf_hash(leaf))}
            connection.execute(tables.entry.insert().values(**values))
        copied.log.sequence()
        with pytest.raises(RegisterError, match="unreadable entry: entry 1") as caught:
            copied.log.prove("P0000077", officer="auditor")
        assert "audit" in caught.value.hint


@pytest.fixture
def url_of():
    return lambda register: register._context.store.url.render_as_string()


VALUES = ["", "x", "[" * 60_000, "9" * 5_000, "NaN", "\x00", "\x1b[31m[/red]", "x" * 3_000_000, "2"]


@pytest.mark.parametrize("key", ["origin", "trial", "key.lookup", "key.mac"])
@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_a_setting_of_any_content(copied, url_of, keys, key, value):
    with copied._context.store.write() as connection:
        connection.execute(tables.setting.update().where(tables.setting.c.key == key).values(value=value))
    assert ("setting", key) in {(problem.table, problem.row) for problem in copied.audit(officer="auditor").problems}
    assert copied.report(first=NOW.date(), last=NOW.date(), officer="chief").balanced
    for call in (lambda: copied.rewrap(officer="chief", at=NOW), lambda: open_register(url_of(copied), keys)):
        with suppress(RegisterError, UsageError):
            call()


DOCUMENTS = {
    "files": ["", "[", "{" * 60_000, "[]", '{"a":', "5", "NaN"],
    "since": ["", "yesterday", "0001-01-01T00:00:00+14:00", "2026-11-24T12:00:00"],
    "issued": ["", "yesterday", "9" * 5_000],
    "expires": ["", "31.12.2036"],
    "state": ["", "no such state"],
}


@pytest.mark.parametrize(("column", "value"), [(column, value) for column, values in DOCUMENTS.items() for value in values], ids=str)
def test_a_documents_row_of_any_content(copied, column, value):
    """Whoever acts on it or looks is told by name, and the audit says the rest."""
    with copied._context.store.write() as connection:
        table = tables.document
        connection.execute(table.update().where(table.c.number == "P0000003").values(**{column: value}))
    assert ("document", "P0000003") in {(one.table, one.row) for one in copied.audit(officer="auditor").problems}
    looks = (
        lambda: copied.document("P0000003", officer="chief"),
        lambda: copied.known(person(), officer="chief"),
        lambda: copied.act("lost", "P0000003", officers=["chief"], at=NOW, ground="told"),
        lambda: copied.replaceable("P0000003", KIND, ground="renewal", at=NOW, officer="anna"),
    )
    told = 0
    for look in looks:
        try:
            look()
        except RegisterError as error:
            told += "audit" in error.hint or "lawful" in error.message or "ground" in error.message
    assert told >= 1
    assert copied.document("P0000002", officer="chief").status == "issued"


def test_what_a_crash_left_beside_an_entry_that_was_changed(copied, tmp_path):
    """Nothing is taken away on the word of an entry that cannot be read."""
    reservation = copied.reserve(KIND, officer="anna", at=NOW, out=tmp_path / "out")
    number = reservation.number
    staging = reservation.staging
    os.mkdir(staging)
    reservation.commit(at=NOW, issued=NOW.date(), expires=NOW.date(), files={}, written={"a": "00" * 32})
    copied._issuing._held.clear()
    with copied._context.store.write() as connection:
        connection.execute(tables.entry.update().where(ENTRY.subject == number).values(leaf=b"[" * 60_000))
    assert [one.done for one in copied.resume(officer="chief", at=NOW)] == ["forged"]
    assert os.path.isdir(staging)


@pytest.mark.parametrize("what", ["audit", "report", "prove", "status", "resume"])
def test_the_command_line_tells_of_it(tmp_path, what):
    """As a stranger would run it: one line at most on standard error, and never an internal error."""
    command = [sys.executable, "-m", "tjdocs", "register"]
    register = Register(f"sqlite:///{tmp_path / 'r.db'}")
    register.add_series(KIND, "T{:08d}", at=NOW)
    issue(register, officer="trial")
    register.log.sequence()
    with register._context.store.write() as connection:
        connection.exec_driver_sql("UPDATE document SET expires = '2099-01-01'")
        connection.execute(tables.entry.update().where(ENTRY.id == 3).values(leaf=b"[" * 60_000, subject="\x1b[31m[/red]\u202e"))
    register.close()
    more = ["T00000001"] if what == "prove" else []
    done = subprocess.run([*command, what, *more, "--register", "sqlite:///r.db"], cwd=tmp_path, capture_output=True, text=True)
    assert "internal error" not in done.stderr
    assert done.returncode == {"audit": 1, "report": 1, "status": 0, "resume": 0, "prove": 2}[what], (done.stdout, done.stderr)
    assert not {"\x1b", "\u202e"} & set(done.stdout + done.stderr)
    if what == "audit":
        assert "changed entry 2" in done.stdout
        assert "document T00000001: expires" in done.stdout
    if what == "report":
        assert "unlawful: entry 2: not readable" in done.stdout


# -------------------------------------------------------------------------------------------------------- the readers


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["2026-11-24T12:00:00+00:00", "chief"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6,
)  # fmt: skip
ACTS = ("init", "migrate", "enrol", "dismiss", "new-key", "series", "receive", "assign", "lost", "destroy", "replace", "decide", "issue", "x")
MEMBERS = (
    "act", "subject", "at", "officers", "blanks", "told", "document", "decision", "series", "document_type", "role", "office", "key", "proof",
    "trial", "keys", "register", "signatures", "nonce",
)  # fmt: skip
PLAUSIBLE = {
    "at": "2026-11-24T12:00:00+00:00", "officers": ["chief"], "blanks": {"series": 1, "first": 1, "last": 9}, "told": {"to": "x", "office": "x"},
    "document": {"state": "lost", "ground": "loss", "since": "2026-11-24T12:00:00+00:00"}, "decision": {}, "series": 1, "document_type": "x",
    "role": "officer", "office": "x", "key": "x", "proof": "x", "trial": False, "keys": {"mac": "x"}, "register": "x",
}  # fmt: skip


@given(st.binary(max_size=200) | VALUE.map(lambda value: json.dumps(value).encode()))
def test_whatever_the_bytes_a_reader_says_value_error(data):
    for read in (read_json, read_leaf, read_written):
        with suppress(ValueError):
            read(data)
    body, signatures = split_signatures(data)
    assert (body, signatures) == (data, {}) or add_signatures(body, signatures) == data


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.dictionaries(st.sampled_from(MEMBERS), VALUE, max_size=4)), max_size=6))
def test_whatever_the_entries_the_log_is_played_on(entries):
    replay = Replay(roll=Roll("00"))
    for n, (act, members) in enumerate(entries):
        table = {**PLAUSIBLE, "act": act, "subject": "P0000001", **members}
        faults = replay.add(act, "P0000001", json.dumps(table).encode(), n)
        assert all(fault.code in ("unlawful", "unsigned", "forged") for fault in faults)


@given(st.dictionaries(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._@/-]{0,20}", fullmatch=True), st.binary(min_size=64, max_size=64), max_size=3))
def test_signatures_of_an_entry_come_back(signatures):
    body = BEGIN + b',"nonce":"00"}'
    signed = add_signatures(body, signatures) if signatures else body
    assert split_signatures(signed) == (body, signatures)
    assert read_leaf(signed)["act"] == "assign"


def test_limits_of_what_is_read():
    assert read_json(b"[" * 32 + b"]" * 32)
    text = json.dumps({"told": "[" * 500 + '"\\' + "{" * 500})  # brackets in a text are no nesting
    assert read_json(text.encode())["told"].startswith("[[")
    assert read_json(b'"' + b"x" * (limits.LOG_ENTRY - 2) + b'"')
    for data in (b"[" * 33 + b"]" * 33, b'"' + b"x" * (limits.LOG_ENTRY - 1) + b'"', b"NaN", b'{"a": Infinity}', b'"\\udfff"', b"\xff"):
        with pytest.raises(ValueError, match=r"\S"):
            read_json(data)


def test_moments_out_of_the_database():
    assert read_moment("2026-11-24T12:00:00+00:00") == datetime(2026, 11, 24, 12, tzinfo=UTC)
    for text in ("", "2026-11-24", "2026-11-24T12:00:00", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", None, 5, b"2026"):
        with pytest.raises(ValueError, match=r"\S"):
            read_moment(text)


def test_an_entry_has_what_every_entry_has():
    entry = BEGIN + b"}"
    assert read_leaf(entry)["officers"] == ["chief"]
    for name in (b'"act"', b'"subject"', b'"at"', b'"officers"'):
        with pytest.raises(ValueError, match="not an entry"):
            read_leaf(entry.replace(name, b'"other"'))
    assert read_written(entry) == {}
    with pytest.raises(ValueError, match="written"):
        read_written(BEGIN + b',"written":[]}')


def test_keys_that_no_file_of_keys_has(tmp_path):
    (tmp_path / "data.key").write_bytes(b"[" * 60_000)
    with pytest.raises(TjdocsError, match="not a data key"):
        Keys.open(tmp_path)
