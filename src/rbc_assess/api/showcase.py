"""The shortest way to what is published for good: found by its address alone, before any routing.

Every client of a questionnaire asks for these few documents, and nothing about the answer depends on who asks. The
routes of the same addresses stay: they describe them in the contract and answer all the rest, such as ``?lang=``.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from rbc_assess.api.caching import Prepared


class Showcase:
    """Answers ``GET`` of the shown addresses itself and hands everything else on."""

    def __init__(self, app: ASGIApp, shown: Mapping[str, tuple[str, Prepared]]) -> None:
        self._app = app
        self._shown = shown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]:
            found = self._shown.get(scope["path"])
            if found is not None:
                scope["route"], prepared = found
                await prepared.answer(scope)(scope, receive, send)
                return
        await self._app(scope, receive, send)
