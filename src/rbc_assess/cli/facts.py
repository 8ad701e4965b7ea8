"""``facts``: every figure of the law in the documents, by verification; with it what else nobody has verified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from rbc_assess.cli.library import Library
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.core.country import Country
from rbc_assess.core.document import Status
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.law_list import Statement, statements
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.documents.translations import TranslationState

Kind = TypeVar("Kind")

COMMAND: Final = "rbc-assess facts --markdown > docs/facts.md"


class _Translation(NamedTuple):
    """A translation that nobody has reviewed."""

    document: str
    state: TranslationState


def list_facts(voice: Voice, root: Path, country: str | None, *, unverified: bool, markdown: bool) -> int:
    """Print what country documents state.

    Raises:
        Stop: there is no document of the country.
    """
    catalogue = Library.open(root).catalogue
    if country is not None and country not in catalogue.countries:
        known = ", ".join(sorted(catalogue.countries)) or "-"
        raise Stop(
            f"--country: there is no document of {country}; there are: {known}.",
            f"--country: {country} の文書がありません。あるもの:{known}",
        )
    stated = [one for one in _statements(catalogue) if country in (None, one.country)]
    if markdown:
        voice.say("\n".join(_page(stated, _unreviewed(catalogue))))
        return FINE
    if unverified:
        stated = [one for one in stated if not one.verified]
    translations = _unreviewed(catalogue) if unverified and country is None else []
    if voice.json:
        write_json(
            {
                "facts": [_document(one) for one in stated],
                "translations": [
                    {"document": one.document, "language": one.state.language, "texts": one.state.current}
                    for one in translations
                ],
            }
        )
        return FINE
    heads = [
        *(Column("country", "国"), Column("fact", "項目"), Column("from", "適用日"), Column("value", "値")),
        *(Column("unit", "単位"), Column("verified", "確認"), Column("source", "出典")),
    ]
    print_table(
        voice, heads, [_row(one, voice.choose("yes", "済"), voice.choose("no", "要確認")) for one in stated]
    )
    for one in translations:
        voice.say(
            f"Translation not reviewed: {one.document} {one.state.language}",
            f"未確認の翻訳:{one.document} {one.state.language}",
        )
    return FINE


def _statements(catalogue: Catalogue) -> tuple[Statement, ...]:
    """What the newest edition of each country says; who uses it among the newest editions of the other documents."""
    countries: list[Country] = [
        _newest(editions).document for _, editions in sorted(catalogue.countries.items())
    ]
    documents = [_newest(editions).document for editions in catalogue.questionnaires.values()]
    yardsticks = [_newest(editions).document for editions in catalogue.yardsticks.values()]
    return statements(countries, [*documents, *yardsticks])


def _newest(editions: Iterable[Entry[Kind]]) -> Entry[Kind]:
    listed = list(editions)
    published = [one for one in listed if one.status is Status.PUBLISHED]
    return (published or listed)[-1]


def _unreviewed(catalogue: Catalogue) -> list[_Translation]:
    return [
        _Translation(f"{entry.id}@{entry.edition}", state)
        for kind in (catalogue.questionnaires, catalogue.yardsticks, catalogue.countries)
        for editions in kind.values()
        for entry in editions
        for state in catalogue.translation_states(entry)
        if state.status == "unreviewed"
    ]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return shortest_decimal(value) if isinstance(value, int | Decimal) else str(value or "-")


def _name(one: Statement) -> str:
    return one.name if one.region is None else f"{one.name} {one.region}"


def _row(one: Statement, yes: str, no: str) -> list[str]:
    begins = "-" if one.begins is None else one.begins.isoformat()
    return [
        one.country,
        _name(one),
        begins,
        _value(one.value),
        one.unit or "-",
        yes if one.verified else no,
        one.source,
    ]


def _document(one: Statement) -> dict[str, object]:
    return {
        **one._asdict(),
        "title": dict(one.title.root),
        "note": None if one.note is None else dict(one.note.root),
    }


# --- the page ----------------------------------------------------------------------------------------------


def _page(stated: list[Statement], translations: list[_Translation]) -> Iterator[str]:
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
    yield from _table(open_ones)
    yield ""
    yield "### Translations that nobody has reviewed"
    yield "| Document | Language | Texts |"
    yield "|---|---|---|"
    for one in translations:
        yield f"| {one.document} | {one.state.language} | {one.state.current} of {one.state.total} |"
    yield ""
    yield "## Verified"
    yield from _table([one for one in stated if one.verified])


def _table(stated: list[Statement]) -> Iterator[str]:
    yield "| Country | Figure | From | Value | Unit | Source | Looked up | Used by |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in stated:
        begins = "" if one.begins is None else one.begins.isoformat()
        looked_up = "" if one.looked_up is None else one.looked_up.isoformat()
        cells = [
            one.country,
            f"`{_name(one)}` {one.title.in_language('en').text}",
            begins,
            _value(one.value),
            one.unit or "",
            one.source,
            looked_up,
            ", ".join(one.used_by),
        ]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
