"""Coming in: by a link, by a poster, by a come-back code, or by the button of an invitation."""

import re

from bot.replies import Replies
from bot.respondents import age, coming_back
from bot.respondents.asking import care
from bot.respondents.codes import may_try
from bot.respondents.welcoming import (
    invited,
    may_come_in,
    waiting_for,
    welcome,
    welcome_answer,
    welcome_language,
    welcomed_already,
)
from bot.review_queue import queue_words
from bot.tokens import read_act
from storage.leaving import stay
from storage.surveys import SessionState, Survey, SurveySession
from surveys import invitations
from surveys.definition import Audience, Mode
from surveys.receipts import is_like_a_come_back_code

_LIKE_A_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


def arrived(replies: Replies, token: str) -> None:
    """Somebody followed a link, or came with a code. Nothing starts until they say yes."""
    found = invitations.find(replies.db, token) if token else None
    survey = replies.db.get(Survey, found.survey_id) if found is not None else None
    if found is None or survey is None:
        _by_code(replies, token)
    elif may_come_in(replies, found, survey):
        stay(replies.db, replies.standing.contact_id)
        waiting = {"invite": found.id, "group": found.group_name}
        if age.is_asked(replies, youth=_is_youth(survey)):
            age.ask(replies, {"age": survey.id, "token": token, **waiting})
        else:
            welcome(replies, survey, waiting)


def _by_code(replies: Replies, text: str) -> None:
    """A come-back code, or nothing that we know."""
    if not _try_code(replies, text, is_meant=True):
        _no_way_in(replies, text)


def typed_code(replies: Replies, text: str) -> bool:
    """A come-back code sent as words, where no question is open; False where it is none."""
    return replies.standing.running is None and _try_code(replies, text, is_meant=False)


def _try_code(replies: Replies, text: str, *, is_meant: bool) -> bool:
    """Eight letters may be a word as well: unless it is surely a code, a person reads it too."""
    if not is_like_a_come_back_code(text):
        return False
    row = coming_back.find(replies, text) if may_try(replies) else None
    if row is not None:
        _come_back(replies, row)
        return True
    if not (is_meant or coming_back.is_surely_a_code(text)):
        return False
    is_read = is_meant and _has_figure(text)
    if not is_read and queue_words(replies, text).care:
        care(replies)
    else:
        coming_back.unknown(replies)
    return True


def _come_back(replies: Replies, row: SurveySession) -> None:
    survey = replies.db.get_one(Survey, row.survey_id)
    replies.is_nameless = survey.mode == Mode.ANONYMOUS
    stay(replies.db, replies.standing.contact_id)
    if row.state == SessionState.OPEN and age.is_asked(replies, youth=_is_youth(survey)):
        age.ask(replies, {"age": survey.id, "session": row.id})
    else:
        coming_back.go_on_here(replies, row)


def _is_youth(survey: Survey) -> bool:
    return survey.audience == Audience.YOUTH


def _age_answer(replies: Replies, survey_id: str, answer: str) -> None:
    waiting = waiting_for(replies, "age", survey_id)
    survey = replies.db.get(Survey, int(survey_id)) if waiting is not None else None
    replies.is_nameless = survey is not None and survey.mode == Mode.ANONYMOUS
    if waiting is None or survey is None:
        welcomed_already(replies, survey_id, "yes" if answer == age.OVER else "no")
    elif answer != age.OVER:
        age.turn_away(replies, waiting)
    elif row := replies.db.get(SurveySession, waiting.get("session", "")):
        coming_back.go_on_here(replies, row)
    else:
        welcome(replies, survey, {name: waiting.get(name) for name in ("invite", "group")})


def typed_age(replies: Replies, text: str) -> bool:
    """Somebody wrote how old they are where we asked for it."""
    answer = age.typed(replies, text)
    if answer is None:
        return False
    _age_answer(replies, str((replies.standing.expecting or {})["age"]), answer)
    return True


def _no_way_in(replies: Replies, token: str) -> None:
    is_staff = replies.standing.person_id is not None
    if is_staff and not token:
        replies.queue("help_staff")
        return
    replies.say("survey.unknown_link" if token else "survey.no_link")
    if not (is_staff or _is_a_token(token)) and queue_words(replies, token).care:
        care(replies)


def _is_a_token(text: str) -> bool:
    """A link of ours is never without a figure; what is may be words without spaces."""
    return _LIKE_A_TOKEN.fullmatch(text) is not None and _has_figure(text)


def _has_figure(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def pressed(replies: Replies, token: str) -> bool:
    """A button of an invitation, the age question or the welcome; False if none of these."""
    act, args = read_act(token)
    if act == "age" and len(args) == 2:
        _age_answer(replies, args[0], args[1])
    elif act == "welcome" and len(args) == 2:
        welcome_answer(replies, args[0], args[1])
    elif act == "language" and len(args) == 2:
        welcome_language(replies, args[0], args[1])
    elif act == "invited" and len(args) == 2 and args[0].isdigit():
        invited(replies, int(args[0]), args[1])
    else:
        return False
    return True
