"""The sheets `survey` and `choices`, row by row: questions, or findings at their cells."""

import difflib
import re
from collections.abc import Mapping

from storage.issues import Severity
from surveys.definition import Choice, Kind, Question
from surveys.expressions import Expression, ExpressionError, compile_expression
from surveys.xlsform_headings import texts
from surveys.xlsform_sheets import Findings, Row, Sheet
from surveys.xlsform_types import Mark, Refusal, RowType, read_type

Lists = Mapping[str, tuple[Choice, ...]]

_NAME = re.compile(r"[^\W\d][\w.-]*")
_YES = ("yes", "true", "true()")
_NO = ("", "no", "false", "false()")


def read_choices(sheet: Sheet | None, findings: Findings) -> Lists:
    """The lists of choices by name, in the order of the sheet."""
    lists: dict[str, list[Choice]] = {}
    if sheet is None or not _has_columns(sheet, ("list_name", "name"), findings):
        return {}
    for row in sheet.rows:
        choice = _choice(row, lists.get(row.get("list_name"), []), findings)
        if choice is not None:
            lists.setdefault(row.get("list_name"), []).append(choice)
    return {name: tuple(choices) for name, choices in lists.items()}


def _has_columns(sheet: Sheet, wanted: tuple[str, ...], findings: Findings) -> bool:
    missing = [name for name in wanted if name not in sheet.columns]
    for name in missing:
        findings.add(
            (sheet.name, sheet.row, None),
            "column-missing",
            f"There is no column '{name}'.",
            f"Write '{name}' over the column that holds it.",
        )
    return not missing


def _choice(row: Row, others: list[Choice], findings: Findings) -> Choice | None:
    name = row.get("name")
    for column in ("list_name", "name"):
        if not row.get(column):
            findings.add(row.at(column), "cell-blank", f"The {column} is missing.", "Fill it in.")
            return None
    if " " in name:
        findings.add(
            row.at("name"),
            "name-with-space",
            f"The name '{name}' of a choice has a space.",
            f"Write '{name.replace(' ', '_')}'; what people read goes into the label.",
        )
    if any(other.name == name for other in others):
        findings.add(
            row.at("name"),
            "name-twice",
            f"The choice '{name}' is in its list twice.",
            "Rename or remove one of them.",
        )
        return None
    labels = texts(row, "label")
    if not labels:
        findings.add(
            row.at(_first_label(row)),
            "no-label",
            "The choice has no label.",
            "Write what people read.",
        )
    return Choice(name, labels)


def _first_label(row: Row) -> str:
    headings = row.sheet.columns
    return next((heading for heading in headings if heading.startswith("label::")), "label")


def read_questions(sheet: Sheet, lists: Lists, findings: Findings) -> tuple[Question, ...]:
    """The questions in order, groups flattened into their questions' relevance."""
    if not _has_columns(sheet, ("type", "name"), findings):
        return ()
    reader = _Reader(sheet, lists, findings)
    for row in sheet.rows:
        reader.read(row)
    return reader.finished()


