"""What respondents read beside the questions: help, safety, privacy, clearing, going on later."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.intents.about import load_running, privacy_in_full
from bot.messages import TELEGRAM, Button, Message
from bot.survey_facts import stays_when_deleted
from bot.tokens import AGAIN, button, of_form
from bot.wording import Intent, Writing
from storage.calendar import LONDON
from storage.language import LANGUAGE_NAMES, language_name
from storage.mail import ChatMessage, Outbox
from storage.retention_rules import RetentionRules
from storage.surveys import SessionState
from surveys.anonymous import surveys_of
from surveys.receipts import come_back_code

_CLEARED = timedelta(hours=RetentionRules().chat_hours)


def _privacy(writing: Writing) -> Message:
    found = load_running(writing)
    if found is None:
        return writing.message(writing.say("young.help"))
    running = found[1]
    return writing.message(privacy_in_full(writing, running.form, running.group_name))


def _languages(writing: Writing) -> Message:
    found = load_running(writing)
    known = tuple(LANGUAGE_NAMES) if found is None else found[1].form.languages
    codes = ", ".join(f"{code} ({language_name(code)})" for code in known)
    buttons = [
        button(language_name(code), "speak", code) for code in known if code != writing.row.language
    ]
    return writing.message(writing.say("young.languages", codes=codes), *buttons)


def _safe(writing: Writing) -> Message:
    """Words alone miss most of what children tell: whoever looks for help is offered a person."""
    found = load_running(writing)
    offers = []
    if found is not None and found[1].is_youth:
        running = found[1]
        token = of_form(running.id, running.at.step, "contact")
        # The question comes below, and the numbers that people type are its own.
        is_open = found[0].state == SessionState.OPEN
        offers = [Button(writing.say("young.care_contact"), token, tap_only=is_open)]
    return writing.message(writing.say("young.safe", help=writing.help_lines()), *offers)


def _clear(writing: Writing) -> Message:
    """Where a bot can delete messages it does; elsewhere it says how to."""
    if not writing.row.to.can_clear:
        return writing.message(writing.say("young.clear"))
    found = load_running(writing)
    buttons = []
    if found is not None and found[0].state == SessionState.OPEN:
        running = found[1]
        token = of_form(running.id, running.at.step, AGAIN)
        buttons.append(Button(writing.say("young.clear_go_on"), token))
    cleared = "young.cleared" if found or not _was_nameless(writing) else "nameless.cleared"
    message = writing.message(writing.say(cleared), *buttons)
    return replace(message, clears=_on_the_screen(writing, writing.around.now - _CLEARED))


def _was_nameless(writing: Writing) -> bool:
    """Whether they took part in an anonymous survey: what its messages are called is forgotten."""
    contact_id = writing.row.contact_id
    return contact_id in surveys_of(writing.db, [contact_id])


def _on_the_screen(writing: Writing, since: datetime) -> tuple[str, ...]:
    """What we sent and what they sent in the last two days, as their platform calls it."""
    contact = writing.row.contact_id
    ours = writing.db.exec(
        select(Outbox.external_id)
        .where(col(Outbox.contact_id) == contact, col(Outbox.settled_at) >= since)
        .where(col(Outbox.external_id) != "")
        .order_by(col(Outbox.id))
    )
    theirs = writing.db.exec(
        select(ChatMessage.message_id)
        .where(col(ChatMessage.contact_id) == contact, col(ChatMessage.at) >= since)
        .order_by(col(ChatMessage.at), col(ChatMessage.message_id))
    )
    return tuple(dict.fromkeys([*ours, *theirs]))


def _later(writing: Writing) -> Message | None:
    """The code to go on in another place, how long it is good, and where to type it."""
    found = load_running(writing)
    if found is None or found[0].state != SessionState.OPEN:
        return None
    row, running = found
    settings = writing.around.settings
    last = row.moved_at + timedelta(days=settings.young_people.session_days)
    text = writing.say(
        "young.later",
        code=come_back_code(writing.around.keyring, running.id),
        until=last.astimezone(LONDON).date(),
        web=settings.links.web.rstrip("/") if settings.web.on else "",
        bot=f"https://t.me/{settings.links.telegram}" if _other_bot(writing) else "",
    )
    return writing.message(text)


def _other_bot(writing: Writing) -> bool:
    """Whether there is a Telegram bot to go on in, and this is not it."""
    settings = writing.around.settings
    is_there = settings.telegram.is_on and bool(settings.links.telegram)
    return is_there and writing.row.to.platform != TELEGRAM


def _delete_sure(writing: Writing) -> Message | None:
    """What goes and what stays, before anything is deleted by a single tap."""
    found = load_running(writing)
    if found is None:
        return None
    stays = stays_when_deleted(found[1].form)
    title, rest = writing.say("public.receipt.sure_title"), writing.say(stays)
    buttons = [
        button(writing.say(f"public.receipt.sure_{answer}"), "delete", found[1].id, answer)
        for answer in ("yes", "no")
    ]
    return writing.message(f"{title}\n\n{rest}", *buttons)


def _help_young(writing: Writing) -> Message:
    return writing.message(writing.say("young.help"))


INTENTS: dict[str, Intent] = {
    "privacy": _privacy,
    "languages": _languages,
    "safe": _safe,
    "clear": _clear,
    "later": _later,
    "help_young": _help_young,
    "delete_sure": _delete_sure,
}
