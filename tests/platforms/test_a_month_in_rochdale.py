"""A month of Rochdale's plan, side by side: Slack, two tenants of Teams, and e-mail.

A Detective Superintendent is in the police's Teams, a Designated Nurse in the NHS's, the business
manager and a chair in the council's Slack, and a charity has neither. The program is stopped and
started in between, and the digest tells one story.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from httpx import AsyncClient
from sqlmodel import col, select

from bot.app import App
from bot.platforms.slack.manifest import manifest
from bot.reaching import reach
from bot.schedule import reminder_round, weekly_digests
from bot.settings import Settings
from reminders.plan_import import import_file
from storage.editions import Edition, EditionState
from storage.mail import Outbox
from storage.people import Contact, Person
from storage.plans import Action, Nudge, Update
from surveys.register import example_survey
from tests.bot.web.visitor import Visitor
from tests.platforms import slack_people, slack_server, teams_people, teams_server
from tests.platforms.mail_people import MailPerson
from tests.platforms.mail_server import MailServer, serving_mail
from tests.platforms.slack_server import SlackServer
from tests.platforms.teams_server import TeamsServer
from tests.platforms.whole_program import Program, free_port, until

FIRST = date(2023, 12, 1)
MANAGER, CHAIR = "manager@rochdale.example", "chair@rochdale.example"
NURSE, POLICE = "qa@rochdale.example", "practice-review@rochdale.example"
CHARITY = "development@rochdale.example"
WORDS = "Neglect is where we are behind; the new tool is late."


@dataclass
class Month:
    """Everybody, where they are, and the program between them."""

    program: Program
    slack: SlackServer
    teams: TeamsServer
    mail: MailServer
    manager: slack_people.Person
    chair: slack_people.Person
    police: teams_people.Person
    nurse: teams_people.Person
    charity: MailPerson

    def day(self, day: date, hour: int = 9, minute: int = 5) -> None:
        """The morning round of a day."""
        self.program.at(day, hour, minute)
        self.program.do(reminder_round)
        self.quiet()

    def quiet(self) -> None:
        """Until everything that was said is taken in, and everything that is due is sent."""
        until(lambda: self.slack.pending == 0 and self.teams.pending == 0, "all is acknowledged")
        until(lambda: not self._waiting(), "all is sent")

    def _waiting(self) -> list[str]:
        with self.program.app.database.reading() as db:
            due = select(Outbox.intent).where(
                col(Outbox.settled_at).is_(None),
                col(Outbox.not_before) <= self.program.now,
                col(Outbox.contact_id).in_(
                    select(Contact.id).where(col(Contact.platform) != "desk")
                ),
            )
            return list(db.exec(due).all())

    def replies(self, words: str, style: str) -> None:
        """The charity's lead answers the newest e-mail; until an answer to that has come."""
        before = len(self.charity.inbox)
        self.charity.replies(words, style=style)
        until(lambda: len(self.charity.inbox) > before, f"an answer to {words!r}")
        self.quiet()

    def status(self, ref: str) -> str:
        return self.action(ref).status

    def action(self, ref: str) -> Action:
        with self.program.app.database.reading() as db:
            return db.exec(select(Action).where(Action.ref == ref)).one()

    def updates(self, ref: str) -> list[Update]:
        with self.program.app.database.reading() as db:
            return list(
                db.exec(
                    select(Update)
                    .join(Action, col(Action.id) == col(Update.action_id))
                    .where(Action.ref == ref)
                    .order_by(col(Update.id))
                )
            )


def _import(app: App) -> None:
    around, plan = app.around, example_survey("x").parent.parent / "plans" / "rochdale.xlsx"
    with app.database.writing() as db:
        import_file(db, plan, now=around.now, today=around.today, calendar=around.calendar)


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Month]:
    with ExitStack() as stack:
        port, inside = free_port(), free_port()
        slack = stack.enter_context(slack_server.serving())
        teams = stack.enter_context(teams_server.serving())
        mail = stack.enter_context(serving_mail(None, "none"))
        slack.deliveries.patience = slack.triggers.seconds = teams.http.patience = 30.0
        council = slack.workspace("council", manifest=manifest(Settings()))
        police, health = teams.tenant("police"), teams.tenant("nhs")
        program = Program(
            tmp_path,
            datetime(2023, 12, 1, 9, 0, tzinfo=UTC),
            web={"public": f"127.0.0.1:{port}", "inside": f"127.0.0.1:{inside}"},
            links={"web": f"http://127.0.0.1:{port}"},
            slack={
                "api": slack.api,
                "bot_token": council.bot_token,
                "app_token": council.app.app_token,
            },
            teams={
                "app_id": teams.app_id,
                "app_secret": teams.secret,
                "app_tenant": teams_server.APP_TENANT,
                "tenants": [police.id, health.id],
                "login": teams.url,
                "metadata": teams.metadata,
            },
            email=mail.settings(),
        )
        stack.callback(program.close)
        slack.clock = teams.clock = mail.store.clock = lambda: program.now
        teams.calls_at(f"http://127.0.0.1:{port}/teams/messages")
        program.do(_import)
        program.start()
        yield Month(
            program,
            slack,
            teams,
            mail,
            slack.person("Business Manager", MANAGER, workspace=council),
            slack.person("Chair", CHAIR, workspace=council),
            teams.person("Detective Superintendent", POLICE, tenant=police),
            teams.person("Designated Nurse", NURSE, tenant=health),
            MailPerson(mail.store, CHARITY, "Charity Lead"),
        )


