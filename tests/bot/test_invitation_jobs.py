"""The jobs of invitations run twice, on two nodes, and while somebody says no."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from bot import schedule
from bot.app import assemble
from bot.messages import Arrived, Pressed
from bot.settings import InvitationSettings, LinkSettings, Settings
from bot.tokens import of_act
from storage.database import Database
from storage.invitations import CampaignMember, MemberState
from storage.leases import take_lease
from storage.mail import Outbox
from storage.people import Role
from storage.surveys import Invite, SurveySession
from storage.types import Keyring
from surveys.campaigns.audiences import Wanted
from surveys.follow_up import Attendee
from surveys.invitations import invite
from surveys.register import close_survey
from tests.bot.invitation_stage import InvitationStage
from tests.bot.stage import Stage

EVERYONE = Wanted(everyone=True)


@pytest.fixture
def invites(stage: Stage) -> InvitationStage:
    return InvitationStage(stage)


def _keys(stage: Stage, intent: str) -> list[str]:
    return [row.dedupe_key for row in stage.rows(Outbox) if row.intent == intent]


def test_jobs_that_run_twice_and_on_two_nodes_do_no_more(
    stage: Stage, invites: InvitationStage, database_url: str, keyring: Keyring
) -> None:
    stage.person("rose")
    invites.open("evaluation")
    invites.open("later")
    invites.course([Attendee("rose@rochdale.example")], date(2023, 11, 30))
    with Database(database_url, keyring) as second:
        other = assemble(second, Settings(), lambda: stage.now)
        for when in (
            "2023-12-05T12:00",
            "2023-12-13T12:00",
            "2024-05-30T12:00",
            "2024-06-10T12:00",
        ):
            stage.now = datetime.fromisoformat(when).replace(tzinfo=UTC)
            for app in (stage.app, other, stage.app, other):
                schedule.open_rounds(app)
                schedule.start_follow_ups(app)
                schedule.send_invitations(app)
        other.writer.close()
    assert len(_keys(stage, "invitation")) == 2
    assert len(_keys(stage, "invitation_reminder")) == 2
    assert len(stage.rows(CampaignMember)) == len(stage.rows(Invite)) == 2


def test_a_node_lets_another_finish(stage: Stage, invites: InvitationStage) -> None:
    stage.person("rose")
    invites.open("needs")
    invites.campaign("needs", EVERYONE)
    with stage.database.writing() as db:
        assert take_lease(db, "campaigns", "another node", stage.now, 60)
    assert schedule.send_invitations(stage.app).invited == 0
    stage.later(minutes=2)
    assert schedule.send_invitations(stage.app).invited == 1


def test_a_manager_hears_once_that_a_follow_up_waits(
    stage: Stage, invites: InvitationStage
) -> None:
    stage.person("boss", Role.MANAGER)
    invites.open("evaluation")
    invites.open("later")
    invites.course([Attendee("x@y.example")], date(2023, 11, 30))
    with stage.database.writing() as db:
        close_survey(db, "later", now=stage.now)
    stage.now = datetime(2024, 6, 3, 12, tzinfo=UTC)
    for _ in range(3):
        invites.jobs()
        stage.deliver()
    heard = [text for text in stage.heard("boss") if "follow-up" in text]
    assert len(heard) == 1
    assert "survey open later" in heard[0]


def test_two_taps_on_begin_at_once_are_one_session(stage: Stage, invites: InvitationStage) -> None:
    stage.person("rose")
    invites.open("needs")
    invites.campaign("needs", EVERYONE)
    invites.jobs()
    stage.deliver()
    tap = Pressed(stage.token("rose", "Begin"))
    stage.receive(*(stage.incoming("rose", tap) for _ in range(2)))
    stage.deliver()
    assert len(stage.rows(SurveySession)) == 1
    assert sum("Question 1" in text for text in stage.heard("rose")) == 1
    assert [row.uses for row in stage.rows(Invite)] == [1]


def test_somebody_elses_button_and_an_unknown_campaigns_are_stale(
    stage: Stage, invites: InvitationStage
) -> None:
    stage.person("rose")
    invites.open("needs")
    invites.campaign("needs", EVERYONE)
    invites.jobs()
    stage.deliver()
    stage.person("amy")
    token = stage.token("rose", "Begin")
    for press in (token, "invited:999:begin", "invited:999:no"):
        assert "earlier message" in stage.say("amy", Pressed(press))
    assert "earlier message" in stage.say("stranger", Pressed(token))
    assert stage.rows(SurveySession) == []


def test_what_was_queued_is_not_said_to_whom_it_no_longer_concerns(
    stage: Stage, invites: InvitationStage
) -> None:
    stage.person("rose")
    stage.person("amy")
    invites.open("needs")
    invites.campaign("needs", EVERYONE)
    stage.later(hours=1)
    invites.jobs()
    invites.stop("needs")
    stage.deliver()
    assert stage.recorder.sent == []
    assert {row.outcome for row in stage.rows(Outbox)} == {"lapsed"}
    assert {row.state for row in stage.rows(CampaignMember)} == {MemberState.QUEUED}


def test_an_invitation_carries_a_link_where_there_is_one(database: Database) -> None:
    settings = Settings(
        links=LinkSettings(web="https://loop.example/"), invitations=InvitationSettings()
    )
    stage = Stage(database, datetime(2023, 12, 4, 10, tzinfo=UTC))
    try:
        stage.app.writer.close()
        stage.app = assemble(database, settings, lambda: stage.now)
        stage.delivery = stage.app.delivery({"console": stage.recorder})
        invites = InvitationStage(stage)
        stage.person("rose", language="pl")
        invites.open("needs")
        invites.campaign("needs", EVERYONE)
        invites.jobs()
        stage.deliver()
        [text] = stage.heard("rose")
        assert "https://loop.example/s/" in text
        assert "Zaczynamy" in text
        token = text.partition("https://loop.example/s/")[2].split()[0]
        # The link and the button are one invitation.
        assert "How well are you supported?" in stage.press("rose", "Zaczynamy")
        assert "used already" in stage.say("other", f"/start {token}")
        assert [row.uses for row in stage.rows(Invite)] == [1]
    finally:
        stage.close()


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"invitations": {"from_hour": "17:00", "until_hour": "09:00"}}, "until_hour"),
        ({"invitations": {"per_hour": 0}}, "per_hour"),
        ({"links": {"web": "loop.example"}}, "web"),
        ({"links": {"telegram": "@bot"}}, "telegram"),
    ],
)
def test_settings_that_cannot_be_are_refused(values: dict[str, object], names: str) -> None:
    with pytest.raises(ValueError, match=names):
        Settings(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("meanwhile", ["the last day passed", "the link was deleted", "closed"])
def test_a_yes_that_comes_too_late_begins_nothing_and_says_why(
    stage: Stage, invites: InvitationStage, meanwhile: str
) -> None:
    survey_id = invites.open("needs", closes=date(2023, 12, 5))
    with stage.database.writing() as db:
        token = invite(db, survey_id, now=stage.now, most_uses=1)
    stage.say("stranger", Arrived(token))
    with stage.database.writing() as db:
        if meanwhile == "the link was deleted":
            db.delete(db.exec(select(Invite)).one())
        elif meanwhile == "closed":
            close_survey(db, "needs", now=stage.now)
    if meanwhile == "the last day passed":
        stage.now = datetime(2023, 12, 6, 1, tzinfo=UTC)
    said = stage.say("stranger", Pressed(of_act("welcome", survey_id, "yes")))
    assert "not open" in said
    assert stage.rows(SurveySession) == []
