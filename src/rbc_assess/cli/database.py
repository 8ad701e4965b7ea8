"""The database from the command line: which one it is, and ``db upgrade``."""

from __future__ import annotations

from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.settings import Settings, fresh_secret, read_settings
from rbc_assess.storage import schema
from rbc_assess.storage.engine import Store


def upgrade(voice: Voice) -> int:
    """Bring the database to head, as its owner where an owner URL is set."""
    settings = settings_of_database()
    schema.upgrade(settings.owner_url or settings.store_url, application_role=settings.role_to_grant)
    if voice.json:
        write_json({"revision": schema.head()})
    else:
        voice.say(f"The schema is at head ({schema.head()}).", f"スキーマは最新です({schema.head()})。")
    return FINE


def settings_of_database(*, with_secret: bool = False) -> Settings:
    """Read the settings; what touches no key needs no secret, and a missing one must not keep an owner out."""
    return read_settings() if with_secret else read_settings({"secret_key": fresh_secret()})


def open_store(settings: Settings) -> Store:
    """Open the database, which must be at head.

    Raises:
        Stop: it is not.
    """
    store = Store.open(settings.store_url, pool_size=1)
    with store.read() as connection:
        ready = schema.at_head(connection)
    if not ready:
        store.close()
        raise Stop(
            "The database's schema is not at head. Run: rbc-assess db upgrade",
            "データベースのスキーマが最新ではありません。先に rbc-assess db upgrade を実行してください。",
        )
    return store
