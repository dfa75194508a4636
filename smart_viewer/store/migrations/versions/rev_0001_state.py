"""The first tables: launches under way, grants, readings, the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first release."""
    _create_launch_tables()
    _create_reading_tables()
    _create_trail_tables()


def _create_launch_tables() -> None:
    op.create_table(
        "key_check",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "transactions",
        sa.Column("state_hash", sa.String(64), primary_key=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False, index=True),
    )
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("lease_owner", sa.String(64)),
        sa.Column("lease_until", sa.Double),
    )


def _create_reading_tables() -> None:
    op.create_table(
        "readings",
        sa.Column("reading_id", sa.String(128), primary_key=True),
        sa.Column(
            "grant_id",
            sa.String(64),
            sa.ForeignKey("grants.grant_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("browser_hash", sa.String(64), nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False, index=True),
    )
    op.create_table(
        "reading_secrets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "reading_id",
            sa.String(128),
            sa.ForeignKey("readings.reading_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("added_at", sa.Double, nullable=False),
    )
    op.create_index(
        "ix_reading_secrets_reading_id_secret_hash",
        "reading_secrets",
        ["reading_id", "secret_hash"],
    )


def _create_trail_tables() -> None:
    op.create_table(
        "trail",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "trail_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
    )