def _meet(month: Month) -> None:
    """In Slack and by e-mail we find people ourselves; in Teams the app is installed for them."""
    month.police.installs()
    month.nurse.installs()
    month.quiet()
    month.program.run(reach(month.program.app, month.program.find, anew=True))
    with month.program.app.database.reading() as db:
        rows = db.exec(
            select(Person.email, Contact.platform)
            .join(Contact, col(Contact.person_id) == col(Person.id))
            .where(col(Person.email_hash).is_not(None))
        ).all()
    where = {email: {platform for one, platform in rows if one == email} for email, _ in rows}
    assert "slack" in where[MANAGER]
    assert "slack" in where[CHAIR]
    assert "teams" in where[POLICE]
    assert "teams" in where[NURSE]
    assert where[CHARITY] == {"email"}


def _follow(month: Month, link: str, button: str) -> Visitor:
    """The charity's lead opens a link of an e-mail, and presses a button of its page."""
    parts = urlsplit(link)
    client = AsyncClient(base_url=f"{parts.scheme}://{parts.netloc}", timeout=30)
    visitor = Visitor(client, month.program.run)
    visitor.go(parts.path)
    assert visitor.page.status_code == 200
    visitor.press(button)
    month.quiet()
    month.program.run(client.aclose())
    return visitor


def test_a_month_side_by_side_tells_one_story(month: Month) -> None:
    _meet(month)
    _first_day(month)
    month.program.restart()
    _two_weeks_later(month)
    month.program.restart()
    _digest(month)
    _nothing_lost_and_nothing_twice(month)


def _first_day(month: Month) -> None:
    """1 December: the manager settles a doubtful row; everybody is asked where they are."""
    month.manager.says("review 2.2")
    month.quiet()
    month.manager.presses("Accept as read")
    month.quiet()
    month.day(FIRST)
    month.nurse.presses("1.1 on track")
    month.quiet()
    assert month.status("1.1") == "on_track"
    visitor = _follow(month, month.charity.follows("On track"), "Send")
    assert "1.2" in visitor.main
    assert month.status("1.2") == "on_track"
    month.police.presses("Done")
    month.quiet()
    shows = (
        "What shows that it is done? (A report, a figure, a link: whatever the chair can look at.)"
    )
    month.police.fills({shows: "61 came to the forum"}, "Send")
    month.quiet()
    assert month.status("2.2") == "complete_awaiting_evidence"
    month.chair.presses("Accept as complete")
    month.quiet()
    assert month.status("2.2") == "complete"


def _two_weeks_later(month: Month) -> None:
    """15 December: words by e-mail and in Teams, a new date, a call, a correction."""
    month.day(date(2023, 12, 15))
    month.replies("1.2 slipping, need until end of March 2024", "outlook")
    month.replies("yes", "phone")
    month.manager.presses("Agree")
    month.quiet()
    assert month.action("1.2").due_on == date(2024, 3, 31)
    month.nurse.says("1.5 on track, survey goes out on Monday")
    month.quiet()
    month.nurse.presses("Yes, that is right")
    month.quiet()
    assert month.status("1.5") == "on_track"
    month.manager.says("phone 1.1 at risk, waiting for the new tool")
    month.quiet()
    month.manager.presses("Quality Assurance Sub-group contact")
    month.quiet()
    assert month.status("1.1") == "at_risk"
    month.nurse.says("correct 1.1")
    month.quiet()


def _digest(month: Month) -> None:
    """29 December: the manager's own words first, then it goes to the chair."""
    month.program.at(date(2023, 12, 29), 8, 5)
    month.program.do(weekly_digests)
    month.quiet()
    month.manager.presses("Change the words")
    until(lambda: month.manager.modal and month.manager.modal.labels, "the form is filled")
    month.manager.fills({"Opening": WORDS})
    month.quiet()
    month.manager.presses("Send to the others (2 people)")
    month.quiet()
    chairs = until(lambda: [one for one in month.chair.dm if WORDS in one.words], "it came")[-1]
    for told in (WORDS, "As at 08:05 on 29 December 2023", "1.1", "363 days overdue", "1.5"):
        assert told in chairs.words
    files = [file["name"] for one in month.chair.dm for file in one.files]
    assert sorted(name.rpartition(".")[2] for name in files) == ["docx", "pdf"]
    month.chair.says("digest")
    month.quiet()


def _nothing_lost_and_nothing_twice(month: Month) -> None:
    said = {ref: [one.how for one in month.updates(ref)] for ref in ("1.1", "1.2", "1.5", "2.2")}
    assert said == {
        "1.1": ["one tap", "by phone"],
        "1.2": ["chat", "chat"],
        "1.5": ["chat"],
        "2.2": ["one tap", "chat"],
    }
    with month.program.app.database.reading() as db:
        outcomes = set(db.exec(select(Outbox.outcome).where(col(Outbox.settled_at).is_not(None))))
        nudges = db.exec(select(Nudge)).all()
        [sent] = db.exec(select(Edition).where(Edition.state == EditionState.APPROVED)).all()
    assert outcomes <= {"sent", "lapsed", "shown"}
    assert len({(one.action_id, one.due_on, one.stage, one.person_id) for one in nudges}) == len(
        nudges
    )
    assert WORDS in sent.words
    assert month.teams.refusals == []
    assert {one.partition(":")[2] for one in month.slack.refusals} <= {" users_not_found"}
    assert month.manager.troubles == month.chair.troubles == []
    assert month.police.troubles == month.nurse.troubles == []
