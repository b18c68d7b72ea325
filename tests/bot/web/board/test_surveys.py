"""Surveys on the board: which there are, opening and closing, and results by whose they are."""

from storage.surveys import Survey, SurveyState
from surveys.register import add
from tests.bot.web.board.office import Office, at
from tests.examples.library import form

PROFESSIONAL, YOUNG = "neglect_tool_practitioners", "bolton_two_questions"


def _added(office: Office) -> None:
    with office.stage.database.writing() as db:
        for name in (PROFESSIONAL, YOUNG):
            add(db, form(name), now=office.stage.now)


def _state(office: Office, slug: str) -> SurveyState:
    return SurveyState(office.stage.rows(Survey, Survey.slug == slug)[0].state)


def test_without_a_survey_the_list_says_how_to_add_one(office: Office) -> None:
    assert "No survey yet" in office.come("manager", "/surveys").main


def test_a_manager_opens_and_closes_a_survey_once_and_it_is_recorded(both: Office) -> None:
    _added(both)
    visitor = both.come("manager", "/surveys")
    assert "Not opened yet" in visitor.main
    assert "fewer than 5 answered" in visitor.main
    visitor.go(f"/surveys/{PROFESSIONAL}")
    visitor.press("Open this survey")
    assert "The survey is open" in visitor.main
    assert _state(both, PROFESSIONAL) is SurveyState.OPEN
    visitor.press("Close this survey")
    assert _state(both, PROFESSIONAL) is SurveyState.CLOSED
    (closed,) = both.audited("survey closed")
    assert closed.person_id == both.people["manager"]


def test_a_survey_of_young_people_without_cover_is_not_opened_and_says_why(office: Office) -> None:
    _added(office)
    visitor = office.come("manager", "/surveys")
    visitor.go(f"/surveys/{YOUNG}")
    visitor.press("Open this survey")
    assert visitor.page.status_code == 422
    assert "Nothing was changed" in visitor.main
    assert "reviewer" in visitor.main
    assert _state(office, YOUNG) is SurveyState.DRAFT


def test_who_may_only_look_has_no_button_and_a_forged_press_changes_nothing(
    office: Office,
) -> None:
    _added(office)
    visitor = office.come("scrutineer", "/surveys")
    visitor.go(f"/surveys/{PROFESSIONAL}")
    assert not visitor.has_button("Open this survey")
    seal = visitor.tree.find(".//input[@name='form']").get("value")
    visitor.send(f"/surveys/{PROFESSIONAL}", [("form", seal), ("do", "open")])
    assert visitor.page.status_code == 403
    assert _state(office, PROFESSIONAL) is SurveyState.DRAFT


def test_results_are_shown_to_whom_the_table_names(office: Office) -> None:
    _added(office)
    there = f"/surveys/{PROFESSIONAL}/results"
    visitor = office.come("manager", "/surveys")
    visitor.go(there)
    assert visitor.page.status_code == 200
    assert visitor.tree.findall(".//main//h1")
    assert len(visitor.tree.findall(".//main")) == 1
    other = office.come("voice", "/surveys")
    assert other.go(there).status_code == 403
    assert other.go(f"/surveys/{YOUNG}/results").status_code == 200


def test_what_is_not_there_and_a_grouping_that_is_not_there_say_so(office: Office) -> None:
    _added(office)
    visitor = office.come("manager", "/surveys")
    for path in ("/surveys/nothing", "/surveys/nothing/results"):
        visitor.go(path)
        assert visitor.page.status_code == 404
        assert at(visitor.page) == path
    visitor.go(f"/surveys/{PROFESSIONAL}/results?by=shoe_size")
    assert visitor.page.status_code == 422
    assert "shoe_size" in visitor.main
