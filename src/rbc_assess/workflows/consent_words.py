"""What a firm is shown when it is asked and before it consents: who, what for, which part, how long, what remains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Final

CLUSTERS_IN_ORDER: Final = (
    "outcome",
    "requirements",
    "band",
    "critical",
    "scores",
    "answers",
    "evidence",
    "profile",
)

CLUSTER_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "outcome": (
        "what the rules say: the outcome, points and terms, and how long they hold",
        "規則による判定の内容（結果、点数、条件とその有効期間）",
    ),
    "requirements": (
        "each requirement and whether it is met; anything about basic rights only as “an open item”",
        "要件ごとに満たしているかどうか（基本的な権利については、「未解決の項目」の有無のみ）",
    ),
    "band": ("the band of your self-assessment", "自己評価の段階"),
    "critical": (
        "which basic rights have an open item, or had one",
        "基本的な権利のうち、未解決の項目や解決済みの項目がどれか",
    ),
    "scores": (
        "your scores, and by how much a requirement is met or missed",
        "得点と、要件との差",
    ),
    "answers": ("your answers", "回答の内容"),
    "evidence": ("the evidence that you attached", "添付した証拠資料"),
    "profile": (
        "facts about your enterprise, such as sector, region and number of workers",
        "業種、地域、働く人の数などの企業情報",
    ),
}
"""Each cluster for people, English and Japanese."""

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "local_government": ("local government", "地方自治体"),
    "national_government": ("national government", "国の機関"),
    "lender": ("lender", "金融機関"),
}

_MUST_PASS_ON: Final[Mapping[str, tuple[str, str]]] = {
    "lender": (
        "The law may oblige it to pass on what it has recorded, to a supervisory authority or a court, for example.",
        "監督官庁や裁判所などに対し、法令により、記録した内容を提供しなければならない場合があります。",
    ),
    "government": (
        (
            "Officials may be obliged by law to pass on what they hold: to whoever asks for official documents, where "
            "freedom of information applies, to auditors or to a court, for example."
        ),
        (
            "行政機関の職員は、情報公開請求、監査、裁判などの際に、法令により、保有する内容を開示・提供しなければならない"
            "場合があります。"
        ),
    ),
}

_WORDING: Final[Sequence[tuple[str, str]]] = (
    (
        "You let {name} ({kind}) look at the following about your enterprise, from {start} to {end}.",
        "{name}（{kind}）が、{start}から{end}まで、貴社について次の内容を見ることに同意します。",
    ),
    ("Purpose: {purpose}", "目的：{purpose}"),
    ("It decides by: {by}.", "判定に使う制度：{by}。"),
    ("What it may see: {clusters}.", "見ることができる内容：{clusters}。"),
    (
        (
            "It sees the name of your enterprise and nothing else of your answers, and may use what it sees for this "
            "purpose alone. {must}"
        ),
        (
            "このほかに見えるのは企業名だけで、これ以外の回答の内容は見えません。見た内容は、この目的のためだけに使われます。"
            "{must}"
        ),
    ),
    (
        (
            "You can withdraw this at any time. From then on it sees nothing new and decides nothing new. What it has "
            "decided before stays with it as its own record."
        ),
        (
            "同意はいつでも取り消せます。取り消した後は、新たに見ることも、新たに判定することもできません。"
            "それまでに行われた判定は、先方の記録として残ります。"
        ),
    ),
    (
        "Each look is recorded: you can always see who looked at what, when and why.",
        "閲覧はすべて記録されます。誰が、いつ、何を、何のために見たかを、いつでも確認できます。",
    ),
)

_REQUEST: Final[Sequence[tuple[str, str]]] = (
    (
        "{name} ({kind}) asks to look at the following about your enterprise, {until}.",
        "{name}（{kind}）が、貴社について次の内容を見ることを求めています（期間：{until}）。",
    ),
    ("Purpose: {purpose}", "目的：{purpose}"),
    ("It would decide by: {by}.", "判定に使う制度：{by}。"),
    ("What it would see: {clusters}.", "見ることになる内容：{clusters}。"),
    (
        "It would see the name of your enterprise, and nothing else of your answers. {must}",
        "このほかに見えるのは企業名だけで、これ以外の回答の内容は見えません。{must}",
    ),
    (
        (
            "You are free to agree, to agree to less, to decline or not to answer. Until you answer, it does not "
            "learn whether your enterprise is registered here. If you agree, you can withdraw it at any time."
        ),
        (
            "同意するか、一部だけ同意するか、断るか、回答しないかは自由です。回答するまで、貴社がここに登録されているか"
            "どうかは先方に伝わりません。同意した後も、いつでも取り消せます。"
        ),
    ),
)
_UNTIL: Final[Mapping[str, tuple[str, str]]] = {
    "year": ("for 12 months from when you agree", "同意したときから12か月間"),
    "day": (
        "from when you agree to {year}-{month:02}-{day:02}",
        "同意したときから{year}年{month}月{day}日まで",
    ),
    "time": ("from when you agree to {moment}", "同意したときから{moment}まで"),
}

_PURPOSES: Final[Mapping[str, tuple[str, str]]] = {
    "scheme": ("To decide by the scheme “{title}”", "制度「{title}」による判定のため"),
    "any": ("To decide by schemes that {name} applies", "{name}が適用する制度による判定のため"),
}


_ANY_SCHEME: Final = ("any scheme that it applies", "先方が適用するすべての制度")


def usual_purpose(language: str, *, name: str, title: str | None) -> str:
    """The purpose of a consent that states none: the scheme's title, or whatever the recipient decides by."""
    words = said(_PURPOSES["any" if title is None else "scheme"], language)
    return words.format(name=name, title=title)


