"""The database's own form: tables, columns and indexes as the migrations make them, and nothing beside them."""

import re
from collections.abc import Iterator
from functools import cache

from sqlalchemy import Connection, Index
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from tjdocs.register import tables

__all__ = ["Fault", "additions", "faults"]

Fault = tuple[str, str, str, str]  # code, kind, name, detail

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


def additions(connection: Connection) -> list[tuple[str, str]]:
    """Return kind and name of what changes rows, stands for them or says what of them is seen."""
    query = _ADDITIONS
    if connection.dialect.name == "sqlite":
        query = "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name"
    return [(str(kind), str(name)) for kind, name in connection.exec_driver_sql(query)]


def faults(connection: Connection) -> list[Fault]:
    """Return every table, column or index that is not as the migrations make it.

    What is ``missing`` of a table's columns stops whoever reads it; the rest only changes how it is read.
    """
    found = _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version ORDER BY 1").scalars().all()
    if list(version) != [tables.VERSION]:
        found = [*found, ("changed", "alembic_version", ", ".join(map(str, version)), f"it is {tables.VERSION}")]
    return list(found)


def _columns(table: str, ours: list[str]) -> Iterator[Fault]:
    expected = [column.name for column in tables.metadata.tables[table].columns]
    if not ours:
        yield "missing", "table", table, "the whole of it"
    elif gone := [name for name in expected if name not in ours]:
        yield "missing", "table", table, "without " + ", ".join(gone)
    elif more := [name for name in ours if name not in expected]:
        yield "changed", "table", table, "also has " + ", ".join(more)


def _plain(sql: object) -> str:
    """Return a statement in one form: neither blanks that part nothing, nor quotes around a plain name."""
    words = re.sub(r"\s+", " ", re.sub(r'"(\w+)"', r"\1", str(sql)))
    return re.sub(r" ?([(),]) ?", r"\1", words).strip().lower()


@cache
def _made() -> dict[tuple[str, str], tuple[str, str]]:
    """Return table and statement of all tables and indexes of SQLite, by kind and name."""
    dialect, found = sqlite.dialect(), {}
    for table in tables.metadata.sorted_tables:
        found["table", table.name] = table.name, _plain(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            found["index", str(index.name)] = table.name, _plain(CreateIndex(index).compile(dialect=dialect))
    return found


def _sqlite(connection: Connection) -> list[Fault]:
    names = set(tables.metadata.tables)
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    ours = {(str(row[0]), str(row[1])): _plain(row[3]) for row in rows if str(row[2]) in names}
    found: list[Fault] = []
    for (kind, name), (table, sql) in _made().items():
        if kind == "table" and ours.get((kind, name)) != sql:
            columns = connection.exec_driver_sql(f"PRAGMA table_xinfo({name})").all()
            found += list(_columns(name, [str(row[1]) for row in columns])) or [
                ("changed", kind, name, "it is not as the register makes it")
            ]
        elif (kind, name) not in ours and ("table", table) in ours:
            found.append(("missing", kind, name, ""))
        elif ours.get((kind, name), sql) != sql:
            found.append(("changed", kind, name, "it is not as the register makes it"))
    more = sorted(name for kind, name in ours if kind == "index" and (kind, name) not in _made())
    return found + [("inserted", "index", name, "no part of a register") for name in more]


def _postgresql(connection: Connection) -> list[Fault]:
    ours: dict[str, dict[str, tuple[object, ...]]] = {name: {} for name in tables.metadata.tables}
    for relation, attribute, *said in connection.exec_driver_sql(_COLUMNS):
        if relation in ours:
            ours[relation][attribute] = tuple(said)
    found: list[Fault] = []
    for name, table in tables.metadata.tables.items():
        faulty = list(_columns(name, list(ours[name])))
        for column in table.columns:
            given = column is table.autoincrement_column
            form = (_TYPES[type(column.type).__name__], not column.nullable, given, False, True)
            if not faulty and ours[name][column.name] != form:
                faulty.append(("changed", "table", name, f"{column.name}: not as the register makes it"))
        found += faulty
    return found + list(_indexes(connection, [name for name, columns in ours.items() if columns]))


def _indexes(connection: Connection, there: list[str]) -> Iterator[Fault]:
    named: dict[str, tuple[str, str, bool]] = {}
    unnamed: set[tuple[str, str, bool]] = set()  # of keys: a migration may have called them otherwise
    for name in there:
        table = tables.metadata.tables[name]
        unnamed.add((name, ",".join(column.name for column in table.primary_key), True))
        unnamed |= {(name, column.name, True) for column in table.columns if column.unique}
        named |= {str(index.name): (name, _of(index), bool(index.unique)) for index in table.indexes}
    for relation, name, unique, valid, whole, columns in connection.exec_driver_sql(_INDEXES):
        if relation not in there:
            continue
        form = (str(relation), str(columns), bool(unique))
        if valid and whole and named.get(name) == form:
            del named[name]
        elif valid and whole and form in unnamed:
            unnamed.discard(form)
        elif name not in named:
            yield "inserted", "index", str(name), "no part of a register"
    for name in sorted(named):
        yield "missing", "index", name, ""
    for name, columns, _ in sorted(unnamed):
        yield "changed", "table", name, f"{columns}: no longer unique"


def _of(index: Index) -> str:
    return ",".join(column.name for column in index.columns)
