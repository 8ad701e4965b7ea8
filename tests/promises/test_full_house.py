"""Far more clients than the service can serve: some wait, some are told to come again, nobody hangs."""

from __future__ import annotations

from tests.promises.databases import integrity
from tests.promises.flooding import flood_and_count
from tests.promises.installation import Server
from tests.promises.sheets import Sheets

LONE_WITHIN = 5.0
"""Seconds, generously; the contract's second is measured where nothing else runs."""


def test_256_clients_are_served_or_told_when_to_come_again(server: Server, sheets: Sheets) -> None:
    flooded = flood_and_count(server, sheets, clients=256, seconds=4)
    assert flooded.faults() == []
    assert flooded.flood.lone_seconds < LONE_WITHIN
    assert server.crashes() == []
    assert integrity(server.installation.owner_url) == []
