"""What changed between two versions of a scheme, computed, and said so that a council can read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import NamedTuple, TypeVar

from rbc_assess.core.change_comparison import reordered, same_condition, same_text, written
from rbc_assess.core.conditions import Part, render
from rbc_assess.core.document import Document, Effective, Text
from rbc_assess.core.eligibility_facts import plain_value
from rbc_assess.core.facts import Vocabulary
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.review_findings import Path
from rbc_assess.core.scheme import Clause, Requirement, Scheme, Term
from rbc_assess.core.scheme_change_sentences import SENTENCES
from rbc_assess.core.scheme_rules import PointsGroup


class SchemeChange(NamedTuple):
    """One difference between two versions.

    ``path`` leads into the newer tree, and into the older one for what was removed. ``decides``: an outcome, points,
    terms or a flag of somebody may be another because of it.
    """

    kind: str
    path: Path
    subject: str
    decides: bool
    text: Mapping[str, str]


_WORDING = frozenset(
    {
        "text-changed",
        "contact-changed",
        "cases-changed",
        "discloses-changed",
        "legal-basis-changed",
        "reordered",
    }
)
_Kept = TypeVar("_Kept", bound=Clause)


def scheme_changes(
    old: Scheme, new: Scheme, old_vocabulary: Vocabulary, new_vocabulary: Vocabulary
) -> tuple[SchemeChange, ...]:
    """Find what differs between two versions; what decides comes first. Status and version are no differences.

    Conditions are said with their parameters by name, since their values are listed on their own.
    """
    words = _Words(old_vocabulary, new_vocabulary)
    found = chain(
        _frame(old, new),
        _accepts(old, new),
        _parameters(old, new),
        _inputs(old, new),
        _clauses(old.requirements, new.requirements, ("requirements",), "requirement", words.requirement),
        _points(old, new, words),
        _clauses(old.terms, new.terms, ("terms",), "term", words.term),
        _clauses(
            old.review, new.review, ("review",), "flag",
            lambda before, after, path: words.condition(before.when, after.when, path, after.id),
        ),
        _decision(old, new),
    )  # fmt: skip
    return tuple(sorted(found, key=lambda one: not one.decides))


def _change(kind: str, path: Path, subject: str = "", /, **words: object) -> SchemeChange:
    en, ja = SENTENCES[kind]
    said = {"name": subject, **words}
    return SchemeChange(
        kind,
        path,
        subject,
        kind not in _WORDING,
        {"en": en.format_map(_in(said, "en")), "ja": ja.format_map(_in(said, "ja"))},
    )


def _in(words: Mapping[str, object], language: str) -> dict[str, object]:
    """Words that are pairs of languages, in one."""
    return {key: word[language] if isinstance(word, dict) else word for key, word in words.items()}


# --- around the rules --------------------------------------------------------------------------------------


def _frame(old: Scheme, new: Scheme) -> Iterator[SchemeChange]:
    if old.id != new.id:
        yield _change("another-scheme", ("id",), new.id)
    if old.kind != new.kind or written(old.issuer) != written(new.issuer):
        yield _change("issuer-changed", ("issuer",))
    for key, text_before, text_after in (
        ("title", old.title, new.title),
        ("summary", old.summary, new.summary),
    ):
        if not same_text(text_before, text_after):
            yield _change("text-changed", (key,), key)
    if _days(old.effective) != _days(new.effective):
        yield _change("effective-changed", ("effective",), old=_days(old.effective), new=_days(new.effective))
    taken = (old.applications, new.applications)
    spans = [None if one is None else f"{one.open} – {one.close}" for one in taken]
    if spans[0] != spans[1]:
        yield _change("applications-changed", ("applications",), old=spans[0] or "-", new=spans[1] or "-")
    if [written(one) for one in old.legal_basis] != [written(one) for one in new.legal_basis]:
        yield _change("legal-basis-changed", ("legal_basis",))
    if set(old.discloses) != set(new.discloses):
        yield _change("discloses-changed", ("discloses",), new=", ".join(new.discloses))
    if [written(one) for one in old.cases] != [written(one) for one in new.cases]:
        yield _change("cases-changed", ("cases",))


def _days(effective: Effective | None) -> str:
    return "-" if effective is None else f"{effective.from_} – {effective.until or ''}"


def _accepts(old: Scheme, new: Scheme) -> Iterator[SchemeChange]:
    before = {one.questionnaire: one for one in old.accepts}
    after = {one.questionnaire: one for one in new.accepts}
    for name in {**before, **after}:
        if name not in before:
            yield _change("questionnaire-added", ("accepts",), name)
        elif name not in after:
            yield _change("questionnaire-removed", ("accepts",), name)
        elif before[name] != after[name]:
            yield _change("questionnaire-limits-changed", ("accepts",), name)


def _parameters(old: Scheme, new: Scheme) -> Iterator[SchemeChange]:
    for name in {**old.parameters, **new.parameters}:
        path: Path = ("parameters", name)
        before, after = old.parameters.get(name), new.parameters.get(name)
        if before is None or after is None:
            yield _change("parameter-added" if before is None else "parameter-removed", path, name)
            continue
        for day in sorted({*before.values, *after.values}):
            values = [_shown(one.values.get(day)) for one in (before, after)]
            if values[0] != values[1]:
                yield _change(
                    "parameter-value-changed", (*path, "values", day.isoformat()), name,
                    day=day.isoformat(), old=values[0], new=values[1],
                )  # fmt: skip
        if (before.unit, before.legal_basis) != (after.unit, after.legal_basis):
            yield _change("legal-basis-changed", path, name)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    plain = plain_value(value)
    return ", ".join(plain) if isinstance(plain, list) else str(plain)


def _inputs(old: Scheme, new: Scheme) -> Iterator[SchemeChange]:
    for name in {**old.inputs, **new.inputs}:
        path: Path = ("inputs", name)
        before, after = old.inputs.get(name), new.inputs.get(name)
        if before is None or after is None:
            yield _change("input-added" if before is None else "input-removed", path, name)
        elif (before.type, set(before.codes), before.unit) != (after.type, set(after.codes), after.unit):
            yield _change("input-changed", path, name)
        elif not same_text(before.label, after.label):
            yield _change("text-changed", path, name)


# --- the rules ---------------------------------------------------------------------------------------------


def _clauses(
    old: tuple[_Kept, ...],
    new: tuple[_Kept, ...],
    path: Path,
    noun: str,
    inside: Callable[[_Kept, _Kept, Path], Iterator[SchemeChange]],
) -> Iterator[SchemeChange]:
    """Clauses added, removed, and what changed in those that stayed; the order of terms decides."""
    before, after = {one.id: one for one in old}, {one.id: one for one in new}
    for place, one in enumerate(old):
        if one.id not in after:
            yield _change(f"{noun}-removed", (*path, place), one.id)
    for place, one in enumerate(new):
        here = (*path, place)
        kept = before.get(one.id)
        if kept is None:
            yield _change(f"{noun}-added", here, one.id)
            continue
        if _days(kept.effective) != _days(one.effective):
            yield _change(
                "clause-days-changed", here, one.id, old=_days(kept.effective), new=_days(one.effective)
            )
        if not same_text(_label(kept), _label(one)):
            yield _change("text-changed", (*here, "label"), one.id)
        yield from inside(kept, one, here)
    if reordered(list(before), list(after)):
        yield _change("terms-reordered" if noun == "term" else "reordered", path)


def _label(clause: Clause) -> Text | None:
    found: object = getattr(clause, "label", None)
    return found if isinstance(found, Text) else None


class _Words:
    """Says conditions of both versions, each with the names of its own documents."""

    def __init__(self, old: Vocabulary, new: Vocabulary) -> None:
        self._old = old
        self._new = new

    def condition(self, old: Part, new: Part, path: Path, name: str) -> Iterator[SchemeChange]:
        if same_condition(old, new):
            return
        before = {language: render(old, language, self._old) for language in ("en", "ja")}
        after = {language: render(new, language, self._new) for language in ("en", "ja")}
        yield _change("condition-changed", (*path, "when"), name, old=before, new=after)

    def requirement(self, old: Requirement, new: Requirement, path: Path) -> Iterator[SchemeChange]:
        yield from self.condition(old.when, new.when, path, new.id)
        if (old.otherwise, old.cure_within_days) != (new.otherwise, new.cure_within_days):
            yield _change("consequence-changed", (*path, "otherwise"), new.id)
        if not same_text(old.remedy, new.remedy):
            yield _change("text-changed", (*path, "remedy"), new.id)
        if old.legal_basis != new.legal_basis:
            yield _change("legal-basis-changed", (*path, "legal_basis"), new.id)

    def term(self, old: Term, new: Term, path: Path) -> Iterator[SchemeChange]:
        yield from self.condition(old.when, new.when, path, new.id)
        given = [
            ", ".join(f"{name} {_shown(one)}" for name, one in sorted(term.give.items()))
            for term in (old, new)
        ]
        if given[0] != given[1] or old.add != new.add:
            yield _change("term-gives-changed", (*path, "give"), new.id, old=given[0], new=given[1])

    def group(self, old: PointsGroup, new: PointsGroup, path: Path) -> Iterator[SchemeChange]:
        if len(old.first_of) != len(new.first_of):
            yield _change("group-changed", path, new.id, old=_points_of(old), new=_points_of(new))
            return
        for place, (before, after) in enumerate(zip(old.first_of, new.first_of, strict=True)):
            here = (*path, "first_of", place)
            yield from self.condition(before.when, after.when, here, new.id)
            if before.points != after.points:
                yield _change(
                    "points-changed", (*here, "points"), new.id,
                    old=shortest_decimal(before.points), new=shortest_decimal(after.points),
                )  # fmt: skip


def _points_of(group: PointsGroup) -> str:
    return ", ".join(shortest_decimal(entry.points) for entry in group.first_of)


def _points(old: Scheme, new: Scheme, words: _Words) -> Iterator[SchemeChange]:
    before, after = old.points, new.points
    cap = [Decimal(0) if one is None else one.cap for one in (before, after)]
    if cap[0] != cap[1]:
        yield _change(
            "cap-changed", ("points", "cap"), old=shortest_decimal(cap[0]), new=shortest_decimal(cap[1])
        )
    yield from _clauses(
        () if before is None else before.groups,
        () if after is None else after.groups,
        ("points", "groups"),
        "group",
        words.group,
    )


def _decision(old: Scheme, new: Scheme) -> Iterator[SchemeChange]:
    before, after = old.decision, new.decision
    validity = [_written(one.valid_until) + str(one.valid_days) for one in (before, after)]
    if validity[0] != validity[1]:
        yield _change("validity-changed", ("decision",))
    if before.respond_within_days != after.respond_within_days:
        days = [str(one.respond_within_days or "-") for one in (before, after)]
        yield _change("respond-changed", ("decision", "respond_within_days"), old=days[0], new=days[1])
    if written(before.contact) != written(after.contact) or not same_text(before.objection, after.objection):
        yield _change("contact-changed", ("decision",))


def _written(part: Document | None) -> str:
    return "" if part is None else written(part)
