"""Purposes and corporate numbers of requests for consent sealed, each request's under a key of its own.

Revision: 0021, after 0020

What is there already is sealed here, so this one needs the secret of the installation. As after 0010: on PostgreSQL
run VACUUM FULL after it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from rbc_assess.errors import SecretNeeded
from rbc_assess.identity import Keyring, Place, Wrapped, number_mac

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SEALED = sa.LargeBinary()
DIGEST = sa.LargeBinary(32)
OF_NUMBERS = "corporate-numbers"
AT_A_TIME = 500
OPEN = ("purpose", "corporate_number")
ADDRESSEE = "(enterprise IS NULL) <> (number_mac IS NULL)"
CHECKS = {
    "addressee": ADDRESSEE,
    "answer": "answer IN ('granted', 'declined', 'withdrawn')",
    "answered": "(answer IS NULL) = (answered_at IS NULL)",
}


def upgrade() -> None:
    connection = op.get_bind()
    on_postgresql = connection.dialect.name == "postgresql"
    for column in OPEN:
        op.add_column("consent_request", sa.Column(f"sealed_{column}", SEALED, nullable=True))
    op.add_column("consent_request", sa.Column("number_mac", DIGEST, nullable=True))
    seal_requests(connection)
    op.drop_index("ix_consent_request_corporate_number", "consent_request")
    if on_postgresql:
        # It names the column; row-level security is put into force anew after the migrations.
        op.execute("DROP POLICY IF EXISTS rbc_all ON consent_request")
        op.drop_constraint("ck_consent_request_addressee", "consent_request", type_="check")
    # SQLite builds the table anew, and what is not said here about checks is lost.
    checks = (
        sa.CheckConstraint(said, name=op.f(f"ck_consent_request_{name}")) for name, said in CHECKS.items()
    )
    with op.batch_alter_table("consent_request", table_args=tuple(checks)) as batch:
        for column in OPEN:
            batch.drop_column(column)
            batch.alter_column(f"sealed_{column}", new_column_name=column, existing_type=SEALED)
    if on_postgresql:
        op.create_check_constraint(op.f("ck_consent_request_addressee"), "consent_request", ADDRESSEE)
    op.create_index("ix_consent_request_number_mac", "consent_request", ["number_mac", "id"])


def seal_requests(connection: sa.Connection) -> None:
    keyring: Keyring | None = context.config.attributes.get("keyring")
    now = _stored(connection, datetime.now(UTC))
    keys: list[dict[str, Any]] = []
    sealed: list[dict[str, Any]] = []
    of_numbers = None
    found = connection.execute(
        sa.text(
            "SELECT id, purpose, corporate_number FROM consent_request "
            "WHERE purpose IS NOT NULL OR corporate_number IS NOT NULL"
        )
    )
    for row in found.all():
        if keyring is None:
            raise SecretNeeded
        if of_numbers is None:
            of_numbers = _key_of_numbers(connection, keyring, keys, now)
        wrapped = keyring.new_key(row.id)
        key = keyring.unwrap(row.id, wrapped)
        keys.append(_key(row.id, wrapped, now))
        values = {
            column: None
            if (said := getattr(row, column)) is None
            else key.seal(Place("consent_request", column, row.id, row.id), said)
            for column in OPEN
        }
        number = row.corporate_number
        sealed.append(
            {**values, "id": row.id, "mac": None if number is None else number_mac(of_numbers, number)}
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
                "UPDATE consent_request SET sealed_purpose = :purpose, sealed_corporate_number = :corporate_number, "
                "number_mac = :mac, purpose = '', "
                "corporate_number = CASE WHEN corporate_number IS NULL THEN NULL ELSE '' END WHERE id = :id"
            ),
            sealed[start : start + AT_A_TIME],
        )


def _key_of_numbers(
    connection: sa.Connection, keyring: Keyring, keys: list[dict[str, Any]], now: object
) -> bytes:
    row = connection.execute(
        sa.text("SELECT kek_id, wrapped FROM sealing_key WHERE organisation_id = :owner"),
        {"owner": OF_NUMBERS},
    ).first()
    if row is not None:
        return keyring.unwrap_raw(OF_NUMBERS, Wrapped(row.kek_id, bytes(row.wrapped)))
    wrapped = keyring.new_key(OF_NUMBERS)
    keys.append(_key(OF_NUMBERS, wrapped, now))
    return keyring.unwrap_raw(OF_NUMBERS, wrapped)


def _key(owner: str, wrapped: Wrapped, now: object) -> dict[str, Any]:
    return {"id": owner, "kek": wrapped.kek_id, "wrapped": wrapped.key, "now": now}


def _stored(connection: sa.Connection, moment: datetime) -> object:
    if connection.dialect.name == "postgresql":
        return moment
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
