"""Attacks of one who writes to the database, reads all of it, and has no keys: each is found, and its row is named."""

import base64
from secrets import token_hex

import pytest

from tests.support.register_helpers import KIND, NOW, TWO, enrol, issue, new_register, open_register, person, sql, stock
from tjdocs.auditlog.checkpoint import Checkpoint
from tjdocs.auditlog.entry import make_leaf
from tjdocs.errors import RegisterError
from tjdocs.register import Keys, OfficerKey, Register, queries
from tjdocs.register import tables as schema
from tjdocs.register.audit.replay import Replay
from tjdocs.register.audit.roll import Roll

ENTRY, HEAD = schema.entry.c, schema.head.c


@pytest.fixture
def busy(register):
    """Documents of every kind of row, two signed heads, and entries that have no place yet."""
    stock(register, "P0000001-P0000100")
    for _ in range(3):
        issue(register)
    issue(register, person=person(personal_number=""))
    issue(register, files={"DG1": "ab" * 32, "DG2": "cd" * 32}, written={"a/b": "ef" * 32})
    register.documents.act("handover", "P0000001", officers=["anna"], at=NOW)
    register.heads = [register.log.sequence()]
    register.documents.act("lost", "P0000001", officers=["chief"], at=NOW, ground="reported")
    register.decisions.record("citizenship", "citizen", day=NOW.date(), act="o 1", officer="chief", at=NOW, person=person())
    register.heads.append(register.log.sequence())
    assert register.audit(officer="auditor", heads=[], sequence=False, persons=True).problems == ()
    return register


def rows(register, query):
    with register._context.store.read() as connection:
        return connection.execute(query).all()


def put(register, *statements):
    with register._context.store.write() as connection:
        for statement in statements:
            connection.execute(statement)


def named(register, **more):
    found = register.audit(officer="auditor", **more)
    return {(problem.table, problem.row) for problem in found.problems}


def blind(url, keys):
    return open_register(url, Keys((), None, keys.verifier))


# ------------------------------------------------------------------------------------------ entries used once more


def kept(register, which):
    """Return a new entry as whoever reads the database keeps it."""
    (row,) = rows(register, schema.entry.select().where(which, ENTRY.position.is_(None)))
    return {"act": row.act, "subject": row.subject, "leaf": row.leaf, "mac": row.mac}


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("since", [False, True])
@pytest.mark.parametrize("sequenced", [False, True])
def test_an_officer_enrolled_once_more_by_a_kept_entry(register, since, sequenced):
    """The mark of a new entry is good; that the same entry stands there twice is not."""
    enrol(register, "late", "officer", "store", TWO, OfficerKey.generate())
    again = kept(register, ENTRY.subject == "late")
    head = register.log.sequence()
    if not sequenced:
        register.officers.dismiss("late", "officer", officer=TWO, at=NOW)
        register.log.sequence()
    else:
        register.officers.dismiss("late", "officer", officer=TWO, at=NOW)
    put(register, schema.entry.insert().values(**again), schema.officer.insert().values(id="late", role="officer", office="store"))
    with pytest.raises(RegisterError, match="twice"):
        register.log.sequence()
    tables = {table for table, _ in named(register, **({"since": head} if since else {}))}
    assert tables >= ({"entry"} if since else {"entry", "officer"})


def test_an_entry_that_a_sequencer_let_in_twice(register, monkeypatch):
    """Nobody looked for such in registers of before: their sequencers signed it, and the audit names it."""
    enrol(register, "late", "officer", "store", TWO, OfficerKey.generate())
    again = kept(register, ENTRY.subject == "late")
    head = register.log.sequence()
    register.officers.dismiss("late", "officer", officer=TWO, at=NOW)
    put(register, schema.entry.insert().values(**again), schema.officer.insert().values(id="late", role="officer", office="store"))
    monkeypatch.setattr(queries, "AGAIN", "SELECT 1 WHERE 1 = 0")
    place = int(register.log.sequence().split("\n")[1]) - 1
    monkeypatch.undo()
    assert named(register, since=head) == {("entry", str(place))}


