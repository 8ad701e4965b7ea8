"""What changed between two editions, computed, and which edition number that asks for.

Wording is a patch, a compatible change minor, a breaking one major; ``change_kinds`` has the whole table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Final

from rbc_assess.core.change_comparison import differing, same_condition, same_text, written
from rbc_assess.core.change_criteria import criteria_changes
from rbc_assess.core.change_kinds import (
    CHANGE_CLASSES,
    KINDS,
    Change,
    ChangeClass,
    Changes,
    change,
    gathered,
)
from rbc_assess.core.change_questions import question_changes
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Effective, Status, read_semver
from rbc_assess.core.questionnaire import NamedBand, Questionnaire, ScoringRules
from rbc_assess.core.review_findings import Finding, Path

__all__ = [
    "CHANGE_CLASSES",
    "KINDS",
    "Change",
    "ChangeClass",
    "Changes",
    "classify",
    "classify_criteria",
    "edition_is_large_enough",
    "required_edition",
    "review_edition_number",
]


def classify(
    old: Questionnaire,
    new: Questionnaire,
    old_criteria: Criteria | None = None,
    new_criteria: Criteria | None = None,
) -> Changes:
    """Find what differs between two editions of a questionnaire and how grave it is.

    Where the two name different editions of the criteria, the changes of what they ask about count too; without
    both criteria documents that is taken to be breaking, since nobody can tell. ``status`` and
    ``effective.until`` are no part of an edition.
    """
    items = list(
        chain(
            _outline_changes(old, new),
            _section_changes(old, new),
            question_changes(old, new),
            _scoring_changes(old.scoring, new.scoring),
            _yardstick_changes(old, new, old_criteria, new_criteria),
        )
    )
    if not items and _meaning(old) != _meaning(new):
        items.append(change("rewritten", ()))
    return gathered(items)


def classify_criteria(old: Criteria, new: Criteria) -> Changes:
    """Find what differs between two editions of a criteria document and how grave it is."""
    items = list(criteria_changes(old, new))
    if old.id != new.id:
        items.append(change("another-document", ("id",)))
    if not same_text(old.title, new.title):
        items.append(change("title-changed", ("title",)))
    if _first_day(old.effective) != _first_day(new.effective):
        items.append(change("effective-changed", ("effective",)))
    if not items and _meaning(old) != _meaning(new):
        items.append(change("rewritten", ()))
    return gathered(items)


def _meaning(document: Questionnaire | Criteria) -> str:
    """A document's canonical text without what differs between any two editions."""
    effective = document.effective
    without_end = effective.model_copy(update={"until": None}) if effective is not None else None
    return written(
        document.model_copy(update={"edition": "", "status": Status.DRAFT, "effective": without_end})
    )


def _first_day(effective: Effective | None) -> tuple[object, ...]:
    return () if effective is None else (effective.from_, effective.grace_days)


