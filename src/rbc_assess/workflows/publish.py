"""How an issuer's draft becomes a version of a scheme: read, checked, approved by somebody else, put into force.

``check`` needs no database and may take its time. ``publish`` runs inside the caller's write transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple, cast

from sqlalchemy import Connection

from rbc_assess.core.conditions import leaves
from rbc_assess.core.document import Status, exact_text, lasting_part
from rbc_assess.core.review_findings import Finding
from rbc_assess.core.scheme import Scheme, conditions_in
from rbc_assess.core.scheme_cases import CaseOutcome, run_cases
from rbc_assess.core.scheme_gate import gate
from rbc_assess.core.scheme_supply import vocabulary_for
from rbc_assess.documents.catalogue import Catalogue, DocumentRecord
from rbc_assess.documents.scheme_text import Media, ReadScheme, read_scheme, read_scheme_text
from rbc_assess.errors import Conflict, NotPublishable, PlacedProblem, SecondPersonNeeded
from rbc_assess.identity import Caller, is_person
from rbc_assess.storage import documents, scheme_drafts, schemes
from rbc_assess.storage.events import record_event
from rbc_assess.storage.scheme_drafts import SchemeDraft
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.workflows.issuing import require_issuer_of, settle_issuer
from rbc_assess.workflows.schemes import criteria_in, questionnaires_in

MOST_TRIALS: Final = 500_000
"""Leaves looked at while every threshold is tried in every case; more would hold up everybody else."""

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "version-not-higher": (
        "The version must be higher than {highest}, which is published.",
        "すでに版{highest}が公開されています。それより大きい番号にしてください。",
    ),
    "draft-is-retired": (
        "A draft cannot be retired; write draft or published. A version is retired once it is published.",
        "下書きの status を retired にはできません。draft か published にしてください。適用の終了は公開後に行います。",
    ),
    "too-much-to-try": (
        "There are too many cases and conditions to try them all; write fewer cases, or divide the scheme.",
        "事例と条件が多すぎて、すべてを試せません。事例を減らすか、制度を分けてください。",
    ),
}


class CheckedDraft(NamedTuple):
    """A draft with everything that the rules say of it: an ``error`` among the findings keeps it from publication."""

    draft: SchemeDraft
    read: ReadScheme
    findings: tuple[Finding, ...]
    outcomes: tuple[CaseOutcome, ...]

    @property
    def problems(self) -> tuple[PlacedProblem, ...]:
        return tuple(self.read.source.placed(self.findings))


def read_draft(catalogue: Catalogue, text: str, media: str) -> ReadScheme:
    """Read and review the text of a draft, which may be faulty.

    Raises:
        Unreadable: it is no YAML; no such text is stored.
    """
    return read_scheme(read_scheme_text(text, cast("Media", media)), catalogue)


def typed_draft(catalogue: Catalogue, draft: SchemeDraft) -> Scheme:
    """Give a draft as a scheme that can be decided by.

    Raises:
        NotPublishable: it has mistakes, which are listed; its cases are not looked at.
    """
    read = read_draft(catalogue, draft.text, draft.media)
    if read.scheme is None or not read.is_sound:
        raise NotPublishable([one for one in read.source.placed(read.findings) if one.severity == "error"])
    return read.scheme


def check(catalogue: Catalogue, draft: SchemeDraft) -> CheckedDraft:
    """Hold a draft to the gate, and run its cases as far as it has its form."""
    read = read_draft(catalogue, draft.text, draft.media)
    scheme = read.scheme
    if scheme is None or not read.is_sound:
        return CheckedDraft(draft, read, read.findings, ())
    own = () if scheme.status is not Status.RETIRED else (_finding(("status",), "draft-is-retired"),)
    if _trials(scheme) > MOST_TRIALS:
        return CheckedDraft(draft, read, (*read.findings, *own, _finding(("cases",), "too-much-to-try")), ())
    asked, yardsticks = tuple(questionnaires_in(catalogue)), tuple(criteria_in(catalogue))
    outcomes = run_cases(scheme, vocabulary_for(scheme, asked, yardsticks))
    return CheckedDraft(draft, read, (*own, *gate(scheme, asked, yardsticks)), tuple(outcomes))


def with_number(connection: Connection, checked: CheckedDraft) -> CheckedDraft:
    """The same, and whether the number of the version is free."""
    return checked._replace(findings=(*checked.findings, *_number(connection, checked)))


def publish(connection: Connection, caller: Caller, checked: CheckedDraft, now: datetime) -> SchemeVersion:
    """Put a checked draft into force as a version that never changes; the draft is used up.

    Raises:
        SecondPersonNeeded: the caller changed the draft last.
        NotPublishable: with every reason.
        NotTheIssuer: the scheme is another issuer's.
        Conflict: the draft is not there any more as it was checked.
    """
    draft = checked.draft
    require_second_person(caller, draft)
    schemes.wait_for_turn(connection, draft.scheme_id)
    checked = with_number(connection, checked)
    reasons = [one for one in checked.problems if one.severity == "error"]
    scheme = checked.read.scheme
    if reasons or scheme is None:
        raise NotPublishable(reasons)
    if not scheme_drafts.take_draft(connection, caller, draft):
        raise Conflict(code="draft-moved-on", en=_MOVED_ON["en"], ja=_MOVED_ON["ja"])
    require_issuer_of(
        connection,
        caller,
        draft.scheme_id,
        settle_issuer(connection, caller, checked.read.source.mapping, now),
    )
    sha256 = _keep(connection, caller, scheme, checked, now)
    version = SchemeVersion(
        scheme_id=scheme.id,
        version=scheme.version,
        mode=schemes.mode_of(livemode=caller.livemode),
        sha256=sha256,
        kind=scheme.kind,
        issuer_kind=scheme.issuer.kind,
        issuer=scheme.issuer.id,
        effective_from=scheme.effective.from_,
        effective_until=scheme.effective.until,
        organisation_id=caller.organisation,
        drafted_by=draft.drafted_by,
        approved_by=caller.credential,
        published_at=now,
    )
    if not schemes.publish_version(connection, version):
        raise Conflict(code="draft-moved-on", en=_MOVED_ON["en"], ja=_MOVED_ON["ja"])
    record_event(
        connection,
        type="scheme.published",
        organisation=caller.organisation,
        object_id=version.scheme_id,
        livemode=caller.livemode,
        now=now,
        version=version.version,
    )
    return version


def require_second_person(caller: Caller, draft: SchemeDraft) -> None:
    """Stop whoever changed the draft last: somebody else of the organisation approves.

    Raises:
        SecondPersonNeeded: it is the same credential; or a key, which may be in the hand of the person who wrote it.
    """
    if caller.credential == draft.drafted_by:
        raise SecondPersonNeeded
    if is_person(draft.drafted_by) and not is_person(caller.credential):
        raise SecondPersonNeeded


def _number(connection: Connection, checked: CheckedDraft) -> Iterator[Finding]:
    scheme = checked.read.scheme
    if scheme is not None:
        livemode = checked.draft.livemode
        versions = schemes.versions_of(connection, checked.draft.scheme_id, livemode=livemode)
        if versions and scheme.version <= versions[-1].version:
            yield _finding(("version",), "version-not-higher", highest=versions[-1].version)


def _keep(
    connection: Connection, caller: Caller, scheme: Scheme, checked: CheckedDraft, now: datetime
) -> str:
    """Keep the text for good. In live mode its number is taken for files as well, so that none says otherwise."""
    sha256 = scheme.identity.sha256
    assert sha256 is not None
    text = exact_text(lasting_part(checked.read.source.mapping))
    record = DocumentRecord("scheme", scheme.id, scheme.edition, sha256, Status.PUBLISHED, text, scheme.id)
    if caller.livemode:
        documents.record_documents(connection, [record], now)
    else:
        documents.keep_document(connection, record, now)
    return sha256


def _trials(scheme: Scheme) -> int:
    asked = sum(len(leaves(condition)) for _, _, condition in conditions_in(scheme))
    return len(scheme.cases) * asked * asked


def _finding(path: tuple[str | int, ...], code: str, **words: object) -> Finding:
    en, ja = _SENTENCES[code]
    return Finding(path, code, "error", {"en": en.format_map(words), "ja": ja.format_map(words)})


_MOVED_ON: Final = {
    "en": "The draft has been changed or published in the meantime. Read it again, then decide.",
    "ja": "その間に下書きが変更されたか、公開されました。読み直してから判断してください。",
}
