"""The lead's side of the conversation: one tap, one line, and never a form that asks twice."""

from collections.abc import Callable
from datetime import timedelta

from sqlmodel import col, select

from bot.access import Who
from bot.replies import Replies
from bot.respondents.asking import ask
from bot.staff import lead_correcting, lead_dates, lead_handing, lead_help, settings_form, stopping
from bot.staff.lead_allowed import allowed
from bot.staff.recording import ONE_TAP, SAYABLE, pass_on_later
from bot.staff.update_form import open_update
from bot.tokens import read_act
from reminders import updates
from reminders.policy import Status
from reminders.recipients import may_speak_for
from storage.plans import Action, Nudge, Update
from storage.surveys import Survey
from surveys.register import STATUS_UPDATE
from surveys.sessions import begin, store
from surveys.steps import Running, advance
from surveys.turns import Chose

_SAME_TAP = timedelta(hours=2)
"""A second tap on the same status within this time is the first one again."""


# buttons


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A button under a message to a lead; False if it is none of these."""
    act, args = read_act(token)
    if act == "same" and args:
        _nothing_new(replies, who, ":".join(args))
    elif act in _ON_ACTION and args and args[0].isdigit():
        _on_action(replies, who, act, int(args[0]), args[1:])
    elif act == "correct":
        lead_correcting.pressed(replies, who, args)
    elif act == "settings":
        settings_form.show(replies, who)
    else:
        return not args and stopping.pressed(replies, who, act)
    return True


def _on_action(replies: Replies, who: Who, act: str, action_id: int, rest: list[str]) -> None:
    action = allowed(replies, who, action_id, finished_too=act == "history")
    if action is not None:
        _ON_ACTION[act](replies, who, action, rest[0] if rest else "")


def _status(replies: Replies, who: Who, action: Action, status: str) -> None:
    if status not in SAYABLE:
        replies.say("stale")
    elif status != Status.ON_TRACK or not replies.standing.address.takes_forms:
        start_update(replies, who, action, Status(status))
    else:
        update = _count(replies, who, action, Status.ON_TRACK)
        if update is not None:
            replies.count("recorded", update=update.id)
        replies.renew()


def _update(replies: Replies, who: Who, action: Action, _: str) -> None:
    start_update(replies, who, action, None)


def _history(replies: Replies, who: Who, action: Action, _: str) -> None:  # noqa: ARG001 - as others
    replies.queue("history", action=action.id)


_ON_ACTION: dict[str, Callable[[Replies, Who, Action, str], None]] = {
    "status": _status,
    "update": _update,
    "history": _history,
    "notmine": lead_handing.not_mine,
    "handto": lead_handing.chosen,
    "snooze": lead_dates.snooze_week,
    "askdate": lead_dates.ask_date,
    "needhelp": lead_help.by_words,
}


def _nothing_new(replies: Replies, who: Who, batch: str) -> None:
    """One tap for everything that one message asked."""
    rows = replies.db.exec(
        select(Nudge).where(Nudge.batch == batch, Nudge.person_id == who.person_id)
    ).all()
    waiting = [
        row.action_id
        for row in rows
        if row.answered_at is None and may_speak_for(replies.db, who.person_id, row.action_id)
    ]
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
    replies.count("say", wording="lead.nothing_new", words={"count": len(waiting)})
    replies.renew()


# the update form


def start_update(replies: Replies, who: Who, action: Action, status: Status | None) -> None:
    """Opens the update form; a status that was tapped counts at once, the line may follow."""
    if replies.can_open:
        if status is not None and _count(replies, who, action, status) is not None:
            replies.renew()
        open_update(replies, action, status)
        return
    if (open_form := _tapped_already(replies, action, status)) is not None:
        ask(replies, open_form)
        return
    running = _begun(replies, action)
    if status is not None:
        running = _counted_at_once(replies, who, action, running, status)
    replies.wait_for(None, session_id=running.id)
    ask(replies, running)


def _begun(replies: Replies, action: Action) -> Running:
    survey = replies.db.exec(select(Survey).where(Survey.slug == STATUS_UPDATE)).one()
    assert survey.version_id is not None
    running, _ = begin(
        replies.db,
        survey,
        replies.around.forms.of(replies.db, survey.version_id),
        contact_id=replies.standing.contact_id,
        language=replies.standing.language,
        moment=replies.around.moment,
        about_action_id=action.id,
    )
    return running


def _counted_at_once(
    replies: Replies, who: Who, action: Action, running: Running, status: Status
) -> Running:
    """The status is recorded at once, and stands in the form as answered."""
    _count(replies, who, action, status)
    step = advance(running, Chose((status.value,)), replies.around.moment)
    store(replies.db, [step], replies.around.moment)
    return step.running


def _count(replies: Replies, who: Who, action: Action, status: Status) -> Update | None:
    """One tap is an answer; None where the same tap was counted just before."""
    assert action.id is not None
    if action.status == _as_recorded(status) and _is_again(replies, who, action):
        return None
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        status=status,
        now=replies.now,
        today=replies.around.today,
        how=ONE_TAP,
    )
    pass_on_later(replies, update)
    return update


def _is_again(replies: Replies, who: Who, action: Action) -> bool:
    last = replies.db.exec(
        select(Update).where(Update.action_id == action.id).order_by(col(Update.id).desc()).limit(1)
    ).first()
    return (
        last is not None
        and last.how == ONE_TAP
        and last.person_id == who.person_id
        and last.status == action.status
        and replies.now - last.at < _SAME_TAP
    )


def _as_recorded(status: Status) -> Status:
    """What a lead calls complete waits for a chair."""
    return Status.COMPLETE_AWAITING_EVIDENCE if status is Status.COMPLETE else status


def _tapped_already(replies: Replies, action: Action, status: Status | None) -> Running | None:
    """The form that the first of two taps on the same button opened."""
    running = replies.standing.running
    if running is None or running.about_action_id != action.id:
        return None
    said = running.at.answers.get("status")
    return running if said == (status.value if status else None) else None
