"""Enterprises: what a firm says of itself, kept by the organisation that acts for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from rbc_assess.errors import Conflict, NotFound, StaleRevision
from rbc_assess.identity import Caller, is_id
from rbc_assess.storage.organisations import create_organisation
from rbc_assess.storage.statements import (
    ENTERPRISE,
    WITHIN_REACH,
    Page,
    insert_unless_there,
    page_of,
    place_of,
)
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_assessments import AssessmentRow

_ORGANISATION = OrganisationRow.__table__
_EVERYTHING = select(_ORGANISATION.c.id, _ORGANISATION.c.name, ENTERPRISE).join(
    ENTERPRISE, ENTERPRISE.c.organisation_id == _ORGANISATION.c.id
)
_CREATE = insert_unless_there(ENTERPRISE, ENTERPRISE.c.organisation_id)
_FIND = _EVERYTHING.where(ENTERPRISE.c.organisation_id == bindparam("enterprise"), *WITHIN_REACH)
_LIST = (
    _EVERYTHING.where(*WITHIN_REACH, ENTERPRISE.c.organisation_id < bindparam("before"))
    .order_by(ENTERPRISE.c.organisation_id.desc())
    .limit(bindparam("at_most"))
)
_CHANGE = (
    update(ENTERPRISE)
    .where(
        ENTERPRISE.c.organisation_id == bindparam("enterprise"),
        ENTERPRISE.c.revision == bindparam("expected"),
        *WITHIN_REACH,
    )
    .values(
        corporate_number=bindparam("new_corporate_number"),
        profile=bindparam("new_profile"),
        country=bindparam("new_country"),
        region=bindparam("new_region"),
        sector=bindparam("new_sector"),
        tier=bindparam("new_tier"),
        workers_total=bindparam("new_workers_total"),
        revision=ENTERPRISE.c.revision + 1,
        updated_at=bindparam("now"),
    )
    .returning(ENTERPRISE.c.revision)
)
_PROFILE = select(ENTERPRISE.c.profile).where(ENTERPRISE.c.organisation_id == bindparam("enterprise"))
_DRAFT = AssessmentRow.__table__
_TURN_DRAFTS = (
    update(_DRAFT)
    .where(_DRAFT.c.organisation_id == bindparam("enterprise"), _DRAFT.c.state == "draft")
    .values(revision=_DRAFT.c.revision + 1, updated_at=bindparam("now"))
)
_RENAME = (
    update(_ORGANISATION)
    .where(_ORGANISATION.c.id == bindparam("enterprise"), _ORGANISATION.c.name != bindparam("new_name"))
    .values(name=bindparam("new_name"))
)


class Coded(NamedTuple):
    """What of a profile is counted over populations; ``None`` is unknown."""

    country: str | None = None
    region: str | None = None
    sector: str | None = None
    tier: str | None = None
    workers_total: int | None = None


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A firm as it is kept. ``profile`` is canonical JSON, ``coded`` what is counted of it."""

    id: str
    created_by: str
    name: str
    corporate_number: str | None
    profile: str
    coded: Coded
    livemode: bool
    revision: int
    created_at: datetime
    updated_at: datetime


def create_enterprise(
    connection: Connection,
    *,
    created_by: str | None,
    name: str,
    livemode: bool,
    now: datetime,
    profile: str = "{}",
    coded: Coded = Coded(),  # noqa: B008 - a constant
    corporate_number: str | None = None,
) -> Enterprise:
    """Create an enterprise and the organisation it is; ``created_by`` None means that it entered itself.

    Raises:
        Conflict: another enterprise of this mode has the corporate number.
    """
    party = create_organisation(connection, "enterprise", name, livemode=livemode, now=now)
    made = Enterprise(
        party.id, created_by or party.id, name, corporate_number, profile, coded, livemode, 1, now, now
    )
    row = {
        "organisation_id": made.id,
        "created_by": made.created_by,
        "livemode": livemode,
        "corporate_number": corporate_number,
        "profile": profile,
        **coded._asdict(),
        "revision": made.revision,
        "created_at": now,
        "updated_at": now,
    }
    if connection.execute(_CREATE.on(connection), row).first() is None:
        raise _number_taken()
    return made


def find_enterprise(connection: Connection, caller: Caller, enterprise: str) -> Enterprise:
    """Return an enterprise that the caller acts for: itself or one that it entered.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = None
    if is_id("ent", enterprise):
        row = connection.execute(_FIND, {"enterprise": enterprise, **reach(caller)}).first()
    if row is None:
        raise NotFound
    return _read(row)


def list_enterprises(
    connection: Connection, caller: Caller, *, limit: int, after: str | None = None
) -> Page[Enterprise]:
    """Return the enterprises that the caller acts for, newest first."""
    wanted = {**reach(caller), "before": place_of("ent", after), "at_most": limit + 1}
    return page_of(connection.execute(_LIST, wanted).all(), limit, _read)


def change_enterprise(
    connection: Connection, caller: Caller, changed: Enterprise, now: datetime
) -> Enterprise:
    """Store what ``dataclasses.replace`` made of a found enterprise: name, corporate number, profile, coded.

    Another profile asks other questions: it turns the revision of every open draft, so that nobody submits
    something else than they looked at.

    Raises:
        NotFound: the caller does not act for it.
        StaleRevision: somebody changed it since it was found.
        Conflict: another enterprise of this mode has the corporate number.
    """
    new = {f"new_{name}": value for name, value in changed.coded._asdict().items()}
    values = {
        "enterprise": changed.id,
        "expected": changed.revision,
        **reach(caller),
        **new,
        "new_corporate_number": changed.corporate_number,
        "new_profile": changed.profile,
        "now": now,
    }
    before = connection.execute(_PROFILE, {"enterprise": changed.id}).scalar()
    try:
        row = connection.execute(_CHANGE, values).first()
    except IntegrityError as error:
        if "corporate_number" in str(error.orig):
            raise _number_taken() from error
        raise
    if row is None:
        raise StaleRevision(find_enterprise(connection, caller, changed.id).revision, {})
    if before != changed.profile:
        connection.execute(_TURN_DRAFTS, {"enterprise": changed.id, "now": now})
    connection.execute(_RENAME, {"enterprise": changed.id, "new_name": changed.name})
    return replace(changed, revision=row.revision, updated_at=now)


def reach(caller: Caller) -> dict[str, Any]:
    """Return the values of ``statements.WITHIN_REACH``."""
    return {"caller": caller.organisation, "in_livemode": caller.livemode}


def _number_taken() -> Conflict:
    return Conflict(
        code="corporate-number-taken",
        en="Another enterprise is registered under this corporate number. Check the number, or ask the operator.",
        ja="この法人番号は別の企業で登録されています。番号を確認するか、運営者にお問い合わせください。",
    )


def _read(row: Row[Any]) -> Enterprise:
    return Enterprise(
        row.id,
        row.created_by,
        row.name,
        row.corporate_number,
        row.profile,
        Coded(row.country, row.region, row.sector, row.tier, row.workers_total),
        row.livemode,
        row.revision,
        row.created_at,
        row.updated_at,
    )
