"""Requests for consent: what a recipient asks an enterprise for, and what became of it.

A request is addressed by id or by corporate number. Whether there is such a firm is looked at only when the firm
reads its requests: nothing that the recipient can see depends on it before the firm has answered.

What it is for and the number that it names are sealed with a key of the request's own, for either side reads them and
nobody knows yet whose they are. It is destroyed with the firm's, once there is one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from rbc_assess.errors import Conflict, NotFound
from rbc_assess.identity import Caller, Place, is_id, number_mac
from rbc_assess.storage import audit
from rbc_assess.storage.enterprises import Enterprise
from rbc_assess.storage.sealing import (
    KEY_COLUMNS,
    SEALING_KEY,
    create_key,
    hold_key,
    key_of_numbers,
    seal,
    unseal,
)
from rbc_assess.storage.statements import ENTERPRISE, Page, page_of, place_of
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_consents import ConsentRequestRow, ConsentRow

QUIET: Final = timedelta(days=30)
"""How long a firm that has declined is not asked for the same thing again."""

_TABLE = ConsentRequestRow.__table__
_RECIPIENT = OrganisationRow.__table__
_CONSENT = ConsentRow.__table__
_MOMENT = _TABLE.c.asked_at.type
_PLAIN = _TABLE.c.scheme.type
_MAC = _TABLE.c.number_mac.type
_ASK = insert(_TABLE)
_WITH_NAMES = (
    select(
        _TABLE,
        _RECIPIENT.c.name.label("recipient_name"),
        _RECIPIENT.c.kind.label("recipient_kind"),
        _CONSENT.c.id.label("consent"),
        *KEY_COLUMNS,
    )
    .join(_RECIPIENT, _RECIPIENT.c.id == _TABLE.c.organisation_id)
    .outerjoin(SEALING_KEY, SEALING_KEY.c.organisation_id == _TABLE.c.id)
    .outerjoin(
        _CONSENT,
        (_CONSENT.c.organisation_id == _TABLE.c.answered_for)
        & (_CONSENT.c.recipient == _TABLE.c.organisation_id)
        & (_CONSENT.c.request == _TABLE.c.id),
    )
)
_NUMBER_OF_FIRM = (
    select(ENTERPRISE.c.number_mac).where(ENTERPRISE.c.organisation_id == bindparam("firm")).scalar_subquery()
)
_OWN = and_(_TABLE.c.organisation_id == bindparam("recipient"), _TABLE.c.livemode == bindparam("in_livemode"))
# Once a firm has answered, nobody who takes over its number later sees the request.
_TO = and_(
    _TABLE.c.livemode == bindparam("in_livemode"),
    or_(
        _TABLE.c.enterprise == bindparam("firm"),
        _TABLE.c.number_mac == _NUMBER_OF_FIRM,
    ),
    or_(_TABLE.c.answered_for.is_(None), _TABLE.c.answered_for == bindparam("firm")),
)
_THIS = _TABLE.c.id == bindparam("request")
_FIND_OWN = _WITH_NAMES.where(_OWN, _THIS)
_FIND_TO = _WITH_NAMES.where(_TO, _THIS)
_PAGE = (_TABLE.c.id < bindparam("before"),)
_LIST_OWN = _WITH_NAMES.where(_OWN, *_PAGE).order_by(_TABLE.c.id.desc()).limit(bindparam("at_most"))
_LIST_TO = _WITH_NAMES.where(_TO, *_PAGE).order_by(_TABLE.c.id.desc()).limit(bindparam("at_most"))
_ANSWER = (
    update(_TABLE)
    .where(_TABLE.c.organisation_id == bindparam("recipient"), _THIS, _TABLE.c.answer.is_(None))
    .values(
        answer=bindparam("with_answer"),
        answered_at=bindparam("now", type_=_MOMENT),
        answered_for=bindparam("for_firm", type_=_PLAIN),
        answered_by=bindparam("by"),
    )
    .returning(_TABLE.c.id)
)
_SAME = (
    select(_TABLE.c.answer)
    .where(
        _OWN,
        or_(
            _TABLE.c.enterprise == bindparam("firm", type_=_PLAIN),
            _TABLE.c.number_mac == bindparam("mac", type_=_MAC),
        ),
        or_(
            _TABLE.c.scheme == bindparam("for_scheme", type_=_PLAIN),
            and_(_TABLE.c.scheme.is_(None), bindparam("for_scheme", type_=_PLAIN).is_(None)),
        ),
        or_(
            and_(_TABLE.c.answer.is_(None), _TABLE.c.lapses_at > bindparam("now", type_=_MOMENT)),
            and_(
                _TABLE.c.answer == "declined", _TABLE.c.answered_at > bindparam("quiet_since", type_=_MOMENT)
            ),
        ),
    )
    .limit(1)
)

Answer: TypeAlias = Literal["granted", "declined", "withdrawn"]
State: TypeAlias = Literal["open", "lapsed", "granted", "declined", "withdrawn"]


class ConsentRequest(NamedTuple):
    """What a recipient asks for. Exactly one of ``enterprise`` and ``corporate_number`` says whom.

    ``purpose`` None: to decide by the scheme. ``clusters`` are sorted. ``valid_until``: as it was said, a day of
    the firm's country or an RFC 3339 time; None: 12 months from the consent on. ``consent``: what it led to.
    """

    id: str
    recipient: str
    livemode: bool
    enterprise: str | None
    corporate_number: str | None
    scheme: str | None
    purpose: str | None
    clusters: tuple[str, ...]
    valid_until: str | None
    credential: str
    asked_at: datetime
    lapses_at: datetime
    answer: Answer | None = None
    answered_at: datetime | None = None
    answered_for: str | None = None
    recipient_name: str = ""
    recipient_kind: str = ""
    consent: str | None = None

    def state(self, now: datetime) -> State:
        if self.answer is not None:
            return self.answer
        return "open" if now < self.lapses_at else "lapsed"


def record_request(connection: Connection, asked: ConsentRequest, now: datetime) -> None:
    """Put a request on record.

    Raises:
        Conflict: the same recipient has asked the same, and it is still open, or was declined within ``QUIET``.
    """
    number = asked.corporate_number
    mac = None if number is None else number_mac(key_of_numbers(connection, now), number)
    same = {
        "recipient": asked.recipient,
        "in_livemode": asked.livemode,
        "firm": asked.enterprise,
        "mac": mac,
        "for_scheme": asked.scheme,
        "now": now,
        "quiet_since": now - QUIET,
    }
    found = connection.execute(_SAME, same).first()
    if found is not None:
        raise _asked_before() if found.answer is None else _declined_lately()
    row = asked._asdict()
    row |= {
        "organisation_id": row.pop("recipient"),
        "clusters": " ".join(sorted(asked.clusters)),
        "answered_by": None,
        "number_mac": mac,
        **_sealed(connection, asked, now),
    }
    for shown in ("recipient_name", "recipient_kind", "consent"):
        del row[shown]
    connection.execute(_ASK, row)
    audit.note(connection, action="consent.requested", object_id=asked.id, enterprise=asked.enterprise)


def find_own_request(connection: Connection, caller: Caller, request: str) -> ConsentRequest:
    """Return a request that the caller made.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = None
    if is_id("crq", request):
        row = connection.execute(_FIND_OWN, {"request": request, **_of(caller)}).first()
    if row is None:
        raise NotFound
    return _read(connection, row)


