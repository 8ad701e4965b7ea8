"""Kinds of organisation, and what a credential of each may be used for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

KINDS = (
    "enterprise",
    "local_government",
    "national_government",
    "lender",
    "workers_organisation",
    "intermediary",
    "operator",
)
"""Kinds of organisation. An intermediary is a chamber of commerce or a labour consultant."""


class Scope(StrEnum):
    """What a key may be used for, within what its organisation may see at all."""

    ENTERPRISES_READ = "enterprises:read"
    ENTERPRISES_WRITE = "enterprises:write"
    ENTERPRISES_ERASE = "enterprises:erase"
    ASSESSMENTS_READ = "assessments:read"
    ASSESSMENTS_WRITE = "assessments:write"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    SCHEMES_READ = "schemes:read"
    SCHEMES_WRITE = "schemes:write"
    SCHEMES_APPROVE = "schemes:approve"
    RECIPIENTS_READ = "recipients:read"
    ORGANISATIONS_READ = "organisations:read"
    ORGANISATIONS_WRITE = "organisations:write"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"
    EVENTS_READ = "events:read"
    AUDIT_READ = "audit:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"


SCOPE_MEANINGS: Mapping[Scope, Mapping[str, str]] = {
    Scope.ENTERPRISES_READ: {
        "en": "Read the enterprises it acts for: name, corporate number, profile.",
        "ja": "担当する企業の名称、法人番号、概要を読む。",
    },
    Scope.ENTERPRISES_WRITE: {
        "en": "Change the enterprises it acts for; intermediaries and operators also add new ones.",
        "ja": "担当する企業の登録内容を変更する(支援機関と運営者は新規登録もできる)。",
    },
    Scope.ENTERPRISES_ERASE: {
        "en": "Erase an enterprise for good.",
        "ja": "企業の情報を完全に消去する(元に戻せない)。",
    },
    Scope.ASSESSMENTS_READ: {
        "en": "Read drafts, answers, submissions, scorecards and plans of the enterprises it acts for.",
        "ja": "担当する企業の下書き、回答、提出、スコアカード、改善計画を読む。",
    },
    Scope.ASSESSMENTS_WRITE: {
        "en": "Begin and change drafts, submit and withdraw for the enterprises it acts for.",
        "ja": "担当する企業の下書きの作成と変更、提出、取り下げを行う。",
    },
    Scope.CONSENTS_READ: {
        "en": "Read consents, requests for them, and who saw what, of firms it acts for; a recipient its own requests.",
        "ja": "担当する企業の同意、同意の依頼、開示の記録(誰が何を見たか)を読む(自治体・金融機関は自らの依頼だけ)。",
    },
    Scope.CONSENTS_WRITE: {
        "en": "Give, withdraw and decline consents for the enterprises it acts for; a recipient asks for them.",
        "ja": "担当する企業のために同意し、取り消し、依頼を断る(自治体・金融機関は同意を依頼する)。",
    },
    Scope.DECISIONS_READ: {
        "en": "Read decisions: a recipient its own, an enterprise those about it.",
        "ja": "判定を読む(自治体・金融機関は自らの判定、企業は自社についての判定)。",
    },
    Scope.DECISIONS_WRITE: {
        "en": "Make and record decisions about enterprises that have agreed to it.",
        "ja": "同意した企業についての判定を行い、記録する。",
    },
    Scope.SCHEMES_READ: {
        "en": "Read the drafts, checks and simulations of its own schemes.",
        "ja": "自らの制度の下書き、点検、試算を読む。",
    },
    Scope.SCHEMES_WRITE: {
        "en": "Draft, check and simulate its own schemes; retire a version.",
        "ja": "自らの制度を下書きし、点検し、試算する。版の適用を終える。",
    },
    Scope.SCHEMES_APPROVE: {
        "en": "Approve a draft that somebody else has written, which publishes it.",
        "ja": "他の担当者が作った下書きを承認し、公開する。",
    },
    Scope.RECIPIENTS_READ: {
        "en": "List the governments and lenders that one can share with.",
        "ja": "共有先にできる自治体・国の機関・金融機関の一覧を読む。",
    },
    Scope.ORGANISATIONS_READ: {
        "en": "List organisations and their keys (never the secrets).",
        "ja": "組織とそのキーの一覧を読む(秘密の値は含まない)。",
    },
    Scope.ORGANISATIONS_WRITE: {
        "en": "Create organisations; issue and revoke their keys.",
        "ja": "組織を登録し、キーを発行、失効させる。",
    },
    Scope.CLIENTS_READ: {
        "en": "List its own programs (clients) and their public keys.",
        "ja": "自らのプログラム(クライアント)とその公開鍵の一覧を読む。",
    },
    Scope.CLIENTS_WRITE: {
        "en": "Register its own programs, change their keys, end them; never with more scopes than its own.",
        "ja": "自らのプログラムを登録し、鍵を替え、失効させる(自らの権限を超える権限は付けられない)。",
    },
    Scope.EVENTS_READ: {
        "en": "Read what happened that concerns it: ids and outcomes.",
        "ja": "自らに関わる出来事(idと判定結果)の一覧を読む。",
    },
    Scope.AUDIT_READ: {
        "en": "Read the audit trail: its own part of it, an operator all.",
        "ja": "監査記録を読む(自らに関わる部分。運営者はすべて)。",
    },
    Scope.WEBHOOKS_READ: {
        "en": "Read where its events are sent, and how each delivery went (never the secrets).",
        "ja": "イベントの通知先と、通知ごとの結果を読む(秘密の値は含まない)。",
    },
    Scope.WEBHOOKS_WRITE: {
        "en": "Have its events sent to an address, change the secret, send once more, end it.",
        "ja": "イベントの通知先の登録、秘密の値の変更、再送、削除を行う。",
    },
    Scope.PEOPLE_READ: {
        "en": "List its people and their roles.",
        "ja": "自らの担当者とその役割の一覧を読む。",
    },
    Scope.PEOPLE_WRITE: {
        "en": "Invite people, change their roles, end them; never with more scopes than its own.",
        "ja": "担当者を招待し、役割を変え、登録を終える(自らの権限を超える役割は付けられない)。",
    },
}
"""What each scope allows, for the documentation and for the page where a key is made."""

FOR_CREDENTIALS = frozenset({Scope.CLIENTS_READ, Scope.CLIENTS_WRITE, Scope.PEOPLE_READ, Scope.PEOPLE_WRITE})
"""Scopes over an organisation's own programs and people; a program has none of them unless that is asked for."""
_FOR_ALL = FOR_CREDENTIALS | {
    Scope.AUDIT_READ,
    Scope.EVENTS_READ,
    Scope.RECIPIENTS_READ,
    Scope.WEBHOOKS_READ,
    Scope.WEBHOOKS_WRITE,
}
_FOR_ENTERPRISES = _FOR_ALL | frozenset(
    {
        Scope.ENTERPRISES_READ,
        Scope.ENTERPRISES_WRITE,
        Scope.ASSESSMENTS_READ,
        Scope.ASSESSMENTS_WRITE,
        Scope.CONSENTS_READ,
        Scope.CONSENTS_WRITE,
        Scope.DECISIONS_READ,
    }
)
_FOR_RECIPIENTS = _FOR_ALL | frozenset(
    {
        Scope.CONSENTS_READ,
        Scope.CONSENTS_WRITE,
        Scope.DECISIONS_READ,
        Scope.DECISIONS_WRITE,
        Scope.SCHEMES_READ,
        Scope.SCHEMES_WRITE,
        Scope.SCHEMES_APPROVE,
    }
)
_SCOPES_BY_KIND: Mapping[str, frozenset[Scope]] = {
    "enterprise": _FOR_ENTERPRISES,
    "intermediary": _FOR_ENTERPRISES,
    "local_government": _FOR_RECIPIENTS,
    "national_government": _FOR_RECIPIENTS,
    "lender": _FOR_RECIPIENTS,
    "workers_organisation": _FOR_ALL,
    "operator": _FOR_ENTERPRISES
    | {Scope.ENTERPRISES_ERASE, Scope.ORGANISATIONS_READ, Scope.ORGANISATIONS_WRITE},
}


def scopes_of(kind: str) -> frozenset[Scope]:
    """Return the scopes that a key of such an organisation may carry; a new key gets all of them by default."""
    return _SCOPES_BY_KIND.get(kind, frozenset())
