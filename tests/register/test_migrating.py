"""Registers that earlier versions wrote are brought up with every row as it was; what was changed in them stays visible."""

import base64
import json
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert, select

from tests.support.register_helpers import KIND, NOW, OFFICERS, TWO, issue, open_register, person, request
from tjdocs.auditlog.merkle import leaf_hash
from tjdocs.errors import KeyMaterialError, RegisterError, UsageError
from tjdocs.register import Keys, OfficerKey, Register, migrate
from tjdocs.register import database as store
from tjdocs.register import migrations as package
from tjdocs.register import tables as schema
from tjdocs.register.belonging import Csca
from tjdocs.register.register_log import Secrets

OTHER = Keys.generate("example.tj/register")
WRITTEN = json.loads((Path(__file__).parent / "register-0003.json").read_text())  # by make_old_register.py
MIGRATING = {"officer": "chief", "office": "store", "at": NOW, "officer_key": OFFICERS["chief"]}
UNSIGNED = "entries 0 to 23 are unsigned: signed from entry 24 on"


def cell(value):
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


ROWS = {name: [{key: cell(value) for key, value in row.items()} for row in rows] for name, rows in WRITTEN["tables"].items()}


@pytest.fixture(scope="module")
def old_keys(tmp_path_factory):
    """The register's keys, as they lay in its folder."""
    folder = tmp_path_factory.mktemp("old") / "keys"
    folder.mkdir()
    for name, text in WRITTEN["keys"].items():
        (folder / name).write_bytes(base64.b64decode(text))
    return Keys.open(folder)


def secrets_of(keys):
    settings = {row["key"]: row["value"] for row in ROWS["setting"]}
    return Secrets(*(keys.unwrap(bytes.fromhex(settings[f"key.{name}"])) for name in ("lookup", "mac")))


def upgraded(made, version, rows):
    """Make the tables of a version by the migrations, and put rows into them."""
    config = Config()
    config.set_main_option("script_location", package.__path__[0])
    with made.write(made=False) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for table in ("old_document", "old_series"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    then = MetaData()
    with made.write(made=False) as connection:
        then.reflect(connection)
        for table in then.sorted_tables:
            if rows.get(table.name) and table.name != "alembic_version":
                connection.execute(insert(table), rows[table.name])
        if not made.sqlite:
            connection.exec_driver_sql("SELECT setval('entry_id_seq', (SELECT MAX(id) FROM entry))")
    made.close()


@pytest.fixture(params=["0002", "0003"])
def version(request):
    return request.param


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request, tmp_path, version, old_keys):
    """A register of an earlier version; its URL."""
    rows = {name: [dict(row) for row in some] for name, some in ROWS.items()}
    if request.param == "sqlite" and version == "0003":  # the very tables, too
        path = tmp_path / "old.db"
        with sqlite3.connect(path) as database:
            database.executescript(";".join(WRITTEN["schema"]))
            for name, some in rows.items():
                for row in some:
                    marks = ", ".join("?" * len(row))
                    database.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        database.close()
        return f"sqlite:///{path}"
    url = f"sqlite:///{tmp_path / 'old.db'}" if request.param == "sqlite" else request.getfixturevalue("server").database()
    if version == "0002":
        secrets = secrets_of(old_keys)
        for row in rows["document"]:
            del row["id"], row["files"]
        for row in rows["entry"]:
            row["mac"] = secrets.entry(leaf_hash(row["leaf"]))
    upgraded(store.Store(store.parse_url(url)), version, rows)
    return url


def changed(url, statement):
    made = store.Store(store.parse_url(url))
    with made.write(made=False) as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1
    made.close()


def tables(register):
    """Every row of every table but the log's marks and what version 0004 added."""
    found = {}
    with register._context.store.read() as connection:
        for table in schema.metadata.sorted_tables:
            columns = [column for column in table.c if column.name != "mac"]
            rows = connection.execute(select(*columns).order_by(*table.primary_key)).mappings().all()
            found[table.name] = [dict(row) for row in rows]
    return found


def audited(register, **more):
    return register.audit(officer="auditor", **more)