def find_request_to(connection: Connection, enterprise: Enterprise, request: str) -> ConsentRequest:
    """Return a request to an enterprise that the caller was found to act for.

    Raises:
        NotFound: there is none, or it is addressed to somebody else.
    """
    row = None
    if is_id("crq", request):
        row = connection.execute(_FIND_TO, {"request": request, **_to(enterprise)}).first()
    if row is None:
        raise NotFound
    return _read(connection, row)


def list_own_requests(
    connection: Connection, caller: Caller, *, limit: int, after: str | None = None
) -> Page[ConsentRequest]:
    """Return the requests that the caller made, newest first."""
    wanted = {**_of(caller), "before": place_of("crq", after), "at_most": limit + 1}
    return page_of(connection.execute(_LIST_OWN, wanted).all(), limit, partial(_read, connection))


def list_requests_to(
    connection: Connection, enterprise: Enterprise, *, limit: int, after: str | None = None
) -> Page[ConsentRequest]:
    """Return the requests to an enterprise that the caller was found to act for, newest first."""
    wanted = {**_to(enterprise), "before": place_of("crq", after), "at_most": limit + 1}
    return page_of(connection.execute(_LIST_TO, wanted).all(), limit, partial(_read, connection))


def answer_request(
    connection: Connection,
    found: ConsentRequest,
    answer: Answer,
    *,
    enterprise: str | None,
    by: str,
    now: datetime,
) -> None:
    """Say what became of a found request, once.

    Args:
        enterprise: the firm that answers; None: who asked takes it back.

    Raises:
        Conflict: it was answered before, or has lapsed.
    """
    if found.state(now) == "lapsed":
        raise _lapsed()
    values = {
        "recipient": found.recipient,
        "request": found.id,
        "with_answer": answer,
        "now": now,
        "for_firm": enterprise,
        "by": by,
    }
    if connection.execute(_ANSWER, values).first() is None:
        raise _answered_before()
    action = f"consent.request_{answer}"
    audit.note(connection, action=action, object_id=found.id, enterprise=enterprise or found.enterprise)


