"""The cast of the demo: made-up firms out of the shipped examples, a prefecture, a bank, an operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast

from sqlalchemy import Connection

from rbc_assess.core.document import Status, Tree
from rbc_assess.core.example import Example
from rbc_assess.core.profile import read_profile
from rbc_assess.documents.catalogue import Catalogue, DocumentRecord
from rbc_assess.errors import InvalidInput
from rbc_assess.identity import Caller, Peppers
from rbc_assess.storage import enterprises, issuers, keys, organisations, people
from rbc_assess.storage.enterprises import Enterprise
from rbc_assess.storage.json_text import raw_json
from rbc_assess.workflows import consent, draft, submit

FIRMS: Final[Mapping[str, str]] = {
    "metal-workshop-of-12": "あさひ金属工業(見本)",
    "family-bakery-of-3-starting": "みなとベーカリー(見本)",
    "sewing-workshop-of-18-basic": "しらかば縫製(見本)",
    "electronics-maker-of-120-embedded": "北斗電子(見本)",
    "machinery-group-of-450": "大和田機械(見本)",
    "passports-kept": "すずらんクリーニング(見本)",
    "fees-unknown": "なみはや繊維(見本)",
    "sole-owner": "デザイン工房ひとり(見本)",
}
"""Example -> name. From nobody but the owner to 450 workers, and one for each band."""

BEFORE: Final = "metal-workshop-of-12-before-the-card"
"""The first firm as it was: what a scheme refuses, and says how to put right."""

DRAFTED: Final = ("half-finished", "いろは自動車整備(見本)")
"""The one that has stopped half way."""


MOST_FIRMS: Final = 12
"""Firms out of the examples of other documents."""


class Firm(NamedTuple):
    """A sample enterprise; ``submission`` or ``assessment`` names what it has."""

    id: str
    name: str
    example: Example
    submission: str | None = None
    assessment: str | None = None


class DemoPerson(NamedTuple):
    """Somebody who can sign in to the demo: the link is printed where it was started."""

    email: str
    organisation: str
    role: str


class Cast(NamedTuple):
    """Everybody in the demo, with their keys as they are shown.

    ``schemes``: those that one can decide by. ``before``: the first firm's sheet before a remedy, if it is there.
    The first firm has consented to nothing; the others let the prefecture and the bank decide.
    """

    firms: tuple[Firm, ...]
    government: str
    lender: str
    keys: Mapping[str, str]
    schemes: tuple[str, ...]
    before: Example | None
    people: tuple[DemoPerson, ...]


def settle(connection: Connection, catalogue: Catalogue, peppers: Peppers, now: datetime) -> Cast:
    """Put everybody into an empty database; the firms are entered by the operator, who may act for them.

    Raises:
        LookupError: the documents hold no questionnaire that is in force.
    """
    before = now - timedelta(days=30)

    def organisation(kind: str, name: str) -> str:
        return organisations.create_organisation(connection, kind, name, livemode=False, now=before).id

    def key(holder: str) -> str:
        _, made = keys.issue_key(connection, holder, peppers, now, livemode=False, label="demo")
        return made.text

    operator = organisation("operator", "見本の運営者 (sample operator)")
    government = organisation("local_government", "見本県 産業労働部 (sample prefecture)")
    lender = organisation("lender", "見本銀行 (sample bank)")
    for holder, kind in ((government, "local_government"), (lender, "lender")):
        code = _issuer(catalogue, kind)
        if code is not None:
            issuers.hold_issuer(connection, holder, code, before, livemode=False)
    examples = {one.path.stem: one.example for group in catalogue.examples.values() for one in group}
    known = [(name, examples[stem]) for stem, name in FIRMS.items() if stem in examples]
    firms = [
        _submitted(connection, catalogue, operator, name, example, before, now - timedelta(days=place))
        for place, (name, example) in enumerate(known or _other_firms(catalogue, now))
    ]
    if DRAFTED[0] in examples:
        firms.append(_drafted(connection, catalogue, operator, DRAFTED[1], examples[DRAFTED[0]], before, now))
    for firm in firms[1:]:
        for recipient in (government, lender):
            _consented(connection, catalogue, operator, firm, recipient, now)
    holders = {
        "enterprise": firms[0].id,
        "government": government,
        "lender": lender,
        "operator": operator,
    }
    return Cast(
        tuple(firms),
        government,
        lender,
        {name: key(holder) for name, holder in holders.items()},
        tuple(sorted({entry.id for entry in catalogue.documents() if _can_decide(entry)})),
        examples.get(BEFORE),
        _invited(connection, firms[0].id, government, lender, operator, before),
    )


def _invited(
    connection: Connection, firm: str, government: str, lender: str, operator: str, now: datetime
) -> tuple[DemoPerson, ...]:
    """People for each organisation; a scheme is written by one of the prefecture's and approved by another."""
    wanted = (
        DemoPerson("owner@workshop.example", firm, "owner"),
        DemoPerson("author@prefecture.example", government, "author"),
        DemoPerson("approver@prefecture.example", government, "approver"),
        DemoPerson("officer@prefecture.example", government, "officer"),
        DemoPerson("officer@bank.example", lender, "officer"),
        DemoPerson("owner@operator.example", operator, "owner"),
    )
    for one in wanted:
        name = f"{one.role} (sample)"
        people.invite(connection, one.organisation, one.email, now, name=name, role=one.role, by="demo")
    return wanted


