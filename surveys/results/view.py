"""The results of a survey as they may be seen: frozen, and without a true count that is too small.

A count that is hidden is None wherever it stands, and carries nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from surveys.definition import Texts, text_in
from surveys.suppression import Audience, Shown, percentage, round_public

Count = int | None
"""A number that may be seen; None where it may not."""

NO_ANSWER = "_no_answer"
OTHER_GROUPS = "_other_groups"
BY_INVITATION = "group"
"""The breakdown by the group that invited, beside those by a question's name."""


class Shape(StrEnum):
    """How the answers to a question are counted."""

    ONE = "one"
    MANY = "many"
    RANKING = "ranking"
    BANDS = "bands"
    WORDS = "words"


class Withheld(StrEnum):
    """Why there are no figures at all."""

    TOO_FEW = "too_few"
    STILL_OPEN = "still_open"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that could be said, and how many said it."""

    name: str
    labels: Texts
    count: Count
    per_cent: Count = None
    mean_rank: str = ""

    def label(self, language: str, default: str) -> str:
        return text_in(self.labels, language, default) or self.name


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question. Shares are shares of `base`: of those who answered, else of all who took part.

    `mean` is one decimal as text, `mean_of` the rule that gave the numbers: the names of the
    choices, their labels, or their order; `scale` the lines that have one. `is_rounded` where
    counts are to the nearest five, because the question that decides who is asked has hidden ones.
    """

    name: str
    shape: Shape
    labels: Texts
    base: Count
    of_everyone: bool = False
    lines: tuple[Line, ...] = ()
    no_answer: Line | None = None
    mean: str = ""
    mean_of: str = ""
    scale: tuple[str, ...] = ()
    is_rounded: bool = False
    matches: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether every count of it is hidden."""
        return all(line.count is None for line in self.lines)

    def line(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a breakdown, and how many of it took part."""

    name: str
    labels: Texts
    people: Count

    def label(self, language: str, default: str) -> str:
        return text_in(self.labels, language, default) or self.name


@dataclass(frozen=True, slots=True)
class CrossRow:
    """What one group answered, in the order of the question's lines."""

    group: str
    base: Count
    of_everyone: bool
    cells: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CrossTable:
    """One question by group. Without rows where nothing could be shown safely."""

    question: str
    rows: tuple[CrossRow, ...]
    is_rounded: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """All questions by one grouping question, or by the group that invited."""

    by: str
    labels: Texts
    groups: tuple[Group, ...]
    tables: tuple[CrossTable, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Who was asked and who was heard. `invited` is None where nobody knows, as with a poster."""

    invited: Count = None
    asked: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """Everything that may be seen of one round of one survey."""

    slug: str
    titles: Texts
    written_in: str
    asked: str
    seen_by: Audience
    threshold: int
    round: int
    round_name: str
    is_running: bool
    as_of: date
    people: Count = None
    withheld: Withheld | None = None
    is_rounded: bool = False
    questions: tuple[QuestionResult, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    languages: tuple[Line, ...] = ()
    completion: tuple[Line, ...] = ()
    reach: Reach = field(default_factory=Reach)

    @property
    def title(self) -> str:
        return text_in(self.titles, self.written_in) or self.slug

    def question(self, name: str) -> QuestionResult | None:
        return next((question for question in self.questions if question.name == name), None)

    def by(self, name: str) -> Breakdown | None:
        return next((found for found in self.breakdowns if found.by == name), None)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Several results of which the same questions are compared: rounds, or two surveys.

    `matched` has for each compared question its name in each of the results, "" where it is not.
    """

    results: tuple[SurveyResults, ...]
    matched: tuple[tuple[str, ...], ...]


def rounded_to_five(results: SurveyResults) -> SurveyResults:
    """The same with every count to the nearest five, and the percentages of those counts."""
    return replace(
        results,
        is_rounded=True,
        people=_rounded(results.people),
        questions=tuple(rounded_question(question) for question in results.questions),
        breakdowns=tuple(_rounded_breakdown(one) for one in results.breakdowns),
        languages=_rounded_lines(results.languages, _rounded(results.people)),
        completion=_rounded_lines(results.completion, _rounded(results.people)),
        reach=replace(results.reach, invited=_rounded(results.reach.invited)),
    )


def rounded_question(question: QuestionResult) -> QuestionResult:
    """One question with its counts to the nearest five."""
    base = _rounded(question.base)
    none = question.no_answer
    return replace(
        question,
        base=base,
        lines=_rounded_lines(question.lines, base),
        no_answer=None if none is None else _rounded_lines((none,), None)[0],
        is_rounded=True,
    )


def rounded_table(table: CrossTable) -> CrossTable:
    """One question by group with its counts to the nearest five."""
    rows = tuple(
        replace(
            row,
            base=_rounded(row.base),
            cells=_rounded_lines(row.cells, _rounded(row.base)),
        )
        for row in table.rows
    )
    return replace(table, rows=rows, is_rounded=True)


def _rounded_breakdown(breakdown: Breakdown) -> Breakdown:
    return replace(
        breakdown,
        groups=tuple(replace(one, people=_rounded(one.people)) for one in breakdown.groups),
        tables=tuple(rounded_table(table) for table in breakdown.tables),
    )


def _rounded_lines(lines: tuple[Line, ...], base: Count) -> tuple[Line, ...]:
    return tuple(
        replace(line, count=(count := _rounded(line.count)), per_cent=share(count, base))
        for line in lines
    )


def _rounded(count: Count) -> Count:
    return None if count is None else round_public(count)


def share(count: Count, base: Count) -> Count:
    """Whole per cent of two counts as they are seen; None where either is hidden."""
    if count is None or base is None:
        return None
    return percentage(Shown(count), Shown(base))


def matched_questions(results: tuple[SurveyResults, ...]) -> tuple[tuple[str, ...], ...]:
    """Questions that two surveys share: the same key in their column `loop_matches`."""
    keys: dict[str, None] = {}
    for one in results:
        keys.update({question.matches: None for question in one.questions if question.matches})
    names = tuple(tuple(_by_key(one).get(key, "") for one in results) for key in keys)
    return tuple(row for row in names if sum(map(bool, row)) > 1)


def same_questions(results: tuple[SurveyResults, ...]) -> tuple[tuple[str, ...], ...]:
    """Questions of the rounds of one survey, by name, in the order of the newest round."""
    names: dict[str, None] = {}
    for one in reversed(results):
        names.update({question.name: None for question in one.questions})
    there: list[Mapping[str, object]] = [{q.name: q for q in one.questions} for one in results]
    return tuple(tuple(name if name in one else "" for one in there) for name in names)


def _by_key(results: SurveyResults) -> dict[str, str]:
    return {q.matches: q.name for q in results.questions if q.matches}
