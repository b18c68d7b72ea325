"""From true counts to what may be seen: every question, and every question by group. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.definition import Question, Survey, Texts
from surveys.results.cross import Row, cross_table, rows_of
from surveys.results.means import safe_mean
from surveys.results.safe import Base, base_of, partition, safe_mean_place
from surveys.results.scales import WROTE
from surveys.results.tally import Asked, ByGroup, Counts
from surveys.results.view import (
    NO_ANSWER,
    Breakdown,
    Count,
    Group,
    Line,
    QuestionResult,
    Shape,
    rounded_question,
    rounded_table,
    share,
)
from surveys.suppression import Shown, suppress_choices

_WORD = re.compile(r"[A-Za-z_][\w.-]*")


def question_result(one: Asked, threshold: int) -> QuestionResult:
    """One question as it may be seen."""
    cells = _seen(one, threshold)
    none_seen = NO_ANSWER not in cells or cells[NO_ANSWER] is not None
    base = base_of(one.counts.answered, one.people, threshold, rest_is_seen=none_seen)
    mean = _mean(one, cells, threshold)
    none = cells.pop(NO_ANSWER, None)
    has_none = one.plan.shape in (Shape.ONE, Shape.BANDS, Shape.RANKING)
    question = one.plan.question
    return QuestionResult(
        name=question.name,
        shape=one.plan.shape,
        labels=question.labels,
        base=base.count,
        of_everyone=base.of_everyone,
        lines=_lines(one, cells, base, threshold),
        no_answer=Line(NO_ANSWER, {}, none)
        if has_none and one.people > one.counts.answered
        else None,
        mean=mean,
        mean_of=one.plan.mean_of,
        scale=tuple(one.plan.points),
        matches=question.matches,
    )


def _seen(one: Asked, threshold: int) -> dict[str, Count]:
    if one.plan.shape is Shape.WORDS:
        wrote = {WROTE: one.counts.answered}
        return _chosen(wrote, one.people, threshold)
    if one.plan.shape is Shape.MANY:
        return _chosen(one.cells(one.counts, one.people), one.counts.answered, threshold)
    return partition(one.cells(one.counts, one.people), threshold)


def _chosen(counts: Mapping[str, int], of: int, threshold: int) -> dict[str, Count]:
    cells = suppress_choices(counts, respondents=of, threshold=threshold)
    return {name: cell.count if isinstance(cell, Shown) else None for name, cell in cells.items()}


def _lines(one: Asked, cells: Mapping[str, Count], base: Base, threshold: int) -> tuple[Line, ...]:
    labels: dict[str, Texts] = dict(one.plan.lines)
    places = one.counts.places
    ranked = len(one.plan.lines)
    return tuple(
        Line(
            name,
            labels.get(name, {}),
            count,
            share(count, base.count),
            safe_mean_place(places[name], one.counts.answered, ranked, threshold=threshold)
            if name in places
            else "",
        )
        for name, count in cells.items()
    )


def _mean(one: Asked, cells: Mapping[str, Count], threshold: int) -> str:
    true = one.cells(one.counts, one.people)
    return safe_mean(one.plan.points, true, cells, threshold) if one.plan.points else ""


# -- who decides who is asked


def deciders(form: Survey) -> dict[str, frozenset[str]]:
    """For every row, the questions that decide whether it is asked, near or far.

    Every name in an expression counts, however it is written: too many do no harm.
    """
    names = {question.name for question in form.questions}
    around = {question.name: question.group for question in form.questions}
    own = {q.name: _names(q, names) for q in form.questions}
    found: dict[str, frozenset[str]] = {}
    for question in form.questions:
        ready, wanted = set[str](), set(own[question.name])
        wanted |= {around[question.name]} - {""}
        while wanted:
            name = wanted.pop()
            if name not in ready:
                ready.add(name)
                wanted |= own.get(name, set()) | ({around.get(name, "")} - {""})
        found[question.name] = frozenset(ready - {question.name})
    return found


def _names(question: Question, names: set[str]) -> set[str]:
    sources = (question.relevant, question.choice_filter, question.calculation)
    return {word for source in sources if source for word in _WORD.findall(source)} & names


def soften(
    results: Iterable[QuestionResult], by: Mapping[str, frozenset[str]]
) -> tuple[QuestionResult, ...]:
    """Rounds the questions whose number of answers would tell a hidden count of another one."""
    results = tuple(results)
    hidden = {one.name for one in results if _hides(one)}
    return tuple(
        rounded_question(one) if by.get(one.name, frozenset()) & hidden else one for one in results
    )


def _hides(one: QuestionResult) -> bool:
    none = one.no_answer is not None and one.no_answer.count is None
    return none or any(line.count is None for line in one.lines)


# -- by group


@dataclass(frozen=True, slots=True)
class Grouping:
    """People by group, with each group's own counts of every question."""

    by: str
    labels: Texts
    people: Mapping[str, int]
    counts: ByGroup
    names: Mapping[str, Texts] = field(default_factory=dict)


def breakdown(
    grouping: Grouping,
    questions: Sequence[tuple[Asked, QuestionResult]],
    by: Mapping[str, frozenset[str]],
    threshold: int,
) -> Breakdown | None:
    """All questions by one grouping, None where no two groups can be told apart."""
    seen = partition(grouping.people, threshold)
    rows = rows_of(grouping.people, seen, threshold)
    if len(rows) < 2:
        return None
    tables = {
        one.plan.name: cross_table(one, result, _split(one, grouping, rows), rows, threshold)
        for one, result in questions
        if one.plan.name != grouping.by and one.plan.shape is not Shape.WORDS
    }
    closed = {
        name
        for name, table in tables.items()
        if not table.rows or any(cell.count is None for row in table.rows for cell in row.cells)
    }
    return Breakdown(
        grouping.by,
        grouping.labels,
        tuple(Group(name, grouping.names.get(name, {}), seen[name]) for name in grouping.people),
        tuple(
            rounded_table(table) if by.get(name, frozenset()) & closed or one_is_soft else table
            for name, table in tables.items()
            for one_is_soft in [_is_soft(questions, name)]
        ),
    )


def _is_soft(questions: Sequence[tuple[Asked, QuestionResult]], name: str) -> bool:
    return any(result.is_rounded for _, result in questions if result.name == name)


def _split(one: Asked, grouping: Grouping, rows: Sequence[Row]) -> list[Counts]:
    """The counts of each row; those who are in no group are what the groups leave over."""
    name = one.plan.name
    by_group = {group: found.get(name, Counts()) for group, found in grouping.counts.items()}
    left = Counts().join(one.counts)
    for counts in by_group.values():
        left.join(counts, -1)
    by_group[NO_ANSWER] = left
    return [_sum(by_group.get(group, Counts()) for group in row.groups) for row in rows]


def _sum(parts: Iterable[Counts]) -> Counts:
    whole = Counts()
    for part in parts:
        whole.join(part)
    return whole
