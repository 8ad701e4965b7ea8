"""Puts the documents and the migrations into the wheel; an editable install reads them where they lie."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = ("questionnaires", "migrations")


class CarryDocuments(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's own force-include would also copy them into the environment of an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            for name in CARRIED:
                build_data["force_include"][name] = f"rbc_assess/_shipped/{name}"
