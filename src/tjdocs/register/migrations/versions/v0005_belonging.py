"""A register belongs to one authority: a setting and an entry say which, from its next document on."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change no table: an earlier library cannot read the entry, so that the version is another."""
