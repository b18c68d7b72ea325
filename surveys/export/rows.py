"""What stands in an export: the columns and rows of protected tables, and of raw responses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.definition import Kind, Question, Survey, text_in
from surveys.export.files import Column, Value
from surveys.form import form_of
from surveys.results.view import Count, Line, SurveyResults

HIDDEN = "c"
TABLE_COLUMNS = (
    Column("survey", "Survey"),
    Column("round", "Round", "integer"),
    Column("question", "Question's name in the form"),
    Column("question_label", "Question as it was asked"),
    Column("by", "Broken down by this question, or by `group`: who invited"),
    Column("group", "Group's code"),
    Column("group_label", "Group"),
    Column("answer", "Answer's code"),
    Column("answer_label", "Answer"),
    Column("people", "How many people; c is hidden", "integer"),
    Column("per_cent", "Per cent of the base", "integer"),
    Column("base", "How many people the shares are of", "integer"),
    Column("base_is", "Whether the base is who answered, or everyone who took part"),
    Column("mean", "Mean, where the answers are a scale", "number"),
)
_LEFT_OUT = (Kind.NOTE, Kind.GROUP, Kind.TODAY)


def table_rows(results: SurveyResults) -> Iterator[tuple[Value, ...]]:
    """One row for each answer to each question, whole and by group; hidden counts are `c`."""
    language = results.written_in
    for question in results.questions:
        label = text_in(question.labels, language)
        whole = (results.slug, results.round, question.name, label, "", "", "")
        lines = [*question.lines, *([question.no_answer] if question.no_answer else [])]
        for line in lines:
            yield (
                *whole,
                *_counted(line, question.base, question.of_everyone, language),
                question.mean,
            )
    for found in results.breakdowns:
        names = {group.name: group.label(language, language) for group in found.groups}
        for table in found.tables:
            asked = results.question(table.question)
            lines = [] if asked is None else list(asked.lines)
            label = "" if asked is None else text_in(asked.labels, language)
            labels = {line.name: line for line in lines}
            for row in table.rows:
                head = (results.slug, results.round, table.question, label)
                group = (found.by, row.group, names.get(row.group, ""))
                for cell in row.cells:
                    named = Line(cell.name, labels[cell.name].labels, cell.count, cell.per_cent)
                    yield (*head, *group, *_counted(named, row.base, row.of_everyone, language), "")


def _counted(
    line: Line,
    base: Count,
    of_everyone: bool,
    language: str,
) -> tuple[Value, ...]:
    return (
        line.name,
        text_in(line.labels, language),
        HIDDEN if line.count is None else line.count,
        line.per_cent,
        base,
        "everyone" if of_everyone else "answered",
    )


# -- raw


@dataclass(frozen=True, slots=True)
class RawColumns:
    """How a response becomes a row: for each question its columns."""

    columns: tuple[Column, ...]
    questions: tuple[Question, ...]
    language: str

    def row(self, start: Sequence[Value], told: Mapping[str, str]) -> tuple[Value, ...]:
        """One response; what was not answered is blank."""
        values: list[Value] = list(start)
        for question in self.questions:
            values += self._cells(question, told.get(question.name, ""))
        return tuple(values)

    def _cells(self, question: Question, value: str) -> list[Value]:
        if not question.kind.is_select:
            return [value]
        names = value.split() if question.kind.takes_many else [value] if value else []
        labels = "; ".join(self._label(question, name) for name in names)
        cells: list[Value] = [value, labels]
        if question.kind is Kind.SELECT_MULTIPLE:
            cells += [int(c.name in names) if value else "" for c in question.choices]
        return cells

    def _label(self, question: Question, name: str) -> str:
        choice = question.choice(name)
        return (text_in(choice.labels, self.language) if choice else "") or name


def raw_columns(form: Survey, start: Sequence[Column]) -> RawColumns:
    """The columns of a raw export: code and label, and for several choices one each as well."""
    language = form.settings.default_language
    questions = tuple(
        row.question
        for row in form_of(form).rows
        if row.question.kind not in _LEFT_OUT and not row.tells_time
    )
    columns = list(start)
    for question in questions:
        columns += _columns(question, language)
    return RawColumns(tuple(columns), questions, language)


def _columns(question: Question, language: str) -> list[Column]:
    title = text_in(question.labels, language) or question.name
    if not question.kind.is_select:
        return [Column(question.name, title, _TYPES.get(question.kind, "string"))]
    choices = [(c.name, text_in(c.labels, language) or c.name) for c in question.choices]
    one = question.kind is Kind.SELECT_ONE
    found = [
        Column(question.name, f"{title} (code)", "string", tuple(choices) if one else ()),
        Column(f"{question.name}_label", f"{title} (label)"),
    ]
    if question.kind is Kind.SELECT_MULTIPLE:
        found += [
            Column(f"{question.name}/{name}", f"{title}: {label} (1 chosen, 0 not)", "integer")
            for name, label in choices
        ]
    return found


_TYPES = {
    Kind.INTEGER: "integer",
    Kind.DECIMAL: "number",
    Kind.RANGE: "number",
    Kind.DATE: "date",
}
