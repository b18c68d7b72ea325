"""The plan on the board: lists, one action with its history, the timeline."""

from datetime import date, datetime

import pytest
from lxml import html

from storage.meetings import Meeting, Minute, Outcome
from storage.plans import ActionChange, Nudge
from storage.surveys import Survey as SurveyRow
from storage.voice import Response, ResponseKind, ResponseState, Theme
from tests.bot.web.board.office import Office
from tests.bot.web.board.plans import TODAY, WORDS, lay_out
from tests.bot.web.visitor import Visitor
from tests.reminders.small_plan import SmallPlan


def _refs(visitor: Visitor) -> list[str]:
    found = visitor.tree.findall(".//li[@class]")
    return [
        one.text_content()
        for entry in found
        if "action" in entry.get("class", "")
        for one in entry.findall(".//strong[@class='number']")
    ]


def _links(visitor: Visitor) -> list[str]:
    return [one.get("href", "") for one in visitor.tree.findall(".//main//a")]


def test_a_manager_sees_all_of_the_plan_and_a_lead_their_own(both: Office) -> None:
    lay_out(both)
    manager = both.come("manager", "/plan")
    assert manager.heading == "Plan"
    assert _refs(manager) == ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2"]
    assert "Train <staff> & carers" in manager.main
    lead = both.come("lead", "/plan")
    assert _refs(lead) == ["1.1", "1.2", "1.3", "1.4"]
    assert "ruth" not in lead.main
    assert _refs(both.come("executive", "/plan")) == ["1.1", "1.2", "1.4", "2.1"]


def test_what_was_said_and_what_the_dates_say_stand_side_by_side(office: Office) -> None:
    lay_out(office)
    visitor = office.come("manager", "/plan")
    (entry,) = [
        one
        for one in visitor.tree.findall(".//li")
        if one.get("class") == "entry action amber" and "1.1" in one.text_content()
    ]
    words = " ".join(entry.text_content().split())
    assert "Lead says at risk dates say due soon" in words
    assert "Due 31 December 2023" in words


def test_every_filter_is_a_link_and_works_as_a_form(office: Office) -> None:
    laid = lay_out(office)
    visitor = office.come("manager", "/plan")
    visitor.go(f"/plan?group={laid.body}&due=overdue")
    assert _refs(visitor) == ["1.2"]
    by_colour = [to for to in _links(visitor) if "colour=red" in to]
    assert by_colour == [f"/plan?group={laid.body}&colour=red&due=overdue"]
    form = visitor.tree.find(".//form[@role='search']")
    assert (form.get("method"), form.get("action")) == ("get", "/plan")
    assert dict(form.form_values())["group"] == str(laid.body), "what was chosen stays chosen"
    visitor.go("/plan?words=visits&by_date=1")
    assert _refs(visitor) == ["1.2"]
    typed = visitor.tree.find(".//input[@name='words']")
    assert typed.get("value") == "visits"
    visitor.go("/plan?words=nobody+wrote+this")
    assert "Nothing fits" in visitor.main


@pytest.mark.parametrize(
    "query",
    [
        "page=9999999999999",
        "page=-1",
        "plan=x",
        "colour=pink",
        "due=1;drop",
        "group=%00",
        "words=%ff",
    ],
)
def test_an_address_that_is_not_ours_shows_what_it_can(office: Office, query: str) -> None:
    lay_out(office)
    visitor = office.come("manager", "/plan")
    assert visitor.go(f"/plan?{query}").status_code == 200
    assert visitor.go(f"/plan/timeline?{query}").status_code == 200


