"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, LargeBinary, String, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

MOMENT_WIDTH = 27


def moment_text(moment: datetime) -> str:
    """Write a moment as fixed-width RFC 3339 UTC text, which sorts by time: ``2026-11-22T01:02:03.000000Z``.

    Raises:
        ValueError: it carries no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"


class Moment(TypeDecorator[datetime]):
    """A point in time, microseconds exact, always aware and in UTC.

    ``timestamptz`` on PostgreSQL; SQLite knows no times, so fixed-width text that compares as time does.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(MOMENT_WIDTH))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if dialect.name != "postgresql":
            return moment_text(value)
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return None if value is None else value.astimezone(UTC)


Plain = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text compared byte by byte: ids, codes, canonical documents. Order never hangs on the database's locale."""

Digest = LargeBinary(32)
"""32 bytes of SHA-256 or HMAC-SHA256."""

Sealed = LargeBinary()
"""A text sealed with the key of the enterprise that the row belongs to (``storage.sealing``)."""
