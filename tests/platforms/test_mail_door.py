"""The whole program and somebody who has e-mail alone: reminded, answering, gone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.app import App
from bot.reaching import reach
from bot.schedule import reminder_round
from reminders.plan_import import import_file
from storage.mail import InboxKey, Outbox
from storage.people import Contact, ContactState, Preferences
from storage.plans import Action, Update
from surveys.register import example_survey
from tests.platforms.mail_people import MailPerson, text_in
from tests.platforms.mail_server import Certificate, MailServer, serving_mail
from tests.platforms.whole_program import Program, until

CHARITY = "development@rochdale.example"
FIRST = date(2023, 12, 1)


class Post:
    """The program, its mail servers, and the charity's lead at their inbox."""

    def __init__(self, program: Program, mail: MailServer) -> None:
        self.program = program
        self.mail = mail
        self.charity = MailPerson(mail.store, CHARITY, "Charity Lead")

    def quiet(self) -> None:
        """Until all that came is read, and all that is due to the charity is sent."""
        until(lambda: not self.mail.store.unread, "every mail is read")
        until(lambda: not self._waiting(), "all is sent")

    def _waiting(self) -> list[str]:
        with self.program.app.database.reading() as db:
            due = (
                select(Outbox.intent)
                .join(Contact, col(Contact.id) == col(Outbox.contact_id))
                .where(
                    Contact.platform == "email",
                    col(Outbox.settled_at).is_(None),
                    col(Outbox.not_before) <= self.program.now,
                )
            )
            return list(db.exec(due).all())

    def all(self, table: Any) -> list[Any]:
        with self.program.app.database.reading() as db:
            return list(db.exec(select(table)).all())

    def contact(self, address: str = CHARITY) -> Contact:
        [found] = [one for one in self.all(Contact) if one.address == address]
        assert isinstance(found, Contact)
        return found

    def action(self, ref: str) -> Action:
        [found] = [one for one in self.all(Action) if one.ref == ref]
        assert isinstance(found, Action)
        return found

    def notes(self, ref: str) -> list[str]:
        action = self.action(ref)
        return [one.note for one in self.all(Update) if one.action_id == action.id]

    def meet(self) -> None:
        """Everybody with a work e-mail in the plan can be written to."""
        self.program.run(reach(self.program.app, self.program.find, anew=True))

    def wait(self, met: Callable[[], bool], what: str) -> None:
        """Until something is so, while the clock goes on."""

        def moved_on() -> bool:
            self.program.now += timedelta(minutes=1)
            return met()

        until(moved_on, what)

    def remind(self, day: date = FIRST) -> None:
        self.program.at(day, 9, 5)
        self.program.do(reminder_round)
        until(lambda: self.charity.inbox, "a reminder came")
        self.quiet()


def _import(app: App) -> None:
    around, plan = app.around, example_survey("x").parent.parent / "plans" / "rochdale.xlsx"
    with app.database.writing() as db:
        import_file(db, plan, now=around.now, today=around.today, calendar=around.calendar)


