"""A bank with a portfolio of many firms, each with a sheet and a consent, entered without asking each anything."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from benchmarks.lending import Bank, open_bank
from benchmarks.stage import SECRET, Database, Stage
from rbc_assess.identity import Keyring, new_id
from rbc_assess.storage.engine import Store
from rbc_assess.storage.sealing import SEALING_KEY, keyring_of
from rbc_assess.storage.tables import EnterpriseRow, OrganisationRow
from rbc_assess.storage.tables_assessments import SubmissionRow
from rbc_assess.storage.tables_consents import ConsentRow

AT_ONCE: Final = 1000
Row = dict[str, Any]


def open_portfolio(stage: Stage, database: Database, firms: int) -> tuple[Bank, list[str]]:
    """Make so many firms out of those of the stage: their own ids, and published figures drawn anew for each.

    Answers repeat, figures do not: a rule meets as many different firms as there are. Gives the bank and their ids.
    """
    bank = open_bank(stage, database)
    chance = random.Random(8)
    made: list[str] = []
    with Store.open(database.inside, pool_size=1, statement_timeout=60, keyring=Keyring(SECRET)) as store:
        with store.read() as connection:
            originals = _originals(connection)
        while len(made) < firms:
            with store.write() as connection:
                made += _enter(connection, originals, min(AT_ONCE, firms - len(made)), chance)
    return bank, made


def _originals(connection: Connection) -> list[tuple[Row, Row, Row, Row]]:
    by_firm: list[dict[str, Row]] = []
    for table in (OrganisationRow, EnterpriseRow, SubmissionRow, ConsentRow):
        key = "id" if table is OrganisationRow else "organisation_id"
        rows = connection.execute(select(table.__table__)).mappings()
        by_firm.append({row[key]: dict(row) for row in rows})
    organisations, enterprises, submissions, consents = by_firm
    return [
        (organisations[firm], enterprises[firm], submissions[firm], consents[firm])
        for firm in sorted(consents)
    ]


def _enter(
    connection: Connection, originals: list[tuple[Row, Row, Row, Row]], number: int, chance: random.Random
) -> list[str]:
    now = datetime.now(UTC)
    rows: tuple[list[Row], ...] = ([], [], [], [])
    keyring, keys = keyring_of(connection), []
    for _ in range(number):
        organisation, enterprise, submission, consent = chance.choice(originals)
        firm = new_id("ent", now)
        facts = _drawn(submission["facts"], chance)
        rows[0].append({**organisation, "id": firm})
        # The name stays what it was sealed as; nobody reads it here.
        rows[1].append({**enterprise, "organisation_id": firm, "created_by": firm})
        wrapped = keyring.new_key(firm)
        keys.append(
            {"organisation_id": firm, "kek_id": wrapped.kek_id, "wrapped": wrapped.key, "created_at": now}
        )
        rows[2].append({**submission, "organisation_id": firm, "id": new_id("sub", now), "facts": facts})
        rows[3].append({**consent, "organisation_id": firm, "id": new_id("cns", now), "given_by": firm})
    connection.execute(insert(SEALING_KEY), keys)
    for table, made in zip((OrganisationRow, EnterpriseRow, SubmissionRow, ConsentRow), rows, strict=True):
        connection.execute(insert(table.__table__), made)
    return [row["id"] for row in rows[0]]


def _drawn(facts: str, chance: random.Random) -> str:
    """The facts of a sheet with other published figures, mostly good ones: a rule meets as many firms as there are."""
    return json.dumps(
        {
            name: _figure(chance) if name.startswith("score.") and isinstance(value, str) else value
            for name, value in json.loads(facts).items()
        },
        sort_keys=True,
        separators=(",", ":"),
    )


def _figure(chance: random.Random) -> str:
    figure = f"{chance.randint(350, 1000) / 10:.1f}"
    return figure.removesuffix(".0")
