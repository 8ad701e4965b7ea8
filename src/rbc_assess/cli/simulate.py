"""``simulate``: what a version of a scheme would say of the stored population; counts only, nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from rbc_assess.cli.database import open_store, settings_of_database
from rbc_assess.cli.library import Library
from rbc_assess.cli.sheets import print_problems, read_day
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, write_json
from rbc_assess.core.codes import REGIONS, SECTORS, TIERS, CodeList
from rbc_assess.core.eligibility_facts import read_facts
from rbc_assess.core.scheme import OUTCOMES, Scheme
from rbc_assess.errors import InvalidInput, NotFound, Problem
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.check import accepted_of, today_of_issuer
from rbc_assess.workflows.simulate import simulate as rehearse
from rbc_assess.workflows.simulate import version_before

_OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    "eligible": ("eligible", "対象"),
    "conditional": ("conditional", "条件付き"),
    "needs_information": ("needs information", "情報不足"),
    "not_eligible": ("not eligible", "対象外"),
}
_BY: Final[Mapping[str, tuple[str, str, CodeList]]] = {
    "tier": ("Size", "規模", TIERS),
    "sector": ("Sector", "業種", SECTORS),
    "region": ("Region", "地域", REGIONS),
}
_COMPARED: Final[Mapping[str, tuple[str, str]]] = {
    "micro": ("Firms of fewer than ten people", "働く人が10人未満の企業"),
    "migrant_workers": ("Firms with migrant workers", "外国人の従業員がいる企業"),
}


class Wanted(NamedTuple):
    """What was asked for on the command line, as it was written."""

    path: str
    against: int | None
    alone: bool
    as_of: str | None
    inputs: tuple[str, ...]
    test: bool


def simulate(voice: Voice, root: Path, wanted: Wanted) -> int:
    """Rehearse a scheme over the stored population and print the counts.

    Raises:
        Stop: no such scheme, file or version, or the schema is not at head.
    """
    library = Library.open(root, wanted.path)
    asked_day = read_day(wanted.as_of)
    scheme = library.scheme(wanted.path, asked_day).document
    # Most drafts begin on a day to come: without a day said, the nearest on which this one is in force.
    today = today_of_issuer(library.catalogue, scheme, datetime.now(UTC))
    day = asked_day or scheme.effective.nearest(today)
    inputs = read_facts(
        None, accepted_of(library.catalogue, scheme).vocabulary, dict(_inputs(scheme, wanted.inputs))
    )
    if inputs.problems:
        _refuse(voice, inputs.problems)
        return FINDINGS
    try:
        with open_store(settings_of_database(), role="worker") as store:
            before = None if wanted.alone else _before(store, scheme, wanted, today)
            document = rehearse(
                store, scheme, before, as_of=day, livemode=not wanted.test, inputs=inputs.facts
            )
    except InvalidInput as refused:
        _refuse(voice, refused.problems)
        return FINDINGS
    if voice.json:
        write_json(document)
    else:
        _print(voice, scheme, document)
    return FINE


def _refuse(voice: Voice, problems: Sequence[Problem]) -> None:
    print_problems(voice, problems, "Nothing was rehearsed.", "試算していません。")


def _before(store: Store, scheme: Scheme, wanted: Wanted, day: date) -> Scheme | None:
    try:
        return version_before(store, scheme.id, wanted.against, day, livemode=not wanted.test)
    except NotFound:
        raise Stop(
            f"No version {wanted.against} of {scheme.id} has been published in this database.",
            f"このデータベースには、{scheme.id} の版 {wanted.against} は公開されていません。",
        ) from None


def _inputs(scheme: Scheme, written: tuple[str, ...]) -> Iterator[tuple[str, str | bool]]:
    for each in written:
        name, equals, value = each.partition("=")
        if not equals:
            raise Stop(
                f"--input {each}: write --input name=value.",
                f"--input {each}: --input 名前=値 のように書いてください。",
            )
        declared = scheme.inputs.get(name)
        flags: Mapping[str, bool] = {"true": True, "false": False}
        yield name, flags.get(value, value) if declared and declared.type == "boolean" else value


# --- for people --------------------------------------------------------------------------------------------


def _print(voice: Voice, scheme: Scheme, document: Mapping[str, Any]) -> None:
    against = document["against"]
    title = scheme.title.in_language(voice.tag).text
    day = document["scheme"]["as_of"]
    voice.say(f"{title} ({scheme.reference}), as of {day}", f"{title}({scheme.reference})、基準日 {day}")
    if against is not None:
        voice.say(
            f"Against version {against['version']}, as of {against['as_of']}",
            f"比較する版:{against['version']}(基準日 {against['as_of']})",
        )
    fewest = document["counts_hidden_below"]
    number = _count(document["enterprises"])
    voice.say(
        f"Enterprises: {number}. A dot hides a count below {fewest}, or one that would tell of it.",
        f"企業数:{number}。「・」は{fewest}未満の数、またはそれが分かってしまう数を伏せたものです。",
    )
    _print_warnings(voice, document)
    voice.say("")
    if against is not None:
        _print_moves(voice, document)
    else:
        _print_outcomes(voice, document)
    for name, (en, ja, codes) in _BY.items():
        _print_groups(voice, document, name, Column(en, ja), codes)
    _print_fairness(voice, document["fairness"])


def _count(count: int | None) -> str:
    return "・" if count is None else f"{count:,}"


def _print_warnings(voice: Voice, document: Mapping[str, Any]) -> None:
    without = document["without_fitting_assessment"]["after"]
    if without != 0:
        voice.say(
            f"Without an assessment that it accepts, so that nothing is known of them: {_count(without)}",
            f"受け付ける自己評価がなく、何も分からない企業:{_count(without)}",
        )
    if document["unknown_facts"]:
        names = ", ".join(document["unknown_facts"])
        voice.say(
            f"Not kept over the population, so taken as unknown: {names}",
            f"全企業分の記録がないため、不明として扱った項目:{names}",
        )


def _words(voice: Voice, outcome: str) -> str:
    return voice.choose(*_OUTCOMES[outcome])


def _print_moves(voice: Voice, document: Mapping[str, Any]) -> None:
    columns = [Column("before \\ after", "前 \\ 後")]
    columns += [Column(*_OUTCOMES[name], number=True) for name in OUTCOMES]
    columns.append(Column("all", "計", number=True))
    outcomes = document["outcomes"]
    rows = [
        [
            _words(voice, name),
            *(_count(document["transitions"][name][after]) for after in OUTCOMES),
            _count(outcomes["before"][name]),
        ]
        for name in OUTCOMES
    ]
    totals = [_count(outcomes["after"][name]) for name in OUTCOMES]
    rows.append([voice.choose("all", "計"), *totals, _count(document["enterprises"])])
    print_table(voice, columns, rows)
    voice.say("")
    newly = _count(document["newly_in"]), _count(document["newly_out"])
    voice.say(
        f"Newly eligible (also on conditions): {newly[0]}. No longer: {newly[1]}.",
        f"新たに対象(条件付きを含む):{newly[0]}。対象でなくなる:{newly[1]}。",
    )


def _print_outcomes(voice: Voice, document: Mapping[str, Any]) -> None:
    columns = [Column("outcome", "判定"), Column("enterprises", "企業数", number=True)]
    rows = [[_words(voice, name), _count(document["outcomes"]["after"][name])] for name in OUTCOMES]
    print_table(voice, columns, rows)


def _print_groups(
    voice: Voice, document: Mapping[str, Any], name: str, first: Column, codes: CodeList
) -> None:
    groups = document["by"][name]
    compared = document["against"] is not None
    columns = [first, Column("enterprises", "企業数", number=True)]
    columns += [Column(*_OUTCOMES[outcome], number=True) for outcome in OUTCOMES]
    if compared:
        columns += [
            Column("newly in", "新たに対象", number=True),
            Column("newly out", "対象外へ", number=True),
        ]
    rows = []
    for group in groups:
        code = group["group"]
        label = voice.choose("unknown", "不明") if code == "unknown" else codes.name(code, voice.language)
        cells = [_count(_after(group, outcome)) for outcome in OUTCOMES]
        cells += [_count(group["newly_in"]), _count(group["newly_out"])] if compared else []
        rows.append([label, _count(group["enterprises"]), *cells])
    voice.say("")
    if rows:
        print_table(voice, columns, rows)
    hidden = document["hidden_groups"][name]
    if hidden:
        what = voice.choose(first.en.lower(), first.ja)
        voice.say(f"Hidden groups ({what}): {hidden}", f"伏せた区分({what}):{hidden}")


def _after(group: Mapping[str, Any], outcome: str) -> int | None:
    """How many of a group have an outcome, as far as every part of it is shown."""
    if "outcomes_after" in group:
        told: int | None = group["outcomes_after"][outcome]
        return told
    parts = [row[outcome] for row in group["transitions"].values()]
    return None if None in parts else sum(parts)


def _print_fairness(voice: Voice, fairness: Mapping[str, Any]) -> None:
    voice.say("")
    columns = [
        Column("compared", "比較"),
        Column("eligible %", "対象 %", number=True),
        Column("others %", "ほかの企業 %", number=True),
        Column("ratio", "比", number=True),
        Column("lose %", "外れる %", number=True),
        Column("others %", "ほかの企業 %", number=True),
        Column("ratio", "比", number=True),
    ]
    rows = []
    for name, words in _COMPARED.items():
        found = fairness[name]
        group, others = found["group"], found["others"]
        cells = (
            group["good_outcome_percent"], others["good_outcome_percent"], found["outcome_ratio"],
            group["loss_percent"], others["loss_percent"], found["loss_ratio"],
        )  # fmt: skip
        rows.append([voice.choose(*words), *("・" if cell is None else cell for cell in cells)])
    print_table(voice, columns, rows)
    for found in fairness.values():
        if found["warning"]:
            voice.say(f"! {voice.of_text(found['text'])}")
