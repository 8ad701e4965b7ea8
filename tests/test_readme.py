"""The README does not lie: its calls run, and it names every setting and every command."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from rbc_assess.cli.app import app
from rbc_assess.settings import described_settings
from rbc_assess.shipped import documents_root

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def blocks(title: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", section(title), flags=re.DOTALL)


def answers_in(output: str) -> list[Any]:
    """The JSON documents that several calls printed one after the other."""
    decoder, found, rest = json.JSONDecoder(), [], output.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        found.append(document)
        rest = rest[end:].lstrip()
    return found


def test_the_three_calls_run_against_the_demo(tmp_path: Path) -> None:
    assert shutil.which("curl"), "the README's calls need curl: apt-get install curl"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "RBC_LANG": "en"}
    environment.pop("RBC_DATA_DIR", None)
    command = [sys.executable, "-m", "rbc_assess.cli", "demo", "--port", "0"]
    with (tmp_path / "demo.log").open("w") as log:
        demo = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        wait_for(tmp_path / "var" / "demo.json", demo)
        ran = run_block("Three calls to try", tmp_path, environment)
        questionnaires, plan = answers_in(ran)
        walked = run_block(
            "From answers to a refusal with reasons, to a remedy, to eligible", tmp_path, environment
        )
        submission = json.loads((tmp_path / "var" / "submission.json").read_text())
        scored = score_as_the_readme_says(tmp_path, environment)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(timeout=30)
    assert {item["id"]: item["title"] for item in questionnaires["items"]}["quick-check"] == "かんたん診断"
    assert submission["scorecard"]["overall"]["score"] is not None
    assert submission["scorecard"]["trace"]
    assert plan["steps"]
    assert re.search(r"[ぁ-ん]", plan["steps"][0]["guidance"])
    assert f"{submission['scorecard']['overall']['score']:.1f}" in scored
    check_the_walk(tmp_path, walked)


def run_block(title: str, folder: Path, environment: dict[str, str]) -> str:
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", blocks(title)[0]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def check_the_walk(folder: Path, told: str) -> None:
    """One firm from a refusal with reasons in Japanese to eligible, and every look on record."""
    found = {
        name: json.loads((folder / "var" / f"{name}.json").read_text("utf-8"))
        for name in ("without-consent", "consent", "refused", "eligible", "replayed", "disclosures")
    }
    assert found["without-consent"]["type"] == "/problems/consent-required"
    assert "いつでも取り消せます" in found["consent"]["wording"]
    assert (found["refused"]["outcome"], found["refused"]["because"]) == ("not_eligible", ["contact"])
    for words in ("満たしていません：全員が相談できる窓口を知っていること", "できること：", "根拠："):
        assert words in told
    assert (found["eligible"]["outcome"], found["eligible"]["because"]) == ("eligible", [])
    assert found["eligible"]["supersedes"] == found["refused"]["id"]
    assert found["replayed"]["identical"] is True
    assert found["replayed"]["record_sha256"] == found["refused"]["record_sha256"]
    assert [look["action"] for look in found["disclosures"]["items"]] == [
        "decision.replayed", "decision.created", "decision.created",
    ]  # fmt: skip


def score_as_the_readme_says(folder: Path, environment: dict[str, str]) -> str:
    (line,) = blocks("Three calls to try")[1].strip().splitlines()
    words = line.split()
    assert words[0] == ".venv/bin/rbc-assess"
    ran = subprocess.run(
        [sys.executable, "-m", "rbc_assess.cli", *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ran.stdout


def test_the_calls_with_files_alone_run_as_written(tmp_path: Path) -> None:
    example = (documents_root() / "quick-check" / "examples" / "passports-kept.yaml").read_text("utf-8")
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(example, "utf-8")
    told = []
    for line in blocks("The command line")[0].strip().splitlines():
        words = [
            str(sheet) if word == "var/demo-sheet.json" else word for word in shlex.split(line, comments=True)
        ]
        assert words[0] == ".venv/bin/rbc-assess"
        ran = CliRunner().invoke(app, words[1:])
        assert ran.exit_code == 0, (line, ran.output)
        told.append(ran.output)
    assert "できること：" in told[0]
    assert "要件" in told[1]
    assert "ok " in told[2]


def wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if file.exists():
            return
        assert process.poll() is None, "the demo ended before it was ready"
        time.sleep(0.1)
    pytest.fail("the demo did not get ready within a minute")


def test_every_setting_is_listed_with_its_default_and_meaning() -> None:
    rows = [line for line in section("Settings").splitlines() if line.startswith("| `RBC_")]
    expected = [
        f"| `{one.name}` | {f'`{one.default}`' if one.default else '-'} | {one.description} |"
        for one in described_settings()
    ]
    assert rows == expected


def test_every_command_is_listed() -> None:
    def names(group: Any, before: str = "") -> list[str]:
        found: list[str] = []
        for name, command in group.commands.items():
            if command.hidden:
                continue
            full = f"{before}{name}"
            found += names(command, f"{full} ") if hasattr(command, "commands") else [full]
        return found

    listed = section("The command line")
    missing = [name for name in names(get_command(app)) if f"`{name}`" not in listed]
    assert not missing


def test_the_readme_maps_every_part_of_the_package() -> None:
    named = section("Map of the code")
    parts = {
        path.name for path in (ROOT / "src" / "rbc_assess").iterdir() if path.suffix == ".py" or path.is_dir()
    }
    small = {"__init__.py", "__pycache__", "py.typed", "shipped.py"}
    assert not [part for part in parts - small if f"{part.removesuffix('.py')}" not in named]
