"""Far more clients than the service can serve, and what was stored of what they sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.load import Request, request_bytes
from benchmarks.overload import Flood, flood
from tests.promises.installation import Server
from tests.promises.ledger import count_stored, headers_for
from tests.promises.sheets import Sheets


class Flooded(NamedTuple):
    """A flood, and how many submissions there are more than before it."""

    flood: Flood
    stored: int

    def faults(self) -> list[str]:
        """What must not be, in sentences; none is right."""
        found = self.flood.faults()
        acknowledged = self.flood.load.statuses[201] + (self.flood.lone_status == 201)
        if acknowledged != self.stored:
            found.append(f"{acknowledged} were acknowledged and {self.stored} stored")
        return found


def flood_and_count(server: Server, sheets: Sheets, *, clients: int, seconds: float) -> Flooded:
    """Let clients submit, and try again at once when refused; then count."""
    before = asyncio.run(count_stored(server))
    flooded = flood(server.address, _submissions(server, sheets), clients=clients, seconds=seconds)
    return Flooded(flooded, asyncio.run(count_stored(server)) - before)


def _submissions(server: Server, sheets: Sheets) -> Iterator[Request]:
    while True:
        sheet = sheets.next()
        headers = {**headers_for(server, sheet), "Content-Type": "application/json"}
        yield Request(request_bytes("POST", "/v1/submissions", server.address, headers, sheet.body))
