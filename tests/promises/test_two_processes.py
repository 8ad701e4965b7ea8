"""Two server processes on one SQLite file would each hold a write lock of their own, so they are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.promises.installation import Installation, Server


def test_two_workers_on_sqlite_are_refused(sqlite_url: str, tmp_path: Path) -> None:
    server = Server(Installation.settle(sqlite_url, tmp_path), workers=2)
    try:
        with pytest.raises(AssertionError, match="it ended with 2:\nSQLite takes one worker"):
            server.start()
    finally:
        server.kill()
    assert "Traceback" not in server.log()
    assert server.log().count("\n") == 1, "one sentence says it"
