"""What an erasure does with the people of an enterprise: who belongs nowhere else is forgotten, all leave it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BindParameter, bindparam, delete, func, null, select, update

from rbc_assess.storage.sealing import SEALING_KEY
from rbc_assess.storage.tables_people import MembershipRow, PasskeyRow, PersonRow, SessionRow, SignInLinkRow

_PERSON = PersonRow.__table__
_MEMBER = MembershipRow.__table__
_SESSION = SessionRow.__table__
_LINK = SignInLinkRow.__table__
_PASSKEY = PasskeyRow.__table__
_WHOSE: BindParameter[str] = bindparam("firm")

_ELSEWHERE = select(_MEMBER.c.person_id).where(
    _MEMBER.c.organisation_id != _WHOSE, _MEMBER.c.person_id.is_not(None)
)
_HERE_ALONE = select(_MEMBER.c.person_id).where(
    _MEMBER.c.organisation_id == _WHOSE, _MEMBER.c.person_id.not_in(_ELSEWHERE)
)
_BELONGS_NOWHERE = (
    ~select(_MEMBER.c.id).where(_MEMBER.c.person_id == _PERSON.c.id).correlate(_PERSON).exists()
)
FORGET_PEOPLE: Final = (
    delete(_PASSKEY).where(_PASSKEY.c.person_id.in_(_HERE_ALONE)),
    delete(_LINK).where(_LINK.c.person_id.in_(_HERE_ALONE)),
    delete(_SESSION).where(_SESSION.c.person_id.in_(_HERE_ALONE)),
    update(_SESSION).where(_SESSION.c.organisation_id == _WHOSE).values(organisation_id=null()),
    update(_MEMBER)
    .where(_MEMBER.c.organisation_id == _WHOSE)
    .values(
        name=null(),
        person_id=null(),
        ended_at=func.coalesce(_MEMBER.c.ended_at, bindparam("now", type_=_MEMBER.c.ended_at.type)),
    ),
    delete(SEALING_KEY).where(
        SEALING_KEY.c.organisation_id.in_(select(_PERSON.c.id).where(_BELONGS_NOWHERE))
    ),
    delete(_PERSON).where(_BELONGS_NOWHERE),
)
"""Steps, in their order, for the enterprise ``firm`` at the time ``now``."""
