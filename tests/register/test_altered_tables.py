"""Tables, triggers and rows that somebody with the database alone put there: each is named, and nothing is written over it."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest

from tests.support.register_helpers import KIND, NOW, enrol, issue, new_register, open_register, person, stock
from tjdocs.auditlog.entry import UNREADABLE
from tjdocs.errors import RegisterError, TjdocsError

AUDIT = "tjdocs register audit"
IGNORED = "CREATE TRIGGER e BEFORE INSERT ON entry WHEN new.act = 'lost' BEGIN SELECT RAISE(IGNORE); END"
DELETED = "CREATE TRIGGER d AFTER INSERT ON entry BEGIN DELETE FROM entry WHERE id = new.id; END"


@pytest.fixture(scope="module")
def written(tmp_path_factory, keys):
    place = tmp_path_factory.mktemp("written") / "register.db"
    register = new_register(f"sqlite:///{place}", keys)
    for id_, role, office in (("auditor", "auditor", "store"), ("second", "officer", "store"), ("anna", "clerk", "dushanbe")):
        enrol(register, id_, role, office)
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(register, "P0000001-P0000100")
    issue(register, person=person())
    register.act("handover", "P0000001", officers=["anna"], at=NOW)
    register.close()
    return place


@pytest.fixture
def path(tmp_path, written):
    """The file of a register with a document that was handed over."""
    return shutil.copy(written, tmp_path / "register.db")


def change(path, *statements):
    """Run statements, and put the schema's own rows where it says so."""
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            if "sqlite_master" in statement:
                database.execute("PRAGMA writable_schema = ON")
            database.execute(statement)
            database.commit()


def opened(path, keys):
    return open_register(f"sqlite:///{path}", keys)


def named(register):
    return {(problem.table, problem.row) for problem in register.audit(officer="auditor", heads=[]).problems}


def lose(register):
    register.act("lost", "P0000001", officers=["chief"], at=NOW, ground="told by its holder")


HIDDEN = {
    "trigger": ([IGNORED], ("trigger", "e")),
    "trigger-in-another-case": ([IGNORED, "UPDATE sqlite_master SET type = 'Trigger' WHERE name = 'e'"], ("trigger", "e")),
    "trigger-after": ([DELETED], ("trigger", "d")),
    "view": (["CREATE VIEW v AS SELECT 1", "UPDATE sqlite_master SET type = 'View' WHERE name = 'v'"], ("view", "v")),
    "index-of-another-case": (
        [
            "CREATE UNIQUE INDEX one ON document (holder) WHERE holder IS NOT NULL",
            "UPDATE sqlite_master SET tbl_name = 'Document' WHERE name = 'one'",
        ],
        ("index", "one"),
    ),
    "table": (["CREATE TABLE more (a)"], ("table", "more")),
    "quoted-words": (
        [
            "CREATE TABLE head2 (\n\tsize INTEGER \"NOT\" \"NULL\", \n\tnote TEXT NOT NULL, \n\tPRIMARY KEY (size)\n)",
            "DROP TABLE head",
            "ALTER TABLE head2 RENAME TO head",
        ],
        ("table", "head"),
    ),
    "a-blank-of-unicode": (
        ["UPDATE sqlite_master SET sql = replace(sql, 'TEXT NOT NULL', 'TEXT' || char(8195) || 'NOT NULL') WHERE name = 'head'"],
        ("table", "head"),
    ),
    "an-index-said-twice": (
        ["INSERT INTO sqlite_master SELECT * FROM sqlite_master WHERE name = 'sqlite_autoindex_officer_1'"],
        ("index", "sqlite_autoindex_officer_1"),
    ),
    "no-sequence": (
        ["UPDATE sqlite_master SET sql = 'CREATE TABLE sqlite_sequence(name,seq,x)' WHERE name = 'sqlite_sequence'"],
        ("table", "sqlite_sequence"),
    ),
}  # fmt: skip


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", HIDDEN)
def test_whatever_a_schema_has_beside_the_registers_own_is_named(path, keys, name):
    statements, row = HIDDEN[name]
    assert opened(path, keys).audit(officer="auditor", heads=[]).sound
    change(path, *statements)
    assert row in named(opened(path, keys))


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", HIDDEN)
def test_nothing_is_written_into_tables_of_another_form(path, keys, name):
    """Neither an officer's act nor an issue: each is refused by the name of what stands there."""
    statements, row = HIDDEN[name]
    working = opened(path, keys)  # a process that has been at work all day
    assert issue(working) == "P0000002"
    change(path, *statements)
    for register in (working, opened(path, keys)):
        for act in (lose, issue):
            with pytest.raises(RegisterError, match="altered") as refused:
                act(register)
            assert (refused.value.where, AUDIT in refused.value.hint) == (" ".join(row), True)
    assert opened(path, keys).document("P0000001", officer="anna").status == "handed-over"


