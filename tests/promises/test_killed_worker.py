"""``kill -9`` of workers: no job is lost, and none has its effect twice."""

from __future__ import annotations

import random
from pathlib import Path

from tests.promises.conftest import SEED
from tests.promises.databases import integrity
from tests.promises.digging import dig_and_kill

JOBS = 200
KILLS = 6
"""On each database; ``make chaos`` kills fifty over 5,000 jobs."""


def test_jobs_outlive_their_workers(database_url: str, owner_url: str, tmp_path: Path) -> None:
    dug = dig_and_kill(database_url, tmp_path, random.Random(SEED), asked=JOBS, kills=KILLS)
    assert dug.faults() == []
    assert dug.kills > 0
    assert integrity(owner_url) == []