def with_keys(register):
    """Give the officers of before their keys."""
    register.officers.new_key("auditor", key=request("auditor"), officer="chief", at=NOW)
    register.officers.new_key("anna", key=request("anna"), officer="chief", at=NOW)


def test_every_row_is_taken_over(old, version, old_keys):
    with pytest.raises(RegisterError, match="older"):
        Register(old, keys=old_keys)
    assert migrate(old, **MIGRATING, keys=old_keys) == (version, schema.VERSION)
    register = open_register(old, old_keys)
    found = tables(register)
    (key,) = found.pop("officer_key")
    *same, last = found.pop("entry")
    assert [row["size"] for row in found.pop("head")] == [*[row["size"] for row in ROWS["head"]], 25]
    expected = {name: [{k: v for k, v in row.items() if k != "mac"} for row in rows] for name, rows in ROWS.items()}
    for table in schema.metadata.sorted_tables:
        if table.name not in ("entry", "head", "officer_key"):
            expected[table.name].sort(key=lambda row, table=table: [row[column.name] for column in table.primary_key])
            assert found[table.name] == expected[table.name], table.name
    assert [{**row, "position": None if n == 23 else row["position"]} for n, row in enumerate(same)] == expected["entry"]
    assert (last["position"], last["act"], last["subject"]) == (24, "migrate", "example.tj/register")  # placed at once
    assert f'"officers":["chief"],"before":"{version}","now":"{schema.VERSION}"'.encode() in last["leaf"]
    assert (key["officer"], key["until"]) == ("chief", "")
    with_keys(register)
    heads = [row["note"] for row in ROWS["head"]]
    audit = audited(register, heads=heads, persons=True)
    assert (audit.problems, audit.undetermined, audit.signed_from) == ((), (UNSIGNED,), 24)
    assert audit.first_key == f"{request('chief').fingerprint} of chief"
    assert issue(register) == "P0000009"
    assert register.documents.holder("P0000006", officer="chief") == person()
    assert [one.done for one in register.resume(officer="chief", at=NOW, everywhere=True)] == ["spoiled"]
    audit = audited(register, heads=heads)
    assert (audit.problems, audit.undetermined) == ((), (UNSIGNED,))
    assert audited(register, since=audit.head, heads=heads).problems == ()
    assert audited(register, since=heads[0], heads=heads).problems == ()
    register.close()


def test_who_has_no_key_yet_does_nothing(old, old_keys):
    migrate(old, **MIGRATING, keys=old_keys)
    register = open_register(old, old_keys)
    for call in (
        lambda: register.reserve(KIND, officer="anna", at=NOW),
        lambda: register.document("P0000001", officer="gate"),
        lambda: register.act("destroy", "P0000280", officers=TWO, at=NOW, reference="act 9"),
    ):
        with pytest.raises(RegisterError, match="officer without a key") as caught:
            call()
        assert "key replace" in caught.value.hint
    register.officers.new_key("second", key=request("second"), officer="chief", at=NOW)
    register.act("destroy", "P0000280", officers=TWO, at=NOW, reference="act 9")
    register.close()


def test_two_sign_once_two_have_keys(old, old_keys):
    migrate(old, **MIGRATING, keys=old_keys)
    register = open_register(old, old_keys)
    register.officers.new_key("second", key=request("second"), officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="signed by 2 different officers"):
        register.officers.new_key("auditor", key=request("auditor"), officer="chief", at=NOW)
    register.officers.new_key("auditor", key=request("auditor"), officer=TWO, at=NOW)
    assert audited(register).problems == ()
    register.close()


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE document SET expires = '2046-11-23' WHERE number = 'P0000002'", ("document", "P0000002")),
        ("UPDATE entry SET mac = leaf WHERE position = 12", ("entry", "12")),
        ("DELETE FROM entry WHERE subject = 'P0000002'", ("document", "P0000002")),
        ("UPDATE entry SET leaf = mac WHERE subject = 'P0000002'", ("document", "P0000002")),
        ("UPDATE officer SET role = 'officer' WHERE id = 'anna'", ("officer", "anna officer dushanbe")),
        ("DELETE FROM entry WHERE act = 'dismiss'", ("entry", "7")),
    ],
)
def test_what_was_changed_before_stays_visible(old, old_keys, statement, row):
    changed(old, statement)
    migrate(old, **MIGRATING, keys=old_keys)
    register = open_register(old, old_keys)
    with_keys(register)
    problems = audited(register, sequence=False).problems
    assert row in {(problem.table, problem.row) for problem in problems}
    assert len(problems) <= 5, problems
    register.close()


