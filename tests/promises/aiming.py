"""Requests that reach something: with ids of things that are there, bodies that fit them, and tags that are current."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterable, Mapping
from typing import Any, Final

from schemathesis.core import NOT_SET
from tests import papers
from tests.api.test_tenancy import BODIES, NAMES_ENTERPRISE
from tests.api.world import COMPLETE, PROFILE
from tests.promises.town import ISSUER_KINDS, NOBODY, SCHEME, Town, draft_of
from tests.promises.wire import Reply

RIGHT: Final[Mapping[str, Any]] = {
    **BODIES,
    "createConsent": {},
    "createConsentRequest": {},
    "createSimulation": {},
    "createOrganisation": {"kind": "workers_organisation", "name": "x"},
    "askForLink": {"email": "taro@example.jp"},
    "rotateClient": {"secret": True},
    "getToken": {"grant_type": "client_credentials"},
    "scoreAnswers": {"questionnaire": "tiny", "profile": dict(PROFILE), "answers": dict(COMPLETE)},
    "checkScheme": {
        "questionnaire": "tiny",
        "profile": dict(PROFILE),
        "answers": dict(COMPLETE),
        "as_of": "2026-12-01",
    },
}
"""Bodies that succeed where what they need is there; an enterprise and a recipient are added."""
JSON: Final = "application/json"
NAMED: Final = {"client": "clients", "key": "keys", "delivery": "deliveries", "edition": "editions"}
"""Parameters of a path that are no ``id``, and what they name."""
MEMBERS: Final = {
    "enterprise": "enterprises",
    "organisation": "organisations",
    "recipient": "organisations",
    "assessment": "assessments",
    "scheme": "schemes",
    "questionnaire": "questionnaires",
    "consent_request": "consent-requests",
}
"""Members of bodies and of queries that name something."""
MADE: Final = {
    "createAssessment": "assessments",
    "createSubmission": "submissions",
    "submitAssessment": "submissions",
    "createDecision": "decisions",
    "createDecisionBatch": "decision-batches",
    "addEvidence": "evidence",
    "createSimulation": "simulations",
    "createEnterprise": "enterprises",
    "createOrganisation": "organisations",
    "createConsent": "consents",
    "createConsentRequest": "consent-requests",
    "createWebhookEndpoint": "webhook-endpoints",
    "testWebhookEndpoint": "deliveries",
    "createClient": "clients",
    "issueKey": "keys",
    "rotateKey": "keys",
    "invitePerson": "people",
}
"""What a successful call makes."""
DRAFT_CALLS: Final = (
    *("putSchemeDraft", "getSchemeDraft", "checkSchemeDraft", "approveSchemeDraft", "createSimulation"),
    "retireSchemeVersion",
)
EARLY: Final[Mapping[str, tuple[str, int]]] = {
    "changeEdition": ("assessments", 0),
    "previewEdition": ("assessments", 0),
    "submitAssessment": ("assessments", 1),
    "activateWebhookEndpoint": ("webhook-endpoints", 1),
    "withdrawConsentRequest": ("consent-requests", 0),
    **dict.fromkeys(DRAFT_CALLS, ("schemes", 0)),
    "deleteSchemeDraft": ("schemes", 1),
}
"""Calls that want a thing as it was at the beginning, and which of a role's own; all others take the latest."""
SUBORDINATE: Final = frozenset({"keys", "clients", "deliveries"})
"""What is within another thing, whose id stands before its own."""
OF_PUBLISHED: Final = frozenset({"checkScheme", "getScheme", "getSchemeVersion", "diffScheme"})
"""Calls about what was published, not about a draft."""
SPARED: Final = frozenset({"eraseEnterprise", "revokeKey", "rotateKey"})
"""Calls that would end a role if they met it; they meet what the run has made."""
ASKED: Final[Mapping[str, Mapping[str, Any]]] = {
    "diffScheme": {"from": 1},
}


def kind_of(path: str) -> str:
    """What the ``id`` in a path names."""
    parts = path.split("/")
    return parts[2] if len(parts) > 2 else ""


def place(
    town: Town, operation: str, path: str, name: str, role: str, chance: random.Random, own: float
) -> Any:
    """A value for a parameter of a path."""
    kind = kind_of(path) if name == "id" else NAMED.get(name, name)
    fixed = {"n": "1", "editions": "1.0.0", "name": "rbc-scheme-1"}
    if kind in fixed:
        return fixed[kind]
    if operation in SPARED and kind == "enterprises":
        made = [one for one in town.things[kind] if one.id not in town.firms.values()]
        return chance.choice(made).id if made else "ent_none"
    if operation in OF_PUBLISHED and chance.random() < own:
        return SCHEME
    return town.one_of(kind, role, chance, own=own)


def places_of(
    town: Town, operation: str, path: str, names: Iterable[str], role: str, chance: random.Random, own: float
) -> dict[str, Any]:
    """Values for the parameters of a path; what is within another thing is asked for there."""
    found = {name: place(town, operation, path, name, role, chance, own) for name in names}
    holders = [town.within[one] for name, one in found.items() if name != "id" and one in town.within]
    return {**found, "id": holders[0]} if holders else found


