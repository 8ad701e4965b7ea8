"""The arithmetic of a scorecard, worked out again from its trace alone: every sum as an exact fraction.

Points and weights are exact numbers; a figure is rounded once, half up, to one decimal, from its exact value.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import Voice
from rbc_assess.cli.words import word
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.figures import SCALE, figure_text, shortest_decimal, tenths
from rbc_assess.core.questionnaire import Band, Questionnaire
from rbc_assess.core.scorecard import Scorecard, TraceCriterion


class Term(NamedTuple):
    """One line of a weighted mean. ``value`` is None where it takes no part, ``said`` a code of ``words``."""

    name: str
    said: str
    value: Fraction | None
    weight: Fraction
    share: int = 1

    @property
    def product(self) -> Fraction:
        return self.weight * self.share * (self.value or 0)


class WeightedMean(NamedTuple):
    """A sum of products over a sum of weights, exactly."""

    name: str
    terms: tuple[Term, ...]

    @property
    def counted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.value is not None)

    @property
    def gained(self) -> Fraction:
        return sum((term.product for term in self.counted), Fraction(0))

    @property
    def weighed(self) -> Fraction:
        return sum((term.weight * term.share for term in self.counted), Fraction(0))

    @property
    def exact(self) -> Fraction | None:
        return self.gained / self.weighed if self.weighed else None

    @property
    def figure(self) -> int | None:
        """The rounded figure in tenths."""
        return None if self.exact is None else tenths(self.exact)


class Arithmetic(NamedTuple):
    """Every weighted mean of a scorecard; ``overall`` also where too few themes are scored to publish it."""

    criteria: tuple[WeightedMean, ...]
    themes: tuple[WeightedMean, ...]
    overall: WeightedMean


def arithmetic(scorecard: Scorecard) -> Arithmetic:
    """Work out all figures again from the trace."""
    criteria = tuple(_criterion(line) for line in scorecard.trace)
    exact = {mean.name: mean.exact for mean in criteria}
    weights = {line.theme: Fraction(line.theme_weight, SCALE) for line in scorecard.trace}
    themes = tuple(
        WeightedMean(
            theme.id,
            tuple(
                Term(line.criterion, line.criterion, exact[line.criterion], Fraction(line.weight, SCALE))
                for line in scorecard.trace
                if line.theme == theme.id
            ),
        )
        for theme in scorecard.themes
    )
    parts = tuple(
        Term(mean.name, mean.name, mean.exact, weights.get(mean.name, Fraction(1))) for mean in themes
    )
    return Arithmetic(criteria, themes, WeightedMean("overall", parts))


def _criterion(line: TraceCriterion) -> WeightedMean:
    return WeightedMean(
        line.criterion,
        tuple(
            Term(
                entry.question,
                entry.status if entry.state is None or entry.status != "answered" else entry.state,
                None if entry.points is None else Fraction(entry.points, SCALE),
                Fraction(entry.weight, SCALE),
                entry.share,
            )
            for entry in line.questions
        ),
    )


# --- for people --------------------------------------------------------------------------------------------


def explain(voice: Voice, questionnaire: Questionnaire, criteria: Criteria, scorecard: Scorecard) -> None:
    """Print the arithmetic of every criterion, theme and of the overall score, and the rule that set the band."""
    sums = arithmetic(scorecard)
    voice.say(
        "\nHow the figures are made. Sums are exact; each figure is rounded once, half up, to one decimal.",
        "\n点数の計算。和は正確な分数で求め、公表する点数は最後に一度だけ小数第1位に四捨五入します。",
    )
    for mean in sums.criteria:
        title = criteria.by_id[mean.name].title.in_language(voice.tag).text
        _print_mean(voice, f"{mean.name}  {title}", mean, _QUESTION_COLUMNS)
    for mean in sums.themes:
        if mean.exact is not None:
            title = criteria.themes_by_id[mean.name].title.in_language(voice.tag).text
            heading = voice.choose(f"Theme {mean.name}  {title}", f"テーマ {mean.name}  {title}")
            _print_mean(voice, heading, mean, _SUM_COLUMNS)
    _print_mean(voice, voice.choose("Overall", "総合"), sums.overall, _SUM_COLUMNS)
    voice.say("")
    voice.say(*band_rule(questionnaire, scorecard))


_QUESTION_COLUMNS = (
    Column("question", "設問"),
    Column("answer", "回答"),
    Column("points", "点", number=True),
    Column("weight", "重み", number=True),
    Column("share", "配分", number=True),
    Column("weight x share x points", "重み×配分×点", number=True),
)
_SUM_COLUMNS = (
    Column("part", "項目"),
    Column("exact score", "正確な点数", number=True),
    Column("weight", "重み", number=True),
    Column("weight x score", "重み×点数", number=True),
)


def _print_mean(voice: Voice, heading: str, mean: WeightedMean, columns: tuple[Column, ...]) -> None:
    voice.say(f"\n{heading}")
    if mean.exact is None or mean.figure is None:
        for term in mean.terms:
            said = word(voice, term.said)
            voice.say(f"  {term.name}: {said}; no points here", f"  {term.name}:{said}(点数なし)")
        return
    with_share = columns is _QUESTION_COLUMNS
    print_table(voice, columns, (_row(voice, term, with_share=with_share) for term in mean.terms), indent=2)
    ratio = f"{fraction_text(mean.gained)} / {fraction_text(mean.weighed)} = {fraction_text(mean.exact)}"
    voice.say(f"  {ratio} -> {figure_text(mean.figure)}")


def _row(voice: Voice, term: Term, *, with_share: bool) -> tuple[str, ...]:
    value = "-" if term.value is None else fraction_text(term.value)
    weight = fraction_text(term.weight)
    product = "-" if term.value is None else fraction_text(term.product)
    if with_share:
        return (term.name, word(voice, term.said), value, weight, str(term.share), product)
    return (term.name, value, weight, product)


def fraction_text(number: Fraction) -> str:
    """Write an exact number: as a decimal if it ends within three places, else as a fraction."""
    thousandths = number * SCALE
    if thousandths.denominator == 1:
        return shortest_decimal(Decimal(thousandths.numerator).scaleb(-3))
    return f"{number.numerator}/{number.denominator}"


def band_rule(questionnaire: Questionnaire, scorecard: Scorecard) -> tuple[str, str]:
    """Say in en and ja which rule set the band."""
    rules = questionnaire.scoring
    critical, overall = scorecard.critical, scorecard.overall
    if critical.not_met:
        names = ", ".join(critical.not_met)
        return (
            f"Band: {overall.band}, because a critical criterion is not met ({names}); no score outweighs that.",
            f"区分:{overall.band}。基本的な権利に関わる項目({names})が守られていないためで、点数では補えません。",
        )
    if critical.unknown:
        names = ", ".join(critical.unknown)
        return (
            f"Band: {overall.band}, because it is not known whether a critical criterion is met ({names}).",
            f"区分:{overall.band}。基本的な権利に関わる項目({names})がまだ確認できていないためです。",
        )
    if overall.score is None:
        return (
            f"No band: there are fewer than {rules.minimum_themes} scored themes, so there is no overall score.",
            f"区分なし:点数のあるテーマが{rules.minimum_themes}未満のため、総合点がありません。",
        )
    return _band_by_score(rules.bands, overall.score, overall.band)


def _band_by_score(bands: tuple[Band, ...], score: int, reached: str | None) -> tuple[str, str]:
    written = figure_text(score)
    if not bands:
        return "No band: this questionnaire has none.", "区分なし:この質問票には区分がありません。"
    if reached is None:
        lowest = shortest_decimal(bands[0].from_)
        return (
            f"No band: {written} is below the first band, which begins at {lowest}.",
            f"区分なし:{written}は最初の区分の下限({lowest})に届いていません。",
        )
    place = next(place for place, band in enumerate(bands) if band.id == reached)
    from_ = shortest_decimal(bands[place].from_)
    en, ja = f"{written} is at least {from_}", f"{written}は{from_}以上"
    if place + 1 < len(bands):
        above = shortest_decimal(bands[place + 1].from_)
        en, ja = f"{en} and below {above}", f"{ja}{above}未満"
    return f"Band: {reached}, because {en}.", f"区分:{reached}。{ja}のためです。"
