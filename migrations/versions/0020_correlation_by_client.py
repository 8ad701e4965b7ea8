"""A correlation id is its client's: two programs of one organisation do not meet in it.

Revision: 0020, after 0019

Decisions of before belong to no client: keys of the organisation find them, as they did.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INDEX = "uq_decision_organisation_id_correlation_id"


def upgrade() -> None:
    op.add_column("decision", sa.Column("client_id", sa.Text(), nullable=False, server_default=""))
    op.drop_index(INDEX, "decision")
    only = sa.text("correlation_id IS NOT NULL")
    op.create_index(
        INDEX,
        "decision",
        ["organisation_id", "correlation_id", "client_id"],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )
