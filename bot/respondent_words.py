"""What a respondent writes that answers no question: commands, contact details, and the rest."""

import re
from collections.abc import Callable
from enum import Enum, auto

from sqlmodel import col, delete, select

from bot.intents.survey import LANGUAGE_NAMES
from bot.replies import Replies
from bot.respondents import (
    after_step,
    arrived,
    ask,
    ask_to_stop,
    care,
    ending,
    speak,
    welcome_language,
)
from bot.review_queue import last_running, queue_contact_details, queue_words
from storage.audit import record
from storage.forgetting import forget_session
from storage.people import Contact
from storage.surveys import SessionState, SurveySession
from storage.voice import TellContact
from surveys.receipts import receipt_hash
from surveys.sessions import Running, advance, store
from surveys.turns import Changed, Reply, Skipped, WentBack

# words


def said(replies: Replies, text: str, *, edited: bool = False) -> None:
    """Somebody without a role here: a command, an awaited answer, or words for the queue."""
    if not edited and (form_command(replies, text) or _contact_details(replies, text)):
        return
    heard = queue_words(replies, text)
    if heard.care:
        care(replies)
        return
    if heard.asks_who_is_told:
        replies.say("young.confidential_answer")
    else:
        replies.say("young.read_later_edited" if edited else "young.read_later")
    if not edited:
        _where_we_were(replies)


def _where_we_were(replies: Replies) -> None:
    """What we had asked before somebody wrote something else."""
    running, expecting = replies.standing.running, replies.standing.expecting or {}
    if running is not None:
        replies.wait_for(None, session_id=running.id)
        ask(replies, running)
    elif "welcome" in expecting:
        group = expecting.get("group", "")
        replies.queue("welcome", survey=expecting["welcome"], group=group)
    else:
        _owed_ending(replies)


def _owed_ending(replies: Replies) -> None:
    """The ending that care had put off."""
    last = last_running(replies) if (replies.standing.expecting or {}).get("ended") else None
    if last is not None:
        ending(replies, last)


def _contact_details(replies: Replies, text: str) -> bool:
    """How to reach somebody, where we asked for it."""
    if "contact" not in (replies.standing.expecting or {}):
        return False
    queue_contact_details(replies, text)
    running = replies.standing.running
    replies.wait_for(None, session_id=running.id if running else None)
    replies.say("young.contact_noted")
    if running is not None:
        ask(replies, running)
    else:
        _owed_ending(replies)
    return True


# commands that always work


def form_command(replies: Replies, text: str) -> bool:
    """/stop, /back, /skip, /delete, /language, /privacy, /safe, /clear, /start; False if none.

    Whatever a young person writes behind a command is read like any other text.
    """
    words = text.strip().split(maxsplit=1)
    command = words[0].casefold().removeprefix("/") if words else ""
    is_slash, rest = text.strip().startswith("/"), "".join(words[1:])
    if not is_slash and (rest or command != "stop"):
        return False
    act = _COMMANDS.get(command)
    did = Did.NOTHING if act is None else act(replies, rest)
    if replies.standing.person_id is None and is_slash:
        _answer_slash(replies, text, command, rest, did)
        return True
    return did is not Did.NOTHING


class Did(Enum):
    """What a command did; ALL where it also took what was written behind it."""

    NOTHING = auto()
    COMMAND = auto()
    ALL = auto()


def _answer_slash(replies: Replies, text: str, command: str, rest: str, did: Did) -> None:
    is_known = command in _COMMANDS or command in ("help", "settings", "cancel")
    if (not is_known or (rest and did is not Did.ALL)) and queue_words(replies, text).care:
        care(replies)
    elif did is Did.NOTHING:
        running = replies.standing.running
        replies.queue("help_young", s=running.id if running else "")


def _stop(replies: Replies, _: str) -> Did:
    if replies.standing.running is None:
        return Did.NOTHING
    ask_to_stop(replies, replies.standing.running)
    return Did.COMMAND


