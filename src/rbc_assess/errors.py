"""What can go wrong, in the words of the domain. No HTTP here: an edge decides how to say it.

Every error carries a stable ``code`` and a sentence in en and ja that says what happened and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that a caller can put right.

    ``pointer`` is a JSON Pointer (RFC 6901) into what was sent, such as ``/answers/flb-02``; ``text`` holds a
    sentence per language. It never repeats an answer.
    """

    pointer: str
    code: str
    text: Mapping[str, str]


class PlacedProblem(NamedTuple):
    """One thing wrong in a text that somebody wrote, and where it stands.

    ``severity``: ``error`` or ``warning``. ``line`` and ``column`` count from 1; None where the place is not known.
    """

    pointer: str
    code: str
    text: Mapping[str, str]
    severity: str = "error"
    line: int | None = None
    column: int | None = None


class RbcError(Exception):
    """Base of all expected faults."""

    code = "error"
    text: Mapping[str, str] = {"en": "Something went wrong.", "ja": "問題が発生しました。"}

    def __init__(self, *, code: str | None = None, en: str | None = None, ja: str | None = None) -> None:
        if code is not None:
            self.code = code
        if en is not None:
            self.text = {"en": en, "ja": ja or en}
        super().__init__(self.text["en"])


class InvalidInput(RbcError):
    """What was sent cannot be accepted; every problem is listed at once."""

    code = "invalid-input"
    text = {
        "en": "Some of what was sent needs to be corrected; see the list.",
        "ja": "送信内容に修正が必要な箇所があります。一覧をご確認ください。",
    }

    def __init__(self, problems: Sequence[Problem], *, code: str | None = None) -> None:
        super().__init__(code=code)
        self.problems = tuple(problems)


class NotFound(RbcError):
    """It does not exist, or it is not the caller's: the two are never told apart."""

    code = "not-found"
    text = {"en": "There is nothing here under this id.", "ja": "このIDに該当するものはありません。"}


class Erased(RbcError):
    """It was there, and the enterprise that it belongs to has been erased: nobody can read it again."""

    code = "erased"
    text = {
        "en": "The enterprise was erased. Its ids, times and outcomes are kept; what it said is gone for good.",
        "ja": "この企業の情報は消去されました。ID、日時、結果だけが残り、企業の申告内容は復元できません。",
    }


class NotAuthenticated(RbcError):
    """Nobody knows who is calling."""

    code = "not-authenticated"
    text = {
        "en": "Send a valid API key as “Authorization: Bearer …”.",
        "ja": "有効なAPIキーを「Authorization: Bearer …」で送ってください。",
    }


class NotSignedIn(NotAuthenticated):
    """A session is over, or nobody knows it."""

    code = "not-signed-in"
    text = {
        "en": "You are not signed in, or not any more. Sign in again.",
        "ja": "ログインしていないか、ログインの期限が切れています。もう一度ログインしてください。",
    }


class NotAllowed(RbcError):
    """It is known who is calling, and they may not do that."""

    code = "not-allowed"
    text = {
        "en": "This key may not do that; ask for the scope it needs.",
        "ja": "このキーではこの操作はできません。必要な権限を申請してください。",
    }


class CrossSite(NotAllowed):
    """A browser sent this from a page that is not ours."""

    code = "cross-site"
    text = {
        "en": "This came from another site, or does not say where it came from. Nothing was done.",
        "ja": "別のサイトからの操作か、送信元が示されていないため、処理しませんでした。",
    }


class SignInRefused(NotAllowed):
    """A link or a passkey does not lead in; it is not said why."""

    code = "sign-in-refused"
    text = {
        "en": "This does not lead in: it is over, was used before, or belongs to another browser. Ask for a new link.",
        "ja": "ログインできません。期限切れか、使用済みか、別のブラウザーのものです。新しいリンクを請求してください。",
    }


class SignInAgain(NotAllowed):
    """What this changes asks for a sign-in that is not long ago."""

    code = "sign-in-again"
    text = {
        "en": "You signed in over a quarter of an hour ago. Sign in again for this.",
        "ja": "ログインから15分以上たっています。この操作には、もう一度ログインしてください。",
    }


class NoOrganisationChosen(NotAllowed):
    """A signed-in person has not said for which organisation it acts."""

    code = "choose-organisation"
    text = {
        "en": "Choose first the organisation that you act for, at /v1/sessions/current/organisation.",
        "ja": "先に、どの組織の担当者として操作するかを /v1/sessions/current/organisation で選んでください。",
    }


class ConsentRequired(NotAllowed):
    """The enterprise has not agreed that this recipient looks, or has withdrawn it."""

    code = "consent-required"
    text = {
        "en": "The enterprise has given no consent that covers this. Ask it for its consent first.",
        "ja": "この企業の同意がありません。先に企業の同意を得てください。",
    }


