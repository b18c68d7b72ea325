"""What a manager or a chair is asked to decide; once decided the same text says who did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.intents.lead_parts import form_button, titled
from bot.messages import Button, Message
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders.action_views import views
from reminders.corrections import date_before, is_corrected, open_proposal
from reminders.decisions import could_take, named_instead
from reminders.handing_over import waiting_hand_overs
from reminders.policy import Status
from storage.people import Person
from storage.plans import Action, Escalation, Update

_MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to decide, in words and buttons; what has become of it where it is decided."""

    text: str
    buttons: tuple[Button, ...]
    decided: str = ""
    hint: str = ""


def name_of(writing: Writing, person_id: int | None) -> str:
    """What a person is called; somebody who was forgotten is "somebody"."""
    person = writing.db.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None and person.name else writing.say("manager.somebody")


def who_said(writing: Writing, update: Update) -> str:
    """Whose words an update has, and who wrote them down where that was another."""
    who = name_of(writing, update.person_id)
    if update.recorded_by_id is None:
        return who
    by = name_of(writing, update.recorded_by_id)
    return writing.say("manager.by_phone", who=who, by=by)


def _decided(
    writing: Writing, key: str, by_id: int | None, at: datetime | None, why: str = ""
) -> str:
    on = writing.around.calendar.local_date(at) if at is not None else None
    what = writing.say(key)
    return writing.say("manager.decided", what=what, who=name_of(writing, by_id), on=on, why=why)


def _yes_no(
    writing: Writing, yes: str, no: str, act: str, row_id: int | None, ref: str
) -> tuple[Button, ...]:
    """`ref` stands on the buttons where several questions share a message."""
    shown = f": {ref}" if ref else ""
    return (
        button(writing.say(yes) + shown, act, row_id, "yes"),
        form_button(writing.say(no) + shown, act, row_id, "no"),
    )


def _why(writing: Writing, ref: str) -> str:
    """How to say why, where no form asks for it."""
    return "" if writing.row.to.takes_forms else writing.say("manager.why_typed", ref=ref)


# the questions


def escalation_question(
    writing: Writing, row: Escalation, action: Action, *, named: bool = False
) -> Question:
    text = writing.say("manager.escalation_proposed", action=action, step=row.step)
    buttons = _yes_no(
        writing,
        "manager.button_yes",
        "manager.button_no",
        "escalate",
        row.id,
        action.ref if named else "",
    )
    decided = ""
    if row.decided_at is not None and row.approved is None:
        decided = writing.say("manager.overtaken")
    elif row.decided_at is not None:
        key = "manager.was_sent" if row.approved else "manager.was_kept"
        decided = _decided(writing, key, row.decided_by_id, row.decided_at, row.decided_why)
    return Question(text, buttons, decided)


def date_question(
    writing: Writing, update: Update, action: Action, *, named: bool = False
) -> Question:
    who = who_said(writing, update)
    before = date_before(writing.db, update, action.due_on)
    text = writing.say(
        "manager.date_proposed", action=action, update=update, who=who, before=before
    )
    buttons = _yes_no(
        writing,
        "manager.button_agree",
        "manager.button_refuse",
        "newdate",
        update.id,
        action.ref if named else "",
    )
    return Question(text, buttons, _date_decided(writing, update), _why(writing, action.ref))


def _date_decided(writing: Writing, update: Update) -> str:
    if update.date_agreed_at is not None or update.date_refused:
        key = "manager.was_refused" if update.date_refused else "manager.was_agreed"
        return _decided(writing, key, update.decided_by_id, update.decided_at, update.decided_why)
    proposal = open_proposal(writing.db, update.action_id)
    stands = proposal is not None and proposal.id == update.id
    return "" if stands else writing.say("manager.date_overtaken")


def completion_question(
    writing: Writing, update: Update, action: Action, *, named: bool = False
) -> Question:
    who = who_said(writing, update)
    text = writing.say("manager.complete_proposed", action=action, update=update, who=who)
    buttons = _yes_no(
        writing,
        "manager.button_complete",
        "manager.button_not_complete",
        "evidenced",
        action.id,
        action.ref if named else "",
    )
    return Question(
        text, buttons, _completion_decided(writing, update, action), _why(writing, action.ref)
    )


def _completion_decided(writing: Writing, update: Update, action: Action) -> str:
    if action.status == Status.COMPLETE_AWAITING_EVIDENCE:
        return writing.say("manager.said_since") if is_corrected(writing.db, update) else ""
    if update.decided_at is None:
        return writing.say("manager.said_since")
    accepted = action.status in (Status.COMPLETE, Status.EMBEDDED)
    key = "manager.was_accepted" if accepted else "manager.was_not_accepted"
    return _decided(writing, key, update.decided_by_id, update.decided_at, update.decided_why)


