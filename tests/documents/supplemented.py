"""A supplement for textile firms beside the small documents."""

from __future__ import annotations

from tests.documents.small import QUESTIONNAIRE

BASE = QUESTIONNAIRE.replace("profile: [country]", "profile: [country, sector]")

SUPPLEMENT = """\
format: rbc-questionnaire/1
id: textiles
edition: "1.0.0"
status: published
effective: {from: 2026-06-01}
title: {en: Textiles, ja: 繊維}
criteria: yard@1.0.0
supplements: [{questionnaire: tiny, editions: ">=1,<2"}]
attach: {fact: profile.sector, one_of: ["13", "14"]}
scales:
  kept:
    - {id: none, points: 0, label: {en: We have not begun., ja: まだです。}}
    - {id: all, points: 100, label: {en: Everywhere., ja: すべてでしています。}}
sections:
  - id: textiles
    title: {en: Textiles, ja: 繊維}
    questions:
      - id: tex-dust
        criterion: OSH-02
        kind: single
        scale: kept
        text: {en: Is dust removed?, ja: 粉じんを取り除いていますか。}
      - id: tex-more
        kind: text
        required: false
        visible_if: {fact: answer.osh-01, equals: never}
        text: {en: Tell us more., ja: 詳しく教えてください。}
"""

EXAMPLE = """\
name: A weaver
questionnaire: tiny@1.0.0
as_of: 2026-11-22
profile: {country: JP, sector: "13", workers_total: 5}
answers: {osh-01: never, osh-02: all, tex-dust: none}
expect:
  overall: {score: 50, band: basic}
  coverage: {asked: 4, answered: 3}
"""

FILES: dict[str, str | None] = {
    "tiny/1.0.0.yaml": BASE,
    "tiny/examples/trained.yaml": None,
    "tiny/examples/weaver.yaml": EXAMPLE,
    "textiles/1.0.0.yaml": SUPPLEMENT,
}
