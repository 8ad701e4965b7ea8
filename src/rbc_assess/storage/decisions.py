"""Recorded decisions: written once, never changed, read by whoever decided and by whom they are about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select

from rbc_assess.errors import Erased, NotFound
from rbc_assess.identity import Caller, Place, is_id
from rbc_assess.storage.enterprises import reach
from rbc_assess.storage.sealing import hold_keys, seal, unseal
from rbc_assess.storage.statements import (
    ENTERPRISE,
    WITHIN_REACH,
    ManyRows,
    Page,
    among_several,
    page_of,
    place_of,
)
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_consents import ConsentRow
from rbc_assess.storage.tables_decisions import DecisionRow

_TABLE = DecisionRow.__table__
_CONSENT = ConsentRow.__table__
_MANY = ManyRows(_TABLE)
_OWN = _TABLE.c.organisation_id == bindparam("recipient")
_ITS_CONSENT = (_CONSENT.c.organisation_id == _TABLE.c.enterprise) & (_CONSENT.c.id == _TABLE.c.consent_id)
_WITH_CONSENT = select(_TABLE).join(_CONSENT, _ITS_CONSENT)
_LINE = tuple(column for column in _TABLE.c if column.name != "record")
"""What a list shows needs nothing opened."""
# Held, live or not: the look is over before a revocation or comes after it.
_FIND_OWN = _WITH_CONSENT.where(_OWN, _TABLE.c.id == bindparam("decision")).with_for_update(
    key_share=True, of=_CONSENT
)
_FIND_CORRELATED = _WITH_CONSENT.where(
    _OWN,
    _TABLE.c.correlation_id == bindparam("correlation"),
    _TABLE.c.client_id == bindparam("client"),
).with_for_update(key_share=True, of=_CONSENT)
_RECIPIENT = OrganisationRow.__table__
_FIND_SEVERAL = select(_TABLE).where(_OWN, _TABLE.c.id.in_(bindparam("decisions", expanding=True)))
_CORRELATED = among_several(
    lambda among: select(_TABLE).where(
        _OWN, among(_TABLE.c.correlation_id, "correlations"), _TABLE.c.client_id == bindparam("client")
    )
)
_NEWEST_OF = _TABLE.alias("newest")
# For each enterprise one step into the index: grouped, all the decisions there ever were would be read.
_LATEST_SEVERAL = among_several(
    lambda among: (
        select(_TABLE.c.enterprise, _TABLE.c.id, _TABLE.c.decided_at)
        .join_from(
            ENTERPRISE,
            _TABLE,
            _OWN
            & (
                _TABLE.c.id
                == select(_NEWEST_OF.c.id)
                .where(
                    _NEWEST_OF.c.organisation_id == bindparam("recipient"),
                    _NEWEST_OF.c.enterprise == ENTERPRISE.c.organisation_id,
                    _NEWEST_OF.c.scheme_id == bindparam("scheme"),
                )
                .order_by(_NEWEST_OF.c.id.desc())
                .limit(1)
                .scalar_subquery()
            ),
        )
        .where(among(ENTERPRISE.c.organisation_id, "enterprises"))
    )
)
_ABOUT = _TABLE.join(ENTERPRISE, ENTERPRISE.c.organisation_id == _TABLE.c.enterprise).join(
    _RECIPIENT, _RECIPIENT.c.id == _TABLE.c.organisation_id
)
_FIND_ABOUT = (
    select(_TABLE, _RECIPIENT.c.name.label("recipient_name"))
    .select_from(_ABOUT)
    .where(_TABLE.c.id == bindparam("decision"), *WITHIN_REACH)
)
_ANY = select(_TABLE).where(_TABLE.c.id == bindparam("decision"))
_BEFORE = _TABLE.c.id < bindparam("before")


class RecordedDecision(NamedTuple):
    """A decision as it was recorded. ``record`` is its canonical text, which stands alone; it is empty in lists, and
    where its enterprise was erased.

    ``recipient``: who decided. ``clusters``: what the consent opened then. ``tier``, ``sector`` and ``region``
    are those of the submission, for statistics. ``client``: the program whose ``correlation_id`` it is; empty where a
    key of the recipient asked. ``recipient_name`` is there where it was asked for.
    """

    id: str
    recipient: str
    enterprise: str
    livemode: bool
    scheme: str
    version: int
    scheme_sha256: str
    consent: str
    clusters: tuple[str, ...]
    submission: str | None
    outcome: str
    as_of: date
    decided_at: datetime
    valid_until: date | None
    correlation_id: str | None
    client: str
    supersedes: str | None
    batch: str | None
    tier: str | None
    sector: str | None
    region: str | None
    record: str
    record_sha256: str
    recipient_name: str | None = None


class Latest(NamedTuple):
    """The latest decision of a recipient about an enterprise by a scheme: what a new one supersedes."""

    id: str
    decided_at: datetime


class Filter(NamedTuple):
    """Which decisions to list; None: any. ``since``: decided then or later."""

    scheme: str | None = None
    enterprise: str | None = None
    outcome: str | None = None
    since: datetime | None = None


def record_decisions(connection: Connection, decisions: Sequence[RecordedDecision]) -> None:
    """Put many decisions on record at once; their correlation ids must have been looked up before."""
    _MANY.insert(connection, [row_of(connection, one) for one in decisions])


def latest_decisions(
    connection: Connection, recipient: str, enterprises: Collection[str], scheme: str
) -> dict[str, Latest]:
    """Return, by enterprise, what a new decision by a scheme supersedes, if anything."""
    wanted = {"recipient": recipient, "enterprises": sorted(enterprises), "scheme": scheme}
    rows = connection.execute(_LATEST_SEVERAL.on(connection), wanted)
    return {row.enterprise: Latest(row.id, row.decided_at) for row in rows}


def find_own_decisions(
    connection: Connection, caller: Caller, decisions: Collection[str]
) -> dict[str, RecordedDecision]:
    """Return those of these decisions that the caller made, by their ids. Their consents are the caller's to hold."""
    if not decisions:
        return {}
    wanted = {"recipient": caller.organisation, "decisions": sorted(decisions)}
    rows = connection.execute(_FIND_SEVERAL, wanted).all()
    hold_keys(connection, [row.enterprise for row in rows])
    return {row.id: read_decision(connection, row) for row in rows}


