"""Small things that generated sentences share: quoting somebody's words, days, articles, ranges of editions."""

from __future__ import annotations

from rbc_assess.core.edition_range import EditionRange

_INNER_QUOTES = str.maketrans({"“": "‘", "”": "’", "「": "『", "」": "』"})


def inside(text: str) -> str:
    """A sentence fit to stand within another one: without its full stop."""
    return text.removesuffix("。").removesuffix(".")


def inner(text: str) -> str:
    """Words fit to stand between quotation marks: quotations in them become inner ones."""
    return inside(text).translate(_INNER_QUOTES)


def quoted(text: str, *, japanese: bool) -> str:
    """Somebody's words between quotation marks."""
    return f"「{inner(text)}」" if japanese else f"“{inner(text)}”"


def day_in_words(iso: str, *, japanese: bool) -> str:
    """A day as people write it."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日" if japanese else iso


def article_in_words(title: str, article: str | None, *, japanese: bool) -> str:
    """A rule with its article: a bare number is one, anything else is written as the scheme has it."""
    if article is None:
        return title
    if article.isdecimal():
        return f"{title} 第{article}条" if japanese else f"{title}, article {article}"
    return f"{title} {article}" if japanese else f"{title}, {article}"


def editions_in_words(editions: EditionRange, *, japanese: bool) -> str:
    """Which editions a scheme accepts, such as “from 1.0.0, before 2.0.0”."""
    least, most = editions.least, editions.most
    if least is not None and least == most:
        return _number(least[0])
    parts: list[str] = []
    if least is not None:
        words = ("{}以上", "{}より後") if japanese else ("from {}", "after {}")
        parts.append(words[not least[1]].format(_number(least[0])))
    if most is not None:
        words = ("{}以下", "{}未満") if japanese else ("up to {}", "before {}")
        parts.append(words[not most[1]].format(_number(most[0])))
    return ("、" if japanese else ", ").join(parts)


def _number(numbers: tuple[int, int, int]) -> str:
    return ".".join(map(str, numbers))
