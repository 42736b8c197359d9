"""A register is made once, opened only at its own version, and migrated on an explicit word."""

import json
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from tests.support import disks
from tests.support.register_helpers import KIND, NOW, OFFICERS, enrol, issue, new_register, open_register
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import Keys, Register, migrate, tables
from tjdocs.register import database as store
from tjdocs.register import migrations as package


@pytest.mark.parametrize("bad", ["", "register.db", "mysql://host/db", "no-such://x", "sqlite", 5, None, "postgresql:///\0"])
def test_urls_that_cannot_be_used(bad):
    with pytest.raises((UsageError, RegisterError)) as caught:
        Register(bad)
    assert caught.value.hint


def test_passwords_are_not_repeated(tmp_path):
    with pytest.raises(RegisterError) as caught:
        Register(f"postgresql://officer:SECRET@/db?host={tmp_path}")
    assert "SECRET" not in f"{caught.value} {caught.value!r} {caught.value.args}"
    assert caught.value.__cause__ is None


def test_a_place_where_no_register_can_be(tmp_path):
    with pytest.raises(RegisterError) as caught:
        Register(f"sqlite:///{tmp_path}/missing/register.db")
    assert caught.value.__cause__ is None
    (tmp_path / "text.db").write_text("this is no database at all, but a text of some length" * 10)
    with pytest.raises(RegisterError):
        Register(f"sqlite:///{tmp_path}/text.db")


def test_an_empty_server_is_no_register(server):
    """A misspelt name must not become a register without roles."""
    with pytest.raises(RegisterError, match="missing register") as caught:
        Register(server.database())
    assert "register init" in caught.value.hint


def test_made_once(register, url, keys):
    with pytest.raises(RegisterError, match="already"):
        new_register(url, keys, office="store")
    assert not open_register(url, keys).trial


def test_made_with_all_its_keys(url, keys):
    for less in (Keys(), Keys(keys.data), Keys((), keys.log, keys.verifier)):
        with pytest.raises(UsageError, match="keys"):
            Register.create(url, keys=less, officer="chief", office="store", at=NOW)
    with pytest.raises(UsageError):
        Register(url, keys="keys")


def test_keys_of_another_register_are_refused(register, url, keys):
    other = Keys.generate("example.tj/other")
    with pytest.raises(UsageError, match="another register"):
        Register(url, keys=other)
    with pytest.raises(RegisterError, match="another key"):
        open_register(url, Keys(other.data, keys.log, keys.verifier))


def test_a_trial_register_makes_itself_and_its_keys(tmp_path):
    url = f"sqlite:///{tmp_path / 'r.db'}"
    with ThreadPoolExecutor(6) as pool:  # many at once
        made = list(pool.map(lambda _: Register(url), range(6)))
    assert all(one.trial for one in made)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "r.db-keys").iterdir()} == {0o600}
    made[0].add_series(KIND, "T{:08d}", at=NOW)
    number = issue(made[1], officer="whoever")
    assert Register(url).document(number, officer="anna").status == "issued"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("gone", ["empty", "deleted"])
def test_a_register_that_is_gone_is_not_begun_anew(tmp_path, keys, gone):
    """Its numbers would be used again. A production register's keys never make a register without roles either."""
    trial, strict = tmp_path / "r.db", tmp_path / "s.db"
    made = Register(f"sqlite:///{trial}")
    made.add_series(KIND, "T{:08d}", at=NOW)
    issue(made, officer="trial")
    made.close()
    new_register(f"sqlite:///{strict}", keys, office="store").close()
    for path in tmp_path.glob("?.db*"):
        if path.is_file():
            path.unlink()
    if gone == "empty":
        trial.touch()
        strict.touch()
    with pytest.raises(RegisterError, match="gone") as caught:
        Register(f"sqlite:///{trial}")
    assert "backup" in caught.value.hint
    with pytest.raises(RegisterError, match="missing register"):
        open_register(f"sqlite:///{strict}", keys)
    shutil.rmtree(tmp_path / "r.db-keys")
    assert Register(f"sqlite:///{trial}").trial


def columns(engine):
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), tables.metadata)


def upgrade(opened, to):
    with opened.write(made=False) as connection:
        config = Config()
        config.set_main_option("script_location", package.__path__[0])
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def test_migrations_lead_to_the_tables_that_init_makes(url, register):
    assert columns(register._context.store.engine) == []


