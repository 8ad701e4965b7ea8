"""The guide for authors does not lie: its scheme is sound, complete and decides as its cases say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.reading import parsed

from rbc_assess.core.condition_operators import OPERATORS
from rbc_assess.documents.loading import read_documents
from rbc_assess.documents.scheme_cases import run_scheme_cases, schemes_in
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
    catalogue, faults = read_documents(root, only=[file], cache_dir=parsed())
    assert faults == ()
    (scheme,) = [one for one in schemes_in(catalogue) if one.path == file]
    assert [case.outcome.passed for case in run_scheme_cases(catalogue, scheme)] == [True] * 4


def test_it_names_every_operator() -> None:
    for operator in OPERATORS:
        assert f"`{operator}`" in GUIDE
