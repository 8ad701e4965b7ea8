"""What was tried on the way to a target, told in the results where it is missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TRIED: Final[Mapping[str, str]] = {
    "S1": """\
- A code per criterion instead of a walk over its questions: from 4.1x to 3.3x (cold sheets).
- One pass each for codes, entries and sums, what does not apply found once per set of facts: 2.6x to 3.0x.
- Entries shared by all firms instead of per situation, which keeps them in the processor's cache: 2.0x to 2.2x.""",
    "S3": """\
Where the interpreter's time of a submission goes on PostgreSQL: 24% SQLAlchemy and the driver (8% of it the check
of the pooled connection), 27% reading, scoring and writing the texts, 22% FastAPI, Starlette and the hop to a
thread, 14% sending an answer of 19 KB, the rest the server and the log.
- Scorecards put together from parts written before: 400 µs to 50 µs each; it is written twice, stored and sent.
- Reading, scoring and writing before the transaction: shorter locks, the same processor time.
- 8 request threads instead of 4: PostgreSQL 0.27 to 0.30, SQLite no better. 1 thread: PostgreSQL 0.10, SQLite
  0.14 to 0.15 (up to twice as much on a machine busy with other work: a thread that holds the write lock then
  waits for the interpreter less often).
- A shorter switch interval of the interpreter (0.2 to 1 ms instead of 5): within the noise.
- No garbage collection, or one frozen after the start: within the noise.
- 2 worker processes on PostgreSQL: 0.33 on 2 cores that share the work with the database and the clients.
- No check of a pooled connection at checkout: 7% less processor time.""",
    "S5": "Nothing more: the answer is prepared at the start and leaves before the router sees the request.",
    "S9": """\
- Documents parsed before are kept, example firms are left out: 2.5 s to 0.1 s of the start.
- Memory: what scoring and writing remember is shared by all firms: 193 MB to 154 MB after work.
- Of what remains at rest, 127 MB: FastAPI 21 MB, SQLAlchemy 12, Alembic 10, psycopg 9, the tables 8, typer 7,
  cryptography 6, structlog 5. Alembic is needed only while the schema is behind.""",
}
