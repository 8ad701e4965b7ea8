"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    "fastapi",
    "starlette",
    "pydantic",
    "uvicorn",
    "uvloop",
    "httptools",
    "orjson",
    "sqlalchemy",
    "psycopg",
)


def machine() -> str:
    """Processor, cores, memory, kernel."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def load() -> str:
    """How busy the machine is, in running processes over the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def priority() -> str:
    """How the measuring processes stand against others on the machine; servers inherit it."""
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    return "usual priority" if nice == 0 else f"raised or lowered priority (nice {nice})"


def versions() -> str:
    """The interpreter and everything that has a part in the figures."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}, SQLite {sqlite3.sqlite_version}"


def memory_of(pid: int) -> float:
    """Memory that a process holds now, in MB of 10**6 bytes (resident set, shared pages included)."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    kibibytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kibibytes) * 1024 / 1e6


def cpu_of(pid: int) -> float:
    """Processor time that a process has used so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_all(pid: int) -> float:
    """Processor time of a process and of those that it has started, in seconds."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return cpu_of(pid) + sum(cpu_of_all(int(one)) for one in below)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
