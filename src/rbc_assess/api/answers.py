"""Answers as bytes, written once: ``orjson`` for values that the workflows have already put in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import orjson
from starlette.responses import Response

NO_STORE = {"Cache-Control": "no-store"}


def wire_figure(tenths: int) -> float:
    """Write a figure for the wire: 713 -> 71.3. Every tenth up to 100 survives as the nearest double."""
    return tenths / 10


def wire_number(thousandths: int) -> int | float:
    """Write points and weights for the wire: 1200 -> 1.2, 1000 -> 1."""
    return thousandths // 1000 if thousandths % 1000 == 0 else thousandths / 1000


def wire_time(moment: datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond: ``2026-11-22T09:30:00.000Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def as_bytes(document: object) -> bytes:
    """Write a document as compact JSON; decimals become JSON numbers."""
    return orjson.dumps(document, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def answer(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a document that is for this caller alone: it is never stored on the way."""
    return Response(as_bytes(document), status, {**NO_STORE, **(headers or {})}, "application/json")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | frozenset):
        return list(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
