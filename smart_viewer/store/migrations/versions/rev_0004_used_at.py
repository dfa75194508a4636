"""When somebody last used a reading, for the idle limit; unknown of older ones."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column, empty: a row of an older release ends by its expiry alone."""
    op.add_column("readings", sa.Column("used_at", sa.Double))
