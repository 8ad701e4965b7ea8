"""The guide for authors does not lie: its scheme is sound, complete and decides as its cases say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from tests.cli.running import run

from rbc_assess.core.condition_operators import OPERATORS
from rbc_assess.shipped import documents_root

GUIDE = (documents_root() / "README.md").read_text("utf-8")


def guide_scheme() -> str:
    (found,) = re.findall(r"```yaml\n(format: rbc-scheme/1\n.*?)```", GUIDE, flags=re.DOTALL)
    return str(found)


def test_its_scheme_has_not_even_a_warning_and_its_cases_hold(tmp_path: Path) -> None:
    root = tmp_path / "documents"
    shutil.copytree(documents_root(), root)
    file = root / "schemes" / "jp-27-safe-work" / "1.yaml"
    file.parent.mkdir()
    file.write_text(guide_scheme(), "utf-8")
    lint = run("--documents", str(root), "lint", "--strict", str(file))
    assert (lint.code, lint.out) == (0, "")
    cases = json.loads(run("--documents", str(root), "cases", "jp-27-safe-work", "--json").out)
    assert (cases["passed"], cases["failed"]) == (4, 0)


def test_it_names_every_operator() -> None:
    for operator in OPERATORS:
        assert f"`{operator}`" in GUIDE
