"""What was tried on the way to a target, told in the results where it is missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TRIED: Final[Mapping[str, str]] = {
    "S3": """The path was brought from idiomatic to where it is by: reading bare choices without a model (287 to 80 µs a
sheet), scoring by codes (350 to 75 µs), writing the shared parts of scorecards once (870 to 40 µs), writing all texts
before the transaction begins, statements prepared at import, the caller found in the same transaction, answers as
bytes. In one process these parts together take well under a millisecond; the rest of a submission's processor time
is the frame around it (routing and dependencies, the change of thread, SQLAlchemy's five statements, psycopg).
Not tried yet: all statements of a submission in one (a writable CTE) or psycopg's pipeline, which the design page
names as what gets there; a handler on the event loop for PostgreSQL.""",
    "S9": """Parsing is kept beside the database by hash (0.9 s to 0.1 s for the shipped documents), the command line
imports only what a command needs, published bytes are prepared at the start. What is left is importing: FastAPI,
SQLAlchemy, psycopg and orjson alone take the time named behind the figure, on a machine that had other work to do.
Memory after a load is scorecard parts and prepared statements that are remembered; right after the start it is below
the target.""",
}
