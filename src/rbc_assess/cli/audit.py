"""``audit verify``: whether the audit trail is as it was written, and if not, where it first is not."""

from __future__ import annotations

from typing import Final

from rbc_assess.cli.database import open_store, settings_of_database
from rbc_assess.cli.voice import FINDINGS, FINE, Voice, write_json
from rbc_assess.identity import CheckpointKeys
from rbc_assess.storage.audit import CHAINS
from rbc_assess.workflows.audit_verify import Fault, Verdict
from rbc_assess.workflows.audit_verify import verify as verify_trail

LONGEST_STATEMENT_SECONDS: Final = 3600.0
"""Counting hundreds of millions of entries takes a while."""

_WHAT: Final[dict[str, tuple[str, str]]] = {
    "chain-missing": ("the chain is missing", "チェーンがありません"),
    "chain-unknown": ("there is no such chain", "このチェーンは存在しないはずです"),
    "entry-missing": ("the entry is missing", "記録が欠けています"),
    "entry-changed": ("the entry was changed, or put in", "記録が変更、または挿入されています"),
    "entry-not-as-signed": (
        "the entry is not the one that a checkpoint signed; those before it may have been changed too",
        "記録が署名済みチェックポイントと一致しません。これより前の記録も変更されているおそれがあります",
    ),
    "head-changed": (
        "the chain does not end as its head says",
        "チェーンの末尾が、記録されている先頭情報と一致しません",
    ),
    "checkpoint-missing": ("the checkpoint is missing", "チェックポイントが欠けています"),
    "checkpoint-changed": ("the checkpoint was changed", "チェックポイントが変更されています"),
    "checkpoint-not-signed": (
        "this installation did not sign the checkpoint",
        "チェックポイントの署名がこのシステムのものではありません",
    ),
    "checkpoint-gone": (
        "the file has a checkpoint that the database does not go back to",
        "ファイルにあるチェックポイントが、データベースにありません",
    ),
    "line-changed": (
        "a line of the file of checkpoints was changed",
        "チェックポイントのファイルの行が変更されています",
    ),
}


def verify(voice: Voice) -> int:
    """Verify the trail and say what is wrong; 1 if anything is.

    Raises:
        Stop: the schema is not at head. ``SettingsRefused``: the secret is missing or unsafe.
    """
    settings = settings_of_database(with_secret=True)
    keys = CheckpointKeys(settings.secret, settings.previous_secrets)
    with open_store(settings, statement_timeout=LONGEST_STATEMENT_SECONDS, role="worker") as store:
        verdict = verify_trail(store, keys, settings.checkpoints)
    if voice.json:
        write_json(_document(verdict))
    else:
        say_verdict(voice, verdict)
    return FINDINGS if verdict.faults else FINE


def _document(verdict: Verdict) -> dict[str, object]:
    faults = [{**fault._asdict(), "detail": _WHAT[fault.code][0]} for fault in verdict.faults]
    return {
        "sound": not faults,
        "chains": CHAINS,
        "entries": verdict.entries,
        "checkpoints": verdict.checkpoints,
        "lines_in_file": verdict.lines,
        "entries_since_last_checkpoint": verdict.open_entries,
        "first_bad": faults[0] if faults else None,
        "faults": faults,
    }


def say_verdict(voice: Voice, verdict: Verdict) -> None:
    """Say what is wrong with a trail, or that nothing is."""
    for fault in verdict.faults:
        en, ja = _WHAT[fault.code]
        voice.say(f"{_place(fault, 'en')}: {en}.", f"{_place(fault, 'ja')}:{ja}。")
    voice.say(
        f"{CHAINS} chains, {verdict.entries} entries, {verdict.checkpoints} checkpoints, "
        f"{verdict.lines} of them in the file.",
        f"チェーン{CHAINS}本、記録{verdict.entries}件、チェックポイント{verdict.checkpoints}件"
        f"(うちファイル{verdict.lines}件)。",
    )
    if verdict.faults:
        voice.say(
            "The audit trail is NOT as it was written.", "監査記録は、書かれたときのままではありません。"
        )
        return
    voice.say(
        f"The audit trail is sound; {verdict.open_entries} entries have come since the last checkpoint.",
        f"監査記録に異常はありません。最後のチェックポイントより後の記録は{verdict.open_entries}件です。",
    )
    if not verdict.checkpoints or not verdict.lines:
        voice.aside(
            "Nothing signed lies outside the database yet: a worker makes a checkpoint each hour.",
            "署名済みのチェックポイントはまだデータベースの外にありません。ワーカーが1時間ごとに作成します。",
        )


def _place(fault: Fault, language: str) -> str:
    parts = {
        "chain": ("chain", "チェーン"),
        "sequence": ("entry", "記録"),
        "checkpoint": ("checkpoint", "チェックポイント"),
        "line": ("line", "行"),
    }
    found = [
        f"{words[language == 'ja']} {number}"
        for name, words in parts.items()
        if (number := getattr(fault, name)) is not None
    ]
    return ", ".join(found) if found else ("audit trail", "監査記録")[language == "ja"]
