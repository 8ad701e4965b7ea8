"""Quotas of credentials: counted per credential, told in headers, and nothing done beyond them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.tokens import ED25519, assertion, public, register, token_for
from tests.api.world import Clock, Parties

from rbc_assess.api.app import create_app
from rbc_assess.api.rates import Rates
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store

QUOTA = 5


class Minutes:
    """A clock for what counts calls, ten seconds into a minute."""

    def __init__(self) -> None:
        self.now = 1_800_000_010.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def minutes(monkeypatch: pytest.MonkeyPatch) -> Minutes:
    stopped = Minutes()
    for module in ("limits.storage.memory", "limits.strategies", "rbc_assess.api.rates"):
        monkeypatch.setattr(f"{module}.time", stopped)
    return stopped


@pytest.fixture
def limited(
    catalogue: Catalogue, store: Store, peppers: Peppers, clock: Clock, patience: None, minutes: Minutes
) -> Iterator[TestClient]:
    settings = Settings(demo=True, rate_per_minute=QUOTA, rate_tokens_per_minute=QUOTA)
    app = create_app(settings, catalogue, store, peppers=peppers, clock=clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_to_count_starts_no_thread_and_forgets_what_has_run_out(minutes: Minutes) -> None:
    rates = Rates(QUOTA, QUOTA)
    storage: Any = rates._limiter.storage
    storage.timer.join()  # the package's own, once
    with_it = threading.active_count()
    for number in range(50):
        rates.count_call({}, f"key_{number}")
    assert threading.active_count() == with_it
    assert not storage.timer.is_alive()
    assert len(storage.storage) >= 50
    minutes.now += 300
    rates.count_call({}, "key_other")
    assert len(storage.storage) < 5


def test_a_credential_has_its_quota_and_hears_of_it(
    limited: TestClient, parties: Parties, minutes: Minutes
) -> None:
    first = parties.headers("first")
    left = []
    for _ in range(QUOTA):
        answered = limited.get("/v1/enterprises", headers=first)
        assert answered.status_code == 200
        assert answered.headers["ratelimit-policy"] == f'"calls";q={QUOTA};w=60'
        told = re.fullmatch(r'"calls";r=(\d+);t=(\d+)', answered.headers["ratelimit"])
        assert told is not None
        assert 1 <= int(told[2]) <= 60
        left.append(int(told[1]))
    assert left == [4, 3, 2, 1, 0]
    refused = limited.post("/v1/enterprises", json={"name": "x"}, headers=first)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit"].startswith('"calls";r=0;t=')
    problem = refused.json()
    assert problem["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert problem["violated-policies"] == ["calls"]
    assert limited.head("/v1/enterprises", headers=first).status_code == 429
    # Another credential has its own; nobody's calls are not counted.
    assert limited.get("/v1/enterprises", headers=parties.headers("second")).status_code == 200
    assert "ratelimit" not in limited.get("/v1/questionnaires").headers
    assert "ratelimit" not in limited.get("/v1/enterprises").headers
    minutes.now += 120
    assert limited.get("/v1/enterprises", headers=first).status_code == 200


def test_what_is_refused_for_another_reason_counts_too(limited: TestClient, parties: Parties) -> None:
    bank = parties.headers("bank")
    for _ in range(QUOTA):
        assert limited.get("/v1/enterprises", headers=bank).status_code == 403
    assert limited.get("/v1/enterprises", headers=bank).status_code == 429


def test_tokens_of_one_client_share_a_quota(limited: TestClient, parties: Parties, clock: Clock) -> None:
    made = register(limited, parties, "bank", keys=[public(ED25519)])
    statuses = []
    for _ in range(2):
        token = token_for(limited, assertion(made["id"], clock.now)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        statuses += [limited.get("/v1/decisions", headers=headers).status_code for _ in range(3)]
    assert statuses == [200] * 5 + [429]


def test_requests_for_tokens_have_a_quota_by_client_and_address(
    limited: TestClient, parties: Parties, clock: Clock
) -> None:
    made = register(limited, parties, "bank", keys=[public(ED25519)])
    other = register(limited, parties, "bank", keys=[public(ED25519)])
    for _ in range(QUOTA):
        assert token_for(limited, assertion(made["id"], clock.now)).status_code == 200
    refused = token_for(limited, assertion(made["id"], clock.now))
    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == f'"tokens";q={QUOTA};w=60'
    assert "retry-after" in refused.headers
    assert token_for(limited, assertion(other["id"], clock.now)).status_code == 200
    form = {"grant_type": "client_credentials"}
    seen = {limited.post("/oauth/token", data=form).status_code for _ in range(QUOTA * 10)}
    assert seen == {401, 429}


def test_a_quota_of_nothing_is_none() -> None:
    rates = Rates(0, 0)
    scope: dict[str, Any] = {"client": None}
    for _ in range(100):
        rates.count_call(scope, "key")
        rates.count_address(scope)
        rates.count_client(scope, "client")
    assert scope == {"client": None}
