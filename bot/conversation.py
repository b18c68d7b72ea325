"""What an incoming message means.

`fold` takes the answers to open forms, in memory, for the mailroom's set-wise writing; `handle`
takes everything else through ordinary use cases, one message at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session as Db

from bot.access import Right, Who, who_acts
from bot.answering import (
    ends_plainly,
    is_being_asked,
    is_beside,
    is_for_the_form,
    is_special,
    next_asking,
    picks,
    reply_to,
)
from bot.circumstances import Circumstances
from bot.drawn_question import Say, reason
from bot.floods import together
from bot.form_pages import field_of_question, page_of, values_of_page
from bot.messages import (
    Arrived,
    Content,
    Edited,
    Elsewhere,
    FieldErrors,
    Incoming,
    Left,
    Met,
    NextPage,
    Now,
    Opened,
    Pressed,
    Said,
    Sent,
    Submitted,
)
from bot.replies import Replies
from bot.respondents import arriving, form, odd_messages
from bot.respondents import words as respondent_words
from bot.review_queue import Heard, hear_staff, queue_words
from bot.staff import (
    board_link,
    break_glass,
    home,
    lead_words,
    leads,
    managers,
    reviewers,
    stopping,
    strangers,
)
from bot.staff.every_form import SMALL_FORMS
from bot.staff.recording import form_ended
from bot.staff.refusing import refuse
from bot.staff.small_forms import take_small
from bot.standing import Standing, remember, remember_all
from bot.tokens import read_form
from reminders.recipients import NotAllowed
from reminders.updates import NothingToDecide
from storage.database import insert_new
from storage.language import Catalogue
from storage.mail import Outbox
from storage.people import Contact, ContactState
from storage.surveys import SessionState, SurveySession
from surveys.sessions import Forms, running_of, store
from surveys.steps import Moment, Running, Step, advance, take_page


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
        if running is None or is_beside(standing, message) or picks(standing, message):
            return None
        step = self._step(running, message)
        if step is None:
            return None
        moved = standing.at(step.running)
        now = self._errors(step, message) or self._next_page(standing, step, message)
        if ends_plainly(step):
            said, talk = form.plain_ending(standing, step, message, self._around.now)
            outbox = () if standing.address.is_drawn else (said,)
            return Folded(moved, step, outbox, is_last=False, talk=talk)
        if is_special(standing, step):
            return Folded(moved, step, (), is_last=True, now=now)
        asking = next_asking(standing, step, message, self._around.now)
        return Folded(moved, step, asking, is_last=False, now=now)

    def _step(self, running: Running, message: Incoming) -> Step | None:
        """What the message does to the open form; None where it is no answer to it."""
        content = message.content
        if isinstance(content, Submitted):
            if content.form != running.id:
                return None
            values = values_of_page(running.form, content.values)
            return take_page(running, values, self._around.moment)
        reply = reply_to(running, message)
        return None if reply is None else advance(running, reply, self._around.moment)

    def _errors(self, step: Step, message: Incoming) -> FieldErrors | None:
        """What to show at the fields of a page that was sent."""
        if not isinstance(message.content, Submitted) or not step.all_rejected:
            return None
        running, say = step.running, self._say_in(step.running.at.language)
        return FieldErrors(
            {
                field_of_question(running.form, rejected.name or ""): reason(
                    running.form, running.at, rejected, say
                )
                for rejected in step.all_rejected
            }
        )

    def _next_page(self, standing: Standing, step: Step, message: Incoming) -> NextPage | None:
        """What comes in place of a page that was sent, where pages are shown so."""
        is_page = isinstance(message.content, Submitted) and standing.address.takes_forms
        if not is_page or step.ended is not None:
            return None
        running = step.running
        say = self._say_in(running.at.language)
        return NextPage(page_of(running.form, running.at, say, id=running.id))

    def _say_in(self, language: str) -> Say:
        def say(key: str, **params: Any) -> str:
            return self._words.say(key, language, **params)

        return say

    def after(self, db: Db, folded: Folded, message: Incoming) -> None:
        """What follows an answer that ended the form or needs care; its rows are written."""
        replies = Replies(db, folded.standing, message, self._around)
        if not folded.step.running.is_about_action:
            form.after_step(replies, folded.step)
            return
        form_ended(replies, folded.step)
        replies.renew()
        replies.finish()

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
        who = who_acts(db, standing.person_id, self._around)
        if isinstance(message.content, Left):
            _left(db, standing, message.content.why, self._around)
        elif standing.address.is_staffed and _only_known_people(who, message.content):
            strangers.met(replies, message.content)
        else:
            self._hear(replies, who, message.content)
        replies.finish()
        return replies.shown

    def _hear(self, replies: Replies, who: Who | None, content: Content) -> None:
        """What somebody says who may say something."""
        if isinstance(content, Arrived):
            arriving.arrived(replies, content.invite)
        elif isinstance(content, Pressed):
            self._decided(replies, lambda: self._pressed(replies, who, content.token))
        elif isinstance(content, Said | Edited):
            edited = isinstance(content, Edited)
            self._decided(replies, lambda: self._said(replies, who, content.text, edited=edited))
        elif who is not None:
            self._done(replies, who, content)
        elif isinstance(content, Sent | Elsewhere | Submitted):
            odd_messages.met(replies, content)

    def _done(self, replies: Replies, who: Who, content: Content) -> None:
        """What somebody whom we know does otherwise than by words and buttons."""
        if isinstance(content, Submitted):
            self._decided(replies, lambda: self._filled_in(replies, who, content))
        elif isinstance(content, Opened):
            home.opened(replies, who)
        elif isinstance(content, Met):
            home.welcomed(replies, who)
        else:
            replies.say("staff.no_files" if isinstance(content, Sent) else "stale")

    def _filled_in(self, replies: Replies, who: Who, content: Submitted) -> None:
        if not take_small(SMALL_FORMS, replies, who, content.form, content.values):
            replies.say("stale")
        if hear_staff(replies, "\n".join(content.values.values())):
            replies.say("staff.worry")

    def _taken_up(self, db: Db, standing: Standing, message: Incoming) -> Standing:
        """A tap on the present question goes on with the form, whatever else we had asked."""
        running = standing.running
        if running is None or not is_for_the_form(running, message):
            return self._page_taken_up(db, standing, message)
        remember(db, standing, self._around.now, session_id=running.id)
        return replace(standing, expecting=None)

    def _page_taken_up(self, db: Db, standing: Standing, message: Incoming) -> Standing:
        """A page of theirs that was left open while they went on with something else."""
        content = message.content
        if not isinstance(content, Submitted) or not standing.address.takes_forms:
            return standing
        row = db.get(SurveySession, content.form)
        is_theirs = row is not None and row.contact_id == standing.contact_id
        if row is None or not is_theirs or row.state != SessionState.OPEN:
            return standing
        expecting = {"page": row.id}
        remember(db, standing, self._around.now, session_id=row.id, expecting=expecting)
        running = running_of(row, self.forms.of(db, row.version_id))
        return replace(standing, running=running, expecting=expecting)

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
            refuse(replies, Right.APPROVE)
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
            or (who is not None and break_glass.pressed(replies, who, token))
        ):
            replies.say("stale")

    def _said(self, replies: Replies, who: Who | None, text: str, *, edited: bool) -> None:
        picked = None if edited else replies.standing.menu.pick(text)
        if picked is not None:
            self._pressed(replies, who, picked)
        elif who is None:
            respondent_words.said(replies, text, edited=edited)
        elif (
            (not is_being_asked(replies.standing) and stopping.said(replies, who, text))
            or respondent_words.form_command(replies, text)
            or board_link.said(replies, who, text)
            or reviewers.said(replies, who, text)
        ):
            return
        elif not managers.said(replies, who, text):
            if hear_staff(replies, text):
                replies.say("staff.worry")
            lead_words.said(replies, who, text)

    def too_fast(self, db: Db, standing: Standing, message: Incoming, words: list[str]) -> None:
        """More than anybody sends: what is written is read all the same; one answer a minute."""
        replies = Replies(db, standing, message, self._around)
        is_staff, minute = standing.person_id is not None, f"{self._around.now:%Y%m%d%H%M}"
        for text in together(words):
            if is_staff:
                hear_staff(replies, text)
            elif queue_words(replies, text).care:
                key = f"care:fast:{standing.contact_id}:{minute}"
                replies.queue("care", key=key, s="", n=0, ended=True, over=True)
        wording = "staff.too_fast" if is_staff else "young.too_fast"
        key = f"too fast:{standing.contact_id}:{minute}"
        replies.queue("say", key=key, wording=wording, words={})

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


def _only_known_people(who: Who | None, content: Content) -> bool:
    """Whether this is for those alone who say what may be said to somebody unknown."""
    return who is None or isinstance(content, Elsewhere)


def _left(db: Db, standing: Standing, why: str, around: Circumstances) -> None:
    contact = db.get(Contact, standing.contact_id)
    if contact is not None:
        contact.state = ContactState.GONE
        contact.state_since = around.now
        contact.state_reason = why
        db.add(contact)
