"""A firm's consent: to whom, for what, to which part of it, and for how long; then put on record as it was shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.profile import read_profile
from rbc_assess.core.scheme import CLUSTERS, Scheme
from rbc_assess.core.scheme_frame import years_later
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import InvalidInput, NotFound, Problem
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import consent_requests, consents, schemes
from rbc_assess.storage.consent_requests import ConsentRequest
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.enterprises import Enterprise
from rbc_assess.storage.events import record_events, told_to
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.storage.organisations import Organisation, find_organisation
from rbc_assess.workflows import recall, submit
from rbc_assess.workflows.consent_words import consent_wording, usual_purpose

RECIPIENT_KINDS: Final = frozenset({"local_government", "national_government", "lender"})
"""Whom a firm can let look."""

USUAL_CLUSTERS: Final = frozenset({"outcome", "requirements", "band"})
"""What is opened where nothing else is said; what a scheme discloses comes on top."""

_REACHES_BACK: Final = timedelta(days=1)
"""A beginning that lies less than this in the past is a clock that differs, or "today": it counts as now."""

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "no-such-recipient": {
        "en": "There is no such government or lender that one can share with; see the list of recipients.",
        "ja": "この共有先はありません。共有先(recipients)の一覧をご確認ください。",
    },
    "recipient-or-request": {
        "en": "Name the recipient, or the request that you answer.",
        "ja": "共有先(recipient)か、回答する依頼(request)を指定してください。",
    },
    "no-such-request": {
        "en": "There is no such request to this enterprise; see the list of requests.",
        "ja": "この企業への依頼の中に、該当するものはありません。依頼の一覧をご確認ください。",
    },
    "not-as-requested": {
        "en": "The request asks for something else; leave this out, or give a consent without naming a request.",
        "ja": "依頼の内容と異なります。この項目を省くか、依頼を指定せずに同意してください。",
    },
    "no-such-scheme": {"en": "There is no such scheme.", "ja": "この制度はありません。"},
    "no-such-cluster": {
        "en": f"There is no such part to open; there are: {', '.join(sorted(CLUSTERS))}.",
        "ja": f"開示できる範囲にありません。指定できるのは {', '.join(sorted(CLUSTERS))} です。",
    },
    "starts-in-the-past": {
        "en": "A consent does not reach back: it begins today at the earliest.",
        "ja": "同意を過去にさかのぼらせることはできません。開始は本日以降にしてください。",
    },
    "starts-too-late": {
        "en": "A consent begins within 12 months from now.",
        "ja": "開始は、今から12か月以内にしてください。",
    },
    "ends-before-it-starts": {
        "en": "It ends before it begins, or is over already.",
        "ja": "終了が開始より前か、すでに過ぎています。",
    },
    "longer-than-12-months": {
        "en": "A consent holds for 12 months at most; it can be given again then.",
        "ja": "同意の期間は最長12か月です。期間が終わったら、改めて同意できます。",
    },
}


class Grant(NamedTuple):
    """What a firm wants to let somebody see. Days: from the first one's beginning to the last one's end there.

    ``request``: the id of the request that it answers; who asked, and by which scheme, is then said there, and what
    else is left out is as it was asked for.
    """

    recipient: str | None
    scheme: str | None = None
    purpose: str | None = None
    clusters: Sequence[str] | None = None
    valid_from: date | datetime | None = None
    valid_until: date | datetime | None = None
    request: str | None = None


def grant(
    connection: Connection,
    catalogue: Catalogue,
    wanted: Grant,
    *,
    enterprise: Enterprise,
    caller: Caller,
    language: str,
    now: datetime,
) -> Consent:
    """Put a consent on record, for an enterprise that the caller was found to act for.

    Raises:
        InvalidInput: with everything that stands in the way.
        Conflict: the request that it answers was answered before, or has lapsed.
    """
    zone = zone_of(catalogue, enterprise, now)
    asked = None
    if wanted.request is not None:
        asked = _request_to(connection, enterprise, wanted)
        wanted = _as_asked(wanted, asked, zone, now)
    recipient, scheme, problems = _parties(connection, wanted, caller, now)
    problems += cluster_problems(wanted.clusters)
    start, end, wrong = _validity(wanted, zone, now)
    if recipient is None or problems or wrong:
        raise InvalidInput([*problems, *wrong])
    clusters = clusters_opened(wanted.clusters, scheme)
    title = None if scheme is None else scheme.title.in_language(language).text
    purpose = wanted.purpose or usual_purpose(language, name=recipient.name, title=title)
    made = Consent(
        id=new_id("cns", now),
        enterprise=enterprise.id,
        recipient=recipient.id,
        livemode=enterprise.livemode,
        purpose=purpose,
        scheme=wanted.scheme,
        clusters=clusters,
        valid_from=start,
        valid_until=end,
        wording=consent_wording(
            language,
            name=recipient.name,
            kind=recipient.kind,
            purpose=purpose,
            title=title,
            clusters=clusters,
            start=start,
            end=end,
            zone=zone,
        ),
        language=language,
        given_by=caller.organisation,
        credential=caller.credential,
        given_at=now,
        request=wanted.request,
        recipient_name=recipient.name,
    )
    if asked is not None:
        consent_requests.answer_request(
            connection, asked, "granted", enterprise=enterprise.id, by=caller.credential, now=now
        )
    consents.grant_consent(connection, made)
    _tell(connection, made, "consent.granted", now)
    return made


def revoke(connection: Connection, caller: Caller, name: str, now: datetime) -> Consent:
    """Withdraw a consent of an enterprise that the caller acts for; withdrawing it again changes nothing.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = consents.locate_consent(connection, caller, name)
    if consents.revoke_consent(connection, found, caller.credential, now):
        _tell(connection, found, "consent.revoked", now)
    return consents.find_consent(connection, caller, name)


