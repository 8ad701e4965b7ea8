"""Two small countries whose laws differ, for tests of what a document takes from the law."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any, Final

from tests.core.tiny import text

from rbc_assess.core.country import Country


def dated(value: object, from_: str = "2020-01-01", *, verified: bool = True) -> dict[str, Any]:
    return {
        "from": from_,
        "value": value,
        "source": "Somebody's page",
        "as_of": "2026-11-22",
        "verified": verified,
    }


def parameter(unit: str, *values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": text("A parameter"), "unit": unit, "values": list(values), **more}


JP: Final[dict[str, Any]] = {
    "format": "rbc-country/1",
    "id": "JP",
    "edition": "2026.11",
    "status": "published",
    "title": text("Japan"),
    "time_zone": "Asia/Tokyo",
    "parameters": {
        "ot_month_max": parameter("hours_per_month", dated(45), dated(40, "2026-12-01")),
        "work_rules_threshold": parameter("employees", dated(10)),
        "customer_harassment_duty_from": parameter("date", dated("2026-10-01", "2025-06-11")),
        "disability_quota": parameter("employees", dated(Decimal("37.5"), verified=False)),
        "notes_banned": parameter("flag", dated(value=True)),
        "min_wage_hour": parameter(
            "jpy_per_hour",
            regions={
                "JP-13": [dated(1226, "2025-10-03"), dated(1280, "2026-10-01", verified=False)],
                "JP-39": [dated(1023, "2025-12-01")],
            },
        ),
    },
}

VN: Final[dict[str, Any]] = {
    **copy.deepcopy(JP),
    "id": "VN",
    "title": text("Viet Nam"),
    "time_zone": "Asia/Ho_Chi_Minh",
    "parameters": {"min_wage_hour": parameter("vnd_per_hour", dated(25500, "2026-01-01"))},
}


def country(tree: dict[str, Any] = JP) -> Country:
    return Country.read(copy.deepcopy(tree))
