"""Every kind of problem the API can answer with: its status, its title and what to do about it.

The code is the last part of the ``type`` URI, ``/problems/<code>``, and never changes; each has a page there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

QUOTA_EXCEEDED_TYPE = "https://iana.org/assignments/http-problem-types#quota-exceeded"
"""Registered by draft-ietf-httpapi-ratelimit-headers; the one type that is not ours."""


class ProblemKind(NamedTuple):
    """One kind of problem: HTTP status, a title and what a caller can do, per language."""

    code: str
    status: int
    title: Mapping[str, str]
    advice: Mapping[str, str]

    @property
    def type_uri(self) -> str:
        return QUOTA_EXCEEDED_TYPE if self.code == "quota-exceeded" else f"/problems/{self.code}"


def _kind(code: str, status: int, en: tuple[str, str], ja: tuple[str, str]) -> ProblemKind:
    return ProblemKind(code, status, {"en": en[0], "ja": ja[0]}, {"en": en[1], "ja": ja[1]})


_KINDS = (
    _kind(
        "bad-request",
        400,
        ("The request cannot be read", "Correct what `errors` lists and send it again."),
        ("リクエストを読み取れません", "`errors` の内容を直して、もう一度送ってください。"),
    ),
    _kind(
        "bad-json",
        400,
        (
            "The body is not acceptable JSON",
            (
                "Send one JSON value in UTF-8: no duplicate keys, no NaN, at most 32 levels, whole numbers within "
                "±9,007,199,254,740,991."
            ),
        ),
        (
            "本文のJSONを受け付けられません",
            (
                "UTF-8のJSONを1つ送ってください。キーの重複やNaNは使えません。入れ子は32段まで、整数は"
                "±9,007,199,254,740,991までです。"
            ),
        ),
    ),
    _kind(
        "bad-yaml",
        400,
        (
            "The text is not acceptable YAML",
            "Correct what `errors` lists by line and column. Anchors, tags and duplicate keys are not taken.",
        ),
        (
            "YAMLとして受け付けられません",
            "`errors` の行と列を直してください。アンカー、タグ、キーの重複は使えません。",
        ),
    ),
    _kind(
        "idempotency-key-missing",
        400,
        (
            "An Idempotency-Key is needed",
            "Send an `Idempotency-Key` header that is new for each new request.",
        ),
        ("Idempotency-Keyが必要です", "リクエストごとに新しい `Idempotency-Key` ヘッダーを付けてください。"),
    ),
    _kind(
        "not-authenticated",
        401,
        ("A valid key is needed", "Send a valid API key as `Authorization: Bearer …`."),
        ("有効なキーが必要です", "有効なAPIキーを `Authorization: Bearer …` で送ってください。"),
    ),
    _kind(
        "not-signed-in",
        401,
        (
            "You are not signed in",
            "Sign in again: a session ends after half an hour without use, or twelve hours.",
        ),
        (
            "ログインしていません",
            "もう一度ログインしてください。30分操作がないとき、またはログインから12時間で終了します。",
        ),
    ),
    _kind(
        "cross-site",
        403,
        (
            "This came from another site",
            "With a session, what changes something is sent from a page of this service. Programs use a key instead.",
        ),
        (
            "別のサイトからの操作です",
            "ログイン中の変更操作は、このサービスのページから送ってください。プログラムからはキーを使ってください。",
        ),
    ),
    _kind(
        "sign-in-refused",
        403,
        (
            "This does not lead in",
            "Ask for a new link, and open it within ten minutes in the browser in which you asked for it.",
        ),
        (
            "ログインできません",
            "新しいリンクを請求し、請求したのと同じブラウザーで、10分以内に開いてください。",
        ),
    ),
    _kind(
        "sign-in-again",
        403,
        (
            "This asks for a fresh sign-in",
            "Sign in again, then repeat it within a quarter of an hour.",
        ),
        (
            "もう一度ログインが必要です",
            "もう一度ログインし、15分以内に操作してください。",
        ),
    ),
    _kind(
        "choose-organisation",
        403,
        (
            "It is not said for whom you act",
            "Choose one of your organisations at `/v1/sessions/current/organisation`.",
        ),
        (
            "どの組織の担当者として操作するかが選ばれていません",
            "`/v1/sessions/current/organisation` で、所属する組織を1つ選んでください。",
        ),
    ),
    _kind(
        "not-allowed",
        403,
        ("This key may not do that", "Use a key of the right organisation, or ask for the scope."),
        ("このキーでは操作できません", "該当する組織のキーを使うか、必要な権限を申請してください。"),
    ),
    _kind(
        "consent-required",
        403,
        (
            "The enterprise has not agreed to this",
            "Ask the enterprise for its consent; nothing of it is shown before.",
        ),
        ("企業の同意がありません", "企業の同意を得てください。それまでは企業の情報は示されません。"),
    ),
    _kind(
        "consent-expired",
        403,
        ("The enterprise's consent has run out", "Ask the enterprise to give its consent again."),
        ("企業の同意の期間が終わっています", "企業に、改めて同意を求めてください。"),
    ),
    _kind(
        "not-the-issuer",
        403,
        (
            "This scheme belongs to another issuer",
            "A scheme is drafted, approved and retired by the organisation that is its issuer.",
        ),
        (
            "別の実施主体の制度です",
            "制度の作成、承認、適用の終了は、その実施主体である組織だけが行えます。",
        ),
    ),
    _kind(
        "second-person-needed",
        403,
        (
            "Somebody else has to approve",
            "Whoever changed the draft last does not approve it: let a second person do so, signed in or by a key.",
        ),
        (
            "別の担当者の承認が必要です",
            "下書きを最後に変更した人は承認できません。別の担当者が、ログインするか別のキーで承認してください。",
        ),
    ),
    _kind(
        "not-found",
        404,
        ("Nothing is here", "Check the address and the id; what belongs to others is not shown either."),
        ("該当するものがありません", "URLとIDをご確認ください。他の組織のものは表示されません。"),
    ),
    _kind(
        "method-not-allowed",
        405,
        ("This address does not take that method", "The `Allow` header lists the methods it takes."),
        ("このURLではそのメソッドを使えません", "使えるメソッドは `Allow` ヘッダーにあります。"),
    ),
    _kind(
        "body-too-slow",
        408,
        ("The body did not arrive in time", "Send it again over a better connection."),
        ("本文の受信が時間内に終わりませんでした", "通信環境をご確認のうえ、もう一度送ってください。"),
    ),
    _kind(
        "conflict",
        409,
        ("The state does not allow this now", "Read it again, then decide."),
        ("今の状態ではこの操作はできません", "最新の状態を読み直してください。"),
    ),
    _kind(
        "erased",
        410,
        (
            "The enterprise was erased",
            "Nobody can read it again. Its ids, times, outcomes and fingerprints are kept.",
        ),
        (
            "この企業の情報は消去されました",
            "内容はもう読み出せません。ID、日時、結果、フィンガープリントだけが残っています。",
        ),
    ),
    _kind(
        "stale-revision",
        409,
        ("The draft has changed since", "Read the draft again, then repeat your change."),
        ("下書きが更新されています", "下書きを読み直してから、もう一度変更してください。"),
    ),
    _kind(
        "still-at-work",
        409,
        (
            "The first request is still at work",
            "Try again after the time in `Retry-After`, with the same key.",
        ),
        (
            "最初のリクエストを処理中です",
            "`Retry-After` の時間が過ぎてから、同じキーでもう一度お試しください。",
        ),
    ),
    _kind(
        "precondition-failed",
        412,
        (
            "The draft has changed since you read it",
            "`changed` lists what changed; read it again, then repeat.",
        ),
        (
            "読み込み後に下書きが更新されました",
            "変更箇所は `changed` にあります。読み直してから変更してください。",
        ),
    ),
    _kind(
        "body-too-large",
        413,
        ("The body is too large", "A body may have at most 1 MiB (1,048,576 bytes)."),
        ("本文が大きすぎます", "本文は1 MiB(1,048,576バイト)までです。"),
    ),
    _kind(
        "unsupported-media-type",
        415,
        ("This media type is not taken", "Send `Content-Type: application/json`, in UTF-8, not compressed."),
        ("この形式は受け付けていません", "`Content-Type: application/json`(UTF-8、無圧縮)で送ってください。"),
    ),
    _kind(
        "invalid-input",
        422,
        ("Some of it needs to be corrected", "`errors` lists every problem with the place it concerns."),
        ("修正が必要な箇所があります", "`errors` に、修正が必要な箇所がすべて並んでいます。"),
    ),
    _kind(
        "not-publishable",
        422,
        (
            "The draft cannot be published yet",
            "`errors` lists every reason with its line and column; correct the draft and let it be approved again.",
        ),
        (
            "下書きはまだ公開できません",
            "`errors` に、理由が行と列とともに並んでいます。下書きを直し、もう一度承認を受けてください。",
        ),
    ),
    _kind(
        "idempotency-key-reused",
        422,
        ("This Idempotency-Key belongs to another request", "Use a new key for a new request."),
        ("このIdempotency-Keyは別のリクエストのものです", "新しいリクエストには新しいキーを使ってください。"),
    ),
    _kind(
        "precondition-required",
        428,
        ("If-Match is needed", "Read the draft, then send its `ETag` as `If-Match` with the change."),
        ("If-Matchが必要です", "下書きを読み、その `ETag` を `If-Match` として変更と一緒に送ってください。"),
    ),
    _kind(
        "quota-exceeded",
        429,
        ("Too many requests", "Wait for the time in `Retry-After`."),
        ("リクエストが多すぎます", "`Retry-After` の時間だけお待ちください。"),
    ),
    _kind(
        "internal-error",
        500,
        ("Something went wrong here", "Tell the operator the `request_id`; nothing you sent is at fault."),
        (
            "サーバーで問題が発生しました",
            "運営者に `request_id` をお知らせください。送信内容の問題ではありません。",
        ),
    ),
    _kind(
        "busy",
        503,
        ("The service is busy", "Nothing was stored. Try again after the time in `Retry-After`."),
        ("混み合っています", "保存されていません。`Retry-After` の時間が過ぎてからお試しください。"),
    ),
    _kind(
        "store-away",
        503,
        ("The database cannot be reached", "Nothing was stored. Try again after the time in `Retry-After`."),
        (
            "データベースに接続できません",
            "保存されていません。`Retry-After` の時間が過ぎてからお試しください。",
        ),
    ),
    _kind(
        "commit-unknown",
        503,
        (
            "Whether it was stored is not known",
            "The database went away at the last moment. Send the same request with the same `Idempotency-Key`.",
        ),
        (
            "保存されたかどうか確認できません",
            "保存の最後でデータベースとの接続が切れました。同じ `Idempotency-Key` で同じリクエストを送ってください。",
        ),
    ),
    _kind(
        "not-ready",
        503,
        ("This process cannot work yet", "`checks` says what is missing. Try again after `Retry-After`."),
        (
            "まだ準備ができていません",
            "足りないものは `checks` にあります。`Retry-After` の後にお試しください。",
        ),
    ),
    _kind(
        "store-full",
        507,
        ("There is no room left", "Nothing was stored. The operator has to make room."),
        ("保存領域が不足しています", "保存されていません。運営者の対応が必要です。"),
    ),
)

KINDS: Mapping[str, ProblemKind] = {kind.code: kind for kind in _KINDS}
