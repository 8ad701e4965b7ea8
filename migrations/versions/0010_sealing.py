"""Names and corporate numbers of enterprises, sealed with a key of each enterprise's own.

Revision: 0010, after 0009

What is there already is sealed here, so this one needs the secret of the installation. On PostgreSQL the former text
is gone for good only when the space of the old rows has been used again: run VACUUM FULL after it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from rbc_assess.errors import SecretNeeded
from rbc_assess.identity import Keyring, Place, number_mac

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
DIGEST = sa.LargeBinary(32)
SEALED = sa.LargeBinary()
OF_NUMBERS = "corporate-numbers"
AT_A_TIME = 500


def upgrade() -> None:
    op.create_table(
        "sealing_key",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("kek_id", PLAIN, nullable=False),
        sa.Column("wrapped", SEALED, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_sealing_key"),
    )
    with op.batch_alter_table("enterprise") as batch:
        batch.add_column(sa.Column("name", SEALED, nullable=True))
        batch.add_column(sa.Column("number_mac", DIGEST, nullable=True))
        batch.add_column(sa.Column("erased_at", MOMENT, nullable=True))
        batch.drop_constraint("uq_enterprise_livemode_corporate_number", type_="unique")
        batch.alter_column("corporate_number", new_column_name="open_number")
    with op.batch_alter_table("enterprise") as batch:
        batch.add_column(sa.Column("corporate_number", SEALED, nullable=True))
        batch.create_unique_constraint("uq_enterprise_livemode_number_mac", ["livemode", "number_mac"])
    with op.batch_alter_table("organisation") as batch:
        batch.alter_column("name", existing_type=PLAIN, nullable=True)
    seal_what_is_there(op.get_bind())
    with op.batch_alter_table("enterprise") as batch:
        batch.drop_column("open_number")
    with op.batch_alter_table("organisation") as batch:
        batch.create_check_constraint(op.f("ck_organisation_name"), "(name IS NULL) = (kind = 'enterprise')")


def seal_what_is_there(connection: sa.Connection) -> None:
    keyring: Keyring | None = context.config.attributes.get("keyring")
    keys: list[dict[str, Any]] = []
    sealed: list[dict[str, Any]] = []
    of_numbers = b""
    stored_now = _stored(connection, datetime.now(UTC))
    found = connection.execute(
        sa.text(
            "SELECT e.organisation_id AS id, o.name AS name, e.open_number AS number FROM enterprise e "
            "JOIN organisation o ON o.id = e.organisation_id"
        )
    ).all()
    for row in found:
        if keyring is None:
            raise SecretNeeded
        if not of_numbers:
            wrapped = keyring.new_key(OF_NUMBERS)
            of_numbers = keyring.unwrap_raw(OF_NUMBERS, wrapped)
            keys.append({"id": OF_NUMBERS, "kek": wrapped.kek_id, "wrapped": wrapped.key, "now": stored_now})
        wrapped = keyring.new_key(row.id)
        key = keyring.unwrap(row.id, wrapped)
        keys.append({"id": row.id, "kek": wrapped.kek_id, "wrapped": wrapped.key, "now": stored_now})
        number = row.number
        sealed.append(
            {
                "id": row.id,
                "name": key.seal(Place("enterprise", "name", row.id, row.id), row.name),
                "number": None
                if number is None
                else key.seal(Place("enterprise", "corporate_number", row.id, row.id), number),
                "mac": None if number is None else number_mac(of_numbers, number),
            }
        )
    for start in range(0, len(keys), AT_A_TIME):
        connection.execute(
            sa.text(
                "INSERT INTO sealing_key (organisation_id, kek_id, wrapped, created_at) "
                "VALUES (:id, :kek, :wrapped, :now)"
            ),
            keys[start : start + AT_A_TIME],
        )
    for start in range(0, len(sealed), AT_A_TIME):
        connection.execute(
            sa.text(
                "UPDATE enterprise SET name = :name, corporate_number = :number, number_mac = :mac, "
                "open_number = NULL WHERE organisation_id = :id"
            ),
            sealed[start : start + AT_A_TIME],
        )
    connection.execute(sa.text("UPDATE organisation SET name = NULL WHERE kind = 'enterprise'"))


def _stored(connection: sa.Connection, moment: datetime) -> object:
    if connection.dialect.name == "postgresql":
        return moment
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
