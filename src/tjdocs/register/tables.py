"""The register's tables, as they are after the last migration.

``entry`` is the log: append-only, the truth from which an audit rebuilds what the other tables must say.
"""

from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
    func,
    insert,
    select,
)

__all__ = [
    "VERSION",
    "blank",
    "block",
    "create",
    "decision",
    "document",
    "document_id",
    "entry",
    "head",
    "metadata",
    "misplaced",
    "officer",
    "officer_key",
    "reservation",
    "series",
    "setting",
]

VERSION = "0005"  # of the last migration
_Id = BigInteger().with_variant(Integer, "sqlite")
metadata = MetaData()

setting = Table("setting", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

officer = Table(
    "officer",
    metadata,
    Column("id", String, primary_key=True),
    Column("role", String, primary_key=True),
    Column("office", String, nullable=False),
)

# every key that was ever enrolled: none is taken a second time, and an officer has one that has not ended
officer_key = Table(
    "officer_key",
    metadata,
    Column("public", String, primary_key=True),  # Ed25519, base64
    Column("officer", String, nullable=False),
    Column("since", String, nullable=False),
    Column("until", String, nullable=False),  # "" for the officer's own
)
Index("officer_key_officer", officer_key.c.officer)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_type", String, nullable=False),
    Column("pattern", String, nullable=False, unique=True),
)

# ranges: a row is every blank from first to last
blank = Table(
    "blank",
    metadata,
    Column("series", Integer, ForeignKey("series.id"), primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("office", String, nullable=False),
    Column("destination", String, nullable=False),
    Column("since", String, nullable=False),  # of the last act, UTC
)
Index("blank_stock", blank.c.state, blank.c.office)

# a blank taken out of its range, until it is a document in its place or spoiled
reservation = Table(
    "reservation",
    metadata,
    Column("number", String, primary_key=True),
    Column("series", Integer, ForeignKey("series.id"), nullable=False),
    Column("blank", BigInteger, nullable=False),
    Column("document_type", String, nullable=False),
    Column("office", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("stage", String, nullable=False),  # reserved, committed
    Column("owner", String, nullable=False),  # host and process
    Column("token", String, nullable=False),
    Column("place", Text, nullable=False),
    Column("staging", Text, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

# found by its blank's place, which its number tells: one walk down one tree, in a million too
document = Table(
    "document",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=False),  # place(series, blank)
    Column("number", String, nullable=False, unique=True),
    Column("series", Integer, ForeignKey("series.id"), nullable=False),
    Column("blank", BigInteger, nullable=False),
    Column("document_type", String, nullable=False),
    Column("office", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("issued", String, nullable=False),
    Column("expires", String, nullable=False),
    Column("state", String, nullable=False),
    Column("since", String, nullable=False),
    Column("ground", Text, nullable=False),
    Column("citizenship", String, nullable=False),
    Column("sex", String, nullable=False),
    Column("category", String, nullable=False),
    Column("replaces", String, nullable=False),
    Column("replaced_by", String, nullable=False),
    Column("files", Text, nullable=False),  # SHA-256 of each by name, as the entry of the issue has it
    Column("holder", LargeBinary),  # keyed hash of name and date of birth
    Column("personal", LargeBinary),  # keyed hash of the personal number
    Column("sealed", LargeBinary),  # the person, under the row's own key
    Column("wrapped", LargeBinary),  # that key, under the register's
)
Index("document_holder", document.c.holder)
Index("document_personal", document.c.personal)
Index("document_issued", document.c.issued)

decision = Table(
    "decision",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("day", String, nullable=False),
    Column("document_type", String, nullable=False),
    Column("office", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("act", Text, nullable=False),
    Column("citizenship", String, nullable=False),
    Column("sex", String, nullable=False),
    Column("category", String, nullable=False),
    Column("holder", LargeBinary),
    Column("personal", LargeBinary),
    Column("sealed", LargeBinary),
    Column("wrapped", LargeBinary),
)
Index("decision_holder", decision.c.holder)
Index("decision_personal", decision.c.personal)

entry = Table(
    "entry",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("position", BigInteger, unique=True),  # given by the sequencer
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
Index("entry_subject", entry.c.subject)

# roots of 256 leaves each, so that a proof does not read every leaf
block = Table(
    "block",
    metadata,
    Column("number", _Id, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
)

head = Table(
    "head",
    metadata,
    Column("size", _Id, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)


def create(connection: Connection) -> None:
    """Make the tables as the migrations would."""
    metadata.create_all(connection)
    version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
    version.create(connection)
    connection.execute(insert(version).values(version_num=VERSION))


def document_id(series: int, blank: int) -> int:
    """Return the id of the document that a blank becomes; a series' pattern has nine digits at most."""
    return series * _MOST + blank


def misplaced(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Yield table, row and column of every value that only SQLite keeps.

    It is of another type than its column's, no series or blank that a pattern has, or of a series that is not there.
    """
    if connection.dialect.name != "sqlite":
        return
    ids = select(series.c.id)
    for table in metadata.sorted_tables:
        key = table.columns.get("number", next(iter(table.primary_key)))
        for column in table.columns:
            allowed = ["null"] if column.nullable else []
            allowed.append(_KINDS[type(column.type).__name__])
            wrong: ColumnElement[bool] = func.typeof(column).not_in(allowed)
            if column.foreign_keys:
                wrong |= column.not_in(ids)
            if column.foreign_keys or column is series.c.id or column.name in ("first", "last", "blank"):
                wrong |= ~column.between(0, _MOST)
            for row in connection.execute(select(cast(key, String)).where(wrong).limit(100)).scalars():
                yield table.name, str(row), column.name


_MOST = 1_000_000_000  # a series' pattern has nine digits at most
_KINDS = {"String": "text", "Text": "text", "Integer": "integer", "BigInteger": "integer", "LargeBinary": "blob"}