def _can_decide(record: DocumentRecord) -> bool:
    return record.kind == "scheme" and record.status is Status.PUBLISHED


def _issuer(catalogue: Catalogue, kind: str) -> str | None:
    """The issuer of this kind with most schemes, the first by name among equals."""
    codes = Counter(
        versions[-1].document.issuer.id
        for versions in catalogue.schemes.values()
        if versions[-1].document.issuer.kind == kind
    )
    return min(codes, key=lambda code: (-codes[code], code), default=None)


def _consented(
    connection: Connection, catalogue: Catalogue, operator: str, firm: Firm, recipient: str, now: datetime
) -> None:
    caller = Caller(operator, "operator", frozenset(), livemode=False, credential="demo")
    consent.grant(
        connection,
        catalogue,
        consent.Grant(recipient),
        enterprise=enterprises.find_enterprise(connection, caller, firm.id),
        caller=caller,
        language="ja",
        now=now,
    )


def _other_firms(catalogue: Catalogue, now: datetime) -> list[tuple[str, Example]]:
    """The cast for other documents than the shipped ones: their examples, else one firm that has said nothing."""
    others = [(one.example.name, one.example) for group in catalogue.examples.values() for one in group]
    if others:
        return others[:MOST_FIRMS]
    current = next(iter(catalogue.current(now.date())), None)
    if current is None:
        raise LookupError("no questionnaire is in force")
    name = next(iter(FIRMS.values()))
    plain = {
        "name": name,
        "questionnaire": f"{current.id}@{current.edition}",
        "as_of": now.date().isoformat(),
        "profile": {"country": "JP", "region": "JP-27", "sector": "25", "workers_total": 12},
        "answers": {},
        "expect": {},
    }
    return [(name, Example.model_validate(plain))]


def _enterprise(
    connection: Connection, operator: str, name: str, example: Example, now: datetime
) -> Enterprise:
    profile = read_profile(cast("Tree", example.profile)).profile
    return enterprises.create_enterprise(
        connection,
        created_by=operator,
        name=name,
        livemode=False,
        now=now,
        profile=raw_json(cast("Tree", example.profile)),
        coded=submit.coded(profile),
    )


def _submitted(
    connection: Connection,
    catalogue: Catalogue,
    operator: str,
    name: str,
    example: Example,
    before: datetime,
    now: datetime,
) -> Firm:
    firm = _enterprise(connection, operator, name, example, before)
    questionnaire, _, edition = example.questionnaire.partition("@")
    try:
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
    except (
        InvalidInput
    ):  # an edition that is not in force today: the firm is there, and has submitted nothing
        return Firm(firm.id, name, example)
    made = submit.record(connection, thought, submit.write_texts(thought), enterprise=firm, now=now)
    return Firm(firm.id, name, example, submission=made.id)


def _drafted(
    connection: Connection,
    catalogue: Catalogue,
    operator: str,
    name: str,
    example: Example,
    before: datetime,
    now: datetime,
) -> Firm:
    firm = _enterprise(connection, operator, name, example, before)
    caller = Caller(operator, "operator", frozenset(), livemode=False, credential="demo")
    try:
        begun = draft.begin(
            connection,
            catalogue,
            enterprise=firm,
            questionnaire=example.questionnaire.partition("@")[0],
            edition=None,
            caller=caller,
            now=now,
        )
    except InvalidInput:
        return Firm(firm.id, name, example)
    answers = cast("Mapping[str, Tree]", example.answers)
    draft.change_answers(connection, catalogue, begun, begun.revision, answers, now)
    return Firm(firm.id, name, example, assessment=begun.id)
