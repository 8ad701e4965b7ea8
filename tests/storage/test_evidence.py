"""Evidence in the database: sealed part by part, gone with the firm's key, and no more than there is room for."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, text
from tests.storage.parties import NOW, QUESTIONNAIRE, caller_of, firm

from rbc_assess.errors import Erased, NotFound
from rbc_assess.identity import Caller, new_id
from rbc_assess.identity.sealing import SealBroken
from rbc_assess.storage import evidence
from rbc_assess.storage.assessments import create_assessment
from rbc_assess.storage.engine import Store
from rbc_assess.storage.evidence import PART_BYTES, Piece
from rbc_assess.storage.sealing import destroy_key

CONTENT = bytes(range(256)) * 2_000
PARTS = [CONTENT[place : place + PART_BYTES] for place in range(0, len(CONTENT), PART_BYTES)]


def begin(connection: Connection) -> tuple[Caller, str]:
    """A firm with a draft."""
    own = firm(connection)
    draft = create_assessment(
        connection, enterprise=own.id, questionnaire=QUESTIONNAIRE, created_by=own.id, now=NOW
    )
    return caller_of(own.id), draft.id


def keep(connection: Connection, caller: Caller, draft: str) -> Piece:
    piece = Piece(
        id=new_id("evd", NOW),
        enterprise=caller.organisation,
        assessment=draft,
        question="osh-02",
        kind="risk_assessment",
        name="点検.jpg",
        media_type="image/jpeg",
        size=len(CONTENT),
        sha256=bytes(32),
        dated=date(2026, 10, 1),
        valid_until=date(2028, 10, 1),
        uploaded_by=caller.organisation,
        uploaded_at=NOW,
    )
    evidence.record_piece(connection, piece, PARTS)
    return piece


def whole(connection: Connection, piece: Piece) -> bytes:
    return b"".join(
        evidence.read_part(connection, piece, number) for number in range(evidence.number_of_parts(piece))
    )


def test_what_is_kept_is_sealed_and_comes_back(store: Store) -> None:
    with store.write() as connection:
        caller, draft = begin(connection)
        piece = keep(connection, caller, draft)
        disputed = evidence.check_piece(connection, piece, "disputed", "日付なし", caller.organisation, NOW)
    with store.read() as connection:
        assert evidence.find_piece(connection, caller, piece.id) == disputed
        assert whole(connection, piece) == CONTENT
        row = connection.execute(text("SELECT name, reason FROM evidence")).one()
        parts = connection.execute(text("SELECT content FROM evidence_part ORDER BY number")).scalars().all()
        with pytest.raises(NotFound):
            evidence.read_part(connection, piece, 2)
    assert "点検".encode() not in bytes(row.name)
    assert "日付".encode() not in bytes(row.reason)
    assert all(plain[:100] not in bytes(sealed) for plain, sealed in zip(PARTS, parts, strict=True))


def test_parts_open_in_their_own_place_alone(store: Store, owner_url: str) -> None:
    """Whoever owns the database puts a part into another piece; the service itself may not change one."""
    with store.write() as connection:
        caller, draft = begin(connection)
        one, other = keep(connection, caller, draft), keep(connection, caller, draft)
    with Store.open(owner_url) as owned, owned.write() as connection:
        connection.execute(
            text(
                "UPDATE evidence_part SET content = (SELECT content FROM evidence_part AS theirs "
                "WHERE theirs.evidence_id = :other AND theirs.number = 0) WHERE evidence_id = :one AND number = 0"
            ),
            {"one": one.id, "other": other.id},
        )
    with store.read() as connection:
        with pytest.raises(SealBroken):
            evidence.read_part(connection, one, 0)
        assert evidence.read_part(connection, one, 1) == PARTS[1]
        assert whole(connection, other) == CONTENT


def test_nothing_is_read_once_the_key_is_destroyed(store: Store) -> None:
    with store.write() as connection:
        caller, draft = begin(connection)
        piece = keep(connection, caller, draft)
    with store.write() as connection:
        destroy_key(connection, caller.organisation)
    with store.read() as connection, pytest.raises(Erased):
        evidence.find_piece(connection, caller, piece.id)
    with store.read() as connection, pytest.raises(Erased):
        evidence.read_part(connection, piece, 0)
    with store.write() as connection, pytest.raises(Erased):
        keep(connection, caller, draft)


def test_removal_takes_the_bytes_and_keeps_the_rest(store: Store) -> None:
    with store.write() as connection:
        caller, draft = begin(connection)
        piece, other = keep(connection, caller, draft), keep(connection, caller, draft)
        removed = evidence.remove_piece(connection, piece, NOW)
        assert evidence.remove_piece(connection, removed, NOW) is removed
    with store.read() as connection:
        assert evidence.find_piece(connection, caller, piece.id) == replace(piece, name=None, removed_at=NOW)
        known = evidence.attached_pieces(connection, caller.organisation, [piece.id, other.id, "evd_x"])
        assert set(known) == {other.id}
        assert evidence.attached_pieces_of_several(connection, {caller.organisation: {piece.id}}) == {}
        left = connection.execute(text("SELECT DISTINCT evidence_id FROM evidence_part")).scalars().all()
    assert left == [other.id]


def test_two_uploads_at_once_do_not_pass_the_last_place_together(store: Store) -> None:
    """The second waits, and counts what the first has left."""
    with store.write() as connection:
        caller, draft = begin(connection)
    counted: list[int] = []
    held = threading.Event()

    def upload() -> None:
        held.wait(10)
        with store.write() as connection:
            counted.append(evidence.hold_and_count(connection, caller.organisation, draft).of_assessment)

    second = threading.Thread(target=upload)
    second.start()
    with store.write() as connection:
        counted.append(evidence.hold_and_count(connection, caller.organisation, draft).of_enterprise)
        held.set()
        second.join(0.3)
        assert second.is_alive()
        keep(connection, caller, draft)
    second.join(10)
    assert counted == [0, 1]
