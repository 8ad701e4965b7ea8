"""The log: what is listed gets in, and nothing else, whatever somebody hands to it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
import structlog

from rbc_assess.api.access_log import PROCESSORS
from rbc_assess.api.log_list import EVENTS, KEYS, UNKNOWN, keep_to_the_list

CANARIES = (
    "rbc_test_k7f3m2q9x1zr_4e8b1c0d2f6a7b9c3d5e1f0a8b7c6d5e_1a2b3c4d",
    "whsec_Q0FOQVJZLUNBTkFSWS1DQU5BUlktQ0FOQVJZLUNBTkFSWQ==",
    "丸山縫製は残業代を払っていません",
    "The workers were not paid for March.",
    "postgresql://rbc:hunter2@db.example.jp/rbc",
)
"""Keys, secrets and answers, as they must never be told."""


def line(event: str, **said: Any) -> dict[str, Any]:
    log = structlog.wrap_logger(structlog.ReturnLogger(), processors=list(PROCESSORS))
    told = json.loads(log.info(event, **said))
    assert isinstance(told, dict)
    return told


@pytest.mark.parametrize("canary", CANARIES)
def test_no_answer_and_no_secret_gets_into_the_log(canary: str) -> None:
    slips: list[dict[str, Any]] = [
        {"event": canary},
        {"event": f"could not read {canary}"},
        *(
            {"event": "request", name: canary}
            for name in ("answer", "authorization", "body", "note", "url", canary)
        ),
        *({"event": "request", name: {"value": canary}} for name in ("route", "fault", "answers")),
        *({"event": "request", name: [canary]} for name in ("places", "errors", "route")),
        {"event": "request", "request_id": canary},
        {"event": "crash", "exc_info": ValueError(canary)},
        {"event": "request", "places": [f"{n} {canary}" for n in range(30)]},
    ]
    for slip in slips:
        written = json.dumps(line(**slip), ensure_ascii=False)
        assert canary not in written, slip
        assert "dropped" in written or UNKNOWN in written, slip


@pytest.mark.parametrize(
    "name", ["status", "milliseconds", "job", "sha256", "route", "method", "end", "places", "fault"]
)
def test_a_listed_key_holds_its_form_and_no_sentence(name: str) -> None:
    for canary in CANARIES[2:]:
        assert line("job", **{name: canary})["dropped"] == [name]


def test_what_is_listed_is_told() -> None:
    said = {
        "request_id": "req_0a1b2c3d4e5f",
        "method": "GET",
        "route": "/v1/decisions/{decision}",
        "status": 200,
    }
    told = line("request", **said, milliseconds=1.5)
    assert told == {
        **said,
        "milliseconds": 1.5,
        "event": "request",
        "level": "info",
        "timestamp": told["timestamp"],
    }
    assert "dropped" not in line("request", request_id=None)


def test_what_is_left_away_is_named() -> None:
    told = line("job", kind="decision.batch", answers={"q": "no"}, name="丸山縫製")
    assert told["kind"] == "decision.batch"
    assert told["dropped"] == ["answers", "name"]
    assert line("request", **{"A secret: 1234": "x"})["dropped"] == ["?"]
    assert len(line("request", **{f"k{'x' * n}": "1" for n in range(30)})["dropped"]) == 10


def test_a_line_is_json_with_its_time_in_utc() -> None:
    told = line("crash", kind="ValueError", places=["/srv/rbc_assess/api/gate.py:12 _answer"])
    assert datetime.fromisoformat(told["timestamp"]).utcoffset().total_seconds() == 0  # type: ignore[union-attr]
    assert told["level"] == "info"
    assert told["places"] == ["/srv/rbc_assess/api/gate.py:12 _answer"]


def test_the_list_comes_first() -> None:
    assert PROCESSORS[0] is keep_to_the_list
    assert UNKNOWN not in EVENTS
    assert not {"event", "level", "timestamp", "dropped"} & KEYS.keys()
