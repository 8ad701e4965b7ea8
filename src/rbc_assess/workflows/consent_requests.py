"""A recipient asks a firm for its consent: whom, what for, which part, how long. Nobody looks whether it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.profile import BAD_CORPORATE_NUMBER, corporate_number_is_valid
from rbc_assess.core.scheme_frame import years_later
from rbc_assess.errors import InvalidInput, Problem
from rbc_assess.identity import Caller, is_id, new_id
from rbc_assess.storage import consent_requests
from rbc_assess.storage.consent_requests import ConsentRequest
from rbc_assess.storage.organisations import find_organisation
from rbc_assess.workflows.consent import (
    cluster_problems,
    clusters_opened,
    problem,
    read_until,
    scheme_in_force,
)
from rbc_assess.workflows.consent_words import request_wording, usual_purpose

STAYS_OPEN: Final = timedelta(days=60)
"""How long a firm can answer, if what is asked for does not end sooner."""

_EVERYWHERE: Final = timedelta(hours=36)
"""After the beginning of a day in UTC, until it is over everywhere."""

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "enterprise-or-number": {
        "en": "Name the enterprise by its id or by its corporate number, one of the two.",
        "ja": "企業を、ID(enterprise)か法人番号(corporate_number)のどちらか一方で指定してください。",
    },
    "not-an-id": {
        "en": "This is not of the form of an enterprise's id.",
        "ja": "企業のIDの形式ではありません。",
    },
}


class Asked(NamedTuple):
    """What a recipient wants to be let see. Exactly one of ``enterprise`` and ``corporate_number`` says by whom."""

    enterprise: str | None = None
    corporate_number: str | None = None
    scheme: str | None = None
    purpose: str | None = None
    clusters: Sequence[str] | None = None
    valid_until: date | datetime | None = None


class Shown(NamedTuple):
    """A request in the reader's language. ``title``: of the scheme, its id where none of it is in force any more."""

    request: ConsentRequest
    purpose: str
    title: str | None
    wording: str
    valid_until: date | datetime | None


def ask(connection: Connection, wanted: Asked, caller: Caller, now: datetime) -> ConsentRequest:
    """Put a request on record, whether or not there is such a firm.

    Raises:
        InvalidInput: with everything that stands in the way.
        Conflict: it was asked before and is open, or was declined of late.
    """
    problems = [*_addressee_problems(wanted), *cluster_problems(wanted.clusters)]
    scheme = None
    if wanted.scheme is not None:
        scheme = scheme_in_force(connection, wanted.scheme, now, livemode=caller.livemode)
        if scheme is None:
            problems.append(problem("/scheme", "no-such-scheme"))
    problems += _end_problems(wanted.valid_until, now)
    if problems:
        raise InvalidInput(problems)
    until = wanted.valid_until
    own = find_organisation(connection, caller.organisation)
    asked = ConsentRequest(
        id=new_id("crq", now),
        recipient=caller.organisation,
        livemode=caller.livemode,
        enterprise=wanted.enterprise,
        corporate_number=wanted.corporate_number,
        scheme=wanted.scheme,
        purpose=wanted.purpose or None,
        clusters=clusters_opened(wanted.clusters, scheme),
        valid_until=None if until is None else until.isoformat(),
        credential=caller.credential,
        asked_at=now,
        lapses_at=now + STAYS_OPEN if until is None else min(now + STAYS_OPEN, _over(until)),
        recipient_name=own.name,
        recipient_kind=own.kind,
    )
    consent_requests.record_request(connection, asked, now)
    return asked


def shown(connection: Connection, request: ConsentRequest, language: str, now: datetime) -> Shown:
    """Say a request in words."""
    scheme = None
    if request.scheme is not None:
        scheme = scheme_in_force(connection, request.scheme, now, livemode=request.livemode)
    title = request.scheme if scheme is None else scheme.title.in_language(language).text
    purpose = request.purpose or usual_purpose(language, name=request.recipient_name, title=title)
    until = None if request.valid_until is None else read_until(request.valid_until)
    wording = request_wording(
        language,
        name=request.recipient_name,
        kind=request.recipient_kind,
        purpose=purpose,
        title=title,
        clusters=request.clusters,
        until=until,
    )
    return Shown(request, purpose, title, wording, until)


def _addressee_problems(wanted: Asked) -> list[Problem]:
    if (wanted.enterprise is None) == (wanted.corporate_number is None):
        return [Problem("/enterprise", "enterprise-or-number", _SENTENCES["enterprise-or-number"])]
    if wanted.enterprise is not None and not is_id("ent", wanted.enterprise):
        return [Problem("/enterprise", "not-an-id", _SENTENCES["not-an-id"])]
    if wanted.corporate_number is not None and not corporate_number_is_valid(wanted.corporate_number):
        return [Problem("/corporate_number", "bad-corporate-number", BAD_CORPORATE_NUMBER)]
    return []


def _end_problems(until: date | datetime | None, now: datetime) -> list[Problem]:
    """A day is one of the firm's country, which is not known: it is held to the calendar of UTC, give or take one."""
    if until is None:
        return []
    if _over(until) <= now:
        return [problem("/valid_until", "ends-before-it-starts")]
    latest = years_later(now.date(), 1)
    if isinstance(until, datetime):
        too_long = until > datetime.combine(latest, now.timetz())
    else:
        too_long = until > latest + timedelta(days=1)
    return [problem("/valid_until", "longer-than-12-months")] if too_long else []


def _over(until: date | datetime) -> datetime:
    """When it is over wherever the firm may be."""
    if isinstance(until, datetime):
        return until
    return datetime.combine(min(until, date.max - timedelta(days=2)), time.min, UTC) + _EVERYWHERE
