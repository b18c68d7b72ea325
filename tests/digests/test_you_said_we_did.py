from datetime import date

import pytest
from sqlmodel import Session

from digests import you_said_we_did
from digests.standing import Standing
from digests.themes import Refused
from digests.you_view import YouSaidWeDid, from_content
from storage.plain import plain
from storage.surveys import Survey
from storage.voice import ResponseKind, ResponseState
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, WEEK, Seeded


def page(session: Session, rochdale: Seeded) -> YouSaidWeDid:
    return you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR)


def test_each_theme_has_its_answer_and_a_number_only_where_it_points_to_nobody(
    session: Session, rochdale: Seeded
) -> None:
    seeded.said_and_done(session, rochdale)
    found = [
        (theme.figure.about, theme.kind, theme.standing) for theme in page(session, rochdale).themes
    ]
    assert found == [
        (35, ResponseKind.WE_DID, Standing.DONE),
        (20, ResponseKind.WE_ARE_DOING, Standing.PROMISED),
        (None, ResponseKind.NOT_YET, Standing.LATE),
        (10, ResponseKind.WE_CANNOT, Standing.CANNOT),
    ]


@pytest.mark.parametrize("small", [0, 1, 5, 9, 38, 47])
def test_the_page_is_the_same_however_many_a_hidden_number_stands_for(
    session: Session, rochdale: Seeded, small: int
) -> None:
    seeded.said_and_done(session, rochdale, small=small)
    hidden = page(session, rochdale).themes[2]
    assert plain(hidden)["figure"] == {"about": None, "as_of": "2024-01-14"}
    assert str(small) not in str(plain(hidden)).replace("2024", "").replace("01-1", "").split()


def test_drafts_and_approved_responses_are_not_on_the_page(
    session: Session, rochdale: Seeded
) -> None:
    theme = seeded.theme(session, rochdale, "Listen", 20)
    for state in (ResponseState.DRAFT, ResponseState.APPROVED):
        seeded.response(session, theme, ResponseKind.WE_DID, "We listen.", state=state)
    assert page(session, rochdale).themes == ()


def test_the_response_published_last_stands(session: Session, rochdale: Seeded) -> None:
    theme = seeded.theme(session, rochdale, "Listen", 20)
    later = date(2024, 3, 1)
    seeded.response(session, theme, ResponseKind.NOT_YET, "Soon.", by_when=later)
    seeded.response(session, theme, ResponseKind.WE_DID, "Done.")
    assert [one.did for one in page(session, rochdale).themes] == ["Done."]


def test_the_loop_has_figures_of_its_own(session: Session, rochdale: Seeded) -> None:
    seeded.said_and_done(session, rochdale)
    loop = page(session, rochdale).loop
    assert (loop.answered, loop.themes, loop.per_cent, loop.days) == (4, 5, 80, 3)


def test_days_to_told_count_from_the_close_once_a_survey_is_closed(
    session: Session, rochdale: Seeded
) -> None:
    seeded.said_and_done(session, rochdale)
    survey = session.get(Survey, rochdale.survey)
    assert survey is not None
    survey.closed_at = seeded.at(1, 2)
    session.add(survey)
    session.flush()
    assert page(session, rochdale).loop.days == 10


def test_groups_are_named_as_asked_and_those_not_heard_are_only_counted(
    session: Session, rochdale: Seeded
) -> None:
    reach = page(session, rochdale).reach
    assert reach.groups == ("Heywood youth club", "Kirkholt girls' group")
    assert reach.unheard == 1


def test_a_survey_that_few_answered_names_no_group_and_no_number(session: Session) -> None:
    rochdale = Seeded(people={"Priya Nair": seeded.person(session, "Priya Nair")})
    seeded.survey(session, rochdale, people=8)
    found = page(session, rochdale)
    assert found.took_part.about is None
    assert found.reach.groups == ()


def test_a_page_comes_back_from_what_was_kept_of_it(session: Session, rochdale: Seeded) -> None:
    seeded.said_and_done(session, rochdale)
    prepared = you_said_we_did.prepare(session, rochdale.survey, WEEK, calendar=CALENDAR)
    assert from_content(prepared.content()) == prepared.view


def test_a_survey_that_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="no such survey"):
        you_said_we_did.gather(session, 9, WEEK, calendar=CALENDAR)
