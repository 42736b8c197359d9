"""A register of version 0002 is brought up with every row as it was, and what was changed in it stays as visible."""

import pytest
from alembic import command
from alembic.config import Config
from register_helpers import NOW, issue, person, stock
from sqlalchemy import MetaData, insert, select

from tjdocs.errors import RegisterError
from tjdocs.register import Keys, Register, merkle, migrate, schema, store
from tjdocs.register import migrations as package

OTHER = Keys.generate("example.tj/register")


@pytest.fixture
def lived(register):
    """A register with documents in several states, spoiled and destroyed blanks, a decision and two heads."""
    stock(register, "P0000001-P0000300")
    numbers = [issue(register) for _ in range(4)]
    numbers.append(issue(register, person=person()))
    register.documents.act("handover", numbers[4], officers=["anna"], at=NOW)
    register.documents.act("lost", numbers[4], officers=["chief"], at=NOW, ground="told by the holder", reference="act 2")
    numbers.append(issue(register, person=person(), replaces=numbers[4], ground="loss", category="A"))
    register.log.sequence()
    register.blanks.move("destroy", "P0000290-P0000300", officers=["chief", "second"], at=NOW, reference="act 3")
    register.decisions.record("citizenship", "citizen", day=NOW.date(), act="o 1", officer="chief", at=NOW, person=person())
    register.log.sequence()
    issue(register)  # has no place yet
    return register


def tables(register):
    """Every row of every table but the log's marks and the version."""
    found = {}
    with register._context.store.read() as connection:
        for table in schema.metadata.sorted_tables:
            columns = [column for column in table.c if column.name != "mac"]
            rows = connection.execute(select(*columns).order_by(*table.primary_key)).all()
            found[table.name] = [tuple(row) for row in rows]
    return found


@pytest.fixture
def old(lived, request, tmp_path):
    """The same as the library before wrote it, in a database of its own; its URL."""
    sqlite = lived._context.store.sqlite
    url = f"sqlite:///{tmp_path / 'old.db'}" if sqlite else request.getfixturevalue("server").database()
    made, secrets = store.Store(store.parse_url(url)), lived._context.secrets
    config = Config()
    config.set_main_option("script_location", package.__path__[0])
    with made.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for table in ("old_document", "old_series"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    then = MetaData()
    with lived._context.store.read() as source, made.write() as connection:
        then.reflect(connection)
        for table in schema.metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(select(table).order_by(*table.primary_key)).mappings()]
            for row in rows:
                if table.name == "document":
                    del row["id"], row["files"]
                if table.name == "entry":
                    row["mac"] = secrets.entry(merkle.leaf_hash(row["leaf"]))
            if rows:
                connection.execute(insert(then.tables[table.name]), rows)
        if not made.sqlite:
            connection.exec_driver_sql("SELECT setval('entry_id_seq', (SELECT MAX(id) FROM entry))")
    made.close()
    return url


def changed(url, statement):
    made = store.Store(store.parse_url(url))
    with made.write() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1
    made.close()


def test_every_row_is_taken_over(lived, old, keys):
    with pytest.raises(RegisterError, match="older"):
        Register(old, keys=keys)
    assert migrate(old, keys=keys, officer="chief", office="store", at=NOW) == ("0002", "0003")
    register, before = Register(old, keys=keys), tables(lived)
    found = tables(register)
    *same, (_, place, act, subject, leaf) = found.pop("entry")
    assert (same, found) == (before.pop("entry"), before)
    assert (place, act, subject) == (None, "migrate", "example.tj/register")
    assert b'"officers":["chief"],"before":"0002","now":"0003"' in leaf
    audit = register.audit(officer="auditor", heads=lived.log.heads(), persons=True)
    assert (audit.problems, audit.undetermined) == ((), ())
    assert issue(register) == "P0000008"
    assert register.document("P0000005", officer="gate") == lived.document("P0000005", officer="gate")
    register.close()


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE document SET expires = '2046-11-23' WHERE number = 'P0000002'", ("document", "P0000002")),
        ("UPDATE entry SET mac = leaf WHERE position = 12", ("entry", "12")),
        ("DELETE FROM entry WHERE subject = 'P0000002'", ("document", "P0000002")),
        ("UPDATE entry SET leaf = mac WHERE subject = 'P0000002'", ("document", "P0000002")),
    ],
)
def test_what_was_changed_before_stays_visible(old, keys, statement, row):
    changed(old, statement)
    migrate(old, keys=keys, officer="chief", office="store", at=NOW)
    register = Register(old, keys=keys)
    problems = register.audit(officer="auditor", sequence=False).problems
    assert row in {(problem.table, problem.row) for problem in problems}
    register.close()


@pytest.mark.parametrize(("officer", "message"), [("anna", "no role for migrate"), ("nobody", "no role"), ("auditor", "no role")])
def test_who_may_not(old, keys, officer, message):
    with pytest.raises(RegisterError, match=message):
        migrate(old, keys=keys, officer=officer, office="store", at=NOW)
    assert store.Store(store.parse_url(old)).version() == "0002"


def test_keys_of_another_register(old, keys):
    with pytest.raises(RegisterError):
        migrate(old, keys=OTHER, officer="chief", office="store", at=NOW)
    assert store.Store(store.parse_url(old)).version() == "0002"

