"""Officers have keys: the public part of each that was ever enrolled."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the first key comes with the entry that notes the migration."""
    op.create_table(
        "officer_key",
        sa.Column("public", sa.String, primary_key=True),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("since", sa.String, nullable=False),
        sa.Column("until", sa.String, nullable=False),
    )
    op.create_index("officer_key_officer", "officer_key", ["officer"])
