"""A small world to decide in: the small documents with their scheme, a firm with a sheet, a bank, a consent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.documents.small import QUESTIONNAIRE, SCHEME, write_root

from rbc_assess.core.document import Tree
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.identity import Caller, new_id, scopes_of
from rbc_assess.storage import consents, submissions
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import create_enterprise, find_enterprise
from rbc_assess.storage.organisations import create_organisation
from rbc_assess.storage.submissions import Submission
from rbc_assess.workflows import decide, submit
from rbc_assess.workflows.composing import Wanted
from rbc_assess.workflows.looking import Decided
from rbc_assess.workflows.seed import seed

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PROFILE: Mapping[str, Any] = {"country": "JP", "region": "JP-27", "workers_total": 24}
SAFE: Mapping[str, Any] = {"osh-01": "never", "osh-02": "all"}
PAID: Mapping[str, Tree] = {"no_arrears": True}
DEFAULT = ("band", "outcome", "requirements")
NEWER_EDITION = QUESTIONNAIRE.replace('edition: "1.0.0"', 'edition: "1.1.0"').replace(
    "{id: all, points: 100, label: {en: Everyone., ja: 全員です。}}",
    "{id: all, points: 100, label: {en: All of them., ja: 全員です。}}",
)
NEWER_VERSION = SCHEME.replace("version: 3", "version: 4").replace(
    "values: {2026-04-01: 60, 2026-10-01: 62}", "values: {2026-04-01: 90}"
)


def documents(folder: Path, **more: str | None) -> Catalogue:
    """The small documents with the scheme ``grant`` in version 3."""
    return load_catalogue(write_root(folder, {"schemes/grant/3.yaml": SCHEME, **more}), examples=False)


def moved_on(folder: Path) -> Catalogue:
    """The same a year later: questionnaire and scheme have each moved on, and the older files are gone."""
    return documents(
        folder,
        **{
            "tiny/1.0.0.yaml": None,
            "tiny/examples/trained.yaml": None,
            "tiny/1.1.0.yaml": NEWER_EDITION,
            "schemes/grant/3.yaml": None,
            "schemes/grant/4.yaml": NEWER_VERSION,
        },
    )


@dataclass
class World:
    """A firm and a bank in a seeded database."""

    store: Store
    catalogue: Catalogue
    livemode: bool = False
    firm: str = field(init=False)
    bank: Caller = field(init=False)

    def __post_init__(self) -> None:
        with self.store.write() as connection:
            seed(connection, self.catalogue, NOW)
            self.firm = self.new_firm(connection)
            self.bank = self.new_bank(connection)

    def seed(self, catalogue: Catalogue) -> None:
        """Start the service again with other documents."""
        with self.store.write() as connection:
            seed(connection, catalogue, NOW)

    def new_firm(self, connection: Any) -> str:
        made = create_enterprise(connection, created_by=None, name="Firm", livemode=self.livemode, now=NOW)
        return made.id

    def new_bank(self, connection: Any) -> Caller:
        made = create_organisation(connection, "lender", "Bank", livemode=self.livemode, now=NOW)
        return Caller(made.id, "lender", frozenset(scopes_of("lender")), self.livemode, "bank-key")

    def submit(
        self,
        answers: Mapping[str, Any] = SAFE,
        profile: Mapping[str, Any] = PROFILE,
        now: datetime = NOW,
        firm: str | None = None,
        catalogue: Catalogue | None = None,
    ) -> Submission:
        own = Caller(firm or self.firm, "enterprise", frozenset(), self.livemode, "key")
        thought = submit.think(
            catalogue or self.catalogue,
            questionnaire="tiny",
            edition=None,
            profile=profile,
            answers=answers,
            now=now,
        )
        with self.store.write() as connection:
            enterprise = find_enterprise(connection, own, own.organisation)
            complete = submit.check_complete(thought)
            return submit.record(
                connection, complete, submit.write_texts(complete), enterprise=enterprise, now=now
            )

    def withdraw(self, submission: Submission, now: datetime = NOW) -> None:
        with self.store.write() as connection:
            submissions.withdraw_submission(connection, submission, now)

    def new_consent(self, firm: str | None = None, bank: Caller | None = None, **changes: Any) -> Consent:
        """A consent that nobody has given yet."""
        return Consent(
            id=new_id("cns", NOW),
            enterprise=firm or self.firm,
            recipient=(bank or self.bank).organisation,
            livemode=self.livemode,
            purpose="loan",
            scheme="grant",
            clusters=DEFAULT,
            valid_from=NOW - timedelta(days=1),
            valid_until=NOW + timedelta(days=300),
            wording="You let ...",
            language="en",
            given_by=firm or self.firm,
            credential="key",
            given_at=NOW,
        )._replace(**changes)

    def consent(self, firm: str | None = None, bank: Caller | None = None, **changes: Any) -> Consent:
        made = self.new_consent(firm, bank, **changes)
        with self.store.write() as connection:
            consents.grant_consent(connection, made)
        return made

    def wanted(self, **changes: Any) -> Wanted:
        return Wanted(self.firm, "grant", inputs=PAID)._replace(**changes)

    def decide(
        self,
        now: datetime = NOW,
        bank: Caller | None = None,
        catalogue: Catalogue | None = None,
        **wanted: Any,
    ) -> Decided:
        with self.store.write() as connection:
            return decide.decide(
                connection,
                catalogue or self.catalogue,
                bank or self.bank,
                self.wanted(**wanted),
                request_id="req_x",
                now=now,
            )
