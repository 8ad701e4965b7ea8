"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Lang = Annotated[
    str | None, typer.Option("--lang", metavar="TAG", help="en or ja; default: RBC_LANG or LANG.")
]

QuestionnaireName = Annotated[
    str, typer.Argument(metavar="QUESTIONNAIRE[@EDITION]", help="An id such as quick-check, or a YAML file.")
]
SchemeName = Annotated[
    str, typer.Argument(metavar="SCHEME[@VERSION]", help="An id such as jp-27-rbc-upgrade, or a YAML file.")
]


def documents_root(context: typer.Context) -> Path:
    """The documents root of ``--documents``, else of ``RBC_DOCUMENTS_DIR``, else the shipped one."""
    root = context.find_root().obj
    assert isinstance(root, Path)
    return root
