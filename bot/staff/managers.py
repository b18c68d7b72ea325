"""The business manager's side: the digest, what waits for a decision, doubtful rows."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot.access import Right, Who
from bot.people import find_person
from bot.replies import Replies
from bot.tokens import read_act
from reminders import escalation, updates
from reminders.recipients import not_carried
from storage.people import Person
from storage.plans import Action, Escalation, Update


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A decision by button; False if it is none of these."""
    act, args = read_act(token)
    if act in ("review", "give") and all(arg.isdigit() for arg in args):
        return _chosen(replies, who, act, [int(arg) for arg in args])
    decide = {
        "escalate": _decide_escalation,
        "newdate": _decide_date,
        "accept": _accept_row,
        "evidenced": _accept_complete,
    }.get(act)
    if decide is None or not args or not args[0].isdigit():
        return False
    # An action's own chair may settle it too; the use case knows who that is.
    if not who.may(Right.APPROVE) and act not in ("evidenced", "newdate"):
        replies.say("refused.approve")
    else:
        decide(replies, who, int(args[0]), args[1:] == ["yes"])
    return True


def said(replies: Replies, who: Who, text: str) -> bool:
    """/digest, /review and "give 1.2 to EMAIL"; False if it is none of these."""
    words = text.strip().split()
    command = words[0].casefold().lstrip("/") if words else ""
    slash = text.strip().startswith("/")
    if command == "digest" and (slash or len(words) == 1):
        _digest(replies, who)
    elif command == "review" and (slash or len(words) <= 2):
        _review(replies, who, words[1] if len(words) > 1 else "")
    elif command == "give" and len(words) == 4 and words[2].casefold() == "to":
        _give(replies, who, words[1], words[3])
    else:
        return False
    return True


def _digest(replies: Replies, who: Who) -> None:
    if not who.may(Right.DIGEST):
        replies.say("refused.digest")
        return
    replies.say("manager.digest_coming")
    queue_digest(replies, who.person_id)


def queue_digest(replies: Replies, person_id: int) -> None:
    """The week that ends today."""
    end = replies.around.today
    start = end - timedelta(days=6)
    replies.queue("digest", start=start.isoformat(), end=end.isoformat(), person=person_id)


def _review(replies: Replies, who: Who, ref: str) -> None:
    if not who.may(Right.SETTLE_IMPORT):
        replies.say("refused.approve")
        return
    if not ref:
        replies.queue("review_list")
        return
    found = [row for row in _standing(replies, ref) if row.needs_review]
    if not found:
        replies.say("manager.nothing_to_review", ref=ref)
    elif len(found) > 1:
        replies.queue("review_which", actions=[row.id for row in found])
    else:
        replies.queue("review_row", action=found[0].id)


def _standing(replies: Replies, ref: str) -> Sequence[Action]:
    """The actions of this ref, one for each plan that still has it."""
    return replies.db.exec(
        select(Action)
        .where(Action.ref == ref, col(Action.retired_on).is_(None), not_carried())
        .order_by(col(Action.id))
    ).all()


def _give(replies: Replies, who: Who, ref: str, email: str) -> None:
    """Settles who leads an action that somebody said is not theirs."""
    person = find_person(replies.db, email)
    found = _standing(replies, ref)
    if person is None or person.id is None or not found:
        replies.say("manager.give_unknown", ref=ref)
    elif len(found) > 1:
        replies.queue("give_which", actions=[row.id for row in found], person=person.id)
    else:
        _give_to(replies, who, found[0].id or 0, person.id)


def _give_to(replies: Replies, who: Who, action_id: int, person_id: int) -> None:
    updates.settle_hand_over(
        replies.db,
        action_id=action_id,
        to_person_id=person_id,
        person_id=who.person_id,
        now=replies.now,
    )
    replies.queue("given", action=action_id, person=person_id)


def _chosen(replies: Replies, who: Who, act: str, ids: list[int]) -> bool:
    """One of the actions that share a ref; False if the button is not of that kind."""
    if len(ids) != (2 if act == "give" else 1):
        return False
    action = replies.db.get(Action, ids[0])
    person = replies.db.get(Person, ids[1]) if act == "give" else None
    if not who.may(Right.SETTLE_IMPORT if act == "review" else Right.APPROVE):
        replies.say("refused.approve")
    elif action is None or action.retired_on is not None or (act == "give" and person is None):
        replies.say("stale")
    elif act == "give":
        _give_to(replies, who, ids[0], ids[1])
    elif action.needs_review:
        replies.queue("review_row", action=action.id)
    else:
        replies.say("manager.nothing_to_review", ref=action.ref)
    return True


def _accept_row(replies: Replies, who: Who, action_id: int, yes: bool) -> None:
    action = replies.db.get(Action, action_id)
    if action is None or not action.needs_review:
        replies.say("stale")
    elif not yes:
        replies.say("manager.left_for_later", ref=action.ref)
    else:
        updates.confirm_review(
            replies.db,
            action_id=action_id,
            person_id=who.person_id,
            now=replies.now,
            today=replies.around.today,
        )
        replies.queue("review_settled", action=action_id)


def _decide_escalation(replies: Replies, who: Who, escalation_id: int, yes: bool) -> None:
    row = replies.db.get(Escalation, escalation_id)
    if row is None:
        replies.say("stale")
        return
    if row.decided_at is not None:
        replies.say("manager.decided_already")
        return
    escalation.decide(
        replies.db,
        escalation_id=escalation_id,
        person_id=who.person_id,
        approved=yes,
        now=replies.now,
        today=replies.around.today,
    )
    replies.say("manager.escalated" if yes else "manager.not_escalated")


def _decide_date(replies: Replies, who: Who, update_id: int, yes: bool) -> None:
    row = replies.db.get(Update, update_id)
    if row is None or row.proposed_due_on is None:
        replies.say("stale")
        return
    if row.date_agreed_at is not None or row.date_refused:
        replies.say("manager.decided_already")
        return
    updates.agree_date(
        replies.db,
        update_id=update_id,
        person_id=who.person_id,
        now=replies.now,
        today=replies.around.today,
        agreed=yes,
    )
    replies.say("manager.date_agreed" if yes else "manager.date_refused")
    if row.person_id is not None:
        key = f"date-decided:{update_id}"
        replies.tell(row.person_id, "date_decided", key=key, update=update_id)


def _accept_complete(replies: Replies, who: Who, action_id: int, yes: bool) -> None:
    if not yes:
        replies.say("manager.left_as_is")
        return
    updates.accept_complete(
        replies.db,
        action_id=action_id,
        person_id=who.person_id,
        now=replies.now,
        today=replies.around.today,
    )
    replies.say("manager.complete_accepted")
