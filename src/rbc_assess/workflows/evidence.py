"""Evidence: what a firm attaches to its answers, taken in, named by answers, checked by others, taken back.

Every function that gets a connection runs inside the caller's transaction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import BinaryIO, Final, NamedTuple

import orjson
from sqlalchemy import Connection

from rbc_assess.core.answer_problems import answer_problem
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.derived_facts import EvidencePiece
from rbc_assess.core.eligibility_rules import on_day
from rbc_assess.core.evidence import valid_until
from rbc_assess.core.profile import read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.supplementing import askable
from rbc_assess.errors import Conflict, InvalidInput, Problem
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import audit, evidence
from rbc_assess.storage.assessments import Assessment
from rbc_assess.storage.enterprises import find_enterprise
from rbc_assess.storage.evidence import PART_BYTES, Attached, Piece
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.storage.sheets import Sheet
from rbc_assess.workflows.file_types import TAKEN, FileType, is_named_as, type_of
from rbc_assess.workflows.think import country_of, today

LARGEST: Final = 10 * 1_048_576
"""Bytes of a file."""
MOST_OF_ASSESSMENT: Final = 100
MOST_OF_ENTERPRISE: Final = 500
"""Pieces that are there at once; removed ones do not count. Five gibibytes at most."""
LONGEST_NAME: Final = 120
EARLIEST: Final = date(1900, 1, 1)

_ID: Final = re.compile(r'"(evd_[0-9a-f-]{36})"')
_TAKEN: Final = ", ".join(one.extensions[0].removeprefix(".").upper() for one in TAKEN)

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "file-type-not-taken": {
        "en": f"Files of these types are taken: {_TAKEN}. This one is none of them, or is something else as well.",
        "ja": f"受け付ける種類は {_TAKEN} です。このファイルはいずれでもないか、別の種類の内容を含みます。",
    },
    "file-name-differs": {
        "en": "The end of the file's name says another type than its content. Rename it, or choose the right file.",
        "ja": "ファイル名の拡張子と中身の種類が違います。ファイル名を直すか、正しいファイルを選んでください。",
    },
    "empty-file": {"en": "The file is empty.", "ja": "ファイルが空です。"},
    "unknown-evidence-kind": {
        "en": "There is no such kind of evidence in this questionnaire and its criteria.",
        "ja": "この質問票と評価基準に、この種類の証拠資料(kind)はありません。",
    },
    "dated-out-of-range": {
        "en": "The day that the paper speaks of is not after today, and not before 1900.",
        "ja": "資料の日付(dated)は、1900年以降、今日までの日にしてください。",
    },
    "reason-needed": {
        "en": "Say why: the firm reads it, and can put it right.",
        "ja": "理由を書いてください。企業が読んで、直すことができます。",
    },
    "no-personal-documents": {
        "en": (
            "Leave out names. Never attach a copy of a passport, residence card or other identity paper, nor anything "
            "about a single person's health."
        ),
        "ja": (
            "個人の名前は消してください。パスポート、在留カードなどの身分証明書の写しや、個人の健康に関する資料は"
            "添付しないでください。"
        ),
    },
}

PERSONAL: Final = _SENTENCES["no-personal-documents"]
"""What is told with every piece."""


class Upload(NamedTuple):
    """A file that was received, and what its sender says of it."""

    question: str
    kind: str
    dated: date
    name: str
    type: FileType
    size: int
    sha256: bytes
    content: BinaryIO


# --- the file itself ---------------------------------------------------------------------------------------


def judge_file(content: BinaryIO, size: int, name: str) -> FileType | Problem:
    """Tell the type of a received file, or why it is not taken."""
    if size == 0:
        return _problem("/file", "empty-file")
    found = type_of(content, size, name)
    if found is None:
        return _problem("/file", "file-type-not-taken")
    return found if is_named_as(name, found) else _problem("/file", "file-name-differs")


def clean_name(sent: str) -> str:
    """A file's name without folders, marks that no one sees, and what a file system could stumble over."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    seen = "".join(
        "_" if one in '<>:"|?*' else one
        for one in last
        if unicodedata.category(one)[0] not in "CZ" or one == " "
    ).strip(" .")
    stem, dot, end = seen.rpartition(".")
    if not dot or len(end) > 10:
        return seen[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(end) - 1] or 'file'}.{end}"


# --- taking in and taking back -----------------------------------------------------------------------------


def take_in(
    connection: Connection,
    catalogue: Catalogue,
    caller: Caller,
    assessment: Assessment,
    upload: Upload,
    now: datetime,
) -> Piece:
    """Store a file as evidence for a question of a found draft.

    Raises:
        InvalidInput: with everything that is wrong about question, kind and day.
        Conflict: the draft was submitted, or there is no room for another piece.
    """
    firm = find_enterprise(connection, caller, assessment.enterprise)
    profile = read_profile(read_raw_json(firm.profile)).profile
    day = today(now, country_of(catalogue, profile, now.date()))
    problems = list(_wrong(catalogue, assessment, upload, day))
    if problems:
        raise InvalidInput(problems)
    if assessment.state != "draft":
        raise _submitted()
    held = evidence.hold_and_count(connection, firm.id, assessment.id)
    if held.of_assessment >= MOST_OF_ASSESSMENT or held.of_enterprise >= MOST_OF_ENTERPRISE:
        raise _full()
    piece = Piece(
        id=new_id("evd", now),
        enterprise=firm.id,
        assessment=assessment.id,
        question=upload.question,
        kind=upload.kind,
        name=upload.name,
        media_type=upload.type.media_type,
        size=upload.size,
        sha256=upload.sha256,
        dated=upload.dated,
        valid_until=valid_until(upload.kind, upload.dated),
        uploaded_by=caller.organisation,
        uploaded_at=now,
    )
    evidence.record_piece(connection, piece, _parts(upload.content))
    audit.note(connection, action="evidence.added", object_id=piece.id, enterprise=piece.enterprise)
    return piece