@pytest.mark.parametrize("row", ["type = 'table'", "type = NULL", "type = 'table', name = 'entry'"])
def test_a_trigger_under_another_name_opens_no_register(path, keys, row):
    change(path, IGNORED, f"UPDATE sqlite_master SET {row} WHERE name = 'e'")
    with pytest.raises(RegisterError, match="cannot open"):
        opened(path, keys)


@pytest.mark.requirement("STL-3")
def test_a_trigger_that_only_an_open_connection_still_has_does_not_run(path, keys):
    """Its row is gone, without the number that makes SQLite read the schema again."""
    working = opened(path, keys)
    with working._context.store.write(), working._context.store.read():  # two connections
        pass
    change(path, DELETED)
    for _ in range(2):
        with working._context.store.write(made=False) as one, working._context.store.read() as other:
            assert len({connection.exec_driver_sql("SELECT COUNT(*) FROM entry").scalar() for connection in (one, other)}) == 1
    change(path, "DELETE FROM sqlite_master WHERE name = 'd'")
    lose(working)
    issue(working)
    assert opened(path, keys).document("P0000001", officer="anna").status == "lost"
    assert opened(path, keys).audit(officer="auditor", heads=[]).problems == ()


def test_statistics_that_an_administrator_had_made_are_no_fault(path, keys):
    change(path, "ANALYZE")
    register = opened(path, keys)
    lose(register)
    assert register.audit(officer="auditor", heads=[]).sound


def test_triggers_of_postgresql_are_refused_by_name(server, keys):
    url = server.database()
    register = new_register(url, keys)
    register.close()
    with register._context.store.write() as connection:
        connection.exec_driver_sql("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
        connection.exec_driver_sql("CREATE TRIGGER e BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION f()")
    with pytest.raises(RegisterError, match="altered"):
        open_register(url, keys).blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)


# ------------------------------------------------------------------------------------------- what was written is there

SWALLOWED = {
    "entry": "BEFORE INSERT ON entry",
    "document": "BEFORE UPDATE ON document",
    "blank": "BEFORE DELETE ON blank",
    "spoiled": "BEFORE INSERT ON blank",
}
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"


@pytest.mark.parametrize("name", SWALLOWED)
def test_an_act_of_which_the_database_keeps_a_part_is_none(stocked, name, monkeypatch):
    """Whatever swallowed it, and if the tables' form was never looked at."""
    issue(stocked, person=person())
    stocked.act("handover", "P0000001", officers=["anna"], at=NOW)
    before = stocked.audit(officer="auditor").entries
    store = stocked._context.store
    with store.write() as connection:
        if store.sqlite:
            connection.exec_driver_sql(f"CREATE TRIGGER e {SWALLOWED[name]} BEGIN SELECT RAISE(IGNORE); END")
        else:
            connection.exec_driver_sql(FUNCTION)
            connection.exec_driver_sql(f"CREATE TRIGGER e {SWALLOWED[name]} FOR EACH ROW EXECUTE FUNCTION f()")
    monkeypatch.setattr(type(store), "_check_form", lambda *_: None)
    acts = [lambda: stocked.act("spoil", "P0000009", officers=["anna"], at=NOW, ground="torn")]
    if name in ("entry", "document"):
        acts = [lambda: lose(stocked)]
    if name == "entry":
        acts.append(lambda: issue(stocked))
    for act in acts:
        with pytest.raises(RegisterError, match="did not keep") as refused:
            act()
        assert AUDIT in refused.value.hint
    with store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER e" if store.sqlite else "DROP FUNCTION f CASCADE")
    found = stocked.audit(officer="auditor")
    assert (found.sound, stocked.document("P0000001", officer="anna").status) == (True, "handed-over")
    assert found.entries - before <= 1  # the number that the failed issue had


# ------------------------------------------------------------------------------------------------------- single cells

