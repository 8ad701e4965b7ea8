"""Lists in pages: ``?limit=`` and an opaque ``?cursor=``, answered with ``next_cursor`` and a ``Link`` (RFC 8288)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlencode

from fastapi import Depends, Query
from starlette.requests import Request

from rbc_assess.api.problems import Refusal
from rbc_assess.api.validation import ParameterProblem

LARGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50

_BAD_CURSOR: Final = {
    "en": "Use a cursor exactly as an earlier answer gave it.",
    "ja": "cursorには、前の応答にあった値をそのまま使ってください。",
}
_OF_AUDIT: Final = ("until", "organisation", "action", "object")
_KEPT: Final = ("limit", "enterprise", "lang", "mode", "scheme", "outcome", "since", *_OF_AUDIT)
"""What a link to the next page repeats: what lists declare, never whatever else was sent."""
_PLACE: Final = re.compile(r"[\x21-\x7e]{1,200}")


class Page(NamedTuple):
    """Which part of a list is wanted: at most ``limit`` items after the place that ``cursor`` wraps."""

    limit: int
    cursor: str | None

    @property
    def after(self) -> str | None:
        """The place of the last item before; read only when the handler asks, after the caller's 401 and 403.

        Raises:
            Refusal: the cursor is none of ours (400).
        """
        return None if self.cursor is None else read_cursor(self.cursor)


async def _page(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Items on a page.")] = USUAL_PAGE,
    cursor: Annotated[str | None, Query(description="From `next_cursor` of the page before.")] = None,
) -> Page:
    return Page(limit, cursor)


WantedPage = Annotated[Page, Depends(_page)]


def write_cursor(place: str) -> str:
    """Wrap the place of a page's last item. Opaque: its form may change, and it holds nothing secret."""
    return base64.urlsafe_b64encode(b"1:" + place.encode()).rstrip(b"=").decode("ascii")


def read_cursor(cursor: str) -> str:
    """Unwrap a cursor.

    Raises:
        Refusal: it is none of ours (400).
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        version, _, place = (
            base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition(":")
        )
    except (ValueError, binascii.Error):
        version, place = "", ""
    if version != "1" or not _PLACE.fullmatch(place):
        raise Refusal("bad-request", ParameterProblem("cursor", "bad-cursor", _BAD_CURSOR))
    return place


def page_document(items: Sequence[object], next_place: str | None) -> dict[str, object]:
    """The body of a page."""
    return {"items": list(items), "next_cursor": None if next_place is None else write_cursor(next_place)}


def link_to_next(request: Request, next_place: str | None) -> dict[str, str]:
    """The ``Link`` header to the next page, relative to the address asked; none on the last."""
    if next_place is None:
        return {}
    asked = request.query_params
    query = {name: asked[name] for name in _KEPT if name in asked} | {"cursor": write_cursor(next_place)}
    target = f"{request.scope['path']}?{urlencode(query)}"
    return {"Link": f'<{target}>; rel="next"'}
