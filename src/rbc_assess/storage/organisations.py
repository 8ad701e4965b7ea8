"""Organisations: the parties that keys, enterprises and everything else belong to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, insert, select

from rbc_assess.errors import Erased, NotFound
from rbc_assess.identity import IdPrefix, Place, is_party, new_id
from rbc_assess.storage import audit
from rbc_assess.storage.sealing import KEY_COLUMNS, SEALING_KEY, hold_key, unseal
from rbc_assess.storage.statements import ENTERPRISE, Page, page_of
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_schemes import IssuerRow

_TABLE = OrganisationRow.__table__
_CREATE = insert(_TABLE)
_ISSUER = IssuerRow.__table__
_WITH_ISSUER = (
    select(
        _TABLE, _ISSUER.c.code, ENTERPRISE.c.name.label("sealed_name"), ENTERPRISE.c.erased_at, *KEY_COLUMNS
    )
    .outerjoin(
        _ISSUER, and_(_ISSUER.c.organisation_id == _TABLE.c.id, _ISSUER.c.livemode == _TABLE.c.livemode)
    )
    .outerjoin(ENTERPRISE, ENTERPRISE.c.organisation_id == _TABLE.c.id)
    .outerjoin(SEALING_KEY, SEALING_KEY.c.organisation_id == _TABLE.c.id)
)
_FIND = _WITH_ISSUER.where(_TABLE.c.id == bindparam("organisation"))
_LIST = (
    _WITH_ISSUER.where(
        _TABLE.c.livemode == bindparam("in_livemode"),
        _TABLE.c.id > bindparam("after"),
        ENTERPRISE.c.erased_at.is_(None),
    )
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
    connection: Connection,
    kind: str,
    name: str,
    *,
    livemode: bool,
    now: datetime,
    known_as: str | None = None,
) -> Organisation:
    """Create a party of one of ``identity.KINDS``.

    An enterprise has a profile as well: make it with ``enterprises.create_enterprise``, which calls this.
    ``known_as``: its id, for the fixed firms of the sandbox; everybody else gets a new one.
    """
    prefix: IdPrefix = "ent" if kind == "enterprise" else "org"
    made = Organisation(known_as or new_id(prefix, now), kind, name, livemode, now)
    row = made._asdict()
    del row["issuer"]
    if kind == "enterprise":
        row["name"] = None  # it is sealed, in the row of the enterprise
    connection.execute(_CREATE, row)
    what = "enterprise" if kind == "enterprise" else "organisation"
    audit.note(connection, action=f"{what}.created", object_id=made.id, enterprise=made.id)
    return made


def find_organisation(connection: Connection, organisation: str) -> Organisation:
    """Return an organisation. Whether the caller may see it is the caller's to check.

    Raises:
        NotFound: there is none.
        Erased: it is an enterprise that was erased.
    """
    row = (
        connection.execute(_FIND, {"organisation": organisation}).first() if is_party(organisation) else None
    )
    if row is None:
        raise NotFound
    if row.erased_at is not None:
        raise Erased
    return _read(connection, row)


def list_organisations(
    connection: Connection,
    *,
    livemode: bool,
    limit: int,
    after: str | None = None,
    kinds: Collection[str] | None = None,
) -> Page[Organisation]:
    """Return the organisations of a mode in the order of their ids, but for enterprises that were erased.

    ``after`` is the last one of the page before.
    """
    wanted = {"in_livemode": livemode, "after": after or "", "at_most": limit + 1}
    if kinds is None:
        return page_of(connection.execute(_LIST, wanted).all(), limit, partial(_read, connection))
    return page_of(
        connection.execute(_LIST_KINDS, {**wanted, "kinds": sorted(kinds)}).all(),
        limit,
        partial(_read, connection),
    )


def _read(connection: Connection, row: Row[Any]) -> Organisation:
    name = row.name
    if row.sealed_name is not None:
        hold_key(connection, row.id, row)
        name = unseal(connection, name_of(row.id), row.sealed_name)
    return Organisation(row.id, row.kind, name, row.livemode, row.created_at, row.code)


def name_of(enterprise: str) -> Place:
    """Where the name of an enterprise is sealed for."""
    return Place("enterprise", "name", enterprise, enterprise)
