"""The whole application in this process, asked through ASGI without a network between."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp
from tests.promises.wire import Reply


async def ask(
    app: ASGIApp, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Reply:
    """Send one request through the whole stack, gate and all; what the stack raises is raised here."""
    said = {"host": "service.example", "content-type": "application/json", **(headers or {})}
    return await ask_exactly(app, method, path, body, said)


async def ask_exactly(
    app: ASGIApp, method: str, target: str, body: bytes, headers: Mapping[str, str]
) -> Reply:
    """Send one request with these headers and no others; ``target`` is a path as it is sent, and its query."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    incoming = iter([{"type": "http.request", "body": body, "more_body": False}])
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return next(incoming, {"type": "http.disconnect"})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    answered = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(start["status"], answered, b"".join(message.get("body", b"") for message in rest))


async def ask_json(app: ASGIApp, method: str, path: str, tree: object, headers: Mapping[str, str]) -> Any:
    """Send a request that must succeed, and read its answer."""
    reply = await ask(app, method, path, json.dumps(tree).encode(), headers)
    assert reply.status < 300, (method, path, reply)
    return reply.json()
