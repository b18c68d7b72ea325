"""What an incoming message means.

`fold` takes the answers to open forms, in memory, for the mailroom's set-wise writing; `handle`
takes everything else through ordinary use cases, one message at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session as Db

from bot.access import Who, who_is
from bot.circumstances import Circumstances
from bot.drawn_question import KEEP, pressed, reason
from bot.messages import (
    Arrived,
    Edited,
    FieldErrors,
    Incoming,
    Left,
    Now,
    Pressed,
    Said,
    Sent,
    Submitted,
)
from bot.replies import Replies
from bot.respondents import arriving, form, odd_messages
from bot.respondents import words as respondent_words
from bot.review_queue import Heard, hear_staff, queue_words
from bot.staff import lead_words, leads, managers, reviewers
from bot.standing import Standing, remember, remember_all
from bot.tokens import read_form
from reminders.recipients import NotAllowed
from reminders.updates import NothingToDecide
from storage.database import insert_new
from storage.language import Catalogue
from storage.mail import Outbox, Urgency, outbox_row
from storage.people import Contact, ContactState
from surveys.sessions import Forms, store
from surveys.steps import Moment, Running, Step, advance, take_page
from surveys.turns import Reply, Skipped, Typed, WentBack

_FORM_COMMANDS: dict[str, Reply] = {"/back": WentBack(), "/skip": Skipped()}


@dataclass(frozen=True, slots=True)
class Folded:
    """What one answer did in memory. `is_last`: what follows it is not a plain answer."""

    standing: Standing
    step: Step
    outbox: tuple[dict[str, Any], ...]
    is_last: bool
    talk: dict[str, Any] | None = None
    now: Now | None = None


class Conversations:
    """The conversation on every platform."""

    def __init__(self, circumstances: Circumstances) -> None:
        self._around = circumstances
        self._words = Catalogue.load("bot")
        self.forms: Forms = circumstances.forms

    @property
    def today(self) -> date:
        return self._around.today

    @property
    def moment(self) -> Moment:
        return self._around.moment

    # answers to open forms, in memory

    def fold(self, standing: Standing, message: Incoming) -> Folded | None:
        """The answer to an open form; None where the message is something else."""
        running = standing.running
        if running is None or standing.expecting is not None or _picks(standing, message):
            return None
        step = self._step(running, message)
        if step is None:
            return None
        moved, now = standing.at(step.running), self._errors(step, message)
        if _ends_plainly(step):
            said, talk = form.plain_ending(standing, step, self._around.now)
            outbox = () if standing.address.is_paged else (said,)
            return Folded(moved, step, outbox, is_last=False, talk=talk)
        if _is_special(standing, step):
            return Folded(moved, step, (), is_last=True, now=now)
        asking = _next_asking(standing, step, message, self._around.now)
        return Folded(moved, step, asking, is_last=False, now=now)

    def _step(self, running: Running, message: Incoming) -> Step | None:
        """What the message does to the open form; None where it is no answer to it."""
        content = message.content
        if isinstance(content, Submitted):
            if content.form != running.id:
                return None
            return take_page(running, content.values, self._around.moment)
        reply = reply_to(running, message)
        return None if reply is None else advance(running, reply, self._around.moment)

    def _errors(self, step: Step, message: Incoming) -> FieldErrors | None:
        """What to show at the fields of a page that was sent."""
        if not isinstance(message.content, Submitted) or not step.all_rejected:
            return None
        running = step.running

        def say(key: str, **params: Any) -> str:
            return self._words.say(key, running.at.language, **params)

        return FieldErrors(
            {
                rejected.name or "": reason(running.form, running.at, rejected, say)
                for rejected in step.all_rejected
            }
        )

    def after(self, db: Db, folded: Folded, message: Incoming) -> None:
        """What follows an answer that ended the form or needs care; its rows are written."""
        replies = Replies(db, folded.standing, message, self._around)
        if folded.step.running.is_about_action:
            leads.form_ended(replies, folded.step)
        else:
            form.after_step(replies, folded.step)

    def queue_rows(self, db: Db, rows: Sequence[dict[str, Any]]) -> None:
        insert_new(db, Outbox, rows)

    # everything else, one by one

    def handle(self, db: Db, standing: Standing, message: Incoming) -> Now | None:
        """One message as an ordinary use case, within the batch's transaction."""
        standing = self._taken_up(db, standing, message)
        if (folded := self.fold(standing, message)) is not None:
            self._write_alone(db, folded, message)
            return folded.now
        replies = Replies(db, standing, message, self._around)
        who = who_is(db, standing.person_id)
        content = message.content
        if isinstance(content, Left):
            _left(db, standing, self._around)
        elif isinstance(content, Arrived):
            arriving.arrived(replies, content.invite)
        elif isinstance(content, Pressed):
            self._decided(replies, lambda: self._pressed(replies, who, content.token))
        elif isinstance(content, Said | Edited):
            edited = isinstance(content, Edited)
            self._decided(replies, lambda: self._said(replies, who, content.text, edited=edited))
        elif who is None:
            odd_messages.met(replies, content)
        else:
            replies.say("staff.no_files" if isinstance(content, Sent) else "stale")
        return None

    def _taken_up(self, db: Db, standing: Standing, message: Incoming) -> Standing:
        """A tap on the present question goes on with the form, whatever else we had asked."""
        running = standing.running
        if running is None or not _is_for_the_form(running, message):
            return standing
        remember(db, standing, self._around.now, session_id=running.id)
        return replace(standing, expecting=None)

    def _write_alone(self, db: Db, folded: Folded, message: Incoming) -> None:
        store(db, [folded.step], self._around.moment)
        self.queue_rows(db, folded.outbox)
        if folded.talk is not None:
            remember_all(db, [folded.talk])
        if folded.is_last:
            self.after(db, folded, message)

    def _decided(self, replies: Replies, work: Callable[[], None]) -> None:
        """Refusals of a use case are answers, not errors."""
        try:
            with replies.db.begin_nested():
                work()
        except NotAllowed:
            replies.say("refused.elsewhere")
        except NothingToDecide:
            replies.say("refused.overdone")

    def _pressed(self, replies: Replies, who: Who | None, token: str) -> None:
        if (press := read_form(token)) is not None:
            form.pressed_form(replies, press)
        elif not (
            form.pressed(replies, token)
            or (who is not None and leads.pressed(replies, who, token))
            or (who is not None and lead_words.pressed(replies, who, token))
            or (who is not None and managers.pressed(replies, who, token))
            or (who is not None and reviewers.pressed(replies, who, token))
        ):
            replies.say("stale")

    def _said(self, replies: Replies, who: Who | None, text: str, *, edited: bool) -> None:
        picked = None if edited else replies.standing.menu.pick(text)
        if picked is not None:
            self._pressed(replies, who, picked)
        elif who is None:
            respondent_words.said(replies, text, edited=edited)
        elif respondent_words.form_command(replies, text) or reviewers.said(replies, who, text):
            return
        elif not managers.said(replies, who, text):
            if hear_staff(replies, text):
                replies.say("staff.worry")
            lead_words.said(replies, who, text)

    def kept(self, db: Db, standing: Standing, message: Incoming, ref: str, words: str) -> None:
        """Tells the sender that a message was kept, and the administrator by reference only."""
        replies = Replies(db, _unread(standing), message, self._around)
        is_staff = standing.person_id is not None
        heard = Heard() if is_staff else queue_words(replies, words, unsure=True)
        replies.say("staff.kept" if is_staff else "kept", ref=ref)
        if heard.care:
            replies.queue("care", s="", n=0, ended=True, over=True)
        replies.tell_admins("admin.kept", ref=ref)