def _move(reply: Reply) -> Callable[[Replies, str], Did]:
    """/back or /skip where something else was asked meanwhile: the form goes on."""

    def move(replies: Replies, rest: str) -> Did:
        running = replies.standing.running
        if running is None or rest:
            return Did.NOTHING
        step = advance(running, reply, replies.around.moment)
        store(replies.db, [step], replies.around.moment)
        replies.wait_for(None, session_id=running.id)
        after_step(replies, step)
        return Did.COMMAND

    return move


def _more(intent: str) -> Callable[[Replies, str], Did]:
    def tell(replies: Replies, _: str) -> Did:
        running = replies.standing.running
        replies.queue(intent, s=running.id if running else "")
        if running is not None:
            ask(replies, running)
        return Did.COMMAND

    return tell


def _start(replies: Replies, rest: str) -> Did:
    arrived(replies, rest)
    return Did.ALL


def _delete(replies: Replies, code: str) -> Did:
    row = _to_delete(replies, code)
    if row is None or row.state == SessionState.DELETED:
        replies.say("survey.delete_unknown")
        return Did.ALL if row is not None or _LIKE_A_CODE.fullmatch(code) else Did.COMMAND
    contact_id, survey_id = row.contact_id, row.survey_id
    forget_session(replies.db, session_id=row.id, now=replies.now)
    # Whoever takes back what they said does not want to hear what came of it.
    told = delete(TellContact).where(
        col(TellContact.survey_id) == survey_id, col(TellContact.contact_id) == contact_id
    )
    replies.db.exec(told)
    record(replies.db, at=replies.now, act="answers deleted by their author", actor="respondent")
    running = replies.standing.running
    is_other = running is not None and running.id != row.id
    if contact_id == replies.standing.contact_id and not is_other:
        replies.wait_for(None)
    replies.say("survey.deleted")
    return Did.ALL


_LIKE_A_CODE = re.compile(r"[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}")


def _to_delete(replies: Replies, code: str) -> SurveySession | None:
    """By the code, else the own session; held against an answer that arrives at the same time."""
    standing = replies.standing
    query = select(SurveySession)
    if code.strip():
        wanted = receipt_hash(replies.around.keyring, code)
        query = query.where(col(SurveySession.receipt_hash) == wanted)
    else:
        own = standing.running.id if standing.running else standing.last_session_id
        query = query.where(col(SurveySession.id) == (own or ""))
    row = replies.db.exec(query).first()
    if row is not None and row.contact_id is not None:
        replies.db.exec(
            select(Contact.id).where(col(Contact.id) == row.contact_id).with_for_update()
        )
        replies.db.refresh(row)
    return row


def _language(replies: Replies, language: str) -> Did:
    running, expecting = replies.standing.running, replies.standing.expecting or {}
    if running is not None:
        is_known = _change_language(replies, running, language)
    elif "welcome" in expecting:
        is_known = welcome_language(replies, str(expecting["welcome"]), language.casefold())
    elif is_known := language.casefold() in LANGUAGE_NAMES:
        speak(replies, language.casefold())
        replies.wait_for(expecting or None)
        replies.queue("help_young", s="")
    else:
        return Did.NOTHING
    return Did.ALL if is_known else Did.COMMAND


def _change_language(replies: Replies, running: Running, language: str) -> bool:
    moment = replies.around.moment
    step = advance(running, Changed(language.casefold()), moment) if language else None
    if step is None or step.rejected is not None:
        replies.queue("languages", s=running.id)
        return False
    store(replies.db, [step], moment)
    speak(replies, step.running.at.language)
    replies.wait_for(None, session_id=running.id)
    ask(replies, step.running)
    return True


_COMMANDS: dict[str, Callable[[Replies, str], Did]] = {
    "stop": _stop,
    "back": _move(WentBack()),
    "skip": _move(Skipped()),
    "delete": _delete,
    "language": _language,
    "privacy": _more("privacy"),
    "safe": _more("safe"),
    "clear": _more("clear"),
    "start": _start,
}
