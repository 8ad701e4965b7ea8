"""Bringing up the service: settings, schema, documents, database; then one server process or several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.supervisors import Multiprocess

from rbc_assess import shipped
from rbc_assess.api.access_log import write_logs_as_json
from rbc_assess.api.app import create_app
from rbc_assess.cli.database import keyring_of
from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, write_json
from rbc_assess.cli.working import working_inside
from rbc_assess.documents import Catalogue, load_catalogue
from rbc_assess.documents.faults import DocumentFaults, render
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings, read_settings
from rbc_assess.storage import schema
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.seed import seed
from rbc_assess.workflows.stand import stand_all

if TYPE_CHECKING:
    from fastapi import FastAPI

GRACE_SECONDS: Final = 10
"""How long a stopping server lets requests finish."""

_FAILED_TO_START: Final = 3
"""What uvicorn's workers exit with when they cannot start."""

Listening = Callable[[str], None]
"""Told the base URL once connections are really accepted."""


def serve(voice: Voice, root: Path, host: str | None, port: int | None, workers: int) -> int:
    """Serve until a signal says stop.

    Raises:
        Stop: several workers on SQLite, a schema that is not at head, a port that is taken.
        SettingsRefused: a setting is missing or unsafe.
    """
    given = {"host": host, "port": port, "documents_dir": root}
    settings = read_settings({name: value for name, value in given.items() if value is not None})
    if workers > 1 and settings.store_url.startswith("sqlite"):
        raise Stop(
            "SQLite takes one worker: its write lock is per process. Use --workers 1, or PostgreSQL.",
            "SQLiteではワーカーは1つだけです(書き込みの排他がプロセス単位のため)。"
            "--workers 1 にするか、PostgreSQLを使ってください。",
        )
    bring_to_head(settings)

    def announce(base_url: str) -> None:
        if voice.json:
            write_json({"base_url": base_url})
            return
        voice.say(
            f"Serving on {base_url} (API description: {base_url}/docs)", f"{base_url} で待ち受けています"
        )

    with listen(settings.host, settings.port) as listener:
        if workers > 1:
            return _serve_with_workers(settings, listener, workers, announce)
        write_logs_as_json()
        with service(settings) as (app, begin_work):

            def begin(base_url: str) -> None:
                announce(base_url)  # what is printed first is where to call
                begin_work()

            run(app, listener, begin)
    return FINE


# --- the parts ---------------------------------------------------------------------------------------------


def bring_to_head(settings: Settings) -> None:
    """Upgrade the schema on SQLite or where an owner URL is set; elsewhere only look.

    Raises:
        Stop: the schema is not the one this program works on.
    """
    if settings.owner_url is not None:
        schema.upgrade(
            settings.owner_url,
            application_role=settings.role_to_grant,
            worker_role=settings.worker_role_to_grant,
            keyring=keyring_of(settings),
        )
    elif settings.store_url.startswith("sqlite"):
        schema.upgrade(settings.store_url, keyring=keyring_of(settings))
    with Store.open(settings.store_url, pool_size=1) as store, store.read() as connection:
        if not schema.at_head(connection):
            raise Stop(
                "The database's schema is not at head. As its owner, run: "
                "RBC_OWNER_DATABASE_URL=... rbc-assess db upgrade",
                "データベースのスキーマが最新ではありません。所有者として次を実行してください:"
                "RBC_OWNER_DATABASE_URL=... rbc-assess db upgrade",
                status=FINDINGS,
            )


def read_catalogue(settings: Settings, *, examples: bool = False) -> Catalogue:
    """Read the documents that will be served; example firms only if wanted.

    Raises:
        Stop: one has an error; every fault is listed.
    """
    root = settings.documents_dir or shipped.documents_root()
    try:
        return load_catalogue(root, cache_dir=settings.data_dir / "parsed", examples=examples)
    except DocumentFaults as found:
        lines = [[render(fault, language) for fault in found.faults] for language in ("en", "ja")]
        raise Stop("\n".join(lines[0]), "\n".join(lines[1]), status=FINDINGS) from None


