"""``worker``: the work in the background, as a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rbc_assess.api.access_log import write_logs_as_json
from rbc_assess.cli.database import open_store
from rbc_assess.cli.serving import read_catalogue
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.cli.working import alone_on_sqlite, open_for_work, workers_of
from rbc_assess.settings import read_settings
from rbc_assess.workflows.background import Worker
from rbc_assess.workflows.stand import stand_all

_ENDING: Final = frozenset({signal.SIGTERM, signal.SIGINT})


def work(voice: Voice, root: Path, *, until_idle: bool) -> int:
    """Work until a signal says stop, or until nothing is due.

    Raises:
        Stop: the schema is not at head, or this SQLite database has a worker already.
        SettingsRefused: a setting is missing or unsafe.
    """
    settings = read_settings({"documents_dir": root})
    open_store(settings, role="worker").close()
    catalogue = read_catalogue(settings)
    with alone_on_sqlite(settings) as alone, open_for_work(settings) as store:
        if not alone:
            raise Stop(
                "This SQLite database has a worker already: `rbc-assess serve` runs one inside.",
                "このSQLiteデータベースでは、すでにワーカーが動いています(`rbc-assess serve` の中でも1つ動きます)。",
            )
        write_logs_as_json()
        stand_all(store, catalogue)
        workers = workers_of(settings, store, catalogue)
        name = workers[0].name
        if voice.json:
            write_json({"worker": name})
        elif not until_idle:
            voice.say(
                f"Working as {name}. Ctrl-C ends it.",
                f"{name} として始めました。Ctrl-Cで終わります。",
            )
        _run(workers, until_idle=until_idle)
    return FINE


def _run(workers: Sequence[Worker], *, until_idle: bool) -> None:
    """Let the workers work in threads, and wait here for a signal: a handler must not touch a worker's locks."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)

    def work_and_tell() -> None:
        try:
            if until_idle:
                # What one does may give the next one something to deliver.
                for worker in workers[:2]:
                    worker.run(until_idle=True)
            else:
                workers[0].run()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    threads = [threading.Thread(target=work_and_tell, name="worker")]
    if not until_idle:
        threads += [threading.Thread(target=one.run, name="deliverer") for one in workers[1:]]
    for thread in threads:
        thread.start()
    signal.sigwait(_ENDING)
    workers[0].stop.set()
    for thread in threads:
        thread.join()
