from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check.length import MOST_OF_PROFESSIONALS, hints, longest
from surveys.definition import Audience, Choice, Kind, Question, Settings, Survey

YOUTH = Settings("form", minutes=4)
STAFF = replace(YOUTH, audience=Audience.PRACTITIONERS)
CHOICES = tuple(Choice(name, {"en": name}) for name in ("yes", "no", "unsure"))
GATE = Question("gate", Kind.SELECT_ONE, {"en": "Go on?"}, choices=CHOICES)


def several(
    count: int, prefix: str, relevant: str | None = None, group: str = ""
) -> list[Question]:
    return [
        Question(f"{prefix}{n}", Kind.INTEGER, {"en": "How many?"}, relevant=relevant, group=group)
        for n in range(count)
    ]


def codes(settings_: Settings, *questions: Question) -> list[str]:
    return [hint.code for hint in hints(Survey(settings_, questions))]


def test_ways_that_exclude_each_other_are_not_added_up() -> None:
    yes = several(5, "a", "${gate} = 'yes'")
    no = several(3, "b", "${gate} = 'no'")
    assert longest(Survey(YOUTH, (GATE, *yes, *no))).questions == 6


def test_the_longest_way_may_go_through_numbers_calculations_and_groups() -> None:
    number = Question("n", Kind.INTEGER, {"en": "How many?"})
    worked = Question("c", Kind.CALCULATE, calculation="if(${n} > 10, 'many', 'few')")
    group = Question("g", Kind.GROUP, relevant="${c} = 'many' and ${gate} != 'no'")
    inside = several(4, "i", group="g")
    assert longest(Survey(YOUTH, (number, worked, GATE, group, *inside))).questions == 6


def test_a_choice_of_several_can_open_every_way_at_once() -> None:
    gate = replace(GATE, kind=Kind.SELECT_MULTIPLE)
    rows = [
        replace(row, relevant=f"selected(${{gate}}, '{name}')")
        for row, name in zip(several(3, "a"), ("yes", "no", "unsure"), strict=True)
    ]
    assert longest(Survey(YOUTH, (gate, *rows))).questions == 4


def test_where_there_are_too_many_ways_to_try_the_longest_is_still_found() -> None:
    gates = [replace(GATE, name=f"gate{n}") for n in range(12)]
    behind = [
        Question(f"b{n}", Kind.INTEGER, {"en": "How many?"}, relevant=f"${{gate{n}}} = 'no'")
        for n in range(12)
    ]
    assert longest(Survey(STAFF, (*gates, *behind))).questions == 24


def test_nine_questions_are_too_many_for_young_people_and_notes_do_not_count() -> None:
    notes = [Question(f"n{n}", Kind.NOTE, {"en": "Hi"}) for n in range(5)]
    assert codes(YOUTH, *notes, *several(8, "a")) == []
    assert codes(YOUTH, *several(9, "a")) == ["too-many-questions"]
    assert codes(STAFF, *several(9, "a")) == []
    assert codes(STAFF, *several(MOST_OF_PROFESSIONALS + 1, "a")) == ["too-many-questions"]


def test_eight_of_twelve_questions_are_not_too_many_where_nobody_gets_more() -> None:
    yes = several(6, "a", "${gate} = 'yes'")
    no = several(6, "b", "${gate} = 'no'")
    assert codes(YOUTH, GATE, *yes, *no) == []


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(None, ["no-minutes"]), (1, ["longer-than-promised"]), (3, []), (5, []), (6, ["too-long"])],
)
def test_the_minutes_that_are_promised_are_held_against_an_estimate(
    minutes: int | None, expected: list[str]
) -> None:
    words = "What would help young people to be heard when they tell an adult about a worry?"
    rows = [Question(f"t{n}", Kind.TEXT, {"en": words}) for n in range(4)]
    assert codes(replace(YOUTH, minutes=minutes), *rows) == expected


def test_leads_answer_a_line_and_need_no_minutes() -> None:
    leads = replace(YOUTH, audience=Audience.LEADS, minutes=None)
    assert codes(leads, *several(2, "a")) == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["yes", "no", "unsure", "other"])),
        min_size=1,
        max_size=12,
    )
)
def test_the_longest_way_is_never_longer_than_the_form(rows: list[tuple[int, str]]) -> None:
    gates = [replace(GATE, name=f"gate{n}") for n in range(4)]
    behind = [
        Question(f"b{n}", Kind.INTEGER, relevant=f"${{gate{gate}}} = '{name}'")
        for n, (gate, name) in enumerate(rows)
    ]
    found = longest(Survey(STAFF, (*gates, *behind))).questions
    reachable = {
        gate: max(sum(row == (gate, name) for row in rows) for name in ("yes", "no", "unsure"))
        for gate in range(4)
    }
    assert found == 4 + sum(reachable.values())
