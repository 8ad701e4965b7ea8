"""The receipt of a consent: what was agreed, in the reader's language, to be kept or printed.

It answers what a record of consent has to answer (the ideas are those of ISO/IEC TS 27560, the words our own): who may
look, what for, at which part, on what ground and how long, how to withdraw, and what cannot be undone. What was shown
when the consent was given stands at its end as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Caller
from rbc_assess.storage import consents
from rbc_assess.storage.consents import Consent, State
from rbc_assess.storage.enterprises import Enterprise, find_enterprise
from rbc_assess.storage.organisations import Organisation, find_organisation
from rbc_assess.workflows.consent import scheme_in_force, zone_of
from rbc_assess.workflows.consent_words import (
    CLUSTER_WORDS,
    CLUSTERS_IN_ORDER,
    kind_words,
    moment_words,
    must_pass_on,
    said,
)

TITLE: Final = ("Receipt of consent", "同意の控え")

_HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "who": ("Who may look", "見ることができる相手"),
    "whose": ("At whose data", "対象の企業"),
    "why": ("What for", "目的"),
    "what": ("At what", "見ることができる内容"),
    "how_long": ("How long", "期間"),
    "state": ("Does it hold now?", "現在の状態"),
    "withdrawal": ("How to withdraw it", "取り消し方"),
    "passing_on": ("What may be passed on", "第三者に提供される場合"),
    "afterwards": ("What stays after that", "取り消した後に残るもの"),
    "looks": ("Who has looked", "閲覧の記録"),
    "agreed": ("What was shown and agreed to", "同意したときに示された文面"),
}
_LINES: Final[Mapping[str, tuple[str, str]]] = {
    "recipient": ("{name} ({kind}), {id}", "{name}（{kind}）、{id}"),
    "enterprise": ("{name}, {id}", "{name}、{id}"),
    "scheme": ("It decides by: {title}.", "判定に使う制度：{title}。"),
    "any": ("It decides by any scheme that it applies.", "先方が適用するすべての制度により判定します。"),
    "ground": (
        "The ground is your consent alone; nobody is obliged to give it.",
        "根拠は貴社の同意だけです。同意する義務はありません。",
    ),
    "name": ("the name of your enterprise", "企業名"),
    "nothing_else": ("Nothing else is open to it.", "これ以外の内容は見えません。"),
    "from_to": ("From {start} to {end}.", "{start}から{end}まで。"),
    "given": ("Given on {moment}, consent {id}.", "{moment}に同意（番号：{id}）。"),
    "request": ("It answers the request {id}.", "依頼（番号：{id}）に対する回答です。"),
    "active": ("Yes.", "有効です。"),
    "not_yet": ("Not yet; it begins later.", "まだ始まっていません。"),
    "expired": ("No, it has run out.", "期間が終わっています。"),
    "revoked": ("No, it was withdrawn on {moment}.", "{moment}に取り消されています。"),
    "withdraw": (
        (
            "At any time, without giving a reason and free of charge: POST /v1/consents/{id}/revocation, or ask "
            "whoever acts for you. It holds at once."
        ),
        (
            "いつでも、理由を示さず、無料で取り消せます：POST /v1/consents/{id}/revocation"
            "（代行者に頼むこともできます）。すぐに効力が生じます。"
        ),
    ),
    "stays": (
        (
            "From then on nothing new is seen and nothing new is decided. Decisions made before stay with the "
            "recipient as its own record."
        ),
        (
            "取り消した後は、新たに見ることも、新たに判定することもできません。それまでに行われた判定は、先方の記録として"
            "残ります。"
        ),
    ),
    "disclosures": (
        "Each look is recorded: GET /v1/disclosures tells who looked at what, when and why.",
        "閲覧はすべて記録されます。誰が、いつ、何を、何のために見たかは GET /v1/disclosures で確認できます。",
    ),
}


class Section(NamedTuple):
    """A question and its answer, line by line."""

    id: str
    heading: str
    lines: tuple[str, ...]


class Receipt(NamedTuple):
    """A consent with who takes part in it, and the same in words."""

    consent: Consent
    enterprise: Enterprise
    recipient: Organisation
    state: State
    title: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """The whole as plain text, to be printed."""
        parts = ["\n".join((one.heading, *(f"  {line}" for line in one.lines))) for one in self.sections]
        return "\n\n".join((self.title, *parts)) + "\n"


def receipt(
    connection: Connection, catalogue: Catalogue, caller: Caller, name: str, language: str, now: datetime
) -> Receipt:
    """Write the receipt of a consent of an enterprise that the caller acts for.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    consent = consents.find_consent(connection, caller, name)
    enterprise = find_enterprise(connection, caller, consent.enterprise)
    recipient = find_organisation(connection, consent.recipient)
    scheme = consent.scheme
    if scheme is not None:
        found = scheme_in_force(connection, scheme, now, livemode=consent.livemode)
        scheme = scheme if found is None else found.title.in_language(language).text
    zone = zone_of(catalogue, enterprise, now)
    sections = _sections(consent, enterprise, recipient, scheme, language, zone, now)
    return Receipt(consent, enterprise, recipient, consent.state(now), said(TITLE, language), sections)


def _sections(
    consent: Consent,
    enterprise: Enterprise,
    recipient: Organisation,
    scheme: str | None,
    language: str,
    zone: tzinfo,
    now: datetime,
) -> tuple[Section, ...]:
    def line(phrase: str, **words: str) -> str:
        return said(_LINES[phrase], language).format_map(words)

    def moment(when: datetime) -> str:
        return moment_words(when, zone, language)

    open_parts = [said(CLUSTER_WORDS[one], language) for one in CLUSTERS_IN_ORDER if one in consent.clusters]
    state = consent.state(now)
    revoked = {} if consent.revoked_at is None else {"moment": moment(consent.revoked_at)}
    lines: Mapping[str, Sequence[str]] = {
        "who": [
            line(
                "recipient",
                name=recipient.name,
                kind=kind_words(recipient.kind, language),
                id=recipient.id,
            )
        ],
        "whose": [line("enterprise", name=enterprise.name, id=enterprise.id)],
        "why": [
            consent.purpose,
            line("any") if scheme is None else line("scheme", title=scheme),
            line("ground"),
        ],
        "what": [*(f"- {part}" for part in (line("name"), *open_parts)), line("nothing_else")],
        "how_long": [
            line("from_to", start=moment(consent.valid_from), end=moment(consent.valid_until)),
            line("given", moment=moment(consent.given_at), id=consent.id),
            *([] if consent.request is None else [line("request", id=consent.request)]),
        ],
        "state": [line(state, **revoked)],
        "withdrawal": [line("withdraw", id=consent.id)],
        "passing_on": [must_pass_on(recipient.kind, language)],
        "afterwards": [line("stays")],
        "looks": [line("disclosures")],
        "agreed": consent.wording.split("\n"),
    }
    return tuple(Section(name, said(_HEADINGS[name], language), tuple(lines[name])) for name in _HEADINGS)
