"""Statistics over HTTP: a government's own decisions in figures, small groups hidden."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, insert
from starlette.testclient import TestClient
from tests.api.world import NOW, Parties
from tests.storage.parties import firm

from rbc_assess.identity import new_id
from rbc_assess.storage.engine import Store
from rbc_assess.storage.tables_decisions import DecisionRow


def decide(
    connection: Connection,
    recipient: str,
    number: int,
    outcome: str,
    enterprises: list[str] | None = None,
    **more: Any,
) -> list[str]:
    """Put decisions on record about so many firms, new ones unless they are named."""
    about = enterprises or [firm(connection, livemode=False).id for _ in range(number)]
    for place, enterprise in enumerate(about):
        row = {
            "organisation_id": recipient,
            "id": new_id("dec", NOW + timedelta(seconds=place + (100 if enterprises else 0))),
            "enterprise": enterprise,
            "livemode": False,
            "scheme_id": "grant",
            "scheme_version": 1,
            "scheme_sha256": "a" * 64,
            "consent_id": "cns_x",
            "clusters": "outcome",
            "outcome": outcome,
            "as_of": date(2026, 11, 22),
            "decided_at": NOW,
            "tier": "T1",
            "sector": "13",
            "region": "JP-27",
            "record": b"{}",
            "record_sha256": "b" * 64,
            **more,
        }
        connection.execute(insert(DecisionRow.__table__).values(**row))
    return about


def ask(client: TestClient, parties: Parties, who: str = "prefecture", query: str = "") -> Any:
    return client.get(f"/v1/statistics{query}", headers=parties.headers(who))


def test_each_firm_counts_once_by_its_latest_decision(
    client: TestClient, parties: Parties, store: Store
) -> None:
    own, bank = parties.ids["prefecture"], parties.ids["bank"]
    with store.write() as connection:
        refused = decide(connection, own, 15, "not_eligible")
        decide(connection, own, 15, "eligible", refused)
        decide(connection, own, 20, "not_eligible", tier="T2", sector="G47", region="JP-28")
        decide(connection, own, 12, "conditional", scheme_id="other")
        decide(connection, bank, 50, "eligible")
    answered = ask(client, parties)
    assert answered.status_code == 200
    assert answered.headers["cache-control"] == "no-store"
    grant, other = answered.json()["items"]
    assert (grant["scheme"], grant["enterprises"]) == ("grant", 35)
    assert grant["outcomes"] == {"eligible": 15, "conditional": 0, "needs_information": 0, "not_eligible": 20}
    assert [(one["group"], one["enterprises"]) for one in grant["by"]["sector"]] == [("C", 15), ("G", 20)]
    assert (other["scheme"], other["outcomes"]["conditional"]) == ("other", 12)
    one = ask(client, parties, query="?scheme=other").json()["items"]
    assert [each["scheme"] for each in one] == ["other"]
    assert ask(client, parties, query="?scheme=nothing").json() == {"counts_hidden_below": 10, "items": []}


def test_small_counts_are_hidden(client: TestClient, parties: Parties, store: Store) -> None:
    with store.write() as connection:
        decide(connection, parties.ids["prefecture"], 30, "eligible")
        decide(connection, parties.ids["prefecture"], 4, "eligible", region="JP-31")
        decide(connection, parties.ids["prefecture"], 15, "eligible", region="JP-28")
    [grant] = ask(client, parties).json()["items"]
    assert grant["enterprises"] == 49
    assert [one["group"] for one in grant["by"]["region"]] == ["JP-27"]
    assert grant["hidden_groups"]["region"] == 2


def test_only_governments_ask(client: TestClient, parties: Parties) -> None:
    for who in ("bank", "first", "chamber", "operator"):
        assert ask(client, parties, who).status_code == 403
