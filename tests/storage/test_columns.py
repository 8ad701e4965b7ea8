"""Times and texts that mean the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from rbc_assess.storage.engine import Store
from rbc_assess.storage.tables import OrganisationRow

TABLE = OrganisationRow.__table__
JST = timezone(timedelta(hours=9))


def put(store: Store, moments: dict[str, datetime]) -> None:
    with store.write() as connection:
        connection.execute(
            insert(TABLE),
            [
                {"id": name, "kind": "lender", "name": name, "livemode": True, "created_at": moment}
                for name, moment in moments.items()
            ],
        )


def test_times_come_back_as_they_went_in(store: Store) -> None:
    moments = {
        "exact": datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC),
        "whole": datetime(2026, 11, 22, tzinfo=UTC),
        "tokyo": datetime(2026, 11, 22, 8, 59, 59, 1, tzinfo=JST),
        "early": datetime(1, 1, 1, tzinfo=UTC),
        "late": datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    }
    put(store, moments)
    with store.read() as connection:
        found = {row.id: row.created_at for row in connection.execute(select(TABLE))}
    assert found == moments
    assert {moment.tzinfo for moment in found.values()} == {UTC}


def test_times_sort_and_compare_as_times(store: Store) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    put(
        store,
        {
            "second": noon,
            "first": noon - timedelta(microseconds=1),
            "third": (noon + timedelta(seconds=1)).astimezone(JST),
        },
    )
    with store.read() as connection:
        assert connection.scalars(select(TABLE.c.id).order_by(TABLE.c.created_at)).all() == [
            "first",
            "second",
            "third",
        ]
        later = select(TABLE.c.id).where(TABLE.c.created_at > noon.astimezone(JST))
        assert connection.scalars(later).all() == ["third"]


def test_a_time_without_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="time zone"):
        put(store, {"naive": datetime(2026, 11, 22)})  # noqa: DTZ001


def test_text_sorts_by_its_bytes(store: Store) -> None:
    names = ["Z", "_", "a", "a-b", "aB", "ab", "é", "あ", "漢"]
    put(store, dict.fromkeys(reversed(names), datetime(2026, 11, 22, tzinfo=UTC)))
    with store.read() as connection:
        assert connection.scalars(select(TABLE.c.name).order_by(TABLE.c.name)).all() == sorted(names)
