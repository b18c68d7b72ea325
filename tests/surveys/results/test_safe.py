"""Several tables of the same people, attacked by somebody who adds up and subtracts all of them."""

from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.results.safe import (
    base_of,
    cross,
    safe_mean_place,
    table_moved_safely,
)
from surveys.results.scales import plan_of
from surveys.results.tables import Grouping, breakdown, deciders, question_result, soften
from surveys.results.tally import Counts, asked
from surveys.results.view import NO_ANSWER, OTHER_GROUPS, Breakdown, QuestionResult
from tests.surveys.results.answered import QUESTIONS, form, select

GROUPS = ("g", "h")
CHOICES = ("a", "b")
ROWS, COLUMNS = (*GROUPS, NO_ANSWER), (*CHOICES, NO_ANSWER)
Table = tuple[int, ...]
Shown = dict[tuple[str, ...], int]


def compositions(total: int, parts: int) -> Iterator[Table]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


@cache
def every_table(people: int) -> tuple[Table, ...]:
    return tuple(compositions(people, len(ROWS) * len(COLUMNS)))


def sums(table: Table) -> dict[tuple[str, ...], int]:
    """Every count there is in a table: cells, and the sums of rows and of columns."""
    cells = dict(zip(product(ROWS, COLUMNS), table, strict=True))
    found: dict[tuple[str, ...], int] = {("cell", *key): count for key, count in cells.items()}
    found |= {("row", r): sum(cells[r, c] for c in COLUMNS) for r in ROWS}
    return found | {("column", c): sum(cells[r, c] for r in ROWS) for c in COLUMNS}


def results(
    table: Table, threshold: int
) -> tuple[QuestionResult, QuestionResult, Breakdown | None]:
    """What is printed of a table: both questions, and the one by the other."""
    true, people = sums(table), sum(table)
    grouping, question = (
        plan_of(select("agency", dict.fromkeys(GROUPS, ""))),
        plan_of(select("said", dict.fromkeys(CHOICES, ""))),
    )
    assert grouping is not None
    assert question is not None
    by = {g: Counts(*_cells(true, g)) for g in GROUPS}
    told = Counts()
    for counts in (*by.values(), Counts(*_cells(true, NO_ANSWER))):
        told.join(counts)
    sizes = {g: true["row", g] for g in GROUPS}
    asked_group = asked(grouping, Counts(sum(sizes.values()), sizes), people, threshold)
    one = asked(question, told, people, threshold)
    result = question_result(one, threshold)
    found = breakdown(
        Grouping(
            "agency",
            {},
            asked_group.cells(asked_group.counts, people),
            {g: {"said": counts} for g, counts in by.items()},
        ),
        [(one, result)],
        {},
        threshold,
    )
    return question_result(asked_group, threshold), result, found


def _cells(true: dict[tuple[str, ...], int], group: str) -> tuple[int, dict[str, int]]:
    cells = {c: true["cell", group, c] for c in CHOICES}
    return sum(cells.values()), cells


def printed(table: Table, threshold: int) -> Shown:
    """Every number of the printed pages, percentages turned back into the counts they are of."""
    groups, said, found = results(table, threshold)
    shown: Shown = {}
    for kind, result in (("row", groups), ("column", said)):
        for line in (*result.lines, *([result.no_answer] if result.no_answer else [])):
            if line.count is not None:
                shown[kind, line.name] = line.count
        if not result.of_everyone and result.base is not None:
            shown[kind, NO_ANSWER] = sum(table) - result.base
    small = tuple(g.name for g in found.groups if g.people is None) if found else ()
    for row in found.tables[0].rows if found else ():
        members = small if row.group == OTHER_GROUPS else (row.group,)
        assert row.base is not None
        shown[("rows" if row.of_everyone else "answered", *members)] = row.base
        for cell in row.cells:
            if cell.count is not None:
                shown[("cells", cell.name, *members)] = cell.count
    return shown


def holds(shown: Shown, true: dict[tuple[str, ...], int]) -> bool:
    """Whether a table could be the one behind the pages."""
    for key, count in shown.items():
        if key[0] in ("row", "column"):
            found = true[key]
        elif key[0] == "cells":
            found = sum(true["cell", r, key[1]] for r in key[2:])
        elif key[0] == "rows":
            found = sum(true["row", r] for r in key[1:])
        else:
            found = sum(true["row", r] - true["cell", r, NO_ANSWER] for r in key[1:])
        if found != count:
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([(7, 2), (7, 3), (8, 3)]))
def test_all_pages_together_leave_every_small_count_open(
    data: st.DataObject, sizes: tuple[int, int]
) -> None:
    people, threshold = sizes
    table = data.draw(st.sampled_from(every_table(people)))
    true, shown = sums(table), printed(table, threshold)
    possible: dict[tuple[str, ...], set[int]] = {key: set() for key in true}
    for other in every_table(people):
        guess = sums(other)
        if holds(shown, guess):
            for key, count in guess.items():
                possible[key].add(count)
    for key, count in true.items():
        if 0 < count < threshold:
            assert len(possible[key]) > 1, (key, count, shown)