@pytest.mark.parametrize(("officer", "message"), [("anna", "missing role for migrate"), ("nobody", "missing role"), ("auditor", "missing role")])
def test_who_may_not(old, version, old_keys, officer, message):
    with pytest.raises(RegisterError, match=message):
        migrate(old, **{**MIGRATING, "officer": officer}, keys=old_keys)
    assert store.Store(store.parse_url(old)).version() == version


def test_no_register_without_a_first_key(old, version, old_keys):
    with pytest.raises(UsageError, match="without a key") as caught:
        migrate(old, **{**MIGRATING, "officer_key": None}, keys=old_keys)
    assert "key new" in caught.value.hint
    assert store.Store(store.parse_url(old)).version() == version


class Liar:
    """Someone who has seen the public key of another, and not the secret."""

    public = OFFICERS["chief"].public

    def sign(self, data):
        return OfficerKey.generate().sign(data)


def test_a_key_that_does_not_sign(old, version, old_keys):
    with pytest.raises(KeyMaterialError, match="does not sign"):
        migrate(old, **{**MIGRATING, "officer_key": Liar()}, keys=old_keys)
    assert store.Store(store.parse_url(old)).version() == version


def test_keys_of_another_register(old, version, old_keys):
    with pytest.raises(RegisterError):
        migrate(old, **MIGRATING, keys=OTHER)
    assert store.Store(store.parse_url(old)).version() == version


def test_a_trial_register_needs_no_key(tmp_path):
    """What a trial register of version 0003 was: no officers, no roles, and none of them signs after it either."""
    url = f"sqlite:///{tmp_path / 'r.db'}"
    register = Register(url)
    register.add_series(KIND, "T{:08d}", at=NOW)
    issue(register, officer="trial")
    register.close()
    made = store.Store(store.parse_url(url))
    with made.write(made=False) as connection:
        connection.exec_driver_sql("DROP TABLE officer_key")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    made.close()
    keys = Keys.open(tmp_path / "r.db-keys")
    assert migrate(url, keys=keys, officer="trial", office="trial", at=NOW, trial=True) == ("0003", schema.VERSION)
    register = Register(url)
    issue(register, officer="trial")
    audit = register.audit(heads=[])
    assert (audit.problems, audit.undetermined, audit.signed_from) == ((), (), None)
    register.close()


def as_before(register, version="0004"):
    """Make a register what an earlier library left: the tables are the same, their version is not."""
    store_ = register._context.store
    with store_.write(made=False) as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    register.close()
    return store_.url.render_as_string(hide_password=False)


def test_a_register_with_officers_keys(stocked, keys):
    """Of version 0004: who migrates has a key, and signs with it; nothing is tied before the next document."""
    issue(stocked)
    url = as_before(stocked)
    with pytest.raises(RegisterError, match="older"):
        open_register(url, keys)
    assert migrate(url, **MIGRATING, keys=keys) == ("0004", "0005")
    register = open_register(url, keys)
    assert register.belongs_to() is None
    assert issue(register) == "P0000002"
    register.belong(Csca("aa" * 32, "C=TJ, CN=specimen"), officer="anna", at=NOW)
    audit = audited(register, heads=[])
    assert (audit.problems, audit.undetermined, audit.signed_from) == ((), (), 0)
    register.close()


def test_a_key_that_is_not_the_officers_migrates_nothing(stocked, keys):
    url = as_before(stocked)
    with pytest.raises(KeyMaterialError, match="missing officer's key: officer chief"):
        migrate(url, **{**MIGRATING, "officer_key": OFFICERS["second"]}, keys=keys)
    with pytest.raises(RegisterError, match="missing role for migrate"):
        migrate(url, **{**MIGRATING, "officer": "anna", "officer_key": OFFICERS["anna"]}, keys=keys)
    assert store.Store(store.parse_url(url)).version() == "0004"
