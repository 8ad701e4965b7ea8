"""Schemes for the API's tests: one that is fit to be published, and a way to put versions where files would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from starlette.testclient import TestClient
from tests.api.world import NOW, Parties
from tests.core.sample import Tree
from tests.core.scheme_sample import NOT_MET, SCORE_60, requirement, scheme_tree
from tests.core.tiny import text

from rbc_assess.core.document import Status, exact_text, fingerprint, lasting_part
from rbc_assess.documents.catalogue import DocumentRecord
from rbc_assess.identity import Peppers, read_api_key
from rbc_assess.storage import keys, organisations
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


def written(tree: Mapping[str, Any]) -> str:
    """A scheme as a text with a line for each key: JSON with breaks, which is YAML as well."""
    return _lines(tree, "") + "\n"


def _lines(value: Any, indent: str) -> str:
    inner = indent + " "
    if isinstance(value, Mapping) and value:
        members = (f"{inner}{exact_text(key)}: {_lines(one, inner)}" for key, one in value.items())
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + _lines(one, inner) for one in value) + f"\n{indent}]"
    return exact_text(value)


@dataclass(frozen=True)
class Issuer:
    """An organisation with two people, each with a key of their own."""

    client: TestClient
    organisation: str
    people: Mapping[str, str]

    def put(
        self,
        text: str | None = None,
        *,
        scheme: str = "jp-27-rbc",
        media: str = "application/yaml",
        tag: str | None = None,
        person: str = "drafter",
        language: str = "en",
    ) -> Any:
        headers = {"Content-Type": media, **({} if tag is None else {"If-Match": tag})}
        body = written(publishable()) if text is None else text
        return self._call("PUT", f"{scheme}/draft", person, language, headers, body.encode())

    def get(self, scheme: str = "jp-27-rbc", person: str = "drafter") -> Any:
        return self._call("GET", f"{scheme}/draft", person)

    def check(self, scheme: str = "jp-27-rbc") -> Any:
        return self._call("POST", f"{scheme}/draft/checks", "drafter")

    def approve(
        self,
        scheme: str = "jp-27-rbc",
        *,
        person: str = "approver",
        tag: str | None = None,
        key: str | None = None,
        language: str = "en",
    ) -> Any:
        headers = {} if tag is None else {"If-Match": tag}
        headers |= {} if key is None else {"Idempotency-Key": key}
        return self._call("POST", f"{scheme}/draft/approval", person, language, headers)

    def retire(self, number: int, scheme: str = "jp-27-rbc") -> Any:
        return self._call("POST", f"{scheme}/versions/{number}/retirement", "drafter")

    def versions(self, scheme: str = "jp-27-rbc") -> list[dict[str, Any]]:
        """The versions of a scheme that anybody sees."""
        for line in self.client.get("/v1/schemes").json()["items"]:
            if line["id"] == scheme:
                return list(line["versions"])
        return []

    def _call(
        self,
        method: str,
        path: str,
        person: str,
        language: str = "en",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Any:
        return self.client.request(
            method,
            f"/v1/schemes/{path}",
            content=body,
            headers={
                "Authorization": f"Bearer {self.people[person]}",
                "Accept-Language": language,
                **(headers or {}),
            },
        )


def issue(
    store: Store,
    peppers: Peppers,
    organisation: str,
    *,
    livemode: bool = False,
    scopes: list[str] | None = None,
) -> str:
    """Give an organisation another key."""
    with store.write() as connection:
        _, key = keys.issue_key(connection, organisation, peppers, NOW, livemode=livemode, scopes=scopes)
    return key.text


def revoke(store: Store, organisation: str, key: str) -> None:
    """Take a key away."""
    with store.write() as connection:
        keys.revoke_key(connection, organisation, read_api_key(key).id, NOW)


def issuer(client: TestClient, store: Store, peppers: Peppers, parties: Parties, name: str) -> Issuer:
    """A party that is there, with a second key."""
    organisation = parties.ids[name]
    second = issue(store, peppers, organisation)
    return Issuer(client, organisation, {"drafter": parties.keys[name], "approver": second})


def new_issuer(
    client: TestClient, store: Store, peppers: Peppers, kind: str, *, livemode: bool = False
) -> Issuer:
    """A new organisation of this kind with two keys of its mode."""
    with store.write() as connection:
        made = organisations.create_organisation(connection, kind, kind, livemode=livemode, now=NOW).id
    people = {name: issue(store, peppers, made, livemode=livemode) for name in ("drafter", "approver")}
    return Issuer(client, made, people)
