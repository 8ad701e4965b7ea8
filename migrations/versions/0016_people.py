"""People, the organisations that they belong to, links to sign in by, and sessions.

Revision: 0016, after 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
DIGEST = sa.LargeBinary(32)


def upgrade() -> None:
    create_person()
    create_membership()
    create_sign_in_link()
    create_session()


def create_person() -> None:
    op.create_table(
        "person",
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("address", PLAIN, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("address", name="uq_person_address"),
    )


def create_membership() -> None:
    op.create_table(
        "membership",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("person_id", PLAIN, nullable=True),
        sa.Column("name", PLAIN, nullable=False),
        sa.Column("role", PLAIN, nullable=False),
        sa.Column("invited_by", PLAIN, nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'member', 'officer', 'author', 'approver', 'auditor')",
            name="ck_membership_role",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_membership_organisation_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_membership"),
        sa.UniqueConstraint("id", name="uq_membership_id"),
        sa.UniqueConstraint("organisation_id", "person_id", name="uq_membership_organisation_id_person_id"),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"])


def create_sign_in_link() -> None:
    op.create_table(
        "sign_in_link",
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("person_id", PLAIN, nullable=True),
        sa.Column("mac", DIGEST, nullable=False),
        sa.Column("browser_mac", DIGEST, nullable=True),
        sa.Column("pepper_id", PLAIN, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_sign_in_link_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_link"),
    )
    op.create_index("ix_sign_in_link_expires_at", "sign_in_link", ["expires_at"])
    op.create_index("ix_sign_in_link_person_id", "sign_in_link", ["person_id"])
    op.create_table(
        "sign_in_count",
        sa.Column("address_mac", DIGEST, nullable=False),
        sa.Column("period", MOMENT, nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address_mac", "period", name="pk_sign_in_count"),
    )
    op.create_index("ix_sign_in_count_period", "sign_in_count", ["period"])


def create_session() -> None:
    op.create_table(
        "session",
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("person_id", PLAIN, nullable=False),
        sa.Column("organisation_id", PLAIN, nullable=True),
        sa.Column("mac", DIGEST, nullable=False),
        sa.Column("pepper_id", PLAIN, nullable=False),
        sa.Column("means", PLAIN, nullable=False),
        sa.Column("browser", PLAIN, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("means IN ('link', 'passkey')", name="ck_session_means"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_session_organisation_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_session_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index("ix_session_person_id_id", "session", ["person_id", "id"])
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
