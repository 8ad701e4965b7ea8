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
