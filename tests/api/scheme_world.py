"""Schemes for the API's tests: one that is fit to be published, and a way to put versions where files would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.api.world import NOW
from tests.core.sample import Tree
from tests.core.scheme_sample import NOT_MET, SCORE_60, requirement, scheme_tree
from tests.core.tiny import text

from rbc_assess.core.document import Status, exact_text, fingerprint, lasting_part
from rbc_assess.documents.catalogue import DocumentRecord
from rbc_assess.storage.documents import keep_document
from rbc_assess.storage.engine import Store
from rbc_assess.storage.schemes import SchemeVersion, seed_version

SOUND: Mapping[str, Any] = {"critical.not_met": 0, "score.overall": 60}
CASES: list[dict[str, Any]] = [
    {"name": "just there", "as_of": "2026-12-01", "facts": {**SOUND}, "expect": "eligible", "because": []},
    {
        "name": "just under",
        "as_of": "2026-12-01",
        "facts": {**SOUND, "score.overall": Decimal("59.9")},
        "expect": "not_eligible",
        "because": ["overall"],
    },
    {
        "name": "a breach",
        "as_of": "2026-12-01",
        "facts": {**SOUND, "critical.not_met": 1},
        "expect": "not_eligible",
        "because": ["rights"],
    },
    {
        "name": "not said",
        "as_of": "2026-12-01",
        "facts": {"critical.not_met": 0},
        "expect": "needs_information",
        "missing": ["score.overall"],
    },
]


def publishable(**more: Any) -> Tree:
    """A scheme that passes the gate with the tiny documents, some of its keys written otherwise."""
    own: dict[str, Any] = {
        "version": 1,
        "status": "draft",
        "applications": {"open": "2026-11-01", "close": "2026-12-31"},
        "accepts": [{"questionnaire": "tiny", "editions": ">=1,<2", "max_age_days": 365}],
        "parameters": {
            "min_overall": {
                "label": text("Least score"),
                "unit": "points",
                "legal_basis": "rule-12",
                "values": {"2026-04-01": 60},
            }
        },
        "inputs": None,
        "requirements": [requirement("rights", NOT_MET), requirement("overall", SCORE_60)],
        "points": None,
        "terms": None,
        "review": None,
        "cases": CASES,
    }
    return scheme_tree(**{**own, **more})


def seed(store: Store, tree: Mapping[str, Any], mode: str = "any", now: datetime = NOW) -> str:
    """Put a version where one from a file would be, and return its fingerprint."""
    sha256 = fingerprint(tree)
    record = DocumentRecord(
        "scheme",
        tree["id"],
        str(tree["version"]),
        sha256,
        Status.PUBLISHED,
        exact_text(lasting_part(tree)),
        "file",
    )
    effective = tree["effective"]
    until = effective.get("until")
    version = SchemeVersion(
        tree["id"],
        tree["version"],
        mode,
        sha256,
        tree["kind"],
        tree["issuer"]["kind"],
        tree["issuer"]["id"],
        date.fromisoformat(effective["from"]),
        None if until is None else date.fromisoformat(until),
        None,
        None,
        None,
        now,
        now if tree["status"] == "retired" else None,
        "file" if tree["status"] == "retired" else None,
    )
    with store.write() as connection:
        keep_document(connection, record, now)
        seed_version(connection, version)
    return sha256
