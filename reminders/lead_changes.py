"""Who leads an action has changed: both hear of it once, and the new one is asked in that message.

What was still asked of the one before lapses with it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import chain

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from reminders.history import settle_nudges
from reminders.policy import FINISHED
from reminders.recipients import not_carried
from storage.database import insert_new
from storage.mail import Outbox, outbox_row
from storage.people import contacts_of
from storage.plans import Action, ActionChange, ActionLead, Body, Nudge

GIVEN = "given"
"""The stage of the question that comes with an action."""


def asked_for(db: Session, lead: ActionLead) -> int | None:
    """Who answers for this lead: the person, or else the contact of the body."""
    if lead.person_id is not None or lead.body_id is None:
        return lead.person_id
    body = db.get(Body, lead.body_id)
    return body.contact_person_id if body is not None else None


def pass_on_questions(
    db: Session,
    action: Action,
    change: ActionChange,
    *,
    before: int | None,
    after: int | None,
    by_id: int,
    now: datetime,
    today: date,
) -> None:
    """Tells who led and who leads; neither hears what they did themselves."""
    db.flush()
    assert action.id is not None
    told: dict[int, tuple[str, dict[str, object]]] = {}
    if before is not None and before != after and not _still_leads(db, action.id, before):
        settle_nudges(db, action.id, now=now, person_id=before)
        told[before] = ("no_longer_yours", {"action": action.id, "to": after or 0})
    if after is not None and after != before:
        batch = f"{GIVEN}:{change.id}"
        about = {"action": action.id, "person": after, "from": before or 0, "batch": batch}
        told[after] = ("yours_now", about)
        if _is_asked_about(action):
            _ask(db, action, after, batch, today)
    told.pop(by_id, None)
    _tell(db, told, str(change.id), now)


def _tell(
    db: Session, told: Mapping[int, tuple[str, Mapping[str, object]]], key: str, now: datetime
) -> None:
    """One intent to each person."""
    contacts = contacts_of(db, told)
    rows = [
        outbox_row(
            key=f"{told[person_id][0]}:{key}:{contact.id}",
            intent=told[person_id][0],
            contact_id=contact.id,
            now=now,
            params=told[person_id][1],
        )
        for person_id, contact in sorted(contacts.items())
        if contact.id is not None
    ]
    insert_new(db, Outbox, rows)


def _still_leads(db: Session, action_id: int, person_id: int) -> bool:
    leads = db.exec(select(ActionLead).where(col(ActionLead.action_id) == action_id))
    return any(asked_for(db, lead) == person_id for lead in leads.all())


def _is_asked_about(action: Action) -> bool:
    return not action.needs_review and action.retired_on is None


def _ask(db: Session, action: Action, person_id: int, batch: str, today: date) -> None:
    """The next round knows that they have been asked, and waits for the next stage.

    It may be theirs for the second time: then the question of the first is asked anew.
    """
    again = [
        col(Nudge.action_id) == action.id,
        col(Nudge.stage) == GIVEN,
        col(Nudge.person_id) == person_id,
    ]
    db.exec(update(Nudge).where(*again).values(batch=batch, queued_on=today, answered_at=None))
    row = {
        "action_id": action.id,
        "due_on": action.due_on or action.review_on or today,
        "stage": GIVEN,
        "person_id": person_id,
        "queued_on": today,
        "batch": batch,
        "answered_at": None,
    }
    insert_new(db, Nudge, [row])


# several at once, by an import

Answering = Mapping[int, frozenset[int]]
"""Who answers for each action that is asked about."""


def answering(db: Session) -> Answering:
    """Who answers now: leads in person, and the contacts of leading bodies."""
    db.flush()
    found = db.exec(
        select(Action.id, func.coalesce(ActionLead.person_id, Body.contact_person_id))
        .outerjoin(ActionLead, col(ActionLead.action_id) == col(Action.id))
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .where(
            col(Action.retired_on).is_(None),
            col(Action.needs_review).is_(False),
            col(Action.status).not_in([str(one) for one in FINISHED]),
            not_carried(),
        )
    ).all()
    people: dict[int, set[int]] = {}
    for action_id, person_id in found:
        people.setdefault(action_id or 0, set()).update({person_id} - {None})
    return {action_id: frozenset(ids) for action_id, ids in people.items()}


def pass_on_changed(
    db: Session, before: Answering, *, by_id: int | None, now: datetime, today: date
) -> None:
    """Tells whoever came or went since `before`, each in one message however many actions it is.

    Actions that were not there before are asked about in their time.
    """
    after = answering(db)
    both = sorted(before.keys() & after.keys())
    lost = _by_person({one: before[one] - after[one] for one in both})
    gained = _by_person({one: after[one] - before[one] for one in both})
    for person_id, action_ids in lost.items():
        for action_id in action_ids:
            settle_nudges(db, action_id, now=now, person_id=person_id)
    key = f"import:{now:%Y%m%d%H%M%S}:{'-'.join(map(str, sorted({*lost, *gained})))}"[:64]
    told = {one: ("no_longer_yours", _left(ids, after)) for one, ids in lost.items()}
    told.pop(by_id or 0, None)
    _tell(db, told, key, now)
    told = {one: ("yours_now", _came(db, one, ids, now, today)) for one, ids in gained.items()}
    told.pop(by_id or 0, None)
    _tell(db, told, key, now)


def _by_person(changed: Answering) -> dict[int, list[int]]:
    people = sorted(set(chain.from_iterable(changed.values())))
    return {one: [action for action, ids in changed.items() if one in ids] for one in people}


def _left(action_ids: list[int], after: Answering) -> dict[str, object]:
    """Who has them now is named where that is one person."""
    now_with = set(chain.from_iterable(after[one] for one in action_ids))
    to = next(iter(now_with)) if len(now_with) == 1 else 0
    return {"action": action_ids[0], "actions": action_ids, "to": to}


def _came(
    db: Session, person_id: int, action_ids: list[int], now: datetime, today: date
) -> dict[str, object]:
    batch = f"{GIVEN}:{now:%Y%m%d%H%M%S}:{person_id}:{action_ids[0]}"
    for action_id in action_ids:
        _ask(db, db.get_one(Action, action_id), person_id, batch, today)
    return {"action": action_ids[0], "actions": action_ids, "person": person_id, "batch": batch}
