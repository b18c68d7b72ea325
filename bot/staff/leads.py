"""The lead's side of the conversation: one tap, one line, and never a form that asks twice."""

from datetime import date, timedelta

from sqlmodel import col, select

from bot.access import Who
from bot.replies import Replies
from bot.respondents.asking import ask
from bot.tokens import read_act
from reminders import updates
from reminders.policy import Status
from reminders.recipients import may_speak_for, not_carried, recipients
from storage.people import Role
from storage.plans import Action, Nudge, Update
from storage.surveys import Survey
from surveys.register import STATUS_UPDATE
from surveys.sessions import begin, store
from surveys.steps import Running, Step, advance
from surveys.turns import Chose

SNOOZE_DAYS = 7


# buttons


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A button under a nudge or a read-back; False if it is none of these."""
    act, args = read_act(token)
    if act == "same" and args:
        _nothing_new(replies, who, ":".join(args))
    elif act in _ON_ACTION and args and args[0].isdigit():
        _on_action(replies, who, act, int(args[0]), args[1:])
    else:
        return False
    return True


_ON_ACTION = ("status", "update", "notmine", "snooze", "needhelp", "tell")


def _on_action(replies: Replies, who: Who, act: str, action_id: int, rest: list[str]) -> None:
    action = replies.db.exec(
        select(Action).where(
            Action.id == action_id, col(Action.retired_on).is_(None), not_carried()
        )
    ).first()
    if action is None:
        replies.say("stale")
    elif not may_speak_for(replies.db, who.person_id, action_id):
        replies.say("lead.not_yours", ref=action.ref)
    elif act == "status" and rest and rest[0] in set(Status):
        start_update(replies, who, action, Status(rest[0]))
    elif act == "notmine":
        hand_over(replies, who, action, "")
    elif act == "snooze":
        _snooze(replies, who, action, SNOOZE_DAYS)
    elif act == "needhelp":
        replies.wait_for({"help": action_id})
        replies.say("lead.what_help", ref=action.ref)
    else:
        start_update(replies, who, action, None)


def _nothing_new(replies: Replies, who: Who, batch: str) -> None:
    """One tap for everything that one message asked."""
    rows = replies.db.exec(
        select(Nudge).where(Nudge.batch == batch, Nudge.person_id == who.person_id)
    ).all()
    waiting = [row.action_id for row in rows if row.answered_at is None]
    if not waiting:
        replies.say("lead.already_answered" if rows else "stale")
        return
    updates.nothing_new(
        replies.db,
        action_ids=waiting,
        person_id=who.person_id,
        now=replies.now,
        today=replies.around.today,
    )
    replies.wait_for(None)
    replies.say("lead.nothing_new", count=len(waiting))


def _snooze(replies: Replies, who: Who, action: Action, days: int) -> None:
    later = replies.around.today + timedelta(days=days)
    snooze_until(replies, who, action, replies.around.calendar.working_day_after(later))


def snooze_until(replies: Replies, who: Who, action: Action, until: date) -> None:
    """Asks again on that day, and not before."""
    assert action.id is not None
    updates.snooze(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        until=until,
        now=replies.now,
        today=replies.around.today,
    )
    replies.say("lead.snoozed", ref=action.ref, until=until.isoformat())


def hand_over(replies: Replies, who: Who, action: Action, named: str) -> None:
    """Not theirs: the manager settles to whom it goes, and this person is left in peace."""
    assert action.id is not None
    updates.hand_over(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        named=named,
        now=replies.now,
        today=replies.around.today,
    )
    key = f"hand-over:{action.id}:{who.person_id}:{replies.around.today}"
    replies.tell_role(
        Role.MANAGER, "hand_over_asked", key=key, action=action.id, person=who.person_id
    )
    replies.wait_for(None)
    replies.say("lead.handed_over", ref=action.ref)


# the update form


def start_update(replies: Replies, who: Who, action: Action, status: Status | None) -> None:
    """Opens the update form; a status that was tapped counts at once, the line may follow."""
    if (open_form := _tapped_already(replies, action, status)) is not None:
        ask(replies, open_form)
        return
    survey = replies.db.exec(select(Survey).where(Survey.slug == STATUS_UPDATE)).one()
    assert survey.version_id is not None
    form = replies.around.forms.of(replies.db, survey.version_id)
    running, _ = begin(
        replies.db,
        survey,
        form,
        contact_id=replies.standing.contact_id,
        language=replies.standing.language,
        moment=replies.around.moment,
        about_action_id=action.id,
    )
    if status is not None:
        running = _counted_at_once(replies, who, running, status)
    replies.wait_for(None, session_id=running.id)
    ask(replies, running)


def _counted_at_once(replies: Replies, who: Who, running: Running, status: Status) -> Running:
    """The status is recorded at once, and stands in the form as answered."""
    assert running.about_action_id is not None
    updates.record(
        replies.db,
        action_id=running.about_action_id,
        person_id=who.person_id,
        status=status,
        now=replies.now,
        today=replies.around.today,
        how="one tap",
    )
    step = advance(running, Chose((status.value,)), replies.around.moment)
    store(replies.db, [step], replies.around.moment)
    return step.running


def _tapped_already(replies: Replies, action: Action, status: Status | None) -> Running | None:
    """The form that the first of two taps on the same button opened."""
    running = replies.standing.running
    if running is None or running.about_action_id != action.id:
        return None
    said = running.at.answers.get("status")
    return running if said == (status.value if status else None) else None


def form_ended(replies: Replies, step: Step) -> None:
    """The update form is finished: its answers become the update, in place of the one tap."""
    running = step.running
    action = replies.db.get(Action, running.about_action_id) if running.about_action_id else None
    if action is None or action.id is None or replies.standing.person_id is None:
        replies.say("stale")
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
        corrects_id=_one_tap(replies, running, action.id),
    )
    replies.wait_for(None)
    thank(replies, update)


def _one_tap(replies: Replies, running: Running, action_id: int) -> int | None:
    """The update that the tap at the start of this form made."""
    return replies.db.exec(
        select(Update.id)
        .where(
            Update.action_id == action_id,
            Update.person_id == replies.standing.person_id,
            Update.how == "one tap",
            col(Update.at) >= running.at.started,
        )
        .order_by(col(Update.id).desc())
    ).first()


def iso_date(text: str | None) -> date | None:
    """A day as it is stored in an answer."""
    return date.fromisoformat(text) if text else None


def thank(replies: Replies, update: Update) -> None:
    """Reads back what now counts, and passes on what a manager must decide or hear."""
    replies.queue("recorded", update=update.id)
    if update.proposed_due_on is not None:
        key = f"date-proposed:{update.id}"
        replies.tell_role(Role.MANAGER, "date_proposed", key=key, update=update.id)
    if update.status == Status.COMPLETE_AWAITING_EVIDENCE:
        _ask_chair(replies, update)
    if update.help_wanted:
        replies.tell_role(Role.MANAGER, "help_wanted", key=f"help:{update.id}", update=update.id)


def _ask_chair(replies: Replies, update: Update) -> None:
    """A lead proposes "complete"; the chair of a leading body accepts, or the manager."""
    leading = recipients(replies.db, [update.action_id], today=replies.around.today)
    chairs = {one.chair_id for one in leading.get(update.action_id, ()) if one.chair_id is not None}
    key = f"complete-proposed:{update.id}"
    told = [
        replies.tell(chair, "complete_proposed", key=f"{key}:{chair}", update=update.id)
        for chair in sorted(chairs)
    ]
    if not any(told):
        replies.tell_role(Role.MANAGER, "complete_proposed", key=key, update=update.id)
