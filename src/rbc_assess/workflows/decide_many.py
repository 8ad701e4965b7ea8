"""Up to some hundred decisions in one transaction, each exactly as ``decide.decide`` makes it.

What one decision asks the database is asked for all at once: consents (held in the order of their ids), versions,
sheets, what is superseded. What stands in the way of one never keeps the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import ConsentRequired, InvalidInput, RbcError
from rbc_assess.identity import Caller
from rbc_assess.storage import consents, decisions, schemes, sheets
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.decisions import Latest, RecordedDecision
from rbc_assess.storage.disclosures import Disclosure, disclosure, record_disclosure
from rbc_assess.storage.events import Event, record_events
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.storage.sheets import Sheet
from rbc_assess.workflows import recall
from rbc_assess.workflows.composing import Basis, Wanted, compose
from rbc_assess.workflows.decide import (
    Chosen,
    accepts,
    choose_version,
    no_such_scheme,
    require_asked_alike,
    ruling_for,
    stamp_of,
    told_of,
)
from rbc_assess.workflows.looking import look

Outcome = str | RbcError
"""The id of a decision, or why there is none."""


class Asking(NamedTuple):
    """For whom many decisions are made, in which batch and when."""

    caller: Caller
    batch: str
    request_id: str
    now: datetime


def decide_many(
    connection: Connection,
    catalogue: Catalogue,
    asking: Asking,
    wanted: Sequence[Wanted],
    crashed: Callable[[BaseException], None],
) -> list[Outcome]:
    """Decide about firms that consent, and put decisions and looks on record; one outcome for each, in order.

    ``crashed`` is told of faults that nobody foresaw; they cost their decision alone.
    """
    return _Chunk(connection, catalogue, asking, crashed).decide(wanted)


class _Chunk:
    """What was fetched for many decisions, and what is to be recorded."""

    def __init__(
        self,
        connection: Connection,
        catalogue: Catalogue,
        asking: Asking,
        crashed: Callable[[BaseException], None],
    ) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._asking = asking
        self._crashed = crashed
        self._versions: dict[str, list[SchemeVersion]] = {}
        self._chosen: dict[tuple[str, int | None, date | None], Chosen | RbcError] = {}
        self._sheets: dict[tuple[str, int, date], dict[str, Sheet]] = {}
        self._latest: dict[tuple[str, str], Latest] = {}
        self._made: dict[str, RecordedDecision] = {}
        self._looks: list[Disclosure] = []
        self._events: list[Event] = []

    def decide(self, wanted: Sequence[Wanted]) -> list[Outcome]:
        caller = self._asking.caller
        correlated = {one.correlation_id for one in wanted if one.correlation_id is not None}
        first = decisions.find_correlated_decisions(self._connection, caller, correlated)
        self._by_correlation = first
        consents.hold_live(
            self._connection, caller.organisation, {one.consent for one in first.values()}, self._asking.now
        )
        new = [one for one in wanted if one.correlation_id not in first]
        self._fetch(new)
        outcomes = [self._outcome(one) for one in wanted]
        decisions.record_decisions(self._connection, list(self._made.values()))
        record_disclosure(self._connection, *self._looks)
        record_events(self._connection, self._events)
        return outcomes

    # --- fetching ------------------------------------------------------------------------------------------

    def _fetch(self, wanted: Sequence[Wanted]) -> None:
        connection, caller = self._connection, self._asking.caller
        self._consents = (
            consents.open_consents(
                connection,
                recipient=caller.organisation,
                wanted={(one.enterprise, one.scheme) for one in wanted},
                now=self._asking.now,
                livemode=caller.livemode,
            )
            if wanted
            else {}
        )
        open_ = [one for one in wanted if isinstance(self._consents[one.enterprise, one.scheme], Consent)]
        firms: dict[str, set[str]] = {}
        groups: dict[tuple[str, int, date], tuple[Chosen, set[str]]] = {}
        for one in wanted:
            self._versions_of(one.scheme)
        for one in open_:
            firms.setdefault(one.scheme, set()).add(one.enterprise)
            chosen = self._choose(one)
            if isinstance(chosen, Chosen):
                group = groups.setdefault(_group(chosen), (chosen, set()))
                group[1].add(one.enterprise)
        for name, (chosen, enterprises) in groups.items():
            asked = {entry.questionnaire for entry in chosen.scheme.accepts}
            self._sheets[name] = sheets.latest_sheets(connection, enterprises, asked, chosen.as_of)
        for scheme, enterprises in firms.items():
            found = decisions.latest_decisions(connection, caller.organisation, enterprises, scheme)
            self._latest |= {(enterprise, scheme): latest for enterprise, latest in found.items()}

    def _versions_of(self, scheme: str) -> list[SchemeVersion]:
        if scheme not in self._versions:
            livemode = self._asking.caller.livemode
            self._versions[scheme] = schemes.versions_of(self._connection, scheme, livemode=livemode)
        return self._versions[scheme]

    def _choose(self, wanted: Wanted) -> Chosen | RbcError:
        asked = wanted.scheme, wanted.version, wanted.as_of
        if asked not in self._chosen:
            versions = self._versions_of(wanted.scheme)
            try:
                self._chosen[asked] = choose_version(
                    partial(recall.scheme_of, self._connection),
                    self._catalogue,
                    versions,
                    wanted,
                    self._asking.now,
                )
            except InvalidInput as refused:
                self._chosen[asked] = refused
        return self._chosen[asked]

    def _sheet(self, chosen: Chosen, enterprise: str) -> Sheet | None:
        """The latest sheet that the scheme accepts; nearly always it is the latest of all."""
        latest = self._sheets[_group(chosen)].get(enterprise)
        if latest is None or accepts(chosen.scheme, latest, chosen.as_of):
            return latest
        asked = {entry.questionnaire for entry in chosen.scheme.accepts}
        before = sheets.sheets_before(self._connection, enterprise, asked, chosen.as_of)
        return next((one for one in before if accepts(chosen.scheme, one, chosen.as_of)), None)

    # --- deciding ------------------------------------------------------------------------------------------

    def _outcome(self, wanted: Wanted) -> Outcome:
        try:
            return self._decide(wanted)
        except RbcError as refused:
            return refused
        except SQLAlchemyError:
            raise  # the database's trouble is everybody's
        except Exception as crash:  # noqa: BLE001 - told; one line never spoils the others
            self._crashed(crash)
            return RbcError(code="internal-error")

    def _decide(self, wanted: Wanted) -> str:
        first = self._by_correlation.get(wanted.correlation_id or "")
        if first is not None:
            require_asked_alike(first, wanted)
            if first.id not in self._made:
                self._looks.append(self._look(first))
            return first.id
        consent = self._consents[wanted.enterprise, wanted.scheme]
        if not isinstance(consent, Consent):
            missing = isinstance(consent, ConsentRequired) and not self._versions_of(wanted.scheme)
            raise no_such_scheme() if missing else consent
        chosen = self._choose(wanted)
        if not isinstance(chosen, Chosen):
            raise chosen
        made = self._compose(wanted, chosen, consent)
        self._made[made.id] = made
        self._events += told_of(made, consent)
        self._latest[wanted.enterprise, wanted.scheme] = Latest(made.id, made.decided_at)
        if made.correlation_id is not None:
            self._by_correlation[made.correlation_id] = made
        asking = self._asking
        self._looks.append(
            disclosure(
                asking.caller,
                consent,
                "decision.created",
                made.id,
                request_id=asking.request_id,
                now=asking.now,
            )
        )
        return made.id

    def _compose(self, wanted: Wanted, chosen: Chosen, consent: Consent) -> RecordedDecision:
        asking, (version, scheme, as_of) = self._asking, chosen
        sheet = self._sheet(chosen, wanted.enterprise)
        ruling = ruling_for(self._connection, self._catalogue, version, scheme, sheet, as_of)
        latest = self._latest.get((wanted.enterprise, wanted.scheme))
        stamp = stamp_of(asking.caller, latest, asking.now, asking.batch)
        return compose(wanted, Basis(ruling, as_of, sheet, consent, latest), stamp)

    def _look(self, decision: RecordedDecision) -> Disclosure:
        asking = self._asking
        return look(
            asking.caller,
            decision,
            "decision.read",
            decision.id,
            request_id=asking.request_id,
            now=asking.now,
        )


def _group(chosen: Chosen) -> tuple[str, int, date]:
    return chosen.version.scheme_id, chosen.version.version, chosen.as_of
