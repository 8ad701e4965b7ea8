"""What builds, installs and packs the product agrees with the tree."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
SHARED_LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
"""Of one environment; what speed is compared with has its own."""
LOCKS = (*SHARED_LOCKS, "requirements-openfisca.lock")
DEFINITION = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))


def pinned(lock: str) -> dict[str, str]:
    text = (TOP / lock).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9.\-_\[\]]+)==(\S+)", text, re.MULTILINE))


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[._-]+", "-", found.group()).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_says_what_a_file_is_and_not_where_from(lock: str) -> None:
    for line in (TOP / lock).read_text("utf-8").splitlines():
        assert re.fullmatch(
            r"[a-z0-9.\-]+==\S+( ; [^/\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line
        ), line


def test_the_locks_agree_and_hold_what_is_asked_for() -> None:
    run, dev, build = (pinned(lock) for lock in SHARED_LOCKS)
    assert run.items() <= dev.items()
    assert build.items() <= dev.items()
    assert {name_of(wanted) for wanted in DEFINITION["project"]["dependencies"]} <= run.keys()
    groups = DEFINITION["dependency-groups"]
    assert {name_of(wanted) for wanted in groups["dev"] if isinstance(wanted, str)} <= dev.keys()
    assert {name_of(wanted) for wanted in groups["build"]} <= build.keys()
    compared = pinned("requirements-openfisca.lock")
    assert {name_of(wanted) for wanted in groups["openfisca"]} <= compared.keys()
    assert not [name for name in {**run, **dev} if "openfisca" in name]


def test_make_alone_explains_every_target() -> None:
    # A make that runs us (make test) would pass its own flags and targets on.
    alone = {
        name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"
    }
    help_text = subprocess.run(
        ["make"], cwd=TOP, env=alone, check=True, capture_output=True, text=True
    ).stdout
    listed = set(re.findall(r"^  ([a-z]+) +\S", help_text, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.+)$", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    assert listed == set(phony.group(1).split())


def test_the_build_script_can_be_run() -> None:
    script = TOP / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text("utf-8").rstrip().endswith("make --no-print-directory test")


def test_the_image_copies_what_exists_and_is_not_ignored_and_runs_as_nobody_much() -> None:
    text = (TOP / "Dockerfile").read_text("utf-8")
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    let_in = {
        line[1:] for line in (TOP / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    assert copied
    assert set(copied) == let_in
    assert [source for source in copied if not (TOP / source).exists()] == []
    last_stage = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER (?!0|root)\S+$", last_stage, re.MULTILINE)
    assert "/livez" in last_stage
