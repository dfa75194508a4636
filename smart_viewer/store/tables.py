"""The tables of the store. Ids are opaque or hashed; every payload is sealed.

Times are seconds since 1970 (UTC). Migrations make these tables; a test compares.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

# One row: a known text sealed by the master key, so that a wrong key is noticed.
key_check = Table(
    "key_check",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

transactions = Table(
    "transactions",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
)

# wrapped_key: the grant's data key, sealed by the master key. lease_*: who may refresh.
grants = Table(
    "grants",
    metadata,
    Column("grant_id", String(64), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", Double),
)

# used_at: the last input of the user; NULL in a row of an older release.
readings = Table(
    "readings",
    metadata,
    Column("reading_id", String(128), primary_key=True),
    Column(
        "grant_id",
        ForeignKey(grants.c.grant_id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("browser_hash", String(64), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("used_at", Double),
)

reading_secrets = Table(
    "reading_secrets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "reading_id",
        ForeignKey(readings.c.reading_id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("secret_hash", String(64), nullable=False),
    Column("added_at", Double, nullable=False),
    Index("ix_reading_secrets_reading_id_secret_hash", "reading_id", "secret_hash"),
)

# owner_hash: keyed, of a user or of a reading. expires_at: null for a user's.
preferences = Table(
    "preferences",
    metadata,
    Column("owner_hash", String(64), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("kept_at", Double, nullable=False),
    Column("expires_at", Double, index=True),
)

# used_until: the moment up to which the allowance of that key is used.
rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("used_until", Double, nullable=False, index=True),
)

trail = Table(
    "trail",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", String(64), nullable=False),
)

trail_head = Table(
    "trail_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("signature", String(64), nullable=False),
)

# One row: the trail's lines up to `delivered` were sent on. lease_*: who sends now.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("delivered", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Double, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", Double),
)

# Lines of the trail that the audit repository would not take; they are tried again.
delivery_refused = Table(
    "delivery_refused",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("status", Integer, nullable=False),
    Column("next_at", Double, nullable=False),
)

# key_hash: keyed, of EHR, user, patient and study.
overrides = Table(
    "overrides",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("reason", String(64), nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
)
