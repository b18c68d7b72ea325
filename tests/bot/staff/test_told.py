"""What came of a survey, to professionals who were asked: where they work, and one tap back."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.messages import EMAIL, SLACK, TEAMS
from digests.delivery import tell_who_joined
from digests.period import Period
from digests.publishing import publish
from digests.responses import approve, draft
from digests.themes import add_theme
from digests.verdicts import true_verdicts
from storage.database import Database
from storage.invitations import Campaign, CampaignMember
from storage.people import Contact, Role
from storage.surveys import Answer, Survey
from storage.voice import ResponseKind, ThemeCoding
from tests.bot.staff.office import Office, office
from tests.bot.stage import PRACTITIONERS


def _invited(stage: Office, *people: int) -> int:
    """A practitioners' survey to which these were invited by name."""
    stage.open(PRACTITIONERS)
    with stage.database.writing() as db:
        survey = db.exec(select(Survey).where(Survey.audience == "practitioners")).one()
        campaign = Campaign(
            key="c",
            survey_id=survey.id or 0,
            occasion="c",
            started_at=stage.now,
            first_at=stage.now,
            cap_per_hour=99,
        )
        db.add(campaign)
        db.flush()
        for one in people:
            member = CampaignMember(
                campaign_id=campaign.id or 0,
                person_id=one,
                occasion="c",
                send_at=stage.now,
                queued_at=stage.now,
            )
            db.add(member)
        return survey.id or 0


def _published(stage: Office, survey_id: int, by: int) -> int:
    today = stage.now.date()
    with stage.database.writing() as db:
        survey = db.get_one(Survey, survey_id)
        answers = [
            Answer(
                pseudonym=f"p{n}",
                question="q",
                version_id=survey.version_id or 0,
                answered_on=today,
            )
            for n in range(12)
        ]
        db.add_all(answers)
        theme = add_theme(db, survey_id=survey_id, name="Time for the tool", now=stage.now)
        db.flush()
        db.add_all(
            ThemeCoding(theme_id=theme.id or 0, pseudonym=one.pseudonym, question="q")
            for one in answers
        )
        made = draft(
            db, theme_id=theme.id or 0, kind=ResponseKind.WE_DID, text="It is one page now."
        )
        approve(db, made.id or 0, person_id=by, now=stage.now, today=today)
        return publish(
            db,
            survey_id,
            person_id=by,
            period=Period(today - timedelta(days=91), today),
            now=stage.now,
            calendar=stage.app.around.calendar,
        ).publication_id


@pytest.mark.parametrize("platform", [SLACK, TEAMS, EMAIL])
def test_everybody_who_was_invited_is_told_where_they_work_and_answers_with_one_tap(
    sqlite_database: Database, platform: str
) -> None:
    with office(sqlite_database) as stage:
        stage.reviewers()
        stage.platform = platform
        nurse, head = stage.colleague("nurse", Role.LEAD), stage.colleague("head", Role.LEAD)
        survey = _invited(stage, nurse, head)
        publication = _published(stage, survey, nurse)
        stage.deliver()
        for who in ("nurse", "head"):
            [text] = stage.heard(who)
            assert "It is one page now." in text
            assert "nobody is chosen by what they said" in text
            assert "Did we get that right?" in text
        told = stage.newest("nurse")
        assert told.title == "What came of a survey that you were asked to answer"
        assert stage.press("nurse", "Partly").startswith("Thank you. We count your answer")
        assert "write it here" not in stage.heard("nurse")[-1], "no words by this way"
        stage.press("nurse", "Yes, that is right")
        with stage.database.reading() as db:
            assert true_verdicts(db, [publication])["right"] == 1


def test_who_was_not_asked_or_has_left_hears_nothing(sqlite_database: Database) -> None:
    with office(sqlite_database) as stage:
        stage.reviewers()
        nurse, _ = stage.colleague("nurse", Role.LEAD), stage.colleague("other", Role.LEAD)
        survey = _invited(stage, nurse)
        _published(stage, survey, nurse)
        with stage.database.writing() as db:
            member = db.exec(select(CampaignMember)).one()
            db.delete(member)
        stage.deliver()
        assert stage.heard("other") == []
        assert stage.heard("nurse") == [], "they are not on the list any more"


def test_a_newer_page_takes_the_place_of_one_that_still_waits(sqlite_database: Database) -> None:
    with office(sqlite_database) as stage:
        stage.reviewers()
        nurse = stage.colleague("nurse", Role.LEAD)
        survey = _invited(stage, nurse)
        _published(stage, survey, nurse)
        with stage.database.writing() as db:
            theme = add_theme(db, survey_id=survey, name="Training", now=stage.now)
            db.flush()
            coded = db.exec(select(ThemeCoding).order_by(col(ThemeCoding.pseudonym))).all()
            for one in coded:
                again = ThemeCoding(
                    theme_id=theme.id or 0, pseudonym=one.pseudonym, question=one.question
                )
                db.add(again)
            made = draft(
                db, theme_id=theme.id or 0, kind=ResponseKind.WE_DID, text="There is a course."
            )
            approve(db, made.id or 0, person_id=nurse, now=stage.now, today=stage.now.date())
            publish(
                db,
                survey,
                person_id=nurse,
                period=Period(stage.now.date() - timedelta(days=91), stage.now.date()),
                now=stage.now,
                calendar=stage.app.around.calendar,
            )
        stage.deliver()
        [text] = stage.heard("nurse")
        assert "There is a course." in text
        with stage.database.writing() as db:
            assert tell_who_joined(db, now=stage.now) == 0
            assert db.exec(select(Contact.id)).first() is not None
