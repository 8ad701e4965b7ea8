"""The schema's life: bring a database to head, and tell whether it is there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from rbc_assess.identity import Keyring
from rbc_assess.shipped import migrations_root
from rbc_assess.storage import isolation
from rbc_assess.storage import (
    tables_assessments as _assessments,  # noqa: F401  the tables of these modules join the metadata
)
from rbc_assess.storage import tables_audit as _audit  # noqa: F401
from rbc_assess.storage import tables_clients as _clients  # noqa: F401
from rbc_assess.storage import tables_consents as _consents  # noqa: F401
from rbc_assess.storage import tables_decisions as _decisions  # noqa: F401
from rbc_assess.storage import tables_erasures as _erasures  # noqa: F401
from rbc_assess.storage import tables_events as _events  # noqa: F401
from rbc_assess.storage import tables_evidence as _evidence  # noqa: F401
from rbc_assess.storage import tables_notices as _notices  # noqa: F401
from rbc_assess.storage import tables_people as _people  # noqa: F401
from rbc_assess.storage import tables_population as _population  # noqa: F401
from rbc_assess.storage import tables_schemes as _schemes  # noqa: F401
from rbc_assess.storage import tables_webhooks as _webhooks  # noqa: F401
from rbc_assess.storage.engine import Store
from rbc_assess.storage.tables import Base

METADATA: Final = Base.metadata
"""Every table, as the code wants it."""

GRANTS: Final = {
    "organisation": "SELECT, INSERT, UPDATE",
    "enterprise": "SELECT, INSERT, UPDATE",
    "sealing_key": "SELECT, INSERT, UPDATE, DELETE",
    "client": "SELECT, INSERT, UPDATE",
    "spent_assertion": "SELECT, INSERT, DELETE",
    "api_key": "SELECT, INSERT, UPDATE, DELETE",
    "person": "SELECT, INSERT, UPDATE, DELETE",
    "membership": "SELECT, INSERT, UPDATE",
    "sign_in_link": "SELECT, INSERT, UPDATE, DELETE",
    "sign_in_count": "SELECT, INSERT, UPDATE, DELETE",
    "session": "SELECT, INSERT, UPDATE, DELETE",
    "passkey": "SELECT, INSERT, UPDATE, DELETE",
    "passkey_challenge": "SELECT, INSERT, DELETE",
    "document": "SELECT, INSERT",
    "edition": "SELECT, INSERT",
    "assessment": "SELECT, INSERT, UPDATE",
    "draft_answer": "SELECT, INSERT, UPDATE, DELETE",
    "submission": "SELECT, INSERT, UPDATE",
    "evidence": "SELECT, INSERT, UPDATE",
    "evidence_part": "SELECT, INSERT, DELETE",
    "erasure": "SELECT, INSERT",
    "idempotency": "SELECT, INSERT, UPDATE, DELETE",
    "issuer": "SELECT, INSERT",
    "scheme_version": "SELECT, INSERT, UPDATE",
    "scheme_draft": "SELECT, INSERT, UPDATE, DELETE",
    "consent": "SELECT, INSERT, UPDATE",
    "consent_request": "SELECT, INSERT, UPDATE",
    "disclosure": "SELECT, INSERT",
    "decision": "SELECT, INSERT, UPDATE (tier, sector, region)",
    "job": "SELECT, INSERT, UPDATE, DELETE",
    "decision_batch": "SELECT, INSERT, UPDATE",
    "decision_batch_item": "SELECT, INSERT",
    "simulation": "SELECT, INSERT, UPDATE",
    "standing": "SELECT, INSERT, UPDATE, DELETE",
    "kept_fact": "SELECT, INSERT",
    "kept_code": "SELECT, INSERT",
    "audit_chain": "SELECT, UPDATE",
    "audit_entry": "SELECT, INSERT",
    "audit_checkpoint": "SELECT, INSERT",
    "event": "SELECT, INSERT, UPDATE, DELETE",
    "webhook_endpoint": "SELECT, INSERT, UPDATE, DELETE",
    "webhook_delivery": "SELECT, INSERT, UPDATE, DELETE",
    "expiry_notice": "SELECT, INSERT, DELETE",
    "alembic_version": "SELECT",
}
"""What the application may do with each table. Only what expires, can be made anew, is the firm's to take back or is
erased is ever deleted."""

WORKER_GRANTS: Final = {
    **GRANTS,
    **dict.fromkeys(
        (
            *("organisation", "enterprise", "client", "assessment", "draft_answer", "submission"),
            *("issuer", "scheme_version", "scheme_draft", "edition"),
        ),
        "SELECT",
    ),
    "api_key": "SELECT, DELETE",
    "consent": "SELECT, UPDATE",  # to lock one while something is read under it; it changes none
    "idempotency": "SELECT, DELETE",
}
"""What the worker may do, which row-level security does not hold back: it works for everybody in turn."""


def config(connection: Connection | None = None, keyring: Keyring | None = None) -> Config:
    """Return Alembic's configuration, for the migrations that came with this program."""
    made = Config(attributes={"connection": connection, "keyring": keyring})
    made.set_main_option("script_location", str(migrations_root()).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


@cache
def head() -> str:
    """Return the revision that this program works on."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    if found is None:
        raise RuntimeError(f"There are no migrations in {migrations_root()}.")
    return found


def at_head(connection: Connection) -> bool:
    """Tell whether the database has the schema that this program works on."""
    return MigrationContext.configure(connection).get_current_revision() == head()


def upgrade(
    url: str | URL,
    *,
    application_role: str | None = None,
    worker_role: str | None = None,
    keyring: Keyring | None = None,
) -> None:
    """Bring the database to head; safe to call from several processes at once, and when it is there already.

    On PostgreSQL ``url`` is the owner's; ``application_role`` and ``worker_role`` are granted what they need, if
    given, and row-level security is put into force (``isolation``). ``keyring`` is needed where there are enterprises
    from before their texts were sealed.

    Raises:
        SecretNeeded: there is something to seal, and no keyring.
        StoreBusy: another upgrade holds the lock. ``StoreAway``: the database cannot be reached.
    """
    with (
        Store.open(url, pool_size=1, lock_timeout=60.0, statement_timeout=600.0, foreign_keys=False) as store,
        store.write() as connection,
    ):
        command.upgrade(config(connection, keyring), "head")
        if store.dialect == "sqlite":
            _check_references(connection)
            return
        isolation.enforce(connection)
        if application_role is not None:
            _grant(connection, application_role, GRANTS)
        if worker_role is not None and worker_role != application_role:
            _grant(connection, worker_role, WORKER_GRANTS)


def _check_references(connection: Connection) -> None:
    """Foreign keys are off while SQLite rebuilds tables; make sure that every one still holds."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"{len(broken)} rows would point nowhere after the upgrade; nothing was changed.")


def _grant(connection: Connection, role: str, grants: Mapping[str, str]) -> None:
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    for table in GRANTS:
        connection.execute(text(f"REVOKE ALL ON {table} FROM {quoted}"))
        if table in grants:
            connection.execute(text(f"GRANT {grants[table]} ON {table} TO {quoted}"))