def _of(caller: Caller) -> dict[str, Any]:
    return {"recipient": caller.organisation, "in_livemode": caller.livemode}


def _to(enterprise: Enterprise) -> dict[str, Any]:
    return {"firm": enterprise.id, "in_livemode": enterprise.livemode}


def _place(column: str, request: str) -> Place:
    return Place("consent_request", column, request, request)


def _sealed(connection: Connection, asked: ConsentRequest, now: datetime) -> dict[str, bytes | None]:
    """What a request says, as it is stored; one that says nothing has no key."""
    said = {"purpose": asked.purpose, "corporate_number": asked.corporate_number}
    if any(text is not None for text in said.values()):
        create_key(connection, asked.id, now)
    return {
        column: None if text is None else seal(connection, _place(column, asked.id), text)
        for column, text in said.items()
    }


def _asked_before() -> Conflict:
    return Conflict(
        code="asked-before",
        en="You have asked this already and it is still open; see the list of your requests.",
        ja="同じ依頼がすでにあり、回答待ちです。依頼の一覧をご確認ください。",
    )


def _declined_lately() -> Conflict:
    return Conflict(
        code="declined-lately",
        en=f"This was declined within the last {QUIET.days} days; ask again later.",
        ja=f"この依頼は、この{QUIET.days}日以内に断られています。期間をおいてから改めて依頼してください。",
    )


def _answered_before() -> Conflict:
    return Conflict(
        code="answered-before",
        en="This request has been answered or withdrawn; a consent can still be given without it, or withdrawn.",
        ja="この依頼は、すでに回答済みか取り下げ済みです。依頼によらずに同意することや、同意を取り消すことはできます。",
    )


def _lapsed() -> Conflict:
    return Conflict(
        code="request-lapsed",
        en="This request has lapsed; a consent can still be given without it.",
        ja="この依頼は期限が過ぎています。依頼によらずに同意することはできます。",
    )


def _read(connection: Connection, row: Row[Any]) -> ConsentRequest:
    hold_key(connection, row.id, row)
    number, purpose = (
        None if sealed is None else unseal(connection, _place(column, row.id), sealed)
        for column, sealed in (("corporate_number", row.corporate_number), ("purpose", row.purpose))
    )
    return ConsentRequest(
        row.id,
        row.organisation_id,
        row.livemode,
        row.enterprise,
        number,
        row.scheme,
        purpose,
        tuple(row.clusters.split()),
        row.valid_until,
        row.credential,
        row.asked_at,
        row.lapses_at,
        row.answer,
        row.answered_at,
        row.answered_for,
        row.recipient_name,
        row.recipient_kind,
        row.consent,
    )
