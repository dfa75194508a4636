"""How often what may happen, for all replicas together."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table of rate limits."""
    op.create_table(
        "rate_limits",
        sa.Column("key_hash", sa.String(64), primary_key=True),
        sa.Column("used_until", sa.Double, nullable=False, index=True),
    )
