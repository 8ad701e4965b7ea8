"""``worker``: the work in the background, as a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Final

from rbc_assess.api.access_log import write_logs_as_json
from rbc_assess.cli.database import open_store
from rbc_assess.cli.serving import read_catalogue
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.cli.working import alone_on_sqlite, open_for_work, worker_of
from rbc_assess.settings import read_settings
from rbc_assess.workflows.background import Worker

_ENDING: Final = frozenset({signal.SIGTERM, signal.SIGINT})


def work(voice: Voice, root: Path, *, until_idle: bool) -> int:
    """Work until a signal says stop, or until nothing is due.

    Raises:
        Stop: the schema is not at head, or this SQLite database has a worker already.
        SettingsRefused: a setting is missing or unsafe.
    """
    settings = read_settings({"documents_dir": root})
    open_store(settings).close()
    catalogue = read_catalogue(settings)
    with alone_on_sqlite(settings) as alone, open_for_work(settings) as store:
        if not alone:
            raise Stop(
                "This SQLite database has a worker already: `rbc-assess serve` runs one inside.",
                "このSQLiteデータベースでは、すでにワーカーが動いています(`rbc-assess serve` の中でも1つ動きます)。",
            )
        write_logs_as_json()
        worker = worker_of(settings, store, catalogue)
        if voice.json:
            write_json({"worker": worker.name})
        elif not until_idle:
            voice.say(
                f"Working as {worker.name}. Ctrl-C ends it.",
                f"{worker.name} として始めました。Ctrl-Cで終わります。",
            )
        _run(worker, until_idle=until_idle)
    return FINE


def _run(worker: Worker, *, until_idle: bool) -> None:
    """Let the worker work in a thread, and wait here for a signal: a handler must not touch the worker's locks."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)

    def work_and_tell() -> None:
        try:
            worker.run(until_idle=until_idle)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=work_and_tell, name="worker")
    thread.start()
    signal.sigwait(_ENDING)
    worker.stop.set()
    thread.join()
