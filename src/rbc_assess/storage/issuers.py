"""Which organisation makes the schemes of which issuer: at most one organisation for a code in a mode."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from rbc_assess.storage import audit
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables_schemes import IssuerRow

_TABLE = IssuerRow.__table__
_IN_MODE = _TABLE.c.livemode == bindparam("in_livemode")
_HOLD = insert_unless_there(_TABLE, _TABLE.c.code)
_CODE = select(_TABLE.c.code).where(_TABLE.c.organisation_id == bindparam("organisation"), _IN_MODE)


def issuer_of(connection: Connection, organisation: str, *, livemode: bool) -> str | None:
    """Return the code that an organisation holds in a mode, such as ``jp-27``; None while it holds none."""
    wanted = {"organisation": organisation, "in_livemode": livemode}
    found = connection.execute(_CODE, wanted).scalar_one_or_none()
    return None if found is None else str(found)


def hold_issuer(
    connection: Connection, organisation: str, code: str, now: datetime, *, livemode: bool
) -> bool:
    """Let an organisation hold a code from now on, and for good; tell whether it holds it.

    False: it holds another code, or another organisation holds this one.
    """
    row = {"organisation_id": organisation, "livemode": livemode, "code": code, "recorded_at": now}
    if connection.execute(_HOLD.on(connection), row).first() is not None:
        audit.note(connection, action="issuer.named", object_id=code, enterprise=organisation)
        return True
    return issuer_of(connection, organisation, livemode=livemode) == code