def help_question(
    writing: Writing, update: Update, action: Action, *, named: bool = False
) -> Question:
    who = who_said(writing, update)
    text = writing.say("manager.help_wanted", action=action, update=update, who=who)
    label = writing.say("manager.button_answer") + (f": {action.ref}" if named else "")
    decided = ""
    if update.help_answered_at is not None:
        decided = _decided(
            writing,
            "manager.was_answered",
            update.help_answered_by_id,
            update.help_answered_at,
            update.help_answer,
        )
    hint = "" if writing.row.to.takes_forms else writing.say("manager.answer_how", ref=action.ref)
    return Question(text, (form_button(label, "helped", update.id),), decided, hint)


def hand_over_question(
    writing: Writing, action: Action, person: Person, *, named: bool = False
) -> Question:
    """With those to whom it may go: who was named, and who stands beside them."""
    instead = named_instead(writing.db, action.id or 0, person.id or 0)
    text = writing.say("manager.hand_over_asked", action=action, who=person.name, named=instead)
    shown = f": {action.ref}" if named else ""
    suggested = could_take(writing.db, action.id or 0, person.id, instead)[:_MOST_SUGGESTED]
    buttons = []
    for one in suggested:
        label = writing.say("manager.button_give_to", label=one.name) + shown
        buttons.append(button(label, "give", action.id, one.id))
    buttons += [
        form_button(writing.say("manager.button_give_other") + shown, "givewho", action.id),
        button(writing.say("manager.button_stays") + shown, "stays", action.id),
    ]
    waits = (action.id, person.id) in waiting_hand_overs(writing.db)
    hint = "" if writing.row.to.takes_forms else writing.say("manager.give_how", ref=action.ref)
    return Question(text, tuple(buttons), "" if waits else _leads_now(writing, action), hint)


def _leads_now(writing: Writing, action: Action) -> str:
    ids = [action.id] if action.id is not None else []
    leads = views(writing.db, ids, today=writing.around.today)[ids[0]].leads
    return writing.say("manager.leads_now", ref=action.ref, leads=leads)


# as messages


def _message(writing: Writing, question: Question, ref: str, title: str) -> Message | None:
    """The question; the answer in its place once there is one. Nothing new is asked then."""
    if question.decided and not writing.param("renewed"):
        return None
    rest = question.decided or question.hint
    text = f"{question.text}\n\n{rest}" if rest else question.text
    buttons: Sequence[Button] = () if question.decided else question.buttons
    return titled(writing, writing.message(text, *buttons), title, ref=ref)


def _escalation_proposed(writing: Writing) -> Message | None:
    row = writing.db.get(Escalation, writing.param("escalation"))
    action = writing.db.get(Action, row.action_id) if row is not None else None
    if row is None or action is None:
        return None
    question = escalation_question(writing, row, action)
    return _message(writing, question, action.ref, "manager.title_decide")


def said_of(writing: Writing) -> tuple[Update, Action] | None:
    """The update that an intent names, and its action."""
    update = writing.db.get(Update, writing.param("update"))
    action = writing.db.get(Action, update.action_id) if update is not None else None
    return (update, action) if update is not None and action is not None else None


def _date_proposed(writing: Writing) -> Message | None:
    found = said_of(writing)
    if found is None:
        return None
    question = date_question(writing, *found)
    return _message(writing, question, found[1].ref, "manager.title_decide")


def _complete_proposed(writing: Writing) -> Message | None:
    found = said_of(writing)
    if found is None:
        return None
    question = completion_question(writing, *found)
    return _message(writing, question, found[1].ref, "manager.title_decide")


def _help_wanted(writing: Writing) -> Message | None:
    found = said_of(writing)
    if found is None:
        return None
    question = help_question(writing, *found)
    return _message(writing, question, found[1].ref, "manager.title_help")


def _hand_over_asked(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    person = writing.db.get(Person, writing.param("person"))
    if action is None or person is None:
        return None
    question = hand_over_question(writing, action, person)
    return _message(writing, question, action.ref, "manager.title_decide")


INTENTS: dict[str, Intent] = {
    "escalation_proposed": _escalation_proposed,
    "date_proposed": _date_proposed,
    "complete_proposed": _complete_proposed,
    "help_wanted": _help_wanted,
    "hand_over_asked": _hand_over_asked,
}