def old_ledger(url):
    """A database as the first ledger left it: 1 issued, 2 spoiled, 3 reserved by a process that died."""
    opened = store.Store(store.parse_url(url))
    upgrade(opened, "0001")
    with opened.write(made=False) as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
        connection.exec_driver_sql("INSERT INTO meta VALUES ('version', '1')")
        connection.exec_driver_sql(f"INSERT INTO series VALUES ('{KIND}', 'T{{:08d}}', 5, 20)")
        files = json.dumps({"DG1": "ab" * 32})
        for number, state, issued, expires, kept in (
            (2, "issued", "2026-01-01", "2035-12-31", files), (3, "spoiled", "", "", "{}"), (4, "reserved", "", "", "{}")
        ):  # fmt: skip
            row = f"('T{number:08d}', '{KIND}', '{state}', 'officer-1', '{issued}', '{expires}', '{kept}')"
            connection.exec_driver_sql(f"INSERT INTO document VALUES {row}")
    opened.close()


MIGRATING = {"officer": "chief", "office": "dushanbe", "at": NOW, "officer_key": OFFICERS["chief"]}


def test_an_older_register_is_refused_until_migrated(url, keys):
    old_ledger(url)
    with pytest.raises(RegisterError, match="older") as caught:
        open_register(url, keys)
    assert "register migrate" in caught.value.hint
    with pytest.raises(RegisterError, match="already"):
        new_register(url, keys, office="store")
    assert migrate(url, **MIGRATING, keys=keys) == ("0001", tables.VERSION)
    register = open_register(url, keys)
    found = register.document("T00000002", officer="chief")
    assert (found.status, found.officer, found.date_of_issue, found.files) == ("issued", "officer-1", "2026-01-01", {"DG1": "ab" * 32})
    assert [register.document(f"T{n:08d}", officer="chief").status for n in (3, 4)] == ["spoiled", "spoiled"]
    assert issue(register, officer="chief") == "T00000005"
    assert register.blanks.find("T00000001", officer="chief") is None
    audit = register.audit(officer="chief") if register.trial else None
    assert audit is None
    enrol(register, "auditor", "auditor", "dushanbe")
    assert register.audit(officer="auditor").problems == ()
    assert columns(register._context.store.engine) == []
    assert migrate(url, **MIGRATING, keys=keys) == (tables.VERSION, tables.VERSION)


def test_a_migration_that_fails_changes_nothing(url, keys, monkeypatch):
    old_ledger(url)
    monkeypatch.setattr("tjdocs.register.run_migrations.issue_leaf", lambda *a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        migrate(url, **MIGRATING, keys=keys)
    monkeypatch.undo()
    assert store.Store(store.parse_url(url)).version() == "0001"
    assert migrate(url, **MIGRATING, keys=keys) == ("0001", tables.VERSION)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0006", "newer"),
        ("9999", "newer"),
        *[(version, "version was changed: alembic_version") for version in ("zzzz", "7", "00051")],
    ],
)
def test_a_version_that_is_newer_or_none_is_named(register, url, keys, version, said):
    with register._context.store.write() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    for act in (lambda: open_register(url, keys), lambda: migrate(url, keys=keys, officer="c", office="o", at=NOW)):
        with pytest.raises(RegisterError, match=said):
            act()


def test_a_register_whose_version_is_gone(register, url, keys):
    with register._context.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    for made in (keys, Keys((), None, keys.verifier)):
        with pytest.raises(RegisterError, match="version is gone") as caught:
            Register(url, keys=made)
        assert "backup" in caught.value.hint


def test_nothing_to_migrate(url, keys):
    with pytest.raises(RegisterError, match="missing register"):
        migrate(url, keys=keys, officer="chief", office="store", at=NOW)


# -------------------------------------------------------------------------------------------------- damaged, full, shut


def test_a_database_that_fails_says_so_without_its_values(stocked):
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    with stocked._context.store.write() as connection:
        connection.exec_driver_sql("DROP TABLE entry")
    with pytest.raises(RegisterError, match=r"altered: table entry|refused") as caught:
        reservation.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files={})
    assert number not in str(caught.value)
    assert caught.value.__cause__ is None
    assert stocked.blanks.find(number, officer="anna").state == "reserved"


def sqlite_register(tmp_path, keys):
    made = Register.create(f"sqlite:///{tmp_path / 'r.db'}", keys=keys, officer="chief", office="store", at=NOW, trial=True)
    made.add_series(KIND, "T{:08d}", at=NOW, last=100)
    for _ in range(40):
        issue(made)
    made.close()
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return tmp_path / "r.db"


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_truncated_file(tmp_path, keys, kept):
    path = sqlite_register(tmp_path, keys)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept) // 4096 * 4096])
    with pytest.raises(RegisterError) as caught:
        open_register(f"sqlite:///{path}", keys).audit()
    assert "malformed" in str(caught.value) or "disk image" in str(caught.value)


