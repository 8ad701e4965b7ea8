"""From what a recipient asks to a decision on record: load, think, record, in the caller's one write transaction.

The consent comes first and is held to the end; everything else is read after it, so that two decisions about one firm
know of each other. ``composing`` thinks; this module fetches and stores.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import ConsentRequired, InvalidInput, Problem
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import consents, decisions, schemes, sheets
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.deciding import record_decision, start_from
from rbc_assess.storage.decisions import Latest, RecordedDecision
from rbc_assess.storage.disclosures import disclosure
from rbc_assess.storage.events import record_events, told_to
from rbc_assess.storage.messages import Event
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.storage.sheets import Sheet
from rbc_assess.workflows import recall
from rbc_assess.workflows.check import today_of_issuer
from rbc_assess.workflows.composing import LATEST_DAY, Basis, Stamp, Wanted, compose, read_record
from rbc_assess.workflows.evidence import asks_for_evidence, with_pieces
from rbc_assess.workflows.looking import Decided, looked_at
from rbc_assess.workflows.rulebook import (
    Named,
    Ruling,
    named_without_submission,
    ruling_of,
)

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "no-such-scheme": {"en": "There is no such scheme.", "ja": "この制度はありません。"},
    "no-such-version": {
        "en": "The scheme has no such version.",
        "ja": "この制度にその版はありません。",
    },
    "version-retired": {
        "en": "This version is not used for new decisions any more; leave it out to decide by the current one.",
        "ja": "この版は新しい判定には使えません。versionを省くと、現在の版で判定します。",
    },
    "scheme-not-in-force": {
        "en": "The scheme is not in force on that day.",
        "ja": "この制度は、その日には効力がありません。",
    },
    "correlation-id-used": {
        "en": (
            "You have a decision under this correlation id that was asked for differently. Use a new one for a new "
            "request."
        ),
        "ja": "この correlation_id では、別の内容の判定がすでにあります。新しい判定には新しい値を使ってください。",
    },
}
_NEXT: Final = timedelta(milliseconds=1)


def decide(
    connection: Connection,
    catalogue: Catalogue,
    caller: Caller,
    wanted: Wanted,
    *,
    request_id: str,
    now: datetime,
) -> Decided:
    """Decide about a firm that consents, and put the decision and the look at its data on record.

    A request under a correlation id that has a decision already is answered with that one: it is the recipient's own
    record, whatever became of the consent.

    Raises:
        ConsentRequired, ConsentExpired: nothing of the firm was looked at.
        InvalidInput: with everything that stands in the way; nothing is recorded.
    """
    first = _correlated(connection, caller, wanted)
    if first is None:
        consent = _open(connection, caller, wanted, now)
        basis = load(connection, catalogue, wanted, consent, now)
        made = compose(wanted, basis, stamp_of(caller, basis.latest, now))
        look = disclosure(caller, consent, "decision.created", made.id, request_id=request_id, now=now)
        if record_decision(connection, made, look):
            record_events(connection, told_of(made, consent))
            return Decided(made, basis.ruling, found_again=False)
        first = _correlated(connection, caller, wanted)  # somebody else was quicker
        assert first is not None
    return looked_at(connection, catalogue, caller, first, "decision.read", request_id=request_id, now=now)


def told_of(decision: RecordedDecision, consent: Consent) -> list[Event]:
    """Whom a decision concerns: who made it, the firm, and whoever gave the consent for it."""
    return told_to(
        (decision.recipient, decision.enterprise, consent.given_by),
        "decision.created",
        decision.id,
        decision.decided_at,
        livemode=decision.livemode,
        enterprise=decision.enterprise,
        outcome=decision.outcome,
    )


def _correlated(connection: Connection, caller: Caller, wanted: Wanted) -> RecordedDecision | None:
    """The decision under the correlation id of a request, which must have been asked for alike.

    Raises:
        InvalidInput: it was asked for differently.
    """
    if wanted.correlation_id is None:
        return None
    found = decisions.find_correlated_decision(connection, caller, wanted.correlation_id)
    if found is None:
        return None
    require_asked_alike(found, wanted)
    return found


def require_asked_alike(found: RecordedDecision, wanted: Wanted) -> None:
    """Stop a request under a correlation id that another one has.

    Raises:
        InvalidInput: the decision under it was asked for differently.
    """
    if (found.enterprise, found.scheme) != (wanted.enterprise, wanted.scheme) or (
        read_record(found.record)["asked"] != wanted.asked
    ):
        raise InvalidInput([_problem("/correlation_id", "correlation-id-used")])


def no_such_scheme() -> InvalidInput:
    """What is told where a scheme is named that nobody knows."""
    return InvalidInput([_problem("/scheme", "no-such-scheme")])


def _open(connection: Connection, caller: Caller, wanted: Wanted, now: datetime) -> Consent:
    """The firm's consent. A scheme that does not exist needs none: then the slip is told instead."""
    try:
        return consents.open_consent(
            connection,
            recipient=caller.organisation,
            enterprise=wanted.enterprise,
            scheme=wanted.scheme,
            now=now,
            livemode=caller.livemode,
        )
    except ConsentRequired:
        if not schemes.versions_of(connection, wanted.scheme, livemode=caller.livemode):
            raise no_such_scheme() from None
        raise