def take_back(connection: Connection, piece: Piece, now: datetime) -> Piece:
    """Remove content and name of a found piece; one that was removed stays as it is."""
    removed = evidence.remove_piece(connection, piece, now)
    if removed is not piece:
        audit.note(connection, action="evidence.removed", object_id=piece.id, enterprise=piece.enterprise)
    return removed


def _parts(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while part := content.read(PART_BYTES):
        yield part


def _wrong(catalogue: Catalogue, assessment: Assessment, upload: Upload, day: date) -> Iterator[Problem]:
    named = f"{assessment.questionnaire.id}@{assessment.questionnaire.edition}"
    questionnaire = askable(catalogue, catalogue.questionnaire(named).document, None)
    if upload.question not in questionnaire.by_id:
        yield answer_problem("/question", "unknown-question")
    if upload.kind not in kinds_of(questionnaire, catalogue.criteria_of(questionnaire).document):
        yield _problem("/kind", "unknown-evidence-kind")
    if not EARLIEST <= upload.dated <= day:
        yield _problem("/dated", "dated-out-of-range")


def kinds_of(questionnaire: Questionnaire, criteria: Criteria) -> frozenset[str]:
    """Every kind of evidence that the documents name."""
    return frozenset(
        (
            *(one.id for one in criteria.evidence_types),
            *(kind for criterion in criteria.criteria for kind in criterion.evidence),
            *(kind for question in questionnaire.questions for kind in question.evidence),
        )
    )


def _submitted() -> Conflict:
    return Conflict(
        code="already-submitted",
        en="This assessment was submitted. Begin a new one to attach evidence; it can name the pieces there are.",
        ja=(
            "この評価は提出済みです。証拠資料を加えるには新しい評価を始めてください。"
            "これまでの資料は新しい評価でも使えます。"
        ),
    )


def _full() -> Conflict:
    return Conflict(
        code="too-many-pieces",
        en=(
            f"There is room for {MOST_OF_ASSESSMENT} pieces of evidence per assessment and {MOST_OF_ENTERPRISE} per "
            "enterprise. Remove some that are not needed any more."
        ),
        ja=(
            f"証拠資料は、評価ごとに{MOST_OF_ASSESSMENT}件、企業ごとに{MOST_OF_ENTERPRISE}件までです。"
            "不要になったものを削除してください。"
        ),
    )


# --- what others say of it ---------------------------------------------------------------------------------


def check(
    connection: Connection, caller: Caller, piece: Piece, state: str, reason: str | None, now: datetime
) -> Piece:
    """Keep what a caller other than the firm says of a found piece: accepted, disputed, or unchecked again.

    Raises:
        InvalidInput: a dispute says no reason.
        NotFound: the piece was removed.
    """
    if state == "disputed" and not (reason or "").strip():
        raise InvalidInput([_problem("/reason", "reason-needed")])
    checked = evidence.check_piece(connection, piece, state, reason, caller.organisation, now)
    audit.note(
        connection,
        action="evidence.checked",
        object_id=piece.id,
        enterprise=piece.enterprise,
        details={"state": state},
    )
    return checked


def keep_scan(connection: Connection, piece: Piece, found: str, now: datetime) -> None:
    """Keep what a scanner says of a piece."""
    evidence.note_scan(connection, piece, found, now)
    audit.note(
        connection,
        action="evidence.scanned",
        object_id=piece.id,
        enterprise=piece.enterprise,
        details={"scan": found},
    )


# --- what answers name -------------------------------------------------------------------------------------


def ids_in(texts: Iterable[str]) -> frozenset[str]:
    """The ids of pieces in answers written as JSON, and perhaps more that look like one."""
    return frozenset(name for text in texts if "evd_" in text for name in _ID.findall(text))


def pieces_by_question(answers: str, known: Mapping[str, Attached]) -> dict[str, list[EvidencePiece]]:
    """The pieces that each answer of a stored sheet names, as far as they are still there."""
    found: dict[str, list[EvidencePiece]] = {}
    if not known:
        return found
    for question, answer in orjson.loads(answers).items():
        named: Collection[str] = answer.get("evidence", ()) if isinstance(answer, dict) else ()
        pieces = [known[one] for one in named if one in known]
        if pieces:
            found[question] = [EvidencePiece(one.id, one.kind, one.dated) for one in pieces]
    return found


def asks_for_evidence(scheme: Scheme, as_of: date) -> bool:
    """Whether a condition of the scheme names evidence on that day."""
    return any(name.startswith("evidence.") for name in on_day(scheme, as_of).rules.facts_named)


def with_pieces(connection: Connection, sheets: Iterable[Sheet]) -> dict[str, Sheet]:
    """Whole sheets, by id, with the pieces that their answers name and that are there."""
    found = {sheet.id: sheet for sheet in sheets}
    named: dict[str, set[str]] = {}
    for sheet in found.values():
        named.setdefault(sheet.enterprise, set()).update(ids_in((sheet.answers or "",)))
    pieces = evidence.attached_pieces_of_several(connection, named)
    return {name: sheet._replace(evidence=pieces) for name, sheet in found.items()}


def _problem(pointer: str, code: str) -> Problem:
    return Problem(pointer, code, _SENTENCES[code])
