"""A documents root of a few lines per file, for tests to break one thing in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CRITERIA = """\
format: rbc-criteria/1
id: yard
edition: "1.0.0"
status: published
title: {en: Yardstick, ja: 評価基準}
themes:
  - {id: OSH, title: {en: Safety, ja: 安全}}
criteria:
  - {id: OSH-01, theme: OSH, title: {en: Safe work, ja: 安全な作業}, critical: true}
  - {id: OSH-02, theme: OSH, title: {en: Training, ja: 教育}, guidance: {en: Train., ja: 教育しましょう。}}
"""

QUESTIONNAIRE = """\
format: rbc-questionnaire/1
id: tiny
edition: "1.0.0"
status: published
effective: {from: 2026-04-01}
title: {en: Tiny check, ja: 小さな診断}
criteria: yard@1.0.0
profile: [country]
scales:
  kept:
    - {id: never, state: met, label: {en: Never., ja: ありません。}}
    - {id: ongoing, state: not_met, label: {en: It goes on., ja: 続いています。}}
sections:
  - id: safety
    title: {en: Safety, ja: 安全}
    questions:
      - id: osh-01
        criterion: OSH-01
        kind: single
        scale: kept
        text: {en: Is there danger?, ja: 危険はありますか。}
      - id: osh-02
        criterion: OSH-02
        kind: single
        options:
          - {id: none, points: 0, label: {en: Not yet., ja: まだです。}}
          - {id: all, points: 100, label: {en: Everyone., ja: 全員です。}}
        text: {en: Who is trained?, ja: 誰が教育を受けましたか。}
scoring:
  bands:
    - {id: starting, from: 0, label: {en: Starting, ja: 着手段階}}
    - {id: basic, from: 40, label: {en: Basic, ja: 基礎}}
  corrective_band: {id: corrective, label: {en: Corrective action needed, ja: 要是正}}
  unconfirmed_band: {id: unconfirmed, label: {en: Not yet confirmed, ja: 未確定}}
"""

COUNTRY = """\
format: rbc-country/1
id: JP
edition: "2026.11"
status: published
title: {en: Japan, ja: 日本}
time_zone: Asia/Tokyo
"""

EXAMPLE = """\
name: A firm that trains
questionnaire: tiny@1.0.0
as_of: 2026-11-22
profile: {country: JP, workers_total: 5}
answers: {osh-01: never, osh-02: all}
expect:
  overall: {score: 100, band: basic}
  themes: {OSH: 100}
  criteria: {OSH-01: {score: null, state: met}}
  critical: {not_met: [], unknown: []}
  coverage: {asked: 2, answered: 2, not_applicable_rate: 0}
"""

SCHEME = """\
format: rbc-scheme/1
id: grant
version: 3
status: published
kind: support_scheme
issuer: {kind: local_government, id: jp-27, name: {en: Osaka, ja: 大阪府}}
title: {en: Grant, ja: 助成}
summary: {en: For firms that work safely., ja: 安全に働く企業のための制度です。}
legal_basis: [{id: rule-12, title: {en: Rule 12, ja: 規則12}}]
effective: {from: 2026-04-01, until: 2027-03-31}
accepts:
  - {questionnaire: tiny, editions: ">=1,<2", max_age_days: 365}
parameters:
  least: {unit: points, values: {2026-04-01: 60, 2026-10-01: 62}}
inputs:
  no_arrears: {type: boolean, label: {en: No tax arrears, ja: 税の滞納なし}}
requirements:
  - id: safe
    label: {en: Work is safe, ja: 安全に作業している}
    when: {fact: state.OSH-01, one_of: [met, remediated], when_not_applicable: pass}
    legal_basis: rule-12
    remedy: {en: Remove the danger., ja: 危険を取り除いてください。}
  - id: overall
    label: {en: The score reaches the threshold, ja: 点数が基準以上}
    when: {fact: score.overall, at_least: {param: least}, when_not_applicable: fail}
    legal_basis: rule-12
    remedy: {en: Train your people., ja: 従業員を教育してください。}
  - id: here
    label: {en: The firm is in Osaka without arrears, ja: 大阪府内にあり滞納がない}
    when: {all: [{fact: profile.region, equals: "JP-27"}, {fact: input.no_arrears, equals: true}]}
    legal_basis: rule-12
    remedy: {en: Pay your taxes., ja: 納税してください。}
decision: {valid_days: 90, contact: {name: {en: Labour office, ja: 労働課}, phone: 06-0000-0000}}
discloses: [outcome, requirements, band]
cases:
  - name: just enough
    as_of: 2026-06-01
    facts: {state.OSH-01: met, score.overall: 60, profile.region: "JP-27"}
    inputs: {no_arrears: true}
    expect: eligible
  - name: one tenth under
    as_of: 2026-06-01
    facts: {state.OSH-01: met, score.overall: 59.9, profile.region: "JP-27"}
    inputs: {no_arrears: true}
    expect: not_eligible
    because: [overall]
  - name: danger, and elsewhere
    as_of: 2026-06-01
    facts: {state.OSH-01: not_met, score.overall: 90, profile.region: "JP-28"}
    inputs: {no_arrears: true}
    expect: not_eligible
    because: [safe, here]
  - name: nobody said anything of taxes
    as_of: 2026-06-01
    facts: {state.OSH-01: met, score.overall: 60, profile.region: "JP-27"}
    expect: needs_information
    missing: [input.no_arrears]
"""
"""It accepts the questionnaire above; not among ``FILES``."""

FILES = {
    "criteria/yard/1.0.0.yaml": CRITERIA,
    "tiny/1.0.0.yaml": QUESTIONNAIRE,
    "tiny/examples/trained.yaml": EXAMPLE,
    "countries/JP/2026.11.yaml": COUNTRY,
}


def write_root(folder: Path, changed: Mapping[str, str | None] | None = None) -> Path:
    """The small root, with files replaced, added or (None) left out."""
    for name, text in {**FILES, **(changed or {})}.items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder
