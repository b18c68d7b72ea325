"""What a lead said becomes an update: read back, and passed on to who must decide or hear."""

from datetime import date, datetime, timedelta

from sqlmodel import col, select

from bot.replies import Replies
from reminders import updates
from reminders.policy import FINISHED, Status
from reminders.recipients import may_speak_for, recipients
from storage.people import Role
from storage.plans import Action, Update
from surveys.steps import Step

ONE_TAP = updates.ONE_TAP
SAYABLE = (
    Status.ON_TRACK,
    Status.AT_RISK,
    Status.OFF_TRACK,
    Status.WAITING,
    Status.COMPLETE,
)
"""What a lead says of an action; what ends it otherwise is for a chair or a manager to say."""
_OPEN_FOR = timedelta(hours=2)
"""How long a form may stand open and still complete the tap that opened it."""


def form_ended(replies: Replies, step: Step, *, corrects_id: int | None = None) -> None:
    """The update form is finished: its answers become the update, in place of the one tap."""
    running = step.running
    action = replies.db.get(Action, running.about_action_id) if running.about_action_id else None
    if action is None or action.id is None or replies.standing.person_id is None:
        replies.say("stale")
        return
    if why := _why_not(replies, action.id, replies.standing.person_id, action.status):
        replies.wait_for(None)
        replies.say(why, ref=action.ref)
        return
    said = dict(running.at.answers)
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=replies.standing.person_id,
        status=Status(said.get("status", action.status)),
        note=said.get("note", ""),
        evidence=said.get("evidence", ""),
        help_wanted=said.get("help", ""),
        proposed_due_on=iso_date(said.get("new_date")),
        now=replies.now,
        today=replies.around.today,
        corrects_id=corrects_id or _one_tap(replies, action.id, running.at.started - _OPEN_FOR),
    )
    replies.wait_for(None)
    thank(replies, update)


def _why_not(replies: Replies, action_id: int, person_id: int, status: str) -> str:
    """What has happened to the action while the form stood open; empty where it may be sent."""
    if not may_speak_for(replies.db, person_id, action_id):
        return "lead.not_yours"
    return "refused.overdone" if status in FINISHED else ""


def _one_tap(replies: Replies, action_id: int, since: datetime) -> int | None:
    """The update that the tap before this form made, where nobody has said anything after it."""
    last = replies.db.exec(
        select(Update).where(Update.action_id == action_id).order_by(col(Update.id).desc()).limit(1)
    ).first()
    is_theirs = (
        last is not None
        and last.person_id == replies.standing.person_id
        and last.how == ONE_TAP
        and last.at >= since
    )
    return last.id if last is not None and is_theirs else None


def iso_date(text: str | None) -> date | None:
    """A day as it is stored in an answer."""
    return date.fromisoformat(text) if text else None


def thank(replies: Replies, update: Update) -> None:
    """Reads back what now counts, and passes on what a manager must decide or hear."""
    replies.count("recorded", update=update.id)
    pass_on(replies, update)


def pass_on(replies: Replies, update: Update) -> None:
    """To those who must decide or hear: a new date, a completion, a call for help."""
    if update.proposed_due_on is not None:
        key = f"date-proposed:{update.id}"
        replies.tell_role(Role.MANAGER, "date_proposed", key=key, update=update.id)
    if update.status == Status.COMPLETE_AWAITING_EVIDENCE:
        _ask_chair(replies, update)
    if update.help_wanted:
        replies.tell_role(Role.MANAGER, "help_wanted", key=f"help:{update.id}", update=update.id)


def pass_on_later(replies: Replies, update: Update) -> None:
    """A tap opened a form that asks for more: where that is left, the chair is asked all the same.

    What was said in the form takes the tap's place, and then this lapses.
    """
    if update.status == Status.COMPLETE_AWAITING_EVIDENCE:
        _ask_chair(replies, update, not_before=replies.now + _OPEN_FOR)


def _ask_chair(replies: Replies, update: Update, not_before: datetime | None = None) -> None:
    """A lead proposes "complete"; the chair of a leading body accepts, or the manager."""
    leading = recipients(replies.db, [update.action_id], today=replies.around.today)
    chairs = {one.chair_id for one in leading.get(update.action_id, ()) if one.chair_id is not None}
    key = f"complete-proposed:{update.id}"
    told = [
        replies.tell(
            chair,
            "complete_proposed",
            key=f"{key}:{chair}",
            not_before=not_before,
            update=update.id,
        )
        for chair in sorted(chairs)
    ]
    if not any(told):
        replies.tell_role(
            Role.MANAGER, "complete_proposed", key=key, not_before=not_before, update=update.id
        )
