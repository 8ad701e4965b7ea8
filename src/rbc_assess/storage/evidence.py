"""Evidence: papers that a firm attaches to its answers, in parts, so that no more than one is ever in memory.

Bytes, name and reason are sealed with the key of the enterprise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from rbc_assess.errors import Erased, NotFound
from rbc_assess.identity import Caller, Place, is_id
from rbc_assess.storage.enterprises import reach
from rbc_assess.storage.sealing import KEY_COLUMNS, SEALING_KEY, hold_key, key_of, seal, unseal
from rbc_assess.storage.statements import ENTERPRISE, WITHIN_REACH, Page, page_of, place_of
from rbc_assess.storage.tables_evidence import EvidencePartRow, EvidenceRow

PART_BYTES: Final = 262_144
"""Bytes of a part. Smaller ones are slower to read, larger ones cost memory; see decision 73 for figures."""

_TABLE = EvidenceRow.__table__
_PART = EvidencePartRow.__table__
_OF_ENTERPRISE = _TABLE.c.organisation_id == bindparam("enterprise")
_LIVE = _TABLE.c.removed_at.is_(None)
_USABLE = (_LIVE, _TABLE.c.scan != "infected")
"""What is harmful, and so cannot be opened by anybody, shows nothing."""
_RECORD = insert(_TABLE)
_RECORD_PART = insert(_PART)
_OF_KEY = SEALING_KEY.c.organisation_id == _TABLE.c.organisation_id
_FIND = (
    select(_TABLE, *KEY_COLUMNS)
    .join(ENTERPRISE, ENTERPRISE.c.organisation_id == _TABLE.c.organisation_id)
    .outerjoin(SEALING_KEY, _OF_KEY)
    .where(_TABLE.c.id == bindparam("piece"), *WITHIN_REACH)
)
_LIST = (
    select(_TABLE)
    .where(
        _OF_ENTERPRISE,
        _TABLE.c.assessment_id == bindparam("assessment"),
        _TABLE.c.id < bindparam("before"),
    )
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("at_most"))
)
# Uploads of one enterprise wait for each other here, so that no two pass the last free place together.
_HOLD = (
    select(ENTERPRISE.c.organisation_id)
    .where(ENTERPRISE.c.organisation_id == bindparam("enterprise"))
    .with_for_update(key_share=True)
)
_COUNT = select(func.count().filter(_TABLE.c.assessment_id == bindparam("assessment")), func.count()).where(
    _OF_ENTERPRISE, _LIVE
)
_ATTACHED = select(_TABLE.c.id, _TABLE.c.kind, _TABLE.c.dated, _TABLE.c.valid_until).where(
    _OF_ENTERPRISE, *_USABLE, _TABLE.c.id.in_(bindparam("pieces", expanding=True))
)
_ATTACHED_SEVERAL = select(_TABLE.c.id, _TABLE.c.kind, _TABLE.c.dated, _TABLE.c.valid_until).where(
    _TABLE.c.organisation_id.in_(bindparam("enterprises", expanding=True)),
    *_USABLE,
    _TABLE.c.id.in_(bindparam("pieces", expanding=True)),
)
_READ_PART = (
    select(_PART.c.content, *KEY_COLUMNS)
    .outerjoin(SEALING_KEY, SEALING_KEY.c.organisation_id == _PART.c.organisation_id)
    .where(
        _PART.c.organisation_id == bindparam("enterprise"),
        _PART.c.evidence_id == bindparam("piece"),
        _PART.c.number == bindparam("number"),
    )
)
_CHECK = (
    update(_TABLE)
    .where(_OF_ENTERPRISE, _TABLE.c.id == bindparam("piece"), _LIVE)
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        checked_by=bindparam("by"),
        checked_at=bindparam("now"),
    )
    .returning(_TABLE.c.id)
)
_UNSCANNED = (
    select(_TABLE, *KEY_COLUMNS)
    .join(SEALING_KEY, _OF_KEY)
    .where(_TABLE.c.scan == "unscanned", _LIVE, _TABLE.c.id > bindparam("after"))
    .order_by(_TABLE.c.id)
    .limit(1)
)
_SCANNED = (
    update(_TABLE)
    .where(_OF_ENTERPRISE, _TABLE.c.id == bindparam("piece"))
    .values(scan=bindparam("found"), scanned_at=bindparam("now"))
)
_REMOVE = (
    update(_TABLE)
    .where(_OF_ENTERPRISE, _TABLE.c.id == bindparam("piece"), _LIVE)
    .values(name=None, reason=None, removed_at=bindparam("now"))
    .returning(_TABLE.c.id)
)
_REMOVE_PARTS = delete(_PART).where(
    _PART.c.organisation_id == bindparam("enterprise"), _PART.c.evidence_id == bindparam("piece")
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence without its bytes. ``name`` None: it was removed.

    ``state``: unchecked, accepted or disputed, with a ``reason``; ``scan``: unscanned, clean or infected.
    """

    id: str
    enterprise: str
    assessment: str
    question: str
    kind: str
    name: str | None
    media_type: str
    size: int
    sha256: bytes
    dated: date
    valid_until: date
    uploaded_by: str
    uploaded_at: datetime
    state: str = "unchecked"
    reason: str | None = None
    checked_by: str | None = None
    checked_at: datetime | None = None
    scan: str = "unscanned"
    scanned_at: datetime | None = None
    removed_at: datetime | None = None


