"""The ledger of erasures.

Revision: 0015, after 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("requested_by", PLAIN, nullable=True),
        sa.Column("credential", PLAIN, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_erasure"),
    )