def test_a_flipped_bit_is_an_error_or_named(tmp_path, keys):
    path = sqlite_register(tmp_path, keys)
    data = path.read_bytes()
    place = data.index(b"T00000017")
    told = 0
    for at in range(place, place + 9):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        try:
            told += not open_register(f"sqlite:///{path}", keys).audit(sequence=False).sound
        except RegisterError:
            told += 1
    assert told == 9


def test_a_read_only_file(tmp_path, keys):
    path = sqlite_register(tmp_path, keys)
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    register = open_register(url, keys)
    assert register.document("T00000001", officer="anna").status == "issued"
    with pytest.raises(RegisterError, match="readonly"):
        register.reserve(KIND, officer="anna", at=NOW)
    assert register.audit(sequence=False).sound


@pytest.fixture
def small_disk(tmp_path):
    with disks.small_disk(tmp_path / "small", "400k") as place:
        yield place


def fill(path):
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(512)):
            pass


@pytest.mark.requirement("STL-3")
def test_a_full_disk(small_disk, keys):
    """A clear line, nothing half; with room again everything goes on, and nothing is lost."""
    made = Register.create(f"sqlite:///{small_disk / 'r.db'}", keys=keys, officer="chief", office="store", at=NOW, trial=True)
    made.add_series(KIND, "T{:08d}", at=NOW, last=10_000)
    done, held = [issue(made)], []

    def until_full():
        for _ in range(1000):
            held[:] = [made.reserve(KIND, officer="chief", at=NOW)]
            held[0].commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files={"DG1": "00" * 32})
            done.append(held.pop().number)

    fill(small_disk / "other")
    with pytest.raises(RegisterError) as caught:
        until_full()
    assert "the disk is full" in caught.value.hint
    assert caught.value.__cause__ is None
    (small_disk / "other").unlink()
    for reservation in held:
        reservation.withdraw(at=NOW)
    done.append(issue(made))
    assert len(set(done)) == len(done)
    assert {made.document(one, officer="anna").status for one in done} == {"issued"}
    assert made.resume(officer="chief", at=NOW) == []
    audit = made.audit()
    assert (audit.problems, audit.documents) == ((), len(done))
    assert made.report(first=NOW.date(), last=NOW.date()).balanced
    made.close()


def test_a_lock_is_waited_for_no_longer_than_told(tmp_path, keys):
    path = sqlite_register(tmp_path, keys)
    register = open_register(f"sqlite:///{path}", keys, wait=0.2)
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(RegisterError, match="locked"):
        register.reserve(KIND, officer="anna", at=NOW)
    threading.Timer(0.1, lambda: holder.execute("ROLLBACK")).start()
    assert open_register(f"sqlite:///{path}", keys, wait=10).reserve(KIND, officer="anna", at=NOW).number == "T00000041"
    holder.close()


MEMORY = [
    "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+pysqlite://", "sqlite:////", "sqlite:///.",
    "sqlite:///file::memory:?uri=true", "sqlite:///file:%3Amemory%3A?uri=true", "sqlite:///file:?uri=true",
    "sqlite:///file:x.db?mode=memory&uri=true", "sqlite:///file:x.db?mode=ro&mode=memory&uri=true",
    "sqlite:///file:/x.db?vfs=memdb&uri=true",
]  # fmt: skip


@pytest.mark.parametrize("url", MEMORY)
def test_a_register_is_a_file_at_every_door(tmp_path, monkeypatch, url):
    """One in memory ends with its process, and the next one would give its numbers again; a URI of SQLite left keys behind."""
    monkeypatch.chdir(tmp_path)
    keys = Keys.create(tmp_path / "keys", name="example.tj/register")
    for door in (
        lambda: Register(url),
        lambda: Register(url, keys=keys),
        lambda: Register.create(url, keys=keys, **MIGRATING),
        lambda: migrate(url, keys=keys, **MIGRATING),
    ):
        with pytest.raises(UsageError, match="a register without a file"):
            door()
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_a_uri_of_sqlite_is_the_register_of_its_file(tmp_path, keys):
    made = sqlite_register(tmp_path, keys)
    for uri in (f"file:{made}", f"file://{made}"):
        url = f"sqlite:///{uri}?mode=rw&uri=true"
        assert store.sqlite_file(store.parse_url(url)) == made
        assert open_register(url, keys).place == f"sqlite:///{made}"