def consent_wording(
    language: str,
    *,
    name: str,
    kind: str,
    purpose: str,
    title: str | None,
    clusters: Sequence[str],
    start: datetime,
    end: datetime,
    zone: tzinfo,
) -> str:
    """Write what a consent says, in plain words, one sentence or two to a line.

    Args:
        title: of the scheme that it is for; None: for any.
        end: the moment at which it ends.
        zone: of the firm's country; moments are told as they are there.
    """
    listed = [said(CLUSTER_WORDS[one], language) for one in CLUSTERS_IN_ORDER if one in clusters]
    words = {
        "name": name,
        "kind": kind_words(kind, language),
        "purpose": purpose,
        "by": said(_ANY_SCHEME, language) if title is None else title,
        "clusters": said(("; ", "、"), language).join(listed),
        "start": moment_words(start, zone, language),
        "end": moment_words(end, zone, language),
        "must": must_pass_on(kind, language),
    }
    return "\n".join(said(line, language).format_map(words) for line in _WORDING)


def request_wording(
    language: str,
    *,
    name: str,
    kind: str,
    purpose: str,
    title: str | None,
    clusters: Sequence[str],
    until: date | datetime | None,
) -> str:
    """Write what a request asks for, in plain words, one sentence or two to a line.

    Args:
        title: of the scheme that it is for; None: for any.
        until: the last day, or the moment at which it would end; None: 12 months.
    """
    listed = [said(CLUSTER_WORDS[one], language) for one in CLUSTERS_IN_ORDER if one in clusters]
    words = {
        "name": name,
        "kind": kind_words(kind, language),
        "purpose": purpose,
        "by": said(_ANY_SCHEME, language) if title is None else title,
        "clusters": said(("; ", "、"), language).join(listed),
        "until": _until(until, language),
        "must": must_pass_on(kind, language),
    }
    return "\n".join(said(line, language).format_map(words) for line in _REQUEST)


def kind_words(kind: str, language: str) -> str:
    """A kind of recipient, for people."""
    return said(_KINDS[kind], language)


def must_pass_on(kind: str, language: str) -> str:
    """What the law may oblige such a recipient to pass on."""
    return said(_MUST_PASS_ON["lender" if kind == "lender" else "government"], language)


def _until(until: date | datetime | None, language: str) -> str:
    if until is None:
        return said(_UNTIL["year"], language)
    if isinstance(until, datetime):
        return said(_UNTIL["time"], language).format(moment=moment_words(until, UTC, language))
    return said(_UNTIL["day"], language).format(year=until.year, month=until.month, day=until.day)


def said(words: tuple[str, str], language: str) -> str:
    """Choose between English and Japanese."""
    return words[1 if language.partition("-")[0] == "ja" else 0]


def moment_words(moment: datetime, zone: tzinfo, language: str) -> str:
    """A moment as it is told where the firm is."""
    there = moment.astimezone(zone)
    if language.partition("-")[0] == "ja":
        return f"{there.year}年{there.month}月{there.day}日{there:%H:%M}"
    return f"{there:%Y-%m-%d %H:%M} ({there.tzname()})"
