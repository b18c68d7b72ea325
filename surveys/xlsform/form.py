"""The sheets of a form put together as one survey."""

import re
from collections.abc import Iterator
from pathlib import Path

from storage.issues import has_errors
from surveys.definition import Choice, Kind, Question, Settings, Survey
from surveys.outline import Outline
from surveys.xlsform.choices import ChoiceSheet, has_columns, read_choices, with_other
from surveys.xlsform.formulas import Formulas
from surveys.xlsform.headings import languages_of, spellings, tidy
from surveys.xlsform.media import Fault, FileColumns, Media, read_list
from surveys.xlsform.parameters import file_columns, read_parameters
from surveys.xlsform.questions import Questions
from surveys.xlsform.rows import Line, Lines, is_yes, read_lines
from surveys.xlsform.settings import check_languages, default_language, read_settings, setting
from surveys.xlsform.sheets import Findings, Row, Sheet
from surveys.xlsform.texts import COLUMNS, check_texts

_PULLED = re.compile(r"pulldata\(\s*['\"]([^'\"]+)['\"]")
_FORMULAS = ("relevant", "constraint", "calculation", "choice_filter", "default", "required")


class FormReader:
    """Reads the sheets in the order in which they need one another."""

    def __init__(self, path: Path, printed: dict[str, Sheet], findings: Findings) -> None:
        self.stem = path.stem
        self.findings = findings
        self.media = Media(path)
        self.printed = printed
        self.sheets: dict[str, Sheet] = dict(printed)
        self.lists: dict[str, tuple[Choice, ...]] = {}
        self.columns: dict[str, frozenset[str]] = {}

    def read(self) -> Survey | None:
        """The survey; with errors among the findings it is not to be used."""
        settings_sheet = self.printed.get("settings")
        default = default_language(settings_sheet) or self.only_language() or "en"
        for kind in ("survey", "choices"):
            if kind in self.printed:
                self.sheets[kind] = tidy(self.printed[kind], kind, default, self.findings)
        settings = read_settings(settings_sheet, self.stem, default, self.findings)
        languages = self.languages(default)
        self.check_languages(settings, languages)
        if not has_columns(self.sheets["survey"], ("type", "name"), self.findings):
            return None
        lines = read_lines(self.sheets["survey"], self.findings)
        choices = self.read_lists(lines, default, languages)
        questions = self.questions(lines, choices, settings, languages)
        self.check_any(questions)
        return Survey(settings, questions, languages, self.lists, self.media.pictures)

    def only_language(self) -> str | None:
        """Without a default language it is the first label's, unless that has none."""
        named = languages_of(tidy(self.printed["survey"], "survey", "", Findings("")))
        return None if not named or "" in named else named[0]

    def languages(self, default: str) -> tuple[str, ...]:
        sheets = [self.sheets[kind] for kind in ("survey", "choices") if kind in self.sheets]
        return (default, *(code for code in languages_of(*sheets) if code != default))

    def check_languages(self, settings: Settings, languages: tuple[str, ...]) -> None:
        spelled = [
            spelling
            for kind in ("survey", "choices")
            if kind in self.printed
            for spelling in spellings(self.printed[kind], kind)
        ]
        labelled = languages_of(self.sheets["survey"])
        printed = self.printed.get("settings")
        check_languages(printed, settings, languages, labelled, spelled, self.findings)

    def read_lists(self, lines: Lines, default: str, languages: tuple[str, ...]) -> ChoiceSheet:
        """Every list of the sheet `choices`, and every CSV file that the form names."""
        asked = {line.list_name for line in lines.lines}
        allowed = setting(self.printed.get("settings"), "allow_choice_duplicates")
        choices = read_choices(
            self.sheets.get("choices"),
            asked,
            self.media,
            self.findings,
            may_repeat=bool(allowed) and is_yes(allowed) is True,
        )
        self.lists.update(choices.lists)
        self.columns.update(dict.fromkeys(choices.lists, choices.columns))
        for line in lines.lines:
            if line.or_other and line.list_name in self.lists:
                self.lists[line.list_name] = with_other(self.lists[line.list_name], languages)
        self.warn_of_shared_other(lines)
        self.read_files(lines, default)
        return choices

    def warn_of_shared_other(self, lines: Lines) -> None:
        """`or_other` adds to the list itself, so every question with that list offers it."""
        with_other_added = {line.list_name for line in lines.lines if line.or_other}
        for line in lines.lines:
            if line.list_name in with_other_added and not line.or_other:
                self.findings.advise(
                    line.row.at("type"),
                    "other-here-too",
                    f"Another question has '{line.list_name} or_other', so 'Other' is offered"
                    " here too, without a question what it is.",
                    "Give one of the two a list of its own.",
                )

    def read_files(self, lines: Lines, default: str) -> None:
        known: dict[str, FileColumns] = {}
        for line in lines.lines:
            if line.file:
                quiet = Findings("")
                columns = file_columns(line, read_parameters(line, quiet), self.findings)
                if known.setdefault(line.list_name, columns) != columns:
                    self.findings.add(
                        line.row.at("parameters"),
                        "file-used-twice",
                        f"'{line.file}' is used above with other columns.",
                        "Use the same value and label, or a copy of the file under another name.",
                    )
                self.read_file(line.row, "type", line.file, columns, default)
        for row, name in lines.files:
            self.read_file(row, "name", f"{name}.csv", None, default)
        for row, column, name in _pulled(self.sheets["survey"]):
            if self.media.find(f"{name}.csv"):
                self.read_file(row, column, f"{name}.csv", None, default)

    def read_file(
        self, row: Row, column: str, file: str, columns: FileColumns | None, default: str
    ) -> None:
        name = file.removesuffix(".csv")
        if name in self.lists:
            if self.sheets.get("choices") and any(
                other.get("list_name") == name for other in self.sheets["choices"].rows
            ):
                self.findings.add(
                    row.at(column),
                    "list-twice",
                    f"'{name}' is a list on the sheet 'choices' and a file too.",
                    "Rename one of the two.",
                )
            return
        found = read_list(self.media, file, columns, default)
        if isinstance(found, Fault):
            self.findings.add(row.at(column), found.code, found.problem, found.remedy)
            return
        self.lists[name] = found
        self.columns[name] = frozenset(key for choice in found for key in choice.columns)

    def questions(
        self,
        lines: Lines,
        choices: ChoiceSheet,
        settings: Settings,
        languages: tuple[str, ...],
    ) -> tuple[Question, ...]:
        by_name = {line.name: line for line in lines.lines}
        outline = Outline(tuple(lines.branches()), self.lists, settings.default_language)
        formulas = Formulas(outline, by_name, self.findings)
        reader = Questions(self.lists, self.columns, languages, formulas, self.media, self.findings)
        questions = tuple(reader.read(line) for line in lines.lines)
        formulas.check_cycles()
        is_youth = settings.is_youth
        private = formulas.words_of() if is_youth else frozenset()
        known = {**by_name, **_refused(lines)}
        rows = [line.row for line in lines.lines if not line.is_other]
        check_texts(rows, COLUMNS, known, private, self.findings)
        every = [row for found in choices.rows.values() for row in found]
        check_texts(every, ("label",), known, private, self.findings)
        self.check_matches(lines)
        return questions

    def check_matches(self, lines: Lines) -> None:
        seen: dict[str, str] = {}
        for line in lines.lines:
            key = line.get("loop_matches")
            if key and seen.setdefault(key, line.name) != line.name:
                self.findings.add(
                    line.row.at("loop_matches"),
                    "match-twice",
                    f"'{seen[key]}' has the key '{key}' already.",
                    "Give each pair of questions a key of its own.",
                )

    def check_any(self, questions: tuple[Question, ...]) -> None:
        sheet = self.sheets["survey"]
        if not any(question.kind.is_asked for question in questions) and not has_errors(
            self.findings.issues
        ):
            self.findings.add(
                (sheet.name, sheet.row, None), "no-question", "Nothing is asked.", "Add a question."
            )


def _refused(lines: Lines) -> dict[str, Line]:
    """Rows that were reported: a text that names one of them is not reported too."""
    any_row = lines.lines[0].row if lines.lines else None
    if any_row is None:
        return {}
    return {
        name: Line(any_row, name, Kind.HIDDEN)
        for name in lines.refused
        if name not in {line.name for line in lines.lines}
    }


def _pulled(sheet: Sheet) -> Iterator[tuple[Row, str, str]]:
    """The files that expressions look into with pulldata()."""
    for row in sheet.rows:
        for column in _FORMULAS:
            for name in _PULLED.findall(row.get(column)):
                yield row, column, name.removesuffix(".csv")
