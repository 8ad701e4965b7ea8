"""Consents: what an enterprise lets a recipient see, and the disclosing read that hangs on it.

    with call.write() as (connection, caller):
        consent = consents.open_consent(connection, recipient=caller.organisation, enterprise=firm, ...)
        ...                                   # look
        disclosures.record_disclosure(connection, ...)

A disclosing read is a write transaction. On PostgreSQL its reading statement locks the consent, so that it is either
over before a revocation or comes after it and finds nothing: a plain join showed 125 disclosures after a revocation,
a lock that readers share kept the revocation waiting for 14.7 seconds. On SQLite the write transaction suffices.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, insert, or_, select, update

from rbc_assess.errors import ConsentExpired, ConsentRequired, NotFound
from rbc_assess.identity import Caller, Place, is_id
from rbc_assess.storage import audit
from rbc_assess.storage.enterprises import reach
from rbc_assess.storage.sealing import seal, unseal
from rbc_assess.storage.statements import (
    ENTERPRISE,
    WITHIN_REACH,
    Among,
    Page,
    among_several,
    page_of,
    place_of,
)
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_consents import ConsentRow

_TABLE = ConsentRow.__table__
_RECIPIENT = OrganisationRow.__table__
_MOMENT = _TABLE.c.given_at.type
PLAIN: Final = tuple(column for column in _TABLE.c if column.name not in {"purpose", "wording"})
"""What a look needs of a consent: nothing that would have to be opened."""
_GRANT = insert(_TABLE)
_WITH_NAME = select(_TABLE, _RECIPIENT.c.name.label("recipient_name")).join(
    _RECIPIENT, _RECIPIENT.c.id == _TABLE.c.recipient
)
_FIND = _WITH_NAME.join(ENTERPRISE, ENTERPRISE.c.organisation_id == _TABLE.c.organisation_id).where(
    _TABLE.c.id == bindparam("consent"), *WITHIN_REACH
)
_LIST = (
    _WITH_NAME.where(_TABLE.c.organisation_id == bindparam("enterprise"), _TABLE.c.id < bindparam("before"))
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("at_most"))
)
_REVOKE = (
    update(_TABLE)
    .where(
        _TABLE.c.organisation_id == bindparam("enterprise"),
        _TABLE.c.id == bindparam("consent"),
        _TABLE.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now", type_=_MOMENT), revoked_by=bindparam("by"))
    .returning(_TABLE.c.id)
)

# --- the disclosing read -----------------------------------------------------------------------------------

_COVERS = (
    _TABLE.c.recipient == bindparam("to"),
    _TABLE.c.livemode == bindparam("in_livemode"),
    or_(_TABLE.c.scheme.is_(None), _TABLE.c.scheme == bindparam("for_scheme", type_=_TABLE.c.scheme.type)),
)
_ONE_FIRM = _TABLE.c.organisation_id == bindparam("enterprise")
LIVE = (
    _TABLE.c.revoked_at.is_(None),
    _TABLE.c.valid_from <= bindparam("now", type_=_MOMENT),
    _TABLE.c.valid_until > bindparam("now", type_=_MOMENT),
)
"""What a consent must be for a look ``now``: given, begun, not over and not withdrawn."""


def locking(reading: Select[Any]) -> Select[Any]:
    """Lock what is read against its revocation, not against the foreign keys that point to it."""
    return reading.with_for_update(key_share=True, of=_TABLE)


_OPEN = locking(select(*PLAIN).where(_ONE_FIRM, *_COVERS, *LIVE).order_by(_TABLE.c.id.desc()).limit(1))


def _cover_several(among: Among) -> tuple[ColumnElement[bool], ...]:
    bound = or_(_TABLE.c.scheme.is_(None), among(_TABLE.c.scheme, "schemes"))
    return among(_TABLE.c.organisation_id, "enterprises"), *_COVERS[:2], bound


_OPEN_SEVERAL = among_several(
    lambda among: locking(select(*PLAIN).where(*_cover_several(among), *LIVE).order_by(_TABLE.c.id))
)
_NEWEST = (
    select(_TABLE.c.revoked_at, _TABLE.c.valid_until)
    .where(_ONE_FIRM, *_COVERS)
    .order_by(_TABLE.c.id.desc())
    .limit(1)
)
_NEWEST_SEVERAL = among_several(
    lambda among: (
        select(_TABLE.c.organisation_id, _TABLE.c.scheme, _TABLE.c.revoked_at, _TABLE.c.valid_until)
        .where(*_cover_several(among))
        .order_by(_TABLE.c.id)
    )
)
_HOLD = among_several(
    lambda among: locking(
        select(_TABLE.c.id)
        .where(_TABLE.c.recipient == bindparam("to"), among(_TABLE.c.id, "consents"), *LIVE)
        .order_by(_TABLE.c.id)
    )
)

State: TypeAlias = Literal["active", "not_yet", "expired", "revoked"]


class Consent(NamedTuple):
    """A grant. ``scheme``: the id of one scheme, in all its versions; None: whatever the recipient decides.

    ``clusters`` are sorted. It holds from ``valid_from`` until just before ``valid_until``. ``wording`` is what was
    shown before it was given, in ``language``. ``request``: the one that it answers, if it does. ``purpose``,
    ``wording`` and ``recipient_name`` are there for the enterprise alone; a recipient looks without them.
    """

    id: str
    enterprise: str
    recipient: str
    livemode: bool
    scheme: str | None
    clusters: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    language: str
    given_by: str
    credential: str
    given_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    request: str | None = None
    purpose: str = ""
    wording: str = ""
    recipient_name: str = ""

    def state(self, now: datetime) -> State:
        if self.revoked_at is not None:
            return "revoked"
        if now < self.valid_from:
            return "not_yet"
        return "active" if now < self.valid_until else "expired"


def grant_consent(connection: Connection, consent: Consent) -> None:
    """Put a consent on record, for an enterprise that the caller was found to act for.

    Raises:
        Erased: the enterprise was erased.
    """
    row = consent._asdict()
    row |= {
        "organisation_id": row.pop("enterprise"),
        "clusters": " ".join(sorted(consent.clusters)),
        "purpose": seal(connection, purpose_of(consent.enterprise, consent.id), consent.purpose),
        "wording": seal(connection, _wording_of(consent.enterprise, consent.id), consent.wording),
    }
    del row["recipient_name"]
    connection.execute(_GRANT, row)
    _note(connection, "consent.granted", consent)


def find_consent(connection: Connection, caller: Caller, consent: str) -> Consent:
    """Return a consent of an enterprise that the caller acts for, also one that holds no more.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Erased: the enterprise was erased.
    """
    return _opened(connection, _find(connection, caller, consent))


def locate_consent(connection: Connection, caller: Caller, consent: str) -> Consent:
    """Do as ``find_consent`` without opening it: whoever withdraws one takes its lock before the key's.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return read_consent(_find(connection, caller, consent))