@contextmanager
def opened(folder: Path, mail: MailServer, web: str) -> Iterator[Post]:
    program = Program(
        folder,
        datetime(2023, 12, 1, 9, 0, tzinfo=UTC),
        web={"on": False},
        links={"web": web},
        email=mail.settings(),
    )
    try:
        mail.store.clock = lambda: program.now
        program.do(_import)
        program.start()
        post = Post(program, mail)
        post.meet()
        yield post
    finally:
        program.close()


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Over TLS, by password."""
    certificate = Certificate.made(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with (
        serving_mail(certificate, "tls") as mail,
        opened(tmp_path, mail, "https://loop.rochdale.example") as one,
    ):
        yield one


def test_a_reminder_is_answered_by_replying_and_counts_once_whatever_breaks(post: Post) -> None:
    post.remind()
    assert "1.2" in text_in(post.charity.newest)
    assert post.charity.follows("Stop these e-mails").startswith("https://loop.rochdale.example/m/")
    post.mail.store.faults.stores_cut = 1
    post.charity.replies("1.2 on track, 40 staff are trained", "outlook")
    post.quiet()
    assert "1.2" in text_in(post.charity.newest)
    post.program.restart()
    post.charity.replies("yes", "phone")
    post.quiet()
    assert post.action("1.2").status == "on_track"
    keys = [one for one in post.all(InboxKey) if one.platform == "email"]
    assert len(keys) == 2
    assert len(post.notes("1.2")) == 1


def test_an_absence_note_changes_nothing_and_is_not_answered(post: Post) -> None:
    post.remind()
    before = len(post.charity.inbox)
    post.charity.is_away()
    post.quiet()
    assert len(post.charity.inbox) == before
    assert [one for one in post.all(InboxKey) if one.platform == "email"] == []


@pytest.mark.parametrize("how", ["refused", "bounced"])
def test_an_address_that_is_gone_is_a_state_with_its_reason(post: Post, how: str) -> None:
    faults = post.mail.store.faults
    if how == "refused":
        faults.refused[CHARITY] = "550 5.1.1 user unknown"
    else:
        faults.bounces[CHARITY] = "5.1.1"
    post.program.at(FIRST, 9, 5)
    post.program.do(reminder_round)
    until(lambda: post.contact().state is ContactState.GONE, "the contact is marked")
    reason = post.contact().state_reason
    assert reason == ("to: 550 5.1.1" if how == "refused" else "bounced")
    assert post.charity.inbox == []


def test_stop_by_the_mail_programs_own_button(post: Post) -> None:
    post.remind()
    before = len(post.charity.inbox)
    post.charity.unsubscribes()
    post.quiet()
    until(lambda: len(post.charity.inbox) > before, "it is answered")
    person = post.contact().person_id
    [chosen] = [one for one in post.all(Preferences) if one.person_id == person]
    assert chosen.stopped_on == FIRST


def test_a_mail_that_proves_nothing_changes_nothing(post: Post) -> None:
    post.remind()
    status = post.action("1.2").status
    forger = MailPerson(post.mail.store, CHARITY, "Somebody Else")
    forger.writes("1.2 done", subject="Re: Your actions")
    stranger = MailPerson(post.mail.store, "sam@elsewhere.example", "Sam")
    stranger.replies("1.2 done", to=post.charity.newest)
    post.quiet()
    until(lambda: stranger.inbox, "the stranger is helped")
    assert post.action("1.2").status == status
    assert "1.2" not in text_in(stranger.newest)


def test_a_password_that_is_taken_no_more_keeps_what_is_due_waiting_and_says_so(
    post: Post,
) -> None:
    post.remind()
    before, faults = len(post.charity.inbox), post.mail.store.faults
    faults.cuts, faults.logins_refused = 1, True
    post.charity.replies("help")
    said = "E-mail: refuses us (sign in: 535"
    post.wait(lambda: any(line.startswith(said) for line in post.program.lines), "it is told")
    assert len(post.charity.inbox) == before
    faults.logins_refused = False
    post.wait(lambda: len(post.charity.inbox) > before, "what waited goes out")


def test_without_pages_the_whole_update_is_made_by_replying(tmp_path: Path) -> None:
    with serving_mail(None, "none") as mail, opened(tmp_path, mail, "") as post:
        post.remind()
        lines = text_in(post.charity.newest).splitlines()
        [choice] = [line for line in lines if line.strip().endswith(") At risk")]
        number = choice.partition(")")[0].strip()
        for answer in (number, "Sam is ill", "/skip", "/skip"):
            before, answered = len(post.charity.inbox), post.charity.newest["Message-ID"]
            post.charity.replies(answer)
            until(lambda: len(post.charity.inbox) > before, "it is answered")  # noqa: B023
            post.quiet()
            assert post.charity.inbox[before]["In-Reply-To"] == answered
        assert post.notes("1.2")[-1] == "Sam is ill"
        assert post.action("1.2").status == "at_risk"
