"""``cases``: example firms scored again, and every figure that is not the one their author worked out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from rbc_assess.cli.library import Library
from rbc_assess.cli.sheets import problem_document, problem_line
from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, nearest, write_json
from rbc_assess.documents.cases import CaseOutcome, Plain, run_examples
from rbc_assess.documents.faults import Fault, display_path, render


def cases(voice: Voice, root: Path, names: Sequence[str]) -> int:
    """Run the examples of all questionnaires, or of those named; 1 if one differs or a document has an error.

    Raises:
        Stop: there is no questionnaire of a name.
    """
    library = Library.open(root, examples=True)
    catalogue = library.catalogue
    faults = [fault for fault in library.faults if not names or _concerns(fault, names, root)]
    for name in names:
        if name not in catalogue.questionnaires and not any(
            _concerns(fault, [name], root) for fault in faults
        ):
            meant = nearest(name, catalogue.questionnaires)
            raise Stop(
                f"There is no questionnaire “{name}”." + (f" Did you mean {meant}?" if meant else ""),
                f"質問票「{name}」はありません。" + (f"{meant} のことでしょうか。" if meant else ""),
            )
    outcomes = run_examples(catalogue)
    if names:
        outcomes = [outcome for outcome in outcomes if outcome.questionnaire.partition("@")[0] in names]
    failed = sum(not outcome.passed for outcome in outcomes)
    if voice.json:
        write_json(
            {
                "passed": len(outcomes) - failed,
                "failed": failed,
                "faults": [render(fault, voice.language) for fault in faults],
                "cases": [_document(voice, outcome) for outcome in outcomes],
            }
        )
    else:
        for fault in faults:
            voice.say(render(fault, voice.language))
        for outcome in outcomes:
            _print(voice, outcome)
        voice.aside(
            f"{len(outcomes) - failed} ok, {failed} with differences",
            f"一致 {len(outcomes) - failed}件、相違 {failed}件",
        )
    return FINDINGS if failed or faults else FINE


def _concerns(fault: Fault, names: Sequence[str], root: Path) -> bool:
    """Whether a fault lies in the folder of a questionnaire that is to be run."""
    file = Path(fault.file).resolve()
    return any(file.is_relative_to((root / name).resolve()) for name in names)


def _print(voice: Voice, outcome: CaseOutcome) -> None:
    file = display_path(outcome.path)
    if outcome.passed:
        voice.say(f"ok      {file}: {outcome.name}", f"一致    {file}: {outcome.name}")
        return
    voice.say(f"differs {file}: {outcome.name}", f"相違    {file}: {outcome.name}")
    for path, expected, got in outcome.differences:
        wanted, found = _written(expected), _written(got)
        voice.say(f"  {path}: expected {wanted}, got {found}", f"  {path}:期待 {wanted}、実際 {found}")
    for problem in outcome.problems:
        voice.say(f"  {problem_line(problem, voice)}")


def _written(value: Plain) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return "null" if value is None else str(value)


def _document(voice: Voice, outcome: CaseOutcome) -> dict[str, object]:
    return {
        "name": outcome.name,
        "file": display_path(outcome.path),
        "questionnaire": outcome.questionnaire,
        "ok": outcome.passed,
        "differences": [difference._asdict() for difference in outcome.differences],
        "problems": [problem_document(problem, voice) for problem in outcome.problems],
    }
