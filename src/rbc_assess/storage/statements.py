"""What several subjects' statements share. All statements are built once, at import: compiled text is then reused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    Row,
    Table,
    Text,
    any_,
    bindparam,
    insert,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite

from rbc_assess.errors import InvalidInput, Problem
from rbc_assess.identity import IdPrefix, is_id
from rbc_assess.storage.tables import EnterpriseRow

Item = TypeVar("Item")


class OnEither(NamedTuple):
    """A statement that is written differently for each database."""

    sqlite: Executable
    postgresql: Executable

    def on(self, connection: Connection) -> Executable:
        return self.sqlite if connection.dialect.name == "sqlite" else self.postgresql


def insert_unless_there(table: Table, *returning: ColumnElement[Any]) -> OnEither:
    """Insert a row, or nothing if one with the same key is there; ``returning`` gives a row only in the first case.

    The row count would not tell: it is -1 on PostgreSQL either way.
    """
    return OnEither(
        sqlite.insert(table).on_conflict_do_nothing().returning(*returning),
        postgresql.insert(table).on_conflict_do_nothing().returning(*returning),
    )


def insert_or_replace(table: Table, *replaced: str) -> OnEither:
    """Insert a row, or put the ``replaced`` columns of the one with the same primary key in its place."""
    on_sqlite = sqlite.insert(table)
    on_postgresql = postgresql.insert(table)
    key = list(table.primary_key.columns)
    return OnEither(
        on_sqlite.on_conflict_do_update(
            index_elements=key, set_={name: on_sqlite.excluded[name] for name in replaced}
        ),
        on_postgresql.on_conflict_do_update(
            index_elements=key, set_={name: on_postgresql.excluded[name] for name in replaced}
        ),
    )


Among: TypeAlias = Callable[[ColumnElement[Any], str], ColumnElement[bool]]
"""``among(column, "names")``: the column's value is one of a list that is given as ``names``."""


def one_by_one(column: ColumnElement[Any], names: str) -> ColumnElement[bool]:
    """One of a list, a parameter for each name in it."""
    return column.in_(bindparam(names, expanding=True))


def in_array(column: ColumnElement[Any], names: str) -> ColumnElement[bool]:
    """One of a list that is one parameter, on PostgreSQL."""
    return column == any_(bindparam(names, type_=postgresql.ARRAY(Text)))


def among_several(build: Callable[[Among], Executable]) -> OnEither:
    """Build a statement about several things. On PostgreSQL a list is one parameter: with one for each of five hundred
    names the driver reads more statement than it gets rows."""
    return OnEither(build(one_by_one), build(in_array))


class ManyRows:
    """Inserts hundreds of rows at once.

    On PostgreSQL by one statement with an array for each column, which costs as little as COPY does, and which
    row-level security lets pass.
    """

    def __init__(self, table: Table) -> None:
        self._one_by_one: Final = insert(table)
        self._columns: Final = tuple(table.c)
        names = ", ".join(column.name for column in table.c)
        arrays = ", ".join(f"%b::{_type_name(column)}[]" for column in table.c)
        into = f"INSERT INTO {table.name} ({names})"
        self._at_once: Final = f"{into} SELECT * FROM unnest({arrays})"  # noqa: S608 - names of our own columns

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert them; every row has every column."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            connection.execute(self._one_by_one, rows)
            return
        values: list[list[Any]] = []
        for column in self._columns:
            process = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
            given = [row[column.name] for row in rows]
            values.append(given if process is None else [process(one) for one in given])
        connection.exec_driver_sql(self._at_once, tuple(values))


def _type_name(column: Column[Any]) -> str:
    return column.type.compile(_POSTGRESQL).partition(" COLLATE ")[0]


_POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call]

ENTERPRISE = EnterpriseRow.__table__

WITHIN_REACH = (
    or_(ENTERPRISE.c.organisation_id == bindparam("caller"), ENTERPRISE.c.created_by == bindparam("caller")),
    ENTERPRISE.c.livemode == bindparam("in_livemode"),
)
"""The caller acts for the enterprise, in its own mode: ``identity.may_act_for`` as SQL."""


# --- lists in pages ----------------------------------------------------------------------------------------


class Page(NamedTuple, Generic[Item]):
    """Part of a list, newest first. ``next_place`` goes into the next call as ``after``; None on the last page."""

    items: tuple[Item, ...]
    next_place: str | None


_BEYOND_ALL_IDS = "~"  # sorts after every id; ids sort by time, so the page before the newest starts here


def place_of(prefix: IdPrefix, after: str | None) -> str:
    """Read where a page starts: after the item of that id.

    Raises:
        InvalidInput: no answer of ours gave that place.
    """
    if after is None:
        return _BEYOND_ALL_IDS
    if not is_id(prefix, after):
        text = {
            "en": "Use a cursor exactly as an earlier answer gave it.",
            "ja": "cursorには、前の応答にあった値をそのまま使ってください。",
        }
        raise InvalidInput([Problem("/cursor", "bad-cursor", text)])
    return after


def page_of(
    rows: Sequence[Row[*tuple[Any, ...]]], limit: int, read: Callable[[Row[Any]], Item]
) -> Page[Item]:
    """Make a page out of up to ``limit + 1`` rows: the one too many only tells that there are more."""
    items = tuple(read(row) for row in rows[:limit])
    return Page(items, rows[limit - 1].id if len(rows) > limit else None)
