"""Enterprises: what a firm says of itself, kept by the organisation that acts for it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from rbc_assess.errors import Conflict, Erased, NotFound, StaleRevision
from rbc_assess.identity import Caller, Place, is_id, number_mac
from rbc_assess.storage import audit
from rbc_assess.storage.engine import writes
from rbc_assess.storage.isolation import acting_for
from rbc_assess.storage.organisations import create_organisation, name_of
from rbc_assess.storage.sealing import (
    KEY_COLUMNS,
    SEALING_KEY,
    create_key,
    hold_key,
    key_of_numbers,
    seal,
    unseal,
)
from rbc_assess.storage.statements import (
    ENTERPRISE,
    WITHIN_REACH,
    Page,
    insert_unless_there,
    page_of,
    place_of,
)
from rbc_assess.storage.tables_assessments import AssessmentRow

_WITH_KEY = select(ENTERPRISE.c.organisation_id.label("id"), ENTERPRISE, *KEY_COLUMNS)
_OF_KEY = SEALING_KEY.c.organisation_id == ENTERPRISE.c.organisation_id
_EVERYTHING = _WITH_KEY.join(SEALING_KEY, _OF_KEY)
_THIS = (ENTERPRISE.c.organisation_id == bindparam("enterprise"), *WITHIN_REACH)
_CREATE = insert_unless_there(ENTERPRISE, ENTERPRISE.c.organisation_id)
_FIND = _EVERYTHING.where(*_THIS)
# Held while something is written: an erasure, which destroys the key, comes before that or after it.
_FIND_TO_WRITE = _FIND.with_for_update(read=True, key_share=True, of=SEALING_KEY)
_ERASED = select(ENTERPRISE.c.erased_at).where(*_THIS)
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
        name=bindparam("new_name"),
        corporate_number=bindparam("new_corporate_number"),
        number_mac=bindparam("new_number_mac"),
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
    known_as: str | None = None,
) -> Enterprise:
    """Create an enterprise and the organisation it is; ``created_by`` None means that it entered itself.

    ``known_as``: its id, for the fixed firms of the sandbox; everybody else gets a new one.

    Raises:
        Conflict: another enterprise of this mode has the corporate number.
    """
    party = create_organisation(connection, "enterprise", name, livemode=livemode, now=now, known_as=known_as)
    made = Enterprise(
        party.id, created_by or party.id, name, corporate_number, profile, coded, livemode, 1, now, now
    )
    create_key(connection, made.id, now)
    row = {
        "organisation_id": made.id,
        "created_by": made.created_by,
        "livemode": livemode,
        **_sealed(connection, made, now),
        "profile": profile,
        **coded._asdict(),
        "revision": made.revision,
        "created_at": now,
        "updated_at": now,
    }
    # The row of one that entered itself is there for itself alone, not for the operator that types it in.
    with acting_for(connection, made.id, "enterprise") if created_by is None else nullcontext():
        if connection.execute(_CREATE.on(connection), row).first() is None:
            raise _number_taken()
    return made


def find_enterprise(connection: Connection, caller: Caller, enterprise: str) -> Enterprise:
    """Return an enterprise that the caller acts for: itself or one that it entered.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Erased: it was erased.
    """
    if not is_id("ent", enterprise):
        raise NotFound
    wanted = {"enterprise": enterprise, **reach(caller)}
    row = connection.execute(_FIND_TO_WRITE if writes(connection) else _FIND, wanted).first()
    if row is None:
        raise Erased if connection.execute(_ERASED, wanted).first() is not None else NotFound
    return _read(connection, row)


def list_enterprises(
    connection: Connection, caller: Caller, *, limit: int, after: str | None = None
) -> Page[Enterprise]:
    """Return the enterprises that the caller acts for, newest first; those that were erased are left out."""
    wanted = {**reach(caller), "before": place_of("ent", after), "at_most": limit + 1}
    return page_of(connection.execute(_LIST, wanted).all(), limit, partial(_read, connection))


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
        **{f"new_{name}": value for name, value in _sealed(connection, changed, now).items()},
        "new_profile": changed.profile,
        "now": now,
    }
    before = connection.execute(_PROFILE, {"enterprise": changed.id}).scalar()
    try:
        row = connection.execute(_CHANGE, values).first()
    except IntegrityError as error:
        if "number_mac" in str(error.orig):
            raise _number_taken() from error
        raise
    if row is None:
        raise StaleRevision(find_enterprise(connection, caller, changed.id).revision, {})
    if before != changed.profile:
        connection.execute(_TURN_DRAFTS, {"enterprise": changed.id, "now": now})
    audit.note(
        connection,
        action="enterprise.changed",
        object_id=changed.id,
        enterprise=changed.id,
        details={"revision": row.revision},
    )
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


def _sealed(connection: Connection, enterprise: Enterprise, now: datetime) -> dict[str, bytes | None]:
    """What says who an enterprise is, as it is stored."""
    number = enterprise.corporate_number
    return {
        "name": seal(connection, name_of(enterprise.id), enterprise.name),
        "corporate_number": None if number is None else seal(connection, _number_of(enterprise.id), number),
        "number_mac": None if number is None else number_mac(key_of_numbers(connection, now), number),
    }


def _number_of(enterprise: str) -> Place:
    return Place("enterprise", "corporate_number", enterprise, enterprise)


def _read(connection: Connection, row: Row[Any]) -> Enterprise:
    hold_key(connection, row.id, row)
    number = row.corporate_number
    return Enterprise(
        row.id,
        row.created_by,
        unseal(connection, name_of(row.id), row.name),
        None if number is None else unseal(connection, _number_of(row.id), number),
        row.profile,
        Coded(row.country, row.region, row.sector, row.tier, row.workers_total),
        row.livemode,
        row.revision,
        row.created_at,
        row.updated_at,
    )
