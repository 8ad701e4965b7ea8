"""What browsers send by themselves: cookies, and from which page a request came.

A cookie travels with whatever a page makes a browser send, so where one says who is calling, a request that changes
something must come from a page of ours: ``Sec-Fetch-Site`` (W3C Fetch Metadata) and ``Origin`` (RFC 6454) tell.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Scope

from rbc_assess.api.desk import desk_of
from rbc_assess.api.scopes import header, headers
from rbc_assess.errors import CrossSite, NotSignedIn
from rbc_assess.identity import Slip, is_mark, read_slip

SESSION: Final = "__Host-rbc-session"
BROWSER: Final = "__Host-rbc-browser"
"""Holds a mark that binds a link to the browser in which it was asked for; it tells nothing else."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS: Final = {"http": 80, "https": 443}
_LONGEST_NAME: Final = 200


def origin_of(address: str) -> str:
    """The origin of a web address, as a browser writes it: no default port, lower case."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def cookies(scope: Scope, name: str) -> list[str]:
    """All values of a cookie; an honest browser sends one."""
    pairs = [pair for line in headers(scope, b"cookie") for pair in line.split(";")]
    split = [pair.strip().partition("=") for pair in pairs]
    return [value for found, _, value in split if found == name]


def cookie(name: str, value: str, seconds: int) -> str:
    """Write ``Set-Cookie``: for this host alone, over TLS alone, out of reach of scripts."""
    return f"{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def session_shown(scope: Scope) -> Slip | None:
    """The session that a browser says it is signed in by; None if it says nothing.

    Raises:
        NotSignedIn: what it says is no session of ours.
    """
    values = cookies(scope, SESSION)
    if not values:
        return None
    slip = read_slip("ses", values[0]) if len(values) == 1 else None
    if slip is None:
        raise NotSignedIn
    return slip


def mark_shown(scope: Scope) -> str | None:
    """The mark by which a link was bound to this browser, if it has one."""
    values = cookies(scope, BROWSER)
    return values[0] if len(values) == 1 and is_mark(values[0]) else None


def name_of_browser(scope: Scope) -> str:
    """What a browser calls itself, as far as it can be read: for the list of sessions, never for a decision."""
    said = header(scope, b"user-agent") or ""
    return "".join(sign for sign in said if " " <= sign <= "~")[:_LONGEST_NAME]


def require_own_page(scope: Scope, origin: str, *, say_so: bool) -> None:
    """Stop a request that changes something and comes from a page that is not ours.

    With ``say_so`` it has to tell where it comes from, which every browser does; without it, it may be silent.

    Raises:
        CrossSite: it comes from elsewhere.
    """
    if scope["method"] in _SAFE:
        return
    sites, origins = headers(scope, b"sec-fetch-site"), headers(scope, b"origin")
    if any(site != "same-origin" for site in sites) or any(one != origin for one in origins):
        raise CrossSite
    if say_so and not sites and not origins:
        raise CrossSite


async def same_site(request: Request) -> None:
    """The dependency of calls that sign somebody in: nobody is signed in from another site's page."""
    require_own_page(request.scope, desk_of(request).origin, say_so=False)