def _outline_changes(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    if old.id != new.id:
        yield change("another-document", ("id",))
    if not same_text(old.title, new.title):
        yield change("title-changed", ("title",))
    for key in ("purpose", "closing"):
        if not same_text(getattr(old, key), getattr(new, key)):
            yield change("title-changed", (key,))
    if old.minutes != new.minutes:
        yield change("title-changed", ("minutes",))
    if _first_day(old.effective) != _first_day(new.effective):
        yield change("effective-changed", ("effective",))
    yield from _asked_whom_changes(old, new)
    if old.migrate != new.migrate:
        yield change("migration-changed", ("migrate",))
    for place, field in enumerate(new.profile):
        if field not in old.profile:
            yield change("profile-field-added", ("profile", place), field)
    for place, field in enumerate(old.profile):
        if field not in new.profile:
            yield change("profile-field-removed", ("profile", place), field)


def _asked_whom_changes(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    if old.audience != new.audience:
        yield change("audience-changed", ("audience",))
    if old.supplements != new.supplements or not same_condition(old.attach, new.attach):
        yield change("attach-changed", ("attach",))


def _section_changes(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    before = {section.id: section for section in old.sections}
    after = {section.id: section for section in new.sections}
    stood_in = {question.id: section.id for section in old.sections for question in section.questions}
    for place, section in enumerate(old.sections):
        if section.id not in after:
            yield change("section-removed", ("sections", place), section.id)
    for place, section in enumerate(new.sections):
        path: Path = ("sections", place)
        known = before.get(section.id)
        if known is None:
            yield change("section-added", path, section.id)
        elif not (same_text(known.title, section.title) and same_text(known.intro, section.intro)):
            yield change("section-text-changed", path, section.id)
        for number, question in enumerate(section.questions):
            if stood_in.get(question.id, section.id) != section.id:
                yield change("question-moved", (*path, "questions", number), question.id)


# --- scoring -----------------------------------------------------------------------------------------------

_ONE: Final = Decimal(1)


def _scoring_changes(old: ScoringRules, new: ScoringRules) -> Iterator[Change]:
    path: Path = ("scoring", "weights")
    for name in differing(old.weights.themes, new.weights.themes, _ONE):
        yield change("theme-weight-changed", (*path, "themes", name), name)
    for name in differing(old.weights.criteria, new.weights.criteria, _ONE):
        yield change("criterion-weight-changed", (*path, "criteria", name), name)
    if old.minimum_themes != new.minimum_themes:
        yield change("minimum-themes-changed", ("scoring", "minimum_themes"))
    yield from _band_changes(old, new)
    yield from _named_band_changes(old.corrective_band, new.corrective_band, ("scoring", "corrective_band"))
    yield from _named_band_changes(
        old.unconfirmed_band, new.unconfirmed_band, ("scoring", "unconfirmed_band")
    )


def _band_changes(old: ScoringRules, new: ScoringRules) -> Iterator[Change]:
    before = {band.id: band for band in old.bands}
    after = {band.id: band for band in new.bands}
    for place, band in enumerate(old.bands):
        if band.id not in after:
            yield change("band-removed", ("scoring", "bands", place), band.id)
    for place, band in enumerate(new.bands):
        path: Path = ("scoring", "bands", place)
        known = before.get(band.id)
        if known is None:
            yield change("band-added", path, band.id)
            continue
        if known.from_ != band.from_:
            yield change("band-moved", (*path, "from"), band.id)
        if not same_text(known.label, band.label):
            yield change("band-label-changed", (*path, "label"), band.id)


def _named_band_changes(old: NamedBand | None, new: NamedBand | None, path: Path) -> Iterator[Change]:
    if old is not None and (new is None or new.id != old.id):
        yield change("band-removed", path, old.id)
    if new is not None and (old is None or new.id != old.id):
        yield change("band-added", path, new.id)
    elif old is not None and new is not None and not same_text(old.label, new.label):
        yield change("band-label-changed", (*path, "label"), new.id)


# --- the criteria behind a questionnaire -------------------------------------------------------------------


def _yardstick_changes(
    old: Questionnaire, new: Questionnaire, old_criteria: Criteria | None, new_criteria: Criteria | None
) -> Iterator[Change]:
    path: Path = ("criteria",)
    if old.criteria == new.criteria:
        return
    if old.criteria is None or new.criteria is None or _id_of(old.criteria) != _id_of(new.criteria):
        yield change("criteria-replaced", path)
        return
    yield change("criteria-edition-changed", path)
    if old_criteria is None or new_criteria is None:
        yield change("criteria-unread", path)
        return
    asked = {*old.covered_criteria(), *new.covered_criteria()}
    for item in criteria_changes(old_criteria, new_criteria):
        if item.subject in asked:
            yield item._replace(path=path)


def _id_of(reference: str) -> str:
    return reference.partition("@")[0]


# --- edition numbers ---------------------------------------------------------------------------------------


def required_edition(old_edition: str, change_class: ChangeClass) -> str:
    """The lowest edition number that a change of this class may have.

    Raises:
        ValueError: ``old_edition`` is not a semantic version.
    """
    major, minor, patch = read_semver(old_edition)
    match change_class:
        case "none":
            return old_edition
        case "patch":
            return f"{major}.{minor}.{patch + 1}"
        case "minor":
            return f"{major}.{minor + 1}.0"
        case "major":
            return f"{major + 1}.0.0"


def edition_is_large_enough(old_edition: str, new_edition: str, change_class: ChangeClass) -> bool:
    """Whether the newer edition's number says at least what the change is (Semantic Versioning 2.0.0, 6 to 8)."""
    return read_semver(new_edition) >= read_semver(required_edition(old_edition, change_class))


_TOO_SMALL: Final[Mapping[ChangeClass, tuple[str, str]]] = {
    "patch": ("Texts have changed since {old}.", "{old} から文言が変わっています。"),
    "minor": (
        "There are compatible changes since {old}: {example}",
        "{old} から互換性のある変更があります。{example}",
    ),
    "major": (
        "There are breaking changes since {old}: {example}",
        "{old} から互換性のない変更があります。{example}",
    ),
}


def review_edition_number(
    old: Questionnaire | Criteria, new: Questionnaire | Criteria, changes: Changes
) -> Finding | None:
    """Find fault with an edition number that says less than has changed since the edition before.

    A new edition is always a new number, so a change of class ``none`` still asks for a patch.
    """
    least: ChangeClass = "patch" if changes.change_class == "none" else changes.change_class
    if edition_is_large_enough(old.edition, new.edition, least):
        return None
    required = required_edition(old.edition, least)
    example = next((item.text for item in changes.items if item.change_class == least), {"en": "", "ja": ""})
    en, ja = _TOO_SMALL[least]
    text = {
        "en": f"{en.format(old=old.edition, example=example['en'])} The edition must be {required} or higher.",
        "ja": f"{ja.format(old=old.edition, example=example['ja'])}版番号を {required} 以上にしてください。",
    }
    return Finding(("edition",), "edition-too-small", "error", text)
