"""The shape of the code, held by reading its imports: one way, a pure core, files that fit a head."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "rbc_assess"
SOURCE = Path(__file__).resolve().parent.parent / "src" / PACKAGE

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"core"}),
    frozenset({"settings", "documents", "identity"}),
    frozenset({"storage"}),
    frozenset({"workflows"}),
    frozenset({"api", "web"}),
    frozenset({"cli", "__main__"}),
)
"""A part may import parts of earlier layers and its neighbours in its own, but for the strangers below."""

FREE = frozenset({"errors", "shipped", ""})
"""Free to all: what can go wrong, where the files lie, and the package itself (``""``). They import no part."""

STRANGERS = frozenset({"api", "web"})
"""These share a layer and never import each other."""

CORE_MAY_IMPORT = frozenset({"pydantic", "pydantic_core", "rfc8785", PACKAGE}) | sys.stdlib_module_names

IMPURE = frozenset(
    {"os", "io", "pathlib", "sqlite3", "socket", "subprocess", "time", "random", "secrets", "logging"}
)
"""Standard modules that are a clock, a file, a network or chance, which the core does not know."""

LONGEST_FILE = 400


def level(part: str) -> int:
    for number, layer in enumerate(LAYERS):
        if part in layer:
            return number
    raise AssertionError(
        f"{PACKAGE}.{part} stands in no layer: give it a place in LAYERS and in the README's map"
    )


def part_of(file: Path, root: Path) -> str:
    name = file.relative_to(root).parts[0].removesuffix(".py")
    return "" if name == "__init__" else name


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything imported, also inside functions and ``if TYPE_CHECKING``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def objection(importer: str, name: str) -> str | None:
    """Say why the part ``importer`` may not import ``name``; None if it may."""
    top, _, rest = name.partition(".")
    if not top:
        return f"relative import {name}"
    if importer == "core" and (top not in CORE_MAY_IMPORT or top in IMPURE):
        return f"core imports {name}, and is pure"
    if importer == "core" and name == "typing.Any":
        return "core uses Any"
    target = rest.partition(".")[0]
    # `from rbc_assess import ENGINE, __version__` names no part but words of the package itself.
    if top != PACKAGE or target == importer or target in FREE or target.isupper() or target == "__version__":
        return None
    if importer in FREE:
        return f"{importer or PACKAGE} is free to all and so imports no part, but imports {name}"
    if level(target) > level(importer) or {importer, target} == STRANGERS:
        return f"{importer} imports {name}"
    return None


def violations(root: Path) -> list[str]:
    found = []
    for file in sorted(root.rglob("*.py")):
        where = file.relative_to(root)
        text = file.read_text("utf-8")
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            found.append(f"{where}: {lines} lines, more than {LONGEST_FILE}")
        for line, name in imported(ast.parse(text, str(file))):
            why = objection(part_of(file, root), name)
            if why:
                found.append(f"{where}:{line}: {why}")
    return found


def test_the_code_keeps_its_shape() -> None:
    assert any(SOURCE.rglob("*.py"))
    assert violations(SOURCE) == []


def test_every_part_has_a_layer() -> None:
    parts = {part_of(file, SOURCE) for file in SOURCE.rglob("*.py")} - FREE
    assert all(level(part) >= 0 for part in parts)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("core/tier.py", "from rbc_assess.storage import tables", "core imports rbc_assess.storage.tables"),
        ("core/tier.py", "import rbc_assess.api", "core imports rbc_assess.api"),
        ("core/tier.py", "import sqlalchemy", "core imports sqlalchemy, and is pure"),
        ("core/tier.py", "from pathlib import Path", "core imports pathlib.Path, and is pure"),
        ("core/tier.py", "from typing import Any", "core uses Any"),
        ("core/tier.py", "from . import figures", "relative import ..figures"),
        (
            "core/tier.py",
            "def late() -> None:\n    import rbc_assess.settings",
            "core imports rbc_assess.settings",
        ),
        ("documents/loader.py", "from rbc_assess import storage", "documents imports rbc_assess.storage"),
        (
            "storage/engine.py",
            "from rbc_assess.workflows.submit import submit",
            "storage imports rbc_assess.workflows.submit.submit",
        ),
        (
            "workflows/submit.py",
            "from rbc_assess.api.problems import x",
            "workflows imports rbc_assess.api.problems.x",
        ),
        ("api/app.py", "from rbc_assess.web import pages", "api imports rbc_assess.web.pages"),
        ("web/pages.py", "from rbc_assess import api", "web imports rbc_assess.api"),
        ("api/app.py", "from rbc_assess.cli import main", "api imports rbc_assess.cli.main"),
        ("errors.py", "from rbc_assess.core import document", "errors is free to all and so imports no part"),
        ("core/long.py", "\n" * 401, "401 lines, more than 400"),
    ],
)
def test_a_planted_violation_is_caught(tmp_path: Path, file: str, text: str, expected: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(text, "utf-8")
    found = violations(tmp_path)
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "core/tier.py",
            "import datetime\nimport pydantic\nimport rfc8785\nfrom rbc_assess import ENGINE, __version__, errors",
        ),
        ("storage/engine.py", "import sqlalchemy\nfrom rbc_assess.core.figures import Tenths"),
        ("api/app.py", "from rbc_assess.workflows import submit\nfrom rbc_assess.identity import Caller"),
        ("cli/serve.py", "import rbc_assess.api.app, rbc_assess.web"),
        ("core/full.py", "\n" * 400),
    ],
)
def test_what_is_allowed_is_let_through(tmp_path: Path, file: str, text: str) -> None:
    allowed = tmp_path / file
    allowed.parent.mkdir(exist_ok=True)
    allowed.write_text(text, "utf-8")
    assert violations(tmp_path) == []
