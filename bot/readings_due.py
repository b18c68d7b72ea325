"""Once a quarter each keeper is told, in one message, which of their measures have no reading."""

from datetime import timedelta
from typing import TYPE_CHECKING

from digests.indicators import indicators_at, last_quarter
from storage.mail import Urgency, queue
from storage.people import contacts_of, preferences_of
from storage.plans import Indicator

if TYPE_CHECKING:
    from bot.app import App

_DAYS = 28
"""So long after a quarter's end it is still worth telling; after that the scorecard is out."""


def tell_keepers(app: "App") -> int:
    """How many were told. The quarter is in the key: however often this runs, once each."""
    around, reminders = app.around, app.settings.reminders
    period = last_quarter(around.today)
    begins = around.calendar.at_local(
        around.calendar.working_day_after(period.end + timedelta(days=1)), reminders.hour
    )
    is_over = (around.today - period.end).days > _DAYS
    if around.now < begins or is_over or not around.calendar.is_working_day(around.today):
        return 0
    with app.database.writing() as db:
        found = indicators_at(db, period, calendar=around.calendar, now=around.now)
        missing = [one.id for one in found if one.is_missing and one.keeper]
        rows = [db.get_one(Indicator, one) for one in missing]
        keepers = sorted({row.keeper_id for row in rows if row.keeper_id is not None})
        wished = [one for one in keepers if preferences_of(db, one).stopped_on is None]
        contacts = contacts_of(db, wished)
        return sum(
            queue(
                db,
                key=f"readings-due:{period.end.isoformat()}:{keeper}",
                intent="readings_due",
                contact_id=contact.id or 0,
                now=around.now,
                params={"quarter": period.end.isoformat()},
                urgency=Urgency.REMINDER,
            )
            for keeper, contact in sorted(contacts.items())
        )
