"""``erase``: an enterprise erased for good, by whoever runs the service."""

from __future__ import annotations

from datetime import UTC, datetime

from rbc_assess.cli.database import keyring_of, open_store, settings_of_database
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.errors import NotFound
from rbc_assess.workflows import erase as workflow

CREDENTIAL = "command-line"
"""What stands in the ledger for whoever has the service's own machine."""


def erase(voice: Voice, enterprise: str, *, yes: bool) -> int:
    """Erase an enterprise, and say until when a backup could bring it back.

    Raises:
        Stop: it was not confirmed, or there is no such enterprise.
        SettingsRefused: a setting is missing.
    """
    if not yes:
        raise Stop(
            f"This destroys the key of {enterprise} and deletes its answers, for good. Say --yes to do it.",
            f"{enterprise} の鍵を破棄し、回答を完全に削除します。実行するには --yes を付けてください。",
        )
    settings = settings_of_database(with_secret=True)
    with open_store(settings, keyring=keyring_of(settings)) as store:
        try:
            made = workflow.erase(
                store,
                settings.data_dir / workflow.LEDGER_NAME,
                enterprise,
                requested_by=None,
                credential=CREDENTIAL,
                now=datetime.now(UTC),
            )
        except NotFound:
            raise Stop(f"There is no enterprise {enterprise}.", f"企業 {enterprise} はありません。") from None
    final = made.final_at.date().isoformat()
    if voice.json:
        document = {**made._asdict(), "erased_at": made.erased_at, "final_at": made.final_at}
        write_json(
            {name: one.isoformat() if isinstance(one, datetime) else one for name, one in document.items()}
        )
    else:
        voice.say(
            f"Erased {enterprise}. Backups of its key must be gone by {final}; after that nobody can undo it.",
            f"{enterprise} を消去しました。鍵のバックアップは {final} までに廃棄してください。以後は復元できません。",
        )
    return FINE
