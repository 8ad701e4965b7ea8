"""The audit trail: 64 chains, their entries, and signed checkpoints.

Revision: 0008, after 0007
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
DIGEST = sa.LargeBinary(32)


def upgrade() -> None:
    create_chains()
    create_entry()
    create_checkpoint()


def create_chains() -> None:
    chain = op.create_table(
        "audit_chain",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_chain"),
    )
    if op.get_context().dialect.name == "postgresql":
        # Each row changes with every entry: with room beside it, its page is all that such a change touches.
        op.execute("ALTER TABLE audit_chain SET (fillfactor = 10)")
    heads = [
        {
            "number": number,
            "sequence": 0,
            "hash": hashlib.sha256(f"rbc-audit/1 chain {number}".encode()).digest(),
        }
        for number in range(64)
    ]
    op.bulk_insert(chain, heads)


def create_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("actor_organisation", PLAIN, nullable=True),
        sa.Column("actor_credential", PLAIN, nullable=False),
        sa.Column("action", PLAIN, nullable=False),
        sa.Column("object_id", PLAIN, nullable=False),
        sa.Column("concerns", PLAIN, nullable=True),
        sa.Column("request_id", PLAIN, nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=True),
        sa.Column("details", PLAIN, nullable=False),
        sa.Column("previous", DIGEST, nullable=False),
        sa.Column("text", PLAIN, nullable=False),
        sa.Column("hash", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("chain", "sequence", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_id", "audit_entry", ["id"])
    op.create_index("ix_audit_entry_concerns_id", "audit_entry", ["concerns", "id"])
    op.create_index("ix_audit_entry_actor_organisation_id", "audit_entry", ["actor_organisation", "id"])
    op.create_index("ix_audit_entry_object_id_id", "audit_entry", ["object_id", "id"])


def create_checkpoint() -> None:
    op.create_table(
        "audit_checkpoint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("key_id", PLAIN, nullable=False),
        sa.Column("previous", DIGEST, nullable=False),
        sa.Column("text", PLAIN, nullable=False),
        sa.Column("hash", DIGEST, nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_checkpoint"),
    )
