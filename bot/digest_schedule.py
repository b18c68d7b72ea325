"""The weekly digest by itself: a draft once a week for the managers, and its files."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session as Db

from bot.digest_readers import managers, reached, this_week
from digests import editions
from digests.edition_files import KINDS, DigestFile, file_of, keep, without_files
from digests.period import Period
from digests.picture import Unreadable
from storage.editions import Edition, EditionState
from storage.mail import Urgency, queue
from storage.people import Contact, Person, preferences_of
from surveys.typesetting import CannotTypeset

if TYPE_CHECKING:
    from bot.app import App


def weekly_digests(app: "App") -> int:
    """Makes the draft of the week when the first manager's time comes, and gives it to each.

    Its files are made between the two transactions, so that none waits for them. How many
    messages were queued; doing it again queues none twice.
    """
    made = _drafted(app)
    keep_files(app)
    return _queued(app) if made else 0


def _drafted(app: "App") -> bool:
    """Whether somebody's time has come this week; the draft is there then."""
    around = app.around
    with app.database.writing() as db:
        if not list(_due(app, db)):
            return False
        editions.draft(
            db,
            Period.week_to(around.today),
            now=around.now,
            calendar=around.calendar,
            key=_key(app),
        )
    return True


def _key(app: "App") -> str:
    """One for each week, however often and on however many nodes the job runs."""
    today = app.around.today
    return f"weekly:{today - timedelta(days=today.weekday())}"


def _due(app: "App", db: Db) -> Iterable[tuple[Person, Contact]]:
    """The managers whose day and hour have come this week."""
    around, usual = app.around, app.settings.digests
    for person, contact in reached(db, managers(db)):
        assert person.id is not None
        chosen = preferences_of(db, person.id)
        moment = this_week(chosen, usual, around.today, around.calendar)
        is_late = around.calendar.local_date(moment) != around.today
        # After a time that was missed it is not sent in the night or at a weekend.
        if moment <= around.now and (not is_late or around.calendar.is_working_day(around.today)):
            yield person, contact


def _queued(app: "App") -> int:
    around = app.around
    with app.database.writing() as db:
        edition = editions.find(db, _key(app))
        if edition is None or edition.state is EditionState.DROPPED:
            return 0
        return sum(
            queue(
                db,
                key=f"digest:{edition.id}:{person.id}",
                intent="digest",
                contact_id=contact.id or 0,
                now=around.now,
                params={"edition": edition.id, "sent": True},
                urgency=Urgency.REMINDER,
            )
            for person, contact in _due(app, db)
        )


def keep_files(app: "App") -> int:
    """Makes the files of editions that have none yet, outside of a transaction; how many."""
    with app.database.reading() as db:
        made = [(edition, _files(app, db, edition)) for edition in without_files(db)]
    if not made:
        return 0
    with app.database.writing() as db:
        for edition, files in made:
            keep(db, edition, files)
    return sum(len(files) for _, files in made)


def _files(app: "App", db: Db, edition: Edition) -> list[DigestFile]:
    """What can be made; an edition of another version of the program cannot any more."""
    template = app.settings.digests.template
    try:
        return [file_of(db, edition, kind, template) for kind in KINDS]
    except (Unreadable, CannotTypeset):
        return []