# --- what a decision is made of ----------------------------------------------------------------------------


def load(
    connection: Connection, catalogue: Catalogue, wanted: Wanted, consent: Consent, now: datetime
) -> Basis:
    """Fetch what a decision is made of, under a consent that is held.

    Raises:
        InvalidInput: there is no such scheme or version, or it is not in force on the day.
    """
    versions, latest = start_from(
        connection, consent.recipient, consent.enterprise, wanted.scheme, livemode=consent.livemode
    )
    read = partial(recall.scheme_of, connection)
    version, scheme, as_of = choose_version(read, catalogue, versions, wanted, now)
    asked = {entry.questionnaire for entry in scheme.accepts}
    found = sheets.sheets_before(connection, consent.enterprise, asked, as_of)
    sheet = next((one for one in found if accepts(scheme, one, as_of)), None)
    sheet = look_for_evidence(connection, scheme, sheet, as_of)
    ruling = ruling_for(connection, catalogue, version, scheme, sheet, as_of)
    return Basis(ruling, as_of, sheet, consent, latest)


class Chosen(NamedTuple):
    """The version of a scheme to decide by, its rules, and the day of the decision."""

    version: SchemeVersion
    scheme: Scheme
    as_of: date


def choose_version(
    read: Callable[[str], Scheme],
    catalogue: Catalogue,
    versions: Sequence[SchemeVersion],
    wanted: Wanted,
    now: datetime,
) -> Chosen:
    """Choose among all versions of the scheme: the one that is named, else the highest in force on the day.

    Args:
        read: gives a version's text by its fingerprint.

    Raises:
        InvalidInput: there is none, or it is retired or not in force on that day.
    """
    usable = [one for one in versions if one.retired_at is None]
    if wanted.version is not None:
        named = [one for one in versions if one.version == wanted.version]
        if versions and not named:
            raise InvalidInput([_problem("/version", "no-such-version")])
        if named and named[0].retired_at is not None:
            raise InvalidInput([_problem("/version", "version-retired")])
        usable = named
    if not usable:
        raise no_such_scheme()
    # The issuer is the same in all of them, and so is the place where its days begin.
    newest = read(usable[-1].sha256)
    as_of = wanted.as_of if wanted.as_of is not None else today_of_issuer(catalogue, newest, now)
    in_force = [one for one in usable if one.in_force_on(as_of)] if as_of <= LATEST_DAY else []
    if not in_force:
        raise InvalidInput([_problem("/as_of", "scheme-not-in-force")])
    return Chosen(in_force[-1], read(in_force[-1].sha256), as_of)


def accepts(scheme: Scheme, sheet: Sheet, as_of: date) -> bool:
    """Whether a scheme looks at a sheet on that day: its questionnaire, edition and age."""
    return scheme.fits(sheet.questionnaire.id, sheet.questionnaire.edition, (as_of - sheet.as_of).days)


def look_for_evidence(
    connection: Connection, scheme: Scheme, sheet: Sheet | None, as_of: date
) -> Sheet | None:
    """A whole sheet with the evidence that its answers name, where a condition of the scheme asks for evidence."""
    if sheet is None or not asks_for_evidence(scheme, as_of):
        return sheet
    return with_pieces(connection, [sheet])[sheet.id]


def ruling_for(
    connection: Connection,
    catalogue: Catalogue,
    version: SchemeVersion,
    scheme: Scheme,
    sheet: Sheet | None,
    as_of: date,
) -> Ruling:
    """The rules, with the documents of the sheet; without one, with what would have been accepted."""
    if sheet is None:
        named = named_without_submission(catalogue, scheme, as_of)
    else:
        named = Named(sheet.questionnaire, sheet.criteria, sheet.country, sheet.supplements)
    return ruling_of(connection, catalogue, version.sha256, named)


def stamp_of(caller: Caller, latest: Latest | None, now: datetime, batch: str | None = None) -> Stamp:
    """Who decides and when: now, but after what is superseded, even if that was timed by a clock that is ahead."""
    later = now if latest is None else max(now, latest.decided_at + _NEXT)
    return Stamp(
        new_id("dec", later),
        later,
        caller.organisation,
        caller.credential,
        secrets.token_hex(16),
        batch,
        caller.client,
    )


def _problem(pointer: str, code: str) -> Problem:
    return Problem(pointer, code, _SENTENCES[code])
