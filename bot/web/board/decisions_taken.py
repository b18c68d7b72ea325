"""Decisions as the board's forms send them: the same use cases as in chat, the same people told."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlmodel import Session as Db

from bot.access import Right, Who
from bot.circumstances import Circumstances
from bot.people import find_person
from bot.staff.manager_told import put_again
from bot.web.board.plan_filters import number_of
from bot.web.forms import Sent
from reminders import decisions, escalation, updates
from reminders.corrections import open_proposal
from reminders.handing_over import waiting_hand_overs
from reminders.policy import Status
from reminders.recipients import NotAllowed, may_settle
from reminders.review import confirm_review
from storage.mail import Urgency, queue
from storage.people import Person, contacts_of
from storage.plans import Action, Escalation, Update

_LONGEST = 1000
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)

Work = Callable[[Db, Circumstances, Who, int, Sent], str]


class NotTaken(Exception):
    """A decision that was not taken; the message says why, and what to do."""


class Over(NotTaken):
    """Somebody decided before, or something was said since."""

    def __init__(self) -> None:
        super().__init__(
            "This does not wait any more: somebody decided it, or something else was said since. "
            "The history of the action says what."
        )


def take(db: Db, around: Circumstances, who: Who, sent: Sent) -> str:
    """Takes one decision in the caller's transaction; what it was, by a name of ours.

    Raises NotTaken.
    """
    kind, _, number = sent.one("item").partition("-")
    work = _WORK.get(kind)
    if work is None or not number_of(number):
        raise NotTaken("Please choose what you decide.")
    try:
        return work(db, around, who, number_of(number), sent)
    except updates.NothingToDecide as error:
        raise Over from error
    except NotAllowed as error:
        raise NotTaken(
            "Only a business manager decides this, or the chair of the leading group where it is "
            "a date or a completion."
        ) from error


def _said_yes(sent: Sent) -> bool:
    if sent.one("do") not in ("yes", "no"):
        raise NotTaken("Please press one of the two buttons.")
    return sent.one("do") == "yes"


def _why(sent: Sent) -> str:
    return sent.one("reason").strip()[:_LONGEST]


def _escalation(db: Db, around: Circumstances, who: Who, row_id: int, sent: Sent) -> str:
    yes, rung = _said_yes(sent), db.get(Escalation, row_id)
    if not who.may(Right.APPROVE):
        raise NotAllowed
    if rung is None or rung.decided_at is not None:
        raise Over
    escalation.decide(
        db,
        escalation_id=row_id,
        person_id=who.person_id,
        approved=yes,
        now=around.now,
        today=around.today,
        why=_why(sent),
    )
    put_again(db, around.now, "escalation_proposed", {"escalation": row_id})
    return "sent" if yes else "kept"


def _date(db: Db, around: Circumstances, who: Who, row_id: int, sent: Sent) -> str:
    yes, said = _said_yes(sent), db.get(Update, row_id)
    if said is None:
        raise Over
    _check_settles(db, who, said.action_id)
    proposal = open_proposal(db, said.action_id)
    if proposal is None or proposal.id != row_id:
        raise Over
    updates.agree_date(
        db,
        update_id=row_id,
        person_id=who.person_id,
        now=around.now,
        today=around.today,
        agreed=yes,
        why=_why(sent),
    )
    put_again(db, around.now, "date_proposed", {"update": row_id})
    _tell_author(db, around.now, who, said, "date_decided")
    return "agreed" if yes else "refused"


def _completion(db: Db, around: Circumstances, who: Who, action_id: int, sent: Sent) -> str:
    yes, action = _said_yes(sent), db.get(Action, action_id)
    _check_settles(db, who, action_id)
    if action is None or action.status != Status.COMPLETE_AWAITING_EVIDENCE:
        raise Over
    proposal = decisions.decide_complete(
        db,
        action_id=action_id,
        person_id=who.person_id,
        accepted=yes,
        now=around.now,
        today=around.today,
        why=_why(sent),
    )
    if proposal is not None and proposal.id is not None:
        put_again(db, around.now, "complete_proposed", {"update": proposal.id})
        _tell_author(db, around.now, who, proposal, "complete_decided")
    return "complete" if yes else "left"


def _check_settles(db: Db, who: Who, action_id: int) -> None:
    if not may_settle(db, who.person_id, action_id):
        raise NotAllowed


def _help(db: Db, around: Circumstances, who: Who, row_id: int, sent: Sent) -> str:
    row, answer = db.get(Update, row_id), sent.one("note").strip()[:_LONGEST]
    if row is None or row.help_answered_at is not None:
        raise Over
    if not answer:
        raise NotTaken("Please write what the lead is to read.")
    decisions.answer_help(
        db, update_id=row_id, person_id=who.person_id, answer=answer, now=around.now
    )
    put_again(db, around.now, "help_wanted", {"update": row_id})
    if row.person_id is not None:
        key = f"help-answered:{row_id}"
        _tell(db, around.now, row.person_id, "help_answered", key, update=row_id)
    return "answered"


def _passed(db: Db, around: Circumstances, who: Who, action_id: int, sent: Sent) -> str:
    stays = sent.one("do") == "stays"
    askers = {person for asked, person in waiting_hand_overs(db) if asked == action_id}
    if not askers:
        raise Over
    to = None if stays else _taker(db, sent)
    updates.settle_hand_over(
        db, action_id=action_id, to_person_id=to, person_id=who.person_id, now=around.now
    )
    put_again(db, around.now, "hand_over_asked", {"action": action_id})
    for person_id in sorted(askers) if stays else ():
        key = f"stays:{action_id}:{around.now:%Y%m%d%H%M}"
        _tell(db, around.now, person_id, "stays_yours", key, action=action_id)
    return "stays" if stays else "given"


def _taker(db: Db, sent: Sent) -> int:
    typed = sent.one("email").strip()
    chosen = number_of(sent.one("person"))
    person = find_person(db, typed) if typed else db.get(Person, chosen) if chosen else None
    if person is None or person.id is None or not person.active:
        raise NotTaken(
            "Nobody is known by that e-mail. Import the people list, or write another."
            if typed
            else "Please choose whose it is, or write their e-mail."
        )
    return person.id


def _doubt(db: Db, around: Circumstances, who: Who, action_id: int, sent: Sent) -> str:
    action = db.get(Action, action_id)
    if not who.may(Right.SETTLE_IMPORT):
        raise NotAllowed
    if action is None or not action.needs_review:
        raise Over
    confirm_review(
        db,
        action_id=action_id,
        person_id=who.person_id,
        now=around.now,
        today=around.today,
        due_on=_day(sent.one("due_on")),
    )
    return "settled"


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError as error:
        raise NotTaken("That is no day. Write it as 2024-03-31, or leave it empty.") from error
    if not _FIRST <= day <= _LAST:
        raise NotTaken("That day is too far away. Write it as 2024-03-31, or leave it empty.")
    return day


_WORK: Mapping[str, Work] = {
    "escalate": _escalation,
    "newdate": _date,
    "evidenced": _completion,
    "helped": _help,
    "passed": _passed,
    "doubt": _doubt,
}


def _tell_author(db: Db, now: datetime, who: Who, said: Update, intent: str) -> None:
    """The lead who asked hears what was decided, and why."""
    if said.person_id is not None and said.person_id != who.person_id:
        key = f"{intent.replace('_', '-')}:{said.id}"
        _tell(db, now, said.person_id, intent, key, update=said.id)


def _tell(
    db: Db, now: datetime, person_id: int, intent: str, key: str, **params: int | None
) -> None:
    contact = contacts_of(db, [person_id]).get(person_id)
    if contact is not None and contact.id is not None:
        queue(
            db,
            key=f"{key}:{contact.id}",
            intent=intent,
            contact_id=contact.id,
            now=now,
            params=params,
            urgency=Urgency.REPLY,
        )
