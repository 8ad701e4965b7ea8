"""What generated sentences share."""

from __future__ import annotations

import pytest

from rbc_assess.core.edition_range import read_edition_range
from rbc_assess.core.phrasing import article_in_words, day_in_words, editions_in_words, inside, quoted


@pytest.mark.parametrize(
    ("written", "en", "ja"),
    [
        (">=1,<2", "from 1.0.0, before 2.0.0", "1.0.0以上、2.0.0未満"),
        (">1.2.3,<=1.9.0", "after 1.2.3, up to 1.9.0", "1.2.3より後、1.9.0以下"),
        (">=1.4", "from 1.4.0", "1.4.0以上"),
        ("<2", "before 2.0.0", "2.0.0未満"),
        ("==1.4.0", "1.4.0", "1.4.0"),
    ],
)
def test_a_range_of_editions(written: str, en: str, ja: str) -> None:
    editions = read_edition_range(written)
    assert (editions_in_words(editions, japanese=False), editions_in_words(editions, japanese=True)) == (
        en,
        ja,
    )


def test_words_of_somebody_stand_between_quotation_marks() -> None:
    assert quoted("Said “no”.", japanese=False) == "“Said ‘no’”"
    assert quoted("「いいえ」と答えた。", japanese=True) == "「『いいえ』と答えた」"
    assert inside("Half is paid.") == "Half is paid"
    assert inside("Is it?") == "Is it?"


def test_days_and_articles() -> None:
    assert (day_in_words("2026-04-01", japanese=True), day_in_words("2026-04-01", japanese=False)) == (
        "2026年4月1日",
        "2026-04-01",
    )
    assert article_in_words("規則", "4", japanese=True) == "規則 第4条"
    assert article_in_words("Rules", "4", japanese=False) == "Rules, article 4"
    assert article_in_words("Rules", "section 4", japanese=False) == "Rules, section 4"
    assert article_in_words("規則", None, japanese=True) == "規則"
