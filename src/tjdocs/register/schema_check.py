"""The database's own form: tables, columns and indexes as the migrations make them, and nothing else."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, Index, create_engine

from tjdocs import databases
from tjdocs.register import tables

__all__ = ["Fault", "faults", "sqlite_faults"]

Fault = tuple[str, str, str, str]  # code, kind, name, detail

_MOST = 1000  # rows of a schema that are read; ours has far fewer
_OTHERWISE = "it is not as the register makes it"
# what ANALYZE makes: it says how many rows there are, and changes none
_STATISTICS = (
    ("table", "sqlite_stat1", "sqlite_stat1", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
    ("table", "sqlite_stat4", "sqlite_stat4", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
)

_TYPES = {
    "String": "character varying", "Text": "text", "Integer": "integer", "BigInteger": "bigint", "LargeBinary": "bytea",
}  # fmt: skip
_COLUMNS = """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef,
    a.attcollation <> t.typcollation, a.attgenerated = ''
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"""
_INDEXES = """SELECT c.relname, i.relname, x.indisunique, x.indisvalid, x.indpred IS NULL AND x.indexprs IS NULL,
    (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(x.indkey) WITH ORDINALITY k(attnum, n)
    JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum)
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY i.relname"""
_OWN = "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = {} AND d.deptype = 'e')"  # no extension's
_ADDITIONS = f"""SELECT 'trigger', tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'rule', rulename FROM pg_rules WHERE schemaname = current_schema()
    UNION ALL SELECT 'view', relname FROM pg_class c WHERE relkind IN ('v', 'm')
    AND relnamespace = current_schema()::regnamespace {_OWN.format("c.oid")}
    UNION ALL SELECT 'policy', polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'heir', h.relname FROM pg_inherits n JOIN pg_class c ON c.oid = n.inhparent
    JOIN pg_class h ON h.oid = n.inhrelid WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    UNION ALL SELECT 'constraint', conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE contype IN ('c', 'x', 't') AND c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'function', proname FROM pg_proc f
    WHERE pronamespace = current_schema()::regnamespace {_OWN.format("f.oid")}
    UNION ALL SELECT 'operator', oprname FROM pg_operator o
    WHERE oprnamespace = current_schema()::regnamespace {_OWN.format("o.oid")} ORDER BY 2"""  # noqa: S608 (two names of ours)
# the one table that a migration from the first ledger makes otherwise: alembic did it
_BEGIN = "CREATE TABLE alembic_version ( version_num VARCHAR(32) NOT NULL, "
_VERSIONS = ("table", "alembic_version", "alembic_version")
_NEW: dict[databases.Part, databases.Part] = {
    (*_VERSIONS, f"{_BEGIN}CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )"): (
        *_VERSIONS, f"{_BEGIN}PRIMARY KEY (version_num) )"
    )
}  # fmt: skip


def faults(connection: Connection) -> list[Fault]:
    """Return every table, column or index that is not as the migrations make it, and every further part of the schema.

    A ``missing`` column stops each reader; the rest only changes how a table is read, or the rows that are written.
    """
    altered = sqlite_faults(_driver(connection)) if connection.dialect.name == "sqlite" else _postgresql(connection)
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version ORDER BY 1").scalars().all()
    if list(version) != [tables.VERSION]:
        altered.append(("changed", "alembic_version", ", ".join(map(str, version)), f"it is {tables.VERSION}"))
    return altered


def _columns(table: str, ours: list[str]) -> Iterator[Fault]:
    expected = [column.name for column in tables.metadata.tables[table].columns]
    if not ours:
        yield "missing", "table", table, "the whole of it"
    elif gone := [name for name in expected if name not in ours]:
        yield "missing", "table", table, "without " + ", ".join(gone)
    elif more := [name for name in ours if name not in expected]:
        yield "changed", "table", table, "also has " + ", ".join(more)


@cache
def _made() -> list[databases.Part]:
    """Return the rows of SQLite's schema, as the migrations make them."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        tables.create(connection)
        parts = databases.parts(_driver(connection))
    engine.dispose()
    return parts


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _ours(rows: Iterable[databases.Part]) -> "Counter[databases.Part]":
    """Return the rows of a file's schema, without statistics, and as if a new register had been made."""
    return Counter(_NEW.get(part, part) for part in databases.plain(rows)) - Counter(_STATISTICS)


