"""Which language an answer is in: ``?lang=`` over ``Accept-Language`` (RFC 9110 section 12.5.4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from rbc_assess.core.document import SOURCE_LANGUAGES

DEFAULT_LANGUAGE = SOURCE_LANGUAGES[0]

_TAG = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,8}")
_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_LONGEST_HEADER = 500


def choose_language(asked: str | None, accept: str | None, spoken: Collection[str] = SOURCE_LANGUAGES) -> str:
    """Choose one of the ``spoken`` tags; English if nothing fits, never an error.

    ``ja-JP`` finds ``ja``, and a tag that is spoken as it stands (``ja-simple``) wins over its parent.
    """
    if asked is not None:
        found = _nearest(asked.strip().lower(), spoken)
        if found is not None:
            return found
    if accept is not None:
        for tag in accepted_languages(accept[:_LONGEST_HEADER]):
            if tag == "*":
                break
            found = _nearest(tag, spoken)
            if found is not None:
                return found
    return DEFAULT_LANGUAGE


@lru_cache(maxsize=256)
def accepted_languages(header: str) -> Sequence[str]:
    """List the tags of an ``Accept-Language`` field in lower case, best first; those with q=0 are left out."""
    weighed: list[tuple[float, str]] = []
    for entry in header.split(","):
        tag, _, parameter = (part.strip() for part in entry.partition(";"))
        tag = tag.lower()
        weight = _WEIGHT.fullmatch(parameter.replace(" ", "").lower()) if parameter else None
        if (parameter and weight is None) or not (tag == "*" or _TAG.fullmatch(tag)):
            continue
        quality = float(weight.group(1)) if weight else 1.0
        if quality > 0:
            weighed.append((quality, tag))
    # A stable sort: between equals, the one named first.
    return tuple(tag for _, tag in sorted(weighed, key=lambda pair: -pair[0]))


def in_language(text: Mapping[str, str], language: str) -> str:
    """Give a sentence in ``language``, else its parent tag, else English."""
    return text.get(language) or text.get(language.partition("-")[0]) or text[DEFAULT_LANGUAGE]


def _nearest(tag: str, spoken: Collection[str]) -> str | None:
    by_lower = {known.lower(): known for known in spoken}
    while tag:
        if tag in by_lower:
            return by_lower[tag]
        tag = tag.rpartition("-")[0]
    return None
