"""Two server processes on one SQLite file would each hold a write lock of their own, so they are refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.promises.installation import Installation


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "SQLite takes one worker"), ("ja", "ワーカーは1つだけ")]
)
def test_two_workers_on_sqlite_are_refused(
    sqlite_url: str, tmp_path: Path, language: str, sentence: str
) -> None:
    installation = Installation.settle(sqlite_url, tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "rbc_assess.cli", "serve", "--port", "0", "--workers", "2"],
        env={**installation.environment, "RBC_LANG": language, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