def test_a_group_that_is_too_small_is_gathered_with_another_into_one() -> None:
    people = {"health": 20, "police": 3, "school": 9}
    answers = {"health": (12, 8), "police": (1, 2), "school": (6, 3)}
    plan = plan_of(select("said", {"a": "A", "b": "B"}))
    assert plan is not None
    counts = {g: {"said": Counts(a + b, {"a": a, "b": b})} for g, (a, b) in answers.items()}
    one = asked(plan, Counts(32, {"a": 19, "b": 13}), 32, 5)
    found = breakdown(
        Grouping("agency", {}, people, counts), [(one, question_result(one, 5))], {}, 5
    )
    assert found is not None
    assert [(g.name, g.people) for g in found.groups] == [
        ("health", 20),
        ("police", None),
        ("school", None),
    ]
    assert [(row.group, row.base) for row in found.tables[0].rows] == [
        ("health", 20),
        (OTHER_GROUPS, 12),
    ]
    assert [[c.count for c in row.cells] for row in found.tables[0].rows] == [[12, 8], [7, 5]]


def test_two_groups_that_cannot_be_told_apart_make_no_breakdown() -> None:
    plan = plan_of(select("said", {"a": "A", "b": "B"}))
    assert plan is not None
    one = asked(plan, Counts(20, {"a": 10, "b": 10}), 20, 5)
    grouping = Grouping("agency", {}, {"health": 18, "police": 2}, {})
    assert breakdown(grouping, [(one, question_result(one, 5))], {}, 5) is None


grids = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=3)


@settings(max_examples=150, deadline=None)
@given(grids, st.integers(2, 4))
def test_inside_a_table_every_hidden_count_keeps_a_range_as_wide_as_the_threshold(
    grid: list[list[int]], threshold: int
) -> None:
    hidden = cross(grid, threshold)
    assert all(
        (i, j) in hidden or n >= threshold for i, row in enumerate(grid) for j, n in enumerate(row)
    )
    if len(hidden) == len(grid) * 3:
        return
    for i, j in hidden:
        room = max(
            min(grid[i][j], grid[k][m]) + min(grid[i][m], grid[k][j])
            for k in range(len(grid))
            for m in range(3)
            if k != i and m != j and {(k, m), (i, m), (k, j)} <= hidden
        )
        assert room >= threshold


@pytest.mark.parametrize(
    ("answered", "people", "seen", "base", "of_everyone"),
    [
        (40, 40, True, 40, False),
        (35, 40, True, 35, False),
        (38, 40, True, 40, True),
        (35, 40, False, 40, True),
        (3, 40, True, 40, True),
        (3, 4, True, None, False),
    ],
)
def test_shares_are_of_everyone_where_the_number_who_answered_would_tell(
    answered: int, people: int, seen: bool, base: int | None, of_everyone: bool
) -> None:
    found = base_of(answered, people, 5, rest_is_seen=seen)
    assert (found.count, found.of_everyone) == (base, of_everyone)


@pytest.mark.parametrize(
    ("total", "people", "shown"), [(20, 10, "2.0"), (10, 10, ""), (18, 9, ""), (23, 10, "2.5")]
)
def test_a_mean_place_is_to_the_nearest_half_and_never_at_the_end(
    total: int, people: int, shown: str
) -> None:
    assert safe_mean_place(total, people, 3, threshold=5) == shown


def test_what_is_asked_of_some_only_is_rounded_when_the_number_of_the_others_is_hidden() -> None:
    by = deciders(form())
    assert by["times"] == {"used"}
    used, times = (plan_of(question) for question in (QUESTIONS[1], QUESTIONS[5]))
    assert used is not None
    assert times is not None
    few = question_result(asked(used, Counts(50, {"yes": 47, "no": 3}), 50, 5), 5)
    asked_few = question_result(asked(times, Counts(43, {"2": 23, "5": 20}), 50, 5), 5)
    softened = soften([few, asked_few], by)[1]
    assert softened.is_rounded
    assert [line.count for line in softened.lines] == [25, 20]
    many = question_result(asked(used, Counts(50, {"yes": 43, "no": 7}), 50, 5), 5)
    assert not soften([many, asked_few], by)[1].is_rounded


def test_the_deciders_of_a_group_decide_for_all_that_is_in_it() -> None:
    from surveys.definition import Kind, Question

    survey = form(
        questions=(
            select("a", {"y": "Y"}),
            Question("c", Kind.CALCULATE, calculation="if(/data/a = 'y', 1, 0)"),
            Question("g", Kind.GROUP, relevant="../c = 1"),
            select("b", {"y": "Y"}, group="g"),
        )
    )
    assert deciders(survey)["b"] == {"a", "c", "g"}


@pytest.mark.parametrize(
    ("before", "after", "people", "safe"),
    [
        ({"a": 20, "b": 20}, {"a": 20, "b": 20}, (40, 40), True),
        ({"a": 20, "b": 20}, {"a": 32, "b": 20}, (40, 52), True),
        ({"a": 20, "b": 20}, {"a": 31, "b": 21}, (40, 52), False),
        ({"a": 20, "b": None}, {"a": 30, "b": None}, (40, 52), False),
        ({"a": 20, "b": None}, {"a": 30, "b": None}, (40, 60), True),
        ({"a": 20, "b": None}, {"a": 20, "b": 25}, (40, 45), False),
    ],
)
def test_one_table_follows_another_only_when_nothing_small_is_left_between(
    before: dict[str, int | None],
    after: dict[str, int | None],
    people: tuple[int, int],
    safe: bool,
) -> None:
    assert table_moved_safely(before, after, people=people, threshold=10) is safe