def find_correlated_decisions(
    connection: Connection, caller: Caller, correlation_ids: Collection[str]
) -> dict[str, RecordedDecision]:
    """Return the caller's decisions under these correlation ids. Their consents are the caller's to hold."""
    if not correlation_ids:
        return {}
    wanted = {
        "recipient": caller.organisation,
        "correlations": sorted(correlation_ids),
        "client": caller.client,
    }
    rows = connection.execute(_CORRELATED.on(connection), wanted).all()
    hold_keys(connection, [row.enterprise for row in rows])
    return {row.correlation_id: read_decision(connection, row) for row in rows}


def find_own_decision(connection: Connection, caller: Caller, decision: str) -> RecordedDecision:
    """Return a decision that the caller made, and hold its consent while it is looked at.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = None
    if is_id("dec", decision):
        row = connection.execute(_FIND_OWN, {"recipient": caller.organisation, "decision": decision}).first()
    if row is None:
        raise NotFound
    return read_decision(connection, row)


def find_correlated_decision(
    connection: Connection, caller: Caller, correlation_id: str
) -> RecordedDecision | None:
    """Return the caller's decision under a correlation id, and hold its consent while it is looked at."""
    wanted = {
        "recipient": caller.organisation,
        "correlation": correlation_id,
        "client": caller.client,
    }
    row = connection.execute(_FIND_CORRELATED, wanted).first()
    return None if row is None else read_decision(connection, row)


def find_decision_about(connection: Connection, caller: Caller, decision: str) -> RecordedDecision:
    """Return a decision about an enterprise that the caller acts for.

    Raises:
        NotFound: there is none, or it is about somebody else.
    """
    row = None
    if is_id("dec", decision):
        row = connection.execute(_FIND_ABOUT, {"decision": decision, **reach(caller)}).first()
    if row is None:
        raise NotFound
    return read_decision(connection, row)._replace(recipient_name=row.recipient_name)