def right_request(town: Town, operation: Any, role: str, chance: random.Random) -> Any:
    """A request that should succeed, as far as this role may make it at all."""
    raw, path = operation.definition.raw, operation.path
    name = raw["operationId"]
    names = [one["name"] for one in raw.get("parameters", ()) if one["in"] == "path"]
    places = {
        one: value or "none" for one, value in places_of(town, name, path, names, role, chance, 1.0).items()
    }
    if name in EARLY:
        kind, number = EARLY[name]
        mine = [thing.id for thing in town.things[kind] if thing.owner == town.party(role)]
        places["id"] = mine[number] if len(mine) > number else "none"
    content = raw.get("requestBody", {}).get("content", {})
    media = JSON if JSON in content else next(iter(content), None)
    body = _right_body(town, operation, name, role, content, media)
    headers = {}
    for one in raw.get("parameters", ()):
        if one["name"] == "Idempotency-Key":
            headers["Idempotency-Key"] = f"{name}-{role}-{chance.getrandbits(64)}"
        if one["name"] == "If-Match":
            headers["If-Match"] = "*"
    query = dict(ASKED.get(name, {}))
    if name in NAMES_ENTERPRISE and body is NOT_SET and role in town.firms:
        query["enterprise"] = town.firms[role]
    return operation.Case(
        path_parameters=places,
        headers=headers,
        query=query,
        body=body,
        media_type=media if body is not NOT_SET else None,
    )


def _right_body(
    town: Town, operation: Any, name: str, role: str, content: Mapping[str, Any], media: str | None
) -> Any:
    if media is None:
        return NOT_SET
    if name == "putSchemeDraft":
        party = town.party(role)
        return json.loads(draft_of(party if party in ISSUER_KINDS else "prefecture"))
    if name == "addEvidence":
        return {"question": "a1", "kind": "minutes", "dated": "2026-10-01", "file": papers.PDF}
    if name == "createDecisionBatch":
        return {"scheme": SCHEME, "enterprise": town.house.parties.ids["first"]}
    if name in RIGHT:
        body = copy.deepcopy(RIGHT[name])
    else:
        examples = list(content[media].get("examples", {}).values())
        body = copy.deepcopy(examples[0]["value"]) if examples else {}
    if name == "createConsent":
        body["recipient"] = town.house.parties.ids["bank"]
    if name == "createConsentRequest":
        body["enterprise"] = town.firms["operator"]
    elif name == "createDecision":
        body["enterprise"] = town.house.parties.ids["first"]
    elif name in NAMES_ENTERPRISE and role in town.firms:
        body["enterprise"] = town.firms[role]
    if name == "chooseOrganisation":
        body = {"organisation": town.house.parties.ids[town.party(role)] if role != NOBODY else "org_none"}
    return body


def aimed(town: Town, case: Any, role: str, chance: random.Random) -> Any:
    """What schemathesis made, mostly with things that are there in the place of what it made up."""
    operation = case.operation
    raw, path = operation.definition.raw, operation.path
    name = raw["operationId"]
    places = dict(case.path_parameters or {})
    found = places_of(town, name, path, places, role, chance, 0.7)
    # Either all that are there, or what was made up.
    if chance.random() < 0.85:
        places |= {one: value for one, value in found.items() if value}
    headers = dict(case.headers or {})
    if "Idempotency-Key" in headers and chance.random() < 0.7:
        headers["Idempotency-Key"] = f"k{chance.getrandbits(64)}"
    if "If-Match" in headers and chance.random() < 0.7:
        headers["If-Match"] = "*"
    query = dict(case.query or {})
    if (
        name in NAMES_ENTERPRISE
        and "enterprise" not in query
        and role in town.firms
        and chance.random() < 0.5
    ):
        query["enterprise"] = town.firms[role]
    for one, kind in MEMBERS.items():
        if one in query and chance.random() < 0.7:
            query[one] = town.one_of(kind, role, chance) or query[one]
    body = case.body
    if isinstance(body, dict):
        body = dict(body)
        for one, kind in MEMBERS.items():
            if one in body and chance.random() < 0.7:
                body[one] = town.one_of(kind, role, chance) or body[one]
    return operation.Case(
        path_parameters=places, headers=headers, query=query, body=body, media_type=case.media_type
    )


def learn(town: Town, role: str, operation: str, case: Any, reply: Reply) -> None:
    """Remember what was made, so that later requests meet it."""
    if operation in MADE:
        within = (case.path_parameters or {}).get("id") if MADE[operation] in SUBORDINATE else None
        town.keep(MADE[operation], role, reply.json()["id"], within=within)
    if operation == "createConsentRequest":
        town.keep(MADE[operation], _acting_for(town, case.body["enterprise"]), reply.json()["id"])
    if operation == "createEnterprise":
        # An enterprise is an organisation of that kind.
        town.keep("organisations", role, reply.json()["id"])


def _acting_for(town: Town, firm: str) -> str:
    """The role that can answer for a firm."""
    return next((role for role, own in town.firms.items() if own == firm), "operator")
