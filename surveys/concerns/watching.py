"""What is looked at every minute: alerts that are due, the hand-over, and the close of hours."""

from datetime import datetime, timedelta

from sqlmodel import Session as Db

from storage.calendar import Calendar
from surveys.concerns.alerting import pass_on
from surveys.concerns.handing_over import offer, pass_at_close
from surveys.review_clock import Clocks


def watch(db: Db, *, now: datetime, calendar: Calendar, clocks: Clocks, before: timedelta) -> int:
    """Everything that is due; how many messages were queued. Twice at once does no more.

    `before`: how long before the close of hours the hand-over is offered.
    """
    passed = pass_at_close(db, now=now, calendar=calendar, clocks=clocks)
    again = pass_on(db, now=now, calendar=calendar, clocks=clocks)
    offered = offer(db, now=now, calendar=calendar, clocks=clocks, before=before)
    return passed + again + offered
