"""The database from the command line: which one it is, and ``db upgrade``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection

from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.identity import Keyring
from rbc_assess.settings import Settings, fresh_secret, read_settings
from rbc_assess.storage import audit, isolation, schema
from rbc_assess.storage.engine import Store

Role: TypeAlias = Literal["application", "worker", "owner"]
"""As which role of PostgreSQL: the service's; one that sees the rows of every organisation; one that may change them,
too. SQLite has no roles."""


def upgrade(voice: Voice) -> int:
    """Bring the database to head, as its owner where an owner URL is set."""
    given = has_secret()
    settings = settings_of_database(with_secret=given)
    schema.upgrade(
        settings.owner_url or settings.store_url,
        application_role=settings.role_to_grant,
        worker_role=settings.worker_role_to_grant,
        keyring=keyring_of(settings) if given else None,
    )
    if voice.json:
        write_json({"revision": schema.head()})
    else:
        voice.say(f"The schema is at head ({schema.head()}).", f"スキーマは最新です({schema.head()})。")
    return FINE


def open_with_secret(*, role: Role = "application") -> Store:
    """Open the database together with what it takes to read what is sealed, if the environment gives that.

    Raises:
        Stop: the database is not at head, or the role does not see what it should.
    """
    settings = settings_of_database(with_secret=has_secret())
    return open_store(settings, keyring=keyring_of(settings) if has_secret() else None, role=role)


def settings_of_database(*, with_secret: bool = False) -> Settings:
    """Read the settings; what touches no key needs no secret, and a missing one must not keep an owner out."""
    return read_settings() if with_secret else read_settings({"secret_key": fresh_secret()})


def has_secret() -> bool:
    """Whether the environment gives the secret, in one way or the other."""
    return any(os.environ.get(name) for name in ("RBC_SECRET_KEY", "RBC_SECRET_KEY_FILE"))


def keyring_of(settings: Settings) -> Keyring:
    """The keyring of an installation."""
    return Keyring(settings.secret, settings.previous_secrets)


def open_store(
    settings: Settings,
    *,
    keyring: Keyring | None = None,
    statement_timeout: float = 5.0,
    role: Role = "application",
) -> Store:
    """Open the database, which must be at head. Without a ``keyring`` nothing sealed can be read.

    No statement may take more than ``statement_timeout`` seconds.

    Raises:
        Stop: it is not, or the role does not see them.
    """
    url = {
        "application": settings.store_url,
        "worker": settings.work_url,
        "owner": settings.owner_url or settings.store_url,
    }[role]
    store = Store.open(url, pool_size=1, keyring=keyring, statement_timeout=statement_timeout)
    with store.read() as connection:
        ready = schema.at_head(connection)
        blind = role != "application" and ready and isolation.is_held_back(connection)
    if blind:
        store.close()
        name = f"RBC_{role.upper()}_DATABASE_URL"
        raise Stop(
            "Row-level security hides other organisations' rows from this database role. "
            f"Set {name} to a URL whose role has BYPASSRLS.",
            "このデータベースロールには、行レベルセキュリティにより他の組織の行が見えません。"
            f"BYPASSRLSを持つロールのURLを{name}に設定してください。",
        )
    if not ready:
        store.close()
        raise Stop(
            "The database's schema is not at head. Run: rbc-assess db upgrade",
            "データベースのスキーマが最新ではありません。先に rbc-assess db upgrade を実行してください。",
        )
    return store


@contextmanager
def writing(store: Store, *, livemode: bool = True) -> Iterator[Connection]:
    """Begin a transaction that writes, as the doing of whoever runs this command, live or in the sandbox."""
    with store.write() as connection:
        audit.act(connection, audit.COMMAND_LINE._replace(livemode=livemode), datetime.now(UTC))
        yield connection
