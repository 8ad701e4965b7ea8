"""``diff``: what changed between two editions, and what that asks of the newer one's number; or between schemes."""

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
from rbc_assess.core.scheme import Scheme
from rbc_assess.errors import NotFound

_CLASSES = {
    "none": ("none: nothing that matters differs", "なし:意味のある違いはありません"),
    "patch": ("patch: wording", "patch:文言の変更"),
    "minor": ("minor: compatible", "minor:互換性のある変更"),
    "major": ("major: breaking", "major:互換性のない変更"),
}


def diff(voice: Voice, root: Path, older: str, newer: str) -> int:
    """Print the change class and every change between two questionnaires, or two criteria documents.

    Between two versions of a scheme: every change, those that decide first.

    Raises:
        Stop: one of them is not there, or the two are of different kinds.
    """
    library = Library.open(root, older, newer)
    old, new = library.document(older), library.document(newer)
    if isinstance(old, Criteria) and isinstance(new, Criteria):
        changes = classify_criteria(old, new)
    elif isinstance(old, Questionnaire) and isinstance(new, Questionnaire):
        changes = classify(old, new, _criteria(library, old), _criteria(library, new))
    elif isinstance(old, Scheme) and isinstance(new, Scheme):
        _diff_schemes(voice, library, old, new)
        return FINE
    else:
        raise Stop(
            "Only documents of one kind can be compared: questionnaires, criteria or schemes.",
            "比較できるのは同じ種類の文書(質問票、評価基準、制度)だけです。",
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


# --- schemes -----------------------------------------------------------------------------------------------


def _diff_schemes(voice: Voice, library: Library, old: Scheme, new: Scheme) -> None:
    from rbc_assess.core.scheme_changes import scheme_changes
    from rbc_assess.workflows.check import accepted_of

    before, after = (accepted_of(library.catalogue, one).vocabulary for one in (old, new))
    changes = scheme_changes(old, new, before, after)
    decides = any(change.decides for change in changes)
    if voice.json:
        write_json(
            {
                "from": old.identity._asdict(),
                "to": new.identity._asdict(),
                "decides": decides,
                "changes": [
                    {
                        "kind": change.kind,
                        "path": "/" + "/".join(str(step) for step in change.path),
                        "subject": change.subject,
                        "decides": change.decides,
                        "sentence": voice.of_text(change.text),
                    }
                    for change in changes
                ],
            }
        )
        return
    voice.say(f"{old.reference} -> {new.reference}")
    if not changes:
        voice.say("Nothing differs.", "違いはありません。")
    elif not decides:
        voice.say("Nothing that decides has changed.", "判定に関わる変更はありません。")
    for change in changes:
        mark = voice.choose("decides", "判定") if change.decides else voice.choose("wording", "文言")
        voice.say(f"  {mark:<7}  {change.kind:<26}  {voice.of_text(change.text)}")
