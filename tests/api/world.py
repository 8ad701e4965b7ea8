"""A small world for the API's tests: two editions of a tiny questionnaire, parties with keys, a clock to turn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.core.tiny import criteria_tree, points, question, questionnaire_tree, states, text
from tests.postgres import UNHELD
from tests.seen import as_seen_by

from rbc_assess.identity import Peppers
from rbc_assess.storage import enterprises, keys, organisations
from rbc_assess.storage.engine import Store

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PROFILE: Mapping[str, Any] = {"country": "JP", "workers_total": 24}
COMPLETE: Mapping[str, Any] = {"a1": "o2", "b1": "met", "hours": 32.5}
"""Answers to everything that is asked."""

MARK = "zq7hostile"
"""Stands in whatever a test sends that must never come back."""


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


def questions(*more: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        question("a1", options=points(0, 50, 100)),
        question("b1", "B-1", options=states("met", "remediated", "not_met")),
        question("hours", None, "number", unit="hours", min=0, max=80, decimals=1),
        question("remarks", None, "text", required=False),
        *more,
    ]


def write_documents(root: Path) -> Path:
    """Write the tiny documents as files; JSON is YAML as well."""
    criteria: list[dict[str, Any]] = [
        {"id": "A-1", "theme": "A", "evidence": ["minutes", "agreement36"]},
        {"id": "B-1", "theme": "B", "critical": True},
    ]
    first = questionnaire_tree(questions(), profile=["country", "workers_total"])
    extra = question("extra", None, "multiple", required=False, options=_plain_options())
    second = {
        **questionnaire_tree(questions(extra), profile=["country", "workers_total"]),
        "edition": "1.1.0",
    }
    second["effective"] = {"from": "2027-04-01"}
    draft = {**questionnaire_tree(questions()[:2]), "edition": "2.0.0", "status": "draft"}
    for path, tree in {
        "criteria/tiny-criteria/1.0.0.yaml": criteria_tree(criteria, ("A", "B")),
        "tiny/1.0.0.yaml": first,
        "tiny/1.1.0.yaml": second,
        "tiny/2.0.0.yaml": draft,
        "other/1.0.0.yaml": {**first, "id": "other"},
    }.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(tree, ensure_ascii=False, indent=1), "utf-8")
    return root


def _plain_options() -> list[dict[str, Any]]:
    return [{"id": f"x{place}", "label": text(f"Extra {place}")} for place in range(3)]


@dataclass
class Parties:
    """Who takes part: ids and keys by name. ``first`` and ``second`` are firms, the chamber acts for others."""

    ids: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def headers(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[name]}"}


KINDS = {
    "operator": "operator",
    "chamber": "intermediary",
    "rival": "intermediary",
    "first": "enterprise",
    "second": "enterprise",
    "bank": "lender",
    "fund": "lender",
    "prefecture": "local_government",
}


def settle(
    store: Store, peppers: Peppers, *, livemode: bool = False, kinds: Mapping[str, str] = KINDS
) -> Parties:
    """Create the parties, each with a key of every scope it may have."""
    parties = Parties()
    with as_seen_by(store, UNHELD).write() as connection:
        for name, kind in kinds.items():
            if kind == "enterprise":
                made = enterprises.create_enterprise(
                    connection,
                    created_by=None,
                    name=name,
                    livemode=livemode,
                    now=NOW,
                    profile=json.dumps(dict(PROFILE)),
                ).id
            else:
                made = organisations.create_organisation(
                    connection, kind, name, livemode=livemode, now=NOW
                ).id
            _, key = keys.issue_key(connection, made, peppers, NOW, livemode=livemode)
            parties.ids[name], parties.keys[name] = made, key.text
    return parties
