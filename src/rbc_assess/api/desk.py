"""What every handler works with, gathered once when the application is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.requests import Request

from rbc_assess.api.known_schemes import KnownSchemes
from rbc_assess.api.published import Shelf
from rbc_assess.api.rates import Rates
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers, Sealer
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.post import Postbox

Clock = Callable[[], datetime]
"""Gives the time: UTC, aware. The one place where the service learns what time it is."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Documents and schemes as published, the database, the peppers of API keys, the clock, the mode of the house."""

    catalogue: Catalogue
    shelf: Shelf
    store: Store
    peppers: Peppers
    sealer: Sealer
    """Seals secrets that are needed again, such as those that sign webhooks."""
    clock: Clock
    livemode: bool
    """What those see who show no key: the live versions of schemes, or those of the sandbox."""
    ledger: Path
    """The file that erasures are written to beside the database, for a restore."""
    issuer: str
    """The public address of the service, by which it is called as a giver of tokens; never taken from a request."""
    origin: str
    """The same as a browser writes it where a page of ours sends something."""
    known_schemes: KnownSchemes
    rates: Rates
    """How many calls each credential made of late."""
    postbox: Postbox
    """Takes mail to people."""


def desk_of(request: Request) -> Desk:
    """The desk of the application that this request came to."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk
