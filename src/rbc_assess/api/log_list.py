"""What may stand in the log: a list of keys, each with the form of what it may hold. Anything else stays out.

A key that is not listed, or holds something of another form, is left away; its name goes into ``dropped``, so that
whoever wrote the line sees it. So neither an answer nor a secret gets into the log by a slip: no listed form has
room for a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final

UNKNOWN: Final = "unlisted"
"""What stands in place of an event that is not listed."""
_MOST_DROPPED: Final = 10
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_CREDENTIAL: Final = re.compile(r"rbc_(live|test|secret)_|whsec_|://", re.ASCII)
"""What begins a key, a secret that signs, or an address with a password in it; some callers choose request ids."""


def _text(pattern: str) -> Callable[[object], bool]:
    form = re.compile(pattern, re.ASCII)
    return lambda value: (
        isinstance(value, str) and form.fullmatch(value) is not None and _CREDENTIAL.search(value) is None
    )


def _texts(pattern: str) -> Callable[[object], bool]:
    one = _text(pattern)
    return lambda value: isinstance(value, list) and len(value) <= 20 and all(map(one, value))


def _figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


EVENTS: Final[Mapping[str, str]] = {
    "request": "a request has been answered, or its client went away (status 0)",
    "crash": "an unforeseen fault: its class, and the places in the code",
    "job": "a try of a job in the background has ended",
    "audit checkpoint": "the audit trail was signed",
    "mail": "a mail was not sent",
}
"""What is told, and what it means."""

KEYS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "request_id": (
        _text(r"[A-Za-z0-9._-]{1,128}"),
        "id of a request, also in its answer and in the audit trail",
    ),
    "method": (_text(r"[A-Z]{1,16}"), "method of HTTP"),
    "route": (_text(r"[A-Za-z0-9/{}._:-]{0,200}"), "route as it is declared, without its ids"),
    "status": (_figure, "status of HTTP"),
    "milliseconds": (_figure, "how long it took"),
    "job": (_text(r"job_[0-9a-f-]{36}"), "id of a job"),
    "kind": (_text(r"[A-Za-z0-9_.<>-]{1,100}"), "kind of a job, or class of a fault"),
    "end": (_text(r"[a-z_ -]{1,32}"), "how it ended"),
    "number": (_figure, "number of a checkpoint, or of a try to send a mail"),
    "entries": (_figure, "entries of the audit trail"),
    "key": (_text(r"[A-Za-z0-9_-]{1,64}"), "id of the key that signed"),
    "sha256": (_text(r"[0-9a-f]{64}"), "hash of a checkpoint"),
    "signature": (_text(r"[A-Za-z0-9+/=]{1,120}"), "signature of a checkpoint"),
    "places": (_texts(r"[\w/.<>@ +-]{1,300}:\d{1,6} [\w<>]{1,80}"), "file, line and name of function"),
    "fault": (
        _text(r"[A-Za-z0-9_.-]{1,64}|RBC_[A-Z_]{1,40} is not set|too many wait"),
        "class or code of a fault, or what is not set",
    ),
}
"""What a line may hold, in which form, and what it means. The program adds ``level``, ``timestamp`` and ``dropped``."""


def keep_to_the_list(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Leave away what is not listed; a processor of structlog, to stand before all others."""
    kept: dict[str, Any] = {"event": event.get("event")}
    dropped = []
    if kept["event"] not in EVENTS:
        kept["event"] = UNKNOWN
    for key, value in event.items():
        if key == "event":
            continue
        known = KEYS.get(key)
        if known is not None and known[0](value):
            kept[key] = value
        elif value is not None:
            dropped.append(key if _NAME.fullmatch(key) else "?")
    if dropped:
        kept["dropped"] = sorted(dropped)[:_MOST_DROPPED]
    return kept
