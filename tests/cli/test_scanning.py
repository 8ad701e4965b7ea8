"""``evidence scan`` on a real installation: a scanner is a program that reads and says 0 or 1."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.cli.running import run
from tests.deciding import NOW, TODAY, World, documents

from rbc_assess.core.document import Identity
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage.assessments import Assessment, create_assessment
from rbc_assess.storage.engine import Store
from rbc_assess.storage.evidence import PART_BYTES, Piece, find_piece, record_piece

SCANNER = "import sys; sys.exit(sys.stdin.buffer.read().count(b'EICAR'))"
"""Says 0, 1, or something that no scanner says."""


@pytest.fixture
def installation(tmp_path: Path) -> Mapping[str, str]:
    env = {"RBC_DATA_DIR": str(tmp_path / "var"), "RBC_SECRET_KEY": "0123456789abcdefghijklmnopqrstuv"}
    assert run("db", "upgrade", env=env).code == 0
    return env


def attach(installation: Mapping[str, str], tmp_path: Path, *contents: bytes) -> tuple[Caller, list[str]]:
    with Store.open(url(installation)) as store:
        world = World(store, documents(tmp_path / "documents"))
        firm = Caller(world.firm, "enterprise", frozenset(), False, "key")
        with store.write() as connection:
            named = Identity("tiny", "1.0.0", "x")
            draft = create_assessment(
                connection, enterprise=world.firm, questionnaire=named, created_by=world.firm, now=NOW
            )
            return firm, [keep(connection, draft, content) for content in contents]


def keep(connection: Connection, draft: Assessment, content: bytes) -> str:
    piece = Piece(
        id=new_id("evd", NOW),
        enterprise=draft.enterprise,
        assessment=draft.id,
        question="osh-02",
        kind="training_record",
        name="a.txt",
        media_type="text/plain",
        size=len(content),
        sha256=bytes(32),
        dated=TODAY,
        valid_until=TODAY,
        uploaded_by=draft.enterprise,
        uploaded_at=NOW,
    )
    parts = [content[place : place + PART_BYTES] for place in range(0, len(content), PART_BYTES)]
    record_piece(connection, piece, parts)
    return piece.id


def url(installation: Mapping[str, str]) -> str:
    return f"sqlite:///{installation['RBC_DATA_DIR']}/rbc-assess.sqlite3"


def test_each_piece_is_read_once_and_whole(installation: Mapping[str, str], tmp_path: Path) -> None:
    large = b"x" * PART_BYTES + b"EICAR"
    firm, pieces = attach(installation, tmp_path, b"fine", large, b"EICAR EICAR EICAR")
    ran = run("evidence", "scan", "--json", "--", sys.executable, "-c", SCANNER, env=installation)
    assert ran.code == 1, ran.err
    assert json.loads(ran.out) == {"clean": 1, "infected": 1, "failed": 1}
    with Store.open(url(installation)) as store, store.read() as connection:
        found = [find_piece(connection, firm, piece) for piece in pieces]
    assert [one.scan for one in found] == ["clean", "infected", "unscanned"]
    assert [one.scanned_at is not None for one in found] == [True, True, False]
    again = run("evidence", "scan", "--", sys.executable, "-c", "import sys; sys.exit(0)", env=installation)
    assert again.code == 0
    assert "1 clean, 0 harmful" in again.out


def test_a_scanner_that_hangs_or_is_not_there(installation: Mapping[str, str], tmp_path: Path) -> None:
    attach(installation, tmp_path, b"fine")
    slow = ("--seconds", "1", "--", sys.executable, "-c", "import time; time.sleep(60)")
    assert run("evidence", "scan", *slow, env=installation).code == 1
    missing = run("evidence", "scan", "no-such-scanner", env=installation)
    assert missing.code == 2
    assert "no-such-scanner cannot be run" in missing.err
