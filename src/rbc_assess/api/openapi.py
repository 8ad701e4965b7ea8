"""The contract: OpenAPI 3.1 out of the routes, completed with what our own markers in the signatures say.

``python -m rbc_assess.api.openapi`` prints it; ``openapi.json`` in the tree is compared with that by a test.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from rbc_assess.api.body import JsonBody
from rbc_assess.api.browsers import SESSION as SESSION_COOKIE
from rbc_assess.api.browsers import same_site
from rbc_assess.api.callers import Permission, SignedInAlone, marker_of
from rbc_assess.api.example_answers import ANSWERS
from rbc_assess.api.form_body import FormBody
from rbc_assess.api.idempotency import NAME as IDEMPOTENCY_KEY
from rbc_assess.api.idempotency import OPTIONAL, REPLAYED, REQUIRED
from rbc_assess.api.lines import LinesBody
from rbc_assess.api.openapi_statuses import body_of, problem_statuses, queries, scheme_body_of, uses
from rbc_assess.api.openapi_webhooks import webhooks
from rbc_assess.api.preconditions import IF_MATCH, read_if_match
from rbc_assess.api.problem_kinds import KINDS
from rbc_assess.api.problem_model import ProblemDocument
from rbc_assess.api.scheme_body import JSON, YAML, SchemeBody
from rbc_assess.api.wire_batches import BatchItem
from rbc_assess.identity import SCOPE_MEANINGS, Scope

API_VERSION: Final = "1.0.0"
"""Version of the contract; the path carries its first number."""

TAGS: Final = (
    ("anyone", "Published documents and scoring without a key; nothing is stored."),
    ("enterprise", "An enterprise's drafts, submissions and consents, for itself or whoever acts for it."),
    ("government", "Decisions by schemes, about enterprises that have consented."),
    ("lender", "Decisions by schemes and their terms, about enterprises that have consented."),
    ("author", "Formats and criteria for those who write questionnaires."),
    ("person", "People sign in, and look after their own sessions."),
    ("operator", "Organisations, their keys and their programs."),
    ("operations", "Is the service alive and ready?"),
)

DESCRIPTION: Final = (
    "Self-assessment of responsible business conduct for small firms: published questionnaires, exact scores with "
    "their arithmetic, drafts and submissions.\n\n"
    "Faults are `application/problem+json` (RFC 9457). Sentences come in English or Japanese (`?lang=` over "
    "`Accept-Language`); codes never depend on the language. Try `POST /v1/score` first: it needs no key."
)

BEARER, GRANT, BASIC, SESSION = "apiKey", "accessToken", "clientSecret", "session"
"""Names of the ways to show who is calling."""

HEADERS: Final = {
    "X-Request-Id": "Yours, if you sent a sane one, else ours; it is in our log.",
    "Location": "The address of what was made.",
    REPLAYED: "`true` where the request had been carried out before, and nothing was done again.",
    "Link": '`rel="next"` leads to the next page (RFC 8288).',
    "ETag": "Names this state or these bytes.",
    "RateLimit-Policy": 'The quota and its window in seconds, such as `"calls";q=120000;w=60`.',
    "RateLimit": 'What is left of it and for how many seconds, such as `"calls";r=119999;t=42`.',
}

SPOKEN: Final = frozenset(
    {
        *("getAnswers", "changeAnswers", "scoreAnswers", "previewEdition", "changeEdition", "getPlan"),
        *(
            "createConsent",
            "listDisclosures",
            "createConsentRequest",
            "listConsentRequests",
            "getConsentRequest",
        ),
        *("declineConsentRequest", "withdrawConsentRequest"),
        *("addEvidence", "listEvidence", "getEvidence", "checkEvidence"),
        *("declineConsentRequest", "withdrawConsentRequest", "getPortfolio", "exportPortfolio"),
        *("getConsentReceipt",),
        *("createDecision", "getDecision", "checkScheme", "getDecisionBatchItems"),
        *("putSchemeDraft", "getSchemeDraft", "checkSchemeDraft"),
    }
)
"""Answers with sentences for people; the gate's ``lang`` chooses their language."""
LANG: Final = {
    "name": "lang",
    "in": "query",
    "required": False,
    "description": "Language of the sentences, over `Accept-Language`.",
    "schema": {"type": "string", "title": "Lang"},
    "example": "ja",
}