@lru_cache(4)
def _is_made(rows: tuple[databases.Part, ...]) -> bool:  # each transaction that writes asks
    return _ours(rows) == Counter(_made())


def sqlite_faults(database: sqlite3.Connection) -> list[Fault]:
    """Return the faults of an SQLite file: its schema's rows are the register's, each once and to the letter.

    SQLite reads their types and names without regard to case, and runs a trigger of whatever table.
    """
    rows = databases.schema(database, _MOST)
    if _is_made(rows):
        return []
    expected, own = Counter(_made()), _ours(rows)
    more, gone = own - expected, expected - own
    there = {_name(part) for part in own}
    altered: list[Fault] = []
    for part in sorted(gone, key=_order):
        (kind, name), (_, _, table, *_) = _name(part), part
        if kind == "table":
            columns = database.execute(f"PRAGMA table_xinfo({name})").fetchall()
            named = [str(column) for _, column, *_ in columns]
            lacking = list(_columns(name, named)) if name in tables.metadata.tables else []
            altered += lacking or [("changed", kind, name, _OTHERWISE)]
        elif (kind, name) in there:
            altered.append(("changed", kind, name, _OTHERWISE))
        elif ("table", str(table)) in there:
            altered.append(("missing", kind, name, ""))
    changed = {_name(part) for part in gone}
    for part, count in sorted(more.items(), key=repr):
        if _name(part) not in changed:
            altered.append(("inserted", *_name(part), "no part of a register" if count == 1 else f"{count} times"))
    return altered


def _order(part: databases.Part) -> tuple[bool, str]:
    """Sort tables before what belongs to them."""
    kind, name, *_ = part
    return kind != "table", str(name)


def _name(part: databases.Part) -> tuple[str, str]:
    """Return the type and name of a row of the schema, as SQLite compares them."""
    kind, name, *_ = part
    return str(kind).casefold(), str(name).casefold()


def _postgresql(connection: Connection) -> list[Fault]:
    own: dict[str, dict[str, tuple[object, ...]]] = {name: {} for name in tables.metadata.tables}
    for relation, attribute, *said in connection.exec_driver_sql(_COLUMNS):
        if relation in own:
            own[relation][attribute] = tuple(said)
    altered: list[Fault] = []
    for name, table in tables.metadata.tables.items():
        faulty = list(_columns(name, list(own[name])))
        for column in table.columns:
            given = column is table.autoincrement_column
            form = (_TYPES[type(column.type).__name__], not column.nullable, given, False, True)
            if not faulty and own[name][column.name] != form:
                faulty.append(("changed", "table", name, f"{column.name}: not as the register makes it"))
        altered += faulty
    altered += _indexes(connection, [name for name, columns in own.items() if columns])
    rows = connection.exec_driver_sql(_ADDITIONS)
    return altered + [("inserted", str(kind), str(name), "no part of a register") for kind, name in rows]


def _indexes(connection: Connection, there: list[str]) -> Iterator[Fault]:
    named: dict[str, tuple[str, str, bool]] = {}
    unnamed: set[tuple[str, str, bool]] = set()  # of keys: a migration may have called them otherwise
    for name in there:
        table = tables.metadata.tables[name]
        unnamed.add((name, ",".join(column.name for column in table.primary_key), True))
        unnamed |= {(name, column.name, True) for column in table.columns if column.unique}
        named |= {str(index.name): (name, _of(index), bool(index.unique)) for index in table.indexes}
    for relation, name, unique, valid, complete, columns in connection.exec_driver_sql(_INDEXES):
        if relation not in there:
            continue
        form = (str(relation), str(columns), bool(unique))
        if valid and complete and named.get(name) == form:
            del named[name]
        elif valid and complete and form in unnamed:
            unnamed.discard(form)
        elif name not in named:
            yield "inserted", "index", str(name), "no part of a register"
    for name in sorted(named):
        yield "missing", "index", name, ""
    for name, columns, _ in sorted(unnamed):
        yield "changed", "table", name, f"{columns}: no longer unique"


def _of(index: Index) -> str:
    return ",".join(column.name for column in index.columns)
