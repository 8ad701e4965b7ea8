"""``/problems`` and ``/problems/<code>``: what each ``type`` means and what a caller can do, for people to read."""

from __future__ import annotations

from functools import cache
from html import escape

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.caching import SHORT, Prepared
from rbc_assess.api.callers import Open
from rbc_assess.api.problem_kinds import KINDS
from rbc_assess.api.scopes import language_of
from rbc_assess.errors import NotFound

_HEADING = {"en": "Kinds of problem", "ja": "エラーの種類"}
_BACK = {"en": "All kinds", "ja": "すべての種類"}


router = APIRouter()


@router.get("/problems", include_in_schema=False)
async def list_problem_kinds(request: Request, _: Open) -> Response:
    """Every kind of problem."""
    return _list(language_of(request.scope)).answer(request.scope)


@router.get("/problems/{code}", include_in_schema=False)
async def read_problem_kind(request: Request, _: Open, code: str) -> Response:
    """One kind of problem."""
    kind = KINDS.get(code)
    if kind is None:
        raise NotFound
    return _entry(kind.code, language_of(request.scope)).answer(request.scope)


def _page(language: str, body: str, title: str) -> Prepared:
    html = (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title></head>'
        f"<body><main>{body}</main></body></html>\n"
    )
    return Prepared(
        html.encode(),
        media_type="text/html; charset=utf-8",
        cache=SHORT,
        vary="Accept-Language, Accept-Encoding",
        headers={"Content-Language": language},
    )


@cache
def _entry(code: str, language: str) -> Prepared:
    kind = KINDS[code]
    body = (
        f"<h1>{escape(kind.title[language])}</h1><p><code>{kind.code}</code> ({kind.status})</p>"
        f"<p>{escape(kind.advice[language])}</p>"
        f'<p><a href="/problems">{escape(_BACK[language])}</a></p>'
    )
    return _page(language, body, kind.title[language])


@cache
def _list(language: str) -> Prepared:
    rows = "".join(
        f'<li><a href="/problems/{kind.code}"><code>{kind.code}</code></a> ({kind.status}): '
        f"{escape(kind.title[language])}</li>"
        for kind in KINDS.values()
    )
    return _page(language, f"<h1>{escape(_HEADING[language])}</h1><ul>{rows}</ul>", _HEADING[language])
