"""The supplements that a submission was asked with.

Revision: 0007, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    # Empty for all that is there: nullable without a default touches no row.
    op.add_column("submission", sa.Column("supplements", PLAIN, nullable=True))
