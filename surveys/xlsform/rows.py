"""The sheet `survey` from top to bottom: what each row is, its name, and the group it stands in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from surveys.definition import Kind
from surveys.outline import Branch
from surveys.xlsform.sheets import Findings, Row, Sheet
from surveys.xlsform.types import Mark, Refusal, RowType, read_type

MOST_NESTING = 12

_NAME = re.compile(r"[^\W\d][\w.-]*")
_YES = ("yes", "true", "true()")
_NO = ("", "no", "false", "false()")
_REPEAT = "A group that people fill in several times is not supported."
_REPEAT_INSTEAD = (
    "Write the group out as often as people are likely to need it, say three times (child_1,"
    " child_2, child_3), with a 'relevant' such as ${how_many} >= 2 on the second; or ask once"
    " about all of them with 'select_multiple'."
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row that becomes part of the survey; `is_other` is the text question of an `or_other`."""

    row: Row
    name: str
    kind: Kind
    group: str = ""
    list_name: str = ""
    file: str = ""
    or_other: bool = False
    is_other: bool = False

    def get(self, column: str) -> str:
        """The cell's text; the question that `or_other` adds has no cells of its own."""
        return "" if self.is_other else self.row.get(column)


@dataclass(slots=True)
class Lines:
    """All that the sheet says of its rows; `refused` are names of rows that were reported."""

    lines: list[Line] = field(default_factory=list)
    files: list[tuple[Row, str]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def branches(self) -> Iterable[Branch]:
        """The rows for an outline. A refused row stands in it, so that one fault is said once."""
        for line in self.lines:
            yield Branch(
                name=line.name,
                parent=line.group,
                is_group=line.kind is Kind.GROUP,
                has_answer=not line.kind.is_said,
                takes_many=line.kind.takes_many,
                list_name=line.list_name,
            )
        known = {line.name for line in self.lines}
        for name, group in self.refused.items():
            if name not in known:
                yield Branch(name=name, parent=group)


def read_lines(sheet: Sheet, findings: Findings) -> Lines:
    """What the rows are; each that is nothing we know is a finding at its cell."""
    walk = _Walk(findings)
    for row in sheet.rows:
        walk.read(row)
    return walk.finished()


def is_yes(text: str) -> bool | None:
    """Whether a cell says yes or no; None when it says neither."""
    word = text.lower()
    return True if word in _YES else False if word in _NO else None


class _Walk:
    """Goes down the sheet once; knows which groups and repeats are open."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.found = Lines()
        self.names: dict[str, int] = {}
        self.open: list[tuple[Row, Mark, str]] = []

    def bad(self, row: Row, column: str, code: str, problem: str, remedy: str) -> None:
        self.findings.add(row.at(column), code, problem, remedy)

    @property
    def group(self) -> str:
        return next((name for _, mark, name in self.open[::-1] if mark is Mark.BEGIN_GROUP), "")

    def finished(self) -> Lines:
        for row, mark, _ in self.open:
            what = "group" if mark is Mark.BEGIN_GROUP else "repeat"
            self.bad(
                row, "type", "group-open", f"The {what} is not closed.", f"Add an 'end_{what}'."
            )
        return self.found

    def read(self, row: Row) -> None:
        printed = row.get("type")
        if is_yes(row.get("disabled")):
            self.skipped(row, "disabled", "The row is switched off in the column 'disabled'.")
        elif not printed and not row.get("name") and not self.has_label(row):
            self.skipped(row, "type", "The row has no type, name or label, and is passed over.")
        elif not printed:
            self.bad(
                row, "type", "cell-blank", "The row has no type.", "Fill it in, or clear the row."
            )
        else:
            self.take(row, read_type(printed))

    def has_label(self, row: Row) -> bool:
        return any(heading.startswith("label::") for heading in row.cells)

    def skipped(self, row: Row, column: str, problem: str) -> None:
        self.findings.advise(row.at(column), "row-skipped", problem, "Remove it if it is not one.")

    def take(self, row: Row, found: RowType | Refusal) -> None:
        if isinstance(found, Refusal):
            self.bad(row, "type", found.code, found.problem, found.remedy)
            self.refuse(row)
        elif found.what in (Mark.END_GROUP, Mark.END_REPEAT):
            self.end(row, found.what)
        elif found.what is Mark.BEGIN_REPEAT:
            self.bad(row, "type", "repeat", _REPEAT, _REPEAT_INSTEAD)
            self.refuse(row)
            self.open.append((row, found.what, row.get("name")))
        elif not self.named(row, found):
            self.go_on(row, found)
        elif found.what is Mark.CSV_FILE:
            self.found.files.append((row, row.get("name")))
        else:
            self.add(row, found)

    def go_on(self, row: Row, found: RowType) -> None:
        """A row whose name was reported: what else is wrong in it is said as well."""
        if found.what is Mark.BEGIN_GROUP:
            self.open.append((row, found.what, self.group))
        elif isinstance(found.what, Kind):
            name = f"row {row.number}"
            line = Line(row, name, found.what, self.group, found.choices, found.file)
            self.found.lines.append(line)

    def refuse(self, row: Row) -> None:
        if name := row.get("name"):
            self.found.refused.setdefault(name, self.group)
            self.names.setdefault(name, row.number)

    def add(self, row: Row, found: RowType) -> None:
        name = row.get("name") or _note_name(row)
        if isinstance(found.what, Mark):
            self.begin(row, name)
            return
        self.found.lines.append(
            Line(
                row,
                name,
                found.what,
                self.group,
                found.choices,
                found.file,
                or_other=found.or_other,
            )
        )
        if found.or_other:
            self.add_other(row, f"{name}_other")

    def begin(self, row: Row, name: str) -> None:
        self.found.lines.append(Line(row, name, Kind.GROUP, self.group))
        self.open.append((row, Mark.BEGIN_GROUP, name))
        if len(self.open) == MOST_NESTING + 1:
            self.bad(
                row,
                "type",
                "nested-too-deep",
                f"This group stands in {MOST_NESTING} others.",
                "Use fewer groups; give the questions a 'relevant' of their own.",
            )

    def add_other(self, row: Row, name: str) -> None:
        if name in self.names:
            self.twice(row, "type", name)
            return
        self.names[name] = row.number
        self.found.lines.append(Line(row, name, Kind.TEXT, self.group, is_other=True))

    def end(self, row: Row, mark: Mark) -> None:
        begun = Mark.BEGIN_GROUP if mark is Mark.END_GROUP else Mark.BEGIN_REPEAT
        if self.open and self.open[-1][1] is begun:
            self.open.pop()
        elif mark is Mark.END_REPEAT and not self.open:
            self.bad(row, "type", "repeat", _REPEAT, "Remove the row.")
        else:
            what = "group" if mark is Mark.END_GROUP else "repeat"
            self.bad(row, "type", "no-group", f"No {what} is open here.", "Remove the row.")

    def named(self, row: Row, found: RowType) -> bool:
        name = row.get("name")
        if not name and found.what is Kind.NOTE:
            name = _note_name(row)
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
        elif name in self.names:
            self.twice(row, "name", name)
        else:
            self.names[name] = row.number
            return True
        return False

    def twice(self, row: Row, column: str, name: str) -> None:
        self.bad(
            row,
            column,
            "name-twice",
            f"The name '{name}' is there twice: in row {self.names[name]}, and here.",
            "Rename one of them; a name is used once in the whole form.",
        )


def _note_name(row: Row) -> str:
    """As the standard's own reader names a note without one."""
    return f"generated_note_name_{row.number}"
