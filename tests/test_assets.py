"""What comes from others is what its decision page says it is."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SWAGGER_UI = TOP / "src" / "rbc_assess" / "api" / "assets" / "swagger-ui"
DECISION = TOP / "docs" / "decisions" / "0001-swagger-ui-in-the-tree.md"


def test_swagger_ui_is_the_version_that_was_decided() -> None:
    promised = dict(
        re.findall(r"^\| `(\S+)` \| `([0-9a-f]{64})` \|$", DECISION.read_text("utf-8"), re.MULTILINE)
    )
    assert sorted(promised) == ["swagger-ui-bundle.js", "swagger-ui.css"]
    assert {name: sha256((SWAGGER_UI / name).read_bytes()).hexdigest() for name in promised} == promised


def test_its_licence_comes_with_it() -> None:
    assert "Apache License" in (SWAGGER_UI / "LICENSE").read_text("utf-8")
    assert "SmartBear" in (SWAGGER_UI / "NOTICE").read_text("utf-8")
