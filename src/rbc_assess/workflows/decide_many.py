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
from rbc_assess.storage.events import record_events
from rbc_assess.storage.messages import Event
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.storage.sealing import hold_keys
from rbc_assess.storage.sheets import Sheet
from rbc_assess.workflows import recall
from rbc_assess.workflows.composing import Drawn, Wanted, draw, put_down
from rbc_assess.workflows.decide import (
    Chosen,
    accepts,
    choose_version,
    look_for_evidence,
    no_such_scheme,
    require_asked_alike,
    ruling_for,
    stamp_of,
    told_of,
)
from rbc_assess.workflows.evidence import with_pieces
from rbc_assess.workflows.facts_at_hand import SheetNeeded
from rbc_assess.workflows.looking import look
from rbc_assess.workflows.rulebook import Named, Ruling

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
        self._rulings: dict[tuple[str, date, Named | None], Ruling] = {}
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
        drawn = self._draw_all([None if one.correlation_id in first else one for one in wanted])
        outcomes = [self._outcome(one, its) for one, its in zip(wanted, drawn, strict=True)]
        decisions.record_decisions(self._connection, list(self._made.values()))
        record_disclosure(self._connection, *self._looks, batch=self._asking.batch)
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
        hold_keys(connection, {one.enterprise for one in self._consents.values() if isinstance(one, Consent)})
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
        found = next((one for one in before if accepts(chosen.scheme, one, chosen.as_of)), None)
        return look_for_evidence(self._connection, chosen.scheme, found, chosen.as_of)

    # --- deciding ------------------------------------------------------------------------------------------

    def _draw_all(self, wanted: Sequence[Wanted | None]) -> list[Drawn | Exception | None]:
        """Say what the rules say of each; the answers are fetched of those alone that need them, and of all at once."""
        drawn = [None if one is None else self._draw(one) for one in wanted]
        needy = {
            place: sheet
            for place, (one, its) in enumerate(zip(wanted, drawn, strict=True))
            if one is not None
            and (isinstance(its, SheetNeeded) or (isinstance(its, Drawn) and its.needs_answers))
            and (sheet := self._sheet_of(one)) is not None
        }
        whole = sheets.whole_sheets(self._connection, needy.values())
        whole = with_pieces(self._connection, whole.values())
        for place, sheet in needy.items():
            one, its = wanted[place], drawn[place]
            assert one is not None
            if isinstance(its, Drawn):
                drawn[place] = its._replace(sheet=whole[sheet.id])
            else:
                drawn[place] = self._draw(one, whole[sheet.id])
        return drawn

    def _sheet_of(self, wanted: Wanted) -> Sheet | None:
        chosen = self._choose(wanted)
        return self._sheet(chosen, wanted.enterprise) if isinstance(chosen, Chosen) else None

    def _draw(self, wanted: Wanted, whole: Sheet | None = None) -> Drawn | Exception | None:
        """What the rules say, or what kept them from it; nothing where nobody may ask."""
        if not isinstance(self._consents[wanted.enterprise, wanted.scheme], Consent):
            return None
        chosen = self._choose(wanted)
        if not isinstance(chosen, Chosen):
            return None
        try:
            sheet = whole or self._sheet(chosen, wanted.enterprise)
            return draw(wanted, self._ruling(chosen, sheet), chosen.as_of, sheet)
        except SQLAlchemyError:
            raise  # the database's trouble is everybody's
        except Exception as kept:  # noqa: BLE001 - told in the line's turn
            return kept

    def _ruling(self, chosen: Chosen, sheet: Sheet | None) -> Ruling:
        version, scheme, as_of = chosen
        named = (
            None
            if sheet is None
            else Named(sheet.questionnaire, sheet.criteria, sheet.country, sheet.supplements)
        )
        key = version.sha256, as_of, named
        if key not in self._rulings:
            self._rulings[key] = ruling_for(self._connection, self._catalogue, version, scheme, sheet, as_of)
        return self._rulings[key]

    def _outcome(self, wanted: Wanted, drawn: Drawn | Exception | None) -> Outcome:
        try:
            return self._decide(wanted, drawn)
        except RbcError as refused:
            return refused
        except SQLAlchemyError:
            raise  # the database's trouble is everybody's
        except Exception as crash:  # noqa: BLE001 - told; one line never spoils the others
            self._crashed(crash)
            return RbcError(code="internal-error")

    def _decide(self, wanted: Wanted, drawn: Drawn | Exception | None) -> str:
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
        made = self._put_down(wanted, drawn, consent)
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

    def _put_down(
        self, wanted: Wanted, drawn: Drawn | Exception | None, consent: Consent
    ) -> RecordedDecision:
        asking = self._asking
        if not isinstance(drawn, Drawn):
            assert drawn is not None
            raise drawn
        latest = self._latest.get((wanted.enterprise, wanted.scheme))
        return put_down(drawn, consent, latest, stamp_of(asking.caller, latest, asking.now, asking.batch))

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
