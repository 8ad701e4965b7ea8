"""Whatever is sent, the service answers in its own words: no 5xx, problem+json, and nothing comes back."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.promises.attack import attack, targets, world
from tests.promises.conftest import SEED

from rbc_assess.documents.catalogue import Catalogue

BODIES = 800
"""On each database; ``make chaos`` sends many more."""


def test_hostile_bodies_are_refused_in_our_own_words(database_url: str, catalogue: Catalogue) -> None:
    with world(database_url, catalogue) as here:
        result = asyncio.run(attack(here, catalogue, count=BODIES, seed=SEED))
        everywhere = {f"{target.method} {target.path}" for target in targets(here.app, catalogue)}
    assert result.findings == []
    assert result.sent == BODIES
    assert {place for place, _ in result.statuses} == everywhere
    by_status: Counter[int] = Counter()
    for (_, status), times in result.statuses.items():
        by_status[status] += times
    # Damage of every depth: some of it leaves a body valid, some breaks the JSON, most is for the reader of answers.
    assert min(by_status[status] for status in (200, 201, 400, 422)) > BODIES // 100, by_status
