"""Batches of decisions, as they leave."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from rbc_assess.api.problem_model import ProblemEntry
from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_decisions import DecisionDocument


class BatchDocument(Wire):
    """A batch and how far it has come."""

    id: str = Field(examples=["bat_0199a4c2-f1b0-7c66-9789-0e1f2a3b4c5d"])
    state: Literal["queued", "running", "completed", "failed"]
    total: int = Field(description="Lines that ask for something; empty ones do not count.")
    done: int = Field(description="Lines that have an item by now.")
    refused: int = Field(description="Those of them that met a problem and have no decision.")
    created_at: datetime
    finished_at: datetime | None
    fault: str | None = Field(description="With `failed`: why it ended before all lines were done.")


class BatchList(Wire):
    """A page of batches, newest first."""

    items: list[BatchDocument]
    next_cursor: str | None


class LineProblem(Wire):
    """What kept a line from its decision: the problem that `POST /v1/decisions` would have answered."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemEntry] = Field(default_factory=list)
    errors_total: int = 0


class BatchItem(Wire):
    """What became of one line: its decision or its problem."""

    line: int = Field(description="Its number in what was sent, from 1; empty lines count.")
    decision: DecisionDocument | None = None
    problem: LineProblem | None = None
