"""Purposes and wordings of consents sealed; looks tell their purpose by their consent.

Revision: 0019, after 0018

What is there already is sealed here, so this one needs the secret of the installation; of enterprises that were erased
nothing is left to seal. As after 0010: on PostgreSQL run VACUUM FULL after it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from rbc_assess.errors import SecretNeeded
from rbc_assess.identity import DataKey, Keyring, Place, Wrapped

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SEALED = sa.LargeBinary()
AT_A_TIME = 500
OPEN = ("purpose", "wording")


def upgrade() -> None:
    for column in OPEN:
        op.add_column("consent", sa.Column(f"sealed_{column}", SEALED, nullable=True))
    seal_consents(op.get_bind())
    with op.batch_alter_table("consent") as batch:
        for column in OPEN:
            batch.drop_column(column)
            batch.alter_column(f"sealed_{column}", new_column_name=column, existing_type=SEALED)
    with op.batch_alter_table("disclosure") as batch:
        batch.drop_column("purpose")


def seal_consents(connection: sa.Connection) -> None:
    keyring: Keyring | None = context.config.attributes.get("keyring")
    known: dict[str, DataKey] = {}
    sealed = []
    found = connection.execute(
        sa.text(
            "SELECT c.organisation_id AS firm, c.id, c.purpose, c.wording, k.kek_id, k.wrapped FROM consent c "
            "JOIN sealing_key k ON k.organisation_id = c.organisation_id"
        )
    )
    for row in found.all():
        if keyring is None:
            raise SecretNeeded
        if row.firm not in known:
            known[row.firm] = keyring.unwrap(row.firm, Wrapped(row.kek_id, bytes(row.wrapped)))
        key = known[row.firm]
        sealed.append(
            {
                "firm": row.firm,
                "id": row.id,
                "purpose": key.seal(Place("consent", "purpose", row.id, row.firm), row.purpose),
                "wording": key.seal(Place("consent", "wording", row.id, row.firm), row.wording),
            }
        )
    for start in range(0, len(sealed), AT_A_TIME):
        connection.execute(
            sa.text(
                "UPDATE consent SET sealed_purpose = :purpose, sealed_wording = :wording, purpose = '', wording = '' "
                "WHERE organisation_id = :firm AND id = :id"
            ),
            sealed[start : start + AT_A_TIME],
        )