def test_the_same_act_twice_in_one_second_is_two_entries(register):
    for _ in range(2):
        enrol(register, "late", "officer", "store", TWO, OfficerKey.generate())
        register.officers.dismiss("late", "officer", officer=TWO, at=NOW)
    register.log.sequence()
    assert register.audit(officer="auditor").sound


def test_a_lost_document_handed_over_once_more_by_a_kept_entry(stocked):
    number = issue(stocked)
    stocked.documents.act("handover", number, officers=["anna"], at=NOW)
    again = kept(stocked, ENTRY.act == "handover")
    stocked.documents.act("lost", number, officers=["chief"], at=NOW, ground="reported")
    stocked.log.sequence()
    put(stocked, schema.entry.insert().values(**again))
    sql(stocked, "UPDATE document SET state = 'handed-over', ground = ''")
    assert ("document", number) in named(stocked)


def test_new_acts_that_change_places(stocked):
    """Marks of new entries hold at any place; the acts are lawful in one order only."""
    number = issue(stocked)
    stocked.log.sequence()
    stocked.documents.act("handover", number, officers=["anna"], at=NOW)
    stocked.documents.act("lost", number, officers=["chief"], at=NOW, ground="reported")
    sql(
        stocked,
        "UPDATE entry SET id = -1 WHERE position IS NULL AND act = 'handover'",
        "UPDATE entry SET id = id + 100 WHERE position IS NULL AND act = 'lost'",
        "UPDATE entry SET id = id + 300 WHERE id = -1",
        "UPDATE document SET state = 'handed-over', ground = ''",
    )
    found = {problem for problem in stocked.audit(officer="auditor").problems if problem.code == "unlawful"}
    assert {(one.table, one.detail) for one in found} >= {("entry", "handover is not lawful at status lost")}


def test_new_enrolments_that_change_places(register):
    register.log.sequence()
    enrol(register, "late", "officer", "store", TWO, OfficerKey.generate())
    register.officers.dismiss("late", "officer", officer=TWO, at=NOW)
    sql(
        register,
        "UPDATE entry SET id = id + 100 WHERE position IS NULL AND act = 'dismiss'",
        "UPDATE entry SET id = id + 300 WHERE position IS NULL AND act = 'enrol'",
        "UPDATE officer_key SET until = '' WHERE officer = 'late'",
    )
    put(register, schema.officer.insert().values(id="late", role="officer", office="store"))
    assert {table for table, _ in named(register)} == {"entry"}


def test_an_issue_entered_twice_hides_no_document(busy, url, keys):
    """Without the data key too: as many entries as documents, and one document that no entry is of."""
    (row,) = rows(busy, schema.entry.select().where(ENTRY.act == "issue", ENTRY.subject == "P0000002"))
    put(busy, schema.entry.insert().values(act="issue", subject=row.subject, leaf=row.leaf, mac=row.mac))
    sql(
        busy,
        "INSERT INTO document SELECT id + 50, 'P0000052', series, 52, document_type, office, officer, issued, expires, state, "
        "since, ground, citizenship, sex, category, replaces, replaced_by, files, holder, personal, sealed, wrapped FROM document "
        "WHERE number = 'P0000002'",
    )
    for register in (busy, blind(url, keys)):
        found = named(register, sequence=False)
        assert ("document", "P0000052") in found
        assert any(table == "entry" and row.startswith("new") for table, row in found)


# ------------------------------------------------------------------------------------------------- single columns

CHANGES = {
    "personal-empty": ("UPDATE document SET personal = {empty} WHERE number = 'P0000004'", ("document", "P0000004")),
    "decision-empty": ("UPDATE decision SET wrapped = NULL, holder = {empty}", ("decision", None)),
    "files-longer": (
        "UPDATE document SET files = files || ',\"written\":{{\"a/b\":\"" + "ef" * 32 + "\"}}' WHERE number = 'P0000005'",
        ("document", "P0000005"),
    ),
    "entry-before-the-first": ("UPDATE entry SET position = -1 WHERE position = 4", ("entry", "-1")),
    "setting-spelled-otherwise": ("UPDATE setting SET value = upper(value) WHERE key = 'key.mac'", ("setting", "key.mac")),
    "head-with-another-signature": (
        "UPDATE head SET note = note || '\u2014 other.tj/log " + base64.b64encode(b"12345678").decode() + "' || chr(10)",
        ("head", "LAST"),
    ),
    "version-twice": ("INSERT INTO alembic_version VALUES ('0009')", ("alembic_version", f"{schema.VERSION}, 0009")),
}  # fmt: skip


@pytest.mark.parametrize("value", ["", "00", "no key", "key.lookup"])
def test_a_key_of_the_register_while_it_is_open(busy, url, keys, value):
    without = blind(url, keys)
    if value == "key.lookup":
        sql(busy, "UPDATE setting SET value = (SELECT value FROM setting WHERE key = 'key.lookup') WHERE key = 'key.mac'")
    else:
        sql(busy, f"UPDATE setting SET value = '{value}' WHERE key = 'key.mac'")
    assert named(busy) == {("setting", "key.mac")}
    if value in ("", "no key"):
        assert named(without) == {("setting", "key.mac")}


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_one_column(busy, url, name):
    statement, (table, row) = CHANGES[name]
    sqlite = url.startswith("sqlite")
    statement = statement.format(empty="x''" if sqlite else "''::bytea") if "{empty}" in statement or "{{" in statement else statement
    sql(busy, statement.replace("chr(10)", "char(10)") if sqlite else statement)
    found = named(busy)
    row = busy.heads[-1].split("\n")[1] if row == "LAST" else row
    assert (table, row) in found or (row is None and table in {one for one, _ in found}), found
    assert len([row for row in found if row[0] != "officer_key"]) <= 3, found  # an officer has a row in each of two tables


def test_an_entry_inserted_before_the_first(busy):
    """It would be told in a number's history, and counted in reports."""
    (row,) = rows(busy, schema.entry.select().where(ENTRY.position == 4))
    values = {"position": -7, "act": row.act, "subject": row.subject, "leaf": row.leaf, "mac": row.mac}
    put(busy, schema.entry.insert().values(**values))
    assert ("entry", "-7") in named(busy)
    assert ("entry", "-7") in named(busy, since=busy.heads[0])


def test_a_range_that_runs_backwards(busy):
    sql(
        busy,
        "INSERT INTO blank (series, first, last, state, office, destination, since) "
        "SELECT series, 3, 2, state, office, destination, since FROM blank WHERE last = 100",
    )
    assert ("blank", "P0000003-P0000002") in named(busy)


TYPES = {
    "blank-last": ("UPDATE blank SET last = last + 0.5 WHERE series = 1 AND first = 2", "blank", "series 1, 2-"),
    "document-replaced-by": ("UPDATE document SET replaced_by = x''", "document", "T00000001"),
    "document-ground": ("UPDATE document SET ground = x''", "document", "T00000001"),
    "document-blank": ("UPDATE document SET blank = 'abc'", "document", "T00000001"),
    "entry-position": ("UPDATE entry SET position = position + 0.5 WHERE position = 2", "entry", "2.5"),
    "entry-position-text": ("UPDATE entry SET position = 'x' WHERE position = 2", "entry", "x"),
}


@pytest.mark.parametrize("name", TYPES)
def test_a_value_of_another_type(tmp_path, keys, name):
    """SQLite keeps whatever someone puts into a column; the row is named, and the rest is read."""
    register = Register.create(f"sqlite:///{tmp_path / 'r.db'}", keys=keys, officer="chief", office="o", at=NOW, trial=True)
    register.add_series(KIND, "T{:08d}", at=NOW)
    issue(register, officer="chief")
    register.log.sequence()
    statement, table, row = TYPES[name]
    sql(register, statement)
    found = register.audit()
    assert any(one.table == table and one.row.startswith(row) for one in found.problems), found.problems
    assert len(found.problems) <= 5
    assert "the rest was not read" not in found.undetermined


