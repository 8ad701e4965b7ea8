"""Parties and documents that storage tests begin with."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Connection

from rbc_assess.core.document import Identity
from rbc_assess.identity import Caller, new_id, scopes_of
from rbc_assess.storage.enterprises import Coded, Enterprise, create_enterprise
from rbc_assess.storage.organisations import create_organisation
from rbc_assess.storage.submissions import Figures, Submission

NOW = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)
QUESTIONNAIRE = Identity("quick-check", "1.0.0", "a" * 64)
NEWER = Identity("quick-check", "2.0.0", "b" * 64)
CRITERIA = Identity("rbc-criteria", "1.0.0", "c" * 64)
JAPAN = Identity("JP", "2026.11", "d" * 64)


def caller_of(organisation: str, kind: str = "enterprise", *, livemode: bool = True) -> Caller:
    return Caller(organisation, kind, frozenset(scopes_of(kind)), livemode, "key")


def firm(connection: Connection, *, created_by: str | None = None, livemode: bool = True) -> Enterprise:
    return create_enterprise(
        connection,
        created_by=created_by,
        name="丸山縫製",
        livemode=livemode,
        now=NOW,
        profile='{"country":"JP"}',
        coded=Coded(country="JP", region="JP-27", tier="T2", workers_total=24),
    )


def chamber(connection: Connection, *, livemode: bool = True) -> Caller:
    party = create_organisation(connection, "intermediary", "大阪商工会議所", livemode=livemode, now=NOW)
    return caller_of(party.id, "intermediary", livemode=livemode)


def submission_of(
    enterprise: Enterprise, *, now: datetime = NOW, assessment: str | None = None
) -> Submission:
    return Submission(
        id=new_id("sub", now),
        enterprise=enterprise.id,
        assessment=assessment,
        livemode=enterprise.livemode,
        questionnaire=QUESTIONNAIRE,
        criteria=CRITERIA,
        country=JAPAN,
        engine="1.0",
        as_of=date(2026, 11, 22),
        submitted_at=now,
        profile=enterprise.profile,
        answers='{"flb-02":{"value":"never"}}',
        coded_answers=None,
        scorecard='{"overall":{"score":"71.3"}}',
        facts='{"profile.tier":"T2"}',
        coded=enterprise.coded,
        figures=Figures(713, "practising", "self_declared", 0, 1, 0, 48),
    )
