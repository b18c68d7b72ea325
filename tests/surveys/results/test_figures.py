"""Results on both databases: what is counted, what is hidden, and what a second look gives away."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session as Db
from sqlmodel import select

from storage.database import Database
from storage.plain import plain, restored
from storage.surveys import SessionState, Survey, SurveyState, SurveyVersion
from storage.voice import Publication
from surveys.definition import Audience as Asked
from surveys.definition import Kind, Question
from surveys.definition import Survey as Definition
from surveys.results import (
    NoResults,
    Wanted,
    beside,
    groupings,
    results_of,
    rounds_of,
)
from surveys.results.view import (
    BY_INVITATION,
    NO_ANSWER,
    OTHER_GROUPS,
    Count,
    SideBySide,
    SurveyResults,
    Withheld,
)
from surveys.sessions import Forms
from surveys.suppression import Audience
from tests.surveys.results import answered
from tests.surveys.results.answered import (
    NOW,
    TODAY,
    add_round,
    add_survey,
    answer,
    form,
    invite,
    many,
    practitioners,
)


def seen(database: Database, **wanted: object) -> SurveyResults:
    asked = Wanted(**{"slug": "tool", **wanted})  # type: ignore[arg-type]
    return results_of(database, Forms(), asked, now=NOW, today=TODAY)


def counts(results: SurveyResults, question: str) -> dict[str, Count]:
    found = results.question(question)
    assert found is not None
    return {line.name: line.count for line in found.lines}


def filled(database: Database, people: int = 60, **more: object) -> Survey:
    with database.writing() as db:
        survey = add_survey(db, form(**more))  # type: ignore[arg-type]
        answer(db, survey, practitioners(people), group="North")
    return survey


def test_counts_shares_and_means_are_what_was_answered(database: Database) -> None:
    filled(database)
    results = seen(database)
    assert results.people == 60
    assert counts(results, "used") == {"yes": 36, "no": 24}
    used = results.question("used")
    assert used is not None
    assert [line.per_cent for line in used.lines] == [60, 40]
    assert counts(results, "helps") == {"time": 30, "place": 30, "trust": 30}
    assert counts(results, "first") == {"a": 40, "b": None, "c": None}
    assert counts(results, "score") == {"0": 20, "5": 20, "10": 20}
    assert counts(results, "trained") == {"≤ 2019": 15, "2020": 15, "2021": 15, "2022+": 15}
    score = results.question("score")
    assert score is not None
    assert (score.mean, score.mean_of) == ("5.0", "numbers")
    confident = results.question("confident")
    assert confident is not None
    assert confident.mean_of == "names"
    assert results.question("sum") is None


def test_words_are_counted_and_never_shown(database: Database) -> None:
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, practitioners(30))
        answer(db, survey, many(yes=20), start=100)
    results = seen(database)
    assert counts(results, "more") == {"_wrote": 30}
    assert "words of person" not in str(plain(results))


def test_a_breakdown_adds_up_and_gathers_small_groups(database: Database) -> None:
    filled(database, 90)
    by = seen(database).by("agency")
    assert by is not None
    assert [(group.name, group.people) for group in by.groups] == [
        ("health", 36),
        ("police", None),
        ("school", 33),
        ("housing", None),
    ]
    helps = next(table for table in by.tables if table.question == "helps")
    assert [row.group for row in helps.rows] == ["health", "school", OTHER_GROUPS]
    assert [[cell.count for cell in row.cells] for row in helps.rows] == [
        [19, 19, 17],
        [17, 15, 16],
        [10, 11, 11],
    ]


def test_invited_groups_that_nobody_came_from_are_named_as_unheard(database: Database) -> None:
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, practitioners(40), group="North")
        answer(db, survey, practitioners(30), group="South", start=100)
        invite(db, survey, "North", 60)
        invite(db, survey, "South", 30)
        invite(db, survey, "East", 20)
    results = seen(database)
    assert results.reach.invited == 110
    assert results.reach.unheard == ("East",)
    by = results.by(BY_INVITATION)
    assert by is not None
    assert {group.name: group.people for group in by.groups}["East"] is None


def test_a_poster_leaves_it_unknown_how_many_were_invited(database: Database) -> None:
    survey = filled(database)
    with database.writing() as db:
        invite(db, survey, "North", None)
    assert seen(database).reach.invited is None


def test_how_many_did_not_come_is_not_told_when_they_are_few(database: Database) -> None:
    survey = filled(database, 58)
    with database.writing() as db:
        invite(db, survey, "North", 60)
    assert seen(database).reach.invited is None


@pytest.mark.parametrize("state", [SurveyState.OPEN, SurveyState.CLOSED])
def test_below_the_threshold_nothing_is_told_at_all(database: Database, state: SurveyState) -> None:
    with database.writing() as db:
        survey = add_survey(db, form(), state=state)
        answer(db, survey, practitioners(4), group="North")
    results = seen(database)
    assert results.withheld is Withheld.TOO_FEW
    assert (results.people, results.questions, results.breakdowns) == (None, (), ())
    assert results.reach.asked == ()


def test_a_survey_raises_its_threshold_and_never_lowers_it(database: Database) -> None:
    with database.writing() as db:
        answer(db, add_survey(db, form("high", threshold=12)), many(yes=11, no=20))
        answer(db, add_survey(db, form("low", threshold=2)), many(yes=4, no=20))
    assert counts(seen(database, slug="high"), "used") == {"yes": None, "no": None}
    assert counts(seen(database, slug="low"), "used") == {"yes": None, "no": None}


def test_the_public_sees_fives_of_a_higher_threshold(database: Database) -> None:
    filled(database, 63)
    results = seen(database, seen_by=Audience.PUBLIC)
    assert (results.threshold, results.is_rounded, results.people) == (10, True, 65)
    every = [line.count for question in results.questions for line in question.lines]
    assert all(count is None or count % 5 == 0 for count in every)


def test_the_public_sees_nothing_while_a_survey_is_open(database: Database) -> None:
    with database.writing() as db:
        answer(db, add_survey(db, form(), state=SurveyState.OPEN), practitioners(60))
    assert seen(database, seen_by=Audience.PUBLIC).withheld is Withheld.STILL_OPEN


def test_nothing_below_the_threshold_is_kept_of_a_look(database: Database) -> None:
    with database.writing() as db:
        answer(db, add_survey(db, form()), many(yes=47, no=3))
    seen(database)
    with database.reading() as db:
        content = db.exec(select(Publication.content)).one()
    used = next(q for q in _questions(content) if q["name"] == "used")
    assert [line["count"] for line in used["lines"]] == [None, None]


def test_what_is_kept_comes_back_as_it_was(database: Database) -> None:
    filled(database)
    results = seen(database)
    assert restored(SurveyResults, plain(results)) == results


def _questions(content: Any) -> list[dict[str, Any]]:
    return list(content["view"]["questions"])


def recurring(database: Database) -> Survey:
    with database.writing() as db:
        survey = add_survey(db, form(), round_=2)
        add_round(db, survey, 1, "Spring term 2023")
        add_round(db, survey, 2, "Autumn term 2023")
        answer(db, survey, many(yes=20, no=10))
        answer(db, survey, many(yes=30, no=4), round_=2)
    return survey


def test_rounds_stand_side_by_side_and_are_never_added_up(database: Database) -> None:
    recurring(database)
    both = rounds_of(database, Forms(), Wanted("tool"), now=NOW, today=TODAY)
    assert [one.round_name for one in both.results] == ["Spring term 2023", "Autumn term 2023"]
    assert [counts(one, "used") for one in both.results] == [
        {"yes": 20, "no": 10},
        {"yes": None, "no": None},
    ]
    assert ("used", "used") in both.matched
    assert seen(database).people == 34
    with pytest.raises(NoResults, match="no round 3; it has 1, 2"):
        seen(database, round=3)


def test_an_earlier_round_is_final_while_the_next_one_runs(database: Database) -> None:
    survey = recurring(database)
    with database.writing() as db:
        row = db.get(Survey, survey.id)
        assert row is not None
        row.state = SurveyState.OPEN
    both = rounds_of(database, Forms(), Wanted("tool"), now=NOW, today=TODAY)
    assert [one.is_running for one in both.results] == [False, True]


def test_matched_questions_of_two_surveys_stand_side_by_side(database: Database) -> None:
    young = form(
        "young",
        (
            answered.select("tool_used", {"yes": "Yes", "no": "No"}, matches="used"),
            answered.select("other", {"a": "A"}, matches="elsewhere"),
        ),
        audience=Asked.YOUTH,
    )
    filled(database)
    with database.writing() as db:
        survey = add_survey(db, young)
        told = [{"tool_used": name} for name in ("yes", "no", "no") for _ in range(10)]
        answer(db, survey, told)
    found: SideBySide = beside(
        database, Forms(), (Wanted("tool"), Wanted("young")), now=NOW, today=TODAY
    )
    assert found.matched == (("used", "tool_used"),)
    assert [one.people for one in found.results] == [60, 30]


def test_a_new_version_is_counted_with_the_old_one_where_the_question_stayed(
    database: Database,
) -> None:
    survey = filled(database)
    changed = tuple(
        answered.select("used", {"yes": "Yes", "partly": "Partly"}, title="And now?")
        if question.name == "used"
        else Question("score", Kind.TEXT)
        if question.name == "score"
        else question
        for question in answered.QUESTIONS
    )
    with database.writing() as db:
        newer = form(questions=changed)
        row = db.get(Survey, survey.id)
        assert row is not None
        row.version_id = _version(db, newer)
        answer(db, row, [{"used": "partly"}] * 20, start=500)
    results = seen(database)
    assert counts(results, "used") == {"yes": 36, "partly": 20, "no": 24}
    used = results.question("used")
    assert used is not None
    assert used.labels["en"] == "And now?"
    assert counts(results, "score") == {"_wrote": None}


def _version(db: Db, definition: Definition) -> int:
    added = add_survey(db, replace(definition, settings=replace(definition.settings, form_id="x")))
    version = db.get(SurveyVersion, added.version_id)
    assert version is not None
    version.slug = "tool"
    db.delete(added)
    db.flush()
    return version.id or 0


def test_how_far_people_came_and_in_which_language(database: Database) -> None:
    with database.writing() as db:
        survey = add_survey(db, form(languages=("en", "pl")))
        answer(db, survey, many(yes=20))
        answer(db, survey, many(no=10), start=100, language="pl", state=SessionState.EXPIRED)
    results = seen(database)
    assert {line.name: line.count for line in results.languages} == {"en": 20, "pl": 10}
    assert {line.name: line.count for line in results.completion} == {"finished": 20, "stopped": 10}


def test_what_is_not_there_is_said_with_what_is(database: Database) -> None:
    filled(database)
    for wanted, said in (
        ({"slug": "nothing"}, "no survey 'nothing'"),
        ({"by": "used"}, "by agency, group"),
    ):
        with pytest.raises(NoResults, match=said):
            seen(database, **wanted)
    assert groupings(form()) == ("agency", BY_INVITATION)


def test_ten_times_the_people_are_counted_with_the_same_statements(
    sqlite_database: Database,
) -> None:
    rows = []
    for people in (60, 600):
        with sqlite_database.writing() as db:
            survey = add_survey(db, form(f"s{people}", answered.QUESTIONS[:3]))
            answer(db, survey, [dict(list(p.items())[:3]) for p in practitioners(people)])
        fetched: list[int] = []

        def note(*arguments: object, fetched: list[int] = fetched) -> None:
            fetched.append(1)

        event.listen(sqlite_database.engine, "before_cursor_execute", note)
        results = seen(sqlite_database, slug=f"s{people}")
        event.remove(sqlite_database.engine, "before_cursor_execute", note)
        assert results.people == people
        rows.append(len(fetched))
    assert rows[0] == rows[1]


def test_a_person_who_answered_nothing_to_a_question_is_a_line_of_their_own(
    database: Database,
) -> None:
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, many(yes=20, no=15))
        answer(db, survey, [{"more": "words"}] * 6, start=100)
    used = seen(database).question("used")
    assert used is not None
    assert used.no_answer is not None
    assert (used.no_answer.name, used.no_answer.count, used.base) == (NO_ANSWER, 6, 35)
