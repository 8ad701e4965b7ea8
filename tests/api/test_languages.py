"""Which language is answered."""

from __future__ import annotations

import pytest

from rbc_assess.api.languages import accepted_languages, choose_language


@pytest.mark.parametrize(
    ("asked", "accept", "chosen"),
    [
        (None, None, "en"),
        (None, "ja", "ja"),
        (None, "ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", "ja"),
        (None, "en-GB, ja;q=0.9", "en"),
        (None, "en;q=0.5, ja;q=0.8", "ja"),
        (None, "fr, de;q=0.9", "en"),
        (None, "fr, ja;q=0.1", "ja"),
        (None, "ja;q=0", "en"),
        (None, "*", "en"),
        (None, "*, ja", "en"),
        (None, "ja;q=nonsense, en;q=0.1", "en"),
        (None, "JA-jp", "ja"),
        ("ja", "en", "ja"),
        ("ja-JP", None, "ja"),
        ("en", "ja", "en"),
        ("xx", "ja", "ja"),
        ("", None, "en"),
        ("../../etc", "ja", "ja"),
        (None, "," * 10_000, "en"),
    ],
)
def test_lang_comes_before_accept_language(asked: str | None, accept: str | None, chosen: str) -> None:
    assert choose_language(asked, accept) == chosen


def test_a_tag_that_is_spoken_wins_over_its_parent() -> None:
    spoken = ("en", "ja", "ja-simple", "vi")
    assert choose_language("ja-simple", None, spoken) == "ja-simple"
    assert choose_language("JA-SIMPLE", None, spoken) == "ja-simple"
    assert choose_language("vi-VN", None, spoken) == "vi"
    assert choose_language(None, "ja-Hira", spoken) == "ja"


def test_equal_weights_keep_their_order() -> None:
    assert accepted_languages("ja;q=0.5, vi;q=0.5, en;q=0.9") == ("en", "ja", "vi")
