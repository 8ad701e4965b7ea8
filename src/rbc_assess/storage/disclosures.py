"""Disclosures: who looked at an enterprise's data, when, at which part, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, bindparam, insert, select

from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import audit
from rbc_assess.storage.consents import Consent, purpose_of
from rbc_assess.storage.sealing import unseal
from rbc_assess.storage.statements import ManyRows, Page, page_of, place_of
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_consents import ConsentRow, DisclosureRow

_TABLE = DisclosureRow.__table__
_CONSENT = ConsentRow.__table__
_RECIPIENT = OrganisationRow.__table__
_RECORD = insert(_TABLE)
_MANY = ManyRows(_TABLE)
_LIST = (
    select(
        _TABLE,
        _CONSENT.c.purpose,
        _RECIPIENT.c.name.label("recipient_name"),
        _RECIPIENT.c.kind.label("recipient_kind"),
    )
    .join(_RECIPIENT, _RECIPIENT.c.id == _TABLE.c.recipient)
    .join(
        _CONSENT,
        (_CONSENT.c.organisation_id == _TABLE.c.organisation_id) & (_CONSENT.c.id == _TABLE.c.consent_id),
    )
    .where(_TABLE.c.organisation_id == bindparam("enterprise"), _TABLE.c.id < bindparam("before"))
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("at_most"))
)

Action: TypeAlias = Literal[
    "decision.created",
    "decision.read",
    "decision.listed",
    "decision.replayed",
    "portfolio.read",
    "portfolio.exported",
]
"""What the recipient did that showed it something."""
RECORDED: Final = "disclosure.recorded"
"""What every look counts as in ``storage.tally``, besides its action."""


class Disclosure(NamedTuple):
    """One look. ``clusters`` are those that were open to it; ``object`` is what was looked at, if it was one thing.

    ``purpose`` (of its consent), ``recipient_name`` and ``recipient_kind`` are there in the enterprise's list.
    """

    id: str
    enterprise: str
    consent: str
    recipient: str
    clusters: tuple[str, ...]
    action: str
    object: str | None
    credential: str
    request_id: str
    disclosed_at: datetime
    purpose: str = ""
    recipient_name: str = ""
    recipient_kind: str = ""


def disclosure(
    caller: Caller,
    consent: Consent,
    action: Action,
    object_id: str | None,
    *,
    request_id: str,
    now: datetime,
) -> Disclosure:
    """Make the record of a look under a consent that is open."""
    return Disclosure(
        new_id("dsc", now),
        consent.enterprise,
        consent.id,
        caller.organisation,
        consent.clusters,
        action,
        object_id,
        caller.credential,
        request_id,
        now,
    )


def record_disclosure(connection: Connection, *made: Disclosure, batch: str | None = None) -> None:
    """Put looks on record, in the transaction that reads what they saw.

    Each is an entry of its enterprise's chain. Those of a ``batch`` are one entry together: with hundreds of
    enterprises it would hold nearly every chain, and keep everybody else waiting.
    """
    if not made:
        return
    if len(made) == 1:
        connection.execute(_RECORD, row_of(made[0]))
    else:
        _MANY.insert(connection, [row_of(one) for one in made])
    if batch is None:
        for one in made:
            note_disclosure(connection, one)
    else:
        note_batch(connection, batch, made)


def note_disclosure(connection: Connection, made: Disclosure) -> None:
    """Tell the audit trail of a look, and of the decision that was made by it."""
    audit.note(
        connection,
        action=made.action,
        object_id=made.object or made.consent,
        enterprise=made.enterprise,
        details={"consent": made.consent, "disclosure": made.id, "recipient": made.recipient},
        counts={made.action: 1, RECORDED: 1},
    )


def note_batch(connection: Connection, batch: str, made: Sequence[Disclosure]) -> None:
    """Tell the audit trail of looks that belong together: the ids of those that made a decision, and of those that
    read one."""
    audit.note(
        connection,
        action="batch.disclosed",
        object_id=batch,
        details={
            "created": [one.object or "" for one in made if one.action == "decision.created"],
            "read": [one.object or "" for one in made if one.action != "decision.created"],
            "disclosures": [one.id for one in made],
        },
        counts=Counter(one.action for one in made) + Counter({RECORDED: len(made), "batch.disclosed": 1}),
    )


def list_disclosures(
    connection: Connection, enterprise: str, *, limit: int, after: str | None = None
) -> Page[Disclosure]:
    """Return the looks at an enterprise that the caller was found to act for, newest first.

    Raises:
        Erased: the enterprise was erased.
    """
    wanted = {"enterprise": enterprise, "before": place_of("dsc", after), "at_most": limit + 1}
    rows = connection.execute(_LIST, wanted).all()
    sealed = {row.consent_id: row.purpose for row in rows}
    purposes = {one: unseal(connection, purpose_of(enterprise, one), text) for one, text in sealed.items()}
    return page_of(rows, limit, lambda row: _read(row, purposes[row.consent_id]))


def row_of(made: Disclosure) -> dict[str, Any]:
    """A look as a row, for whoever records it with something else."""
    return {
        "organisation_id": made.enterprise,
        "id": made.id,
        "consent_id": made.consent,
        "recipient": made.recipient,
        "clusters": " ".join(made.clusters),
        "action": made.action,
        "object_id": made.object,
        "credential": made.credential,
        "request_id": made.request_id,
        "disclosed_at": made.disclosed_at,
    }


def _read(row: Row[Any], purpose: str) -> Disclosure:
    return Disclosure(
        row.id,
        row.organisation_id,
        row.consent_id,
        row.recipient,
        tuple(row.clusters.split()),
        row.action,
        row.object_id,
        row.credential,
        row.request_id,
        row.disclosed_at,
        purpose,
        row.recipient_name,
        row.recipient_kind,
    )