def test_an_action_tells_its_whole_story(both: Office) -> None:
    laid = lay_out(both)
    action_id, now = laid.actions["1.1"], both.stage.now
    with both.stage.database.writing() as db:
        db.add(_moved(action_id, now, both.people["manager"]))
        db.add(
            Nudge(
                action_id=action_id,
                due_on=date(2023, 12, 31),
                stage="30d",
                person_id=both.people["lead"],
                queued_on=date(2023, 12, 1),
                batch="b",
            )
        )
        meeting = Meeting(held_on=TODAY, title="Board", opened_at=now, ended_at=now)
        db.add(meeting)
        db.flush()
        db.add(
            Minute(
                meeting_id=meeting.id or 0,
                outcome=Outcome.DECIDED,
                text="Money is found",
                action_id=action_id,
                at=now,
            )
        )
    visitor = both.come("manager", f"/plan/{action_id}")
    assert visitor.heading == "1.1 Train <staff> & carers"
    for words in (
        WORDS,
        "said: at risk",
        "Asked to move it to 31 May 2024: not decided",
        "Date moved from 31 October 2023 to 31 December 2023, agreed by manager",
        "lead was asked",
        "Meeting: Decided",
        "Money is found",
        "Movedonce",
        "First date31 December 2023",
    ):
        assert words in visitor.main, words


def _moved(action_id: int, now: datetime, by: int) -> ActionChange:
    return ActionChange(
        action_id=action_id,
        at=now,
        field="due_on",
        before="2023-10-31",
        after="2023-12-31",
        person_id=by,
        how="date agreed",
    )


def test_what_was_said_about_it_is_shown_to_others_only_once_it_is_published(
    office: Office,
) -> None:
    laid = lay_out(office)
    with office.stage.database.writing() as db:
        survey = SurveyRow(
            slug="young",
            title="Your area",
            audience="youth",
            mode="confidential",
            added_at=office.stage.now,
        )
        db.add(survey)
        db.flush()
        theme = Theme(survey_id=survey.id or 0, name="Being heard", created_at=office.stage.now)
        db.add(theme)
        db.flush()
        for text, state in (("A new room", ResponseState.PUBLISHED), ("Not out", "draft")):
            db.add(
                Response(
                    theme_id=theme.id or 0,
                    kind=ResponseKind.WE_DID,
                    text=text,
                    action_id=laid.actions["1.1"],
                    state=ResponseState(state),
                )
            )
    here = f"/plan/{laid.actions['1.1']}"
    lead = office.come("lead", here)
    assert "A new room" in lead.main
    assert "Not out" not in lead.main
    assert "Not out" in office.come("manager", here).main


def test_an_action_of_others_is_not_there(office: Office) -> None:
    laid = lay_out(office)
    lead = office.come("lead", "/plan")
    there = lead.go(f"/plan/{laid.actions['2.1']}")
    nowhere = lead.go("/plan/999999")
    assert there.status_code == nowhere.status_code == 404
    assert lead.go("/plan/abc").status_code == 404
    pressed = lead.send(f"/plan/{laid.actions['2.1']}", [("item", "escalate-1"), ("do", "yes")])
    assert pressed.status_code == 403


def test_the_timeline_is_a_picture_with_the_same_as_a_table(office: Office) -> None:
    lay_out(office)
    visitor = office.come("manager", "/plan/timeline")
    pictures = visitor.tree.findall(".//main//svg")
    assert pictures
    assert all(one.get("role") == "img" and one.get("aria-label") for one in pictures)
    tables = visitor.tree.findall(".//main//table")
    rows = [row.text_content() for table in tables for row in table.findall(".//tbody/tr")]
    assert len(rows) == 6
    assert office.come("lead", "/plan/timeline").main.count("2.1") == 0


def test_two_pages_of_a_long_plan_have_nothing_twice(office: Office) -> None:
    with office.stage.database.writing() as db:
        plan = SmallPlan.start(db)
        for number in range(60):
            plan.action(f"{number}", date(2024, 1, 31))
    visitor = office.come("manager", "/plan")
    first = _refs(visitor)
    (more,) = [one.get("href") for one in visitor.tree.findall(".//a[@rel='next']")]
    visitor.go(more)
    assert len(first) == 50
    assert sorted({*first, *_refs(visitor)}, key=int) == [str(number) for number in range(60)]
    assert not visitor.tree.findall(".//a[@rel='next']")


def test_without_a_plan_the_page_says_what_to_do(office: Office) -> None:
    manager = office.come("manager", "/plan")
    assert "/plan/import" in _links(manager)
    lead = office.come("lead", "/plan")
    assert "Nothing here is yours to see yet" in lead.main
    assert html.tostring(lead.tree).count(b"/plan/import") == 0
