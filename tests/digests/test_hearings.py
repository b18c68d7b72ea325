"""What was said elsewhere counts beside the answers, with where, when and how many were there."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from digests import hearings, you_said_we_did
from digests.codebook import merge
from digests.hearings import heard_themes, listed, listen, record_hearing, take_back
from digests.themes import Refused, Reply, add_theme, code_answers, people_counts, true_counts
from storage.surveys import Survey, SurveyState
from storage.voice import HearingKind, ResponseKind
from surveys import register
from surveys.definition import Audience
from surveys.sessions import Forms
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded, pseudonym

TODAY = NOW.date()


@pytest.fixture
def talk(session: Session, rochdale: Seeded) -> int:
    return add_theme(session, survey_id=rochdale.survey, name="Talking", now=NOW).id or 0


def hear(session: Session, rochdale: Seeded, themes: dict[int, int | None], **more: object) -> int:
    given: dict[str, object] = {
        "kind": HearingKind.GROUP_SESSION,
        "title": "Youth forum",
        "held_on": TODAY,
        "present": 14,
        **more,
    }
    made = record_hearing(
        session,
        rochdale.survey,
        themes=themes,
        person_id=rochdale.people["Priya Nair"],
        now=NOW,
        today=TODAY,
        **given,  # type: ignore[arg-type]
    )
    return made.id or 0


def test_those_who_said_it_in_a_session_are_counted_with_those_who_wrote_it(
    session: Session, rochdale: Seeded, talk: int
) -> None:
    replies = [Reply(pseudonym(one), "helps") for one in range(3)]
    code_answers(session, theme_id=talk, replies=replies, person_id=rochdale.people["Priya Nair"])
    hear(session, rochdale, {talk: 9})
    hear(session, rochdale, {talk: None}, kind=HearingKind.AUDIT, present=None)
    assert true_counts(session, rochdale.survey) == {talk: 12}
    assert people_counts(session) == {"help-at-home": 47 + 14}
    assert heard_themes(session, rochdale.survey) == {talk}


def test_where_nobody_counted_who_was_there_as_many_took_part_as_said_one_thing(
    session: Session, rochdale: Seeded, talk: int
) -> None:
    hear(session, rochdale, {talk: 9}, present=None)
    assert people_counts(session, ["help-at-home"]) == {"help-at-home": 56}
    assert people_counts(session, ["other"]) == {}


def test_a_hearing_is_listed_with_its_source_day_and_numbers(
    session: Session, rochdale: Seeded, talk: int
) -> None:
    hear(session, rochdale, {talk: 9})
    early = TODAY - timedelta(days=9)
    hear(session, rochdale, {talk: None}, kind=HearingKind.PAPER, title="Cards", held_on=early)
    first, second = listed(session, rochdale.survey)
    assert (first.title, first.present, first.recorded_by) == ("Youth forum", 14, "Priya Nair")
    assert [(one.theme, one.people) for one in first.themes] == [("Talking", 9)]
    assert (second.kind, second.held_on, second.themes[0].people) == (
        HearingKind.PAPER,
        early,
        None,
    )


def test_after_a_merge_a_session_counts_once_for_the_theme_that_is_left(
    session: Session, rochdale: Seeded, talk: int
) -> None:
    quiet = add_theme(session, survey_id=rochdale.survey, name="Quiet", now=NOW).id or 0
    hear(session, rochdale, {talk: 9, quiet: 4})
    hear(session, rochdale, {talk: 2})
    merge(session, talk, quiet, person_id=rochdale.people["Priya Nair"], now=NOW)
    assert true_counts(session, rochdale.survey) == {talk: 0, quiet: 11}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": "  "}, "where it was said"),
        ({"held_on": TODAY + timedelta(days=1)}, "still to come"),
        ({"present": 5}, "More people said it"),
        ({"present": 0}, "begin at 1"),
    ],
    ids=["title", "day", "more than present", "nobody"],
)
def test_what_cannot_be_so_is_refused(
    session: Session, rochdale: Seeded, talk: int, change: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        hear(session, rochdale, {talk: 9}, **change)
    with pytest.raises(Refused, match="at least one theme"):
        hear(session, rochdale, {})
    with pytest.raises(Refused, match="merged or taken out"):
        hear(session, rochdale, {9999: 3})
    assert listed(session, rochdale.survey) == []


def test_what_was_recorded_by_mistake_is_not_counted_any_more(
    session: Session, rochdale: Seeded, talk: int
) -> None:
    hearing = hear(session, rochdale, {talk: 9})
    take_back(session, rochdale.survey, hearing)
    assert true_counts(session, rochdale.survey) == {talk: 0}
    with pytest.raises(Refused, match="no such record"):
        take_back(session, rochdale.survey, hearing)


def listening(session: Session, slug: str = "youth-forum") -> Survey:
    return listen(
        session,
        slug=slug,
        title="Youth forum 2024",
        audience=Audience.YOUTH,
        asked_by="the Youth Voice team",
        now=NOW,
    )


def test_listening_without_a_survey_is_published_as_any_survey(
    session: Session, rochdale: Seeded
) -> None:
    survey = listening(session)
    assert survey.state is SurveyState.CLOSED
    assert survey.id is not None
    rochdale.survey = survey.id
    made = add_theme(session, survey_id=survey.id, name="Warm rooms", now=NOW)
    hear(session, rochdale, {made.id or 0: 12}, present=31)
    seeded.response(session, made.id or 0, ResponseKind.WE_DID, "The heating works.")
    page = you_said_we_did.gather(session, survey.id, WEEK, calendar=CALENDAR)
    assert (page.took_part.about, page.themes[0].figure.about) == (30, 10)
    assert page.titles == {"en": "Youth forum 2024"}


def test_listening_without_a_survey_has_nothing_to_open(session: Session) -> None:
    survey = listening(session)
    form = Forms().of(session, survey.version_id or 0)
    with pytest.raises(register.CannotOpen, match="no questions"):
        register.open_survey(session, survey.slug, form, now=NOW)


@pytest.mark.parametrize("slug", ["", "Two words", "a/b", "x" * 41, "-a"])
def test_a_short_name_that_makes_no_address_is_refused(session: Session, slug: str) -> None:
    with pytest.raises(Refused, match="short name"):
        listening(session, slug)


def test_a_short_name_that_is_taken_is_refused(session: Session, rochdale: Seeded) -> None:
    assert rochdale.survey
    with pytest.raises(Refused, match="already"):
        listening(session, "help-at-home")
    assert hearings.heard_themes(session, rochdale.survey) == frozenset()
    assert date(2024, 1, 15) == TODAY
