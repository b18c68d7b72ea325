"""What a respondent writes that answers no question: commands, contact details, and the rest."""

from collections.abc import Callable
from enum import Enum, auto

from sqlmodel import col, select

from bot.receipts import find_receipt
from bot.replies import Replies
from bot.respondents.arriving import arrived, typed_age, typed_code
from bot.respondents.asking import ask, care
from bot.respondents.codes import may_try, note_wrong
from bot.respondents.deleting import ask_to_delete, delete, say_deleted, say_if_held
from bot.respondents.form import after_step, ask_to_stop, ending, ending_without
from bot.respondents.judging import judged
from bot.respondents.languages import speak_from_now
from bot.respondents.welcoming import put_again
from bot.review_queue import last_running, queue_contact_details, queue_words
from storage.anonymous import PooledResponse
from storage.surveys import Survey, SurveySession
from surveys.definition import Mode
from surveys.receipts import is_like_a_receipt
from surveys.sessions import store
from surveys.steps import advance
from surveys.turns import Reply, Skipped, WentBack

# words


def said(replies: Replies, text: str, *, edited: bool = False) -> None:
    """Somebody without a role here: a command, an awaited answer, or words for the queue."""
    if not edited and _is_meant_for_us(replies, text):
        return
    heard = queue_words(replies, text, question=judged(replies))
    if heard.care:
        care(replies)
        return
    if heard.asks_who_is_told:
        replies.say("young.confidential_answer")
    else:
        replies.say("young.read_later_edited" if edited else "young.read_later")
    if not edited:
        _where_we_were(replies)


def _is_meant_for_us(replies: Replies, text: str) -> bool:
    """A command, how to reach somebody, how old they are, or a code: what we asked or offered."""
    return (
        form_command(replies, text)
        or _contact_details(replies, text)
        or typed_age(replies, text)
        or typed_code(replies, text)
    )


def _where_we_were(replies: Replies) -> None:
    """What we had asked before somebody wrote something else."""
    running, expecting = replies.standing.running, replies.standing.expecting or {}
    if running is not None:
        replies.wait_for(None, session_id=running.id)
        ask(replies, running)
    elif not put_again(replies, expecting):
        _owed_ending(replies)


def _owed_ending(replies: Replies) -> None:
    """The ending that care had put off."""
    last = last_running(replies) if (replies.standing.expecting or {}).get("ended") else None
    if last is not None:
        ending(replies, last)
    elif (replies.standing.expecting or {}).get("ended"):
        ending_without(replies)


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
    """/stop, /back, /skip, /delete, /language, /privacy, /later and the like; False if none.

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
        replies.wait_for(None, session_id=None if step.ended else running.id)
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


def _safe(replies: Replies, _: str) -> Did:
    running = replies.standing.running
    last = running.id if running is not None else replies.standing.last_session_id
    replies.queue("safe", s=last or "")
    if running is not None:
        ask(replies, running)
    return Did.COMMAND


def _start(replies: Replies, rest: str) -> Did:
    arrived(replies, rest)
    return Did.ALL


def _clear(replies: Replies, _: str) -> Did:
    """Where the screen is cleared the question does not come back by itself: somebody may look."""
    running = replies.standing.running
    replies.queue("clear", s=running.id if running else "")
    if running is not None and not replies.standing.address.can_clear:
        ask(replies, running)
    return Did.COMMAND


def _later(replies: Replies, _: str) -> Did:
    running = replies.standing.running
    if running is None or running.is_about_action:
        return Did.NOTHING
    replies.queue("later", s=running.id)
    return Did.COMMAND


def _delete(replies: Replies, code: str) -> Did:
    """A code was typed on purpose; without one a tap in the menu does it, so it is asked again."""
    row = _meant_session(replies, code)
    if not code.strip() and ask_to_delete(replies, row):
        return Did.ALL
    if say_if_held(replies, row):
        return Did.ALL
    if row is None or not delete(replies, row):
        replies.say("survey.delete_unknown" if may_try(replies) else "comeback.wait")
        return Did.ALL if row is not None or is_like_a_receipt(code) else Did.COMMAND
    say_deleted(replies)
    return Did.ALL


def _replies(replies: Replies, code: str) -> Did:
    row = _meant_session(replies, code)
    if row is None:
        replies.say("survey.replies_unknown" if may_try(replies) else "comeback.wait")
        return Did.ALL if is_like_a_receipt(code) else Did.COMMAND
    replies.queue("replies", s=row.id)
    return Did.ALL


def _meant_session(replies: Replies, code: str) -> SurveySession | PooledResponse | None:
    """By the code, else the own session; wrong codes are counted."""
    standing = replies.standing
    if not code.strip():
        own = standing.running.id if standing.running else standing.last_session_id
        query = select(SurveySession).where(col(SurveySession.id) == (own or ""))
        return replies.db.exec(query).first()
    if not may_try(replies):
        return None
    row = find_receipt(replies.db, replies.around.keyring, code)
    if row is None and is_like_a_receipt(code):
        note_wrong(replies)
    elif row is not None and replies.db.get_one(Survey, row.survey_id).mode == Mode.ANONYMOUS:
        replies.is_nameless = True
    return row


def _language(replies: Replies, language: str) -> Did:
    return Did.ALL if speak_from_now(replies, language) else Did.COMMAND


_COMMANDS: dict[str, Callable[[Replies, str], Did]] = {
    "stop": _stop,
    "back": _move(WentBack()),
    "skip": _move(Skipped()),
    "delete": _delete,
    "language": _language,
    "privacy": _more("privacy"),
    "safe": _safe,
    "clear": _clear,
    "later": _later,
    "replies": _replies,
    "start": _start,
}
