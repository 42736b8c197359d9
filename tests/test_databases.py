"""Database files that somebody else made: nothing in them runs, and reading them ends soon and small."""

import json
import shutil
import sqlite3
import tracemalloc

import pytest

from tests.support import builders as b
from tjdocs import limits
from tjdocs.errors import InputError, OutputError
from tjdocs.pki import TrustStore
from tjdocs.pki.trust.store import Source
from tjdocs.watchlists import index_form as form
from tjdocs.watchlists.watchlist_index import old_entries
from tjdocs.watchlists.watchlists import Watchlists

BAN = {
    "id": "B-1", "category": "ban", "primary_identifier": "ERIKSSON", "secondary_identifier": "ANNA",
    "date_of_birth": "1994-11-24", "direction": "both", "reason": "x", "authority": "y",
}  # fmt: skip
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A trust store and an index of lists, as we make them."""
    folder = tmp_path_factory.mktemp("made")
    store = TrustStore.create(folder / "trust.db")
    store.add(Source("a", "00", ""), [(b.utopia().certificate, "self-signed")], grounds={}, crls=[b.revocation_list(b.utopia())])
    (folder / "list.jsonl").write_text(json.dumps(BAN) + "\n")
    Watchlists.build(folder / "lists.db", [folder / "list.jsonl"])
    return {"trust": (folder / "trust.db", TrustStore), "lists": (folder / "lists.db", Watchlists)}


@pytest.fixture(params=["trust", "lists"])
def file(request, made, tmp_path):
    """A copy, how it is opened, and how it is changed."""
    path, opened = made[request.param]
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)

    def change(sql: str, *values) -> None:
        with sqlite3.connect(copy) as database:
            if values:
                database.execute(sql, values)
            else:
                database.executescript(sql)
        database.close()

    return copy, opened, change


def test_both_open_as_they_were_made(file):
    path, opened, _ = file
    opened(path)


# every row of the other table becomes one that a view computes: without end, or as long as memory lasts
@pytest.mark.parametrize("column", ["zeroblob(900000000)", "i"])
@pytest.mark.parametrize("table", ["meta", "certificate", "crl", "source", "membership", "trusted", "entry", "key", "digest", "unfit"])
def test_a_view_in_the_place_of_a_table_is_not_run(file, table, column):
    path, opened, change = file
    change(f"DROP TABLE IF EXISTS {table}; CREATE VIEW {table} AS {ENDLESS}{column} FROM n")
    tracemalloc.start()
    with pytest.raises(InputError, match="not a"):
        opened(path)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW more AS SELECT 1",
        "CREATE TABLE more (a)",
        "CREATE TABLE more (a, b GENERATED ALWAYS AS (zeroblob(1000000000)))",
        "CREATE VIRTUAL TABLE more USING fts5(a)",
        "CREATE TRIGGER more AFTER INSERT ON meta BEGIN DELETE FROM meta; END",
        "CREATE INDEX more ON meta (value)",
        "ALTER TABLE meta ADD COLUMN more",
        "ALTER TABLE meta ADD COLUMN more GENERATED ALWAYS AS (zeroblob(1000000000))",
        "ANALYZE",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = NULL WHERE name = 'meta'",
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 1, 'CREATE VIEW x AS SELECT 1')",
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('index', 'x', 'meta', 2, NULL)",
        "".join(f"CREATE TABLE t{number} (a);" for number in range(200)),
    ],
)
def test_whatever_we_do_not_make_is_no_file_of_ours(file, sql):
    path, opened, change = file
    try:
        change(sql)
    except sqlite3.Error as error:
        pytest.skip(f"this SQLite cannot make it: {error}")
    with pytest.raises(InputError, match="not a"):
        opened(path)


def test_a_value_as_long_as_a_film_is_not_read(file):
    path, opened, change = file
    change("UPDATE meta SET value = zeroblob(30000000) WHERE key = 'version'")
    tracemalloc.start()
    with pytest.raises(InputError):
        opened(path)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_long_value_beside_the_rows_that_are_wanted_is_not_read(made, tmp_path):
    path = tmp_path / "trust.db"
    shutil.copy(made["trust"][0], path)
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO certificate VALUES ('aa', zeroblob(30000000), 'x')")
    with pytest.raises(InputError, match="not a trust store"):
        TrustStore(path)


def test_a_file_over_the_limit_is_not_read_whole(made, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "DATABASE", 1000)
    with pytest.raises(InputError, match="over the limits"):
        TrustStore(made["trust"][0])


def repeated(path) -> int:
    """Make a file whose table of CRLs has 500 pages, all of them the same one; return how many rows SQLite sees."""
    with sqlite3.connect(path) as database:
        root = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'crl'").fetchone()[0]
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)"
            " INSERT INTO crl SELECT printf('%03000d', i), x'' FROM n"
        )
        size = database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    data, page = bytearray(path.read_bytes()), (root - 1) * size
    assert data[page] == 5  # an interior page of a table
    cells = int.from_bytes(data[page + 3 : page + 5])
    places = [page + int.from_bytes(data[at : at + 2]) for at in range(page + 12, page + 12 + 2 * cells, 2)]
    leaf = min(int.from_bytes(data[place : place + 4]) for place in places)
    for place in (*places, page + 8):
        data[place : place + 4] = leaf.to_bytes(4)
    data[28:32] = leaf.to_bytes(4)  # the number of pages: the following ones are cut off
    path.write_bytes(data[: leaf * size])
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT der FROM crl").fetchall()
    database.close()
    return len(rows)


def test_a_file_that_gives_the_same_page_again_and_again_ends(made, tmp_path):
    path = tmp_path / "trust.db"
    shutil.copy(made["trust"][0], path)
    assert repeated(path) * 3000 > path.stat().st_size  # SQLite itself does not mind
    with pytest.raises(InputError, match="repeats itself"):
        TrustStore(path)


def test_nothing_is_written_into_a_store_with_a_trigger(made, tmp_path):
    path = tmp_path / "trust.db"
    shutil.copy(made["trust"][0], path)
    store = TrustStore(path)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TRIGGER t AFTER INSERT ON source BEGIN INSERT INTO trusted VALUES (new.sha256, 'anchor'); END")
    with pytest.raises(OutputError, match="another schema"):
        store.add(Source("b", "11", ""), [], grounds={})
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM trusted").fetchone() == (0,)


def test_a_journal_that_a_stranger_put_next_to_an_index_is_not_played_back(made, tmp_path):
    path = tmp_path / "lists.db"
    shutil.copy(made["lists"][0], path)
    before = Watchlists(path).digest
    (tmp_path / "lists.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    (tmp_path / "lists.db-wal").write_bytes(b"\x37\x7f\x06\x82" + bytes(28))
    assert Watchlists(path).digest == before


# ---------------------------------------------------------------------------------- schemas and pages made by hand


def store_of(made, tmp_path, *statements):
    path = tmp_path / "trust.db"
    shutil.copy(made["trust"][0], path)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


LOSES = "CREATE TRIGGER lose AFTER INSERT ON crl BEGIN DELETE FROM crl; END"
AGAIN = "INSERT INTO sqlite_master SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE name = '{}'"
BEHIND = (
    LOSES,
    "CREATE TEMP TABLE kept AS SELECT * FROM sqlite_master WHERE name = 'lose'",
    "DELETE FROM sqlite_master WHERE name = 'lose'",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100) INSERT INTO sqlite_master"
    " SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master, n WHERE name = 'sqlite_autoindex_meta_1'",
    "INSERT INTO sqlite_master SELECT * FROM kept",
)
WRITTEN = {
    "trigger-behind-a-hundred-rows": BEHIND,
    "a-row-twice": (AGAIN.format("sqlite_autoindex_meta_1"),),
    "another-type": ("UPDATE sqlite_master SET type = 'Table' WHERE name = 'crl'",),
    "another-table": ("UPDATE sqlite_master SET tbl_name = 'Crl' WHERE name = 'crl'",),
    "another-name": ("UPDATE sqlite_master SET name = 'CRL' WHERE name = 'crl'",),
    "a-blank-of-unicode": (
        "UPDATE sqlite_master SET sql = replace(sql, 'BLOB NOT', 'BLOB' || char(8195) || 'NOT') WHERE name = 'crl'",
    ),
    "an-index-gone": ("DELETE FROM sqlite_master WHERE name = 'sqlite_autoindex_crl_1'",),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_a_store_whose_schema_was_written_by_hand_is_neither_read_nor_written(made, tmp_path, name):
    (tmp_path / "work").mkdir()
    store = TrustStore(shutil.copy(made["trust"][0], tmp_path / "work"))
    path = store_of(made, tmp_path, *WRITTEN[name])
    with pytest.raises(InputError, match="not a trust store"):
        TrustStore(path)
    shutil.copy(path, tmp_path / "work")
    with pytest.raises(OutputError, match="cannot write"):
        store.add(Source("b", "11", ""), [], grounds={})


def interior(child: int, size: int) -> bytes:
    """A page of a table's tree that refers to one page as often as it has room."""
    count = (size - 12) // 8
    cell, start = child.to_bytes(4) + b"\x01", size - 5 * count
    page = bytearray(size)
    page[0], page[3:5], page[5:7], page[8:12] = 5, count.to_bytes(2), start.to_bytes(2), child.to_bytes(4)
    for number in range(count):
        page[12 + 2 * number : 14 + 2 * number] = (start + 5 * number).to_bytes(2)
    page[start:] = cell * count
    return bytes(page)


