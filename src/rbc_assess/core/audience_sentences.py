"""What is said about who answers: workers, and the firms of some sectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

AUDIENCE_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "voice-supplements": (
        "What workers are asked supplements nothing: leave `supplements` out.",
        "従業員への質問票は、ほかの質問票の追加にはできません。`supplements` を取り除いてください。",
    ),
    "voice-scoring": (
        "What workers say is never scored: leave `scoring` out.",
        "従業員の声は採点しません。`scoring` を取り除いてください。",
    ),
    "voice-profile": (
        "Nothing is asked about the person or the firm beforehand: leave `profile` out.",
        "本人や企業の情報を事前に尋ねません。`profile` を取り除いてください。",
    ),
    "voice-kind": (
        "Workers choose one answer: a text, a number or a date may tell who wrote it.",
        "従業員の回答は1つ選ぶ形(single)にしてください。文章・数値・日付は本人が分かるおそれがあります。",
    ),
    "voice-without-criterion": (
        "Name the criterion: replies are told by theme only.",
        "基準(criterion)を書いてください。回答はテーマごとにだけ集計します。",
    ),
    "voice-not-declinable": (
        "Everybody may decline to answer: `allow` has to hold unknown.",
        "答えないことをいつでも選べるよう、`allow` に unknown を含めてください。",
    ),
    "voice-hidden": (
        "Every worker is asked the same: leave `visible_if` out.",
        "全員に同じことを尋ねます。`visible_if` を取り除いてください。",
    ),
    "voice-counted": (
        "What workers say earns no points and sets no state.",
        "従業員の声には、点数も状態(state)も付けません。",
    ),
    "voice-one-sided": (
        "Some option needs `favourable: true` and some `favourable: false`, or the replies say nothing.",
        "`favourable: true` と `favourable: false` の選択肢がそれぞれ必要です。ないと集計できません。",
    ),
    "favourable-elsewhere": (
        "`favourable` is for questionnaires whose `audience` is workers.",
        "`favourable` は、`audience: workers` の質問票だけで使えます。",
    ),
    "attach-missing": (
        "Say in `attach` which sectors are asked, by profile.sector.",
        "`attach` に対象の業種を書いてください。",
    ),
    "attach-to-nothing": (
        "`attach` is for supplements: name in `supplements` what this one is asked with.",
        "`attach` は追加の質問票に使います。`supplements` に、一緒に尋ねる質問票を書いてください。",
    ),
    "supplement-scoring": (
        "The questionnaire that it is asked with says how to score: leave `scoring` out.",
        "採点の決まりは一緒に尋ねる質問票にあります。`scoring` を取り除いてください。",
    ),
    "supplement-migrate": (
        "Answers of a supplement stay with the question of the same id: leave `migrate` out.",
        "追加の質問票の回答は同じIDの設問に引き継がれます。`migrate` を取り除いてください。",
    ),
    "supplement-sector-not-asked": (
        "{name} does not ask for the sector in its `profile`, so nobody would be asked this.",
        "{name} の `profile` に sector がないため、この追加質問は誰にも表示されません。",
    ),
}
