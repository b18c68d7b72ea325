"""Going on in another language, at any moment."""

from bot.replies import Replies
from bot.respondents.asking import ask, speak
from bot.respondents.welcoming import put_again, welcome_language
from storage.language import LANGUAGE_NAMES
from surveys.sessions import store
from surveys.steps import Running, advance
from surveys.turns import Changed


def speak_from_now(replies: Replies, language: str) -> bool:
    """Changes the language and puts again what was asked; False, with a list, where it cannot."""
    code = language.strip().casefold()
    running, expecting = replies.standing.running, replies.standing.expecting or {}
    if running is not None:
        return _in_the_form(replies, running, code)
    waiting = expecting.get("welcome") or expecting.get("age")
    if waiting is not None:
        return welcome_language(replies, str(waiting), code)
    if code not in LANGUAGE_NAMES:
        replies.queue("languages", s="")
        return False
    speak(replies, code)
    replies.wait_for(expecting or None)
    if not put_again(replies, expecting):
        replies.queue("help_young", s="")
    return True


def _in_the_form(replies: Replies, running: Running, code: str) -> bool:
    moment = replies.around.moment
    step = advance(running, Changed(code), moment) if code else None
    if step is None or step.rejected is not None:
        replies.queue("languages", s=running.id)
        return False
    store(replies.db, [step], moment)
    speak(replies, step.running.at.language)
    replies.wait_for(None, session_id=running.id)
    ask(replies, step.running)
    return True
