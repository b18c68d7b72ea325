"""What the tests of delivery put into the outbox."""

from datetime import timedelta
from typing import Any

from sqlmodel import col

from storage.mail import Urgency, queue
from storage.people import Contact, Role
from tests.bot.stage import Stage
from tests.reminders.small_plan import SmallPlan


def queue_text(stage: Stage, who: int, wording: str, urgency: Urgency, **more: Any) -> None:
    """A text of the catalogue to a person."""
    with stage.database.writing() as db:
        contact = _contact_of(stage, who)
        queue(
            db,
            key=f"test:{who}:{wording}:{urgency}",
            intent="say",
            contact_id=contact,
            now=stage.now,
            params={"wording": wording},
            urgency=urgency,
            **more,
        )


def _contact_of(stage: Stage, person_id: int) -> int:
    [contact] = stage.rows(Contact, col(Contact.person_id) == person_id)
    return int(contact.id)


def nudged(stage: Stage) -> int:
    """A lead with one action, whose reminder waits."""
    lead = stage.person("lead", Role.LEAD)
    with stage.database.writing() as db:
        plan = SmallPlan.start(db)
        plan.action("1.2", stage.now.date() + timedelta(days=14), people=[lead])
    stage.round()
    return lead