class Attached(NamedTuple):
    """What answers and rules need to know of a piece that is there."""

    id: str
    kind: str
    dated: date
    valid_until: date


class Held(NamedTuple):
    """How many pieces there are, removed ones aside."""

    of_assessment: int
    of_enterprise: int


def hold_and_count(connection: Connection, enterprise: str, assessment: str) -> Held:
    """Count the pieces of a found assessment and its enterprise; nobody adds one before this transaction ends."""
    wanted = {"enterprise": enterprise, "assessment": assessment}
    connection.execute(_HOLD, wanted).one()
    return Held(*connection.execute(_COUNT, wanted).one())


def record_piece(connection: Connection, piece: Piece, parts: Iterable[bytes]) -> None:
    """Store a piece of an enterprise that the caller was found to act for; ``parts`` of ``PART_BYTES`` in order."""
    connection.execute(_RECORD, _row_of(connection, piece))
    key = key_of(connection, piece.enterprise)
    for number, content in enumerate(parts):
        connection.execute(
            _RECORD_PART,
            {
                "organisation_id": piece.enterprise,
                "evidence_id": piece.id,
                "number": number,
                "content": key.seal_bytes(_place_of_part(piece, number), content),
            },
        )


def find_piece(connection: Connection, caller: Caller, piece: str) -> Piece:
    """Return a piece of an enterprise that the caller acts for, also a removed one.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Erased: its enterprise was erased.
    """
    row = None
    if is_id("evd", piece):
        row = connection.execute(_FIND, {"piece": piece, **reach(caller)}).first()
    if row is None:
        raise NotFound
    if row.wrapped is None:
        raise Erased
    hold_key(connection, row.organisation_id, row)
    return _read(connection, row)


def list_pieces(
    connection: Connection, enterprise: str, assessment: str, *, limit: int, after: str | None = None
) -> Page[Piece]:
    """Return the pieces of a found assessment, newest first, removed ones too."""
    wanted = {"enterprise": enterprise, "assessment": assessment, "before": place_of("evd", after)}
    rows = connection.execute(_LIST, {**wanted, "at_most": limit + 1}).all()
    return page_of(rows, limit, partial(_read, connection))


def attached_pieces(connection: Connection, enterprise: str, pieces: Collection[str]) -> dict[str, Attached]:
    """Return those of the named pieces that are this enterprise's and are there, by id."""
    named = [one for one in pieces if is_id("evd", one)]
    if not named:
        return {}
    rows = connection.execute(_ATTACHED, {"enterprise": enterprise, "pieces": named})
    return {row.id: Attached(*row) for row in rows}


def attached_pieces_of_several(
    connection: Connection, named: Mapping[str, Collection[str]]
) -> dict[str, Attached]:
    """The same for several enterprises at once. ``named``: enterprise -> the pieces that its answers name.

    Ids are unique, and an enterprise can only have named its own: that was seen to when it submitted.
    """
    pieces = sorted({one for several in named.values() for one in several if is_id("evd", one)})
    if not pieces:
        return {}
    rows = connection.execute(_ATTACHED_SEVERAL, {"enterprises": sorted(named), "pieces": pieces})
    return {row.id: Attached(*row) for row in rows}


