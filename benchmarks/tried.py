"""What was tried on the way to a target, told in the results where it is missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TRIED: Final[Mapping[str, str]] = {
    "S1": """Median of three runs each, the same measure: 3.6x with entries per situation and a walk over answers;
2.5x with single passes and what does not apply found once per set of facts; 2.1x with entries shared by all firms.""",
    "S3": """The path was brought from idiomatic to where it is by: reading bare choices without a model (287 to 80 µs a
sheet), scoring by codes (350 to 75 µs), writing the shared parts of scorecards once (870 to 40 µs), writing all texts
before the transaction begins, statements prepared at import, the caller found in the same transaction, answers as
bytes. In one process these parts together take well under a millisecond; the rest of a submission's processor time
is the frame around it (routing and dependencies, the change of thread, SQLAlchemy's five statements, psycopg).

Two sampled profiles on PostgreSQL (one of a copy that wrote texts quicker) agree only roughly: HTTP frame, change of
thread and sending 35-37% of the interpreter's time, SQLAlchemy with driver and pool 25-36%, reading, scoring and
writing texts 16-28%.

Settings, each against the one that is served with (4 request threads, 1 process), in the same run. The machine did
other work all the while, and the very same setting gave 0.22 to 0.27 on PostgreSQL, so less than that tells little:
- 2 processes on PostgreSQL, five runs: 0.22, 0.23, 0.24, 0.25, 0.26 became 0.37, 0.26, 0.28, 0.33, 0.29.
- 8 threads on PostgreSQL, five runs: 0.22, 0.23, 0.25, 0.26, 0.27 became 0.20, 0.23, 0.29, 0.32, 0.31.
- 1 thread: on PostgreSQL 0.27 became 0.10 (one run); on SQLite 0.14, 0.14, 0.17 became 0.15, 0.33, 0.22.
- A shorter switch interval of the interpreter (0.2 to 1 ms instead of 5), no garbage collection: no clear effect.
- Pooled connections not checked at checkout, PostgreSQL, three runs: 3-10% less processor time; 0.22, 0.23, 0.26
  became 0.22, 0.25, 0.23.

Since then: counting calls started a thread with nearly every request, which a profile showed at a tenth of its time,
and starts none any more; the database is not asked before each use of a connection, its socket is looked at. Both
were not timed alone.

With sealing, audit, events and row-level security a submission is ten statements instead of five. A profile by calls
on SQLite (450 submissions): facts and the standing's columns a fifth, driver and SQLAlchemy a third. Which questions
bear states was found out anew for every answer (a tenth) and is known by questionnaire now.

Not tried yet: all statements of a submission in one (a writable CTE) or psycopg's pipeline, which the design page
names as what gets there; a handler on the event loop for PostgreSQL.""",
    "S4": """A profile by calls on PostgreSQL (1,000 decisions, eleven statements each): psycopg's `execute` took two
fifths of the processor time (describing the columns that come back alone a sixth of all), finding facts, deciding and
writing the record about a tenth, SQLAlchemy and the HTTP frame most of the rest. Fewer statements would help, but the
floor has the same ones, so the ratio would stay. Two processes, one for each core, meet the target on PostgreSQL.

On SQLite with one request thread instead of four (`RBC_POOL_SIZE=1`), two and four in one run: 0.23, 0.17 and 0.18. It
is not the default, for one long read would hold up everybody.""",
    "S8": """Deciding and writing a record took 40% less processor time (the same 3,000 firms in one process, against a
loop in the same run) after: parts found by rules instead of by call, only the facts that are named read from their
text, inputs that are alike read once, rules found once a chunk. Rows go in by arrays, as quick as COPY for the client.
Uncompressed records took half the time of their INSERT (750 to 380 µs a decision on a machine with ten other
processes at work). What a new decision supersedes was looked for among all there are (18 µs a decision in the first
batch, 680 in the third) and is one step into an index now.

On a machine on which COPY by the bare driver stores 2,500 of these decisions a second (2026-11-25), the target is
out of reach for any program; the share of COPY was 0.30 on PostgreSQL and 0.25 on SQLite.

Not tried: deciding the next chunk while the last one is stored, which would put the worker's and the database's time
side by side instead of one after the other; answers and lines read by more than one process.""",
    "S12": """The dry run touches neither database nor thread: it costs half a millisecond beside the frame (an empty
answer of the same application takes 1.2 ms in this process, with its client). Recorded, a decision is eleven statements
and a COMMIT that is on the disk, with consent, disclosure, events, audit entry and sealing; OpenFisca's answer is
computed and forgotten. To get to 1.5 times its rate all that would have to take 0.7 ms on this machine.""",
    "S9": """Parsing is kept beside the database by hash (0.9 s to 0.1 s for the shipped documents), the command line
imports only what a command needs, published bytes are prepared at the start. What is left is importing: FastAPI,
SQLAlchemy, psycopg and orjson alone take the time named behind the figure, on a machine that had other work to do.
Memory after a load is scorecard parts and prepared statements that are remembered; right after the start it is below
the target. Sharing between firms what scoring remembers took it from 193 to 154 MB. Imports alone hold 118 MB, of
which Alembic, needed only while the schema is behind, 11 MB and 0.2 of 2.5 s.""",
}