def record_published(store: Store, catalogue: Catalogue) -> None:
    """Keep what is published, put schemes into force, and hold all of it to what was published before.

    In a database from before there was a population, every submission joins it now.

    Raises:
        DocumentChanged: an edition or version is not the one that was published.
    """
    with store.write() as connection:
        seed(connection, catalogue, datetime.now(UTC))
    stand_all(store, catalogue)


@contextmanager
def service(settings: Settings) -> Iterator[tuple[FastAPI, Callable[[], None]]]:
    """The application, with its database open for as long as the block lasts, and what lets its worker begin."""
    catalogue = read_catalogue(settings)
    with Store.open(settings.store_url, pool_size=settings.pool_size, keyring=keyring_of(settings)) as store:
        record_published(store, catalogue)
        peppers = Peppers(settings.secret, settings.previous_secrets)
        with working_inside(settings, catalogue) as begin_work:
            yield create_app(settings, catalogue, store, peppers=peppers), begin_work


def listen(host: str, port: int) -> socket.socket:
    """Take a port, any free one for 0. Connections are refused until the server has started.

    Raises:
        Stop: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise Stop(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port, or 0 for a free one.",
            f"{host}:{port} で待ち受けできません({error.strerror})。"
            "別の --port を指定するか、0(空きポート)にしてください。",
        ) from None
    taken.set_inheritable(True)
    return taken


def base_url_of(listener: socket.socket) -> str:
    """The address to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Says when it is really listening."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell()


def run(app: FastAPI, listener: socket.socket, listening: Listening) -> None:
    """Serve one application in this process until SIGTERM or SIGINT; requests in flight are finished."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server sends itself the signal again when it is done; that must not kill the process.
        signal.signal(number, _leave)
    server = _Server(_config(app), lambda: listening(base_url_of(listener)))
    with suppress(_Left):
        server.run(sockets=[listener])


class _Left(BaseException):
    """A signal has ended the serving."""


def _leave(_number: int, _frame: object) -> None:
    raise _Left


def _config(app: FastAPI | str, **more: int | bool) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,  # the application writes its own
        server_header=False,
        proxy_headers=False,  # who is calling is told by keys, never by an address that a header claims
        timeout_graceful_shutdown=GRACE_SECONDS,
        **more,  # type: ignore[arg-type]
    )


# --- several processes -------------------------------------------------------------------------------------


def _serve_with_workers(
    settings: Settings, listener: socket.socket, workers: int, listening: Listening
) -> int:
    # Workers are started anew and read the settings from the environment.
    os.environ["RBC_HOST"] = settings.host
    os.environ["RBC_PORT"] = str(settings.port)
    if settings.documents_dir is not None:
        os.environ["RBC_DOCUMENTS_DIR"] = str(settings.documents_dir)
    with Store.open(settings.store_url, pool_size=1, keyring=keyring_of(settings)) as store:
        # A fault in a document is told once, here, and not by each worker.
        record_published(store, read_catalogue(settings))
    listener.listen(2048)
    listening(base_url_of(listener))
    config = _config("rbc_assess.cli.serving:application", factory=True, workers=workers)
    supervisor = Multiprocess(config, sockets=[listener])
    supervisor.run()
    failed = any(process.exitcode == _FAILED_TO_START for process in supervisor.processes)
    return FINDINGS if failed else FINE


def _end_with_the_parent() -> None:
    """Stop this worker when its parent is gone.

    A parent that was killed ends nobody: its workers would serve for ever, and keep the port from the next start.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, name="watch-parent", daemon=True).start()


def application() -> FastAPI:
    """The application of one worker process, out of the environment."""
    _end_with_the_parent()
    write_logs_as_json()
    settings = read_settings()
    store = Store.open(settings.store_url, pool_size=settings.pool_size, keyring=keyring_of(settings))
    peppers = Peppers(settings.secret, settings.previous_secrets)
    return create_app(settings, read_catalogue(settings), store, peppers=peppers)
