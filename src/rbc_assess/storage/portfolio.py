"""A recipient's portfolio: the enterprises that let it look now, and its latest decision about each by each scheme.

Reading it is a disclosing read. The consents of a page are locked in the order of their ids, and what they cover is
read after that: a look is over before a revocation or comes after it and finds the enterprise gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select

from rbc_assess.identity import Caller
from rbc_assess.storage.consents import LIVE, PLAIN, Consent, locking, read_consent
from rbc_assess.storage.decisions import RecordedDecision, read_decision
from rbc_assess.storage.organisations import name_of
from rbc_assess.storage.sealing import KEY_COLUMNS, SEALING_KEY, hold_key, unseal
from rbc_assess.storage.statements import ENTERPRISE, place_of
from rbc_assess.storage.submissions import SUBMISSION
from rbc_assess.storage.tables_consents import ConsentRow
from rbc_assess.storage.tables_decisions import DecisionRow

_CONSENT = ConsentRow.__table__
_DECISION = DecisionRow.__table__
_FIRM = _CONSENT.c.organisation_id
_NEWEST = _DECISION.alias("newest")
_SCHEME = _CONSENT.c.scheme.type

_MINE = (_CONSENT.c.recipient == bindparam("recipient"), _CONSENT.c.livemode == bindparam("in_livemode"))
_WANTED = or_(
    bindparam("for_scheme", type_=_SCHEME).is_(None),
    _CONSENT.c.scheme.is_(None),
    _CONSENT.c.scheme == bindparam("for_scheme", type_=_SCHEME),
)
_FIRMS = (
    select(_FIRM)
    .where(*_MINE, *LIVE, _WANTED, bindparam("after") < _FIRM)
    .distinct()
    .order_by(_FIRM)
    .limit(bindparam("at_most"))
)
_THESE = _FIRM.in_(bindparam("firms", expanding=True))
_HOLD = locking(select(*PLAIN).where(*_MINE, *LIVE, _WANTED, _THESE).order_by(_CONSENT.c.id))
# The key is held too: an erasure comes before this look or after it.
_NAMES: Select[Any] = (
    select(ENTERPRISE.c.organisation_id, ENTERPRISE.c.name, *KEY_COLUMNS)
    .join(SEALING_KEY, SEALING_KEY.c.organisation_id == ENTERPRISE.c.organisation_id)
    .where(ENTERPRISE.c.organisation_id.in_(bindparam("firms", expanding=True)))
    .order_by(ENTERPRISE.c.organisation_id)
    .with_for_update(read=True, key_share=True, of=SEALING_KEY)
)
_OWN = _NEWEST.c.organisation_id == bindparam("recipient")
_OF_SCHEME = or_(
    bindparam("for_scheme", type_=_SCHEME).is_(None),
    _NEWEST.c.scheme_id == bindparam("for_scheme", type_=_SCHEME),
)
_LATEST_OF_ALL = (
    select(func.max(_NEWEST.c.id)).where(_OWN, _OF_SCHEME).group_by(_NEWEST.c.enterprise, _NEWEST.c.scheme_id)
)
_LATEST_OF_THESE = _LATEST_OF_ALL.where(_NEWEST.c.enterprise.in_(bindparam("firms", expanding=True)))
_DECIDED = (
    select(_DECISION, SUBMISSION.c.band, SUBMISSION.c.overall_tenths)
    .outerjoin(
        SUBMISSION,
        (SUBMISSION.c.organisation_id == _DECISION.c.enterprise)
        & (SUBMISSION.c.id == _DECISION.c.submission_id)
        & SUBMISSION.c.withdrawn_at.is_(None),
    )
    .where(_DECISION.c.organisation_id == bindparam("recipient"), _DECISION.c.id.in_(_LATEST_OF_THESE))
    .order_by(_DECISION.c.enterprise, _DECISION.c.scheme_id)
)
_COVERED = (
    select(_CONSENT.c.id)
    .where(
        _DECISION.c.enterprise == _FIRM,
        *_MINE,
        *LIVE,
        or_(_CONSENT.c.scheme.is_(None), _CONSENT.c.scheme == _DECISION.c.scheme_id),
    )
    .exists()
)
_ENDING = (
    select(_DECISION.c.scheme_sha256, _DECISION.c.valid_until, func.count().label("decisions"))
    .where(
        _DECISION.c.organisation_id == bindparam("recipient"),
        _DECISION.c.id.in_(_LATEST_OF_ALL),
        _DECISION.c.valid_until <= bindparam("until", type_=_DECISION.c.valid_until.type),
        _COVERED,
    )
    .group_by(_DECISION.c.scheme_sha256, _DECISION.c.valid_until)
)
_LAST = (
    select(_FIRM, func.max(_CONSENT.c.valid_until).label("ends"))
    .where(*_MINE, *LIVE, _WANTED)
    .group_by(_FIRM)
    .subquery("last")
)
_ENDS = _CONSENT.c.valid_until.type
_CONSENTS_ENDING = (
    select(func.count()).select_from(_LAST).where(and_(_LAST.c.ends <= bindparam("until", type_=_ENDS)))
)


class Standing(NamedTuple):
    """A decision with the band and the figure of the submission it looked at; None where that was withdrawn."""

    decision: RecordedDecision
    band: str | None
    overall_tenths: int | None


class Ending(NamedTuple):
    """So many decisions by one version of a scheme are valid until that day."""

    scheme_sha256: str
    valid_until: date
    decisions: int


def consenting_firms(
    connection: Connection,
    caller: Caller,
    scheme: str | None,
    now: datetime,
    *,
    limit: int,
    after: str | None,
) -> Sequence[str]:
    """Return up to ``limit`` enterprises with a live consent for the caller, in the order of their ids.

    Raises:
        InvalidInput: no answer of ours gave the place ``after``.
    """
    place = "" if after is None else place_of("ent", after)
    wanted = {**_of(caller, scheme, now), "after": place, "at_most": limit}
    return connection.execute(_FIRMS, wanted).scalars().all()


def hold_consents(
    connection: Connection, caller: Caller, firms: Collection[str], scheme: str | None, now: datetime
) -> list[Consent]:
    """Hold every live consent of these enterprises for the caller, in the order of their ids."""
    if not firms:
        return []
    wanted = {**_of(caller, scheme, now), "firms": sorted(firms)}
    return [read_consent(row) for row in connection.execute(_HOLD, wanted)]


def names_of(connection: Connection, firms: Collection[str]) -> dict[str, str]:
    """Return the names of enterprises, but for those that were erased."""
    if not firms:
        return {}
    names = {}
    for row in connection.execute(_NAMES, {"firms": sorted(firms)}):
        hold_key(connection, row.organisation_id, row)
        names[row.organisation_id] = unseal(connection, name_of(row.organisation_id), row.name)
    return names


def latest_decisions(
    connection: Connection, caller: Caller, firms: Collection[str], scheme: str | None
) -> Mapping[str, Sequence[Standing]]:
    """Return the caller's latest decision about each of these enterprises by each scheme, by enterprise."""
    found: dict[str, list[Standing]] = {}
    if firms:
        wanted = {"recipient": caller.organisation, "firms": sorted(firms), "for_scheme": scheme}
        for row in connection.execute(_DECIDED, wanted):
            standing = Standing(read_decision(connection, row), row.band, row.overall_tenths)
            found.setdefault(row.enterprise, []).append(standing)
    return found


def decisions_ending(
    connection: Connection, caller: Caller, scheme: str | None, until: date, now: datetime
) -> list[Ending]:
    """Count the caller's own latest decisions, under live consents, that are valid no longer than a day."""
    rows = connection.execute(_ENDING, {**_of(caller, scheme, now), "until": until})
    return [Ending(row.scheme_sha256, row.valid_until, row.decisions) for row in rows]


def consents_ending(
    connection: Connection, caller: Caller, scheme: str | None, until: datetime, now: datetime
) -> int:
    """Count the enterprises whose last live consent for the caller ends by then."""
    return connection.execute(_CONSENTS_ENDING, {**_of(caller, scheme, now), "until": until}).scalar_one()


def _of(caller: Caller, scheme: str | None, now: datetime) -> dict[str, Any]:
    return {
        "recipient": caller.organisation,
        "in_livemode": caller.livemode,
        "for_scheme": scheme,
        "now": now,
    }
