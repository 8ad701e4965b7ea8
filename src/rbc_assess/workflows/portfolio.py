"""A recipient looks over its portfolio: whom it may see now, what it decided last, what is running out.

A decision that is kept can always be read by its id, with what the consent of its day opened. The portfolio is
something else: a live disclosure. It shows enterprises alone whose consent holds now, and of a decision what *that*
consent opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Caller
from rbc_assess.storage import portfolio
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.disclosures import Action, disclosure, record_disclosure
from rbc_assess.storage.portfolio import Standing
from rbc_assess.storage.statements import Page
from rbc_assess.workflows import recall
from rbc_assess.workflows.check import today_of_issuer
from rbc_assess.workflows.composing import read_record
from rbc_assess.workflows.rulebook import Ruling, ruling_of_record

HORIZONS: Final = (90, 30, 7)
"""Days ahead that are looked at."""

Horizon = Literal[90, 30, 7]


class Stand(NamedTuple):
    """The latest decision by a scheme, with the consent that opens it now. ``days_left``: 0 is its last day."""

    standing: Standing
    ruling: Ruling
    consent: Consent
    days_left: int | None


class Holding(NamedTuple):
    """An enterprise that lets the recipient look. ``consents``: those that open something here, newest first."""

    enterprise: str
    name: str
    consents: tuple[Consent, ...]
    stands: tuple[Stand, ...]


class Within(NamedTuple):
    """What runs out within so many days: decisions, and enterprises whose last consent ends."""

    days: int
    decisions: int
    consents: int


class Forecast(NamedTuple):
    """Of the whole portfolio: decisions whose validity is over, and what runs out within 90, 30 and 7 days."""

    expired: int
    within: tuple[Within, ...]


def look_over(
    connection: Connection,
    catalogue: Catalogue,
    caller: Caller,
    scheme: str | None,
    action: Action,
    *,
    limit: int,
    after: str | None,
    request_id: str,
    now: datetime,
) -> Page[Holding]:
    """Look at one page of the portfolio; each enterprise on it can see that, once for each consent that opened it.

    Args:
        scheme: only what concerns this one; None: all.
    """
    firms = portfolio.consenting_firms(connection, caller, scheme, now, limit=limit + 1, after=after)
    page = firms[:limit]
    by_firm: dict[str, list[Consent]] = {}
    for consent in portfolio.hold_consents(connection, caller, page, scheme, now):
        by_firm.setdefault(consent.enterprise, []).insert(0, consent)
    names = portfolio.names_of(connection, by_firm)
    decided = portfolio.latest_decisions(connection, caller, names, scheme)
    holdings = []
    for firm in page:
        if firm in names:
            stands = tuple(
                Stand(one, ruling, governing, _days_left(catalogue, ruling, one, now))
                for one in decided.get(firm, ())
                if (governing := _governing(by_firm[firm], one.decision.scheme)) is not None
                for ruling in (ruling_of_record(connection, catalogue, read_record(one.decision.record)),)
            )
            used = {stand.consent.id for stand in stands} or {by_firm[firm][0].id}
            opening = tuple(one for one in by_firm[firm] if one.id in used)
            holdings.append(Holding(firm, names[firm], opening, stands))
    looks = [
        disclosure(caller, consent, action, None, request_id=request_id, now=now)
        for holding in holdings
        for consent in holding.consents
    ]
    record_disclosure(connection, *looks)
    return Page(tuple(holdings), page[-1] if len(firms) > limit else None)


def forecast(
    connection: Connection, catalogue: Catalogue, caller: Caller, scheme: str | None, now: datetime
) -> Forecast:
    """Count what runs out, out of the recipient's own records: it names nobody, and is no look at anybody."""
    furthest = now.date() + timedelta(days=HORIZONS[0] + 1)
    left: list[tuple[int, int]] = []
    today: dict[str, date] = {}
    for ending in portfolio.decisions_ending(connection, caller, scheme, furthest, now):
        day = today.get(ending.scheme_sha256)
        if day is None:
            known = recall.scheme_of(connection, ending.scheme_sha256)
            day = today[ending.scheme_sha256] = today_of_issuer(catalogue, known, now)
        left.append(((ending.valid_until - day).days, ending.decisions))
    within = tuple(
        Within(
            days,
            sum(count for days_left, count in left if 0 <= days_left <= days),
            portfolio.consents_ending(connection, caller, scheme, now + timedelta(days=days), now),
        )
        for days in HORIZONS
    )
    return Forecast(sum(count for days_left, count in left if days_left < 0), within)


def horizon_of(days_left: int | None) -> Horizon | None:
    """The nearest horizon that so many days lie within; None: further away, over, or without an end."""
    if days_left is None or days_left < 0:
        return None
    return 7 if days_left <= 7 else 30 if days_left <= 30 else 90 if days_left <= 90 else None


def reasons_of(document: Mapping[str, object]) -> list[str] | None:
    """The labels of the requirements that decided, out of a shown document; None: not opened."""
    because, sentences = document["because"], document["sentences"]
    if not isinstance(because, list) or not isinstance(sentences, dict):
        return None
    labels: Iterable[Mapping[str, str]] = sentences["requirements"]
    return [one["label"] for one in labels if one["id"] in because]


def _governing(consents: Sequence[Consent], scheme: str) -> Consent | None:
    """The newest that covers a scheme: it governs, whatever older ones say."""
    return next((one for one in consents if one.scheme in {None, scheme}), None)


def _days_left(catalogue: Catalogue, ruling: Ruling, standing: Standing, now: datetime) -> int | None:
    until = standing.decision.valid_until
    return None if until is None else (until - today_of_issuer(catalogue, ruling.scheme, now)).days
