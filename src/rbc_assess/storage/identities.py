"""Which documents a row names beside the first one, in one column: most rows name none."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rbc_assess.core.document import Identity
from rbc_assess.storage.json_text import canonical_json


def write_identities(identities: Sequence[Identity]) -> str | None:
    """Canonical JSON in their order; None for none."""
    return canonical_json([identity._asdict() for identity in identities]) if identities else None


def read_identities(text: str | None) -> tuple[Identity, ...]:
    """Read back what ``write_identities`` wrote."""
    if text is None:
        return ()
    return tuple(Identity(one["id"], one["edition"], one["sha256"]) for one in json.loads(text))