def _tell(connection: Connection, consent: Consent, what: str, now: datetime) -> None:
    concerned = (consent.enterprise, consent.given_by, consent.recipient)
    record_events(
        connection,
        told_to(concerned, what, consent.id, now, livemode=consent.livemode, enterprise=consent.enterprise),
    )


def _request_to(connection: Connection, enterprise: Enterprise, wanted: Grant) -> ConsentRequest:
    """The request that is answered; a consent to somebody else, or by another scheme, is no answer to it."""
    try:
        asked = consent_requests.find_request_to(connection, enterprise, wanted.request or "")
    except NotFound:
        raise InvalidInput([problem("/request", "no-such-request")]) from None
    problems = []
    if wanted.recipient not in {None, asked.recipient}:
        problems.append(problem("/recipient", "not-as-requested"))
    if wanted.scheme not in {None, asked.scheme}:
        problems.append(problem("/scheme", "not-as-requested"))
    if problems:
        raise InvalidInput(problems)
    return asked


def _as_asked(wanted: Grant, asked: ConsentRequest, zone: tzinfo, now: datetime) -> Grant:
    """What is left out is as it was asked for; its end was a year away at most when it was asked."""
    until = wanted.valid_until
    if until is None and asked.valid_until is not None:
        until = read_until(asked.valid_until)
        start = now if wanted.valid_from is None else max(now, _beginning(wanted.valid_from, zone))
        until = min(_end(until, zone), _a_year_after(start, zone))
    return wanted._replace(
        recipient=asked.recipient,
        scheme=asked.scheme,
        purpose=wanted.purpose or asked.purpose,
        clusters=asked.clusters if wanted.clusters is None else wanted.clusters,
        valid_until=until,
    )


def read_until(text: str) -> date | datetime:
    """Read an end as a request keeps it: a day, or a time."""
    return date.fromisoformat(text) if len(text) == len("2026-11-22") else datetime.fromisoformat(text)


def _parties(
    connection: Connection, wanted: Grant, caller: Caller, now: datetime
) -> tuple[Organisation | None, Scheme | None, list[Problem]]:
    problems: list[Problem] = []
    recipient = None
    if wanted.recipient is None:
        problems.append(problem("/recipient", "recipient-or-request"))
    else:
        with suppress(NotFound):
            found = find_organisation(connection, wanted.recipient)
            if found.kind in RECIPIENT_KINDS and found.livemode == caller.livemode:
                recipient = found
        if recipient is None:
            problems.append(problem("/recipient", "no-such-recipient"))
    scheme = None
    if wanted.scheme is not None:
        scheme = scheme_in_force(connection, wanted.scheme, now, livemode=caller.livemode)
        if scheme is None:
            problems.append(problem("/scheme", "no-such-scheme"))
    return recipient, scheme, problems


def scheme_in_force(connection: Connection, scheme: str, now: datetime, *, livemode: bool) -> Scheme | None:
    """The version of a scheme that is in force now, or comes next; None: there is no such scheme in this mode."""
    try:
        version = schemes.current_version(connection, scheme, now.date(), livemode=livemode)
        return recall.scheme_of(connection, version.sha256)
    except NotFound:
        return None


def cluster_problems(clusters: Sequence[str] | None) -> list[Problem]:
    """What is wrong with the parts that are named."""
    return [
        problem(f"/clusters/{place}", "no-such-cluster")
        for place, one in enumerate(clusters or ())
        if one not in CLUSTERS
    ]


def clusters_opened(asked: Sequence[str] | None, scheme: Scheme | None) -> tuple[str, ...]:
    """Sorted. The outcome is what every recipient sees."""
    if asked is not None:
        return tuple(sorted({"outcome", *asked}))
    return tuple(sorted(USUAL_CLUSTERS | (set() if scheme is None else set(scheme.discloses))))


# --- how long ----------------------------------------------------------------------------------------------


def _validity(wanted: Grant, zone: tzinfo, now: datetime) -> tuple[datetime, datetime, list[Problem]]:
    """From when to when, by default for 12 months from now on; and what is wrong with that."""
    start = now if wanted.valid_from is None else _beginning(wanted.valid_from, zone)
    if start <= now - _REACHES_BACK:
        return now, now, [problem("/valid_from", "starts-in-the-past")]
    start = max(start, now)
    if start > _a_year_after(now, zone):
        return now, now, [problem("/valid_from", "starts-too-late")]
    latest = _a_year_after(start, zone)
    end = latest if wanted.valid_until is None else _end(wanted.valid_until, zone)
    # A last day is told as a day: it may be the same one of the next year, whatever the hour.
    last = wanted.valid_until if type(wanted.valid_until) is date else None
    if end > latest if last is None else last > latest.astimezone(zone).date():
        return now, now, [problem("/valid_until", "longer-than-12-months")]
    return start, end, [problem("/valid_until", "ends-before-it-starts")] if end <= start else []


def _a_year_after(moment: datetime, zone: tzinfo) -> datetime:
    there = moment.astimezone(zone)
    return datetime.combine(years_later(there.date(), 1), there.timetz()).astimezone(UTC)


def _beginning(when: date | datetime, zone: tzinfo) -> datetime:
    if isinstance(when, datetime):
        return when
    return datetime.combine(when, time.min, zone).astimezone(UTC)


def _end(when: date | datetime, zone: tzinfo) -> datetime:
    """The moment at which it ends: a day counts to its end."""
    if isinstance(when, datetime):
        return when
    return _beginning(min(when, date.max - timedelta(days=2)) + timedelta(days=1), zone)


def zone_of(catalogue: Catalogue, enterprise: Enterprise, now: datetime) -> tzinfo:
    """The zone of the firm's country; UTC where it is not known."""
    profile = read_profile(read_raw_json(enterprise.profile)).profile
    country = submit.country_of(catalogue, profile, now.date())
    return UTC if country is None else country.document.zone


def problem(pointer: str, code: str) -> Problem:
    """What stands in the way of a consent, or of a request for one."""
    return Problem(pointer, code, _SENTENCES[code])
