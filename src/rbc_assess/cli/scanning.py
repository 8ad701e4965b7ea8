"""``evidence scan``: lets a virus scanner of the house read what nobody has scanned, and keeps what it says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from rbc_assess.cli.database import open_with_secret
from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, write_json
from rbc_assess.errors import Erased, NotFound
from rbc_assess.storage.engine import Store
from rbc_assess.storage.evidence import Piece, next_unscanned, number_of_parts, read_part
from rbc_assess.workflows.evidence import keep_scan

SAYS: Final = {0: "clean", 1: "infected"}
"""What a scanner says by its exit status, as ClamAV's do; any other is a fault of the scanner."""


def scan(voice: Voice, command: Sequence[str], at_most_seconds: float) -> int:
    """Give each piece to the scanner's standard input; 1 if one is harmful or could not be scanned.

    Raises:
        Stop: there is no such program.
    """
    counted = {"clean": 0, "infected": 0, "failed": 0}
    with open_with_secret(role="worker") as store:
        for piece in _unscanned(store):
            found = _ask(store, piece, command, at_most_seconds)
            if found is None:
                continue
            counted[found] += 1
            if found == "failed":
                _tell(voice, piece, "the scanner failed", "検査に失敗しました")
                continue
            with store.write() as connection:
                keep_scan(connection, piece, found, datetime.now(UTC))
            if found == "infected":
                _tell(voice, piece, "harmful", "有害なファイルです")
    if voice.json:
        write_json(counted)
    else:
        voice.say(
            f"{counted['clean']} clean, {counted['infected']} harmful, {counted['failed']} not scanned.",
            f"問題なし {counted['clean']}件、有害 {counted['infected']}件、検査できず {counted['failed']}件。",
        )
    return FINDINGS if counted["infected"] or counted["failed"] else FINE


def _tell(voice: Voice, piece: Piece, en: str, ja: str) -> None:
    if not voice.json:
        voice.say(f"{piece.id}: {en}.", f"{piece.id}: {ja}。")


def _unscanned(store: Store) -> Iterator[Piece]:
    last = ""
    while True:
        with store.read() as connection:
            piece = next_unscanned(connection, last)
        if piece is None:
            return
        yield piece
        last = piece.id


def _ask(store: Store, piece: Piece, command: Sequence[str], at_most_seconds: float) -> str | None:
    """What the scanner says; None if the piece was removed meanwhile."""
    try:
        content = b"".join(_parts(store, piece))
    except (NotFound, Erased):
        return None
    try:
        # The operator's own program, as it stands on the operator's own command line; no shell.
        ran = subprocess.run(  # noqa: S603
            command, input=content, stdout=subprocess.DEVNULL, timeout=at_most_seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return "failed"
    except OSError as error:
        raise Stop(
            f"{command[0]} cannot be run: {error.strerror}.",
            f"{command[0]} を実行できません({error.strerror})。",
        ) from None
    return SAYS.get(ran.returncode, "failed")


def _parts(store: Store, piece: Piece) -> Iterator[bytes]:
    for number in range(number_of_parts(piece)):
        with store.read() as connection:
            yield read_part(connection, piece, number)
