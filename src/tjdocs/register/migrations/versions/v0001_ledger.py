"""The first ledger: series and documents, as tjdocs made it before there were migrations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "meta", sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String, nullable=False)
    )
    op.create_table(
        "series",
        sa.Column("document_type", sa.String, primary_key=True),
        sa.Column("pattern", sa.String, nullable=False),
        sa.Column("next", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "document",
        sa.Column("number", sa.String, primary_key=True),
        sa.Column("document_type", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("date_of_issue", sa.String, nullable=False),
        sa.Column("date_of_expiry", sa.String, nullable=False),
        sa.Column("files", sa.String, nullable=False),
    )