def read_part(connection: Connection, piece: Piece, number: int) -> bytes:
    """Return part ``number`` of a found piece.

    Raises:
        NotFound: it was removed meanwhile.
        Erased: its enterprise was erased meanwhile.
    """
    wanted = {"enterprise": piece.enterprise, "piece": piece.id, "number": number}
    row: Row[*tuple[Any, ...]] | None = connection.execute(_READ_PART, wanted).first()
    if row is None:
        raise NotFound
    hold_key(connection, piece.enterprise, row)
    key = key_of(connection, piece.enterprise)
    return key.open_bytes(_place_of_part(piece, number), row.content)


def number_of_parts(piece: Piece) -> int:
    """How many parts a piece has."""
    return -(-piece.size // PART_BYTES)


def remove_piece(connection: Connection, piece: Piece, now: datetime) -> Piece:
    """Remove the bytes, the name and the reason of a found piece; one that was removed keeps its first time."""
    wanted = {"enterprise": piece.enterprise, "piece": piece.id}
    if connection.execute(_REMOVE, {**wanted, "now": now}).first() is None:
        return piece
    connection.execute(_REMOVE_PARTS, wanted)
    return replace(piece, name=None, reason=None, removed_at=now)


def check_piece(
    connection: Connection, piece: Piece, state: str, reason: str | None, by: str, now: datetime
) -> Piece:
    """Keep what an organisation says of a found piece, in place of what was said before.

    Raises:
        NotFound: it was removed.
    """
    wanted = {
        "enterprise": piece.enterprise,
        "piece": piece.id,
        "new_state": state,
        "new_reason": _sealed(connection, "reason", piece, reason),
        "by": by,
        "now": now,
    }
    if connection.execute(_CHECK, wanted).first() is None:
        raise NotFound
    return replace(piece, state=state, reason=reason, checked_by=by, checked_at=now)


def next_unscanned(connection: Connection, after: str) -> Piece | None:
    """The next piece, whoever's, that no scanner has seen; in order of ids, behind ``after``."""
    row = connection.execute(_UNSCANNED, {"after": after}).first()
    if row is None:
        return None
    hold_key(connection, row.organisation_id, row)
    return _read(connection, row)


def note_scan(connection: Connection, piece: Piece, found: str, now: datetime) -> None:
    """Keep what a scanner says of a piece: ``clean`` or ``infected``."""
    wanted = {"enterprise": piece.enterprise, "piece": piece.id, "found": found, "now": now}
    connection.execute(_SCANNED, wanted)


# --- rows --------------------------------------------------------------------------------------------------


def _place_of_part(piece: Piece, number: int) -> Place:
    return Place("evidence_part", "content", f"{piece.id}/{number}", piece.enterprise)


def _place_of(column: str, piece: str, enterprise: str) -> Place:
    return Place("evidence", column, piece, enterprise)


def _sealed(connection: Connection, column: str, piece: Piece, text: str | None) -> bytes | None:
    return None if text is None else seal(connection, _place_of(column, piece.id, piece.enterprise), text)


def _opened(connection: Connection, column: str, row: Row[Any], sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    return unseal(connection, _place_of(column, row.id, row.organisation_id), sealed)


def _row_of(connection: Connection, piece: Piece) -> dict[str, Any]:
    return {
        "organisation_id": piece.enterprise,
        "id": piece.id,
        "assessment_id": piece.assessment,
        "question_id": piece.question,
        "kind": piece.kind,
        "name": _sealed(connection, "name", piece, piece.name),
        "media_type": piece.media_type,
        "size": piece.size,
        "sha256": piece.sha256,
        "dated": piece.dated,
        "valid_until": piece.valid_until,
        "uploaded_by": piece.uploaded_by,
        "uploaded_at": piece.uploaded_at,
        "state": piece.state,
        "reason": _sealed(connection, "reason", piece, piece.reason),
        "checked_by": piece.checked_by,
        "checked_at": piece.checked_at,
        "scan": piece.scan,
        "scanned_at": piece.scanned_at,
        "removed_at": piece.removed_at,
    }


def _read(connection: Connection, row: Row[Any]) -> Piece:
    return Piece(
        id=row.id,
        enterprise=row.organisation_id,
        assessment=row.assessment_id,
        question=row.question_id,
        kind=row.kind,
        name=_opened(connection, "name", row, row.name),
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        dated=row.dated,
        valid_until=row.valid_until,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        state=row.state,
        reason=_opened(connection, "reason", row, row.reason),
        checked_by=row.checked_by,
        checked_at=row.checked_at,
        scan=row.scan,
        scanned_at=row.scanned_at,
        removed_at=row.removed_at,
    )
