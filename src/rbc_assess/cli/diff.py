"""``diff``: what changed between two editions, and what that asks of the newer one's number."""

from __future__ import annotations

from pathlib import Path

from rbc_assess.cli.library import Library
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.core.changes import (
    Changes,
    classify,
    classify_criteria,
    required_edition,
    review_edition_number,
)
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.errors import NotFound

_CLASSES = {
    "none": ("none: nothing that matters differs", "なし:意味のある違いはありません"),
    "patch": ("patch: wording", "patch:文言の変更"),
    "minor": ("minor: compatible", "minor:互換性のある変更"),
    "major": ("major: breaking", "major:互換性のない変更"),
}


def diff(voice: Voice, root: Path, older: str, newer: str) -> int:
    """Print the change class and every change between two questionnaires, or two criteria documents.

    Raises:
        Stop: one of them is not there, or the two are of different kinds.
    """
    library = Library.open(root, older, newer)
    old, new = library.document(older), library.document(newer)
    if isinstance(old, Criteria) and isinstance(new, Criteria):
        changes = classify_criteria(old, new)
    elif isinstance(old, Questionnaire) and isinstance(new, Questionnaire):
        changes = classify(old, new, _criteria(library, old), _criteria(library, new))
    else:
        raise Stop(
            "A questionnaire and a criteria document cannot be compared.",
            "質問票と評価基準は比較できません。",
        )
    if voice.json:
        write_json(_document(voice, old, new, changes))
    else:
        _print(voice, old, new, changes)
    return FINE


def _criteria(library: Library, questionnaire: Questionnaire) -> Criteria | None:
    try:
        return library.catalogue.criteria_of(questionnaire).document
    except NotFound:
        return None


def _print(
    voice: Voice, old: Questionnaire | Criteria, new: Questionnaire | Criteria, changes: Changes
) -> None:
    voice.say(f"{old.reference} -> {new.reference}")
    voice.say(*_CLASSES[changes.change_class])
    for item in changes.items:
        voice.say(f"  {item.change_class:<5}  {item.kind:<26}  {voice.of_text(item.text)}")
    too_small = _too_small(old, new, changes)
    if too_small is not None:
        voice.aside(voice.of_text(too_small))


def _too_small(
    old: Questionnaire | Criteria, new: Questionnaire | Criteria, changes: Changes
) -> dict[str, str] | None:
    finding = review_edition_number(old, new, changes) if changes.items else None
    return None if finding is None else dict(finding.text)


def _document(
    voice: Voice, old: Questionnaire | Criteria, new: Questionnaire | Criteria, changes: Changes
) -> dict[str, object]:
    return {
        "from": old.identity._asdict(),
        "to": new.identity._asdict(),
        "change_class": changes.change_class,
        "required_edition": required_edition(old.edition, changes.change_class),
        "edition_is_large_enough": _too_small(old, new, changes) is None,
        "changes": [
            {
                "change_class": item.change_class,
                "kind": item.kind,
                "path": "/" + "/".join(str(step) for step in item.path),
                "subject": item.subject,
                "sentence": voice.of_text(item.text),
            }
            for item in changes.items
        ],
    }
