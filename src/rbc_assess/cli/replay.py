"""``replay``: a recorded decision made again out of its record and the stored documents."""

from __future__ import annotations

from pathlib import Path

from rbc_assess.cli.database import open_with_secret
from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, write_json
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.errors import NotFound
from rbc_assess.storage.decisions import find_any_decision
from rbc_assess.workflows.replay import replay as replay_decision


def replay(voice: Voice, root: Path, decision: str) -> int:
    """Decide again and print whether it came out the same; 1 if it did not, or the record was changed since.

    Raises:
        Stop: there is no such decision.
    """
    catalogue = load_catalogue(root, examples=False)
    with open_with_secret(role="worker") as store, store.read() as connection:
        try:
            found = find_any_decision(connection, decision)
        except NotFound:
            raise Stop(f"There is no decision {decision}.", f"判定 {decision} はありません。") from None
        replayed = replay_decision(connection, catalogue, found)
    fine = replayed.identical and replayed.sound
    if voice.json:
        write_json({"decision": found.id, **replayed._asdict()})
    elif fine:
        voice.say(
            f"{found.id}: identical, byte for byte ({replayed.record_sha256}).",
            f"{found.id}: 1バイトも違わず同じ結果です({replayed.record_sha256})。",
        )
    else:
        voice.say(f"{found.id}: NOT identical.", f"{found.id}: 同じ結果になりません。")
        if not replayed.sound:
            voice.say(
                "The record does not have the fingerprint that it says.",
                "記録のフィンガープリントが一致しません。",
            )
        for pointer in replayed.differences:
            voice.say(f"  {pointer or '/'}")
    return FINE if fine else FINDINGS
