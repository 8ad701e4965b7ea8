"""A test's database as another role sees it."""

from __future__ import annotations

from tests.postgres import as_role

from rbc_assess.storage.engine import Store

_opened: list[Store] = []


def as_seen_by(store: Store, role: str, **how: float) -> Store:
    """The same database as another role of PostgreSQL sees it, open until the test ends."""
    if store.dialect == "sqlite":
        return store
    url = store.engine.url.render_as_string(hide_password=False)
    other = Store.open(as_role(url, role), keyring=store.keyring, **{"lock_timeout": 30, **how})  # type: ignore[arg-type]
    _opened.append(other)
    return other


def close_what_was_seen() -> None:
    """Close what ``as_seen_by`` opened."""
    while _opened:
        _opened.pop().close()
