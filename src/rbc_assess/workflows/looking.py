"""Decisions looked at once they are made: by whoever made them, on record, and by the firm that they are about.

A decision stays with its recipient as its own record, whatever becomes of the consent; it shows what was open when it
was made. Each look is a write transaction, holds the consent, and tells the firm.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import consents, decisions
from rbc_assess.storage.decisions import Filter, RecordedDecision
from rbc_assess.storage.disclosures import Action, Disclosure, record_disclosure
from rbc_assess.storage.statements import Page
from rbc_assess.workflows.composing import read_record
from rbc_assess.workflows.rulebook import Ruling, ruling_of_record


class Decided(NamedTuple):
    """A decision with the rules that made it, and whether it had been made before."""

    decision: RecordedDecision
    ruling: Ruling
    found_again: bool


def decide_again(
    connection: Connection,
    catalogue: Catalogue,
    caller: Caller,
    decision: str,
    *,
    request_id: str,
    now: datetime,
) -> Decided:
    """Answer a repeated request with the decision that it led to.

    A decision without a correlation id was asked for under the firm's consent, which is looked for again.

    Raises:
        ConsentRequired, ConsentExpired: it is gone; the decision itself can still be read by its id.
    """
    found = decisions.find_own_decision(connection, caller, decision)
    if found.correlation_id is None:
        consents.open_consent(
            connection,
            recipient=caller.organisation,
            enterprise=found.enterprise,
            scheme=found.scheme,
            now=now,
            livemode=caller.livemode,
        )
    return looked_at(connection, catalogue, caller, found, "decision.read", request_id=request_id, now=now)


def look_at_own(
    connection: Connection,
    catalogue: Catalogue,
    caller: Caller,
    decision: str,
    action: Action,
    *,
    request_id: str,
    now: datetime,
) -> Decided:
    """Read a decision that the caller made: its own record, for good. The firm can see that it was read.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = decisions.find_own_decision(connection, caller, decision)
    return looked_at(connection, catalogue, caller, found, action, request_id=request_id, now=now)


def look_at_several(
    connection: Connection,
    catalogue: Catalogue,
    caller: Caller,
    wanted: Collection[str],
    *,
    request_id: str,
    now: datetime,
) -> dict[str, Decided]:
    """Read decisions that the caller made, by their ids; each firm can see that its own was read.

    Those about firms that were erased are left out.
    """
    found = decisions.find_own_decisions(connection, caller, wanted)
    readable = [one for one in found.values() if one.record]
    consents.hold_live(connection, caller.organisation, {one.consent for one in readable}, now)
    looks = [look(caller, one, "decision.read", one.id, request_id=request_id, now=now) for one in readable]
    record_disclosure(connection, *looks)
    return {
        one.id: Decided(one, _ruling_of(connection, catalogue, one), found_again=True) for one in readable
    }


def look_at_one_about(connection: Connection, catalogue: Catalogue, caller: Caller, decision: str) -> Decided:
    """Read a decision about an enterprise that the caller acts for.

    Raises:
        NotFound: there is none, or it is about somebody else.
    """
    found = decisions.find_decision_about(connection, caller, decision)
    return Decided(found, _ruling_of(connection, catalogue, found), found_again=True)


def list_own(
    connection: Connection,
    caller: Caller,
    wanted: Filter,
    *,
    limit: int,
    after: str | None,
    request_id: str,
    now: datetime,
) -> Page[RecordedDecision]:
    """List decisions that the caller made; each firm on the page can see that."""
    page = decisions.list_own_decisions(connection, caller, wanted, limit=limit, after=after)
    consents.hold_live(connection, caller.organisation, {one.consent for one in page.items}, now)
    by_consent = {one.consent: one for one in page.items}
    looks = [
        look(caller, one, "decision.listed", None, request_id=request_id, now=now)._replace(
            clusters=_SEEN_IN_A_LIST
        )
        for one in by_consent.values()
    ]
    record_disclosure(connection, *looks)
    return page


_SEEN_IN_A_LIST: Final = ("outcome",)


def looked_at(
    connection: Connection,
    catalogue: Catalogue,
    caller: Caller,
    decision: RecordedDecision,
    action: Action,
    *,
    request_id: str,
    now: datetime,
) -> Decided:
    """Put a look at the caller's own decision on record.

    Raises:
        Erased: the firm was erased.
    """
    ruling = _ruling_of(connection, catalogue, decision)
    record_disclosure(connection, look(caller, decision, action, decision.id, request_id=request_id, now=now))
    return Decided(decision, ruling, found_again=True)


def look(
    caller: Caller,
    decision: RecordedDecision,
    action: Action,
    object_id: str | None,
    *,
    request_id: str,
    now: datetime,
) -> Disclosure:
    """The record of a look at one's own decision: it stays under the consent that it was made with."""
    return Disclosure(
        new_id("dsc", now),
        decision.enterprise,
        decision.consent,
        caller.organisation,
        decision.clusters,
        action,
        object_id,
        caller.credential,
        request_id,
        now,
    )


def _ruling_of(connection: Connection, catalogue: Catalogue, decision: RecordedDecision) -> Ruling:
    return ruling_of_record(connection, catalogue, read_record(decision.record))