def _unread(standing: Standing) -> Standing:
    """Whatever failed, the session is not read again on the way to the reviewer."""
    running = standing.running
    last = standing.last_session_id if running is None else running.id
    return replace(standing, running=None, last_session_id=last, damage=standing.damage or "kept")


def _picks(standing: Standing, message: Incoming) -> bool:
    """Whether a number picks from a message that came after the question."""
    content = message.content
    if not isinstance(content, Said):
        return False
    # A lead who was nudged since answers the nudge, not the line that was asked before it.
    newer = standing.running is not None and standing.running.is_about_action
    return standing.menu.pick(content.text) is not None or (newer and bool(standing.menu.tokens))


def _is_for_the_form(running: Running, message: Incoming) -> bool:
    """A tap on the present question, or a page of this form."""
    content = message.content
    if isinstance(content, Submitted):
        return content.form == running.id
    return isinstance(content, Pressed) and reply_to(running, message) is not None


def reply_to(running: Running, message: Incoming) -> Reply | None:
    """The reply that a message is to an open form, if it is one."""
    content = message.content
    if isinstance(content, Pressed):
        return _pressed_choice(running, content.token)
    if not isinstance(content, Said):
        return None
    text = content.text
    command = text.strip().casefold()
    if command == f"/{KEEP}":
        return pressed(running.form, running.at, KEEP)
    if text.startswith("/") or command in ("stop", "help"):
        return _FORM_COMMANDS.get(command)
    return Typed(text)


def _pressed_choice(running: Running, token: str) -> Reply | None:
    press = read_form(token)
    if press is None or press.session_id != running.id or press.step != running.at.step:
        return None
    if press.what in ("skip", "back"):
        return Skipped() if press.what == "skip" else WentBack()
    return pressed(running.form, running.at, press.what)


def _ends_plainly(step: Step) -> bool:
    """Whether thanks are all that follows: no care, no alert, no action to write back to."""
    needs_more = step.care or step.asks_confidentiality or bool(_urgent(step))
    return step.ended is not None and not needs_more and not step.running.is_about_action


def _urgent(step: Step) -> list[dict[str, Any]]:
    return [row for row in step.reviews if row["tier"] in ("red", "amber")]


def _is_special(standing: Standing, step: Step) -> bool:
    """Whether more than the next question follows: care, an alert, an ending with an action."""
    if standing.address.is_paged and step.asks_confidentiality:
        return True
    return step.care or step.ended is not None or bool(_urgent(step))


def _next_asking(
    standing: Standing, step: Step, message: Incoming, now: datetime
) -> tuple[dict[str, Any], ...]:
    """The next question; after a tap in place of the one that was tapped."""
    if standing.address.is_paged:
        return ()
    at = step.running.at
    params: dict[str, Any] = {"s": step.running.id, "n": at.step}
    if isinstance(message.content, Pressed) and message.message_id:
        params["at"] = message.message_id
    marks = f":{at.ticks}" if at.ticks else ""
    if marks:
        params["k"] = at.ticks
    if (rejected := step.rejected) is not None:
        params |= {"why": rejected.reason.value, "with": dict(rejected.params)}
    if step.asks_confidentiality:
        params["confidential"] = True
    return (
        outbox_row(
            key=f"ask:{step.running.id}:{at.step}{marks}",
            intent="ask",
            contact_id=standing.contact_id,
            now=now,
            params=params,
            urgency=Urgency.REPLY,
        ),
    )


def _left(db: Db, standing: Standing, around: Circumstances) -> None:
    contact = db.get(Contact, standing.contact_id)
    if contact is not None:
        contact.state = ContactState.GONE
        contact.state_since = around.now
        contact.state_reason = "left"
        db.add(contact)
