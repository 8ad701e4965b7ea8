"""``facts``: every figure of the law in the documents, by verification; with it what else nobody has verified."""

from __future__ import annotations

from pathlib import Path

from rbc_assess.cli.facts_page import named, page, written
from rbc_assess.cli.library import Library
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.unverified import Unverified, newest, unverified_in
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.core.country import Country
from rbc_assess.core.law_list import Statement, statements
from rbc_assess.documents.catalogue import Catalogue


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
        voice.say("\n".join(page(stated, unverified_in(catalogue))))
        return FINE
    if unverified:
        stated = [one for one in stated if not one.verified]
    others = unverified_in(catalogue) if unverified and country is None else None
    if voice.json:
        write_json({"facts": [_document(one) for one in stated], **_others(others)})
        return FINE
    heads = [
        *(Column("country", "国"), Column("fact", "項目"), Column("from", "適用日"), Column("value", "値")),
        *(Column("unit", "単位"), Column("verified", "確認"), Column("source", "出典")),
    ]
    print_table(
        voice, heads, [_row(one, voice.choose("yes", "済"), voice.choose("no", "要確認")) for one in stated]
    )
    if others is not None:
        _say(voice, others)
    return FINE


def _say(voice: Voice, others: Unverified) -> None:
    for one in others.translations:
        voice.say(
            f"Translation not reviewed: {one.document} {one.state.language}",
            f"未確認の翻訳:{one.document} {one.state.language}",
        )
    count = len(others.references)
    voice.say(f"References not opened: {count}", f"未確認の参照文書:{count}件")
    count = len(others.legal_bases)
    voice.say(f"Legal bases of schemes not opened: {count}", f"未確認の制度の根拠:{count}件")
    for asked in others.questions:
        voice.say(
            f"Questions not passed by a second reader: {asked.document} {asked.questions}",
            f"別の人が確認していない設問:{asked.document} {asked.questions}問",
        )
    for risk in others.risks:
        voice.say(f"Risks of sectors are examples: {risk.document}", f"業種のリスクは例です:{risk.document}")


def _others(others: Unverified | None) -> dict[str, object]:
    if others is None:
        return {"translations": []}
    return {
        "translations": [
            {"document": one.document, "language": one.state.language, "texts": one.state.current}
            for one in others.translations
        ],
        "references": [one._asdict() for one in others.references],
        "legal_bases": [one._asdict() for one in others.legal_bases],
        "questions": [one._asdict() for one in others.questions],
        "risks": [one._asdict() for one in others.risks],
    }


def _statements(catalogue: Catalogue) -> tuple[Statement, ...]:
    """What the newest edition of each country says; who uses it among the newest editions of the other documents."""
    countries: list[Country] = [
        newest(editions).document for _, editions in sorted(catalogue.countries.items())
    ]
    documents = [newest(editions).document for editions in catalogue.questionnaires.values()]
    yardsticks = [newest(editions).document for editions in catalogue.yardsticks.values()]
    return statements(countries, [*documents, *yardsticks])


def _row(one: Statement, yes: str, no: str) -> list[str]:
    begins = "-" if one.begins is None else one.begins.isoformat()
    return [
        one.country,
        named(one),
        begins,
        written(one.value),
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
