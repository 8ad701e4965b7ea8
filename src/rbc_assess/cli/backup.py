"""``backup`` and ``restore``: the database in files, and a database out of them that is as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rbc_assess.cli.audit import LONGEST_STATEMENT_SECONDS, say_verdict
from rbc_assess.cli.database import keyring_of, open_store, settings_of_database
from rbc_assess.cli.voice import FINDINGS, FINE, Voice, write_json
from rbc_assess.cli.working import signing_of
from rbc_assess.settings import Settings
from rbc_assess.workflows import backup as workflow
from rbc_assess.workflows.audit_verify import verify
from rbc_assess.workflows.checkpoints import abandon
from rbc_assess.workflows.erase import LEDGER_NAME


def back_up(voice: Voice, file: Path) -> int:
    """Write the files of a backup. It needs no secret: what is sealed stays sealed.

    Raises:
        Stop: the database is not at head. ``Conflict``: a file is there already. ``BackupFailed``: it did not work.
    """
    settings = settings_of_database()
    open_store(settings).close()
    workflow.back_up(_place(settings), file)
    keys, ledger = workflow.keys_file(file), workflow.ledger_file(file)
    if voice.json:
        write_json({"database": str(file), "keys": str(keys), "erasures": str(ledger)})
        return FINE
    voice.say(f"Database: {file}", f"データベース: {file}")
    voice.say(
        f"Keys:     {keys} (keep it elsewhere, and no longer than 35 days)",
        f"鍵:       {keys} (別の場所に置き、35日を過ぎたら廃棄してください)",
    )
    voice.say(f"Erasures: {ledger}", f"消去台帳: {ledger}")
    return FINE


def restore(voice: Voice, file: Path, keys: Path | None, ledgers: Sequence[Path]) -> int:
    """Fill an empty database from a backup, erase again who was erased since, and look whether it is ready.

    It ends with ``audit verify``: 1 if the trail is not as it was written.

    Raises:
        Conflict: the database is not empty. ``BackupFailed``, ``SealBroken``, ``LedgerBroken``: as they say.
        SettingsRefused: there is no secret.
        Stop: it is not ready after all.
    """
    settings = settings_of_database(with_secret=True)
    restored = workflow.restore(_place(settings), file, keys=keys, ledgers=ledgers)
    signing = signing_of(settings)
    with open_store(
        settings,
        keyring=keyring_of(settings),
        statement_timeout=LONGEST_STATEMENT_SECONDS,
        role="owner",
    ) as store:
        abandoned = abandon(store, signing, datetime.now(UTC))
        verdict = verify(store, signing.keys, signing.folder)
    if voice.json:
        write_json({**restored._asdict(), "abandoned": len(abandoned), "audit_faults": len(verdict.faults)})
        return FINDINGS if verdict.faults else FINE
    voice.say(
        f"Restored at schema {restored.revision}: {restored.keys} keys; {restored.erased} enterprises erased again.",
        f"復元しました(スキーマ {restored.revision})。鍵 {restored.keys} 件、改めて消去した企業 {restored.erased} 件。",
    )
    if abandoned:
        voice.say(
            f"{len(abandoned)} checkpoints lie after the backup; an entry says that they were abandoned.",
            f"バックアップより後のチェックポイント {len(abandoned)} 件を、失われたものとして記録しました。",
        )
    say_verdict(voice, verdict)
    return FINDINGS if verdict.faults else FINE


def _place(settings: Settings) -> workflow.Place:
    return workflow.Place(
        settings.owner_url or settings.store_url,
        settings.role_to_grant,
        settings.worker_role_to_grant,
        settings.data_dir / LEDGER_NAME,
        settings.pg_bin_dir,
        keyring_of(settings),
    )
