"""The rows of the sheet `survey` as questions; what a cell cannot mean is a finding there."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.definition import Choice, Kind, Question, Scale
from surveys.expressions import Gives
from surveys.xlsform.choices import SPECIFY_LABELS, known_texts
from surveys.xlsform.defaults import is_dynamic, static_default, warn_of_operators
from surveys.xlsform.formulas import Formulas
from surveys.xlsform.headings import first_column, texts
from surveys.xlsform.media import Media
from surveys.xlsform.parameters import is_shuffled, read_parameters, scale_of, seed_of
from surveys.xlsform.rows import Line, is_yes
from surveys.xlsform.sheets import Findings

_SILENT = (Kind.CALCULATE, Kind.HIDDEN, Kind.TODAY, Kind.GROUP)
_DATES = (Kind.DATE, Kind.DATE_TIME)
_SEARCH = "search("


@dataclass(slots=True)
class Questions:
    """Reads one row after another; knows the lists, the files and the expressions of the form."""

    lists: Mapping[str, tuple[Choice, ...]]
    columns: Mapping[str, frozenset[str]]
    languages: tuple[str, ...]
    formulas: Formulas
    media: Media
    findings: Findings

    def bad(self, line: Line, column: str, code: str, problem: str, remedy: str) -> None:
        self.findings.add(line.row.at(column), code, problem, remedy)

    def advise(self, line: Line, column: str, code: str, problem: str, remedy: str) -> None:
        self.findings.advise(line.row.at(column), code, problem, remedy)

    def read(self, line: Line) -> Question:
        """The row as a question."""
        if line.is_other:
            return self.other(line)
        self.refused(line)
        pairs = read_parameters(line, self.findings)
        choices = self.choices(line)
        scale = scale_of(line, pairs, self.findings) if line.kind is Kind.RANGE else None
        required, required_when = self.required(line)
        default, dynamic = self.default(line, choices, scale)
        kind = Kind.HIDDEN if self.is_once(line, dynamic) else line.kind
        return Question(
            name=line.name,
            kind=kind,
            labels=self.labels(line),
            hints=texts(line.row, "hint"),
            guidance=texts(line.row, "guidance_hint"),
            images=self.media.of(line.row, self.findings),
            group=line.group,
            list_name=line.list_name,
            choices=choices,
            choice_filter=self.choice_filter(line),
            is_shuffled=is_shuffled(line, pairs, self.findings),
            seed=self.seed(line, pairs),
            scale=scale,
            required=required,
            required_when=required_when,
            required_messages=texts(line.row, "required_message"),
            relevant=self.formulas.read(line, "relevant"),
            constraint=self.constraint(line),
            constraint_messages=texts(line.row, "constraint_message"),
            calculation=self.calculation(line, dynamic),
            default=default,
            dynamic_default=dynamic,
            appearance=self.appearance(line),
            sensitive=self.yes_no(line, "loop_sensitive"),
            is_grouping=self.is_grouping(line),
            matches=self.matches(line),
        )

    def other(self, line: Line) -> Question:
        """The text question that `or_other` adds, as the standard's own reader makes it."""
        asked = line.name.removesuffix("_other")
        source = f"selected(${{{asked}}}, 'other')"
        return Question(
            name=line.name,
            kind=Kind.TEXT,
            labels=known_texts(SPECIFY_LABELS, self.languages),
            group=line.group,
            relevant=self.formulas.read(line, "relevant", source),
            sensitive=line.row.get("loop_sensitive").lower() in ("yes", "true"),
        )

    def refused(self, line: Line) -> None:
        if line.get("trigger"):
            self.bad(
                line,
                "trigger",
                "column-not-supported",
                "Triggers are not supported: a calculation is worked out anew whenever something"
                " that it uses changes.",
                "Clear the cell; to keep the first value, write once(...) around the calculation.",
            )
        if line.get("count"):
            self.bad(
                line, "count", "column-not-supported", "Only repeats have a count.", "Clear it."
            )
        if line.get("readonly") and is_yes(line.get("readonly")) is not False:
            self.readonly(line)

    def readonly(self, line: Line) -> None:
        if line.kind is Kind.NOTE or not line.kind.is_asked:
            return
        self.bad(
            line,
            "readonly",
            "column-not-supported",
            "A question that nobody can answer is not asked.",
            "Put what is worked out into a row of the type 'calculate', and show it in a 'note'"
            " with ${name}.",
        )

    def labels(self, line: Line) -> Mapping[str, str]:
        labels = texts(line.row, "label")
        if not labels and line.kind not in _SILENT:
            column = first_column(line.row.sheet, "label")
            self.bad(line, column, "no-label", "The row has no label.", "Write what people read.")
        return labels

    def choices(self, line: Line) -> tuple[Choice, ...]:
        if not line.kind.is_select:
            return ()
        if line.list_name not in self.lists and not line.file:
            near = self.findings.nearest(line.list_name, self.lists)
            self.bad(
                line,
                "type",
                "unknown-list",
                f"The sheet 'choices' has no list '{line.list_name}'.",
                f"Did you mean '{near}'?" if near else "Add its rows there.",
            )
        return self.lists.get(line.list_name, ())

    def choice_filter(self, line: Line) -> str | None:
        if not line.get("choice_filter"):
            return None
        if not line.kind.is_select or line.or_other:
            problem = "Only a question with a list, and without 'or_other', has a choice_filter."
            self.bad(line, "choice_filter", "no-filter", problem, "Clear the cell.")
            return None
        columns = self.columns.get(line.list_name, frozenset()) | {"name", "label"}
        return self.formulas.read(line, "choice_filter", columns=columns)

    def seed(self, line: Line, pairs: Mapping[str, str]) -> str | None:
        seed = seed_of(line, pairs, self.findings)
        return None if seed is None else self.formulas.read(line, "parameters", seed)

    def required(self, line: Line) -> tuple[bool, str | None]:
        printed = line.get("required")
        said = is_yes(printed)
        if said is not None:
            return said, None
        if not line.kind.is_asked:
            self.advise(
                line,
                "required",
                "required-not-read",
                "Nothing is answered here.",
                "Clear the cell.",
            )
            return False, None
        if printed.isalpha():
            self.bad(
                line,
                "required",
                "not-yes-or-no",
                f"'{printed}' is neither yes nor no, nor an expression.",
                "Use yes, no, or an expression such as ${age} > 15.",
            )
            return False, None
        return False, self.formulas.read(line, "required")

    def default(
        self, line: Line, choices: tuple[Choice, ...], scale: Scale | None
    ) -> tuple[str, str | None]:
        if not is_dynamic(line):
            return static_default(line, choices, scale, self.findings), None
        if line.kind.is_said or line.kind is Kind.TODAY:
            self.advise(
                line, "default", "default-not-read", "A default has no effect here.", "Clear it."
            )
            return "", None
        warn_of_operators(line, self.findings)
        source = self.formulas.read(line, "default")
        self.check_date(line, "default")
        return "", source

    def check_date(self, line: Line, column: str) -> None:
        """A date plus days is a number, and a number in a field of dates is blank."""
        compiled = self.formulas.found.get(line.name, {}).get(column)
        if compiled and compiled.gives == Gives.NUMBER and line.kind in _DATES:
            self.advise(
                line,
                column,
                "number-in-date",
                "This gives a number, which a date cannot hold.",
                "Write date(...) around it, as in date(today() + 7).",
            )

    def is_once(self, line: Line, dynamic: str | None) -> bool:
        """A `calculate` with only a default is worked out once: it is a hidden value."""
        return line.kind is Kind.CALCULATE and dynamic is not None and not line.get("calculation")

    def constraint(self, line: Line) -> str | None:
        if line.get("constraint") and not line.kind.is_asked:
            self.advise(
                line,
                "constraint",
                "constraint-not-read",
                "Nobody answers here, so there is nothing to check.",
                "Move the constraint to the question that is answered.",
            )
            return None
        return self.formulas.read(line, "constraint", may_use_own=True)

    def calculation(self, line: Line, dynamic: str | None) -> str | None:
        if line.kind is Kind.CALCULATE and not line.get("calculation") and dynamic is None:
            self.bad(line, "calculation", "cell-blank", "Nothing is calculated.", "Fill it in.")
        if line.get("calculation") and (line.kind.is_said or line.kind is Kind.TODAY):
            self.bad(
                line,
                "calculation",
                "no-value-here",
                "A note, a group and the type 'today' have no value to calculate.",
                "Calculate in a row of its own of the type 'calculate'; a note can show it with"
                " ${name}.",
            )
            return None
        source = self.formulas.read(line, "calculation")
        self.check_date(line, "calculation")
        return source

    def appearance(self, line: Line) -> str:
        found = line.get("appearance")
        if _SEARCH in found.replace(" ", ""):
            self.bad(
                line,
                "appearance",
                "search-not-supported",
                "Lists that search() brings in are not supported.",
                "Use 'select_one_from_file FILE.csv', with a 'choice_filter'.",
            )
        return found

    def yes_no(self, line: Line, column: str) -> bool:
        printed = line.get(column)
        said = is_yes(printed)
        if said is None:
            self.bad(
                line, column, "not-yes-or-no", f"'{printed}' is not yes or no.", "Use yes or no."
            )
        return bool(said)

    def is_grouping(self, line: Line) -> bool:
        if not self.yes_no(line, "loop_grouping"):
            return False
        if line.kind is Kind.SELECT_ONE:
            return True
        self.bad(
            line,
            "loop_grouping",
            "not-a-grouping",
            "Results are set out by questions with one answer from a list only.",
            "Use 'select_one', or clear the cell.",
        )
        return False

    def matches(self, line: Line) -> str:
        key = line.get("loop_matches")
        if key and not line.kind.is_asked:
            self.bad(
                line,
                "loop_matches",
                "not-a-match",
                "Only a question that is answered can be set beside one of another survey.",
                "Clear the cell.",
            )
        return key
