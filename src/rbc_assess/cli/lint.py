"""``lint``: every fault of every document, where editors and build logs can follow it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, write_json
from rbc_assess.documents.faults import Fault, render, render_for_github
from rbc_assess.documents.loading import read_documents


def lint(voice: Voice, root: Path, paths: Sequence[str], form: str, *, strict: bool) -> int:
    """Check all documents or those named; 1 if there are errors, with ``strict`` also for warnings.

    Raises:
        Stop: a path does not exist.
    """
    only = [Path(path) for path in paths]
    for path in only:
        if not path.exists():
            raise Stop(
                f"There is no file or folder {path}.", f"{path} というファイルやフォルダはありません。"
            )
    faults = read_documents(root, only=only).faults
    if form == "json":
        write_json([_document(fault, voice) for fault in faults])
    else:
        write = render_for_github if form == "github" else render
        for fault in faults:
            voice.say(write(fault, voice.language))
    errors = sum(fault.severity == "error" for fault in faults)
    warnings = len(faults) - errors
    _print_count(voice, _count_files(root, only), errors, warnings)
    return FINDINGS if errors or (strict and warnings) else FINE


def _document(fault: Fault, voice: Voice) -> dict[str, object]:
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "severity": fault.severity,
        "sentence": voice.of_text(fault.text),
    }


def _count_files(root: Path, only: Sequence[Path]) -> int:
    places = only or [root]
    return sum(len(list(place.rglob("*.yaml"))) if place.is_dir() else 1 for place in places)


def _print_count(voice: Voice, files: int, errors: int, warnings: int) -> None:
    def many(number: int, word: str) -> str:
        return f"{number} {word}{'' if number == 1 else 's'}"

    voice.aside(
        f"{many(files, 'file')}, {many(errors, 'error')}, {many(warnings, 'warning')}",
        f"ファイル {files}件、エラー {errors}件、注意 {warnings}件",
    )
