"""Who signs checkpoints of the audit trail, and where they go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rbc_assess.identity import CheckpointKeys
from rbc_assess.storage.checkpoints import Checkpoint


class Signing(NamedTuple):
    """The keys, the folder outside the database, and who is told of each checkpoint once it is on that disk."""

    keys: CheckpointKeys
    folder: Path
    told: Callable[[Checkpoint], None]
