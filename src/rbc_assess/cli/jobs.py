"""Jobs that were given up: see which, and let them be tried anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from rbc_assess.cli.database import open_store, settings_of_database
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.errors import NotFound
from rbc_assess.storage import audit, jobs
from rbc_assess.storage.engine import Store
from rbc_assess.storage.jobs import Job

MOST: Final = 200


def list_failed(voice: Voice) -> int:
    """Print the jobs that were given up, newest first, up to ``MOST``."""
    with open_store(settings_of_database(), role="worker") as store, store.read() as connection:
        found = jobs.list_failed(connection, limit=MOST)
    if voice.json:
        write_json({"items": [_document(one) for one in found.items], "more": found.next_place is not None})
        return FINE
    if not found.items:
        voice.say("No job was given up.", "打ち切られた処理はありません。")
        return FINE
    print_table(
        voice,
        (
            Column("id", "ID"),
            Column("kind", "種類"),
            Column("subject", "対象"),
            Column("fault", "原因"),
            Column("given up", "打ち切り"),
        ),
        (
            (one.id, one.kind, one.subject, one.fault or "", _moment(one.finished_at) or "")
            for one in found.items
        ),
    )
    if found.next_place is not None:
        voice.say(f"There are more than {MOST}.", f"{MOST}件を超えています。")
    return FINE


def retry(voice: Voice, names: Sequence[str], *, every: bool) -> int:
    """Let failed jobs be tried anew: those named, or all that there are now.

    Raises:
        Stop: one of them is no failed job, or the same has been asked for since; then none is tried anew. Or neither
            was said.
    """
    if bool(names) == every:
        raise Stop(
            "Name the jobs, or say --all.",
            "処理のIDを指定するか、--all を付けてください。",
        )
    now = datetime.now(UTC)
    taken = []
    with open_store(settings_of_database(), role="worker") as store:
        if every:
            names = _all_failed(store)
        with store.write() as connection:
            for name in names:
                try:
                    taken.append(jobs.take_up_again(connection, name, now))
                except NotFound:
                    if every:
                        continue  # the same is asked for already
                    raise Stop(
                        f"No failed job is called {name}, or the same has been asked for since.",
                        f"{name} という打ち切られた処理はないか、同じ処理がすでに待っています。",
                    ) from None
                audit.note(connection, action="job.retried", object_id=name, now=now)
    if voice.json:
        write_json({"items": [_document(one) for one in taken]})
    else:
        voice.say(f"{len(taken)} to be tried anew.", f"{len(taken)}件をもう一度行います。")
    return FINE


def _all_failed(store: Store) -> list[str]:
    names: list[str] = []
    after = None
    with store.read() as connection:
        while True:
            page = jobs.list_failed(connection, limit=MOST, after=after)
            names += [one.id for one in page.items]
            after = page.next_place
            if after is None:
                return names


def _document(job: Job) -> dict[str, object]:
    return {
        "id": job.id,
        "organisation": job.organisation,
        "kind": job.kind,
        "subject": job.subject,
        "fault": job.fault,
        "created_at": _moment(job.created_at),
        "finished_at": _moment(job.finished_at),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
