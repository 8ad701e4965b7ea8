"""What is noted joins the chains: with its transaction, in order, without a gap."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, func, select

from rbc_assess.storage import audit
from rbc_assess.storage.audit import CHAINS, Actor, chain_of, genesis
from rbc_assess.storage.engine import Store
from rbc_assess.storage.tables_audit import AuditChainRow, AuditEntryRow

NOW = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)
WRITERS, BLOCKS = 8, 40
_CHAIN, _ENTRY = AuditChainRow.__table__, AuditEntryRow.__table__
_ENTRIES = select(_ENTRY).order_by(_ENTRY.c.chain, _ENTRY.c.sequence)


def note_and(
    connection: Connection, object_id: str, *, enterprise: str | None = None, fail: bool = False
) -> None:
    audit.note(connection, action="x.made", object_id=object_id, enterprise=enterprise, now=NOW)
    if fail:
        raise ZeroDivisionError


def test_the_migration_makes_every_chain(store: Store) -> None:
    with store.read() as connection:
        found = connection.execute(select(_CHAIN).order_by(_CHAIN.c.number)).all()
    assert [tuple(row) for row in found] == [(number, 0, genesis(number)) for number in range(CHAINS)]


def test_an_entry_is_the_text_that_was_hashed(store: Store) -> None:
    with store.write() as connection:
        audit.act(connection, Actor("org_a", "key_1", "req_1", livemode=True), NOW)
        audit.note(
            connection, action="x.made", object_id="x_1", enterprise="ent_1", details={"of": ["y_2", "y_1"]}
        )
        audit.note(connection, action="x.seen", object_id="x_1", enterprise="ent_1")
        audit.note(connection, action="swept", object_id="all", actor=audit.SERVICE)
    with store.read() as connection:
        rows = connection.execute(_ENTRIES.where(_ENTRY.c.concerns == "ent_1")).all()
        swept = connection.execute(_ENTRIES.where(_ENTRY.c.action == "swept")).one()
        head = connection.execute(select(_CHAIN).where(_CHAIN.c.number == rows[0].chain)).one()
    first, second = rows
    assert first.hash == hashlib.sha256(first.text.encode()).digest()
    assert json.loads(first.text) == {
        "format": "rbc-audit/1",
        "id": first.id,
        "chain": first.chain,
        "sequence": 1,
        "noted_at": "2026-11-22T01:02:03.456789Z",
        "actor_organisation": "org_a",
        "actor_credential": "key_1",
        "request_id": "req_1",
        "livemode": True,
        "action": "x.made",
        "object_id": "x_1",
        "concerns": "ent_1",
        "details": {"of": ["y_2", "y_1"]},
        "previous": genesis(first.chain).hex(),
    }
    assert (second.sequence, second.previous) == (2, first.hash)
    assert (head.sequence, head.hash) == (2, second.hash)
    assert (swept.actor_organisation, swept.actor_credential, swept.noted_at) == (None, "service", NOW)


def test_a_block_that_fails_appends_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        note_and(connection, "x_1", fail=True)
    with store.write():
        pass  # nor does the next block that has the same connection
    with store.read() as connection:
        assert connection.execute(_ENTRIES).all() == []
        assert connection.execute(select(func.max(_CHAIN.c.sequence))).scalar_one() == 0


def test_only_a_writing_block_takes_notes(store: Store) -> None:
    with store.read() as connection, pytest.raises(TypeError, match=r"Store\.write"):
        audit.note(connection, action="x.seen", object_id="x_1")


def test_a_note_goes_to_the_chain_of_its_enterprise_else_of_its_caller() -> None:
    def note(enterprise: str | None, organisation: str | None) -> audit.Note:
        return audit.Note(Actor(organisation, "key_1"), "x.made", "x_1", enterprise, {}, NOW)

    expected = int.from_bytes(hashlib.sha256(b"ent_1").digest()) % 64
    assert chain_of(note("ent_1", "org_a")) == expected == chain_of(note(None, "ent_1"))
    assert chain_of(note(None, None)) == int.from_bytes(hashlib.sha256(b"key_1").digest()) % 64


def test_writers_at_once_leave_no_gap(database_url: str) -> None:
    """Eight writers, a tenth of their blocks rolled back, one to five entries a block in chains of all kinds."""
    committed: list[str] = []
    crashes: list[BaseException] = []

    def write(store: Store, number: int) -> None:
        chance = random.Random(number)
        for block in range(BLOCKS):
            names = [f"{number}-{block}-{one}" for one in range(chance.randint(1, 5))]
            try:
                with store.write() as connection:
                    for name in names:
                        note_and(connection, name, enterprise=f"ent_{chance.randrange(100)}")
                    note_and(connection, names[0] + "-last", fail=chance.random() < 0.1)
            except ZeroDivisionError:
                continue
            except BaseException as crash:
                crashes.append(crash)
                raise
            committed.extend([*names, names[0] + "-last"])

    with Store.open(database_url, pool_size=WRITERS, lock_timeout=30.0) as store:
        threads = [threading.Thread(target=write, args=(store, number)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.read() as connection:
            rows = connection.execute(_ENTRIES).all()
            heads = {row.number: row for row in connection.execute(select(_CHAIN))}
    assert crashes == []
    assert len(committed) < WRITERS * BLOCKS * 6
    assert sorted(row.object_id for row in rows) == sorted(committed)
    last = {number: (0, genesis(number)) for number in range(CHAINS)}
    for row in rows:
        sequence, previous = last[row.chain]
        assert (row.sequence, row.previous) == (sequence + 1, previous)
        last[row.chain] = (row.sequence, row.hash)
    assert {number: (row.sequence, row.hash) for number, row in heads.items()} == last
