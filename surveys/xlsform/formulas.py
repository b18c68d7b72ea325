"""The expressions of a form: compiled at their cells, with what they need of other rows."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from surveys.definition import Kind
from surveys.dependencies import Cycle, order
from surveys.expressions import Expression, ExpressionError, compile_expression
from surveys.form import CLOCK
from surveys.outline import Outline
from surveys.xlsform.rows import Line
from surveys.xlsform.sheets import Findings, Where

REFERENCE = re.compile(r"\$\{\s*([^}\s]*)\s*\}")
MOST_CYCLES = 20
MOST_STEPS_SAID = 8

_FEEDS = ("relevant", "calculation", "choice_filter", "default")
"""The columns whose expressions decide what value a row has for others."""

_FORWARD = ("relevant", "choice_filter")


@dataclass(slots=True)
class Formulas:
    """All expressions that were read so far, by row and column."""

    outline: Outline
    lines: Mapping[str, Line]
    findings: Findings
    found: dict[str, dict[str, Expression]] = field(default_factory=dict)

    def read(
        self,
        line: Line,
        column: str,
        source: str | None = None,
        *,
        columns: Collection[str] | None = None,
        may_use_own: bool = False,
    ) -> str | None:
        """The cell's expression as it is written, or None where it is blank or was reported."""
        written = line.get(column) if source is None else source
        if not written:
            return None
        where = line.row.at(column)
        if self._unknown(where, written):
            return None
        try:
            compiled = compile_expression(written, self.outline, at=line.name, columns=columns)
        except ExpressionError as error:
            self._bad(where, written, error)
            return None
        self._advise(where, column, compiled)
        if not may_use_own and compiled.uses_dot:
            self.findings.add(
                where,
                "self-reference",
                f"'{column}' cannot depend on the question's own answer.",
                "Refer to other questions, or use 'constraint'.",
            )
            return None
        self.found.setdefault(line.name, {})[column] = compiled
        self._compared(where, compiled)
        self._forward(line, column, compiled)
        return written

    def _unknown(self, where: Where, written: str) -> bool:
        """Whether it names a question that is not there: the most common slip, said in full."""
        for match in REFERENCE.finditer(written):
            name = match[1]
            if name and "#" not in name and self.outline.find(name) is None:
                near = self.findings.nearest(name, self.lines)
                self.findings.add(
                    where,
                    "unknown-question",
                    f"At letter {match.start() + 1}: There is no question '{name}'.",
                    f"Did you mean ${{{near}}}?" if near else "Check the name.",
                )
                return True
        return False

    def _advise(self, where: Where, column: str, compiled: Expression) -> None:
        for warning in compiled.warnings:
            self.findings.advise(
                where, "expression-advice", warning, "Check that it says what you mean."
            )
        if column in ("calculation", "default") and CLOCK.search(compiled.source):
            self.findings.advise(
                where,
                "fine-time",
                "now() gives the exact time, which could find the person: it is worked out, but "
                "never stored.",
                "Use today(), or ask for the time of day.",
            )

    def _bad(self, where: Where, written: str, error: ExpressionError) -> None:
        problem = f"At letter {error.position + 1}: {error.problem}"
        self.findings.add(where, self._code(written, error.position), problem, error.remedy)

    def _code(self, written: str, position: int) -> str:
        reference = REFERENCE.match(written, position)
        branch = self.outline.find(reference[1]) if reference else None
        if branch is None or branch.has_answer:
            return "bad-expression"
        return "note-has-no-answer"

    def _compared(self, where: Where, compiled: Expression) -> None:
        """A literal that is on no list is most often a slip of the pen."""
        for name, literal in sorted(compiled.compared):
            line = self.lines.get(name)
            if line is None or not line.kind.is_select:
                continue
            known = [choice.name for choice in self.outline.lists.get(line.list_name, ())]
            parts = literal.split() if line.kind.takes_many else [literal]
            for part in parts:
                if part and known and part not in known:
                    near = self.findings.nearest(part, known)
                    self.findings.advise(
                        where,
                        "unknown-choice",
                        f"'{part}' is not on the list of '{name}', so it is never the answer.",
                        f"Did you mean '{near}'?" if near else f"Known are: {_some(known)}.",
                    )

    def _forward(self, line: Line, column: str, compiled: Expression) -> None:
        if column not in _FORWARD:
            return
        for name in sorted(compiled.names):
            later = self.lines.get(name)
            if later is not None and later.kind.is_asked and _is_after(later, line):
                self.findings.advise(
                    line.row.at(column),
                    "refers-to-later",
                    f"'{name}' comes later in the form, so it is still blank here.",
                    f"Move this row below '{name}', if that is what decides.",
                )

    def needs(self) -> dict[str, dict[str, str]]:
        """What the value of each row hangs on, and the column that says so."""
        return {
            name: {
                needed: column
                for column in reversed(_FEEDS)
                if column in by_column
                for needed in by_column[column].names - {name}
            }
            for name, by_column in self.found.items()
        }

    def check_cycles(self) -> None:
        """Reports each circle of rows that need one another, at the first cell of it."""
        needs = self.needs()
        for _ in range(MOST_CYCLES):
            try:
                order(self.outline, needs)
                return
            except Cycle as cycle:
                self._report(cycle.chain, needs)

    def _report(self, chain: tuple[str, ...], needs: dict[str, dict[str, str]]) -> None:
        links = [
            (name, needed) for name, needed in pairwise(chain) if needed in needs.get(name, {})
        ]
        name, needed = min(links, key=lambda link: self.lines[link[0]].row.number)
        column = needs[name].pop(needed)
        steps = [f"{a} needs {b}" for a, b in pairwise(chain)]
        if len(steps) > MOST_STEPS_SAID:
            steps[MOST_STEPS_SAID - 1 : -1] = ["and so on"]
        said = ", ".join(steps)
        self.findings.add(
            self.lines[name].row.at(column),
            "circle",
            f"These rows wait for one another: {said}.",
            "Take one of these references out.",
        )

    def words_of(self) -> frozenset[str]:
        """The rows that hold a person's own words, or something made of them."""
        told = {name for name, line in self.lines.items() if line.kind is Kind.TEXT}
        while more := set(self._made_of(told)) - told:
            told |= more
        return frozenset(told)

    def _made_of(self, told: Collection[str]) -> Iterator[str]:
        for name, by_column in self.found.items():
            for column in ("calculation", "default"):
                if column in by_column and not by_column[column].names.isdisjoint(told):
                    yield name


def _is_after(later: Line, line: Line) -> bool:
    return later.row.number > line.row.number


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (" ..." if len(names) > 8 else "")
