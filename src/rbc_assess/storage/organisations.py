"""Organisations: the parties that keys, enterprises and everything else belong to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, insert, select

from rbc_assess.errors import NotFound
from rbc_assess.identity import IdPrefix, is_party, new_id
from rbc_assess.storage.statements import Page, page_of
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_schemes import IssuerRow

_TABLE = OrganisationRow.__table__
_CREATE = insert(_TABLE)
_ISSUER = IssuerRow.__table__
_WITH_ISSUER = select(_TABLE, _ISSUER.c.code).outerjoin(
    _ISSUER,
    and_(_ISSUER.c.organisation_id == _TABLE.c.id, _ISSUER.c.livemode == _TABLE.c.livemode),
)
_FIND = _WITH_ISSUER.where(_TABLE.c.id == bindparam("organisation"))
_LIST = (
    _WITH_ISSUER.where(_TABLE.c.livemode == bindparam("in_livemode"), _TABLE.c.id > bindparam("after"))
    .order_by(_TABLE.c.id)
    .limit(bindparam("at_most"))
)
_LIST_KINDS = _LIST.where(_TABLE.c.kind.in_(bindparam("kinds", expanding=True)))


class Organisation(NamedTuple):
    """A party. ``livemode`` is False for one that only exists in the sandbox.

    ``issuer``: the code under which it makes schemes, such as ``jp-27``, if it does.
    """

    id: str
    kind: str
    name: str
    livemode: bool
    created_at: datetime
    issuer: str | None = None


def create_organisation(
    connection: Connection, kind: str, name: str, *, livemode: bool, now: datetime
) -> Organisation:
    """Create a party of one of ``identity.KINDS``.

    An enterprise has a profile as well: make it with ``enterprises.create_enterprise``, which calls this.
    """
    prefix: IdPrefix = "ent" if kind == "enterprise" else "org"
    made = Organisation(new_id(prefix, now), kind, name, livemode, now)
    row = made._asdict()
    del row["issuer"]
    connection.execute(_CREATE, row)
    return made


def find_organisation(connection: Connection, organisation: str) -> Organisation:
    """Return an organisation. Whether the caller may see it is the caller's to check.

    Raises:
        NotFound: there is none.
    """
    row = (
        connection.execute(_FIND, {"organisation": organisation}).first() if is_party(organisation) else None
    )
    if row is None:
        raise NotFound
    return _read(row)


def list_organisations(
    connection: Connection,
    *,
    livemode: bool,
    limit: int,
    after: str | None = None,
    kinds: Collection[str] | None = None,
) -> Page[Organisation]:
    """Return the organisations of a mode in the order of their ids; ``after`` is the last one of the page before."""
    wanted = {"in_livemode": livemode, "after": after or "", "at_most": limit + 1}
    if kinds is None:
        return page_of(connection.execute(_LIST, wanted).all(), limit, _read)
    return page_of(connection.execute(_LIST_KINDS, {**wanted, "kinds": sorted(kinds)}).all(), limit, _read)


def _read(row: Row[Any]) -> Organisation:
    return Organisation(row.id, row.kind, row.name, row.livemode, row.created_at, row.code)
