"""A real installation: a database, one enterprise with its key, and ``rbc-assess serve`` as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from tests.postgres import WORKER, as_role

from rbc_assess.identity import Keyring, Peppers
from rbc_assess.storage import enterprises, keys
from rbc_assess.storage.engine import Store

SECRET: Final = "8c1f0a77d2be4d6390e5b1c24fa86e3d5b0972ce"
_SERVE: Final = (sys.executable, "-m", "rbc_assess.cli", "serve", "--port", "0", "--json")
STARTED_WITHIN: Final = 120.0


@dataclass(frozen=True)
class Installation:
    """Where its database is, where it may write, and who calls it. ``owner_url`` is for looking behind its back."""

    database_url: str
    owner_url: str
    folder: Path
    enterprise: str
    key: str

    @classmethod
    def settle(cls, database_url: str, folder: Path, *, owner_url: str | None = None) -> Self:
        """Put an enterprise with a key into a migrated database."""
        now = datetime.now(UTC)
        with (
            Store.open(database_url, pool_size=1, keyring=Keyring(SECRET)) as store,
            store.write() as connection,
        ):
            firm = enterprises.create_enterprise(
                connection, created_by=None, name="Firm", livemode=True, now=now
            )
            _, key = keys.issue_key(connection, firm.id, Peppers(SECRET), now, livemode=True)
        return cls(database_url, owner_url or database_url, folder, firm.id, key.text)

    @property
    def environment(self) -> Mapping[str, str]:
        """What ``serve`` reads; nothing of it comes from whoever runs the tests."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RBC_")}
        return {
            **inherited,
            "RBC_DATABASE_URL": self.database_url,
            "RBC_WORKER_DATABASE_URL": as_role(self.database_url, WORKER),
            "RBC_DATA_DIR": str(self.folder),
            "RBC_SECRET_KEY": SECRET,
            "RBC_LANG": "en",
        }


class Server:
    """A server process of an installation; it may be started again after its end, on another port."""

    def __init__(self, installation: Installation, *, workers: int = 1) -> None:
        self.installation = installation
        self._workers = workers
        self._process: subprocess.Popen[bytes] | None = None
        self._address: tuple[str, int] | None = None
        self.log_file = installation.folder / f"server-{id(self)}.log"

    @property
    def address(self) -> tuple[str, int]:
        assert self._address is not None, "it has not been started"
        return self._address

    @property
    def pid(self) -> int:
        assert self._process is not None, "it has not been started"
        return self._process.pid

    def children(self) -> list[int]:
        """The processes that it has started itself."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def start(self) -> None:
        """Start it and return once it accepts connections."""
        self.log_file.unlink(missing_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*_SERVE, "--workers", str(self._workers)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.installation.environment,
            )
        deadline = time.monotonic() + STARTED_WITHIN
        while True:
            ended = self._process.poll() is not None
            written = self.log()
            head, brace, _ = written.partition("}")
            if brace:
                host, _, port = json.loads(head + brace)["base_url"].rpartition("/")[2].partition(":")
                self._address = (host, int(port))
                return
            if ended or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"it ended with {self._process.returncode}:\n{written}")
            time.sleep(0.01)

    def kill(self) -> None:
        """``kill -9``: the process gets no chance to do anything more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> int:
        """End it as an operator would; return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server does not stop:\n{self.log()[-4000:]}") from None

    def log(self) -> str:
        """What it has written since its last start."""
        return self.log_file.read_text("utf-8", errors="replace")

    def crashes(self) -> list[str]:
        """What it has logged of faults that nobody foresaw."""
        return [line for line in self.log().splitlines() if '"crash"' in line or "Traceback" in line]


@contextmanager
def serving(installation: Installation) -> Iterator[Server]:
    """A started server; killed at the end if it still runs then."""
    server = Server(installation)
    server.start()
    try:
        yield server
    finally:
        server.kill()
