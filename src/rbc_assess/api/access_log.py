"""One line per request, as JSON. Never a query string, an id, a body or a secret: the route says enough.

What else may be told, and in which form, is listed in ``api.log_list``.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

import orjson
import structlog

from rbc_assess.api.log_list import keep_to_the_list


class _Lines(structlog.BytesLogger):
    """Writes lines. One that cannot be written (a full disk, a reader that is gone) is lost, and no answer with it."""

    def msg(self, message: bytes) -> None:
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = msg


def write_logs_as_json() -> None:
    """Send the service's log to standard output, one JSON object a line."""
    structlog.configure(
        processors=PROCESSORS,
        logger_factory=lambda *_: _Lines(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )


def _as_json(event: MutableMapping[str, Any], **_: object) -> bytes:
    return orjson.dumps(event)


PROCESSORS: Final = (
    keep_to_the_list,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.JSONRenderer(serializer=_as_json),
)
"""What a line goes through; what may not be told is left away first."""


_log = structlog.get_logger("rbc_assess.api")


def log_request(request_id: str, method: str, route: str, status: int, seconds: float) -> None:
    """Say that a request has ended; status 0 means that the client went away first."""
    _log.info(
        "request",
        request_id=request_id,
        method=method,
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )


def log_try(job: str, kind: str, end: str, seconds: float) -> None:
    """Say how a try of a job in the background ended."""
    _log.info("job", job=job, kind=kind, end=end, milliseconds=round(seconds * 1000, 1))


def log_checkpoint(number: int, entries: int, key: str, digest: str, signature: str) -> None:
    """Say that the audit trail was signed: a copy of the log can be held against the database later."""
    _log.info("audit checkpoint", number=number, entries=entries, key=key, sha256=digest, signature=signature)


def log_crash(request_id: str, crash: BaseException) -> None:
    """Say where an unforeseen fault arose: its class and places in the code. Its message may hold values."""
    _log.error(
        "crash", request_id=request_id, kind=type(crash).__qualname__, places=_places(crash.__traceback__)
    )


def _places(traceback: TracebackType | None) -> list[str]:
    places: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-20:]
