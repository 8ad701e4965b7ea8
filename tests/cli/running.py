"""Running the command line: in this process where that will do, else in one of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from typer.testing import CliRunner

from rbc_assess.cli.app import app
from rbc_assess.shipped import documents_root

EXAMPLES = documents_root() / "quick-check" / "examples"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def run(*arguments: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command in this process; English unless said otherwise."""
    result = CliRunner().invoke(app, list(arguments), input=stdin, env={"RBC_LANG": "en", **(env or {})})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def run_apart(*arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command in a process of its own, as a person would."""
    with subprocess.Popen(
        [sys.executable, "-m", "rbc_assess.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "RBC_LANG": "en", **(env or {})},
    ) as process:
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            # SIGTERM, so that a server which should not have started takes its workers with it.
            process.terminate()
            raise
        return Ran(process.returncode, out, err)


@contextmanager
def serving(*arguments: str, env: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A serving command in a process of its own, and the first document that it prints with ``--json``.

    It is ended when the block ends, if the block has not ended it.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "rbc_assess.cli", *arguments, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "RBC_LANG": "en", **env},
    )
    assert process.stdout is not None
    try:
        lines: list[str] = []
        for line in process.stdout:  # until the closing brace; a process that dies closes the pipe
            lines.append(line)
            if line.rstrip() == "}":
                break
        else:
            raise AssertionError(f"it did not start: {process.communicate(timeout=30)[1]}")
        yield process, "".join(lines)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def copy_of_documents(folder: Path) -> Path:
    """The shipped documents, to plant faults in."""
    root = folder / "documents"
    shutil.copytree(documents_root(), root)
    return root
