"""A page of "you said, we did" that went out, as the pages about delivery show it."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from digests.period import Period
from digests.publishing import publish as send_out
from storage.calendar import Calendar
from storage.mail import Outbox
from storage.voice import ResponseKind, ResponseState
from tests.bot.web.board.office import Office
from tests.digests import seeded


def publish(office: Office, listed: int = 2) -> int:
    """The publication's id; so many contacts asked to hear of it."""
    office.stage.later(days=45)
    with office.stage.database.writing() as db:
        return published_in(db, office.stage.now, listed)


def published_in(db: Session, now: datetime, listed: int) -> int:
    """The same, at an instant after the seeded partnership's week."""
    found = seeded.partnership(db)
    seeded.ask_to_hear(db, found, listed)
    seeded.said_and_done(db, found)
    theme = seeded.theme(db, found, "Sports for everyone", 20)
    seeded.response(db, theme, ResponseKind.WE_DID, "We did it.", state=ResponseState.APPROVED)
    return send_out(
        db,
        found.survey,
        person_id=found.people["Business Manager"],
        period=Period(now.date() - timedelta(days=91), now.date()),
        now=now,
        calendar=Calendar(),
        points_to_nobody=True,
    ).publication_id


def settle(db: Session, now: datetime, outcomes: dict[int, str]) -> list[int]:
    """Settles what waits, by its place on the list; the contacts of the list."""
    rows = db.exec(select(Outbox).where(Outbox.intent == "told").order_by(col(Outbox.id))).all()
    for place, row in enumerate(rows):
        if place in outcomes:
            row.outcome, row.settled_at = outcomes[place], now
            db.add(row)
    return [row.contact_id for row in rows]
