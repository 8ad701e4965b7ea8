"""``translations``: how far each language of an edition reaches, and what has to be looked at again."""

from __future__ import annotations

from pathlib import Path

from rbc_assess.cli.library import Library
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINDINGS, FINE, Voice, write_json
from rbc_assess.core.document import SOURCE_LANGUAGES
from rbc_assess.core.figures import figure_text, half_up_tenths
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.catalogue import Entry
from rbc_assess.documents.faults import Fault, render
from rbc_assess.documents.texts import translatable_texts
from rbc_assess.documents.translations import TranslationState


def translations(voice: Voice, root: Path, reference: str) -> int:
    """Print coverage per language, then every missing and stale text by its path; 1 if a file has faults.

    Raises:
        Stop: there is no such questionnaire.
    """
    library = Library.open(root)
    entry = library.entry(reference)
    faults = [render(fault, voice.language) for fault in library.faults if _is_beside(fault, entry)]
    states = library.catalogue.translation_states(entry)
    total = len(tuple(translatable_texts(entry.document)))
    if voice.json:
        write_json(
            {
                "questionnaire": entry.document.identity._asdict(),
                "texts": total,
                "source_languages": list(SOURCE_LANGUAGES),
                "translations": [_document(state) for state in states],
                "faults": faults,
            }
        )
        return FINDINGS if faults else FINE
    for shown in faults:
        voice.say(shown)
    voice.say(
        f"{entry.reference}: {total} texts, written in {' and '.join(SOURCE_LANGUAGES)}",
        f"{entry.reference}:{total}件の文({'と'.join(SOURCE_LANGUAGES)}で作成)",
    )
    if not states:
        if faults:
            voice.say("No translation can be used as it is.", "使える翻訳がありません。")
            return FINDINGS
        voice.say("No translations yet.", "翻訳はまだありません。")
        return FINE
    print_table(
        voice,
        (
            Column("language", "言語"),
            Column("status", "状態"),
            Column("covered", "翻訳済み", number=True),
            Column("%", "%", number=True),
            Column("missing", "未翻訳", number=True),
            Column("stale", "要見直し", number=True),
        ),
        (
            (
                state.language,
                state.status,
                str(state.current),
                figure_text(_percent(state)),
                str(len(state.missing)),
                str(len(state.stale)),
            )
            for state in states
        ),
    )
    for state in states:
        _print_open(voice, state)
    return FINDINGS if faults else FINE


def _is_beside(fault: Fault, entry: Entry[Questionnaire]) -> bool:
    """Whether a fault is one of a translation of this edition."""
    file = Path(fault.file).resolve()
    own = entry.path.resolve()
    return file.parent == own.parent and file != own and file.name.startswith(f"{entry.edition}.")


def _percent(state: TranslationState) -> int:
    return half_up_tenths(100 * state.current, state.total) if state.total else 1000


def _print_open(voice: Voice, state: TranslationState) -> None:
    for path in state.stale:
        voice.say(f"{state.language} stale    {path}", f"{state.language} 要見直し {path}")
    for path in state.missing:
        voice.say(f"{state.language} missing  {path}", f"{state.language} 未翻訳   {path}")


def _document(state: TranslationState) -> dict[str, object]:
    return {
        "language": state.language,
        "status": state.status,
        "total": state.total,
        "current": state.current,
        "coverage": _percent(state) / 10,
        "missing": list(state.missing),
        "stale": list(state.stale),
    }