Operation = dict[str, Any]


def contract(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """Describe the routes."""
    schema = get_openapi(
        title="RBC assess",
        version=API_VERSION,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=routes,
        tags=[{"name": name, "description": text} for name, text in TAGS],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = schema.setdefault("components", {})
    shown = [route for route in routes if isinstance(route, APIRoute) and route.include_in_schema]
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {name: part for name, part in _body_schemas(shown).items() if name not in schemas}
    components["securitySchemes"] = {
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "rbc_<env>_<key id>_<secret>_<crc32>",
            "description": "An API key. `test` keys see test data alone.",
        },
        GRANT: {
            "type": "oauth2",
            "description": "An access token in the place of an API key; see `/.well-known/oauth-authorization-server`.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/oauth/token",
                    "scopes": {scope.value: SCOPE_MEANINGS[scope]["en"] for scope in Scope},
                }
            },
        },
        BASIC: {
            "type": "http",
            "scheme": "basic",
            "description": "A client's id and secret, in the sandbox, for a token.",
        },
        SESSION: {
            "type": "apiKey",
            "in": "cookie",
            "name": SESSION_COOKIE,
            "description": "A signed-in person's browser. What changes something has to come from a page of this "
            "service: `Sec-Fetch-Site: same-origin`, or its `Origin`.",
        },
    }
    statuses: set[int] = set()
    for route in shown:
        for method in route.methods or ():
            operation = schema["paths"][route.path_format][method.lower()]
            statuses |= _complete(operation, route)
    components["responses"] = {f"Problem{status}": _problem_response(status) for status in sorted(statuses)}
    components["schemas"] = dict(sorted(schemas.items()))
    schema["webhooks"] = webhooks()
    return schema


def _body_schemas(routes: Sequence[APIRoute]) -> dict[str, Any]:
    models: list[type[BaseModel]] = [ProblemDocument, BatchItem]
    models += [body.model for route in routes if (body := body_of(route)) is not None]
    _, definitions = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/components/schemas/{model}",
    )
    return dict(definitions["$defs"])


def _complete(operation: Operation, route: APIRoute) -> set[int]:
    """Add body, security and problem answers to an operation; gives the statuses of the problems."""
    responses = operation["responses"]
    # FastAPI's own 422 describes a shape that never leaves this service.
    responses.pop("422", None)
    statuses = set(problem_statuses(route))
    body = body_of(route)
    if body is not None:
        schema: dict[str, Any] = {"$ref": f"#/components/schemas/{body.model.__name__}"}
        if isinstance(body, LinesBody):
            # OpenAPI 3.1 has no words for one JSON value per line; the schema of a line is named.
            schema = {"type": "string", "contentMediaType": body.media_type, "contentSchema": schema}
        media: dict[str, Any] = {"schema": schema}
        if body.examples:
            media["examples"] = dict(body.examples)
        required = not (isinstance(body, JsonBody) and body.optional)
        operation["requestBody"] = {"required": required, "content": {body.media_type: media}}
    scheme_body = scheme_body_of(route)
    if scheme_body is not None:
        operation["requestBody"] = {"required": True, "content": _scheme_content(scheme_body)}
    _show_callers(operation, route)
    if route.operation_id in SPOKEN:
        operation.setdefault("parameters", []).append(dict(LANG))
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in {IF_MATCH, IDEMPOTENCY_KEY}:
            needed = read_if_match if parameter["name"] == IF_MATCH else REQUIRED
            # A first draft of a scheme has no tag yet.
            parameter["required"] = uses(route, needed) and scheme_body is None
    _show_answer(operation, route)
    if scheme_body is not None:
        responses["201"] = {**responses["200"], "description": "The same, where there was no draft before."}
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    responses["default"] = {"$ref": "#/components/responses/Problem500"}
    return statuses | {500}


