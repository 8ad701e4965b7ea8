"""Files whose texts, bands and days hang on the law of a country; written beside the small documents."""

from __future__ import annotations

COUNTRY = """\
format: rbc-country/1
id: JP
edition: "2026.11"
status: published
title: {en: Japan, ja: 日本}
time_zone: Asia/Tokyo
parameters:
  ot_month_max:
    title: {en: Overtime per month, ja: 月の時間外労働}
    unit: hours_per_month
    values: [{from: 2019-04-01, value: 45, source: A page, as_of: 2026-11-22, verified: true}]
  min_wage_hour:
    title: {en: Minimum wage, ja: 最低賃金}
    unit: jpy_per_hour
    regions:
      "JP-13": [{from: 2025-10-03, value: 1226, source: A page, as_of: 2026-11-22, verified: false}]
  harassment_duty_from:
    title: {en: Duty begins, ja: 義務の開始}
    unit: date
    values: [{from: 2025-06-11, value: "2026-10-01", source: A page, as_of: 2026-11-22, verified: true}]
"""

QUESTIONNAIRE = """\
format: rbc-questionnaire/1
id: lawful
edition: "1.0.0"
status: published
effective: {from: 2026-04-01}
title: {en: Lawful check, ja: 法律の診断}
criteria: yard@1.0.0
profile: [country, region, employees_total]
sections:
  - id: law
    title: {en: The law, ja: 法律}
    questions:
      - id: hours
        criterion: OSH-02
        kind: number
        unit: hours
        min: 0
        max: 744
        bands: [{from: 0, points: 100}, {from: {param: ot_month_max}, points: 0}]
        text: {en: "How many hours? The limit is {ot_month_max}.", ja: "何時間ですか。上限は{ot_month_max}時間です。"}
        help: {en: "The minimum wage is {min_wage_hour} yen.", ja: "最低賃金は{min_wage_hour}円です。"}
      - id: customers
        criterion: OSH-02
        kind: single
        duty_from: {param: harassment_duty_from}
        visible_if: {fact: profile.employees_total, less_than: {param: ot_month_max}}
        options:
          - {id: none, points: 0, label: {en: Not yet., ja: まだです。}}
          - {id: all, points: 100, label: {en: Done., ja: しています。}}
        text: {en: Is there a rule against harassment?, ja: ルールはありますか。}
      - id: later
        kind: text
        required: false
        active_from: 2026-10-01
        text: {en: Asked later., ja: 後で尋ねます。}
scoring:
  bands: [{id: starting, from: 0, label: {en: Starting, ja: 着手段階}}]
"""

FILES: dict[str, str | None] = {
    "countries/JP/2026.11.yaml": COUNTRY,
    "lawful/1.0.0.yaml": QUESTIONNAIRE,
}
