"""``lint``: every fault of every document, where editors and build logs can follow it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, write_json
from rbc_assess.documents.faults import START, Fault, display_path, fault, render, render_for_github
from rbc_assess.documents.loading import count_files, read_documents


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
    files = count_files(root, only)
    if not files and not faults:
        faults = (fault(display_path(root), START, "nothing-read"),)
    if form == "json":
        write_json([_document(found, voice) for found in faults])
    else:
        write = render_for_github if form == "github" else render
        for found in faults:
            voice.say(write(found, voice.language))
    errors = sum(found.severity == "error" for found in faults)
    warnings = len(faults) - errors
    _print_count(voice, files, errors, warnings)
    return FINDINGS if errors or (strict and warnings) else FINE


def _document(found: Fault, voice: Voice) -> dict[str, object]:
    return {
        "file": found.file,
        "line": found.line,
        "column": found.column,
        "code": found.code,
        "severity": found.severity,
        "sentence": voice.of_text(found.text),
    }


def _print_count(voice: Voice, files: int, errors: int, warnings: int) -> None:
    def many(number: int, word: str) -> str:
        return f"{number} {word}{'' if number == 1 else 's'}"

    voice.aside(
        f"{many(files, 'file')}, {many(errors, 'error')}, {many(warnings, 'warning')}",
        f"ファイル {files}件、エラー {errors}件、注意 {warnings}件",
    )