class ConsentExpired(NotAllowed):
    """The enterprise had agreed, for a time that is over."""

    code = "consent-expired"
    text = {
        "en": "The enterprise's consent has run out. Ask it to give its consent again.",
        "ja": "この企業の同意の期間が終わっています。改めて同意を得てください。",
    }


class NotTheIssuer(NotAllowed):
    """A scheme is made by its issuer alone."""

    code = "not-the-issuer"
    text = {
        "en": "This scheme belongs to another issuer.",
        "ja": "この制度は、別の実施主体のものです。",
    }


class SecondPersonNeeded(NotAllowed):
    """Whoever wrote a draft does not approve it."""

    code = "second-person-needed"
    text = {
        "en": "Somebody else of your organisation than who changed this draft last must approve it: another person, "
        "if a person did.",
        "ja": "この下書きを最後に変更した方とは別の担当者が承認してください"
        "(人が変更した場合は、ログインした別の人に限ります)。",
    }


class NotPublishable(RbcError):
    """A draft does not pass the gate before publishing; every reason is listed."""

    code = "not-publishable"
    text = {
        "en": "This draft cannot be published yet; correct what is listed, then ask for approval again.",
        "ja": "この下書きはまだ公開できません。一覧の箇所を直してから、もう一度承認を求めてください。",
    }

    def __init__(self, problems: Sequence[PlacedProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class Conflict(RbcError):
    """The state has moved on since the caller looked."""

    code = "conflict"


class StaleRevision(Conflict):
    """Somebody changed the draft in the meantime. ``changed`` lists question ids and their revisions."""

    code = "stale-revision"
    text = {
        "en": "The draft has changed since you read it. Read it again, then repeat your change.",
        "ja": "下書きが更新されています。読み直してから、もう一度変更してください。",
    }

    def __init__(self, current: int, changed: Mapping[str, int]) -> None:
        super().__init__()
        self.current = current
        self.changed = dict(changed)


class KeyReused(RbcError):
    """The same Idempotency-Key came with another body."""

    code = "idempotency-key-reused"
    text = {
        "en": "This Idempotency-Key was used for a different request. Use a new key for a new request.",
        "ja": "このIdempotency-Keyは別のリクエストで使われています。新しいリクエストには新しいキーを使ってください。",
    }


class QuotaExceeded(RbcError):
    """More calls than the quota of ``policy`` allows; waiting ``retry_after`` seconds is right."""

    code = "quota-exceeded"
    text = {
        "en": "Too many requests. Nothing was done; wait for the time in Retry-After.",
        "ja": "リクエストが多すぎます。処理されていません。Retry-Afterの時間だけお待ちください。",
    }

    def __init__(self, policy: str, *, retry_after: int) -> None:
        super().__init__()
        self.policy = policy
        self.retry_after = retry_after


class SecretNeeded(RbcError):
    """There is something to seal or to open, and nobody gave the secret of the installation."""

    code = "secret-needed"
    text = {
        "en": "What enterprises say of themselves is sealed with RBC_SECRET_KEY: set it for this, too.",
        "ja": "企業の情報はRBC_SECRET_KEYで封印されています。この操作にもRBC_SECRET_KEYを設定してください。",
    }


class StoreBusy(RbcError):
    """Nothing was stored; trying again after ``retry_after`` seconds is right."""

    code = "busy"
    text = {
        "en": "The service is busy. Nothing was stored; try again shortly.",
        "ja": "混み合っています。保存されていません。少し待ってからもう一度お試しください。",
    }

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__()
        self.retry_after = retry_after


class StillAtWork(StoreBusy):
    """The first request with this Idempotency-Key has not finished."""

    code = "still-at-work"
    text = {
        "en": "The first request with this Idempotency-Key is still at work; try again shortly.",
        "ja": "同じIdempotency-Keyの最初のリクエストを処理中です。少し待ってからもう一度お試しください。",
    }


class StoreAway(StoreBusy):
    """The database cannot be reached."""

    code = "store-away"
    text = {
        "en": "The database cannot be reached. Nothing was stored; try again shortly.",
        "ja": "データベースに接続できません。保存されていません。少し待ってからもう一度お試しください。",
    }


class CommitUnknown(StoreAway):
    """The database went away between COMMIT and its answer: it may have been stored. Never to be called a success."""

    code = "commit-unknown"
    text = {
        "en": "The connection broke while storing; it may have been stored. Repeat it with the same Idempotency-Key.",
        "ja": "保存中に接続が切れました。保存された可能性があります。同じIdempotency-Keyでもう一度お送りください。",
    }


class StoreFull(StoreBusy):
    """No room on the disk."""

    code = "store-full"
    text = {
        "en": "There is no room left to store this. Nothing was stored; please tell the operator.",
        "ja": "保存領域が不足しています。保存されていません。運営者にお知らせください。",
    }


class DocumentChanged(RbcError):
    """A published edition is not the one that was published."""

    code = "edition-changed"
