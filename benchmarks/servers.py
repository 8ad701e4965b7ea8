"""Server processes to measure: started on loopback, ended by their own id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.load import Address
from benchmarks.paired import Unfit

STARTED_WITHIN: Final = 180.0
STOPPED_WITHIN: Final = 20.0


class Server:
    """A process that listens on a port of loopback. What it prints goes into a file, as a service's log does."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.address: Address = ("127.0.0.1", free_port())
        self._log = log
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RBC_")}
        command = [sys.executable, "-m", module, *arguments, "--port", str(self.address[1])]
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env={**inherited, **environment},
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        try:
            self.wait_until_it_listens()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def wait_until_it_listens(self) -> None:
        """Return as soon as it accepts a connection."""
        deadline = time.monotonic() + STARTED_WITHIN
        while True:
            try:
                socket.create_connection(self.address, timeout=1).close()
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise Unfit(f"a server does not start:\n{self.log()}") from None
                time.sleep(0.002)
            else:
                return

    def stop(self) -> None:
        """End it as an operator would, and for good if it does not."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def log(self) -> str:
        """The end of what it wrote."""
        return self._log.read_text("utf-8", errors="replace")[-4000:]

    def crashes(self) -> list[str]:
        """What it wrote of faults that nobody foresaw."""
        written = self._log.read_text("utf-8", errors="replace")
        return [line for line in written.splitlines() if '"crash"' in line or "Traceback" in line]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert isinstance(port, int)
        return port
