"""What has changed between two editions of a criteria document."""

from __future__ import annotations

from collections.abc import Iterator

from rbc_assess.core.change_comparison import reordered, same_condition, same_text, written
from rbc_assess.core.change_kinds import Change, change
from rbc_assess.core.criteria import Criteria, Criterion
from rbc_assess.core.review_findings import Path


def criteria_changes(old: Criteria, new: Criteria) -> Iterator[Change]:
    """Everything that differs between themes, criteria and references."""
    yield from _theme_changes(old, new)
    for place, criterion in enumerate(old.criteria):
        if criterion.id not in new.by_id:
            yield change("criterion-removed", ("criteria", place), criterion.id)
    for place, criterion in enumerate(new.criteria):
        path: Path = ("criteria", place)
        before = old.by_id.get(criterion.id)
        if before is None:
            kind = "critical-criterion-added" if criterion.critical else "criterion-added"
            yield change(kind, path, criterion.id)
        else:
            yield from _criterion_changes(before, criterion, path)
    if reordered(list(old.by_id), list(new.by_id)):
        yield change("criteria-reordered", ("criteria",))
    yield from _reference_changes(old, new)
    if [written(one) for one in old.evidence_types] != [written(one) for one in new.evidence_types]:
        yield change("evidence-types-changed", ("evidence_types",))


def _theme_changes(old: Criteria, new: Criteria) -> Iterator[Change]:
    for place, theme in enumerate(old.themes):
        if theme.id not in new.themes_by_id:
            yield change("theme-removed", ("themes", place), theme.id)
    for place, theme in enumerate(new.themes):
        before = old.themes_by_id.get(theme.id)
        if before is None:
            yield change("theme-added", ("themes", place), theme.id)
        elif not same_text(before.title, theme.title):
            yield change("theme-text-changed", ("themes", place, "title"), theme.id)
    if reordered(list(old.themes_by_id), list(new.themes_by_id)):
        yield change("criteria-reordered", ("themes",))


def _criterion_changes(old: Criterion, new: Criterion, path: Path) -> Iterator[Change]:
    name = new.id
    if old.theme != new.theme:
        yield change("criterion-regrouped", (*path, "theme"), name)
    if old.critical != new.critical:
        yield change("critical-changed", (*path, "critical"), name)
    if not same_condition(old.applies, new.applies):
        yield change("applies-changed", (*path, "applies"), name)
    if not same_text(old.title, new.title):
        yield change("criterion-text-changed", (*path, "title"), name)
    if not same_text(old.guidance, new.guidance):
        yield change("criterion-text-changed", (*path, "guidance"), name)
    if (old.references, old.evidence) != (new.references, new.evidence):
        yield change("criterion-references-changed", (*path, "references"), name)
    if old.active_from != new.active_from or _last_day(old) != _last_day(new):
        yield change("applies-changed", (*path, "active_from"), name)
    for key in ("pillar", "effort", "deprecated_from"):
        if getattr(old, key) != getattr(new, key):
            yield change("criterion-advice-changed", (*path, key), name)


def _last_day(criterion: Criterion) -> object:
    """The day on which it ends for firms, if there is one; an edition speaks to authors only."""
    return None if isinstance(criterion.deprecated_from, str) else criterion.deprecated_from


def _reference_changes(old: Criteria, new: Criteria) -> Iterator[Change]:
    before = {reference.id: written(reference) for reference in old.references}
    after = {reference.id: written(reference) for reference in new.references}
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield change("references-changed", ("references",), name)
