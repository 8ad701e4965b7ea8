"""Names and e-mail addresses of people sealed, each person's under a key of its own; addresses are looked up by HMAC.

Revision: 0022, after 0021

What is there already is sealed here, so this one needs the secret of the installation. As after 0010: on PostgreSQL
run VACUUM FULL after it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from rbc_assess.errors import SecretNeeded
from rbc_assess.identity import DataKey, Keyring, Place, Wrapped, address_mac

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SEALED = sa.LargeBinary()
DIGEST = sa.LargeBinary(32)
OF_ADDRESSES = "addresses"
AT_A_TIME = 500
ROLES = "role IN ('owner', 'member', 'officer', 'author', 'approver', 'auditor')"
KEEP = "INSERT INTO sealing_key (organisation_id, kek_id, wrapped, created_at) VALUES (:id, :kek, :wrapped, :now)"
SEAL_ADDRESS = "UPDATE person SET sealed = :sealed, address_mac = :mac, address = id WHERE id = :id"
SEAL_NAME = "UPDATE membership SET sealed = :sealed, name = '' WHERE id = :id"


def upgrade() -> None:
    op.add_column("person", sa.Column("sealed", SEALED, nullable=True))
    op.add_column("person", sa.Column("address_mac", DIGEST, nullable=True))
    op.add_column("membership", sa.Column("sealed", SEALED, nullable=True))
    seal_people(op.get_bind())
    with op.batch_alter_table("person") as batch:
        batch.drop_constraint("uq_person_address", type_="unique")
        batch.drop_column("address")
        batch.alter_column("sealed", new_column_name="address", existing_type=SEALED, nullable=False)
        batch.alter_column("address_mac", existing_type=DIGEST, nullable=False)
        batch.create_unique_constraint("uq_person_address_mac", ["address_mac"])
    # SQLite builds the table anew, and a check that is not said here is lost.
    checks = (sa.CheckConstraint(ROLES, name=op.f("ck_membership_role")),)
    with op.batch_alter_table("membership", table_args=checks) as batch:
        batch.drop_column("name")
        batch.alter_column("sealed", new_column_name="name", existing_type=SEALED)


def seal_people(connection: sa.Connection) -> None:
    keyring: Keyring | None = context.config.attributes.get("keyring")
    now = _stored(connection, datetime.now(UTC))
    known: dict[str, DataKey] = {}
    keys: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    of_addresses = b""
    for row in connection.execute(sa.text("SELECT id, address FROM person")).all():
        if keyring is None:
            raise SecretNeeded
        if not of_addresses:
            wrapped = keyring.new_key(OF_ADDRESSES)
            of_addresses = keyring.unwrap_raw(OF_ADDRESSES, wrapped)
            keys.append(_key(OF_ADDRESSES, wrapped, now))
        wrapped = keyring.new_key(row.id)
        key = known[row.id] = keyring.unwrap(row.id, wrapped)
        keys.append(_key(row.id, wrapped, now))
        people.append(
            {
                "id": row.id,
                "sealed": key.seal(Place("person", "address", row.id, row.id), row.address),
                "mac": address_mac(of_addresses, row.address),
            }
        )
    names = [
        {
            "id": row.id,
            "sealed": known[row.person_id].seal(Place("membership", "name", row.id, row.person_id), row.name),
        }
        for row in connection.execute(
            sa.text("SELECT id, person_id, name FROM membership WHERE person_id IS NOT NULL")
        ).all()
    ]
    # The old addresses stay different from each other until their column goes.
    for writing, rows in ((KEEP, keys), (SEAL_ADDRESS, people), (SEAL_NAME, names)):
        for start in range(0, len(rows), AT_A_TIME):
            connection.execute(sa.text(writing), rows[start : start + AT_A_TIME])


def _key(owner: str, wrapped: Wrapped, now: object) -> dict[str, Any]:
    return {"id": owner, "kek": wrapped.kek_id, "wrapped": wrapped.key, "now": now}


def _stored(connection: sa.Connection, moment: datetime) -> object:
    if connection.dialect.name == "postgresql":
        return moment
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