def looped(path) -> None:
    """Make the table of entries refer to its one page, a hundred million times."""
    with sqlite3.connect(path) as database:
        root = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entry'").fetchone()[0]
        size = database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    data = bytearray(path.read_bytes())
    count, place = len(data) // size, (root - 1) * size
    assert data[place] == 13  # a leaf
    data += data[place : place + size]
    for _ in range(2):
        data += interior(len(data) // size, size)
    data[place : place + size] = interior(len(data) // size, size)
    data[28:32] = (len(data) // size).to_bytes(4)
    assert len(data) // size == count + 3
    path.write_bytes(data)


def test_an_index_whose_pages_repeat_is_not_read_without_end(made, tmp_path):
    path = tmp_path / "lists.db"
    shutil.copy(made["lists"][0], path)
    looped(path)
    with pytest.raises(InputError, match="altered"):
        Watchlists(path).check()


def test_an_old_index_whose_pages_repeat_is_not_read_without_end(made, tmp_path):
    path = tmp_path / "old.db"
    with sqlite3.connect(made["lists"][0]) as database:
        entries = database.execute("SELECT category, data FROM entry").fetchall()
    database.close()
    with sqlite3.connect(path) as database:
        for statement in form.OLD_SCHEMA.split(";"):
            if "sqlite_stat1" not in statement:
                database.execute(statement)
        database.executemany("INSERT INTO entry (category, data) VALUES (?, ?)", entries)
        database.execute("INSERT INTO meta VALUES ('version', '1')")
        database.execute("INSERT INTO key VALUES (1, 1)")
        database.execute("ANALYZE")
    database.close()
    assert len(list(old_entries(path))) == 1
    looped(path)
    with pytest.raises(InputError, match="damaged"):
        list(old_entries(path))