@pytest.mark.parametrize("column", ["number", "stage"])
def test_a_reservation_in_another_type(tmp_path, keys, column):
    register = Register.create(f"sqlite:///{tmp_path / 'r.db'}", keys=keys, officer="chief", office="o", at=NOW, trial=True)
    register.add_series(KIND, "T{:08d}", at=NOW)
    reservation = register.reserve(KIND, officer="chief", at=NOW, out=tmp_path / "out")
    reservation.commit(at=NOW, issued=NOW.date(), expires=NOW.date(), files={}, written={"x": "00" * 32})
    assert register.audit().sound
    sql(register, f"UPDATE reservation SET {column} = CAST({column} AS BLOB)")
    assert {table for table, _ in named(register)} == {"reservation"}


TEXTS = [("entry", "leaf"), ("document", "ground"), ("officer", "office"), ("officer", "role"), ("blank", "since"), ("entry", "subject"), ("series", "pattern")]


@pytest.mark.parametrize(("table", "column"), [*TEXTS, ("decision", "act"), ("head", "note"), ("setting", "value")])
def test_text_that_is_no_unicode(tmp_path, keys, table, column):
    """SQLite keeps bytes as text; no driver reads them, and an audit must go on."""
    url = f"sqlite:///{tmp_path / 'r.db'}"
    register = new_register(url, keys, office="store")
    enrol(register, "auditor", "auditor", "store")
    enrol(register, "anna", "clerk", "dushanbe")
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(register, "P0000001-P0000100")
    issue(register)
    register.decisions.record("legalisation", "late", day=NOW.date(), act="o 1", officer="chief", at=NOW)
    register.log.sequence()
    sql(register, f"UPDATE {table} SET {column} = {column} || CAST(x'ff' AS TEXT)")
    assert table in {one for one, _ in named(register)}
    register.close()