OPERATIONS = {
    "known": lambda register: register.known(person(), officer="anna"),
    "holder": lambda register: register.documents.holder("P0000001", officer="anna"),
    "document": lambda register: [register.document(n, officer="anna") for n in ("P0000001", "P0000099")],
    "blank": lambda register: [register.blanks.find(n, officer="anna") for n in ("P0000001", "P0000099")],
    "spans": lambda register: register.blanks.spans(officer="anna"),
    "statistics": lambda register: register.statistics(first=date(2026, 11, 1), last=date(2026, 11, 30), officer="auditor"),
    "officers": lambda register: register.officers.list(officer="chief"),
    "prove": lambda register: register.log.prove("P0000001", officer="auditor"),
    "sequence": lambda register: register.log.sequence(),
    "spoil": lambda register: register.act("spoil", "P0000099", officers=["anna"], at=NOW, ground="torn"),
    "rewrap": lambda register: register.rewrap(officer="chief", at=NOW),
    "issue": lambda register: issue(register, person=person(given_names="ANNA", personal_number="")),
    "again": lambda register: issue(register, person=person()),
}
CELLS = {
    "wrapped-gone": "UPDATE document SET wrapped = NULL",
    "wrapped-text": "UPDATE document SET wrapped = 'text'",
    "wrapped-number": "UPDATE document SET wrapped = 4611686018427387904",
    "sealed-text": "UPDATE document SET sealed = 'text'",
    "personal-text": "UPDATE document SET personal = 'text'",
    "expires-bytes": "UPDATE document SET expires = X'FFFE'",
    "issued-bytes": "UPDATE document SET issued = X'FFFE'",
    "state-unknown": "UPDATE document SET state = 'zz'",
    "blank-series": "UPDATE blank SET series = 7",
    "blank-last": "UPDATE blank SET last = X'FFFE'",
    "blank-last-far": "UPDATE blank SET last = 4611686018427387904",
    "blank-first": "UPDATE blank SET first = X'FFFE'",
    "blank-since": "UPDATE blank SET since = X'FFFE'",
    "blank-state": "UPDATE blank SET state = X'FFFE'",
    "series-id": "UPDATE series SET id = 4611686018427387904",
    "series-id-gone": "UPDATE series SET id = -3",
    "series-pattern": "UPDATE series SET pattern = X'FFFE'",
    "series-type": "UPDATE series SET document_type = X'FFFE'",
    "position": "UPDATE entry SET position = X'FFFE' WHERE position = 3",
    "leaf": "UPDATE entry SET leaf = 5 WHERE subject = 'P0000001'",
    "head-size": "UPDATE head SET note = X'FFFE'",
    "office": "UPDATE officer SET office = X'FFFE'",
    "role": "UPDATE officer SET role = X'FFFE'",
}  # fmt: skip


@pytest.mark.parametrize("cell", CELLS)
def test_one_changed_cell_ends_in_a_named_error(path, keys, cell):
    """Whatever is asked of the register then: an answer, or an error that says what to do."""
    opened(path, keys).log.sequence()
    change(path, "PRAGMA foreign_keys = OFF", CELLS[cell])
    unnamed = {}
    for name, operation in OPERATIONS.items():
        try:
            operation(opened(path, keys))
        except TjdocsError:
            continue
        except UNREADABLE as error:
            unnamed[name] = repr(error)
    assert not unnamed


CHANGED = {
    "wrapped-gone": ("holder", "wrapped"),
    "wrapped-number": ("known", "wrapped"),
    "expires-bytes": ("again", "expires"),
    "blank-last": ("spoil", "last"),
    "blank-series": ("spans", "series"),
    "series-id": ("document", "series"),
}


@pytest.mark.parametrize("cell", CHANGED)
def test_a_changed_cell_is_named_with_the_command_that_shows_it(path, keys, cell):
    operation, column = CHANGED[cell]
    change(path, "PRAGMA foreign_keys = OFF", CELLS[cell])
    with pytest.raises(RegisterError) as refused:
        OPERATIONS[operation](opened(path, keys))
    assert column in refused.value.where
    assert AUDIT in refused.value.hint


def test_a_mistake_of_the_librarys_own_is_not_called_a_changed_row(path, keys):
    store = opened(path, keys)._context.store
    with pytest.raises(KeyError, match="ours"), store.read():
        raise KeyError("ours")
