"""The wheel alone, with no checkout in sight, reads its documents and serves."""

from __future__ import annotations

import json
import os
import site
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=TOP)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel, and borrows its dependencies from this one."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(environment, symlinks=True)
    programs = environment / "bin"
    run(
        *(sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet"),
        *("--disable-pip-version-check", "--no-index", "--no-deps", wheel),
        cwd=environment,
    )
    (packages,) = environment.glob("lib/python*/site-packages")
    # A folder named in a .pth is searched, but its own .pth files are not read: an editable checkout stays unseen.
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()), "utf-8")
    return programs


def surroundings(folder: Path) -> dict[str, str]:
    """Only what a service would be given: no PYTHONPATH, none of our settings."""
    return {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "RBC_DATA_DIR": str(folder / "var")}


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


@contextmanager
def started(command: list[str | Path], folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command,
        cwd=folder,
        env=surroundings(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def wait_for(file: Path, process: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + 60
    while not file.exists():
        if process.poll() is not None:
            assert process.stdout is not None
            pytest.fail(f"demo ended with {process.returncode}:\n{process.stdout.read()}")
        assert time.monotonic() < deadline, f"demo did not write {file}"
        time.sleep(0.05)
    return file.read_text("utf-8")


def status_of(url: str) -> int:
    """Ask until somebody listens; an answer of any status is an answer."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                status = answer.status
                assert isinstance(status, int)
                return status
        except ConnectionError:
            pass
        except urllib.error.HTTPError as error:
            return error.code
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
        assert time.monotonic() < deadline, f"nobody answers at {url}"
        time.sleep(0.05)


def test_it_carries_every_document_and_migration(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for root in ("questionnaires", "migrations"):
        there = [
            path for path in (TOP / root).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        assert there
        assert {f"rbc_assess/_shipped/{path.relative_to(TOP)}" for path in there} <= names
    assert {"rbc_assess/py.typed", "rbc_assess/api/assets/swagger-ui/NOTICE"} <= names
    assert not [name for name in names if name.startswith("tests") or "__pycache__" in name]


def test_it_runs_from_its_own_files(commands: Path, tmp_path: Path) -> None:
    asked = "import rbc_assess.shipped as s; print(s.__file__, s.documents_root(), s.migrations_root(), sep='\\n')"
    found = run(commands / "python", "-c", asked, cwd=tmp_path, env=surroundings(tmp_path)).splitlines()
    assert all(Path(path).is_relative_to(commands.parent.resolve()) for path in found)
    assert all(Path(path).exists() for path in found)


def test_its_documents_have_no_fault(commands: Path, tmp_path: Path) -> None:
    run(commands / "rbc-assess", "lint", cwd=tmp_path, env=surroundings(tmp_path))


def test_its_demo_serves(commands: Path, tmp_path: Path) -> None:
    port = free_port()
    with started([commands / "rbc-assess", "demo", "--port", str(port)], tmp_path) as demo:
        told = json.loads(wait_for(tmp_path / "var" / "demo.json", demo))
        assert told["base_url"].endswith(f":{port}")
        assert status_of(f"{told['base_url']}/livez") == 200
