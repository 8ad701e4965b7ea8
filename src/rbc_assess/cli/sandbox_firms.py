"""The fixed firms of the sandbox: the same ids everywhere, one for each outcome and each fault of a decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, cast

from sqlalchemy import Connection

from rbc_assess.core.document import Tree
from rbc_assess.core.example import Example
from rbc_assess.core.profile import corporate_number_is_valid, read_profile
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import InvalidInput, NotFound
from rbc_assess.identity import Caller
from rbc_assess.storage import consents, enterprises, submissions
from rbc_assess.storage.enterprises import Enterprise
from rbc_assess.storage.isolation import act_for
from rbc_assess.storage.json_text import raw_json
from rbc_assess.workflows import consent, submit

SCHEME: Final = "jp-27-rbc-upgrade"
INPUTS: Final[Mapping[str, bool]] = {"no_tax_arrears": True}
"""The outcomes are those of this scheme, with these inputs."""

_FRESH: Final = timedelta(days=180)
"""After this a sheet is submitted anew, so that no scheme finds it too old."""
_MOST_CONSENTS: Final = 200


class Fixed(NamedTuple):
    """A firm, what it has submitted and agreed to, and what a decision about it is answered with.

    ``answer``: an outcome, or the code of a problem. ``example``: the sheet, ``changed`` some of its answers; None: it
    has submitted nothing.
    """

    number: int
    name: str
    answer: str
    example: str | None
    consent: Literal["given", "never", "withdrawn", "expired"] = "given"
    withdrawn: bool = False
    changed: Mapping[str, Tree] = {}

    @property
    def id(self) -> str:
        return f"ent_01980000-0000-7000-8000-{self.number:012d}"

    @property
    def corporate_number(self) -> str:
        body = f"{self.number:012d}"
        return next(digit + body for digit in "123456789" if corporate_number_is_valid(digit + body))


_SOUND: Final = "metal-workshop-of-12"
FIRMS: Final = (
    Fixed(1, "テスト1 対象 (eligible)", "eligible", _SOUND),
    Fixed(2, "テスト2 条件付き (conditional)", "conditional", _SOUND, changed={"flb-02": "ongoing"}),
    Fixed(
        3,
        "テスト3 情報不足 (an answer is missing)",
        "needs_information",
        _SOUND,
        changed={"flb-03": {"state": "unknown"}},
    ),
    Fixed(4, "テスト4 対象外 (not eligible)", "not_eligible", "metal-workshop-of-12-before-the-card"),
    Fixed(5, "テスト5 未提出 (nothing submitted)", "needs_information", None),
    Fixed(6, "テスト6 提出取下げ (withdrawn sheet)", "needs_information", _SOUND, withdrawn=True),
    Fixed(7, "テスト7 同意なし (no consent)", "consent-required", _SOUND, "never"),
    Fixed(8, "テスト8 同意取消 (withdrawn consent)", "consent-required", _SOUND, "withdrawn"),
    Fixed(9, "テスト9 同意期限切れ (expired consent)", "consent-expired", _SOUND, "expired"),
)


def put_in_place(
    connection: Connection, catalogue: Catalogue, recipients: Collection[str], now: datetime
) -> list[Fixed]:
    """Put the firms into the sandbox, with their consents for these recipients; what is there is left as it is.

    Returns:
        Those that the documents have the sheets for.
    """
    examples = {one.path.stem: one.example for group in catalogue.examples.values() for one in group}
    there = [one for one in FIRMS if one.example is None or one.example in examples]
    for fixed in there:
        example = None if fixed.example is None else _sheet(examples[fixed.example], fixed)
        caller = Caller(fixed.id, "enterprise", frozenset(), livemode=False, credential="sandbox")
        act_for(connection, fixed.id, "enterprise")
        try:
            firm = enterprises.find_enterprise(connection, caller, fixed.id)
        except NotFound:
            firm = _enter(connection, catalogue, fixed, example, now)
        if example is not None and not fixed.withdrawn:
            _keep_fresh(connection, catalogue, firm, example, now)
        for recipient in recipients:
            _agree(connection, catalogue, fixed, firm, caller, recipient, now)
    return there


def _sheet(example: Example, fixed: Fixed) -> Example:
    return example.model_copy(update={"answers": {**example.answers, **fixed.changed}})


def _enter(
    connection: Connection, catalogue: Catalogue, fixed: Fixed, example: Example | None, now: datetime
) -> Enterprise:
    raw = cast("Tree", {} if example is None else example.profile)
    firm = enterprises.create_enterprise(
        connection,
        created_by=None,
        name=fixed.name,
        livemode=False,
        now=now,
        profile=raw_json(raw),
        coded=submit.coded(read_profile(raw).profile),
        corporate_number=fixed.corporate_number,
        known_as=fixed.id,
    )
    if example is not None and fixed.withdrawn:
        made = _submit(connection, catalogue, firm, example, now)
        submissions.withdraw_submission(connection, made, now)
    return firm


def _keep_fresh(
    connection: Connection, catalogue: Catalogue, firm: Enterprise, example: Example, now: datetime
) -> None:
    questionnaire = example.questionnaire.partition("@")[0]
    latest = submissions.latest_submission(connection, firm.id, questionnaire)
    if latest is None or latest.submitted_at < now - _FRESH:
        with suppress(InvalidInput):  # an edition that is not in force today
            _submit(connection, catalogue, firm, example, now)


def _submit(
    connection: Connection, catalogue: Catalogue, firm: Enterprise, example: Example, now: datetime
) -> submissions.Submission:
    questionnaire, _, edition = example.questionnaire.partition("@")
    thought = submit.check_complete(
        submit.think(
            catalogue,
            questionnaire=questionnaire,
            edition=edition,
            profile=cast("Tree", example.profile),
            answers=cast("Tree", example.answers),
            now=now,
        )
    )
    return submit.record(connection, thought, submit.write_texts(thought), enterprise=firm, now=now)


def _agree(
    connection: Connection,
    catalogue: Catalogue,
    fixed: Fixed,
    firm: Enterprise,
    caller: Caller,
    recipient: str,
    now: datetime,
) -> None:
    """Let a recipient look, or not any more; done before, it is not done again while it says the same."""
    if fixed.consent == "never":
        return
    known = consents.list_consents(connection, firm.id, limit=_MOST_CONSENTS).items
    states = {one.state(now) for one in known if one.recipient == recipient}
    wanted = {"given": "active", "withdrawn": "revoked", "expired": "expired"}[fixed.consent]
    if wanted in states:
        return
    until = now + timedelta(milliseconds=1) if fixed.consent == "expired" else None
    made = consent.grant(
        connection,
        catalogue,
        consent.Grant(recipient, valid_until=until),
        enterprise=firm,
        caller=caller,
        language="ja",
        now=now,
    )
    if fixed.consent == "withdrawn":
        consent.revoke(connection, caller, made.id, now)
