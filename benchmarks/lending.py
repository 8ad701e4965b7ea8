"""A bank that every firm of an installation lets look: what decisions are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from benchmarks.paired import Unfit
from benchmarks.stage import SECRET, Database, Stage, read_body
from rbc_assess.identity import Caller, Keyring, Peppers
from rbc_assess.storage import enterprises, keys, organisations
from rbc_assess.storage.engine import Store
from rbc_assess.workflows import consent, seed, submit
from rbc_assess.workflows.think import think


class Bank(NamedTuple):
    """A lender and its key."""

    id: str
    key: str


def open_bank(stage: Stage, database: Database) -> Bank:
    """Enter a lender; every firm submits its sheet and consents to whatever the lender decides."""
    now, peppers = datetime.now(UTC), Peppers(SECRET)
    with Store.open(database.inside, pool_size=1, keyring=Keyring(SECRET)) as store:
        with store.write() as connection:
            seed.seed(connection, stage.catalogue, now)
            lender = organisations.create_organisation(connection, "lender", "Bank", livemode=True, now=now)
            _, key = keys.issue_key(connection, lender.id, peppers, now, livemode=True)
        for firm, body in zip(database.firms, stage.bodies, strict=True):
            sheet = read_body(body)
            thought = think(
                stage.catalogue,
                questionnaire=sheet["questionnaire"],
                edition=None,
                profile=sheet["profile"],
                answers=sheet["answers"],
                now=now,
            )
            if thought.wrong or thought.missing:
                raise Unfit(f"a sheet is not acceptable: {[*thought.wrong, *thought.missing]}")
            with store.write() as connection:
                caller = Caller(firm.id, "enterprise", frozenset(), livemode=True, credential="stage")
                entered = enterprises.find_enterprise(connection, caller, firm.id)
                submit.record(connection, thought, submit.write_texts(thought), enterprise=entered, now=now)
                wanted = consent.Grant(lender.id)
                consent.grant(
                    connection,
                    stage.catalogue,
                    wanted,
                    enterprise=entered,
                    caller=caller,
                    language="en",
                    now=now,
                )
    return Bank(lender.id, key.text)
