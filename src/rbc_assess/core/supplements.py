"""Supplements: questions for the firms of some sectors, asked together with a questionnaire, on its criteria.

A supplement is a document of its own with its own editions. Of a firm for which its ``attach`` holds, the
questionnaire is asked with the supplement's sections at its end: one sheet, one score, one scorecard that names both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rbc_assess.core.conditions import CompiledCondition, compile_condition
from rbc_assess.core.facts import Facts
from rbc_assess.core.kept import Kept
from rbc_assess.core.questionnaire import ChoiceQuestion, Question, Questionnaire, Section


def fits(supplement: Questionnaire, base: Questionnaire) -> bool:
    """Whether a supplement is made for this edition of a questionnaire; both rest on the same criteria document."""
    return _yardstick(supplement) == _yardstick(base) and any(
        entry.questionnaire == base.id and entry.range.includes(base.edition)
        for entry in supplement.supplements
    )


def _yardstick(questionnaire: Questionnaire) -> str:
    """The id of its criteria document; its edition is that of the questionnaire that is asked."""
    return (questionnaire.criteria or "").partition("@")[0]


def attached(supplements: Iterable[Questionnaire], profile_facts: Facts) -> tuple[Questionnaire, ...]:
    """The supplements that are asked of a firm: where nobody knows, as for an unknown sector, none is."""
    return tuple(
        one for one in supplements if one.attach is None or _compiled(one).truth(profile_facts) is True
    )


_COMPILED: Final[Kept[tuple[Questionnaire, CompiledCondition]]] = Kept(256)


def _compiled(supplement: Questionnaire) -> CompiledCondition:
    """Its condition, prepared once; the supplement is kept with it, so that its id stays its own."""
    assert supplement.attach is not None
    condition = supplement.attach
    return _COMPILED.find(id(supplement), lambda: (supplement, compile_condition(condition)))[1]


def composed(base: Questionnaire, supplements: Sequence[Questionnaire]) -> Questionnaire:
    """A questionnaire with supplements at its end; its identity stays, and ``with_supplements`` names theirs.

    Scales of a supplement are known by its id and their own name, so that both may have a ``maturity``. Rules of
    scoring are those of the questionnaire alone.
    """
    if not supplements:
        return base
    sections = list(base.sections)
    scales = dict(base.scales)
    profile = list(base.profile)
    for supplement in supplements:
        scales |= {scale_name(supplement, name): options for name, options in supplement.scales.items()}
        sections += [_section(supplement, section) for section in supplement.sections]
        profile += [field for field in supplement.profile if field not in profile]
    identities = tuple(supplement.identity for supplement in supplements)
    return base.with_sections(tuple(sections), scales, tuple(profile), identities)


def scale_name(supplement: Questionnaire, name: str) -> str:
    """The name of a supplement's scale beside those of the questionnaire."""
    return f"{supplement.id}.{name}"


def _section(supplement: Questionnaire, section: Section) -> Section:
    return section.model_copy(
        update={"questions": tuple(_question(supplement, one) for one in section.questions)}
    )


def _question(supplement: Questionnaire, question: Question) -> Question:
    if not isinstance(question, ChoiceQuestion) or question.scale is None:
        return question
    return question.model_copy(update={"scale": scale_name(supplement, question.scale)})
