"""Erasing an enterprise: its key is destroyed, what is open of it is deleted, and the ledger says so.

What is sealed stays where it lies and can be read by nobody any more. Kept are ids, times, outcomes, versions and
fingerprints: the recipients' decisions go on to say when and how they decided, under an id that names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, func, null, or_, select, update

from rbc_assess.errors import NotFound
from rbc_assess.identity import is_id, new_id
from rbc_assess.storage import audit
from rbc_assess.storage.erasing_people import FORGET_PEOPLE
from rbc_assess.storage.isolation import ERASURE, acting_for
from rbc_assess.storage.sealing import SEALING_KEY, destroy_key, hold_key_alone
from rbc_assess.storage.statements import ENTERPRISE, insert_unless_there
from rbc_assess.storage.tables import ApiKeyRow, IdempotencyRow
from rbc_assess.storage.tables_assessments import AssessmentRow, DraftAnswerRow, SubmissionRow
from rbc_assess.storage.tables_clients import ClientRow, SpentAssertionRow
from rbc_assess.storage.tables_consents import ConsentRequestRow, ConsentRow
from rbc_assess.storage.tables_decisions import DecisionRow
from rbc_assess.storage.tables_erasures import ErasureRow
from rbc_assess.storage.tables_evidence import EvidencePartRow, EvidenceRow
from rbc_assess.storage.tables_population import STANDING
from rbc_assess.storage.tables_webhooks import WebhookDeliveryRow, WebhookEndpointRow

BACKUPS_KEPT: Final = timedelta(days=35)
"""How long a backup of the keys is kept. Until the last one of before is gone, somebody could undo an erasure."""

Treatment: TypeAlias = Literal["deleted", "cleared", "kept", "of nobody"]
"""What an erasure does with a table. ``cleared``: its open columns are emptied, what is sealed in it cannot be read any
more; ``kept``: ids, times, outcomes, versions and fingerprints alone; ``of nobody``: it holds nothing of an
enterprise."""

TREATMENT: Final[Mapping[str, Treatment]] = {
    "organisation": "kept",
    "enterprise": "cleared",
    "sealing_key": "deleted",
    "api_key": "deleted",
    "client": "cleared",
    "spent_assertion": "deleted",
    "person": "deleted",
    "membership": "cleared",
    "session": "deleted",
    "passkey": "deleted",
    "passkey_challenge": "of nobody",
    "sign_in_link": "deleted",
    "sign_in_count": "of nobody",
    "document": "of nobody",
    "edition": "of nobody",
    "assessment": "kept",
    "draft_answer": "deleted",
    "submission": "cleared",
    "idempotency": "deleted",
    "issuer": "of nobody",
    "scheme_version": "of nobody",
    "scheme_draft": "of nobody",
    "consent": "cleared",
    "disclosure": "kept",
    "decision": "cleared",
    "job": "kept",
    "decision_batch": "of nobody",
    "decision_batch_item": "kept",
    "simulation": "of nobody",
    "standing": "deleted",
    "kept_fact": "of nobody",
    "kept_code": "of nobody",
    "audit_chain": "of nobody",
    "audit_entry": "kept",
    "audit_checkpoint": "of nobody",
    "event": "kept",
    "evidence": "cleared",
    "evidence_part": "deleted",
    "consent_request": "cleared",
    "webhook_endpoint": "deleted",
    "webhook_delivery": "deleted",
    "expiry_notice": "kept",
    "erasure": "kept",
}
"""Every table. A test holds this to the tables that there are: a new one needs its line, and a step below."""

_FIRM = select(
    ENTERPRISE.c.organisation_id,
    ENTERPRISE.c.livemode,
    ENTERPRISE.c.erased_at,
    ENTERPRISE.c.number_mac,
).where(ENTERPRISE.c.organisation_id == bindparam("enterprise"))
# Against another erasure, not against the foreign keys of what is being written.
_LOCK = _FIRM.with_for_update(key_share=True)
_LEDGER = ErasureRow.__table__
_RECORD = insert_unless_there(_LEDGER, _LEDGER.c.id)
_FIND = select(_LEDGER).where(_LEDGER.c.organisation_id == bindparam("enterprise"))
_ALL = select(_LEDGER).order_by(_LEDGER.c.erased_at, _LEDGER.c.organisation_id)

_SUBMISSION = SubmissionRow.__table__
_DECISION = DecisionRow.__table__
_CONSENT = ConsentRow.__table__
_EVIDENCE = EvidenceRow.__table__
_PART = EvidencePartRow.__table__
_REQUEST = ConsentRequestRow.__table__
_ENDPOINT = WebhookEndpointRow.__table__
_DELIVERY = WebhookDeliveryRow.__table__
_DRAFT = AssessmentRow.__table__
_ANSWER = DraftAnswerRow.__table__
_IDEMPOTENCY = IdempotencyRow.__table__
_KEY = ApiKeyRow.__table__
_CLIENT = ClientRow.__table__
_SPENT = SpentAssertionRow.__table__
_WHOSE: BindParameter[str] = bindparam("firm")
_NOW = bindparam("now", type_=_CONSENT.c.given_at.type)

_OBJECTS = (
    select(_DRAFT.c.id)
    .where(_DRAFT.c.organisation_id == _WHOSE)
    .union_all(
        select(_SUBMISSION.c.id).where(_SUBMISSION.c.organisation_id == _WHOSE),
        select(_CONSENT.c.id).where(_CONSENT.c.organisation_id == _WHOSE),
        select(_DECISION.c.id).where(_DECISION.c.enterprise == _WHOSE),
    )
)
_REVOKE: Final = (
    update(_CONSENT)
    .where(_CONSENT.c.organisation_id == _WHOSE, _CONSENT.c.revoked_at.is_(None))
    .values(revoked_at=_NOW, revoked_by=bindparam("by"))
)
_STEPS: Final = (
    # Once more: one may have been given while the first revocation waited.
    _REVOKE,
    delete(STANDING).where(STANDING.c.organisation_id == _WHOSE),
    delete(_ANSWER).where(_ANSWER.c.organisation_id == _WHOSE),
    update(_SUBMISSION)
    .where(_SUBMISSION.c.organisation_id == _WHOSE)
    .values(
        withdrawn_at=func.coalesce(_SUBMISSION.c.withdrawn_at, _NOW),
        **dict.fromkeys(("profile", "answers", "scorecard", "facts"), ""),
        **dict.fromkeys(("critical_not_met", "critical_unknown", "critical_remediated"), 0),
        **dict.fromkeys(
            ("country", "region", "sector", "tier", "workers_total", "overall_tenths", "band", "assurance"),
            null(),
        ),
        unknown_rate_tenths=null(),
        words=null(),
    ),
    update(_DECISION)
    .where(_DECISION.c.enterprise == _WHOSE)
    .values(tier=null(), sector=null(), region=null()),
    # Whoever asked it for its consent may have named it by its number.
    update(_REQUEST)
    .where(
        or_(
            _REQUEST.c.enterprise == _WHOSE,
            _REQUEST.c.answered_for == _WHOSE,
            (_REQUEST.c.number_mac == bindparam("mac", type_=_REQUEST.c.number_mac.type))
            & (_REQUEST.c.livemode == bindparam("mode")),
        )
    )
    .values(enterprise=_WHOSE, corporate_number=null(), number_mac=null(), purpose=null()),
    delete(SEALING_KEY).where(
        SEALING_KEY.c.organisation_id.in_(select(_REQUEST.c.id).where(_REQUEST.c.enterprise == _WHOSE))
    ),
    delete(_PART).where(_PART.c.organisation_id == _WHOSE),
    update(_EVIDENCE)
    .where(_EVIDENCE.c.organisation_id == _WHOSE)
    .values(name=null(), reason=null(), removed_at=func.coalesce(_EVIDENCE.c.removed_at, _NOW)),
    delete(_DELIVERY).where(_DELIVERY.c.organisation_id == _WHOSE),
    delete(_ENDPOINT).where(_ENDPOINT.c.organisation_id == _WHOSE),
    delete(_IDEMPOTENCY).where(
        or_(_IDEMPOTENCY.c.organisation_id == _WHOSE, _IDEMPOTENCY.c.object_id.in_(_OBJECTS))
    ),
    *FORGET_PEOPLE,
    delete(_SPENT).where(_SPENT.c.organisation_id == _WHOSE),
    delete(_KEY).where(_KEY.c.organisation_id == _WHOSE),
    update(_CLIENT)
    .where(_CLIENT.c.organisation_id == _WHOSE)
    .values(
        revoked_at=func.coalesce(_CLIENT.c.revoked_at, _NOW),
        name="",
        public_keys="[]",
        mac=null(),
        pepper_id=null(),
    ),
    update(ENTERPRISE)
    .where(ENTERPRISE.c.organisation_id == _WHOSE)
    .values(
        erased_at=_NOW,
        updated_at=_NOW,
        revision=ENTERPRISE.c.revision + 1,
        profile="{}",
        **dict.fromkeys(
            (
                "name",
                "corporate_number",
                "number_mac",
                "country",
                "region",
                "sector",
                "tier",
                "workers_total",
            ),
            null(),
        ),
    ),
)
"""In the order in which they are done, when the key is destroyed."""


class Erasure(NamedTuple):
    """A line of the ledger. ``requested_by``: the organisation that asked for it; None: whoever runs the service."""

    id: str
    enterprise: str
    requested_by: str | None
    credential: str
    erased_at: datetime

    @property
    def final_at(self) -> datetime:
        """When the last backup of the key is gone, and nobody can undo it any more."""
        return self.erased_at + BACKUPS_KEPT


def erase(
    connection: Connection,
    enterprise: str,
    *,
    requested_by: str | None,
    credential: str,
    now: datetime,
    livemode: bool | None = None,
) -> Erasure:
    """Erase an enterprise for good; one that was erased stays as it is, and its line is given.

    Args:
        livemode: the mode of whoever asks; None: either.

    Raises:
        NotFound: there is no such enterprise.
    """
    with acting_for(connection, enterprise, ERASURE):
        return _erase(connection, enterprise, requested_by, credential, now, livemode)


def _erase(
    connection: Connection,
    enterprise: str,
    requested_by: str | None,
    credential: str,
    now: datetime,
    livemode: bool | None,
) -> Erasure:
    wanted = {"enterprise": enterprise}
    row = connection.execute(_FIRM, wanted).first() if is_id("ent", enterprise) else None
    if row is None or livemode not in {None, row.livemode}:
        raise NotFound
    # Consents, then the key, then the enterprise: as whoever decides or writes takes them. It waits for all who look
    # or write right now, and nobody begins after that; the other way round it and they would wait in a circle.
    if row.erased_at is None:
        connection.execute(_REVOKE, {"firm": enterprise, "now": now, "by": requested_by or credential})
        hold_key_alone(connection, enterprise)
    row = connection.execute(_LOCK, wanted).one()
    if row.erased_at is not None:
        return _read(connection.execute(_FIND, wanted).one())
    made = Erasure(new_id("era", now), enterprise, requested_by, credential, now)
    values = {
        "firm": enterprise,
        "now": now,
        "by": requested_by or credential,
        "mode": row.livemode,
        "mac": row.number_mac,
    }
    destroy_key(connection, enterprise)
    for step in _STEPS:
        connection.execute(step, {name: values[name] for name in step.compile().params if name in values})
    note_in_ledger(connection, [made])
    audit.note(connection, action="enterprise.erased", object_id=enterprise, enterprise=enterprise, now=now)
    return made


def erase_again(connection: Connection, line: Erasure) -> bool:
    """Do again what a line of a ledger says, after a restore; False: it is done, or nothing is there to erase."""
    with acting_for(connection, line.enterprise, ERASURE):
        row = connection.execute(_FIRM, {"enterprise": line.enterprise}).first()
    note_in_ledger(connection, [line])
    if row is None or row.erased_at is not None:
        return False
    erase(
        connection,
        line.enterprise,
        requested_by=line.requested_by,
        credential=line.credential,
        now=line.erased_at,
    )
    return True


def note_in_ledger(connection: Connection, lines: Iterable[Erasure]) -> None:
    """Put lines in the ledger; those of enterprises that have one stay as they are."""
    for line in lines:
        row = line._asdict()
        row["organisation_id"] = row.pop("enterprise")
        connection.execute(_RECORD.on(connection), row)


def ledger_of(connection: Connection) -> list[Erasure]:
    """Return the whole ledger, the oldest first."""
    return [_read(row) for row in connection.execute(_ALL)]


def _read(row: Row[Any]) -> Erasure:
    return Erasure(row.id, row.organisation_id, row.requested_by, row.credential, row.erased_at)