def _find(connection: Connection, caller: Caller, consent: str) -> Row[Any]:
    row = None
    if is_id("cns", consent):
        row = connection.execute(_FIND, {"consent": consent, **reach(caller)}).first()
    if row is None:
        raise NotFound
    return row


def list_consents(
    connection: Connection, enterprise: str, *, limit: int, after: str | None = None
) -> Page[Consent]:
    """Return the consents of an enterprise that the caller was found to act for, newest first."""
    wanted = {"enterprise": enterprise, "before": place_of("cns", after), "at_most": limit + 1}
    rows = connection.execute(_LIST, wanted).all()
    return page_of(rows, limit, partial(_opened, connection))


def revoke_consent(connection: Connection, found: Consent, by: str, now: datetime) -> bool:
    """Withdraw a found consent; false for one that was withdrawn before, which keeps its first time.

    It waits for the disclosing reads that hold the consent now, and those that come later find it withdrawn.
    """
    withdrawn = {"enterprise": found.enterprise, "consent": found.id, "by": by, "now": now}
    if connection.execute(_REVOKE, withdrawn).first() is None:
        return False
    _note(connection, "consent.revoked", found)
    return True


def _note(connection: Connection, action: str, consent: Consent) -> None:
    audit.note(
        connection,
        action=action,
        object_id=consent.id,
        enterprise=consent.enterprise,
        details={"recipient": consent.recipient},
    )


