"""An office with a plan, where the weekly digest is read: what its tests share."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from bot.digest_schedule import weekly_digests
from bot.messages import Limits, Message
from storage.database import Database
from storage.editions import Edition
from storage.people import Person, Preferences, Role
from tests.bot.staff.office import Office, office
from tests.reminders.small_plan import SmallPlan

FRIDAY = datetime(2023, 12, 8, 8, 30, tzinfo=UTC)
CHANGE, SEND, LEAVE = "Change the words", "Send to the others (2 people)", "Not this week"


@contextmanager
def reading_office(database: Database) -> Iterator[Office]:
    """A manager, a chair and an executive partner on Slack, and a plan with something overdue."""
    with office(database) as one:
        one.recorder.limits = Limits(parts=True)
        for who in (Role.MANAGER, Role.CHAIR, Role.EXECUTIVE):
            one.colleague(who.value, who)
        with one.database.writing() as db:
            plan = SmallPlan.start(db)
            plan.action("1.2", text="Put the strategy to use", due_on=date(2023, 11, 30))
        yield one


def chose(desk: Office, who: str, **chosen: Any) -> None:
    with desk.database.writing() as db:
        [person] = [p for p in desk.rows(Person) if p.name == who]
        db.add(Preferences(person_id=person.id, **chosen))


def edition_of(desk: Office) -> Edition:
    newest: Edition = max(desk.rows(Edition), key=lambda edition: edition.id or 0)
    return newest


def digests_of(desk: Office, who: str) -> list[Message]:
    return [
        sent.message for sent in desk.sent_to(who) if sent.message.title.startswith("Weekly digest")
    ]


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


def weekly(desk: Office, now: datetime = FRIDAY) -> int:
    """The job of that moment; how many messages it queued."""
    desk.now = now
    queued = weekly_digests(desk.app)
    desk.deliver()
    return queued
