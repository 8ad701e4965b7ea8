"""The two statements of a decision that span subjects: what it starts from, and its record with the look it took."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql

from rbc_assess.storage import decisions, disclosures
from rbc_assess.storage.decisions import Latest, RecordedDecision
from rbc_assess.storage.disclosures import Disclosure
from rbc_assess.storage.schemes import OF_SCHEME, VISIBLE, SchemeVersion, mode_of, read_version
from rbc_assess.storage.sealing import KEY_COLUMNS, SEALING_KEY, hold_key
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables_consents import DisclosureRow
from rbc_assess.storage.tables_decisions import DecisionRow
from rbc_assess.storage.tables_schemes import SchemeVersionRow

_DECISION = DecisionRow.__table__
_DISCLOSURE = DisclosureRow.__table__
_VERSION = SchemeVersionRow.__table__

_LATEST = (
    select(_DECISION.c.id, _DECISION.c.decided_at)
    .where(
        _DECISION.c.organisation_id == bindparam("recipient"),
        _DECISION.c.enterprise == bindparam("enterprise"),
        _DECISION.c.scheme_id == bindparam("scheme"),
    )
    .order_by(_DECISION.c.id.desc())
    .limit(1)
    .subquery("latest")
)
_START = (
    select(_VERSION, _LATEST.c.id.label("latest_id"), _LATEST.c.decided_at.label("latest_at"), *KEY_COLUMNS)
    .select_from(
        _VERSION.outerjoin(_LATEST, _VERSION.c.scheme_id == bindparam("scheme")).outerjoin(
            SEALING_KEY, SEALING_KEY.c.organisation_id == bindparam("enterprise")
        )
    )
    .where(OF_SCHEME, VISIBLE)
    .order_by(_VERSION.c.version)
)


class Start(NamedTuple):
    """All versions of a scheme that the mode sees, retired ones too, the oldest first; and what is superseded."""

    versions: tuple[SchemeVersion, ...]
    latest: Latest | None


def start_from(
    connection: Connection, recipient: str, enterprise: str, scheme: str, *, livemode: bool
) -> Start:
    """Fetch what a decision starts from, the enterprise's key with it; no versions: there is no such scheme.

    Which version is current is read here, in the transaction that decides.
    """
    wanted = {
        "recipient": recipient,
        "enterprise": enterprise,
        "scheme": scheme,
        "mode": mode_of(livemode=livemode),
    }
    rows = connection.execute(_START, wanted).all()
    first = rows[0] if rows else None
    latest = None
    if first is not None:
        hold_key(connection, enterprise, first)
    if first is not None and first.latest_id is not None:
        latest = Latest(first.latest_id, first.latest_at)
    return Start(tuple(read_version(row) for row in rows), latest)


# --- the record and the look -------------------------------------------------------------------------------

_MARK = "of_decision_"
_MADE = (
    postgresql.insert(_DECISION)
    .values({column.name: bindparam(f"{_MARK}{column.name}", type_=column.type) for column in _DECISION.c})
    .on_conflict_do_nothing()
    .returning(_DECISION.c.id)
    .cte("made")
)
_BOTH = (
    insert(_DISCLOSURE)
    .from_select(
        [column.name for column in _DISCLOSURE.c],
        select(
            *(bindparam(f"look_{column.name}", type_=column.type) for column in _DISCLOSURE.c)
        ).select_from(_MADE),
    )
    .returning(_DISCLOSURE.c.id)
)
_RECORD = insert_unless_there(_DECISION, _DECISION.c.id)


def record_decision(connection: Connection, decision: RecordedDecision, look: Disclosure) -> bool:
    """Put a decision on record with the look it took.

    Whoever comes second under one correlation id waits here for the first.

    Returns:
        False if the recipient has another decision under the correlation id; then nothing is recorded.
    """
    row = decisions.row_of(connection, decision)
    if connection.dialect.name == "sqlite":
        if connection.execute(_RECORD.on(connection), row).first() is None:
            return False
        disclosures.record_disclosure(connection, look)
        return True
    values: dict[str, Any] = {f"{_MARK}{name}": value for name, value in row.items()}
    values |= {f"look_{name}": value for name, value in disclosures.row_of(look).items()}
    if connection.execute(_BOTH, values).first() is None:
        return False
    disclosures.note_disclosure(connection, look)
    return True