def _show_callers(operation: Operation, route: APIRoute) -> None:
    """Add by what a caller shows who it is."""
    marker = marker_of(route)
    if isinstance(marker, Permission):
        operation["security"] = [{BEARER: []}, {GRANT: [marker.scope.value]}, {SESSION: []}]
        kinds = ", ".join(sorted(marker.kinds))
        operation["description"] = (
            f"{operation.get('description', '')}\n\nFor: {kinds}. Scope: `{marker.scope}`.".strip()
        )
    elif isinstance(marker, SignedInAlone):
        operation["security"] = [{SESSION: []}]
    elif isinstance(body_of(route), FormBody):
        # A client shows who it is by an assertion in the form, or by its secret.
        operation["security"] = [{}, {BASIC: []}]


def _show_answer(operation: Operation, route: APIRoute) -> None:
    """Add the named example and the headers of the answer that is hoped for."""
    status = str(route.status_code or 200)
    answered = operation["responses"][status]
    answered["description"] = route.summary or ""
    model = getattr(route.response_model, "__name__", "")
    if model in ANSWERS:
        shown = {"example": {"summary": route.summary or model, "value": ANSWERS[model]}}
        answered["content"]["application/json"]["examples"] = shown
    names = ["X-Request-Id"]
    names += ["Location"] if status in {"201", "202"} else []
    names += [REPLAYED] if uses(route, OPTIONAL) or uses(route, REQUIRED) else []
    limited = isinstance(marker_of(route), Permission | SignedInAlone) or uses(route, same_site)
    limited = limited or isinstance(body_of(route), FormBody)
    names += ["RateLimit-Policy", "RateLimit"] if limited else []
    names += ["Link"] if "cursor" in queries(route) else []
    published = not model and not isinstance(marker_of(route), Permission)
    names += ["ETag"] if published or model in {"DraftAnswers", "SchemeDraftDocument", "SchemeChecks"} else []
    answered["headers"] = {
        name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in names
    }
    if "ETag" in names and not model:
        unchanged = {"ETag": answered["headers"]["ETag"]}
        operation["responses"]["304"] = {"description": "`If-None-Match` names it.", "headers": unchanged}


def _scheme_content(body: SchemeBody) -> dict[str, Any]:
    """The text of a scheme is described by ``/schemas/rbc-scheme-1.json``: it may be sent as a text or as JSON."""
    schemas = {YAML: {"type": "string"}, JSON: {"type": "object"}}
    return {
        media: {"schema": schema, "examples": dict(body.examples[media])} for media, schema in schemas.items()
    }


def _problem_response(status: int) -> dict[str, Any]:
    examples: dict[str, Mapping[str, Any]] = {}
    for kind in KINDS.values():
        if kind.status == status:
            value: dict[str, Any] = {
                "type": kind.type_uri,
                "title": kind.title["en"],
                "status": kind.status,
                "detail": kind.advice["en"],
                "request_id": "req_5f2b8c1d9e3a4f6071829304",
            }
            examples[kind.code] = {"summary": kind.title["en"], "value": value}
    headers: dict[str, Any] = {}
    if status in {409, 429, 503, 507}:
        when = "Seconds to wait; only with `still-at-work`." if status == 409 else "Seconds to wait."
        headers["Retry-After"] = {"description": when, "schema": {"type": "integer"}}
    if status == 429:
        for name in ("RateLimit-Policy", "RateLimit"):
            headers[name] = {"description": HEADERS[name], "schema": {"type": "string"}}
    if status == 401:
        headers["WWW-Authenticate"] = {"description": "RFC 6750.", "schema": {"type": "string"}}
    response: dict[str, Any] = {
        "description": "; ".join(example["summary"] for example in examples.values()),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                "examples": examples,
            }
        },
    }
    return {**response, "headers": headers} if headers else response


def contract_text(routes: Sequence[BaseRoute]) -> str:
    """The contract as it stands in the tree: two spaces, one trailing newline."""
    return json.dumps(contract(routes), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Print the contract."""
    from rbc_assess.api.routes import all_routes

    sys.stdout.write(contract_text(all_routes()))


if __name__ == "__main__":
    main()
