"""What was tried on the way to a target, told in the results where it is missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TRIED: Final[Mapping[str, str]] = {}
