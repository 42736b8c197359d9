"""A document is found by its blank's place and tells its files' digests itself; a range by its first blank."""

import json

import sqlalchemy as sa
from alembic import op

from tjdocs import inputs
from tjdocs.errors import InputError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PLACES = 1_000_000_000
_BATCH = 10_000
_SAME = (
    "number, series, blank, document_type, office, officer, issued, expires, state, since, ground, citizenship, sex, "
    "category, replaces, replaced_by, holder, personal, sealed, wrapped"
)


def upgrade() -> None:
    """Make the two tables again with each row as it is; digests come from the entry of the issue."""
    id_ = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.rename_table("blank", "blank_0002")
    op.create_table(
        "blank",
        sa.Column("series", sa.Integer, sa.ForeignKey("series.id"), primary_key=True, autoincrement=False),
        sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("office", sa.String, nullable=False),
        sa.Column("destination", sa.String, nullable=False),
        sa.Column("since", sa.String, nullable=False),
    )
    columns = "series, first, last, state, office, destination, since"
    op.execute(f"INSERT INTO blank ({columns}) SELECT {columns} FROM blank_0002")  # noqa: S608 (names alone)
    op.drop_table("blank_0002")
    op.create_index("blank_stock", "blank", ["state", "office"])
    op.rename_table("document", "document_0002")
    op.create_table(
        "document",
        sa.Column("id", id_, primary_key=True, autoincrement=False),
        sa.Column("number", sa.String, nullable=False, unique=True),
        sa.Column("series", sa.Integer, sa.ForeignKey("series.id"), nullable=False),
        sa.Column("blank", sa.BigInteger, nullable=False),
        sa.Column("document_type", sa.String, nullable=False),
        sa.Column("office", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("issued", sa.String, nullable=False),
        sa.Column("expires", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("since", sa.String, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("citizenship", sa.String, nullable=False),
        sa.Column("sex", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("replaces", sa.String, nullable=False),
        sa.Column("replaced_by", sa.String, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("holder", sa.LargeBinary),
        sa.Column("personal", sa.LargeBinary),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("wrapped", sa.LargeBinary),
    )
    _documents(op.get_bind())
    op.drop_table("document_0002")
    op.create_index("document_holder", "document", ["holder"])
    op.create_index("document_personal", "document", ["personal"])
    op.create_index("document_issued", "document", ["issued"])


def _documents(connection: sa.Connection) -> None:
    old = sa.text(
        f"SELECT {_SAME}, (SELECT e.leaf FROM entry e "  # noqa: S608
        "WHERE e.subject = number AND e.act = 'issue' ORDER BY e.id LIMIT 1) AS leaf "
        "FROM document_0002 WHERE (series, blank) > (:series, :blank) ORDER BY series, blank LIMIT :count"
    )
    new = sa.text(
        f"INSERT INTO document (id, {_SAME}, files) VALUES (:id, :{_SAME.replace(', ', ', :')}, :files)"  # noqa: S608
    )
    series, blank = -1, -1
    while rows := connection.execute(old, {"series": series, "blank": blank, "count": _BATCH}).mappings().all():
        values = [{**row, "id": row["series"] * _PLACES + row["blank"], "files": _digests(row["leaf"])} for row in rows]
        connection.execute(new, values)
        series, blank = rows[-1]["series"], rows[-1]["blank"]


def _digests(leaf: bytes | None) -> str:
    """Return the digests as their entry has them; a row without a readable one is for the audit to name."""
    try:
        files = dict(inputs.json_object(leaf or b"{}", where="log").get("files", {}))
    except (ValueError, TypeError, InputError):
        files = {}
    return json.dumps(files, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