def find_any_decision(connection: Connection, decision: str) -> RecordedDecision:
    """Return a decision, for whoever operates the service.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(_ANY, {"decision": decision}).first() if is_id("dec", decision) else None
    if row is None:
        raise NotFound
    return read_decision(connection, row)


def list_own_decisions(
    connection: Connection, caller: Caller, wanted: Filter, *, limit: int, after: str | None = None
) -> Page[RecordedDecision]:
    """Return decisions that the caller made, newest first."""
    asked, values = _filtered(select(*_LINE).where(_OWN), wanted)
    values |= {"recipient": caller.organisation}
    rows = connection.execute(asked, {**values, **_page(limit, after)}).all()
    return page_of(rows, limit, _line)


def list_decisions_about(
    connection: Connection, enterprise: str, wanted: Filter, *, limit: int, after: str | None = None
) -> Page[RecordedDecision]:
    """Return decisions about an enterprise that the caller was found to act for, newest first."""
    asked, values = _filtered(select(*_LINE), wanted._replace(enterprise=enterprise))
    return page_of(connection.execute(asked, {**values, **_page(limit, after)}).all(), limit, _line)


_FILTERS: dict[str, ColumnElement[bool]] = {
    "scheme": _TABLE.c.scheme_id == bindparam("in_scheme"),
    "enterprise": _TABLE.c.enterprise == bindparam("about"),
    "outcome": _TABLE.c.outcome == bindparam("with_outcome"),
    "since": _TABLE.c.decided_at >= bindparam("decided_since", type_=_TABLE.c.decided_at.type),
}
_NAMES = {"scheme": "in_scheme", "enterprise": "about", "outcome": "with_outcome", "since": "decided_since"}


def _filtered(listing: Select[Any], wanted: Filter) -> tuple[Select[Any], dict[str, Any]]:
    given = {name: value for name, value in wanted._asdict().items() if value is not None}
    asked = (
        listing.where(_BEFORE, *(_FILTERS[name] for name in given))
        .order_by(_TABLE.c.id.desc())
        .limit(bindparam("at_most"))
    )
    return asked, {_NAMES[name]: value for name, value in given.items()}


def _page(limit: int, after: str | None) -> dict[str, Any]:
    return {"before": place_of("dec", after), "at_most": limit + 1}


def row_of(connection: Connection, decision: RecordedDecision) -> dict[str, Any]:
    """A decision as a row, for whoever inserts many."""
    return {
        "organisation_id": decision.recipient,
        "id": decision.id,
        "enterprise": decision.enterprise,
        "livemode": decision.livemode,
        "scheme_id": decision.scheme,
        "scheme_version": decision.version,
        "scheme_sha256": decision.scheme_sha256,
        "consent_id": decision.consent,
        "clusters": " ".join(decision.clusters),
        "submission_id": decision.submission,
        "outcome": decision.outcome,
        "as_of": decision.as_of,
        "decided_at": decision.decided_at,
        "valid_until": decision.valid_until,
        "correlation_id": decision.correlation_id,
        "client_id": decision.client,
        "supersedes": decision.supersedes,
        "batch_id": decision.batch,
        "tier": decision.tier,
        "sector": decision.sector,
        "region": decision.region,
        "record": seal(connection, _record_of(decision.enterprise, decision.id), decision.record),
        "record_sha256": decision.record_sha256,
    }


def _record_of(enterprise: str, decision: str) -> Place:
    return Place("decision", "record", decision, enterprise)


def read_decision(connection: Connection, row: Row[Any]) -> RecordedDecision:
    """Read a row of decisions, for whoever reads them with something else."""
    try:
        record = unseal(connection, _record_of(row.enterprise, row.id), row.record)
    except Erased:
        record = ""
    return _line(row, record)


def _line(row: Row[Any], record: str = "") -> RecordedDecision:
    return RecordedDecision(
        row.id,
        row.organisation_id,
        row.enterprise,
        row.livemode,
        row.scheme_id,
        row.scheme_version,
        row.scheme_sha256,
        row.consent_id,
        tuple(row.clusters.split()),
        row.submission_id,
        row.outcome,
        row.as_of,
        row.decided_at,
        row.valid_until,
        row.correlation_id,
        row.client_id,
        row.supersedes,
        row.batch_id,
        row.tier,
        row.sector,
        row.region,
        record,
        row.record_sha256,
    )
