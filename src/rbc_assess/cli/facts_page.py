"""The page `docs/facts.md`: every figure of the law by verification, and all else that nobody has verified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from rbc_assess.cli.unverified import UnopenedSource, Unverified
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.law_list import Statement

COMMAND: Final = "rbc-assess facts --markdown > docs/facts.md"


def page(stated: Sequence[Statement], unverified: Unverified) -> Iterator[str]:
    """The lines of the page, in Markdown."""
    yield "# Figures of the law, and what nobody has verified"
    yield f"Made by `{COMMAND}`; a test holds it to the files. Change the files, never this page."
    yield ""
    yield "*Verified* says that a source states the value itself, mostly a secondary page read in excerpts. It is no"
    yield "reading of the statute: a labour lawyer should check every line before anybody relies on it. What is not"
    yield "verified is shown to firms as “to be confirmed” or 「要確認」."
    yield ""
    yield "## Not verified"
    open_ones = [one for one in stated if not one.verified]
    yield f"{len(open_ones)} of {len(stated)} figures."
    yield ""
    yield from _figures(open_ones)
    yield ""
    yield from _everything_else(unverified)
    yield "## Verified"
    yield from _figures([one for one in stated if one.verified])


def _everything_else(unverified: Unverified) -> Iterator[str]:
    yield "### Translations that nobody has reviewed"
    yield from _table(
        ("Document", "Language", "Texts"),
        (
            (one.document, one.state.language, f"{one.state.current} of {one.state.total}")
            for one in unverified.translations
        ),
    )
    yield ""
    yield "### References of the criteria that nobody has opened"
    yield "Title and year are from general knowledge. A reference gets a `url` once somebody has opened it; which one"
    yield "belongs to which criterion is our judgement."
    yield ""
    yield from _table(
        ("Document", "Code", "Title", "Year"),
        ((one.document, one.code, one.title, str(one.year or "")) for one in unverified.references),
    )
    yield ""
    yield "### Legal bases of schemes that nobody has opened"
    yield "The schemes that come with the product are examples, and so are the rules they rest on."
    yield ""
    yield from _table(("Scheme", "Code", "Title", "Article"), map(_basis, unverified.legal_bases))
    yield ""
    yield "### Questions that no second reader has passed"
    yield "No file can say so, so all are listed. Those on basic rights need a union officer and a labour consultant,"
    yield "the others a labour consultant and an owner (docs/content.md)."
    yield ""
    yield from _table(
        ("Document", "Questions", "On basic rights"),
        (
            (one.document, str(one.questions), " ".join(f"`{name}`" for name in one.on_basic_rights))
            for one in unverified.questions
        ),
    )
    yield ""
    yield "### Risks of sectors"
    yield "Examples until government, employers and workers have settled them; weights, points and bands likewise."
    yield ""
    yield from _table(("Document", "Sectors"), ((one.document, str(one.sectors)) for one in unverified.risks))
    yield ""


def _basis(one: UnopenedSource) -> tuple[str, ...]:
    return one.document, one.code, one.title, one.article or ""


def _figures(stated: Iterable[Statement]) -> Iterator[str]:
    heads = ("Country", "Figure", "From", "Value", "Unit", "Source", "Looked up", "Used by")
    return _table(heads, map(_figure, stated))


def _figure(one: Statement) -> tuple[str, ...]:
    return (
        one.country,
        f"`{named(one)}` {one.title.in_language('en').text}",
        "" if one.begins is None else one.begins.isoformat(),
        written(one.value),
        one.unit or "",
        one.source,
        "" if one.looked_up is None else one.looked_up.isoformat(),
        ", ".join(one.used_by),
    )


def named(one: Statement) -> str:
    """A parameter with the region that its value is for."""
    return one.name if one.region is None else f"{one.name} {one.region}"


def written(value: object) -> str:
    """A value as it stands in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return shortest_decimal(value) if isinstance(value, int | Decimal) else str(value or "-")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for cells in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
