"""The documents as commands look for them: by reference or by file, with a hint where a name is misspelled."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from rbc_assess.cli.voice import Stop, nearest
from rbc_assess.core.condition_words import render as render_condition
from rbc_assess.core.conditions import Condition
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.facts import AnswerTerms, Vocabulary
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.law_conditions import parameters_under
from rbc_assess.core.questionnaire import NumberQuestion, Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.documents.faults import Fault, errors_in, render
from rbc_assess.documents.loading import read_documents
from rbc_assess.documents.scheme_cases import SchemeFile
from rbc_assess.documents.strict_yaml import read_yaml
from rbc_assess.errors import NotFound


@dataclass(frozen=True, slots=True)
class Library:
    """The faultless documents of a root, and the faults of the others."""

    catalogue: Catalogue
    faults: tuple[Fault, ...]

    @classmethod
    def open(cls, root: Path, *references: str, examples: bool = False) -> Library:
        """Read a documents root, and those of ``references`` that are files; example firms only if wanted."""
        files = [Path(reference) for reference in references if is_file_name(reference)]
        for file in files:
            if not file.is_file():
                raise Stop(f"There is no file {file}.", f"ファイル {file} がありません。")
        catalogue, faults = read_documents(
            # Of the root all faults are wanted: a file's own documents may have them.
            root,
            only=[root, *files] if files else (),
            cache_dir=cache_folder(),
            warnings=False,
            examples=examples,
        )
        return cls(catalogue, errors_in(faults))

    def questionnaire(self, reference: str, day: date | None = None) -> Questionnaire:
        """Find an edition: ``quick-check``, ``quick-check@1.0.0`` or the name of a file.

        Args:
            reference: a bare id means the edition in force on the day.
            day: by default today.

        Raises:
            Stop: there is none, or it has faults.
        """
        if not is_file_name(reference):
            return self.entry(reference, day).document
        document = self._from_file(Path(reference))
        if not isinstance(document, Questionnaire):
            raise Stop(f"{reference} is no questionnaire.", f"{reference} は質問票ではありません。")
        return document

    def document(self, reference: str) -> Questionnaire | Criteria | Scheme:
        """Find a questionnaire, a criteria document or a scheme; raises as ``questionnaire`` does."""
        if is_file_name(reference):
            return self._from_file(Path(reference))
        name = reference.partition("@")[0]
        if self.is_scheme(reference):
            return self.scheme(reference).document
        if name in self.catalogue.yardsticks:
            try:
                return self.catalogue.criteria(reference).document
            except NotFound as missing:
                raise Stop(missing.text["en"], missing.text["ja"]) from None
        return self.entry(reference).document

    def entry(self, reference: str, day: date | None = None) -> Entry[Questionnaire]:
        """Find an edition of the root with all that is known about it; as ``questionnaire`` does."""
        try:
            return self.catalogue.questionnaire(reference, day or datetime.now(UTC).date())
        except NotFound:
            raise self._nothing_there(reference, self.catalogue.questionnaires, _QUESTIONNAIRE) from None

    def is_scheme(self, reference: str) -> bool:
        """Whether a reference, or a file, means a scheme; a questionnaire of the same id goes first."""
        if is_file_name(reference):
            return isinstance(self._from_file(Path(reference)), Scheme)
        name = reference.partition("@")[0]
        return name in self.catalogue.schemes and name not in self.catalogue.questionnaires

    def scheme(self, reference: str, day: date | None = None) -> SchemeFile:
        """Find a version of a scheme: ``jp-27-rbc-upgrade``, ``jp-27-rbc-upgrade@3`` or the name of a file.

        Args:
            reference: a bare id means the version in force on the day.
            day: by default today.

        Raises:
            Stop: there is none, or it has faults.
        """
        if is_file_name(reference):
            path = Path(reference)
            document = self._from_file(path)
            if not isinstance(document, Scheme):
                raise Stop(f"{reference} is no scheme.", f"{reference} は制度ではありません。")
            accepts = {entry.questionnaire for entry in document.accepts}
            faulty = [fault for fault in self.faults if not accepts.isdisjoint(Path(fault.file).parts)]
            if faulty:
                raise _with_faults(reference, faulty)
            return SchemeFile(document, path, path.read_bytes())
        try:
            entry = self.catalogue.scheme(reference, day or datetime.now(UTC).date())
        except NotFound:
            name = reference.partition("@")[0]
            if name not in self.catalogue.schemes and self.faults and name in self._scheme_folders():
                raise _with_faults(name, self.faults) from None  # its own, or of what it accepts
            raise self._nothing_there(reference, self.catalogue.schemes, _SCHEME) from None
        return SchemeFile(entry.document, entry.path, entry.source)

    def _scheme_folders(self) -> frozenset[str]:
        folder = self.catalogue.root / "schemes"
        return frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()

    def _from_file(self, path: Path) -> Questionnaire | Criteria | Scheme:
        real = path.resolve()
        for entry in self.catalogue.entries():
            if entry.path.resolve() == real and isinstance(entry.document, Questionnaire | Criteria | Scheme):
                return entry.document
        faulty = [fault for fault in self.faults if Path(fault.file).resolve() == real]
        if faulty:
            raise _with_faults(str(path), faulty)
        loaded = read_yaml(path.read_bytes(), str(path)).loaded
        tree = loaded.tree if loaded is not None else None
        form = str(tree.get("format")) if isinstance(tree, Mapping) else ""
        model = _MODELS.get(form.partition("/")[0])
        if model is None or not isinstance(tree, Mapping):
            raise Stop(
                f"{path} is neither a questionnaire nor a criteria document nor a scheme.",
                f"{path} は質問票でも評価基準でも制度でもありません。",
            )
        return model.read(tree)

    def _nothing_there(
        self, reference: str, there: Mapping[str, Sequence[Entry[object]]], kind: tuple[str, str]
    ) -> Stop:
        name, _, _ = reference.partition("@")
        en, ja = kind
        editions = there.get(name, ())
        if editions:
            listed = ", ".join(f"{entry.edition} ({entry.status})" for entry in editions)
            return Stop(
                f"There is no {en} “{reference}”. There are of {name}: {listed}.",
                f"{ja}「{reference}」はありません。{name} の版:{listed}",
            )
        faulty = [fault for fault in self.faults if Path(fault.file).parent.name == name]
        if faulty:
            return _with_faults(name, faulty)
        known = sorted(there)
        meant = nearest(name, known)
        hint = (
            (f" Did you mean {meant}?", f"{meant} のことでしょうか。")
            if meant
            else (f" There are: {', '.join(known)}.", f"あるもの:{', '.join(known)}")
            if known
            else (
                f" There is none under {self.catalogue.root}.",
                f"{self.catalogue.root} には一つもありません。",
            )
        )
        return Stop(
            f"There is no {en} “{reference}”.{hint[0]}",
            f"{ja}「{reference}」はありません。{hint[1]}",
        )

    def criteria_of(self, questionnaire: Questionnaire) -> Criteria:
        """The criteria document that a questionnaire names.

        Raises:
            Stop: it is not there, or has faults.
        """
        try:
            return self.catalogue.criteria_of(questionnaire).document
        except NotFound as missing:
            if self.faults:
                raise _with_faults(questionnaire.criteria or "-", self.faults) from None
            raise Stop(missing.text["en"], missing.text["ja"]) from None

    def country(self, code: str | None, day: date | None) -> Country | None:
        """The country document in force on a day; None where there is none for this country."""
        if code is None or code not in self.catalogue.countries:
            return None
        try:
            return self.catalogue.country(code, day).document
        except NotFound:
            return None


_QUESTIONNAIRE: Final = ("questionnaire", "質問票")
_SCHEME: Final = ("scheme", "制度")

_MODELS: Final[Mapping[str, type[Questionnaire | Criteria | Scheme]]] = {
    "rbc-questionnaire": Questionnaire,
    "rbc-criteria": Criteria,
    "rbc-scheme": Scheme,
}


def is_file_name(reference: str) -> bool:
    """Tell a file from a reference: no id holds a slash or ends in ``.yaml``."""
    return "/" in reference or reference.endswith((".yaml", ".yml"))


def cache_folder() -> Path | None:
    """Where parsed documents are kept between commands: most of a command's time would go into reading YAML."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if named:
        return Path(named) / "rbc-assess"
    try:
        return Path.home() / ".cache" / "rbc-assess"
    except RuntimeError:  # nobody's home: read everything again
        return None


def _with_faults(name: str, faults: tuple[Fault, ...] | list[Fault]) -> Stop:
    return Stop(
        "\n".join([f"{name} has faults:", *(render(fault) for fault in faults)]),
        "\n".join([f"{name} に誤りがあります:", *(render(fault, "ja") for fault in faults)]),
    )


def condition_sentence(
    condition: Condition, questionnaire: Questionnaire, language: str, law: Jurisdiction
) -> str:
    """Say a condition of a questionnaire, with its questions and options by their texts."""
    questions = {
        question.id: AnswerTerms(
            question.kind,
            question.text.names,
            {option.id: option.label.names for option in questionnaire.options_of(question)},
            _unit_of(question) if isinstance(question, NumberQuestion) else None,
        )
        for question in questionnaire.questions
    }
    parameters = parameters_under(condition, law)
    return render_condition(condition, language, Vocabulary(questions=questions), parameters)


def _unit_of(question: NumberQuestion) -> str | dict[str, str]:
    return question.unit if isinstance(question.unit, str) else question.unit.names
