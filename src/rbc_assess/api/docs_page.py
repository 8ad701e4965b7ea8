"""``/docs``: Swagger UI from our own files. The page asks no other host for anything, and its CSP forbids it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.caching import SHORT, Prepared
from rbc_assess.api.callers import Open
from rbc_assess.errors import NotFound

ASSETS: Final = Path(__file__).parent / "assets" / "swagger-ui"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI sets style attributes and draws its icons from data: addresses; scripts come from here alone."""

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>RBC assess: the HTTP API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>The contract of this API is <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""

# validatorUrl: null, or the page would ask a validator on another host for a badge.
_START: Final = """"use strict";
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false
});
"""

_MEDIA_TYPES: Final = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon-32x32.png": "image/png",
}


def _page(body: str, media_type: str) -> Prepared:
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return Prepared(body.encode(), media_type=media_type, cache=SHORT, headers=headers)


@cache
def _files() -> Mapping[str, Prepared]:
    return {
        "": _page(_PAGE, "text/html; charset=utf-8"),
        "start.js": _page(_START, "text/javascript; charset=utf-8"),
        **{
            name: Prepared((ASSETS / name).read_bytes(), media_type=media_type, cache=SHORT)
            for name, media_type in _MEDIA_TYPES.items()
        },
    }


router = APIRouter()


@router.get("/docs", include_in_schema=False)
async def read_docs(request: Request, _: Open) -> Response:
    """The page."""
    return _files()[""].answer(request.scope)


@router.get("/docs/{name}", include_in_schema=False)
async def read_docs_file(request: Request, _: Open, name: str) -> Response:
    """One of the page's files."""
    file = _files().get(name)
    if file is None:
        raise NotFound
    return file.answer(request.scope)
