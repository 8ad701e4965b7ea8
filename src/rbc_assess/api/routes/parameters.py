"""Query parameters that several routes share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

ForEnterprise = Annotated[
    str | None,
    Query(description="The enterprise you act for; an enterprise sees its own by default.", max_length=100),
]
