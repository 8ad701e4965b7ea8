"""Run migrations on the connection that `rbc_assess.storage.schema` opened, inside its one transaction.

A migration must leave the release before it working: add first, take away one release later. On PostgreSQL it gives
up rather than queue behind a long transaction with every reader queueing behind it; run the upgrade again then.

To begin a migration, change the tables, then let Alembic write down the difference and work it over by hand:

    schema.upgrade("sqlite:///scratch.sqlite3")
    with Store.open("sqlite:///scratch.sqlite3") as store, store.write() as connection:
        command.revision(schema.config(connection), "what it does", autogenerate=True, rev_id="0002")
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from rbc_assess.storage.schema import METADATA

ADVISORY_LOCK = (
    0x5242_4331  # two upgrades of one database at once: the second waits, then finds nothing to do
)
LOCK_TIMEOUT = "5s"


def run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ADVISORY_LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,  # SQLite alters a table by rebuilding it
        transactional_ddl=True,
        transaction_per_migration=False,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