def open_consent(
    connection: Connection,
    *,
    recipient: str,
    enterprise: str,
    scheme: str | None,
    now: datetime,
    livemode: bool,
) -> Consent:
    """Find the newest consent that lets a recipient look now, and hold it until the transaction ends.

    Args:
        scheme: what it must cover; None: only a consent that is bound to no scheme does.

    Raises:
        ConsentExpired: the newest that covered this has run out.
        ConsentRequired: there is none, or it was withdrawn, or there is no such enterprise.
    """
    wanted = {**_wanted(recipient, scheme, now, livemode=livemode), "enterprise": enterprise}
    row = connection.execute(_OPEN, wanted).first()
    if row is not None:
        return read_consent(row)
    newest = connection.execute(
        _NEWEST, {name: part for name, part in wanted.items() if name != "now"}
    ).first()
    raise _refusal(newest, now)


def open_consents(
    connection: Connection,
    *,
    recipient: str,
    wanted: Collection[tuple[str, str | None]],
    now: datetime,
    livemode: bool,
) -> Mapping[tuple[str, str | None], Consent | ConsentRequired | ConsentExpired]:
    """Do as ``open_consent`` for several enterprises and what must be covered, holding all in the order of their ids.

    What stands in the way of one is given in place of its consent.
    """
    schemes_of: dict[str, set[str | None]] = {}
    for enterprise, scheme in wanted:
        schemes_of.setdefault(enterprise, set()).add(scheme)
    asked = {
        "to": recipient,
        "in_livemode": livemode,
        "enterprises": sorted(schemes_of),
        "schemes": sorted({one for _, one in wanted if one is not None}),
    }
    found: dict[tuple[str, str | None], Consent | ConsentRequired | ConsentExpired] = {}
    for row in connection.execute(_OPEN_SEVERAL.on(connection), {**asked, "now": now}):
        for scheme in _covered(row, schemes_of):  # in the order of their ids: the newest comes last
            found[row.organisation_id, scheme] = read_consent(row)
    shut = [one for one in wanted if one not in found]
    if shut:
        newest: dict[tuple[str, str | None], Row[*tuple[Any, ...]]] = {}
        for row in connection.execute(
            _NEWEST_SEVERAL.on(connection), {**asked, "enterprises": sorted({one for one, _ in shut})}
        ):
            newest.update({(row.organisation_id, scheme): row for scheme in _covered(row, schemes_of)})
        found |= {one: _refusal(newest.get(one), now) for one in shut}
    return found


def _covered(row: Row[*tuple[Any, ...]], schemes_of: Mapping[str, set[str | None]]) -> list[str | None]:
    """What of the things that must be covered a consent covers."""
    return [one for one in schemes_of[row.organisation_id] if row.scheme is None or row.scheme == one]


def hold_live(connection: Connection, recipient: str, consents: Collection[str], now: datetime) -> None:
    """Hold those of these consents that are live: a look at a recipient's own record comes before a revocation or
    after it, never in between. It needs none of them."""
    if consents:
        wanted = {"to": recipient, "consents": sorted(set(consents)), "now": now}
        connection.execute(_HOLD.on(connection), wanted).all()


def _wanted(recipient: str, scheme: str | None, now: datetime, *, livemode: bool) -> dict[str, Any]:
    return {"to": recipient, "for_scheme": scheme, "now": now, "in_livemode": livemode}


def _refusal(newest: Row[*tuple[Any, ...]] | None, now: datetime) -> ConsentRequired | ConsentExpired:
    if newest is not None and newest.revoked_at is None and newest.valid_until <= now:
        return ConsentExpired()
    return ConsentRequired()


def purpose_of(enterprise: str, consent: str) -> Place:
    """Where the purpose of a consent is sealed for."""
    return Place("consent", "purpose", consent, enterprise)


def _wording_of(enterprise: str, consent: str) -> Place:
    return Place("consent", "wording", consent, enterprise)


def _opened(connection: Connection, row: Row[Any]) -> Consent:
    """A consent as its enterprise sees it."""
    firm = row.organisation_id
    return read_consent(row)._replace(
        purpose=unseal(connection, purpose_of(firm, row.id), row.purpose),
        wording=unseal(connection, _wording_of(firm, row.id), row.wording),
        recipient_name=row.recipient_name,
    )


def read_consent(row: Row[Any]) -> Consent:
    """Read a row of ``PLAIN``, for whoever reads consents with something else."""
    return Consent(
        row.id,
        row.organisation_id,
        row.recipient,
        row.livemode,
        row.scheme,
        tuple(row.clusters.split()),
        row.valid_from,
        row.valid_until,
        row.language,
        row.given_by,
        row.credential,
        row.given_at,
        row.revoked_at,
        row.revoked_by,
        row.request,
    )
