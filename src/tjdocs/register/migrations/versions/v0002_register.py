"""The whole register: blanks as ranges, documents with their holders, decisions, officers, the log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the first ledger's are kept as ``old_…`` for whoever takes their rows over."""
    op.drop_table("meta")
    op.rename_table("series", "old_series")
    op.rename_table("document", "old_document")
    id_ = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "setting", sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    op.create_table(
        "officer",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("office", sa.String, nullable=False),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("document_type", sa.String, nullable=False),
        sa.Column("pattern", sa.String, nullable=False, unique=True),
    )
    op.create_table(
        "blank",
        sa.Column("id", id_, primary_key=True),
        sa.Column("series", sa.Integer, sa.ForeignKey("series.id"), nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("office", sa.String, nullable=False),
        sa.Column("destination", sa.String, nullable=False),
        sa.Column("since", sa.String, nullable=False),
        sa.UniqueConstraint("series", "first"),
    )
    op.create_index("blank_stock", "blank", ["state", "office"])
    op.create_table(
        "reservation",
        sa.Column("number", sa.String, primary_key=True),
        sa.Column("series", sa.Integer, sa.ForeignKey("series.id"), nullable=False),
        sa.Column("blank", sa.BigInteger, nullable=False),
        sa.Column("document_type", sa.String, nullable=False),
        sa.Column("office", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("staging", sa.Text, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "document",
        sa.Column("number", sa.String, primary_key=True),
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
        sa.Column("holder", sa.LargeBinary),
        sa.Column("personal", sa.LargeBinary),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("wrapped", sa.LargeBinary),
        sa.UniqueConstraint("series", "blank"),
    )
    op.create_index("document_holder", "document", ["holder"])
    op.create_index("document_personal", "document", ["personal"])
    op.create_index("document_issued", "document", ["issued"])
    op.create_table(
        "decision",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("document_type", sa.String, nullable=False),
        sa.Column("office", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("citizenship", sa.String, nullable=False),
        sa.Column("sex", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("holder", sa.LargeBinary),
        sa.Column("personal", sa.LargeBinary),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("wrapped", sa.LargeBinary),
    )
    op.create_index("decision_holder", "decision", ["holder"])
    op.create_index("decision_personal", "decision", ["personal"])
    op.create_table(
        "entry",
        sa.Column("id", id_, primary_key=True),
        sa.Column("position", sa.BigInteger, unique=True),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("entry_subject", "entry", ["subject"])
    op.create_table(
        "block",
        sa.Column("number", id_, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "head",
        sa.Column("size", id_, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text, nullable=False),
    )
