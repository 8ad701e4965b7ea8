"""Clients of organisations, the assertions they have spent, and access tokens beside the API keys.

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    create_client()
    create_spent_assertion()
    let_keys_be_tokens()


def create_client() -> None:
    op.create_table(
        "client",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("name", PLAIN, nullable=False),
        sa.Column("scopes", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("public_keys", PLAIN, nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=True),
        sa.Column("pepper_id", PLAIN, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_client_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_client"),
        sa.UniqueConstraint("id", name="uq_client_id"),
    )


def create_spent_assertion() -> None:
    op.create_table(
        "spent_assertion",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("client_id", PLAIN, nullable=False),
        sa.Column("jti", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["client.organisation_id", "client.id"],
            name="fk_spent_assertion_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "jti", name="pk_spent_assertion"),
    )
    op.create_index("ix_spent_assertion_expires_at", "spent_assertion", ["expires_at"])


def let_keys_be_tokens() -> None:
    with op.batch_alter_table("api_key") as table:
        table.add_column(sa.Column("client_id", PLAIN, nullable=True))
        table.create_foreign_key(
            "fk_api_key_organisation_id_client_id",
            "client",
            ["organisation_id", "client_id"],
            ["organisation_id", "id"],
        )
        table.create_index("ix_api_key_client_id_expires_at", ["client_id", "expires_at"])
