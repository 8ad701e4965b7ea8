"""Words for codes that people meet in tables."""

from __future__ import annotations

from typing import Final

from rbc_assess.cli.voice import Voice

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "answered": ("answered", "回答あり"),
    "unanswered": ("not answered", "未回答"),
    "unknown": ("not known", "わからない"),
    "not_applicable": ("does not apply", "該当しない"),
    "not_covered": ("not asked", "設問なし"),
    "met": ("met", "守られている"),
    "remediated": ("put right", "是正済み"),
    "not_met": ("not met", "守られていない"),
    "self_declared": ("self-declared", "自己申告"),
    "evidence_attached": ("evidence attached", "証拠資料あり"),
    "reviewed": ("reviewed", "確認済み"),
    "verified_on_site": ("verified on site", "現地確認済み"),
}


def word(voice: Voice, code: str | None) -> str:
    """The word for a code, the code itself if it has none, a dash for nothing."""
    if code is None:
        return "-"
    return voice.choose(*_WORDS[code]) if code in _WORDS else code