class _Reader:
    """Goes down the survey sheet once; knows what stands above."""

    def __init__(self, sheet: Sheet, lists: Lists, findings: Findings) -> None:
        self.sheet = sheet
        self.lists = lists
        self.findings = findings
        self.questions: list[Question] = []
        self.above: dict[str, Kind | None] = {}
        self.groups: list[tuple[Row, str | None]] = []
        self.all_names = {row.get("name") for row in sheet.rows}

    def bad(self, row: Row, column: str, code: str, problem: str, remedy: str) -> None:
        self.findings.add(row.at(column), code, problem, remedy)

    def finished(self) -> tuple[Question, ...]:
        for row, _ in self.groups:
            self.bad(row, "type", "group-open", "The group is not closed.", "Add an 'end_group'.")
        return tuple(self.questions)

    def read(self, row: Row) -> None:
        printed = row.get("type")
        if not printed:
            self.bad(
                row, "type", "cell-blank", "The row has no type.", "Fill it in, or clear the row."
            )
            return
        found = read_type(printed)
        if isinstance(found, Refusal):
            self.bad(row, "type", found.code, found.problem, found.remedy)
            self.above[row.get("name")] = None
        elif found.what is Mark.END_GROUP:
            self.end_group(row)
        elif self.named(row):
            if found.what is Mark.BEGIN_GROUP:
                self.begin_group(row)
            else:
                self.question(row, found, found.what)

    def named(self, row: Row) -> bool:
        name = row.get("name")
        if not name:
            self.bad(row, "name", "cell-blank", "The row has no name.", "Give it a short name.")
        elif not _NAME.fullmatch(name):
            self.bad(
                row,
                "name",
                "bad-name",
                f"'{name}' cannot be a name.",
                "Use letters, digits, _ and -, starting with a letter.",
            )
        elif name in self.above:
            self.bad(
                row,
                "name",
                "name-twice",
                f"The name '{name}' is there twice.",
                "Rename one of them.",
            )
        else:
            return True
        return False

    def begin_group(self, row: Row) -> None:
        name, relevant = row.get("name"), self.relevance(row)
        self.groups.append((row, relevant))
        self.above[name] = Kind.NOTE
        if labels := texts(row, "label"):
            self.questions.append(Question(name, Kind.NOTE, labels, relevant=self.inherited(None)))

    def end_group(self, row: Row) -> None:
        if self.groups:
            self.groups.pop()
        else:
            self.bad(row, "type", "no-group", "No group is open here.", "Remove the row.")

    def inherited(self, own: str | None) -> str | None:
        every = (*(relevant for _, relevant in self.groups), own)
        parts = [part for part in every if part]
        if len(parts) > 1:
            return " and ".join(f"({part})" for part in parts)
        return parts[0] if parts else None

    def question(self, row: Row, found: RowType, kind: Kind) -> None:
        name = row.get("name")
        own = self.relevance(row)
        calculation = self.calculation(row, kind)
        self.above[name] = kind
        question = Question(
            name=name,
            kind=kind,
            labels=self.labels(row, kind),
            hints=self.texts(row, "hint"),
            choices=self.choices(row, found.choices) if kind.is_select else (),
            required=self.yes_no(row, "required"),
            required_messages=self.texts(row, "required_message"),
            relevant=self.inherited(own),
            constraint=self.constraint(row),
            constraint_messages=self.texts(row, "constraint_message"),
            calculation=calculation,
            appearance=row.get("appearance"),
            sensitive=self.yes_no(row, "loop_sensitive"),
        )
        self.questions.append(question)

    def labels(self, row: Row, kind: Kind) -> Mapping[str, str]:
        labels = self.texts(row, "label")
        if not labels and kind is not Kind.CALCULATE:
            column = _first_label(row)
            self.bad(row, column, "no-label", "The row has no label.", "Write what people read.")
        return labels

    def texts(self, row: Row, column: str) -> Mapping[str, str]:
        found = texts(row, column)
        for language, text in found.items():
            if "${" in text:
                self.bad(
                    row,
                    f"{column}::{language}",
                    "answer-in-text",
                    "An answer cannot be repeated in a text.",
                    "Say it without ${...}; answers are not shown again on a screen.",
                )
        return found

    def choices(self, row: Row, name: str) -> tuple[Choice, ...]:
        if name not in self.lists:
            near = difflib.get_close_matches(name, self.lists, n=1)
            self.bad(
                row,
                "type",
                "unknown-list",
                f"The sheet 'choices' has no list '{name}'.",
                f"Did you mean '{near[0]}'?" if near else "Add its rows there.",
            )
        return self.lists.get(name, ())

    def yes_no(self, row: Row, column: str) -> bool:
        printed = row.get(column).lower()
        if printed not in _YES + _NO:
            self.bad(
                row, column, "not-yes-or-no", f"'{printed}' is not yes or no.", "Use yes or no."
            )
        return printed in _YES

    def relevance(self, row: Row) -> str | None:
        return self.expression(row, "relevant", None)

    def constraint(self, row: Row) -> str | None:
        return self.expression(row, "constraint", row.get("name"))

    def calculation(self, row: Row, kind: Kind) -> str | None:
        source = self.expression(row, "calculation", None)
        if kind is Kind.CALCULATE and not row.get("calculation"):
            self.bad(row, "calculation", "cell-blank", "Nothing is calculated.", "Fill it in.")
        if kind is not Kind.CALCULATE and source:
            self.bad(
                row,
                "calculation",
                "calculated-question",
                "What is asked cannot be calculated too.",
                "Calculate in a row of its own of the type 'calculate'.",
            )
        return source

    def expression(self, row: Row, column: str, itself: str | None) -> str | None:
        source = row.get(column)
        if not source:
            return None
        try:
            compiled = compile_expression(source)
        except ExpressionError as error:
            place = f"At letter {error.position + 1}: {error.problem}"
            self.bad(row, column, "bad-expression", place, error.remedy)
            return None
        for warning in compiled.warnings:
            self.findings.add(
                row.at(column), "expression-advice", warning, "Check it.", Severity.ADVICE
            )
        self.references(row, column, compiled, itself)
        return source

    def references(self, row: Row, column: str, compiled: Expression, itself: str | None) -> None:
        own = row.get("name")
        if itself is None and (compiled.uses_dot or own in compiled.names):
            self.bad(
                row,
                column,
                "self-reference",
                f"'{column}' cannot depend on the question's own answer.",
                "Refer to a question above, or use 'constraint'.",
            )
        for name in sorted(compiled.names - {own}):
            self.reference(row, column, name)

    def reference(self, row: Row, column: str, name: str) -> None:
        if name in self.above:
            if self.above[name] is Kind.NOTE:
                self.bad(
                    row,
                    column,
                    "note-has-no-answer",
                    f"'{name}' has no answer.",
                    "Refer to a question.",
                )
        elif name in self.all_names:
            self.bad(
                row,
                column,
                "refers-to-later",
                f"'{name}' comes later in the form.",
                f"Move this row below '{name}'.",
            )
        else:
            near = difflib.get_close_matches(name, self.all_names, n=1)
            remedy = f"Did you mean ${{{near[0]}}}?" if near and near[0] else "Check the name."
            self.bad(row, column, "unknown-question", f"There is no question '{name}'.", remedy)