UNREADABLE = {
    "lookup": ("UPDATE setting SET value = CAST(x'ff41' AS TEXT) WHERE key = 'key.lookup'", "setting key.lookup"),
    "mac": ("UPDATE setting SET key = CAST(x'ff41' AS TEXT) WHERE key = 'key.mac'", "setting key.mac"),
    "trial": ("UPDATE setting SET value = CAST(x'ff' AS TEXT) WHERE key = 'trial'", "setting trial"),
    "origin": ("UPDATE setting SET value = CAST(x'ff' AS TEXT) WHERE key = 'origin'", "setting origin"),
    "version": ("UPDATE alembic_version SET version_num = CAST(x'ff' AS TEXT)", "alembic_version"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_setting_that_is_no_unicode_is_named(tmp_path, keys, name):
    statement, where = UNREADABLE[name]
    url = f"sqlite:///{tmp_path / 'r.db'}"
    register = new_register(url, keys, office="store")
    sql(register, statement)
    register.close()
    with pytest.raises(RegisterError) as caught:
        open_register(url, keys)
    assert caught.value.where == where


@pytest.mark.parametrize("statement", [
    "UPDATE entry SET leaf = CAST(x'ff' AS TEXT) WHERE act = 'init'",
    "INSERT INTO setting VALUES (CAST(x'ff' AS TEXT), 'x')",
])  # fmt: skip
def test_a_register_opens_without_what_it_does_not_need(tmp_path, keys, statement):
    """Four settings and the version are needed; the audit names the rest."""
    url = f"sqlite:///{tmp_path / 'r.db'}"
    register = new_register(url, keys, office="store")
    enrol(register, "auditor", "auditor", "store")
    sql(register, statement)
    register.close()
    opened = open_register(url, keys)
    assert {table for table, _ in named(opened)} & {"entry", "setting"}
    opened.close()


def test_a_head_that_became_bytes(tmp_path, keys):
    register = Register.create(f"sqlite:///{tmp_path / 'r.db'}", keys=keys, officer="chief", office="o", at=NOW, trial=True)
    register.log.sequence()
    sql(register, "UPDATE head SET note = CAST(note AS BLOB)")
    assert ("head", "1") in named(register)


def test_an_error_tells_nothing_of_what_stands_there(tmp_path, keys):
    register = Register.create(f"sqlite:///{tmp_path / 'r.db'}", keys=keys, officer="chief", office="o", at=NOW, trial=True)
    register.add_series(KIND, "T{:08d}", at=NOW)
    number = issue(register, officer="chief", person=person())
    sql(register, "UPDATE document SET sealed = CAST(x'4142ff' AS TEXT)")
    with pytest.raises(RegisterError, match=r"Could not decode to UTF-8 column 'sealed'$") as caught:
        register.documents.holder(number, officer="chief")
    assert "AB" not in str(caught.value)


# -------------------------------------------------------------------------------------------------------- since


@pytest.mark.parametrize(("column", "value"), [("act", "used"), ("subject", "P0000099")])
@pytest.mark.parametrize("act", ["issue", "lost"])
def test_a_new_entry_that_is_about_something_else(busy, act, column, value):
    head = busy.log.head()
    issue(busy)
    busy.documents.act("lost", "P0000002", officers=["chief"], at=NOW, ground="reported")
    size = int(busy.log.sequence().split("\n")[1])
    place = size - (2 if act == "issue" else 1)
    sql(busy, f"UPDATE entry SET {column} = '{value}' WHERE position = {place}")
    assert ("entry", str(place)) in named(busy, since=head)


def test_since_a_replacement_its_document_is_destroyed(busy):
    """What an entry before the head says of a row is not asked of the entries after it."""
    issue(busy, replaces="P0000001", ground="loss")
    head = busy.log.sequence()
    told = {"officers": ["chief", "second"], "at": NOW, "reference": "act 5"}
    busy.documents.act("destroy", "P0000001", **told)
    assert busy.audit(officer="auditor", since=head).problems == ()
    assert busy.audit(officer="auditor").problems == ()
    sql(busy, "UPDATE document SET state = 'lost' WHERE number = 'P0000001'")
    assert named(busy, since=head) == {("document", "P0000001")}


def test_since_a_head_within_a_block_its_root_is_compared(stocked):
    while int(stocked.log.sequence().split("\n")[1]) < 200:
        issue(stocked)
    head = stocked.log.head()
    for _ in range(70):
        issue(stocked)
    stocked.log.sequence()
    assert stocked.audit(officer="auditor", since=head).problems == ()
    root = stocked.audit(officer="auditor").head
    assert root
    with stocked._context.store.write() as connection:
        connection.execute(schema.block.update().values(root=bytes(32)))
    assert ("block", "0") in named(stocked, since=head)


@pytest.fixture
def long(stocked):
    """More than one whole block of entries under one head."""
    for _ in range(260):
        issue(stocked)
    stocked.log.sequence()
    return stocked


def test_roots_of_blocks(long):
    assert long.audit(officer="auditor").problems == ()
    put(long, schema.block.insert().values(number=7, root=bytes(32)))
    assert named(long) == {("block", "7")}
    sql(long, "DELETE FROM block")
    assert named(long) == {("block", "0")}
    put(long, schema.block.insert().values(number=0, root=bytes(32)))
    assert named(long) == {("block", "0")}


def test_a_head_within_a_whole_block_is_compared(long, keys):
    size, origin = 100, long.log.verifier.name
    forged = keys.log.sign(Checkpoint(origin, size, bytes(32)))
    assert ("log", "entries 0 to 99") in named(long, heads=[forged])


def test_a_head_of_nothing(busy, keys):
    put(busy, schema.head.insert().values(size=0, note=keys.log.sign(Checkpoint(busy.log.verifier.name, 0, bytes(32)))))
    assert named(busy) == {("head", "0")}


def test_what_was_signed_is_named_as_wrong_once(busy, url, keys):
    put(busy, schema.entry.update().where(ENTRY.position == 4).values(leaf=b"{}"))
    found = [row for table, row in named(blind(url, keys)) if table == "log"]
    assert found == [f"entries 0 to {int(busy.heads[0].split(chr(10))[1]) - 1}"]


def test_since_a_head_of_which_entries_are_gone(busy):
    size = int(busy.heads[0].split("\n")[1])
    sql(busy, f"DELETE FROM entry WHERE position = {size - 2}")
    assert any(table == "entry" and str(size - 1) in row for table, row in named(busy, since=busy.heads[0]))


def test_since_a_head_that_nothing_leads_to_no_block_is_blamed(long):
    head = long.log.head()
    size = int(head.split("\n")[1])
    for _ in range(300):
        issue(long)
    long.log.sequence()
    sql(long, f"DELETE FROM entry WHERE position = {size - 2}")
    assert {table for table, _ in named(long, since=head)} == {"entry"}


def test_an_entry_beyond_the_newest_head(busy, url, keys):
    """Without the data key too: a place that no head speaks of."""
    size = int(busy.heads[-1].split("\n")[1])
    (row,) = rows(busy, schema.entry.select().where(ENTRY.position == 2))
    values = {"act": row.act, "subject": "late", "leaf": row.leaf, "mac": row.mac, "position": size}
    put(busy, schema.entry.insert().values(**values))
    found = blind(url, keys).audit(officer="auditor").problems
    assert ("inserted", "entry", str(size)) in {(one.code, one.table, one.row) for one in found}


# --------------------------------------------------------------------------------------------------- what is lawful


def played(*acts, whole=True):
    """Play acts: each its name, subject, moment's hour and what more its entry says; what was wrong with each."""
    replay, found = Replay(whole=whole, roll=Roll(whole=whole)), []
    for act, subject, hour, more in acts:
        at = hour or "2026-11-24T00:00:00+05:00"
        faults = replay.add(act, subject, make_leaf(act, subject, at, ["chief"], more, nonce=token_hex(8)))
        found.append("; ".join(fault.detail for fault in faults))
    return found


def on_document(act, state, hour, ground=""):
    at = f"2026-11-24T{hour:02d}:00:00+05:00"
    return act, "P0000001", at, {"document": {"state": state, "ground": ground, "since": at}}


LAWLESS = {
    "replaced": ([on_document("replace", "lost", 1, "loss")], "loss is not a ground at status issued"),
    "earlier": (
        [on_document("handover", "handed-over", 2), on_document("lost", "lost", 1, "x")],
        "an act before the last one on this document",
    ),
    "handed-over-twice": (
        [on_document("handover", "handed-over", 1), on_document("handover", "handed-over", 2)],
        "handover is not lawful at status handed-over",
    ),
    "enrolled-twice": ([("enrol", "bob", "", {"role": "clerk", "office": "o"})] * 2, "the officer has that role"),
    "dismissed": ([("dismiss", "bob", "", {"role": "clerk"})], "the officer has no such role"),
}


@pytest.mark.parametrize("name", LAWLESS)
def test_entries_that_no_register_writes(name):
    acts, fault = LAWLESS[name]
    assert played(*acts) == [""] * (len(acts) - 1) + [fault]


def test_what_was_before_is_not_asked_of_new_entries_alone():
    replaced = on_document("replace", "lost", 1, "loss")
    replaced[3]["document"]["replaced_by"] = "P0000002"
    acts = [replaced, ("dismiss", "bob", "", {"role": "clerk"})]
    assert played(*acts, whole=False) == ["", ""]


# ------------------------------------------------------------------------------------------------------ the tables

FORMS = {
    "column-added": ("ALTER TABLE document ADD COLUMN other VARCHAR", ("table", "document")),
    "column-dropped": ("ALTER TABLE decision DROP COLUMN category", ("table", "decision")),
    "column-renamed": ("ALTER TABLE document RENAME COLUMN ground TO grounds", ("table", "document")),
    "index-dropped": ("DROP INDEX document_holder", ("index", "document_holder")),
    "index-added": ("CREATE UNIQUE INDEX other ON officer (office, id, role)", ("index", "other")),
    "index-of-part": ("CREATE INDEX other ON document (holder) WHERE sex = 'F'", ("index", "other")),
    "table-renamed": ("ALTER TABLE block RENAME TO blocks", ("table", "block")),
}  # fmt: skip
POSTGRESQL = {
    "unique-dropped": ("ALTER TABLE document DROP CONSTRAINT document_number_key", ("table", "document")),
    "column-of-another-type": ("ALTER TABLE document ALTER COLUMN blank TYPE NUMERIC", ("table", "document")),
    "column-collated": ('ALTER TABLE officer ALTER COLUMN id TYPE VARCHAR COLLATE "C"', ("table", "officer")),
    "function": ("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", ("function", "f")),
    "policy": ("CREATE POLICY other ON document USING (sex <> 'F')", ("policy", "other")),
}


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", FORMS)
def test_tables_of_another_form(busy, name):
    statement, row = FORMS[name]
    with busy._context.store.write() as connection:
        connection.exec_driver_sql(statement)
    assert row in named(busy)


@pytest.mark.parametrize("name", POSTGRESQL)
def test_tables_of_another_form_on_postgresql(server, keys, name):
    register = Register.create(server.database(), keys=keys, officer="chief", office="store", at=NOW, trial=True)
    assert register.audit().sound
    statement, row = POSTGRESQL[name]
    with register._context.store.write() as connection:
        connection.exec_driver_sql(statement)
    assert row in named(register)
    register.close()


def test_letters_that_are_compared_otherwise(tmp_path, keys):
    """A table made anew whose ids are one whether written small or large."""
    register = Register.create(f"sqlite:///{tmp_path / 'r.db'}", keys=keys, officer="chief", office="o", at=NOW, trial=True)
    assert register.audit().sound
    with register._context.store.write() as connection:
        connection.exec_driver_sql("DROP TABLE officer")
        connection.exec_driver_sql(
            "CREATE TABLE officer (id VARCHAR NOT NULL COLLATE NOCASE, role VARCHAR NOT NULL, office VARCHAR NOT NULL, "
            "PRIMARY KEY (id, role))"
        )
    assert ("table", "officer") in named(register)


def made_anew(register, table, old, new):
    """Make a table anew, with other words in its statement."""
    with register._context.store.write() as connection:
        run = connection.exec_driver_sql
        made = run("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar()
        indexes = run("SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = 'index' AND sql IS NOT NULL", (table,)).scalars().all()
        columns = ", ".join(f'"{column.name}"' for column in schema.metadata.tables[table].columns)
        assert old in made
        run(f"ALTER TABLE {table} RENAME TO other")
        run(made.replace(old, new))
        run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM other")
        run("DROP TABLE other")
        for index in indexes:
            run(index)


ALIKE = {
    "a-column-named-as-a-key": ("officer", "PRIMARY KEY (id, role)", '"PRIMARY KEY (id, role)"'),
    "a-column-named-as-a-rule": ("entry", "UNIQUE (position)", '"UNIQUE (position)"'),
    "a-type-without-a-rule": ("officer", "role VARCHAR NOT NULL", "role VARCHARNOTNULL"),
    "a-column-of-two-words": ("head", "size INTEGER NOT NULL", '"size INTEGER" NOT NULL, size INTEGER NOT NULL'),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_a_table_whose_statement_reads_alike(tmp_path, keys, name):
    """Without its blanks and quotes it is the register's; as SQLite reads it, a row may stand there twice."""
    register = new_register(f"sqlite:///{tmp_path / 'r.db'}", keys, office="store")
    enrol(register, "auditor", "auditor", "store")
    assert register.audit(officer="auditor", sequence=False).sound
    table, old, new = ALIKE[name]
    made_anew(register, table, old, new)
    assert ("table", table) in named(register, sequence=False)
    register.close()


def test_without_the_data_key_ids_and_marks_are_undetermined(busy, url, keys):
    sql(busy, "UPDATE entry SET id = id + 1000 WHERE position = 4")
    found = blind(url, keys).audit(officer="auditor", heads=[])
    assert any("ids and marks" in text for text in found.undetermined)
