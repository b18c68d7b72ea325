"""The few fixed jobs. The truth is in the tables, so a job that ran twice or late does no harm."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from os import getpid
from socket import gethostname
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from bot.anonymous_jobs import settle_anonymous
from bot.chosen_settings import follow_chosen
from bot.cover_watch import covering_of, watch_cover
from bot.digest_schedule import weekly_digests as weekly_digests
from bot.readings_due import tell_keepers
from bot.standing import forget_pages
from reminders.policy import usual_stages
from reminders.rounds import RoundReport
from reminders.rounds import run as run_round
from storage import audit, leaving
from storage.leases import give_up_lease, take_lease
from storage.mail import queue
from storage.people import Role, contacts_of, people_with
from storage.retention import Purged, purge
from surveys import concerns, follow_up, register, rounds, sessions
from surveys.campaigns.sending import Occasion, SendReport
from surveys.campaigns.sending import run as run_campaigns

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    from bot.app import App
    from bot.messages import Address
    from bot.outgoing.delivery import Delivery

Find = Callable[[str], Awaitable["Address | None"]]

_AUDIT, _CAMPAIGNS, _LEASE_SECONDS = "audit", "campaigns", 600
_MOST_BATCHES = 100
_PAGES_WAIT = timedelta(days=1)


def reminder_round(app: "App", on: date | None = None) -> RoundReport:
    """Queues what has come due, once for each deadline, stage and person."""
    now = app.around.now if on is None else _at_hour(app, on)
    reminders = app.settings.reminders
    with app.database.writing() as db:
        return run_round(
            db,
            now=now,
            calendar=app.around.calendar,
            stages=usual_stages(reminders.days_before),
            hour=reminders.hour,
        )


def _at_hour(app: "App", on: date) -> datetime:
    if on == app.around.today:
        return app.around.now
    return app.around.calendar.at_local(on, app.settings.reminders.hour)


def watch_concerns(app: "App") -> int:
    """Tells again and passes on what nobody has, and hands over at the close of hours.

    How many messages were queued.
    """
    agreed = app.settings.concerns
    with app.database.writing() as db:
        return concerns.watch(
            db,
            now=app.around.now,
            calendar=app.around.calendar,
            clocks=agreed.clocks(),
            before=timedelta(minutes=agreed.hand_over_minutes),
        )


def tidy(app: "App") -> Purged:
    """Closing dates, retention, sessions nobody came back to, and the audit chain.

    Nothing where another node is at it.
    """
    with _alone(app, _AUDIT) as is_ours:
        if not is_ours:
            return Purged()
        with app.database.writing() as db:
            around = app.around
            register.close_due(db, around.forms, now=around.now, today=around.today)
            sessions.expire(db, around.moment, app.settings.young_people.session_days)
            forget_pages(db, around.now - _PAGES_WAIT)
            audit.chain(db)
            purged = purge(db, now=app.around.now, rules=app.settings.retention.rules())
    app.database.fold_log()
    settle_anonymous(app, thoroughly=True)
    return purged


def forget_leavers(app: "App") -> int:
    """Deletes those who were too young for the platform, once they have had our last word."""
    with app.database.writing() as db:
        gone = leaving.forget_leavers(db)
    if gone:
        app.database.fold_log()
    return gone


def send_invitations(app: "App") -> SendReport:
    """Invitations and reminders that are due, a batch a transaction, within the cap.

    One node at a time, so that the cap is that of all; nothing where another node is at it.
    """
    total = SendReport()
    with _alone(app, _CAMPAIGNS) as is_ours:
        for _ in range(_MOST_BATCHES if is_ours else 0):
            with app.database.writing() as db:
                done = run_campaigns(db, _occasion(app))
            if not done.handled:
                break
            total = total.plus(done)
    return total


def _occasion(app: "App") -> Occasion:
    around, pace = app.around, app.settings.invitations.pace()
    return Occasion(around.forms, around.now, around.calendar, pace.hours, pace.cap_per_hour)


def open_rounds(app: "App") -> int:
    """Opens the rounds that are due, and tells the managers; how many opened."""
    around = app.around
    with app.database.writing() as db:
        found = rounds.open_due(
            db,
            around.forms,
            now=around.now,
            today=around.today,
            calendar=around.calendar,
            covering=covering_of(around),
        )
        for one in found:
            wording = "rounds.waits" if one.problem else "rounds.opened"
            words = {"survey": one.slug, "name": one.name, "problem": one.problem}
            _tell_managers(app, db, f"round:{wording}:{one.slug}:{one.number}", wording, words)
    return sum(not one.problem for one in found)


def start_follow_ups(app: "App") -> int:
    """Asks again those whose course was so many months ago; how many were taken in."""
    around, pace = app.around, app.settings.invitations.pace()
    with app.database.writing() as db:
        found = follow_up.run_due(
            db, around.forms, now=around.now, calendar=around.calendar, pace=pace
        )
        for one in found:
            if one.problem:
                words = {"survey": one.slug, "course": one.course, "problem": one.problem}
                key = f"follow-up-waits:{one.course_id}:{one.slug}"
                _tell_managers(app, db, key, "rounds.follow_up_waits", words)
    return sum(one.taken for one in found)


def _tell_managers(app: "App", db: Session, key: str, wording: str, words: dict[str, str]) -> None:
    """Once each, however often the job runs."""
    ids = [person.id for person in people_with(db, Role.MANAGER) if person.id is not None]
    for contact in contacts_of(db, ids).values():
        if contact.id is not None:
            queue(
                db,
                key=f"{key}:{contact.id}"[:128],
                intent="say",
                contact_id=contact.id,
                now=app.around.now,
                params={"wording": wording, "words": words},
            )


def tell_who_joined(app: "App") -> int:
    """What came of a survey, to those who came onto its list after it was published.

    Once a day, in the morning: so no message says at what hour somebody answered.
    """
    from digests import delivery

    with app.database.writing() as db:
        return delivery.tell_who_joined(db, now=app.around.now)


def chain_audit(app: "App") -> int:
    """Chains what was noted since the last time; nothing where another node is at it."""
    with _alone(app, _AUDIT) as is_ours, app.database.writing() as db:
        return audit.chain(db) if is_ours else 0


@contextmanager
def _alone(app: "App", name: str) -> Iterator[bool]:
    """Whether this node has the lease; it is given up at the end."""
    holder = f"{gethostname()}:{getpid()}"[:64]
    with app.database.writing() as db:
        is_ours = take_lease(db, name, holder, app.around.now, _LEASE_SECONDS)
    try:
        yield is_ours
    finally:
        if is_ours:
            with app.database.writing() as db:
                give_up_lease(db, name, holder)


def jobs(app: "App", delivery: "Delivery", find: Find) -> "AsyncIOScheduler":
    """The scheduler of `run`: everything that writes goes through the writer.

    Delivery looks at once after each job: most of them queue something. `find` asks the doors
    where somebody can be written to.
    """
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    scheduler = AsyncIOScheduler(timezone="Europe/London")

    def every(work: Any, **when: Any) -> None:
        async def job() -> None:
            await app.writer.run(lambda: work(app))
            delivery.wake()

        scheduler.add_job(
            job, id=work.__name__, max_instances=1, coalesce=True, misfire_grace_time=3600, **when
        )

    async def reach_people() -> None:
        from bot.reaching import reach

        await reach(app, find)
        delivery.wake()

    scheduler.add_job(reach_people, trigger="interval", hours=1, max_instances=1)
    every(reminder_round, trigger="interval", minutes=15)
    every(weekly_digests, trigger="interval", minutes=15)
    every(tell_keepers, trigger="interval", minutes=15)
    every(follow_chosen, trigger="interval", minutes=1)
    every(watch_concerns, trigger="interval", minutes=1)
    every(watch_cover, trigger="interval", minutes=15)
    every(forget_leavers, trigger="interval", minutes=1)
    every(settle_anonymous, trigger="interval", minutes=1)
    every(open_rounds, trigger="interval", minutes=15)
    every(start_follow_ups, trigger="interval", minutes=15)
    every(send_invitations, trigger="interval", minutes=5)
    every(tell_who_joined, trigger="cron", hour=10)
    every(tidy, trigger="cron", hour=3, minute=10)
    return scheduler
